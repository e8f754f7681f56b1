//! Entities, events, circles: what is right only as a whole.

use super::{field, found, none};
use crate::testing::{diagnostics, fixed};

#[test]
fn an_entity_has_one_identity() {
    let of = |fields: &str| found(&format!("service S {{ entity E {{ {fields} }} }}\n"));
    assert_eq!(of("name: string"), ["type.identity E"]);
    assert_eq!(of("a: uuid @id; b: uuid @id"), ["type.identity @id"]);
    assert_eq!(of("id: uuid? @id"), ["type.attribute @id"]);
    assert_eq!(of("id: [uuid] @id"), ["type.attribute @id"]);
    assert_eq!(of("id: bool @id"), ["type.attribute @id"]);
    assert_eq!(of("id: float @id"), ["type.attribute @id"]);
    assert_eq!(of("id: int = 5 @id"), ["type.attribute 5"]);
    none(&of("code: string @id; owner: ref E"));
    none(&found(
        "service S { entity E { id: Code @id }; enum Code { a, b } }\n",
    ));
    let with = |text: &str, title: &str| fixed(&format!("service S {{ entity E {{ {text} }} }}\n"), title);
    assert!(with("name: string", "Add `id: uuid @id`").contains("id: uuid @id"));
    assert!(with("id: uuid; a: int", "Make `id` the identity").contains("id: uuid @id; a: int"));
    assert!(with("id: uuid? @id", "Remove the `?`").contains("{ id: uuid @id }"));
}

#[test]
fn what_is_half_typed_lacks_nothing() {
    for text in [
        "service S { entity E { name: } }\n",
        "service S {\n  entity E {\n",
        "enum K {\n",
        "type T {\nservice S {\n  type P of E {\n",
    ] {
        let found = found(text);
        assert!(found.iter().any(|one| one.starts_with("syntax.")), "{found:?}");
        assert!(!found.iter().any(|one| one.starts_with("type.")), "{found:?}");
    }
}

#[test]
fn what_has_nothing_in_it_is_told() {
    assert_eq!(found("enum K { }\n"), ["type.empty K"]);
    assert_eq!(found("type T { }\n"), ["type.empty T"]);
    assert_eq!(
        found(
            "service S { enum K { }; type T { }; entity E { }; entity F { id: uuid @id }; type P of F { } }\n"
        ),
        ["type.empty K", "type.empty T", "type.empty E", "type.empty P"]
    );
    none(&found("service S { event E v1; event F v1 { } }\n"));
}

#[test]
fn lists_of_fields_are_judged() {
    assert_eq!(field("index (id, id)"), ["name.duplicate id"]);
    assert_eq!(
        field("a: int; index (id, a); index (a, id); index (id, a)"),
        ["name.duplicate index (id, a"]
    );
    assert_eq!(field("a: [int]; unique (a)"), ["type.misplaced a"]);
    assert_eq!(field("a: json; unique (id, a)"), ["type.misplaced a"]);
    assert_eq!(field("a: Address; index (a)"), ["type.misplaced a"]);
    assert_eq!(field("a: string; partition by a monthly"), ["type.misplaced a"]);
    assert_eq!(field("a: Address; index (a.town)"), ["name.unknown a.town"]);
    assert_eq!(
        field("a: { city: string }; index (a.town)"),
        ["name.unknown a.town"]
    );
    assert_eq!(field("a: int; index (a.town)"), ["name.unknown a.town"]);
    none(&field(
        "a: [int]; b: json; index (a); index (b); unique (id, s); s: string; partition by s",
    ));
    none(&field(
        "a: Address; b: { c: int }; index (a.city); index (b.c); t: date; partition by t daily",
    ));
    let event = |text: &str| found(&format!("service S {{ event E v1 {{ {text} }} }}\n"));
    assert_eq!(event("key a, a; a: uuid"), ["name.duplicate a"]);
    assert_eq!(event("key a; a: [uuid]"), ["type.misplaced a"]);
    none(&event("key a, b; a: uuid; b: string?"));
}

#[test]
fn nothing_contains_itself_for_ever() {
    assert_eq!(found("type A { a: A }\n"), ["type.cycle A"]);
    assert_eq!(
        found("type A { b: B }\ntype B { x: { a: A } }\n"),
        ["type.cycle B"]
    );
    assert_eq!(
        found("service S { entity E { id: uuid @id; e: E } }\n"),
        ["type.cycle E"]
    );
    assert_eq!(
        found("type A { b: B; c: C }\ntype B { a: A }\ntype C { a: A }\n"),
        ["type.cycle B"]
    );
    none(&found("type A { a: A?; b: [A]; c: { d: A? } }\n"));
    none(&found(
        "service S { entity E { id: uuid @id; e: ref E; t: T }; type T { e: ref E; p: patch E } }\n",
    ));
    let after = fixed("type A { a: A }\n", "Make the field optional");
    assert_eq!(after, "type A { a: A? }\n");
    let after = fixed(
        "service S { entity E { id: uuid @id; e: E } }\n",
        "Refer to it with `ref`",
    );
    assert!(after.contains("e: ref E }"), "{after}");
}

