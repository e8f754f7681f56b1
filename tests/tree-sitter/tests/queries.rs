//! The queries: they fit the grammar, every token is shown as one thing, and folds, indentation, names and Markdown are
//! where they should be.

use std::collections::BTreeMap;

use archwright_grammar::{ast::Node as Ours, parser::parse_file};
use tree_sitter::{Node, Query, QueryCursor, StreamingIterator, Tree};
use tree_sitter_archwright::{
    FOLDS_QUERY, HIGHLIGHTS_QUERY, INDENTS_QUERY, INJECTIONS_QUERY, LOCALS_QUERY, TAGS_QUERY,
};

mod common;

use common::{language, parse, right_blueprints, walk};

/// Captures in text order: name, and the bytes of the node.
type Captures = Vec<(String, std::ops::Range<usize>)>;

fn captures(query: &str, tree: &Tree, text: &str) -> Captures {
    let query = Query::new(&language(), query).expect("the query fits the grammar");
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut found = Captures::new();
    while let Some(each) = matches.next() {
        for capture in each.captures() {
            let name = query.capture_names()[capture.index as usize].to_owned();
            found.push((name, capture.node.byte_range()));
        }
    }
    found.sort_by_key(|(name, range)| (range.start, range.end, name.clone()));
    found
}

fn named(query: &str, name: &str, text: &str) -> Vec<String> {
    captures(query, &parse(text), text)
        .into_iter()
        .filter(|(capture, _)| capture == name)
        .map(|(_, range)| text[range].to_owned())
        .collect()
}

/// How each piece of a text is shown, without what editors add to comments.
fn shown(text: &str) -> Captures {
    captures(HIGHLIGHTS_QUERY, &parse(text), text)
        .into_iter()
        .filter(|(name, _)| name != "spell")
        .collect()
}

#[test]
fn every_token_is_shown_as_one_thing() {
    let query = Query::new(&language(), HIGHLIGHTS_QUERY).expect("the query fits the grammar");
    for (name, text) in right_blueprints() {
        let tree = parse(&text);
        let mut by_node: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        let mut cursor = QueryCursor::new();
        let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
        while let Some(each) = matches.next() {
            for capture in each.captures() {
                let kind = query.capture_names()[capture.index as usize];
                if kind != "spell" {
                    by_node.entry(capture.node.id()).or_default().push(kind);
                }
            }
        }
        for kinds in by_node.values() {
            assert_eq!(kinds.len(), 1, "{name}: {kinds:?}");
        }
        walk(tree.root_node(), &mut |node| {
            if node.child_count() > 0 || node.start_byte() == node.end_byte() {
                return;
            }
            let mut above = Some(node);
            while let Some(each) = above.filter(|each| !by_node.contains_key(&each.id())) {
                above = each.parent();
            }
            assert!(
                above.is_some(),
                "{name}: {:?} in {:?} is shown as nothing",
                &text[node.byte_range()],
                node.parent().map(|parent| parent.kind())
            );
        });
    }
}

/// A line of a blueprint with what stands around it, and how each piece is to be shown.
struct Shown {
    before: &'static str,
    line: &'static str,
    wanted: &'static str,
}

const SERVICE: &str = "service S {\n";
const ENTITY: &str = "service S {\nentity E {\n";
const ENDPOINT: &str = "service S {\nendpoint e GET /e {\n";

