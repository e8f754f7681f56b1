//! A finding, as plain data: the one type behind the editor, the command line and the tests.

use std::ops::Range;

use smol_str::SmolStr;

use crate::{FileId, edit::Fix};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// A contradiction, or declared-sensitive data meeting something explicitly unsafe.
    Error,
    /// Will hurt in production.
    Warning,
    /// Worth knowing.
    Info,
    /// Faint.
    Hint,
}

impl Severity {
    /// The word used in JSON, configuration and expectations.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Hint => "hint",
        }
    }

    /// Reads [`Self::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Error, Self::Warning, Self::Info, Self::Hint]
            .into_iter()
            .find(|severity| severity.word() == word)
    }

    /// One step milder; a hint stays a hint.
    #[must_use]
    pub const fn lower(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning => Self::Info,
            Self::Info | Self::Hint => Self::Hint,
        }
    }
}

/// A byte range in a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileRange {
    /// Which file.
    pub file: FileId,
    /// Bytes from the start of the file.
    pub range: Range<u32>,
}

/// Whether a finding counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It counts.
    New,
    /// A `waive` with a reason silences it.
    Waived {
        /// The reason.
        because: String,
    },
    /// `archwright.lock` accepts it.
    Baselined,
}

/// Where the severity of a finding comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is an error of the text itself, which nothing changes.
    Text,
    /// The rule's own.
    Rule,
    /// The rule found it worse here than usual, or milder.
    Circumstances {
        /// The rule's own.
        usual: Severity,
    },
    /// A regime that the system complies with makes it worse.
    Regime {
        /// The rule's own.
        usual: Severity,
    },
    /// `archwright.toml` says so.
    Configured {
        /// Its line there, from 1.
        line: u32,
        /// The pattern of the files that the line is about; `None` is all.
        files: Option<String>,
        /// What it would be otherwise.
        usual: Severity,
    },
}

impl Origin {
    /// The origin as the end of a sentence: "an error here, " …
    pub fn because(&self) -> String {
        match self {
            Self::Text => "because the text itself is wrong".to_owned(),
            Self::Rule => "as the rule says".to_owned(),
            Self::Circumstances { usual } => {
                format!("by what is found here; the rule itself says {}", usual.word())
            }
            Self::Regime { usual } => {
                format!("by a regime in `complies`; the rule itself says {}", usual.word())
            }
            Self::Configured { line, files, usual } => {
                let files = files
                    .as_ref()
                    .map_or_else(String::new, |files| format!(" for files `{files}`"));
                format!(
                    "by line {line} of archwright.toml{files}; otherwise {}",
                    usual.word()
                )
            }
        }
    }
}

/// How an editor may paint the range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Faded: dead text.
    Unnecessary,
    /// Struck through.
    Deprecated,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `auth.missing_authorization`, `syntax.unclosed_block`, `name.unknown`, `type.mismatch` …
    pub code: SmolStr,
    /// How bad it is, after profile and configuration.
    pub severity: Severity,
    /// Where the severity comes from.
    pub origin: Origin,
    /// Qualified name of the item or member that it is about: `Orders.place`; empty where nothing has a name.
    pub element: SmolStr,
    /// Fact, then consequence; one or two sentences.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Clauses of the regimes in force that ask for it: `45 CFR 164.312(b)`.
    pub clauses: Vec<&'static str>,
    /// Where the cheapest edit is.
    pub at: FileRange,
    /// The other places that make it wrong.
    pub related: Vec<Related>,
    /// Repairs, the preferred first. Their edits are computed on demand, see [`Fix`].
    pub fixes: Vec<Fix>,
    /// For painting.
    pub tags: Vec<Tag>,
    /// What it is known by where lines and words change: its rule, the elements it is about, and what tells several of them apart.
    pub fingerprint: String,
    /// Whether it counts.
    pub state: State,
}

/// Another place of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// What is there.
    pub message: String,
    /// Where.
    pub at: FileRange,
}
