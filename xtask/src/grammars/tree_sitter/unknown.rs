//! Lines that begin with a word that means nothing where it stands: misspelt, misplaced, or of a newer version.
//!
//! They are nodes of their own, with their braces paired, so that nothing around them is lost. The server says what
//! is wrong with them.

use archwright_grammar::vocabulary::Place;
use serde_json::Value;

use super::{
    Rules,
    dsl::{
        bracket_close, bracket_open, choice, field, going_on, literal, named, optional, paren_close,
        paren_open, prec_right, repeat, repeat1, seq, shown_as, symbol,
    },
};

/// Whether such lines can be told from what else stands in a place: not where any word is a name.
pub(super) const fn may_stand_in(place: Place) -> bool {
    !matches!(place, Place::Enum | Place::Projection | Place::Fields)
}

const SIGNS: [&str; 13] = [
    ".", "..", "?", "@", "*", "+", "-", "==", "!=", "<", "<=", ">", ">=",
];
const SIGNS_GOING_ON: [&str; 3] = [",", "->", "="];
const VALUES: [&str; 9] = [
    "identifier",
    "string",
    "integer",
    "decimal",
    "percent",
    "duration",
    "size",
    "date",
    "path",
];

pub(super) fn rules() -> Rules {
    let close = || choice(vec![shown_as(symbol("_close"), "}"), symbol("missing_brace")]);
    let anything = || repeat(choice(vec![symbol("_anything"), literal(":")]));
    let mut parts: Vec<Value> = VALUES.map(symbol).to_vec();
    parts.extend(SIGNS.map(literal));
    parts.extend(SIGNS_GOING_ON.map(going_on));
    parts.extend([symbol("_group"), symbol("_list")]);
    let line = seq(vec![
        repeat1(choice(vec![symbol("_anything"), literal(":")])),
        optional(named(symbol("_unknown_block"), "block")),
    ]);
    let rules: [(&str, Value); 6] = [
        // A field begins with a name and `:`, so this does not.
        (
            "unknown",
            prec_right(
                0,
                seq(vec![
                    field("word", symbol("identifier")),
                    optional(seq(vec![symbol("_anything"), anything()])),
                    optional(field("body", named(symbol("_unknown_block"), "block"))),
                ]),
            ),
        ),
        ("_anything", choice(parts)),
        (
            "_group",
            seq(vec![paren_open(), optional(symbol("_inside")), paren_close()]),
        ),
        (
            "_list",
            seq(vec![bracket_open(), optional(symbol("_inside")), bracket_close()]),
        ),
        (
            "_unknown_block",
            seq(vec![
                shown_as(symbol("_block_open"), "{"),
                optional(symbol("_ends")),
                optional(seq(vec![
                    named(symbol("_unknown_line"), "unknown"),
                    repeat(seq(vec![
                        symbol("_ends"),
                        named(symbol("_unknown_line"), "unknown"),
                    ])),
                    optional(symbol("_ends")),
                ])),
                close(),
            ]),
        ),
        ("_unknown_line", line),
    ];
    let braces = seq(vec![
        shown_as(symbol("_type_open"), "{"),
        repeat(choice(vec![symbol("_anything"), literal(":"), symbol("_end")])),
        close(),
    ]);
    let inside = repeat1(choice(vec![symbol("_anything"), literal(":"), braces]));
    rules
        .into_iter()
        .chain([("_inside", inside)])
        .map(|(name, rule)| (name.to_owned(), rule))
        .collect()
}
