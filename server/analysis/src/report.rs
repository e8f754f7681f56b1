//! The diagnostics of a file: syntax errors, findings of both stages, waivers applied, in text order.

use rustc_hash::FxHashMap;

use crate::{
    FileId,
    config::Config,
    db::{Database, facts, parsed},
    diagnostic::{Diagnostic, Severity, State},
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
            waivers::apply(db, files, config, &[entry.item], &findings).states
        };
        let superfluous = Superfluous::by(&findings);
        for (finding, state) in findings.iter().zip(states) {
            if !superfluous.contains(finding) {
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

/// What findings make superfluous on their elements: a code, and the least severity that is hidden. What is worse is
/// never hidden behind what is less bad.
struct Superfluous<'f>(FxHashMap<(&'f str, &'static str), Severity>);

impl<'f> Superfluous<'f> {
    fn by(findings: &'f [Finding]) -> Self {
        let mut hidden = FxHashMap::default();
        for finding in findings {
            for code in rule(finding.code).map_or(&[][..], |rule| rule.subsumes) {
                let worst = hidden
                    .entry((finding.element.as_str(), *code))
                    .or_insert(finding.severity);
                *worst = finding.severity.min(*worst);
            }
        }
        Self(hidden)
    }

    fn contains(&self, finding: &Finding) -> bool {
        self.0
            .get(&(finding.element.as_str(), finding.code))
            .is_some_and(|worst| *worst <= finding.severity)
    }
}
