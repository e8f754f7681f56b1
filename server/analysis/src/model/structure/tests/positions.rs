//! Types and parameters by where they stand.

use super::{endpoint, field, found, none};
use crate::testing::fixed;

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
