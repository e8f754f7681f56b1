//! What a release changes, in lines for people.

use std::cmp::Ordering;

use super::Record;

/// One difference between two releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An element that was not there.
    Added(String),
    /// An element that is gone.
    Removed(String),
    /// An element that says something else, and what.
    Changed(String, Vec<String>),
}

/// The differences between sorted records, by path.
pub fn changes(old: &[Record], new: &[Record]) -> Vec<Change> {
    let name = |record: &Record| format!("{} {}", record.kind, record.path);
    let mut found = Vec::new();
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return found,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => (&left.path, &left.kind).cmp(&(&right.path, &right.kind)),
        };
        match order {
            Ordering::Less => found.extend(old.next().map(|record| Change::Removed(name(record)))),
            Ordering::Greater => found.extend(new.next().map(|record| Change::Added(name(record)))),
            Ordering::Equal => {
                if let (Some(left), Some(right)) = (old.next(), new.next())
                    && left != right
                {
                    found.push(Change::Changed(name(right), facts(left, right)));
                }
            }
        }
    }
}

fn facts(old: &Record, new: &Record) -> Vec<String> {
    let shown = |key: &str, value: &str| match value {
        "" => key.to_owned(),
        value => format!("{key}: {value}"),
    };
    let mut lines = Vec::new();
    for (key, value) in &old.facts {
        match new.get(key) {
            None => lines.push(format!("- {}", shown(key, value))),
            Some(now) if now != value => lines.push(format!("~ {key}: {value} -> {now}")),
            Some(_) => {}
        }
    }
    for (key, value) in &new.facts {
        if old.get(key).is_none() {
            lines.push(format!("+ {}", shown(key, value)));
        }
    }
    lines
}
