//! The links that classified data crosses, as far as nothing near them says that they are encrypted.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::whole;
use crate::{
    db::{Db, Item},
    model::{
        calls::calls_of,
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{Body, Field, Setting},
        finding::Place,
        loc::{Loc, Part},
        nested::stored_classes,
        transfers::{Transfer, received, transfers, transfers_by_vendor},
    },
};

/// What is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Whoever calls an endpoint.
    Endpoint,
    /// A store.
    Store,
    /// An endpoint, by a call that says something of its own.
    Call,
    /// A vendor.
    Vendor,
    /// A vendor whose address has no encryption in it.
    Address,
    /// A broker.
    Broker,
}

/// A link that carries classified data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    /// What is at its end.
    pub end: End,
    /// Its qualified name.
    pub name: SmolStr,
    /// Where `tls` would be said of it.
    pub at: Place,
    /// Where it is said to be off; `None` where nothing is said near it.
    pub off: Option<Place>,
    /// The classified fields, by their names.
    pub fields: Vec<SmolStr>,
}

/// The links of one service to its callers, its stores and, where a call says so itself, to whom it calls. Those that are said to
/// be encrypted are left out.
#[salsa::tracked(returns(ref))]
pub(super) fn links_of(db: &dyn Db, item: Item) -> Arc<[Link]> {
    let cx = Cx { db };
    let mut links: Vec<Link> = cx.ops(item).filter_map(|op| endpoint(cx, op)).collect();
    stores(cx, item, &mut links);
    for site in calls_of(db, item).iter().filter(|site| site.tls_off && !site.within_service()) {
        let Some(call) = site.written(cx) else { continue };
        let fields = match cx.op(site.callee) {
            Some(callee) => carried(cx, callee),
            None => sent(cx, site.op, site.callee.item),
        };
        if let (Some(off), false) = (call.tls.loc(), fields.is_empty()) {
            links.push(Link {
                end: End::Call,
                name: cx.qualified(site.op),
                at: site.place(),
                off: Some(Place::new(item, off.clone())),
                fields,
            });
        }
    }
    Arc::from(links)
}

/// Whether a service, one of its stores, operations or calls says anything about encryption.
#[salsa::tracked(returns(copy))]
pub(super) fn states_tls(db: &dyn Db, item: Item) -> bool {
    let cx = Cx { db };
    cx.service(item).is_some_and(|service| {
        !service.settings.tls.is_absent()
            || service.stores.iter().any(|store| !store.tls.is_absent())
            || service.ops.iter().any(|op| {
                !op.settings.tls.is_absent() || op.calls.iter().any(|call| !call.tls.is_absent())
            })
    })
}

/// The classified fields that an endpoint takes and answers.
fn carried(cx: Cx<'_>, op: OpRef<'_>) -> Vec<SmolStr> {
    let mut names: Vec<SmolStr> = Vec::new();
    for field in cx.classified_body(op).into_iter().chain(cx.classified_answer(op)) {
        if !names.contains(&field.name) {
            names.push(field.name);
        }
    }
    names
}

/// What an operation sends to a vendor.
fn sent(cx: Cx<'_>, op: Def, vendor: Item) -> Vec<SmolStr> {
    transfers(cx.db, op.item)
        .iter()
        .filter(|transfer| transfer.op == op && transfer.vendor == vendor)
        .flat_map(Transfer::fields)
        .filter(|field| field.classes.sensitive())
        .map(|field| field.name.clone())
        .collect()
}

fn endpoint(cx: Cx<'_>, op: OpRef<'_>) -> Option<Link> {
    let tls = &op.op.settings.tls;
    // Mutual TLS is TLS.
    if !op.op.is_http() || tls.set().is_some() || cx.only_mtls(op) {
        return None;
    }
    let fields = carried(cx, op);
    let item = op.def.item;
    (!fields.is_empty()).then(|| Link {
        end: End::Endpoint,
        name: cx.qualified(op.def),
        at: cx.place(op.def),
        off: tls.loc().map(|off| Place::new(item, off.clone())),
        fields,
    })
}

/// Kinds of store that stand in the service's own process or on its own disk.
const IN_PROCESS: [&str; 3] = ["sqlite", "memory", "file"];

fn stores(cx: Cx<'_>, item: Item, links: &mut Vec<Link>) {
    let Some(service) = cx.service(item) else { return };
    // What the service has made unreadable before it is stored crosses the link like that.
    let protected =
        |field: &Field| field.has("encrypted") || field.has("hashed") || field.has("tokenized");
    for (index, store) in service.stores.iter().enumerate() {
        let def = Def {
            item,
            kind: DefKind::Store(index as u16),
        };
        let physical = cx.physical_store(def);
        let below = physical.store(cx.db).map_or(&Setting::Absent, |below| &below.tls);
        let tls = store.tls.or(below);
        if tls.set().is_some() || IN_PROCESS.contains(&store.kind.as_str()) {
            continue;
        }
        let mut fields = Vec::new();
        for (entity, _) in cx.entities(item) {
            if cx.store_of(entity) == Some(def) {
                let held = cx.fields_of(entity).into_iter().filter(|(def, field)| {
                    stored_classes(cx, def.item, field, protected).sensitive()
                });
                fields.extend(held.map(|(def, _)| cx.qualified(def)));
            }
        }
        if !fields.is_empty() {
            let said_in = if store.tls.is_absent() { physical.item } else { item };
            links.push(Link {
                end: End::Store,
                name: cx.qualified(def),
                at: cx.place(def),
                off: tls.loc().map(|off| Place::new(said_in, off.clone())),
                fields,
            });
        }
    }
}

