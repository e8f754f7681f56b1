//! The database: its inputs and its queries, on one screen.
//!
//! Inputs are set by the [`Host`](crate::Host) alone, and only when they differ.
//! No query reads a whole-workspace list unless its result is about the whole workspace.
//!
//! Inputs are durable until they are edited: what was computed from items that nobody touches is known to hold at a glance,
//! so that the second look at ten thousand items costs little more than the edited ones.

// The macros make constructors and setters that carry no documentation.
#![allow(missing_docs)]

use std::sync::Arc;

use archwright_grammar::{ast::Tree, vocabulary::Kind};
use dashmap::DashMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use salsa::Durability;
use smol_str::SmolStr;

use crate::{
    config::Limit,
    imports::Imports,
    model::{
        facts::{Body, ItemFacts, Name, Service},
        finding::Finding,
        resolved::Resolved,
    },
};

/// One item of one file. Its identity stays while the text around it changes.
#[salsa::input(debug)]
#[derive(PartialOrd, Ord)]
pub struct Item {
    /// The piece of text: documentation, item, trivia behind it.
    #[returns(ref)]
    pub text: Arc<str>,
}

/// Which items carry a name. A query that looks a name up depends on this and on nothing else.
#[salsa::input]
pub struct NameSlot {
    /// In the order of files and text.
    #[returns(ref)]
    pub definers: Arc<[Item]>,
}

/// What concerns the whole workspace.
#[salsa::input]
pub struct Globals {
    /// Items of each kind, in the order of files and text; under [`Kind::Route`] the services that forward to others.
    #[returns(ref)]
    pub by_kind: Arc<FxHashMap<Kind, Arc<[Item]>>>,
    /// The day that dates are compared with.
    #[returns(copy)]
    pub today: archwright_grammar::ast::Date,
    /// Thresholds of rules that the project sets. Whoever asks for one depends on them all, and they hardly ever change.
    #[returns(ref)]
    pub thresholds: Arc<Vec<Limit>>,
    /// What was released: see [`crate::lock`].
    #[returns(ref)]
    pub released: Arc<crate::model::contract::Released>,
    /// What documents outside say of services.
    #[returns(ref)]
    pub imports: Arc<Imports>,
}

/// What queries need of the database beyond salsa.
#[salsa::db]
pub trait Db: salsa::Database {
    /// The slot of a name, made when it is first asked for.
    fn slot(&self, name: &Name) -> NameSlot;
    /// The workspace.
    fn globals(&self) -> Globals;
}

/// The database.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    slots: Arc<DashMap<SmolStr, NameSlot, FxBuildHasher>>,
    globals: Option<Globals>,
}

impl Default for Database {
    fn default() -> Self {
        let mut database = Self {
            storage: salsa::Storage::default(),
            slots: Arc::new(DashMap::default()),
            globals: None,
        };
        let today = archwright_grammar::ast::Date {
            year: 1,
            month: 1,
            day: 1,
        };
        let globals = Globals::builder(
            Arc::default(),
            today,
            Arc::default(),
            Arc::default(),
            Arc::default(),
        );
        database.globals = Some(globals.durability(Durability::HIGH).new(&database));
        database
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {
    fn slot(&self, name: &Name) -> NameSlot {
        if let Some(slot) = self.slots.get(name) {
            return *slot;
        }
        *self.slots.entry(name.clone()).or_insert_with(|| {
            NameSlot::builder(Arc::from([]))
                .durability(Durability::HIGH)
                .new(self)
        })
    }

    fn globals(&self) -> Globals {
        self.globals.expect("set by default()")
    }
}

/// How many trees are kept. Facts are what is asked for again and again; a tree is made anew in a few microseconds, and all of
/// them together are a large part of what a large blueprint takes in memory.
pub(crate) const TREES: usize = 2048;

/// The item's tree.
#[salsa::tracked(returns(ref), no_eq, lru = 2048)]
pub fn parsed(db: &dyn Db, item: Item) -> Arc<Tree> {
    Arc::new(archwright_grammar::parser::parse_item(item.text(db)))
}

/// What the item says. Equal facts stop everything that follows.
#[salsa::tracked(returns(ref))]
pub fn facts(db: &dyn Db, item: Item) -> Arc<ItemFacts> {
    Arc::new(crate::model::items::facts_of(parsed(db, item)))
}

/// What each reference of the item means, and the errors found on the way.
#[salsa::tracked(returns(ref))]
pub fn resolved(db: &dyn Db, item: Item) -> Arc<Resolved> {
    Arc::new(crate::model::resolved::resolve_item(db, item))
}

/// The findings that need only the item and what it refers to.
#[salsa::tracked(returns(ref))]
pub fn item_findings(db: &dyn Db, item: Item) -> Arc<Vec<Finding>> {
    Arc::new(crate::rules::check_item(db, item))
}

/// The items of one kind.
pub fn items_of(db: &dyn Db, kind: Kind) -> Arc<[Item]> {
    db.globals()
        .by_kind(db)
        .get(&kind)
        .cloned()
        .unwrap_or_else(|| Arc::from([]))
}

/// The service's facts, if the item is one.
pub fn service(db: &dyn Db, item: Item) -> Option<&Service> {
    match &facts(db, item).body {
        Body::Service(service) => Some(service),
        _ => None,
    }
}
