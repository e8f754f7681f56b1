//! What earlier runs wrote for a service and a stack must know of.

use std::collections::BTreeMap;

use crate::files::{Class, RenderedFile};
use crate::plan::{Files, Lock, LockEntry, stored};

/// The append-only and derived files of a service, as they were written.
#[derive(Debug, Default)]
pub(crate) struct History<'a> {
    /// Pristine texts by path below the service's folder.
    pub(crate) existing: BTreeMap<String, String>,
    /// Append-only files that lie in another folder now, by path below it.
    stranded: Vec<(String, &'a LockEntry)>,
}

impl<'a> History<'a> {
    /// Reads the history of a service whose files go into `folder` now.
    pub(crate) fn of(service: &str, folder: &str, lock: &'a Lock, files: &dyn Files) -> Self {
        let entries: Vec<&LockEntry> = lock
            .files
            .iter()
            .filter(|entry| entry.service == service)
            .collect();
        let inside = |folder: &str, entry: &LockEntry| {
            entry
                .path
                .strip_prefix(folder)?
                .strip_prefix('/')
                .map(str::to_owned)
        };
        // Another output folder since then: what all the files have in common is where the service was.
        let moved = !entries.is_empty() && entries.iter().all(|entry| inside(folder, entry).is_none());
        let was = if moved {
            common_folder(&entries)
        } else {
            folder.to_owned()
        };
        let mut history = Self::default();
        for entry in entries
            .into_iter()
            .filter(|entry| matches!(entry.class, Class::Append | Class::Derived))
        {
            let (Some(path), Some(text)) = (inside(&was, entry), stored(files, &entry.sha256)) else {
                continue;
            };
            if moved && entry.class == Class::Append {
                history.stranded.push((path.clone(), entry));
            }
            history.existing.insert(path, text);
        }
        history
    }

    /// Append-only files are not rendered again, so those that lie elsewhere are brought along as they were written.
    pub(crate) fn carry(&self, made: &mut Vec<RenderedFile>) {
        for (path, entry) in &self.stranded {
            if made.iter().any(|file| file.path == *path) {
                continue;
            }
            let text = self.existing.get(path).map_or("", String::as_str);
            let ids = entry.model.iter().cloned();
            made.push(RenderedFile::new(
                path.clone(),
                Class::Append,
                entry.template.clone(),
                ids,
                text,
            ));
        }
    }
}

/// The deepest folder that holds all of the files.
fn common_folder(entries: &[&LockEntry]) -> String {
    let folders = |entry: &LockEntry| -> Vec<String> {
        let mut parts: Vec<String> = entry.path.split('/').map(str::to_owned).collect();
        parts.pop();
        parts
    };
    let mut common = entries.first().map(|entry| folders(entry)).unwrap_or_default();
    for entry in entries {
        let same = common
            .iter()
            .zip(folders(entry))
            .take_while(|(left, right)| *left == right)
            .count();
        common.truncate(same);
    }
    common.join("/")
}
