//! The tokens that mean something, and what stands between them: documentation, comments, wrong characters.

use smol_str::SmolStr;

use super::literals::unit_meant;
use crate::{
    ast::{Docs, SyntaxError},
    errors::error,
    lexer::{Token, TokenKind, lex, open_string_length},
    span::Span,
};

/// A token that means something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tok<'a> {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
    pub(super) text: &'a str,
    /// Whether it is the first of its line.
    pub(super) line_start: bool,
    /// Bytes before the first token of its line.
    pub(super) indent: u32,
    /// Where its line begins.
    pub(super) line: u32,
}

/// A text without its trivia.
#[derive(Default)]
pub(super) struct Scanned<'a> {
    pub(super) toks: Vec<Tok<'a>>,
    /// Documentation, by the index of the token that it stands above.
    pub(super) docs: Vec<(usize, Docs)>,
    pub(super) comments: Vec<Span>,
    pub(super) file_docs: Option<Docs>,
    pub(super) errors: Vec<SyntaxError>,
    /// Characters that mean nothing; the errors speak of them.
    pub(super) dropped: Vec<Span>,
}

pub(super) fn scan(text: &str) -> Scanned<'_> {
    let mut scanner = Scanner {
        text,
        found: Scanned {
            toks: Vec::with_capacity(text.len() / 4),
            ..Scanned::default()
        },
        docs: Vec::new(),
        file_docs: Vec::new(),
        line: 0,
        line_start: true,
        indent: 0,
        skip_to: 0,
        no_comment_end: false,
    };
    for token in lex(text) {
        if token.span.start >= scanner.skip_to {
            scanner.token(token);
        }
    }
    if !scanner.file_docs.is_empty() {
        scanner.found.file_docs = Some(join(text, &scanner.file_docs));
    }
    scanner.found
}

struct Scanner<'a> {
    text: &'a str,
    found: Scanned<'a>,
    /// Documentation lines since the last token.
    docs: Vec<Span>,
    file_docs: Vec<Span>,
    /// Start of the line.
    line: u32,
    line_start: bool,
    indent: u32,
    /// Tokens before this offset are part of something that was reported as a whole.
    skip_to: u32,
    /// Whether no `*/` stands in the rest of the text.
    no_comment_end: bool,
}

impl Scanner<'_> {
    fn token(&mut self, token: Token) {
        let piece = token.span.of(self.text);
        match token.kind {
            TokenKind::Whitespace => {}
            TokenKind::Newline => {
                self.line = token.span.end;
                self.line_start = true;
            }
            TokenKind::Comment => self.found.comments.push(token.span),
            TokenKind::Doc if self.line_start => self.docs.push(token.span),
            TokenKind::Doc => self.found.errors.push(
                error(
                    "syntax.misplaced_documentation",
                    token.span,
                    "Documentation stands behind something.",
                )
                .help("It belongs on the lines above what it describes; a remark begins with `//`.")
                .fix(
                    "Make it a comment",
                    Span::new(token.span.start, token.span.start + 3),
                    "//",
                ),
            ),
            TokenKind::FileDoc => self.file_docs.push(token.span),
            _ if self.line_start && self.conflict_marker(token.span.start) => {}
            TokenKind::Invalid if piece == "#" && self.hash_comment(token.span) => {}
            TokenKind::Invalid => {
                invalid(&mut self.found.errors, piece, token.span);
                self.found.dropped.push(token.span);
            }
            TokenKind::Path if piece.starts_with("/*") && self.block_comment(token.span) => {}
            kind => self.push(kind, token.span),
        }
    }

    /// A token that means something, or is meant to.
    fn push(&mut self, mut kind: TokenKind, mut span: Span) {
        let piece = span.of(self.text);
        let whole = span;
        match kind {
            TokenKind::BadWord => {
                self.found.errors.push(bad_word(piece, span));
                kind = TokenKind::Ident;
            }
            TokenKind::BadNumber => self.found.errors.push(bad_number(piece, span)),
            TokenKind::SingleQuoted => {
                let inner = &piece[1..piece.len() - 1];
                self.found.errors.push(
                    error("syntax.invalid_character", span, "Texts stand in double quotes.").fix(
                        "Use double quotes",
                        span,
                        format!("\"{inner}\""),
                    ),
                );
                kind = TokenKind::String;
            }
            TokenKind::OpenString => {
                span.end = span.start + open_string_length(piece) as u32;
                self.found.errors.push(open_string(span.of(self.text), span));
            }
            _ => {}
        }
        if self.line_start {
            self.indent = span.start - self.line;
        }
        if !self.docs.is_empty() {
            self.found
                .docs
                .push((self.found.toks.len(), join(self.text, &self.docs)));
            self.docs.clear();
        }
        self.add(kind, span);
        for (offset, sign) in Span::new(span.end, whole.end).of(self.text).char_indices() {
            let kind = match sign {
                '{' => TokenKind::LBrace,
                '}' => TokenKind::RBrace,
                ';' => TokenKind::Semicolon,
                _ => continue,
            };
            let start = span.end + offset as u32;
            self.add(kind, Span::new(start, start + 1));
        }
    }

    fn add(&mut self, kind: TokenKind, span: Span) {
        self.found.toks.push(Tok {
            kind,
            span,
            text: span.of(self.text),
            line_start: self.line_start,
            indent: self.indent,
            line: self.line,
        });
        self.line_start = false;
    }

    /// The rest of the line is part of what is reported.
    fn skip_line(&mut self, start: u32) -> Span {
        let rest = &self.text[start as usize..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.skip_to = start + length as u32;
        Span::new(start, self.skip_to)
    }

    /// What version control leaves behind when it cannot merge.
    fn conflict_marker(&mut self, start: u32) -> bool {
        const MARKERS: [&str; 4] = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        let rest = &self.text[start as usize..];
        if start != self.line || !MARKERS.iter().any(|marker| rest.starts_with(marker)) {
            return false;
        }
        let span = self.skip_line(start);
        self.found.errors.push(
            error(
                "syntax.unexpected_token",
                span,
                "This line was left by a merge that could not be completed.",
            )
            .help("Choose what should stay, and remove the marker."),
        );
        true
    }

    /// `# …` is meant as a comment.
    fn hash_comment(&mut self, span: Span) -> bool {
        let rest = &self.text[span.start as usize..];
        let rest = &rest[..rest.floor_char_boundary(LONGEST_REMARK)];
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        // Braces are counted when a text is cut into items, so they must be counted here too.
        if line.len() >= LONGEST_REMARK || line.contains(['{', '}']) {
            return false;
        }
        self.skip_line(span.start);
        self.found.errors.push(
            error("syntax.invalid_character", span, "`#` does not begin a comment.")
                .help("Comments begin with `//`.")
                .fix("Make it a comment", span, "//"),
        );
        true
    }

    /// `/* … */` is meant as a comment. The path `/*` of a route has no `*/` behind it.
    fn block_comment(&mut self, span: Span) -> bool {
        if self.no_comment_end || self.found.toks.last().is_some_and(|tok| tok.text == "route") {
            return false;
        }
        let Some(length) = self.text[span.start as usize..].find("*/") else {
            self.no_comment_end = true;
            return false;
        };
        self.skip_to = span.start + length as u32 + 2;
        let span = Span::new(span.start, self.skip_to);
        self.found.errors.push(
            error(
                "syntax.unexpected_token",
                span,
                "There are no comments over several lines.",
            )
            .help("Each line of a comment begins with `//`."),
        );
        true
    }
}

