//! Hover: what is known of the thing under the cursor.

use std::ops::Range;

use crate::{FileId, Snapshot};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// What it is about.
    pub range: Range<u32>,
}

pub(crate) fn hover(_snapshot: &Snapshot, _file: FileId, _offset: u32) -> Option<Hover> {
    None
}
