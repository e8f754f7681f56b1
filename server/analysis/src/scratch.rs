//! Tries repairs out on a copy of the blueprint, before they are offered.
//!
//! A repair may make another rule speak, or leave its finding where it is. Nobody can tell by looking at it, so it is
//! applied to a [`Scratch`], the rules are run, and the text is put back. The copy is a host of its own: trying holds back
//! no edit of the user's, and no reader sees what was tried.

mod fixing;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

pub(crate) use fixing::untried;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::{
    Config, FileId, Host, Job,
    diagnostic::{Diagnostic, Severity, State},
    edit::{Edit, Fix, TextEdit},
    files::{File, Files},
    rules::rule,
};

/// How many bytes a blueprint may have for a copy of it to be made: with more of them a copy would take too much memory.
const LARGEST: usize = 2_000_000;

/// How much may be looked at for one question: repairs times items. Beyond it repairs are offered untried.
const LOOKS: usize = 100_000;

/// The same for a whole check on the command line: all repairs are tried, or none.
const LOOKS_OF_ALL: usize = 400_000;

/// How many rules a title names.
const NAMED: usize = 2;

/// The texts and the configuration of one moment, which hold back no writer.
#[derive(Clone)]
pub struct Texts {
    pub(crate) files: Files,
    pub(crate) config: Config,
}

/// A repair to be tried: what it is for, and what it does, by paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    code: SmolStr,
    element: SmolStr,
    message: String,
    edits: Vec<(String, Vec<TextEdit>)>,
}

impl Trial {
    /// A repair of a finding; `None` for errors of the text itself, whose repairs the parser has tried.
    pub(crate) fn new(diagnostic: &Diagnostic, fix: &Fix, path: impl Fn(FileId) -> String) -> Option<Self> {
        rule(&diagnostic.code)?;
        Some(Self {
            code: diagnostic.code.clone(),
            element: diagnostic.element.clone(),
            message: diagnostic.message.clone(),
            edits: by_path(&fix.edit, path),
        })
    }
}

fn by_path(edit: &Edit, path: impl Fn(FileId) -> String) -> Vec<(String, Vec<TextEdit>)> {
    let files = edit.files.iter();
    files.map(|(file, edits)| (path(*file), edits.clone())).collect()
}

/// What came of a trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The finding is gone. These rules have something to say instead, the worst first.
    Repairs(Vec<SmolStr>),
    /// The finding is still there.
    Useless,
    /// There is an error that was not there.
    Breaks,
}

impl Verdict {
    /// The title under which the repair is offered; `None` where it is not.
    pub fn title(&self, title: &str) -> Option<String> {
        let Self::Repairs(introduced) = self else {
            return None;
        };
        if introduced.is_empty() {
            return Some(title.to_owned());
        }
        let named: Vec<&str> = introduced.iter().take(NAMED).map(SmolStr::as_str).collect();
        let more = introduced.len() - named.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        Some(format!("{title} (introduces {}{more})", named.join(", ")))
    }
}

/// A safe repair that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The finding's code.
    pub code: SmolStr,
    /// What it was about.
    pub element: SmolStr,
    /// The repair's title.
    pub title: String,
    /// The first file that it changed.
    pub path: String,
}

/// What is remembered of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    code: SmolStr,
    element: SmolStr,
    message: String,
    severity: Severity,
    related: usize,
}

/// A copy of a blueprint.
#[derive(Default)]
pub struct Scratch {
    host: Host,
    /// What was taken over, to know what has changed since.
    taken: FxHashMap<SmolStr, Arc<File>>,
    /// The findings of each file without any repair.
    base: FxHashMap<FileId, Vec<Known>>,
    /// Files whose findings may be others than those.
    differing: BTreeSet<FileId>,
}

impl Scratch {
    /// Tries on a host that nobody else needs, and that is settled.
    pub fn over(host: Host) -> Self {
        Self {
            host,
            ..Self::default()
        }
    }

    /// The host on which is tried.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// Puts a file's text back to what it was.
    pub fn put_back(&mut self, path: &str, text: &str) {
        self.host.set_file(path, text);
        let touched = self.host.settle();
        self.differing.extend(touched);
    }

