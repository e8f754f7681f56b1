//! `archwright.lock`: what was released, and which findings are accepted. Reading and writing its text; the file itself is the
//! binary's.
//!
//! The format is a part of TOML that is read line by line: tables whose name is a kind and a path, and one fact per line. Everything
//! is sorted, so that the same blueprint gives the same bytes and a change shows as the lines that changed.

mod changes;
mod read;

use std::{collections::BTreeMap, fmt::Write as _, ops::Range, sync::Arc};

use smol_str::SmolStr;

pub use self::changes::{Change, changes};
use crate::{
    diagnostic::{Diagnostic, Severity, State},
    model::contract::Released,
};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The code of a lock that cannot be read.
pub const CODE: &str = "config.lock";

/// The table of accepted findings.
const ACCEPTED: &str = "accepted";
/// The table of what was found when the file was last written.
const FINDINGS: &str = "findings";

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// What was released, sorted by path, then kind.
    pub records: Vec<Record>,
    /// Accepted findings by their fingerprint.
    pub accepted: BTreeMap<String, Accepted>,
    /// How many findings of each rule there were when the file was last written, whether they counted or not.
    pub findings: BTreeMap<String, u32>,
}

/// One element as it was released: facts without places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// `Orders.place`
    pub path: SmolStr,
    /// `endpoint`
    pub kind: SmolStr,
    /// What it said, sorted by key, no key twice.
    pub facts: Vec<(SmolStr, SmolStr)>,
}

/// A finding that a team has decided to live with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// How bad it was then; a worse one counts.
    pub severity: Severity,
    /// How many of them there were.
    pub count: u32,
}

/// A lock in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locked {
    /// What was released, to be compared with.
    pub(crate) released: Arc<Released>,
    /// Accepted findings by their fingerprint.
    pub(crate) accepted: BTreeMap<String, Accepted>,
}

/// Why a lock cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line that cannot be read, in bytes.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Record {
    /// A record of facts in any order.
    pub fn new(kind: &str, path: impl Into<SmolStr>, mut facts: Vec<(SmolStr, SmolStr)>) -> Self {
        facts.sort();
        facts.dedup_by(|left, right| left.0 == right.0);
        Self {
            path: path.into(),
            kind: kind.into(),
            facts,
        }
    }

    /// The value of a fact.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self
            .facts
            .binary_search_by(|(known, _)| known.as_str().cmp(key))
            .ok()?;
        Some(self.facts[at].1.as_str())
    }

    /// The facts whose keys are a word and a name (`field status`): names and values.
    pub fn each<'r>(&'r self, word: &'r str) -> impl Iterator<Item = (&'r str, &'r str)> {
        self.facts.iter().filter_map(move |(key, value)| {
            let name = key.strip_prefix(word)?.strip_prefix(' ')?;
            Some((name, value.as_str()))
        })
    }

    /// The value of the fact of a word and a name.
    pub fn named(&self, word: &str, name: &str) -> Option<&str> {
        self.get(&format!("{word} {name}"))
    }
}

impl Lock {
    /// Reads a text.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        read::read(text)
    }

    /// Whether anything was released: a file of accepted findings only is compared with nothing.
    pub fn is_released(&self) -> bool {
        !self.records.is_empty()
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut out = String::from(
            "# What was released, and which findings are accepted. Commit this file. It is written by `archwright release` and\n\
             # `archwright baseline`; where both sides of a merge changed it, keep the lines of both.\n",
        );
        let _ = writeln!(out, "version = {VERSION}");
        let mut records: Vec<&Record> = self.records.iter().collect();
        records.sort();
        for record in records {
            let _ = write!(out, "\n[\"{} {}\"]\n", record.kind, record.path);
            for (key, fact) in &record.facts {
                line(&mut out, key, &quoted(fact));
            }
        }
        if !self.accepted.is_empty() {
            let _ = write!(out, "\n[{ACCEPTED}]\n");
            for (fingerprint, accepted) in &self.accepted {
                let value = match accepted.count {
                    1 => accepted.severity.word().to_owned(),
                    count => format!("{} {count}", accepted.severity.word()),
                };
                line(&mut out, fingerprint, &quoted(&value));
            }
        }
        if !self.findings.is_empty() {
            let _ = write!(out, "\n[{FINDINGS}]\n");
            for (rule, count) in &self.findings {
                line(&mut out, rule, &count.to_string());
            }
        }
        out
    }

    /// Accepts all findings of rules that stand, and forgets those that are gone.
    pub fn accept<'d>(&mut self, diagnostics: impl Iterator<Item = &'d Diagnostic>) {
        self.accepted = standing(diagnostics);
    }

    /// Forgets accepted findings that are gone, and of several the ones that are: it never grows.
    pub fn prune<'d>(&mut self, diagnostics: impl Iterator<Item = &'d Diagnostic>) {
        let standing = standing(diagnostics);
        self.accepted.retain(|fingerprint, accepted| {
            let left = standing.get(fingerprint).map_or(0, |found| found.count);
            accepted.count = accepted.count.min(left);
            accepted.count > 0
        });
    }

    /// Notes how many findings of each rule there are.
    pub fn count<'d>(&mut self, diagnostics: impl Iterator<Item = &'d Diagnostic>) {
        self.findings.clear();
        for found in diagnostics.filter(|found| crate::rules::rule(&found.code).is_some()) {
            *self.findings.entry(found.code.to_string()).or_default() += 1;
        }
    }
}

