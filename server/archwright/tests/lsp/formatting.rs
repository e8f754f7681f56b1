//! Formatting: the whole, a range, and while typing; always what `archwright fmt` writes.

use std::fmt::Write as _;
use std::time::Instant;

use serde_json::{Value, json};

use crate::client::{Client, rich, uri};
use crate::support::{folder, outcome};

const UGLY: &str = "\
team   Care {contact \"care@clinic.test\"}   // the people 👩‍⚕️ who care
/// Takes 🧪 orders.
service Orders{
    owner   Care
  entity Order {id:uuid @id;note:text?
      }
}
";

/// An editor that formats while typing, and counts as the protocol did from the beginning.
fn utf16() -> Value {
    let mut capabilities = rich();
    capabilities["general"] = json!({});
    capabilities
}

/// The text with the edits of one document applied, in columns of `units` per character.
fn applied(text: &str, edits: &Value, units: fn(char) -> usize) -> String {
    let offset = |place: &Value| {
        let number = |key: &str| usize::try_from(place[key].as_u64().expect("a number")).expect("small");
        let start: usize = text
            .split_inclusive('\n')
            .take(number("line"))
            .map(str::len)
            .sum();
        let (mut column, mut at) = (0, start);
        for letter in text[start..].chars() {
            if column >= number("character") {
                break;
            }
            column += units(letter);
            at += letter.len_utf8();
        }
        assert_eq!(
            column,
            number("character"),
            "a column is never inside a character"
        );
        at
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| {
            let range = &it["range"];
            let text = it["newText"].as_str().expect("text");
            (offset(&range["start"]), offset(&range["end"]), text)
        })
        .collect();
    edits.sort_unstable();
    assert!(
        edits.windows(2).all(|pair| pair[0].1 <= pair[1].0),
        "no edits overlap"
    );
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}

/// What the command line makes of a text.
fn by_command(text: &str) -> String {
    let (_dir, root) = folder(&[("a.arch", text)]);
    let (code, _, _) = outcome(&root, &["fmt", "a.arch"]);
    assert_eq!(code, 0);
    std::fs::read_to_string(root.join("a.arch")).expect("text")
}

fn whole(file: &str) -> Value {
    // Options are sent by every client, and one style holds whatever they say.
    json!({ "textDocument": { "uri": file }, "options": { "tabSize": 8, "insertSpaces": false, "trimTrailingWhitespace": false } })
}

fn range(file: &str, from: (usize, usize), to: (usize, usize)) -> Value {
    let mut params = whole(file);
    params["range"] = json!({
        "start": { "line": from.0, "character": from.1 }, "end": { "line": to.0, "character": to.1 }
    });
    params
}

fn typed(file: &str, at: (usize, usize), letter: &str) -> Value {
    let mut params = whole(file);
    params["position"] = json!({ "line": at.0, "character": at.1 });
    params["ch"] = json!(letter);
    params
}

/// A session with a text open.
fn session(capabilities: Value, text: &str) -> (tempfile::TempDir, Client, String) {
    let (dir, root) = folder(&[("archwright.toml", ""), ("a.arch", "")]);
    let file = uri(&root.join("a.arch"));
    let mut client = Client::start(&root, capabilities);
    client.open(&file, 1, text);
    (dir, client, file)
}

#[test]
fn the_whole_is_what_the_command_writes() {
    let broken = format!("{UGLY}}}\nservice  Lost {{\n   entity  X {{ id uuid }}\nteam  B\n");
    for text in [UGLY, &UGLY.replace('\n', "\r\n"), &broken] {
        for (capabilities, units) in [
            (rich(), char::len_utf8 as fn(char) -> usize),
            (utf16(), char::len_utf16),
            (json!({}), char::len_utf16),
        ] {
            let (_dir, mut client, file) = session(capabilities, text);
            let edits = client.result("textDocument/formatting", whole(&file));
            let after = applied(text, &edits, units);
            assert_eq!(after, by_command(text), "{edits}");
            assert_ne!(after, text);
            client.change(&file, 2, json!([{ "text": after }]));
            assert_eq!(client.result("textDocument/formatting", whole(&file)), json!([]));
            client.shut_down();
        }
    }
}

