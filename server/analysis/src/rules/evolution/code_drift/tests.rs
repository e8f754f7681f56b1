use crate::{
    Host,
    imports::{Document, Imports, Operation},
};

const CODE: &str = "evolution.code_drift";

/// `GET /api/v1/x = /v1/x`: the path that clients use, and others that it may be meant to have.
fn operation(text: &str) -> Operation {
    let (route, also) = text.split_once(" = ").unwrap_or((text, ""));
    let (method, path) = route.split_once(' ').expect("a method and a path");
    Operation {
        method: method.into(),
        path: path.into(),
        also: also.split(' ').filter(|path| !path.is_empty()).map(Into::into).collect(),
        id: None,
    }
}

fn host(text: &str, documents: Vec<Document>) -> Host {
    let mut host = crate::testing::host(text);
    let mut imports = Imports::default();
    for document in documents {
        imports.add("Orders", "api.yaml", document);
    }
    host.set_imports(imports);
    host.settle();
    host
}

fn told(host: &Host) -> Vec<String> {
    let file = host.file("main.arch").expect("set above");
    let found = host.diagnostics(file).into_iter().filter(|found| found.code == CODE);
    found
        .map(|found| {
            let at = host.position(file, found.at.range.start, crate::Encoding::Utf32);
            format!("{} {} {}: {}", at.line + 1, found.severity.word(), found.element, found.message)
        })
        .collect()
}

fn against(members: &str, operations: &[&str]) -> Vec<String> {
    let operations = operations.iter().map(|text| operation(text)).collect();
    told(&host(&format!("service Orders {{\n{members}\n}}\n"), vec![Document::Operations(operations)]))
}

fn events(members: &str, names: &[&str]) -> Vec<String> {
    let names = names.iter().map(|name| (*name).into()).collect();
    told(&host(&format!("service Orders {{\n{members}\n}}\n"), vec![Document::Events(names)]))
}

const FIND: &str = "endpoint find GET /v1/orders/{id}";

