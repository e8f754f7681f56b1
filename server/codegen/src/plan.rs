//! What a run would write: every rendered file compared with what is there and with what was written before.
//!
//! For each file there are up to three texts: `B`, what an earlier run wrote (by the [`Lock`] and the stored pristine
//! texts); `C`, what is there now (in an open editor, else on disk); `N`, what the templates make now. `C` is the
//! user's: it is replaced when it is still `B`, merged when both sides changed, and left alone in every other
//! case. A run writes files first and the lock last ([`Plan::writes`]), so one that is cut off can be repeated.

mod decide;
mod finding;
mod gone;
mod imports;
mod json_manifest;
mod lock;
mod manifest;
mod merge;
mod moves;
mod plain;
mod python;
mod summary;
mod text;
mod toml;
mod validity;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use finding::{FindingKind, FindingSeverity, Insertion, PlanFinding};
pub use lock::{BASE_FOLDER, LOCK_PATH, Lock, LockEntry, LockError, base_path};
pub use summary::{Counts, FileSummary, Summary};
pub use text::{Style, digest, pristine};
pub use validity::{Checks, LightChecks};
pub use writes::Write;

use crate::files::Class;
use crate::generate::{NotGenerated, Rendered, RenderedService};
use decide::{Decision, Situation};

/// What is there, as the plan may ask for it. The binary answers from open editors, then from the disk.
pub trait Files {
    /// The text of a file as it is now, by its path relative to the workspace.
    fn current(&self, path: &str) -> Current;

    /// A stored pristine text by its hash.
    fn base(&self, sha256: &str) -> Option<String>;

    /// The hashes of all stored pristine texts; those that nothing needs any more are dropped.
    fn bases(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A file as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Current {
    /// There is none.
    Missing,
    /// A text file.
    Text(String),
    /// Something that cannot be read as text; why, as the end of a sentence: `is a folder`, `is not UTF-8`.
    Opaque(String),
}

/// Nothing is there: for a first generation and for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl Files for NoFiles {
    fn current(&self, _path: &str) -> Current {
        Current::Missing
    }

    fn base(&self, _sha256: &str) -> Option<String> {
        None
    }
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is new.
    Create,
    /// It is replaced: nobody has edited it.
    Update,
    /// The user's edits and the generator's changes come together.
    Merge,
    /// Both changed the same place: the user's file stays as it is.
    Conflict,
    /// The user's file stays as it is.
    Keep,
    /// It goes: the blueprint no longer asks for it, and nobody has edited it.
    Delete,
    /// It is what it should be.
    Unchanged,
}

impl Action {
    /// Whether the action changes the disk.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Merge | Self::Delete)
    }
}

/// What the user has decided about a file that a plan left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// A foreign file becomes part of the service: it stays as it is and is merged from now on.
    Adopt,
    /// The user's text wins: it stays, and the generator's counts as merged.
    TakeMine,
    /// The generator's text wins: the user's is replaced.
    TakeGenerated,
    /// A file that the user deleted is written again.
    Restore,
}

/// What a run may do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanOptions {
    /// Decisions of the user, by path.
    pub resolutions: BTreeMap<String, Resolution>,
    /// Write the other files of a service although one is in conflict. By default a conflict holds back the whole
    /// service, so that it is never half new.
    pub apply_rest: bool,
}

/// One file of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    /// Path, relative to the workspace.
    pub path: String,
    /// What happens to it.
    pub action: Action,
    /// Who owns it.
    pub class: Class,
    /// The service that it belongs to.
    pub service: String,
    /// What is written, in the style (line ends, byte-order mark) of the file that it replaces.
    pub new_text: Option<String>,
    /// SHA-256 of the exact text that the plan saw; whoever writes compares it first and stops when it is another.
    pub previous: Option<String>,
    /// Whether it is a script.
    pub executable: bool,
    /// What the user should know.
    pub finding: Option<PlanFinding>,
}

/// What a run would write, and what it would not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Every file, in path order.
    pub files: Vec<PlannedFile>,
    /// What the blueprint asks for and is not made yet.
    pub not_generated: Vec<NotGenerated>,
    /// The lock after the run.
    pub lock: Lock,
    /// Whether that lock differs from the one before.
    pub lock_changed: bool,
    /// Pristine texts that must be stored, by hash.
    pub new_bases: BTreeMap<String, String>,
    /// Hashes of stored texts that nothing needs after the run.
    pub dropped_bases: Vec<String>,
}

