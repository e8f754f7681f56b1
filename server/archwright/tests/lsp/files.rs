//! Documents, files on disk and workspace folders.

use serde_json::{Value, json};

use crate::client::{Client, pushed, rich, uri};
use crate::support::{folder, write};

const BROKEN: &str = "service Orders {\n  colour blue\n}\n";

fn empty(params: &Value) -> bool {
    params["diagnostics"].as_array().is_some_and(Vec::is_empty)
}

fn watched(client: &mut Client, changes: &[(&str, u8)]) {
    let changes: Vec<Value> = changes
        .iter()
        .map(|(uri, kind)| json!({ "uri": uri, "type": kind }))
        .collect();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
}

#[test]
fn files_that_nobody_opened_are_checked_too() {
    let (_dir, root) = folder(&[
        ("deep/er/a.arch", BROKEN),
        ("node_modules/x/b.arch", BROKEN),
        ("target/c.arch", BROKEN),
    ]);
    let mut client = Client::start(&root, pushed());
    client.diagnostics(&uri(&root.join("deep/er/a.arch")), |params| !empty(params));
    assert_eq!(client.settled().len(), 1);
    client.shut_down();
}

#[test]
fn a_closed_document_is_what_is_on_disk_again() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, BROKEN);
    client.diagnostics(&file, |params| !empty(params));
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": file } }),
    );
    client.diagnostics(&file, empty);
    client.shut_down();
}

#[test]
fn a_document_that_was_never_saved_is_gone_when_it_is_closed() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("new.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, BROKEN);
    client.diagnostics(&file, |params| !empty(params));
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": file } }),
    );
    client.diagnostics(&file, empty);
    client.shut_down();
}

#[test]
fn watchers_are_registered_and_changes_on_disk_are_seen() {
    let (_dir, root) = folder(&[("a.arch", "team A\n"), ("b.arch", BROKEN)]);
    let (first, second, third) = (
        uri(&root.join("a.arch")),
        uri(&root.join("b.arch")),
        uri(&root.join("c.arch")),
    );
    let mut client = Client::start(&root, pushed());
    client.diagnostics(&second, |params| !empty(params));
    let registered = client
        .requests
        .iter()
        .find(|it| it["method"] == "client/registerCapability");
    let watchers =
        &registered.expect("registered")["params"]["registrations"][0]["registerOptions"]["watchers"];
    assert_eq!(watchers[0]["globPattern"], "**/*.arch");

    write(&root.join("a.arch"), BROKEN);
    watched(&mut client, &[(&first, 2)]);
    client.diagnostics(&first, |params| !empty(params));
    write(&root.join("c.arch"), "nonsense\n");
    watched(&mut client, &[(&third, 1)]);
    client.diagnostics(&third, |params| !empty(params));
    let ignored = uri(&root.join("target/x.arch"));
    write(&root.join("target/x.arch"), "service Lost { colour blue }\n");
    watched(&mut client, &[(&ignored, 1)]);
    std::fs::remove_file(root.join("b.arch")).expect("removed");
    watched(&mut client, &[(&second, 3)]);
    client.diagnostics(&second, empty);
    assert!(
        !client.settled().contains_key(&ignored),
        "a folder that is left out stays left out"
    );
    client.shut_down();
}

#[test]
fn an_open_document_is_not_overwritten_by_the_disk() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, rich());
    client.open(&file, 1, BROKEN);
    write(&root.join("a.arch"), "team B\n");
    watched(&mut client, &[(&file, 2)]);
    let report = client.result(
        "textDocument/diagnostic",
        json!({ "textDocument": { "uri": file } }),
    );
    assert!(
        !report["items"].as_array().expect("a list").is_empty(),
        "{report}"
    );
    client.shut_down();
}

#[test]
fn without_a_watcher_the_disk_is_looked_at_when_a_document_is_opened() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let (first, second) = (uri(&root.join("a.arch")), uri(&root.join("b.arch")));
    let mut client = Client::start(&root, json!({}));
    client.result_of_nothing();
    write(&root.join("b.arch"), BROKEN);
    client.open(&first, 1, "team A\n");
    client.diagnostics(&second, |params| !empty(params));
    client.shut_down();
}

/// Looking at the disk is put off when it was done a moment ago, and never left out.
#[test]
fn without_a_watcher_every_save_is_followed_by_a_look() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let (first, second) = (uri(&root.join("a.arch")), uri(&root.join("b.arch")));
    let mut client = Client::start(&root, json!({}));
    client.open(&first, 1, "team A\n");
    client.result_of_nothing();
    let mut save = |text: &str, wanted: bool| {
        write(&root.join("b.arch"), text);
        let saved = json!({ "textDocument": { "uri": first } });
        client.notify("textDocument/didSave", saved);
        client.diagnostics(&second, |params| empty(params) != wanted);
    };
    save(BROKEN, true);
    save("team B\n", false);
    client.shut_down();
}

