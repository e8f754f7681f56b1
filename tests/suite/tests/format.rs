//! Everything that people are shown is written as the formatter writes it.

use archwright_fixture::markdown;
use archwright_grammar::{
    format::{Options, edits, format},
    parser::file_errors,
};
use archwright_suite::tree;

/// What the formatter would change in a text, as lines of the form `path:line: wanted`.
fn differences(path: &str, first_line: usize, text: &str) -> Vec<String> {
    edits(text, &Options::default())
        .into_iter()
        .map(|edit| {
            let line = first_line + text[..edit.span.start as usize].matches('\n').count();
            format!(
                "{path}:{line}: {:?} should be {:?}",
                edit.span.of(text),
                edit.text
            )
        })
        .collect()
}

#[test]
fn the_examples_are_formatted() {
    let files = tree::files("examples", ".arch");
    assert!(files.len() > 10);
    let found: Vec<String> = files
        .iter()
        .flat_map(|path| differences(path, 1, &tree::read(path)))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Blocks with a syntax error are shown as somebody typed them.
#[test]
fn the_blocks_of_the_documentation_are_formatted() {
    let mut looked_at = 0;
    let mut found = Vec::new();
    for path in tree::files("docs", ".md") {
        let page = tree::read(&path);
        for block in markdown::blocks(&page) {
            let arch = block.info == "arch" || block.info.starts_with("arch ");
            if arch && file_errors(&block.text).is_empty() {
                looked_at += 1;
                found.extend(differences(&path, block.line + 2, &block.text));
            }
        }
    }
    assert!(looked_at > 200, "{looked_at}");
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// What the messages of the vocabulary and `archwright init` show is in the same style.
#[test]
fn the_examples_of_the_vocabulary_are_formatted() {
    let rows = archwright_grammar::vocabulary::FORMS;
    assert!(rows.len() > 100);
    for row in rows
        .iter()
        .filter(|row| row.places.contains(&archwright_grammar::vocabulary::Place::File))
    {
        let text = format!("{}\n", row.example);
        assert_eq!(format(&text, &Options::default()), text);
    }
}
