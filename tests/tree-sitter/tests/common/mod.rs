//! Reading texts with the tree-sitter grammar.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(
    clippy::disallowed_methods,
    reason = "tests read the examples and the corpus from disk"
)]

use std::path::{Path, PathBuf};

use tree_sitter::{Language, Node, Parser, Tree};

pub(crate) fn language() -> Language {
    tree_sitter_archwright::LANGUAGE.into()
}

pub(crate) fn parser() -> Parser {
    let mut parser = Parser::new();
    parser
        .set_language(&language())
        .expect("the parser's tables are of a version that is known");
    parser
}

pub(crate) fn parse(text: &str) -> Tree {
    parser().parse(text, None).expect("parsing was not cancelled")
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The blueprints below a folder, sorted, as paths and texts. What is not UTF-8 is read with replacement characters.
pub(crate) fn blueprints(folder: &str) -> Vec<(String, String)> {
    fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "arch") {
                into.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).expect("the file can be read");
            (
                path.display().to_string(),
                String::from_utf8_lossy(&bytes).into_owned(),
            )
        })
        .collect()
}

/// The sample that leaves nothing out.
pub(crate) fn sample() -> String {
    std::fs::read_to_string(root().join("grammar/tests/language.arch")).expect("the sample is there")
}

/// Everything that the grammar can read without an error: both examples, the corpus, the sample of all constructs.
pub(crate) fn right_blueprints() -> Vec<(String, String)> {
    let mut all = blueprints("examples");
    all.extend(blueprints("grammar/corpus/ok"));
    all.extend(blueprints("grammar/tests"));
    all
}

/// All nodes below `node` and itself, in text order.
pub(crate) fn walk<'tree>(node: Node<'tree>, visit: &mut impl FnMut(Node<'tree>)) {
    visit(node);
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        walk(child, visit);
    }
}

/// What is wrong with a tree, as text: errors, missing tokens, blocks that are not closed, unknown lines.
pub(crate) fn faults(tree: &Tree, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(tree.root_node(), &mut |node| {
        let unread = matches!(node.kind(), "missing_brace" | "unknown");
        if node.is_error() || node.is_missing() || unread {
            found.push(format!(
                "{} in line {}: {:?}",
                node.kind(),
                node.start_position().row + 1,
                &text[node.byte_range()]
            ));
        }
    });
    found
}
