//! Definitions: what a name can mean.

use archwright_grammar::vocabulary::Kind;
use smol_str::{SmolStr, format_smolstr};

use super::{
    facts::{
        Body, Entity, EnumDef, ErrorDef, Event, Field, ItemFacts, Op, OpKind, Query, Service, Store, TypeDef,
    },
    loc::{Loc, Part},
};
use crate::db::{Db, Item, facts};

/// Something that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Def {
    /// The item it is in.
    pub item: Item,
    /// What it is there.
    pub kind: DefKind,
}

/// A thing in an item, by its number among its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DefKind {
    /// The item itself.
    Item,
    /// A store.
    Store(u16),
    /// An entity.
    Entity(u16),
    /// An entity's field.
    EntityField(u16, u16),
    /// A type of a service.
    Type(u16),
    /// A field of a service's type.
    TypeField(u16, u16),
    /// A field of a type at top level.
    ItemField(u16),
    /// An enum of a service.
    Enum(u16),
    /// A member of a service's enum.
    EnumMember(u16, u16),
    /// A member of an enum at top level.
    ItemMember(u16),
    /// An error of a service.
    Error(u16),
    /// An event.
    Event(u16),
    /// A field of an event.
    EventField(u16, u16),
    /// A query.
    Query(u16),
    /// A parameter of a query.
    QueryParam(u16, u16),
    /// An endpoint, handler, job or webhook.
    Op(u16),
    /// A parameter of an endpoint.
    OpParam(u16, u16),
    /// A cache.
    Cache(u16),
    /// A component.
    Component(u16),
}

impl Def {
    /// The item itself.
    pub const fn item(item: Item) -> Self {
        Self {
            item,
            kind: DefKind::Item,
        }
    }

    /// The item's facts.
    pub fn facts(self, db: &dyn Db) -> &ItemFacts {
        facts(db, self.item)
    }

    fn service(self, db: &dyn Db) -> Option<&Service> {
        match &facts(db, self.item).body {
            Body::Service(service) => Some(service),
            _ => None,
        }
    }

    /// As an entity.
    pub fn entity(self, db: &dyn Db) -> Option<&Entity> {
        match self.kind {
            DefKind::Entity(index) => self.service(db)?.entities.get(usize::from(index)),
            _ => None,
        }
    }

    /// As a store.
    pub fn store(self, db: &dyn Db) -> Option<&Store> {
        match self.kind {
            DefKind::Store(index) => self.service(db)?.stores.get(usize::from(index)),
            _ => None,
        }
    }

    /// As a type, of a service or at top level.
    pub fn type_def(self, db: &dyn Db) -> Option<&TypeDef> {
        match (self.kind, &facts(db, self.item).body) {
            (DefKind::Type(index), Body::Service(service)) => service.types.get(usize::from(index)),
            (DefKind::Item, Body::Type(def)) => Some(def),
            _ => None,
        }
    }

    /// As an enum, of a service or at top level.
    pub fn enum_def(self, db: &dyn Db) -> Option<&EnumDef> {
        match (self.kind, &facts(db, self.item).body) {
            (DefKind::Enum(index), Body::Service(service)) => service.enums.get(usize::from(index)),
            (DefKind::Item, Body::Enum(def)) => Some(def),
            _ => None,
        }
    }

    /// As an error, of a service or at top level.
    pub fn error_def(self, db: &dyn Db) -> Option<&ErrorDef> {
        match (self.kind, &facts(db, self.item).body) {
            (DefKind::Error(index), Body::Service(service)) => service.errors.get(usize::from(index)),
            (DefKind::Item, Body::Error(def)) => Some(def),
            _ => None,
        }
    }

    /// As an event.
    pub fn event(self, db: &dyn Db) -> Option<&Event> {
        match self.kind {
            DefKind::Event(index) => self.service(db)?.events.get(usize::from(index)),
            _ => None,
        }
    }

    /// As a query.
    pub fn query(self, db: &dyn Db) -> Option<&Query> {
        match self.kind {
            DefKind::Query(index) => self.service(db)?.queries.get(usize::from(index)),
            _ => None,
        }
    }

