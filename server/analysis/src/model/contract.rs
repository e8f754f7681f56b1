//! What a blueprint promises and how it protects it, as [`Record`]s: small facts without places. `archwright release` writes those of
//! all items; the rules of category `evolution` compare those of one item with what was released.

mod compared;
mod fields;
mod now;
mod released;
mod shape;

use std::sync::Arc;

use archwright_grammar::{
    ast::{Date, Rate},
    vocabulary::Kind,
};
use smol_str::{SmolStr, format_smolstr};

pub use self::{
    compared::{Compared, Way},
    fields::{FieldText, field_text, sunset_of},
    now::{Decided, Pairs, decided, decision_stub, decisions, exists, home, item_named, serving, writable},
    released::{Released, Usage},
    shape::{Shape, Wire, shape_text},
};
use super::{
    cx::{Cx, OpRef},
    def::{Def, DefKind},
    expr::text::{duration, text as expr_text},
    facts::{Body, Entity, Limit, ParamFrom, Retain, Setting, Settings, Store},
    resolved::element,
};
use crate::{
    db::{Db, Item, parsed},
    lock::Record,
};

/// The facts of a record under way.
type Facts = Vec<(SmolStr, SmolStr)>;

/// The kind of the records that hold what is waived.
pub const WAIVER: &str = "waiver";

/// The records of one item and of its members, and what each is about; in the order of the text.
#[salsa::tracked(returns(ref))]
pub fn contract(db: &dyn Db, item: Item) -> Arc<[(Def, Record)]> {
    let cx = Cx { db };
    let mut out = Vec::new();
    let facts = cx.facts(item);
    if !facts.name.is_empty() {
        let kind = if let Body::Unknown = facts.body {
            None
        } else {
            kind_of(facts.kind)
        };
        if let Some(kind) = kind {
            out.push((
                Def::item(item),
                Record::new(kind, facts.name.clone(), of_item(cx, item)),
            ));
        }
        if cx.service(item).is_some() {
            members(cx, item, &mut out);
        }
    }
    Arc::from(out)
}

/// The word of an item whose contract is recorded.
fn kind_of(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::System => "system",
        Kind::Role => "role",
        Kind::Auth => "auth",
        Kind::Context => "context",
        Kind::Service => "service",
        Kind::Type => "type",
        Kind::Enum => "enum",
        Kind::Error => "error",
        Kind::Vendor => "vendor",
        Kind::Broker => "broker",
        Kind::Decision => "decision",
        _ => return None,
    })
}

/// Everything to be released: the records of all items, and what is waived; sorted.
pub fn all(cx: Cx<'_>) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for kind in [
        Kind::System,
        Kind::Role,
        Kind::Auth,
        Kind::Context,
        Kind::Service,
        Kind::Type,
        Kind::Enum,
        Kind::Error,
        Kind::Vendor,
        Kind::Broker,
        Kind::Decision,
    ] {
        for &item in cx.items(kind).iter() {
            records.extend(contract(cx.db, item).iter().map(|(_, record)| record.clone()));
            records.extend(waivers(cx, item));
        }
    }
    records.sort();
    // Of two that have one name the first counts; the second has an error of its own.
    records.dedup_by(|left, right| left.kind == right.kind && left.path == right.path);
    records
}

/// What is waived in an item, by the element in whose block it stands.
pub fn waivers(cx: Cx<'_>, item: Item) -> Vec<Record> {
    let facts = cx.facts(item);
    let mut by_element: Vec<(SmolStr, Facts)> = Vec::new();
    for waiver in &facts.waivers {
        let path = element(facts, &waiver.loc.path, parsed(cx.db, item).node.as_ref());
        let rule = format_smolstr!("{}", waiver.rule.replace('/', ".").replace('-', "_"));
        let fact = (rule, waiver.until.map(date_text).unwrap_or_default().into());
        match by_element.iter_mut().find(|(known, _)| *known == path) {
            Some((_, facts)) => facts.push(fact),
            None => by_element.push((path, vec![fact])),
        }
    }
    by_element
        .into_iter()
        .map(|(path, facts)| Record::new(WAIVER, path, facts))
        .collect()
}

