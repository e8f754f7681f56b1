//! Files whose element stayed and whose path changed: they move, with the user's edits.

use std::collections::BTreeMap;

use crate::files::{Class, RenderedFile};

use super::lock::{Lock, LockEntry};
use super::merge::Merged;
use super::text::{digest, pristine};
use super::validity::Checks;
use super::{Current, Files, manifest, stored};

/// For each rendered path that is a locked file's new place, that file's entry.
///
/// Same service, template and model ids on both sides, and no second candidate on either: anything less certain is a
/// new file and a file that is gone. A file in conflict with its move is no move either: both stay.
pub(super) fn find<'a>(
    rendered: &[RenderedFile],
    locked: &[&'a LockEntry],
    lock: &Lock,
    files: &dyn Files,
    checks: &dyn Checks,
) -> BTreeMap<String, &'a LockEntry> {
    let is_new = |file: &&RenderedFile| lock.entry(&file.path).is_none();
    let new: Vec<&RenderedFile> = rendered.iter().filter(is_new).collect();
    let lost: Vec<&'a LockEntry> = locked
        .iter()
        .copied()
        .filter(|entry| rendered.iter().all(|file| file.path != entry.path))
        .collect();
    let fits = |file: &RenderedFile, entry: &LockEntry| {
        let same =
            file.template == entry.template && file.model_ids == entry.model && file.class == entry.class;
        // Migrations are all of one template; they are told apart by their numbers.
        same && (file.class != Class::Append || name(&file.path) == name(&entry.path))
    };
    let mut moves = BTreeMap::new();
    for file in &new {
        let mut candidates = lost.iter().filter(|entry| fits(file, entry));
        let (Some(entry), None) = (candidates.next(), candidates.next()) else {
            continue;
        };
        if new.iter().filter(|other| fits(other, entry)).count() == 1 && can_move(file, entry, files, checks)
        {
            moves.insert(file.path.clone(), *entry);
        }
    }
    moves
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether the new place is free, or already holds what the move would have put there.
fn can_move(file: &RenderedFile, entry: &LockEntry, files: &dyn Files, checks: &dyn Checks) -> bool {
    let there = match files.current(&entry.path) {
        Current::Text(text) => Some(text),
        Current::Missing => None,
        Current::Opaque(_) => return false,
    };
    match (files.current(&file.path), there) {
        (Current::Opaque(_), _) | (Current::Missing, None) => false,
        (Current::Missing, Some(text)) => carried(file, entry, &text, files, checks).is_some(),
        (Current::Text(here), Some(text)) => {
            carried(file, entry, &text, files, checks).is_some_and(|merged| merged == pristine(&here))
        }
        (Current::Text(here), None) => {
            carried(file, entry, &here, files, checks).is_some_and(|merged| merged == pristine(&here))
        }
    }
}

/// The text of the new place: the generated one, with the edits that the old one had.
pub(super) fn carried(
    file: &RenderedFile,
    from: &LockEntry,
    text: &str,
    files: &dyn Files,
    checks: &dyn Checks,
) -> Option<String> {
    let plain = pristine(text);
    if matches!(file.class, Class::Yours | Class::Append) {
        return Some(plain);
    }
    if digest(&plain) == from.sha256 || plain == file.text {
        return Some(file.text.clone());
    }
    let base = stored(files, &from.sha256)?;
    match manifest::merge(&file.path, &base, &plain, &file.text) {
        Merged::Clean(merged) if checks.parses(&file.path, &merged).is_ok() => Some(merged),
        Merged::Clean(_) | Merged::Conflict { .. } => None,
    }
}