/// The findings that can be accepted, by fingerprint. What is waived has its reason already; language errors, stale waivers and what a
/// release decides about cannot be accepted.
fn standing<'d>(diagnostics: impl Iterator<Item = &'d Diagnostic>) -> BTreeMap<String, Accepted> {
    let mut accepted: BTreeMap<String, Accepted> = BTreeMap::new();
    for found in diagnostics.filter(|found| acceptable(&found.code)) {
        if matches!(found.state, State::Waived { .. }) {
            continue;
        }
        // The severity that it would have if it were not accepted.
        let entry = accepted.entry(found.fingerprint.clone()).or_insert(Accepted {
            severity: found.severity,
            count: 0,
        });
        entry.severity = entry.severity.min(found.severity);
        entry.count += 1;
    }
    accepted
}

/// Whether findings of a code can be accepted.
pub(crate) fn acceptable(code: &str) -> bool {
    crate::rules::rule(code).is_some()
        && !["evolution.waiver_stale"].contains(&code)
        && !decided_by_release(code)
}

/// Whether a release accepts what a rule finds: it compares with the last one.
pub fn decided_by_release(code: &str) -> bool {
    [
        "evolution.breaking_contract",
        "evolution.protection_weakened",
        "evolution.unsafe_schema_change",
        "evolution.decision_gap",
    ]
    .contains(&code)
}

fn line(out: &mut String, key: &str, value: &str) {
    let bare = !key.is_empty()
        && key
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-'));
    if bare {
        out.push_str(key);
    } else {
        out.push_str(&quoted(key));
    }
    let _ = writeln!(out, " = {value}");
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04X}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::{Accepted, Lock, Record};
    use crate::diagnostic::Severity;

    fn lock() -> Lock {
        let facts = |facts: &[(&str, &str)]| {
            facts
                .iter()
                .map(|(key, value)| ((*key).into(), (*value).into()))
                .collect()
        };
        Lock {
            records: vec![
                Record::new("service", "Orders", Vec::new()),
                Record::new(
                    "endpoint",
                    "Orders.place",
                    facts(&[
                        ("route", "POST /v1/orders"),
                        ("allow Patient", "name == \"a\\b\""),
                    ]),
                ),
            ],
            accepted: [(
                "api.unpaginated_list Orders.find".to_owned(),
                Accepted {
                    severity: Severity::Warning,
                    count: 2,
                },
            )]
            .into(),
            findings: [("api.unpaginated_list".to_owned(), 3)].into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = lock().text();
        assert_eq!(Lock::parse(&text), Ok(lock()));
        assert_eq!(Lock::parse(&text.replace('\n', "\r\n")), Ok(lock()));
        assert!(text.contains("[\"endpoint Orders.place\"]\n\"allow Patient\" = \"name == \\\"a\\\\b\\\"\"\nroute = \"POST /v1/orders\"\n"), "{text}");
        assert!(
            text.ends_with(
                "[accepted]\n\"api.unpaginated_list Orders.find\" = \"warning 2\"\n\n[findings]\n\"api.unpaginated_list\" = 3\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let wrong = |text: &str| {
            let problem = Lock::parse(text).expect_err("it is wrong");
            (text[problem.range].to_owned(), problem.message)
        };
        assert_eq!(wrong("version = 2\n").0, "version = 2");
        assert_eq!(wrong("version = 1\n[\"endpoint A.b\"]\nroute\n").0, "route");
        assert!(wrong("version = 1\n<<<<<<< ours\n").1.contains("merge"));
        assert!(wrong("[accepted]\n\"a.b C\" = \"awful\"\n").1.contains("awful"));
        assert!(wrong("").1.contains("version"));
        assert_eq!(
            wrong("version = 1\n[\"role A\"]\n[\"role A\"]\n").0,
            "[\"role A\"]"
        );
    }
}
