//! The formatter on a part of a text, and while somebody types. `$0` is the cursor, two of them are a selection.

use archwright_grammar::{
    format::{Options, TextEdit, apply, edits, on_type, range},
    span::Span,
};
use archwright_trials::random::Random;

mod common;
#[allow(dead_code, reason = "each test file uses some of this")]
mod formatting;
use common::files;
use formatting::{meaning, tokens};

/// A text without its marks, and where they stood.
fn marked(text: &str) -> (String, Vec<u32>) {
    let mut parts = text.split("$0");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    let mut places = Vec::new();
    for part in parts {
        places.push(plain.len() as u32);
        plain.push_str(part);
    }
    (plain, places)
}

fn check_range(before: &str, after: &str) {
    let (text, places) = marked(before);
    let span = Span::new(places[0], *places.last().expect("there is a mark"));
    let found = range(&text, span, &Options::default());
    assert_eq!(apply(&text, &found), after, "{before}");
}

#[test]
fn a_range_takes_whole_lines_and_statements() {
    let cases = [
        ("team   A\nteam$0   B\nteam   C\n", "team   A\nteam B\nteam   C\n"),
        (
            "service A {\n owner   B\n us$0es   C\n   stack   none\n}\n",
            "service A {\n owner   B\n  uses C\n   stack   none\n}\n",
        ),
        // Two statements, and nothing of the third.
        (
            "service A {\n $0owner   B\n uses   C$0\n   stack   none\n}\n",
            "service A {\n  owner B\n  uses C\n   stack   none\n}\n",
        ),
        // A statement of several lines is one.
        (
            "service A {\n  query q -> [B] {\n   where   a == 1 and\n   b$0   == 2\n     limit  3\n  }\n}\n",
            "service A {\n  query q -> [B] {\n    where a == 1 and\n      b == 2\n     limit  3\n  }\n}\n",
        ),
        // The head of a block, and not what is inside.
        (
            "service   A$0   {\n owner   B\n}\n",
            "service A {\n owner   B\n}\n",
        ),
        ("$0team   A\n\n\n\nteam   B$0\n\n\n", "team A\n\nteam B\n\n\n"),
        ("team A\n\n\n$0\n\nteam B\n", "team A\n\nteam B\n"),
        // What is broken stays.
        (
            "service A {\n $0owner   B   C\n uses   D$0\n}\n",
            "service A {\n  owner   B   C\n  uses D\n}\n",
        ),
        ("$0$0", ""),
        ("team A$0", "team A\n"),
    ];
    for (before, after) in cases {
        check_range(before, after);
    }
}

/// All of a text is a range, and any range gives some of the whole text's edits.
#[test]
fn ranges_are_parts_of_the_whole() {
    let mut random = Random::new(5);
    let options = Options { width: 60 };
    for (path, text) in files("grammar/corpus/format")
        .into_iter()
        .chain(files("examples/clinic-before"))
    {
        let all = edits(&text, &options);
        let whole = Span::new(0, text.len() as u32);
        assert_eq!(range(&text, whole, &options), all, "{}", path.display());
        for _ in 0..15 {
            let (one, other) = (random.boundary(&text) as u32, random.boundary(&text) as u32);
            let span = Span::new(one.min(other), one.max(other));
            let some = range(&text, span, &options);
            let mut rest = all.iter();
            assert!(
                some.iter().all(|edit| rest.any(|other| other == edit)),
                "{} {span:?}: {some:?} of {all:?}",
                path.display()
            );
            let result = apply(&text, &some);
            assert_eq!(tokens(&result), tokens(&text));
            assert_eq!(meaning(&result), meaning(&text), "{} {span:?}", path.display());
        }
    }
}

/// The cursor stands behind what was typed; `after` shows it where the editor leaves it.
fn check_typed(typed: char, before: &str, after: &str) {
    let (text, places) = marked(before);
    let at = places[0];
    let found = on_type(&text, at, typed, &Options::default());
    let mut result = apply(&text, &found);
    result.insert_str(moved(at, &found) as usize, "$0");
    assert_eq!(result, after, "after {typed:?} in {before:?}");
}

/// Where the cursor is after some edits: behind what is inserted in front of it.
fn moved(at: u32, edits: &[TextEdit]) -> u32 {
    edits
        .iter()
        .rev()
        .filter(|edit| edit.span.start <= at)
        .fold(at, |at, edit| {
            at - (edit.span.end.min(at) - edit.span.start) + edit.text.len() as u32
        })
}

#[test]
fn a_closing_brace_tidies_its_block() {
    let cases = [
        (
            "service A {\n owner   B\n   entity  E  {\n id:uuid\n    }$0\n  uses   C\n}\n",
            "service A {\n owner   B\n  entity E {\n    id: uuid\n  }$0\n  uses   C\n}\n",
        ),
        (
            "service A {\n   owner   B\n    }$0",
            "service A {\n  owner B\n}$0",
        ),
        (
            "team   A{contact   \"a\"}$0   // why\n",
            "team A { contact \"a\" }$0   // why\n",
        ),
        // It closes nothing.
        ("team   A\n   }$0\n", "team   A\n   }$0\n"),
        // The outer block is still open, so where the inner one begins stays.
        (
            "service A {\n   endpoint   e   GET /e {\n       public because \"x\"\n   }$0\n",
            "service A {\n   endpoint e GET /e {\n     public because \"x\"\n   }$0\n",
        ),
        (
            "service A { contact \"}$0\" }\n",
            "service A { contact \"}$0\" }\n",
        ),
    ];
    for (before, after) in cases {
        check_typed('}', before, after);
    }
}

