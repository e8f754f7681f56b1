//! Characters that the language does not have: what they were meant as, and what is said about them.

use super::{
    look_alikes::{known_word, plain, sign_meant, twin},
    tokens::Scanner,
};
use crate::{
    ast::SyntaxError,
    errors::error,
    lexer::{TokenKind, lex},
    span::Span,
};

const CODE: &str = "syntax.invalid_character";

impl Scanner<'_> {
    /// A character that has no meaning as it is.
    pub(super) fn character(&mut self, span: Span) {
        let piece = span.of(self.text);
        let character = piece.chars().next().unwrap_or_default();
        if self.quoted(character, span) || self.percent(character, span) {
            return;
        }
        match character {
            '|' | '&' => self.bar(character, span),
            '\u{2028}' | '\u{2029}' | '\u{85}' => {
                self.found.errors.push(
                    error(
                        CODE,
                        span,
                        format!("{} does not end a line here.", show(character)),
                    )
                    .help("Use an ordinary line end.")
                    .fix("Replace it by a line end", span, "\n"),
                );
                self.line = span.end;
                self.line_start = true;
            }
            _ => match sign_meant(character) {
                Some(meant) => self.sign(character, meant, span),
                None => self.meaningless(character, span),
            },
        }
    }

    /// A sign that only looks like one of the language: read as that one.
    pub(super) fn sign(&mut self, character: char, meant: &'static str, span: Span) {
        if self.partner != Some(span.start) {
            let mut edit = (span, meant.to_owned());
            if let Some((partner, closing)) = self.closing(character, span) {
                self.partner = Some(partner.start);
                let inner = Span::new(span.end, partner.start).of(self.text);
                edit = (span.cover(partner), format!("{meant}{inner}{closing}"));
            }
            self.found.errors.push(
                error(
                    CODE,
                    span,
                    format!("{} only looks like `{meant}`.", show(character)),
                )
                .help(format!("Write `{meant}`, with the keys of the keyboard."))
                .fix(format!("Write `{meant}`"), edit.0, edit.1),
            );
        }
        if meant == "/" {
            return self.path_meant(span);
        }
        if let Some(token) = lex(meant).next() {
            self.push_as(token.kind, span, meant);
        }
    }

    /// The closing bracket that belongs to an opening one of the same style, and what it is meant as: a pair is one mistake.
    fn closing(&self, character: char, span: Span) -> Option<(Span, &'static str)> {
        let (closing, one_line) = match character {
            '（' => ('）', true),
            '［' => ('］', true),
            '【' => ('】', true),
            '｛' => ('｝', false),
            _ => return None,
        };
        let rest = &self.text[span.end as usize..];
        let rest = &rest[..rest.floor_char_boundary(LONGEST_BLOCK)];
        // Behind another opening one, the next closing one belongs to that.
        let stops = [character, closing, '\n', '\r'];
        let length = rest.find(if one_line { &stops[..] } else { &stops[..2] })?;
        let at = span.end + rest[length..].starts_with(closing).then_some(length)? as u32;
        Some((
            Span::new(at, at + closing.len_utf8() as u32),
            sign_meant(closing)?,
        ))
    }

    /// What begins with something like a `/`, up to the next blank.
    fn path_meant(&mut self, span: Span) {
        let rest = &self.text[span.start as usize..];
        let length = rest
            .find([' ', '\t', '\r', '\n', ';', '(', ')', '{'])
            .unwrap_or(rest.len());
        let whole = Span::new(span.start, span.start + length as u32);
        let meant: String = whole
            .of(self.text)
            .chars()
            .map(|c| if sign_meant(c) == Some("/") { '/' } else { c })
            .collect();
        if let Some(last) = self.found.errors.last_mut() {
            last.span = whole;
            *last =
                std::mem::replace(last, error(CODE, whole, "")).fix(format!("Write `{meant}`"), whole, meant);
        }
        self.skip_to = whole.end;
        self.push_as(TokenKind::Path, whole, "/");
    }

    /// `&&` and `||` join predicates elsewhere; a single one is left to whoever reads on.
    fn bar(&mut self, character: char, span: Span) {
        let meant = if character == '&' { "and" } else { "or" };
        let twice = self.text[span.end as usize..].starts_with(character);
        if !twice {
            self.push_as(TokenKind::Invalid, span, if character == '&' { "&" } else { "|" });
            return;
        }
        let span = Span::new(span.start, span.end + 1);
        self.skip_to = span.end;
        self.found.errors.push(
            error(
                CODE,
                span,
                format!(
                    "Predicates are joined with `{meant}`, not with `{}`.",
                    span.of(self.text)
                ),
            )
            .help("Predicates are joined with `and`, `or` and `not`.")
            .fix(format!("Write `{meant}`"), span, meant),
        );
        self.push_as(TokenKind::Ident, span, meant);
    }

    /// A text in quotes that are not straight, or in backticks.
    fn quoted(&mut self, character: char, span: Span) -> bool {
        let closing: &[char] = match character {
            '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{2033}' | '\u{FF02}' => {
                &['\u{201D}', '\u{201C}', '\u{2033}', '\u{FF02}', '"']
            }
            '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{2032}' => &['\u{2019}', '\u{2018}', '\u{2032}', '\''],
            '\u{AB}' | '\u{BB}' => &['\u{BB}', '\u{AB}'],
            '`' => &['`'],
            _ => return false,
        };
        let rest = &self.text[span.end as usize..];
        let rest = &rest[..rest.floor_char_boundary(LONGEST_TEXT)];
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        let Some(length) = line.find(closing) else {
            return false;
        };
        let inner = &line[..length];
        // Braces are counted when a text is cut into items, so they must be counted here too.
        if inner.is_empty() || inner.contains(['{', '}']) || (character != '`' && inner.contains('"')) {
            return false;
        }
        let end = line[length..].chars().next().map_or(0, char::len_utf8);
        let whole = Span::new(span.start, span.end + (length + end) as u32);
        self.skip_to = whole.end;
        self.found.errors.push(
            error(
                CODE,
                whole,
                format!("{} is no quote of the language.", show(character)),
            )
            .help("Texts stand in straight double quotes.")
            .fix(
                "Use double quotes",
                whole,
                format!("\"{}\"", inner.replace('"', "\\\"")),
            ),
        );
        self.push_as(TokenKind::String, whole, whole_text(self.text, whole));
        true
    }

    /// `99.9 %`: the blank is one too many.
    fn percent(&mut self, character: char, span: Span) -> bool {
        let Some(number) = self.found.toks.last_mut().filter(|_| !self.line_start) else {
            return false;
        };
        if !matches!(character, '%' | '\u{FF05}')
            || !matches!(number.kind, TokenKind::Int | TokenKind::Decimal)
        {
            return false;
        }
        let meant = format!("{}%", number.text);
        number.kind = TokenKind::Percent;
        number.span = number.span.cover(span);
        number.text = number.span.of(self.text);
        let whole = number.span;
        self.found.errors.push(
            error(
                CODE,
                whole,
                format!("`{}` is not how a percentage is written.", whole.of(self.text)),
            )
            .help("Number and `%` are one word.")
            .fix(format!("Write `{meant}`"), whole, meant),
        );
        true
    }

    /// Nothing is known of it: it is left out.
    fn meaningless(&mut self, character: char, span: Span) {
        self.found.dropped.push(span);
        let behind =
            self.text[span.end as usize..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let within = behind
            && self
                .found
                .toks
                .last()
                .is_some_and(|last| last.kind == TokenKind::Ident && last.span.end == span.start);
        if within && is_invisible(character) && !character.is_control() {
            self.inside_word = Some(span.end);
        }
        // A run of them is one mistake.
        if let Some(last) = self.found.errors.last_mut()
            && last.code == CODE
            && last.span.end == span.start
        {
            last.span.end = span.end;
            if let Some(fix) = &mut last.fix {
                fix.span.end = span.end;
            }
            return;
        }
        let found = error(CODE, span, format!("{} has no meaning here.", show(character)));
        self.found.errors.push(match character {
            '\0' => found
                .help("A file with NUL bytes is not text; remove them.")
                .fix("Remove it", span, ""),
            '\'' | '`' => found.help("Texts stand in straight double quotes, and end on their line."),
            '\u{201C}' | '\u{201D}' | '\u{201E}' => {
                found
                    .help("Texts stand in straight double quotes.")
                    .fix("Write a straight quote", span, "\"")
            }
            '#' => found.help("Comments begin with `//`."),
            '$' if self.text[span.end as usize..].starts_with(|c: char| c.is_ascii_digit()) => found
                .help("A number stands without a currency.")
                .fix("Remove it", span, ""),
            '$' => found.help("There are no variables; a secret is written `secret(\"NAME\")`."),
            character if within && character.is_control() => {
                found
                    .help("Use an ordinary space.")
                    .fix("Replace it by a space", span, " ")
            }
            character if is_invisible(character) => {
                found
                    .help("It cannot be seen; remove it.")
                    .fix("Remove it", span, "")
            }
            character if character.is_whitespace() => {
                found
                    .help("Use an ordinary space.")
                    .fix("Replace it by a space", span, " ")
            }
            _ => found.help("Remove it.").fix("Remove it", span, ""),
        });
    }

    /// A word with characters that no name has. Signs in it are read as such; of the rest, what was meant is said.
    pub(super) fn bad_word(&mut self, span: Span) {
        let piece = span.of(self.text);
        let mut from = span.start;
        for (at, character) in piece.char_indices() {
            let start = span.start + at as u32;
            let Some(meant) = sign_meant(character).filter(|_| start >= self.skip_to) else {
                continue;
            };
            self.piece(Span::new(from, start));
            from = start + character.len_utf8() as u32;
            self.sign(character, meant, Span::new(start, from));
        }
        if from == span.start {
            self.found.errors.push(bad_word(piece, span));
            let word = known_word(&plain(piece)).unwrap_or_else(|| whole_text(self.text, span));
            self.push_as(TokenKind::Ident, span, word);
        } else if self.skip_to < from {
            self.piece(Span::new(from, span.end));
        }
    }

    /// Part of a word that was cut at its signs; none is in it.
    fn piece(&mut self, span: Span) {
        for token in lex(span.of(self.text)).filter(|token| token.kind != TokenKind::Whitespace) {
            self.part(crate::lexer::Token {
                kind: token.kind,
                span: token.span.shift(span.start),
            });
        }
    }
}

