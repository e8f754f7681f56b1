//! `archwright baseline`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use archwright_analysis::lock::{Accepted, Lock};
use serde::Serialize;

use super::opened::open;
use super::{BaselineAction, Format, Outcome, output};
use crate::render::human::plural;
use crate::render::json;
use crate::workspace::LOCK_FILE;

/// Does what is asked for.
pub(super) fn run(action: &BaselineAction) -> Outcome {
    let done = match action {
        BaselineAction::Write { path } => write(path),
        BaselineAction::Prune { path } => prune(path),
        BaselineAction::Show { path, format } => show(path, *format),
    };
    match done {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn count(accepted: &BTreeMap<String, Accepted>) -> usize {
    accepted.values().map(|accepted| accepted.count as usize).sum()
}

fn write(path: &Path) -> Result<Outcome, Outcome> {
    let opened = open(path)?;
    let mut lock = opened.lock.clone();
    lock.accept(opened.found.iter());
    lock.count(opened.found.iter());
    if opened.locked && lock == opened.lock {
        output::print(&format!("{LOCK_FILE} accepts what is there already.\n"));
        return Ok(Outcome::Well);
    }
    opened.write(&lock)?;
    let before = count(&opened.lock.accepted);
    let mut out = by_rule(&lock);
    let _ = writeln!(
        out,
        "Accepted {}{}. Wrote {LOCK_FILE}: commit it. From now on only new findings count.",
        plural(count(&lock.accepted), "finding"),
        if before > 0 {
            format!(" (it was {before})")
        } else {
            String::new()
        }
    );
    output::print(&out);
    Ok(Outcome::Well)
}

fn prune(path: &Path) -> Result<Outcome, Outcome> {
    let opened = open(path)?;
    let mut lock = opened.lock.clone();
    lock.prune(opened.found.iter());
    let (before, left) = (count(&opened.lock.accepted), count(&lock.accepted));
    if before == left {
        output::print(&format!(
            "All {} are still there; nothing was forgotten.\n",
            plural(left, "accepted finding")
        ));
        return Ok(Outcome::Well);
    }
    lock.count(opened.found.iter());
    opened.write(&lock)?;
    output::print(&format!(
        "{} forgotten, {left} left. Wrote {LOCK_FILE}: commit it.\n",
        plural(before - left, "accepted finding")
    ));
    Ok(Outcome::Well)
}

#[derive(Serialize)]
struct Document {
    version: u32,
    accepted: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    rule: String,
    about: String,
    severity: &'static str,
    count: u32,
    standing: u32,
}

fn show(path: &Path, format: Format) -> Result<Outcome, Outcome> {
    let opened = open(path)?;
    let mut left = opened.lock.clone();
    left.prune(opened.found.iter());
    let rows = opened.lock.accepted.iter().map(|(fingerprint, accepted)| {
        let (rule, about) = fingerprint.split_once(' ').unwrap_or((fingerprint, ""));
        Row {
            rule: rule.to_owned(),
            about: about.to_owned(),
            severity: accepted.severity.word(),
            count: accepted.count,
            standing: left.accepted.get(fingerprint).map_or(0, |left| left.count),
        }
    });
    if format == Format::Json {
        output::print(&json::to_line(&Document {
            version: 1,
            accepted: rows.collect(),
        }));
        return Ok(Outcome::Well);
    }
    let mut out = String::new();
    for row in rows {
        let times = if row.count > 1 {
            format!(" ({} times)", row.count)
        } else {
            String::new()
        };
        let gone = match row.count - row.standing {
            0 => "",
            gone if gone == row.count => ", gone",
            _ => ", partly gone",
        };
        let _ = writeln!(out, "{:<8} {} {}{times}{gone}", row.severity, row.rule, row.about);
    }
    let (all, standing) = (count(&opened.lock.accepted), count(&left.accepted));
    let _ = writeln!(
        out,
        "{}, {} gone.",
        plural(all, "accepted finding"),
        if all == standing {
            "none".to_owned()
        } else {
            (all - standing).to_string()
        }
    );
    output::print(&out);
    Ok(Outcome::Well)
}

/// How many findings of each rule are accepted.
fn by_rule(lock: &Lock) -> String {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (fingerprint, accepted) in &lock.accepted {
        let rule = fingerprint.split(' ').next().unwrap_or_default();
        *counts.entry(rule).or_default() += accepted.count;
    }
    counts.into_iter().fold(String::new(), |mut out, (rule, count)| {
        let _ = writeln!(out, "{count:>5}  {rule}");
        out
    })
}