    /// As an endpoint, handler, job or webhook.
    pub fn op(self, db: &dyn Db) -> Option<&Op> {
        match self.kind {
            DefKind::Op(index) => self.service(db)?.ops.get(usize::from(index)),
            _ => None,
        }
    }

    /// As a field of an entity, type or event.
    pub fn field(self, db: &dyn Db) -> Option<&Field> {
        match (self.kind, &facts(db, self.item).body) {
            (DefKind::EntityField(owner, field), Body::Service(service)) => service
                .entities
                .get(usize::from(owner))?
                .fields
                .get(usize::from(field)),
            (DefKind::TypeField(owner, field), Body::Service(service)) => service
                .types
                .get(usize::from(owner))?
                .fields
                .get(usize::from(field)),
            (DefKind::EventField(owner, field), Body::Service(service)) => service
                .events
                .get(usize::from(owner))?
                .fields
                .get(usize::from(field)),
            (DefKind::ItemField(field), Body::Type(def)) => def.fields.get(usize::from(field)),
            _ => None,
        }
    }

    /// What this is in: a field's entity, a member's service; none for items.
    pub const fn parent(self) -> Option<Self> {
        let kind = match self.kind {
            DefKind::Item => return None,
            DefKind::EntityField(owner, _) => DefKind::Entity(owner),
            DefKind::TypeField(owner, _) => DefKind::Type(owner),
            DefKind::EnumMember(owner, _) => DefKind::Enum(owner),
            DefKind::EventField(owner, _) => DefKind::Event(owner),
            DefKind::QueryParam(owner, _) => DefKind::Query(owner),
            DefKind::OpParam(owner, _) => DefKind::Op(owner),
            _ => DefKind::Item,
        };
        Some(Self {
            item: self.item,
            kind,
        })
    }

    /// Its kind in the language's words.
    pub fn word_kind(self, db: &dyn Db) -> Kind {
        match self.kind {
            DefKind::Item => facts(db, self.item).kind,
            DefKind::Store(_) => Kind::Store,
            DefKind::Entity(_) => Kind::Entity,
            DefKind::EntityField(..)
            | DefKind::TypeField(..)
            | DefKind::ItemField(_)
            | DefKind::EventField(..) => Kind::Field,
            DefKind::QueryParam(..) | DefKind::OpParam(..) => Kind::Field,
            DefKind::Type(_) => Kind::Type,
            DefKind::Enum(_) => Kind::Enum,
            DefKind::EnumMember(..) | DefKind::ItemMember(_) => Kind::EnumMember,
            DefKind::Error(_) => Kind::Error,
            DefKind::Event(_) => Kind::Event,
            DefKind::Query(_) => Kind::Query,
            DefKind::Cache(_) => Kind::Cache,
            DefKind::Component(_) => Kind::Component,
            DefKind::Op(_) => match self.op(db).map(|op| op.kind) {
                Some(OpKind::Handler) => Kind::Handler,
                Some(OpKind::Job) => Kind::Job,
                Some(OpKind::Webhook) => Kind::Webhook,
                _ => Kind::Endpoint,
            },
        }
    }

