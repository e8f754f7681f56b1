//! Types and attributes as other languages write them.

use super::{Drafts, Head, Inside};
use crate::{
    lexer::TokenKind,
    vocabulary::{AttributeArgs, attribute, scalar},
};

impl Head<'_, '_> {
    /// Edits of a type that could not be read.
    pub(super) fn types(self, at: usize, inside: Inside, drafts: &mut Drafts) {
        let Inside { start, end, .. } = inside;
        let mut foreign = Foreign {
            head: self,
            at: start,
            end,
        };
        let Some(mut text) = foreign.ty() else { return };
        let words = foreign.at;
        if foreign.at > start && foreign.at < end {
            foreign.modifiers(&mut text);
        }
        let written = self.source(start, end);
        if foreign.at == end && text != written {
            let draft = self.replace(start, end, text.clone());
            drafts.0.push(if words == end {
                draft
                    .saying(format!("`{written}` is not how a type is written; here it is `{text}`."))
                    .helping("Lists are `[T]`, optional types `T?`, identities `ref T`.")
            } else {
                draft
                    .saying(format!(
                        "Found `{}` behind the type where attributes begin with `@`.",
                        self.word(words)
                    ))
                    .helping("Attributes stand behind the type: `@id`, `@unique`, `@default(x)`; optional types end in `?`.")
            });
        }
        if at == start {
            self.before_type(start, drafts);
        }
    }

    /// Edits of the type that begins at `at` with something that no type begins with.
    pub(super) fn whole_type(self, at: usize, drafts: &mut Drafts) {
        if self.kind(at) == Some(TokenKind::LParen) && self.kind(at + 1) == Some(TokenKind::RParen) && at > 0
        {
            drafts.0.push(
                self.remove(at - 1, at + 2)
                    .saying("`()` is no type.")
                    .helping("What returns nothing has no `->`."),
            );
        }
        let end = (at..self.toks.len())
            .find(|index| {
                matches!(self.kind(*index), Some(TokenKind::Assign))
                    || (*index > at && self.word(*index) == "@")
            })
            .unwrap_or(self.toks.len());
        if at < end {
            let part = Inside {
                part: super::Part::Type,
                start: at,
                end,
            };
            self.types(at, part, drafts);
        }
    }

    /// `note?: string` and `string note`: what belongs to the type stands before the `:`.
    pub(super) fn around_colon(self, at: usize, drafts: &mut Drafts) {
        if self.kind(at) == Some(TokenKind::Question) && self.kind(at + 1) == Some(TokenKind::Colon) {
            let mut depth = 0_i32;
            let end = (at + 2..self.toks.len())
                .find(|index| {
                    match self.kind(*index) {
                        Some(TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace) => depth += 1,
                        Some(TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace) => depth -= 1,
                        _ => {}
                    }
                    depth < 0
                        || (depth == 0
                            && matches!(
                                self.kind(*index),
                                Some(TokenKind::Assign | TokenKind::At | TokenKind::Comma)
                            ))
                })
                .unwrap_or(self.toks.len());
            let ty = self.source(at + 2, end);
            drafts.0.push(
                self.replace(at, end, format!(": {ty}?"))
                    .saying("The `?` stands behind the name instead of behind the type.")
                    .helping("Optional types end in `?`."),
            );
        }
        let Some(before) = at.checked_sub(1) else { return };
        let (first, second) = (self.word(before), self.word(at));
        let is_type = scalar(first).is_some() || first.starts_with(|c: char| c.is_ascii_uppercase());
        let is_name = scalar(second).is_none() && second.starts_with(|c: char| c.is_ascii_lowercase());
        if is_type && is_name && self.kind(at) == Some(TokenKind::Ident) {
            drafts.0.push(
                self.replace(before, at + 1, format!("{second}: {first}"))
                    .saying("The type stands before the name.")
                    .helping("The name comes first: `name: type`."),
            );
        }
    }

    /// `name: @pii string`: the attribute belongs behind the type.
    fn before_type(self, start: usize, drafts: &mut Drafts) {
        if self.kind(start) != Some(TokenKind::At) {
            return;
        }
        let mut end = start + 2;
        if self.kind(end) == Some(TokenKind::LParen) {
            end = self.closing(end).map_or(end, |close| close + 1);
        }
        let mut ty = end;
        while ty < self.toks.len() && !matches!(self.kind(ty), Some(TokenKind::At | TokenKind::Assign)) {
            ty += 1;
        }
        if end < ty {
            let text = format!("{} {}", self.source(end, ty), self.source(start, end));
            drafts.0.push(
                self.replace(start, ty, text)
                    .saying("An attribute stands before the type.")
                    .helping("Attributes stand behind the type."),
            );
        }
    }
}