#[test]
fn each_configuration_makes_a_blueprint_of_its_own() {
    let (_dir, root) = folder(&[
        ("one/archwright.toml", ""),
        ("one/a.arch", "team A\n"),
        ("two/archwright.toml", ""),
        ("two/a.arch", "team A\nservice S { owner B }\n"),
        ("two/b.arch", "team B\n"),
    ]);
    let mut client = Client::start(&root, pushed());
    assert_eq!(
        client.settled().values().map(Vec::len).sum::<usize>(),
        0,
        "nothing is a duplicate, B is known"
    );
    client.shut_down();
}

#[test]
fn a_bad_configuration_is_shown_at_its_line_and_goes_when_it_is_mended() {
    let (_dir, root) = folder(&[
        ("archwright.toml", "\nprofil = \"core\"\n"),
        ("a.arch", "team A\n"),
    ]);
    let file = uri(&root.join("archwright.toml"));
    // Clients do not ask for the diagnostics of this file, so it is pushed to all of them.
    for capabilities in [pushed(), rich()] {
        write(&root.join("archwright.toml"), "\nprofil = \"core\"\n");
        let mut client = Client::start(&root, capabilities);
        let found = client.diagnostics(&file, |params| !empty(params));
        assert_eq!(
            found["diagnostics"][0]["range"]["start"],
            json!({ "line": 1, "character": 0 })
        );
        assert!(
            found["diagnostics"][0]["message"]
                .as_str()
                .is_some_and(|it| it.contains("Did you mean `profile`?"))
        );
        client.wait_for("a message", |it| it["method"] == "window/showMessage");
        write(&root.join("archwright.toml"), "\nprofile = \"core\"\n");
        watched(&mut client, &[(&file, 2)]);
        client.diagnostics(&file, empty);
        client.shut_down();
    }
}

#[test]
fn a_file_that_cannot_be_read_is_said_once() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    std::fs::write(root.join("b.arch"), b"team \xff\n").expect("written");
    let file = uri(&root.join("b.arch"));
    let mut client = Client::start(&root, pushed());
    let found = client.diagnostics(&file, |params| !empty(params));
    assert!(
        found["diagnostics"][0]["message"]
            .as_str()
            .is_some_and(|it| it.contains("Byte 5 (line 1)")),
        "{found}"
    );
    client.wait_for("a message", |it| it["method"] == "window/showMessage");
    write(&root.join("b.arch"), "team B\n");
    watched(&mut client, &[(&file, 2)]);
    client.diagnostics(&file, empty);
    client.shut_down();
}

