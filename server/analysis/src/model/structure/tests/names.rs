//! Names, given and referred to.

use super::{found, none};
use crate::testing::{diagnostics, fixed};

#[test]
fn names_are_given_once() {
    assert_eq!(found("type T { a: int; a: int }\n"), ["name.duplicate a"]);
    assert_eq!(found("type T { x: { a: int; a: int } }\n"), ["name.duplicate a"]);
    assert_eq!(found("enum K { a, b, a }\n"), ["name.duplicate a"]);
    assert_eq!(
        found("service S { entity E { id: uuid @id }; type P of E { id, id } }\n"),
        ["name.duplicate id"]
    );
    assert_eq!(
        found("service S { event V v1 { a: uuid }; event V v2 { a: uuid }; event V v1 { a: uuid } }\n"),
        ["name.duplicate V"]
    );
    let resources = "service S { entity E { id: uuid @id }; resource E at /a { list; get }; resource E at /b { get; list } }\n";
    assert_eq!(found(resources), ["name.duplicate resource E at /b"]);
    none(&found(
        "service S { entity E { id: uuid @id }; resource E at /a { list }; resource E at /b { get } }\n",
    ));
    let lines = "service S { entity E { id: uuid @id }; resource E at /a { list; get; list } }\n";
    assert_eq!(found(lines), ["syntax.duplicate_statement list"]);
}

#[test]
fn wrong_statuses_are_shown_where_they_stand() {
    assert_eq!(found("error Fine 200 \"All is well.\"\n"), ["type.argument 200"]);
    assert_eq!(
        found("service S { error Odd 600 \"Odd.\" }\n"),
        ["type.argument 600"]
    );
    none(&found("error Gone 410 \"It is gone.\"\n"));
}

#[test]
fn references_name_what_is_needed() {
    let shared = "role R\nservice S { entity E { id: uuid @id }; event V v1 { a: uuid }; query q -> [E] { limit 1 }; endpoint e GET /e }\n";
    let with = |text: &str| found(&format!("{shared}{text}\n"));
    assert_eq!(with("service T { on S.V.v3 as h }"), ["name.unknown S.V.v3"]);
    assert_eq!(with("service T { on S.E as h }"), ["name.wrong_kind S.E"]);
    assert_eq!(with("service T { on S.q as h }"), ["name.wrong_kind S.q"]);
    assert_eq!(with("client W: web { listens S.Nope }"), ["name.unknown S.Nope"]);
    assert_eq!(with("client W: web { listens S.e }"), ["name.wrong_kind S.e"]);
    assert_eq!(with("auth A: jwt { issuer R }"), ["name.wrong_kind R"]);
    assert_eq!(
        with("service T { job j every 1d { erases Nope } }"),
        ["name.unknown Nope"]
    );
    assert_eq!(with("service T { cache c of S.e }"), ["name.wrong_kind S.e"]);
    assert_eq!(
        with("service T { resource R at /r { list } }"),
        ["name.wrong_kind R"]
    );
    assert_eq!(with("type T { a: ref R }"), ["name.wrong_kind R"]);
    assert_eq!(with("type T { a: ref S.V }"), ["name.wrong_kind S.V"]);
    none(&with("service T { on S.V.v1 as h }"));
}

#[test]
fn a_resource_adds_its_id_itself() {
    let of = |text: &str| {
        found(&format!(
            "vendor V: http\nservice S {{ entity E {{ id: uuid @id }}; {text} }}\n"
        ))
    };
    assert_eq!(of("resource E at /x/{id} { get }"), ["name.duplicate /x/{id}"]);
    // One copy is one mistake.
    assert_eq!(of("endpoint a GET /x; endpoint a GET /x"), ["name.duplicate a"]);
    none(&of(
        "resource E at /x/{id}/y { list }; resource E at /c/{clinic}/x { get }",
    ));
    let gateway = |routes: &str| {
        found(&format!(
            "service S {{ endpoint a GET /a }}\nservice Edge {{ kind gateway; {routes} }}\n"
        ))
    };
    assert_eq!(gateway("route /a -> Edge"), ["type.cycle Edge"]);
    none(&gateway("route /a -> S; route /a/* -> S; route /b -> S.a"));
}

