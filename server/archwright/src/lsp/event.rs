//! What the main loop is told and asked, in the order in which the client sent it.

use std::path::PathBuf;

use archwright_analysis::Settled;
use archwright_codegen::plan::PlanFinding;
use tokio::sync::oneshot;
use tower_lsp::ls_types::{self as lsp, Uri};

use super::view::{ConfigView, View};

/// One message to the main loop.
pub(crate) enum Event {
    /// The client is ready: load its folders.
    Start,
    /// A document was opened, or opened again.
    Open {
        /// Which.
        uri: Uri,
        /// The client's version.
        version: i32,
        /// The whole text.
        text: String,
    },
    /// A document changed.
    Change {
        /// Which.
        uri: Uri,
        /// The version after the changes.
        version: i32,
        /// Changes, to be applied one after the other.
        changes: Vec<lsp::TextDocumentContentChangeEvent>,
    },
    /// A document was closed: what is on disk holds again.
    Close {
        /// Which.
        uri: Uri,
    },
    /// A document was saved.
    Save,
    /// Files changed on disk.
    Watched(Vec<lsp::FileEvent>),
    /// Workspace folders came and went.
    Folders {
        /// New ones.
        added: Vec<PathBuf>,
        /// Those that went.
        removed: Vec<PathBuf>,
    },
    /// A reader wants the blueprint that a document belongs to.
    View {
        /// The document.
        uri: Uri,
        /// Where the view goes; `None` where the document is not known.
        reply: oneshot::Sender<Option<View>>,
    },
    /// A reader wants a configuration.
    Config {
        /// Its document.
        uri: Uri,
        /// Where it goes; `None` where it belongs to no blueprint.
        reply: oneshot::Sender<Option<ConfigView>>,
    },
    /// A reader wants every blueprint.
    Views {
        /// Where they go.
        reply: oneshot::Sender<Vec<View>>,
    },
    /// The client asks for a document's diagnostics.
    Pull {
        /// The document.
        uri: Uri,
        /// What the client has.
        previous: Option<String>,
        /// Where the report goes.
        reply: oneshot::Sender<lsp::DocumentDiagnosticReport>,
    },
    /// The client asks for all diagnostics.
    PullAll {
        /// What the client has.
        previous: Vec<lsp::PreviousResultId>,
        /// Where the report goes.
        reply: oneshot::Sender<Vec<lsp::WorkspaceDocumentDiagnosticReport>>,
    },
    /// The second stage of a check came to its end, or was cancelled by an edit.
    Settled {
        /// The blueprint.
        project: u64,
        /// The edition that it was started with.
        edition: u64,
        /// The result.
        result: Option<Settled>,
    },
    /// Services were generated from a blueprint.
    Generated {
        /// The blueprint's folder.
        root: PathBuf,
        /// What the user should know about generated files, by relative path; replaces what was known.
        findings: Vec<(String, PlanFinding)>,
    },
    /// The session ends.
    Quit,
}
