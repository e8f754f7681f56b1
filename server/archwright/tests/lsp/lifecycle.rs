//! From the first message to the last.

use serde_json::{Value, json};

use crate::client::{Client, rich};
use crate::support::folder;

#[test]
fn an_orderly_session_ends_with_zero_and_says_nothing_on_standard_error() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let (status, errors) = Client::start(&root, rich()).shut_down();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
}

#[test]
fn exit_without_shutdown_is_one() {
    let (_dir, root) = folder(&[]);
    let mut client = Client::start(&root, rich());
    client.notify("exit", Value::Null);
    let (status, errors) = client.ended();
    assert_eq!((status.code(), errors.as_str()), (Some(1), ""));
}

#[test]
fn a_client_that_goes_away_is_no_error() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let (status, errors) = Client::start(&root, rich()).ended();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    let (status, errors) = Client::spawn().ended();
    assert_eq!(
        (status.code(), errors.as_str()),
        (Some(0), ""),
        "before initialize"
    );
}

#[test]
fn requests_before_initialize_and_after_shutdown_are_refused() {
    let mut client = Client::spawn();
    let answer = client.request("textDocument/hover", json!({}));
    assert_eq!(answer["error"]["code"], -32002, "{answer}");
    let answer = client.request("initialize", json!({ "capabilities": {} }));
    assert!(answer["result"].is_object(), "{answer}");
    let again = client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(again["error"]["code"], -32600, "{again}");
    client.notify("initialized", json!({}));
    client.result("shutdown", Value::Null);
    let answer = client.request("textDocument/hover", json!({}));
    assert_eq!(answer["error"]["code"], -32600, "{answer}");
    client.notify("exit", Value::Null);
    assert_eq!(client.ended().0.code(), Some(0));
}

#[test]
fn malformed_messages_are_answered_and_the_session_goes_on() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let mut client = Client::start(&root, rich());
    for (bytes, code) in [
        (&b"Content-Length: 5\r\n\r\n{nope"[..], -32700),
        (b"Content-Length: 2\r\n\r\n\xff\xfe", -32700),
        (b"Content-Length: twelve\r\n\r\n", -32700),
        (b"Nothing: here\r\n\r\n", -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 1\r\n\r\n7", -32600),
        (b"Content-Length: 17\r\n\r\n{\"jsonrpc\":\"2.0\"}", -32600),
    ] {
        client.send_raw(bytes);
        let answer = client.stray_answer();
        assert_eq!(
            answer["error"]["code"],
            code,
            "{answer} to {}",
            String::from_utf8_lossy(bytes)
        );
        assert!(answer["id"].is_null());
    }
    let answer = client.request("textDocument/hover", json!({ "textDocument": 7 }));
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    let answer = client.request("archwright/none", json!({}));
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
    let answer = client.request("$/none", json!({}));
    assert_eq!(answer["error"]["code"], -32601, "{answer}");
    client.notify("textDocument/didChange", json!("nonsense"));
    client.notify("$/unknown", json!({ "a": 1 }));
    assert_eq!(client.shut_down().0.code(), Some(0));
}

#[test]
fn every_announced_request_is_answered_and_nothing_else_is() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let mut client = Client::start(&root, rich());
    let at = json!({
        "textDocument": { "uri": crate::client::uri(&root.join("a.arch")) },
        "position": { "line": 0, "character": 5 },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } },
        "context": { "diagnostics": [], "includeDeclaration": true, "triggerKind": 1, "isRetrigger": false },
        "previousResultIds": [], "title": "", "command": "archwright.none", "arguments": [],
    });
    let known = [
        ("textDocument/hover", "hoverProvider"),
        ("textDocument/completion", "completionProvider"),
        ("textDocument/definition", "definitionProvider"),
        ("textDocument/references", "referencesProvider"),
        ("textDocument/documentSymbol", "documentSymbolProvider"),
        ("textDocument/codeAction", "codeActionProvider"),
        ("textDocument/diagnostic", "diagnosticProvider"),
        ("workspace/executeCommand", "executeCommandProvider"),
        ("textDocument/rename", "renameProvider"),
        ("textDocument/formatting", "documentFormattingProvider"),
        ("textDocument/signatureHelp", "signatureHelpProvider"),
        ("textDocument/semanticTokens/full", "semanticTokensProvider"),
        ("textDocument/documentHighlight", "documentHighlightProvider"),
        ("textDocument/inlayHint", "inlayHintProvider"),
        ("workspace/symbol", "workspaceSymbolProvider"),
        ("textDocument/foldingRange", "foldingRangeProvider"),
        ("textDocument/codeLens", "codeLensProvider"),
        ("textDocument/declaration", "declarationProvider"),
        ("textDocument/implementation", "implementationProvider"),
        ("textDocument/typeDefinition", "typeDefinitionProvider"),
    ];
    for (method, key) in known {
        let announced = client.capabilities.get(key).is_some();
        let mut params = at.clone();
        params["query"] = "".into();
        params["newName"] = "B".into();
        params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        let answer = client.request(method, params);
        let handled = answer["error"]["code"] != -32601;
        assert_eq!(announced, handled, "{method}: {answer}");
    }
    client.shut_down();
}
