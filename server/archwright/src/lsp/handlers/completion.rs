//! `textDocument/completion`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, read};
use crate::lsp::convert::{from_proto, to_proto};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::CompletionParams,
) -> Result<Option<lsp::CompletionResponse>> {
    let at = params.text_document_position;
    let client = backend.client();
    let items = read(backend, &at.text_document.uri, move |view, file| {
        let offset = view.offset(file, from_proto::position(at.position));
        let items = view.snapshot.completion(file, offset)?;
        Ok(items
            .into_iter()
            .map(|item| to_proto::completion(view, &client, file, item))
            .collect::<Vec<_>>())
    });
    Ok(items.await?.map(lsp::CompletionResponse::Array))
}
