//! Looking names up: by the kind that a place expects, first in the service, then among items.

use archwright_grammar::vocabulary::{self, Kind};

use super::{
    def::{Def, DefKind},
    facts::{Body, Field, Name, OpKind, RefFact, Service},
};
use crate::db::{Db, Item, facts};

/// What looking a reference up gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// The one thing.
    Found(Def),
    /// The name is there, but as something else.
    WrongKind(Def),
    /// Two kinds are possible and both exist.
    Ambiguous(Def, Def),
    /// Segment number `.0` is not known; what was known before it.
    Unknown(usize, Option<Def>),
}

impl Resolution {
    /// The definition, if there is exactly one.
    pub const fn found(&self) -> Option<Def> {
        match self {
            Self::Found(def) => Some(*def),
            _ => None,
        }
    }
}

/// Looks `reference`, written in `item`, up.
pub fn resolve(db: &dyn Db, item: Item, reference: &RefFact, want: &[Kind]) -> Resolution {
    let wanted = reference.kind.as_ref().and_then(|word| kind_of_word(word));
    let narrowed = wanted.map(|kind| [kind]);
    let want = narrowed.as_ref().map_or(want, |one| one.as_slice());
    let Some((first, rest)) = reference.path.split_first() else {
        return Resolution::Unknown(0, None);
    };
    let own = match &facts(db, item).body {
        Body::Service(service) => Some(service),
        _ => None,
    };
    if rest.is_empty() {
        return single(db, item, own.map(AsRef::as_ref), first, want);
    }
    // A member of the own service, then further inside it.
    if let Some(service) = own
        && let Some(kind) = member(service, first, INNER)
        && let Resolution::Found(def) = inside(db, Def { item, kind }, rest, 1, want)
    {
        return Resolution::Found(def);
    }
    let mut best = Resolution::Unknown(0, None);
    for &candidate in db.slot(first).definers(db).iter() {
        let resolution = inside(db, Def::item(candidate), rest, 1, want);
        match resolution {
            Resolution::Found(_) => return resolution,
            Resolution::WrongKind(_) => best = resolution,
            Resolution::Unknown(at, _) if matches!(best, Resolution::Unknown(best_at, _) if best_at < at) => {
                best = resolution;
            }
            _ => {}
        }
    }
    if matches!(best, Resolution::Unknown(0, _))
        && let Some(service) = own
        && let Some(kind) = member(service, first, INNER)
    {
        return inside(db, Def { item, kind }, rest, 1, want);
    }
    best
}

/// Kinds of member that have something inside.
const INNER: &[Kind] = &[Kind::Entity, Kind::Type, Kind::Event, Kind::Enum];

/// The kind that a word such as `context` names.
pub fn kind_of_word(word: &str) -> Option<Kind> {
    vocabulary::form(vocabulary::Place::File, word)
        .or_else(|| vocabulary::form(vocabulary::Place::Service, word))
        .map(|form| form.kind)
}

fn single(db: &dyn Db, item: Item, own: Option<&Service>, name: &Name, want: &[Kind]) -> Resolution {
    if let Some(service) = own
        && let Some(kind) = member(service, name, want)
    {
        return Resolution::Found(Def { item, kind });
    }
    let slot = db.slot(name);
    let definers = slot.definers(db);
    let mut found: Option<Def> = None;
    for &candidate in definers.iter() {
        let kind = facts(db, candidate).kind;
        if !want.contains(&kind) {
            continue;
        }
        match found {
            None => found = Some(Def::item(candidate)),
            Some(first) if facts(db, first.item).kind != kind => {
                return Resolution::Ambiguous(first, Def::item(candidate));
            }
            Some(_) => {}
        }
    }
    if let Some(def) = found {
        return Resolution::Found(def);
    }
    if let Some(kind) = own.and_then(|service| member(service, name, ANY_MEMBER)) {
        return Resolution::WrongKind(Def { item, kind });
    }
    match definers.first() {
        Some(&other) => Resolution::WrongKind(Def::item(other)),
        None => Resolution::Unknown(0, None),
    }
}

/// Kinds of member that have names.
pub(crate) const ANY_MEMBER: &[Kind] = &[
    Kind::Store,
    Kind::Entity,
    Kind::Type,
    Kind::Enum,
    Kind::Error,
    Kind::Event,
    Kind::Query,
    Kind::Endpoint,
    Kind::Handler,
    Kind::Job,
    Kind::Webhook,
    Kind::Cache,
    Kind::Component,
];

