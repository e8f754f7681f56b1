//! A plan as JSON for programs.

use serde::Serialize;

use crate::files::Class;
use crate::generate::NotGenerated;

use super::{Action, Plan, PlanFinding};

/// `{"version":1,"files":[…],"not_generated":[…],"summary":{…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The version of this format.
    pub version: u32,
    /// Every file, in path order.
    pub files: Vec<FileSummary>,
    /// What the blueprint asks for and is not made yet.
    pub not_generated: Vec<NotGenerated>,
    /// How many files of each action.
    pub summary: Counts,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileSummary {
    /// Path, relative to the workspace.
    pub path: String,
    /// What happens to it.
    pub action: Action,
    /// Who owns it.
    pub class: Class,
    /// The service that it belongs to.
    pub service: String,
    /// What the user should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<PlanFinding>,
}

/// How many files of each action, and how much is not generated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New.
    pub create: usize,
    /// Replaced.
    pub update: usize,
    /// Merged.
    pub merge: usize,
    /// In conflict.
    pub conflict: usize,
    /// Left alone.
    pub keep: usize,
    /// Deleted.
    pub delete: usize,
    /// As they should be.
    pub unchanged: usize,
    /// Elements (with a reason each) that are not generated yet.
    pub not_generated: usize,
}

impl Plan {
    /// The plan for programs; `serde_json` turns it into text.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let mut counts = Counts {
            not_generated: self.not_generated.len(),
            ..Counts::default()
        };
        for file in &self.files {
            *counts.of(file.action) += 1;
        }
        let files = self.files.iter().map(|file| FileSummary {
            path: file.path.clone(),
            action: file.action,
            class: file.class,
            service: file.service.clone(),
            finding: file.finding.clone(),
        });
        Summary {
            version: 1,
            files: files.collect(),
            not_generated: self.not_generated.clone(),
            summary: counts,
        }
    }
}

impl Counts {
    fn of(&mut self, action: Action) -> &mut usize {
        match action {
            Action::Create => &mut self.create,
            Action::Update => &mut self.update,
            Action::Merge => &mut self.merge,
            Action::Conflict => &mut self.conflict,
            Action::Keep => &mut self.keep,
            Action::Delete => &mut self.delete,
            Action::Unchanged => &mut self.unchanged,
        }
    }
}
