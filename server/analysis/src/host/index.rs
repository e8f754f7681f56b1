//! Which items carry a name, and which mention it.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use salsa::Setter;

use super::{Host, NEIGHBOURS_AT_ONCE, routes};
use crate::{
    db::{Db, Item, resolved},
    model::facts::Name,
};

impl Host {
    pub(super) fn forget_mentions(&mut self, item: Item, names: &[Name]) {
        for name in names {
            if let Some(items) = self.mentions.get_mut(name) {
                items.remove(&item);
                if items.is_empty() {
                    self.mentions.remove(name);
                }
            }
        }
    }

    pub(super) fn mentioned_by(&self, name: &Name) -> Vec<Item> {
        let mut items: Vec<Item> = self.mentions.get(name).into_iter().flatten().copied().collect();
        items.sort_unstable();
        items.truncate(NEIGHBOURS_AT_ONCE + 1);
        items
    }

    pub(super) fn note_mentions(&mut self, item: Item) {
        let names = &resolved(&self.db, item).names;
        let Some(known) = self.known.get_mut(&item) else {
            return;
        };
        if known.names == *names {
            return;
        }
        let old = std::mem::replace(&mut known.names, names.clone());
        let new = known.names.clone();
        self.forget_mentions(item, &old);
        for name in new {
            self.mentions.entry(name).or_default().insert(item);
        }
    }

    /// Brings the name slots and the lists by kind up to date, in the order of files and text.
    pub(super) fn reindex(&mut self) {
        if !self.membership_changed {
            return;
        }
        self.membership_changed = false;
        let mut by_kind: FxHashMap<Kind, Vec<Item>> = FxHashMap::default();
        let mut by_name: FxHashMap<Name, Vec<Item>> = FxHashMap::default();
        for (_, file) in self.files.sorted() {
            for entry in &file.entries {
                let Some(known) = self.known.get(&entry.item) else {
                    continue;
                };
                if known.facts.name.is_empty() {
                    continue;
                }
                by_kind.entry(known.facts.kind).or_default().push(entry.item);
                if routes(&known.facts) {
                    by_kind.entry(Kind::Route).or_default().push(entry.item);
                }
                if self.changed_names.contains(&known.facts.name) {
                    by_name
                        .entry(known.facts.name.clone())
                        .or_default()
                        .push(entry.item);
                }
            }
        }
        let mut names: Vec<Name> = self
            .changed_names
            .iter()
            .filter(|name| !name.is_empty())
            .cloned()
            .collect();
        names.sort_unstable();
        for name in names {
            let definers: Arc<[Item]> = by_name.remove(&name).unwrap_or_default().into();
            let slot = self.db.slot(&name);
            if *slot.definers(&self.db) != definers {
                slot.set_definers(&mut self.db).to(definers);
            }
        }
        let globals = self.db.globals();
        let now: FxHashMap<Kind, Arc<[Item]>> = by_kind
            .into_iter()
            .map(|(kind, items)| (kind, items.into()))
            .collect();
        if **globals.by_kind(&self.db) != now {
            globals.set_by_kind(&mut self.db).to(Arc::new(now));
        }
    }
}
