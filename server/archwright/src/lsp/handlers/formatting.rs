//! `textDocument/formatting`.

use archwright_grammar::format::edits;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, layout};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::DocumentFormattingParams,
) -> Result<Option<Vec<lsp::TextEdit>>> {
    layout::answer(backend, &params.text_document.uri, |document, options| {
        edits(&document.text, options)
    })
    .await
}
