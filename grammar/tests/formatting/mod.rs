//! What must hold of every formatted text.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read the pages that they are about"
)]

use std::{fmt::Write as _, path::Path};

use archwright_grammar::{
    ast::{Node, Tree},
    format::{Options, apply, edits, format},
    lexer::{TokenKind, lex},
    parser::{file_errors, parse_file},
};

use crate::common::paths;

/// Every `arch` block of the documentation, with the page that it stands on.
pub fn blocks() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for page in paths("docs", "md") {
        let text = std::fs::read_to_string(&page).expect("the page was just listed");
        let mut block: Option<String> = None;
        for line in text.lines() {
            match &mut block {
                None if line == "```arch" || line.starts_with("```arch ") => block = Some(String::new()),
                None => {}
                Some(_) if line.starts_with("```") => {
                    found.extend(block.take().map(|text| (page.display().to_string(), text)));
                }
                Some(inside) => {
                    let _ = writeln!(inside, "{line}");
                }
            }
        }
    }
    found
}

/// The tokens and comments of a text, without what only separates. Comments and texts without their `"` may end in
/// blanks, which mean nothing.
pub fn tokens(text: &str) -> Vec<&str> {
    lex(text)
        .filter(|token| {
            !matches!(
                token.kind,
                TokenKind::Whitespace | TokenKind::Newline | TokenKind::Semicolon | TokenKind::Comma
            )
        })
        .map(|token| token.span.of(text).trim_ascii_end())
        .collect()
}

/// What a text says, without places.
pub fn meaning(text: &str) -> String {
    let mut said = String::new();
    let mut remarks = String::new();
    for (piece, tree) in parse_file(text) {
        let Tree {
            node,
            comments,
            file_docs,
            ..
        } = &tree;
        if let Some(docs) = file_docs {
            line(&mut said, 0, &format!("//! {}", trimmed(&docs.text)));
        }
        if let Some(node) = node {
            describe(node, 0, &mut said);
        }
        for comment in comments {
            // Between two items a comment may belong to either piece.
            let text = comment.shift(piece.start).of(text);
            line(&mut remarks, 0, text.trim_ascii_end());
        }
    }
    said + &remarks
}

fn trimmed(docs: &str) -> String {
    docs.lines()
        .map(str::trim_ascii_end)
        .collect::<Vec<_>>()
        .join("⏎")
}

fn line(said: &mut String, depth: usize, text: &str) {
    let _ = writeln!(said, "{:1$}{text}", "", depth * 2);
}

fn describe(node: &Node, depth: usize, said: &mut String) {
    let docs = node.docs.as_ref().map(|docs| trimmed(&docs.text));
    let broken = if node.broken { " broken" } else { "" };
    line(
        said,
        depth,
        &format!("{:?} {}{broken} {docs:?}", node.form.kind, node.word.text),
    );
    for argument in &node.args {
        let value = without_places(&format!("{:?}", argument.value));
        line(said, depth, &format!("- {} {value}", argument.slot));
    }
    if let Some(block) = &node.block {
        line(said, depth, if block.closed { "{}" } else { "{" });
        for child in &block.nodes {
            describe(child, depth + 1, said);
        }
    }
}

fn without_places(debug: &str) -> String {
    let mut parts = debug.split("Span { ");
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        result.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
    }
    result
}

/// Checks everything that holds of a text that may be broken, and gives its formatted form.
pub fn check(name: &str, text: &str, options: Options) -> String {
    let found = edits(text, &options);
    let mut end = 0;
    for edit in &found {
        assert!(
            edit.span.start >= end && edit.span.start <= edit.span.end,
            "{name}: {edit:?} overlaps\n{text}"
        );
        end = edit.span.end;
        let old = edit.span.of(text);
        assert_ne!(old, edit.text, "{name}\n{text}");
        assert!(
            old.chars()
                .chain(edit.text.chars())
                .all(|c| " \t\u{B}\u{C}\r\n;,".contains(c)),
            "{name}: {edit:?} replaces {old:?}\n{text}"
        );
    }
    let result = format(text, &options);
    assert_eq!(apply(text, &found), result, "{name}");
    assert_eq!(tokens(&result), tokens(text), "{name}\n{text}\n----\n{result}");
    assert_eq!(meaning(&result), meaning(text), "{name}\n{text}\n----\n{result}");
    let codes = |text: &str| {
        let mut codes: Vec<_> = file_errors(text).into_iter().map(|error| error.code).collect();
        codes.sort_unstable();
        codes
    };
    let (before, after) = (codes(text), codes(&result));
    let only_braces_moved = after.len() <= before.len() && after.iter().all(|code| before.contains(code));
    assert!(
        only_braces_moved,
        "{name}: {before:?} became {after:?}\n{text}\n----\n{result}"
    );
    assert_eq!(format(&result, &options), result, "{name}: not stable\n{text}");
    result
}

/// The same for a text without errors, which looks good afterwards.
pub fn check_good(name: &str, text: &str, options: Options) {
    let result = check(name, text, options);
    assert_eq!(file_errors(&result), [], "{name}\n{result}");
    for (number, line) in result.split(['\n', '\r']).enumerate() {
        assert!(
            !line.ends_with([' ', '\t']),
            "{name}: blanks at the end of line {number}\n{result}"
        );
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        assert!(
            indent % 2 == 0 && !line[..indent].contains('\t'),
            "{name}: line {number}\n{result}"
        );
    }
    let (_, last) = result.split_at(result.trim_end().len());
    let expected: &[&str] = if result.trim_start_matches('\u{FEFF}').is_empty() {
        &[""]
    } else {
        &["\n", "\r\n", "\r"]
    };
    assert!(expected.contains(&last), "{name}: ends with {last:?}");
}

/// Compares with a file byte by byte; `UPDATE_EXPECT=1` writes it.
pub fn assert_file(path: &Path, actual: &str) {
    if std::env::var("UPDATE_EXPECT").is_ok() {
        std::fs::write(path, actual).expect("the folder is part of the repository");
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(actual, expected, "{}", path.display());
}
