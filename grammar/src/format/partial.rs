//! Formats a part of a text.

use super::{
    Options, TextEdit,
    line_end::LineEnd,
    piece::{Carry, Formatted, format_piece},
};
use crate::{
    ast::Node,
    items::{self, Piece},
    span::Span,
};

/// What [`format`](super::format) changes in the lines and statements that `span` touches.
pub fn range(text: &str, span: Span, options: &Options) -> Vec<TextEdit> {
    let span = Span::new(
        line_start(text, clamp(text, span.start)),
        line_end(text, clamp(text, span.end.max(span.start))),
    );
    let around = Around::of(text, span, options);
    let mut span = span;
    for (piece, formatted) in &around.pieces {
        if let Some(node) = &formatted.tree.node {
            grow(text, node, piece.start, &mut span);
        }
    }
    around.edits(text, span)
}

/// The items that a span touches, formatted.
pub(super) struct Around {
    pub(super) pieces: Vec<(Piece, Formatted)>,
    /// At the end of the text.
    last: Option<TextEdit>,
}

impl Around {
    pub(super) fn of(text: &str, span: Span, options: &Options) -> Self {
        let ends = LineEnd::of(text);
        let all = items::cut(text);
        let from = all.partition_point(|piece| piece.end() < span.start);
        let to = all.partition_point(|piece| piece.start <= span.end);
        let to = to.max(from);
        let mut carry = match from.checked_sub(1) {
            None => Carry::start(text),
            // The gap to the item before is decided here, too.
            Some(before) => {
                let mut carry = Carry::behind(all[before].start);
                format_piece(text, all[before], options, ends, &mut carry);
                carry
            }
        };
        let pieces = all[from..to]
            .iter()
            .map(|piece| (*piece, format_piece(text, *piece, options, ends, &mut carry)))
            .collect();
        let last = (to == all.len()).then(|| carry.end(text, ends)).flatten();
        Self { pieces, last }
    }

    /// The edits that touch a span.
    pub(super) fn edits(self, text: &str, span: Span) -> Vec<TextEdit> {
        let inside = |edit: &TextEdit| edit.span.start <= span.end && span.start <= edit.span.end;
        let end = text.len() as u32;
        self.pieces
            .into_iter()
            .flat_map(|(_, formatted)| formatted.edits)
            .chain(self.last)
            .filter(inside)
            .filter(|edit| edit.span.start < span.end || edit.span.end > span.start || span.end == end)
            .collect()
    }
}

/// Makes a span hold all of the statement heads that it touches.
fn grow(text: &str, node: &Node, base: u32, span: &mut Span) {
    let whole = node.span.shift(base);
    if whole.end < span.start || span.end < whole.start {
        return;
    }
    let end = node
        .block
        .as_ref()
        .map_or(node.span.end, |block| block.span.start + 1);
    let head = Span::new(node.span.start, end).shift(base);
    let one_line = !whole.of(text).contains(['\n', '\r']);
    let head = if one_line { whole } else { head };
    if head.start < span.end && span.start < head.end {
        *span = Span::new(
            span.start.min(line_start(text, head.start)),
            span.end.max(line_end(text, head.end)),
        );
    }
    for child in node.children() {
        grow(text, child, base, span);
    }
}

fn clamp(text: &str, at: u32) -> u32 {
    text.floor_char_boundary(at as usize) as u32
}

/// Where the line of `at` begins.
pub(super) fn line_start(text: &str, at: u32) -> u32 {
    text[..at as usize].rfind(['\n', '\r']).map_or(0, |end| end + 1) as u32
}

/// Where the line of `at` ends, without its line end.
pub(super) fn line_end(text: &str, at: u32) -> u32 {
    text[at as usize..]
        .find(['\n', '\r'])
        .map_or(text.len() as u32, |length| at + length as u32)
}
