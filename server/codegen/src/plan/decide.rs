//! The state table: what happens to one file.

use crate::files::{Class, RenderedFile};

use super::finding::{Insertion, PlanFinding};
use super::lock::LockEntry;
use super::merge::Merged;
use super::text::{Style, digest, pristine};
use super::validity::{Checks, extension};
use super::{Action, Current, Files, PlannedFile, Resolution, imports, manifest, python, stored};

/// What was decided about one file.
#[derive(Debug)]
pub(super) struct Decision {
    /// The file in the plan; `None` when there is nothing to say (a file that is gone from everywhere).
    pub(super) file: Option<PlannedFile>,
    /// The file's line in the lock after the run.
    pub(super) entry: Option<LockEntry>,
    /// The pristine text that must be stored.
    pub(super) base: Option<String>,
    /// The file's line in the lock before the run, for when the service is held back.
    pub(super) before: Option<LockEntry>,
    /// Whether the file holds back its service.
    pub(super) blocking: bool,
}

/// One rendered file and what is there for it.
pub(super) struct Situation<'a> {
    service: &'a str,
    file: &'a RenderedFile,
    current: Current,
    files: &'a dyn Files,
    checks: &'a dyn Checks,
    resolution: Option<Resolution>,
}

impl<'a> Situation<'a> {
    pub(super) fn new(
        service: &'a str,
        file: &'a RenderedFile,
        files: &'a dyn Files,
        checks: &'a dyn Checks,
        resolution: Option<&Resolution>,
    ) -> Self {
        let current = files.current(&file.path);
        Self {
            service,
            file,
            current,
            files,
            checks,
            resolution: resolution.copied(),
        }
    }

    /// Decides a file that stays where it is (or is new).
    pub(super) fn decide(&self, entry: Option<&LockEntry>) -> Decision {
        match (&self.current, entry) {
            (Current::Missing, None) => self.write(Action::Create, None, None),
            (Current::Missing, Some(entry)) => {
                if self.resolution == Some(Resolution::Restore) {
                    return self.write(Action::Create, None, Some(entry));
                }
                self.leave(
                    Action::Keep,
                    Some(entry),
                    Some(PlanFinding::deleted(&self.file.path)),
                )
            }
            (Current::Opaque(why), None) => self.leave(
                Action::Keep,
                None,
                Some(PlanFinding::foreign(&self.file.path, Some(why))),
            ),
            (Current::Opaque(why), Some(entry)) => self.conflict(entry, why, None),
            (Current::Text(text), None) => self.foreign(text),
            (Current::Text(text), Some(entry)) => match self.file.class {
                Class::Append => self.append(text, entry),
                Class::Yours => self.yours(text, entry),
                Class::Owned | Class::Derived => self.generated(text, entry),
            },
        }
    }

    /// Decides a file whose element now belongs at another path.
    pub(super) fn moved(&self, from: &LockEntry) -> Decision {
        let here = match &self.current {
            Current::Text(text) => Some(pristine(text)),
            Current::Missing => None,
            Current::Opaque(_) => return self.decide(None),
        };
        let there = match self.files.current(&from.path) {
            Current::Text(text) => Some(text),
            Current::Missing | Current::Opaque(_) => None,
        };
        match (here, there) {
            // An earlier run was cut off after it had moved the file: what is here is what it wrote.
            (Some(_), _) => {
                let mut decision = self.leave(Action::Unchanged, None, None);
                decision.entry = Some(LockEntry::of(self.file, self.service));
                decision.base = Some(self.file.text.clone());
                decision
            }
            (None, None) => self.write(Action::Create, None, None),
            (None, Some(text)) => match self.moved_text(from, &text) {
                Some(merged) => {
                    let action = if merged == self.file.text {
                        Action::Create
                    } else {
                        Action::Merge
                    };
                    let mut decision = self.write(action, None, None);
                    if let Some(file) = &mut decision.file {
                        file.new_text = Some(Style::of(&text).apply(&merged));
                    }
                    decision
                }
                None => self.write(Action::Create, None, None),
            },
        }
    }

