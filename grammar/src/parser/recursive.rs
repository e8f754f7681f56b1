//! Types, expressions and attributes: the parts of the language that nest, read with chumsky.
//!
//! The parsers own nothing of the text (lexemes carry their words), so they are built once per thread and kept.

use std::rc::Rc;

use chumsky::{
    DefaultExpected, IterParser, Parser,
    error::{Error, LabelError},
    extra,
    input::{IterInput, MapExtra},
    prelude::{SimpleSpan, choice, recursive},
    select,
    util::MaybeRef,
};
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

/// A token as these parsers see it. It is copied at every step, so words and literals are kept beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lexeme {
    /// With its index in [`Kept::names`].
    Name(Word, u32),
    Int(i64),
    /// Any other literal, with its index in [`Kept::literals`].
    Literal(u32),
    Sign(TokenKind),
}

/// What lexemes stand for.
#[derive(Debug, Default)]
pub(super) struct Kept {
    names: Vec<SmolStr>,
    literals: Vec<Literal>,
}

impl Kept {
    pub(super) fn name(&mut self, text: &str) -> Lexeme {
        self.names.push(text.into());
        Lexeme::Name(Word::of(text), self.names.len() as u32 - 1)
    }

    pub(super) fn literal(&mut self, literal: Literal) -> Lexeme {
        if let Literal::Int(value) = literal {
            return Lexeme::Int(value);
        }
        self.literals.push(literal);
        Lexeme::Literal(self.literals.len() as u32 - 1)
    }

    fn text(&self, index: u32) -> SmolStr {
        self.names.get(index as usize).cloned().unwrap_or_default()
    }
}

/// The tokens of one type or expression.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) lexemes: Vec<(Lexeme, SimpleSpan<u32>)>,
    pub(super) kept: Kept,
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Failure {
    /// Byte offset.
    pub(super) at: u32,
    /// Whether the end was reached.
    pub(super) end: bool,
    /// A bit for each [`Expected`].
    expected: u64,
}

impl Failure {
    /// What could have stood there, in the order of [`EXPECTED`].
    pub(super) fn expected(self) -> impl Iterator<Item = &'static str> {
        EXPECTED.iter().enumerate().filter(move |(bit, _)| self.expected & (1 << bit) != 0).map(|(_, text)| *text)
    }

    pub(super) fn expects(self, expected: Expected) -> bool {
        self.expected & (1 << expected as u64) != 0
    }
}

macro_rules! expected {
    ($($name:ident $text:literal)*) => {
        /// What a parser can expect. A set of them is a number, so that failing, which happens all the time, is cheap.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Expected {
            $($name,)*
        }

        /// The same in the language's words.
        pub(super) const EXPECTED: &[&str] = &[$($text,)*];
    };
}

expected! {
    AName "a name"
    AValue "a value"
    AType "a type"
    ANumber "a number"
    AttributeName "the name of an attribute"
    FieldName "the name of a field"
    CallerField "`id`, `role` or `tenant`"
    Comparison "a comparison such as `==`"
    And "`and`"
    Or "`or`"
    Not "`not`"
    In "`in`"
    Is "`is`"
    Null "`null`"
    Prefix "`ref`"
    Plus "`+`"
    Minus "`-`"
    Comma "`,`"
    Colon "`:`"
    Semicolon "`;`"
    Dot "`.`"
    DotDot "`..`"
    Assign "`=`"
    At "`@`"
    Question "`?`"
    LParen "`(`"
    RParen "`)`"
    LBracket "`[`"
    RBracket "`]`"
    LBrace "`{`"
    RBrace "`}`"
    End "the end of the line"
}

impl Error<'static, Input> for Failure {
    fn merge(self, other: Self) -> Self {
        Self { expected: self.expected | other.expected, ..self }
    }
}

impl LabelError<'static, Input, DefaultExpected<'static, Lexeme>> for Failure {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'static, Lexeme>>>(
        expected: E,
        found: Option<MaybeRef<'static, Lexeme>>,
        span: SimpleSpan<u32>,
    ) -> Self {
        let end = expected.into_iter().any(|expected| matches!(expected, DefaultExpected::EndOfInput));
        Self { at: span.start, end: found.is_none(), expected: u64::from(end) << Expected::End as u64 }
    }
}

impl LabelError<'static, Input, Expected> for Failure {
    fn expected_found<E: IntoIterator<Item = Expected>>(
        expected: E,
        found: Option<MaybeRef<'static, Lexeme>>,
        span: SimpleSpan<u32>,
    ) -> Self {
        let expected = expected.into_iter().fold(0, |set, expected| set | (1 << expected as u64));
        Self { at: span.start, end: found.is_none(), expected }
    }

    fn label_with(&mut self, label: Expected) {
        self.expected = 1 << label as u64;
    }
}

/// The lexemes of one type or expression.
#[derive(Clone)]
pub(super) struct Lexemes {
    all: Rc<[(Lexeme, SimpleSpan<u32>)]>,
    at: usize,
}

impl Iterator for Lexemes {
    type Item = (Lexeme, SimpleSpan<u32>);

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.all.get(self.at).copied();
        self.at += 1;
        next
    }
}

type Input = IterInput<Lexemes, SimpleSpan<u32>>;
type Extra = extra::Full<Failure, extra::SimpleState<Kept>, ()>;
type Rule<T> = chumsky::Boxed<'static, 'static, Input, T, Extra>;

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
    let input = IterInput::new(Lexemes { all: tokens.lexemes.into(), at: 0 }, SimpleSpan::from(end..end));
    let mut kept = extra::SimpleState(tokens.kept);
    rule.parse_with_state(input, &mut kept)
        .into_result()
        .map_err(|failures| failures.into_iter().next().unwrap_or(Failure { at: end, end: true, expected: 0 }))
}

