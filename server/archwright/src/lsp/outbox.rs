//! Everything that goes to the client: one queue, one thread that writes.
//!
//! Sending never blocks and never waits for the client, so it may be done from any thread in any state. A client
//! that has closed its end is not an error: what is sent to it is dropped.

use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{self, Error, ErrorCode, Response};
use tower_lsp::ls_types::notification::{LogMessage, Notification, ShowMessage};
use tower_lsp::ls_types::request::Request;
use tower_lsp::ls_types::{LogMessageParams, MessageType, ShowMessageParams};

/// The sending side. Clones share one queue.
#[derive(Debug, Clone)]
pub(crate) struct Outbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    queue: mpsc::Sender<Vec<u8>>,
    next_id: AtomicI64,
    waiting: Mutex<HashMap<i64, oneshot::Sender<jsonrpc::Result<Value>>>>,
}

#[derive(Serialize)]
struct Message<'a, P> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<P>,
}

impl Outbox {
    /// An outbox, and the queue that [`write_all`] empties.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Vec<u8>>) {
        let (queue, messages) = mpsc::channel();
        let inner = Inner {
            queue,
            next_id: AtomicI64::new(1),
            waiting: Mutex::default(),
        };
        (Self(Arc::new(inner)), messages)
    }

    /// Sends a notification.
    pub(crate) fn notify<N: Notification>(&self, params: N::Params) {
        self.send(&Message {
            jsonrpc: "2.0",
            id: None,
            method: N::METHOD,
            params: Some(params),
        });
    }

    /// Sends a request at once; the answer is awaited with the returned future.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "like `notify`: parameters are made for the call"
    )]
    pub(crate) fn request<R: Request>(
        &self,
        params: R::Params,
    ) -> impl Future<Output = jsonrpc::Result<R::Result>> + Send + use<R>
    where
        R::Result: Send,
    {
        let answer = self.request_raw(R::METHOD, &params);
        async move {
            let value = answer.await?;
            serde_json::from_value(value).map_err(|error| Error::invalid_params(error.to_string()))
        }
    }

    /// Like [`Self::request`], for parameters that the types of the protocol crate cannot hold.
    pub(crate) fn request_raw<P: Serialize>(
        &self,
        method: &str,
        params: &P,
    ) -> impl Future<Output = jsonrpc::Result<Value>> + Send + use<P> {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        self.waiting().insert(id, sender);
        // Requests without parameters (refreshes) leave the key out.
        let params = serde_json::to_value(params)
            .ok()
            .filter(|params| !params.is_null());
        self.send(&Message {
            jsonrpc: "2.0",
            id: Some(id),
            method,
            params,
        });
        async move { receiver.await.unwrap_or_else(|_| Err(Error::request_cancelled())) }
    }

    /// Sends the answer to a request of the client.
    pub(crate) fn respond(&self, response: &Response) {
        self.send(response);
    }

    /// Hands the client's answer to whoever waits for it; an answer that nobody asked for is dropped.
    pub(crate) fn answered(&self, id: &Value, result: jsonrpc::Result<Value>) {
        let waiting = id.as_i64().and_then(|id| self.waiting().remove(&id));
        if let Some(sender) = waiting {
            // The one who asked may have gone away.
            let _ = sender.send(result);
        }
    }

    /// Gives up on every answer: the client is gone.
    pub(crate) fn abandon(&self) {
        self.waiting().clear();
    }

    /// Tells the user.
    pub(crate) fn show(&self, typ: MessageType, message: impl Into<String>) {
        self.notify::<ShowMessage>(ShowMessageParams {
            typ,
            message: message.into(),
        });
    }

    /// Writes into the editor's log.
    pub(crate) fn log(&self, typ: MessageType, message: impl Into<String>) {
        self.notify::<LogMessage>(LogMessageParams {
            typ,
            message: message.into(),
        });
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<i64, oneshot::Sender<jsonrpc::Result<Value>>>> {
        // A panic while the map was held leaves it in order: every operation on it is one call.
        self.0
            .waiting
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn send(&self, message: &impl Serialize) {
        if let Ok(body) = serde_json::to_vec(message) {
            // The writer ends with the process only.
            let _ = self.0.queue.send(body);
        }
    }
}

/// Writes messages until every [`Outbox`] is gone. After a failed write (the client closed its end) it only empties
/// the queue.
pub(crate) fn write_all(messages: &mpsc::Receiver<Vec<u8>>, mut out: impl Write) {
    let mut open = true;
    let mut buffer = Vec::new();
    while let Ok(first) = messages.recv() {
        buffer.clear();
        let mut next = Some(first);
        // Everything that is ready goes out in one write.
        while let Some(body) = next {
            buffer.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            buffer.extend_from_slice(&body);
            next = if buffer.len() < 1 << 20 {
                messages.try_recv().ok()
            } else {
                None
            };
        }
        open = open && out.write_all(&buffer).and_then(|()| out.flush()).is_ok();
    }
}

/// The error for an answer of the client that carries one.
pub(crate) fn client_error(error: &Value) -> Error {
    let code = error.get("code").and_then(Value::as_i64).unwrap_or(-32_603);
    let message = error
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or("the client answered with an error");
    Error {
        code: ErrorCode::from(code),
        message: message.to_owned().into(),
        data: None,
    }
}
