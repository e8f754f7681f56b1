//! What a service depends on: the places in it that name something of another service, a context or a vendor.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    cx::Cx,
    def::Def,
    facts::Body,
    loc::{Loc, Part},
    resolve::resolve,
    resolved::element,
};
use crate::db::{Db, Item, facts, items_of, parsed, resolved};

/// Which side of a boundary a service is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Home {
    /// In a context.
    Context(Item),
    /// In none: the service is a context of its own.
    Alone(Item),
    /// In one that nobody knows: nothing can be said.
    Unknown,
}

/// One place that makes a service depend on something else.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependency {
    /// Which kind of statement, field or member names it.
    pub via: Kind,
    /// The statement, the field, or the name of the member.
    pub loc: Loc,
    /// What is named: in another service, or a context or vendor itself.
    pub target: Def,
    /// The qualified name of the member that names it.
    pub element: SmolStr,
}

impl Dependency {
    /// Whether it binds at run time: a call or an access to data, rather than a type or an event.
    pub const fn binding(&self) -> bool {
        matches!(
            self.via,
            Kind::Calls
                | Kind::Compensated
                | Kind::Route
                | Kind::ServiceUses
                | Kind::Reads
                | Kind::Writes
                | Kind::Deletes
                | Kind::Runs
                | Kind::Resource
                | Kind::Cache
        )
    }

    /// What it does, for messages: "`Orders.bill` calls `Billing.issue`".
    pub fn says(&self, cx: Cx<'_>) -> String {
        let verb = match self.via {
            Kind::Calls => "calls",
            Kind::Compensated => "undoes its call with",
            Kind::Route => "forwards to",
            Kind::Reads => "reads",
            Kind::Writes => "writes",
            Kind::Deletes => "deletes",
            Kind::Runs => "runs",
            Kind::Resource => "serves",
            Kind::Cache => "caches",
            Kind::Emits => "emits",
            Kind::Handler => "reacts to",
            Kind::Invalidated => "is invalidated by",
            Kind::Erases => "erases",
            // A field of an entity leaves; a vendor gets it.
            Kind::Sends if self.target.parent().is_some() => "sends",
            Kind::Sends => "sends data to",
            Kind::Errors => "answers with",
            Kind::ServiceUses => "uses",
            _ => "refers to",
        };
        format!("`{}` {verb} `{}`", self.element, cx.qualified(self.target))
    }
}

/// Where a service stands.
#[salsa::tracked(returns(copy))]
pub fn home(db: &dyn Db, service: Item) -> Home {
    let facts = facts(db, service);
    let Body::Service(body) = &facts.body else {
        return Home::Unknown;
    };
    match &body.context {
        // The `in` of a half-typed head may just be missing yet.
        None if facts.broken => Home::Unknown,
        None => Home::Alone(service),
        Some(context) => match resolve(db, service, context, &[Kind::Context]).found() {
            Some(def) => Home::Context(def.item),
            None => Home::Unknown,
        },
    }
}

/// Where the service, or context, that a definition is in stands; `None` for everything that is in no service.
pub fn home_of(db: &dyn Db, target: Def) -> Option<Home> {
    match facts(db, target.item).kind {
        Kind::Service => Some(home(db, target.item)),
        Kind::Context => Some(Home::Context(target.item)),
        _ => None,
    }
}

/// Whether the blueprint has any context.
#[salsa::tracked(returns(copy))]
pub fn has_contexts(db: &dyn Db) -> bool {
    !items_of(db, Kind::Context).is_empty()
}

/// What a service depends on, in text order: one entry per statement, field or member and per thing it is in.
#[salsa::tracked(returns(ref))]
pub fn dependencies(db: &dyn Db, item: Item) -> Arc<[Dependency]> {
    let mut found: Vec<Dependency> = Vec::new();
    let tree = parsed(db, item);
    let item_facts = facts(db, item);
    if item_facts.kind != Kind::Service {
        return Arc::from(found);
    }
    for (loc, target) in resolved(db, item).refs() {
        if target.item == item {
            continue;
        }
        let (Some(node), Part::Ref(argument, _)) = (loc.node(tree), loc.part) else {
            continue;
        };
        let slot = node
            .args
            .get(usize::from(argument))
            .map_or("", |argument| argument.slot);
        if !names_dependency(node.kind(), slot, *target, db) {
            continue;
        }
        // References are sorted by place, so those of one statement stand together.
        let mut siblings = found.iter().rev().take_while(|known| known.loc.path == loc.path);
        if siblings.any(|known| known.target.item == target.item) {
            continue;
        }
        let part = match node.kind() {
            Kind::Field | Kind::Endpoint | Kind::Query | Kind::Type | Kind::Cache => Part::Name,
            _ => Part::Head,
        };
        found.push(Dependency {
            via: node.kind(),
            loc: loc.with(part),
            target: *target,
            element: element(item_facts, &loc.path, tree.node.as_ref()),
        });
    }
    Arc::from(found)
}

/// Whether a reference in a slot of such a node, to such a thing, makes its service depend on it.
fn names_dependency(node: Kind, slot: &str, target: Def, db: &dyn Db) -> bool {
    let inside = facts(db, target.item).kind;
    match (node, slot) {
        (Kind::Calls | Kind::ServiceUses, "target") | (Kind::Sends, "vendor") => {
            matches!(inside, Kind::Service | Kind::Context | Kind::Vendor)
        }
        (Kind::Compensated | Kind::Route, "target")
        | (Kind::Reads | Kind::Writes | Kind::Deletes | Kind::Erases | Kind::Resource, "entity")
        | (Kind::Runs | Kind::Cache, "query")
        | (Kind::Emits | Kind::Handler | Kind::Invalidated, "event")
        | (Kind::Errors, "error")
        | (Kind::Sends, "data")
        | (Kind::Type, "of") => inside == Kind::Service,
        // Defaults and predicates name fields and enum members, which came with the type.
        (Kind::Field, "type") | (Kind::Endpoint | Kind::Query, "param" | "returns") => {
            inside == Kind::Service && matches!(target.word_kind(db), Kind::Entity | Kind::Type | Kind::Enum)
        }
        _ => false,
    }
}

/// The first place at which one service depends on another.
#[salsa::tracked(returns(ref))]
pub fn first_dependency(db: &dyn Db) -> Option<(Item, Dependency)> {
    items_of(db, Kind::Service).iter().find_map(|&service| {
        let found = dependencies(db, service)
            .iter()
            .find(|found| facts(db, found.target.item).kind == Kind::Service)?;
        Some((service, found.clone()))
    })
}
