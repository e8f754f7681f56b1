//! Cuts a text into tokens. Lossless: every byte is in exactly one token, also what cannot be read.
//!
//! No token spans a line end, so a line can be read without knowing the lines around it.

use logos::Logos;

use crate::{ast::TimeUnit, span::Span};

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

/// The kinds of token.
#[derive(Logos, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks within a line, and a byte-order mark at the start of a text.
    #[regex(r"[ \t\x0B\x0C]+")]
    Whitespace,
    /// One line end: CR LF, LF or CR.
    #[regex(r"\r\n|\n|\r")]
    Newline,
    /// `// …`
    #[regex(r"//[^\r\n]*", allow_greedy = true)]
    Comment,
    /// `/// …`
    Doc,
    /// `//! …`
    FileDoc,
    /// A word made of `[A-Za-z0-9_]`.
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Ident,
    /// A word with other characters in it, such as accents.
    #[regex(r"[A-Za-z0-9_]*[\p{L}\p{M}\p{N}\p{S}&&[^\x00-\x7F]][A-Za-z0-9_\p{L}\p{M}\p{N}\p{S}&&[^\x00-\x2F\x3A-\x40\x5B-\x5E\x60\x7B-\x7F]]*", priority = 1)]
    BadWord,
    /// `42`, `1_000`
    #[regex(r"[0-9][0-9_]*")]
    Int,
    /// `99.95`
    #[regex(r"[0-9][0-9_]*\.[0-9][0-9_]*")]
    Decimal,
    /// `70%`
    #[regex(r"[0-9][0-9_]*(\.[0-9][0-9_]*)?%")]
    Percent,
    /// `30s`
    Duration,
    /// `10MB`
    Size,
    /// `2026-05-02`; whether the day exists is not known here.
    #[regex(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")]
    Date,
    /// A number with an ending that is no unit.
    #[regex(r"[0-9][0-9_]*(\.[0-9][0-9_]*)?[A-Za-z][A-Za-z0-9_]*")]
    BadNumber,
    /// `"…"`
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*""#)]
    String,
    /// `'…'`, which is not how a text is written.
    #[regex(r#"'[^'"{}\r\n]*'"#)]
    SingleQuoted,
    /// `"…` up to the end of the line.
    #[regex(r#""([^"\\\r\n]|\\[^\r\n])*\\?"#)]
    OpenString,
    /// `/v1/orders/{id}`: everything from a `/` that can be meant as a path; its form is checked by the parser.
    #[token("/", path)]
    Path,
    /// `{`
    #[token("{")]
    LBrace,
    /// `}`
    #[token("}")]
    RBrace,
    /// `(`
    #[token("(")]
    LParen,
    /// `)`
    #[token(")")]
    RParen,
    /// `[`
    #[token("[")]
    LBracket,
    /// `]`
    #[token("]")]
    RBracket,
    /// `,`
    #[token(",")]
    Comma,
    /// `;`
    #[token(";")]
    Semicolon,
    /// `:`
    #[token(":")]
    Colon,
    /// `.`
    #[token(".")]
    Dot,
    /// `..`
    #[token("..")]
    DotDot,
    /// `?`
    #[token("?")]
    Question,
    /// `@`
    #[token("@")]
    At,
    /// `=`
    #[token("=")]
    Assign,
    /// `==`
    #[token("==")]
    Equal,
    /// `!=`
    #[token("!=")]
    NotEqual,
    /// `<`
    #[token("<")]
    Less,
    /// `<=`
    #[token("<=")]
    LessEqual,
    /// `>`
    #[token(">")]
    Greater,
    /// `>=`
    #[token(">=")]
    GreaterEqual,
    /// `->`
    #[token("->")]
    Arrow,
    /// `*`
    #[token("*")]
    Star,
    /// `!`
    #[token("!")]
    Bang,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// One character that means nothing in the language.
    #[regex(r"[^\r\n]", priority = 0)]
    Invalid,
}

impl TokenKind {
    /// Whether the token means nothing to the parser: blanks, line ends, comments.
    pub const fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Whitespace | Self::Newline | Self::Comment | Self::Doc | Self::FileDoc
        )
    }
}