fn to_span(span: SimpleSpan<u32>) -> Span {
    Span::new(span.start, span.end)
}

fn sign(kind: TokenKind, label: Expected) -> Rule<()> {
    select! { Lexeme::Sign(found) if found == kind => () }.labelled(label).boxed()
}

fn word(word: Word, label: Expected) -> Rule<()> {
    select! { Lexeme::Name(found, _) if found == word => () }.labelled(label).boxed()
}

fn any_name(label: Expected) -> Rule<Ident> {
    name_if(|_| true).labelled(label).boxed()
}

/// A name, if its word allows.
fn name_if(allowed: fn(Word) -> bool) -> Rule<Ident> {
    chumsky::primitive::select(move |lexeme, extra: &mut MapExtra<'static, '_, Input, Extra>| match lexeme {
        Lexeme::Name(word, index) if allowed(word) => {
            Some(Ident { text: extra.state().text(index), span: to_span(extra.span()) })
        }
        _ => None,
    })
    .boxed()
}

fn any_literal() -> Rule<Literal> {
    chumsky::primitive::select(|lexeme, extra: &mut MapExtra<'static, '_, Input, Extra>| match lexeme {
        Lexeme::Int(value) => Some(Literal::Int(value)),
        Lexeme::Literal(index) => extra.state().literals.get(index as usize).cloned(),
        _ => None,
    })
    .boxed()
}

fn dotted(first: Rule<Ident>) -> Rule<Ref> {
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
    let minus = sign(TokenKind::Minus, Expected::AValue).or_not();
    let plain = minus
        .then(any_literal())
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
    let field = name_if(Word::may_be_field);
    let exprs = expr.clone().separated_by(sign(TokenKind::Comma, Expected::Comma)).collect::<Vec<_>>().boxed();
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
    let named = choice((caller.boxed(), call.boxed(), now.boxed(), dotted(field).map(ExprKind::Ref).boxed()))
        .map_with(|kind, extra| Expr { kind, span: to_span(extra.span()) })
        .boxed();
    let group = expr
        .delimited_by(sign(TokenKind::LParen, Expected::LParen), sign(TokenKind::RParen, Expected::RParen))
        .map_with(|inner, extra| Expr { span: to_span(extra.span()), ..inner })
        .boxed();
    let atom = choice((named, literal(), group)).labelled(Expected::AValue).boxed();
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
    let compared = operator.then(sum.clone()).map(|(operator, right)| Tail::Compare(operator, right));
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
                Some(Tail::Compare(operator, right)) => {
                    Expr { kind: ExprKind::Compare(Box::new(left), operator, Box::new(right)), span }
                }
                Some(Tail::In(list)) => Expr { kind: ExprKind::In(Box::new(left), list), span },
                Some(Tail::Null(not)) => Expr { kind: ExprKind::IsNull(Box::new(left), not), span },
            }
        })
        .boxed();
    let not = word(Word::Not, Expected::Not)
        .map_with(|(), extra| to_span(extra.span()))
        .repeated()
        .foldr(comparison, |not, inner| Expr { span: not.cover(inner.span), kind: ExprKind::Not(Box::new(inner)) })
        .boxed();
    let and = not
        .clone()
        .foldl(word(Word::And, Expected::And).ignore_then(not).repeated(), binary(ExprKind::And))
        .boxed();
    and.clone()
        .foldl(word(Word::Or, Expected::Or).ignore_then(and).repeated(), binary(ExprKind::Or))
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
    let int = select! { Lexeme::Int(value) => value }.labelled(Expected::ANumber).boxed();
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
        .map_with(|(name, value), extra| AttributeArg { name, value, span: to_span(extra.span()) })
        .boxed();
    let arguments = argument
        .separated_by(sign(TokenKind::Comma, Expected::Comma))
        .at_least(1)
        .collect::<Vec<_>>()
        .delimited_by(sign(TokenKind::LParen, Expected::LParen), sign(TokenKind::RParen, Expected::RParen))
        .boxed();
    sign(TokenKind::At, Expected::At)
        .ignore_then(any_name(Expected::AttributeName))
        .then(arguments.or_not())
        .map_with(|(name, args), extra| Attribute { name, args: args.unwrap_or_default(), span: to_span(extra.span()) })
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
        .delimited_by(sign(TokenKind::LParen, Expected::LParen), sign(TokenKind::RParen, Expected::RParen))
        .boxed();
    let named = reference
        .clone()
        .then(arguments.or_not())
        .map(|(reference, args)| TypeKind::Named(reference, args.unwrap_or_default()))
        .boxed();
    let list = ty
        .clone()
        .delimited_by(sign(TokenKind::LBracket, Expected::LBracket), sign(TokenKind::RBracket, Expected::RBracket))
        .map(|element| TypeKind::List(Box::new(element)))
        .boxed();
    let field = any_name(Expected::FieldName)
        .then_ignore(sign(TokenKind::Colon, Expected::Colon))
        .then(ty)
        .then(sign(TokenKind::Assign, Expected::Assign).ignore_then(expr).or_not())
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
        .delimited_by(sign(TokenKind::LBrace, Expected::LBrace).then_ignore(blank), sign(TokenKind::RBrace, Expected::RBrace))
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
