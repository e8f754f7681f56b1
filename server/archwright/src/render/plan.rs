//! A plan for people: what happens to each file, and what is not generated.

use std::collections::BTreeMap;

use archwright_codegen::plan::{Action, Plan};

use super::human::plural;

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
    for file in plan.files.iter().filter(|file| file.action != Action::Unchanged) {
        if service != Some(&file.service) {
            service = Some(&file.service);
            out.push_str(&format!("{}\n", file.service));
        }
        out.push_str(&format!(
            "  {:<9} {:<8} {}\n",
            word(file.action),
            file.class.word(),
            file.path
        ));
        if let Some(finding) = &file.finding {
            out.push_str(&format!(
                "            {}\n            {}\n",
                finding.message, finding.help
            ));
        }
    }
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
