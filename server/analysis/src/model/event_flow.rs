//! Events on their way: who emits which one where, and who reacts to it.

use std::sync::Arc;

use archwright_codegen::names::snake;
use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;

use super::{
    cx::Cx,
    def::{Def, DefKind},
    facts::OpKind,
    loc::Loc,
};
use crate::db::{Db, Item, items_of};

/// One place that names an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The event, of a certain version.
    pub event: Def,
    /// Who names it: an operation, a cache, or a client.
    pub by: Def,
    /// The reference.
    pub loc: Loc,
}

/// What the members of one service do with events, in text order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceFlow {
    /// Its own events.
    pub declares: Vec<Declared>,
    /// `emits`
    pub emits: Vec<Edge>,
    /// The events of handlers.
    pub handles: Vec<Edge>,
    /// `invalidated by`
    pub invalidates: Vec<Edge>,
}

/// An event where it is declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Which.
    pub event: Def,
    /// Its version, if it states one.
    pub version: Option<u32>,
    /// The next version of the same event.
    pub newer: Option<Def>,
}

/// One event, and everything that names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Uses {
    /// Which.
    pub event: Def,
    /// Its version, if it states one.
    pub version: Option<u32>,
    /// The next version of the same event.
    pub newer: Option<Def>,
    /// Operations that emit it.
    pub emits: Vec<Edge>,
    /// Handlers of it.
    pub handles: Vec<Edge>,
    /// Caches that it makes stale.
    pub invalidates: Vec<Edge>,
    /// Clients that it is pushed to.
    pub listens: Vec<Edge>,
}

/// All events.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventFlow {
    uses: Vec<Uses>,
    numbers: FxHashMap<Def, usize>,
}

impl EventFlow {
    /// Every declared event, in the order of files and text.
    pub fn uses(&self) -> &[Uses] {
        &self.uses
    }

    /// One event.
    pub fn of(&self, event: Def) -> Option<&Uses> {
        self.numbers.get(&event).map(|number| &self.uses[*number])
    }

    fn add(&mut self, edge: &Edge, list: fn(&mut Uses) -> &mut Vec<Edge>) {
        if let Some(&number) = self.numbers.get(&edge.event) {
            list(&mut self.uses[number]).push(edge.clone());
        }
    }
}

/// What one service does with events; `None` where that is nothing.
#[salsa::tracked(returns(ref))]
pub fn flow_of(db: &dyn Db, item: Item) -> Option<Arc<ServiceFlow>> {
    let cx = Cx { db };
    let service = cx.service(item)?;
    let mut flow = ServiceFlow::default();
    let versions: Vec<(Def, &str, u32)> = service
        .events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let def = Def {
                item,
                kind: DefKind::Event(index as u16),
            };
            (def, event.name.as_str(), event.version.unwrap_or(1))
        })
        .collect();
    for ((event, name, version), facts) in versions.iter().zip(&service.events) {
        let newer = versions
            .iter()
            .filter(|(_, other, later)| other == name && later > version)
            .min_by_key(|(_, _, later)| *later);
        flow.declares.push(Declared {
            event: *event,
            version: facts.version,
            newer: newer.map(|(def, ..)| *def),
        });
    }
    for op in cx.ops(item) {
        let edge = |reference: &super::facts::RefFact| {
            let event = cx.def(item, reference).filter(|def| def.event(db).is_some())?;
            Some(Edge {
                event,
                by: op.def,
                loc: reference.loc.clone(),
            })
        };
        flow.emits.extend(op.op.emits.iter().filter_map(edge));
        if op.op.kind == OpKind::Handler {
            flow.handles.extend(op.op.event.iter().filter_map(edge));
        }
    }
    for (index, cache) in service.caches.iter().enumerate() {
        let by = Def {
            item,
            kind: DefKind::Cache(index as u16),
        };
        flow.invalidates
            .extend(cache.invalidated.iter().filter_map(|reference| {
                Some(Edge {
                    event: cx.def(item, reference)?,
                    by,
                    loc: reference.loc.clone(),
                })
            }));
    }
    (flow != ServiceFlow::default()).then(|| Arc::new(flow))
}

/// Everything that happens to events, joined over all services and clients.
#[salsa::tracked(returns(ref))]
pub fn event_flow(db: &dyn Db) -> Arc<EventFlow> {
    let cx = Cx { db };
    let services = items_of(db, Kind::Service);
    let flows = || services.iter().filter_map(|&item| flow_of(db, item).as_ref());
    let mut flow = EventFlow::default();
    for declared in flows().flat_map(|flow| &flow.declares) {
        flow.numbers.insert(declared.event, flow.uses.len());
        flow.uses.push(Uses {
            event: declared.event,
            version: declared.version,
            newer: declared.newer,
            emits: Vec::new(),
            handles: Vec::new(),
            invalidates: Vec::new(),
            listens: Vec::new(),
        });
    }
    for of in flows() {
        of.emits
            .iter()
            .for_each(|edge| flow.add(edge, |uses| &mut uses.emits));
        of.handles
            .iter()
            .for_each(|edge| flow.add(edge, |uses| &mut uses.handles));
        of.invalidates
            .iter()
            .for_each(|edge| flow.add(edge, |uses| &mut uses.invalidates));
    }
    for &client in items_of(db, Kind::Client).iter() {
        for reference in cx.client(client).into_iter().flat_map(|client| &client.listens) {
            if let Some(event) = cx.def(client, reference) {
                let edge = Edge {
                    event,
                    by: Def::item(client),
                    loc: reference.loc.clone(),
                };
                flow.add(&edge, |uses| &mut uses.listens);
            }
        }
    }
    Arc::new(flow)
}

/// The broker that carries a service's events: its own, or the system's. `None` where none is said, or one that nobody knows.
pub fn broker_of(cx: Cx<'_>, service: Item) -> Option<Item> {
    if let Some(own) = &cx.service(service)?.broker {
        return cx.def(service, own).map(|def| def.item);
    }
    let (item, system) = cx.system()?;
    cx.def(item, system.broker.as_ref()?).map(|def| def.item)
}

/// Whether an event is only a record that something has been done, going by its name: `OrderAudited`, `AuditEntryWritten`.
pub fn is_audit(db: &dyn Db, event: Def) -> bool {
    snake(&event.name(db))
        .split('_')
        .any(|word| matches!(word, "audit" | "audited"))
}
