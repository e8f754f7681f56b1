//! What one item says, without spans: the input of every check.
//!
//! Two texts that say the same give equal facts; that equality is what stops the work after an edit.
//! Every fact carries a [`Loc`], the way back to the text.

use std::sync::Arc;

use archwright_grammar::{
    ast::{CompareOp, Date, Duration, Literal, Rate},
    vocabulary::Kind,
};
use smallvec::SmallVec;
use smol_str::SmolStr;

use super::loc::Loc;

/// A name as written.
pub type Name = SmolStr;

/// What one item says.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFacts {
    /// Which item word.
    pub kind: Kind,
    /// The declared name; empty after an error.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// What it says.
    pub body: Body,
    /// Waivers anywhere in the item.
    pub waivers: Vec<Waiver>,
    /// Whether the item has a syntax error: then nothing absent may be held against it.
    pub broken: bool,
}

/// An item's content, by kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `system`
    System(Arc<System>),
    /// `team`: contact.
    Team(Option<SmolStr>),
    /// `role`
    Role(Role),
    /// `auth`
    Auth(Arc<Auth>),
    /// `context`
    Context(Arc<Context>),
    /// `service`
    Service(Arc<Service>),
    /// `type` at top level.
    Type(TypeDef),
    /// `enum` at top level.
    Enum(EnumDef),
    /// `error` at top level.
    Error(ErrorDef),
    /// `vendor`
    Vendor(Arc<Vendor>),
    /// `client`
    Client(Arc<Client>),
    /// `broker`
    Broker(Arc<Broker>),
    /// `policy`
    Policy(Arc<Policy>),
    /// `decision`
    Decision(Arc<Decision>),
    /// `environment`
    Environment(Arc<Environment>),
    /// The kind of item could not be told.
    Unknown,
}

/// A reference as written, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RefFact {
    /// Segments.
    pub path: SmallVec<[Name; 3]>,
    /// `context` or `service` … written before it.
    pub kind: Option<Name>,
    /// Where.
    pub loc: Loc,
}

impl RefFact {
    /// The dotted text.
    pub fn text(&self) -> String {
        self.path.join(".")
    }
}

/// A setting that is inherited: the three states are kept apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Setting<T> {
    /// Not said here.
    #[default]
    Absent,
    /// Said to be off.
    Off(Loc),
    /// Said.
    Set(T, Loc),
}

impl<T> Setting<T> {
    /// The value, if set.
    pub const fn set(&self) -> Option<&T> {
        match self {
            Self::Set(value, _) => Some(value),
            _ => None,
        }
    }

    /// Whether nothing is said here.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether it is said to be off.
    pub const fn is_off(&self) -> bool {
        matches!(self, Self::Off(_))
    }

    /// Where it is said.
    pub const fn loc(&self) -> Option<&Loc> {
        match self {
            Self::Absent => None,
            Self::Off(loc) | Self::Set(_, loc) => Some(loc),
        }
    }

    /// This one, or where it is absent the outer one.
    pub const fn or<'a>(&'a self, outer: &'a Self) -> &'a Self {
        if self.is_absent() { outer } else { self }
    }
}

/// Settings that endpoint, service and system share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// `auth …`; off = `auth none`.
    pub auth: Setting<Vec<RefFact>>,
    /// `limit`
    pub limit: Setting<Limit>,
    /// `timeout`
    pub timeout: Setting<Duration>,
    /// `audited`
    pub audited: Setting<()>,
    /// `observe`
    pub observe: Setting<Vec<Name>>,
    /// `tls`
    pub tls: Setting<()>,
}

/// `limit 60 per minute by caller`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// How often.
    pub rate: Rate,
    /// `caller`, `ip` or `key`.
    pub by: Option<Name>,
}

/// `waive RULE until DATE because "…"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule's id, dotted.
    pub rule: SmolStr,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The reason.
    pub because: Option<SmolStr>,
    /// The statement.
    pub loc: Loc,
}

/// `system`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct System {
    /// `stack`
    pub stack: Option<(Name, Loc)>,
    /// `complies`
    pub complies: Vec<(Name, Loc)>,
    /// Defaults.
    pub settings: Settings,
    /// `broker`
    pub broker: Option<RefFact>,
    /// `owner`
    pub owner: Option<RefFact>,
    /// `region`
    pub region: Option<SmolStr>,
    /// `outbox`
    pub outbox: Setting<()>,
}

