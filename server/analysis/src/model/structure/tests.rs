//! What is wrong with the structure of a blueprint, and what is not: each case with the code and the text it is at.

use crate::testing::{diagnostics, fixed};

/// `code text` of each name and type error, in text order.
fn found(text: &str) -> Vec<String> {
    diagnostics(text)
        .iter()
        .filter(|found| {
            ["name.", "type.", "syntax."]
                .iter()
                .any(|one| found.code.starts_with(one))
        })
        .map(|found| {
            let range = found.at.range.start as usize..found.at.range.end as usize;
            format!("{} {}", found.code, &text[range])
        })
        .collect()
}

/// The findings of an entity that has an identity and one more field.
fn field(written: &str) -> Vec<String> {
    found(&format!(
        "{SHARED}service S {{ entity E {{ id: uuid @id; {written} }} }}\n"
    ))
}

/// The findings of an endpoint `GET /x/{id}` (or another method) that reads an entity.
fn endpoint(head: &str) -> Vec<String> {
    found(&format!(
        "{SHARED}service S {{ entity E {{ id: uuid @id; count: int; day: date; kind: Kind }}; endpoint e {head} {{ reads E }} }}\n"
    ))
}

const SHARED: &str = "enum Kind { small, large }\ntype Address { city: string }\n";

fn none(of: &[String]) {
    assert_eq!(of, [""; 0]);
}

#[test]
fn types_take_what_they_need_in_parentheses() {
    assert_eq!(field("a: decimal"), ["type.argument decimal"]);
    assert_eq!(field("a: decimal(12)"), ["type.argument decimal"]);
    assert_eq!(field("a: decimal(2, 9)"), ["type.argument decimal"]);
    assert_eq!(field("a: decimal(0, 0)"), ["type.argument decimal"]);
    assert_eq!(field("a: decimal(1, 2, 3)"), ["type.argument decimal"]);
    assert_eq!(field("a: decimal(\"x\", 2)"), ["type.argument decimal"]);
    assert_eq!(field("a: uuid(3)"), ["type.argument uuid"]);
    assert_eq!(field("a: [uuid(3)?]"), ["type.argument uuid"]);
    assert_eq!(field("a: { b: uuid(3) }"), ["type.argument uuid"]);
    assert_eq!(field("a: Address(3)"), ["type.argument Address"]);
    assert_eq!(field("a: Nowhere(3)"), ["name.unknown Nowhere"]);
    none(&field("a: decimal(12, 2); b: decimal(2, 2)?; c: [decimal(5, 0)]"));
    assert_eq!(endpoint("GET /x (a: string(80))"), ["type.argument string"]);
}

#[test]
fn types_in_parentheses_are_repaired() {
    let of = |written: &str| format!("service S {{ entity E {{ id: uuid @id; {written} }} }}\n");
    for (wrong, title, right) in [
        ("a: decimal(2, 9)?", "Write `decimal(9, 2)?`", "a: decimal(9, 2)?"),
        ("a: decimal(12)", "Write `decimal(12, 2)`", "a: decimal(12, 2)"),
        ("a: uuid(3)", "Write `uuid`", "a: uuid"),
        (
            "a: string(80)",
            "Write `string @len(0..80)`",
            "a: string @len(0..80)",
        ),
        ("a: string(8) = \"x\"", "Write `string`", "a: string = \"x\""),
        ("a: string @min(3)", "Write `@len(3..)`", "a: string @len(3..)"),
        (
            "a: int @len(1..5)",
            "Write `@min(1) @max(5)`",
            "a: int @min(1) @max(5)",
        ),
        (
            "a: string @len(9..3)",
            "Write `@len(3..9)`",
            "a: string @len(3..9)",
        ),
        (
            "a: string @pii @len(1..2) @pii",
            "Remove the second `@pii`",
            "a: string @pii @len(1..2)",
        ),
        ("a: string @pii(3)", "Write `@pii`", "a: string @pii"),
        (
            "a: string @lenn(1..3)",
            "Change to `@len`",
            "a: string @len(1..3)",
        ),
        (
            "a: { b: string @lenn(1..3) @pii }",
            "Change to `@len`",
            "a: { b: string @len(1..3) @pii }",
        ),
        ("a: [new E]?", "Write `[ref E]?`", "a: [ref E]?"),
        ("a: string @pii @public", "Remove `@public`", "a: string @pii"),
        (
            "index (id); index (id)",
            "Remove the second `index`",
            "index (id) }",
        ),
    ] {
        let after = fixed(&of(wrong), title);
        assert!(after.contains(right), "{wrong}: {after}");
    }
}

