//! Text edits and file operations as plain data. Nothing here touches a disk.

use std::ops::Range;

use crate::FileId;

/// How far a fix may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Safety {
    /// The meaning stays; may run on save and in fix-all.
    Safe,
    /// Inserts a choice that somebody should look at.
    Suggest,
    /// Changes the shape of the blueprint.
    Refactor,
}

impl Safety {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Suggest => "suggest",
            Self::Refactor => "refactor",
        }
    }
}

/// A repair of a finding: a title for the menu and an edit. Offsets are those of the version that the finding was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Imperative, without a full stop: `Allow Clinician`.
    pub title: String,
    /// How far it may be trusted.
    pub safety: Safety,
    /// Whether it is the one to take when in doubt. Never true for `public` and `waive`.
    pub preferred: bool,
    /// What changes.
    pub edit: Edit,
}

/// A change to the blueprint's files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edit {
    /// Changes per file, sorted, without overlaps.
    pub files: Vec<(FileId, Vec<TextEdit>)>,
}

/// One replacement in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// Bytes that go.
    pub range: Range<u32>,
    /// Text that comes, with `\n` line ends (converted to the file's own when applied).
    pub text: String,
}

impl Edit {
    /// One replacement in one file.
    pub fn single(file: FileId, range: Range<u32>, text: impl Into<String>) -> Self {
        Self {
            files: vec![(
                file,
                vec![TextEdit {
                    range,
                    text: text.into(),
                }],
            )],
        }
    }
}
