//! `[imports]` of `archwright.toml`: what documents of services are compared with, and what is told of those that cannot be read.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{folder, outcome, write};

const ORDERS: &str = "service Orders {
  endpoint find GET /v1/orders/{id}
  endpoint place POST /v1/orders
  event OrderPlaced v1 { id: uuid }
}
";
const JSON: &str = r#"{
  "openapi": "3.1.0",
  "info": { "title": "Orders", "version": "1" },
  "paths": {
    "/v1/orders/{order_id}": { "get": { "responses": {} } },
    "/v1/orders": { "post": { "responses": {} } },
    "/health": { "get": { "responses": {} } }
  }
}
"#;
const YAML: &str = "openapi: 3.0.3
info: { title: Orders, version: 1 }
servers:
  - url: https://api.example.org/v1
paths:
  /orders/{order_id}:
    get: { responses: { 200: { description: An order } } }
    delete: { responses: { 204: { description: Gone } } }
";
const EVENTS: &str = "asyncapi: 3.0.0
info: { title: Orders, version: '1' }
channels:
  orders: { messages: { order.placed: {} } }
";

/// Exit code, findings of the rule and of the configuration as `file:line element message`.
fn check(root: &Path) -> (i32, Vec<String>) {
    let (code, out, errors) = outcome(root, &["check", "--profile", "recommended", "--format", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{errors}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = document["findings"].as_array().expect("a list");
    let found = found
        .iter()
        .filter(|found| found["code"] == "evolution.code_drift" || found["code"] == "config.invalid")
        .map(|found| {
            let place = format!("{}:{}", text(&found["file"]), found["range"]["start"]["line"]);
            format!("{place} {} {}", text(&found["element"]), text(&found["message"]))
        });
    (code, found.collect())
}

fn against(imports: &str, files: &[(&str, &str)]) -> (i32, Vec<String>) {
    let config = format!("[imports]\n{imports}\n");
    let mut all = vec![("archwright.toml", config.as_str()), ("orders.arch", ORDERS)];
    all.extend_from_slice(files);
    let (_dir, root) = folder(&all);
    check(&root)
}

#[test]
fn documents_are_compared_with_their_service() {
    let files = [
        ("api/orders.json", JSON),
        ("api/orders.yaml", YAML),
        ("api/events.yml", EVENTS),
    ];
    let (code, found) = against("Orders = [\"api/orders.json\", \"./api/events.yml\"]", &files);
    assert_eq!((code == 2, found), (false, Vec::new()));
    let (code, found) = against("Orders = \"api/orders.yaml\"", &files);
    assert!(code < 2, "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].contains("Orders api/orders.yaml has one operation"),
        "{found:?}"
    );
    assert!(found[0].contains("`DELETE /v1/orders/{order_id}`"), "{found:?}");
    assert!(found[1].contains("Orders.place "), "{found:?}");
}

#[test]
fn what_cannot_be_read_is_told_at_its_line() {
    let wrong = |path: &str, files: &[(&str, &str)]| {
        let (code, found) = against(&format!("Orders = \"{path}\""), files);
        assert_eq!((code, found.len()), (2, 1), "{path}: {found:?}");
        assert!(found[0].starts_with("archwright.toml:2 "), "{found:?}");
        found[0].clone()
    };
    assert!(wrong("none.json", &[]).contains("does not exist, so `Orders` is not compared"));
    assert!(wrong("../secret.json", &[]).contains("inside the blueprint"));
    assert!(wrong("/etc/passwd", &[]).contains("inside the blueprint"));
    assert!(wrong("api", &[("api/x.json", JSON)]).contains("is a folder"));
    assert!(wrong("a.json", &[("a.json", &JSON[..60])]).contains("is not valid JSON"));
    assert!(wrong("a.yaml", &[("a.yaml", "openapi: 3.1.0\npaths: [\n")]).contains("is not valid YAML"));
    assert!(wrong("a.yaml", &[("a.yaml", "swagger: '2.0'\n")]).contains("OpenAPI 2.0"));
    assert!(wrong("a.yaml", &[("a.yaml", "x: y\n")]).contains("neither"));
}

#[test]
fn huge_documents_and_links_are_refused() {
    let (_dir, root) = folder(&[
        ("archwright.toml", "[imports]\nOrders = \"a.json\"\n"),
        ("orders.arch", ORDERS),
    ]);
    let file = std::fs::File::create(root.join("a.json")).expect("made");
    file.set_len(11 * 1024 * 1024).expect("grown");
    let (code, found) = check(&root);
    assert!(code == 2 && found[0].contains("has more than 10 MB"), "{found:?}");
    #[cfg(unix)]
    {
        let outside = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("a.json"), JSON).expect("written");
        std::fs::remove_file(root.join("a.json")).expect("it was there");
        std::os::unix::fs::symlink(outside.path().join("a.json"), root.join("a.json")).expect("link");
        let (code, found) = check(&root);
        assert!(
            code == 2 && found[0].contains("goes through the link"),
            "{found:?}"
        );
    }
}

#[test]
fn a_service_that_is_not_there_is_told() {
    let (code, found) = against("Order = \"a.json\"", &[("a.json", JSON)]);
    assert!(code < 2, "{found:?}");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("no service `Order`"), "{found:?}");
}

#[test]
fn the_document_may_be_the_one_that_is_generated() {
    let (_dir, root) = folder(&[(
        "archwright.toml",
        "[imports]\nOrders = \"services/orders/openapi.json\"\n",
    )]);
    write(&root.join("orders.arch"), ORDERS);
    let (_, _, errors) = outcome(&root, &["generate", "--dry-run"]);
    assert!(!errors.contains("does not exist"), "{errors}");
    assert!(!errors.contains("could not be read as a whole"), "{errors}");
}