#[test]
fn what_the_service_lacks_is_one_finding() {
    let found = against(FIND, &["GET /v1/orders/{order_id}/", "POST /v1/orders", "DELETE /v1/orders/{id}"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("1 warning Orders: api.yaml has 2 operations that `Orders` lacks (`POST /v1/orders`, `DELETE /v1/orders/{id}`)"),
        "{found:?}"
    );
    let many: Vec<String> = (0..9).map(|number| format!("GET /v1/a{number}")).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    many.push("GET /v1/orders/{id}");
    let found = against(FIND, &many);
    assert!(found[0].contains("9 operations") && found[0].contains("`GET /v1/a2` and 6 more)"), "{found:?}");
}

#[test]
fn what_the_document_lacks_stands_at_the_endpoint() {
    let found = against(&format!("{FIND}\nendpoint place POST /v1/orders"), &["GET /v1/orders/{id}"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("3 warning Orders.place: "), "{found:?}");
    let found = against(
        &format!("{FIND}\nendpoint change PATCH /v1/orders/{{id}}"),
        &["GET /v1/orders/{id}", "PUT /v1/orders/{id}"],
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("3 warning Orders.change: ") && found[0].contains("has `PUT` there"), "{found:?}");
}

#[test]
fn nothing_in_common_is_one_finding() {
    let found = against(&format!("{FIND}\nendpoint place POST /v1/orders"), &["GET /v1/bills", "GET /v1/bills/{id}"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("1 warning Orders: none of the 2 endpoints"), "{found:?}");
}

#[test]
fn what_says_nothing_about_the_architecture_is_passed_over() {
    let house = [
        "GET /v1/orders/{id}", "GET /health", "GET /healthz", "GET /ready", "GET /live", "GET /metrics", "GET /docs",
        "GET /docs/oauth2-redirect", "GET /redoc", "GET /openapi.json", "GET /api/v1/health", "OPTIONS /v1/orders", "HEAD /v1/orders",
    ];
    assert!(against(FIND, &house).is_empty());
    let own = "endpoint health GET /health\nendpoint look HEAD /v1/orders/{id}\nendpoint sync POST /v1/sync { internal }";
    assert!(against(&format!("{FIND}\n{own}"), &house[..1]).is_empty());
    // A list of documents is not the documentation, and what is changed is no probe.
    assert_eq!(against(FIND, &["GET /v1/orders/{id}", "GET /v1/orders/{id}/docs", "POST /health"]).len(), 1);
}

#[test]
fn webhooks_and_what_a_gateway_forwards_need_no_counterpart() {
    let text = format!("vendor Stripe: stripe\nservice Bills {{ }}\nservice Orders {{\n{FIND}\nwebhook paid from Stripe POST /hooks/stripe\n}}\n");
    let documents = |all: &[&str]| vec![Document::Operations(all.iter().map(|one| operation(one)).collect())];
    assert!(told(&host(&text, documents(&["GET /v1/orders/{id}"]))).is_empty());
    assert!(told(&host(&text, documents(&["GET /v1/orders/{id}", "POST /hooks/stripe"]))).is_empty());
    let text = format!("service Bills {{ }}\nservice Orders {{\nkind gateway\nroute /v1/bills/* -> Bills\n{FIND}\n}}\n");
    assert!(told(&host(&text, documents(&["GET /v1/orders/{id}", "GET /v1/bills/{id}"]))).is_empty());
}

#[test]
fn paths_of_servers_may_be_there_or_not() {
    assert!(against(FIND, &["GET /api/v1/orders/{id} = /v1/orders/{id}"]).is_empty());
    assert!(against(FIND, &["GET /v1/orders/{id} = /orders/{id}"]).is_empty());
}

#[test]
fn resources_offer_their_operations() {
    let text = "entity Order { id: uuid @id }\nresource Order at /v1/orders { list; get }";
    assert!(against(text, &["GET /v1/orders", "GET /v1/orders/{id}"]).is_empty());
    assert_eq!(against(text, &["GET /v1/orders"]).len(), 1);
}

#[test]
fn events_are_compared_by_their_names() {
    let own = "event OrderPlaced v1 { id: uuid }";
    assert!(events(own, &["order.placed.v1"]).is_empty());
    let found = events(own, &["OrderPlaced", "order_cancelled"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("1 warning Orders: api.yaml has one event that `Orders` lacks (`order_cancelled`)"), "{found:?}");
    let found = events(own, &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("2 warning Orders.OrderPlaced: "), "{found:?}");
}

#[test]
fn without_a_document_and_with_a_broken_text_it_is_silent() {
    let text = format!("service Orders {{\n{FIND}\nendpoint place POST /v1/orders\n}}\n");
    assert!(told(&host(&text, Vec::new())).is_empty());
    let only = vec![Document::Operations(vec![operation("GET /v1/other")])];
    assert!(told(&host(&text.replace("service Orders", "service Bills"), only.clone())).is_empty());
    assert!(told(&host(&text.replace("\n}\n", "\nendpoint }\n"), only)).is_empty());
}

#[test]
fn stubs_can_be_added() {
    let mut first = operation("GET /v1/orders/{orderId}/lines/");
    first.id = Some("listLines".into());
    let all = ["GET /v1/orders/{id}", "POST /v1/find"].map(operation);
    let operations = [first].into_iter().chain(all).collect();
    let text = format!("service Orders {{\n  {FIND}\n}}\n");
    let host = host(&text, vec![Document::Operations(operations)]);
    let file = host.file("main.arch").expect("set above");
    let found = host.diagnostics(file).into_iter().find(|found| found.code == CODE).expect("one");
    let fix = found.fixes.iter().find(|fix| fix.title == "Add 2 endpoints").expect("it is offered");
    let mut after = text;
    for edit in fix.edit.files[0].1.iter().rev() {
        after.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
    }
    assert!(
        after.contains("  endpoint list_lines GET /v1/orders/{order_id}/lines\n  endpoint post_find POST /v1/find\n"),
        "{after}"
    );
}
