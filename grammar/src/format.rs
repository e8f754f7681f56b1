//! Writes a text in the one style of the language, by changing nothing but what stands between its tokens.
//!
//! Each item is laid out by its tokens and its tree. What holds an error keeps its own text, and where it is
//! uncertain which block a line belongs to, the line stays as it is.

mod atoms;
mod edits;
mod emit;
mod flat;
mod frozen;
mod groups;
mod layout;
mod line_end;
mod outline;
mod partial;
mod piece;
mod shape;
mod spacing;
mod typing;

pub use edits::{TextEdit, apply};
pub use partial::range;
pub use typing::on_type;

use crate::{items, lexer::BYTE_ORDER_MARK};
use line_end::LineEnd;
use piece::{Carry, format_piece};

/// What a project may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many characters a line may have before it is broken. A trailing comment does not count.
    pub width: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: 100 }
    }
}

/// `text` in the one style of the language. A text in this style comes back as it is.
pub fn format(text: &str, options: &Options) -> String {
    apply(text, &edits(text, options))
}

/// What [`format`] changes: the least that differs between two tokens, in text order, without overlaps.
///
/// Only blanks, line ends, and `;` or `,` between statements are ever removed or added.
pub fn edits(text: &str, options: &Options) -> Vec<TextEdit> {
    let line_end = LineEnd::of(text);
    let mut carry = Carry::start(text);
    let mut found = Vec::new();
    for piece in items::cut(text) {
        found.extend(format_piece(text, piece, *options, line_end, &mut carry).edits);
    }
    found.extend(carry.end(text, line_end));
    found
}

/// Length of the byte-order mark, if there is one.
fn mark(text: &str) -> u32 {
    if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len_utf8() as u32
    } else {
        0
    }
}
