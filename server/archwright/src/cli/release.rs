//! `archwright release`.

use std::fmt::Write as _;

use archwright_analysis::diagnostic::{Diagnostic, Severity, State};
use archwright_analysis::lock::{Change, Lock, changes, decided_by_release};

use super::opened::{Opened, open};
use super::{Outcome, ReleaseArgs, output};
use crate::render::human::plural;
use crate::workspace::LOCK_FILE;

/// Compares, prints and writes.
pub(super) fn run(args: &ReleaseArgs) -> Outcome {
    match open(&args.path).and_then(|opened| release(args, &opened)) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn release(args: &ReleaseArgs, opened: &Opened) -> Result<Outcome, Outcome> {
    // Nobody edits this host, so nothing can cancel the reader.
    let records = opened.host.snapshot().contracts().map_err(|_| Outcome::Unable)?;
    let changed = changes(&opened.lock.records, &records);
    if args.check {
        return Ok(compared(&changed));
    }
    let errors: Vec<&Diagnostic> = opened
        .found
        .iter()
        .filter(|found| found.severity == Severity::Error && found.state == State::New)
        .filter(|found| !(args.breaking && decided_by_release(&found.code)))
        .collect();
    if !errors.is_empty() {
        refuse(opened, &errors);
        return Ok(Outcome::Findings);
    }
    let mut lock = Lock {
        records,
        accepted: opened.lock.accepted.clone(),
        ..Lock::default()
    };
    // What compares with the last release has nothing to say after this one.
    let left = || {
        opened
            .found
            .iter()
            .filter(|found| !decided_by_release(&found.code))
    };
    lock.prune(left());
    lock.count(left());
    let mut out = listed(&changed);
    if args.dry_run {
        let _ = writeln!(out, "{} Nothing was written.", summary(&changed));
    } else if opened.locked && lock == opened.lock {
        let _ = writeln!(out, "Nothing has changed since the last release.");
    } else {
        opened.write(&lock)?;
        let _ = writeln!(out, "{} Wrote {LOCK_FILE}: commit it.", summary(&changed));
    }
    output::print(&out);
    Ok(Outcome::Well)
}

fn compared(changed: &[Change]) -> Outcome {
    if changed.is_empty() {
        output::print(&format!("{LOCK_FILE} holds what would be released.\n"));
        return Outcome::Well;
    }
    let mut out = listed(changed);
    let _ = writeln!(
        out,
        "{} {LOCK_FILE} is not up to date: `archwright release` writes it.",
        summary(changed)
    );
    output::print(&out);
    Outcome::Findings
}

fn refuse(opened: &Opened, errors: &[&Diagnostic]) {
    for error in errors {
        output::complain(&opened.line(error));
    }
    let only_breaking = errors.iter().all(|error| decided_by_release(&error.code));
    let what = plural(errors.len(), "error");
    output::complain(&if only_breaking {
        format!(
            "Nothing was released: {what} against the last release. `archwright release --breaking` releases it all the same."
        )
    } else {
        format!("Nothing was released: the blueprint has {what}.")
    });
}

/// What changes, element by element.
fn listed(changed: &[Change]) -> String {
    let mut out = String::new();
    for change in changed {
        match change {
            Change::Added(name) => out.push_str(&["+ ", name, "\n"].concat()),
            Change::Removed(name) => out.push_str(&["- ", name, "\n"].concat()),
            Change::Changed(name, facts) => {
                out.push_str(&["~ ", name, "\n"].concat());
                for fact in facts {
                    out.push_str(&["    ", fact, "\n"].concat());
                }
            }
        }
    }
    out
}

fn summary(changed: &[Change]) -> String {
    let count = |is: fn(&Change) -> bool| changed.iter().filter(|change| is(change)).count();
    let parts: Vec<String> = [
        (count(|change| matches!(change, Change::Added(_))), "added"),
        (count(|change| matches!(change, Change::Changed(..))), "changed"),
        (count(|change| matches!(change, Change::Removed(_))), "removed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    if parts.is_empty() {
        "No contract has changed.".to_owned()
    } else {
        format!("{}.", parts.join(", "))
    }
}
