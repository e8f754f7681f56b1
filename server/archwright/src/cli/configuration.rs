//! What is wrong in `archwright.toml`: a finding of a check, and a trouble for every other command.

use std::path::Path;
use std::sync::Arc;

use archwright_analysis::FileId;
use archwright_analysis::diagnostic::{Diagnostic, FileRange, Origin, Severity, State};
use archwright_analysis::edit::{Edit, Fix, TextEdit};

use super::output;
use super::targets::shown;
use crate::render::{Change, Finding, Source, human};
use crate::workspace::config::{CODE, Problem};
use crate::workspace::discover::Blueprint;
use crate::workspace::load::Loaded;

/// The problems of the configuration as findings, each at its place.
pub(super) fn findings(blueprint: &Blueprint, loaded: &Loaded, here: &Path) -> Vec<Finding> {
    let Some(path) = &blueprint.config else {
        return Vec::new();
    };
    let source = Arc::new(Source::new(shown(here, path), loaded.config_text.as_str()));
    let problems = loaded.problems.iter().map(|problem| Finding {
        diagnostic: Diagnostic {
            code: CODE.into(),
            severity: problem.severity,
            origin: Origin::Text,
            element: "".into(),
            message: problem.message.clone(),
            help: Some(problem.help.clone()),
            clauses: Vec::new(),
            at: FileRange {
                file: FileId::NONE,
                range: problem.range.start as u32..problem.range.end as u32,
            },
            related: Vec::new(),
            fixes: problem
                .repairs
                .iter()
                .enumerate()
                .map(|(at, repair)| Fix {
                    title: repair.title.clone(),
                    safety: repair.safety,
                    preferred: at == 0,
                    edit: Edit::single(
                        FileId::NONE,
                        repair.range.start as u32..repair.range.end as u32,
                        repair.text.clone(),
                    ),
                })
                .collect(),
            tags: Vec::new(),
            state: State::New,
        },
        source: source.clone(),
        related: Vec::new(),
        edits: problem
            .repairs
            .iter()
            .map(|repair| {
                vec![Change {
                    source: source.clone(),
                    edits: vec![TextEdit {
                        range: repair.range.start as u32..repair.range.end as u32,
                        text: repair.text.clone(),
                    }],
                }]
            })
            .collect(),
    });
    problems.collect()
}

/// Tells what is wrong; true when something is, because then the command would not do what the project asks for.
pub(super) fn complain(blueprint: &Blueprint, loaded: &Loaded) -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    let findings = findings(blueprint, loaded, &here).into_iter();
    for finding in findings.filter(|finding| finding.diagnostic.severity == Severity::Error) {
        output::complain(human::one(&finding, human::Style::PLAIN).trim_end());
    }
    loaded.problems.iter().any(Problem::is_error)
}
