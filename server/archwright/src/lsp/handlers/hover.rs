//! `textDocument/hover`.

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, read};
use crate::lsp::convert::from_proto;
use crate::lsp::convert::to_proto::{self, Places};

pub(crate) async fn handle(backend: &Backend, params: lsp::HoverParams) -> Result<Option<lsp::Hover>> {
    let at = params.text_document_position_params;
    let markdown = backend.client().hover_markdown;
    let hover = read(backend, &at.text_document.uri, move |view, file| {
        let offset = view.offset(file, from_proto::position(at.position));
        Ok(view.snapshot.hover(file, offset)?.map(|hover| lsp::Hover {
            contents: lsp::HoverContents::Markup(to_proto::markup(hover.markdown, markdown)),
            range: Some(view.range(file, &hover.range)),
        }))
    });
    Ok(hover.await?.flatten())
}
