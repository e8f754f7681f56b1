//! Whatever the text: a tree, no panic, and errors where something is broken.

use archwright_grammar::{
    items::{self, Edit},
    lexer::{TokenKind, lex},
    parser::{file_errors, parse_item},
};
use archwright_trials::{
    document::Cost,
    invariants::{check_file, check_tokens, check_tree},
    random::Random,
    script,
};

mod common;
use common::files;

#[test]
fn tokens_give_the_text_back() {
    for (_, text) in files("grammar/corpus").into_iter().chain(files("examples")) {
        check_tokens(&text);
    }
}

#[test]
fn good_files_have_no_errors() {
    let good: Vec<_> = files("grammar/corpus/ok")
        .into_iter()
        .chain(files("examples"))
        .collect();
    assert!(good.len() > 10);
    for (path, text) in good {
        assert_eq!(file_errors(&text), [], "{}", path.display());
        check_file(&text);
    }
}

#[test]
fn bad_files_have_errors() {
    let bad = files("grammar/corpus/err");
    assert!(bad.len() > 10);
    for (path, text) in bad {
        assert!(!file_errors(&text).is_empty(), "{}", path.display());
        check_file(&text);
    }
}

/// A fix makes things better: the error that it belongs to is gone, and nothing new comes instead of it.
#[test]
fn fixes_reduce_the_errors() {
    let mut tried = 0;
    let mut useless = Vec::new();
    for (path, text) in files("grammar/corpus/err") {
        let errors = file_errors(&text);
        for error in &errors {
            let Some(fix) = &error.fix else { continue };
            let mut fixed = text.clone();
            fixed.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
            let after = file_errors(&fixed);
            let same = |all: &[archwright_grammar::ast::SyntaxError]| {
                all.iter().filter(|other| other.code == error.code).count()
            };
            if after.len() > errors.len() || (same(&after) >= same(&errors) && after.len() == errors.len()) {
                useless.push(format!("{}: {error:#?}\nafter: {after:#?}", path.display()));
            }
            tried += 1;
        }
    }
    assert!(useless.is_empty(), "{}", useless.join("\n\n"));
    assert!(tried > 20);
}

#[test]
fn every_prefix_gives_a_tree() {
    for (_, text) in files("grammar/corpus/ok")
        .into_iter()
        .chain(files("examples/clinic"))
    {
        // Every byte in short files, and every few bytes in long ones: the time is quadratic.
        let step = 1 + text.len() / 200;
        for end in (0..text.len())
            .step_by(step)
            .filter(|end| text.is_char_boundary(*end))
        {
            check_file(&text[..end]);
        }
    }
}

#[test]
fn every_deleted_or_doubled_token_gives_a_tree() {
    for (path, text) in files("grammar/corpus/ok")
        .into_iter()
        .chain(files("examples/clinic"))
    {
        for piece in items::cut(&text) {
            let item = piece.span().of(&text);
            // All tokens of short items, and some of long ones: the time is quadratic.
            let step = 1 + item.len() / 400;
            for token in lex(item)
                .filter(|token| token.kind != TokenKind::Whitespace)
                .step_by(step)
            {
                let mut without = item.to_owned();
                without.replace_range(token.span.start as usize..token.span.end as usize, "");
                let tree = parse_item(&without);
                check_tree(&without, &tree);
                let structural = matches!(
                    token.kind,
                    TokenKind::LBrace
                        | TokenKind::RBrace
                        | TokenKind::LParen
                        | TokenKind::RParen
                        | TokenKind::LBracket
                        | TokenKind::RBracket
                        | TokenKind::Arrow
                );
                let errors = file_errors(&without);
                assert!(
                    !structural || !errors.is_empty(),
                    "{}: without {token:?}: {without}",
                    path.display()
                );
                if token.kind == TokenKind::RBrace {
                    assert!(
                        errors.len() <= 3,
                        "{}: one mistake, many errors: {errors:#?} in {without}",
                        path.display()
                    );
                }
                let mut twice = item.to_owned();
                twice.insert_str(token.span.start as usize, &format!("{} ", token.span.of(item)));
                check_tree(&twice, &parse_item(&twice));
            }
        }
    }
}

/// Text without an end of what is looked for, or with one that everything before it could belong to.
#[test]
fn hostile_texts_give_a_tree() {
    for (part, times, end) in [
        ("a→", 30_000, ""),
        ("é–", 30_000, ""),
        ("｛", 30_000, "｝"),
        ("（", 6_000, "）"),
        ("“", 30_000, "\""),
        ("/*", 30_000, ""),
        ("<<<<<<<\n", 10_000, "=======\n>>>>>>>\n"),
        ("(", 30_000, ")"),
        ("{", 30_000, "}"),
        ("@a(", 30_000, ")"),
    ] {
        let text = format!("service A in B {{\n{}{end}\n}}\n", part.repeat(times));
        check_file(&text);
        let errors = file_errors(&text);
        assert!(!errors.is_empty(), "{part}");
        let offered: usize = errors
            .iter()
            .filter_map(|error| error.fix.as_ref())
            .map(|fix| fix.text.len())
            .sum();
        assert!(offered < 20 * text.len(), "{part}: {offered} bytes of fixes");
    }
}

