//! Code actions: repairs of findings, waivers, generation. Edits are computed when an action is chosen.

use std::ops::Range;

use smol_str::SmolStr;

use crate::{FileId, Snapshot, edit::Edit};

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What the menu shows.
    pub title: String,
    /// Which sort.
    pub kind: ActionKind,
    /// Whether it is the one to take when in doubt.
    pub preferred: bool,
    /// The finding that it repairs.
    pub code: Option<SmolStr>,
    /// Names it when its edit is asked for.
    pub id: String,
}

/// Sorts of actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionKind {
    /// Repairs a finding.
    QuickFix,
    /// Changes the shape of the blueprint.
    Refactor,
    /// Generates services: this one, or all.
    Generate {
        /// Which; `None` is every service that has a stack.
        service: Option<SmolStr>,
    },
}

pub(crate) fn actions(_snapshot: &Snapshot, _file: FileId, _range: Range<u32>) -> Vec<Action> {
    Vec::new()
}

pub(crate) fn resolve(_snapshot: &Snapshot, _file: FileId, _id: &str) -> Option<Edit> {
    None
}
