//! Every repair that the parser knows is offered in the editor, and named by `check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use archwright_grammar::ast::SyntaxError;
use archwright_grammar::line_index::{Encoding, LineIndex};
use archwright_grammar::parser::file_errors;
use serde_json::{Value, json};

use crate::client::{Client, rich, uri};
use crate::support::{folder, outcome, repository, write};

/// The texts of the corpus of broken inputs that hold an error with a repair.
fn repairable() -> Vec<(String, String, Vec<SyntaxError>)> {
    let mut found = Vec::new();
    let mut folders = vec![repository().join("grammar/corpus/err")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the corpus is there") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "arch") {
                // Two are no UTF-8; nothing is parsed there.
                let Ok(text) = std::fs::read_to_string(&path) else {
                    continue;
                };
                let text = text.trim_start_matches('\u{feff}').to_owned();
                let mut errors = file_errors(&text);
                errors.retain(|error| error.fix.is_some());
                if !errors.is_empty() {
                    found.push((name(&path), text, errors));
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// A name for a copy, which says where the original is.
fn name(path: &Path) -> String {
    let below = path
        .strip_prefix(repository().join("grammar/corpus/err"))
        .expect("it is below");
    below.to_string_lossy().replace('/', "_")
}

fn title(error: &SyntaxError) -> &str {
    &error
        .fix
        .as_ref()
        .expect("only those with a repair are here")
        .title
}

#[test]
fn every_repair_is_offered_in_the_editor() {
    let texts = repairable();
    assert!(texts.len() > 100, "the corpus has shrunk: {}", texts.len());
    let (_dir, root) = folder(&[]);
    let mut client = Client::start(&root, rich());
    let mut repaired = 0;
    for (name, text, errors) in &texts {
        // Each is a blueprint of its own: what one holds is no news to the others.
        let file = uri(&root.join(name));
        client.open(&file, 1, text);
        let lines = LineIndex::new(text);
        let place = |offset: u32| {
            let place = lines.position(text, offset, Encoding::Utf8);
            json!({ "line": place.line, "character": place.column })
        };
        for error in errors {
            let fix = error.fix.as_ref().expect("a repair");
            let asked = json!({
                "textDocument": { "uri": file },
                "range": { "start": place(error.span.start), "end": place(error.span.end) },
                "context": { "diagnostics": [], "only": ["quickfix"] },
            });
            let actions = client.result("textDocument/codeAction", asked);
            let offered = actions
                .as_array()
                .expect("a list")
                .iter()
                .filter(|it| it["title"] == fix.title);
            let edits: Vec<Value> = offered
                .map(|action| {
                    let resolved = client.result("codeAction/resolve", action.clone());
                    resolved["edit"]["documentChanges"][0]["edits"][0].clone()
                })
                .collect();
            let range = json!({ "start": place(fix.span.start), "end": place(fix.span.end) });
            assert!(
                edits.iter().any(|edit| edit["range"] == range
                    && edit["newText"]
                        .as_str()
                        .is_some_and(|it| it.replace("\r\n", "\n") == fix.text.replace("\r\n", "\n"))),
                "{name}: {} is offered as {edits:?}, among {actions}",
                fix.title
            );
            repaired += 1;
        }
        client.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": file } }),
        );
    }
    assert!(repaired > 150, "only {repaired} repairs were tried");
    client.shut_down();
}

#[test]
fn every_repair_is_named_by_check() {
    let texts = repairable();
    let (_dir, root) = folder(&[]);
    for (name, text, _) in &texts {
        write(&root.join(name), text);
    }
    let (_, out, _) = outcome(&root, &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        let file = finding["file"].as_str().expect("a file");
        let fixes = finding["fixes"].as_array().expect("a list").iter();
        named
            .entry(file)
            .or_default()
            .extend(fixes.map(|fix| fix["title"].as_str().expect("a title")));
    }
    for (name, _, errors) in &texts {
        for error in errors {
            let known = named
                .get(name.as_str())
                .is_some_and(|titles| titles.contains(&title(error)));
            assert!(known, "{name}: {} is not named", title(error));
        }
    }
    let (name, _, errors) = &texts[0];
    let (_, out, _) = outcome(&root, &["check", name]);
    assert!(
        out.contains(&format!("fix (suggest): {}", title(&errors[0]))),
        "{out}"
    );
}