#[test]
fn folders_come_and_go() {
    let (_dir, root) = folder(&[("one/a.arch", BROKEN), ("two/b.arch", BROKEN)]);
    let (one, two) = (root.join("one"), root.join("two"));
    let mut client = Client::start(&one, pushed());
    client.diagnostics(&uri(&one.join("a.arch")), |params| !empty(params));
    let event = json!({ "added": [{ "uri": uri(&two), "name": "two" }], "removed": [{ "uri": uri(&one), "name": "one" }] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    client.diagnostics(&uri(&two.join("b.arch")), |params| !empty(params));
    client.diagnostics(&uri(&one.join("a.arch")), empty);
    client.shut_down();
}

#[test]
fn progress_is_shown_to_clients_that_can() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let mut client = Client::start(&root, rich());
    let begin = client.wait_for("progress", |it| it["params"]["value"]["kind"] == "begin");
    let token = begin["params"]["token"].clone();
    client.wait_for("its end", |it| {
        it["params"]["value"]["kind"] == "end" && it["params"]["token"] == token
    });
    assert!(
        client
            .requests
            .iter()
            .any(|it| it["method"] == "window/workDoneProgress/create")
    );
    client.shut_down();

    let mut client = Client::start(&root, json!({}));
    client.settled();
    assert!(client.requests.is_empty() && client.notifications.iter().all(|it| it["method"] != "$/progress"));
    client.shut_down();
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_reached_through_a_link_is_the_same_folder() {
    let (_dir, root) = folder(&[("real/a.arch", "team A\n"), ("real/archwright.toml", "")]);
    std::os::unix::fs::symlink(root.join("real"), root.join("alias")).expect("link");
    let mut client = Client::start(&root.join("real"), pushed());
    let file = uri(&root.join("alias/a.arch"));
    client.open(&file, 1, "team A\n");
    let found = client.diagnostics(&file, |_| true);
    assert!(empty(&found), "team A is not there twice: {found}");
    client.shut_down();
}

#[test]
fn the_lock_is_followed() {
    let text = "role Clinician: staff\nservice Wards {\n  entity Ward { id: uuid @id }\n  \
        endpoint wards GET /v1/wards -> [Ward] { allow Clinician; reads Ward }\n}\n";
    let (_dir, root) = folder(&[("a.arch", text), ("archwright.toml", "profile = \"core\"\n")]);
    let file = uri(&root.join("a.arch"));
    let lock = uri(&root.join("archwright.lock"));
    let severity = |params: &Value| {
        let found = params["diagnostics"].as_array().cloned().unwrap_or_default();
        let list = found
            .into_iter()
            .find(|found| found["code"] == "api.unpaginated_list");
        list.and_then(|found| found["severity"].as_u64())
    };
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, text);
    client.diagnostics(&file, |params| severity(params) == Some(2));
    let accepted = "version = 1\n\n[accepted]\n\"api.unpaginated_list Wards.wards\" = \"warning\"\n";
    write(&root.join("archwright.lock"), accepted);
    watched(&mut client, &[(&lock, 1)]);
    client.diagnostics(&file, |params| severity(params) == Some(4));
    // What is accepted can be mended all the same, and says that it is accepted.
    let place = json!({ "line": 3, "character": 12 });
    let document = json!({ "uri": file });
    let offered = client.result(
        "textDocument/codeAction",
        json!({ "textDocument": document, "range": { "start": place, "end": place }, "context": { "diagnostics": [] } }),
    );
    let titles = offered.to_string();
    assert!(titles.contains("Answer in pages"), "{titles}");
    assert!(!titles.contains("Waive api.unpaginated_list"), "{titles}");
    let hover = client.result(
        "textDocument/hover",
        json!({ "textDocument": document, "position": place }),
    );
    assert!(
        hover.to_string().contains("Accepted in archwright.lock."),
        "{hover}"
    );
    let released = "version = 1\n\n[\"endpoint Wards.all\"]\nroute = \"GET /v1/all\"\n";
    write(&root.join("archwright.lock"), released);
    watched(&mut client, &[(&lock, 2)]);
    client.diagnostics(&file, |params| {
        let found = params["diagnostics"].as_array().cloned().unwrap_or_default();
        severity(params) == Some(2)
            && found
                .iter()
                .any(|found| found["code"] == "evolution.breaking_contract")
    });
    write(&root.join("archwright.lock"), "version = 1\n<<<<<<< ours\n");
    watched(&mut client, &[(&lock, 2)]);
    client.diagnostics(&lock, |params| {
        params["diagnostics"][0]["range"]["start"]["line"] == 1
    });
    client.diagnostics(&file, |params| {
        let found = params["diagnostics"].as_array().cloned().unwrap_or_default();
        found
            .iter()
            .all(|found| found["code"] != "evolution.breaking_contract")
    });
    client.shut_down();
}

#[test]
fn imported_documents_are_followed() {
    let text = "service Orders {\n  endpoint find GET /v1/orders/{id}\n}\n";
    let same = "openapi: 3.1.0\npaths:\n  /v1/orders/{order_id}: { get: {} }\n";
    let config = "profile = \"recommended\"\n[imports]\nOrders = \"api/orders.yaml\"\n";
    let (_dir, root) = folder(&[
        ("a.arch", text),
        ("archwright.toml", config),
        ("api/orders.yaml", same),
    ]);
    let file = uri(&root.join("a.arch"));
    let toml = uri(&root.join("archwright.toml"));
    let document = uri(&root.join("api/orders.yaml"));
    let drifts = |params: &Value| {
        let found = params["diagnostics"].as_array().cloned().unwrap_or_default();
        found.iter().any(|found| found["code"] == "evolution.code_drift")
    };
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, text);
    client.diagnostics(&file, |params| !drifts(params));
    let more = format!("{same}  /v1/export: {{ get: {{}} }}\n");
    write(&root.join("api/orders.yaml"), &more);
    watched(&mut client, &[(&document, 2)]);
    client.diagnostics(&file, drifts);
    let watchers: Vec<String> = client
        .requests
        .iter()
        .filter(|it| it["method"] == "client/registerCapability")
        .map(ToString::to_string)
        .collect();
    assert!(
        watchers.iter().any(|it| it.contains("**/api/orders.yaml")),
        "{watchers:?}"
    );
    write(&root.join("api/orders.yaml"), "openapi: [\n");
    watched(&mut client, &[(&document, 2)]);
    client.diagnostics(&toml, |params| {
        params["diagnostics"][0]["range"]["start"]["line"] == 2
    });
    client.diagnostics(&file, |params| !drifts(params));
    write(&root.join("api/orders.yaml"), &more);
    watched(&mut client, &[(&document, 2)]);
    client.diagnostics(&file, drifts);
    write(&root.join("archwright.toml"), "profile = \"recommended\"\n");
    watched(&mut client, &[(&toml, 2)]);
    client.diagnostics(&file, |params| !drifts(params));
    client.shut_down();
}
