//! Completion: what may be written at the cursor.

use std::ops::Range;

use crate::{FileId, Snapshot};

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What the menu shows.
    pub label: String,
    /// Which sort of thing.
    pub kind: CompletionKind,
    /// Short, beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// What is replaced.
    pub replace: Range<u32>,
    /// By what; with `${1:…}` places where `snippet`.
    pub insert: String,
    /// Whether `insert` holds places to fill.
    pub snippet: bool,
    /// Sorts the menu.
    pub sort: String,
}

/// Sorts of completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A word of the language.
    Keyword,
    /// A name of an item or member.
    Reference,
    /// A type.
    Type,
    /// A field.
    Field,
    /// A value of an enum or a word of a closed list.
    Value,
    /// An attribute.
    Attribute,
    /// The id of a rule.
    Rule,
}

pub(crate) fn completion(_snapshot: &Snapshot, _file: FileId, _offset: u32) -> Vec<Completion> {
    Vec::new()
}
