//! The second stage: what depends on the whole workspace, computed off the edit path.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    Cancelled,
    config::Config,
    db::{Database, Item, facts, item_findings},
    files::Files,
    model::finding::Finding,
    rules, waivers,
};

/// A pending second stage.
pub struct SettleJob {
    db: Database,
    files: Files,
    config: Config,
    revision: u64,
}

/// A finished second stage.
pub struct Settled {
    pub(crate) revision: u64,
    /// By item; what is not in here has no findings.
    findings: FxHashMap<Item, Arc<Vec<Finding>>>,
    late: FxHashMap<Item, Vec<Finding>>,
}

/// One item whose findings differ from those known.
pub(crate) struct Change {
    pub item: Item,
    pub index: usize,
    pub findings: Arc<Vec<Finding>>,
    pub late: Arc<Vec<Finding>>,
}

impl SettleJob {
    pub(crate) const fn new(db: Database, files: Files, config: Config, revision: u64) -> Self {
        Self {
            db,
            files,
            config,
            revision,
        }
    }

    /// Runs to its end, or until a write cancels it.
    pub fn run(self) -> Result<Settled, Cancelled> {
        let revision = self.revision;
        crate::cancel::catch(move || {
            let Self {
                db, files, config, ..
            } = self;
            let db = &db;
            let mut findings = FxHashMap::default();
            let mut waiving: Vec<Item> = Vec::new();
            for (_, file) in files.sorted() {
                for entry in &file.entries {
                    let found = item_findings(db, entry.item);
                    if !found.is_empty() {
                        findings.insert(entry.item, found.clone());
                    }
                    if !facts(db, entry.item).waivers.is_empty() {
                        waiving.push(entry.item);
                    }
                }
            }
            let mut late: FxHashMap<Item, Vec<Finding>> = FxHashMap::default();
            for finding in rules::check_workspace(db).flat_map(|findings| findings.iter()) {
                late.entry(finding.at.item).or_default().push(finding.clone());
            }
            let waived: Vec<Finding> = waiving
                .iter()
                .flat_map(|item| {
                    let own = findings
                        .get(item)
                        .into_iter()
                        .flat_map(|findings| findings.iter());
                    own.chain(late.get(item).into_iter().flatten()).cloned()
                })
                .collect();
            let stale = waivers::apply(db, &files, &config, &waiving, &waived).findings;
            for stale in stale {
                late.entry(stale.at.item).or_default().push(stale);
            }
            Settled {
                revision,
                findings,
                late,
            }
        })
    }
}

impl Settled {
    /// What is new against the findings in `files`.
    pub(crate) fn changes(mut self, files: &Files) -> Vec<Change> {
        let mut changes = Vec::new();
        for (_, file) in files.sorted() {
            for (index, entry) in file.entries.iter().enumerate() {
                let findings = self.findings.remove(&entry.item).unwrap_or_default();
                let late = self.late.remove(&entry.item).unwrap_or_default();
                let same = (Arc::ptr_eq(&findings, &entry.findings) || *findings == *entry.findings)
                    && late == *entry.late;
                if !same {
                    changes.push(Change {
                        item: entry.item,
                        index,
                        findings,
                        late: Arc::new(late),
                    });
                }
            }
        }
        changes
    }
}
