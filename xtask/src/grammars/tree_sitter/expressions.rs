//! Predicates and values.

use serde_json::Value;

use super::{
    Rules,
    dsl::{
        bracket_close, bracket_open, choice, field, going_on, literal, named, optional, paren_close,
        paren_open, prec, prec_left, repeat, separated, seq, symbol,
    },
    values::as_name,
};

/// Words that may follow a value in a predicate.
pub(super) const OPERATORS: [&str; 4] = ["and", "in", "is", "or"];

/// How tightly operators bind.
mod binds {
    pub(super) const OR: i32 = 1;
    pub(super) const AND: i32 = 2;
    pub(super) const NOT: i32 = 3;
    pub(super) const COMPARISON: i32 = 4;
    pub(super) const SUM: i32 = 5;
}

pub(super) fn rules() -> Rules {
    let expression = || symbol("_expression");
    let list = || optional(separated(&symbol("_expression"), literal(",")));
    let any = |names: &[&str]| choice(names.iter().map(|name| symbol(name)).collect());
    let rules = vec![
        (
            "_expression",
            any(&[
                "binary_expression",
                "not_expression",
                "in_expression",
                "null_expression",
                "parenthesized_expression",
                "call_expression",
                "caller",
                "now",
                "boolean",
                "null",
                "negative",
                "string",
                "integer",
                "decimal",
                "percent",
                "duration",
                "size",
                "date",
            ]),
        ),
        ("binary_expression", binary()),
        (
            "not_expression",
            prec(
                binds::NOT,
                seq(vec![literal("not"), field("operand", expression())]),
            ),
        ),
        (
            "in_expression",
            prec_left(
                binds::COMPARISON,
                seq(vec![
                    field("left", expression()),
                    literal("in"),
                    bracket_open(),
                    list(),
                    bracket_close(),
                ]),
            ),
        ),
        (
            "null_expression",
            prec_left(
                binds::COMPARISON,
                seq(vec![
                    field("operand", expression()),
                    literal("is"),
                    optional(literal("not")),
                    literal("null"),
                ]),
            ),
        ),
        (
            "parenthesized_expression",
            seq(vec![paren_open(), expression(), paren_close()]),
        ),
        (
            "call_expression",
            seq(vec![
                field("name", symbol("identifier")),
                field("arguments", symbol("arguments")),
            ]),
        ),
        ("arguments", seq(vec![paren_open(), list(), paren_close()])),
        (
            "caller",
            seq(vec![
                literal("caller"),
                literal("."),
                field("field", symbol("identifier")),
            ]),
        ),
        (
            "_value_name",
            choice(vec![
                seq(vec![
                    symbol("identifier"),
                    repeat(seq(vec![literal("."), symbol("identifier")])),
                ]),
                as_name("caller"),
            ]),
        ),
        ("now", literal("now")),
        ("boolean", choice(vec![literal("true"), literal("false")])),
        ("null", literal("null")),
        (
            "negative",
            seq(vec![literal("-"), any(&["integer", "decimal", "duration"])]),
        ),
    ];
    let mut rules: Rules = rules
        .into_iter()
        .map(|(name, rule)| (name.to_owned(), rule))
        .collect();
    // A field or parameter, only that it begins with other words.
    let names = named(symbol("_value_name"), "field_path");
    if let Some(members) = rules[0].1["members"].as_array_mut() {
        members.push(names);
    }
    rules
}

fn binary() -> Value {
    let operation = |level: i32, operators: Vec<Value>| {
        prec_left(
            level,
            seq(vec![
                field("left", symbol("_expression")),
                choice(operators),
                field("right", symbol("_expression")),
            ]),
        )
    };
    let operator = |sign: &str| field("operator", literal(sign));
    let going_on = |word: &str| {
        // The marker behind the word is no part of the operator.
        let mut parts = going_on(word);
        parts["members"][0] = operator(word);
        parts
    };
    choice(vec![
        operation(binds::OR, vec![going_on("or")]),
        operation(binds::AND, vec![going_on("and")]),
        operation(
            binds::COMPARISON,
            ["==", "!=", "<", "<=", ">", ">="].map(operator).to_vec(),
        ),
        operation(binds::SUM, ["+", "-"].map(operator).to_vec()),
    ])
}
