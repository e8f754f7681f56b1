//! What is said about each broken text of `corpus/err`. Beside `<case>.arch` stands `<case>.txt` with the messages as a
//! reader sees them. `UPDATE_EXPECT=1 cargo test -p archwright-grammar --test errors_corpus` writes these files anew;
//! read the difference as a newcomer to the language would.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read the files that they are about, and one variable that says to write them"
)]

use std::fmt::Write as _;

use archwright_grammar::{
    ast::{SyntaxError, SyntaxFix},
    parser::file_errors,
    span::Span,
};

mod common;

#[test]
fn messages_are_as_written_beside_the_texts() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let cases = common::files("grammar/corpus/err");
    assert!(cases.len() >= 320, "{} cases", cases.len());
    let mut wrong = String::new();
    for (path, text) in &cases {
        let report = report(text);
        let beside = path.with_extension("txt");
        if update {
            std::fs::write(&beside, &report).expect("the corpus can be written");
            continue;
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if expected != report {
            let _ = writeln!(
                wrong,
                "{}\nexpected:\n{expected}\nfound:\n{report}",
                path.display()
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A fix removes what it belongs to, and brings nothing new.
#[test]
fn fixes_leave_fewer_errors() {
    let (mut useless, mut tried) = (String::new(), 0);
    for (path, text) in common::files("grammar/corpus/err") {
        let errors = file_errors(&text);
        for error in &errors {
            let Some(fix) = &error.fix else { continue };
            let mut fixed = text.clone();
            fixed.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
            if file_errors(&fixed).len() >= errors.len() {
                let _ = writeln!(
                    useless,
                    "{}: {}: {}\n{}",
                    path.display(),
                    error.message,
                    fix.title,
                    report(&fixed)
                );
            }
            tried += 1;
        }
    }
    assert!(useless.is_empty(), "{useless}");
    assert!(tried > 400, "{tried} fixes");
}

#[test]
fn no_messages_stand_beside_nothing() {
    for (path, _) in common::files("grammar/corpus/err") {
        let folder = path.parent().expect("a file lies in a folder");
        for entry in std::fs::read_dir(folder).expect("the folder can be listed") {
            let found = entry.expect("the folder can be listed").path();
            assert!(found.with_extension("arch").exists(), "{}", found.display());
        }
    }
}

/// Every error with its line, what is marked in it, and what the text becomes with its fix.
fn report(text: &str) -> String {
    let mut out = String::new();
    for error in file_errors(text) {
        if !out.is_empty() {
            out.push('\n');
        }
        one(text, &error, &mut out);
    }
    out
}

fn one(text: &str, error: &SyntaxError, out: &mut String) {
    let _ = writeln!(
        out,
        "{} {}: {}",
        place(text, error.span.start),
        error.code,
        error.message
    );
    marked(text, error.span, out);
    if let Some(help) = &error.help {
        let _ = writeln!(out, "  help: {help}");
    }
    if let Some((span, message)) = &error.related {
        let _ = writeln!(out, "  {}: {message}", place(text, span.start));
    }
    if let Some(fix) = &error.fix {
        let _ = writeln!(out, "  fix: {}", fix.title);
        fixed(text, fix, out);
    }
}

/// The line on which a span begins, and a row of `^` below it.
fn marked(text: &str, span: Span, out: &mut String) {
    let (start, end) = line_around(text, span.start as usize);
    let line = &text[start..end];
    let before = shown(&text[start..span.start as usize]);
    let within = shown(&text[span.start as usize..end.min(span.end as usize).max(span.start as usize)]);
    let _ = writeln!(out, "    | {}", cut(&shown(line)));
    let width = before.chars().count();
    if width < LONGEST {
        let length = within.chars().count().clamp(1, LONGEST - width);
        let _ = writeln!(out, "    | {}{}", " ".repeat(width), "^".repeat(length));
    }
}

/// The lines that a fix changes, as they are behind it.
fn fixed(text: &str, fix: &SyntaxFix, out: &mut String) {
    let mut changed = text.to_owned();
    changed.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
    let (start, _) = line_around(&changed, fix.span.start as usize);
    let (_, end) = line_around(&changed, fix.span.start as usize + fix.text.len());
    for line in changed[start..end]
        .split(['\n', '\r'])
        .filter(|line| !line.is_empty())
    {
        let _ = writeln!(out, "    + {}", cut(&shown(line)));
    }
}

/// Where the line around `at` begins and ends, without its line end.
fn line_around(text: &str, at: usize) -> (usize, usize) {
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let end = text[at..]
        .find(['\n', '\r'])
        .map_or(text.len(), |length| at + length);
    (start, end)
}

/// Line and column, both from 1; a line ends as it does for an editor.
fn place(text: &str, at: u32) -> String {
    let (start, _) = line_around(text, at as usize);
    let lines = text[..start].replace("\r\n", "\n").matches(['\n', '\r']).count();
    format!("{}:{}", lines + 1, text[start..at as usize].chars().count() + 1)
}

const LONGEST: usize = 120;

fn cut(line: &str) -> String {
    if line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// `text` with what cannot be seen written out.
fn shown(text: &str) -> String {
    let hidden =
        |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || "\u{200b}\u{ad}\u{feff}".contains(c);
    let mut out = String::new();
    for c in text.chars() {
        if hidden(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
