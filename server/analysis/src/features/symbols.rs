//! The outline of a file.

use std::ops::Range;

use archwright_grammar::vocabulary::Kind;

use crate::{FileId, Snapshot};

/// One entry of the outline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Short, beside the name.
    pub detail: String,
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub range: Range<u32>,
    /// Its name.
    pub selection: Range<u32>,
    /// What is inside.
    pub children: Vec<Symbol>,
}

pub(crate) fn symbols(_snapshot: &Snapshot, _file: FileId) -> Vec<Symbol> {
    Vec::new()
}
