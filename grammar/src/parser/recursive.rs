//! Types, expressions and attributes: the parts of the language that nest, read with chumsky.
//!
//! The parsers own nothing of the text (lexemes carry their words), so they are built once per thread and kept.

use std::rc::Rc;

use chumsky::{
    DefaultExpected, IterParser, Parser,
    error::{Error, LabelError},
    extra,
    input::IterInput,
    prelude::{SimpleSpan, choice, recursive},
    select,
    util::MaybeRef,
};
use smallvec::SmallVec;
use smol_str::SmolStr;

use crate::{
    ast::{
        Argument, Attribute, AttributeArg, AttributeValue, CompareOp, Expr, ExprKind, Ident, Literal, Node, Ref, Type,
        TypeKind, Value,
    },
    lexer::TokenKind,
    span::Span,
    vocabulary::{Kind, row},
};

/// A token as these parsers see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Lexeme {
    Name(Word, SmolStr),
    Literal(Literal),
    Sign(TokenKind),
}

/// Words that mean something in types and expressions; all of them may also be names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Plain,
    And,
    Or,
    Not,
    In,
    Is,
    Null,
    True,
    False,
    Now,
    Caller,
    Ref,
    New,
    Patch,
    Page,
}

impl Word {
    pub(super) fn of(text: &str) -> Self {
        match text {
            "and" => Self::And,
            "or" => Self::Or,
            "not" => Self::Not,
            "in" => Self::In,
            "is" => Self::Is,
            "null" => Self::Null,
            "true" => Self::True,
            "false" => Self::False,
            "now" => Self::Now,
            "caller" => Self::Caller,
            "ref" => Self::Ref,
            "new" => Self::New,
            "patch" => Self::Patch,
            "page" => Self::Page,
            _ => Self::Plain,
        }
    }

    /// Whether the word can begin a reference in an expression.
    const fn may_be_field(self) -> bool {
        matches!(self, Self::Plain | Self::Caller | Self::Ref | Self::New | Self::Patch | Self::Page)
    }
}

/// Where reading stopped, and what could have stood there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Failure {
    /// Byte offset.
    pub(super) at: usize,
    /// Whether the end was reached.
    pub(super) end: bool,
    pub(super) expected: SmallVec<[&'static str; 6]>,
}

impl Failure {
    fn add(&mut self, label: &'static str) {
        if !self.expected.contains(&label) {
            self.expected.push(label);
        }
    }
}

impl Error<'static, Input> for Failure {
    fn merge(mut self, other: Self) -> Self {
        for label in other.expected {
            self.add(label);
        }
        self
    }
}

impl LabelError<'static, Input, DefaultExpected<'static, Lexeme>> for Failure {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'static, Lexeme>>>(
        expected: E,
        found: Option<MaybeRef<'static, Lexeme>>,
        span: SimpleSpan<usize>,
    ) -> Self {
        let mut failure = Self { at: span.start, end: found.is_none(), expected: SmallVec::new() };
        if expected.into_iter().any(|expected| matches!(expected, DefaultExpected::EndOfInput)) {
            failure.add(END);
        }
        failure
    }
}

impl LabelError<'static, Input, &'static str> for Failure {
    fn expected_found<E: IntoIterator<Item = &'static str>>(
        expected: E,
        found: Option<MaybeRef<'static, Lexeme>>,
        span: SimpleSpan<usize>,
    ) -> Self {
        Self { at: span.start, end: found.is_none(), expected: expected.into_iter().collect() }
    }

    fn label_with(&mut self, label: &'static str) {
        self.expected.clear();
        self.expected.push(label);
    }
}

/// What is expected where nothing more may stand.
pub(super) const END: &str = "the end of the line";

/// The lexemes of one type or expression.
#[derive(Clone)]
pub(super) struct Lexemes {
    all: Rc<[(Lexeme, SimpleSpan<usize>)]>,
    at: usize,
}

impl Iterator for Lexemes {
    type Item = (Lexeme, SimpleSpan<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.all.get(self.at).cloned();
        self.at += 1;
        next
    }
}