#[test]
fn nothing_leads_back_to_itself() {
    assert_eq!(found("role A includes A\n"), ["type.cycle A"]);
    assert_eq!(found("role A includes B\nrole B includes A\n"), ["type.cycle B"]);
    assert_eq!(
        found("decision A \"a\" { supersedes B }\ndecision B \"b\" { supersedes A }\n"),
        ["type.cycle B"]
    );
    assert_eq!(found("environment A { data from A masked }\n"), ["type.cycle A"]);
    assert_eq!(found("service S { store A: postgres on A }\n"), ["type.cycle A"]);
    assert_eq!(
        found("service S { store A: postgres on T.B }\nservice T { store B: postgres on S.A }\n"),
        ["type.cycle T.B"]
    );
    assert_eq!(found("context A { uses A }\n"), ["type.cycle A"]);
    assert_eq!(
        found("service S { component A in domain { uses A } }\n"),
        ["type.cycle A"]
    );
    assert_eq!(
        found("service S { endpoint e POST /x { calls S.e } }\n"),
        ["type.cycle S.e"]
    );
    assert_eq!(
        found(
            "service S { endpoint e POST /x { calls T.f { compensated by T.f } } }\nservice T { endpoint f POST /f }\n"
        ),
        ["type.cycle T.f"]
    );
    none(&found("role A\nrole B includes A\nrole C includes A, B\n"));
    none(&found("context A { uses B }\ncontext B { uses A }\n"));
    none(&found("environment A\nenvironment B { data from A masked }\n"));
    none(&found(
        "service S { store A: postgres; store B: postgres on A; store C: postgres on B }\n",
    ));
}

#[test]
fn a_circle_says_its_way() {
    let text = "type A { b: B }\ntype B { c: C }\ntype C { a: A }\n";
    let all = diagnostics(text);
    let circle = all
        .iter()
        .find(|found| found.code == "type.cycle")
        .expect("a circle");
    assert!(circle.message.contains("(A → B → C → A)"), "{}", circle.message);
    let related: Vec<&str> = circle.related.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(related, ["`B` contains `C`", "`C` contains `A`"]);
}

#[test]
fn stores_that_are_one_are_of_one_kind() {
    let of = |kind: &str| {
        found(&format!(
            "service S {{ store A: postgres }}\nservice T {{ store B: {kind} on S.A }}\n"
        ))
    };
    assert_eq!(of("mysql"), ["type.mismatch S.A"]);
    none(&of("postgres"));
    none(&of("sql"));
}

#[test]
fn a_projection_can_close_a_circle() {
    assert_eq!(
        found("service S { entity E { id: uuid @id; p: P }; type P of E { id, p } }\n"),
        ["type.cycle p"]
    );
    none(&found(
        "service S { entity E { id: uuid @id; p: P }; type P of E { id } }\n",
    ));
}

#[test]
fn edits_of_one_item_are_seen_in_the_others() {
    let host_of = |texts: [&str; 2]| {
        let mut host = crate::Host::new(crate::Config::default());
        for (path, text) in ["a.arch", "b.arch"].iter().zip(texts) {
            host.set_file(path, text);
        }
        host.settle();
        host
    };
    let view = |host: &crate::Host| -> Vec<String> {
        host.files()
            .into_iter()
            .flat_map(|(file, path)| {
                host.diagnostics(file)
                    .into_iter()
                    .map(move |found| format!("{path} {} {:?} {}", found.code, found.at.range, found.message))
            })
            .collect()
    };
    let one = "type A { b: B }\nservice S { entity E { id: uuid @id }; endpoint e GET /e -> page T { public } }\nrole R includes Q\n";
    let states = [
        "type B { a: int }\ntype T { a: int }\nrole Q\n",
        "type B { a: A }\nrole Q includes R\n",
        "type B { a: A? }\nenum T { a }\nrole Q includes Q\n",
        "type B { a: A }\ntype T { a: A }\n",
        "",
    ];
    let mut host = host_of([one, states[0]]);
    for state in states.iter().chain(states.iter().rev()) {
        host.set_file("b.arch", state);
        host.settle();
        assert_eq!(view(&host), view(&host_of([one, state])), "{state}");
    }
}