    /// The text that a moved file gets at its new place; `None` when the edits at the old place do not go together
    /// with it (the old file then stays).
    fn moved_text(&self, from: &LockEntry, text: &str) -> Option<String> {
        super::moves::carried(self.file, from, text, self.files, self.checks)
    }

    fn foreign(&self, text: &str) -> Decision {
        if pristine(text) == self.file.text {
            return self.adopt();
        }
        match self.resolution {
            Some(Resolution::Adopt | Resolution::TakeMine) => {
                let mut decision = self.adopt();
                if let Some(file) = &mut decision.file {
                    file.action = Action::Keep;
                }
                decision
            }
            Some(Resolution::TakeGenerated) => self.write(Action::Update, Some(text), None),
            Some(Resolution::Restore) | None => self.leave(
                Action::Keep,
                None,
                Some(PlanFinding::foreign(&self.file.path, None)),
            ),
        }
    }

    fn append(&self, text: &str, entry: &LockEntry) -> Decision {
        let plain = pristine(text);
        if plain == self.file.text {
            return self.adopt_over(entry);
        }
        let edited = digest(&plain) != entry.sha256;
        let finding = edited.then(|| PlanFinding::append_edited(&self.file.path));
        self.leave(
            if edited { Action::Keep } else { Action::Unchanged },
            Some(entry),
            finding,
        )
    }

    fn yours(&self, text: &str, entry: &LockEntry) -> Decision {
        let plain = pristine(text);
        if plain == self.file.text {
            return self.adopt_over(entry);
        }
        if self.resolution == Some(Resolution::TakeGenerated) {
            return self.write(Action::Update, Some(text), Some(entry));
        }
        let missing = missing_definitions(&self.file.path, &self.file.text, &plain);
        let finding = (!missing.is_empty()).then(|| PlanFinding::yours_behind(&self.file.path, missing));
        self.leave(Action::Keep, Some(entry), finding)
    }

    fn generated(&self, text: &str, entry: &LockEntry) -> Decision {
        let plain = pristine(text);
        if plain == self.file.text {
            return self.adopt_over(entry);
        }
        if digest(&plain) == entry.sha256 {
            return self.write(Action::Update, Some(text), Some(entry));
        }
        if digest(&self.file.text) == entry.sha256 {
            let mut decision = self.leave(Action::Keep, Some(entry), None);
            decision.entry = Some(LockEntry::of(self.file, self.service));
            decision.base = Some(self.file.text.clone());
            return decision;
        }
        match self.resolution {
            Some(Resolution::TakeMine | Resolution::Adopt) => {
                let mut decision = self.adopt_over(entry);
                if let Some(file) = &mut decision.file {
                    file.action = Action::Keep;
                }
                return decision;
            }
            Some(Resolution::TakeGenerated) => return self.write(Action::Update, Some(text), Some(entry)),
            Some(Resolution::Restore) | None => {}
        }
        let Some(base) = stored(self.files, &entry.sha256) else {
            let reason = "was edited, and the text it was generated with is not stored any more";
            return self.conflict(entry, reason, None);
        };
        if self.checks.is_reformatted(&self.file.path, &base, &plain) {
            return self.write(Action::Update, Some(text), Some(entry));
        }
        match manifest::merge(&self.file.path, &base, &plain, &self.file.text) {
            Merged::Conflict { marked, places } => {
                let places = if places == 1 {
                    "one place".to_owned()
                } else {
                    format!("{places} places")
                };
                let reason = format!("was edited in {places} that the blueprint changes too");
                self.conflict(entry, &reason, Some(marked))
            }
            Merged::Clean(merged) => {
                if let Err(broken) = self.checks.parses(&self.file.path, &merged) {
                    let reason = format!("was edited, and together with the generator's changes it {broken}");
                    return self.conflict(entry, &reason, Some(merged));
                }
                let mut decision = self.write(Action::Merge, Some(text), Some(entry));
                if let Some(file) = &mut decision.file {
                    if merged == plain {
                        // Everything that the generator brings is there already.
                        file.action = Action::Unchanged;
                        file.new_text = None;
                    } else {
                        file.new_text = Some(Style::of(text).apply(&merged));
                    }
                }
                decision
            }
        }
    }

