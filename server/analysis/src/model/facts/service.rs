//! Facts of a service and its plain members.

use archwright_grammar::ast::{Duration, Rate};
use smol_str::SmolStr;

use super::{
    Entity, EnumDef, ErrorDef, Event, Name, Op, Query, RefFact, SecretFact, Setting, Settings, TypeDef,
};
use crate::model::{def::DefKind, loc::Loc};

/// `service`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    /// `in`
    pub context: Option<RefFact>,
    /// `stack`
    pub stack: Option<(Name, Loc)>,
    /// Defaults of its operations.
    pub settings: Settings,
    /// `broker`
    pub broker: Option<RefFact>,
    /// `owner`
    pub owner: Option<RefFact>,
    /// `region`
    pub region: Option<SmolStr>,
    /// `outbox`
    pub outbox: Setting<()>,
    /// `layers`: names outer to inner, and whether `strict`.
    pub layers: Option<(Vec<Name>, bool, Loc)>,
    /// `scale`
    pub scale: Option<(i64, Option<i64>, Loc)>,
    /// `slo`
    pub slo: Option<Slo>,
    /// `kind`
    pub kind: Option<Name>,
    /// `runtime { }`
    pub runtime: Option<Runtime>,
    /// `uses` without written calls: services, contexts, vendors.
    pub uses: Vec<RefFact>,
    /// `route` of a gateway.
    pub routes: Vec<(SmolStr, RefFact)>,
    /// Members, each kind in text order.
    pub stores: Vec<Store>,
    /// Entities.
    pub entities: Vec<Entity>,
    /// Types and projections.
    pub types: Vec<TypeDef>,
    /// Enums.
    pub enums: Vec<EnumDef>,
    /// Errors.
    pub errors: Vec<ErrorDef>,
    /// Events.
    pub events: Vec<Event>,
    /// Queries.
    pub queries: Vec<Query>,
    /// Endpoints (also those of resources), handlers, jobs, webhooks.
    pub ops: Vec<Op>,
    /// Caches.
    pub caches: Vec<Cache>,
    /// Components.
    pub components: Vec<Component>,
    /// Resources: their operations are in `ops`.
    pub resources: Vec<Resource>,
    /// All members but resources, sorted by name; those of one name and kind in text order. For looking names up.
    pub by_name: Vec<(Name, DefKind)>,
}

/// `runtime { }` of a service or an environment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Runtime {
    /// `unprivileged`
    pub unprivileged: Setting<()>,
    /// `pinned`
    pub pinned: Setting<()>,
    /// `host_socket`
    pub host_socket: Setting<()>,
    /// `exposed`
    pub exposed: Setting<()>,
    /// The block's word.
    pub loc: Loc,
}

/// `slo { }`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slo {
    /// In millionths.
    pub availability: Option<u32>,
    /// Percentile and time.
    pub latency: Vec<(Name, Duration)>,
    /// `load`
    pub load: Option<Rate>,
    /// `alert`
    pub alert: Option<RefFact>,
    /// The block's word.
    pub loc: Loc,
}

/// `store`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Store {
    /// Its name.
    pub name: Name,
    /// `postgres` …
    pub kind: Name,
    /// The store it is one physical database with.
    pub on: Option<RefFact>,
    /// `encrypted`
    pub encrypted: Setting<()>,
    /// `backup`: interval and how long it is kept.
    pub backup: Setting<(Name, Option<Duration>)>,
    /// `replicas`
    pub replicas: Option<i64>,
    /// `pool`
    pub pool: Option<i64>,
    /// `connections`: how many it takes, or none behind a pooler.
    pub connections: Option<Option<i64>>,
    /// `tls`
    pub tls: Setting<()>,
    /// `rpo`
    pub rpo: Option<Duration>,
    /// `rto`
    pub rto: Option<Duration>,
    /// `region`
    pub region: Option<SmolStr>,
    /// `url`, `user`, `password`
    pub url: Option<SecretFact>,
    /// `user`
    pub user: Option<SecretFact>,
    /// `password`
    pub password: Option<SecretFact>,
    /// `auth`
    pub auth: Setting<Vec<RefFact>>,
    /// The name.
    pub loc: Loc,
}

/// `resource`
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// Its entity.
    pub entity: RefFact,
    /// `at`
    pub path: SmolStr,
    /// Which of the service's ops are its own.
    pub ops: Vec<u16>,
    /// The head.
    pub loc: Loc,
}

/// `cache`
#[derive(Debug, Clone, PartialEq)]
pub struct Cache {
    /// Its name.
    pub name: Name,
    /// Of which query.
    pub query: RefFact,
    /// `ttl`
    pub ttl: Option<Duration>,
    /// `invalidated by`
    pub invalidated: Vec<RefFact>,
    /// The name.
    pub loc: Loc,
}

/// `component`
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its name.
    pub name: Name,
    /// Its layer, and where that is said.
    pub layer: (Name, Loc),
    /// `uses`
    pub uses: Vec<RefFact>,
    /// The name.
    pub loc: Loc,
}