/// Reads `text` from its start to its end.
pub fn lex(text: &str) -> impl Iterator<Item = Token> + '_ {
    let mark = if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len_utf8()
    } else {
        0
    };
    let leading = (mark > 0).then(|| Token {
        kind: TokenKind::Whitespace,
        span: Span::new(0, mark as u32),
    });
    let rest = &text[mark..];
    let tokens = TokenKind::lexer(rest).spanned().map(move |(kind, range)| {
        let piece = &rest[range.clone()];
        let kind = match kind.unwrap_or(TokenKind::Invalid) {
            TokenKind::Comment => comment(piece),
            TokenKind::BadNumber => number(piece),
            kind => kind,
        };
        Token {
            kind,
            span: Span::new((mark + range.start) as u32, (mark + range.end) as u32),
        }
    });
    leading.into_iter().chain(tokens)
}

/// Accepted, and ignored, at the start of a text.
pub(crate) const BYTE_ORDER_MARK: char = '\u{FEFF}';

fn comment(text: &str) -> TokenKind {
    if text.starts_with("//!") {
        TokenKind::FileDoc
    } else if text.starts_with("///") && !text.starts_with("////") {
        TokenKind::Doc
    } else {
        TokenKind::Comment
    }
}

fn number(text: &str) -> TokenKind {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        TokenKind::BadNumber
    } else if time_unit(unit).is_some() {
        TokenKind::Duration
    } else if size_unit(unit).is_some() {
        TokenKind::Size
    } else {
        TokenKind::BadNumber
    }
}

/// The unit of time that a suffix stands for.
pub(crate) fn time_unit(text: &str) -> Option<TimeUnit> {
    Some(match text {
        "ms" => TimeUnit::Millisecond,
        "s" => TimeUnit::Second,
        "m" => TimeUnit::Minute,
        "h" => TimeUnit::Hour,
        "d" => TimeUnit::Day,
        "w" => TimeUnit::Week,
        "mo" => TimeUnit::Month,
        "y" => TimeUnit::Year,
        _ => return None,
    })
}

/// How many bytes a suffix stands for.
pub(crate) fn size_unit(text: &str) -> Option<u64> {
    Some(match text {
        "B" => 1,
        "KB" => 1 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    })
}

/// Takes everything after a `/` that belongs to a path, also wrong characters, so that the error can show the whole.
fn path(lexer: &mut logos::Lexer<TokenKind>) {
    let rest = lexer.remainder();
    let bytes = rest.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let previous = if at == 0 { b'/' } else { bytes[at - 1] };
        match byte {
            b' ' | b'\t' | 0x0B | 0x0C | b'\r' | b'\n' | b';' | b'(' | b')' | b'[' | b']' | b'}' | b','
            | b'"' | 0 => break,
            b'/' if bytes.get(at + 1) == Some(&b'/') => break,
            b'-' if bytes.get(at + 1) == Some(&b'>') => break,
            // An arrow of another kind is one as well.
            0xE2 if rest[at..].starts_with(['→', '⇒']) => break,
            b'{' => match path_parameter(&bytes[at + 1..]).filter(|_| matches!(previous, b'/' | b'$')) {
                Some(length) => at += 1 + length,
                None => break,
            },
            _ => at += 1,
        }
    }
    // Only ASCII and the first byte of a character stop the loop, so `at` is a character boundary.
    lexer.bump(at);
}

/// Length of a path parameter behind its `{`, with the `}`, which may be missing; nothing if the `{` opens a block.
pub(crate) fn path_parameter(bytes: &[u8]) -> Option<usize> {
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'}' => return Some(at + 1),
            b' ' if at > 0 && bytes[at - 1] == b':' => {
                return Some(at + typed_parameter(&bytes[at..]).unwrap_or(0));
            }
            b' ' | b'\t' | 0x0B | 0x0C | b'\r' | b'\n' | b';' | b'{' | b'(' | b'"' | b'/' | 0 => {
                return (at > 0).then_some(at);
            }
            _ => {}
        }
    }
    (!bytes.is_empty()).then_some(bytes.len())
}

