//! Where a finding's severity comes from, what its repairs bring with them, and `archwright.toml` in the editor.

use serde_json::{Value, json};

use crate::client::{Client, pushed, rich, uri};
use crate::support::{folder, write};

const OPEN: &str = "\
system S { owner Care }
team Care { contact \"care@x.test\" }
auth Session: cookie
role Clerk: staff
service A {
  store Db: postgres
  entity Order { id: uuid @id }
  endpoint one GET /v1/one/{id} -> Order { reads Order }
}
";

const STALE: &str = "service A {\n  waive api.unpaginated_list because \"few\"\n  store Db: postgres\n}\n";

fn actions(client: &mut Client, file: &str, line: u32, only: &Value) -> Vec<Value> {
    let (start, end) = (
        json!({ "line": line, "character": 0 }),
        json!({ "line": line, "character": 60 }),
    );
    let mut context = json!({ "diagnostics": [] });
    if !only.is_null() {
        context["only"] = only.clone();
    }
    let asked = json!({ "textDocument": { "uri": file }, "range": { "start": start, "end": end }, "context": context });
    let answer = client.result("textDocument/codeAction", asked);
    answer.as_array().expect("a list").clone()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions
        .iter()
        .map(|it| it["title"].as_str().expect("a title"))
        .collect()
}

fn hover(client: &mut Client, file: &str, line: u32, character: u32) -> String {
    let asked =
        json!({ "textDocument": { "uri": file }, "position": { "line": line, "character": character } });
    let answer = client.result("textDocument/hover", asked);
    answer["contents"]["value"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn a_repair_says_what_it_introduces_and_waiving_comes_last() {
    let (_dir, root) = folder(&[
        ("archwright.toml", "profile = \"recommended\"\n"),
        ("a.arch", OPEN),
    ]);
    let file = uri(&root.join("a.arch"));
    for capabilities in [rich(), pushed()] {
        let mut client = Client::start(&root, capabilities);
        client.open(&file, 1, OPEN);
        let found = actions(&mut client, &file, 0, &json!(["quickfix"]));
        let titles = titles(&found);
        let signing = found
            .iter()
            .find(|it| {
                it["title"]
                    .as_str()
                    .is_some_and(|it| it.starts_with("Add auth Session"))
            })
            .unwrap_or_else(|| panic!("{titles:?}"));
        assert!(
            signing["title"]
                .as_str()
                .is_some_and(|it| it.contains("(introduces auth.missing_authorization")),
            "{signing}"
        );
        assert_eq!(signing["kind"], "quickfix.suggest");
        let first_waiver = titles
            .iter()
            .position(|it| it.starts_with("Waive"))
            .expect("it is offered");
        assert!(
            titles[first_waiver..].iter().all(|it| it.starts_with("Waive")),
            "{titles:?}"
        );
        assert_eq!(found[first_waiver]["kind"], "quickfix.waive");
        // What was tried out is gone: the next answer is the same, and the edit is that of the text that is there.
        let again = actions(&mut client, &file, 0, &json!(["quickfix"]));
        assert_eq!(found, again);
        let resolved = client.result("codeAction/resolve", signing.clone());
        let edits = &resolved["edit"]["documentChanges"][0]["edits"];
        assert!(
            edits[0]["newText"]
                .as_str()
                .is_some_and(|it| it.contains("auth Session")),
            "{resolved}"
        );
        client.shut_down();
    }
}

#[test]
fn all_safe_repairs_are_one_action() {
    let (_dir, root) = folder(&[
        ("archwright.toml", "profile = \"recommended\"\n"),
        ("a.arch", STALE),
    ]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, rich());
    client.open(&file, 1, STALE);
    let _ = client.settled();
    for only in [json!(["source.fixAll"]), json!(["source.fixAll.archwright"])] {
        let found = actions(&mut client, &file, 0, &only);
        assert_eq!(titles(&found), ["Apply all safe fixes of this file"]);
        assert_eq!(found[0]["kind"], "source.fixAll.archwright");
        let resolved = client.result("codeAction/resolve", found[0].clone());
        let edit = &resolved["edit"]["documentChanges"][0];
        assert_eq!(edit["textDocument"]["version"], 1, "{resolved}");
        assert_eq!(
            edit["edits"],
            json!([{
                "range": { "start": { "line": 1, "character": 0 }, "end": { "line": 2, "character": 0 } },
                "newText": "",
            }])
        );
    }
    let single = actions(&mut client, &file, 1, &json!(["quickfix.safe"]));
    assert_eq!(titles(&single), ["Delete the waiver"]);
    let text = STALE.replace("  waive api.unpaginated_list because \"few\"\n", "");
    client.change(&file, 2, json!([{ "text": text }]));
    let _ = client.settled();
    assert_eq!(
        actions(&mut client, &file, 0, &json!(["source.fixAll"])),
        Vec::<Value>::new()
    );
    client.shut_down();

    // A client that resolves nothing gets the edit at once.
    let poor = json!({ "textDocument": { "codeAction": {
        "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } }
    } } });
    let mut client = Client::start(&root, poor);
    client.open(&file, 1, STALE);
    let _ = client.settled();
    let found = actions(&mut client, &file, 0, &json!(["source.fixAll"]));
    assert_eq!(found[0]["edit"]["changes"][&file][0]["newText"], "", "{found:?}");
    client.shut_down();
}

#[test]
fn a_finding_says_where_its_severity_comes_from() {
    let text = "service Orders {\n  entity Order {\n    id: uuid @id\n    note: text @phi\n  }\n}\n";
    let (_dir, root) = folder(&[
        (
            "archwright.toml",
            "[paths.\"old/**\"]\n\"data.retention_missing\" = \"error\"\n",
        ),
        ("a.arch", ""),
        ("old/b.arch", &text.replace("Orders", "Old")),
    ]);
    let (file, old) = (uri(&root.join("a.arch")), uri(&root.join("old/b.arch")));
    let mut client = Client::start(&root, rich());
    client.open(&file, 1, text);
    let _ = client.settled();
    let here = hover(&mut client, &file, 1, 10);
    assert!(
        here.contains("data/retention_missing): warning, as the rule says. It runs from profile core on."),
        "{here}"
    );
    let there = hover(&mut client, &old, 1, 10);
    assert!(
        there.contains("error, by line 2 of archwright.toml for files `old/**`; otherwise warning."),
        "{there}"
    );
    client.shut_down();
}

#[test]
fn a_setting_is_mended_where_it_is_typed() {
    let (_dir, root) = folder(&[("archwright.toml", ""), ("a.arch", STALE)]);
    let toml = uri(&root.join("archwright.toml"));
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, STALE);
    client.open(
        &toml,
        1,
        "profile = \"recomended\"\n[rules]\nboundary.shared_store = \"error\"\n",
    );
    let found = client.diagnostics(&toml, |params| {
        params["diagnostics"]
            .as_array()
            .is_some_and(|list| list.len() == 2)
    });
    let told: Vec<_> = found["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["severity"].clone())
        .collect();
    assert_eq!(told, [json!(1), json!(4)], "{found}");
    let mend = actions(&mut client, &toml, 0, &json!(["quickfix"]));
    assert_eq!(titles(&mend), ["Change to `recommended`"]);
    let edit = &mend[0]["edit"]["documentChanges"][0];
    assert_eq!(edit["textDocument"], json!({ "uri": toml, "version": 1 }));
    assert_eq!(edit["edits"][0]["newText"], "\"recommended\"");
    let all = actions(&mut client, &toml, 0, &json!(["source.fixAll"]));
    assert_eq!(
        all[0]["edit"]["documentChanges"][0]["edits"][0]["newText"], "shared_datastore",
        "only the safe one: {all:?}"
    );
    // What is typed holds at once, though nothing is saved.
    let range = edit["edits"][0]["range"].clone();
    client.change(&toml, 2, json!([{ "range": range, "text": "\"recommended\"" }]));
    let stale = |params: &Value| {
        let list = params["diagnostics"].as_array().expect("a list");
        list.iter().any(|it| it["code"] == "evolution.waiver_stale")
    };
    client.diagnostics(&file, stale);
    // A line that is not finished switches nothing off.
    client.change(&toml, 3, json!([{ "text": "profile = \"recommended\"\n[rul" }]));
    let now = client.settled();
    assert!(
        now[&file].iter().any(|it| it["code"] == "evolution.waiver_stale"),
        "{now:?}"
    );
    // Closed without saving, the disk holds again.
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": toml } }),
    );
    client.diagnostics(&file, |params| !stale(params));
    client.shut_down();
}

#[test]
fn thresholds_and_paths_hold_when_the_file_changes() {
    let list = "auth Session: cookie\nrole Clerk: staff\nservice Wards {\n  auth Session\n  entity Ward { id: uuid @id }\n  \
        query some (ward: uuid) -> [Ward] { order id; limit 100 }\n  \
        endpoint wards GET /v1/wards -> [Ward] { allow Clerk; runs some }\n}\n";
    let (_dir, root) = folder(&[("archwright.toml", ""), ("a.arch", list)]);
    let file = uri(&root.join("a.arch"));
    let toml = root.join("archwright.toml");
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, list);
    let lists = |found: &Vec<Value>| {
        found
            .iter()
            .filter(|it| it["code"] == "api.unpaginated_list")
            .count()
    };
    let mut with = |text: &str| {
        write(&toml, text);
        let change = json!({ "changes": [{ "uri": uri(&toml), "type": 2 }] });
        client.notify("workspace/didChangeWatchedFiles", change);
        lists(&client.settled()[&file])
    };
    assert_eq!(with("profile = \"core\"\n"), 0);
    assert_eq!(with("[thresholds]\n\"api.unpaginated_list.rows\" = 50\n"), 1);
    let off = "[paths.\"*.arch\"]\n\"api.unpaginated_list\" = { level = \"off\", because = \"short\" }\n";
    assert_eq!(
        with(&format!("[thresholds]\napi.unpaginated_list.rows = 50\n{off}")),
        0
    );
    assert_eq!(with("profile = \"core\"\n"), 0);
    client.shut_down();
}