const SOUP: &[&str] = &[
    "service",
    "entity",
    "endpoint",
    "allow",
    "where",
    "type",
    "event",
    "on",
    "as",
    "Order",
    "id",
    "uuid",
    "ref",
    "new",
    "GET",
    "/v1/x/{id}",
    "/",
    "//",
    "/*",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    ".",
    "..",
    "?",
    "@",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "->",
    "*",
    "!",
    "+",
    "-",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\t",
    "42",
    "1_0",
    "9.5",
    "70%",
    "30s",
    "10MB",
    "2026-02-30",
    "3x",
    "v1",
    "\"text\"",
    "\"open",
    "\"\\q\"",
    "'x'",
    "é",
    "🚀",
    "\u{0}",
    "\u{feff}",
    "///",
    "//!",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "caller.id",
    "secret(\"X\")",
    "per",
    "minute",
    "by",
    "calls",
    "retry",
    "limit",
    "enum",
    "#",
    "<<<<<<<",
    "auth X: jwt",
    "\nteam T",
];

#[test]
fn token_soup_gives_a_tree() {
    let mut random = Random::new(1);
    for _ in 0..4_000 {
        let length = 1 + random.below(60);
        let mut text = String::new();
        for _ in 0..length {
            text.push_str(random.pick::<&str>(SOUP));
            if random.below(3) > 0 {
                text.push(' ');
            }
        }
        check_file(&text);
        check_tree(&text, &parse_item(&text));
    }
}

#[test]
fn nothing_is_too_deep() {
    let many = 10_000;
    for text in [
        format!("service S {}", "{".repeat(many)),
        "{".repeat(many),
        "}".repeat(many),
        format!("service S {{ {}", "slo { ".repeat(many)),
        format!("service S {{ entity E {{ x: {}uuid", "[".repeat(many)),
        format!("service S {{ entity E {{ x: int = {}", "(".repeat(many)),
        format!("service S {{ entity E {{ x: int @min({}", "(".repeat(many)),
        format!("service S {{ endpoint e GET /e {}", "(a: { b: ".repeat(many)),
        format!(
            "service S {{ endpoint e GET /e {{ allow R where {}",
            "not ".repeat(many)
        ),
        format!(
            "service S {{ endpoint e GET /e {{ allow R where a{}",
            " and a".repeat(many)
        ),
        format!(
            "service S {{ endpoint e GET /e {{ allow R where a{}",
            " + 1".repeat(many)
        ),
        format!("service S {{ endpoint e GET {}", "/a".repeat(many)),
        format!("service S {{ endpoint e GET /e {{ reads {}", "A.".repeat(many)),
        format!("team T {{ contact \"{}", "\\".repeat(many)),
    ] {
        let errors = file_errors(&text);
        assert!(!errors.is_empty(), "{}", &text[..60]);
        assert!(errors.len() < 200, "{} errors in {}", errors.len(), &text[..60]);
        check_file(&text);
    }
}

/// Texts that would take minutes if anything were read again and again.
#[test]
fn long_texts_are_read_once() {
    let many = 10_000;
    for text in [
        "#".repeat(many) + "{",
        "# ".repeat(many) + "{",
        "/* ".repeat(many),
        "type T {\n".to_owned() + &"  x: {\n".repeat(many) + "}\n",
        "type T {\n".to_owned() + &"  é: é\n".repeat(many) + "}\n",
        "type T {\n".to_owned() + &"  1x: §\n".repeat(many) + "}\n",
        "service S {\n".to_owned() + &"  owner\n  owner A\n".repeat(many) + "}\n",
        "service S {\n".to_owned() + &"  uses A(\n".repeat(many) + "}\n",
        "service S {\n".to_owned() + &"  endpoint e GET /e (a: {\n".repeat(many) + "}\n",
        "x".repeat(many * 10),
        "service S { entity E { a: string = \"".to_owned() + &"\\u{1F600}".repeat(many) + "\" } }",
        "a;".repeat(many),
        "}".repeat(many) + &"{".repeat(many),
        "team A } ".repeat(many),
        "\"".repeat(many),
    ] {
        assert!(
            !file_errors(&text).is_empty() || text.contains("1F600"),
            "{}",
            text.chars().take(60).collect::<String>()
        );
        check_tree(&text, &parse_item(&text));
    }
}

/// 10,000 edits here, a million in `cargo run --release -p archwright-grammar --example edits -- 1000000`.
#[test]
fn reading_again_after_an_edit_equals_reading_all() {
    let texts: Vec<String> = files("grammar/corpus/ok")
        .into_iter()
        .chain(files("examples"))
        .map(|(_, text)| text)
        .collect();
    let mut costs: Vec<Cost> = Vec::new();
    let mut longest = 0;
    // Comparing all trees takes far longer than comparing the cuts, and an old tree stays until it is seen.
    script::run(&texts, 7, 10_000, 25, |length, cost| {
        costs.push(cost);
        longest = longest.max(length);
    });
    assert_eq!(costs.len(), 10_000);
    assert!(longest > 15_000);
    costs.sort_by_key(|cost| cost.items_parsed);
    assert_eq!(costs[5_000].items_parsed, 1, "most edits are inside of one item");
    assert!(costs[9_900].items_parsed <= 8, "{:?}", costs[9_900]);
}

#[test]
fn a_keystroke_cuts_little_again() {
    let item = "/// Service.\nservice S {\n  owner A\n  outbox\n}\n\n";
    let text = item.repeat(2_000);
    let pieces = items::cut(&text);
    let start = pieces[1_000].start + 40;
    let edited = format!("{}x{}", &text[..start as usize], &text[start as usize..]);
    let recut = items::recut(
        edited.as_str(),
        &pieces,
        Edit {
            start,
            removed: 0,
            inserted: 1,
        },
    );
    assert_eq!(recut.replaced, 1_000..1_001);
    assert_eq!(recut.pieces.len(), 1);
    assert!(
        recut.scanned < 3 * item.len() as u64 + 300,
        "{} bytes",
        recut.scanned
    );
}