    /// Takes texts and configuration over: what has changed since the last time. False, and nothing is taken, where the
    /// blueprint is too large to be copied. `run` runs jobs as for [`Host::load`].
    pub fn take(&mut self, texts: &Texts, run: &dyn Fn(Vec<Job>)) -> bool {
        let files = texts.files.shared();
        if files.iter().map(|(_, file)| file.rope.len_bytes()).sum::<usize>() > LARGEST {
            *self = Self::default();
            return false;
        }
        let first = self.taken.is_empty();
        let config_changed = *self.host.config() != texts.config;
        self.host.take_config(texts.config.clone());
        if first {
            let all = files
                .iter()
                .map(|(path, file)| (path.to_string(), file.text()))
                .collect();
            self.host.load(all, run);
        }
        let there: FxHashSet<&SmolStr> = files.iter().map(|(path, _)| path).collect();
        let gone: Vec<SmolStr> = self
            .taken
            .keys()
            .filter(|path| !there.contains(path))
            .cloned()
            .collect();
        for path in gone {
            self.taken.remove(&path);
            if let Some(file) = self.host.file(&path) {
                self.host.remove_file(file);
                self.base.remove(&file);
                self.differing.remove(&file);
            }
        }
        for (path, file) in files {
            if self
                .taken
                .get(&path)
                .is_none_or(|known| !Arc::ptr_eq(known, &file))
            {
                let id = self.set(&path, &file.text());
                self.differing.insert(id);
                self.taken.insert(path, file);
            }
        }
        let touched = self.host.settle();
        self.differing.extend(touched);
        if first || config_changed {
            self.remember_all();
        } else {
            self.remember();
        }
        true
    }

    /// Applies a repair, looks, and takes it back.
    pub fn try_out(&mut self, trial: &Trial) -> Verdict {
        let Some(before) = self.apply(&trial.edits) else {
            return Verdict::Useless;
        };
        let verdict = self.judge(trial);
        self.restore(before);
        verdict
    }

    /// How many repairs may be tried for one question.
    pub fn tries(&self) -> usize {
        LOOKS / self.host.item_count().max(1)
    }

    /// Tries the repairs of findings of this very host, if it can be done in good time: their titles say what they introduce,
    /// and those that do not repair are gone.
    pub fn review(&mut self, findings: &mut [Diagnostic]) {
        let all: usize = findings.iter().map(|finding| finding.fixes.len()).sum();
        if all == 0 || all.saturating_mul(self.host.item_count()) > LOOKS_OF_ALL {
            return;
        }
        self.remember_all();
        for finding in findings.iter_mut().filter(|finding| finding.state == State::New) {
            let fixes = std::mem::take(&mut finding.fixes);
            for mut fix in fixes {
                let trial = Trial::new(finding, &fix, |file| self.host.path(file).to_owned());
                let title = match trial {
                    Some(trial) => self.try_out(&trial).title(&fix.title),
                    None => Some(fix.title.clone()),
                };
                if let Some(title) = title {
                    fix.title = title;
                    finding.fixes.push(fix);
                }
            }
        }
        // The texts are what they were; so are the findings again.
        let touched = self.host.settle();
        self.differing.extend(touched);
    }

    /// Applies changes and checks. The texts before, or `None` where a file is not there.
    fn apply(&mut self, edits: &[(String, Vec<TextEdit>)]) -> Option<Vec<(FileId, String)>> {
        let mut before = Vec::new();
        for (path, changes) in edits {
            let id = self.host.file(path)?;
            let text = self.host.rope(id)?.to_string();
            before.push((id, text, changes));
        }
        for (id, text, changes) in &before {
            let after = changed(text, changes);
            self.replace(*id, &after);
        }
        let touched = self.host.settle();
        self.differing.extend(touched);
        Some(before.into_iter().map(|(id, text, _)| (id, text)).collect())
    }

    /// Puts texts back. What was found meanwhile is corrected with the next question.
    fn restore(&mut self, before: Vec<(FileId, String)>) {
        for (id, text) in before {
            self.replace(id, &text);
        }
    }

    fn replace(&mut self, id: FileId, text: &str) {
        self.differing.insert(id);
        self.host.become_text(id, text);
    }

