//! What several tests need: files, and errors as lines.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read the files that they are about"
)]
#![allow(dead_code, reason = "each test file uses some of this")]

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use archwright_grammar::parser::file_errors;

/// All files below a folder of the repository with an extension, sorted.
pub fn paths(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder),
        extension,
        &mut found,
    );
    found.sort();
    found
}

/// All `.arch` files below a folder of the repository, sorted, with their texts.
pub fn files(folder: &str) -> Vec<(PathBuf, String)> {
    paths(folder, "arch")
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).expect("the file was just listed");
            // What is not UTF-8 never reaches the grammar as such; it is refused, or shown with replacements.
            (path, String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
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
