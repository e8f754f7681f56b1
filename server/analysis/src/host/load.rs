//! Loading many files at once, on as many threads as the caller likes.

use rustc_hash::FxHashSet;

use salsa::Database as _;

use super::{Host, Job, Known};
use crate::db::{Database, Item, TREES, facts, item_findings};

/// How many items are one job: enough for its start not to matter, and few enough for all cores to end together.
const PORTION: usize = 128;

impl Host {
    /// Loads many files at once and settles. `run` runs independent jobs, on as many threads as it likes, and returns when
    /// all have ended.
    pub fn load(&mut self, files: Vec<(String, String)>, run: &dyn Fn(Vec<Job>)) {
        let dirty = self.take_in(files, run);
        self.each(&dirty, run, |db, item| {
            item_findings(db, item);
        });
        for item in &dirty {
            self.note_mentions(*item);
        }
        self.unsettled = true;
        self.settle();
    }

    /// Reads what many files say. Returns the items that are new or changed.
    pub(crate) fn take_in(&mut self, files: Vec<(String, String)>, run: &dyn Fn(Vec<Job>)) -> Vec<Item> {
        for (path, text) in files {
            self.set_file(&path, &text);
        }
        let dirty = self.dirty.clone();
        self.each(&dirty, run, |db, item| {
            facts(db, item);
        });
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
        let broken: FxHashSet<Item> = dirty
            .iter()
            .copied()
            .filter(|item| facts(&self.db, *item).broken)
            .collect();
        for (id, _) in self.files() {
            if let Some(file) = self.files.get_mut(id) {
                for entry in &mut file.entries {
                    entry.broken |= broken.contains(&entry.item);
                }
            }
        }
        dirty
    }

    /// Does something with all items. In portions, behind each of which the trees go that are not kept.
    fn each(&mut self, items: &[Item], run: &dyn Fn(Vec<Job>), work: fn(&Database, Item)) {
        for portion in items.chunks(TREES) {
            run(self.jobs(portion, work));
            self.db.trigger_lru_eviction();
        }
    }

    fn jobs(&self, items: &[Item], work: fn(&Database, Item)) -> Vec<Job> {
        items
            .chunks(PORTION)
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
