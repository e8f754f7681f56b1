//! What is wrong in `archwright.toml`: a finding of a check, and a trouble for every other command.

use std::path::Path;
use std::sync::Arc;

use archwright_analysis::FileId;
use archwright_analysis::diagnostic::{Diagnostic, FileRange, Severity, State};

use super::output;
use super::targets::shown;
use crate::render::{Finding, Source, human};
use crate::workspace::config::CODE;
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
            severity: Severity::Error,
            element: "".into(),
            message: problem.message.clone(),
            help: Some(problem.help.clone()),
            clauses: Vec::new(),
            at: FileRange {
                file: FileId::NONE,
                range: problem.range.start as u32..problem.range.end as u32,
            },
            related: Vec::new(),
            fixes: Vec::new(),
            tags: Vec::new(),
            state: State::New,
        },
        source: source.clone(),
        related: Vec::new(),
        edits: Vec::new(),
    });
    problems.collect()
}

/// Tells what is wrong; true when something is, because then the command would not do what the project asks for.
pub(super) fn complain(blueprint: &Blueprint, loaded: &Loaded) -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    for finding in findings(blueprint, loaded, &here) {
        output::complain(human::one(&finding, human::Style::PLAIN).trim_end());
    }
    !loaded.problems.is_empty()
}
