//! The tree-sitter grammar: rules, words of the scanner and queries, generated from the vocabulary.
//!
//! From `grammar.json` a program of its own (`grammar/tree-sitter/generator`) makes `parser.c`: what it needs would
//! change how other crates of this workspace write JSON.

mod dsl;
mod expressions;
mod forms;
mod queries;
mod unknown;
mod values;

use archwright_grammar::vocabulary::{FORMS, Place};
use serde_json::Value;

use dsl::{choice, pattern, repeat, symbol};

/// Tokens of the scanner, in the order of `enum Token` in `scanner.c`.
const EXTERNALS: &[&str] = &[
    "_line_end",
    "_line_break",
    "_goes_on",
    "_block_open",
    "_type_open",
    "_close",
    "missing_brace",
    "_paren_open",
    "_paren_close",
    "_bracket_open",
    "_bracket_close",
    "_text",
    "_path_text",
    "path_parameter",
    "_doc_mark",
    "_file_doc_mark",
    "_doc_line",
    "_doc_mark_again",
    "_doc_last_line",
    "_error_sentinel",
];

/// What may stand anywhere.
const EXTRAS: &[&str] = &["_line_break", "comment", "documentation", "file_documentation"];

/// Rules by name, in the order in which they are written; the first is the root.
type Rules = Vec<(String, Value)>;

/// Every generated file of `grammar/tree-sitter` but the parser, by its path in that folder.
pub(crate) fn files() -> Vec<(&'static str, String)> {
    vec![
        ("queries/folds.scm", queries::folds()),
        ("queries/highlights.scm", queries::highlights()),
        ("queries/indents.scm", queries::indents()),
        ("queries/injections.scm", queries::injections()),
        ("queries/locals.scm", queries::locals()),
        ("queries/tags.scm", queries::tags()),
        ("src/grammar.json", grammar()),
        ("src/words.h", words()),
    ]
}

/// `grammar.json`.
pub(crate) fn grammar() -> String {
    let mut rules: Rules = vec![("source_file".into(), source_file())];
    rules.extend(forms::rules());
    rules.extend(values::rules());
    rules.extend(expressions::rules());
    rules.extend(unknown::rules());
    let rules: Vec<String> = rules
        .iter()
        .map(|(name, rule)| format!("    \"{name}\": {}", indented(rule)))
        .collect();
    let names = |names: &[&str]| {
        let all: Vec<String> = names.iter().map(|name| format!("    {}", symbol(name))).collect();
        all.join(",\n")
    };
    // Written piece by piece, because the first rule is the root and maps of `serde_json` are sorted.
    format!(
        "{{
  \"$schema\": \"https://tree-sitter.github.io/tree-sitter/assets/schemas/grammar.schema.json\",
  \"name\": \"archwright\",
  \"word\": \"identifier\",
  \"rules\": {{
{}
  }},
  \"extras\": [
    {},
{}
  ],
  \"conflicts\": [],
  \"precedences\": [],
  \"externals\": [
{}
  ],
  \"inline\": [],
  \"supertypes\": [],
  \"reserved\": {{}}
}}
",
        rules.join(",\n"),
        pattern(r"[ \t\x0B\x0C\uFEFF]"),
        names(EXTRAS),
        names(EXTERNALS),
    )
}

fn indented(rule: &Value) -> String {
    let text = serde_json::to_string_pretty(rule).expect("JSON values can always be written");
    text.replace('\n', "\n    ")
}

/// Items need no separators: a head behind a `}` begins the next one.
fn source_file() -> Value {
    let mut members = vec![symbol("_end")];
    members.extend(forms::statements(Place::File));
    repeat(choice(members))
}

/// The word lists of the scanner.
fn words() -> String {
    let list = |name: &str, words: Vec<&str>| {
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\", ")).collect();
        format!("static const char *const {name}[] = {{{}0}};\n", quoted.concat())
    };
    let in_file = FORMS.iter().filter(|form| form.places.contains(&Place::File));
    // In other places these words begin statements; only with a name and a colon are they heads.
    let with_colon = in_file
        .clone()
        .filter(|form| forms::takes_colon(form) && forms::is_also_a_statement(form));
    let members = FORMS
        .iter()
        .filter(|form| form.places.contains(&Place::Service) && forms::is_declaration(form))
        .filter(|form| !form.args.is_empty());
    format!(
        "// Generated from grammar/src/vocabulary.rs by `cargo xtask docs`.\n{}{}{}{}",
        list("ITEM_WORDS", in_file.map(|form| form.word).collect()),
        list("COLON_WORDS", with_colon.map(|form| form.word).collect()),
        list("MEMBER_WORDS", members.map(|form| form.word).collect()),
        list("OPERATORS", expressions::OPERATORS.to_vec()),
    )
}