/// Reads a type as other languages write it.
struct Foreign<'h, 'a> {
    head: Head<'h, 'a>,
    at: usize,
    end: usize,
}

impl Foreign<'_, '_> {
    fn kind(&self) -> Option<TokenKind> {
        if self.at < self.end {
            self.head.kind(self.at)
        } else {
            None
        }
    }

    fn word(&self) -> &str {
        if self.at < self.end {
            self.head.word(self.at)
        } else {
            ""
        }
    }

    fn is(&self, text: &str) -> bool {
        self.word() == text
    }

    fn ty(&mut self) -> Option<String> {
        let mut text = self.prefix()?;
        let mut optional = false;
        loop {
            let next = self.head.kind(self.at + 1).filter(|_| self.at + 1 < self.end);
            match self.kind() {
                Some(TokenKind::LBracket) if next == Some(TokenKind::RBracket) => {
                    self.at += 2;
                    let element = if optional { "?" } else { "" };
                    text = format!("[{text}{element}]");
                    optional = false;
                }
                Some(TokenKind::Question) => {
                    self.at += 1;
                    optional = true;
                }
                Some(TokenKind::Bang) => self.at += 1,
                Some(TokenKind::Invalid)
                    if self.is("|")
                        && matches!(self.head.word(self.at + 1), "null" | "None" | "undefined" | "nil") =>
                {
                    self.at += 2;
                    optional = true;
                }
                _ => break,
            }
        }
        let already = text.ends_with('?');
        if optional && !already {
            text.push('?');
        }
        Some(text)
    }

    fn prefix(&mut self) -> Option<String> {
        match self.kind()? {
            TokenKind::Question => {
                self.at += 1;
                let inner = self.ty()?;
                Some(optional(inner))
            }
            TokenKind::Star => {
                self.at += 1;
                Some(optional(self.ty()?))
            }
            TokenKind::Invalid if self.is("&") => {
                self.at += 1;
                Some(format!("ref {}", self.ty()?))
            }
            TokenKind::LBracket if self.head.kind(self.at + 1) == Some(TokenKind::RBracket) => {
                self.at += 2;
                Some(format!("[{}]", self.ty()?))
            }
            TokenKind::LBracket | TokenKind::LParen => {
                let list = self.kind() == Some(TokenKind::LBracket);
                self.at += 1;
                let inner = self.ty()?;
                if matches!(self.kind(), Some(TokenKind::RBracket | TokenKind::RParen)) {
                    self.at += 1;
                } else if self.at < self.end {
                    return None;
                }
                Some(if list { format!("[{inner}]") } else { inner })
            }
            TokenKind::LBrace => {
                let close = self.head.closing(self.at).filter(|close| *close < self.end)?;
                let text = self.head.source(self.at, close + 1).to_owned();
                if close == self.at + 2 {
                    // A set of one type.
                    let inner = self.head.word(self.at + 1).to_owned();
                    self.at = close + 1;
                    return Some(format!("[{inner}]"));
                }
                self.at = close + 1;
                Some(text)
            }
            TokenKind::String => {
                let inner = self.word().trim_matches(['"', '\'']).to_owned();
                self.at += 1;
                let plain = !inner.is_empty()
                    && inner
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                plain.then_some(inner)
            }
            TokenKind::Ident => self.named(),
            _ => None,
        }
    }

    fn named(&mut self) -> Option<String> {
        let word = self.word().to_owned();
        let lower = word.to_ascii_lowercase();
        self.at += 1;
        let prefix = matches!(word.as_str(), "ref" | "new" | "patch" | "page");
        if prefix
            && matches!(
                self.kind(),
                Some(TokenKind::Ident | TokenKind::Colon | TokenKind::LParen)
            )
        {
            let parens = self.kind() == Some(TokenKind::LParen);
            self.at += usize::from(self.kind() != Some(TokenKind::Ident));
            let name = self.dotted()?;
            if parens && self.kind() == Some(TokenKind::RParen) {
                self.at += 1;
            }
            return Some(format!("{word} {name}"));
        }
        let listed = matches!(lower.as_str(), "list" | "array" | "set" | "repeated" | "many");
        if matches!(self.kind(), Some(TokenKind::Ident)) {
            if listed {
                self.at += usize::from(self.is("of"));
                return Some(format!("[{}]", self.ty()?));
            }
            if matches!(lower.as_str(), "optional" | "nullable" | "maybe") {
                return Some(optional(self.ty()?));
            }
            if word == "type" {
                return self.ty();
            }
        }
        let open = self.kind();
        let arguments = match open {
            Some(TokenKind::Less) => Some("<"),
            Some(TokenKind::LBracket) if self.head.kind(self.at + 1) != Some(TokenKind::RBracket) => {
                Some("[")
            }
            _ => None,
        };
        if arguments.is_some() {
            return self.generic(&lower);
        }
        self.at -= 1;
        let mut text = self.dotted()?;
        if self.kind() == Some(TokenKind::LParen) {
            let close = self.head.closing(self.at).filter(|close| *close < self.end)?;
            text.push_str(self.head.source(self.at, close + 1));
            self.at = close + 1;
        }
        Some(text)
    }

