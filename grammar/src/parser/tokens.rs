//! The tokens that mean something, and what stands between them: documentation, comments, wrong characters.

use smol_str::SmolStr;

use crate::{
    ast::{Docs, SyntaxError},
    errors::error,
    lexer::{TokenKind, lex},
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
}

pub(super) fn scan(text: &str) -> Scanned<'_> {
    let mut scanned = Scanned { toks: Vec::with_capacity(text.len() / 4), ..Scanned::default() };
    let mut docs: Vec<Span> = Vec::new();
    let mut file_docs: Vec<Span> = Vec::new();
    let mut line = 0;
    let mut line_start = true;
    let mut indent = 0;
    for token in lex(text) {
        let piece = token.span.of(text);
        let mut kind = token.kind;
        match kind {
            TokenKind::Whitespace => continue,
            TokenKind::Newline => {
                line = token.span.end;
                line_start = true;
                continue;
            }
            TokenKind::Comment => {
                scanned.comments.push(token.span);
                continue;
            }
            TokenKind::Doc => {
                docs.push(token.span);
                continue;
            }
            TokenKind::FileDoc => {
                file_docs.push(token.span);
                continue;
            }
            TokenKind::Invalid => {
                invalid(&mut scanned.errors, piece, token.span);
                continue;
            }
            TokenKind::BadWord => {
                scanned.errors.push(bad_word(piece, token.span));
                kind = TokenKind::Ident;
            }
            TokenKind::BadNumber => scanned.errors.push(bad_number(piece, token.span)),
            TokenKind::OpenString => scanned.errors.push(open_string(piece, token.span)),
            _ => {}
        }
        if line_start {
            indent = token.span.start - line;
        }
        if !docs.is_empty() {
            scanned.docs.push((scanned.toks.len(), join(text, &docs)));
            docs.clear();
        }
        // A block that opens behind a string without its end is still a block.
        let brace = kind == TokenKind::OpenString && piece.trim_end().ends_with('{') && piece.len() > 1;
        let (span, piece) = if brace {
            let end = token.span.start + piece.trim_end().len() as u32 - 1;
            let span = Span::new(token.span.start, end);
            (span, span.of(text))
        } else {
            (token.span, piece)
        };
        scanned.toks.push(Tok { kind, span, text: piece, line_start, indent });
        line_start = false;
        if brace {
            let span = Span::new(span.end, span.end + 1);
            scanned.toks.push(Tok { kind: TokenKind::LBrace, span, text: span.of(text), line_start, indent });
        }
    }
    if !file_docs.is_empty() {
        scanned.file_docs = Some(join(text, &file_docs));
    }
    scanned
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

/// How a character is shown in a message.
fn show(character: char) -> String {
    if character.is_control() || character.is_whitespace() || character == '\u{FEFF}' {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}` (U+{:04X})", u32::from(character))
    }
}

fn bad_word(word: &str, span: Span) -> SyntaxError {
    let character = word.chars().find(|character| !character.is_ascii()).unwrap_or_default();
    error("syntax.invalid_character", span, format!("{} cannot stand in a name.", show(character)))
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
        '#' => found.help("Comments begin with `//`.").fix("Make it a comment", span, "//"),
        '&' => found.help("Predicates are joined with `and`.").fix("Write `and`", span, "and"),
        '|' => found.help("Predicates are joined with `or`.").fix("Write `or`", span, "or"),
        '\'' | '`' => found.help("Texts stand in double quotes."),
        '\u{201C}' | '\u{201D}' | '\u{201E}' => found
            .help("Texts stand in straight double quotes.")
            .fix("Write a straight quote", span, "\""),
        '\u{2013}' | '\u{2014}' | '\u{2212}' => found.help("Use `-`.").fix("Write `-`", span, "-"),
        character if character.is_whitespace() => {
            found.help("Use an ordinary space.").fix("Replace it by a space", span, " ")
        }
        _ => found.help("Remove it."),
    });
}

fn bad_number(text: &str, span: Span) -> SyntaxError {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() && !c.is_ascii_digit());
    let unit = &text[digits.len()..];
    let meant = match unit.to_ascii_lowercase().as_str() {
        "b" => Some("B"),
        "kb" | "k" | "kib" => Some("KB"),
        "mb" | "mib" => Some("MB"),
        "gb" | "g" | "gib" => Some("GB"),
        "tb" | "t" | "tib" => Some("TB"),
        "msec" | "millis" => Some("ms"),
        "sec" | "secs" | "second" | "seconds" => Some("s"),
        "min" | "mins" | "minute" | "minutes" => Some("m"),
        "hr" | "hrs" | "hour" | "hours" => Some("h"),
        "day" | "days" => Some("d"),
        "week" | "weeks" => Some("w"),
        "mon" | "month" | "months" => Some("mo"),
        "yr" | "year" | "years" => Some("y"),
        lower => crate::lexer::time_unit(lower).is_some().then_some(match lower {
            "s" => "s",
            "m" => "m",
            "h" => "h",
            "d" => "d",
            "w" => "w",
            "y" => "y",
            "mo" => "mo",
            _ => "ms",
        }),
    };
    let found = error("syntax.invalid_literal", span, format!("`{text}` is neither a number nor a duration nor a size."));
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
    let found = error("syntax.unterminated_string", span, "This text has no closing `\"`.")
        .help("A text ends on the line on which it begins.");
    if text.ends_with('\\') || text.contains(['{', '}', ';']) {
        found
    } else {
        found.fix("Close the text", Span::empty(end), "\"")
    }
}
