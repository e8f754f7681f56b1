//! What a check may ask: definitions, effective settings, classification, exposure.

use archwright_grammar::{ast::Date, vocabulary::Kind};
use smol_str::SmolStr;

use super::{
    classes::Classes,
    contract::Released,
    def::{Def, DefKind},
    facts::{
        Access, Auth, Body, Client, Context, Entity, Field, ItemFacts, Op, OpKind, RefFact, Role, Service,
        Setting, Settings, System, Ty, TyKind, Vendor,
    },
    finding::Place,
    guards::{client_uses, identity_entities},
    loc::Loc,
    nested::walk,
    resolve::{Resolution, resolve},
};
use crate::{
    config::Limit,
    db::{Db, Item, facts, items_of, resolved},
    imports::Imported,
    rules::Rule,
};

/// The system's item. A query of its own, so that an item that comes or goes elsewhere changes nothing for those who ask.
#[salsa::tracked(returns(copy))]
pub fn system_item(db: &dyn Db) -> Option<Item> {
    items_of(db, Kind::System).first().copied()
}

/// The eyes of a check.
#[derive(Clone, Copy)]
pub struct Cx<'db> {
    /// The database.
    pub db: &'db dyn Db,
}

/// An operation together with where it is.
#[derive(Clone, Copy)]
pub struct OpRef<'db> {
    /// Its definition.
    pub def: Def,
    /// Its facts.
    pub op: &'db Op,
    /// Its service.
    pub service: &'db Service,
}

/// Where a value in effect was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// At the operation.
    Operation,
    /// At its service.
    Service,
    /// At the system.
    System,
    /// Nowhere.
    Nowhere,
}

