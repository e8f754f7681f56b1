//! Tables of the vocabulary in Markdown.

use std::fmt::Write as _;

use archwright_grammar::vocabulary::{
    ATTRIBUTES, Arg, AttributeArgs, BlockForm, CALLER_FIELDS, FORMS, Form, Kind, METHODS, Place, SCALARS,
    Shape, Times, forms_in,
};

use super::notation::{cell, ways};
use crate::shell::Outcome;

/// The name of a kind of block in pages: `endpoint`, `password`.
pub(super) fn place_name(place: Place) -> String {
    format!("{place:?}").to_lowercase()
}

/// Every kind of block that a construct opens, in the table's order, each once.
pub(super) fn places() -> Vec<Place> {
    let mut places = vec![Place::File];
    for form in FORMS {
        // Projections are the blocks of types with `of`; no row of the table names them.
        let of_type = (form.kind == Kind::Type).then_some(Place::Projection);
        for place in form.block.place().into_iter().chain(of_type) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

/// How the constructs with these words are written, as a block of code.
pub(super) fn syntax(words: &[&str]) -> Outcome<String> {
    let mut out = String::from("```text\n");
    for word in words {
        let form = FORMS
            .iter()
            .find(|form| {
                form.word == *word && (form.block != BlockForm::None || form.places.contains(&Place::File))
            })
            .ok_or_else(|| format!("there is no construct `{word}`"))?;
        for way in ways(form) {
            let _ = writeln!(out, "{way}");
        }
    }
    out.push_str("```\n");
    Ok(out)
}

/// What may stand in a kind of block.
pub(super) fn statements(place: &str) -> Outcome<String> {
    let place = places()
        .into_iter()
        .find(|known| place_name(*known) == place)
        .ok_or_else(|| format!("there is no block `{place}`"))?;
    let mut out = String::from("| Written | How often | Meaning | Example |\n| --- | --- | --- | --- |\n");
    let mut forms: Vec<&Form> = forms_in(place)
        .filter(|form| form.kind != Kind::Waive && !is_member(form))
        .collect();
    // What is peculiar to a construct comes first.
    forms.sort_by_key(|form| is_inherited(form, place));
    for form in forms {
        let times = match form.times {
            Times::Once => "once",
            Times::Many => "many",
        };
        let written: Vec<String> = ways(form).iter().map(|way| cell(way)).collect();
        let inherited = if is_inherited(form, place) {
            " [Inherited](inheritance.md)."
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "| {} | {times} | {}{inherited} | {} |",
            written.join("<br>"),
            form.help,
            cell(form.example)
        );
    }
    if forms_in(place).any(|form| form.kind == Kind::Waive) {
        out.push_str("\nAnd [`waive`](policy-decision-environment-waive.md#waive).\n");
    }
    Ok(out)
}

/// Whether what the system says holds in a block of that kind which says nothing.
fn is_inherited(form: &Form, place: Place) -> bool {
    let inherits = matches!(
        place,
        Place::Service
            | Place::Endpoint
            | Place::List
            | Place::Operation
            | Place::Handler
            | Place::Job
            | Place::Webhook
    );
    inherits && form.places.contains(&Place::System) && form.places.contains(&Place::Service)
}

/// Whether a construct is a member of a service with a section of its own, not a setting.
fn is_member(form: &Form) -> bool {
    form.places.contains(&Place::Service) && form.args.iter().any(|arg| matches!(arg, Arg::Name))
        || form.kind == Kind::Resource
}

/// Which statements may be said once for all, and where.
pub(super) fn inherited() -> String {
    let mut out = String::from(
        "| Statement | system | service | endpoint, resource operation | handler, job, webhook | call |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    let columns = [
        Place::System,
        Place::Service,
        Place::Endpoint,
        Place::Job,
        Place::Call,
    ];
    for form in FORMS
        .iter()
        .filter(|form| form.places.contains(&Place::Service) && !is_member(form) && form.kind != Kind::Waive)
        .filter(|form| columns.iter().filter(|place| form.places.contains(place)).count() > 1)
    {
        let _ = write!(out, "| `{}` |", form.word);
        for place in columns {
            out.push_str(if form.places.contains(&place) {
                " yes |"
            } else {
                " |"
            });
        }
        out.push('\n');
    }
    out
}

/// The methods of HTTP.
pub(super) fn methods() -> String {
    row_of(METHODS)
}

fn row_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("{}\n", quoted.join(", "))
}

/// A closed list of words, by the construct and the slot that take one.
pub(super) fn words(word: &str, slot: &str) -> Outcome<String> {
    let list = FORMS
        .iter()
        .filter(|form| form.word == word)
        .find_map(|form| list_of(form.args, slot))
        .ok_or_else(|| format!("`{word}` has no list of words called `{slot}`"))?;
    Ok(row_of(list))
}

fn list_of(args: &'static [Arg], wanted: &str) -> Option<&'static [&'static str]> {
    args.iter().find_map(|arg| match arg {
        Arg::One(slot, Shape::Word(list)) | Arg::Many(slot, Shape::Word(list)) if *slot == wanted => {
            Some(*list)
        }
        Arg::Opt(inner) => list_of(inner, wanted),
        Arg::Alt(choices) => choices.iter().find_map(|inner| list_of(inner, wanted)),
        _ => None,
    })
}

/// The scalar types.
pub(super) fn scalars() -> String {
    let mut out = String::from("| Type | Holds |\n| --- | --- |\n");
    for scalar in SCALARS {
        let arguments = if scalar.args.is_empty() {
            String::new()
        } else {
            format!("({})", scalar.args.join(", "))
        };
        let _ = writeln!(out, "| `{}{arguments}` | {} |", scalar.name, scalar.help);
    }
    out
}

/// The attributes of fields.
pub(super) fn attributes() -> String {
    let mut out = String::from("| Attribute | Meaning |\n| --- | --- |\n");
    for attribute in ATTRIBUTES {
        let arguments = match attribute.args {
            AttributeArgs::None => "",
            AttributeArgs::Value => "(VALUE)",
            AttributeArgs::Number => "(N)",
            AttributeArgs::Range => "(N..N)",
            AttributeArgs::Text => "(\"…\")",
            AttributeArgs::Deprecated => "(\"…\", sunset: DATE)",
        };
        let _ = writeln!(out, "| `@{}{arguments}` | {} |", attribute.name, attribute.help);
    }
    out
}

/// The fields of `caller`.
pub(super) fn caller() -> String {
    let mut out = String::from("| Value | Meaning |\n| --- | --- |\n");
    for (name, help) in CALLER_FIELDS {
        let _ = writeln!(out, "| `caller.{name}` | {help} |");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_block_has_a_table() {
        for place in places() {
            let table = statements(&place_name(place)).expect("it is a kind of block");
            assert!(table.lines().count() > 2, "{place:?}");
        }
        assert_eq!(places().len(), Place::Environment as usize + 1);
    }

    #[test]
    fn a_row_says_how_it_is_written() {
        let table = statements("endpoint").expect("there are endpoints");
        assert!(
            table.contains("| `limit off`<br>`limit RATE [by caller\\|ip\\|key]` | many | How often it may be used. [Inherited](inheritance.md). | `limit 60 per minute by caller` |\n"),
            "{table}"
        );
    }

    #[test]
    fn lists_are_found_in_optional_and_alternative_arguments() {
        assert!(words("limit", "by").is_ok_and(|list| list == "`caller`, `ip`, `key`\n"));
        assert!(words("vendor", "kind").is_ok_and(|list| list.starts_with("`http`, `stripe`")));
        assert!(words("vendor", "colour").is_err());
    }

    #[test]
    fn defaults_are_told_from_members() {
        let table = inherited();
        assert!(
            table.contains("| `timeout` | yes | yes | yes | yes | yes |\n"),
            "{table}"
        );
        assert!(table.contains("| `stack` | yes | yes | | | |\n"), "{table}");
        assert!(!table.contains("`entity`"), "{table}");
    }
}
