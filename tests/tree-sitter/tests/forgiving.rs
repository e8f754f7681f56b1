//! Broken texts: errors stay where they are, nothing hangs or crashes, and an edited tree equals a fresh one.

use std::time::Instant;

use tree_sitter::{InputEdit, Point, Tree};

mod common;

use common::{blueprints, faults, parse, parser, right_blueprints, sample, walk};

/// Something right that stands behind something broken.
const BEHIND: &str = "
team Behind { contact \"behind@clinic.example\" }
service Behind {
  endpoint behind GET /behind -> { a: int } { allow Clinician where a == 1; reads Order }
}
";

#[test]
fn what_stands_behind_a_broken_text_is_read() {
    let alone = parse(BEHIND).root_node().to_sexp();
    let wanted = alone
        .strip_prefix("(source_file ")
        .and_then(|rest| rest.strip_suffix(')'))
        .expect("a file");
    let broken = blueprints("grammar/corpus/err");
    assert!(broken.len() > 250, "only {} texts", broken.len());
    let mut unread = 0;
    let mut bytes = 0;
    for (name, text) in &broken {
        let text = format!("{text}\n{BEHIND}");
        let tree = parse(&text);
        assert_eq!(tree.root_node().kind(), "source_file", "{name}");
        let found = tree.root_node().to_sexp();
        assert!(found.ends_with(&format!("{wanted})")), "{name}:\n{text}\n{found}");
        bytes += text.len() - BEHIND.len();
        unread += error_bytes(&tree);
    }
    println!(
        "{} broken texts: {} of {bytes} bytes stand in error nodes; what follows is read in all of them",
        broken.len(),
        unread
    );
    assert!(unread * 3 < bytes, "{unread} of {bytes} bytes are not read");
}

/// Bytes in the outermost error nodes.
fn error_bytes(tree: &Tree) -> usize {
    fn below(node: tree_sitter::Node<'_>) -> usize {
        if node.is_error() {
            return node.byte_range().len();
        }
        node.children(&mut node.walk()).map(below).sum()
    }
    below(tree.root_node())
}

#[test]
fn a_forgotten_brace_costs_its_block_only() {
    let text = "\
service A {
  entity E {
    id: uuid @id
  endpoint x GET /x {
    allow R
    calls B.b { timeout 1s
  }
  job j every 1d { reads E }

/// Documentation goes with the item below.
service B { kind gateway }
system S {
  owner A
team T
";
    let tree = parse(text);
    let mut found = Vec::new();
    walk(tree.root_node(), &mut |node| {
        if node.is_error() || node.is_missing() || node.kind() == "missing_brace" {
            found.push((node.kind().to_owned(), node.start_position().row + 1));
        }
    });
    let brace = |line| ("missing_brace".to_owned(), line);
    assert_eq!(found, [brace(4), brace(7), brace(10), brace(14)]);
    let items: Vec<_> = tree
        .root_node()
        .named_children(&mut tree.root_node().walk())
        .map(|item| item.kind().to_owned())
        .collect();
    assert_eq!(items, ["service", "documentation", "service", "system", "team"]);
}

#[test]
fn an_unknown_word_costs_its_line_or_block_only() {
    let text = "\
servce A { kind gateway; b { c } }
service B {
  endpont x GET /x/{id} (a: { b: int }) -> page E { allow R; calls X { y } }
  owner T
  whatever 1, \"two\" 3s
  stack none
}
";
    let tree = parse(text);
    assert_eq!(
        faults(&tree, text)
            .iter()
            .filter(|fault| !fault.starts_with("unknown"))
            .count(),
        0,
        "{}",
        tree.root_node().to_sexp()
    );
    let service = tree.root_node().named_child(1).expect("a service");
    let body = service.child_by_field_name("body").expect("a block");
    let members: Vec<_> = body
        .named_children(&mut body.walk())
        .map(|member| member.kind().to_owned())
        .collect();
    assert_eq!(
        members,
        ["unknown", "owner_statement", "unknown", "stack_statement"]
    );
}

/// A small generator of numbers, the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("less than a usize")
    }
}

const PIECES: &[&str] = &[
    "",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    "\n",
    "\"",
    "/",
    "///",
    "//!",
    "->",
    "and",
    "@",
    "..",
    " ",
    "service X {",
    "\nservice Y {\n",
    "\nendpoint z GET /z\n",
    "é",
    "\u{0}",
    "1d",
    "\\",
    "\r",
    "\t",
];

/// A random edit: some bytes go, something comes.
fn edit(text: &mut String, random: &mut Random) -> InputEdit {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let mut end = (at + random.below(12)).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let new = PIECES[random.below(PIECES.len())];
    let old_end_position = position(text, end);
    text.replace_range(at..end, new);
    InputEdit {
        start_byte: at,
        old_end_byte: end,
        new_end_byte: at + new.len(),
        start_position: position(text, at),
        old_end_position,
        new_end_position: position(text, at + new.len()),
    }
}

fn position(text: &str, at: usize) -> Point {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    Point::new(text[..at].matches('\n').count(), at - line)
}

#[test]
fn no_edit_makes_the_parser_fail_and_trees_are_those_of_fresh_texts() {
    let mut random = Random(0x5eed);
    let mut parser = parser();
    let (mut edits, mut right) = (0, 0);
    for (name, original) in right_blueprints() {
        for _ in 0..8 {
            let mut text = original.clone();
            let mut tree = parser.parse(&text, None).expect("not cancelled");
            for _ in 0..4 {
                let change = edit(&mut text, &mut random);
                tree.edit(&change);
                tree = parser.parse(&text, Some(&tree)).expect("not cancelled");
                assert_eq!(
                    tree.root_node().end_byte(),
                    text.len().max(tree.root_node().start_byte())
                );
                edits += 1;
                let fresh = parse(&text);
                // Where something is wrong, the way to the tree may show in it; where nothing is, never.
                if !fresh.root_node().has_error() {
                    right += 1;
                    assert_eq!(
                        tree.root_node().to_sexp(),
                        fresh.root_node().to_sexp(),
                        "{name}: {text}"
                    );
                }
            }
        }
    }
    println!("{edits} edits, {right} of them left a text without errors");
    assert!(edits > 1_000 && right > 50);
}

#[test]
fn every_prefix_of_a_text_is_read() {
    let text = sample();
    let whole = parse(&text);
    let first = whole.root_node().named_child(1).expect("an item");
    for (at, _) in text.char_indices().step_by(3) {
        let tree = parse(&text[..at]);
        if at > first.end_byte() + 1 {
            let root = tree.root_node();
            assert_eq!(root.kind(), "source_file", "{}", &text[..at]);
            assert_eq!(root.named_child(1).map(|node| node.kind()), Some(first.kind()));
        }
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a hang is told by a clock")]
fn long_and_deep_texts_are_read_in_time() {
    let one = sample();
    let right = one.repeat(40);
    let broken = right.replace("allow", "alow {").replace("emits", "emits (");
    for (what, text) in [
        ("right text", right),
        ("broken text", broken),
        (
            "deep blocks",
            "service S {\n a {".to_owned() + &"\nb {".repeat(2_000),
        ),
        (
            "deep parentheses",
            "service S { query q -> E { where ".to_owned() + &"(".repeat(2_000),
        ),
        ("signs", "} { ) ( ] [ , ; ".repeat(2_000)),
    ] {
        let start = Instant::now();
        let tree = parse(&text);
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{what}: {} bytes in {:.0} ms",
            tree.root_node().end_byte(),
            seconds * 1e3
        );
        assert!(seconds < 20.0, "{what} took {seconds:.1} s");
    }
}
