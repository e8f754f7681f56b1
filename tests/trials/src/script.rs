//! Edits as people make them: typing, pasting, deleting lines and braces, changing line ends, undoing.

use crate::{
    document::{Cost, Document},
    random::Random,
};

/// Where decisions come from: random numbers, or the bytes of a fuzzer.
pub trait Choices {
    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize;

    /// One of `from`, which is not empty.
    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

impl Choices for Random {
    fn below(&mut self, end: usize) -> usize {
        Random::below(self, end)
    }
}

/// Decisions read from bytes, two for each. Where they end, everything is 0.
pub struct Bytes<'a>(pub &'a [u8]);

impl Choices for Bytes<'_> {
    fn below(&mut self, end: usize) -> usize {
        let take = self.0.len().min(2);
        let (now, rest) = self.0.split_at(take);
        self.0 = rest;
        now.iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte))
            % end
    }
}

/// Replacing the bytes `start..end` by a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// First byte.
    pub start: usize,
    /// One past the last byte that goes away.
    pub end: usize,
    /// What comes.
    pub insert: String,
}

/// What is typed and pasted in earnest, and what is not meant: heads, braces, documentation, quotes, line ends.
pub const PASTED: &[&str] = &[
    "{",
    "}",
    "{ {",
    "} }",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "/",
    "//",
    "///",
    "/*",
    "*/",
    "#",
    ",",
    ";",
    ":",
    "->",
    "=",
    "@",
    ".",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "x",
    "é",
    "🚀",
    "\u{FEFF}",
    "\u{0}",
    "/// docs\n",
    "//! of the file\n",
    "// remark\n",
    "\nteam T { }\n",
    "\nservice S {\n",
    "\nservice S in C {\n  owner T\n  outbox\n}\n",
    "  type A {\n",
    "  enum E { a, b }\n",
    "  error Gone 410 \"It is gone.\"\n",
    "auth A",
    "auth A: jwt",
    "role R; role Q",
    "} role R",
    "\n}\n",
    "enum E { a }",
    "endpoint e GET /e/{id} (q: string?) -> page T { allow R where a == caller.id and b in [c, d] }",
    "  calls Other.thing { timeout 300ms; retry 2 backoff 50ms..1s }\n",
    "Orders in Ordering {",
    " Orders in Ordering {\n  owner T\n}\n",
    "<<<<<<< HEAD\n=======\n>>>>>>> other\n",
    "service:\n  name: orders\n  port: 80\n",
    "interface Order {\n  id: string;\n}\n",
    "/{",
    "/a/{b",
    "\"{",
    "\"} ;",
];

/// What is typed letter by letter.
const TYPED: &[&str] = &[
    "  endpoint place POST /v1/orders (body: new Order) -> Order {\n    allow Clinician\n  }\n",
    "service Fresh in Ordering {\n  owner Platform\n}\n",
    "/// Says what it is for.\n",
    "role Visitor: staff includes Patient\n",
    "  store Db: postgres { encrypted; backup daily keep 30d }\n",
    "    calls Billing.charge { timeout 1s }\n",
    "  note: text? @phi @len(1..200)\n",
    " where patient == caller.id and status in [open, \"zu\"]",
    "// später\r\n",
    "waive auth.missing_authorization because \"later\"\n",
];

