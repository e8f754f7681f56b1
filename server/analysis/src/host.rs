//! The writer: owns the texts and the database, and decides after an edit what has to be looked at again.
//!
//! Work after an edit is proportional to the edit: the items around it are cut again, the changed ones are parsed, and only
//! those whose facts changed, and their neighbours, are checked at once ([`Host::refresh`]). What depends on the whole
//! workspace is checked later, off the edit path ([`Host::settle_job`]).
//!
//! Invariant: after [`Host::settle`] the diagnostics are those of a fresh host with the same texts.

mod index;
mod load;

use std::{ops::Range, sync::Arc};

use archwright_grammar::{
    items::{self, Piece},
    vocabulary::Kind,
};
use ropey::Rope;
use rustc_hash::{FxHashMap, FxHashSet};
use salsa::{Durability, Setter};
use smol_str::SmolStr;

use crate::{
    Encoding, FileId, Position,
    config::Config,
    db::{Database, Db, Item, facts, item_findings, parsed},
    diagnostic::Diagnostic,
    files::{Entry, File, Files},
    imports::Imports,
    lock::{Lock, Locked, Problem},
    model::{
        contract::Released,
        facts::{Body, ItemFacts, Name},
    },
    settle::{SettleJob, Settled},
    snapshot::Snapshot,
};

/// How many neighbours of an edit are checked at once; further ones wait for the settling.
const NEIGHBOURS_AT_ONCE: usize = 32;

/// A piece of work of a bulk load: independent of the others, may run on any thread.
pub type Job = Box<dyn FnOnce() + Send>;

/// The single writer.
pub struct Host {
    db: Database,
    files: Files,
    paths: FxHashMap<SmolStr, FileId>,
    next_file: u32,
    config: Config,
    /// Items that no file has any more; salsa never frees inputs, so they are used again.
    pool: Vec<Item>,
    /// What each item was indexed as.
    known: FxHashMap<Item, Known>,
    /// Which items mention a name.
    mentions: FxHashMap<Name, FxHashSet<Item>>,
    /// Items whose text changed since the last refresh.
    dirty: Vec<Item>,
    /// Whether items came, went or changed kind or name.
    membership_changed: bool,
    /// Names whose definers changed.
    changed_names: FxHashSet<Name>,
    /// Whether the whole-workspace findings may be out of date.
    unsettled: bool,
    /// Counts edits, so that a settling can tell whether it is still about this text.
    revision: u64,
    /// How often an item's text was set: a test's proof that an edit touches one item.
    items_set: u64,
}

/// What an item was when it was last indexed.
struct Known {
    facts: Arc<ItemFacts>,
    names: Vec<Name>,
}

/// Whether an item is a service that forwards to others.
fn routes(facts: &ItemFacts) -> bool {
    matches!(&facts.body, Body::Service(service) if !service.routes.is_empty())
}

impl Default for Host {
    fn default() -> Self {
        Self::new(Config::default())
    }
}

impl Host {
    /// An empty workspace.
    pub fn new(config: Config) -> Self {
        let mut host = Self {
            db: Database::default(),
            files: Files::default(),
            paths: FxHashMap::default(),
            next_file: 0,
            config: Config::default(),
            pool: Vec::new(),
            known: FxHashMap::default(),
            mentions: FxHashMap::default(),
            dirty: Vec::new(),
            membership_changed: false,
            changed_names: FxHashSet::default(),
            unsettled: false,
            revision: 0,
            items_set: 0,
        };
        host.set_config(config);
        host
    }

    /// Changes profile, severities, thresholds or the day.
    pub fn set_config(&mut self, mut config: Config) {
        config.lock = self.config.lock.clone();
        config.imports = self.config.imports.clone();
        self.take_config(config);
    }

