//! Single values by their shape: references, words, methods, rules, secrets.

use smol_str::SmolStr;

use super::{
    arguments::{Failed, Reader, is_string, is_version},
    structure::shorten,
    synonyms::{method_meant, word_meant},
    tokens::Tok,
};
use crate::{
    ast::{Ident, Ref, Value},
    errors::{did_you_mean, error, one_of_words},
    lexer::TokenKind,
    span::Span,
    vocabulary::{Arg, FORMS, METHODS, Place, Shape},
};

/// Words that go on behind a reference.
const CONNECTING: &[&str] = &["as", "at", "because", "by", "masked", "to", "via", "where"];

impl<'a> Reader<'_, 'a> {
    /// One value of `shape`.
    pub(super) fn value(&mut self, shape: Shape, arg: &'static Arg) -> Result<(Value, Span), Failed> {
        let start = self.at;
        let value = self.read(shape, arg)?;
        let span = self.parser.toks[start]
            .span
            .cover(self.parser.toks[self.at.max(start + 1) - 1].span);
        Ok((value, span))
    }

    fn read(&mut self, shape: Shape, arg: &'static Arg) -> Result<Value, Failed> {
        let Some(tok) = self.tok() else {
            self.expected(arg)?;
            return Err(Failed);
        };
        match (shape, tok.kind) {
            (Shape::Ref(_) | Shape::RefOrStar(_), TokenKind::Ident) => Ok(Value::Ref(self.reference(true))),
            (Shape::Field, TokenKind::Ident) => Ok(Value::Ref(self.reference(false))),
            (Shape::RefOrStar(_), TokenKind::Star) => {
                self.advance();
                Ok(Value::Star)
            }
            (Shape::Word(words), TokenKind::Ident) => Ok(Value::Word(self.word(words, tok, arg))),
            (Shape::AnyWord, TokenKind::Ident) => {
                self.advance();
                Ok(Value::Word(ident(tok)))
            }
            (Shape::Rule, TokenKind::Ident) => Ok(Value::Ref(self.rule())),
            (Shape::Type, TokenKind::Ident | TokenKind::LBracket | TokenKind::LBrace) => {
                Ok(Value::Type(self.ty()))
            }
            (Shape::Expr, _) => Ok(Value::Expr(self.expr())),
            (Shape::Method, TokenKind::Ident) => Ok(Value::Method(self.method(tok, arg))),
            (Shape::Path, TokenKind::Path) => {
                self.advance();
                Ok(Value::Path(self.path(tok)))
            }
            (Shape::String, kind) if is_string(kind) => {
                self.advance();
                Ok(Value::String(self.string(tok)))
            }
            (Shape::Secret, kind) if is_string(kind) => {
                self.advance();
                Ok(Value::String(self.string(tok)))
            }
            (Shape::Secret, TokenKind::Ident) if tok.text == "secret" => self.secret(arg),
            (Shape::Int, TokenKind::Int) => {
                self.advance();
                Ok(Value::Int(self.int(tok)))
            }
            (Shape::Percent, TokenKind::Percent) => {
                self.advance();
                Ok(Value::Percent(self.percent(tok)))
            }
            (Shape::Duration, TokenKind::Duration) => {
                self.advance();
                Ok(Value::Duration(self.duration(tok)))
            }
            (Shape::Date, TokenKind::Date) => {
                self.advance();
                Ok(Value::Date(self.date(tok)))
            }
            (Shape::Version, TokenKind::Ident) if is_version(tok.text) => {
                self.advance();
                Ok(Value::Version(self.version(tok)))
            }
            (Shape::Rate, TokenKind::Int) => self.rate(tok, arg),
            (Shape::IntRange, TokenKind::Int) => Ok(self.int_range(tok, arg)),
            (Shape::DurationRange, TokenKind::Duration) => self.duration_range(tok),
            _ => {
                self.expected(arg)?;
                Err(Failed)
            }
        }
    }

    /// `Orders.Order.status`, with a kind word before it where `kinds` allows one.
    fn reference(&mut self, kinds: bool) -> Ref {
        let mut kind = None;
        if kinds
            && let (Some(first), Some(second)) = (self.tok(), self.peek(1))
            && second.kind == TokenKind::Ident
            // A thing that is itself called `client`, and what its statement goes on with.
            && !CONNECTING.contains(&second.text)
            && FORMS
                .iter()
                .any(|form| form.word == first.text && form.places.contains(&Place::File))
        {
            kind = Some(ident(first));
            self.advance();
        }
        let mut segments = Vec::with_capacity(1);
        while let Some(tok) = self.tok().filter(|tok| tok.kind == TokenKind::Ident) {
            segments.push(ident(tok));
            self.advance();
            let Some(dot) = self.tok().filter(|tok| tok.kind == TokenKind::Dot) else {
                break;
            };
            self.advance();
            if self.tok().is_none_or(|tok| tok.kind != TokenKind::Ident) {
                self.dangling_dot(dot.span);
                break;
            }
        }
        Ref { segments, kind }
    }

    /// Nothing follows a `.`.
    fn dangling_dot(&mut self, dot: Span) {
        self.failed = true;
        self.parser.errors.push(
            error(
                "syntax.missing_argument",
                dot,
                "After this `.` a name is missing.",
            )
            .help("Add it, or remove the `.`."),
        );
        self.parser.stopped(self.at, &[], None);
    }

    fn word(&mut self, words: &'static [&'static str], tok: Tok<'a>, arg: &'static Arg) -> Ident {
        self.advance();
        if !words.contains(&tok.text) {
            let near = word_meant(tok.text, words).or_else(|| did_you_mean(tok.text, words.iter().copied()));
            let found = error(
                "syntax.unknown_word",
                tok.span,
                format!(
                    "`{}` is not one of the words that can stand here in {}.",
                    shorten(tok.text),
                    self.parser.title(self.head)
                ),
            );
            self.parser.errors.push(match near {
                Some(near) => found
                    .help(format!(
                        "Did you mean `{near}`? Possible are {}.",
                        one_of_words(words)
                    ))
                    .fix(format!("Replace by `{near}`"), tok.span, near),
                None => found.help(format!("Possible are {}.", one_of_words(words))),
            });
            self.parser.misspelt(self.at - 1, arg);
        }
        ident(tok)
    }

    fn method(&mut self, tok: Tok<'a>, arg: &'static Arg) -> Ident {
        self.advance();
        if METHODS.contains(&tok.text) {
            return ident(tok);
        }
        let upper = tok.text.to_ascii_uppercase();
        let near = method_meant(&upper).or_else(|| did_you_mean(&upper, METHODS.iter().copied()));
        let found = error(
            "syntax.unknown_word",
            tok.span,
            format!("`{}` is not a method.", shorten(tok.text)),
        )
        .help(format!("Possible are {}.", one_of_words(METHODS)));
        self.parser.errors.push(match near {
            Some(near) => found.fix(format!("Replace by `{near}`"), tok.span, near),
            None => found,
        });
        self.parser.misspelt(self.at - 1, arg);
        Ident {
            text: near.map_or_else(|| upper.into(), SmolStr::new_static),
            span: tok.span,
        }
    }

    /// `auth.missing_authorization`, or as it stands in a documentation link, `auth/missing-authorization`.
    fn rule(&mut self) -> Ref {
        let mut segments = Vec::with_capacity(2);
        while let Some(tok) = self.tok() {
            match tok.kind {
                TokenKind::Ident => segments.push(ident(tok)),
                TokenKind::Path => {
                    let text = tok.text.trim_start_matches('/').replace('-', "_");
                    segments.push(Ident {
                        text: text.into(),
                        span: Span::new(tok.span.start + 1, tok.span.end),
                    });
                }
                _ => break,
            }
            self.advance();
            let joined = |next: Tok<'_>| next.kind == TokenKind::Path && next.span.start == tok.span.end;
            match self.tok() {
                Some(next) if next.kind == TokenKind::Dot => {
                    self.advance();
                    if self.tok().is_none_or(|tok| tok.kind != TokenKind::Ident) {
                        self.dangling_dot(next.span);
                    }
                }
                Some(next) if joined(next) => {}
                _ => break,
            }
        }
        Ref { segments, kind: None }
    }

    fn secret(&mut self, arg: &'static Arg) -> Result<Value, Failed> {
        self.advance();
        if !self.is(TokenKind::LParen) {
            self.expected(arg)?;
        }
        let (open, close) = self.bracket();
        self.advance();
        let Some(name) = self.tok().filter(|tok| is_string(tok.kind)) else {
            self.expected_as("the secret's name in double quotes", arg)?;
            return Err(Failed);
        };
        let text = self.string(name);
        self.advance();
        if close.is_some_and(|close| close != self.at) || (close.is_none() && self.tok().is_some()) {
            self.expected_as("`)`", arg)?;
        }
        self.close(open, close);
        Ok(Value::Secret(text))
    }
}

pub(super) fn ident(tok: Tok<'_>) -> Ident {
    Ident {
        text: tok.text.into(),
        span: tok.span,
    }
}

/// From the first to the last of some tokens.
pub(super) fn cover(toks: &[Tok<'_>]) -> Span {
    match toks {
        [] => Span::default(),
        [first, .., last] => first.span.cover(last.span),
        [only] => only.span,
    }
}