/// `role`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Role {
    /// `staff`, `service`, or none: a person outside.
    pub kind: Option<Name>,
    /// Roles whose rights it has too.
    pub includes: Vec<RefFact>,
}

/// `auth`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Auth {
    /// `cookie`, `jwt` …
    pub kind: Name,
    /// `issuer`
    pub issuer: Option<RefFact>,
    /// `lifetime`
    pub lifetime: Option<Duration>,
    /// `idle`
    pub idle: Option<Duration>,
    /// `mfa`
    pub mfa: Vec<RefFact>,
    /// `header`
    pub header: Option<SmolStr>,
    /// `query`
    pub query: Option<SmolStr>,
    /// `key`
    pub key: Option<SecretFact>,
    /// `rotate`
    pub rotate: Option<Duration>,
    /// `password { }`
    pub password: Option<PasswordRules>,
}

/// `password { }` of a scheme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordRules {
    /// `min`
    pub min: Option<i64>,
    /// `breached`
    pub breached: Option<Name>,
    /// `history`
    pub history: Option<i64>,
    /// `lockout`
    pub lockout: Option<Rate>,
    /// The block's word.
    pub loc: Loc,
}

/// A place for a secret, and what is written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFact {
    /// The name in `secret("NAME")`, or the literal.
    pub text: SmolStr,
    /// Whether it is a literal: for `url` and `user` that is normal, for `key` and `password` it is not.
    pub literal: bool,
    /// Where.
    pub loc: Loc,
}

/// `context`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Context {
    /// `uses`
    pub uses: Vec<ContextUse>,
    /// `term`
    pub terms: Vec<(SmolStr, SmolStr)>,
}

/// One context in a `uses`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextUse {
    /// Which.
    pub context: RefFact,
    /// `via`
    pub via: Option<Name>,
}

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

/// `entity`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entity {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// `in`
    pub store: Option<RefFact>,
    /// Fields.
    pub fields: Vec<Field>,
    /// `unique ( )`
    pub uniques: Vec<Vec<RefFact>>,
    /// `index ( )`
    pub indexes: Vec<Vec<RefFact>>,
    /// `visible where`
    pub visible: Option<(ExprFact, Loc)>,
    /// `retain`
    pub retain: Option<Retain>,
    /// `partition by`
    pub partition: Option<(RefFact, Option<Name>)>,
    /// `rows` and growth.
    pub rows: Option<(i64, Option<Rate>)>,
    /// `purpose`
    pub purpose: Option<SmolStr>,
    /// `reference`
    pub reference: Option<Loc>,
    /// The name.
    pub loc: Loc,
}

/// `retain`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retain {
    /// How long.
    pub time: Duration,
    /// `erase`, `anonymize`, `archive`
    pub then: Option<Name>,
    /// A legal hold's reason.
    pub because: Option<SmolStr>,
    /// The statement.
    pub loc: Loc,
}

/// A field of an entity, type or event, or of an inline type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// Its type.
    pub ty: Ty,
    /// `= …` or `@default(…)`
    pub default: Option<ExprFact>,
    /// `@…`
    pub attributes: Vec<AttributeFact>,
    /// The name.
    pub loc: Loc,
}

impl Field {
    /// Whether it has the attribute.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|found| found.name == attribute)
    }
}

/// `@name(args)`
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeFact {
    /// Without the `@`.
    pub name: Name,
    /// Arguments.
    pub args: Vec<AttributeArgFact>,
    /// All of it.
    pub loc: Loc,
}

/// An argument of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeArgFact {
    /// A value, named or not.
    Value(Option<Name>, ExprFact),
    /// `3..10`
    Range(i64, Option<i64>),
}

/// A type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ty {
    /// What.
    pub kind: TyKind,
    /// `?`
    pub optional: bool,
}

/// The forms of a type.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum TyKind {
    /// A scalar (`uuid`, `decimal` with its two numbers …). A name that is a scalar is always the scalar.
    Scalar(Name, Vec<i64>),
    /// A type, enum or entity.
    Named(RefFact),
    /// `ref E`
    Ref(RefFact),
    /// `new E`
    New(RefFact),
    /// `patch E`
    Patch(RefFact),
    /// `page E`
    Page(RefFact),
    /// `[T]`
    List(Box<Ty>),
    /// `{ … }`
    Inline(Vec<Field>),
    /// Could not be read.
    #[default]
    Error,
}