#[rustfmt::skip]
const LINES: &[Shown] = &[
    Shown { before: "", line: "service Orders in Ordering { }",
        wanted: "service=keyword.type Orders=type in=keyword Ordering=type {=punctuation.bracket }=punctuation.bracket" },
    Shown { before: "", line: "service service { }",
        wanted: "service=keyword.type service=type {=punctuation.bracket }=punctuation.bracket" },
    Shown { before: "", line: "auth Session: cookie",
        wanted: "auth=keyword.type Session=type :=punctuation.delimiter cookie=constant" },
    Shown { before: "", line: "role Admin: staff includes Clinician",
        wanted: "role=keyword.type Admin=type :=punctuation.delimiter staff=constant includes=keyword Clinician=type" },
    Shown { before: ENTITY, line: "type: text? @pii",
        wanted: "type=variable.member :=punctuation.delimiter text=type.builtin ?=operator @=attribute pii=attribute" },
    Shown { before: ENTITY, line: "event: ref Other = null",
        wanted: "event=variable.member :=punctuation.delimiter ref=keyword.modifier Other=type ==operator null=constant.builtin" },
    Shown { before: ENTITY, line: "unique: uuid",
        wanted: "unique=variable.member :=punctuation.delimiter uuid=type.builtin" },
    Shown { before: ENTITY, line: "unique (a, b)",
        wanted: "unique=keyword (=punctuation.bracket a=variable.member ,=punctuation.delimiter b=variable.member )=punctuation.bracket" },
    Shown { before: ENTITY, line: "retain 7y then erase because \"law\\n\"",
        wanted: "retain=keyword 7y=number then=keyword erase=constant because=keyword \"law\\n\"=string \\n=string.escape" },
    Shown { before: ENTITY, line: "reference", wanted: "reference=keyword" },
    Shown { before: SERVICE, line: "endpoint get GET /v1/orders/{id} -> page Order",
        wanted: "endpoint=keyword.function get=function GET=constant.builtin /v1/orders/{id}=string.special.path \
                 {id}=variable.parameter ->=operator page=keyword.modifier Order=type" },
    Shown { before: SERVICE, line: "on Billing.InvoicePaid as settle",
        wanted: "on=keyword.function Billing=type .=punctuation.delimiter InvoicePaid=type as=keyword settle=function" },
    Shown { before: SERVICE, line: "route /api/* -> Orders.place",
        wanted: "route=keyword /api/*=string.special.path *=character.special ->=operator Orders=type .=punctuation.delimiter \
                 place=function.call" },
    Shown { before: ENDPOINT, line: "allow Patient where patient == caller.id and not done in [true]",
        wanted: "allow=keyword Patient=type where=keyword patient=variable.member ===operator caller=variable.builtin \
                 .=punctuation.delimiter id=variable.member and=keyword.operator not=keyword.operator done=variable.member \
                 in=keyword.operator [=punctuation.bracket true=boolean ]=punctuation.bracket" },
    Shown { before: ENDPOINT, line: "limit 60 per minute by caller",
        wanted: "limit=keyword 60=number per=keyword minute=constant by=keyword caller=constant" },
    Shown { before: ENDPOINT, line: "observe off", wanted: "observe=keyword off=constant.builtin" },
    Shown { before: ENDPOINT, line: "waive auth.missing_authorization until 2026-12-31",
        wanted: "waive=keyword auth.missing_authorization=constant .=punctuation.delimiter until=keyword 2026-12-31=number" },
    Shown { before: "", line: "// a remark", wanted: "// a remark=comment" },
    Shown { before: "", line: "/// What it is.", wanted: "/// What it is.=comment.documentation" },
];

#[test]
fn lines_are_shown_as_wanted() {
    for Shown { before, line, wanted } in LINES {
        let closed = "\n}".repeat(before.matches('{').count());
        let text = format!("{before}{line}{closed}");
        let of_line = before.len()..before.len() + line.len();
        let found: Vec<String> = shown(&text)
            .into_iter()
            .filter(|(_, range)| of_line.contains(&range.start))
            .map(|(name, range)| (range.start, std::cmp::Reverse(range.end), name))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .map(|(start, end, name)| format!("{}={name}", &text[start..end.0]))
            .collect();
        assert_eq!(found.join(" "), *wanted, "{line}");
    }
}

/// Names that our parser's nodes declare.
fn declared(node: &Ours, into: &mut Vec<String>) {
    if let Some(name) = node.name() {
        into.push(name.text.to_string());
    }
    for child in node.children() {
        declared(child, into);
    }
}

