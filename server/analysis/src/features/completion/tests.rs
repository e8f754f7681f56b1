//! What is offered, and what is not.

use crate::{features::testing::Marked, testing::host};

fn labels(text: &str) -> Vec<String> {
    let marked = Marked::new(text);
    let host = host(&marked.text);
    let file = host.file("main.arch").expect("loaded");
    let entries = host
        .snapshot()
        .completion(file, marked.offset)
        .expect("nothing writes");
    entries.into_iter().map(|entry| entry.label).collect()
}

/// The text after the entry with a label was taken.
fn taken(text: &str, label: &str) -> String {
    let marked = Marked::new(text);
    let host = host(&marked.text);
    let file = host.file("main.arch").expect("loaded");
    let entries = host
        .snapshot()
        .completion(file, marked.offset)
        .expect("nothing writes");
    let entry = entries
        .iter()
        .find(|entry| entry.label == label)
        .unwrap_or_else(|| panic!("{label} in {entries:#?}"));
    let mut text = marked.text;
    text.replace_range(
        entry.replace.start as usize..entry.replace.end as usize,
        &entry.insert,
    );
    text
}

fn offers(text: &str, wanted: &[&str], unwanted: &[&str]) {
    let labels = labels(text);
    for label in wanted {
        assert!(
            labels.iter().any(|known| known == label),
            "{label} is missing in {labels:?}\nat {text}"
        );
    }
    for label in unwanted {
        assert!(
            !labels.iter().any(|known| known == label),
            "{label} should not be in {labels:?}\nat {text}"
        );
    }
}

const BEFORE: &str = "role Clinician: staff\nrole Patient\nauth Session: cookie\nteam Core\ncontext Lab\nvendor Stripe: stripe\nservice Catalog {\n  endpoint price GET /v1/price -> { ok: bool }\n}\n";
const SERVICE: &str = "service Orders in Lab {\n  store Db: postgres\n  enum Status { placed, done }\n  entity Order {\n    id: uuid @id\n    status: Status = placed\n    patient: uuid\n  }\n";

fn inside(line: &str) -> String {
    format!("{BEFORE}{SERVICE}  {line}\n}}\n")
}

fn in_endpoint(line: &str) -> String {
    inside(&format!(
        "endpoint get GET /v1/orders/{{id}} -> Order {{\n    reads Order\n    {line}\n  }}"
    ))
}

#[test]
fn items_at_top_level() {
    offers("$0", &["service", "system", "role"], &["allow", "field"]);
    offers(&format!("{BEFORE}\n$0"), &["service", "policy"], &["allow"]);
    offers(&format!("{BEFORE}ser$0"), &["service"], &["allow"]);
    assert!(taken("ser$0", "service").starts_with("service ${1:Name}"));
}

#[test]
fn statements_in_their_blocks() {
    offers(
        &inside("$0"),
        &["endpoint", "entity", "store"],
        &["allow", "list"],
    );
    offers(&in_endpoint("$0"), &["allow", "writes", "waive"], &["entity"]);
    offers(&in_endpoint("timeout 2s\n    $0"), &["allow"], &["timeout"]);
    offers(
        &inside("resource Order at /v1/orders {$0}"),
        &["list", "get"],
        &["allow"],
    );
    offers(
        &in_endpoint("calls Catalog.price { $0 }"),
        &["timeout", "retry", "breaker"],
        &["allow"],
    );
}

#[test]
fn names_of_the_kind_that_is_wanted() {
    offers(
        &in_endpoint("allow $0"),
        &["Clinician", "Patient", "any"],
        &["Session", "Order"],
    );
    offers(&in_endpoint("allow Clin$0"), &["Clinician"], &["Order"]);
    offers(&in_endpoint("auth $0"), &["Session", "none"], &["Clinician"]);
    offers(&in_endpoint("writes $0"), &["Order"], &["Clinician", "Status"]);
    offers(
        &in_endpoint("calls $0"),
        &["Catalog.price", "Stripe", "Catalog"],
        &["Order"],
    );
    offers(&in_endpoint("calls Catalog.$0"), &["price"], &["Stripe"]);
    offers(&in_endpoint("calls Catalog.pr$0"), &["price"], &["Stripe"]);
    assert!(taken(&in_endpoint("calls Catalog.pr$0"), "price").contains("calls Catalog.price\n"));
    offers(&inside("owner $0"), &["Core"], &["Orders"]);
    offers(&format!("{BEFORE}service New in $0"), &["Lab"], &["Core"]);
}