    /// The same, with the lock that the configuration holds.
    pub(crate) fn take_config(&mut self, config: Config) {
        if self.config == config {
            return;
        }
        let globals = self.db.globals();
        if globals.today(&self.db) != config.today {
            globals.set_today(&mut self.db).to(config.today);
        }
        if *globals.thresholds(&self.db) != config.thresholds {
            globals.set_thresholds(&mut self.db).to(config.thresholds.clone());
        }
        if *globals.released(&self.db) != config.lock.released {
            globals
                .set_released(&mut self.db)
                .to(config.lock.released.clone());
        }
        if *globals.imports(&self.db) != config.imports {
            globals.set_imports(&mut self.db).to(config.imports.clone());
        }
        self.config = config;
        self.unsettled = true;
        self.revision += 1;
    }

    /// Takes in what `archwright.lock` says: what was released, and which findings are accepted. An empty text is that of a
    /// blueprint without a lock. One that cannot be read counts as none, and the reason comes back.
    pub fn set_lock(&mut self, text: &str) -> Option<Problem> {
        let read = if text.is_empty() {
            Ok(Lock::default())
        } else {
            Lock::parse(text)
        };
        let (mut lock, problem) = match read {
            Ok(lock) => (lock, None),
            Err(problem) => (Lock::default(), Some(problem)),
        };
        let accepted = std::mem::take(&mut lock.accepted);
        let released = Arc::new(Released::new(lock));
        let lock = Arc::new(Locked { released, accepted });
        self.take_config(Config {
            lock,
            ..self.config.clone()
        });
        problem
    }

    /// Takes in what documents outside the blueprint say of its services, in the place of what was known.
    pub fn set_imports(&mut self, imports: Imports) {
        self.take_config(Config {
            imports: Arc::new(imports),
            ..self.config.clone()
        });
    }

    /// The names of all services, in the order of files and text.
    pub fn services(&self) -> Vec<SmolStr> {
        let files = self.files.sorted();
        files
            .iter()
            .flat_map(|(_, file)| &file.entries)
            .filter_map(|entry| self.known.get(&entry.item))
            .filter(|known| known.facts.kind == Kind::Service)
            .map(|known| known.facts.name.clone())
            .collect()
    }

