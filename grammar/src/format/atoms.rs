//! The tokens of a piece as the formatter sees them: what is kept, and how many lines lie between.

use crate::{
    lexer::{TokenKind, lex, open_string_length},
    span::Span,
};

/// A token or comment. Everything between two atoms is blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    pub(super) kind: TokenKind,
    /// First byte, in the piece.
    pub(super) start: u32,
    /// One past the last byte, without the blanks at the end of a comment.
    pub(super) end: u32,
    /// Line ends before it, since the atom before.
    pub(super) lines: u32,
    /// Characters. Comments count nothing, because they cannot be broken.
    pub(super) width: u32,
}

impl Atom {
    pub(super) const fn is_comment(self) -> bool {
        matches!(
            self.kind,
            TokenKind::Comment | TokenKind::Doc | TokenKind::FileDoc
        )
    }

    pub(super) const fn is_separator(self) -> bool {
        matches!(self.kind, TokenKind::Semicolon | TokenKind::Comma)
    }

    pub(super) fn of(self, text: &str) -> &str {
        Span::new(self.start, self.end).of(text)
    }
}

/// The atoms of `text`, and how many line ends follow the last.
pub(super) fn read(text: &str) -> (Vec<Atom>, u32) {
    let mut atoms = Vec::with_capacity(text.len() / 5 + 1);
    let mut lines = 0;
    let mut push = |kind, start, end, lines: &mut u32| {
        let width = match Span::new(start, end).of(text) {
            piece if piece.is_ascii() => piece.len(),
            piece => piece.chars().count(),
        };
        atoms.push(Atom {
            kind,
            start,
            end,
            lines: std::mem::take(lines),
            width: width as u32,
        });
    };
    for token in lex(text) {
        let Span { start, end } = token.span;
        match token.kind {
            TokenKind::Whitespace => {}
            TokenKind::Newline => lines += 1,
            TokenKind::Comment | TokenKind::Doc | TokenKind::FileDoc => {
                let kept = token
                    .span
                    .of(text)
                    .trim_end_matches([' ', '\t', '\u{B}', '\u{C}']);
                push(token.kind, start, start + kept.len() as u32, &mut lines);
            }
            TokenKind::OpenString => {
                // The braces and `;` at its end are read as such.
                let kept = start + open_string_length(token.span.of(text)) as u32;
                push(token.kind, start, kept, &mut lines);
                for (offset, sign) in Span::new(kept, end).of(text).char_indices() {
                    let kind = match sign {
                        '{' => TokenKind::LBrace,
                        '}' => TokenKind::RBrace,
                        ';' => TokenKind::Semicolon,
                        _ => continue,
                    };
                    let at = kept + offset as u32;
                    push(kind, at, at + 1, &mut lines);
                }
            }
            kind => push(kind, start, end, &mut lines),
        }
    }
    for atom in &mut atoms {
        if atom.is_comment() {
            atom.width = 0;
        }
    }
    (atoms, lines)
}
