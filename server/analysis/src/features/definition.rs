//! Go to definition.

use std::ops::Range;

use crate::{FileId, Snapshot, diagnostic::FileRange};

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name.
    pub at: FileRange,
    /// The whole definition, in the same file.
    pub full: Range<u32>,
    /// What was clicked on.
    pub origin: Range<u32>,
}

pub(crate) fn definition(_snapshot: &Snapshot, _file: FileId, _offset: u32) -> Vec<Target> {
    Vec::new()
}