/// Behind a `#` in a longer line, nothing is taken for a comment.
const LONGEST_REMARK: usize = 500;

/// Joins documentation lines without their markers.
fn join(text: &str, lines: &[Span]) -> Docs {
    let span = lines.iter().copied().reduce(Span::cover).unwrap_or_default();
    let strip = |line: &Span| {
        let line = &line.of(text)[3..];
        line.strip_prefix(' ').unwrap_or(line)
    };
    let text = if let [line] = lines {
        SmolStr::new(strip(line))
    } else {
        SmolStr::from(lines.iter().map(strip).collect::<Vec<_>>().join("\n"))
    };
    Docs { text, span }
}

/// How a character is shown in a message.
fn show(character: char) -> String {
    if character.is_control() || character.is_whitespace() || character == '\u{FEFF}' {
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
    error(
        "syntax.invalid_character",
        span,
        format!("{} cannot stand in a name.", show(character)),
    )
    .help("Names are made of the letters A to Z and a to z, digits and `_`.")
}

fn invalid(errors: &mut Vec<SyntaxError>, piece: &str, span: Span) {
    const CODE: &str = "syntax.invalid_character";
    // A run of them is one mistake.
    if let Some(last) = errors.last_mut()
        && last.code == CODE
        && last.span.end == span.start
    {
        last.span.end = span.end;
        if matches!(piece, "&" | "|")
            && let Some(fix) = &mut last.fix
        {
            fix.span = last.span;
        } else {
            last.fix = None;
        }
        return;
    }
    let character = piece.chars().next().unwrap_or_default();
    let found = error(CODE, span, format!("{} has no meaning here.", show(character)));
    errors.push(match character {
        '\0' => found.help("A file with NUL bytes is not text; remove them."),
        '#' => found.help("Comments begin with `//`."),
        '&' => found
            .help("Predicates are joined with `and`.")
            .fix("Write `and`", span, "and"),
        '|' => found
            .help("Predicates are joined with `or`.")
            .fix("Write `or`", span, "or"),
        '\'' | '`' => found.help("Texts stand in double quotes."),
        '\u{201C}' | '\u{201D}' | '\u{201E}' => {
            found
                .help("Texts stand in straight double quotes.")
                .fix("Write a straight quote", span, "\"")
        }
        '\u{2013}' | '\u{2014}' | '\u{2212}' => found.help("Use `-`.").fix("Write `-`", span, "-"),
        character if character.is_whitespace() => {
            found
                .help("Use an ordinary space.")
                .fix("Replace it by a space", span, " ")
        }
        _ => found.help("Remove it."),
    });
}

fn bad_number(text: &str, span: Span) -> SyntaxError {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() && !c.is_ascii_digit());
    let unit = &text[digits.len()..];
    let meant = unit_meant(unit);
    let found = error(
        "syntax.invalid_literal",
        span,
        format!("`{text}` is neither a number nor a duration nor a size."),
    );
    match meant {
        Some(unit) if !digits.contains('.') => {
            found.fix(format!("Write `{digits}{unit}`"), span, format!("{digits}{unit}"))
        }
        Some(_) => found.help("Durations and sizes are whole numbers; use a smaller unit."),
        None => found.help("Durations end in ms, s, m, h, d, w, mo or y; sizes in B, KB, MB, GB or TB."),
    }
}

fn open_string(text: &str, span: Span) -> SyntaxError {
    let end = span.start + text.trim_end().len() as u32;
    let found = error(
        "syntax.unterminated_string",
        span,
        "This text has no closing `\"`.",
    )
    .help("A text ends on the line on which it begins.");
    if text.ends_with('\\') || text.contains([';', '{', '}']) {
        found
    } else {
        found.fix("Close the text", Span::empty(end), "\"")
    }
}
