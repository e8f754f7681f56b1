//! What is fuzzed: each takes any bytes and fails where something that always holds does not.
//!
//! The fuzz targets in `tests/fuzz` call these, and so does the test that replays what fuzzing once found.

use archwright_grammar::{
    format::{Options, apply, edits, format},
    items::{self, Edit},
    lexer::{TokenKind, lex},
    parser::{file_errors, parse_file, parse_item},
};

use crate::{
    document::{Document, spliced},
    fingerprint::{self, Places},
    invariants::{check_file, check_tokens, check_tree},
    script::{Bytes, Choices, PASTED, next},
};

/// A target's name and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// All targets that need the grammar only.
pub const TARGETS: &[Target] = &[
    ("lexer", lexer),
    ("cutter", cutter),
    ("parser", parser),
    ("formatter", formatter),
    ("edit_scripts", edit_scripts),
];

/// The tokens of a text give it back, byte by byte.
pub fn lexer(data: &[u8]) {
    check_tokens(&String::from_utf8_lossy(data));
}

/// Every text has a tree whose places make sense, as a file and as one item.
pub fn parser(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check_file(&text);
    check_tree(&text, &parse_item(&text));
}

/// The last bytes of an input, up to a quarter of it, say what happens to the text before them.
pub fn split(data: &[u8], most: usize) -> (String, Bytes<'_>) {
    let (text, script) = data.split_at(data.len() - most.min(data.len() / 4));
    (String::from_utf8_lossy(text).into_owned(), Bytes(script))
}

/// Cutting again after an edit gives what cutting the whole text gives.
pub fn cutter(data: &[u8]) {
    let (mut text, mut script) = split(data, 64);
    let mut pieces = items::cut(&text);
    loop {
        let start = text.floor_char_boundary(script.below(text.len() + 1));
        let end = text
            .floor_char_boundary((start + script.below(40)).min(text.len()))
            .max(start);
        let insert = *script.choose(PASTED);
        let edit = Edit {
            start: start as u32,
            removed: (end - start) as u32,
            inserted: insert.len() as u32,
        };
        text.replace_range(start..end, insert);
        let recut = items::recut(text.as_str(), &pieces, edit);
        pieces = spliced(&pieces, &recut, edit);
        assert_eq!(
            pieces,
            items::cut(&text),
            "after {edit:?} with {insert:?} in {text:?}"
        );
        if script.0.is_empty() {
            return;
        }
    }
}

/// After any edits, pieces and trees are those of the same text just opened.
pub fn edit_scripts(data: &[u8]) {
    let (text, mut script) = split(data, 256);
    let mut document = Document::new(text);
    let mut left = 64;
    while left > 0 && !script.0.is_empty() {
        for step in next(document.text(), &mut script).into_iter().take(left) {
            document.edit(step.start, step.end, &step.insert);
            document.check_pieces(|| format!("{step:?}"));
            left -= 1;
        }
        document.check_trees(|| "after a few edits".to_owned());
    }
}

/// Formatting keeps every token and comment and what they mean, and has nothing to do a second time.
pub fn formatter(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // Any width; mostly, the input is the text alone.
    let width = 40 + u32::from(data.last().copied().unwrap_or_default()) % 100;
    let options = Options { width };
    let formatted = format(&text, &options);
    assert_eq!(formatted, apply(&text, &edits(&text, &options)));
    assert_eq!(
        words(&text),
        words(&formatted),
        "tokens of {text:?} and {formatted:?}"
    );
    assert_eq!(
        comments(&text),
        comments(&formatted),
        "comments of {text:?} and {formatted:?}"
    );
    assert_eq!(
        trees(&text),
        trees(&formatted),
        "the meaning of {text:?} and {formatted:?}"
    );
    // A `{` on a line of its own is an error that formatting mends.
    let mut before = codes(&text);
    for code in codes(&formatted) {
        let known = before.iter().position(|before| *before == code);
        let known = known.unwrap_or_else(|| panic!("{code} is new in {formatted:?}, from {text:?}"));
        before.swap_remove(known);
    }
    let again = format(&formatted, &options);
    assert_eq!(formatted, again, "not the same a second time: {text:?}");
}

/// All that is written, but for separators.
fn words(text: &str) -> Vec<&str> {
    lex(text)
        .filter(|token| {
            !token.kind.is_trivia() && !matches!(token.kind, TokenKind::Comma | TokenKind::Semicolon)
        })
        .map(|token| token.span.of(text))
        .collect()
}

/// Comments and documentation, without the blanks at their ends.
fn comments(text: &str) -> Vec<&str> {
    lex(text)
        .filter(|token| {
            matches!(
                token.kind,
                TokenKind::Comment | TokenKind::Doc | TokenKind::FileDoc
            )
        })
        .map(|token| token.span.of(text).trim_end())
        .collect()
}

/// The trees without their places.
fn trees(text: &str) -> Vec<u64> {
    parse_file(text)
        .iter()
        .filter_map(|(_, tree)| Some(fingerprint::of(tree.node.as_ref()?, Places::Ignored)))
        .collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    file_errors(text).into_iter().map(|error| error.code).collect()
}
