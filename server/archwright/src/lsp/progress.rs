//! Work-done progress: shown by clients that can, silent for the others.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tower_lsp::ls_types::notification::Progress as ProgressNotification;
use tower_lsp::ls_types::request::WorkDoneProgressCreate;
use tower_lsp::ls_types::{
    ProgressParams, ProgressParamsValue, ProgressToken, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

use super::client::ClientInfo;
use super::outbox::Outbox;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A piece of work that the user can see. It ends when it is dropped.
pub(crate) struct Progress(Option<mpsc::UnboundedSender<(String, u32)>>);

impl Progress {
    /// Announces work. Returns at once; reports are sent when the client has agreed, and dropped when it has not.
    pub(crate) fn begin(outbox: &Outbox, client: &ClientInfo, runtime: &Handle, title: &str) -> Self {
        if !client.progress {
            return Self(None);
        }
        let token = ProgressToken::String(format!("archwright/{}", NEXT.fetch_add(1, Ordering::Relaxed)));
        let (sender, mut reports) = mpsc::unbounded_channel::<(String, u32)>();
        let created =
            outbox.request::<WorkDoneProgressCreate>(WorkDoneProgressCreateParams { token: token.clone() });
        let (outbox, title) = (outbox.clone(), title.to_owned());
        runtime.spawn(async move {
            if created.await.is_err() {
                return;
            }
            let send = |value| {
                let value = ProgressParamsValue::WorkDone(value);
                outbox.notify::<ProgressNotification>(ProgressParams {
                    token: token.clone(),
                    value,
                });
            };
            let begin = WorkDoneProgressBegin {
                title,
                percentage: Some(0),
                ..WorkDoneProgressBegin::default()
            };
            send(WorkDoneProgress::Begin(begin));
            while let Some((message, percentage)) = reports.recv().await {
                send(WorkDoneProgress::Report(WorkDoneProgressReport {
                    message: Some(message),
                    percentage: Some(percentage),
                    ..WorkDoneProgressReport::default()
                }));
            }
            send(WorkDoneProgress::End(WorkDoneProgressEnd::default()));
        });
        Self(Some(sender))
    }

    /// Says how far it is, in percent.
    pub(crate) fn report(&self, message: &str, percentage: usize) {
        if let Some(sender) = &self.0 {
            // The client may have declined; then nobody listens.
            let _ = sender.send((
                message.to_owned(),
                u32::try_from(percentage.min(100)).unwrap_or(100),
            ));
        }
    }
}
