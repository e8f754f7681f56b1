//! The formatter: one style, nothing lost, nothing changed in meaning, whatever the text.

use archwright_grammar::{
    format::{Options, apply, edits, format},
    lexer::{TokenKind, lex},
    parser::file_errors,
};

mod common;
mod formatting;
use archwright_trials::random::Random;
use common::files;
use formatting::{blocks, check, check_good, meaning, tokens};

/// All texts that have no syntax error.
fn good() -> Vec<(String, String)> {
    all()
        .into_iter()
        .filter(|(_, text)| file_errors(text).is_empty())
        .collect()
}

/// The corpora, the examples, and every `arch` block of the documentation.
fn all() -> Vec<(String, String)> {
    ["grammar/corpus", "grammar/tests", "examples"]
        .into_iter()
        .flat_map(files)
        .map(|(path, text)| (path.display().to_string(), text))
        .chain(blocks())
        .collect()
}

#[test]
fn every_text_keeps_its_meaning_at_every_width() {
    let texts = all();
    assert!(texts.len() > 300, "{}", texts.len());
    for (name, text) in texts {
        for width in [40, 60, 100, 240] {
            check(&name, &text, Options { width });
        }
    }
}

/// Blanks mean nothing, so whatever they are, the result is the same.
#[test]
fn blanks_make_no_difference() {
    let mut random = Random::new(1);
    let mut tried = 0;
    for (name, text) in good().iter().filter(|(_, text)| text.len() < 8_000) {
        let expected = format(text, &Options::default());
        for _ in 0..3 {
            let mangled = other_blanks(text, &mut random);
            if tokens(&mangled) != tokens(text) || meaning(&mangled) != meaning(text) {
                continue;
            }
            tried += 1;
            assert_eq!(
                format(&mangled, &Options::default()),
                expected,
                "{name}\n{mangled}"
            );
        }
    }
    assert!(tried > 200, "{tried}");
}

/// Other blanks between the tokens of each line, and at the line's start and end.
fn other_blanks(text: &str, random: &mut Random) -> String {
    let all: Vec<_> = lex(text).collect();
    let mut result = String::new();
    for (at, token) in all.iter().enumerate() {
        let piece = token.span.of(text);
        let line_start = at == 0 || all[at - 1].kind == TokenKind::Newline;
        match token.kind {
            // Where heads in column 0 stand is what items are found by.
            TokenKind::Whitespace if line_start && !piece.starts_with('\u{FEFF}') => {
                result.push_str(random.pick::<&str>(&[" ", "  ", "\t", "     ", "   \t "]));
            }
            TokenKind::Whitespace if !piece.starts_with('\u{FEFF}') => {
                result.push_str(random.pick::<&str>(&[" ", "  ", "\t", "    "]));
            }
            TokenKind::Newline => {
                result.push_str(random.pick::<&str>(&["", " ", "\t "]));
                result.push_str(piece);
            }
            _ => {
                let between = at > 0 && !all[at - 1].kind.is_trivia() && !line_start;
                if between && random.below(3) == 0 {
                    result.push(' ');
                }
                result.push_str(piece);
            }
        }
    }
    result
}