#[test]
fn declarations_are_those_of_the_parser() {
    for (name, text) in right_blueprints() {
        let mut wanted = Vec::new();
        for (_, tree) in parse_file(&text) {
            if let Some(node) = &tree.node {
                declared(node, &mut wanted);
            }
        }
        let mut found: Vec<String> = captures(LOCALS_QUERY, &parse(&text), &text)
            .into_iter()
            .filter(|(capture, _)| {
                capture.starts_with("local.definition") && capture != "local.definition.parameter"
            })
            .map(|(_, range)| text[range].to_owned())
            .collect();
        // Fields of inline types are in the tree of a type.
        found.sort();
        wanted.sort();
        for one in &wanted {
            let at = found.iter().position(|found| found == one);
            found.remove(at.unwrap_or_else(|| panic!("{name}: {one} is not declared")));
        }
    }
}

#[test]
fn tags_are_what_stands_by_itself() {
    let text = "service A {\n  endpoint get GET /a\n  entity E { id: uuid }\n  on B.C as settle\n}\nteam T\n";
    assert_eq!(named(TAGS_QUERY, "definition.function", text).len(), 2);
    let names = ["A", "get", "E", "settle", "T"];
    let found = named(TAGS_QUERY, "name", text);
    assert!(
        names.iter().all(|name| found.iter().any(|found| found == name)),
        "{found:?}"
    );
}

#[test]
fn blocks_and_documentation_fold() {
    let text = "/// One\n/// two.\nservice A {\n  entity E {\n    id: uuid\n  }\n}\n";
    let found = named(FOLDS_QUERY, "fold", text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "/// One\n/// two.\n");
}

/// How deep a line stands: each indenting node that began above it and does not end before it, with one step for all
/// that begin on the same line.
fn depth(row: usize, begins: &[(usize, usize)], branches: bool) -> usize {
    let mut starts: Vec<usize> = begins
        .iter()
        .filter(|(start, end)| *start < row && row <= *end)
        .map(|(start, _)| *start)
        .collect();
    starts.sort_unstable();
    starts.dedup();
    starts.len() - usize::from(branches && !starts.is_empty())
}

#[test]
fn indentation_is_that_of_the_examples() {
    let mut lines = 0;
    for (name, text) in common::blueprints("examples") {
        let tree = parse(&text);
        let row = |at: usize| text[..at].matches('\n').count();
        let begins: Vec<(usize, usize)> = captures(INDENTS_QUERY, &tree, &text)
            .into_iter()
            .filter(|(capture, _)| capture == "indent.begin")
            .map(|(_, range)| (row(range.start), row(range.end - 1)))
            .collect();
        let mut above = "";
        for (row, line) in text.lines().enumerate() {
            let content = line.trim_start();
            // A line that goes on with the one above stands where its writer likes.
            let goes_on = [",", "->", "=", " and", " or"]
                .iter()
                .any(|end| above.ends_with(end));
            above = line;
            if content.is_empty() || goes_on {
                continue;
            }
            let wanted = 2 * depth(row, &begins, content.starts_with(['}', ')', ']']));
            assert_eq!(line.len() - content.len(), wanted, "{name}:{}: {line}", row + 1);
            lines += 1;
        }
    }
    assert!(lines > 1_000, "only {lines} lines");
}

/// The text of a node without its children's: what an editor reads as the other language.
fn without_children(node: Node<'_>, text: &str) -> String {
    let mut found = String::new();
    let mut at = node.start_byte();
    for child in node.children(&mut node.walk()) {
        found.push_str(&text[at..child.start_byte()]);
        at = child.end_byte();
    }
    found + &text[at..node.end_byte()]
}

#[test]
fn documentation_is_markdown_without_its_marks() {
    let query = Query::new(&language(), INJECTIONS_QUERY).expect("the query fits the grammar");
    assert_eq!(query.property_settings(0)[0].value.as_deref(), Some("markdown"));
    let text = "\
//! # A file
//!
//! of items.

service A {
  /// Some *words*:
  ///
  /// ```text
  ///   kept
  /// ```
  entity E { id: uuid }
}
";
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut found = Vec::new();
    while let Some(each) = matches.next() {
        found.push(without_children(each.captures()[0].node, text));
    }
    assert_eq!(
        found,
        [
            "# A file\n\nof items.\n",
            "Some *words*:\n\n```text\n  kept\n```\n"
        ]
    );
}