#[test]
fn edits_are_small_and_follow_the_configuration() {
    let (_dir, root) = folder(&[("archwright.toml", "[format]\nwidth = 40\n"), ("a.arch", "")]);
    let file = uri(&root.join("a.arch"));
    let text = "team A\nrole Clinician: staff includes Visitor, Auditor, Nurse\nteam  B\n";
    let mut client = Client::start(&root, rich());
    client.open(&file, 1, text);
    let edits = client.result("textDocument/formatting", whole(&file));
    let after = applied(text, &edits, char::len_utf8);
    assert!(after.lines().all(|line| line.len() <= 40), "{after}");
    let longest = edits
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["newText"].as_str().expect("text").len());
    assert!(longest.max().expect("edits") < 10, "blanks only: {edits}");
    let configure = |client: &mut Client, toml: &str| {
        let path = root.join("archwright.toml");
        std::fs::write(&path, toml).expect("written");
        let change = json!({ "changes": [{ "uri": uri(&path), "type": 2 }] });
        client.notify("workspace/didChangeWatchedFiles", change);
    };
    configure(&mut client, "[format]\nwidth = 400\n");
    let answer = client.request("textDocument/formatting", whole(&file));
    assert_eq!(
        answer["error"]["code"], -32803,
        "with a width that nobody meant, every line would change: {answer}"
    );
    configure(&mut client, "profile = \"core\"\n");
    let edits = client.result("textDocument/formatting", whole(&file));
    assert_eq!(
        applied(text, &edits, char::len_utf8),
        text.replace("team  B", "team B")
    );
    client.shut_down();
}

#[test]
fn a_range_changes_nothing_outside_it() {
    let text = "team   A\n\n/// 🧪\nteam   B\n\nteam   C\n";
    let (_dir, mut client, file) = session(utf16(), text);
    let edits = client.result("textDocument/rangeFormatting", range(&file, (3, 0), (3, 8)));
    let expected = text.replace("team   B", "team B");
    assert_eq!(applied(text, &edits, char::len_utf16), expected);
    let back = client.result("textDocument/rangeFormatting", range(&file, (3, 8), (3, 0)));
    assert_eq!(back, edits, "ends that are mixed up mean the same");
    let beyond = client.result("textDocument/rangeFormatting", range(&file, (5, 0), (900, 900)));
    assert_eq!(
        applied(text, &beyond, char::len_utf16),
        text.replace("team   C", "team C")
    );
    client.shut_down();
}

#[test]
fn typing_lays_out_what_was_just_ended() {
    // Before and after, with the cursor behind the letter that was typed.
    for (text, at, letter) in [
        ("service Orders {\n      owner   Care\n      }\n", (2, 7), "}"),
        (
            "service Orders {\n  entity Order { id:uuid   @id; }\n}\n",
            (1, 31),
            ";",
        ),
        ("service Orders {\n      owner   Care\n\n}\n", (2, 0), "\n"),
    ] {
        let (_dir, mut client, file) = session(utf16(), text);
        let edits = client.result("textDocument/onTypeFormatting", typed(&file, at, letter));
        let after = applied(text, &edits, char::len_utf16);
        assert_ne!(after, text, "{letter:?}");
        assert_eq!(by_command(&after), by_command(text), "nothing but layout changes");
        client.shut_down();
    }
    let (_dir, mut client, file) = session(utf16(), UGLY);
    for letter in ["", "\r\n", "x", "👩"] {
        let edits = client.result("textDocument/onTypeFormatting", typed(&file, (0, 0), letter));
        assert!(edits.is_array(), "an odd letter is no error: {letter:?}");
    }
    client.shut_down();
}

#[test]
fn only_what_the_client_takes_is_offered() {
    let (_dir, client, _) = session(rich(), "");
    assert_eq!(client.capabilities["documentFormattingProvider"], true);
    assert_eq!(client.capabilities["documentRangeFormattingProvider"], true);
    assert_eq!(
        client.capabilities["documentOnTypeFormattingProvider"],
        json!({ "firstTriggerCharacter": "}", "moreTriggerCharacter": [";", "\n"] })
    );
    client.shut_down();
    let (_dir, client, _) = session(json!({ "textDocument": { "onTypeFormatting": null } }), "");
    assert_eq!(client.capabilities["documentFormattingProvider"], true);
    assert_eq!(
        client.capabilities["documentOnTypeFormattingProvider"],
        Value::Null
    );
    client.shut_down();
}

