//! Findings, pushed and pulled.

use serde_json::{Value, json};

use crate::client::{Client, pushed, rich, uri};
use crate::support::{copy_example, folder};

const BROKEN: &str = "service Orders {\n  colour blue\n}\n";

fn codes(list: &Value) -> Vec<&str> {
    list.as_array()
        .expect("a list")
        .iter()
        .filter_map(|it| it["code"].as_str())
        .collect()
}

#[test]
fn pushed_findings_carry_everything_that_the_client_shows() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic-before", &root);
    let mut client = Client::start(&root, pushed());
    let file = uri(&root.join("ordering.arch"));
    let found = client.diagnostics(&file, |_| true);
    assert!(found.get("version").is_none(), "the client has it not open");
    let list = found["diagnostics"].as_array().expect("a list");
    assert!(list.len() >= 4, "{found}");
    for finding in list {
        let code = finding["code"].as_str().expect("a code");
        assert_eq!(finding["source"], "archwright");
        assert_eq!(
            finding["codeDescription"]["href"],
            format!("https://archwright.dev/rules/{}", code.replace('.', "/")),
            "{finding}"
        );
        assert!(
            finding["severity"].is_u64() && finding["message"].is_string(),
            "{finding}"
        );
        assert!(finding["data"]["element"].is_string(), "{finding}");
    }
    let related = list
        .iter()
        .flat_map(|it| it["relatedInformation"].as_array().into_iter().flatten());
    let uris: Vec<&str> = related.filter_map(|it| it["location"]["uri"].as_str()).collect();
    assert!(!uris.is_empty(), "some finding names another place");
    assert!(uris.iter().all(|it| it.starts_with("file:///")));
    client.shut_down();
}

#[test]
fn a_simple_client_gets_simple_findings() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic-before", &root);
    let mut client = Client::start(&root, json!({}));
    let found = client.diagnostics(&uri(&root.join("ordering.arch")), |_| true);
    for finding in found["diagnostics"].as_array().expect("a list") {
        for key in ["codeDescription", "relatedInformation", "tags", "data"] {
            assert!(finding.get(key).is_none(), "{key}: {finding}");
        }
    }
    client.shut_down();
}

#[test]
fn a_fixed_finding_disappears_with_the_same_version() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, BROKEN);
    let found = client.diagnostics(&file, |params| params["version"] == 1);
    assert!(codes(&found["diagnostics"]).contains(&"syntax.unknown_statement"));
    let range = json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 2, "character": 0 } });
    client.change(&file, 2, json!([{ "range": range, "text": "" }]));
    let found = client.diagnostics(&file, |params| params["version"] == 2);
    assert!(
        !codes(&found["diagnostics"]).contains(&"syntax.unknown_statement"),
        "{found}"
    );
    client.shut_down();
}

#[test]
fn several_changes_in_one_notification_apply_one_after_the_other() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, "");
    let at = |line: u32, character: u32| json!({ "line": line, "character": character });
    client.change(
        &file,
        2,
        json!([
            { "text": "team A\n" },
            { "range": { "start": at(1, 0), "end": at(1, 0) }, "text": "team B\n" },
            { "range": { "start": at(0, 5), "end": at(0, 6) }, "text": "B" },
        ]),
    );
    let found = client.diagnostics(&file, |params| params["version"] == 2);
    assert_eq!(codes(&found["diagnostics"]), ["name.duplicate"], "{found}");
    client.shut_down();
}

#[test]
fn an_edit_changes_the_findings_of_other_files() {
    let service = "service Orders { owner Platform }\n";
    let (_dir, root) = folder(&[("a.arch", "team Platform\n"), ("b.arch", service)]);
    let (teams, services) = (uri(&root.join("a.arch")), uri(&root.join("b.arch")));
    let mut client = Client::start(&root, pushed());
    client.open(&teams, 1, "team Platform\n");
    client.diagnostics(&teams, |params| params["version"] == 1);
    client.change(&teams, 2, json!([{ "text": "team Platforms\n" }]));
    let found = client.diagnostics(&services, |params| {
        codes(&params["diagnostics"]).contains(&"name.unknown")
    });
    assert!(
        found["diagnostics"][0]["message"]
            .as_str()
            .is_some_and(|it| it.contains("Platforms")),
        "{found}"
    );
    client.change(&teams, 3, json!([{ "text": "team Platform\n" }]));
    client.diagnostics(&services, |params| {
        !codes(&params["diagnostics"]).contains(&"name.unknown")
    });
    client.shut_down();
}

