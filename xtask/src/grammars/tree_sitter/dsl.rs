//! The parts of a tree-sitter grammar, in the JSON that its generator reads.

#![allow(
    clippy::needless_pass_by_value,
    reason = "rules are built from the inside out; taking and lending by turns would only hide their form"
)]

use serde_json::{Value, json};

pub(super) fn symbol(name: &str) -> Value {
    json!({ "type": "SYMBOL", "name": name })
}

/// A word or sign as it is written.
pub(super) fn literal(text: &str) -> Value {
    json!({ "type": "STRING", "value": text })
}

pub(super) fn pattern(regex: &str) -> Value {
    json!({ "type": "PATTERN", "value": regex })
}

/// All of `members`, one after the other.
pub(super) fn seq(members: Vec<Value>) -> Value {
    single(members).unwrap_or_else(|members| json!({ "type": "SEQ", "members": members }))
}

/// One of `members`.
pub(super) fn choice(members: Vec<Value>) -> Value {
    single(members).unwrap_or_else(|members| json!({ "type": "CHOICE", "members": members }))
}

fn single(mut members: Vec<Value>) -> Result<Value, Vec<Value>> {
    match (members.len(), members.pop()) {
        (1, Some(only)) => Ok(only),
        (_, last) => {
            members.extend(last);
            Err(members)
        }
    }
}

pub(super) fn optional(content: Value) -> Value {
    choice(vec![content, json!({ "type": "BLANK" })])
}

pub(super) fn repeat(content: Value) -> Value {
    json!({ "type": "REPEAT", "content": content })
}

pub(super) fn repeat1(content: Value) -> Value {
    json!({ "type": "REPEAT1", "content": content })
}

pub(super) fn field(name: &str, content: Value) -> Value {
    json!({ "type": "FIELD", "name": name, "content": content })
}

/// `content` as a node called `name`.
pub(super) fn named(content: Value, name: &str) -> Value {
    json!({ "type": "ALIAS", "content": content, "named": true, "value": name })
}

/// `content` as the sign `text`.
pub(super) fn shown_as(content: Value, text: &str) -> Value {
    json!({ "type": "ALIAS", "content": content, "named": false, "value": text })
}

/// Directly behind what is before it, without blanks.
pub(super) fn immediate(content: Value) -> Value {
    json!({ "type": "IMMEDIATE_TOKEN", "content": content })
}

pub(super) fn prec(value: i32, content: Value) -> Value {
    json!({ "type": "PREC", "value": value, "content": content })
}

pub(super) fn prec_left(value: i32, content: Value) -> Value {
    json!({ "type": "PREC_LEFT", "value": value, "content": content })
}

pub(super) fn prec_right(value: i32, content: Value) -> Value {
    json!({ "type": "PREC_RIGHT", "value": value, "content": content })
}

/// `content , content …` with `comma` between.
pub(super) fn separated(content: &Value, comma: Value) -> Value {
    seq(vec![content.clone(), repeat(seq(vec![comma, content.clone()]))])
}

pub(super) fn paren_open() -> Value {
    shown_as(symbol("_paren_open"), "(")
}

pub(super) fn paren_close() -> Value {
    shown_as(symbol("_paren_close"), ")")
}

pub(super) fn bracket_open() -> Value {
    shown_as(symbol("_bracket_open"), "[")
}

pub(super) fn bracket_close() -> Value {
    shown_as(symbol("_bracket_close"), "]")
}

/// A sign or word behind which a line break ends nothing.
pub(super) fn going_on(text: &str) -> Value {
    seq(vec![literal(text), optional(symbol("_goes_on"))])
}
