//! Tokens as the parsers of types and expressions see them.

use std::rc::Rc;

use chumsky::{input::IterInput, span::SimpleSpan};
use smol_str::SmolStr;

use crate::{ast::Literal, lexer::TokenKind};

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

    /// A word that is a name, whatever it may mean elsewhere.
    pub(super) fn plain(&mut self, text: &str) -> Lexeme {
        self.names.push(text.into());
        Lexeme::Name(Word::Plain, self.names.len() as u32 - 1)
    }

    pub(super) fn literal(&mut self, literal: Literal) -> Lexeme {
        if let Literal::Int(value) = literal {
            return Lexeme::Int(value);
        }
        self.literals.push(literal);
        Lexeme::Literal(self.literals.len() as u32 - 1)
    }

    /// The literal of a [`Lexeme::Literal`].
    pub(super) fn literal_at(&self, index: u32) -> Option<Literal> {
        self.literals.get(index as usize).cloned()
    }

    /// The word of a name.
    pub(super) fn text(&self, index: u32) -> SmolStr {
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
    pub(super) const fn may_be_field(self) -> bool {
        matches!(
            self,
            Self::Plain | Self::Caller | Self::Ref | Self::New | Self::Patch | Self::Page
        )
    }
}

/// The lexemes of one type or expression.
#[derive(Clone)]
pub(super) struct Lexemes {
    all: Rc<[(Lexeme, SimpleSpan<u32>)]>,
    at: usize,
}

impl Lexemes {
    pub(super) fn new(all: Vec<(Lexeme, SimpleSpan<u32>)>) -> Self {
        Self {
            all: all.into(),
            at: 0,
        }
    }
}

impl Iterator for Lexemes {
    type Item = (Lexeme, SimpleSpan<u32>);

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.all.get(self.at).copied();
        self.at += 1;
        next
    }
}

/// What chumsky reads.
pub(super) type Input = IterInput<Lexemes, SimpleSpan<u32>>;