#[test]
fn findings_of_the_whole_graph_follow_as_a_second_publication() {
    let calls =
        |to: &str| format!("endpoint go POST /go {{ internal; idempotent; calls {to}.go {{ timeout 1s }} }}");
    let text = format!("service A {{ {} }}\nservice B {{ {} }}\n", calls("B"), calls("A"));
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 4, &text);
    let found = client.diagnostics(&file, |params| {
        codes(&params["diagnostics"]).contains(&"boundary.cyclic_services")
    });
    assert_eq!(found["version"], 4);
    client.shut_down();
}

#[test]
fn a_client_that_pulls_gets_nothing_pushed_and_unchanged_where_nothing_changed() {
    let (_dir, root) = folder(&[("a.arch", BROKEN)]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, rich());
    client.open(&file, 1, BROKEN);
    let pull = |client: &mut Client, previous: Value| {
        client.result(
            "textDocument/diagnostic",
            json!({ "textDocument": { "uri": file }, "previousResultId": previous }),
        )
    };
    let first = pull(&mut client, Value::Null);
    assert_eq!(first["kind"], "full");
    assert!(
        codes(&first["items"]).contains(&"syntax.unknown_statement"),
        "{first}"
    );
    let again = pull(&mut client, first["resultId"].clone());
    assert_eq!(
        (again["kind"].as_str(), &again["resultId"]),
        (Some("unchanged"), &first["resultId"])
    );
    client.change(&file, 2, json!([{ "text": "" }]));
    let empty = pull(&mut client, first["resultId"].clone());
    assert_eq!(
        (empty["kind"].as_str(), codes(&empty["items"]).len()),
        (Some("full"), 0)
    );
    client.settled();
    let pushes = client
        .notifications
        .iter()
        .filter(|it| it["method"] == "textDocument/publishDiagnostics");
    assert_eq!(pushes.count(), 0);
    client.shut_down();
}

#[test]
fn the_whole_workspace_can_be_pulled_and_a_refresh_is_asked_for() {
    let service = "service Orders { owner Platform }\n";
    let (_dir, root) = folder(&[("a.arch", "team Platform\n"), ("b.arch", service)]);
    let (teams, services) = (uri(&root.join("a.arch")), uri(&root.join("b.arch")));
    let mut client = Client::start(&root, rich());
    let pull = |client: &mut Client, previous: Value| {
        client.result("workspace/diagnostic", json!({ "previousResultIds": previous }))["items"]
            .as_array()
            .expect("a list")
            .clone()
    };
    let first = pull(&mut client, json!([]));
    assert_eq!(first.len(), 2, "{first:?}");
    let known: Vec<Value> = first
        .iter()
        .map(|it| json!({ "uri": it["uri"], "value": it["resultId"] }))
        .collect();
    let again = pull(&mut client, json!(known));
    assert!(again.iter().all(|it| it["kind"] == "unchanged"), "{again:?}");
    client.settled();
    client.requests.clear();
    client.open(&teams, 5, "team Other\n");
    client.settled();
    let refreshes = client
        .requests
        .iter()
        .filter(|it| it["method"] == "workspace/diagnostic/refresh")
        .count();
    assert!(refreshes >= 1, "{:?}", client.requests);
    let after = pull(&mut client, json!(known));
    let of = |uri: &str| after.iter().find(|it| it["uri"] == uri).expect("reported");
    assert_eq!(of(&teams)["version"], 5);
    assert!(
        codes(&of(&services)["items"]).contains(&"name.unknown"),
        "{after:?}"
    );
    // A file that went away is reported empty.
    let gone = pull(&mut client, json!([{ "uri": "file:///gone.arch", "value": "x" }]));
    let gone = gone
        .iter()
        .find(|it| it["uri"] == "file:///gone.arch")
        .expect("reported");
    assert_eq!(codes(&gone["items"]).len(), 0);
    client.shut_down();
}
