//! A client that speaks to the real server over pipes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A session.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next_id: i64,
    /// Answers that came while something else was awaited.
    answers: BTreeMap<i64, Value>,
    /// Notifications, in order.
    pub notifications: Vec<Value>,
    /// The newest pushed diagnostics of each file.
    published: BTreeMap<String, Vec<Value>>,
    /// Requests of the server, in order. They are answered at once: `applied: true`, else null.
    pub requests: Vec<Value>,
    /// Refuses edits.
    pub refuses_edits: bool,
    /// What the server said in its answer to `initialize`.
    pub capabilities: Value,
}

/// A `file:` URI.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Capabilities of an editor that can do everything that the server can use, and asks for diagnostics itself.
pub fn rich() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-8", "utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": {
            "applyEdit": true,
            "workspaceFolders": true,
            "diagnostics": { "refreshSupport": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
                "changeAnnotationSupport": { "groupsOnLabel": true },
            },
        },
        "textDocument": {
            "diagnostic": { "dynamicRegistration": false },
            "publishDiagnostics": {
                "relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true,
                "dataSupport": true, "tagSupport": { "valueSet": [1, 2] },
            },
            "completion": { "completionItem": { "snippetSupport": true, "documentationFormat": ["markdown"] } },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "definition": { "linkSupport": true },
            "formatting": {}, "rangeFormatting": {}, "onTypeFormatting": {},
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } },
                "dataSupport": true, "isPreferredSupport": true,
                "resolveSupport": { "properties": ["edit"] },
            },
        },
    })
}

/// Like [`rich`], but diagnostics are pushed.
pub fn pushed() -> Value {
    let mut capabilities = rich();
    capabilities["textDocument"]
        .as_object_mut()
        .expect("an object")
        .remove("diagnostic");
    capabilities
}

impl Client {
    /// Starts the server without saying anything.
    pub fn spawn() -> Self {
        let mut child = support::archwright()
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let output = child.stdout.take().expect("piped");
        let (sender, messages) = mpsc::channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take();
        Self {
            child,
            input,
            messages,
            next_id: 0,
            answers: BTreeMap::new(),
            notifications: Vec::new(),
            published: BTreeMap::new(),
            requests: Vec::new(),
            refuses_edits: false,
            capabilities: Value::Null,
        }
    }

    /// Starts a session in a folder.
    pub fn start(root: &Path, capabilities: Value) -> Self {
        let folders = json!([{ "uri": uri(root), "name": "root" }]);
        Self::start_with(json!({
            "processId": std::process::id(), "rootUri": uri(root), "workspaceFolders": folders, "capabilities": capabilities,
        }))
    }

    /// Starts a session with the parameters of `initialize`.
    pub fn start_with(params: Value) -> Self {
        let mut client = Self::spawn();
        let answer = client.request("initialize", params);
        client.capabilities = answer["result"]["capabilities"].clone();
        assert!(client.capabilities.is_object(), "{answer}");
        client.notify("initialized", json!({}));
        client
    }

    /// Sends bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the session is open");
        input
            .write_all(bytes)
            .and_then(|()| input.flush())
            .expect("the server listens");
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and returns its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return answer;
            }
            assert!(self.receive(deadline), "no answer to request {id}");
        }
    }

    /// Sends a request and waits for the whole answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Sends a request and waits for its result; an error fails the test.
    pub fn result(&mut self, method: &str, params: Value) -> Value {
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Waits until everything that was sent before has been taken in by the main loop.
    pub fn result_of_nothing(&mut self) {
        let uri = json!({ "uri": "file:///no/such.arch" });
        self.result("textDocument/documentSymbol", json!({ "textDocument": uri }));
    }

    /// Waits for the next answer without a matching request (`id` null).
    pub fn stray_answer(&mut self) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = self.answers.remove(&0) {
                return answer;
            }
            assert!(self.receive(deadline), "no such answer");
        }
    }

    /// Waits for a notification of the server.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = 0;
        loop {
            while seen < self.notifications.len() {
                if wanted(&self.notifications[seen]) {
                    return self.notifications.remove(seen);
                }
                seen += 1;
            }
            assert!(
                self.receive(deadline),
                "{what} did not come; got {:#?}",
                self.notifications
            );
        }
    }

    /// Waits for pushed diagnostics of a file that `wanted` accepts, and forgets older ones.
    pub fn diagnostics(&mut self, uri: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let found = self.wait_for("the diagnostics", |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && wanted(&message["params"])
        });
        found["params"].clone()
    }

    /// Waits until the server is silent for a while, and returns the last diagnostics per file.
    pub fn settled(&mut self) -> BTreeMap<String, Vec<Value>> {
        while self.receive(Instant::now() + Duration::from_millis(1_500)) {}
        self.published.clone()
    }

    /// Opens a document.
    pub fn open(&mut self, uri: &str, version: i32, text: &str) {
        let document = json!({ "uri": uri, "languageId": "arch", "version": version, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces a range, or the whole text.
    pub fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.notify(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// Ends the session as the protocol wants it.
    pub fn shut_down(mut self) -> (ExitStatus, String) {
        let answer = self.request("shutdown", Value::Null);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        self.notify("exit", Value::Null);
        self.ended()
    }

    /// Closes the server's input and waits for its end: exit status and standard error.
    pub fn ended(mut self) -> (ExitStatus, String) {
        drop(self.input.take());
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            if Instant::now() > deadline {
                self.child.kill().expect("a child");
                panic!("the server did not end");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut errors = String::new();
        self.child
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut errors)
            .expect("text");
        (status, errors)
    }

    /// Takes in one message; false when none came in time.
    fn receive(&mut self, deadline: Instant) -> bool {
        let Ok(message) = self
            .messages
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
        else {
            return false;
        };
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        match (message.get("method").and_then(Value::as_str), message.get("id")) {
            (Some(method), Some(id)) => {
                let result = match method {
                    "workspace/applyEdit" if self.refuses_edits => {
                        json!({ "applied": false, "failureReason": "no" })
                    }
                    "workspace/applyEdit" => json!({ "applied": true }),
                    _ => Value::Null,
                };
                let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
                self.requests.push(message);
                self.send(&answer);
            }
            (Some(_), None) => {
                if message["method"] == "textDocument/publishDiagnostics" {
                    let uri = message["params"]["uri"].as_str().expect("a URI").to_owned();
                    let list = message["params"]["diagnostics"]
                        .as_array()
                        .expect("a list")
                        .clone();
                    self.published.insert(uri, list);
                }
                self.notifications.push(message);
            }
            (None, id) => {
                let id = id.and_then(Value::as_i64).unwrap_or(0);
                self.answers.insert(id, message);
            }
        }
        true
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A failed test must not leave its server behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        length = line.strip_prefix("Content-Length: ")?.parse().ok()?;
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("the server sends JSON"))
}
