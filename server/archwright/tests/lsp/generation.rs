//! Generation from the editor: through its own edits where it can create files, else straight to the disk.

use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, rich, uri};
use crate::support::{copy_example, folder, outcome};

fn generate(client: &mut Client, root: &Path, service: &str) -> Value {
    let argument = json!({ "service": service, "uri": uri(&root.join("ordering.arch")) });
    let params = json!({ "command": "archwright.generate", "arguments": [argument] });
    client.result("workspace/executeCommand", params)["results"][0].clone()
}

/// Carries an edit of the server out, as an editor that saves everything would.
fn carry_out(edit: &Value) -> usize {
    let path = |it: &Value| {
        let uri = it.as_str().expect("a URI");
        std::path::PathBuf::from(uri.strip_prefix("file://").expect("a file"))
    };
    let operations = edit["documentChanges"].as_array().expect("operations");
    let mut created = 0;
    for operation in operations {
        if operation["kind"] == "create" {
            crate::support::write(&path(&operation["uri"]), "");
            created += 1;
        } else if operation["kind"] == "delete" {
            std::fs::remove_file(path(&operation["uri"])).expect("deleted");
        } else {
            let [edit] = &operation["edits"].as_array().expect("edits")[..] else {
                panic!("one edit: {operation}")
            };
            assert_eq!(edit["range"]["start"], json!({ "line": 0, "character": 0 }));
            let text = edit["newText"].as_str().expect("text");
            std::fs::write(path(&operation["textDocument"]["uri"]), text).expect("written");
        }
    }
    created
}

fn applied_edits(client: &Client) -> Vec<Value> {
    let edits = client
        .requests
        .iter()
        .filter(|it| it["method"] == "workspace/applyEdit");
    edits.map(|it| it["params"]["edit"].clone()).collect()
}

#[test]
fn an_editor_that_creates_files_gets_one_edit_and_the_lock_follows() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let mut client = Client::start(&root, rich());
    let result = generate(&mut client, &root, "Orders");
    assert!(
        result["summary"]["create"].as_u64().is_some_and(|it| it > 20),
        "{result}"
    );
    let edits = applied_edits(&client);
    assert_eq!(edits.len(), 1);
    let annotations = edits[0]["changeAnnotations"].as_object().expect("annotations");
    assert_eq!(annotations.len(), 1);
    let created = carry_out(&edits[0]);
    assert_eq!(Some(created as u64), result["summary"]["create"].as_u64());
    assert!(root.join(".archwright/lock.json").is_file());

    // What the editor wrote is what the command line would have written.
    let (code, json, errors) = outcome(&root, &["generate", "--service", "Orders", "--format", "json"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let plan: Value = serde_json::from_str(&json).expect("JSON");
    assert!(
        plan["files"]
            .as_array()
            .expect("files")
            .iter()
            .all(|it| it["action"] == "unchanged"),
        "{json}"
    );
    let again = generate(&mut client, &root, "Orders");
    assert_eq!(again["summary"]["create"], 0, "{again}");
    assert_eq!(
        applied_edits(&client).len(),
        1,
        "nothing to apply the second time"
    );
    client.shut_down();
}

#[test]
fn an_editor_that_refuses_leaves_everything_as_it_was() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let mut client = Client::start(&root, rich());
    client.refuses_edits = true;
    let result = generate(&mut client, &root, "Orders");
    assert!(
        result["error"]
            .as_str()
            .is_some_and(|it| it.contains("did not apply")),
        "{result}"
    );
    assert!(!root.join(".archwright").exists());
    client.wait_for("a message", |it| {
        it["method"] == "window/showMessage" && it["params"]["type"] == 1
    });
    client.shut_down();
}

