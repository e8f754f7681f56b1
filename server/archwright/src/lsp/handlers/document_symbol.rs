//! `textDocument/documentSymbol`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, read};
use crate::lsp::convert::to_proto;

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::DocumentSymbolParams,
) -> Result<Option<lsp::DocumentSymbolResponse>> {
    let nested = backend.client().nested_symbols;
    read(backend, &params.text_document.uri, move |view, file| {
        let symbols = view.snapshot.symbols(file)?;
        Ok(if nested {
            let symbols = symbols
                .iter()
                .map(|symbol| to_proto::document_symbol(view, file, symbol));
            lsp::DocumentSymbolResponse::Nested(symbols.collect())
        } else {
            lsp::DocumentSymbolResponse::Flat(to_proto::flat_symbols(view, file, &symbols))
        })
    })
    .await
}