#[test]
fn options_in_whatever_shape_are_no_error() {
    let (_dir, mut client, file) = session(rich(), UGLY);
    let wanted = client.result("textDocument/formatting", whole(&file));
    for options in [
        json!(null),
        json!([]),
        json!({ "tabSize": -1, "insertSpaces": "no" }),
    ] {
        let params = json!({ "textDocument": { "uri": file }, "options": options });
        assert_eq!(client.result("textDocument/formatting", params), wanted);
    }
    let params = json!({ "textDocument": { "uri": file } });
    assert_eq!(client.result("textDocument/formatting", params), wanted);
    client.shut_down();
}

#[test]
fn what_is_not_open_is_not_formatted() {
    let (_dir, root) = folder(&[("archwright.toml", ""), ("a.arch", UGLY), ("b.arch", UGLY)]);
    let (a, b) = (uri(&root.join("a.arch")), uri(&root.join("b.arch")));
    let mut client = Client::start(&root, rich());
    client.open(&a, 1, UGLY);
    for file in [&b, "file:///no/such.arch", "untitled:Untitled-1"] {
        assert_eq!(
            client.result("textDocument/formatting", whole(file)),
            Value::Null,
            "{file}"
        );
    }
    client.open("untitled:Untitled-1", 1, UGLY);
    let edits = client.result("textDocument/formatting", whole("untitled:Untitled-1"));
    assert_eq!(applied(UGLY, &edits, char::len_utf8), by_command(UGLY));
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": a } }));
    assert_eq!(client.result("textDocument/formatting", whole(&a)), Value::Null);
    client.shut_down();
}

/// A hundred thousand lines that all change.
fn long() -> String {
    let mut text = String::new();
    for number in 0..12_500 {
        write!(
            text,
            "/// Team {number}, of 🧪.\nteam   T{number} {{ contact \"t{number}@x.test\" }}\n\nservice S{number} {{\n    owner   T{number}\n}}\n\n\n"
        )
        .expect("a string takes everything");
    }
    assert_eq!(text.lines().count(), 100_000);
    text
}

#[test]
fn a_hundred_thousand_lines_hold_nobody_up() {
    let text = long();
    let (_dir, mut client, file) = session(utf16(), &text);
    client.result_of_nothing();
    let edits = client.result("textDocument/formatting", whole(&file));
    assert_eq!(applied_in_order(&text, &edits), by_command(&text));

    // Overtaken by an edit, edits for the old text would tear up the new one.
    let stale = client.ask("textDocument/formatting", whole(&file));
    let insert = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    client.change(&file, 2, json!([{ "range": insert, "text": "team  First\n" }]));
    let asked = Instant::now();
    let hover = json!({ "textDocument": { "uri": file }, "position": { "line": 0, "character": 7 } });
    let hover = client.ask("textDocument/hover", hover);
    let answer = client.answer(hover);
    let waited = asked.elapsed();
    assert!(
        answer["result"]["contents"]["value"]
            .as_str()
            .is_some_and(|it| it.contains("First")),
        "{answer}"
    );
    let answer = client.answer(stale);
    assert_eq!(answer["error"]["code"], -32801, "{waited:?}");

    let cancelled = client.ask("textDocument/formatting", whole(&file));
    client.notify("$/cancelRequest", json!({ "id": cancelled }));
    assert_eq!(client.answer(cancelled)["error"]["code"], -32800);

    let one = client.result("textDocument/rangeFormatting", range(&file, (0, 0), (0, 11)));
    assert_eq!(one.as_array().expect("a list").len(), 1, "{one}");
    client.shut_down();
}

/// Like [`applied`] for many edits: they come in the order of the text, and lines are looked up once.
fn applied_in_order(text: &str, edits: &Value) -> String {
    let mut starts = vec![0];
    starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let offset = |place: &Value| {
        let number = |key: &str| usize::try_from(place[key].as_u64().expect("a number")).expect("small");
        let start = starts[number("line")];
        let units = |letters: &str| letters.chars().map(char::len_utf16).sum::<usize>();
        let column = number("character");
        let found = text[start..]
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len() - start]);
        start
            + found
                .into_iter()
                .find(|at| units(&text[start..start + at]) == column)
                .expect("a column")
    };
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for edit in edits.as_array().expect("a list") {
        let start = offset(&edit["range"]["start"]);
        out.push_str(&text[done..start]);
        out.push_str(edit["newText"].as_str().expect("text"));
        done = offset(&edit["range"]["end"]);
    }
    out + &text[done..]
}