#[test]
fn other_editors_find_the_files_on_disk() {
    // As eglot and Neovim declare it: no resource operations, or no versioned changes.
    for edit in [
        json!({ "documentChanges": true }),
        json!({ "resourceOperations": ["create", "rename", "delete"] }),
    ] {
        let (_dir, root) = folder(&[]);
        copy_example("clinic", &root);
        let mut capabilities = rich();
        capabilities["workspace"]["workspaceEdit"] = edit;
        let mut client = Client::start(&root, capabilities);
        let result = generate(&mut client, &root, "Orders");
        let files = result["files"].as_array().expect("files");
        assert!(files.len() > 20, "{result}");
        for file in files {
            assert!(
                root.join(file["path"].as_str().expect("a path")).is_file(),
                "{file}"
            );
        }
        assert!(root.join(".archwright/lock.json").is_file());
        assert!(applied_edits(&client).is_empty());
        client.wait_for("a message", |it| {
            it["method"] == "window/showMessage" && it["params"]["type"] == 3
        });
        client.shut_down();
    }
}

#[test]
fn a_blueprint_with_errors_is_not_generated_from() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic-before", &root);
    let mut client = Client::start(&root, rich());
    let result = generate(&mut client, &root, "Orders");
    assert!(
        result["error"].as_array().is_some_and(|it| !it.is_empty()),
        "{result}"
    );
    assert!(applied_edits(&client).is_empty());
    client.wait_for("a message", |it| {
        it["params"]["message"]
            .as_str()
            .is_some_and(|it| it.starts_with("Nothing was generated."))
    });
    client.shut_down();
}

#[test]
fn a_file_that_stands_in_the_way_is_left_alone_with_a_finding() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let (_, json, _) = outcome(
        &root,
        &["generate", "--service", "Orders", "--dry-run", "--format", "json"],
    );
    let plan: Value = serde_json::from_str(&json).expect("JSON");
    let files = plan["files"].as_array().expect("files");
    let owned = files
        .iter()
        .find(|it| it["class"] == "owned")
        .expect("an owned file");
    let path = root.join(owned["path"].as_str().expect("a path"));
    crate::support::write(&path, "mine\n");
    let mut client = Client::start(&root, rich());
    let result = generate(&mut client, &root, "Orders");
    let found = client.diagnostics(&uri(&path), |_| true);
    assert_eq!(
        found["diagnostics"][0]["code"], "generate.foreign_file",
        "{found} {result}"
    );
    assert_eq!(
        found["diagnostics"][0]["codeDescription"]["href"],
        "https://archwright.dev/errors/generate/foreign_file"
    );
    assert_eq!(std::fs::read_to_string(&path).expect("text"), "mine\n");
    // Out of the way, the next run is without findings.
    std::fs::remove_file(&path).expect("removed");
    generate(&mut client, &root, "Orders");
    client.diagnostics(&uri(&path), |params| {
        params["diagnostics"].as_array().is_some_and(Vec::is_empty)
    });
    client.shut_down();
}

#[test]
fn unsaved_text_is_what_counts() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let path = root.join("ordering.arch");
    let text = std::fs::read_to_string(&path).expect("text");
    let mut client = Client::start(&root, rich());
    client.open(
        &uri(&path),
        1,
        &format!("{text}\nservice Extra {{\n  colour blue\n}}\n"),
    );
    let result = generate(&mut client, &root, "Orders");
    assert!(
        result["error"].is_array(),
        "the unsaved error stands in the way: {result}"
    );
    client.shut_down();
}

#[test]
fn commands_that_make_no_sense_are_refused() {
    let (_dir, root) = folder(&[("a.arch", "team A\n")]);
    let mut client = Client::start(&root, rich());
    for params in [
        json!({ "command": "archwright.none" }),
        json!({ "command": "archwright.generate", "arguments": [7] }),
    ] {
        let answer = client.request("workspace/executeCommand", params);
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    let params = json!({ "command": "archwright.generate", "arguments": ["Nobody"] });
    let result = client.result("workspace/executeCommand", params);
    assert!(
        result["results"][0]["error"][0]
            .as_str()
            .is_some_and(|it| it.contains("no service `Nobody`")),
        "{result}"
    );
    client.shut_down();
}