#[test]
fn attributes_are_for_certain_types() {
    for wrong in [
        "a: string @min(1)",
        "a: bool @max(1)",
        "a: Kind @min(1)",
        "a: int @len(1..2)",
        "a: json @len(1..2)",
        "a: ref E @len(1..2)",
        "a: bool @pattern(\"x\")",
        "a: [int] @pattern(\"x\")",
        "a: string @created",
        "a: [instant] @updated",
        "a: int @hashed",
        "a: uuid @hashed",
        "a: json @unique",
        "a: [string] @unique",
        "a: Address @unique",
        "a: { b: int } @unique",
    ] {
        let at = wrong
            .split_once('@')
            .map(|(_, behind)| format!("type.attribute @{behind}"));
        assert_eq!(field(wrong), [at.unwrap_or_default()], "{wrong}");
    }
    for right in [
        "a: money @min(0); b: [int] @min(1) @max(5); c: decimal(5, 2) @min(-1.5)",
        "a: string @len(1..2); b: bytes @len(5); c: [Kind] @len(1..); d: url @pattern(\"h.*\")",
        "a: instant? @created; b: date @updated",
        "a: string @secret @hashed; b: [string] @hashed; c: phone @unique; d: bool @encrypted",
        "a: Nowhere? @min(1)",
    ] {
        assert!(
            field(right).iter().all(|one| one == "name.unknown Nowhere"),
            "{right}"
        );
    }
}

#[test]
fn attributes_have_their_arguments() {
    for wrong in [
        "@min",
        "@min(\"x\")",
        "@min(1, 2)",
        "@min(1..2)",
        "@min(n: 1)",
        "@pii(3)",
        "@default",
        "@deprecated",
        "@deprecated(3)",
        "@deprecated(\"x\", \"y\")",
        "@deprecated(\"x\", until: 2027-01-01)",
        "@deprecated(\"x\", sunset: \"soon\")",
    ] {
        assert_eq!(
            field(&format!("a: int {wrong}")),
            [format!("type.attribute {wrong}")]
        );
    }
    for wrong in [
        "@len(\"x\")",
        "@len",
        "@len(1, 2)",
        "@pattern(5)",
        "@pattern",
        "@pattern(\"[\")",
    ] {
        assert_eq!(
            field(&format!("a: string {wrong}")),
            [format!("type.attribute {wrong}")]
        );
    }
    none(&field(
        "a: int @deprecated(\"x\", sunset: 2027-01-01) @min(1) @max(2) @default(1)",
    ));
    none(&field("a: int @deprecated(\"x\")"));
}

#[test]
fn attributes_stand_where_they_mean_something() {
    for attribute in ["@id", "@unique"] {
        let at = [format!("type.attribute {attribute}")];
        assert_eq!(found(&format!("type T {{ a: uuid {attribute} }}\n")), at);
        assert_eq!(field(&format!("a: {{ b: uuid {attribute} }}")), at);
        let event = format!("service S {{ event E v1 {{ a: uuid {attribute} }} }}\n");
        assert_eq!(found(&event), at);
        assert_eq!(endpoint(&format!("GET /x (a: uuid {attribute})")), at);
    }
    assert_eq!(
        endpoint("GET /x (a: uuid @readonly)"),
        ["type.attribute @readonly"]
    );
    assert_eq!(
        endpoint("GET /x -> { a: instant @created }"),
        ["type.attribute @created"]
    );
    none(&found(
        "type T { a: string @len(1..2) @pii @readonly @internal @masked }\n",
    ));
    none(&endpoint(
        "POST /x (a: string @len(1..2) @pii, body: { b: int @min(1) })",
    ));
}

#[test]
fn attributes_stand_once_and_agree() {
    assert_eq!(
        field("a: string @pii @phi @pii"),
        ["type.duplicate_attribute @pii"]
    );
    assert_eq!(
        field("a: int @min(1) @min(2)"),
        ["type.duplicate_attribute @min(2)"]
    );
    assert_eq!(field("a: string @phi @public"), ["type.attribute @public"]);
    assert_eq!(field("a: int = 1 @default(2)"), ["type.attribute @default(2)"]);
    assert_eq!(field("a: int @min(5) @max(2)"), ["type.attribute @max(2)"]);
    assert_eq!(field("a: { b: int @min(5) @max(2) }"), ["type.attribute @max(2)"]);
    assert_eq!(field("a: string @len(5..2)"), ["type.attribute @len(5..2)"]);
    none(&field("a: string @public; b: email @public; c: int @default(2)"));
}

