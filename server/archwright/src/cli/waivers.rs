//! `archwright waivers`: every exception of a blueprint, until when it holds and why.

use std::fmt::Write as _;

use archwright_analysis::features::waivers::{Listed, WaiverState};
use archwright_analysis::{Encoding, Host};
use serde::Serialize;

use super::targets::{shown, tasks};
use super::{Format, Outcome, WaiversArgs, configuration, output};
use crate::render::human::plural;
use crate::render::json;
use crate::workspace::{analysis_config, fill, load};

/// The JSON of `archwright waivers --format json`. Its shape is a contract with programs.
#[derive(Serialize)]
struct Document {
    version: u32,
    waivers: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    rule: String,
    element: String,
    until: Option<String>,
    because: Option<String>,
    state: &'static str,
    days_left: Option<i64>,
    findings: usize,
    file: String,
    line: u32,
    #[serde(skip)]
    told: String,
}

/// Lists.
pub(super) fn run(args: &WaiversArgs) -> Outcome {
    let here = std::env::current_dir().unwrap_or_default();
    let (mut rows, mut troubles, mut unable) = (Vec::new(), Vec::new(), false);
    for task in tasks(&args.paths, &mut troubles) {
        let mut loaded = load::load(&task.blueprint);
        troubles.append(&mut loaded.troubles);
        unable |= configuration::complain(&task.blueprint, &loaded);
        let mut host = Host::new(analysis_config(&loaded.settings));
        host.set_imports(loaded.imports.imports);
        fill(&mut host, loaded.texts);
        host.settle();
        // Nobody edits this host, so nothing can cancel the reader.
        for listed in host.snapshot().waivers().unwrap_or_default() {
            let path = task.blueprint.root.join(host.path(listed.at.file));
            if task.wants(&path) {
                let place = host.position(listed.at.file, listed.at.range.start, Encoding::Utf32);
                rows.push(row(listed, shown(&here, &path), place.line + 1));
            }
        }
    }
    for trouble in &troubles {
        output::complain(&format!("{}: {}", shown(&here, &trouble.path), trouble.message));
        unable |= trouble.fatal;
    }
    output::print(&match args.format {
        Format::Human => human(&rows),
        Format::Json => json::to_line(&Document {
            version: 1,
            waivers: rows,
        }),
    });
    if unable { Outcome::Unable } else { Outcome::Well }
}

fn row(listed: Listed, file: String, line: u32) -> Row {
    let days_left = match listed.state {
        WaiverState::InForce { left } => left,
        WaiverState::Expired { ago } => Some(-ago),
        _ => None,
    };
    let day =
        |date: archwright_grammar::ast::Date| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day);
    Row {
        told: told(&listed),
        rule: listed.rule.to_string(),
        element: listed.element.to_string(),
        until: listed.until.map(day),
        because: listed.because,
        state: listed.state.word(),
        days_left,
        findings: listed.findings,
        file,
        line,
    }
}

/// The state as people read it.
fn told(listed: &Listed) -> String {
    let days = |count: i64| plural(usize::try_from(count).unwrap_or_default(), "day");
    let silences = plural(listed.findings, "finding");
    match listed.state {
        WaiverState::InForce { left: None } => format!("silences {silences}, without a date"),
        WaiverState::InForce { left: Some(0) } => format!("silences {silences}, for the last day"),
        WaiverState::InForce { left: Some(left) } => format!("silences {silences}, for {} more", days(left)),
        WaiverState::Expired { ago } => format!("ran out {} ago", days(ago)),
        WaiverState::Unused => "silences nothing".to_owned(),
        WaiverState::RuleOff => "its rule does not run".to_owned(),
        WaiverState::UnknownRule => "there is no such rule".to_owned(),
        WaiverState::NotAllowed => "archwright.toml does not allow it".to_owned(),
    }
}

fn human(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let until = row
            .until
            .as_ref()
            .map_or_else(String::new, |until| format!(" until {until}"));
        let because = row.because.as_deref().unwrap_or("(no reason)");
        // A string takes everything.
        let _ = write!(
            text,
            "{}:{}  {} for {}{until}: {}\n    {because}\n",
            row.file, row.line, row.rule, row.element, row.told
        );
    }
    let working = rows.iter().filter(|row| row.state == "in_force").count();
    let idle = rows.len() - working;
    if rows.is_empty() {
        text.push_str("No waivers.\n");
    } else if idle == 0 {
        let _ = writeln!(text, "{}.", plural(rows.len(), "waiver"));
    } else {
        let _ = writeln!(
            text,
            "{}, {idle} of which silence nothing.",
            plural(rows.len(), "waiver")
        );
    }
    text
}