/// The links to vendors that get classified data, unless they are said to be encrypted, there or (`covered`) by the system.
pub(super) fn vendor_links(cx: Cx<'_>, covered: bool) -> Vec<Link> {
    let by_vendor: FxHashMap<Item, &[Transfer]> = transfers_by_vendor(cx.db)
        .iter()
        .map(|(vendor, transfers)| (*vendor, transfers.as_slice()))
        .collect();
    let mut links = Vec::new();
    for item in whole(cx, Kind::Vendor) {
        let Some(vendor) = cx.vendor(item) else { continue };
        let address = vendor
            .url
            .as_ref()
            .filter(|url| url.literal && url.text.starts_with("http://"));
        if address.is_none() && (vendor.tls.set().is_some() || (covered && vendor.tls.is_absent())) {
            continue;
        }
        let transfers = by_vendor.get(&item).copied().unwrap_or_default();
        let sent = transfers.iter().flat_map(Transfer::fields);
        let listed = received(cx.db, item).iter().flat_map(|entry| &entry.fields);
        let mut fields: Vec<SmolStr> = Vec::new();
        for field in sent.chain(listed).filter(|field| field.classes.sensitive()) {
            if !fields.contains(&field.name) {
                fields.push(field.name.clone());
            }
        }
        if fields.is_empty() {
            continue;
        }
        let off = match (address, &vendor.tls) {
            (_, Setting::Off(off)) => Some(off.clone()),
            (Some(url), _) => Some(Loc::head(&url.loc.path)),
            _ => None,
        };
        let end = match (address, vendor.tls.is_off()) {
            (Some(_), false) => End::Address,
            _ => End::Vendor,
        };
        links.push(Link {
            end,
            name: cx.name(item).clone(),
            at: Place::new(item, Loc::at(&[], Part::Name)),
            off: off.map(|loc| Place::new(item, loc)),
            fields,
        });
    }
    links
}

/// The links to brokers that carry events with classified data, unless they are said to be encrypted, as above.
pub(super) fn broker_links(cx: Cx<'_>, covered: bool) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let brokers: Vec<(Item, Setting<()>)> = whole(cx, Kind::Broker)
        .into_iter()
        .filter_map(|item| match &cx.facts(item).body {
            Body::Broker(broker)
                if broker.kind != "memory"
                    && broker.tls.set().is_none()
                    && !(covered && broker.tls.is_absent()) =>
            {
                Some((item, broker.tls.clone()))
            }
            _ => None,
        })
        .collect();
    if brokers.is_empty() {
        return links;
    }
    let default = cx.system().and_then(|(item, system)| cx.def(item, system.broker.as_ref()?));
    for &service in cx.items(Kind::Service).iter() {
        let events = classified_events(cx.db, service);
        let Some(facts) = cx.service(service).filter(|_| !events.is_empty()) else {
            continue;
        };
        let own = facts.broker.as_ref().and_then(|broker| cx.def(service, broker));
        let Some(used) = own.or(default) else { continue };
        let Some((item, tls)) = brokers.iter().find(|(item, _)| *item == used.item) else {
            continue;
        };
        match links.iter_mut().find(|link| link.at.item == *item) {
            Some(link) => link.fields.extend(events.iter().cloned()),
            None => links.push(Link {
                end: End::Broker,
                name: cx.name(*item).clone(),
                at: Place::new(*item, Loc::at(&[], Part::Name)),
                off: tls.loc().map(|off| Place::new(*item, off.clone())),
                fields: events.to_vec(),
            }),
        }
    }
    links
}

/// The classified fields of a service's events, as they leave.
#[salsa::tracked(returns(ref))]
fn classified_events(db: &dyn Db, item: Item) -> Arc<[SmolStr]> {
    let cx = Cx { db };
    let covered = |field: &Field| {
        ["encrypted", "hashed", "tokenized", "masked"]
            .iter()
            .any(|word| field.has(word))
    };
    let mut found: Vec<SmolStr> = Vec::new();
    let Some(service) = cx.service(item) else {
        return Arc::from(found);
    };
    for (index, event) in service.events.iter().enumerate() {
        for field in &event.fields {
            if stored_classes(cx, item, field, covered).sensitive() {
                let def = Def {
                    item,
                    kind: DefKind::Event(index as u16),
                };
                found.push(smol_str::format_smolstr!("{}.{}", cx.qualified(def), field.name));
            }
        }
    }
    Arc::from(found)
}