/// One thing that a person does next, as one or more steps that are made one after the other.
pub fn next(text: &str, choices: &mut impl Choices) -> Vec<Step> {
    let one = |start: usize, end: usize, insert: &str| {
        vec![Step {
            start,
            end,
            insert: insert.to_owned(),
        }]
    };
    let at = place(text, choices);
    match choices.below(16) {
        0 => {
            let typed = choices.choose(TYPED);
            typed
                .char_indices()
                .map(|(offset, character)| Step {
                    start: at + offset,
                    end: at + offset,
                    insert: character.to_string(),
                })
                .collect()
        }
        1 => {
            // Backspaces.
            let mut end = at;
            (0..=choices.below(12))
                .map_while(|_| {
                    let start = text[..end].char_indices().next_back()?.0;
                    let step = Step {
                        start,
                        end,
                        insert: String::new(),
                    };
                    end = start;
                    Some(step)
                })
                .collect()
        }
        2 => {
            let (start, end) = line(text, at);
            one(start, end, "")
        }
        3 => {
            let (start, end) = line(text, at);
            one(end, end, &text[start..end])
        }
        4 => {
            // The line end changes its form.
            let (_, end) = line(text, at);
            let before = &text[..end];
            match before {
                _ if before.ends_with("\r\n") => one(end - 2, end, "\n"),
                _ if before.ends_with('\n') => one(end - 1, end, "\r\n"),
                _ => one(end, end, "\n"),
            }
        }
        5 => nearest(text, at, &['{', '}', '(', ')', '[', ']', '"', ';', ','])
            .map_or_else(Vec::new, |found| one(found, found + 1, "")),
        6 => nearest(text, at, &['{', '}', '"', ',', ':', '/']).map_or_else(Vec::new, |found| {
            let sign = text[found..=found].to_owned();
            one(found, found, &sign)
        }),
        7 => {
            // A word becomes another one of the text.
            let (start, end) = word(text, at);
            let (from, to) = word(text, place(text, choices));
            one(start, end, &text[from..to])
        }
        8 => {
            // Some lines move.
            let (start, _) = line(text, at);
            let (_, end) = line(
                text,
                text.floor_char_boundary((start + choices.below(400)).min(text.len())),
            );
            let moved = text[start..end].to_owned();
            let rest = text.len() - moved.len();
            let mut to = choices.below(rest + 1);
            let left = |at: usize| if at < start { at } else { at + moved.len() };
            while to > 0 && !text.is_char_boundary(left(to)) {
                to -= 1;
            }
            // Between a CR and its LF is no place for lines, but for whoever pastes there all the same.
            let to = if text.is_char_boundary(left(to)) { to } else { 0 };
            vec![
                Step {
                    start,
                    end,
                    insert: String::new(),
                },
                Step {
                    start: to,
                    end: to,
                    insert: moved,
                },
            ]
        }
        9 => {
            // A line moves in or out.
            let (start, end) = line(text, at);
            let blanks = text[start..end].len() - text[start..end].trim_start_matches(' ').len();
            match choices.below(3) {
                0 => one(start, start + blanks, ""),
                1 => one(start, start + blanks.min(2), ""),
                _ => one(start, start, "  "),
            }
        }
        10 => {
            let (start, _) = line(text, at);
            one(start, start, choices.choose::<&str>(PASTED))
        }
        11 => {
            let end = text
                .floor_char_boundary((at + choices.below(300)).min(text.len()))
                .max(at);
            let insert = if choices.below(2) == 0 {
                ""
            } else {
                *choices.choose(PASTED)
            };
            one(at, end, insert)
        }
        12 => {
            // A piece of the text again, wherever it began.
            let from = place(text, choices);
            let to = text
                .floor_char_boundary((from + choices.below(600)).min(text.len()))
                .max(from);
            one(at, at, &text[from..to])
        }
        13 => {
            // A slip, taken back.
            let insert = (*choices.choose(PASTED)).to_owned();
            vec![
                Step {
                    start: at,
                    end: at,
                    insert: insert.clone(),
                },
                Step {
                    start: at,
                    end: at + insert.len(),
                    insert: String::new(),
                },
            ]
        }
        _ => {
            let end = text
                .floor_char_boundary((at + choices.below(4)).min(text.len()))
                .max(at);
            let insert = if choices.below(4) == 0 {
                ""
            } else {
                *choices.choose(PASTED)
            };
            one(at, end, insert)
        }
    }
}

/// Somewhere; often at the start of a line.
fn place(text: &str, choices: &mut impl Choices) -> usize {
    let at = text.floor_char_boundary(choices.below(text.len() + 1));
    if choices.below(3) == 0 {
        line(text, at).0
    } else {
        at
    }
}

/// The line that holds `at`, with its end.
fn line(text: &str, at: usize) -> (usize, usize) {
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found + 1);
    (start, end)
}

/// The word around `at`, or nothing there.
fn word(text: &str, at: usize) -> (usize, usize) {
    let belongs = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = at - (text[..at].len() - text[..at].trim_end_matches(belongs).len());
    let end = at + (text[at..].len() - text[at..].trim_start_matches(belongs).len());
    (start, end)
}

/// The next of `signs`, which are one byte each, behind `at`, or else the last before it.
fn nearest(text: &str, at: usize, signs: &[char]) -> Option<usize> {
    text[at..]
        .find(signs)
        .map(|found| at + found)
        .or_else(|| text[..at].rfind(signs))
}

/// Below this many bytes a text is taken anew, so that edits never end up in next to nothing.
const SHORT: usize = 1_500;
/// Above this many bytes half of a text goes away.
const LONG: usize = 24_000;
/// A text is taken anew after so many edits: in the end everything is broken, and nothing new is tried.
const EDITS_PER_TEXT: usize = 300;

/// Makes `edits` random edits in `texts`, one text after the other. Compares the pieces with a fresh cut, and the texts
/// that the trees are of, after each; and all trees with fresh ones after every `trees_every`th. `seen` gets the length of the text and what each edit cost.
pub fn run(texts: &[String], seed: u64, edits: usize, trees_every: usize, mut seen: impl FnMut(usize, Cost)) {
    let mut random = Random::new(seed);
    let long: Vec<&String> = texts.iter().filter(|text| text.len() > SHORT).collect();
    let mut done = 0;
    while done < edits {
        let mut text = (*random.pick::<&String>(&long)).clone();
        while text.len() < 2 * SHORT || random.one_in(3) {
            text.push_str(random.pick::<&String>(&long));
        }
        text.truncate(text.floor_char_boundary(LONG));
        if random.one_in(8) {
            text = text.replace('\n', "\r\n");
        }
        let mut document = Document::new(text);
        let mut here = 0;
        while here < EDITS_PER_TEXT && done < edits && document.text().len() > SHORT {
            let steps = if document.text().len() > LONG {
                let half = document.text().floor_char_boundary(LONG / 2);
                vec![Step {
                    start: half,
                    end: document.text().len(),
                    insert: String::new(),
                }]
            } else {
                next(document.text(), &mut random)
            };
            for step in steps {
                if done == edits {
                    break;
                }
                let cost = document.edit(step.start, step.end, &step.insert);
                let when = || format!("seed {seed}, edit {done}, {step:?}");
                document.check_pieces(when);
                if done.is_multiple_of(trees_every) {
                    document.check_trees(when);
                }
                seen(document.text().len(), cost);
                done += 1;
                here += 1;
            }
        }
    }
}
