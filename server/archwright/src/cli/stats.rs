//! `archwright stats`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use archwright_analysis::diagnostic::{Diagnostic, State};
use archwright_analysis::rules::rule;
use serde::Serialize;

use super::opened::{Opened, open};
use super::{Format, Outcome, output};
use crate::render::human::plural;
use crate::render::json;

/// The JSON of `archwright stats --format json`. Its shape is a contract with programs.
#[derive(Serialize)]
struct Document {
    version: u32,
    rules: Vec<Row>,
    total: Counts,
}

#[derive(Serialize)]
struct Row {
    id: String,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize, Debug, Clone, Copy, Default)]
struct Counts {
    new: u32,
    waived: u32,
    baselined: u32,
    /// How many there were when the lock was last written; none without a lock.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u32>,
}

impl Counts {
    const fn sum(self) -> u32 {
        self.new + self.waived + self.baselined
    }

    fn add(&mut self, state: &State) {
        match state {
            State::New => self.new += 1,
            State::Waived { .. } => self.waived += 1,
            State::Baselined => self.baselined += 1,
        }
    }

    /// `+2`, `-1`, `=`; nothing without a lock.
    fn trend(self) -> String {
        match self.before {
            None => String::new(),
            Some(before) if before == self.sum() => "=".to_owned(),
            Some(before) => format!("{:+}", i64::from(self.sum()) - i64::from(before)),
        }
    }
}

/// Counts and prints.
pub(super) fn run(path: &Path, format: Format) -> Outcome {
    let opened = match open(path) {
        Ok(opened) => opened,
        Err(outcome) => return outcome,
    };
    let rows = rows(&opened);
    let mut total = Counts {
        before: opened.locked.then_some(0),
        ..Counts::default()
    };
    for row in &rows {
        total.new += row.counts.new;
        total.waived += row.counts.waived;
        total.baselined += row.counts.baselined;
        total.before = total.before.zip(row.counts.before).map(|(all, one)| all + one);
    }
    output::print(&match format {
        Format::Human => table(&rows, total),
        Format::Json => json::to_line(&Document {
            version: 1,
            rules: rows,
            total,
        }),
    });
    Outcome::Well
}

/// The counts of each rule that finds something, or found something when the lock was written.
fn rows(opened: &Opened) -> Vec<Row> {
    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    let rules = |found: &&Diagnostic| rule(&found.code).is_some();
    for found in opened.found.iter().filter(rules) {
        counts.entry(&found.code).or_default().add(&found.state);
    }
    if opened.locked {
        for (id, before) in &opened.lock.findings {
            counts.entry(id).or_default().before = Some(*before);
        }
    }
    counts
        .into_iter()
        .map(|(id, counts)| Row {
            id: id.to_owned(),
            counts: Counts {
                before: opened.locked.then_some(counts.before.unwrap_or_default()),
                ..counts
            },
        })
        .collect()
}

fn table(rows: &[Row], total: Counts) -> String {
    if rows.is_empty() {
        return "No findings.\n".to_owned();
    }
    let width = rows.iter().map(|row| row.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    let mut line = |name: &str, cells: [String; 4]| {
        let [new, waived, baselined, trend] = cells;
        let text = format!("{name:<width$}  {new:>5}  {waived:>6}  {baselined:>9}  {trend:>5}");
        let _ = writeln!(out, "{}", text.trim_end());
    };
    let since = if total.before.is_some() { "since" } else { "" };
    line("rule", ["new", "waived", "baselined", since].map(str::to_owned));
    for Row { id, counts } in rows {
        line(
            id,
            [
                counts.new.to_string(),
                counts.waived.to_string(),
                counts.baselined.to_string(),
                counts.trend(),
            ],
        );
    }
    let since = match total.before {
        Some(before) => format!("; {before} when archwright.lock was last written"),
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "{} of {}{since}.",
        plural(total.sum() as usize, "finding"),
        plural(rows.len(), "rule")
    );
    out
}
