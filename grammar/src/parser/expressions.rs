//! The parser of expressions.

use chumsky::{IterParser, Parser, prelude::choice, select};
use smol_str::SmolStr;

use super::{
    failure::Expected,
    lexemes::{Lexeme, Word},
    recursive::{Rule, any_literal, any_name, dotted, name_if, sign, to_span, word},
};
use crate::{
    ast::{CompareOp, Expr, ExprKind, Literal},
    lexer::TokenKind,
};

fn binary(kind: fn(Box<Expr>, Box<Expr>) -> ExprKind) -> impl Fn(Expr, Expr) -> Expr + Clone {
    move |left, right| Expr {
        span: left.span.cover(right.span),
        kind: kind(Box::new(left), Box::new(right)),
    }
}

fn literal() -> Rule<Expr> {
    let minus = sign(TokenKind::Minus, Expected::AValue).or_not();
    let plain = minus
        .then(any_literal())
        .filter(|(minus, literal)| {
            minus.is_none() || matches!(literal, Literal::Int(_) | Literal::Decimal(_))
        })
        .map(|(minus, literal)| match (minus, literal) {
            (Some(()), Literal::Int(value)) => Literal::Int(-value),
            (Some(()), Literal::Decimal(text)) => Literal::Decimal(SmolStr::from(format!("-{text}"))),
            (_, literal) => literal,
        });
    let words = select! {
        Lexeme::Name(Word::True, _) => Literal::Bool(true),
        Lexeme::Name(Word::False, _) => Literal::Bool(false),
        Lexeme::Name(Word::Null, _) => Literal::Null,
    };
    choice((words.boxed(), plain.boxed()))
        .map_with(|literal, extra| Expr {
            kind: ExprKind::Literal(literal),
            span: to_span(extra.span()),
        })
        .boxed()
}

/// Any expression; `expr` is the same, for what stands in parentheses.
pub(super) fn expression(expr: Rule<Expr>) -> Rule<Expr> {
    let field = name_if(Word::may_be_field);
    let exprs = expr
        .clone()
        .separated_by(sign(TokenKind::Comma, Expected::Comma))
        .collect::<Vec<_>>()
        .boxed();
    let caller = word(Word::Caller, Expected::AValue)
        .ignore_then(sign(TokenKind::Dot, Expected::Dot))
        .ignore_then(any_name(Expected::CallerField))
        .map(ExprKind::Caller);
    let call = field
        .clone()
        .then_ignore(sign(TokenKind::LParen, Expected::LParen))
        .then(exprs.clone())
        .then_ignore(sign(TokenKind::RParen, Expected::RParen))
        .map(|(name, args)| ExprKind::Call(name, args));
    let now = word(Word::Now, Expected::AValue).to(ExprKind::Now);
    let named = choice((
        caller.boxed(),
        call.boxed(),
        now.boxed(),
        dotted(field).map(ExprKind::Ref).boxed(),
    ))
    .map_with(|kind, extra| Expr {
        kind,
        span: to_span(extra.span()),
    })
    .boxed();
    let group = expr
        .delimited_by(
            sign(TokenKind::LParen, Expected::LParen),
            sign(TokenKind::RParen, Expected::RParen),
        )
        .map_with(|inner, extra| Expr {
            span: to_span(extra.span()),
            ..inner
        })
        .boxed();
    let atom = choice((named, literal(), group))
        .labelled(Expected::AValue)
        .boxed();
    let sum = atom
        .clone()
        .foldl(
            choice((
                sign(TokenKind::Plus, Expected::Plus).to(true),
                sign(TokenKind::Minus, Expected::Minus).to(false),
            ))
            .then(atom)
            .repeated(),
            |left, (plus, right)| binary(if plus { ExprKind::Add } else { ExprKind::Sub })(left, right),
        )
        .boxed();
    let operator = select! {
        Lexeme::Sign(TokenKind::Equal) => CompareOp::Eq,
        Lexeme::Sign(TokenKind::NotEqual) => CompareOp::Ne,
        Lexeme::Sign(TokenKind::Less) => CompareOp::Lt,
        Lexeme::Sign(TokenKind::LessEqual) => CompareOp::Le,
        Lexeme::Sign(TokenKind::Greater) => CompareOp::Gt,
        Lexeme::Sign(TokenKind::GreaterEqual) => CompareOp::Ge,
    }
    .labelled(Expected::Comparison)
    .boxed();
    let compared = operator
        .then(sum.clone())
        .map(|(operator, right)| Tail::Compare(operator, right));
    let listed = word(Word::In, Expected::In)
        .ignore_then(sign(TokenKind::LBracket, Expected::LBracket))
        .ignore_then(exprs)
        .then_ignore(sign(TokenKind::RBracket, Expected::RBracket))
        .map(Tail::In);
    let null = word(Word::Is, Expected::Is)
        .ignore_then(word(Word::Not, Expected::Not).or_not())
        .then_ignore(word(Word::Null, Expected::Null))
        .map(|not| Tail::Null(not.is_some()));
    let comparison = sum
        .then(choice((compared.boxed(), listed.boxed(), null.boxed())).or_not())
        .map_with(|(left, tail), extra| {
            let span = to_span(extra.span());
            match tail {
                None => left,
                Some(Tail::Compare(operator, right)) => Expr {
                    kind: ExprKind::Compare(Box::new(left), operator, Box::new(right)),
                    span,
                },
                Some(Tail::In(list)) => Expr {
                    kind: ExprKind::In(Box::new(left), list),
                    span,
                },
                Some(Tail::Null(not)) => Expr {
                    kind: ExprKind::IsNull(Box::new(left), not),
                    span,
                },
            }
        })
        .boxed();
    let not = word(Word::Not, Expected::Not)
        .map_with(|(), extra| to_span(extra.span()))
        .repeated()
        .foldr(comparison, |not, inner| Expr {
            span: not.cover(inner.span),
            kind: ExprKind::Not(Box::new(inner)),
        })
        .boxed();
    let and = not
        .clone()
        .foldl(
            word(Word::And, Expected::And).ignore_then(not).repeated(),
            binary(ExprKind::And),
        )
        .boxed();
    and.clone()
        .foldl(
            word(Word::Or, Expected::Or).ignore_then(and).repeated(),
            binary(ExprKind::Or),
        )
        .boxed()
}

/// What may follow the left side of a comparison.
#[derive(Clone)]
enum Tail {
    Compare(CompareOp, Expr),
    In(Vec<Expr>),
    Null(bool),
}
