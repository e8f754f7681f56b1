//! `textDocument/definition`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, read};
use crate::lsp::convert::{from_proto, to_proto};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::GotoDefinitionParams,
) -> Result<Option<lsp::GotoDefinitionResponse>> {
    let at = params.text_document_position_params;
    let client = backend.client();
    let found = read(backend, &at.text_document.uri, move |view, file| {
        let offset = view.offset(file, from_proto::position(at.position));
        let targets = view.snapshot.definition(file, offset)?;
        Ok((!targets.is_empty()).then(|| to_proto::definition(view, &client, file, &targets)))
    });
    Ok(found.await?.flatten())
}
