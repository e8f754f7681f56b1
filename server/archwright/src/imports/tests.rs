use archwright_analysis::imports::{Document, Operation};

use super::read;

fn operations(text: &str) -> Vec<String> {
    match read(text) {
        Ok(Document::Operations(all)) => all.iter().map(told).collect(),
        other => panic!("{other:?}"),
    }
}

fn told(operation: &Operation) -> String {
    let also = operation.also.join(" ");
    format!("{} {} {also}", operation.method, operation.path)
        .trim_end()
        .to_owned()
}

fn events(text: &str) -> Vec<String> {
    match read(text) {
        Ok(Document::Events(all)) => all.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn json_and_yaml_say_the_same() {
    let json = r#"{"openapi":"3.1.0","paths":{"/a/{id}":{"get":{"operationId":"getA"},"parameters":[],"post":{}},"x-note":1}}"#;
    let yaml = "openapi: 3.1.0\npaths:\n  /a/{id}:\n    get:\n      operationId: getA\n      responses:\n        200: { description: OK }\n        default: {}\n    post: {}\n    parameters: []\n    head: {}\n  x-note: 1\n";
    assert_eq!(operations(json), ["GET /a/{id}", "POST /a/{id}"]);
    assert_eq!(operations(json), operations(yaml));
    assert_eq!(operations(&format!("\u{feff}{json}")), operations(json));
    assert_eq!(operations("openapi: 3.1\n"), Vec::<String>::new());
    assert_eq!(operations("{openapi: 3.0.3, paths: {/x: {get: {}}}}"), ["GET /x"]);
}

#[test]
fn the_nearest_servers_count() {
    let text = "openapi: 3.0.0\nservers:\n  - url: https://{where}.example.org/{base}/\n    variables: { where: { default: eu }, base: { default: api/v1 } }\n  - url: http://localhost:8080\npaths:\n  /a:\n    get: {}\n    post: { servers: [{ url: /other }] }\n  /b:\n    servers: [{ url: ./ }]\n    get: {}\n";
    assert_eq!(
        operations(text),
        ["GET /api/v1/a /a", "POST /other/a /a", "GET /b"]
    );
}

#[test]
fn references_inside_are_followed() {
    let text = "openapi: 3.1.0\npaths:\n  /a: { $ref: '#/components/pathItems/A~1' }\ncomponents:\n  pathItems:\n    A/: { get: {} }\n";
    assert_eq!(operations(text), ["GET /a"]);
    let wrong = |text: &str| read(text).expect_err("it is wrong");
    assert!(wrong("openapi: 3.1.0\npaths: { /a: { $ref: 'a.yaml' } }").contains("bundle it"));
    assert!(wrong("openapi: 3.1.0\npaths: { /a: { $ref: '#/b' } }").contains("not in it"));
    assert!(wrong("openapi: 3.1.0\npaths: { /a: { $ref: '#/paths/~1a' } }").contains("circles"));
}

#[test]
fn only_what_is_sent_counts() {
    let text = "asyncapi: 3.0.0\nchannels:\n  orders:\n    messages:\n      placed: { $ref: '#/components/messages/OrderPlaced' }\n      lost: { name: order.lost }\n  bills: { messages: { paid: {} } }\noperations:\n  a: { action: send, channel: { $ref: '#/channels/orders' } }\n  b: { action: receive, channel: { $ref: '#/channels/bills' } }\n  c: { action: send, channel: { $ref: '#/channels/orders' }, messages: [{ $ref: '#/channels/orders/messages/lost' }] }\ncomponents: { messages: { OrderPlaced: {} } }\n";
    let mut all = events(text);
    all.sort();
    assert_eq!(all, ["OrderPlaced", "order.lost"]);
    assert_eq!(
        events("asyncapi: 3.0.0\nchannels: { a: { messages: { paid: {} } } }"),
        ["paid"]
    );
}

#[test]
fn what_is_no_document_is_told() {
    let wrong = |text: &str| read(text).expect_err("it is wrong");
    assert_eq!(
        wrong("swagger: '2.0'\n"),
        "is OpenAPI 2.0, and only version 3 can be read"
    );
    assert_eq!(
        wrong("asyncapi: 2.6.0\n"),
        "is AsyncAPI 2.6.0, and only version 3 can be read"
    );
    assert_eq!(
        wrong("a: b\n"),
        "is neither an OpenAPI 3 nor an AsyncAPI 3 document"
    );
    assert_eq!(
        wrong("[1, 2]"),
        "is neither an OpenAPI 3 nor an AsyncAPI 3 document"
    );
    assert!(wrong("openapi: [3\npaths:").starts_with("is not valid YAML: "));
    assert!(wrong("{\"openapi\": \"3.1.0\",\n \"paths\": {\n").starts_with("is not valid JSON: "));
    assert!(wrong("openapi: 3.1.0\npaths: 3\n").contains("`paths`"));
}

#[test]
fn hostile_documents_do_no_harm() {
    let deep = format!(
        "openapi: 3.1.0\npaths: {}{}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(read(&deep).is_err());
    let deep = format!("{{\"openapi\": \"3.1.0\", \"paths\": {}", "[".repeat(100_000));
    assert!(read(&deep).is_err());
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let before = vec![format!("*a{}", level - 1); 10].join(", ");
        laughs.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    assert!(read(&laughs).is_err());
}