    /// Its own name.
    pub fn name(self, db: &dyn Db) -> SmolStr {
        let facts = facts(db, self.item);
        let own = match (self.kind, &facts.body) {
            (DefKind::Item, _) => Some(facts.name.clone()),
            (DefKind::ItemMember(index), Body::Enum(def)) => {
                def.members.get(usize::from(index)).map(|(name, _)| name.clone())
            }
            (_, Body::Service(service)) => match self.kind {
                DefKind::Store(index) => service
                    .stores
                    .get(usize::from(index))
                    .map(|store| store.name.clone()),
                DefKind::Entity(index) => service
                    .entities
                    .get(usize::from(index))
                    .map(|entity| entity.name.clone()),
                DefKind::Type(index) => service.types.get(usize::from(index)).map(|def| def.name.clone()),
                DefKind::Enum(index) => service.enums.get(usize::from(index)).map(|def| def.name.clone()),
                DefKind::Error(index) => service.errors.get(usize::from(index)).map(|def| def.name.clone()),
                DefKind::Event(index) => service
                    .events
                    .get(usize::from(index))
                    .map(|event| event.name.clone()),
                DefKind::Query(index) => service
                    .queries
                    .get(usize::from(index))
                    .map(|query| query.name.clone()),
                DefKind::Op(index) => service.ops.get(usize::from(index)).map(|op| op.name.clone()),
                DefKind::Cache(index) => service
                    .caches
                    .get(usize::from(index))
                    .map(|cache| cache.name.clone()),
                DefKind::Component(index) => service
                    .components
                    .get(usize::from(index))
                    .map(|component| component.name.clone()),
                DefKind::EnumMember(owner, member) => service
                    .enums
                    .get(usize::from(owner))
                    .and_then(|def| def.members.get(usize::from(member)))
                    .map(|(name, _)| name.clone()),
                DefKind::QueryParam(owner, param) => service
                    .queries
                    .get(usize::from(owner))
                    .and_then(|query| query.params.get(usize::from(param)))
                    .map(|param| param.name.clone()),
                DefKind::OpParam(owner, param) => service
                    .ops
                    .get(usize::from(owner))
                    .and_then(|op| op.params.get(usize::from(param)))
                    .map(|param| param.name.clone()),
                _ => self.field(db).map(|field| field.name.clone()),
            },
            _ => self.field(db).map(|field| field.name.clone()),
        };
        own.unwrap_or_default()
    }

    /// `Orders.Order.status`
    pub fn qualified(self, db: &dyn Db) -> SmolStr {
        match self.parent() {
            None => self.name(db),
            Some(parent) => format_smolstr!("{}.{}", parent.qualified(db), self.name(db)),
        }
    }

    /// Where its name stands.
    pub fn loc(self, db: &dyn Db) -> Loc {
        let facts = facts(db, self.item);
        let found = match (self.kind, &facts.body) {
            (DefKind::ItemMember(index), Body::Enum(def)) => {
                def.members.get(usize::from(index)).map(|(_, loc)| loc.clone())
            }
            (_, Body::Service(service)) => match self.kind {
                DefKind::Store(index) => service
                    .stores
                    .get(usize::from(index))
                    .map(|store| store.loc.clone()),
                DefKind::Entity(index) => service
                    .entities
                    .get(usize::from(index))
                    .map(|entity| entity.loc.clone()),
                DefKind::Type(index) => service.types.get(usize::from(index)).map(|def| def.loc.clone()),
                DefKind::Enum(index) => service.enums.get(usize::from(index)).map(|def| def.loc.clone()),
                DefKind::Error(index) => service.errors.get(usize::from(index)).map(|def| def.loc.clone()),
                DefKind::Event(index) => service
                    .events
                    .get(usize::from(index))
                    .map(|event| event.loc.clone()),
                DefKind::Query(index) => service
                    .queries
                    .get(usize::from(index))
                    .map(|query| query.loc.clone()),
                DefKind::Op(index) => service.ops.get(usize::from(index)).map(|op| op.loc.clone()),
                DefKind::Cache(index) => service
                    .caches
                    .get(usize::from(index))
                    .map(|cache| cache.loc.clone()),
                DefKind::Component(index) => service
                    .components
                    .get(usize::from(index))
                    .map(|component| component.loc.clone()),
                DefKind::EnumMember(owner, member) => service
                    .enums
                    .get(usize::from(owner))
                    .and_then(|def| def.members.get(usize::from(member)))
                    .map(|(_, loc)| loc.clone()),
                DefKind::QueryParam(owner, param) => service
                    .queries
                    .get(usize::from(owner))
                    .and_then(|query| query.params.get(usize::from(param)))
                    .map(|param| param.loc.clone()),
                DefKind::OpParam(owner, param) => service
                    .ops
                    .get(usize::from(owner))
                    .and_then(|op| op.params.get(usize::from(param)))
                    .map(|param| param.loc.clone()),
                _ => self.field(db).map(|field| field.loc.clone()),
            },
            _ => self.field(db).map(|field| field.loc.clone()),
        };
        found.unwrap_or_else(|| Loc::at(&[], Part::Name))
    }
}
