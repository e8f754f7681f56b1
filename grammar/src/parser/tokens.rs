//! The tokens that mean something, and what stands between them: documentation, comments, wrong characters.

use smol_str::SmolStr;

use super::numbers::{bad_number, underscores};
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
        without: Span::default(),
        inside_word: None,
        partner: None,
        no_comment_end: false,
    };
    for token in lex(text) {
        let read = token.span.start >= scanner.without.end || token.span.start < scanner.without.start;
        if read && token.span.start >= scanner.skip_to {
            scanner.token(token);
        }
    }
    if !scanner.file_docs.is_empty() {
        scanner.found.file_docs = Some(join(text, &scanner.file_docs));
    }
    scanner.found
}

pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) found: Scanned<'a>,
    /// Documentation lines since the last token.
    docs: Vec<Span>,
    file_docs: Vec<Span>,
    /// Start of the line.
    pub(super) line: u32,
    pub(super) line_start: bool,
    indent: u32,
    /// Tokens before this offset are part of something that was reported as a whole.
    pub(super) skip_to: u32,
    /// The lower side of a conflict, which is not read.
    pub(super) without: Span,
    /// Behind a character that cannot be seen, in the middle of a word.
    pub(super) inside_word: Option<u32>,
    /// Where a closing bracket stands that was spoken of with its opening one.
    pub(super) partner: Option<u32>,
    /// Whether no `*/` stands in the rest of the text.
    pub(super) no_comment_end: bool,
}

impl<'a> Scanner<'a> {
    fn token(&mut self, token: Token) {
        match token.kind {
            TokenKind::Whitespace => {}
            TokenKind::Newline => {
                self.line = token.span.end;
                self.line_start = true;
            }
            TokenKind::Comment | TokenKind::Doc if self.in_path(token.span) => {
                let slash = Span::new(token.span.start, token.span.start + 1);
                self.found.comments.push(token.span);
                self.found.errors.push(
                    error("syntax.invalid_path", token.span, "A comment begins in the middle of this path.")
                        .help("`//` always begins a comment. A path has one `/` between two parts; a comment has a blank before it.")
                        .fix("Remove one `/`", slash, ""),
                );
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
            _ if self.line_start && self.foreign_remark(token.span.start) => {}
            _ => self.part(token),
        }
    }

    /// Whether a comment begins directly behind a path and goes on without a blank.
    fn in_path(&self, comment: Span) -> bool {
        let behind = comment.of(self.text).trim_start_matches('/');
        let joined = self
            .found
            .toks
            .last()
            .is_some_and(|last| last.kind == TokenKind::Path && last.span.end == comment.start);
        joined && behind.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '{')
    }

    /// A token that is neither blank nor comment.
    pub(super) fn part(&mut self, token: Token) {
        let piece = token.span.of(self.text);
        match token.kind {
            TokenKind::Invalid if piece == "#" && self.hash_comment(token.span) => {}
            TokenKind::Invalid => self.character(token.span),
            TokenKind::BadWord => self.bad_word(token.span),
            TokenKind::Path if piece.starts_with("/*") && self.block_comment(token.span) => {}
            kind => self.push(kind, token.span),
        }
    }

    /// A token that means something, or is meant to.
    fn push(&mut self, mut kind: TokenKind, mut span: Span) {
        let piece = span.of(self.text);
        let whole = span;
        match kind {
            TokenKind::BadNumber => self.found.errors.push(bad_number(piece, span)),
            TokenKind::Int
            | TokenKind::Decimal
            | TokenKind::Percent
            | TokenKind::Duration
            | TokenKind::Size => {
                self.found.errors.extend(underscores(piece, span));
            }
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
        self.push_as(kind, span, span.of(self.text));
        for (offset, sign) in Span::new(span.end, whole.end).of(self.text).char_indices() {
            let kind = match sign {
                '{' => TokenKind::LBrace,
                '}' => TokenKind::RBrace,
                ';' => TokenKind::Semicolon,
                _ => continue,
            };
            let start = span.end + offset as u32;
            let span = Span::new(start, start + 1);
            self.push_as(kind, span, span.of(self.text));
        }
    }

    /// A token of `kind`, whatever its text is.
    pub(super) fn push_as(&mut self, kind: TokenKind, span: Span, text: &'a str) {
        if self.line_start {
            self.indent = span.start - self.line;
        }
        if !self.docs.is_empty() {
            self.found
                .docs
                .push((self.found.toks.len(), join(self.text, &self.docs)));
            self.docs.clear();
        }
        if self.joined(kind, span) {
            return;
        }
        if kind == TokenKind::Ident
            && self.inside_word == Some(span.start)
            && let Some(last) = self.found.toks.last_mut()
        {
            last.span.end = span.end;
            last.text = last.span.of(self.text);
            return;
        }
        self.found.toks.push(Tok {
            kind,
            span,
            text,
            line_start: self.line_start,
            indent: self.indent,
            line: self.line,
        });
        self.line_start = false;
    }

    /// Signs that other languages make of two or three of ours, such as `=>`: read as what they mean here.
    fn joined(&mut self, kind: TokenKind, span: Span) -> bool {
        use TokenKind::{
            Arrow, Assign, Dot, DotDot, Equal, Greater, GreaterEqual, Less, LessEqual, Minus, NotEqual,
        };
        let predicate = |toks: &[Tok<'_>]| {
            toks.iter()
                .rev()
                .take(40)
                .take_while(|tok| tok.line == self.line)
                .any(|tok| tok.text == "where")
        };
        let Some(last) = self.found.toks.last().filter(|last| last.span.end == span.start) else {
            return false;
        };
        let (kind, meant) = match (last.kind, kind) {
            (Assign, Greater) if predicate(&self.found.toks) => (GreaterEqual, ">="),
            (Assign | Equal, Greater) | (Minus, Arrow) => (Arrow, "->"),
            (Assign, Less) => (LessEqual, "<="),
            (Equal, Assign) => (Equal, "=="),
            (NotEqual, Assign) | (Less, Greater) => (NotEqual, "!="),
            (DotDot, Dot) => (DotDot, ".."),
            _ => return false,
        };
        let Some(last) = self.found.toks.last_mut() else {
            return false;
        };
        last.kind = kind;
        last.text = meant;
        last.span = last.span.cover(span);
        let whole = last.span;
        self.found.errors.push(
            error(
                "syntax.unexpected_token",
                whole,
                format!("`{}` is no sign of the language.", whole.of(self.text)),
            )
            .help(format!("What is meant is written `{meant}`."))
            .fix(format!("Write `{meant}`"), whole, meant),
        );
        true
    }
}

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
