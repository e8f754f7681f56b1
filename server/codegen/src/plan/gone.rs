//! Files that are not rendered any more, and services that wait for a conflict.

use crate::files::Class;

use super::decide::Decision;
use super::finding::PlanFinding;
use super::lock::LockEntry;
use super::text::{digest, pristine};
use super::{Action, Current, Files, PlannedFile};

/// Decides a file that an earlier run wrote and that is not rendered any more.
pub(super) fn gone(entry: &LockEntry, files: &dyn Files, moved: bool) -> Decision {
    let planned = |action, previous, finding| PlannedFile {
        path: entry.path.clone(),
        action,
        class: entry.class,
        service: entry.service.clone(),
        new_text: None,
        previous,
        executable: false,
        finding,
    };
    let keep = |file: Option<PlannedFile>, entry_after: Option<LockEntry>| Decision {
        file,
        entry: entry_after,
        base: None,
        before: Some(entry.clone()),
        blocking: false,
    };
    let text = match files.current(&entry.path) {
        Current::Missing if entry.class == Class::Append && !moved => return keep(None, Some(entry.clone())),
        Current::Missing => return keep(None, None),
        Current::Opaque(_) => None,
        Current::Text(text) => Some(text),
    };
    let previous = text.as_deref().map(digest);
    let edited = text.is_none_or(|text| digest(&pristine(&text)) != entry.sha256);
    if entry.class == Class::Append && !moved {
        // Append-only files need not be rendered again: they are there, that is all.
        let finding = edited.then(|| PlanFinding::append_edited(&entry.path));
        let action = if edited { Action::Keep } else { Action::Unchanged };
        return keep(Some(planned(action, previous, finding)), Some(entry.clone()));
    }
    if edited && !moved {
        let orphan = LockEntry {
            orphan: true,
            ..entry.clone()
        };
        let finding = PlanFinding::orphan(&entry.path);
        return keep(Some(planned(Action::Keep, previous, Some(finding))), Some(orphan));
    }
    keep(Some(planned(Action::Delete, previous, None)), None)
}

/// A conflict holds back every write of its service.
pub(super) fn hold_back(decisions: &mut [Decision]) {
    let blocks = |decision: &&Decision| decision.blocking;
    let Some(cause) = decisions
        .iter()
        .find(blocks)
        .and_then(|decision| decision.file.as_ref())
    else {
        return;
    };
    let cause = cause.path.clone();
    for decision in decisions {
        let Some(file) = decision.file.as_mut().filter(|file| file.action.writes()) else {
            continue;
        };
        file.action = Action::Keep;
        file.new_text = None;
        file.finding = Some(PlanFinding::held_back(&file.path, &cause));
        decision.entry.clone_from(&decision.before);
        decision.base = None;
    }
}