    fn set(&mut self, path: &str, text: &str) -> FileId {
        match self.host.file(path) {
            Some(id) => {
                self.host.become_text(id, text);
                id
            }
            None => self.host.set_file(path, text),
        }
    }

    fn known(&self, file: FileId) -> Vec<Known> {
        let found = self.host.diagnostics(file).into_iter();
        found
            .filter(|found| matches!(found.state, State::New | State::Baselined))
            .map(|found| Known {
                code: found.code,
                element: found.element,
                message: found.message,
                // An accepted finding can be repaired, too; whether there are more of them is not worth a word.
                severity: if found.state == State::Baselined {
                    Severity::Hint
                } else {
                    found.severity
                },
                related: found.related.len(),
            })
            .collect()
    }

    fn remember_all(&mut self) {
        self.differing = self.host.files().into_iter().map(|(file, _)| file).collect();
        self.remember();
    }

    /// What there is now is what there is without repairs.
    fn remember(&mut self) {
        for file in std::mem::take(&mut self.differing) {
            let known = self.known(file);
            self.base.insert(file, known);
        }
    }

    /// Findings before and now, of the files in which they may differ.
    fn difference(&self) -> (Vec<Known>, Vec<Known>) {
        let old = self.differing.iter().filter_map(|file| self.base.get(file));
        let new = self.differing.iter().map(|file| self.known(*file));
        (old.flatten().cloned().collect(), new.flatten().collect())
    }

    fn judge(&self, trial: &Trial) -> Verdict {
        let (old, new) = self.difference();
        let about = |known: &&Known| known.code == trial.code && known.element == trial.element;
        let (was, is) = (old.iter().filter(about).count(), new.iter().filter(about).count());
        // A finding about several places may be about fewer now.
        let places = |all: &[Known]| all.iter().filter(about).map(|known| known.related).sum::<usize>();
        let milder = !new
            .iter()
            .any(|known| about(&known) && known.message == trial.message)
            && places(&new) < places(&old);
        if is >= was && !milder {
            return Verdict::Useless;
        }
        let errors = |all: &[Known]| {
            all.iter()
                .filter(|known| known.code == trial.code && known.severity == Severity::Error)
                .count()
        };
        let mut introduced = introduced(&old, &new);
        introduced.retain(|(_, code)| *code != trial.code);
        if errors(&new) > errors(&old)
            || introduced
                .first()
                .is_some_and(|(severity, _)| *severity == Severity::Error)
        {
            return Verdict::Breaks;
        }
        Verdict::Repairs(introduced.into_iter().map(|(_, code)| code).collect())
    }
}

/// Codes that have more findings than before, on some element and as a whole, the worst first. Hints are not worth a word.
fn introduced(old: &[Known], new: &[Known]) -> Vec<(Severity, SmolStr)> {
    let count = |all: &[Known], code: &str, element: Option<&str>| {
        all.iter()
            .filter(|known| known.severity < Severity::Hint)
            .filter(|known| known.code == code && element.is_none_or(|element| known.element == element))
            .count()
    };
    let mut found: Vec<(Severity, SmolStr)> = Vec::new();
    for known in new.iter().filter(|known| known.severity < Severity::Hint) {
        let more = |element| count(new, &known.code, element) > count(old, &known.code, element);
        if more(None) && more(Some(&known.element)) {
            match found.iter_mut().find(|(_, code)| *code == known.code) {
                Some((severity, _)) => *severity = known.severity.min(*severity),
                None => found.push((known.severity, known.code.clone())),
            }
        }
    }
    found.sort();
    found
}

/// A text after changes, which are sorted and touch each other nowhere. Line ends become the text's own.
fn changed(text: &str, changes: &[TextEdit]) -> String {
    let crlf = text.contains("\r\n");
    let mut after = text.to_owned();
    for change in changes.iter().rev() {
        let (start, end) = (change.range.start as usize, change.range.end as usize);
        if start <= end && after.get(start..end).is_some() {
            if crlf {
                let own = change.text.replace("\r\n", "\n").replace('\n', "\r\n");
                after.replace_range(start..end, &own);
            } else {
                after.replace_range(start..end, &change.text);
            }
        }
    }
    after
}
