//! What real clients send although the protocol does not say so.

use serde_json::{Value, json};

use crate::client::{Client, pushed, uri};
use crate::support::folder;

const BROKEN: &str = "service Orders {\n  colour blue\n}\n";

fn codes(params: &Value) -> Vec<&str> {
    params["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["code"].as_str())
        .collect()
}

#[test]
fn null_objects_and_unknown_keys_are_read_as_absent() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    for params in [
        json!({ "capabilities": {}, "rootUri": uri(&root) }),
        json!({ "capabilities": null, "rootUri": uri(&root), "workspaceFolders": null }),
        json!({ "capabilities": { "workspace": null, "textDocument": null, "window": null, "general": null },
                "workspaceFolders": [], "rootUri": uri(&root), "trace": "loud", "processId": null, "x": { "y": 1 } }),
        json!({ "capabilities": { "workspace": { "workspaceEdit": { "resourceOperations": ["teleport"], "failureHandling": "hope" } },
                "textDocument": { "completion": 7, "codeAction": { "codeActionLiteralSupport": null } } },
                "rootPath": root.display().to_string(), "rootUri": null }),
        json!({ "capabilities": {} }),
    ] {
        let mut client = Client::start_with(params.clone());
        client.open(&file, 1, BROKEN);
        let found = client.diagnostics(&file, |_| true);
        assert_eq!(codes(&found), ["syntax.unknown_statement"], "{params}");
        assert_eq!(client.shut_down().1, "", "{params}");
    }
}

#[test]
fn documents_without_language_or_version_are_documents() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    let document = json!({ "uri": file, "languageId": null, "version": null, "text": BROKEN });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    assert_eq!(
        codes(&client.diagnostics(&file, |_| true)),
        ["syntax.unknown_statement"]
    );
    client.shut_down();
}

#[test]
fn a_second_open_without_close_brings_the_newest_text() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, BROKEN);
    client.diagnostics(&file, |params| {
        params["version"] == 1 && !codes(params).is_empty()
    });
    client.open(&file, 7, "team A\n");
    let found = client.diagnostics(&file, |params| params["version"] == 7);
    assert_eq!(codes(&found), Vec::<&str>::new());
    client.shut_down();
}

#[test]
fn documents_that_are_opened_too_early_find_their_blueprint() {
    let text = "service S { owner A }\n";
    let (_dir, root) = folder(&[("a.arch", "team A\n"), ("b.arch", text)]);
    let file = uri(&root.join("b.arch"));
    let mut client = Client::spawn();
    client.request(
        "initialize",
        json!({ "capabilities": pushed(), "rootUri": uri(&root) }),
    );
    client.open(&file, 1, text);
    client.diagnostics(&file, |params| codes(params).contains(&"name.unknown"));
    client.notify("initialized", json!({}));
    client.diagnostics(&file, |params| !codes(params).contains(&"name.unknown"));
    client.shut_down();
}

#[test]
fn changes_and_closes_of_unknown_documents_are_harmless() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    let at = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    client.change(&file, 2, json!([{ "range": at, "text": "x" }]));
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": file } }),
    );
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": file } }));
    client.change(&file, 3, json!([{ "text": BROKEN }]));
    assert_eq!(
        codes(&client.diagnostics(&file, |params| params["version"] == 3)),
        ["syntax.unknown_statement"]
    );
    client.shut_down();
}

#[test]
fn documents_that_are_no_files_are_checked_on_their_own() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let mut client = Client::start(&root, pushed());
    client.open("untitled:Untitled-1", 1, BROKEN);
    let found = client.diagnostics("untitled:Untitled-1", |_| true);
    assert_eq!(codes(&found), ["syntax.unknown_statement"]);
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": "untitled:Untitled-1" } }),
    );
    let found = client.diagnostics("untitled:Untitled-1", |_| true);
    assert_eq!(codes(&found), Vec::<&str>::new(), "taken back");
    client.shut_down();
}

#[test]
fn columns_are_counted_in_the_units_that_were_agreed() {
    // The name after the emoji stands at byte 31, UTF-16 unit 29 and character 28.
    let text = "team Ä // x\r\nteam A { contact \"🧪\" colour }\r\n";
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    for (offered, agreed) in [
        (json!(["utf-8", "utf-16"]), "utf-8"),
        (json!(["utf-16"]), "utf-16"),
        (json!(["utf-32"]), "utf-32"),
        (json!(["utf-32", "utf-8", "utf-16"]), "utf-8"),
        (json!(null), "utf-16"),
    ] {
        let mut client = Client::start(&root, json!({ "general": { "positionEncodings": offered } }));
        assert_eq!(client.capabilities["positionEncoding"], agreed);
        client.open(&file, 1, text);
        let found = client.diagnostics(&file, |_| true);
        let column = |line: u64| {
            found["diagnostics"]
                .as_array()
                .expect("a list")
                .iter()
                .find_map(|it| {
                    let start = &it["range"]["start"];
                    (start["line"] == line)
                        .then(|| start["character"].as_u64())
                        .flatten()
                })
        };
        assert_eq!(column(0), Some(5), "{found}");
        let before = "team A { contact \"🧪\" ";
        let expected = match agreed {
            "utf-8" => before.len(),
            "utf-16" => before.encode_utf16().count(),
            _ => before.chars().count(),
        };
        assert_eq!(column(1), Some(expected as u64), "{agreed}: {found}");
        // An edit in the same units: the emoji goes, and so does the word behind it.
        let start = json!({ "line": 1, "character": expected - 1 });
        let end = json!({ "line": 1, "character": expected + "colour".len() });
        client.change(
            &file,
            2,
            json!([{ "range": { "start": start, "end": end }, "text": "" }]),
        );
        let found = client.diagnostics(&file, |params| params["version"] == 2);
        let lines: Vec<_> = found["diagnostics"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| it["range"]["start"]["line"].as_u64())
            .collect();
        assert_eq!(lines, [Some(0)], "{agreed}: only the accent is left: {found}");
        client.shut_down();
    }
}

#[test]
fn positions_beyond_the_end_are_the_end() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, "team A");
    let far = json!({ "line": 900, "character": 900 });
    client.change(
        &file,
        2,
        json!([{ "range": { "start": far, "end": far }, "text": "\nteam A\n" }]),
    );
    let found = client.diagnostics(&file, |params| {
        params["version"] == 2 && !codes(params).is_empty()
    });
    assert!(codes(&found).contains(&"name.duplicate"), "{found}");
    for method in [
        "textDocument/hover",
        "textDocument/definition",
        "textDocument/completion",
    ] {
        client.result(
            method,
            json!({ "textDocument": { "uri": file }, "position": far }),
        );
    }
    client.shut_down();
}

#[test]
fn an_output_that_is_closed_early_ends_the_session_quietly() {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = crate::support::archwright()
        .arg("lsp")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the server starts");
    drop(child.stdout.take());
    let mut input = child.stdin.take().expect("piped");
    for (id, method) in [(1, "initialize"), (2, "shutdown")] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": { "capabilities": {} } })
            .to_string();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server listens");
    }
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