/// `type`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TypeDef {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// The entity it is a projection of; then `projected` says which fields.
    pub of: Option<RefFact>,
    /// Fields of an ordinary type.
    pub fields: Vec<Field>,
    /// Names kept by a projection.
    pub projected: Vec<(Name, Loc)>,
    /// The name.
    pub loc: Loc,
}

/// `enum`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnumDef {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// Members.
    pub members: Vec<(Name, Loc)>,
    /// The name.
    pub loc: Loc,
}

/// `error`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorDef {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// HTTP status.
    pub status: i64,
    /// Text.
    pub message: SmolStr,
    /// The name.
    pub loc: Loc,
}

/// `event`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// `vN`
    pub version: Option<u32>,
    /// `key`
    pub key: Vec<RefFact>,
    /// Payload.
    pub fields: Vec<Field>,
    /// `deprecated`
    pub deprecated: Option<Deprecated>,
    /// The name.
    pub loc: Loc,
}

/// `query`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// Parameters.
    pub params: Vec<Param>,
    /// What it gives.
    pub returns: Ty,
    /// `where`
    pub predicate: Option<(ExprFact, Loc)>,
    /// `order`: field, and whether descending.
    pub order: Vec<(RefFact, bool)>,
    /// `limit`
    pub limit: Option<i64>,
    /// The name.
    pub loc: Loc,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type; an undeclared path parameter has none.
    pub ty: Option<Ty>,
    /// The default.
    pub default: Option<ExprFact>,
    /// Attributes.
    pub attributes: Vec<AttributeFact>,
    /// Where it comes from.
    pub from: ParamFrom,
    /// All of it.
    pub loc: Loc,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ParamFrom {
    /// The path.
    Path,
    /// The query string, or a query's own parameter.
    #[default]
    Query,
    /// The request's body.
    Body,
}

/// What sort of operation an [`Op`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpKind {
    /// `endpoint`
    Endpoint,
    /// An operation of a `resource`.
    Resource(ResourceOp),
    /// `on`
    Handler,
    /// `job`
    Job,
    /// `webhook`
    Webhook,
}

/// The five operations of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResourceOp {
    /// GET of a page.
    List,
    /// GET of one.
    Get,
    /// POST.
    Create,
    /// PATCH.
    Update,
    /// DELETE.
    Delete,
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

/// An endpoint, handler, job or webhook.
#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// Which sort.
    pub kind: OpKind,
    /// Its name; for resources `list_orders` and so on.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// HTTP method; empty for handlers and jobs.
    pub method: Name,
    /// Path; empty for handlers and jobs.
    pub path: SmolStr,
    /// Names of the path's parameters, in order, and where they stand.
    pub path_params: Vec<(Name, Loc)>,
    /// Declared parameters and, behind them, path parameters that were not declared.
    pub params: Vec<Param>,
    /// What it answers.
    pub returns: Option<(Ty, Loc)>,
    /// `auth`, `limit`, `timeout`, `audited`, `observe`, `tls` as said here.
    pub settings: Settings,
    /// `allow`
    pub allow: Vec<Allow>,
    /// `public`: the reason, if given.
    pub public: Option<(Option<SmolStr>, Loc)>,
    /// `internal`
    pub internal: Option<Loc>,
    /// `safe`
    pub safe: Option<Loc>,
    /// `issues`
    pub issues: Vec<RefFact>,
    /// `idempotent`, and by which fields.
    pub idempotent: Option<(Vec<RefFact>, Loc)>,
    /// `reads`, `writes`, `deletes`, `erases`; for a resource's operation also what it implies.
    pub touches: Vec<Touch>,
    /// `runs`
    pub runs: Vec<Run>,
    /// `calls`
    pub calls: Vec<Call>,
    /// `sends`
    pub sends: Vec<Send>,
    /// `emits`
    pub emits: Vec<RefFact>,
    /// `errors`
    pub errors: Vec<RefFact>,
    /// `log`
    pub log: Vec<RefFact>,
    /// `paginate`: `cursor` or `offset`, and the largest page.
    pub paginate: Option<(Name, Option<i64>, Loc)>,
    /// `cache`
    pub cache: Option<(Duration, Loc)>,
    /// `filter`
    pub filter: Vec<RefFact>,
    /// `version`
    pub version: Option<u32>,
    /// `deprecated`
    pub deprecated: Option<Deprecated>,
    /// `retry`
    pub retry: Option<Retry>,
    /// `dead_letter`: set with the team to alert, or off.
    pub dead_letter: Setting<Option<RefFact>>,
    /// `ordered`
    pub ordered: Option<Loc>,
    /// `verify`: header and window.
    pub verify: Option<(SmolStr, Option<Duration>, Loc)>,
    /// The event of a handler.
    pub event: Option<RefFact>,
    /// The vendor of a webhook.
    pub vendor: Option<RefFact>,
    /// When a job runs.
    pub schedule: Option<Schedule>,
    /// The entity of a resource.
    pub entity: Option<RefFact>,
    /// The name (for a resource's operation its word).
    pub loc: Loc,
}

