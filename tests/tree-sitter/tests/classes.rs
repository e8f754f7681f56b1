//! How the sample of all constructs is shown, written down for the tests of the other grammars: what tree-sitter shows
//! as a type, the `TextMate` grammar shows as a type.

mod common;

use std::fmt::Write as _;

use common::{language, parse, root};
use tree_sitter::{Query, QueryCursor, StreamingIterator};
use tree_sitter_archwright::HIGHLIGHTS_QUERY;

const SAMPLE: &str = "grammar/tests/language.arch";
const WRITTEN: &str = "editors/vscode/test/classes.txt";

/// One line per piece: line and column from 1, in UTF-16 units as editors count, the piece, and what it is.
fn classes(text: &str) -> String {
    let query = Query::new(&language(), HIGHLIGHTS_QUERY).expect("the query fits the grammar");
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut found = Vec::new();
    while let Some(each) = matches.next() {
        for capture in each.captures() {
            let class = query.capture_names()[capture.index as usize];
            if class != "spell" {
                found.push((capture.node.byte_range(), class));
            }
        }
    }
    found.sort_by_key(|(range, class)| (range.start, std::cmp::Reverse(range.end), *class));
    found.dedup();
    let mut written = format!(
        "# How {SAMPLE} is shown; UPDATE_EXPECT=1 cargo test -p archwright-tree-sitter-tests --test classes\n"
    );
    for (range, class) in found {
        let before = &text[..range.start];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        let piece = text[range].lines().next().unwrap_or_default();
        let column = before[line..].encode_utf16().count() + 1;
        writeln!(
            written,
            "{}:{column} {class} {piece}",
            before.matches('\n').count() + 1
        )
        .expect("a String takes any text");
    }
    written
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the sample and the list are on disk")]
fn the_list_for_other_grammars_is_up_to_date() {
    let text = std::fs::read_to_string(root().join(SAMPLE)).expect("the sample is there");
    let wanted = classes(&text);
    let written = root().join(WRITTEN);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&written, &wanted).expect("the list can be written");
    }
    let there = std::fs::read_to_string(&written).unwrap_or_default();
    assert!(
        there == wanted,
        "{WRITTEN} is not up to date: run this test with UPDATE_EXPECT=1"
    );
}
