//! What attributes may be on, and with what.

use super::{endpoint, field, found, none};

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