/// The end of a block in strange braces is not looked for further than this.
const LONGEST_BLOCK: usize = 20_000;
/// Texts in strange quotes are not looked for further than this.
const LONGEST_TEXT: usize = 500;

fn whole_text(text: &str, span: Span) -> &str {
    span.of(text)
}

/// Whether a character takes no place on the screen.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}'
    ) || character.is_control()
}

/// How a character is shown in a message.
fn show(character: char) -> String {
    if character.is_control() || character.is_whitespace() || is_invisible(character) {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}` (U+{:04X})", u32::from(character))
    }
}

fn bad_word(word: &str, span: Span) -> SyntaxError {
    let character = word
        .chars()
        .find(|character| !character.is_ascii())
        .unwrap_or_default();
    let meant = plain(word);
    let looks = twin(character);
    let found = error(
        CODE,
        span,
        match looks {
            Some(twin) => format!("{} in `{word}` only looks like `{twin}`.", show(character)),
            None => format!("{} cannot stand in a name.", show(character)),
        },
    )
    .help("Names are made of the letters A to Z and a to z, digits and `_`.");
    let name = !meant.starts_with(|c: char| c.is_ascii_digit()) || looks.is_some();
    if meant.is_empty()
        || !name
        || !meant
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        found
    } else {
        found.fix(format!("Write `{meant}`"), span, meant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_offered_where_they_can_be_spelt() {
        assert!(bad_word("名前", Span::default()).fix.is_none());
        let fix = bad_word("Größe", Span::default()).fix;
        assert_eq!(fix.map(|fix| fix.text), Some("Groesse".to_owned()));
    }
}