impl<'db> Cx<'db> {
    /// An item's facts.
    pub fn facts(self, item: Item) -> &'db ItemFacts {
        facts(self.db, item)
    }

    /// The item as a service.
    pub fn service(self, item: Item) -> Option<&'db Service> {
        crate::db::service(self.db, item)
    }

    /// All items of a kind, in the order of files and text.
    pub fn items(self, kind: Kind) -> std::sync::Arc<[Item]> {
        items_of(self.db, kind)
    }

    /// What a reference written in `item` means. Looked up in the item's resolution, so it is the same answer everywhere;
    /// `None` where it is unknown or wrong, which is reported already.
    pub fn def(self, item: Item, reference: &RefFact) -> Option<Def> {
        resolved(self.db, item).get(&reference.loc)
    }

    /// Looks a reference up by kinds, for places that the item's own resolution does not hold.
    pub fn resolve(self, item: Item, reference: &RefFact, want: &[Kind]) -> Option<Def> {
        resolve(self.db, item, reference, want).found()
    }

    /// The name of an item.
    pub fn name(self, item: Item) -> &'db SmolStr {
        &facts(self.db, item).name
    }

    /// `Orders.place`
    pub fn qualified(self, def: Def) -> SmolStr {
        def.qualified(self.db)
    }

    /// Where a definition's name stands.
    pub fn place(self, def: Def) -> Place {
        Place::new(def.item, def.loc(self.db))
    }

    /// The value in effect of one of a rule's thresholds; 0 where the rule has none of that name.
    pub fn threshold(self, rule: &Rule, name: &str) -> u32 {
        let set = self.db.globals().thresholds(self.db);
        let of = |limit: &&Limit| limit.rule == rule.id && limit.name == name;
        if let Some(limit) = set.iter().find(of) {
            return limit.value;
        }
        let known = rule.thresholds.iter().find(|threshold| threshold.name == name);
        known.map_or(0, |threshold| threshold.default)
    }

    /// What was released, if anything was.
    pub fn released(self) -> Option<&'db Released> {
        let released = self.db.globals().released(self.db);
        (!released.is_empty()).then_some(released.as_ref())
    }

    /// What documents outside say of a service, if any were imported for it.
    pub fn imported(self, service: Item) -> Option<&'db Imported> {
        let imports = self.db.globals().imports(self.db);
        if imports.is_empty() {
            return None;
        }
        imports.of(self.name(service))
    }

    /// The day that dates are compared with.
    pub fn today(self) -> Date {
        self.db.globals().today(self.db)
    }

    /// The system, if the blueprint has one.
    pub fn system(self) -> Option<(Item, &'db System)> {
        let item = system_item(self.db)?;
        match &self.facts(item).body {
            Body::System(system) => Some((item, system)),
            _ => None,
        }
    }

    /// The operations of a service.
    pub fn ops(self, item: Item) -> impl Iterator<Item = OpRef<'db>> {
        let service = self.service(item);
        service.into_iter().flat_map(move |service| {
            service.ops.iter().enumerate().map(move |(index, op)| OpRef {
                def: Def {
                    item,
                    kind: DefKind::Op(index as u16),
                },
                op,
                service,
            })
        })
    }

    /// One operation.
    pub fn op(self, def: Def) -> Option<OpRef<'db>> {
        Some(OpRef {
            def,
            op: def.op(self.db)?,
            service: self.service(def.item)?,
        })
    }

    /// The entities of a service.
    pub fn entities(self, item: Item) -> impl Iterator<Item = (Def, &'db Entity)> {
        self.service(item).into_iter().flat_map(move |service| {
            service.entities.iter().enumerate().map(move |(index, entity)| {
                (
                    Def {
                        item,
                        kind: DefKind::Entity(index as u16),
                    },
                    entity,
                )
            })
        })
    }

    /// An entity.
    pub fn entity(self, def: Def) -> Option<&'db Entity> {
        def.entity(self.db)
    }

    /// The context that a service stands in.
    pub fn context_of(self, service: Item) -> Option<Item> {
        let reference = self.service(service)?.context.as_ref()?;
        self.def(service, reference).map(|def| def.item)
    }

    /// A context's facts.
    pub fn context(self, item: Item) -> Option<&'db Context> {
        match &self.facts(item).body {
            Body::Context(context) => Some(context),
            _ => None,
        }
    }

    /// A role's facts.
    pub fn role(self, item: Item) -> Option<&'db Role> {
        match &self.facts(item).body {
            Body::Role(role) => Some(role),
            _ => None,
        }
    }

    /// A scheme's facts.
    pub fn auth(self, item: Item) -> Option<&'db Auth> {
        match &self.facts(item).body {
            Body::Auth(auth) => Some(auth),
            _ => None,
        }
    }

    /// A vendor's facts.
    pub fn vendor(self, item: Item) -> Option<&'db Vendor> {
        match &self.facts(item).body {
            Body::Vendor(vendor) => Some(vendor),
            _ => None,
        }
    }

    /// A client's facts.
    pub fn client(self, item: Item) -> Option<&'db Client> {
        match &self.facts(item).body {
            Body::Client(client) => Some(client),
            _ => None,
        }
    }

    /// A setting in effect at an operation, after inheritance endpoint > service > system, and where it was said.
    pub fn effective<T>(
        self,
        op: OpRef<'db>,
        pick: impl Fn(&'db Settings) -> &'db Setting<T>,
    ) -> (&'db Setting<T>, Level) {
        let own = pick(&op.op.settings);
        if !own.is_absent() {
            return (own, Level::Operation);
        }
        let (setting, level) = self.service_setting(op.service, pick);
        (setting, level)
    }

    /// A setting in effect for a whole service.
    pub fn service_setting<T>(
        self,
        service: &'db Service,
        pick: impl Fn(&'db Settings) -> &'db Setting<T>,
    ) -> (&'db Setting<T>, Level) {
        let own = pick(&service.settings);
        if !own.is_absent() {
            return (own, Level::Service);
        }
        match self.system() {
            Some((_, system)) => {
                let outer = pick(&system.settings);
                (
                    outer,
                    if outer.is_absent() {
                        Level::Nowhere
                    } else {
                        Level::System
                    },
                )
            }
            None => (own, Level::Nowhere),
        }
    }

    /// The schemes in effect at an operation: with the item that says so. Empty unless the setting is set.
    pub fn schemes(self, op: OpRef<'db>) -> Vec<Def> {
        let (setting, level) = self.effective(op, |settings| &settings.auth);
        let Some(refs) = setting.set() else {
            return Vec::new();
        };
        let item = match level {
            Level::System => match self.system() {
                Some((item, _)) => item,
                None => return Vec::new(),
            },
            _ => op.def.item,
        };
        refs.iter()
            .filter_map(|reference| self.def(item, reference))
            .collect()
    }

    /// `open(e)`: explicitly `auth none`, `public`, or a scheme of kind `none` among those that are accepted.
    pub fn open(self, op: OpRef<'db>) -> bool {
        op.op.public.is_some()
            || self.effective(op, |settings| &settings.auth).0.is_off()
            || self
                .schemes(op)
                .iter()
                .any(|scheme| self.auth(scheme.item).is_some_and(|auth| auth.kind == "none"))
    }

    /// `mut(e)`: not GET or HEAD, or it writes or deletes; a `safe` endpoint never is.
    pub fn mutates(self, op: OpRef<'db>) -> bool {
        if op.op.safe.is_some() {
            return false;
        }
        (op.op.is_http() && !matches!(op.op.method.as_str(), "GET" | "HEAD" | ""))
            || op.op.touches.iter().any(|touch| touch.access.changes())
    }

    /// `ext(e)`: a client uses it, or it is a webhook, or no client uses its service at all and its auth is not mtls.
    pub fn external(self, op: OpRef<'db>) -> bool {
        if op.op.kind == OpKind::Webhook {
            return true;
        }
        if !op.op.is_endpoint() || op.op.internal.is_some() {
            return false;
        }
        let uses = client_uses(self.db);
        if uses.endpoints.contains(&op.def) || uses.services.contains(&op.def.item) {
            return true;
        }
        !uses.touched.contains(&op.def.item) && !self.only_mtls(op)
    }

    /// `touches(op)`: entities it reads, writes, deletes or erases, and those behind the queries it runs.
    pub fn touches(self, op: OpRef<'db>) -> Vec<(Access, Def, Loc)> {
        let mut touches: Vec<(Access, Def, Loc)> = op
            .op
            .touches
            .iter()
            .filter_map(|touch| {
                let def = self.def(op.def.item, &touch.entity)?;
                Some((touch.access, def, touch.entity.loc.clone()))
            })
            .collect();
        for run in &op.op.runs {
            let Some(query) = self.def(op.def.item, &run.query) else {
                continue;
            };
            if let Some(entity) = self.query_entity(query) {
                touches.push((Access::Reads, entity, run.query.loc.clone()));
            }
        }
        touches
    }

    /// The entity that a query reads: the one of its return type.
    pub fn query_entity(self, query: Def) -> Option<Def> {
        self.entity_of(query.item, &query.query(self.db)?.returns)
    }

    /// The entity behind a type: itself, `ref`, `new`, `patch`, `page`, a list of it, or a projection of it.
    pub fn entity_of(self, item: Item, ty: &Ty) -> Option<Def> {
        match &ty.kind {
            TyKind::List(inner) => self.entity_of(item, inner),
            TyKind::Named(reference)
            | TyKind::Ref(reference)
            | TyKind::New(reference)
            | TyKind::Patch(reference)
            | TyKind::Page(reference) => {
                let def = self.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])?;
                if def.entity(self.db).is_some() {
                    return Some(def);
                }
                let of = def.type_def(self.db)?.of.as_ref()?;
                self.resolve(def.item, of, &[Kind::Entity])
            }
            _ => None,
        }
    }

    /// The class of one field as it lies in the store: its attributes and its type's nature. What is inside a structure counts
    /// as it leaves.
    pub fn field_classes(self, item: Item, field: &Field) -> Classes {
        attribute_classes(field).union(self.type_classes(item, &field.ty))
    }

    /// `cls(t)`: the classes over all fields of a type, as they leave: `@masked`, `@tokenized` and `@hashed` take a class away.
    pub fn type_classes(self, item: Item, ty: &Ty) -> Classes {
        let mut classes = nature(ty);
        walk(self, item, ty, &mut |_, field| match covered(field) {
            Some(left) => {
                classes = classes.union(left);
                false
            }
            None => {
                classes = classes.union(attribute_classes(field)).union(nature(&field.ty));
                true
            }
        });
        classes
    }

    /// The class of a field as it leaves the service.
    pub fn leaving_classes(self, item: Item, field: &Field) -> Classes {
        covered(field).unwrap_or_else(|| self.field_classes(item, field))
    }

    /// The fields of an entity, type, projection or event, with their definitions.
    pub fn fields_of(self, def: Def) -> Vec<(Def, &'db Field)> {
        let all = |make: &dyn Fn(u16) -> DefKind, fields: &'db [Field]| -> Vec<(Def, &'db Field)> {
            fields
                .iter()
                .enumerate()
                .map(|(index, field)| {
                    (
                        Def {
                            item: def.item,
                            kind: make(index as u16),
                        },
                        field,
                    )
                })
                .collect()
        };
        if let (DefKind::Entity(owner), Some(entity)) = (def.kind, def.entity(self.db)) {
            return all(&|index| DefKind::EntityField(owner, index), &entity.fields);
        }
        if let (DefKind::Event(owner), Some(event)) = (def.kind, def.event(self.db)) {
            return all(&|index| DefKind::EventField(owner, index), &event.fields);
        }
        let Some(type_def) = def.type_def(self.db) else {
            return Vec::new();
        };
        if let Some(of) = &type_def.of {
            let Some(entity) = self.resolve(def.item, of, &[Kind::Entity]) else {
                return Vec::new();
            };
            return self
                .fields_of(entity)
                .into_iter()
                .filter(|(_, field)| type_def.projected.iter().any(|(name, _)| *name == field.name))
                .collect();
        }
        match def.kind {
            DefKind::Type(owner) => all(&|index| DefKind::TypeField(owner, index), &type_def.fields),
            _ => all(&DefKind::ItemField, &type_def.fields),
        }
    }

    /// The fields of an entity that carry a class, as stored.
    pub fn sensitive_fields(self, entity: Def) -> Vec<(Def, &'db Field, Classes)> {
        self.fields_of(entity)
            .into_iter()
            .map(|(def, field)| (def, field, self.field_classes(def.item, field)))
            .filter(|(_, _, classes)| classes.sensitive())
            .collect()
    }

    /// The store of an entity: the one named, or the service's only one.
    pub fn store_of(self, entity: Def) -> Option<Def> {
        let service = self.service(entity.item)?;
        match &entity.entity(self.db)?.store {
            Some(reference) => self.def(entity.item, reference),
            None if service.stores.len() == 1 => Some(Def {
                item: entity.item,
                kind: DefKind::Store(0),
            }),
            None => None,
        }
    }

    /// The physical store: following `on` to its end. Where the stores stand on each other in a circle, the first of them by name.
    pub fn physical_store(self, store: Def) -> Def {
        let mut chain = vec![store];
        loop {
            let at = chain[chain.len() - 1];
            let on = at.store(self.db).and_then(|facts| facts.on.as_ref());
            let Some(next) = on.and_then(|on| self.def(at.item, on)) else {
                return at;
            };
            if let Some(start) = chain.iter().position(|known| *known == next) {
                let circle = chain[start..].iter().copied();
                return circle.min_by_key(|store| self.qualified(*store)).unwrap_or(at);
            }
            chain.push(next);
        }
    }

    /// Whether a role is of people inside the organisation, or of services (which count as staff):
    /// by its kind, or else because it includes others.
    pub fn is_staff(self, role: Item) -> bool {
        self.role(role)
            .is_some_and(|role| role.kind.is_some() || !role.includes.is_empty())
    }

    /// The entities of people who sign in, see [`identity_entities`].
    pub fn identity_entities(self) -> &'db [Def] {
        identity_entities(self.db)
    }

    /// The regimes that the system follows.
    pub fn complies(self, regime: &str) -> bool {
        self.system()
            .is_some_and(|(_, system)| system.complies.iter().any(|(name, _)| name == regime))
    }

    /// A resolution that says why a reference is not known, for messages.
    pub fn resolution(self, item: Item, reference: &RefFact, want: &[Kind]) -> Resolution {
        resolve(self.db, item, reference, want)
    }
}

