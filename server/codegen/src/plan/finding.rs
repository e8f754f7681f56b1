//! What a plan tells the user about a file.

use serde::Serialize;

use super::Resolution;

/// A finding about one planned file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanFinding {
    /// What sort of finding it is.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: FindingSeverity,
    /// The fact, and what follows from it.
    pub message: String,
    /// What to do.
    pub help: String,
    /// For a conflict, both texts between marks, for a merge view. Never written over the user's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked: Option<String>,
    /// For a file of the user's that lacks something: what to add.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub insertions: Vec<Insertion>,
    /// The decisions that the user can take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resolutions: Vec<Resolution>,
}

/// Something that a file of the user's lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Insertion {
    /// Its name: `OrderRules.cancel`.
    pub name: String,
    /// The text to add, with its indentation.
    pub text: String,
}

/// The sorts of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A file stands in the way that no run has written.
    Foreign,
    /// Both sides changed the same place.
    Conflict,
    /// The user deleted the file.
    Deleted,
    /// The blueprint no longer asks for the file, and it has been edited.
    Orphan,
    /// The file waits for a conflict in its service.
    HeldBack,
    /// A file of the user's lacks what the generated code now calls for.
    YoursBehind,
    /// A file that never changes was changed.
    AppendEdited,
    /// A derived file was edited and no longer follows the blueprint.
    DerivedEdited,
}

impl FindingKind {
    /// The code of a diagnostic.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Foreign => "generate.foreign_file",
            Self::Conflict => "generate.conflict",
            Self::Deleted => "generate.deleted_file",
            Self::Orphan => "generate.orphan_file",
            Self::HeldBack => "generate.held_back",
            Self::YoursBehind => "generate.yours_behind",
            Self::AppendEdited => "generate.append_edited",
            Self::DerivedEdited => "generate.derived_edited",
        }
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// Good to know.
    Info,
    /// Something is not as the blueprint says.
    Warning,
    /// The service was not generated.
    Error,
}

impl PlanFinding {
    fn new(
        kind: FindingKind,
        severity: FindingSeverity,
        message: String,
        help: &str,
        resolutions: &[Resolution],
    ) -> Self {
        Self {
            kind,
            severity,
            message,
            help: help.to_owned(),
            marked: None,
            insertions: Vec::new(),
            resolutions: resolutions.to_vec(),
        }
    }

    pub(super) fn foreign(path: &str, why: Option<&str>) -> Self {
        // What is not a text can neither be merged nor replaced.
        let (help, resolutions) = if why.is_some() {
            ("Move it away and generate again.".to_owned(), &[][..])
        } else {
            let help = format!(
                "Keep it and have it merged from now on: `archwright generate --mine {path}`; or replace it: \
                 `archwright generate --generated {path}`."
            );
            (help, &[Resolution::Adopt, Resolution::TakeGenerated][..])
        };
        let why = why.map_or_else(String::new, |why| format!(" and {why}"));
        Self::new(
            FindingKind::Foreign,
            FindingSeverity::Warning,
            format!(
                "{path} was not written by Archwright{why}, so it was left alone and the generated file is missing."
            ),
            &help,
            resolutions,
        )
    }

    pub(super) fn conflict(path: &str, reason: &str, marked: Option<String>) -> Self {
        let message = format!("{path} {reason}, so it was left as you wrote it.");
        let help = format!(
            "Write what should stand there and keep it: `archwright generate --mine {path}`; or replace your file: \
             `archwright generate --generated {path}`."
        );
        let resolutions = [Resolution::TakeMine, Resolution::TakeGenerated];
        Self {
            marked,
            ..Self::new(
                FindingKind::Conflict,
                FindingSeverity::Error,
                message,
                &help,
                &resolutions,
            )
        }
    }

    pub(super) fn deleted(path: &str) -> Self {
        Self::new(
            FindingKind::Deleted,
            FindingSeverity::Info,
            format!("{path} was deleted after it was generated, so it is not written again."),
            &format!("Have it written again: `archwright generate --generated {path}`."),
            &[Resolution::Restore],
        )
    }

    pub(super) fn orphan(path: &str) -> Self {
        Self::new(
            FindingKind::Orphan,
            FindingSeverity::Warning,
            format!("The blueprint no longer asks for {path}, but the file has been edited, so it stays."),
            "Delete it when nothing in it is needed.",
            &[],
        )
    }

    pub(super) fn held_back(path: &str, cause: &str) -> Self {
        Self::new(
            FindingKind::HeldBack,
            FindingSeverity::Info,
            format!("{path} waits: {cause} is in conflict, and a service is written whole or not at all."),
            "Settle the conflict and generate again.",
            &[],
        )
    }

    pub(super) fn yours_behind(path: &str, insertions: Vec<Insertion>) -> Self {
        let names: Vec<&str> = insertions
            .iter()
            .map(|insertion| insertion.name.as_str())
            .collect();
        let message = format!(
            "{path} is yours and lacks {}, which the generated code now calls for.",
            names.join(", ")
        );
        let finding = Self::new(
            FindingKind::YoursBehind,
            FindingSeverity::Warning,
            message,
            "Insert what is missing and write its body.",
            &[],
        );
        Self {
            insertions,
            ..finding
        }
    }

    pub(super) fn append_edited(path: &str) -> Self {
        Self::new(
            FindingKind::AppendEdited,
            FindingSeverity::Warning,
            format!(
                "{path} was changed after it was written; such files are never changed, also not by Archwright."
            ),
            "Put the change into a new file, and restore this one from version control.",
            &[],
        )
    }

    pub(super) fn derived_edited(path: &str, reason: &str) -> Self {
        Self::new(
            FindingKind::DerivedEdited,
            FindingSeverity::Warning,
            format!(
                "{path} follows from the blueprint, but {reason}, so it was left alone and is out of date."
            ),
            &format!(
                "Say what you need in the blueprint, and have the file written again: \
                 `archwright generate --generated {path}`."
            ),
            &[Resolution::TakeGenerated, Resolution::TakeMine],
        )
    }
}
