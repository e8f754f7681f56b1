//! Who works on whose data: operations on entities, or stores, of other services.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use super::{
    cx::{Cx, OpRef},
    def::{Def, DefKind},
    dependencies::{Home, home},
    facts::Access,
    grouped::grouped,
    loc::Loc,
};
use crate::db::{Db, Item, items_of, resolved};

/// A statement of an operation that reads or changes what another service keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignTouch {
    /// The operation.
    pub op: Def,
    /// How; never `erases`, which works on the service's own rows.
    pub access: Access,
    /// The entity.
    pub entity: Def,
    /// The statement (the head of a resource, if that implies it).
    pub statement: Loc,
    /// Where the data lies: the physical store, or the entity itself if it names none.
    pub held: Def,
}

impl ForeignTouch {
    /// The service that the data belongs to: the entity's, or for an own entity in a foreign database that database's.
    pub fn owner(&self) -> Item {
        if self.entity.item == self.op.item {
            self.held.item
        } else {
            self.entity.item
        }
    }

    /// Whether both sides are in one context; `None` where a context is not known.
    pub fn within_context(&self, db: &dyn Db) -> Option<bool> {
        let (from, to) = (home(db, self.op.item), home(db, self.owner()));
        (from != Home::Unknown && to != Home::Unknown).then_some(from == to)
    }
}

/// The touches of one service's operations on what others keep, in text order.
#[salsa::tracked(returns(ref))]
fn touches_of(db: &dyn Db, item: Item) -> Arc<[ForeignTouch]> {
    let cx = Cx { db };
    let mut found: Vec<ForeignTouch> = Vec::new();
    for op in cx.ops(item) {
        for (access, entity, loc) in cx.touches(op).into_iter().chain(joined(cx, op)) {
            if access == Access::Erases {
                continue;
            }
            let held = cx
                .store_of(entity)
                .map_or(entity, |store| cx.physical_store(store));
            if entity.item == item && held.item == item {
                continue;
            }
            let statement = Loc::head(&loc.path);
            found.push(ForeignTouch {
                op: op.def,
                access,
                entity,
                statement,
                held,
            });
        }
    }
    Arc::from(found)
}

/// The entities of other services whose fields the queries that an operation runs look at, by way of a `ref`: a join of two
/// services' tables.
fn joined(cx: Cx<'_>, op: OpRef<'_>) -> Vec<(Access, Def, Loc)> {
    let mut found: Vec<(Access, Def, Loc)> = Vec::new();
    for run in &op.op.runs {
        let Some(query) = cx.def(op.def.item, &run.query) else {
            continue;
        };
        let path = query.loc(cx.db).path;
        for (loc, def) in resolved(cx.db, query.item).refs() {
            let DefKind::EntityField(owner, _) = def.kind else {
                continue;
            };
            if def.item == query.item || !loc.path.starts_with(&path) {
                continue;
            }
            let entity = Def {
                item: def.item,
                kind: DefKind::Entity(owner),
            };
            // The rows that the query gives are a touch of their own.
            if cx.query_entity(query) != Some(entity) && !found.iter().any(|known| known.1 == entity) {
                found.push((Access::Reads, entity, run.query.loc.clone()));
            }
        }
    }
    found
}

/// All foreign touches, by where the data lies, in the order in which they are met.
#[salsa::tracked(returns(ref))]
pub fn foreign_touches(db: &dyn Db) -> Arc<[(Def, Vec<ForeignTouch>)]> {
    let services = items_of(db, Kind::Service);
    let all = services
        .iter()
        .flat_map(|item| touches_of(db, *item).iter().cloned());
    Arc::from(grouped(all, |touch| touch.held))
}

/// How the touches of one store are reported, so that one cause has one finding.
#[derive(Debug, Default)]
pub struct Judged<'a> {
    /// Those that stand on their statements.
    pub inline: Vec<&'a ForeignTouch>,
    /// Those that are one finding on the store.
    pub shared: Vec<&'a ForeignTouch>,
}

/// Sorts the touches of one store. Two or more operations of other contexts make the store a shared one, and everything that touches
/// it belongs to that finding. A single one stands on its statement; then what services of the owner's own context do is
/// told apart: one operation that reads stands on its statement, too, anything more is one finding on the store.
pub fn judged<'a>(db: &dyn Db, touches: &'a [ForeignTouch]) -> Judged<'a> {
    let (outside, near): (Vec<&ForeignTouch>, Vec<&ForeignTouch>) = touches
        .iter()
        .partition(|touch| touch.within_context(db) == Some(false));
    if operations(&outside).len() > 1 {
        return Judged {
            inline: Vec::new(),
            shared: touches.iter().collect(),
        };
    }
    let sharing = operations(&near).len() > 1 || near.iter().any(|touch| touch.access.changes());
    if sharing {
        Judged {
            inline: outside,
            shared: near,
        }
    } else {
        Judged {
            inline: touches.iter().collect(),
            shared: Vec::new(),
        }
    }
}

/// The operations of some touches, each once, in order.
pub fn operations(touches: &[&ForeignTouch]) -> Vec<Def> {
    let mut ops: Vec<Def> = Vec::new();
    for touch in touches {
        // All touches of one operation stand together.
        if ops.last() != Some(&touch.op) {
            ops.push(touch.op);
        }
    }
    ops
}
