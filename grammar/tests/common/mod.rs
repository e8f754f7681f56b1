//! What several tests need: files, random numbers, and what must hold of every tree.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read the files that they are about"
)]
#![allow(dead_code, reason = "each test file uses some of this")]

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use archwright_grammar::{
    ast::{Node, Tree},
    parser::file_errors,
    span::Span,
};

/// All `.arch` files below a folder of the repository, sorted, with their texts.
pub fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder),
        &mut found,
    );
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).expect("the file was just listed");
            // What is not UTF-8 never reaches the grammar as such; it is refused, or shown with replacements.
            (path, String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "arch") {
            found.push(path);
        }
    }
}

/// Repeatable random numbers (xorshift).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A character boundary of `text`.
    pub fn boundary(&mut self, text: &str) -> usize {
        text.floor_char_boundary(self.below(text.len() + 1))
    }
}

/// Checks what holds of every tree: places lie in the text, in order, and inside of what holds them.
pub fn check_tree(text: &str, tree: &Tree) {
    for error in &tree.errors {
        check_span(text, error.span);
        assert!(
            archwright_grammar::errors::CODES
                .iter()
                .any(|(code, _)| *code == error.code),
            "{error:?}"
        );
        if let Some((span, _)) = &error.related {
            check_span(text, *span);
        }
        if let Some(fix) = &error.fix {
            check_span(text, fix.span);
        }
    }
    assert!(tree.errors.is_sorted_by_key(|error| error.span.start));
    for comment in &tree.comments {
        check_span(text, *comment);
    }
    if let Some(node) = &tree.node {
        check_node(text, node, Span::new(0, text.len() as u32));
    }
}

fn check_span(text: &str, span: Span) {
    assert!(span.start <= span.end, "{span:?} in {text:?}");
    assert!(
        text.get(span.start as usize..span.end as usize).is_some(),
        "{span:?} in {text:?}"
    );
}

fn check_node(text: &str, node: &Node, parent: Span) {
    check_span(text, node.span);
    assert!(
        inside(node.span, parent),
        "{:?} in {parent:?} of {text:?}",
        node.span
    );
    assert!(inside(node.word.span, node.span), "{node:?} of {text:?}");
    for argument in &node.args {
        check_span(text, argument.span);
        assert!(
            inside(argument.span, node.span),
            "{argument:?} in {:?} of {text:?}",
            node.span
        );
    }
    assert!(
        node.args.is_sorted_by_key(|argument| argument.span.start),
        "{node:?} of {text:?}"
    );
    if let Some(block) = &node.block {
        check_span(text, block.span);
        assert!(inside(block.span, node.span));
        assert!(block.nodes.is_sorted_by_key(|node| node.span.start));
        for child in &block.nodes {
            check_node(text, child, block.span);
        }
    }
}

fn inside(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// `text` with what cannot be seen written out.
fn shown(text: &str) -> String {
    let hidden = |c: char| c.is_control() || (c.is_whitespace() && c != ' ');
    text.chars()
        .map(|c| {
            if hidden(c) {
                c.escape_default().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// The syntax errors of a text, as lines: place, code, message, and what is offered.
pub fn report(text: &str) -> String {
    let mut lines = String::new();
    for error in file_errors(text) {
        let start = error.span.start as usize;
        let line = text[..start].matches('\n').count() + 1;
        let column = start - text[..start].rfind('\n').map_or(0, |at| at + 1) + 1;
        let code = error.code.trim_start_matches("syntax.");
        let _ = writeln!(
            lines,
            "{line}:{column} {code} `{}`: {}",
            shown(error.span.of(text)),
            error.message
        );
        if let Some(help) = &error.help {
            let _ = writeln!(lines, "    help: {help}");
        }
        if let Some((span, message)) = &error.related {
            let _ = writeln!(lines, "    at `{}`: {message}", span.of(text));
        }
        if let Some(fix) = &error.fix {
            let _ = writeln!(
                lines,
                "    fix: {}: {:?} -> {:?}",
                fix.title,
                fix.span.of(text),
                fix.text
            );
        }
    }
    lines
}
