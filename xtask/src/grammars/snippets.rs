//! The snippets are written by hand; the parser has the last word on them.

use archwright_grammar::parser::file_errors;
use archwright_grammar::vocabulary::{Place, form};
use serde_json::Value;

/// A snippet's text as it stands after every place was left at its default.
fn expanded(body: &str) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(place) = rest.strip_prefix('{') else {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            continue;
        };
        let end = place.find('}').expect("a place is closed");
        let content = place[..end].trim_start_matches(|c: char| c.is_ascii_digit());
        let default = match content.strip_prefix('|') {
            Some(choices) => choices.split(',').next().unwrap_or_default(),
            None => content.trim_start_matches(':'),
        };
        text.push_str(default);
        rest = &place[end + 1..];
    }
    text + rest
}

/// The text inside the blocks that it needs around it to stand in a file.
fn in_a_file(text: &str) -> String {
    let word = text
        .lines()
        .find(|line| !line.starts_with("///"))
        .and_then(|line| line.split_whitespace().next())
        .expect("a snippet has a first word");
    if form(Place::File, word).is_some() {
        text.to_owned()
    } else if form(Place::Service, word).is_some() {
        format!("service Example {{\n{text}\n}}\n")
    } else {
        format!("service Example {{\nendpoint example POST /v1/examples {{\n{text}\n}}\n}}\n")
    }
}

#[test]
fn every_snippet_is_right_syntax() {
    let snippets: Value = serde_json::from_str(super::SNIPPETS).expect("the snippets are JSON");
    let snippets = snippets.as_object().expect("an object of snippets");
    assert!(snippets.len() > 20);
    for (name, snippet) in snippets {
        let body = match &snippet["body"] {
            Value::Array(lines) => lines
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join("\n"),
            body => body.as_str().expect("a body is a string or lines").to_owned(),
        };
        let file = in_a_file(&expanded(&body));
        let errors = file_errors(&file);
        assert!(errors.is_empty(), "{name}: {errors:#?}\n{file}");
    }
}
