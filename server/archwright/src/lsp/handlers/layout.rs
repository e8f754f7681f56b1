//! What the three requests for formatting share. One style holds everywhere, so the client's own options (`tabSize` and
//! the like) are not looked at, and the whole is what `archwright fmt` writes.
//!
//! The work is done beside the snapshots: laying out a large file must not hold back the edits that follow.

use archwright_grammar::format::{Options, TextEdit};
use archwright_grammar::line_index::{self, LineIndex};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::{self as lsp, Uri};

use super::{Backend, on_thread, read};
use crate::lsp::main_loop::configuring::encoding;

/// The protocol's code for a request that was understood and could not be served.
const REQUEST_FAILED: i64 = -32803;

/// The text of an open document, at the version that the client asked about.
pub(super) struct Document {
    /// The text.
    pub(super) text: String,
    lines: LineIndex,
    encoding: line_index::Encoding,
    version: i32,
    width: Option<u32>,
}

impl Document {
    /// The byte at a position of the client; beyond the end of a line it is the line's end.
    pub(super) fn offset(&self, position: lsp::Position) -> u32 {
        let position = line_index::Position {
            line: position.line,
            column: position.character,
        };
        self.lines.offset(&self.text, position, self.encoding)
    }

    fn position(&self, offset: u32) -> lsp::Position {
        let place = self.lines.position(&self.text, offset, self.encoding);
        lsp::Position {
            line: place.line,
            character: place.column,
        }
    }

    fn convert(&self, edits: Vec<TextEdit>) -> Vec<lsp::TextEdit> {
        let convert = |edit: TextEdit| lsp::TextEdit {
            range: lsp::Range {
                start: self.position(edit.span.start),
                end: self.position(edit.span.end),
            },
            new_text: edit.text,
        };
        edits.into_iter().map(convert).collect()
    }
}

/// Answers with the edits that `work` finds; `None` where the client does not have the document open.
pub(super) async fn answer(
    backend: &Backend,
    uri: &Uri,
    work: impl FnOnce(&Document, &Options) -> Vec<TextEdit> + Send + 'static,
) -> Result<Option<Vec<lsp::TextEdit>>> {
    let document = read(backend, uri, |view, file| {
        Ok(view.open.get(&file).map(|open| {
            let text = view.snapshot.text(file);
            Document {
                lines: LineIndex::new(&text),
                text,
                encoding: encoding(view.encoding),
                version: open.version,
                width: view.settings.width,
            }
        }))
    });
    let Some(document) = document.await?.flatten() else {
        return Ok(None);
    };
    let version = document.version;
    let Some(width) = document.width else {
        return Err(failed(
            "The width of lines could not be read from archwright.toml, so nothing was formatted.",
        ));
    };
    let edits = on_thread(backend, move || {
        document.convert(work(&document, &Options { width }))
    });
    let edits = edits.await?;
    // Made for a text that is gone by now, they would tear up the new one.
    let now = read(backend, uri, |view, file| {
        Ok(view.open.get(&file).map(|open| open.version))
    });
    if now.await?.flatten() == Some(version) {
        Ok(Some(edits))
    } else {
        Err(Error::content_modified())
    }
}

/// A request that made sense and could not be served.
fn failed(message: &'static str) -> Error {
    Error {
        code: ErrorCode::ServerError(REQUEST_FAILED),
        message: message.into(),
        data: None,
    }
}