#[test]
fn words_that_follow() {
    offers(&in_endpoint("allow Patient $0"), &["where"], &["Clinician"]);
    offers(&in_endpoint("limit 60 per minute $0"), &["by"], &["minute"]);
    offers(
        &in_endpoint("limit 60 per minute by $0"),
        &["caller", "ip", "key"],
        &["by"],
    );
    offers(&inside("store Cache: $0"), &["postgres", "redis"], &["Order"]);
}

#[test]
fn types_and_attributes() {
    offers(
        &inside("entity Other {\n    id: $0\n  }"),
        &["uuid", "Order", "Status", "ref"],
        &["Clinician"],
    );
    offers(
        &inside("entity Other {\n    id: ref $0\n  }"),
        &["Order"],
        &["uuid", "Status"],
    );
    offers(
        &inside("entity Other {\n    id: uuid @$0\n  }"),
        &["@id", "@pii"],
        &["uuid"],
    );
    assert!(taken(&inside("entity Other {\n    id: uuid @i$0\n  }"), "@id").contains("id: uuid @id\n"));
    offers(
        &inside("endpoint one GET /v1/one (since: $0"),
        &["date", "Status"],
        &["Clinician"],
    );
    offers(
        &inside("endpoint one GET /v1/one -> $0"),
        &["Order", "page"],
        &["Clinician"],
    );
    offers(&inside("endpoint one $0"), &["GET", "POST"], &["Order"]);
}

#[test]
fn predicates_know_fields_values_and_the_caller() {
    offers(
        &in_endpoint("allow Patient where $0"),
        &["patient", "status", "id", "caller", "now"],
        &["placed"],
    );
    offers(
        &in_endpoint("allow Patient where patient == caller.$0"),
        &["id", "tenant"],
        &["status"],
    );
    offers(
        &inside("query open -> [Order] {\n    where status == $0\n  }"),
        &["placed", "done"],
        &[],
    );
    offers(
        &inside("query open -> [Order] {\n    where status $0\n  }"),
        &["==", "in"],
        &["placed"],
    );
    offers(
        &inside("query open -> [Order] {\n    order $0\n  }"),
        &["status", "patient"],
        &["placed"],
    );
    offers(
        &inside("entity Other {\n    status: Status = $0\n  }"),
        &["placed", "done"],
        &["caller"],
    );
}

#[test]
fn projections_offer_what_is_left() {
    offers(
        &inside("type Brief of Order { id, $0 }"),
        &["status", "patient"],
        &["id"],
    );
}

#[test]
fn rules_behind_waive() {
    offers(
        &in_endpoint("waive $0"),
        &["auth.missing_authorization"],
        &["allow"],
    );
    offers(
        &in_endpoint("waive auth.$0"),
        &["missing_authorization"],
        &["auth.missing_authorization"],
    );
}

#[test]
fn nothing_in_comments_and_texts() {
    assert_eq!(labels(&in_endpoint("// allow $0")), Vec::<String>::new());
    assert_eq!(
        labels(&in_endpoint("public because \"a $0\"")),
        Vec::<String>::new()
    );
}

#[test]
fn no_place_of_any_text_breaks_anything() {
    let text = format!(
        "{}é😀\r\nservice {{ endpoint\n",
        in_endpoint("allow Patient where patient == ")
    );
    let host = host(&text);
    let file = host.file("main.arch").expect("loaded");
    let snapshot = host.snapshot();
    for offset in 0..=text.len() as u32 + 2 {
        snapshot.completion(file, offset).expect("nothing writes");
        snapshot.hover(file, offset).expect("nothing writes");
        snapshot.definition(file, offset).expect("nothing writes");
        snapshot.references(file, offset, true).expect("nothing writes");
        snapshot.actions(file, offset..offset).expect("nothing writes");
    }
}