/// Compares what was rendered with what is there.
///
/// Nothing is read but through `files`, nothing is written at all; the same arguments give the same plan.
pub fn plan(
    rendered: &Rendered,
    lock: &Lock,
    files: &dyn Files,
    checks: &dyn Checks,
    options: &PlanOptions,
) -> Plan {
    let mut planned = Vec::new();
    let mut entries = Vec::new();
    let mut bases = BTreeMap::new();
    let made: BTreeMap<&str, &RenderedService> = rendered
        .services
        .iter()
        .map(|service| (service.service.as_str(), service))
        .collect();
    let names: BTreeSet<&str> = made
        .keys()
        .copied()
        .chain(lock.files.iter().map(|entry| entry.service.as_str()))
        .collect();
    for name in names {
        let service = made.get(name).copied();
        let locked = lock.files.iter().filter(|entry| entry.service == name);
        // Services that this run does not render keep their files, unless the blueprint has lost them.
        if service.is_none() && (!rendered.complete || rendered.known_services.contains(name)) {
            entries.extend(locked.cloned());
            continue;
        }
        let mut decisions = of_service(name, service, locked.collect(), lock, files, checks, options);
        if !options.apply_rest {
            gone::hold_back(&mut decisions);
        }
        for decision in decisions {
            planned.extend(decision.file);
            entries.extend(decision.entry);
            bases.extend(decision.base.map(|text| (digest(&text), text)));
        }
    }
    planned.sort_by(|left, right| left.path.cmp(&right.path));
    finish(rendered, lock, files, planned, entries, bases)
}

fn of_service(
    name: &str,
    service: Option<&RenderedService>,
    locked: Vec<&LockEntry>,
    lock: &Lock,
    files: &dyn Files,
    checks: &dyn Checks,
    options: &PlanOptions,
) -> Vec<Decision> {
    let rendered = service.map_or(&[][..], |service| service.files.as_slice());
    let moves = moves::find(rendered, &locked, lock, files, checks);
    let moved_from: BTreeSet<&str> = moves.values().map(|entry| entry.path.as_str()).collect();
    let mut decisions = Vec::new();
    for file in rendered {
        let entry = lock.entry(&file.path);
        let situation = Situation::new(name, file, files, checks, options.resolutions.get(&file.path));
        decisions.push(match moves.get(file.path.as_str()) {
            Some(from) => situation.moved(from),
            None => situation.decide(entry),
        });
    }
    let paths: BTreeSet<&str> = rendered.iter().map(|file| file.path.as_str()).collect();
    for entry in locked {
        if !paths.contains(entry.path.as_str()) {
            let moved = moved_from.contains(entry.path.as_str());
            decisions.push(gone::gone(entry, files, moved));
        }
    }
    decisions
}

fn finish(
    rendered: &Rendered,
    old: &Lock,
    files: &dyn Files,
    planned: Vec<PlannedFile>,
    entries: Vec<LockEntry>,
    bases: BTreeMap<String, String>,
) -> Plan {
    let lock = Lock::new(entries);
    let needed = lock.hashes();
    let mut dropped_bases: Vec<String> = files
        .bases()
        .into_iter()
        .filter(|hash| !needed.contains(hash.as_str()))
        .collect();
    dropped_bases.sort();
    let new_bases = bases
        .into_iter()
        .filter(|(hash, _)| needed.contains(hash.as_str()) && stored(files, hash).is_none())
        .collect();
    Plan {
        files: planned,
        not_generated: rendered.not_generated.clone(),
        lock_changed: lock != *old,
        lock,
        new_bases,
        dropped_bases,
    }
}

/// A stored pristine text, if it is really the one that its name promises (whatever line ends a checkout gave it).
pub(crate) fn stored(files: &dyn Files, sha256: &str) -> Option<String> {
    files
        .base(sha256)
        .map(|text| pristine(&text))
        .filter(|text| digest(text) == sha256)
}
