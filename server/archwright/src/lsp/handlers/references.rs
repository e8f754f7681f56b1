//! `textDocument/references`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, read};
use crate::lsp::convert::from_proto;
use crate::lsp::convert::to_proto::Places;

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::ReferenceParams,
) -> Result<Option<Vec<lsp::Location>>> {
    let at = params.text_document_position;
    let declaration = params.context.include_declaration;
    read(backend, &at.text_document.uri, move |view, file| {
        let offset = view.offset(file, from_proto::position(at.position));
        let found = view.snapshot.references(file, offset, declaration)?;
        Ok(found.iter().filter_map(|at| view.location(at)).collect())
    })
    .await
}
