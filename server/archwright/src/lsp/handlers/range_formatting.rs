//! `textDocument/rangeFormatting`.

use archwright_grammar::format::range;
use archwright_grammar::span::Span;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, layout};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::DocumentRangeFormattingParams,
) -> Result<Option<Vec<lsp::TextEdit>>> {
    let wanted = params.range;
    layout::answer(backend, &params.text_document.uri, move |document, options| {
        let (start, end) = (document.offset(wanted.start), document.offset(wanted.end));
        // A client that mixes them up means the same range.
        let span = Span::new(start.min(end), end.max(start));
        range(&document.text, span, options)
    })
    .await
}
