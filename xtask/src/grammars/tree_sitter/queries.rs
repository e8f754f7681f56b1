//! The queries of the editors: what is shown how, folded, indented, declared, and written in another language.
//!
//! Where editors differ in which of two patterns wins, no two patterns take the same node.

use std::{collections::BTreeSet, fmt::Write as _};

use archwright_grammar::vocabulary::{Arg, FORMS, Form, Kind, SCALARS, Shape};

use super::forms::{is_declaration, node_name};
use crate::grammars::words::TYPE_PREFIXES;

const HEADER: &str = "; Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.\n";

/// What a row with a name declares.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    /// Something that acts: an endpoint, a job.
    Function,
    /// Anything else that stands by itself.
    Type,
    /// A field.
    Field,
    /// A value of an enum.
    Constant,
}

fn role(form: &Form) -> Role {
    match form.kind {
        Kind::Endpoint | Kind::Query | Kind::Job | Kind::Webhook | Kind::Cache | Kind::Handler => {
            Role::Function
        }
        Kind::Field | Kind::Projected => Role::Field,
        Kind::EnumMember => Role::Constant,
        _ => Role::Type,
    }
}

/// Rows that declare a name.
fn named() -> impl Iterator<Item = &'static Form> {
    FORMS
        .iter()
        .filter(|form| form.args.iter().any(|arg| matches!(arg, Arg::Name)))
}

/// Words between the arguments of a row.
fn connectives(args: &'static [Arg], into: &mut BTreeSet<&'static str>) {
    for arg in args {
        match arg {
            Arg::Kw(word) => {
                into.insert(word);
            }
            Arg::Opt(inner) => connectives(inner, into),
            Arg::Alt(choices) => choices.iter().for_each(|inner| connectives(inner, into)),
            _ => {}
        }
    }
}

fn quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"")).collect();
    all.join(" ")
}