#[test]
fn what_another_service_has_is_offered_with_its_service() {
    let text = "service Orders { entity Order { id: uuid @id }; event Placed v1 { order: uuid } }\n\
                service Billing { entity Invoice { id: uuid @id; order: ref Order }; on Placed as bill { dead_letter off } }\n";
    assert_eq!(found(text), ["name.unknown Order", "name.unknown Placed"]);
    assert!(fixed(text, "Change to `Orders.Order`").contains("order: ref Orders.Order }"));
    assert!(fixed(text, "Change to `Orders.Placed`").contains("on Orders.Placed as bill"));
    let data = "service Orders { entity Order { id: uuid @id } }\nvendor V: http { receives Order.id }\n";
    assert!(fixed(data, "Change to `Orders.Order.id`").contains("receives Orders.Order.id }"));
    let helps = |text: &str| -> Vec<Option<String>> {
        let all = diagnostics(text);
        let unknown = all.iter().filter(|found| found.code == "name.unknown");
        unknown.map(|found| found.help.clone()).collect()
    };
    let many = |count: usize| {
        let services: Vec<String> = (0..count)
            .map(|number| format!("service S{number} {{ entity Order {{ id: uuid @id }} }}\n"))
            .collect();
        format!("{}type T {{ a: ref Order }}\n", services.concat())
    };
    assert_eq!(
        helps(&many(2)),
        [Some("Did you mean `S0.Order` or `S1.Order`?".to_owned())]
    );
    // Among many none is likelier than another.
    assert_eq!(helps(&many(4)), [None]);
}

#[test]
fn the_versions_of_an_event_are_offered() {
    let text = "service S { event V v1 { a: uuid }; event V v2 { a: uuid } }\nservice T { on S.V.v3 as h { dead_letter off } }\n";
    assert!(fixed(text, "Change to `S.V.v1`").contains("on S.V.v1 as h"));
}

#[test]
fn names_of_other_languages_are_explained() {
    let of = |ty: &str| format!("service S {{ entity E {{ id: uuid @id; a: {ty} }} }}\n");
    for (ty, here) in [
        ("boolean", "bool"),
        ("Integer", "int"),
        ("bigint", "long"),
        ("datetime", "instant"),
        ("varchar", "string"),
    ] {
        assert_eq!(found(&of(ty)), [format!("name.unknown {ty}")]);
        assert_eq!(fixed(&of(ty), &format!("Change to `{here}`")), of(here));
    }
    // What the blueprint itself has is likelier.
    let own = of("number").replace("entity", "type Number { n: int }; entity");
    assert!(fixed(&own, "Change to `Number`").contains("a: Number }"));
    let allow = "auth A: cookie\nservice S { auth A; endpoint e GET /e { allow everyone } }\n";
    assert!(fixed(allow, "Change to `any`").contains("{ allow any }"));
    let row = "role R\nauth A: cookie\nservice S { auth A; entity E { id: uuid @id; owner: uuid }; endpoint e GET /e -> E { allow R where owner == user.id; reads E } }\n";
    assert!(fixed(row, "Write `caller.id`").contains("where owner == caller.id;"));
}

#[test]
fn an_event_without_a_version_is_the_first() {
    assert_eq!(
        found("service S { event V { a: uuid }; event V v1 { a: uuid } }\n"),
        ["name.duplicate V"]
    );
    none(&found(
        "service S { event V { a: uuid }; event V v2 { a: uuid } }\nservice T { on S.V.v1 as h { dead_letter off } }\n",
    ));
}

#[test]
fn what_is_half_typed_is_one_mistake() {
    let of = |line: &str| {
        found(&format!(
            "service S {{\n  entity E {{\n    id: uuid @id\n    {line}\n  }}\n}}\n"
        ))
    };
    assert_eq!(of("a: decimal("), ["syntax.missing_argument ("]);
    assert_eq!(of("a: int @min()"), ["syntax.unexpected_token )"]);
    assert_eq!(of("a: ref S."), ["syntax.missing_argument ."]);
    assert_eq!(
        found("service S { endpoint a GET /x/{id}; endpoint b GET /x/{id:uuid} }\n"),
        ["syntax.invalid_path {id:uuid}"]
    );
    assert_eq!(
        found("service S {\n  store A: redis\n  store\n  entity E { id: uuid @id }\n}\n"),
        ["syntax.missing_argument store"]
    );
}