/// When a job runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// `every`
    Every(Duration),
    /// `cron`
    Cron(SmolStr),
    /// `at startup`
    Startup,
}

/// `deprecated`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecated {
    /// Why.
    pub because: SmolStr,
    /// When it goes.
    pub sunset: Option<Date>,
    /// The statement.
    pub loc: Loc,
}

/// `allow`
#[derive(Debug, Clone, PartialEq)]
pub struct Allow {
    /// The role; none is `any`.
    pub role: Option<RefFact>,
    /// `where`
    pub predicate: Option<ExprFact>,
    /// The statement.
    pub loc: Loc,
}

/// How an entity is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Access {
    /// `reads`
    Reads,
    /// `writes`
    Writes,
    /// `deletes`
    Deletes,
    /// `erases`
    Erases,
}

impl Access {
    /// The statement's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Deletes => "deletes",
            Self::Erases => "erases",
        }
    }

    /// Whether it changes anything.
    pub const fn changes(self) -> bool {
        !matches!(self, Self::Reads)
    }
}

/// One entity in a `reads`, `writes`, `deletes` or `erases`.
#[derive(Debug, Clone, PartialEq)]
pub struct Touch {
    /// How.
    pub access: Access,
    /// What.
    pub entity: RefFact,
    /// Vendors after `at`.
    pub at: Vec<RefFact>,
    /// Whether a resource implies it rather than a statement saying it.
    pub implied: bool,
}

/// `runs`
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Which query.
    pub query: RefFact,
    /// With which arguments; `None` where no parentheses are written.
    pub args: Option<Vec<ExprFact>>,
    /// The statement.
    pub loc: Loc,
}

/// `calls`
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// An endpoint or a vendor.
    pub target: RefFact,
    /// `timeout`
    pub timeout: Setting<Duration>,
    /// `retry`
    pub retry: Option<Retry>,
    /// `breaker`
    pub breaker: Option<Loc>,
    /// `fallback`
    pub fallback: Option<Name>,
    /// `parallel`
    pub parallel: bool,
    /// `as`
    pub identity: Option<CallIdentity>,
    /// `with`
    pub with: Option<RefFact>,
    /// `tls`
    pub tls: Setting<()>,
    /// `compensated by`
    pub compensated: Option<RefFact>,
    /// The statement.
    pub loc: Loc,
}

/// `as caller`, `as system because "…"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallIdentity {
    /// The user's identity travels along.
    Caller,
    /// The service acts in its own name; the reason.
    System(Option<SmolStr>),
}

/// `retry`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// How often.
    pub count: i64,
    /// Shortest and longest pause.
    pub backoff: Option<(Duration, Duration)>,
    /// The statement.
    pub loc: Loc,
}

/// `sends`
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// Paths of fields.
    pub data: Vec<RefFact>,
    /// To whom.
    pub vendor: RefFact,
    /// The statement.
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

/// `vendor`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vendor {
    /// A catalogue kind, or `http`.
    pub kind: Name,
    /// `receives`
    pub receives: Vec<RefFact>,
    /// `agreement`
    pub agreements: Vec<(Name, Option<Date>, Loc)>,
    /// `region`
    pub region: Option<SmolStr>,
    /// `timeout`
    pub timeout: Setting<Duration>,
    /// `retry`
    pub retry: Option<Retry>,
    /// `breaker`
    pub breaker: Option<Loc>,
    /// `fallback`
    pub fallback: Option<Name>,
    /// `tls`
    pub tls: Setting<()>,
    /// `url`
    pub url: Option<SecretFact>,
    /// `key`
    pub key: Option<SecretFact>,
    /// `password`
    pub password: Option<SecretFact>,
}

