//! Messages in: headers, bodies, and what to do with those that are broken.
//!
//! The protocol library's own reader ends the session at the first broken message and answers requests for unknown
//! capabilities with a failed `initialize`, so the frames are read here. Its router, its rules about the state of a
//! session and its cancellation are used as they are.

use std::future::Future;
use std::io::{self, BufRead, Read};
use std::task::{Context, Poll, Waker};

use serde_json::{Map, Value, json};
use tower::Service;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

use super::outbox::{Outbox, client_error};

/// The largest message that is accepted, in bytes.
const MAX_MESSAGE: usize = 256 * 1024 * 1024;

/// A length that nobody means, in bytes: such a message is not waited for.
const ABSURD: usize = 4 * 1024 * 1024 * 1024;

/// The longest header line.
const MAX_HEADER: u64 = 8 * 1024;

/// What came in.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    /// A JSON value.
    Message(Value),
    /// Something that is none; the next message can be read.
    Malformed(&'static str),
    /// The client closed its end.
    End,
}

/// Reads one message.
pub(crate) fn read_message(input: &mut impl BufRead) -> Incoming {
    match read_frame(input) {
        Ok(Some(Frame::Body(body))) => serde_json::from_slice(&body).map_or(
            Incoming::Malformed("The message is not valid JSON."),
            Incoming::Message,
        ),
        Ok(Some(Frame::Broken(why))) => Incoming::Malformed(why),
        // A read error means the same as the end: nobody is there any more.
        Ok(None) | Err(_) => Incoming::End,
    }
}

enum Frame {
    Body(Vec<u8>),
    Broken(&'static str),
}

fn read_frame(input: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let mut length = None;
    let mut any = false;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        if line.is_empty() {
            if any {
                break;
            }
            // Blank lines between messages are harmless.
            continue;
        }
        any = true;
        // After garbage without a line end, a header may stand in the middle of a line.
        let lower = line.to_ascii_lowercase();
        if let Some(at) = lower.rfind("content-length:") {
            length = Some(line[at + "content-length:".len()..].trim().parse::<usize>());
        }
    }
    match length {
        None => Ok(Some(Frame::Broken("The message has no Content-Length header."))),
        Some(Err(_)) => Ok(Some(Frame::Broken("The Content-Length header is not a number."))),
        Some(Ok(ABSURD..)) => Ok(Some(Frame::Broken("The Content-Length header cannot be right."))),
        Some(Ok(length)) if length > MAX_MESSAGE => {
            let skipped = io::copy(&mut input.by_ref().take(length as u64), &mut io::sink())?;
            Ok((skipped == length as u64).then_some(Frame::Broken("The message is larger than 256 MB.")))
        }
        Some(Ok(length)) => {
            let mut body = Vec::new();
            input.by_ref().take(length as u64).read_to_end(&mut body)?;
            Ok((body.len() == length).then_some(Frame::Body(body)))
        }
    }
}

/// Serves messages until the client says `exit` or closes its end. True after `exit`.
///
/// `service` starts a request in [`Service::call`] and finishes it in the future that it returns, which runs on the
/// current tokio runtime.
pub(crate) fn serve<S>(input: &mut impl BufRead, mut service: S, outbox: &Outbox) -> bool
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: Send,
{
    loop {
        match read_message(input) {
            Incoming::End => return false,
            Incoming::Malformed(why) => {
                let mut error = Error::new(ErrorCode::ParseError);
                error.data = Some(Value::from(why));
                outbox.respond(&Response::from_error(Id::Null, error));
            }
            Incoming::Message(Value::Array(batch)) if !batch.is_empty() => {
                for message in batch {
                    if dispatch(message, &mut service, outbox) {
                        return true;
                    }
                }
            }
            Incoming::Message(message) => {
                if dispatch(message, &mut service, outbox) {
                    return true;
                }
            }
        }
    }
}

