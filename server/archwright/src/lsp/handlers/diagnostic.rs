//! `textDocument/diagnostic`: answered by the main loop itself, which knows the newest text.

use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, Event};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::DocumentDiagnosticParams,
) -> Result<lsp::DocumentDiagnosticReportResult> {
    let (reply, report) = oneshot::channel();
    backend.send(Event::Pull {
        uri: params.text_document.uri,
        previous: params.previous_result_id,
        reply,
    });
    let report = report.await.map_err(|_| Error::request_cancelled())?;
    Ok(lsp::DocumentDiagnosticReportResult::Report(report))
}
