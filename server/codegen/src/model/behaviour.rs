//! What behaviours do (effects), and the behaviours that are not endpoints: queries, handlers, jobs, webhooks.

use serde::{Deserialize, Serialize};

use super::{Deprecation, DurationModel, EntityTarget, Expr, FieldModel, ParamModel, PathModel, TypeModel};

/// The statements that every behaviour may have: data touched, calls made, messages sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Effects {
    /// `reads Order`.
    pub reads: Vec<EntityUse>,
    /// `writes Order`.
    pub writes: Vec<EntityUse>,
    /// `deletes Order`.
    pub deletes: Vec<EntityUse>,
    /// `erases Patient`, `erases Patient at Postmark`.
    pub erases: Vec<ErasureUse>,
    /// `runs open_orders(id)`.
    pub runs: Vec<RunModel>,
    /// `calls Catalog.price { … }`.
    pub calls: Vec<CallModel>,
    /// `sends Order.patient_email to Postmark`.
    pub sends: Vec<SendModel>,
    /// `emits OrderPlaced`.
    pub emits: Vec<EventUse>,
    /// `log id, status`: names of fields or parameters.
    pub log: Vec<String>,
    /// `audited`: effective after inheritance.
    pub audited: bool,
}

/// An entity that is read, written or deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntityUse {
    /// Which one.
    pub target: EntityTarget,
}

/// `erases E [at Vendor]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ErasureUse {
    /// Whose data.
    pub target: EntityTarget,
    /// The vendor that must erase too.
    pub vendor: Option<String>,
}

/// `runs open_orders(id)`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunModel {
    /// The query's qualified name.
    pub query: String,
    /// The query's own name.
    pub name: String,
    /// Arguments in the order of the query's parameters; empty when same-named parameters are passed on.
    pub args: Vec<Expr>,
}

/// `calls Catalog.price { timeout 300ms; retry 2 backoff 50ms..1s; breaker; fallback cached }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallModel {
    /// Qualified name of the endpoint, or the vendor's name.
    pub target: String,
    /// The service or vendor that is called.
    pub party: String,
    /// Whether `party` is a vendor.
    pub vendor: bool,
    /// Method of the endpoint; empty for a vendor.
    pub method: String,
    /// Path of the endpoint; `None` for a vendor.
    pub path: Option<PathModel>,
    /// `timeout`.
    pub timeout: Option<DurationModel>,
    /// `retry`.
    pub retry: Option<RetryModel>,
    /// `breaker`.
    pub breaker: bool,
    /// `fallback`.
    pub fallback: Option<Fallback>,
    /// `as caller`, `as system`.
    pub identity: Option<Identity>,
    /// `with Mesh`: the scheme presented.
    pub with: Option<String>,
    /// `compensated by Billing.refund`: qualified name.
    pub compensated_by: Option<String>,
    /// `parallel`.
    pub parallel: bool,
}

/// `retry 2 backoff 50ms..1s`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetryModel {
    /// How often, after the first try.
    pub times: u32,
    /// The first pause.
    pub backoff_min: Option<DurationModel>,
    /// The longest pause.
    pub backoff_max: Option<DurationModel>,
}

/// `fallback cached|default|queue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// The last good answer.
    Cached,
    /// A default answer.
    Default,
    /// Done later.
    Queue,
}

/// As whom a call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// The user's identity travels along.
    Caller,
    /// The service's own.
    System,
}

/// `sends Order.patient_email to Postmark`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SendModel {
    /// Qualified name of what leaves: `Orders.Order.patient_email`.
    pub what: String,
    /// The vendor.
    pub vendor: String,
}

/// An event that is emitted or handled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventUse {
    /// Qualified name with version: `Orders.OrderPlaced.v1`.
    pub id: String,
    /// The service that declares it.
    pub service: String,
    /// The event's own name.
    pub name: String,
    /// Whether the service being generated declares it.
    pub local: bool,
}

