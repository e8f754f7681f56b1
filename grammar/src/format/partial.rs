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
    let around = Around::of(text, span, *options);
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
    /// Looks at the items around `span` only, however long the text is.
    pub(super) fn of(text: &str, span: Span, options: Options) -> Self {
        let ends = LineEnd::of(text);
        let all = window(text, span);
        let from = all.partition_point(|piece| piece.end() < span.start);
        // The gap behind an item is decided with the next.
        let to = all.partition_point(|piece| piece.start <= span.end) + 1;
        let to = to.clamp(from, all.len());
        let mut carry = match from.checked_sub(1) {
            None => Carry::start(text),
            // The gap to the item before is decided here, too.
            Some(_) => {
                let mut carry = Carry::behind(all[0].start);
                for before in &all[..from] {
                    format_piece(text, *before, options, ends, &mut carry);
                }
                carry
            }
        };
        let pieces = all[from..to]
            .iter()
            .map(|piece| (*piece, format_piece(text, *piece, options, ends, &mut carry)))
            .collect();
        let whole = all
            .get(to.wrapping_sub(1))
            .is_none_or(|last| last.end() as usize == text.len());
        Self {
            pieces,
            last: carry.end(text, ends).filter(|_| whole),
        }
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

/// The pieces around a span, with at least one before and one behind it unless it is in the first or last.
fn window(text: &str, span: Span) -> Vec<Piece> {
    let near = head_before(text, span.start);
    let from = near
        .and_then(|near| near.checked_sub(1))
        .and_then(|before| head_before(text, before))
        .unwrap_or(0);
    let to = head_behind(text, span.end)
        .and_then(|next| head_behind(text, next))
        .map_or(text.len() as u32, |head| line_end(text, head));
    let mut pieces = items::cut(&text[from as usize..to as usize]);
    if (to as usize) < text.len() {
        // It is cut off.
        pieces.pop();
    }
    for piece in &mut pieces {
        piece.start += from;
    }
    pieces
}

/// Whether a line begins an item whatever stands before it.
fn is_head(text: &str, line: u32) -> bool {
    let line = Span::new(line, line_end(text, line)).of(text);
    line.starts_with(|c: char| c.is_ascii_lowercase())
        && items::cut(line)
            .first()
            .is_some_and(|piece| piece.head == Some(0))
}

/// The start of the last head in column 0 whose line begins at or before `at`.
fn head_before(text: &str, at: u32) -> Option<u32> {
    let mut line = line_start(text, at);
    while !is_head(text, line) {
        line = line_start(text, line.checked_sub(1)?);
    }
    Some(line)
}

/// The start of the first head in column 0 behind the line of `at`.
fn head_behind(text: &str, at: u32) -> Option<u32> {
    let mut line = line_end(text, at) + 1;
    while (line as usize) < text.len() {
        if is_head(text, line) {
            return Some(line);
        }
        line = line_end(text, line) + 1;
    }
    None
}
