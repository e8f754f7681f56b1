//! `textDocument/onTypeFormatting`: the line that was just ended, or the block that was just closed.

use archwright_grammar::format::on_type;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, layout};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::DocumentOnTypeFormattingParams,
) -> Result<Option<Vec<lsp::TextEdit>>> {
    let at = params.text_document_position;
    let typed = params.ch;
    layout::answer(backend, &at.text_document.uri, move |document, options| {
        // Editors may send the line end that they inserted, with its indentation.
        let Some(typed) = typed.chars().find(|letter| *letter != '\r') else {
            return Vec::new();
        };
        on_type(&document.text, document.offset(at.position), typed, options)
    })
    .await
}
