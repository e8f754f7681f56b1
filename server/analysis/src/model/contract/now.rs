//! What comparing asks of the blueprint as it is now: where released elements are, and what has been decided since.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{Wire, contract, kind_of, route_shape};
use crate::{
    db::{Db, Item, items_of},
    lock::Record,
    model::{
        contract::Shape,
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, Name},
    },
};

/// One item, beside what was released of it.
pub struct Pairs<'db> {
    /// Its records now.
    now: FxHashMap<(&'db str, &'db str), (Def, &'db Record)>,
    old: Vec<&'db Record>,
}

impl<'db> Pairs<'db> {
    /// `None` where nothing can be compared: nothing was released, or the item has a syntax error.
    pub fn of(cx: Cx<'db>, item: Item) -> Option<Self> {
        let released = cx.released()?;
        let facts = cx.facts(item);
        if facts.broken || facts.name.is_empty() {
            return None;
        }
        let kind = kind_of(facts.kind)?;
        let is_service = facts.kind == Kind::Service;
        let mine = |record: &&Record| {
            if record.path.contains('.') {
                is_service
            } else {
                record.kind == kind
            }
        };
        let old: Vec<&Record> = released.of_item(&facts.name).filter(mine).collect();
        let now = if old.is_empty() {
            FxHashMap::default()
        } else {
            contract(cx.db, item)
                .iter()
                .map(|(def, record)| ((record.kind.as_str(), record.path.as_str()), (*def, record)))
                .collect()
        };
        Some(Self { now, old })
    }

    /// Whether nothing of the item was released.
    pub fn is_new(&self) -> bool {
        self.old.is_empty()
    }

    /// Each released record with what stands in its place now.
    pub fn each(&self) -> impl Iterator<Item = (&'db Record, Option<(Def, &'db Record)>)> {
        self.old.iter().map(|old| {
            (
                *old,
                self.now.get(&(old.kind.as_str(), old.path.as_str())).copied(),
            )
        })
    }
}

/// The item that speaks for what is gone altogether: the system, or else the first service.
pub fn home(cx: Cx<'_>) -> Option<Item> {
    cx.system()
        .map(|(item, _)| item)
        .or_else(|| cx.items(Kind::Service).first().copied())
}

/// The item of a kind and name.
pub fn item_named(cx: Cx<'_>, kind: Kind, name: &str) -> Option<Item> {
    let slot = cx.db.slot(&Name::from(name));
    slot.definers(cx.db)
        .iter()
        .copied()
        .find(|item| cx.facts(*item).kind == kind)
}

/// What a dotted path means now: a service and one of its members, or a type or enum at top level.
pub fn exists(cx: Cx<'_>, path: &str) -> bool {
    let (first, member) = path.split_once('.').unwrap_or((path, ""));
    let slot = cx.db.slot(&Name::from(first));
    slot.definers(cx.db).iter().any(|item| {
        let facts = cx.facts(*item);
        match (&facts.body, member) {
            (Body::Service(service), member) if !member.is_empty() => {
                service.by_name.iter().any(|(name, kind)| {
                    name == member && matches!(kind, DefKind::Entity(_) | DefKind::Type(_) | DefKind::Enum(_))
                })
            }
            (Body::Type(_) | Body::Enum(_), "") => true,
            _ => false,
        }
    })
}

/// Whether everything that a released type names is still there, so that it can be written again.
pub fn writable(cx: Cx<'_>, shape: &Shape) -> bool {
    match &shape.wire {
        Wire::Name(name) => archwright_grammar::vocabulary::scalar(name).is_some() || exists(cx, name),
        Wire::Of(_, path) => exists(cx, path),
        Wire::List(inner) => writable(cx, inner),
        Wire::Inline(fields) => fields.iter().all(|(_, shape)| writable(cx, shape)),
    }
}

#[salsa::tracked(returns(ref))]
fn routes_of(db: &dyn Db, item: Item) -> Arc<[(String, Def)]> {
    let cx = Cx { db };
    cx.ops(item)
        .filter(|op| op.op.is_endpoint())
        .map(|op| (route_shape(&format!("{} {}", op.op.method, op.op.path)), op.def))
        .collect()
}

/// The endpoint that serves a route now, whatever it is called; one in `near` first.
pub fn serving(cx: Cx<'_>, near: Item, route: &str) -> Option<Def> {
    let shape = route_shape(route);
    let find = |item: Item| {
        routes_of(cx.db, item)
            .iter()
            .find(|(known, _)| *known == shape)
            .map(|(_, def)| *def)
    };
    find(near).or_else(|| items_of(cx.db, Kind::Service).iter().find_map(|item| find(*item)))
}

/// A decision in force, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Whether it was not there when the last release was made.
    pub new: bool,
    /// Whether it is accepted, not just proposed.
    pub accepted: bool,
    /// What it affects.
    pub affects: Vec<Def>,
}

/// The decisions that are proposed or accepted.
#[salsa::tracked(returns(ref))]
pub fn decisions(db: &dyn Db) -> Arc<[Decided]> {
    let cx = Cx { db };
    let mut out = Vec::new();
    for &item in cx.items(Kind::Decision).iter() {
        let Body::Decision(decision) = &cx.facts(item).body else {
            continue;
        };
        let status = decision.status.as_ref().map(|(word, _)| word.as_str());
        if matches!(status, Some("superseded" | "deprecated")) {
            continue;
        }
        let name: &SmolStr = cx.name(item);
        out.push(Decided {
            new: cx
                .released()
                .is_none_or(|released| released.get("decision", name).is_none()),
            accepted: status == Some("accepted"),
            affects: decision
                .affects
                .iter()
                .filter_map(|reference| cx.def(item, reference))
                .collect(),
        });
    }
    Arc::from(out)
}

/// Whether a decision that fits affects an element: itself, its item, or the context of its service.
pub fn decided(cx: Cx<'_>, def: Def, fits: impl Fn(&Decided) -> bool) -> bool {
    let all = decisions(cx.db);
    if all.is_empty() {
        return false;
    }
    let item = Def::item(def.item);
    let context = cx
        .service(def.item)
        .and_then(|_| cx.context_of(def.item))
        .map(Def::item);
    all.iter().any(|decision| {
        fits(decision)
            && decision
                .affects
                .iter()
                .any(|affected| *affected == def || *affected == item || Some(*affected) == context)
    })
}

/// A name for a new item that no item has.
pub fn free_name(cx: Cx<'_>, wanted: &str) -> String {
    let taken = |name: &str| !cx.db.slot(&Name::from(name)).definers(cx.db).is_empty();
    if !taken(wanted) {
        return wanted.to_owned();
    }
    // Nobody has a thousand of them; then the name is taken, and the error about that says the rest.
    (2..1000)
        .map(|number| format!("{wanted}{number}"))
        .find(|name| !taken(name))
        .unwrap_or_else(|| wanted.to_owned())
}

/// A new decision to be filled in, as an item.
pub fn decision_stub(cx: Cx<'_>, name: &str, title: &str, docs: &[String], affects: &str) -> String {
    let docs: String = docs.iter().fold(String::new(), |mut out, line| {
        out.push_str("/// ");
        out.push_str(line);
        out.push('\n');
        out
    });
    let name = free_name(cx, name);
    format!("{docs}decision {name} \"{title}\" {{\n  status proposed\n  affects {affects}\n}}")
}
