//! `archwright rules`.

use archwright_analysis::rules::{RULES, Rule};
use serde::Serialize;

use super::{Format, Outcome, output};
use crate::render::json;

/// The JSON of `archwright rules --format json`. Its shape is a contract with programs.
#[derive(Serialize)]
struct Document {
    rules: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: &'static str,
    category: &'static str,
    profile: &'static str,
    severity: &'static str,
    title: &'static str,
    url: String,
    preview: bool,
    aliases: &'static [&'static str],
    cwe: &'static [u16],
    clauses: Vec<Clause>,
    thresholds: Vec<Number>,
}

#[derive(Serialize)]
struct Clause {
    regime: &'static str,
    clause: &'static str,
}

#[derive(Serialize)]
struct Number {
    name: &'static str,
    default: u32,
    counts: &'static str,
}

/// Prints the rules.
pub(super) fn run(format: Format) -> Outcome {
    output::print(&match format {
        Format::Human => table(),
        Format::Json => json::to_line(&Document {
            rules: RULES.iter().copied().map(row).collect(),
        }),
    });
    Outcome::Well
}

/// The word of the first profile in which a rule runs.
const fn profile(rule: &Rule) -> &'static str {
    if rule.core {
        "core"
    } else if rule.strict {
        "strict"
    } else {
        "recommended"
    }
}

fn row(rule: &'static Rule) -> Row {
    Row {
        id: rule.id,
        category: rule.category(),
        profile: profile(rule),
        severity: rule.severity.word(),
        title: rule.summary,
        url: archwright_analysis::url(rule.id),
        preview: rule.preview,
        aliases: rule.aliases,
        cwe: rule.cwe,
        clauses: rule
            .clauses
            .iter()
            .map(|(regime, clause)| Clause { regime, clause })
            .collect(),
        thresholds: rule
            .thresholds
            .iter()
            .map(|threshold| Number {
                name: threshold.name,
                default: threshold.default,
                counts: threshold.counts,
            })
            .collect(),
    }
}

fn table() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for rule in RULES {
        let profile = if rule.preview { "preview" } else { profile(rule) };
        out.push_str(&format!(
            "{:<width$}  {profile:<11}  {:<7}  {}\n",
            rule.id,
            rule.severity.word(),
            rule.summary
        ));
    }
    out
}
