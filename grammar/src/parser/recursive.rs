//! Types, expressions and attributes: the parts of the language that nest, read with chumsky.
//!
//! The parsers own nothing of the text (lexemes carry their words), so they are built once per thread and kept.

use chumsky::{
    IterParser, Parser, extra,
    input::{IterInput, MapExtra},
    prelude::{SimpleSpan, choice, recursive},
    select,
};

use super::{
    expressions::expression,
    failure::{Expected, Failure},
    lexemes::{Input, Kept, Lexeme, Lexemes, Tokens, Word},
};
use crate::{
    ast::{
        Argument, Attribute, AttributeArg, AttributeValue, Expr, Ident, Literal, Node, Ref, Type, TypeKind,
        Value,
    },
    lexer::TokenKind,
    span::Span,
    vocabulary::{Kind, row},
};

type Extra = extra::Full<Failure, extra::SimpleState<Kept>, ()>;
/// A parser, boxed: types of nested parsers grow with every part.
pub(super) type Rule<T> = chumsky::Boxed<'static, 'static, Input, T, Extra>;

struct Parsers {
    expr: Rule<Expr>,
    ty: Rule<Type>,
    attribute: Rule<Attribute>,
}

thread_local! {
    static PARSERS: Parsers = parsers();
}

/// Reads an expression that takes all of `tokens`.
pub(super) fn expr(tokens: Tokens, end: u32) -> Result<Expr, Failure> {
    PARSERS.with(|parsers| run(&parsers.expr, tokens, end))
}

/// Reads a type that takes all of `tokens`.
pub(super) fn ty(tokens: Tokens, end: u32) -> Result<Type, Failure> {
    PARSERS.with(|parsers| run(&parsers.ty, tokens, end))
}

/// Reads an attribute that takes all of `tokens`.
pub(super) fn attribute(tokens: Tokens, end: u32) -> Result<Attribute, Failure> {
    PARSERS.with(|parsers| run(&parsers.attribute, tokens, end))
}

fn run<T>(rule: &Rule<T>, tokens: Tokens, end: u32) -> Result<T, Failure> {
    let input = IterInput::new(Lexemes::new(tokens.lexemes), SimpleSpan::from(end..end));
    let mut kept = extra::SimpleState(tokens.kept);
    rule.parse_with_state(input, &mut kept)
        .into_result()
        .map_err(|failures| {
            failures.into_iter().next().unwrap_or(Failure {
                at: end,
                end: true,
                expected: 0,
            })
        })
}

pub(super) fn to_span(span: SimpleSpan<u32>) -> Span {
    Span::new(span.start, span.end)
}

pub(super) fn sign(kind: TokenKind, label: Expected) -> Rule<()> {
    select! { Lexeme::Sign(found) if found == kind => () }
        .labelled(label)
        .boxed()
}

pub(super) fn word(word: Word, label: Expected) -> Rule<()> {
    select! { Lexeme::Name(found, _) if found == word => () }
        .labelled(label)
        .boxed()
}

pub(super) fn any_name(label: Expected) -> Rule<Ident> {
    name_if(|_| true).labelled(label).boxed()
}

/// A name, if its word allows.
pub(super) fn name_if(allowed: fn(Word) -> bool) -> Rule<Ident> {
    chumsky::primitive::select(
        move |lexeme, extra: &mut MapExtra<'static, '_, Input, Extra>| match lexeme {
            Lexeme::Name(word, index) if allowed(word) => Some(Ident {
                text: extra.state().text(index),
                span: to_span(extra.span()),
            }),
            _ => None,
        },
    )
    .boxed()
}

pub(super) fn any_literal() -> Rule<Literal> {
    chumsky::primitive::select(
        |lexeme, extra: &mut MapExtra<'static, '_, Input, Extra>| match lexeme {
            Lexeme::Int(value) => Some(Literal::Int(value)),
            Lexeme::Literal(index) => extra.state().literal_at(index),
            _ => None,
        },
    )
    .boxed()
}

pub(super) fn dotted(first: Rule<Ident>) -> Rule<Ref> {
    first
        .then(
            sign(TokenKind::Dot, Expected::Dot)
                .ignore_then(any_name(Expected::AName))
                .repeated()
                .collect::<Vec<_>>(),
        )
        .map(|(first, rest)| {
            let mut segments = Vec::with_capacity(1 + rest.len());
            segments.push(first);
            segments.extend(rest);
            Ref { segments, kind: None }
        })
        .boxed()
}

fn parsers() -> Parsers {
    let expr = recursive(|expr| expression(expr.boxed())).boxed();
    let mut ty = chumsky::recursive::Recursive::declare();
    let attribute = attribute_rule(expr.clone());
    ty.define(type_rule(ty.clone().boxed(), expr.clone(), attribute.clone()));
    Parsers {
        expr,
        ty: ty.boxed(),
        attribute,
    }
}

