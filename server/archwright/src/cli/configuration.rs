//! What is wrong in `archwright.toml`: a finding of a check, and a trouble for every other command.

use std::path::Path;
use std::sync::Arc;

use archwright_analysis::FileId;
use archwright_analysis::diagnostic::{Diagnostic, FileRange, Origin, Severity, State};
use archwright_analysis::edit::{Edit, Fix, TextEdit};
use archwright_analysis::lock;

use super::output;
use super::targets::shown;
use crate::render::{Change, Finding, Source, human};
use crate::workspace::LOCK_FILE;
use crate::workspace::config::{self, CODE, Problem};
use crate::workspace::discover::Blueprint;
use crate::workspace::load::Loaded;

/// The problems of the configuration and of the lock as findings, each at its place.
pub(super) fn findings(blueprint: &Blueprint, loaded: &Loaded, here: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(path) = &blueprint.config {
        let source = Arc::new(Source::new(shown(here, path), loaded.config_text.as_str()));
        let paths = loaded.texts.iter().map(|(path, _)| path.as_str());
        let idle = config::unmatched(&loaded.settings, &paths);
        let problems = loaded
            .problems
            .iter()
            .chain(&idle)
            .chain(&loaded.imports.problems);
        found.extend(problems.map(|problem| finding(CODE, problem, &source)));
    }
    if let Some(problem) = &loaded.lock_problem {
        let path = blueprint.root.join(LOCK_FILE);
        let source = Arc::new(Source::new(shown(here, &path), loaded.lock.as_str()));
        found.push(finding(lock::CODE, problem, &source));
    }
    found
}

/// A problem as a finding.
pub(super) fn finding(code: &str, problem: &Problem, source: &Arc<Source>) -> Finding {
    Finding {
        diagnostic: Diagnostic {
            code: code.into(),
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
            fingerprint: code.to_owned(),
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
    }
}

/// Tells what is wrong; true when something is, because then the command would not do what the project asks for.
pub(super) fn complain(blueprint: &Blueprint, loaded: &Loaded) -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    let findings = findings(blueprint, loaded, &here).into_iter();
    for finding in findings.filter(|finding| finding.diagnostic.severity == Severity::Error) {
        output::complain(human::one(&finding, human::Style::PLAIN).trim_end());
    }
    loaded
        .problems
        .iter()
        .chain(&loaded.lock_problem)
        .chain(&loaded.imports.problems)
        .any(Problem::is_error)
}