#[test]
fn a_semicolon_tidies_the_statement_before_it() {
    let cases = [
        (
            "service A {\n owner   B;$0\n   uses  C\n}\n",
            "service A {\n  owner B;$0\n   uses  C\n}\n",
        ),
        (
            "service A {\n  slo { availability   99% ;$0 }\n}\n",
            "service A {\n  slo { availability 99% ;$0 }\n}\n",
        ),
        // What stands behind is still being typed, and nothing goes to another line.
        (
            "service A {\n  owner   B;   uses   C;$0   stack   none\n}\n",
            "service A {\n  owner B;   uses C;$0   stack   none\n}\n",
        ),
        (
            "service A {\n  owner   B   C;$0\n}\n",
            "service A {\n  owner   B   C;$0\n}\n",
        ),
        ("// a  ;$0\n", "// a  ;$0\n"),
    ];
    for (before, after) in cases {
        check_typed(';', before, after);
    }
}

#[test]
fn a_line_end_tidies_the_line_before_and_indents_the_next() {
    let cases = [
        (
            "service A {\n owner   B   \n$0\n   uses  C\n}\n",
            "service A {\n  owner B\n  $0\n   uses  C\n}\n",
        ),
        // Nothing is closed yet.
        ("service A {\n$0", "service A {\n  $0"),
        (
            "service A {\n  entity E {\n$0\n}\n",
            "service A {\n  entity E {\n    $0\n}\n",
        ),
        // Between braces, and in front of what closes.
        ("service A {\n$0}\n", "service A {\n$0}\n"),
        (
            "service A {\n  entity E {\n    $0}\n}\n",
            "service A {\n  entity E {\n  $0}\n}\n",
        ),
        // In front of something.
        (
            "service A {\n  owner B;\n$0uses C\n}\n",
            "service A {\n  owner B;\n  $0uses C\n}\n",
        ),
        // At top level.
        ("team   A\n  $0\nteam B\n", "team A\n$0\nteam B\n"),
        ("team A\n\n\n$0\n\nteam B\n", "team A\n\n\n$0\n\nteam B\n"),
        ("service A {\n}\n    $0", "service A {\n}\n$0"),
        // The line goes on.
        (
            "service A {\n  query q -> [B] {\n    where a == 1 and\n$0\n  }\n}\n",
            "service A {\n  query q -> [B] {\n    where a == 1 and\n      $0\n  }\n}\n",
        ),
        (
            "service A {\n  uses B,\n$0\n}\n",
            "service A {\n  uses B,\n    $0\n}\n",
        ),
        ("enum A {\n  one,\n$0\n}\n", "enum A {\n  one,\n  $0\n}\n"),
        // Between parentheses.
        (
            "service A {\n  endpoint e GET /e (\n$0\n  )\n}\n",
            "service A {\n  endpoint e GET /e (\n    $0\n  )\n}\n",
        ),
        (
            "service A {\n  endpoint e GET /e (\n    a: int,\n$0\n  )\n}\n",
            "service A {\n  endpoint e GET /e (\n    a: int,\n    $0\n  )\n}\n",
        ),
        // An item below a block that is not closed.
        (
            "service A {\n  owner B\n$0\nservice C { }\n",
            "service A {\n  owner B\n  $0\nservice C { }\n",
        ),
        (
            "service A {\n\n$0service C { }\n",
            "service A {\n\n$0service C { }\n",
        ),
        // A comment and a text without its end keep their lines.
        (
            "service A {\n // why   \n$0\n}\n",
            "service A {\n  // why\n  $0\n}\n",
        ),
        ("team A {\r\n$0\r\n}\r\n", "team A {\r\n  $0\r\n}\r\n"),
        ("$0", "$0"),
        ("\n$0", "\n$0"),
    ];
    for (before, after) in cases {
        check_typed('\n', before, after);
    }
}

/// Wherever something is typed: nothing is lost, and what stands behind the cursor on its line stays as it is.
#[test]
fn typing_anywhere_loses_nothing() {
    let mut random = Random::new(6);
    let options = Options::default();
    for (path, text) in files("grammar/corpus/format")
        .into_iter()
        .chain(files("grammar/corpus/ok"))
    {
        for _ in 0..15 {
            let typed = *random.pick(&['}', ';', '\n']);
            let at = random.boundary(&text);
            let mut changed = text.clone();
            changed.insert(at, typed);
            let cursor = at as u32 + 1;
            let found = on_type(&changed, cursor, typed, &options);
            let mut end = 0;
            for edit in &found {
                assert!(end <= edit.span.start, "{}: {found:?}", path.display());
                end = edit.span.end;
            }
            let result = apply(&changed, &found);
            assert_eq!(tokens(&result), tokens(&changed), "{}", path.display());
            let line = |text: &str, from: usize| {
                let rest = &text[from..];
                rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())]
                    .trim_ascii()
                    .to_owned()
            };
            let now = moved(cursor, &found) as usize;
            assert_eq!(
                line(&changed, cursor as usize),
                line(&result, now),
                "{} at {at} {typed:?}",
                path.display()
            );
        }
    }
}
