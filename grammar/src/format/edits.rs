//! Replacements, as small as they can be.

use crate::span::Span;

/// A replacement of what stands at a span by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// What is replaced; empty where something is inserted.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// `text` with all of `edits` made, which are in text order and do not overlap.
pub fn apply(text: &str, edits: &[TextEdit]) -> String {
    let mut result = String::with_capacity(text.len() + text.len() / 16);
    let mut at = 0;
    for edit in edits {
        result.push_str(&text[at..edit.span.start as usize]);
        result.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    result.push_str(&text[at..]);
    result
}

/// The replacement of `span` by `wanted` without what both have in common at their ends; nothing if they are equal.
pub(super) fn minimal(text: &str, span: Span, wanted: &str) -> Option<TextEdit> {
    let (old, new) = (span.of(text).as_bytes(), wanted.as_bytes());
    if old == new {
        return None;
    }
    let shorter = old.len().min(new.len());
    let mut before = (0..shorter).take_while(|at| old[*at] == new[*at]).count();
    // CR and LF of one line end stay together.
    if before > 0 && old[before - 1] == b'\r' {
        before -= 1;
    }
    let most = shorter - before;
    let mut after = (1..=most)
        .take_while(|back| old[old.len() - back] == new[new.len() - back])
        .count();
    if after > 0 && old[old.len() - after] == b'\n' {
        after -= 1;
    }
    Some(TextEdit {
        span: Span::new(span.start + before as u32, span.end - after as u32),
        text: wanted[before..new.len() - after].to_owned(),
    })
}
