//! What a reader gets: one version of a blueprint, and what is needed to answer in the protocol's terms.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use archwright_analysis::scratch::Scratch;
use archwright_analysis::{Encoding, FileId, Position, Snapshot};
use rustc_hash::FxHashMap;
use tower_lsp::ls_types::{self as lsp, Uri};

use super::convert::to_proto::{self, Places};
use crate::workspace::config::{Problem, Settings};

/// A document that the client has open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    /// Its URI in the client's own spelling.
    pub(crate) uri: Uri,
    /// Its version.
    pub(crate) version: i32,
}

/// `archwright.toml` at one moment.
pub(crate) struct ConfigView {
    /// The text.
    pub(crate) text: String,
    /// What is wrong in it, each with its finding.
    pub(crate) problems: Vec<(Problem, lsp::Diagnostic)>,
    /// Its version, where the client has it open.
    pub(crate) version: Option<i32>,
}

/// One version of a blueprint. It holds back edits as long as it lives, so it is dropped as soon as the answer is known.
pub(crate) struct View {
    /// The texts and what is known of them.
    pub(crate) snapshot: Snapshot,
    /// The document that was asked about; for whole blueprints `None`.
    pub(crate) file: Option<FileId>,
    /// The blueprint's root.
    pub(crate) root: PathBuf,
    /// Whether the blueprint is a lone file without a folder.
    pub(crate) detached: bool,
    /// What the client has open.
    pub(crate) open: Arc<FxHashMap<FileId, Open>>,
    /// What `archwright.toml` says.
    pub(crate) settings: Arc<Settings>,
    /// A copy of the blueprint, on which repairs are tried out when the view is gone.
    pub(crate) scratch: Arc<Mutex<Scratch>>,
    /// Units of columns.
    pub(crate) encoding: Encoding,
}

impl View {
    /// The byte offset of a position; beyond the end of a line it is the line's end.
    pub(crate) fn offset(&self, file: FileId, position: Position) -> u32 {
        self.snapshot.offset(file, position, self.encoding)
    }

    /// How the file ends its lines.
    pub(crate) fn line_end(&self, file: FileId) -> &'static str {
        if self.snapshot.text(file).contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }
}

impl Places for View {
    fn position(&self, file: FileId, offset: u32) -> lsp::Position {
        to_proto::position(self.snapshot.position(file, offset, self.encoding))
    }

    fn uri(&self, file: FileId) -> Option<Uri> {
        match self.open.get(&file) {
            Some(open) => Some(open.uri.clone()),
            None => to_proto::uri(&self.root.join(self.snapshot.path(file))),
        }
    }

    fn version(&self, file: FileId) -> Option<i32> {
        self.open.get(&file).map(|open| open.version)
    }
}
