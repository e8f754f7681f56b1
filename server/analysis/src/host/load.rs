//! Loading many files at once, on as many threads as the caller likes.

use rustc_hash::FxHashSet;

use super::{Host, Job, Known};
use crate::db::{Database, Item, facts, item_findings, parsed};

impl Host {
    /// Loads many files at once and settles. `run` runs independent jobs, on as many threads as it likes, and returns when
    /// all have ended.
    pub fn load(&mut self, files: Vec<(String, String)>, run: &dyn Fn(Vec<Job>)) {
        for (path, text) in files {
            self.set_file(&path, &text);
        }
        let dirty = self.dirty.clone();
        run(self.jobs(&dirty, |db, item| {
            facts(db, item);
        }));
        for item in std::mem::take(&mut self.dirty) {
            let now = facts(&self.db, item).clone();
            self.changed_names.insert(now.name.clone());
            if let Some(known) = self.known.get(&item) {
                self.changed_names.insert(known.facts.name.clone());
            }
            self.known.insert(
                item,
                Known {
                    facts: now,
                    names: Vec::new(),
                },
            );
        }
        self.membership_changed = true;
        self.reindex();
        self.changed_names.clear();
        run(self.jobs(&dirty, |db, item| {
            item_findings(db, item);
        }));
        let broken: FxHashSet<Item> = dirty
            .iter()
            .copied()
            .filter(|item| !parsed(&self.db, *item).errors.is_empty())
            .collect();
        for item in &dirty {
            self.note_mentions(*item);
        }
        for (id, _) in self.files() {
            if let Some(file) = self.files.get_mut(id) {
                for entry in &mut file.entries {
                    entry.broken |= broken.contains(&entry.item);
                }
            }
        }
        self.unsettled = true;
        self.settle();
    }

    fn jobs(&self, items: &[Item], work: fn(&Database, Item)) -> Vec<Job> {
        items
            .chunks(256)
            .map(|chunk| {
                let db = self.db.clone();
                let chunk = chunk.to_vec();
                Box::new(move || {
                    for item in chunk {
                        work(&db, item);
                    }
                }) as Job
            })
            .collect()
    }
}