/// Line ends and separators where the language allows them: the layout differs, the meaning does not.
#[test]
fn line_ends_and_separators_keep_the_meaning() {
    let mut random = Random::new(2);
    let mut tried = 0;
    for (name, text) in good().iter().filter(|(_, text)| text.len() < 8_000) {
        for _ in 0..4 {
            let mangled = other_lines(text, &mut random);
            if meaning(&mangled) != meaning(text) || !file_errors(&mangled).is_empty() {
                continue;
            }
            tried += 1;
            for width in [40, 100] {
                check_good(name, &mangled, Options { width });
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

fn other_lines(text: &str, random: &mut Random) -> String {
    let mut result = String::new();
    let mut behind_comment = false;
    for token in lex(text) {
        let piece = token.span.of(text);
        let change = random.below(40) == 0;
        match token.kind {
            TokenKind::Semicolon if change => {
                result.push_str(random.pick::<&str>(&["\n", ";\n", ";;", " ;\n\n\n"]));
            }
            TokenKind::Newline if change && !behind_comment => {
                result.push_str(random.pick::<&str>(&["\n\n\n", ";\n", "\n \n", " ; ", "\n;\n"]));
            }
            TokenKind::Whitespace if change => {
                result.push_str(random.pick::<&str>(&["\n", "\n      ", " \n\t", "\n\n  "]));
            }
            TokenKind::LBrace | TokenKind::LParen | TokenKind::LBracket if change => {
                result.push_str(piece);
                result.push_str("\n ");
            }
            TokenKind::RBrace | TokenKind::RParen | TokenKind::RBracket if change => {
                result.push_str("\n ");
                result.push_str(piece);
            }
            TokenKind::Comma if change => {
                result.push_str(piece);
                result.push_str(random.pick::<&str>(&["\n", " // remark\n", "\n // remark\n"]));
            }
            _ => result.push_str(piece),
        }
        behind_comment = matches!(
            token.kind,
            TokenKind::Comment | TokenKind::Doc | TokenKind::FileDoc
        );
    }
    result
}

/// Whatever is broken, nothing is lost and the result is stable.
#[test]
fn broken_texts_lose_nothing() {
    let mut random = Random::new(3);
    let texts: Vec<_> = all().into_iter().filter(|(_, text)| text.len() < 6_000).collect();
    for round in 0..rounds() {
        let (name, text) = random.pick(&texts);
        let mut mangled = text.clone();
        for _ in 0..=random.below(4) {
            mangle(&mut mangled, &mut random);
        }
        check(&format!("{name}, round {round}"), &mangled, Options { width: 60 });
    }
}

/// More of them on demand, for those who change the formatter.
fn rounds() -> usize {
    option_env!("ARCHWRIGHT_ROUNDS")
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(1_500)
}

/// Takes a token away, doubles or swaps it, or puts something strange into the text.
fn mangle(text: &mut String, random: &mut Random) {
    const STRANGE: [&str; 14] = [
        "{", "}", "(", ")", "[", "]", "\"", ";", ",", "\n", "// x\n", "/// x\n", "é", "\r",
    ];
    let all: Vec<_> = lex(text)
        .filter(|token| token.kind != TokenKind::Whitespace)
        .collect();
    if all.is_empty() {
        return;
    }
    let token = *random.pick(&all);
    let range = token.span.start as usize..token.span.end as usize;
    let piece = text[range.clone()].to_owned();
    match random.below(4) {
        0 => text.replace_range(range, ""),
        1 => text.insert_str(range.end, &format!(" {piece}")),
        2 => {
            let other = random.pick(&all).span.of(text).to_owned();
            text.replace_range(range, &other);
        }
        _ => text.insert_str(range.start, random.pick::<&str>(&STRANGE)),
    }
}

#[test]
fn edits_are_the_least_that_differs() {
    let mut random = Random::new(4);
    for (name, text) in good().iter().filter(|(_, text)| text.len() < 8_000) {
        let mangled = other_blanks(text, &mut random);
        for edit in edits(&mangled, &Options::default()) {
            let old = edit.span.of(&mangled);
            assert!(
                old.chars()
                    .chain(edit.text.chars())
                    .all(|c| " \t\u{B}\u{C}\r\n;,".contains(c)),
                "{name}: {edit:?} replaces {old:?}"
            );
            assert_ne!(old, edit.text, "{name}");
            let same_end = |one: Option<char>, other: Option<char>| {
                one.is_some() && one == other && !matches!(one, Some('\r' | '\n'))
            };
            assert!(
                !same_end(old.chars().next(), edit.text.chars().next()),
                "{name}: {edit:?}"
            );
            assert!(
                !same_end(old.chars().last(), edit.text.chars().last()),
                "{name}: {edit:?}"
            );
        }
    }
}

#[test]
fn one_difference_is_one_edit() {
    let text = "service A {\n  owner  B\n\n  // why\n  uses C, D // and\n}\n";
    let found = edits(text, &Options::default());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].span.of(text), found[0].text.as_str()), (" ", ""));
    assert_eq!(edits(&apply(text, &found), &Options::default()), []);
}

/// Each text of `corpus/format` gives the text of the same name in `corpus/format/expected`.
#[test]
fn fixtures_look_as_expected() {
    let given: Vec<_> = files("grammar/corpus/format")
        .into_iter()
        .filter(|(path, _)| !path.components().any(|part| part.as_os_str() == "expected"))
        .collect();
    assert!(given.len() > 10);
    for (path, text) in given {
        let name = path.file_name().unwrap_or_default();
        let result = check(&path.display().to_string(), &text, Options::default());
        let expected = path.with_file_name("expected").join(name);
        formatting::assert_file(&expected, &result);
    }
}

/// What a program wrote takes no longer than what a person did.
#[test]
fn long_and_odd_texts_end() {
    let attributes = " @deprecated(\"a\", sunset: 2027-01-01)".repeat(2_000);
    let fields = format!("    name: string{}\n", &attributes[..37 * 4]).repeat(300);
    let texts = [
        format!("service S {{\n  entity E {{\n    id: uuid{attributes}\n  }}\n}}\n"),
        format!("service S {{\n  entity E {{\n{fields}  }}\n}}\n"),
        ";".repeat(50_000),
        "{".repeat(50_000),
        "}".repeat(50_000),
        "(".repeat(50_000),
        "service S {\n".repeat(2_000),
        format!("team A {{ {} }}\n", "contact \"a\"; ".repeat(5_000)),
        format!("role A: staff includes {}B\n", "C, ".repeat(20_000)),
        "// x\n;\n".repeat(20_000),
        "/// x\n;\n".repeat(5_000),
    ];
    for text in texts {
        let result = format(&text, &Options::default());
        assert_eq!(tokens(&result), tokens(&text));
        assert_eq!(format(&result, &Options::default()), result);
    }
}
