//! The `TextMate` grammar of VS Code.

use super::words::{CONSTANTS, LOGIC, TYPE_PREFIXES, Words};
use archwright_grammar::vocabulary::{Kind, row};
use serde_json::{Value, json};

/// Where a statement or field begins: at a line's start, or after `{` or `;`.
const START: &str = r"(?:^|(?<=[{;]))\s*";
const NAME: &str = "[A-Za-z_][A-Za-z0-9_]*";
/// Neither part of a longer name nor of a path of names.
const NOT_INSIDE: &str = r"(?<![.@\w])";

/// The whole grammar as JSON with a final line end.
pub(crate) fn textmate(words: &Words) -> String {
    let grammar = json!({
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "name": "Archwright blueprint",
        "scopeName": "source.arch",
        "fileTypes": ["arch"],
        "information_for_contributors": "Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.",
        "patterns": [
            { "include": "#comments" },
            { "include": "#strings" },
            { "include": "#enums" },
            { "include": "#heads" },
            { "include": "#fields" },
            { "include": "#statements" },
            { "include": "#types" },
            { "include": "#attributes" },
            { "include": "#routes" },
            { "include": "#numbers" },
            { "include": "#connectives" },
            { "include": "#values" },
            { "include": "#references" },
            { "include": "#operators" },
        ],
        "repository": {
            "comments": comments(),
            "strings": strings(),
            "enums": enums(words),
            "heads": heads(words),
            "fields": fields(),
            "statements": statements(words),
            "types": types(words),
            "attributes": attributes(words),
            "routes": routes(words),
            "numbers": numbers(),
            "values": values(words),
            "connectives": connectives(words),
            "references": references(),
            "operators": operators(),
        },
    });
    let mut text = serde_json::to_string_pretty(&grammar).expect("JSON values can always be written");
    text.push('\n');
    text
}

/// `a|b|c`, in the order given.
fn any<'a>(words: impl IntoIterator<Item = &'a &'a str>) -> String {
    words.into_iter().copied().collect::<Vec<_>>().join("|")
}

fn scope(name: &str) -> Value {
    json!({ "name": format!("{name}.arch") })
}

fn rule(name: &str, pattern: &str) -> Value {
    json!({ "name": format!("{name}.arch"), "match": pattern })
}

fn comments() -> Value {
    // Lines that follow each other are one Markdown text, which VS Code brings a grammar for.
    let documentation = |mark: &str| {
        let line = format!("^\\s*({mark}) ?");
        json!({
            "name": "comment.line.documentation.arch",
            "begin": line,
            "beginCaptures": { "1": scope("punctuation.definition.comment") },
            "while": line,
            "whileCaptures": { "1": scope("punctuation.definition.comment") },
            "patterns": [{ "include": "text.html.markdown" }],
        })
    };
    json!({ "patterns": [
        documentation("///(?!/)"),
        documentation("//!"),
        rule("comment.line.documentation", "//(?:!|/(?!/)).*$"),
        rule("comment.line.double-slash", "//.*$"),
    ]})
}

