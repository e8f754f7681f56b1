//! A plan for people: what happens to each file, and what is not generated.

use std::collections::BTreeMap;

use archwright_codegen::plan::{Action, FindingKind, Plan, PlanFinding};

use super::human::plural;

/// How much of a conflict is shown; the rest is seen in the files themselves.
const MOST_LINES: usize = 60;

fn word(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Merge => "merge",
        Action::Conflict => "conflict",
        Action::Keep => "keep",
        Action::Delete => "delete",
        Action::Unchanged => "unchanged",
    }
}

/// One line per file that is not unchanged, then what the user should know, then a sum.
pub(crate) fn render(plan: &Plan, dry_run: bool) -> String {
    let mut out = String::new();
    let mut service = None;
    let mut waiting = 0;
    for file in plan.files.iter().filter(|file| file.action != Action::Unchanged) {
        if service != Some(&file.service) {
            out.push_str(&told_waiting(&mut waiting));
            service = Some(&file.service);
            out.push_str(&format!("{}\n", file.service));
        }
        out.push_str(&format!(
            "  {:<9} {:<8} {}\n",
            word(file.action),
            file.class.word(),
            file.path
        ));
        match &file.finding {
            // Once for all of them: what holds them back is told at the file that does.
            Some(finding) if finding.kind == FindingKind::HeldBack => waiting += 1,
            Some(finding) => out.push_str(&told(finding)),
            None => {}
        }
    }
    out.push_str(&told_waiting(&mut waiting));
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&not_generated(plan));
    let summary = plan.summary().summary;
    let counts = [
        (summary.create, "create"),
        (summary.update, "update"),
        (summary.merge, "merge"),
        (summary.conflict, "conflict"),
        (summary.keep, "keep"),
        (summary.delete, "delete"),
        (summary.unchanged, "unchanged"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let total = plural(plan.files.len(), "file");
    let tail = if dry_run { " Nothing was written." } else { "" };
    if counts.is_empty() {
        out.push_str(&format!(
            "Nothing to generate: no service has a stack that can be generated.{tail}\n"
        ));
    } else {
        out.push_str(&format!("{total}: {}.{tail}\n", counts.join(", ")));
    }
    out
}

/// What the user should know of a file, with the texts that it takes to act on it.
fn told(finding: &PlanFinding) -> String {
    let mut lines = vec![finding.message.as_str(), finding.help.as_str()];
    lines.extend(finding.marked.iter().flat_map(|marked| disputed(marked)));
    lines.extend(
        finding
            .insertions
            .iter()
            .flat_map(|insertion| insertion.text.lines()),
    );
    lines
        .iter()
        .fold(String::new(), |out, line| out + "            " + line + "\n")
}

/// The places of a merge that both sides have changed.
fn disputed(marked: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in marked.lines() {
        inside |= line.starts_with("<<<<<<< ");
        if inside {
            lines.push(line);
        }
        inside &= !line.starts_with(">>>>>>> ");
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("…");
    }
    lines
}

/// One sentence about the files of a service that wait for a conflict; nothing when none does.
fn told_waiting(waiting: &mut usize) -> String {
    match std::mem::take(waiting) {
        0 => String::new(),
        count => format!(
            "  {} kept back until the conflict is settled: a service is written whole or not at all.\n",
            plural(count, "file")
        ),
    }
}

/// What the blueprint asks for and no template makes yet, by service.
fn not_generated(plan: &Plan) -> String {
    let mut by_service: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for missing in &plan.not_generated {
        let line = format!("  {:<28} {}\n", missing.element, missing.what);
        by_service.entry(&missing.service).or_default().push(line);
    }
    let mut out = String::new();
    for (service, lines) in by_service {
        out.push_str(&format!("Not generated yet in {service}:\n{}\n", lines.concat()));
    }
    out
}
