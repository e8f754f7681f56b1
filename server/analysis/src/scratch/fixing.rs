//! Applies all safe repairs: those that touch each other nowhere together, and again what they bring to light.

use std::ops::Range;

use super::{Done, Scratch, Trial, Verdict, by_path, changed, introduced};
use crate::{
    FileId, Snapshot,
    diagnostic::{Diagnostic, State},
    edit::{Safety, TextEdit},
};

/// How often safe repairs are applied one after the other: what they bring to light has repairs of its own.
const ROUNDS: usize = 10;

impl Scratch {
    /// Applies every safe repair that changes wanted files only, until there is none left. None of them makes a rule speak
    /// that was silent. The host has the new texts.
    pub fn fix_all(&mut self, wanted: &dyn Fn(&str) -> bool) -> Vec<Done> {
        self.remember_all();
        let mut all = Vec::new();
        let mut refused: Vec<Trial> = Vec::new();
        for _ in 0..ROUNDS {
            let mut batch = self.safe(wanted);
            batch.retain(|(_, trial)| !refused.contains(trial));
            if batch.is_empty() {
                break;
            }
            if let Some(done) = self.keep(&batch) {
                all.extend(done);
                continue;
            }
            // One of them is not as safe as it seems: one by one, the first that works.
            let mut kept = false;
            for one in &batch {
                if !kept && self.try_out(&one.1) == Verdict::Repairs(Vec::new()) {
                    all.extend(self.keep(std::slice::from_ref(one)).unwrap_or_default());
                    kept = true;
                } else if !kept {
                    refused.push(one.1.clone());
                }
            }
        }
        all
    }

    /// What all safe repairs make of one file; `None` where there is nothing to do. The text stays as it is.
    pub fn fixed(&mut self, path: &str) -> Option<String> {
        let id = self.host.file(path)?;
        let before = self.host.rope(id)?.to_string();
        self.fix_all(&|other| other == path);
        let after = self.host.rope(id)?.to_string();
        self.restore(vec![(id, before.clone())]);
        let touched = self.host.settle();
        self.differing.extend(touched);
        self.remember();
        (after != before).then_some(after)
    }

    /// Safe repairs that can be applied together: no two of them touch each other.
    fn safe(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<(Done, Trial)> {
        let files = self.host.files().into_iter();
        let found = files
            .filter(|(_, path)| wanted(path))
            .flat_map(|(file, _)| self.host.diagnostics(file));
        together(found, &|file| self.host.path(file).to_owned(), wanted)
    }

    /// Applies repairs together and leaves them, unless a rule speaks then that was silent, or nothing is gained.
    fn keep(&mut self, batch: &[(Done, Trial)]) -> Option<Vec<Done>> {
        let mut edits: Vec<(String, Vec<TextEdit>)> = Vec::new();
        for (_, trial) in batch {
            for (path, changes) in &trial.edits {
                match edits.iter_mut().find(|(known, _)| known == path) {
                    Some((_, all)) => all.extend(changes.iter().cloned()),
                    None => edits.push((path.clone(), changes.clone())),
                }
            }
        }
        for (_, changes) in &mut edits {
            changes.sort_by_key(|change| (change.range.start, change.range.end));
        }
        let before = self.apply(&edits)?;
        let (old, new) = self.difference();
        if introduced(&old, &new).is_empty() && new.len() < old.len() {
            self.remember();
            return Some(batch.iter().map(|(done, _)| done.clone()).collect());
        }
        self.restore(before);
        None
    }
}

/// Safe repairs of findings that can be applied together: no two of them touch each other, and all change wanted files
/// only.
fn together(
    found: impl Iterator<Item = Diagnostic>,
    path: &dyn Fn(FileId) -> String,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<(Done, Trial)> {
    let mut taken: Vec<(String, Range<u32>)> = Vec::new();
    let mut batch = Vec::new();
    for found in found.filter(|found| found.state == State::New) {
        let Some(fix) = found.fixes.iter().find(|fix| fix.safety == Safety::Safe) else {
            continue;
        };
        let edits = by_path(&fix.edit, path);
        let touched: Vec<(String, Range<u32>)> = edits
            .iter()
            .flat_map(|(path, edits)| edits.iter().map(|edit| (path.clone(), edit.range.clone())))
            .collect();
        let free = |(path, range): &(String, Range<u32>)| {
            let touches = |(other, known): &(String, Range<u32>)| {
                other == path && known.start <= range.end && range.start <= known.end
            };
            wanted(path) && !taken.iter().any(touches)
        };
        if !touched.iter().all(free) {
            continue;
        }
        taken.extend(touched);
        let done = Done {
            code: found.code.clone(),
            element: found.element.clone(),
            title: fix.title.clone(),
            path: path(found.at.file),
        };
        let trial = Trial {
            code: found.code,
            element: found.element,
            message: found.message,
            edits,
        };
        batch.push((done, trial));
    }
    batch
}

/// What the safe repairs of one file make of it, untried: for blueprints that are too large to be copied.
pub(crate) fn untried(snapshot: &Snapshot, file: FileId) -> Option<String> {
    let path = snapshot.path(file).to_owned();
    let found = crate::report::diagnostics(&snapshot.db, &snapshot.files, &snapshot.config, file).into_iter();
    let name = |file| snapshot.path(file).to_owned();
    let batch = together(found, &name, &|other| other == path);
    let mut changes: Vec<TextEdit> = batch
        .into_iter()
        .flat_map(|(_, trial)| trial.edits.into_iter().flat_map(|(_, changes)| changes))
        .collect();
    changes.sort_by_key(|change| (change.range.start, change.range.end));
    (!changes.is_empty()).then(|| changed(&snapshot.text(file), &changes))
}