fn strings() -> Value {
    json!({
        "name": "string.quoted.double.arch",
        "begin": "\"",
        "end": "\"|$",
        "patterns": [
            rule("constant.character.escape", r#"\\(?:["\\nt]|u\{[0-9A-Fa-f]{1,6}\})"#),
            rule("invalid.illegal.escape", r"\\."),
        ],
    })
}

/// Values of an enum look like nothing else, so its block is read as a whole; an item in column 0 ends it too.
fn enums(words: &Words) -> Value {
    json!({
        "begin": format!(r"{START}({})\s+({NAME})\s*(\{{)", row(Kind::Enum).word),
        "beginCaptures": {
            "1": scope("storage.type"),
            "2": scope("entity.name.type"),
            "3": scope("punctuation.section.block"),
        },
        "end": format!(r"\}}|^(?=(?:{})\s+{NAME})", any(&words.kinds)),
        "endCaptures": { "0": scope("punctuation.section.block") },
        "patterns": [
            { "include": "#comments" },
            rule("variable.other.enummember", NAME),
        ],
    })
}

fn heads(words: &Words) -> Value {
    // Without their `:`, some are statements with a reference: `auth Session` in a service.
    let named = |heads: String, name: &str, without_colon: bool| {
        let may = if without_colon { "?" } else { "" };
        json!({
            "match": format!(r"{START}({heads})\s+({NAME})(?:\s*(:)\s*({NAME})?){may}"),
            "captures": {
                "1": scope("storage.type"),
                "2": scope(name),
                "3": scope("punctuation.separator.type"),
                "4": scope("variable.other.enummember"),
            },
        })
    };
    json!({ "patterns": [
        {
            "match": format!(r"{START}({})\s+({NAME}(?:\.{NAME})*)\s+(as)\s+({NAME})", any(&words.late_named)),
            "captures": {
                "1": scope("storage.type"),
                "2": scope("entity.name.type"),
                "3": scope("keyword.other"),
                "4": scope("entity.name.function"),
            },
        },
        {
            "match": format!(r"{START}({})\s+({NAME})", any(&words.unnamed)),
            "captures": { "1": scope("storage.type"), "2": scope("entity.name.type") },
        },
        named(any(words.types.difference(&words.with_colon)), "entity.name.type", true),
        named(any(&words.with_colon), "entity.name.type", false),
        named(any(&words.functions), "entity.name.function", true),
    ]})
}

fn fields() -> Value {
    json!({
        "match": format!(r"(?:^|(?<=[{{;(,]))\s*({NAME})(?=\s*:)"),
        "captures": { "1": scope("variable.other.property") },
    })
}

fn statements(words: &Words) -> Value {
    let mut patterns = vec![json!({
        "match": format!(r"{START}({})\s+({NAME}(?:\.{NAME})*)", words.rule_statement),
        "captures": { "1": scope("keyword.control"), "2": scope("constant.other.rule") },
    })];
    for (word, choices) in &words.choices {
        let choice = any(choices);
        patterns.push(json!({
            "match": format!(r"{START}({word})\s+((?:{choice})(?:\s*,\s*(?:{choice}))*)\b(?!\s*[.:(])"),
            "captures": {
                "1": scope("keyword.control"),
                "2": { "patterns": [rule("variable.other.enummember", NAME)] },
            },
        }));
    }
    patterns.push(json!({
        "match": format!(
            r"{START}({})\s+([a-z_]\w*(?:\s*,\s*[a-z_]\w*)*)\b",
            any(&words.own_word_statements)
        ),
        "captures": {
            "1": scope("keyword.control"),
            "2": { "patterns": [rule("variable.other.enummember", NAME)] },
        },
    }));
    let all = words
        .statements
        .iter()
        .chain(&words.functions)
        .chain(&words.types)
        .chain(&words.late_named);
    let all: std::collections::BTreeSet<_> = all.collect();
    patterns.push(json!({
        "match": format!(r"{START}({})\b(?!\s*[:,.=])", any(all)),
        "captures": { "1": scope("keyword.control") },
    }));
    json!({ "patterns": patterns })
}

fn types(words: &Words) -> Value {
    json!({
        "match": format!(
            r"(?:(:)|(->)|(\[))\s*(?:({})\b\s*)?(?:({})\b(?!\s*[.:]))?",
            any(TYPE_PREFIXES),
            any(&words.scalars),
        ),
        "captures": {
            "1": scope("punctuation.separator.type"),
            "2": scope("keyword.operator.arrow"),
            "3": scope("punctuation.definition.list"),
            "4": scope("storage.modifier"),
            "5": scope("support.type"),
        },
    })
}

fn attributes(words: &Words) -> Value {
    rule(
        "entity.name.function.decorator",
        &format!(r"@(?:{})\b", any(&words.attributes)),
    )
}

fn routes(words: &Words) -> Value {
    json!({ "patterns": [
        rule("constant.language.method", &format!(r"\b(?:{})\b(?=\s+/)", any(&words.methods))),
        {
            "match": format!(r"(?<=\s)/(?!/)(?:[A-Za-z0-9._~*-]|\{{{NAME}\}}|/(?!/))*"),
            "captures": {
                "0": {
                    "name": "string.unquoted.path.arch",
                    "patterns": [rule("variable.parameter", &format!(r"\{{{NAME}\}}"))],
                },
            },
        },
    ]})
}

fn numbers() -> Value {
    json!({ "patterns": [
        rule("constant.numeric.date", r"\b\d{4}-\d{2}-\d{2}\b"),
        rule("constant.numeric.duration", r"\b\d[\d_]*(?:ms|mo|s|m|h|d|w|y)\b"),
        rule("constant.numeric.size", r"\b\d[\d_]*(?:B|KB|MB|GB|TB)\b"),
        rule("constant.numeric.percent", r"\b\d[\d_]*(?:\.\d+)?%"),
        rule("constant.numeric", r"\b\d[\d_]*(?:\.\d[\d_]*)?\b"),
        rule("constant.other.version", r"\bv\d+\b"),
    ]})
}

fn values(words: &Words) -> Value {
    json!({ "patterns": [
        rule("variable.language.caller", &format!(r"{NOT_INSIDE}caller(?:\.(?:{}))?\b", any(&words.caller_fields))),
        rule("constant.language", &format!(r"{NOT_INSIDE}(?:{})\b(?!\s*[:.(])", any(CONSTANTS))),
        rule("constant.language.flag", &format!(r"{NOT_INSIDE}(?:{})\b(?!\s*[:.(=])", any(&words.flags))),
        rule("support.function", &format!(r"{NOT_INSIDE}secret(?=\s*\()")),
    ]})
}

fn connectives(words: &Words) -> Value {
    let mut patterns = vec![
        json!({
            "match": r"(?<=\d)\s+(per)\b(?:\s+([a-z]+)\b)?",
            "captures": { "1": scope("keyword.other"), "2": scope("variable.other.enummember") },
        }),
        rule(
            "variable.other.enummember",
            &format!(
                r"(?<=\s)(?<!(?:^|[{{;])\s)(?:{})(?=\s*(?:$|[;}}]|//))",
                any(&words.last_choices)
            ),
        ),
        // A name, not `:` or another word of the language, is behind it.
        rule(
            "keyword.other",
            &format!(r"(?<=[\w,>*-] )(?:{})(?=\s+[A-Z]\w*)", any(&words.kinds)),
        ),
    ];
    // These are in lower case; references are not.
    patterns.push(json!({
        "match": format!(
            r"{NOT_INSIDE}({})\s+([a-z_]\w*)\b(?!\s*[.:(])",
            any(&words.before_own),
        ),
        "captures": { "1": scope("keyword.other"), "2": scope("variable.other.enummember") },
    }));
    for (word, choices) in &words.later_choices {
        patterns.push(json!({
            "match": format!(r"{NOT_INSIDE}({word})\s+({})\b(?!\s*[.:(,])", any(choices)),
            "captures": { "1": scope("keyword.other"), "2": scope("variable.other.enummember") },
        }));
    }
    patterns.extend([
        rule(
            "keyword.operator.logical",
            &format!(r#"{NOT_INSIDE}(?!not\s+")(?:{})\b(?=\s+[^\s:.,=)])"#, any(LOGIC)),
        ),
        rule(
            "keyword.other",
            &format!(r"{NOT_INSIDE}(?:{})\b(?!\s*[:.,=)])", any(&words.connectives)),
        ),
    ]);
    json!({ "patterns": patterns })
}

fn references() -> Value {
    json!({
        "match": format!(r"\b([A-Z][A-Za-z0-9_]*)(?:(\.)([a-z_][A-Za-z0-9_]*))?"),
        "captures": {
            "1": scope("entity.name.type"),
            "2": scope("punctuation.accessor"),
            "3": scope("variable.other.member"),
        },
    })
}

fn operators() -> Value {
    rule("keyword.operator", r"->|==|!=|<=|>=|\.\.|[<>=+*!?-]")
}
