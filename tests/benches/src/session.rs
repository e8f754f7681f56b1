//! A session with the real server over its pipes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

/// A running server.
pub struct Session {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next_id: i64,
}

/// What can go wrong while talking.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

impl Session {
    /// Starts the server in a folder and shakes hands as an editor that takes pushed diagnostics.
    pub fn start(server: &Path, folder: &Path) -> Outcome<Self> {
        let mut child = Command::new(server)
            .arg("lsp")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let to = child.stdin.take().ok_or("no pipe to the server")?;
        let from = BufReader::new(child.stdout.take().ok_or("no pipe from the server")?);
        let mut session = Self {
            child,
            to,
            from,
            next_id: 0,
        };
        let uri = format!("file://{}", folder.display());
        session.request(
            "initialize",
            &json!({
                "processId": std::process::id(),
                "rootUri": uri,
                "workspaceFolders": [{ "uri": uri, "name": "bench" }],
                "capabilities": {
                    "general": { "positionEncodings": ["utf-8"] },
                    "textDocument": { "publishDiagnostics": { "versionSupport": true } },
                },
            }),
        )?;
        session.notify("initialized", &json!({}))?;
        Ok(session)
    }

    /// The server's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn send(&mut self, message: &Value) -> Outcome<()> {
        let body = serde_json::to_vec(message)?;
        write!(self.to, "Content-Length: {}\r\n\r\n", body.len())?;
        self.to.write_all(&body)?;
        self.to.flush()?;
        Ok(())
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: &Value) -> Outcome<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Sends a request and waits for its answer; answers the server's own requests meanwhile.
    pub fn request(&mut self, method: &str, params: &Value) -> Outcome<Value> {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let message = self.receive()?;
            if message["id"] == json!(id) && message.get("method").is_none() {
                return Ok(message["result"].clone());
            }
        }
    }

    /// The next message; the server's own requests are answered with null.
    pub fn receive(&mut self) -> Outcome<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line)? == 0 {
                return Err("the server closed its pipe".into());
            }
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body)?;
        let message: Value = serde_json::from_slice(&body)?;
        if message.get("method").is_some()
            && let Some(id) = message.get("id")
        {
            let answer = json!({ "jsonrpc": "2.0", "id": id, "result": null });
            self.send(&answer)?;
        }
        Ok(message)
    }

    /// Waits for diagnostics of a version.
    pub fn diagnostics(&mut self, version: i64) -> Outcome<Value> {
        loop {
            let message = self.receive()?;
            if message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["version"] == json!(version)
            {
                return Ok(message["params"]["diagnostics"].clone());
            }
        }
    }

    /// Says good-bye.
    pub fn stop(mut self) -> Outcome<()> {
        self.request("shutdown", &Value::Null)?;
        self.notify("exit", &Value::Null)?;
        self.child.wait()?;
        Ok(())
    }
}