    /// The configuration in force.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The file at a path (relative to the workspace, with `/`).
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.paths.get(path).copied()
    }

    /// The path of a file; empty for one that is gone.
    pub fn path(&self, file: FileId) -> &str {
        self.files.get(file).map_or("", |file| file.path.as_str())
    }

    /// All files, by path.
    pub fn files(&self) -> Vec<(FileId, String)> {
        self.files
            .sorted()
            .into_iter()
            .map(|(id, file)| (id, file.path.to_string()))
            .collect()
    }

    pub(crate) const fn database(&self) -> &Database {
        &self.db
    }

    pub(crate) const fn all_files(&self) -> &Files {
        &self.files
    }

    /// The text of a file.
    pub fn rope(&self, file: FileId) -> Option<&Rope> {
        self.files.get(file).map(|file| &file.rope)
    }

    /// How often an item's text was set so far.
    pub const fn items_set(&self) -> u64 {
        self.items_set
    }

    /// Number of items with content, over all files.
    pub fn item_count(&self) -> usize {
        self.known
            .values()
            .filter(|known| known.facts.kind != Kind::Waive)
            .count()
    }

    /// Adds a file or replaces its whole text.
    pub fn set_file(&mut self, path: &str, text: &str) -> FileId {
        if let Some(id) = self.file(path) {
            self.replace_all(id, text);
            return id;
        }
        let id = FileId(self.next_file);
        self.next_file += 1;
        self.paths.insert(path.into(), id);
        self.files.insert(
            id,
            File {
                path: path.into(),
                rope: Rope::from_str(text),
                entries: Vec::new(),
            },
        );
        self.recut_all(id, text);
        id
    }

    fn replace_all(&mut self, id: FileId, text: &str) {
        let Some(file) = self.files.get_mut(id) else {
            return;
        };
        if file.rope == *text {
            return;
        }
        file.rope = Rope::from_str(text);
        self.recut_all(id, text);
    }

    fn recut_all(&mut self, id: FileId, text: &str) {
        let pieces: Vec<(Piece, Arc<str>)> = items::cut(text)
            .iter()
            .map(|piece| (*piece, Arc::from(piece.span().of(text))))
            .collect();
        let old = self.files.get(id).map_or(0, |file| file.entries.len());
        self.exchange(id, 0..old, pieces);
        self.revision += 1;
    }

    /// Forgets a file.
    pub fn remove_file(&mut self, id: FileId) {
        let count = self.files.get(id).map_or(0, |file| file.entries.len());
        self.exchange(id, 0..count, Vec::new());
        if let Some(file) = self.files.remove(id) {
            self.paths.remove(&file.path);
        }
        self.revision += 1;
    }

    /// One incremental change. Offsets are bytes; both ends are clamped.
    pub fn edit(&mut self, id: FileId, range: Range<u32>, text: &str) {
        let Some(file) = self.files.get_mut(id) else {
            return;
        };
        let replaced = file.replace(range, text);
        let grown = text.len() as u32;
        let pieces: Vec<Piece> = file
            .entries
            .iter()
            .map(|entry| Piece {
                start: entry.start,
                len: entry.len,
                head: entry.head,
            })
            .collect();
        let window = items::recut(
            &crate::source::RopeSource(&file.rope),
            &pieces,
            items::Edit {
                start: replaced.start,
                removed: replaced.end - replaced.start,
                inserted: grown,
            },
        );
        let cut: Vec<(Piece, Arc<str>)> = window
            .pieces
            .iter()
            .map(|piece| {
                let slice = file.rope.byte_slice(piece.start as usize..piece.end() as usize);
                (*piece, Arc::from(std::borrow::Cow::from(slice).as_ref()))
            })
            .collect();
        // Everything behind the window only moves.
        for entry in &mut file.entries[window.replaced.end..] {
            entry.start = entry.start + grown - (replaced.end - replaced.start);
        }
        self.exchange(id, window.replaced, cut);
        self.revision += 1;
    }

    /// Makes a text another one, as one edit of what differs.
    pub(crate) fn become_text(&mut self, id: FileId, text: &str) {
        let Some(old) = self.rope(id).map(ToString::to_string) else {
            return;
        };
        let same = |(left, right): &(u8, u8)| left == right;
        let mut start = old.bytes().zip(text.bytes()).take_while(same).count();
        while !(old.is_char_boundary(start) && text.is_char_boundary(start)) {
            start -= 1;
        }
        let (rest, now) = (&old[start..], &text[start..]);
        let mut end = rest.bytes().rev().zip(now.bytes().rev()).take_while(same).count();
        while !(rest.is_char_boundary(rest.len() - end) && now.is_char_boundary(now.len() - end)) {
            end -= 1;
        }
        let (removed, inserted) = (&rest[..rest.len() - end], &now[..now.len() - end]);
        if !(removed.is_empty() && inserted.is_empty()) {
            let range = start as u32..(start + removed.len()) as u32;
            self.edit(id, range, inserted);
        }
    }

    /// Puts new pieces in the place of old entries. Pieces whose text is there already keep their items.
    fn exchange(&mut self, id: FileId, old: Range<usize>, pieces: Vec<(Piece, Arc<str>)>) {
        let Some(file) = self.files.get(id) else { return };
        let mut free: Vec<Entry> = file.entries[old.clone()].to_vec();
        let mut entries: Vec<Option<Entry>> = Vec::with_capacity(pieces.len());
        // First those that did not change, in order; then the others take what is left, in order.
        let mut by_text: FxHashMap<Arc<str>, Vec<usize>> = FxHashMap::default();
        for (index, entry) in free.iter().enumerate().rev() {
            by_text
                .entry(entry.item.text(&self.db).clone())
                .or_default()
                .push(index);
        }
        let mut taken = vec![false; free.len()];
        for (piece, text) in &pieces {
            let kept = by_text.get_mut(text).and_then(Vec::pop).map(|index| {
                taken[index] = true;
                Entry {
                    start: piece.start,
                    head: piece.head,
                    ..free[index].clone()
                }
            });
            entries.push(kept);
        }
        let before: Vec<Item> = free.iter().map(|entry| entry.item).collect();
        let rest: Vec<Entry> = free
            .drain(..)
            .enumerate()
            .filter(|(index, _)| !taken[*index])
            .map(|(_, entry)| entry)
            .collect();
        let mut rest = rest.into_iter();
        let mut result = Vec::with_capacity(pieces.len());
        for (slot, (piece, text)) in entries.into_iter().zip(pieces) {
            let entry = match slot {
                Some(entry) => entry,
                None => {
                    // A reused item keeps its findings until it is looked at: most edits change none of them.
                    let known = rest.next();
                    let item = match &known {
                        Some(entry) => self.reuse(entry.item, text),
                        None => self.new_item(id, text),
                    };
                    self.dirty.push(item);
                    let (findings, late) = known
                        .map(|entry| (entry.findings, entry.late))
                        .unwrap_or_default();
                    Entry {
                        item,
                        start: piece.start,
                        len: piece.len,
                        head: piece.head,
                        broken: false,
                        findings,
                        late,
                    }
                }
            };
            result.push(entry);
        }
        for entry in rest {
            self.drop_item(entry.item);
        }
        self.note_order(&before, &result);
        if let Some(file) = self.files.get_mut(id) {
            file.entries.splice(old, result);
        }
    }

    /// Where items changed places, "the first one" of a name may be another.
    fn note_order(&mut self, before: &[Item], now: &[Entry]) {
        let places: FxHashMap<Item, usize> = before
            .iter()
            .enumerate()
            .map(|(index, item)| (*item, index))
            .collect();
        let kept: Vec<usize> = now
            .iter()
            .filter_map(|entry| places.get(&entry.item).copied())
            .collect();
        if kept.is_sorted() {
            return;
        }
        self.membership_changed = true;
        for item in before {
            if let Some(known) = self.known.get(item) {
                self.changed_names.insert(known.facts.name.clone());
            }
        }
    }

    fn reuse(&mut self, item: Item, text: Arc<str>) -> Item {
        self.items_set += 1;
        // Who types in an item once does so again: from now on edits of it concern only what depends on such items.
        item.set_text(&mut self.db)
            .with_durability(Durability::LOW)
            .to(text);
        item
    }

    fn new_item(&mut self, file: FileId, text: Arc<str>) -> Item {
        self.membership_changed = true;
        let item = match self.pool.pop() {
            Some(item) => self.reuse(item, text),
            None => {
                self.items_set += 1;
                Item::builder(text).durability(Durability::HIGH).new(&self.db)
            }
        };
        self.files.own(item, file);
        item
    }

    fn drop_item(&mut self, item: Item) {
        self.membership_changed = true;
        self.files.disown(item);
        if let Some(known) = self.known.remove(&item) {
            if !known.facts.name.is_empty() {
                self.changed_names.insert(known.facts.name.clone());
            }
            self.forget_mentions(item, &known.names);
        }
        self.dirty.retain(|dirty| *dirty != item);
        self.pool.push(item);
    }

    /// First stage after edits: looks at the changed items and their nearest neighbours.
    /// Returns the files whose diagnostics may have changed.
    pub fn refresh(&mut self) -> Vec<FileId> {
        let mut touched: FxHashSet<FileId> = FxHashSet::default();
        let dirty = std::mem::take(&mut self.dirty);
        if dirty.is_empty() && !self.membership_changed && self.changed_names.is_empty() {
            return Vec::new();
        }
        let mut check: Vec<Item> = Vec::new();
        let mut neighbours: Vec<Item> = Vec::new();
        for item in dirty {
            let Some(file) = self.files.owner(item) else {
                continue;
            };
            touched.insert(file);
            let now = facts(&self.db, item).clone();
            let before = self.known.get(&item).map(|known| known.facts.clone());
            if before.as_ref() != Some(&now) {
                self.unsettled = true;
                if let Some(before) = &before {
                    if before.name != now.name || before.kind != now.kind || routes(before) != routes(&now) {
                        self.membership_changed = true;
                        self.changed_names.insert(before.name.clone());
                        self.changed_names.insert(now.name.clone());
                    }
                    // Who mentions the item may see it differently now.
                    neighbours.extend(self.mentioned_by(&before.name));
                } else {
                    self.changed_names.insert(now.name.clone());
                }
                match self.known.get_mut(&item) {
                    Some(known) => known.facts = now,
                    None => {
                        self.known.insert(
                            item,
                            Known {
                                facts: now,
                                names: Vec::new(),
                            },
                        );
                    }
                }
            }
            check.push(item);
            let broken = !parsed(&self.db, item).errors.is_empty();
            if let Some((_, entry)) = self.files.entry_mut(item) {
                entry.broken = broken;
            }
        }
        self.reindex();
        for name in std::mem::take(&mut self.changed_names) {
            self.unsettled = true;
            neighbours.extend(self.mentioned_by(&name));
        }
        check.extend(neighbours);
        let mut seen = FxHashSet::default();
        check.retain(|item| seen.insert(*item));
        if check.len() > NEIGHBOURS_AT_ONCE {
            self.unsettled = true;
            check.truncate(NEIGHBOURS_AT_ONCE);
        }
        for item in check {
            self.check_now(item, &mut touched);
        }
        let mut touched: Vec<FileId> = touched.into_iter().collect();
        touched.sort_unstable();
        touched
    }

    fn check_now(&mut self, item: Item, touched: &mut FxHashSet<FileId>) {
        self.note_mentions(item);
        let findings = item_findings(&self.db, item).clone();
        if let Some((file, entry)) = self.files.entry_mut(item)
            && !Arc::ptr_eq(&entry.findings, &findings)
        {
            if *entry.findings != *findings {
                touched.insert(file);
            }
            entry.findings = findings;
        }
    }

    /// Whether what depends on the whole workspace has to be looked at again.
    pub fn needs_settling(&self) -> bool {
        self.unsettled || !self.dirty.is_empty()
    }

    /// The second stage, to run on another thread. It holds a clone of the database: a write waits until the job has ended,
    /// and makes it end soon.
    pub fn settle_job(&self) -> SettleJob {
        SettleJob::new(
            self.db.clone(),
            self.files.clone(),
            self.config.clone(),
            self.revision,
        )
    }

    /// Takes the second stage's result in; one that is about an older text is dropped.
    pub fn settled(&mut self, done: Settled) -> Vec<FileId> {
        if done.revision != self.revision {
            return Vec::new();
        }
        self.unsettled = false;
        let mut touched: FxHashSet<FileId> = FxHashSet::default();
        let changed = done.changes(&self.files);
        for item in changed.iter().map(|change| change.item).collect::<Vec<_>>() {
            self.note_mentions(item);
        }
        for change in changed {
            if let Some(file) = self.files.owner(change.item) {
                touched.insert(file);
                if let Some(entry) = self
                    .files
                    .get_mut(file)
                    .and_then(|file| file.entries.get_mut(change.index))
                {
                    entry.findings = change.findings;
                    entry.late = change.late;
                }
            }
        }
        let mut touched: Vec<FileId> = touched.into_iter().collect();
        touched.sort_unstable();
        touched
    }

    /// Both stages at once, on this thread.
    pub fn settle(&mut self) -> Vec<FileId> {
        let mut touched = self.refresh();
        if self.unsettled {
            if let Ok(done) = self.settle_job().run() {
                touched.extend(self.settled(done));
            }
            touched.sort_unstable();
            touched.dedup();
        }
        touched
    }

    /// A read view of this moment.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.db.clone(), self.files.clone(), self.config.clone())
    }

    /// The diagnostics of a file, of the newest text, by place.
    pub fn diagnostics(&self, file: FileId) -> Vec<Diagnostic> {
        crate::report::diagnostics(&self.db, &self.files, &self.config, file)
    }

    /// Line and column of a byte.
    pub fn position(&self, file: FileId, offset: u32, encoding: Encoding) -> Position {
        self.files
            .get(file)
            .map_or(Position::default(), |file| file.position(offset, encoding))
    }

    /// The byte at line and column.
    pub fn offset(&self, file: FileId, position: Position, encoding: Encoding) -> u32 {
        self.files
            .get(file)
            .map_or(0, |file| file.offset(position, encoding))
    }
}