/// The classes that a field's attributes state.
fn attribute_classes(field: &Field) -> Classes {
    field.attributes.iter().fold(Classes::NONE, |classes, attribute| {
        classes.union(Classes::of_attribute(&attribute.name))
    })
}

/// The classes that a type has by itself, whatever its fields.
fn nature(ty: &Ty) -> Classes {
    match &ty.kind {
        TyKind::Scalar(name, _) => match name.as_str() {
            "email" | "phone" => Classes::PII,
            "json" | "bytes" => Classes::UNKNOWN,
            _ => Classes::NONE,
        },
        TyKind::List(inner) => nature(inner),
        _ => Classes::NONE,
    }
}

/// What is left of a field's classes where something makes it unreadable; `None` where nothing does.
fn covered(field: &Field) -> Option<Classes> {
    if field.has("masked") || field.has("tokenized") {
        return Some(Classes::NONE);
    }
    // A hash of a secret is still a credential.
    field.has("hashed").then(|| {
        if field.has("secret") {
            Classes::SECRET
        } else {
            Classes::NONE
        }
    })
}

impl Op {
    /// Whether it has a method and a path.
    pub const fn is_http(&self) -> bool {
        matches!(
            self.kind,
            OpKind::Endpoint | OpKind::Resource(_) | OpKind::Webhook
        )
    }

    /// Whether it is an endpoint, written or of a resource.
    pub const fn is_endpoint(&self) -> bool {
        matches!(self.kind, OpKind::Endpoint | OpKind::Resource(_))
    }

    /// Whether it is where a load balancer or orchestrator asks: a GET of `/health` and the like.
    pub fn is_health(&self) -> bool {
        let last = self.path.rsplit('/').next().unwrap_or_default();
        self.method == "GET" && matches!(last, "health" | "healthz" | "livez" | "readyz" | "ready" | "live")
    }

    /// Whether it is a GET of a health or metrics probe that does nothing.
    pub fn is_probe(&self) -> bool {
        let metrics = self.method == "GET" && self.path.rsplit('/').next() == Some("metrics");
        (self.is_health() || metrics)
            && self.calls.is_empty()
            && self.touches.is_empty()
            && self.runs.is_empty()
    }
}
