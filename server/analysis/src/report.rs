//! The diagnostics of a file: syntax errors, findings of both stages, waivers applied, in text order.

use crate::{
    FileId,
    config::Config,
    db::{Database, facts, parsed},
    diagnostic::{Diagnostic, State},
    files::Files,
    model::finding::Finding,
    render::Renderer,
    rules::rule,
    waivers,
};

/// All diagnostics of a file, sorted by place, code and message.
pub(crate) fn diagnostics(db: &Database, files: &Files, config: &Config, file: FileId) -> Vec<Diagnostic> {
    let renderer = Renderer::new(db, files, config);
    let mut all = Vec::new();
    let Some(text) = files.get(file) else { return all };
    for entry in &text.entries {
        if entry.broken {
            all.extend(
                parsed(db, entry.item)
                    .errors
                    .iter()
                    .filter_map(|error| renderer.syntax(entry.item, error)),
            );
        }
        if entry.findings.is_empty() && entry.late.is_empty() {
            continue;
        }
        let findings: Vec<Finding> = entry.findings.iter().chain(entry.late.iter()).cloned().collect();
        let states = if facts(db, entry.item).waivers.is_empty() {
            vec![State::New; findings.len()]
        } else {
            waivers::apply(db, config, &[entry.item], &findings).states
        };
        for (finding, state) in findings.iter().zip(states) {
            if !subsumed(finding, &findings) {
                all.extend(
                    renderer
                        .finding(finding)
                        .map(|diagnostic| Diagnostic { state, ..diagnostic }),
                );
            }
        }
    }
    all.sort_by(|left, right| {
        (
            left.at.range.start,
            left.at.range.end,
            &left.code,
            &left.message,
            &left.element,
        )
            .cmp(&(
                right.at.range.start,
                right.at.range.end,
                &right.code,
                &right.message,
                &right.element,
            ))
    });
    all
}

/// Whether another finding on the same element makes this one superfluous. What is worse is never hidden behind what is less bad.
fn subsumed(finding: &Finding, all: &[Finding]) -> bool {
    all.iter().any(|other| {
        other.element == finding.element
            && other.severity <= finding.severity
            && rule(other.code).is_some_and(|rule| rule.subsumes.contains(&finding.code))
    })
}