/// Looks the remaining segments up inside `def`; `at` is the number of the first of them.
fn inside(db: &dyn Db, def: Def, rest: &[Name], at: usize, want: &[Kind]) -> Resolution {
    let Some((name, rest)) = rest.split_first() else {
        return if want.contains(&def.word_kind(db)) {
            Resolution::Found(def)
        } else {
            Resolution::WrongKind(def)
        };
    };
    if let Some(of) = def.type_def(db).and_then(|def| def.of.as_ref()) {
        return projected(db, def, of, name, rest, at, want);
    }
    let facts = facts(db, def.item);
    let next = match (def.kind, &facts.body) {
        (DefKind::Item, Body::Service(service)) => {
            let kinds = if rest.is_empty() { want } else { INNER };
            member(service, name, kinds).or_else(|| member(service, name, ANY_MEMBER))
        }
        (DefKind::Item, Body::Type(def)) => index_of(&def.fields, name).map(DefKind::ItemField),
        (DefKind::Item, Body::Enum(def)) => def
            .members
            .iter()
            .position(|(member, _)| member == name)
            .map(|index| DefKind::ItemMember(index as u16)),
        (DefKind::Entity(owner), Body::Service(service)) => service
            .entities
            .get(usize::from(owner))
            .and_then(|entity| index_of(&entity.fields, name))
            .map(|field| DefKind::EntityField(owner, field)),
        (DefKind::Type(owner), Body::Service(service)) => service
            .types
            .get(usize::from(owner))
            .and_then(|def| index_of(&def.fields, name))
            .map(|field| DefKind::TypeField(owner, field)),
        (DefKind::Enum(owner), Body::Service(service)) => service
            .enums
            .get(usize::from(owner))
            .and_then(|def| def.members.iter().position(|(member, _)| member == name))
            .map(|member| DefKind::EnumMember(owner, member as u16)),
        (DefKind::Event(owner), Body::Service(service)) => {
            if let Some(version) = version_of(name) {
                let first = &service.events[usize::from(owner)].name;
                service
                    .events
                    .iter()
                    .position(|event| event.name == *first && event.version.unwrap_or(1) == version)
                    .map(|index| DefKind::Event(index as u16))
            } else {
                service
                    .events
                    .get(usize::from(owner))
                    .and_then(|event| index_of(&event.fields, name))
                    .map(|field| DefKind::EventField(owner, field))
            }
        }
        _ => None,
    };
    match next {
        Some(kind) => inside(db, Def { item: def.item, kind }, rest, at + 1, want),
        None => Resolution::Unknown(at, Some(def)),
    }
}

/// The field of a projection: its entity's, if it is one of those that are kept.
fn projected(
    db: &dyn Db,
    def: Def,
    of: &RefFact,
    name: &Name,
    rest: &[Name],
    at: usize,
    want: &[Kind],
) -> Resolution {
    let kept = def
        .type_def(db)
        .is_some_and(|def| def.projected.iter().any(|(kept, _)| kept == name));
    let entity = entity_of(db, def.item, of).filter(|_| kept);
    let field = entity.and_then(|entity| {
        let DefKind::Entity(owner) = entity.kind else {
            return None;
        };
        let field = index_of(&entity.entity(db)?.fields, name)?;
        Some(Def {
            item: entity.item,
            kind: DefKind::EntityField(owner, field),
        })
    });
    match field {
        Some(field) => inside(db, field, rest, at + 1, want),
        None => Resolution::Unknown(at, Some(def)),
    }
}

/// The entity that a projection names, `E` or `Service.E`. Nothing else is looked into: a projection of itself would have no end.
fn entity_of(db: &dyn Db, item: Item, of: &RefFact) -> Option<Def> {
    let within = |item: Item, name: &Name| {
        let Body::Service(service) = &facts(db, item).body else {
            return None;
        };
        let kind = member(service, name, &[Kind::Entity])?;
        Some(Def { item, kind })
    };
    match of.path.as_slice() {
        [name] => within(item, name),
        [service, name] => {
            let definers = db.slot(service).definers(db);
            definers.iter().find_map(|&item| within(item, name))
        }
        _ => None,
    }
}

fn version_of(name: &str) -> Option<u32> {
    name.strip_prefix('v')?.parse().ok()
}

/// The number of the field called `name`.
pub fn index_of(fields: &[Field], name: &str) -> Option<u16> {
    fields
        .iter()
        .position(|field| field.name == name)
        .map(|index| index as u16)
}

/// The member of `service` called `name` that is of one of the `want`ed kinds. Of an event's versions, the newest.
pub fn member(service: &Service, name: &Name, want: &[Kind]) -> Option<DefKind> {
    let first = service.by_name.partition_point(|(other, _)| other < name);
    let called = &service.by_name[first..];
    let called = &called[..called.partition_point(|(other, _)| other == name)];
    if called.is_empty() {
        return None;
    }
    want.iter().find_map(|kind| {
        let mut fitting = called
            .iter()
            .map(|(_, def)| *def)
            .filter(|def| is(service, *def, *kind));
        if *kind == Kind::Event {
            // Of equal versions the first.
            fitting.rev().max_by_key(|def| match def {
                DefKind::Event(index) => service.events[usize::from(*index)].version,
                _ => None,
            })
        } else {
            fitting.next()
        }
    })
}

/// Whether a member of `service` is of a kind.
fn is(service: &Service, member: DefKind, kind: Kind) -> bool {
    match member {
        DefKind::Store(_) => kind == Kind::Store,
        DefKind::Entity(_) => kind == Kind::Entity,
        DefKind::Type(_) => kind == Kind::Type,
        DefKind::Enum(_) => kind == Kind::Enum,
        DefKind::Error(_) => kind == Kind::Error,
        DefKind::Event(_) => kind == Kind::Event,
        DefKind::Query(_) => kind == Kind::Query,
        DefKind::Cache(_) => kind == Kind::Cache,
        DefKind::Component(_) => kind == Kind::Component,
        DefKind::Op(index) => matches!(
            (kind, service.ops[usize::from(index)].kind),
            (Kind::Endpoint, OpKind::Endpoint | OpKind::Resource(_))
                | (Kind::Handler, OpKind::Handler)
                | (Kind::Job, OpKind::Job)
                | (Kind::Webhook, OpKind::Webhook)
        ),
        _ => false,
    }
}