#[test]
fn unknown_attributes_are_named_alone() {
    assert_eq!(field("a: string @lenn(1..2)"), ["name.unknown_attribute @lenn"]);
    assert_eq!(
        field("a: { b: string @lenn(1..2) }"),
        ["name.unknown_attribute @lenn"]
    );
    assert_eq!(
        endpoint("GET /x (a: string @lenn(1..2))"),
        ["name.unknown_attribute @lenn"]
    );
    assert_eq!(field("a: string @index"), ["name.unknown_attribute @index"]);
    // The misspelt one may be the identity that is missing.
    let text = "service S { entity E { key: uuid @idd } }\n";
    assert_eq!(found(text), ["name.unknown_attribute @idd"]);
}

#[test]
fn a_default_keeps_the_bounds_of_its_field() {
    assert_eq!(field("a: int = 200 @max(100)"), ["type.out_of_range 200"]);
    assert_eq!(field("a: int @default(0) @min(1)"), ["type.out_of_range 0"]);
    assert_eq!(
        field("a: string = \"abc\" @len(5..9)"),
        ["type.out_of_range \"abc\""]
    );
    assert_eq!(
        field("a: string = \"abc\" @len(2)"),
        ["type.out_of_range \"abc\""]
    );
    assert_eq!(field("a: { b: int = 5 @max(3) }"), ["type.out_of_range b"]);
    assert_eq!(endpoint("GET /x (a: int = 0 @min(1))"), ["type.out_of_range 0"]);
    assert_eq!(
        field("a: string = \"at\" @pattern(\"[A-Z]{2}\")"),
        ["type.out_of_range \"at\""]
    );
    none(&field(
        "a: string = \"AT\" @pattern(\"[A-Z]{2}\"); b: string = \"x\" @pattern(\"(((.{100}){100}){100}){9}\")",
    ));
    none(&field("a: int = 1 @min(1) @max(1); b: string = \"äö\" @len(2)"));
}

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
fn new_patch_and_page_are_of_requests_and_answers() {
    assert_eq!(field("a: new E"), ["type.misplaced E"]);
    assert_eq!(field("a: [patch E]"), ["type.misplaced E"]);
    assert_eq!(field("a: { b: page E }"), ["type.misplaced E"]);
    let event = "service S { entity E { id: uuid @id }; event V v1 { e: new E } }\n";
    assert_eq!(found(event), ["type.misplaced E"]);
    assert_eq!(field("a: new Nowhere"), ["name.unknown Nowhere"]);
    assert_eq!(field("a: new Kind"), ["name.wrong_kind Kind"]);
    let types = "service S { entity E { id: uuid @id }; type T { e: [new E]; p: page E; c: patch E } }\n";
    none(&found(types));
    assert_eq!(endpoint("GET /x -> page Address"), ["type.misplaced Address"]);
    assert_eq!(endpoint("GET /x -> [page E]"), ["type.misplaced E"]);
    assert_eq!(endpoint("HEAD /x -> E"), ["type.misplaced E"]);
    none(&endpoint("GET /x -> page E"));
    none(&found(
        "service S { entity E { id: uuid @id }; type P of E { id }; endpoint e GET /x -> page P { reads E } }\n",
    ));
}