/// Handles one message; true when it was `exit`.
fn dispatch<S>(message: Value, service: &mut S, outbox: &Outbox) -> bool
where
    S: Service<Request, Response = Option<Response>>,
    S::Future: Send + 'static,
    S::Error: Send,
{
    let request = match classify(message) {
        Classified::Request(request) => request,
        Classified::Answer(id, result) => {
            outbox.answered(&id, result);
            return false;
        }
        Classified::Invalid(id) => {
            outbox.respond(&Response::from_error(id, Error::invalid_request()));
            return false;
        }
    };
    let exit = request.method() == "exit";
    let id = request.id().cloned();
    let mut future = Box::pin(service.call(request));
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        // What is ready is answered here, so that nothing can overtake it and nothing is lost at the end.
        Poll::Ready(result) => finish(result.ok().flatten(), id, outbox),
        Poll::Pending => {
            let outbox = outbox.clone();
            tokio::spawn(async move { finish(future.await.ok().flatten(), id, &outbox) });
        }
    }
    exit
}

fn finish(response: Option<Response>, id: Option<Id>, outbox: &Outbox) {
    match (response, id) {
        (Some(response), _) => outbox.respond(&response),
        // The router stays silent about unknown `$/` methods even where an answer is expected.
        (None, Some(id)) => outbox.respond(&Response::from_error(id, Error::method_not_found())),
        (None, None) => {}
    }
}

enum Classified {
    Request(Request),
    Answer(Value, tower_lsp::jsonrpc::Result<Value>),
    Invalid(Id),
}

fn classify(message: Value) -> Classified {
    let Value::Object(mut message) = message else {
        return Classified::Invalid(Id::Null);
    };
    let id = message.remove("id");
    let known = id.clone().and_then(|id| serde_json::from_value::<Id>(id).ok());
    if message.get("jsonrpc") != Some(&Value::from("2.0")) {
        return Classified::Invalid(known.unwrap_or(Id::Null));
    }
    let Some(method) = message.remove("method") else {
        return match (id, message.remove("error"), message.remove("result")) {
            (Some(id), Some(error), _) if !error.is_null() => {
                Classified::Answer(id, Err(client_error(&error)))
            }
            (Some(id), _, Some(result)) => Classified::Answer(id, Ok(result)),
            _ => Classified::Invalid(known.unwrap_or(Id::Null)),
        };
    };
    let Value::String(method) = method else {
        return Classified::Invalid(known.unwrap_or(Id::Null));
    };
    // An id that is neither a number, a string nor null cannot be answered under its own name.
    if id.is_some() && known.is_none() {
        return Classified::Invalid(Id::Null);
    }
    let mut params = message.remove("params");
    if let Some(params) = &mut params {
        mend(&method, params);
    }
    let mut request = Request::build(method);
    if let Some(params) = params {
        request = request.params(params);
    }
    if let Some(id) = known {
        request = request.id(id);
    }
    Classified::Request(request.finish())
}

/// Makes up for what real clients do: null where a key should be missing, documents without a language.
fn mend(method: &str, params: &mut Value) {
    drop_nulls(params);
    match method {
        // The protocol crate's types refuse a whole session for one unknown word, so they never see the client's
        // capabilities; [`super::client::ClientInfo`] reads them leniently.
        "initialize" => {
            if let Value::Object(params) = params {
                let raw = std::mem::take(params);
                params.insert("capabilities".into(), json!({}));
                params.insert("initializationOptions".into(), Value::Object(raw));
            }
        }
        "textDocument/didOpen" => {
            if let Some(document) = params.get_mut("textDocument").and_then(Value::as_object_mut) {
                fill(document, "languageId", || Value::from("arch"));
                fill(document, "version", || Value::from(0));
                fill(document, "text", || Value::from(""));
            }
        }
        "textDocument/didChange" => {
            if let Some(document) = params.get_mut("textDocument").and_then(Value::as_object_mut) {
                fill(document, "version", || Value::from(0));
            }
        }
        "textDocument/codeAction" => {
            if let Value::Object(params) = params {
                // What is to be repaired is known here; a finding in an odd shape must not fail the request. An editor
                // whose language has one sort of table sends an empty object as a list.
                let mut context = params
                    .remove("context")
                    .filter(Value::is_object)
                    .unwrap_or_else(|| json!({}));
                context["diagnostics"] = json!([]);
                params.insert("context".into(), context);
            }
        }
        "textDocument/references" => {
            if let Value::Object(params) = params
                && !params.get("context").is_some_and(Value::is_object)
            {
                params.insert("context".into(), json!({ "includeDeclaration": true }));
            }
        }
        "textDocument/formatting" | "textDocument/rangeFormatting" | "textDocument/onTypeFormatting" => {
            if let Value::Object(params) = params {
                // One style holds whatever the client says, so whatever it says is right.
                params.insert("options".into(), json!({ "tabSize": 2, "insertSpaces": true }));
            }
        }
        "workspace/diagnostic" => {
            if let Value::Object(params) = params {
                fill(params, "previousResultIds", || json!([]));
            }
        }
        _ => {}
    }
}

