//! Where a type or expression could not be read, in a form that costs nothing to make.

use chumsky::{
    DefaultExpected,
    error::{Error, LabelError},
    span::SimpleSpan,
    util::MaybeRef,
};

use super::lexemes::{Input, Lexeme};

/// Where reading stopped, and what could have stood there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Failure {
    /// Byte offset.
    pub(super) at: u32,
    /// Whether the end was reached.
    pub(super) end: bool,
    /// A bit for each [`Expected`].
    pub(super) expected: u64,
}

impl Failure {
    /// What could have stood there, in the order of [`EXPECTED`].
    pub(super) fn expected(self) -> impl Iterator<Item = &'static str> {
        EXPECTED
            .iter()
            .enumerate()
            .filter(move |(bit, _)| self.expected & (1 << bit) != 0)
            .map(|(_, text)| *text)
    }

    pub(super) fn expects(self, expected: Expected) -> bool {
        self.expected & (1 << expected as u64) != 0
    }
}

impl Expected {
    /// The same in the language's words.
    pub(super) const fn text(self) -> &'static str {
        EXPECTED[self as usize]
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
        Self {
            expected: self.expected | other.expected,
            ..self
        }
    }
}

impl LabelError<'static, Input, DefaultExpected<'static, Lexeme>> for Failure {
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'static, Lexeme>>>(
        expected: E,
        found: Option<MaybeRef<'static, Lexeme>>,
        span: SimpleSpan<u32>,
    ) -> Self {
        let end = expected
            .into_iter()
            .any(|expected| matches!(expected, DefaultExpected::EndOfInput));
        Self {
            at: span.start,
            end: found.is_none(),
            expected: u64::from(end) << Expected::End as u64,
        }
    }
}

impl LabelError<'static, Input, Expected> for Failure {
    fn expected_found<E: IntoIterator<Item = Expected>>(
        expected: E,
        found: Option<MaybeRef<'static, Lexeme>>,
        span: SimpleSpan<u32>,
    ) -> Self {
        let expected = expected
            .into_iter()
            .fold(0, |set, expected| set | (1 << expected as u64));
        Self {
            at: span.start,
            end: found.is_none(),
            expected,
        }
    }

    fn label_with(&mut self, label: Expected) {
        self.expected = 1 << label as u64;
    }
}
