//! `workspace/diagnostic`: answered by the main loop itself, which knows the newest texts.

use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{self as lsp};

use super::{Backend, Event};

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::WorkspaceDiagnosticParams,
) -> Result<lsp::WorkspaceDiagnosticReportResult> {
    let (reply, items) = oneshot::channel();
    backend.send(Event::PullAll {
        previous: params.previous_result_ids,
        reply,
    });
    let items = items.await.map_err(|_| Error::request_cancelled())?;
    Ok(lsp::WorkspaceDiagnosticReportResult::Report(
        lsp::WorkspaceDiagnosticReport { items },
    ))
}
