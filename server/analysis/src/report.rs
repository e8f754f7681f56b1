//! The diagnostics of a file: syntax errors, findings of both stages, waivers applied, in text order.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::{
    FileId,
    config::Config,
    db::{Database, facts, parsed},
    diagnostic::{Diagnostic, Severity, State},
    files::{Entry, File, Files},
    lock::acceptable,
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
        of_entry(&renderer, files, text, entry, &mut all);
    }
    sort(&mut all);
    all
}

/// The diagnostics of the item at a byte of a file, in the same order.
pub(crate) fn at(
    db: &Database,
    files: &Files,
    config: &Config,
    file: FileId,
    offset: u32,
) -> Vec<Diagnostic> {
    let renderer = Renderer::new(db, files, config);
    let mut all = Vec::new();
    if let Some(text) = files.get(file)
        && let Some(entry) = text.entry_at(offset)
    {
        of_entry(&renderer, files, text, entry, &mut all);
    }
    sort(&mut all);
    all
}

fn of_entry(renderer: &Renderer<'_>, files: &Files, text: &File, entry: &Entry, all: &mut Vec<Diagnostic>) {
    let (db, config) = (renderer.db, renderer.config);
    if entry.broken {
        all.extend(
            parsed(db, entry.item)
                .errors
                .iter()
                .filter_map(|error| renderer.syntax(entry.item, error)),
        );
    }
    if entry.findings.is_empty() && entry.late.is_empty() {
        return;
    }
    let findings: Vec<Finding> = entry.findings.iter().chain(entry.late.iter()).cloned().collect();
    let states = if facts(db, entry.item).waivers.is_empty() {
        vec![State::New; findings.len()]
    } else {
        waivers::apply(db, files, config, &[entry.item], &findings).states
    };
    let severity = |finding: &Finding| config.severity(finding.code, finding.severity, &text.path);
    let superfluous = Superfluous::by(&findings, &severity);
    let from = all.len();
    for (finding, state) in findings.iter().zip(states) {
        if !superfluous.contains(finding, &severity) {
            all.extend(
                renderer
                    .finding(finding)
                    .map(|diagnostic| Diagnostic { state, ..diagnostic }),
            );
        }
    }
    accept(config, &mut all[from..]);
}

fn sort(all: &mut [Diagnostic]) {
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
}

/// Marks what `archwright.lock` accepts: of several with one fingerprint as many as were accepted, and none that has become worse.
/// All of one fingerprint stand in one item.
fn accept(config: &Config, found: &mut [Diagnostic]) {
    if config.lock.accepted.is_empty() {
        return;
    }
    let mut left: FxHashMap<String, u32> = FxHashMap::default();
    for diagnostic in found.iter_mut().filter(|found| found.state == State::New) {
        let Some(accepted) = config
            .lock
            .accepted
            .get(&diagnostic.fingerprint)
            .filter(|accepted| accepted.severity <= diagnostic.severity && acceptable(&diagnostic.code))
        else {
            continue;
        };
        let left = left
            .entry(diagnostic.fingerprint.clone())
            .or_insert(accepted.count);
        if *left > 0 {
            *left -= 1;
            diagnostic.state = State::Baselined;
        }
    }
}

/// What findings make superfluous on their elements: a code, and the least severity that is hidden. What is worse is
/// never hidden behind what is less bad, and nothing behind what is not shown itself.
struct Superfluous<'f>(FxHashMap<(&'f str, &'static str), Vec<(Severity, &'static str)>>);

/// The severity under which a finding is shown, if it is.
type Shown<'a> = &'a dyn Fn(&Finding) -> Option<Severity>;

impl<'f> Superfluous<'f> {
    fn by(findings: &'f [Finding], shown: Shown<'_>) -> Self {
        let mut hidden = FxHashMap::default();
        for finding in findings {
            let codes = rule(finding.code).map_or(&[][..], |rule| rule.subsumes);
            if codes.is_empty() {
                continue;
            }
            let Some(severity) = shown(finding) else { continue };
            for code in codes {
                let by: &mut Vec<_> = hidden.entry((finding.element.as_str(), *code)).or_default();
                by.push((severity, finding.code));
            }
        }
        Self(hidden)
    }

    fn contains(&self, finding: &Finding, shown: Shown<'_>) -> bool {
        let Some(by) = self.0.get(&(finding.element.as_str(), finding.code)) else {
            return false;
        };
        let own = rule(finding.code).map_or(&[][..], |rule| rule.subsumes);
        shown(finding).is_some_and(|severity| {
            by.iter().any(|(other, code)| match other.cmp(&severity) {
                Ordering::Less => true,
                // Of two that say the same and would hide each other, one stands.
                Ordering::Equal => !own.contains(code) || *code < finding.code,
                Ordering::Greater => false,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, Severity, Superfluous};
    use crate::{
        db::Database,
        model::{
            finding::Place,
            loc::{Loc, Part},
        },
    };

    #[test]
    fn what_is_not_shown_hides_nothing() {
        let database = Database::default();
        let item = crate::db::Item::new(&database, "".into());
        let finding = |code| {
            let place = Place::new(item, Loc::at(&[], Part::Name));
            Finding::new(code, Severity::Warning, "A.one", place, "")
        };
        let findings = [
            finding("auth.unauthenticated_sensitive"),
            finding("auth.unauthenticated_mutation"),
        ];
        let all = |finding: &Finding| Some(finding.severity);
        assert!(Superfluous::by(&findings, &all).contains(&findings[1], &all));
        let second = |finding: &Finding| {
            (finding.code == "auth.unauthenticated_mutation").then_some(Severity::Warning)
        };
        assert!(!Superfluous::by(&findings, &second).contains(&findings[1], &second));
    }
}
