//! Edits of a head that may be tried.

use super::super::tokens::Tok;
use super::Head;
use crate::{ast::SyntaxError, lexer::TokenKind, span::Span};

/// One edit of a head: the tokens `from..to` give way to those of `text`.
#[derive(Debug, Clone)]
pub(in crate::parser) struct Draft {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) text: String,
    /// What stands there now.
    found: Span,
    /// The same edit in the text, with the blanks that it needs.
    span: Span,
    edit: String,
    title: String,
    /// Said instead of what was found and expected.
    message: Option<String>,
    help: Option<String>,
}

impl Draft {
    /// The same, and what is said with it.
    pub(super) fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The same with another title.
    pub(super) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same with another help.
    pub(super) fn helping(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What it changes.
    pub(super) fn covers(&self) -> Span {
        self.span
    }

    /// The error that is repaired by this draft.
    pub(super) fn onto(self, mut error: SyntaxError) -> SyntaxError {
        if let Some(message) = self.message {
            error.message = message;
            if self.from != self.to {
                error.code = "syntax.unexpected_token";
                error.span = self.found;
            }
        }
        if let Some(help) = self.help {
            error.help = Some(help);
        }
        error.fix(self.title, self.span, self.edit)
    }
}

/// The drafts for a head, in the order in which they are tried.
#[derive(Default)]
pub(in crate::parser) struct Drafts(pub(super) Vec<Draft>);

impl IntoIterator for Drafts {
    type Item = Draft;
    type IntoIter = std::vec::IntoIter<Draft>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> Head<'_, 'a> {
    pub(super) fn kind(self, at: usize) -> Option<TokenKind> {
        self.toks.get(at).map(|tok| tok.kind)
    }

    pub(super) fn word(self, at: usize) -> &'a str {
        self.toks.get(at).map_or("", |tok| tok.text)
    }

    /// Whether the tokens at `at - 1` and `at` touch each other.
    pub(super) fn touches(self, at: usize) -> bool {
        match (
            at.checked_sub(1).and_then(|before| self.toks.get(before)),
            self.toks.get(at),
        ) {
            (Some(before), Some(tok)) => before.span.end == tok.span.start,
            _ => false,
        }
    }

    /// The text of the tokens `from..to`.
    pub(super) fn source(self, from: usize, to: usize) -> &'a str {
        match (
            self.toks.get(from),
            to.checked_sub(1).and_then(|last| self.toks.get(last)),
        ) {
            (Some(first), Some(last)) if from < to => first.span.cover(last.span).of(self.text),
            _ => "",
        }
    }

    /// `text` instead of the tokens `from..to`.
    pub(super) fn replace(self, from: usize, to: usize, text: impl Into<String>) -> Draft {
        let text = text.into();
        let Some((first, last)) = self.toks.get(from..to).and_then(ends) else {
            return Self::unchanged();
        };
        let span = first.span.cover(last.span);
        // Two words that would touch each other get a blank between them.
        let joined = |one: &str, two: &str| one.ends_with(is_word) && two.starts_with(is_word);
        let mut edit = text.clone();
        if self.touches(from) && joined(self.word(from.saturating_sub(1)), &text) {
            edit.insert(0, ' ');
        }
        if self.touches(to) && joined(&text, self.word(to)) {
            edit.push(' ');
        }
        Draft {
            from,
            to,
            title: format!("Write `{text}`"),
            edit,
            text,
            found: span,
            span,
            message: None,
            help: None,
        }
    }

    /// `text` before the token at `at`, or at the end.
    pub(super) fn insert(self, at: usize, text: &str) -> Draft {
        let tight = matches!(text, ":" | "," | ")" | "]" | "?" | ";" | "(" | "..");
        let before = at.checked_sub(1).and_then(|before| self.toks.get(before));
        let next = self.toks.get(at);
        let (place, edit) = match (before, next) {
            (Some(before), next) if tight || next.is_none() => {
                let space = if tight { "" } else { " " };
                let behind = match next {
                    Some(next)
                        if next.span.start == before.span.end
                            && !matches!(text, "(" | ")" | "]" | "?" | "..") =>
                    {
                        " "
                    }
                    _ => "",
                };
                (before.span.end, format!("{space}{text}{behind}"))
            }
            (_, Some(next)) => {
                let space = if self.touches(at) { " " } else { "" };
                (next.span.start, format!("{space}{text} "))
            }
            (_, None) => (0, text.to_owned()),
        };
        Draft {
            from: at,
            to: at,
            text: text.to_owned(),
            found: Span::empty(place),
            span: Span::empty(place),
            edit,
            title: format!("Insert `{text}`"),
            message: None,
            help: None,
        }
    }

    /// Nothing instead of the tokens `from..to`.
    pub(super) fn remove(self, from: usize, to: usize) -> Draft {
        let Some((first, last)) = self.toks.get(from..to).and_then(ends) else {
            return Self::unchanged();
        };
        let (first, last) = (first.span, last.span);
        let before = from.checked_sub(1).map(|before| self.toks[before].span.end);
        let next = self.toks.get(to).map(|next| next.span.start);
        let (span, edit) = match (before, next) {
            (Some(before), Some(next)) if before == first.start && next == last.end => {
                let joined = self.word(from.saturating_sub(1)).ends_with(is_word)
                    && self.word(to).starts_with(is_word);
                (first.cover(last), if joined { " " } else { "" })
            }
            (_, Some(next)) if next == last.end => (first.cover(last), ""),
            (Some(before), _) => (Span::new(before, last.end), ""),
            (None, Some(next)) => (Span::new(first.start, next), ""),
            (None, None) => (first.cover(last), ""),
        };
        Draft {
            from,
            to,
            text: String::new(),
            found: first.cover(last),
            span,
            edit: edit.to_owned(),
            title: format!(
                "Remove `{}`",
                super::super::structure::shorten(self.source(from, to))
            ),
            message: None,
            help: None,
        }
    }

    /// A draft that changes nothing, which is never accepted.
    fn unchanged() -> Draft {
        Draft {
            from: 0,
            to: 0,
            text: String::new(),
            found: Span::default(),
            span: Span::default(),
            edit: String::new(),
            title: String::new(),
            message: None,
            help: None,
        }
    }

    /// The token that closes the bracket at `at`.
    pub(super) fn closing(self, at: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (index, tok) in self.toks.iter().enumerate().skip(at) {
            match tok.kind {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth += 1,
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The first and the last of some tokens.
fn ends<'t, 'a>(toks: &'t [Tok<'a>]) -> Option<(&'t Tok<'a>, &'t Tok<'a>)> {
    Some((toks.first()?, toks.last()?))
}