fn of_item(cx: Cx<'_>, item: Item) -> Facts {
    let mut out = Facts::new();
    match &cx.facts(item).body {
        Body::System(system) => {
            for (regime, _) in &system.complies {
                put(&mut out, format_smolstr!("complies {regime}"), "");
            }
            tls(&system.settings.tls, &mut out);
        }
        Body::Role(role) => {
            put_some(&mut out, "kind", role.kind.as_ref());
        }
        Body::Auth(auth) => put(&mut out, "kind", &auth.kind),
        Body::Context(context) => {
            for used in &context.uses {
                let key = format_smolstr!("uses {}", used.context.text());
                put(&mut out, key, used.via.as_deref().unwrap_or_default());
            }
        }
        Body::Type(_) => fields::of_type(cx, Def::item(item), &mut out),
        Body::Enum(def) => fields::of_enum(def, &mut out),
        Body::Error(def) => put(&mut out, "status", def.status.to_string()),
        Body::Vendor(vendor) => {
            put(&mut out, "kind", &vendor.kind);
            for (kind, date, _) in &vendor.agreements {
                let date = date.map(date_text).unwrap_or_default();
                put(&mut out, format_smolstr!("agreement {kind}"), date);
            }
            tls(&vendor.tls, &mut out);
        }
        Body::Broker(broker) => {
            put(&mut out, "kind", &broker.kind);
            tls(&broker.tls, &mut out);
        }
        Body::Decision(decision) => {
            put_some(&mut out, "status", decision.status.as_ref().map(|(word, _)| word));
        }
        _ => {}
    }
    out
}

fn members(cx: Cx<'_>, item: Item, out: &mut Vec<(Def, Record)>) {
    let Some(service) = cx.service(item) else { return };
    let mut add = |kind: &str, def: DefKind, facts: Facts| {
        let def = Def { item, kind: def };
        out.push((def, Record::new(kind, cx.qualified(def), facts)));
    };
    for (index, store) in service.stores.iter().enumerate() {
        add("store", DefKind::Store(index as u16), of_store(store));
    }
    for (index, entity) in service.entities.iter().enumerate() {
        let kind = DefKind::Entity(index as u16);
        add("entity", kind, of_entity(cx, Def { item, kind }, entity));
    }
    for index in 0..service.types.len() {
        let kind = DefKind::Type(index as u16);
        let mut facts = Facts::new();
        fields::of_type(cx, Def { item, kind }, &mut facts);
        add("type", kind, facts);
    }
    for (index, def) in service.enums.iter().enumerate() {
        let mut facts = Facts::new();
        fields::of_enum(def, &mut facts);
        add("enum", DefKind::Enum(index as u16), facts);
    }
    for (index, def) in service.errors.iter().enumerate() {
        let mut facts = Facts::new();
        put(&mut facts, "status", def.status.to_string());
        add("error", DefKind::Error(index as u16), facts);
    }
    for (index, event) in service.events.iter().enumerate() {
        let kind = DefKind::Event(index as u16);
        let mut facts = Facts::new();
        if let Some(version) = event.version {
            put(&mut facts, "version", format!("v{version}"));
        }
        if !event.key.is_empty() {
            let key: Vec<String> = event.key.iter().map(super::facts::RefFact::text).collect();
            put(&mut facts, "key", key.join(", "));
        }
        if let Some(deprecated) = &event.deprecated {
            put(&mut facts, "deprecated", sunset(deprecated.sunset));
        }
        fields::of_fields(cx, Def { item, kind }, &mut facts);
        add("event", kind, facts);
    }
    for op in cx.ops(item).filter(|op| op.op.is_endpoint()) {
        add("endpoint", op.def.kind, of_endpoint(cx, op));
    }
}

fn of_store(store: &Store) -> Facts {
    let mut out = Facts::new();
    put(&mut out, "kind", &store.kind);
    flag(&store.encrypted, "encrypted", &mut out);
    tls(&store.tls, &mut out);
    out
}

fn of_entity(cx: Cx<'_>, def: Def, entity: &Entity) -> Facts {
    let mut out = Facts::new();
    if let Some(store) = cx.store_of(def) {
        put(&mut out, "store", store.name(cx.db));
    }
    fields::of_fields(cx, def, &mut out);
    for (word, lists) in [("unique", &entity.uniques), ("index", &entity.indexes)] {
        for list in lists {
            let names: Vec<String> = list.iter().map(super::facts::RefFact::text).collect();
            put(&mut out, format_smolstr!("{word} ({})", names.join(", ")), "");
        }
    }
    if let Some((predicate, _)) = &entity.visible {
        put(&mut out, "visible", expr_text(predicate));
    }
    if let Some(retain) = &entity.retain {
        put(&mut out, "retain", retain_text(retain));
    }
    out
}