fn fill(object: &mut Map<String, Value>, key: &str, value: impl FnOnce() -> Value) {
    object.entry(key).or_insert_with(value);
}

fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, value| !value.is_null());
            object.values_mut().for_each(drop_nulls);
        }
        Value::Array(array) => array.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn broken_messages_do_not_end_the_stream() {
        let text = [
            frame("{\"a\":1}"),
            "content-length: 3\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n{x}".into(),
            "Content-Length: many\r\n\r\n".into(),
            "X-Nothing: 1\r\n\r\n".into(),
            "Content-Length: 99999999999999\r\n\r\n{}".into(),
            frame("[]"),
            "garbage".into(),
            frame("7"),
        ]
        .concat();
        let mut input = text.as_bytes();
        let read: Vec<Incoming> = std::iter::from_fn(|| match read_message(&mut input) {
            Incoming::End => None,
            other => Some(other),
        })
        .collect();
        assert_eq!(read.len(), 7, "{read:?}");
        assert_eq!(read[0], Incoming::Message(json!({ "a": 1 })));
        assert!(matches!(read[1], Incoming::Malformed(_)));
        assert!(matches!(read[2], Incoming::Malformed(_)));
        assert!(matches!(read[3], Incoming::Malformed(_)));
        assert!(matches!(read[4], Incoming::Malformed(_)));
        assert_eq!(read[5], Incoming::Message(json!([])));
        assert_eq!(read[6], Incoming::Message(json!(7)));
    }

    #[test]
    fn a_message_that_breaks_off_is_the_end() {
        assert_eq!(
            read_message(&mut "Content-Length: 10\r\n\r\n{}".as_bytes()),
            Incoming::End
        );
        assert_eq!(read_message(&mut "Content-Le".as_bytes()), Incoming::End);
    }

    #[test]
    fn odd_parameters_are_mended() {
        let mut open =
            json!({ "textDocument": { "uri": "file:///a", "languageId": null, "version": 1, "text": "" } });
        mend("textDocument/didOpen", &mut open);
        assert_eq!(open["textDocument"]["languageId"], "arch");
        let mut action = json!({ "context": [] });
        mend("textDocument/codeAction", &mut action);
        assert_eq!(action, json!({ "context": { "diagnostics": [] } }));
        let mut initialize =
            json!({ "processId": null, "capabilities": { "workspace": null, "x": [{ "y": null }] } });
        mend("initialize", &mut initialize);
        assert_eq!(
            initialize,
            json!({ "capabilities": {}, "initializationOptions": { "capabilities": { "x": [{}] } } })
        );
    }

    #[test]
    fn messages_are_told_apart() {
        assert!(matches!(classify(json!(1)), Classified::Invalid(Id::Null)));
        assert!(matches!(
            classify(json!({ "id": 4, "method": "x" })),
            Classified::Invalid(Id::Number(4))
        ));
        assert!(matches!(
            classify(json!({ "jsonrpc": "2.0", "id": 4 })),
            Classified::Invalid(Id::Number(4))
        ));
        assert!(matches!(
            classify(json!({ "jsonrpc": "2.0", "id": {}, "method": "x" })),
            Classified::Invalid(Id::Null)
        ));
        assert!(matches!(
            classify(json!({ "jsonrpc": "2.0", "id": 4, "result": null })),
            Classified::Answer(..)
        ));
        let error = json!({ "jsonrpc": "2.0", "id": 4, "error": { "code": 1, "message": "m" } });
        assert!(matches!(classify(error), Classified::Answer(_, Err(_))));
        assert!(matches!(
            classify(json!({ "jsonrpc": "2.0", "method": "x" })),
            Classified::Request(_)
        ));
    }
}
