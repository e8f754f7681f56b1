//! From the protocol's types to ours.

use std::path::PathBuf;

use archwright_analysis::Position;
use tower_lsp::ls_types::{self as lsp, Uri};

/// The path of a `file:` URI; `None` for anything else.
pub(crate) fn path(uri: &Uri) -> Option<PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    uri.to_file_path()
        .map(std::borrow::Cow::into_owned)
        .filter(|path| path.is_absolute())
}

/// A position, in the units of the session's encoding.
pub(crate) fn position(position: lsp::Position) -> Position {
    Position {
        line: position.line,
        column: position.character,
    }
}
