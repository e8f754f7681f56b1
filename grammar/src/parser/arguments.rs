//! Reads what follows a statement's word, by the arguments of its row.

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::{
    describe::{describe, describe_shape},
    structure::Parser,
    tokens::Tok,
};
use crate::{
    ast::{Argument, Ident, Value},
    errors::error,
    lexer::TokenKind,
    span::Span,
    vocabulary::{Arg, Form, Shape},
};

/// Reads the arguments of one statement.
pub(super) struct Reader<'p, 'a> {
    pub(super) parser: &'p mut Parser<'a>,
    pub(super) form: &'static Form,
    /// The statement's first token.
    pub(super) head: usize,
    /// The next token.
    pub(super) at: usize,
    /// One past the last token.
    pub(super) end: usize,
    args: Vec<Argument>,
    /// What could have stood at `at` but was left out.
    pub(super) skipped: SmallVec<[&'static Arg; 4]>,
    /// Whether something was missing or wrong.
    pub(super) failed: bool,
}

/// An argument could not be read; the error is reported.
pub(super) struct Failed;

impl Parser<'_> {
    /// Reads the arguments of the statement whose head is `start..end`; they begin at `at`. Gives them, and where the
    /// head ends: before `end` if a block begins there without its `{`.
    pub(super) fn arguments(
        &mut self,
        form: &'static Form,
        start: usize,
        at: usize,
        end: usize,
    ) -> (Vec<Argument>, usize) {
        let mut reader = Reader {
            parser: self,
            form,
            head: start,
            at,
            end,
            args: Vec::with_capacity(form.args.len()),
            skipped: SmallVec::new(),
            failed: false,
        };
        if reader.list(form.args).is_ok() {
            let at = reader.at;
            if at < end && reader.parser.block_without_brace(form, start, at) {
                return (reader.args, at);
            }
            reader.nothing_left();
        }
        (reader.args, end)
    }
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn tok(&self) -> Option<Tok<'a>> {
        self.peek(0)
    }

    pub(super) fn peek(&self, by: usize) -> Option<Tok<'a>> {
        (self.at + by < self.end).then(|| self.parser.toks[self.at + by])
    }

    pub(super) fn is(&self, kind: TokenKind) -> bool {
        self.tok().is_some_and(|tok| tok.kind == kind)
    }

    fn is_word(&self, word: &str) -> bool {
        self.tok()
            .is_some_and(|tok| tok.kind == TokenKind::Ident && tok.text == word)
    }

    /// Goes over the next token.
    pub(super) fn advance(&mut self) {
        self.at += 1;
        self.skipped.clear();
    }

    pub(super) fn push(&mut self, slot: &'static str, value: Value, span: Span) {
        self.args.push(Argument { slot, value, span });
    }

    fn list(&mut self, args: &'static [Arg]) -> Result<(), Failed> {
        let mut index = 0;
        while index < args.len() {
            if self.argument(&args[index]).is_err() {
                // Go on where the next token begins a later argument, perhaps behind one wrong token.
                let later = |reader: &Self, from: usize| {
                    (from..args.len()).find(|later| reader.begins(&args[*later]))
                };
                let mut found = later(self, index + 1);
                if found.is_none() && self.at + 1 < self.end {
                    let sign = self.is_habit();
                    self.at += 1;
                    found = later(self, if sign { index } else { index + 1 });
                }
                index = found.ok_or(Failed)?;
                continue;
            }
            index += 1;
        }
        Ok(())
    }

    /// Whether the next token is a sign that other languages have between a word and its value.
    fn is_habit(&self) -> bool {
        self.is(TokenKind::Assign) || self.is(TokenKind::Colon)
    }

    /// Whether the next token can begin `arg`.
    pub(super) fn begins(&self, arg: &'static Arg) -> bool {
        let Some(tok) = self.tok() else { return false };
        match arg {
            Arg::Name => tok.kind == TokenKind::Ident,
            Arg::Kw(word) | Arg::Flag(word) => tok.kind == TokenKind::Ident && tok.text == *word,
            Arg::Sign(sign) => tok.text == *sign,
            Arg::One(_, shape) | Arg::Many(_, shape) | Arg::Chain(_, shape) => self.begins_value(*shape, tok),
            Arg::Parens(..) | Arg::Params => tok.kind == TokenKind::LParen,
            Arg::Attributes => tok.kind == TokenKind::At,
            Arg::Opt(args) => args.first().is_some_and(|first| self.begins(first)),
            Arg::Alt(choices) => choices
                .iter()
                .any(|args| args.first().is_some_and(|first| self.begins(first))),
        }
    }

    fn begins_value(&self, shape: Shape, tok: Tok<'_>) -> bool {
        match shape {
            Shape::Ref(_) | Shape::Word(_) | Shape::Field | Shape::AnyWord | Shape::Rule | Shape::Method => {
                tok.kind == TokenKind::Ident
            }
            Shape::RefOrStar(_) => matches!(tok.kind, TokenKind::Ident | TokenKind::Star),
            Shape::Type => matches!(
                tok.kind,
                TokenKind::Ident | TokenKind::LBracket | TokenKind::LBrace
            ),
            Shape::Expr => !matches!(
                tok.kind,
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace | TokenKind::At
            ),
            Shape::Path => tok.kind == TokenKind::Path,
            Shape::String => is_string(tok.kind),
            Shape::Secret => is_string(tok.kind) || tok.text == "secret",
            Shape::Int | Shape::Rate | Shape::IntRange => {
                matches!(tok.kind, TokenKind::Int | TokenKind::BadNumber)
            }
            Shape::Percent => matches!(tok.kind, TokenKind::Percent | TokenKind::BadNumber),
            Shape::Duration => matches!(tok.kind, TokenKind::Duration | TokenKind::BadNumber),
            Shape::DurationRange => {
                matches!(tok.kind, TokenKind::Duration | TokenKind::BadNumber)
                    && self.peek(1).is_some_and(|next| next.kind == TokenKind::DotDot)
            }
            Shape::Date => matches!(tok.kind, TokenKind::Date | TokenKind::BadNumber),
            Shape::Version => tok.kind == TokenKind::Ident && is_version(tok.text),
        }
    }

    fn argument(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        match arg {
            Arg::Name => {
                let name = self.name(arg)?;
                self.push("name", Value::Name(name.clone()), name.span);
            }
            Arg::Kw(word) => {
                if !self.is_word(word) {
                    return self.expected(arg);
                }
                self.advance();
            }
            Arg::Sign(sign) => {
                if self.tok().is_none_or(|tok| tok.text != *sign) {
                    return self.expected(arg);
                }
                self.advance();
            }
            Arg::One(slot, shape) => {
                let (value, span) = self.value(*shape, arg)?;
                self.push(slot, value, span);
            }
            Arg::Many(slot, shape) => loop {
                let (value, span) = self.value(*shape, arg)?;
                self.push(slot, value, span);
                if !self.is(TokenKind::Comma) {
                    break;
                }
                self.comma(arg)?;
            },
            Arg::Chain(slot, shape) => loop {
                let (value, span) = self.value(*shape, arg)?;
                self.push(slot, value, span);
                match self.tok() {
                    Some(tok) if tok.kind == TokenKind::Greater => {
                        self.push(">", Value::Flag, tok.span);
                        self.advance();
                    }
                    Some(tok) if tok.kind == TokenKind::Comma => self.comma(arg)?,
                    _ => break,
                }
            },
            Arg::Parens(slot, shape) => self.parens(slot, *shape, arg)?,
            Arg::Params => self.params(arg)?,
            Arg::Attributes => {
                while self.is(TokenKind::At) {
                    let attribute = self.attribute()?;
                    self.push("attribute", Value::Attribute(attribute.clone()), attribute.span);
                }
                self.skipped.push(arg);
            }
            Arg::Flag(word) => {
                if self.is_word(word) {
                    let span = self.tok().map(|tok| tok.span).unwrap_or_default();
                    self.push(word, Value::Flag, span);
                    self.advance();
                } else {
                    self.skipped.push(arg);
                }
            }
            Arg::Opt(args) => {
                if self.begins(arg) {
                    self.list(args)?;
                } else {
                    self.skipped.push(arg);
                }
            }
            Arg::Alt(choices) => {
                let chosen = choices
                    .iter()
                    .find(|args| args.first().is_some_and(|first| self.begins(first)));
                match chosen {
                    Some(args) => self.list(args)?,
                    None => return self.expected(arg),
                }
            }
        }
        Ok(())
    }

    /// A comma, and something behind it.
    fn comma(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        let comma = self.tok().map(|tok| tok.span).unwrap_or_default();
        self.advance();
        if self.tok().is_some() {
            return Ok(());
        }
        let expected = match arg {
            Arg::Parens(_, shape) => describe_shape(*shape),
            arg => describe(arg),
        };
        self.failed = true;
        self.parser.errors.push(
            error(
                "syntax.missing_argument",
                comma,
                format!("After this `,` {expected} is missing."),
            )
            .help("Add it, or remove the `,`."),
        );
        self.parser.stopped(self.at, &[], None);
        Err(Failed)
    }

    /// `( value, value )`.
    fn parens(&mut self, slot: &'static str, shape: Shape, arg: &'static Arg) -> Result<(), Failed> {
        if !self.is(TokenKind::LParen) {
            return self.expected(arg);
        }
        let (open, close) = self.bracket();
        let end = self.end;
        self.advance();
        let inner_end = close.unwrap_or(end);
        self.end = inner_end;
        let mut result = Ok(());
        while result.is_ok() {
            // The value of an expression ends at the comma, not at the end of the statement.
            self.end = self
                .parser
                .until(self.at, inner_end, |kind| kind == TokenKind::Comma);
            match self.value(shape, arg) {
                Ok((value, span)) => self.push(slot, value, span),
                Err(failed) => result = Err(failed),
            }
            if result.is_ok() && self.at < self.end {
                result = self.expected_sign("`,` or `)`");
            }
            self.end = inner_end;
            if !self.is(TokenKind::Comma) {
                break;
            }
            if result.is_ok() {
                result = self.comma(arg);
            }
        }
        self.end = end;
        self.close(open, close);
        result
    }

    /// The span of the `(` at hand, and the index of its `)`.
    pub(super) fn bracket(&self) -> (Span, Option<usize>) {
        let open = self.parser.toks[self.at].span;
        // Only parentheses count, so that a missing `]` inside is an error inside.
        let mut depth = 0_usize;
        let close = (self.at..self.end).find(|index| {
            match self.parser.toks[*index].kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        (open, close)
    }

    /// Goes on behind a `)`, or says that it is missing.
    pub(super) fn close(&mut self, open: Span, close: Option<usize>) {
        if let Some(close) = close {
            self.at = close + 1;
        } else if self.failed {
            // What stands inside is not complete, which is said.
            self.at = self.end;
        } else {
            self.at = self.end;
            let last = self.parser.toks[self.end - 1].span.end;
            self.parser.errors.push(
                error("syntax.unclosed_block", open, "This `(` has no closing `)`.")
                    .related(Span::empty(last), "It is missing here at the latest.")
                    .fix("Add `)`", Span::empty(last), ")"),
            );
        }
        self.skipped.clear();
    }

    /// The name that the statement declares.
    pub(super) fn name(&mut self, arg: &'static Arg) -> Result<Ident, Failed> {
        let Some(tok) = self.tok() else {
            return self.expected(arg).map(|()| unreachable_name());
        };
        if is_string(tok.kind) {
            let text = tok.text.trim_matches('"');
            let fix = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !text.is_empty();
            let found = error(
                "syntax.unexpected_token",
                tok.span,
                "A name stands without quotes.",
            );
            self.parser.errors.push(if fix {
                found.fix("Remove the quotes", tok.span, text)
            } else {
                found
            });
            self.advance();
            return Ok(Ident {
                text: text.into(),
                span: tok.span,
            });
        }
        if tok.kind != TokenKind::Ident {
            return self.expected(arg).map(|()| unreachable_name());
        }
        self.advance();
        let mut span = tok.span;
        // `my-service` is meant as one name.
        while let (Some(minus), Some(next)) = (self.tok(), self.peek(1)) {
            let joined = minus.kind == TokenKind::Minus
                && minus.span.start == span.end
                && next.span.start == minus.span.end
                && matches!(next.kind, TokenKind::Ident | TokenKind::Int);
            if !joined {
                break;
            }
            span = span.cover(next.span);
            self.advance();
            self.advance();
        }
        let text = span.of(self.parser.text);
        if span != tok.span {
            let meant = text.replace('-', "_");
            self.parser.errors.push(
                error("syntax.invalid_character", span, "`-` cannot stand in a name.")
                    .help("Names are made of the letters A to Z and a to z, digits and `_`.")
                    .fix(format!("Write `{meant}`"), span, meant),
            );
        }
        Ok(Ident {
            text: text.into(),
            span,
        })
    }
}

/// `expected` always fails, so there is never a name to give.
fn unreachable_name() -> Ident {
    Ident {
        text: SmolStr::default(),
        span: Span::default(),
    }
}

pub(super) const fn is_string(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::String | TokenKind::OpenString)
}

pub(super) fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