    fn dotted(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            if self.kind()? != TokenKind::Ident {
                return None;
            }
            text.push_str(self.word());
            self.at += 1;
            if self.kind() != Some(TokenKind::Dot) {
                return Some(text);
            }
            text.push('.');
            self.at += 1;
        }
    }

    /// `List<string>`, `list[str]`, `Optional<Order>`, `decimal<12, 2>`.
    fn generic(&mut self, lower: &str) -> Option<String> {
        let first = self.at + 1;
        self.at = first;
        let number = self.kind() == Some(TokenKind::Int);
        let mut parts = Vec::new();
        loop {
            parts.push(if number {
                let text = self.word().to_owned();
                self.at += 1;
                text
            } else {
                self.ty()?
            });
            match self.kind() {
                Some(TokenKind::Comma) => self.at += 1,
                Some(TokenKind::Greater | TokenKind::RBracket) => {
                    self.at += 1;
                    break;
                }
                None => break,
                _ => return None,
            }
        }
        if number {
            return scalar(lower).map(|scalar| format!("{}({})", scalar.name, parts.join(", ")));
        }
        let inner = parts.pop()?;
        if !parts.is_empty() {
            return matches!(lower, "map" | "dict" | "record" | "hashmap" | "dictionary")
                .then(|| "json".to_owned());
        }
        Some(match lower {
            "list" | "array" | "set" | "vec" | "seq" | "sequence" | "collection" | "iterable"
            | "readonlyarray" | "arraylist" | "hashset" | "tuple" => format!("[{inner}]"),
            "optional" | "option" | "maybe" | "nullable" => optional(inner),
            "page" | "paginated" | "paged" => format!("page {}", inner.trim_matches(['[', ']'])),
            "partial" | "patch" => format!("patch {inner}"),
            "new" | "create" => format!("new {inner}"),
            "ref" | "reference" | "id" | "foreignkey" => format!("ref {inner}"),
            "promise" | "future" | "task" | "box" | "arc" | "rc" | "readonly" | "required" | "mono"
            | "awaitable" => inner,
            _ => return None,
        })
    }

    /// What other languages write behind a type, as attributes.
    fn modifiers(&mut self, text: &mut String) {
        let mut behind = String::new();
        while let Some(kind) = self.kind() {
            let lower = self.word().to_ascii_lowercase();
            let next = self.head.word(self.at + 1).to_ascii_lowercase();
            let length = match (kind, lower.as_str(), next.as_str()) {
                (TokenKind::Ident, "primary", "key") => {
                    behind.push_str(" @id");
                    2
                }
                (TokenKind::Ident, "not", "null") => 2,
                (TokenKind::Ident, "null" | "nullable" | "optional", _) => {
                    if !text.ends_with('?') {
                        text.push('?');
                    }
                    1
                }
                (TokenKind::Ident, "required", _) => 1,
                (TokenKind::Ident, "default", _) if self.at + 1 < self.end && !text.contains('=') => {
                    let value = self.head.source(self.at + 1, self.at + 2).to_owned();
                    text.push_str(" = ");
                    text.push_str(&value);
                    2
                }
                (TokenKind::Ident, "references", _) if self.at + 1 < self.end => {
                    *text = format!("ref {}", self.head.word(self.at + 1));
                    2
                }
                (TokenKind::Ident, name, _) => match attribute(name) {
                    Some(form) if matches!(form.args, AttributeArgs::None) => {
                        behind.push_str(" @");
                        behind.push_str(form.name);
                        1
                    }
                    _ => return,
                },
                (TokenKind::Comma, ..) if self.at + 1 == self.end => 1,
                _ => return,
            };
            self.at += length;
        }
        text.push_str(&behind);
    }
}

fn optional(mut text: String) -> String {
    if !text.ends_with('?') {
        text.push('?');
    }
    text
}