/// Length of ` uuid}`, where a path parameter is written with its type as in other languages.
fn typed_parameter(bytes: &[u8]) -> Option<usize> {
    let blanks = bytes.iter().take_while(|byte| **byte == b' ').count();
    let letter = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'_' | b'.' | b'?');
    let name = bytes[blanks..].iter().take_while(letter).count();
    let closed = name > 0 && bytes.get(blanks + name) == Some(&b'}');
    closed.then_some(blanks + name + 1)
}

/// Length of a string without its end: without the braces and `;` at the end of the line, which are meant as such.
pub(crate) fn open_string_length(text: &str) -> usize {
    let tail = text.trim_end_matches([' ', '\t', '{', '}', ';']);
    let found = text[tail.len()..].find(['{', '}']);
    // Directly behind a letter a brace may well belong to the text.
    let blank = text[tail.len()..].starts_with([' ', '\t']);
    match found {
        Some(_) if blank && tail.len() > 1 => tail.len(),
        _ => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        lex(text)
            .map(|token| (token.kind, token.span.of(text)))
            .filter(|(kind, _)| *kind != TokenKind::Whitespace)
            .collect()
    }

    #[test]
    fn numbers_are_told_apart_by_their_endings() {
        use TokenKind::{BadNumber, Date, Decimal, DotDot, Duration, Int, Percent, Size};
        assert_eq!(
            kinds("1_000 2..10 99.95 99.95% 6mo 1s..5m 10MB 2026-05-02 10mb 1.5h"),
            [
                (Int, "1_000"),
                (Int, "2"),
                (DotDot, ".."),
                (Int, "10"),
                (Decimal, "99.95"),
                (Percent, "99.95%"),
                (Duration, "6mo"),
                (Duration, "1s"),
                (DotDot, ".."),
                (Duration, "5m"),
                (Size, "10MB"),
                (Date, "2026-05-02"),
                (BadNumber, "10mb"),
                (BadNumber, "1.5h"),
            ]
        );
    }

    #[test]
    fn paths_end_where_something_else_begins() {
        use TokenKind::{Arrow, Comment, Ident, LBrace, LParen, Path, RBrace};
        assert_eq!(
            kinds("/ /v1/orders/{id}(a /api/*->Web /health{ /x } / // note\n")
                .split_last()
                .map(|(_, rest)| rest),
            Some(
                &[
                    (Path, "/"),
                    (Path, "/v1/orders/{id}"),
                    (LParen, "("),
                    (Ident, "a"),
                    (Path, "/api/*"),
                    (Arrow, "->"),
                    (Ident, "Web"),
                    (Path, "/health"),
                    (LBrace, "{"),
                    (Path, "/x"),
                    (RBrace, "}"),
                    (Path, "/"),
                    (Comment, "// note"),
                ][..]
            )
        );
        assert_eq!(kinds("/a//b"), [(Path, "/a"), (Comment, "//b")]);
        assert_eq!(kinds("/a/:id"), [(Path, "/a/:id")]);
    }

    #[test]
    fn unreadable_text_is_kept() {
        use TokenKind::{BadWord, Ident, Invalid, Minus, Newline, OpenString};
        assert_eq!(
            kinds("Café-x 🚀\u{0} \u{a0}# \"open\r\n"),
            [
                (BadWord, "Café"),
                (Minus, "-"),
                (Ident, "x"),
                (BadWord, "🚀"),
                (Invalid, "\u{0}"),
                (Invalid, "\u{a0}"),
                (Invalid, "#"),
                (OpenString, "\"open"),
                (Newline, "\r\n"),
            ]
        );
    }

    #[test]
    fn documentation_is_told_from_comments() {
        use TokenKind::{Comment, Doc, FileDoc};
        assert_eq!(kinds("/// a")[0].0, Doc);
        assert_eq!(kinds("//! a")[0].0, FileDoc);
        assert_eq!(kinds("//// a")[0].0, Comment);
        assert_eq!(kinds("// a")[0].0, Comment);
    }
}
