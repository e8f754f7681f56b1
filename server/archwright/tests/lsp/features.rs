//! What an editor asks at the cursor.

use serde_json::{Value, json};

use crate::client::{Client, pushed, rich, uri};
use crate::support::folder;

const TEXT: &str = "\
/// The people who care.
team Care { contact \"care@clinic.test\" }
role Clinician: staff
auth Session: cookie

/// Takes orders.
service Orders {
  owner Care
  stack python
  auth Session
  store OrdersDb: postgres { encrypted }
  entity Order in OrdersDb { id: uuid @id; note: text }
  endpoint place POST /v1/orders (body: new Order) -> Order { writes Order; idempotent }
}
";

/// A session with the text open, and the place of the first occurrence of a needle, plus some characters.
fn session(capabilities: Value) -> (tempfile::TempDir, Client, String) {
    let (dir, root) = folder(&[("a.arch", TEXT)]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, capabilities);
    client.open(&file, 1, TEXT);
    (dir, client, file)
}

fn position(needle: &str, plus: usize) -> Value {
    let at = TEXT.find(needle).expect("the needle is there") + plus;
    let line = TEXT[..at].matches('\n').count();
    let start = TEXT[..at].rfind('\n').map_or(0, |it| it + 1);
    json!({ "line": line, "character": at - start })
}

fn at(file: &str, needle: &str, plus: usize) -> Value {
    json!({ "textDocument": { "uri": file }, "position": position(needle, plus) })
}

/// The text with the edits of one document applied.
fn applied(text: &str, edits: &Value) -> String {
    let offset = |place: &Value| {
        let line = usize::try_from(place["line"].as_u64().expect("a line")).expect("small");
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + usize::try_from(place["character"].as_u64().expect("a column")).expect("small")
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            let range = &it["range"];
            (
                offset(&range["start"]),
                offset(&range["end"]),
                it["newText"].as_str().expect("text"),
            )
        })
        .collect();
    edits.sort_unstable();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

#[test]
fn hover_is_markdown_where_the_client_shows_it() {
    let (_dir, mut client, file) = session(rich());
    let hover = client.result("textDocument/hover", at(&file, "owner Care", 7));
    assert_eq!(hover["contents"]["kind"], "markdown", "{hover}");
    assert!(
        hover["contents"]["value"]
            .as_str()
            .is_some_and(|it| it.contains("The people who care.")),
        "{hover}"
    );
    assert_eq!(hover["range"]["start"], position("owner Care", 6));
    assert_eq!(
        client.result("textDocument/hover", at(&file, "\n\n///", 1)),
        Value::Null
    );
    client.shut_down();

    let (_dir, mut client, file) = session(json!({}));
    let hover = client.result("textDocument/hover", at(&file, "owner Care", 7));
    assert_eq!(hover["contents"]["kind"], "plaintext", "{hover}");
    assert!(
        !hover["contents"]["value"].as_str().expect("text").contains('`'),
        "{hover}"
    );
    client.shut_down();
}

#[test]
fn definitions_are_links_or_places() {
    let (_dir, mut client, file) = session(rich());
    let links = client.result("textDocument/definition", at(&file, "owner Care", 7));
    assert_eq!(links[0]["targetUri"], file, "{links}");
    assert_eq!(
        links[0]["targetSelectionRange"]["start"],
        position("team Care", 5)
    );
    assert_eq!(
        links[0]["originSelectionRange"]["start"],
        position("owner Care", 6)
    );
    client.shut_down();

    let (_dir, mut client, file) = session(json!({}));
    let places = client.result("textDocument/definition", at(&file, "owner Care", 7));
    assert_eq!(places[0]["uri"], file, "{places}");
    assert_eq!(places[0]["range"]["start"], position("team Care", 5));
    client.shut_down();
}

#[test]
fn references_are_all_places() {
    let (_dir, mut client, file) = session(rich());
    let ask = |client: &mut Client, declaration: bool| {
        let mut params = at(&file, "entity Order", 8);
        params["context"] = json!({ "includeDeclaration": declaration });
        client
            .result("textDocument/references", params)
            .as_array()
            .expect("a list")
            .len()
    };
    assert_eq!((ask(&mut client, false), ask(&mut client, true)), (3, 4));
    client.shut_down();
}

#[test]
fn symbols_are_nested_or_flat() {
    let (_dir, mut client, file) = session(rich());
    let document = json!({ "textDocument": { "uri": file } });
    let nested = client.result("textDocument/documentSymbol", document.clone());
    let names: Vec<&str> = nested
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert_eq!(names, ["Care", "Clinician", "Session", "Orders"]);
    assert!(
        nested[3]["children"].as_array().is_some_and(|it| it.len() == 3),
        "{nested}"
    );
    client.shut_down();

    let (_dir, mut client, _) = session(json!({}));
    let flat = client.result("textDocument/documentSymbol", document);
    assert_eq!(flat, Value::Null, "another session has another folder");
    client.shut_down();

    let (_dir, mut client, file) = session(json!({}));
    let flat = client.result(
        "textDocument/documentSymbol",
        json!({ "textDocument": { "uri": file } }),
    );
    let place = flat
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["name"] == "place")
        .expect("the endpoint");
    assert_eq!(place["containerName"], "Orders", "{place}");
    client.shut_down();
}