/// `client`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Client {
    /// `web` …
    pub kind: Name,
    /// `auth`
    pub auth: Setting<Vec<RefFact>>,
    /// `uses`: endpoints, or services as a whole.
    pub uses: Vec<RefFact>,
    /// `listens`
    pub listens: Vec<RefFact>,
}

/// `broker`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Broker {
    /// `nats` …
    pub kind: Name,
    /// `tls`
    pub tls: Setting<()>,
    /// `url`
    pub url: Option<SecretFact>,
    /// `password`
    pub password: Option<SecretFact>,
}

/// `policy`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Policy {
    /// Chains, top to bottom: each entry one level.
    pub layers: Vec<(Vec<Vec<RefFact>>, Loc)>,
    /// `deny` and `allow`, in text order.
    pub lines: Vec<PolicyLine>,
}

/// `deny A -> B`, `allow A -> B`
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyLine {
    /// Whether it denies.
    pub deny: bool,
    /// From; none is `*`.
    pub from: Option<RefFact>,
    /// To; none is `*`.
    pub to: Option<RefFact>,
    /// Why.
    pub because: Option<SmolStr>,
    /// The statement.
    pub loc: Loc,
}

/// `decision`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// Its title.
    pub title: SmolStr,
    /// `proposed`, `accepted` …
    pub status: Option<(Name, Option<Date>)>,
    /// `affects`
    pub affects: Vec<RefFact>,
    /// `supersedes`
    pub supersedes: Vec<RefFact>,
}

/// `environment`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Environment {
    /// `kubernetes` …
    pub platform: Option<Name>,
    /// `region`
    pub region: Option<SmolStr>,
    /// `scale`
    pub scales: Vec<(RefFact, i64, Option<i64>)>,
    /// `data from`, and whether `masked`.
    pub data_from: Option<(RefFact, bool)>,
}

/// A predicate or value.
#[derive(Debug, Clone, PartialEq)]
pub struct ExprFact {
    /// What.
    pub kind: ExprFactKind,
    /// Where.
    pub loc: Loc,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprFactKind {
    /// `a and b`
    And(Box<ExprFact>, Box<ExprFact>),
    /// `a or b`
    Or(Box<ExprFact>, Box<ExprFact>),
    /// `not a`
    Not(Box<ExprFact>),
    /// `a == b` …
    Compare(Box<ExprFact>, CompareOp, Box<ExprFact>),
    /// `a in [b]`
    In(Box<ExprFact>, Vec<ExprFact>),
    /// `a is null`; `true` for `is not null`.
    IsNull(Box<ExprFact>, bool),
    /// `a + b`
    Add(Box<ExprFact>, Box<ExprFact>),
    /// `a - b`
    Sub(Box<ExprFact>, Box<ExprFact>),
    /// A field, parameter or enum member.
    Ref(RefFact),
    /// `now`
    Now,
    /// `caller.…`
    Caller(Name),
    /// `name(args)`
    Call(Name, Vec<ExprFact>),
    /// A literal.
    Literal(Literal),
    /// Could not be read.
    Error,
}

impl ExprFact {
    /// Calls `each` for this expression and everything inside it, parents first.
    pub fn walk<'a>(&'a self, each: &mut impl FnMut(&'a Self)) {
        each(self);
        match &self.kind {
            ExprFactKind::And(left, right)
            | ExprFactKind::Or(left, right)
            | ExprFactKind::Compare(left, _, right)
            | ExprFactKind::Add(left, right)
            | ExprFactKind::Sub(left, right) => {
                left.walk(each);
                right.walk(each);
            }
            ExprFactKind::Not(inner) | ExprFactKind::IsNull(inner, _) => inner.walk(each),
            ExprFactKind::In(inner, list) => {
                inner.walk(each);
                for element in list {
                    element.walk(each);
                }
            }
            ExprFactKind::Call(_, args) => {
                for argument in args {
                    argument.walk(each);
                }
            }
            ExprFactKind::Ref(_)
            | ExprFactKind::Now
            | ExprFactKind::Caller(_)
            | ExprFactKind::Literal(_)
            | ExprFactKind::Error => {}
        }
    }

    /// Whether `caller.<field>` occurs.
    pub fn mentions_caller(&self, field: &str) -> bool {
        let mut found = false;
        self.walk(&mut |expr| {
            found |= matches!(&expr.kind, ExprFactKind::Caller(name) if name == field);
        });
        found
    }
}
