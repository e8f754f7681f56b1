//! The corpus of the grammar, in the format of `tree-sitter test`, so that the tools of tree-sitter can run it too.

mod common;

use common::{parse, root};

/// A text and its tree as it is written in the corpus.
struct Case {
    name: String,
    text: String,
    tree: String,
}

/// `===` name `===` text `---` tree, any number of times.
fn cases(file: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut lines = file.lines().peekable();
    let rule =
        |line: &str, sign: &str| line.len() >= 3 && line.trim_matches(|c: char| sign.contains(c)).is_empty();
    while let Some(line) = lines.next() {
        if !rule(line, "=") {
            assert!(line.is_empty(), "between cases stands {line:?}");
            continue;
        }
        let name = lines.next().expect("a name").to_owned();
        assert!(
            lines.next().is_some_and(|line| rule(line, "=")),
            "the head of {name}"
        );
        let mut text = String::new();
        for line in lines.by_ref().take_while(|line| !rule(line, "-")) {
            text.push_str(line);
            text.push('\n');
        }
        let mut tree = String::new();
        while let Some(line) = lines.next_if(|line| !rule(line, "=")) {
            tree.push_str(line);
            tree.push('\n');
        }
        cases.push(Case { name, text, tree });
    }
    cases
}

/// A tree on one line, whatever its layout.
fn on_one_line(tree: &str) -> String {
    tree.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace(" )", ")")
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the corpus is on disk")]
fn the_corpus_has_the_trees_that_are_written_in_it() {
    let mut found = 0;
    let folder = root().join("grammar/tree-sitter/test/corpus");
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("an entry").path();
        for case in cases(&std::fs::read_to_string(&path).expect("the file can be read")) {
            // The line before `---` is empty in the tools' format, and no part of the text.
            let text = case.text.strip_suffix('\n').unwrap_or(&case.text);
            let tree = parse(text).root_node().to_sexp();
            assert_eq!(tree, on_one_line(&case.tree), "{}: {}", path.display(), case.name);
            found += 1;
        }
    }
    assert!(found >= 12, "only {found} cases");
}