#[test]
fn completion_offers_what_the_place_expects() {
    let (_dir, mut client, file) = session(rich());
    let items = client.result("textDocument/completion", at(&file, "owner Care", 6));
    let items = items.as_array().expect("a list");
    let care = items.iter().find(|it| it["label"] == "Care").expect("the team");
    assert!(
        items.iter().all(|it| it["label"] != "Clinician"),
        "a role owns nothing"
    );
    assert!(care["textEdit"]["range"].is_object(), "{care}");
    client.shut_down();
}

#[test]
fn snippets_go_only_to_clients_that_expand_them() {
    for (capabilities, expands) in [(rich(), true), (json!({}), false)] {
        let (_dir, mut client, file) = session(capabilities);
        let items = client.result("textDocument/completion", at(&file, "  auth Session\n", 2));
        for item in items.as_array().expect("a list") {
            let text = item["textEdit"]["newText"].as_str().expect("text");
            let snippet = item["insertTextFormat"] == 2;
            assert!(expands || !snippet, "{item}");
            assert!(snippet || !text.contains("${"), "{item}");
        }
        client.shut_down();
    }
}

/// The findings of the text, and the first action of a kind at one of them.
fn actions(client: &mut Client, file: &str, needle: &str, only: Value) -> Vec<Value> {
    let start = position(needle, 0);
    let mut context = json!({ "diagnostics": [] });
    if !only.is_null() {
        context["only"] = only;
    }
    let params = json!({ "textDocument": { "uri": file }, "range": { "start": start, "end": start }, "context": context });
    client
        .result("textDocument/codeAction", params)
        .as_array()
        .expect("a list")
        .clone()
}

#[test]
fn a_repair_is_resolved_lazily_and_repairs() {
    let (_dir, mut client, file) = session(pushed());
    let found = client.diagnostics(&file, |params| {
        params["diagnostics"]
            .as_array()
            .is_some_and(|list| list.iter().any(|it| it["code"] == "auth.missing_authorization"))
    });
    let action = actions(&mut client, &file, "place POST", json!(["quickfix"]))
        .into_iter()
        .find(|it| it["diagnostics"][0]["code"] == "auth.missing_authorization")
        .unwrap_or_else(|| panic!("a repair of {found}"));
    assert_eq!(action["kind"], "quickfix.suggest");
    assert!(
        action.get("edit").is_none() && action.get("command").is_none(),
        "{action}"
    );
    let resolved = client.result("codeAction/resolve", action);
    let change = &resolved["edit"]["documentChanges"][0];
    assert_eq!(
        change["textDocument"],
        json!({ "uri": file, "version": 1 }),
        "{resolved}"
    );
    let text = applied(TEXT, &change["edits"]);
    client.change(&file, 2, json!([{ "text": text }]));
    let after = client.diagnostics(&file, |params| params["version"] == 2);
    assert!(
        after["diagnostics"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|it| it["code"] != "auth.missing_authorization"),
        "{text}\n{after}"
    );
    client.shut_down();
}

#[test]
fn a_client_that_cannot_resolve_gets_the_edit_at_once() {
    let mut capabilities = json!({ "textDocument": { "codeAction": {
        "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } }
    } } });
    let (_dir, mut client, file) = session(capabilities.clone());
    let repairs = actions(&mut client, &file, "place POST", json!(["quickfix"]));
    assert!(!repairs.is_empty());
    for action in &repairs {
        assert!(action["edit"]["changes"][&file].is_array(), "{action}");
    }
    client.shut_down();

    // Only commands: no repairs, because a repair is never a command.
    capabilities["textDocument"] = Value::Null;
    let (_dir, mut client, file) = session(capabilities);
    let commands = actions(&mut client, &file, "place POST", Value::Null);
    assert!(
        commands.iter().all(|it| it["command"].is_string()),
        "{commands:?}"
    );
    client.shut_down();
}

#[test]
fn only_the_kinds_that_were_asked_for_come() {
    let (_dir, mut client, file) = session(rich());
    for (only, allowed) in [
        (json!(["quickfix"]), "quickfix"),
        (json!(["source"]), "source.archwright.generate"),
        (json!(["refactor"]), "refactor"),
    ] {
        for action in actions(&mut client, &file, "place POST", only) {
            let kind = action["kind"].as_str().expect("a kind");
            assert!(kind.starts_with(allowed), "{action}");
        }
    }
    assert!(
        actions(
            &mut client,
            &file,
            "place POST",
            json!(["source.organizeImports"])
        )
        .is_empty()
    );
    let generate = actions(&mut client, &file, "place POST", json!(["source.archwright"]));
    assert!(!generate.is_empty());
    assert!(
        generate
            .iter()
            .all(|it| it["command"]["command"] == "archwright.generate"),
        "{generate:?}"
    );
    client.shut_down();
}

#[test]
fn an_action_that_has_lost_its_reason_is_refused() {
    let (_dir, mut client, file) = session(rich());
    let action = actions(&mut client, &file, "place POST", json!(["quickfix"])).swap_remove(0);
    client.change(&file, 2, json!([{ "text": "team A\n" }]));
    let answer = client.request("codeAction/resolve", action);
    assert_eq!(answer["error"]["code"], -32801, "{answer}");
    client.shut_down();
}