fn attribute_rule(expr: Rule<Expr>) -> Rule<Attribute> {
    let int = select! { Lexeme::Int(value) => value }
        .labelled(Expected::ANumber)
        .boxed();
    let range = int
        .clone()
        .then_ignore(sign(TokenKind::DotDot, Expected::DotDot))
        .then(int.or_not())
        .map(|(low, high)| AttributeValue::Range(low, high));
    let value = choice((range.boxed(), expr.map(AttributeValue::Expr).boxed())).boxed();
    let argument = any_name(Expected::AName)
        .then_ignore(sign(TokenKind::Colon, Expected::Colon))
        .or_not()
        .then(value)
        .map_with(|(name, value), extra| AttributeArg {
            name,
            value,
            span: to_span(extra.span()),
        })
        .boxed();
    let arguments = argument
        .separated_by(sign(TokenKind::Comma, Expected::Comma))
        .at_least(1)
        .collect::<Vec<_>>()
        .delimited_by(
            sign(TokenKind::LParen, Expected::LParen),
            sign(TokenKind::RParen, Expected::RParen),
        )
        .boxed();
    sign(TokenKind::At, Expected::At)
        .ignore_then(any_name(Expected::AttributeName))
        .then(arguments.or_not())
        .map_with(|(name, args), extra| Attribute {
            name,
            args: args.unwrap_or_default(),
            span: to_span(extra.span()),
        })
        .boxed()
}

fn type_rule(ty: Rule<Type>, expr: Rule<Expr>, attribute: Rule<Attribute>) -> Rule<Type> {
    let reference = dotted(any_name(Expected::AName));
    let prefixed = |of: Word, label: Expected, kind: fn(Ref) -> TypeKind| {
        word(of, label).ignore_then(reference.clone()).map(kind).boxed()
    };
    let arguments = expr
        .clone()
        .separated_by(sign(TokenKind::Comma, Expected::Comma))
        .collect::<Vec<_>>()
        .delimited_by(
            sign(TokenKind::LParen, Expected::LParen),
            sign(TokenKind::RParen, Expected::RParen),
        )
        .boxed();
    let named = reference
        .clone()
        .then(arguments.or_not())
        .map(|(reference, args)| TypeKind::Named(reference, args.unwrap_or_default()))
        .boxed();
    let list = ty
        .clone()
        .delimited_by(
            sign(TokenKind::LBracket, Expected::LBracket),
            sign(TokenKind::RBracket, Expected::RBracket),
        )
        .map(|element| TypeKind::List(Box::new(element)))
        .boxed();
    let field = any_name(Expected::FieldName)
        .then_ignore(sign(TokenKind::Colon, Expected::Colon))
        .then(ty)
        .then(
            sign(TokenKind::Assign, Expected::Assign)
                .ignore_then(expr)
                .or_not(),
        )
        .then(attribute.repeated().collect::<Vec<_>>())
        .map_with(|(((name, ty), default), attributes), extra| {
            field_node(name, ty, default, attributes, to_span(extra.span()))
        })
        .boxed();
    let separator = select! {
        Lexeme::Sign(TokenKind::Comma | TokenKind::Semicolon | TokenKind::Newline) => ()
    }
    .labelled(Expected::Semicolon)
    .repeated()
    .at_least(1);
    let blank = select! { Lexeme::Sign(TokenKind::Newline) => () }.repeated();
    let inline = field
        .separated_by(separator)
        .allow_trailing()
        .collect::<Vec<_>>()
        .delimited_by(
            sign(TokenKind::LBrace, Expected::LBrace).then_ignore(blank),
            sign(TokenKind::RBrace, Expected::RBrace),
        )
        .map(TypeKind::Inline)
        .boxed();
    choice((
        prefixed(Word::Ref, Expected::Prefix, TypeKind::Ref),
        prefixed(Word::New, Expected::Prefix, TypeKind::New),
        prefixed(Word::Patch, Expected::Prefix, TypeKind::Patch),
        prefixed(Word::Page, Expected::Prefix, TypeKind::Page),
        named,
        list,
        inline,
    ))
    .labelled(Expected::AType)
    .then(sign(TokenKind::Question, Expected::Question).or_not())
    .map_with(|(kind, optional), extra| Type {
        kind,
        optional: optional.is_some(),
        span: to_span(extra.span()),
    })
    .boxed()
}

/// A field of an inline type, in the shape that the vocabulary's row gives to any field.
fn field_node(name: Ident, ty: Type, default: Option<Expr>, attributes: Vec<Attribute>, span: Span) -> Node {
    let mut args = Vec::with_capacity(2 + usize::from(default.is_some()) + attributes.len());
    args.push(Argument {
        slot: "name",
        span: name.span,
        value: Value::Name(name.clone()),
    });
    args.push(Argument {
        slot: "type",
        span: ty.span,
        value: Value::Type(ty),
    });
    args.extend(default.map(|expr| Argument {
        slot: "default",
        span: expr.span,
        value: Value::Expr(expr),
    }));
    args.extend(attributes.into_iter().map(|one| Argument {
        slot: "attribute",
        span: one.span,
        value: Value::Attribute(one),
    }));
    Node {
        span,
        form: row(Kind::Field),
        word: name,
        docs: None,
        args,
        block: None,
        broken: false,
    }
}
