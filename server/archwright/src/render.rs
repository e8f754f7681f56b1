//! Findings as text for people and in the shapes that programs read, all from the same data.

pub(crate) mod compliance;
mod excerpt;
pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod plan;
pub(crate) mod sarif;
pub(crate) mod source;

use std::ops::Range;
use std::sync::Arc;

use archwright_analysis::{
    diagnostic::{Diagnostic, Severity, State},
    edit::TextEdit,
};

pub(crate) use source::Source;

/// A finding together with the texts that it points into.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// The finding.
    pub(crate) diagnostic: Diagnostic,
    /// The file that it is in.
    pub(crate) source: Arc<Source>,
    /// The other places, in order.
    pub(crate) related: Vec<Place>,
    /// What each fix of the finding changes, in the order of its fixes.
    pub(crate) edits: Vec<Vec<Change>>,
}

/// What a fix changes in one file.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The file.
    pub(crate) source: Arc<Source>,
    /// The replacements, sorted.
    pub(crate) edits: Vec<TextEdit>,
}

/// Another place of a finding.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// What is there.
    pub(crate) message: String,
    /// The file.
    pub(crate) source: Arc<Source>,
    /// Bytes in the file.
    pub(crate) range: Range<u32>,
}

/// The result of a check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    /// Findings, sorted by file and place.
    pub(crate) findings: Vec<Finding>,
    /// How many files were checked.
    pub(crate) files: usize,
    /// Their names, as they are shown.
    pub(crate) names: Vec<String>,
    /// How many items they hold.
    pub(crate) items: usize,
    /// What was repaired before.
    pub(crate) fixed: Vec<Fixed>,
    /// How many findings that `archwright.lock` accepts are no longer there.
    pub(crate) gone: usize,
}

/// A repair that `check --fix` made.
#[derive(Debug, Clone)]
pub(crate) struct Fixed {
    /// The code of the finding that it was for.
    pub(crate) code: String,
    /// What that was about.
    pub(crate) element: String,
    /// What was done.
    pub(crate) title: String,
    /// The file, as it is shown.
    pub(crate) file: String,
}

/// How many findings there are of each sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Errors that count.
    pub(crate) errors: usize,
    /// Warnings that count.
    pub(crate) warnings: usize,
    /// Infos that count.
    pub(crate) infos: usize,
    /// Hints that count.
    pub(crate) hints: usize,
    /// Findings that a waiver silences.
    pub(crate) waived: usize,
    /// Findings that `archwright.lock` accepts.
    pub(crate) baselined: usize,
}

impl Report {
    /// Sorts findings into the order in which they are shown.
    pub(crate) fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            (
                &a.source.name,
                a.diagnostic.at.range.start,
                a.diagnostic.at.range.end,
            )
                .cmp(&(
                    &b.source.name,
                    b.diagnostic.at.range.start,
                    b.diagnostic.at.range.end,
                ))
                .then_with(|| a.diagnostic.code.cmp(&b.diagnostic.code))
                .then_with(|| a.diagnostic.message.cmp(&b.diagnostic.message))
        });
    }

    /// Counts findings.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for finding in &self.findings {
            let count = match (&finding.diagnostic.state, finding.diagnostic.severity) {
                (State::Waived { .. }, _) => &mut counts.waived,
                (State::Baselined, _) => &mut counts.baselined,
                (State::New, Severity::Error) => &mut counts.errors,
                (State::New, Severity::Warning) => &mut counts.warnings,
                (State::New, Severity::Info) => &mut counts.infos,
                (State::New, Severity::Hint) => &mut counts.hints,
            };
            *count += 1;
        }
        counts
    }

    /// Whether a finding that counts is at least as bad as `threshold`.
    pub(crate) fn fails_at(&self, threshold: Severity) -> bool {
        // `Severity` is ordered from the worst to the mildest.
        self.findings
            .iter()
            .any(|it| it.diagnostic.state == State::New && it.diagnostic.severity <= threshold)
    }
}