/// `highlights.scm`
pub(super) fn highlights() -> String {
    let mut text = format!("{HEADER}\n; Words that begin something, and what they name.\n");
    for form in FORMS {
        let node = node_name(form);
        if !form.word.is_empty() {
            let capture = match role(form) {
                Role::Function => "keyword.function",
                _ if is_declaration(form) => "keyword.type",
                _ => "keyword",
            };
            // A row of one word is a node without children.
            let word = if form.args.is_empty() && form.block.place().is_none() {
                format!("({node}) @{capture}")
            } else {
                format!("({node} . \"{}\" @{capture})", form.word)
            };
            writeln!(text, "{word}").expect("a String takes any text");
        }
        if form.args.iter().any(|arg| matches!(arg, Arg::Name)) {
            let capture = match role(form) {
                Role::Function => "function",
                Role::Type => "type",
                Role::Field => "variable.member",
                Role::Constant => "constant",
            };
            writeln!(text, "({node} name: (identifier) @{capture})").expect("a String takes any text");
        }
        let mut between = BTreeSet::new();
        connectives(form.args, &mut between);
        for arg in form.args {
            if let Arg::One(slot, Shape::AnyWord) | Arg::Many(slot, Shape::AnyWord) = arg {
                writeln!(text, "({node} {slot}: (identifier) @constant)").expect("a String takes any text");
            }
        }
        // The word that begins the row is not one between.
        let behind = if between.contains(form.word) { "_ " } else { "" };
        if !between.is_empty() {
            writeln!(text, "({node} {behind}[{}] @keyword)", quoted(between))
                .expect("a String takes any text");
        }
    }
    let scalars = quoted(SCALARS.iter().map(|scalar| scalar.name));
    write!(
        text,
        r#"(item_kind) @keyword
(rate "per" @keyword)

; What is referred to. Names of things begin with a capital letter; what acts does not.
((reference (identifier) @type) (#match? @type "^[A-Z]"))
((reference (identifier) @function.call) (#not-match? @function.call "^[A-Z]"))
((field_path (identifier) @type) (#match? @type "^[A-Z]"))
((field_path (identifier) @variable.member) (#not-match? @variable.member "^[A-Z]"))
(rule) @constant

; Types.
((type_name . (identifier) @type.builtin .) (#any-of? @type.builtin {scalars}))
((type_name (identifier) @type) (#not-any-of? @type {scalars}))
{}
(parameter name: (identifier) @variable.parameter)
(argument name: (identifier) @variable.parameter)
(attribute "@" @attribute)
(attribute name: (identifier) @attribute)

; Predicates.
(binary_expression operator: ["and" "or"] @keyword.operator)
(binary_expression operator: ["==" "!=" "<" "<=" ">" ">=" "+" "-"] @operator)
(not_expression "not" @keyword.operator)
(in_expression "in" @keyword.operator)
(null_expression ["is" "not"] @keyword.operator)
(null_expression "null" @constant.builtin)
(negative "-" @operator)
(call_expression name: (identifier) @function.call)
(caller "caller" @variable.builtin)
(caller field: (identifier) @variable.member)
[(now) (null)] @constant.builtin
(boolean) @boolean

; Values.
(word) @constant
(flag) @constant.builtin
(method) @constant.builtin
(unit) @constant
(version) @constant
[(integer) (percent) (duration) (size) (date)] @number
(decimal) @number.float
(string) @string
(escape_sequence) @string.escape
(path) @string.special.path
(path_parameter) @variable.parameter
(wildcard) @character.special
(secret "secret" @function.builtin)

; Signs.
["{{" "}}" "(" ")" "[" "]"] @punctuation.bracket
["," ";" ":" "."] @punctuation.delimiter
["->" "=" ".." "?"] @operator
(policy_layers_statement ">" @operator)

(comment) @comment @spell
[(documentation) (file_documentation)] @comment.documentation @spell
"#,
        prefixes("@keyword.modifier"),
    )
    .expect("a String takes any text");
    text
}

fn prefixes(capture: &str) -> String {
    let lines: Vec<String> = TYPE_PREFIXES
        .iter()
        .map(|word| format!("({word}_type \"{word}\" {capture})"))
        .collect();
    lines.join("\n")
}

/// `folds.scm`
pub(super) fn folds() -> String {
    format!(
        "{HEADER}
[
  (block)
  (inline_type)
  (parameters)
  (documentation)
  (file_documentation)
] @fold
"
    )
}

/// `indents.scm`, with the captures of nvim-treesitter and, behind them, those of Helix.
pub(super) fn indents() -> String {
    format!(
        "{HEADER}
[
  (block)
  (inline_type)
  (parameters)
  (arguments)
  (list_type)
  (in_expression)
  (parenthesized_expression)
] @indent.begin @indent

[
  \"}}\"
  \")\"
  \"]\"
] @indent.branch @outdent

(block \"}}\" @indent.end)

(ERROR) @indent.auto
"
    )
}

/// `injections.scm`
pub(super) fn injections() -> String {
    // The marks of the lines are children and thereby left out.
    format!(
        "{HEADER}
([(documentation) (file_documentation)] @injection.content
  (#set! injection.language \"markdown\"))
"
    )
}

/// `locals.scm`
pub(super) fn locals() -> String {
    let mut text = format!("{HEADER}\n");
    for scope in ["source_file", "service", "endpoint", "query"] {
        writeln!(text, "({scope}) @local.scope").expect("a String takes any text");
    }
    text.push('\n');
    for form in named() {
        let what = match role(form) {
            Role::Function => "function",
            Role::Type => "type",
            Role::Field => "field",
            Role::Constant => "enum",
        };
        writeln!(
            text,
            "({} name: (identifier) @local.definition.{what})",
            node_name(form)
        )
        .expect("a String takes any text");
    }
    text.push_str(
        "(parameter name: (identifier) @local.definition.parameter)

(reference . (identifier) @local.reference)
(field_path . (identifier) @local.reference)
(type_name . (identifier) @local.reference)
",
    );
    text
}

/// `tags.scm`
pub(super) fn tags() -> String {
    let mut text = format!("{HEADER}\n");
    for form in named() {
        let what = match role(form) {
            Role::Function => "function",
            Role::Type if matches!(form.kind, Kind::Service | Kind::Context | Kind::System) => "module",
            Role::Type => "class",
            Role::Field | Role::Constant => continue,
        };
        writeln!(
            text,
            "({} name: (identifier) @name) @definition.{what}",
            node_name(form)
        )
        .expect("a String takes any text");
    }
    text.push_str("\n(reference (identifier) @name) @reference.class\n");
    text
}