#[test]
fn parameters_come_from_where_they_stand() {
    assert_eq!(endpoint("GET /x/{a} (a: string?)"), ["type.parameter string?"]);
    assert_eq!(endpoint("GET /x/{a} (a: [string])"), ["type.parameter [string]"]);
    assert_eq!(endpoint("GET /x/{a} (a: Address)"), ["type.parameter Address"]);
    assert_eq!(endpoint("GET /x/{a} (a: int = 5)"), ["type.parameter 5"]);
    assert_eq!(endpoint("GET /x (a: Address)"), ["type.parameter Address"]);
    assert_eq!(
        endpoint("GET /x (a: [{ b: int }]?)"),
        ["type.parameter [{ b: int }]?"]
    );
    assert_eq!(endpoint("GET /x (a: new E)"), ["type.parameter new E"]);
    assert_eq!(endpoint("GET /x (body: new E)"), ["type.parameter body: new E"]);
    assert_eq!(
        endpoint("DELETE /x (body: { a: int })"),
        ["type.parameter body: { a: int }"]
    );
    assert_eq!(endpoint("POST /x (body: page E)"), ["type.parameter page E"]);
    assert_eq!(endpoint("GET /x (a: int, a: int)"), ["name.duplicate a: int"]);
    assert_eq!(
        endpoint("GET /x/{a} (a: Nowhere?)").first().map(String::as_str),
        Some("name.unknown Nowhere")
    );
    none(&endpoint(
        "GET /x/{a}/{k} (a: ref E, k: Kind, b: [Kind]?, c: int = 5, d: [uuid])",
    ));
    none(&endpoint("POST /x (body: [new E]?, a: string?)"));
    none(&endpoint("PUT /x/{body} (a: bool)"));
}

#[test]
fn a_part_of_the_path_has_the_type_of_the_field_it_selects() {
    assert_eq!(endpoint("GET /x/{id} (id: int)"), ["type.mismatch int"]);
    assert_eq!(
        endpoint("GET /x/{count}/all (count: uuid)"),
        ["type.mismatch uuid"]
    );
    assert_eq!(endpoint("GET /x/{kind} (kind: int)"), ["type.mismatch int"]);
    none(&endpoint("GET /x/{id} (id: string)"));
    none(&endpoint("GET /x/{id}/parts (id: int)"));
    none(&endpoint("GET /x/{count} (count: long)"));
    none(&endpoint("GET /x/{id} (id: uuid)"));
    none(&endpoint("GET /x/{id}/{other} (id: int, other: int)"));
    let two = "service S { entity A { id: uuid @id }; entity B { id: int @id }; endpoint e GET /b/{id} (id: int) { reads A, B } }\n";
    none(&found(two));
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
fn one_operation_answers_each_request() {
    let of = |text: &str| {
        found(&format!(
            "vendor V: http\nservice S {{ entity E {{ id: uuid @id }}; {text} }}\n"
        ))
    };
    assert_eq!(of("endpoint a GET /x; endpoint b GET /x"), ["name.duplicate /x"]);
    assert_eq!(
        of("endpoint a GET /x/{id}; endpoint b GET /x/{key}"),
        ["name.duplicate /x/{key}"]
    );
    assert_eq!(
        of("endpoint a GET /x/{id}; resource E at /x { get }"),
        ["name.duplicate get"]
    );
    assert_eq!(
        of("endpoint a POST /x; webhook w from V POST /x"),
        ["name.duplicate /x"]
    );
    assert_eq!(of("resource E at /x/{id} { get }"), ["name.duplicate /x/{id}"]);
    // One copy is one mistake.
    assert_eq!(of("endpoint a GET /x; endpoint a GET /x"), ["name.duplicate a"]);
    none(&of(
        "endpoint a GET /x; endpoint b POST /x; endpoint c GET /x/{id}; endpoint d GET /x/last",
    ));
    none(&of("endpoint a GET /x; endpoint b GET /x { version v2 }"));
    none(&of(
        "resource E at /x/{id}/y { list }; resource E at /c/{clinic}/x { get }",
    ));
    let gateway = |routes: &str| {
        found(&format!(
            "service S {{ endpoint a GET /a }}\nservice Edge {{ kind gateway; {routes} }}\n"
        ))
    };
    assert_eq!(
        gateway("route /a -> S; route /a -> S"),
        ["name.duplicate route /a -> S"]
    );
    assert_eq!(gateway("route /a -> Edge"), ["type.cycle Edge"]);
    none(&gateway("route /a -> S; route /a/* -> S; route /b -> S.a"));
}

#[test]
fn lists_are_narrowed_by_values() {
    let of = |field: &str| {
        found(&format!(
            "type Address {{ city: string }}\nservice S {{ entity E {{ id: uuid @id; {field} }}; resource E at /e {{ list {{ filter a }} }} }}\n"
        ))
    };
    assert_eq!(of("a: Address"), ["type.misplaced a"]);
    assert_eq!(of("a: json"), ["type.misplaced a"]);
    none(&of("a: [string]"));
    none(&of("a: ref E"));
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