type Input = IterInput<Lexemes, SimpleSpan<usize>>;
type Extra = extra::Err<Failure>;
type Rule<T> = chumsky::Boxed<'static, 'static, Input, T, Extra>;

struct Parsers {
    expr: Rule<Expr>,
    ty: Rule<Type>,
    attribute: Rule<Attribute>,
}

thread_local! {
    static PARSERS: Parsers = parsers();
}

/// Reads an expression that takes all of `lexemes`.
pub(super) fn expr(lexemes: &[(Lexeme, SimpleSpan<usize>)], end: u32) -> Result<Expr, Failure> {
    PARSERS.with(|parsers| run(&parsers.expr, lexemes, end))
}

/// Reads a type that takes all of `lexemes`.
pub(super) fn ty(lexemes: &[(Lexeme, SimpleSpan<usize>)], end: u32) -> Result<Type, Failure> {
    PARSERS.with(|parsers| run(&parsers.ty, lexemes, end))
}

/// Reads an attribute that takes all of `lexemes`.
pub(super) fn attribute(lexemes: &[(Lexeme, SimpleSpan<usize>)], end: u32) -> Result<Attribute, Failure> {
    PARSERS.with(|parsers| run(&parsers.attribute, lexemes, end))
}

fn run<T>(rule: &Rule<T>, lexemes: &[(Lexeme, SimpleSpan<usize>)], end: u32) -> Result<T, Failure> {
    let end = end as usize;
    let input = IterInput::new(Lexemes { all: lexemes.into(), at: 0 }, SimpleSpan::from(end..end));
    rule.parse(input).into_result().map_err(|failures| {
        failures.into_iter().next().unwrap_or(Failure { at: end, end: true, expected: SmallVec::new() })
    })
}

fn to_span(span: SimpleSpan<usize>) -> Span {
    Span::new(span.start as u32, span.end as u32)
}

fn sign(kind: TokenKind, label: &'static str) -> Rule<()> {
    select! { Lexeme::Sign(found) if found == kind => () }.labelled(label).boxed()
}

fn word(word: Word, label: &'static str) -> Rule<()> {
    select! { Lexeme::Name(found, _) if found == word => () }.labelled(label).boxed()
}

fn any_name(label: &'static str) -> Rule<Ident> {
    select! { Lexeme::Name(_, text) = extra => Ident { text, span: to_span(extra.span()) } }.labelled(label).boxed()
}

