//! One file per request. A handler converts, asks a view on another thread, and converts back.

pub(super) mod code_action;
pub(super) mod code_action_resolve;
pub(super) mod completion;
mod config_action;
pub(super) mod definition;
pub(super) mod diagnostic;
pub(super) mod document_symbol;
pub(super) mod execute_command;
pub(super) mod formatting;
pub(super) mod hover;
mod layout;
pub(super) mod on_type_formatting;
pub(super) mod range_formatting;
pub(super) mod references;
mod trying;
pub(super) mod watch_files;
pub(super) mod workspace_diagnostic;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use archwright_analysis::{Cancelled, FileId};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::Uri;

use super::backend::Backend;
use super::event::Event;
use super::in_order::panic_text;
use super::view::View;

/// How often a reader starts again because of an edit before it gives up.
const ATTEMPTS: usize = 50;

/// Answers from the newest version of the blueprint that `uri` belongs to; `None` where the document is not known.
///
/// The first step, which is all that must happen in order, runs when the future is first polled.
async fn read<T: Send + 'static>(
    backend: &Backend,
    uri: &Uri,
    work: impl Fn(&View, FileId) -> std::result::Result<T, Cancelled> + Send + Sync + 'static,
) -> Result<Option<T>> {
    let work = Arc::new(work);
    for _ in 0..ATTEMPTS {
        let (reply, view) = oneshot::channel();
        backend.send(Event::View {
            uri: uri.clone(),
            reply,
        });
        let Ok(Some(view)) = view.await else {
            return Ok(None);
        };
        let Some(file) = view.file else { return Ok(None) };
        let work = work.clone();
        if let Ok(answer) = on_reader(backend, view, move |view| work(view, file)).await? {
            return Ok(Some(answer));
        }
    }
    Err(Error::content_modified())
}

/// Runs `work` on a reader's thread. The view is dropped there, at once, so that it holds back no edit.
async fn on_reader<T: Send + 'static>(
    backend: &Backend,
    view: View,
    work: impl FnOnce(&View) -> T + Send + 'static,
) -> Result<T> {
    on_thread(backend, move || work(&view)).await
}

/// Runs `work` on another thread, unless the client has cancelled the request by then.
async fn on_thread<T: Send + 'static>(
    backend: &Backend,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let wanted = Wanted(Arc::new(AtomicBool::new(true)));
    let flag = wanted.0.clone();
    let job = backend
        .runtime
        .spawn_blocking(move || flag.load(Ordering::Relaxed).then(work));
    let result = job.await.map_err(|failed| {
        let mut error = Error::internal_error();
        if failed.is_panic() {
            let panic = failed.into_panic();
            error.message = format!(
                "Archwright made a mistake in this request: {}. Please report it.",
                panic_text(panic.as_ref())
            )
            .into();
        }
        error
    })?;
    drop(wanted);
    result.ok_or_else(Error::request_cancelled)
}

/// Says no when it is dropped: the client cancelled, so a job that has not started need not.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