/// `event OrderPlaced v1 { key order; … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventModel {
    /// Qualified name with version: `Orders.OrderPlaced.v1`.
    pub id: String,
    /// The event's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// The version; 1 when none is written.
    pub version: u32,
    /// The broker that carries it, after inheritance.
    pub broker: Option<String>,
    /// `key order`: field names.
    pub key: Vec<String>,
    /// Its fields.
    pub fields: Vec<FieldModel>,
    /// Going away.
    pub deprecated: Option<Deprecation>,
}

/// `on Billing.InvoicePaid as settle { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandlerModel {
    /// Qualified name: `Orders.settle`.
    pub id: String,
    /// The handler's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// What it handles.
    pub event: EventUse,
    /// The event's fields, resolved (also where the event is another service's).
    pub event_fields: Vec<FieldModel>,
    /// `idempotent by invoice`: a field of the event.
    pub idempotent_by: Option<String>,
    /// `retry`.
    pub retry: Option<RetryModel>,
    /// `dead_letter`.
    pub dead_letter: DeadLetter,
    /// `ordered`: by the event's key.
    pub ordered: bool,
    /// `timeout`.
    pub timeout: Option<DurationModel>,
    /// What it does.
    pub effects: Effects,
}

/// What happens to a message that cannot be handled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeadLetter {
    /// Never said.
    #[default]
    Absent,
    /// `dead_letter off`: losing it is accepted.
    Off,
    /// Kept, with somebody alerted.
    Kept {
        /// `alert CareTeam`.
        #[serde(default)]
        alert: Option<String>,
    },
}

/// `job purge_drafts every 1d { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobModel {
    /// Qualified name: `Orders.purge_drafts`.
    pub id: String,
    /// The job's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// When it runs.
    pub schedule: Schedule,
    /// `timeout`.
    pub timeout: Option<DurationModel>,
    /// What it does.
    pub effects: Effects,
}

/// When a job runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    /// `at startup`.
    #[default]
    Startup,
    /// `every 1d`.
    Every {
        /// The pause between two runs.
        interval: DurationModel,
    },
    /// `cron "0 3 * * *"`.
    Cron {
        /// The line, as written.
        line: String,
    },
}

/// `webhook stripe_events from Stripe POST /webhooks/stripe { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookModel {
    /// Qualified name: `Billing.stripe_events`.
    pub id: String,
    /// The webhook's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// Who sends.
    pub vendor: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: PathModel,
    /// `verify signature "…" within 5m`.
    pub verify: Option<VerifyModel>,
    /// `idempotent`.
    pub idempotent: bool,
    /// What it does.
    pub effects: Effects,
}

/// How a webhook proves where it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VerifyModel {
    /// The header that carries the signature.
    pub header: String,
    /// How old a signed request may be.
    pub within: Option<DurationModel>,
}

/// `query signups_since (start: instant) -> [User] { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueryModel {
    /// Qualified name: `Accounts.signups_since`.
    pub id: String,
    /// The query's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// Its parameters.
    pub params: Vec<ParamModel>,
    /// The entity whose rows it reads, by its own name.
    pub entity: String,
    /// `where …`. The entity's `visible where` holds as well and is not repeated here.
    pub predicate: Option<Expr>,
    /// `order created_at desc`.
    pub order: Vec<SortKey>,
    /// `limit 100`.
    pub limit: Option<u64>,
    /// What it gives back.
    pub returns: TypeModel,
}

/// One key of an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SortKey {
    /// A field's name.
    pub field: String,
    /// `desc`.
    pub descending: bool,
}

/// `cache open_orders_cache of open_orders { ttl 5m; invalidated by OrderPlaced }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheModel {
    /// Qualified name.
    pub id: String,
    /// The cache's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// The query (or other element) it holds, by qualified name.
    pub of: String,
    /// `ttl`.
    pub ttl: Option<DurationModel>,
    /// `invalidated by`: events.
    pub invalidated_by: Vec<EventUse>,
}

/// `component Pricing in domain { uses Rates }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ComponentModel {
    /// Qualified name.
    pub id: String,
    /// The component's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// Its layer.
    pub layer: String,
    /// Other components of the service.
    pub uses: Vec<String>,
}
