//! Attributes as other languages write them.

use super::{Drafts, Head, Inside};
use crate::{
    lexer::TokenKind,
    vocabulary::{AttributeArgs, attribute},
};

impl Head<'_, '_> {
    /// Edits of an attribute that could not be read, and of what stands behind one.
    pub(super) fn attributes(self, at: usize, inside: Inside, drafts: &mut Drafts) {
        let Inside { start, end, .. } = inside;
        let name = self.word(start + 1);
        let takes = attribute(name).map(|form| form.args);
        if self.kind(start + 2) == Some(TokenKind::LParen) && self.kind(start + 3) == Some(TokenKind::RParen)
        {
            if takes.is_none_or(|takes| takes == AttributeArgs::None) {
                drafts.0.push(
                    self.remove(start + 2, start + 4)
                        .saying(format!("`@{name}` takes nothing: it has no parentheses."))
                        .titled("Remove `()`"),
                );
            }
            return;
        }
        if self.kind(start + 2) == Some(TokenKind::LParen) {
            let close = self.closing(start + 2).filter(|close| *close < end);
            let to = close.unwrap_or(end);
            let inner = self.source(start + 3, to);
            let text = matches!(takes, Some(AttributeArgs::Text | AttributeArgs::Deprecated));
            if text && !inner.contains('"') && !inner.is_empty() {
                let plain = inner.trim_matches('/');
                drafts.0.push(
                    self.replace(start + 3, to, format!("\"{}\"", plain.replace('\\', "\\\\")))
                        .saying(format!("`@{name}` takes a text."))
                        .helping("Texts stand in double quotes."),
                );
            }
        } else if end > start + 2 {
            // Behind the name, with another sign or none.
            let sign = matches!(self.kind(start + 2), Some(TokenKind::Assign | TokenKind::Colon));
            let first = start + 2 + usize::from(sign);
            let closed = usize::from(self.kind(end - 1) == Some(TokenKind::RParen));
            let inner = self.source(first, end - closed);
            if !inner.is_empty() && takes.is_some_and(|takes| takes != AttributeArgs::None) {
                drafts.0.push(
                    self.replace(start + 2, end, format!("({inner})"))
                        .titled(format!("Write `@{name}({inner})`"))
                        .saying(format!("What `@{name}` takes stands in parentheses."))
                        .helping(format!("For example: `@{name}({inner})`.")),
                );
            }
        }
        if self.word(at) == "=" && at + 1 < end {
            self.default_behind(start, at, end, drafts);
        }
        // Further attributes without `@`.
        if attribute(self.word(at)).is_some() {
            drafts
                .0
                .push(self.insert(at, "@").titled(format!("Write `@{}`", self.word(at))));
        }
    }

    /// `lines: int @min(1) = 1`: the default belongs before the attributes.
    fn default_behind(self, start: usize, at: usize, end: usize, drafts: &mut Drafts) {
        let first = (0..start)
            .rev()
            .find(|index| self.kind(*index) == Some(TokenKind::At))
            .map_or(start, |first| first.min(start));
        for first in [start, first] {
            let text = format!("{} {}", self.source(at, end), self.source(first, at));
            drafts.0.push(
                self.replace(first, end, text)
                    .saying("The default stands behind an attribute.")
                    .helping("The default follows the type; attributes come behind it."),
            );
        }
    }
}
