//! Edits are applied in the order of the wire, whatever else is going on.

use serde_json::json;

use crate::client::{Client, pushed, uri};
use crate::support::{folder, outcome, write};

/// A small generator of repeatable numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

#[test]
fn five_thousand_rapid_edits_end_in_what_a_fresh_check_says() {
    let (_dir, root) = folder(&[]);
    let path = root.join("a.arch");
    let file = uri(&path);
    let mut client = Client::start(&root, pushed());
    let mut lines: Vec<String> = (0..40)
        .map(|n| format!("team T{n} {{ contact \"t{n}@x.test\" }}"))
        .collect();
    client.open(&file, 0, &(lines.join("\n") + "\n"));
    let mut numbers = Numbers(7);
    for version in 1..=5_000 {
        let at = numbers.below(lines.len());
        let new = match numbers.below(6) {
            0 => "service S { colour blue }".to_owned(),
            1 => "entity Lost {".to_owned(),
            2 => format!("team T{} {{ contact 7 }}", numbers.below(40)),
            3 => format!("service S{at} {{ owner T{} }}", numbers.below(60)),
            4 => String::new(),
            _ => format!("team T{at} {{ contact \"é🧪\" }}"),
        };
        let old = lines[at].len();
        let range =
            json!({ "start": { "line": at, "character": 0 }, "end": { "line": at, "character": old } });
        client.change(&file, version, json!([{ "range": range, "text": new }]));
        lines[at] = new;
        if version % 50 == 0 {
            // Requests in between hold snapshots, and are cancelled or retried.
            let id = client.ask(
                "textDocument/documentSymbol",
                json!({ "textDocument": { "uri": file } }),
            );
            if version % 100 == 0 {
                client.notify("$/cancelRequest", json!({ "id": id }));
            }
        }
    }
    client.diagnostics(&file, |params| params["version"] == 5_000);
    let shown: Vec<(String, String, u64, u64)> = client
        .settled()
        .remove(&file)
        .unwrap_or_default()
        .iter()
        .map(|it| {
            let start = &it["range"]["start"];
            let number = |key: &str| start[key].as_u64().expect("a number") + 1;
            let code = it["code"].as_str().expect("a code").to_owned();
            let message = it["message"]
                .as_str()
                .expect("a message")
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            (code, message, number("line"), number("character"))
        })
        .collect();
    client.shut_down();

    let text = lines.join("\n") + "\n";
    write(&path, &text);
    let (_, json, errors) = outcome(&root, &["check", "--format", "json"]);
    assert_eq!(errors, "");
    let report: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let fresh: Vec<(String, String, u64, u64)> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|it| it["state"] == "new")
        .map(|it| {
            let start = &it["range"]["start"];
            let line = start["line"].as_u64().expect("a number");
            // The session counts bytes, the report characters.
            let column = usize::try_from(start["column"].as_u64().expect("a number")).expect("small");
            let text = text
                .lines()
                .nth(usize::try_from(line).expect("small") - 1)
                .unwrap_or_default();
            let bytes: usize = text.chars().take(column - 1).map(char::len_utf8).sum();
            let message = it["message"]
                .as_str()
                .expect("a message")
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned();
            (
                it["code"].as_str().expect("a code").to_owned(),
                message,
                line,
                bytes as u64 + 1,
            )
        })
        .collect();
    assert!(!fresh.is_empty());
    let sorted = |mut list: Vec<(String, String, u64, u64)>| {
        list.sort();
        list
    };
    assert_eq!(sorted(shown), sorted(fresh));
}

#[test]
fn many_requests_at_once_are_all_answered() {
    let (_dir, root) = folder(&[("a.arch", "team A\nservice S { owner A }\n")]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, "team A\nservice S { owner A }\n");
    let ids: Vec<i64> = (0..400)
        .map(|n| {
            if n % 10 == 0 {
                client.change(
                    &file,
                    n,
                    json!([{ "text": format!("team A\nservice S{n} {{ owner A }}\n") }]),
                );
            }
            let at = json!({ "textDocument": { "uri": file }, "position": { "line": 1, "character": 20 } });
            client.ask("textDocument/hover", at)
        })
        .collect();
    for id in ids {
        let answer = client.answer(id);
        assert!(answer.get("error").is_none(), "{answer}");
    }
    client.shut_down();
}

#[test]
fn a_cancelled_request_is_answered_at_once() {
    let (_dir, root) = folder(&[]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, pushed());
    client.open(&file, 1, &"team A\n".repeat(5_000));
    let ids: Vec<i64> = (0..50)
        .map(|_| {
            let id = client.ask(
                "textDocument/documentSymbol",
                json!({ "textDocument": { "uri": file } }),
            );
            client.notify("$/cancelRequest", json!({ "id": id }));
            id
        })
        .collect();
    let mut cancelled = 0;
    for id in ids {
        let answer = client.answer(id);
        match answer["error"]["code"].as_i64() {
            Some(code) => {
                assert_eq!(code, -32800, "{answer}");
                cancelled += 1;
            }
            None => assert!(answer["result"].is_array(), "{answer}"),
        }
    }
    assert!(
        cancelled > 0,
        "checking five thousand teams takes longer than cancelling"
    );
    client.notify("$/cancelRequest", json!({ "id": 9_999 }));
    client.shut_down();
}
