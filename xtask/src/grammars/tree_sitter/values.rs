//! Names, references, literals, paths, documentation and types.

use archwright_grammar::vocabulary::{FORMS, Place};
use serde_json::Value;

use super::{
    Rules,
    dsl::{
        bracket_close, bracket_open, choice, field, immediate, literal, named, optional, paren_close,
        paren_open, pattern, prec, repeat, separated, seq, shown_as, symbol,
    },
    forms::braces,
};
use crate::grammars::words::TYPE_PREFIXES;

const INTEGER: &str = "[0-9][0-9_]*";

pub(super) fn rules() -> Rules {
    let mut rules = literals();
    rules.extend(references());
    rules.extend(types());
    rules.extend(paths());
    rules.extend(documentation());
    rules
        .into_iter()
        .map(|(name, rule)| (name.to_owned(), rule))
        .collect()
}

fn literals() -> Vec<(&'static str, Value)> {
    vec![
        ("identifier", pattern("[A-Za-z_][A-Za-z0-9_]*")),
        ("comment", pattern(r"//[^\r\n]*")),
        ("integer", pattern(INTEGER)),
        ("decimal", pattern(&format!(r"{INTEGER}\.{INTEGER}"))),
        ("percent", pattern(&format!(r"{INTEGER}(\.{INTEGER})?%"))),
        ("duration", pattern(&format!("{INTEGER}(ms|s|m|h|d|w|mo|y)"))),
        ("size", pattern(&format!("{INTEGER}(B|KB|MB|GB|TB)"))),
        ("date", pattern("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")),
        ("version", pattern("v[0-9]+")),
        (
            "string",
            seq(vec![
                literal("\""),
                repeat(choice(vec![symbol("_text"), symbol("escape_sequence")])),
                literal("\""),
            ]),
        ),
        (
            "escape_sequence",
            immediate(pattern(r"\\(u\{[0-9A-Fa-f]*\}|[^\r\n])")),
        ),
        (
            "secret",
            seq(vec![
                literal("secret"),
                paren_open(),
                field("name", symbol("string")),
                paren_close(),
            ]),
        ),
        (
            "rate",
            seq(vec![
                field("count", symbol("integer")),
                literal("per"),
                field(
                    "time",
                    choice(vec![symbol("duration"), named(symbol("identifier"), "unit")]),
                ),
            ]),
        ),
        (
            "range",
            seq(vec![
                field("low", symbol("integer")),
                literal(".."),
                optional(field("high", symbol("integer"))),
            ]),
        ),
        (
            "duration_range",
            seq(vec![
                field("low", symbol("duration")),
                literal(".."),
                field("high", symbol("duration")),
            ]),
        ),
    ]
}

/// `first.name.name …`
fn dotted(first: Value) -> Value {
    seq(vec![first, repeat(seq(vec![literal("."), symbol("identifier")]))])
}

/// A word that means something here, as the name that it may also be.
pub(super) fn as_name(word: &str) -> Value {
    named(literal(word), "identifier")
}

fn references() -> Vec<(&'static str, Value)> {
    let kinds: Vec<&str> = FORMS
        .iter()
        .filter(|form| form.places.contains(&Place::File))
        .map(|form| form.word)
        .collect();
    vec![
        (
            "reference",
            seq(vec![
                optional(field("kind", symbol("item_kind"))),
                dotted(choice(vec![symbol("identifier"), symbol("_kind_as_name")])),
            ]),
        ),
        // Where a name follows, the word before it says of which kind it is.
        (
            "item_kind",
            prec(1, choice(kinds.iter().map(|kind| literal(kind)).collect())),
        ),
        (
            "_kind_as_name",
            choice(kinds.iter().map(|kind| as_name(kind)).collect()),
        ),
        ("field_path", dotted(symbol("identifier"))),
        (
            "rule",
            seq(vec![
                symbol("identifier"),
                repeat(choice(vec![
                    seq(vec![literal("."), symbol("identifier")]),
                    seq(vec![immediate(literal("/")), symbol("_path_text")]),
                ])),
            ]),
        ),
    ]
}

fn types() -> Vec<(&'static str, Value)> {
    let mut plain: Vec<Value> = ["named_type", "list_type", "inline_type"].map(symbol).to_vec();
    let mut rules = Vec::new();
    for (prefix, name) in TYPE_PREFIXES.iter().zip(PREFIXED) {
        assert!(name.starts_with(prefix), "both lists are sorted");
        plain.push(symbol(name));
        rules.push((
            name,
            seq(vec![
                literal(prefix),
                field("of", named(symbol("field_path"), "reference")),
            ]),
        ));
    }
    let mut first = vec![symbol("identifier")];
    first.extend(TYPE_PREFIXES.iter().map(|word| as_name(word)));
    rules.extend([
        (
            "_type",
            choice(vec![symbol("_plain_type"), symbol("optional_type")]),
        ),
        ("_plain_type", choice(plain)),
        ("optional_type", seq(vec![symbol("_plain_type"), literal("?")])),
        (
            "named_type",
            seq(vec![
                field("name", symbol("type_name")),
                optional(field("arguments", symbol("arguments"))),
            ]),
        ),
        ("type_name", dotted(choice(first))),
        (
            "list_type",
            seq(vec![
                bracket_open(),
                field("of", symbol("_type")),
                bracket_close(),
            ]),
        ),
        (
            "inline_type",
            braces(shown_as(symbol("_type_open"), "{"), symbol("field"), true),
        ),
        (
            "attribute",
            seq(vec![
                literal("@"),
                field("name", symbol("identifier")),
                optional(seq(vec![
                    paren_open(),
                    separated(&symbol("argument"), literal(",")),
                    paren_close(),
                ])),
            ]),
        ),
        (
            "argument",
            seq(vec![
                optional(seq(vec![field("name", symbol("identifier")), literal(":")])),
                field("value", choice(vec![symbol("_expression"), symbol("range")])),
            ]),
        ),
    ]);
    rules
}

/// The nodes of types with a word before them, in the order of their words.
const PREFIXED: [&str; 4] = ["new_type", "page_type", "patch_type", "ref_type"];

fn paths() -> Vec<(&'static str, Value)> {
    let segment = choice(vec![
        symbol("_path_text"),
        symbol("path_parameter"),
        named(immediate(literal("*")), "wildcard"),
    ]);
    vec![(
        "path",
        seq(vec![
            literal("/"),
            optional(segment.clone()),
            repeat(seq(vec![immediate(literal("/")), optional(segment)])),
        ]),
    )]
}

/// Consecutive lines are one node, whose text without its marks is Markdown.
fn documentation() -> Vec<(&'static str, Value)> {
    // Neovim leaves out children that have a name, and only those.
    let mark = |name: &str| named(symbol(name), "documentation_mark");
    let lines = |first: &str| {
        seq(vec![
            mark(first),
            repeat(seq(vec![symbol("_doc_line"), mark("_doc_mark_again")])),
            symbol("_doc_last_line"),
        ])
    };
    vec![
        ("documentation", lines("_doc_mark")),
        ("file_documentation", lines("_file_doc_mark")),
    ]
}