fn dotted(first: Rule<Ident>) -> Rule<Ref> {
    first
        .then(
            sign(TokenKind::Dot, "`.`")
                .ignore_then(any_name("a name"))
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

fn binary(kind: fn(Box<Expr>, Box<Expr>) -> ExprKind) -> impl Fn(Expr, Expr) -> Expr + Clone {
    move |left, right| Expr { span: left.span.cover(right.span), kind: kind(Box::new(left), Box::new(right)) }
}

fn parsers() -> Parsers {
    let expr = recursive(|expr| expression(expr.boxed())).boxed();
    let mut ty = chumsky::recursive::Recursive::declare();
    let attribute = attribute_rule(expr.clone());
    ty.define(type_rule(ty.clone().boxed(), expr.clone(), attribute.clone()));
    Parsers { expr, ty: ty.boxed(), attribute }
}

fn literal() -> Rule<Expr> {
    let minus = sign(TokenKind::Minus, "a value").or_not();
    let plain = minus
        .then(select! { Lexeme::Literal(literal) => literal })
        .filter(|(minus, literal)| {
            minus.is_none() || matches!(literal, Literal::Int(_) | Literal::Decimal(_) | Literal::Duration(_))
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
        .map_with(|literal, extra| Expr { kind: ExprKind::Literal(literal), span: to_span(extra.span()) })
        .boxed()
}

fn expression(expr: Rule<Expr>) -> Rule<Expr> {
    let field = select! {
        Lexeme::Name(word, text) = extra if word.may_be_field() => Ident { text, span: to_span(extra.span()) }
    }
    .boxed();
    let exprs = expr.clone().separated_by(sign(TokenKind::Comma, "`,`")).collect::<Vec<_>>().boxed();
    let caller = word(Word::Caller, "`caller`")
        .ignore_then(sign(TokenKind::Dot, "`.`"))
        .ignore_then(any_name("`id`, `role` or `tenant`"))
        .map(ExprKind::Caller);
    let call = field
        .clone()
        .then_ignore(sign(TokenKind::LParen, "`(`"))
        .then(exprs.clone())
        .then_ignore(sign(TokenKind::RParen, "`)`"))
        .map(|(name, args)| ExprKind::Call(name, args));
    let now = word(Word::Now, "`now`").to(ExprKind::Now);
    let named = choice((caller.boxed(), call.boxed(), now.boxed(), dotted(field).map(ExprKind::Ref).boxed()))
        .map_with(|kind, extra| Expr { kind, span: to_span(extra.span()) })
        .boxed();
    let group = expr
        .delimited_by(sign(TokenKind::LParen, "`(`"), sign(TokenKind::RParen, "`)`"))
        .map_with(|inner, extra| Expr { span: to_span(extra.span()), ..inner })
        .boxed();
    let atom = choice((named, literal(), group)).labelled("a value").boxed();
    let sum = atom
        .clone()
        .foldl(
            choice((
                sign(TokenKind::Plus, "`+`").to(true),
                sign(TokenKind::Minus, "`-`").to(false),
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
    .labelled("a comparison such as `==`")
    .boxed();
    let compared = operator.then(sum.clone()).map(|(operator, right)| Tail::Compare(operator, right));
    let listed = word(Word::In, "`in`")
        .ignore_then(sign(TokenKind::LBracket, "`[`"))
        .ignore_then(exprs)
        .then_ignore(sign(TokenKind::RBracket, "`]`"))
        .map(Tail::In);
    let null = word(Word::Is, "`is`")
        .ignore_then(word(Word::Not, "`not`").or_not())
        .then_ignore(word(Word::Null, "`null`"))
        .map(|not| Tail::Null(not.is_some()));
    let comparison = sum
        .then(choice((compared.boxed(), listed.boxed(), null.boxed())).or_not())
        .map_with(|(left, tail), extra| {
            let span = to_span(extra.span());
            match tail {
                None => left,
                Some(Tail::Compare(operator, right)) => {
                    Expr { kind: ExprKind::Compare(Box::new(left), operator, Box::new(right)), span }
                }
                Some(Tail::In(list)) => Expr { kind: ExprKind::In(Box::new(left), list), span },
                Some(Tail::Null(not)) => Expr { kind: ExprKind::IsNull(Box::new(left), not), span },
            }
        })
        .boxed();
    let not = word(Word::Not, "`not`")
        .map_with(|(), extra| to_span(extra.span()))
        .repeated()
        .foldr(comparison, |not, inner| Expr { span: not.cover(inner.span), kind: ExprKind::Not(Box::new(inner)) })
        .boxed();
    let and = not
        .clone()
        .foldl(word(Word::And, "`and`").ignore_then(not).repeated(), binary(ExprKind::And))
        .boxed();
    and.clone()
        .foldl(word(Word::Or, "`or`").ignore_then(and).repeated(), binary(ExprKind::Or))
        .boxed()
}

/// What may follow the left side of a comparison.
#[derive(Clone)]
enum Tail {
    Compare(CompareOp, Expr),
    In(Vec<Expr>),
    Null(bool),
}

fn attribute_rule(expr: Rule<Expr>) -> Rule<Attribute> {
    let int = select! { Lexeme::Literal(Literal::Int(value)) => value }.labelled("a number").boxed();
    let range = int
        .clone()
        .then_ignore(sign(TokenKind::DotDot, "`..`"))
        .then(int.or_not())
        .map(|(low, high)| AttributeValue::Range(low, high));
    let value = choice((range.boxed(), expr.map(AttributeValue::Expr).boxed())).boxed();
    let argument = any_name("a name")
        .then_ignore(sign(TokenKind::Colon, "`:`"))
        .or_not()
        .then(value)
        .map_with(|(name, value), extra| AttributeArg { name, value, span: to_span(extra.span()) })
        .boxed();
    let arguments = argument
        .separated_by(sign(TokenKind::Comma, "`,`"))
        .at_least(1)
        .collect::<Vec<_>>()
        .delimited_by(sign(TokenKind::LParen, "`(`"), sign(TokenKind::RParen, "`)`"))
        .boxed();
    sign(TokenKind::At, "`@`")
        .ignore_then(any_name("the name of an attribute"))
        .then(arguments.or_not())
        .map_with(|(name, args), extra| Attribute { name, args: args.unwrap_or_default(), span: to_span(extra.span()) })
        .boxed()
}

fn type_rule(ty: Rule<Type>, expr: Rule<Expr>, attribute: Rule<Attribute>) -> Rule<Type> {
    let reference = dotted(any_name("a name"));
    let prefixed = |of: Word, label: &'static str, kind: fn(Ref) -> TypeKind| {
        word(of, label).ignore_then(reference.clone()).map(kind).boxed()
    };
    let arguments = expr
        .clone()
        .separated_by(sign(TokenKind::Comma, "`,`"))
        .collect::<Vec<_>>()
        .delimited_by(sign(TokenKind::LParen, "`(`"), sign(TokenKind::RParen, "`)`"))
        .boxed();
    let named = reference
        .clone()
        .then(arguments.or_not())
        .map(|(reference, args)| TypeKind::Named(reference, args.unwrap_or_default()))
        .boxed();
    let list = ty
        .clone()
        .delimited_by(sign(TokenKind::LBracket, "`[`"), sign(TokenKind::RBracket, "`]`"))
        .map(|element| TypeKind::List(Box::new(element)))
        .boxed();
    let field = any_name("the name of a field")
        .then_ignore(sign(TokenKind::Colon, "`:`"))
        .then(ty)
        .then(sign(TokenKind::Assign, "`=`").ignore_then(expr).or_not())
        .then(attribute.repeated().collect::<Vec<_>>())
        .map_with(|(((name, ty), default), attributes), extra| {
            field_node(name, ty, default, attributes, to_span(extra.span()))
        })
        .boxed();
    let separator = select! {
        Lexeme::Sign(TokenKind::Comma | TokenKind::Semicolon | TokenKind::Newline) => ()
    }
    .labelled("`;`")
    .repeated()
    .at_least(1);
    let blank = select! { Lexeme::Sign(TokenKind::Newline) => () }.repeated();
    let inline = field
        .separated_by(separator)
        .allow_trailing()
        .collect::<Vec<_>>()
        .delimited_by(sign(TokenKind::LBrace, "`{`").then_ignore(blank), sign(TokenKind::RBrace, "`}`"))
        .map(TypeKind::Inline)
        .boxed();
    choice((
        prefixed(Word::Ref, "`ref`", TypeKind::Ref),
        prefixed(Word::New, "`new`", TypeKind::New),
        prefixed(Word::Patch, "`patch`", TypeKind::Patch),
        prefixed(Word::Page, "`page`", TypeKind::Page),
        named,
        list,
        inline,
    ))
    .labelled("a type")
    .then(sign(TokenKind::Question, "`?`").or_not())
    .map_with(|(kind, optional), extra| Type { kind, optional: optional.is_some(), span: to_span(extra.span()) })
    .boxed()
}

/// A field of an inline type, in the shape that the vocabulary's row gives to any field.
fn field_node(name: Ident, ty: Type, default: Option<Expr>, attributes: Vec<Attribute>, span: Span) -> Node {
    let mut args = Vec::with_capacity(2 + usize::from(default.is_some()) + attributes.len());
    args.push(Argument { slot: "name", span: name.span, value: Value::Name(name.clone()) });
    args.push(Argument { slot: "type", span: ty.span, value: Value::Type(ty) });
    args.extend(default.map(|expr| Argument { slot: "default", span: expr.span, value: Value::Expr(expr) }));
    args.extend(
        attributes
            .into_iter()
            .map(|one| Argument { slot: "attribute", span: one.span, value: Value::Attribute(one) }),
    );
    Node { span, form: row(Kind::Field), word: name, docs: None, args, block: None, broken: false }
}