fn of_endpoint(cx: Cx<'_>, op: OpRef<'_>) -> Facts {
    let mut out = Facts::new();
    let facts = op.op;
    put(&mut out, "route", format!("{} {}", facts.method, facts.path));
    if let Some(version) = facts.version {
        put(&mut out, "version", format!("v{version}"));
    }
    for param in &facts.params {
        let from = match param.from {
            ParamFrom::Path => "path",
            ParamFrom::Query => "query",
            ParamFrom::Body => "body",
        };
        let Some(ty) = &param.ty else { continue };
        let mut text = format!("{from} {}", shape_text(cx, op.def.item, ty));
        if param.default.is_some() {
            text.push_str(" @default");
        }
        put(&mut out, format_smolstr!("param {}", param.name), text);
    }
    if let Some((ty, _)) = &facts.returns {
        put(&mut out, "returns", shape_text(cx, op.def.item, ty));
    }
    if let Some(auth) = auth_text(cx, op) {
        put(&mut out, "auth", auth);
    }
    for allow in &facts.allow {
        let role = allow.role.as_ref().map_or_else(
            || "any".to_owned(),
            |role| {
                cx.def(op.def.item, role)
                    .map_or_else(|| role.text(), |role| cx.qualified(role).to_string())
            },
        );
        let key = format_smolstr!("allow {role}");
        let predicate = allow.predicate.as_ref().map(expr_text).unwrap_or_default();
        // Of several lines of one role the widest counts: it is what a caller needs.
        match out.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) if predicate.is_empty() => *known = SmolStr::default(),
            Some(_) => {}
            None => put(&mut out, key, predicate),
        }
    }
    if let Some(limit) = cx.effective(op, |settings: &Settings| &settings.limit).0.set() {
        put(&mut out, "limit", limit_text(limit));
    }
    flag(
        cx.effective(op, |settings| &settings.audited).0,
        "audited",
        &mut out,
    );
    let mut errors: Vec<String> = facts.errors.iter().map(super::facts::RefFact::text).collect();
    errors.sort();
    if !errors.is_empty() {
        put(&mut out, "errors", errors.join(", "));
    }
    if facts.internal.is_some() {
        put(&mut out, "internal", "yes");
    }
    if let Some(deprecated) = &facts.deprecated {
        put(&mut out, "deprecated", sunset(deprecated.sunset));
    }
    out
}

/// Who may sign in, as one text: the schemes, `none` where the endpoint is open, nothing where nobody has said.
fn auth_text(cx: Cx<'_>, op: OpRef<'_>) -> Option<String> {
    if cx.open(op) {
        return Some("none".to_owned());
    }
    let mut schemes: Vec<String> = cx
        .schemes(op)
        .iter()
        .map(|scheme| cx.name(scheme.item).to_string())
        .collect();
    schemes.sort();
    (!schemes.is_empty()).then(|| schemes.join(", "))
}

/// A route without the names of its parameters: `GET /v1/orders/{}`.
pub fn route_shape(route: &str) -> String {
    let mut out = String::with_capacity(route.len());
    let mut inside = false;
    for char in route.chars() {
        match char {
            '{' => {
                inside = true;
                out.push_str("{}");
            }
            '}' => inside = false,
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out
}

/// `60 per minute by caller`
pub fn limit_text(limit: &Limit) -> String {
    let Rate { count, per } = limit.rate;
    let by = limit
        .by
        .as_ref()
        .map(|by| format!(" by {by}"))
        .unwrap_or_default();
    let per = match duration(per).as_str() {
        "1s" => "second".to_owned(),
        "1m" => "minute".to_owned(),
        "1h" => "hour".to_owned(),
        "1d" => "day".to_owned(),
        other => other.to_owned(),
    };
    format!("{count} per {per}{by}")
}

/// `7y then erase`
pub fn retain_text(retain: &Retain) -> String {
    let then = retain
        .then
        .as_ref()
        .map(|then| format!(" then {then}"))
        .unwrap_or_default();
    format!("{}{then}", duration(retain.time))
}

/// `2027-01-01`
pub fn date_text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

fn sunset(date: Option<Date>) -> String {
    date.map_or_else(|| "yes".to_owned(), date_text)
}

fn tls(setting: &Setting<()>, out: &mut Facts) {
    if setting.set().is_some() {
        put(out, "tls", "required");
    }
}

fn flag(setting: &Setting<()>, word: &str, out: &mut Facts) {
    if setting.set().is_some() {
        put(out, word, "yes");
    }
}

fn put(out: &mut Facts, key: impl Into<SmolStr>, value: impl AsRef<str>) {
    out.push((key.into(), SmolStr::new(value)));
}

fn put_some(out: &mut Facts, key: &str, value: Option<&SmolStr>) {
    if let Some(value) = value {
        put(out, key, value);
    }
}