    fn conflict(&self, entry: &LockEntry, reason: &str, marked: Option<String>) -> Decision {
        let derived = self.file.class == Class::Derived;
        let finding = if derived {
            PlanFinding::derived_edited(&self.file.path, &format!("it {reason}"))
        } else {
            PlanFinding::conflict(&self.file.path, reason, marked)
        };
        let action = if derived { Action::Keep } else { Action::Conflict };
        let mut decision = self.leave(action, Some(entry), Some(finding));
        decision.blocking = !derived;
        decision
    }

    /// The file is what it should be: the lock takes it over.
    fn adopt(&self) -> Decision {
        Decision {
            entry: Some(LockEntry::of(self.file, self.service)),
            base: Some(self.file.text.clone()),
            ..self.leave(Action::Unchanged, None, None)
        }
    }

    fn adopt_over(&self, entry: &LockEntry) -> Decision {
        Decision {
            before: Some(entry.clone()),
            ..self.adopt()
        }
    }

    fn leave(&self, action: Action, entry: Option<&LockEntry>, finding: Option<PlanFinding>) -> Decision {
        Decision {
            file: Some(self.planned(action, None, finding)),
            entry: entry.map(|entry| LockEntry {
                orphan: false,
                ..entry.clone()
            }),
            base: None,
            before: entry.cloned(),
            blocking: false,
        }
    }

    /// Writes the generated text, in the style of the file that it replaces.
    fn write(&self, action: Action, replaced: Option<&str>, entry: Option<&LockEntry>) -> Decision {
        let text = replaced.map_or_else(
            || self.file.text.clone(),
            |old| Style::of(old).apply(&self.file.text),
        );
        Decision {
            file: Some(self.planned(action, Some(text), None)),
            entry: Some(LockEntry::of(self.file, self.service)),
            base: Some(self.file.text.clone()),
            before: entry.cloned(),
            blocking: false,
        }
    }

    fn planned(&self, action: Action, new_text: Option<String>, finding: Option<PlanFinding>) -> PlannedFile {
        PlannedFile {
            path: self.file.path.clone(),
            action,
            class: self.file.class,
            service: self.service.to_owned(),
            new_text,
            previous: match &self.current {
                Current::Text(text) => Some(digest(text)),
                Current::Missing | Current::Opaque(_) => None,
            },
            executable: self.file.executable,
            finding,
        }
    }
}

/// What the rendered file defines and the user's file does not.
fn missing_definitions(path: &str, rendered: &str, users: &str) -> Vec<Insertion> {
    if extension(path) != "py" {
        return Vec::new();
    }
    let has = python::definitions(users);
    let defined =
        |name: &str| has.iter().any(|definition| definition.name == name) || python::binds(users, name);
    let missing: Vec<python::Definition> = python::definitions(rendered)
        .into_iter()
        .filter(|definition| !defined(&definition.name))
        .collect();
    // A class that is missing brings its methods along.
    let within = |name: &str| {
        missing.iter().any(|outer| {
            name.strip_prefix(&outer.name)
                .is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let definitions: Vec<Insertion> = missing
        .iter()
        .filter(|definition| !within(&definition.name))
        .map(|definition| Insertion {
            name: definition.name.clone(),
            text: definition.text.clone(),
        })
        .collect();
    let text: String = definitions
        .iter()
        .map(|insertion| insertion.text.as_str())
        .collect();
    let imports = imports::needed(&text, rendered, users);
    imports
        .into_iter()
        .map(|text| Insertion {
            name: format!("`{}`", text.trim_end()),
            text,
        })
        .chain(definitions)
        .collect()
}
