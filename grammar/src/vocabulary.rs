//! The one table of the language: every item, member, statement, option and field form; scalar types; attributes.
//!
//! Parser, completion, hover, highlighting and the reference read it.
//! A new statement is one row in [`FORMS`] and, if it means something new, the code that gives it meaning.

use std::sync::LazyLock;

/// How often a form may stand in one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// At most once.
    Once,
    /// Any number of times.
    Many,
}

/// The kinds of block, named after what they stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// The top level of a file.
    File,
    /// `system { }`
    System,
    /// `team { }`
    Team,
    /// `auth X: kind { }`
    Auth,
    /// `password { }` in an auth scheme.
    Password,
    /// `context { }`
    Context,
    /// `service { }`
    Service,
    /// `slo { }`
    Slo,
    /// `runtime { }`
    Runtime,
    /// `store { }`
    Store,
    /// `entity { }`: fields and constraints.
    Entity,
    /// `type { }` and inline `{ name: type }`: fields.
    Fields,
    /// `type X of E { }`: field names.
    Projection,
    /// `enum { }`: members.
    Enum,
    /// `event { }`: key and fields.
    Event,
    /// `endpoint { }`
    Endpoint,
    /// `resource { }`
    Resource,
    /// `list { }` in a resource.
    List,
    /// `get { }`, `create { }`, `update { }`, `delete { }` in a resource.
    Operation,
    /// `query { }`
    Query,
    /// `on … as … { }`
    Handler,
    /// `job { }`
    Job,
    /// `webhook { }`
    Webhook,
    /// `calls … { }`
    Call,
    /// `cache { }`
    Cache,
    /// `component { }`
    Component,
    /// `vendor { }`
    Vendor,
    /// `client { }`
    Client,
    /// `broker { }`
    Broker,
    /// `policy { }`
    Policy,
    /// `decision { }`
    Decision,
    /// `environment { }`
    Environment,
}

/// What one argument of a form looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arg {
    /// The name that the node declares (slot `name`).
    Name,
    /// A word that must stand here.
    Kw(&'static str),
    /// A sign that must stand here: `:`, `->`.
    Sign(&'static str),
    /// One value.
    One(&'static str, Shape),
    /// One or more values with commas between.
    Many(&'static str, Shape),
    /// Values with commas between, in parentheses.
    Parens(&'static str, Shape),
    /// `a, b > c > d`: values, and a flag with slot `>` at each `>`.
    Chain(&'static str, Shape),
    /// `(name: type, …)`, slot `param`.
    Params,
    /// `@name(…)` any number of times, slot `attribute`.
    Attributes,
    /// A word that may be left out; the slot has its name and holds a flag.
    Flag(&'static str),
    /// May be left out as a whole.
    Opt(&'static [Arg]),
    /// One of these; tried in order, told apart by their first token.
    Alt(&'static [&'static [Arg]]),
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A reference to one of these kinds.
    Ref(&'static [Kind]),
    /// The same, or `*`.
    RefOrStar(&'static [Kind]),
    /// One word out of a closed list.
    Word(&'static [&'static str]),
    /// The name of a field (or of a path of fields) of the thing at hand; gives a [`Value::Ref`](crate::ast::Value).
    Field,
    /// Any identifier as a word (layer names).
    AnyWord,
    /// The id of a rule, `auth.missing_authorization` or `auth/missing-authorization`; gives a [`Value::Ref`](crate::ast::Value).
    Rule,
    /// A type.
    Type,
    /// A predicate or value.
    Expr,
    /// `GET`, `POST` …
    Method,
    /// `/v1/orders/{id}`
    Path,
    /// `"…"`
    String,
    /// `secret("NAME")`; a plain string is read too, so that it can be reported as what it is.
    Secret,
    /// A whole number.
    Int,
    /// `70%`
    Percent,
    /// `30s`
    Duration,
    /// `60 per minute`
    Rate,
    /// `2026-05-02`
    Date,
    /// `v1`
    Version,
    /// `2..10`
    IntRange,
    /// `1s..5m`
    DurationRange,
}

/// One row of the vocabulary.
#[derive(Debug)]
pub struct Form {
    /// Which construct.
    pub kind: Kind,
    /// The leading word; empty for fields, enum members and projected names, which begin with their own name.
    pub word: &'static str,
    /// The blocks it may stand in.
    pub places: &'static [Place],
    /// What follows the word.
    pub args: &'static [Arg],
    /// The block that may or must follow.
    pub block: BlockForm,
    /// How often it may stand in one block.
    pub times: Times,
    /// One line of help.
    pub help: &'static str,
    /// A short example, as a user would write it.
    pub example: &'static str,
}

impl PartialEq for Form {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// Whether a block follows a form's arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockForm {
    /// Never.
    None,
    /// It may be left out.
    Optional(Place),
    /// It must be there.
    Required(Place),
}

impl BlockForm {
    /// What stands inside, if anything may.
    pub const fn place(self) -> Option<Place> {
        match self {
            Self::None => None,
            Self::Optional(place) | Self::Required(place) => Some(place),
        }
    }
}

macro_rules! forms {
    ($($kind:ident $word:literal in [$($place:ident)*] [$($arg:expr),* $(,)?] $block:expr, $times:ident, $help:literal, $example:literal;)*) => {
        /// Every construct of the language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            $(#[doc = $help] $kind,)*
        }

        /// The table.
        pub static FORMS: &[Form] = &[
            $(Form {
                kind: Kind::$kind,
                word: $word,
                places: &[$(Place::$place),*],
                args: &[$($arg),*],
                block: $block,
                times: Times::$times,
                help: $help,
                example: $example,
            },)*
        ];
    };
}

use Arg::{Alt, Attributes, Chain, Flag, Kw, Many, Name, One, Opt, Params, Parens, Sign};
use BlockForm::{None as NoBlock, Optional, Required};
use Shape::{
    AnyWord, Date, Duration, DurationRange, Expr, Field as FieldName, Int, IntRange, Method, Path, Percent,
    Rate, Ref, RefOrStar, Rule, Secret, String as Text, Type as AType, Version, Word,
};

/// Stacks that a service can be generated in.
pub const STACKS: &[&str] = &["python", "typescript", "rust", "none"];
/// Regimes that a system can state to follow.
pub const REGIMES: &[&str] = &["hipaa", "gdpr", "soc2", "iso27001", "pci"];
/// What can be observed of a service.
pub const SIGNALS: &[&str] = &["logs", "traces", "metrics"];
/// Kinds of auth scheme.
pub const AUTH_KINDS: &[&str] = &["cookie", "jwt", "oidc", "api_key", "mtls", "none"];
/// Kinds of store.
pub const STORE_KINDS: &[&str] = &[
    "postgres",
    "mysql",
    "sqlite",
    "mongodb",
    "redis",
    "s3",
    "elasticsearch",
    "sql",
    "directory",
    "file",
    "memory",
    "other",
];
/// Kinds of broker.
pub const BROKER_KINDS: &[&str] = &["kafka", "rabbitmq", "nats", "redis", "memory"];
/// Kinds of client.
pub const CLIENT_KINDS: &[&str] = &["web", "ios", "android", "desktop", "cli", "device", "partner"];
/// Vendor kinds of the catalogue; `http` is any other.
pub const VENDOR_KINDS: &[&str] = &[
    "http",
    "stripe",
    "paypal",
    "postmark",
    "sendgrid",
    "twilio",
    "oidc",
    "auth0",
    "okta",
    "s3",
    "sentry",
    "otlp",
    "slack",
    "github",
    "shopify",
    "segment",
    "openai",
    "anthropic",
    "pagerduty",
    "opsgenie",
];
/// HTTP methods.
pub const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
/// Fields of `caller`.
pub const CALLER_FIELDS: &[(&str, &str)] = &[
    ("id", "The identity of whoever makes the request."),
    ("role", "The caller's role."),
    ("tenant", "The organisation that the caller belongs to."),
];
const TLS: &[&str] = &["required", "off"];
const INTERVALS: &[&str] = &["hourly", "daily", "weekly", "monthly", "continuous"];

forms! {
    // Items.
    System "system" in [File] [Name] Required(Place::System), Many, "The whole: defaults that every service inherits. One per blueprint.", "system Clinic { stack python }";
    Team "team" in [File] [Name] Optional(Place::Team), Many, "People who own things and can be called.", "team Platform { contact \"platform@clinic.example\" }";
    Role "role" in [File] [Name, Opt(&[Sign(":"), One("kind", Word(&["staff", "service"]))]), Opt(&[Kw("includes"), Many("includes", Ref(&[Kind::Role]))])] NoBlock, Many, "Who a caller is; without a kind, a person outside the organisation.", "role Admin: staff includes Clinician";
    Auth "auth" in [File] [Name, Sign(":"), One("kind", Word(AUTH_KINDS))] Optional(Place::Auth), Many, "A way in which callers prove who they are.", "auth Session: cookie { lifetime 12h }";
    Context "context" in [File] [Name] Optional(Place::Context), Many, "A bounded context and what it may depend on.", "context Ordering { uses Identity }";
    Service "service" in [File] [Name, Opt(&[Kw("in"), One("context", Ref(&[Kind::Context]))])] Required(Place::Service), Many, "A deployable service: what it owns, offers and calls.", "service Orders in Ordering { }";
    Vendor "vendor" in [File] [Name, Sign(":"), One("kind", Word(VENDOR_KINDS))] Optional(Place::Vendor), Many, "Somebody else's service that data is sent to.", "vendor Stripe: stripe { timeout 10s }";
    Client "client" in [File] [Name, Sign(":"), One("kind", Word(CLIENT_KINDS))] Optional(Place::Client), Many, "A program outside the system that uses it.", "client Web: web { uses Orders.place_order }";
    Broker "broker" in [File] [Name, Sign(":"), One("kind", Word(BROKER_KINDS))] Optional(Place::Broker), Many, "What carries events.", "broker Bus: nats";
    Policy "policy" in [File] [Name] Required(Place::Policy), Many, "Dependencies that are allowed and denied.", "policy Boundaries { deny Reporting -> Billing }";
    Decision "decision" in [File] [Name, One("title", Text)] Optional(Place::Decision), Many, "An architecture decision record; its documentation is the body.", "decision Outbox \"Events leave through an outbox\" { status accepted 2026-05-02 }";
    Environment "environment" in [File] [Name] Optional(Place::Environment), Many, "Where the system runs.", "environment Production { platform kubernetes }";

    // Items and members: the shared kernel at top level, a service's own inside it.
    Type "type" in [File Service] [Name, Opt(&[Kw("of"), One("of", Ref(&[Kind::Entity]))])] Required(Place::Fields), Many, "A structure of fields; with `of`, a projection of an entity.", "type Address { street: string; city: string }";
    Enum "enum" in [File Service] [Name] Required(Place::Enum), Many, "A closed set of values.", "enum OrderStatus { placed, sampled }";
    Error "error" in [File Service] [Name, One("status", Int), One("message", Text)] NoBlock, Many, "An answer that says what went wrong, with its HTTP status.", "error OutOfStock 409 \"The test kit is out of stock.\"";

    // Members of a service.
    Store "store" in [Service] [Name, Sign(":"), One("kind", Word(STORE_KINDS)), Opt(&[Kw("on"), One("on", Ref(&[Kind::Store]))])] Optional(Place::Store), Many, "A database, bucket or index that belongs to this service alone.", "store OrdersDb: postgres { encrypted; backup daily keep 30d }";
    Entity "entity" in [Service] [Name, Opt(&[Kw("in"), One("store", Ref(&[Kind::Store]))])] Required(Place::Entity), Many, "The rows of one table or collection.", "entity Order { id: uuid @id }";
    Event "event" in [Service] [Name, Opt(&[One("version", Version)])] Optional(Place::Event), Many, "A fact that others may react to.", "event OrderPlaced v1 { key order; order: uuid }";
    Query "query" in [Service] [Name, Opt(&[Params]), Sign("->"), One("returns", AType)] Required(Place::Query), Many, "A typed read.", "query open_orders -> [Order] { where status == placed; limit 100 }";
    Endpoint "endpoint" in [Service] [Name, One("method", Method), One("path", Path), Opt(&[Params]), Opt(&[Sign("->"), One("returns", AType)])] Optional(Place::Endpoint), Many, "One operation of the service's API.", "endpoint health GET /health -> { status: string } { public because \"load balancer probe\" }";
    Resource "resource" in [Service] [One("entity", Ref(&[Kind::Entity])), Kw("at"), One("path", Path)] Required(Place::Resource), Many, "The usual five endpoints of an entity.", "resource Order at /v1/orders { get { allow Clinician } }";
    Handler "on" in [Service] [One("event", Ref(&[Kind::Event])), Kw("as"), Name] Optional(Place::Handler), Many, "Reacts to an event.", "on Billing.InvoicePaid as settle { idempotent by invoice; dead_letter }";
    Job "job" in [Service] [Name, Alt(&[&[Kw("every"), One("every", Duration)], &[Kw("cron"), One("cron", Text)], &[Kw("at"), One("startup", Word(&["startup"]))]])] Optional(Place::Job), Many, "Runs by the clock.", "job purge_drafts every 1d { deletes Order }";
    Webhook "webhook" in [Service] [Name, Kw("from"), One("vendor", Ref(&[Kind::Vendor])), One("method", Method), One("path", Path)] Optional(Place::Webhook), Many, "Receives what a vendor sends.", "webhook stripe_events from Stripe POST /webhooks/stripe { idempotent }";
    Cache "cache" in [Service] [Name, Kw("of"), One("query", Ref(&[Kind::Query]))] Optional(Place::Cache), Many, "Keeps the answers of a query.", "cache open_orders_cache of open_orders { ttl 5m }";
    Component "component" in [Service] [Name, Kw("in"), One("layer", AnyWord)] Optional(Place::Component), Many, "Inner structure of a service, checked against its layers.", "component Pricing in domain { uses Rates }";

    // Fields, enum members, projected names.
    Field "" in [Entity Fields Event] [Name, Sign(":"), One("type", AType), Opt(&[Sign("="), One("default", Expr)]), Attributes] NoBlock, Many, "A field.", "status: OrderStatus = placed";
    EnumMember "" in [Enum] [Name] NoBlock, Many, "A value of an enum.", "placed";
    Projected "" in [Projection] [Name] NoBlock, Many, "A field that the projection keeps.", "status";

    // Constraints of an entity.
    Unique "unique" in [Entity] [Parens("field", FieldName)] NoBlock, Many, "No two rows have the same values in these fields.", "unique (patient, placed_at)";
    Index "index" in [Entity] [Parens("field", FieldName)] NoBlock, Many, "Makes finding by these fields fast, in this order.", "index (status, placed_at)";
    Visible "visible" in [Entity] [Kw("where"), One("predicate", Expr)] NoBlock, Once, "Row-level security: holds for every query, always.", "visible where clinic == caller.tenant";
    Retain "retain" in [Entity] [One("for", Duration), Opt(&[Kw("then"), One("then", Word(&["erase", "anonymize", "archive"]))]), Opt(&[Kw("because"), One("because", Text)])] NoBlock, Once, "How long rows are kept, and what happens then.", "retain 7y then erase";
    Partition "partition" in [Entity] [Kw("by"), One("field", FieldName), Opt(&[One("every", Word(&["daily", "weekly", "monthly", "yearly"]))])] NoBlock, Once, "Splits the table by a field.", "partition by placed_at monthly";
    Rows "rows" in [Entity] [One("count", Int), Opt(&[Kw("growth"), One("growth", Rate)])] NoBlock, Once, "How many rows there are, and how fast they grow.", "rows 50_000_000 growth 1_000_000 per day";
    Purpose "purpose" in [Entity] [One("text", Text)] NoBlock, Once, "Why the data is held.", "purpose \"treatment\"";
    Reference "reference" in [Entity] [] NoBlock, Once, "A small table of reference data, the same for everybody.", "reference";
    Key "key" in [Event] [Many("field", FieldName)] NoBlock, Once, "What orders the events: those with equal keys keep their order.", "key order";

    // Defaults and properties of system and service.
    Stack "stack" in [System Service] [One("stack", Word(STACKS))] NoBlock, Once, "What the service is generated in; `none` is not generated.", "stack python";
    Complies "complies" in [System] [Many("regime", Word(REGIMES))] NoBlock, Once, "Regimes that the system follows.", "complies hipaa, gdpr";
    UseBroker "broker" in [System Service] [One("broker", Ref(&[Kind::Broker]))] NoBlock, Once, "The broker that carries events.", "broker Bus";
    Owner "owner" in [System Service] [One("team", Ref(&[Kind::Team]))] NoBlock, Once, "The team that answers for it.", "owner Platform";
    Observe "observe" in [System Service Endpoint List Operation Handler Job Webhook] [Alt(&[&[Flag("off")], &[Many("signal", Word(SIGNALS))]])] NoBlock, Once, "What is observed.", "observe logs, traces, metrics";
    Tls "tls" in [System Service Store Broker Vendor Endpoint List Operation Call] [One("tls", Word(TLS))] NoBlock, Once, "Whether the link is encrypted.", "tls required";
    Region "region" in [System Service Store Vendor Environment] [One("region", Text)] NoBlock, Once, "Where it runs or where data is kept.", "region \"eu-central-1\"";
    Outbox "outbox" in [System Service] [Flag("off")] NoBlock, Once, "Events leave in the same transaction as the data; `off` sends them beside it.", "outbox";
    UseAuth "auth" in [System Service Endpoint List Operation Client Store Broker] [Alt(&[&[Flag("none")], &[Many("scheme", Ref(&[Kind::Auth]))]])] NoBlock, Once, "The schemes that a caller may sign in with.", "auth Session, Partner";
    Limit "limit" in [System Service Endpoint List Operation Webhook Vendor] [Alt(&[&[Flag("off")], &[One("rate", Rate), Opt(&[Kw("by"), One("by", Word(&["caller", "ip", "key"]))])]])] NoBlock, Many, "How often it may be used.", "limit 60 per minute by caller";
    Timeout "timeout" in [System Service Endpoint List Operation Handler Job Webhook Call Vendor] [Alt(&[&[Flag("off")], &[One("time", Duration)]])] NoBlock, Once, "How long it may take.", "timeout 2s";
    Audited "audited" in [System Service Endpoint List Operation Handler Job Webhook] [Flag("off")] NoBlock, Once, "Each use leaves an audit record.", "audited";
    Layers "layers" in [Service] [Many("layer", AnyWord), Flag("strict")] NoBlock, Once, "The service's layers, outer to inner.", "layers api, application, domain, infrastructure";
    Scale "scale" in [Service] [One("range", IntRange), Opt(&[Kw("on"), One("on", Word(&["cpu", "memory", "requests", "queue"])), One("at", Percent)])] NoBlock, Once, "How many instances run, and what adds more.", "scale 2..10 on cpu 70%";
    Slo "slo" in [Service] [] Required(Place::Slo), Once, "What the service promises.", "slo { availability 99.9%; latency p99 300ms }";
    ServiceKind "kind" in [Service] [One("kind", Word(&["gateway", "worker", "monolith", "prototype"]))] NoBlock, Once, "What sort of service it is, if not an ordinary one.", "kind gateway";
    Runtime "runtime" in [Service Environment] [] Required(Place::Runtime), Once, "What containers may do.", "runtime { unprivileged; pinned }";
    ServiceUses "uses" in [Service] [Many("target", Ref(&[Kind::Service, Kind::Context, Kind::Vendor]))] NoBlock, Many, "A dependency whose calls are not written down yet.", "uses Billing";
    Route "route" in [Service] [One("path", Path), Sign("->"), One("target", Ref(&[Kind::Service, Kind::Client, Kind::Endpoint]))] NoBlock, Many, "What a gateway forwards where.", "route /api/orders -> Orders";

    Availability "availability" in [Slo] [One("percent", Percent)] NoBlock, Once, "Share of requests answered well.", "availability 99.9%";
    Latency "latency" in [Slo] [One("percentile", Word(&["p50", "p90", "p95", "p99"])), One("time", Duration)] NoBlock, Many, "How fast answers come.", "latency p99 300ms";
    Load "load" in [Slo] [One("rate", Rate)] NoBlock, Once, "How many requests it carries.", "load 500 per second";
    Alert "alert" in [Slo] [One("team", Ref(&[Kind::Team]))] NoBlock, Once, "Who is called when the promise is in danger.", "alert CareTeam";

    Unprivileged "unprivileged" in [Runtime] [Flag("off")] NoBlock, Once, "Containers run without root.", "unprivileged";
    Pinned "pinned" in [Runtime] [Flag("off")] NoBlock, Once, "Images are named by digest.", "pinned";
    HostSocket "host_socket" in [Runtime] [Flag("off")] NoBlock, Once, "The host's container socket is reachable.", "host_socket";
    Exposed "exposed" in [Runtime] [Flag("off")] NoBlock, Once, "Stores and brokers are reachable from outside.", "exposed";

    // Team, context.
    Contact "contact" in [Team] [One("text", Text)] NoBlock, Once, "How the team is reached.", "contact \"platform@clinic.example\"";
    ContextUses "uses" in [Context] [Many("context", Ref(&[Kind::Context])), Opt(&[Kw("via"), One("via", Word(&["anticorruption", "conformist", "partner", "open_host"]))]), Opt(&[Kw("because"), One("because", Text)])] NoBlock, Many, "Contexts that this one may depend on.", "uses Billing via anticorruption";
    Term "term" in [Context] [One("term", Text), One("meaning", Text), Opt(&[Kw("not"), Many("synonym", Text)])] NoBlock, Many, "A word of the context's language; behind `not` the words that mean the same and are not used.", "term \"Order\" \"Tests that a clinician asks for.\" not \"Request\"";
    Cardholder "cardholder" in [Context] [] NoBlock, Once, "Card data may be here: the context belongs to the cardholder environment.", "cardholder";

    // Auth schemes.
    Issuer "issuer" in [Auth] [One("issuer", Ref(&[Kind::Service, Kind::Vendor]))] NoBlock, Once, "The service or vendor that signs people in.", "issuer Accounts";
    Lifetime "lifetime" in [Auth] [One("time", Duration)] NoBlock, Once, "How long a credential is good for.", "lifetime 12h";
    Idle "idle" in [Auth] [One("time", Duration)] NoBlock, Once, "How long a session may rest.", "idle 30m";
    Mfa "mfa" in [Auth] [Many("role", Ref(&[Kind::Role]))] NoBlock, Once, "Roles that need a second factor.", "mfa Admin";
    Header "header" in [Auth] [One("name", Text)] NoBlock, Once, "The header that carries the key.", "header \"X-Api-Key\"";
    QueryKey "query" in [Auth] [One("name", Text)] NoBlock, Once, "The query parameter that carries the key.", "query \"key\"";
    AuthKey "key" in [Auth Vendor] [One("key", Secret)] NoBlock, Once, "The secret.", "key secret(\"PARTNER_KEY\")";
    Rotate "rotate" in [Auth] [One("time", Duration)] NoBlock, Once, "How often keys change.", "rotate 90d";
    PasswordRules "password" in [Auth] [] Required(Place::Password), Once, "What a password must be.", "password { min 12; breached deny }";
    MinLength "min" in [Password] [One("length", Int)] NoBlock, Once, "Shortest password, in characters.", "min 12";
    Breached "breached" in [Password] [One("rule", Word(&["deny", "warn", "allow"]))] NoBlock, Once, "What happens to passwords known from breaches.", "breached deny";
    History "history" in [Password] [One("count", Int)] NoBlock, Once, "How many old passwords may not return.", "history 5";
    Lockout "lockout" in [Password] [One("rate", Rate)] NoBlock, Once, "How many wrong tries lock the account.", "lockout 10 per 15m";

    // Stores and brokers.
    Encrypted "encrypted" in [Store] [Flag("off")] NoBlock, Once, "Everything in the store is encrypted at rest.", "encrypted";
    Backup "backup" in [Store] [Alt(&[&[Flag("off")], &[One("every", Word(INTERVALS)), Opt(&[Kw("keep"), One("keep", Duration)])]])] NoBlock, Once, "How often it is backed up, and how long backups are kept.", "backup daily keep 30d";
    Replicas "replicas" in [Store] [One("count", Int)] NoBlock, Once, "Copies that can take over.", "replicas 2";
    Pool "pool" in [Store] [One("size", Int)] NoBlock, Once, "Connections per instance.", "pool 20";
    Connections "connections" in [Store] [Alt(&[&[Flag("pooled")], &[One("limit", Int)]])] NoBlock, Once, "How many connections it takes; `pooled` puts a pooler before it.", "connections 500";
    Rpo "rpo" in [Store] [One("time", Duration)] NoBlock, Once, "How much data may be lost, as time.", "rpo 1h";
    Rto "rto" in [Store] [One("time", Duration)] NoBlock, Once, "How long restoring may take.", "rto 4h";
    Url "url" in [Store Broker Vendor] [One("url", Secret)] NoBlock, Once, "Where it is reached.", "url \"https://api.example\"";
    User "user" in [Store Broker] [One("user", Secret)] NoBlock, Once, "The account's name.", "user \"orders\"";
    Password "password" in [Store Broker Vendor] [One("password", Secret)] NoBlock, Once, "The account's password.", "password secret(\"ORDERS_DB\")";

    // Behaviour of endpoints, handlers, jobs, webhooks.
    Allow "allow" in [Endpoint List Operation] [Alt(&[&[Flag("any")], &[One("role", Ref(&[Kind::Role]))]]), Opt(&[Kw("where"), One("where", Expr)])] NoBlock, Many, "Who may use it; with `where`, on which rows.", "allow Patient where patient == caller.id";
    Public "public" in [Endpoint List Operation] [Opt(&[Kw("because"), One("because", Text)])] NoBlock, Once, "Anybody may use it, without signing in.", "public because \"load balancer probe\"";
    Internal "internal" in [Endpoint List Operation] [] NoBlock, Once, "Only services may call it.", "internal";
    Safe "safe" in [Endpoint] [] NoBlock, Once, "A POST that only reads.", "safe";
    Issues "issues" in [Endpoint] [One("scheme", Ref(&[Kind::Auth]))] NoBlock, Once, "Hands out credentials: sign-up, sign-in, refresh, reset.", "issues Session";
    Idempotent "idempotent" in [Endpoint List Operation Handler Job Webhook] [Opt(&[Kw("by"), Many("field", FieldName)])] NoBlock, Once, "Doing it twice has the effect of once.", "idempotent";
    Reads "reads" in [Endpoint List Operation Handler Job Webhook] [Many("entity", Ref(&[Kind::Entity]))] NoBlock, Many, "Entities that it reads.", "reads Order";
    Writes "writes" in [Endpoint List Operation Handler Job Webhook] [Many("entity", Ref(&[Kind::Entity]))] NoBlock, Many, "Entities that it creates or changes.", "writes Order";
    Deletes "deletes" in [Endpoint List Operation Handler Job Webhook] [Many("entity", Ref(&[Kind::Entity]))] NoBlock, Many, "Entities that it deletes.", "deletes Order";
    Erases "erases" in [Endpoint List Operation Handler Job Webhook] [Many("entity", Ref(&[Kind::Entity])), Opt(&[Kw("at"), Many("vendor", Ref(&[Kind::Vendor]))])] NoBlock, Many, "Removes every row about that subject and everything derived from it.", "erases Patient";
    Runs "runs" in [Endpoint List Operation Handler Job Webhook] [One("query", Ref(&[Kind::Query])), Opt(&[Parens("argument", Expr)])] NoBlock, Many, "A query that it runs.", "runs open_orders(id)";
    Calls "calls" in [Endpoint List Operation Handler Job Webhook] [One("target", Ref(&[Kind::Endpoint, Kind::Vendor]))] Optional(Place::Call), Many, "A synchronous call to another service's endpoint or a vendor.", "calls Catalog.price { timeout 300ms; retry 2 backoff 50ms..1s; breaker }";
    Sends "sends" in [Endpoint List Operation Handler Job Webhook] [Many("data", FieldName), Kw("to"), One("vendor", Ref(&[Kind::Vendor]))] NoBlock, Many, "Data that leaves for a vendor.", "sends Order.total to Stripe";
    Emits "emits" in [Endpoint List Operation Handler Job Webhook] [Many("event", Ref(&[Kind::Event]))] NoBlock, Many, "Events that it emits.", "emits OrderPlaced";
    Errors "errors" in [Endpoint List Operation] [Many("error", Ref(&[Kind::Error]))] NoBlock, Many, "Errors that it may answer with.", "errors OutOfStock";
    Log "log" in [Endpoint List Operation Handler Job Webhook] [Many("field", FieldName)] NoBlock, Many, "Fields that are written to the log.", "log id, status";
    Paginate "paginate" in [Endpoint List] [One("by", Word(&["cursor", "offset"])), Opt(&[Kw("max"), One("max", Int)])] NoBlock, Once, "Answers in pages.", "paginate cursor max 100";
    CacheFor "cache" in [Endpoint List Operation] [One("time", Duration)] NoBlock, Once, "How long an answer may be reused.", "cache 30s";
    Filter "filter" in [List] [Many("field", FieldName)] NoBlock, Once, "Fields that a list can be narrowed by.", "filter status, patient";
    OperationVersion "version" in [Endpoint] [One("version", Version)] NoBlock, Once, "The version of this operation.", "version v2";
    Deprecated "deprecated" in [Endpoint List Operation Event] [One("because", Text), Opt(&[Kw("sunset"), One("sunset", Date)])] NoBlock, Once, "Should not be used any more.", "deprecated \"use place_order\" sunset 2027-01-01";
    Retry "retry" in [Handler Job Call Vendor] [One("count", Int), Opt(&[Kw("backoff"), Alt(&[&[One("backoff", DurationRange)], &[One("backoff_fixed", Duration)]])])] NoBlock, Once, "How often it is tried again, and with which pauses.", "retry 5 backoff 1s..5m";
    DeadLetter "dead_letter" in [Handler] [Flag("off"), Opt(&[Kw("alert"), One("team", Ref(&[Kind::Team]))])] NoBlock, Once, "Where messages go that cannot be handled; `off` accepts losing them.", "dead_letter alert CareTeam";
    Ordered "ordered" in [Handler] [] NoBlock, Once, "Messages with equal keys are handled in order.", "ordered";
    Verify "verify" in [Webhook] [Kw("signature"), One("header", Text), Opt(&[Kw("within"), One("within", Duration)])] NoBlock, Once, "How the sender is proven.", "verify signature \"Stripe-Signature\" within 5m";

    // Operations of a resource.
    List "list" in [Resource] [] Optional(Place::List), Once, "GET of a page of the entity.", "list { allow Clinician; filter status }";
    Get "get" in [Resource] [] Optional(Place::Operation), Once, "GET of one.", "get { allow Clinician }";
    Create "create" in [Resource] [] Optional(Place::Operation), Once, "POST of a new one.", "create { allow Clinician; idempotent }";
    Update "update" in [Resource] [] Optional(Place::Operation), Once, "PATCH of one.", "update { allow Clinician }";
    Delete "delete" in [Resource] [] Optional(Place::Operation), Once, "DELETE of one.", "delete { allow Admin; audited }";

    // A call.
    CallAs "as" in [Call] [Alt(&[&[Flag("caller")], &[Flag("system"), Opt(&[Kw("because"), One("because", Text)])]])] NoBlock, Once, "Whose identity travels along.", "as caller";
    CallWith "with" in [Call] [One("scheme", Ref(&[Kind::Auth]))] NoBlock, Once, "The scheme that the caller presents.", "with Mesh";
    Breaker "breaker" in [Call Vendor] [] NoBlock, Once, "Stops calling for a while after failures.", "breaker";
    Fallback "fallback" in [Call Vendor] [One("fallback", Word(&["cached", "default", "queue"]))] NoBlock, Once, "What is used when the call fails.", "fallback cached";
    CallRequired "required" in [Call] [] NoBlock, Once, "Where the call fails, the operation is meant to fail.", "required";
    Parallel "parallel" in [Call] [] NoBlock, Once, "Runs beside the other calls.", "parallel";
    Compensated "compensated" in [Call] [Kw("by"), One("target", Ref(&[Kind::Endpoint]))] NoBlock, Once, "What undoes the call when a later step fails.", "compensated by Billing.refund";

    // Query, cache, component.
    Where "where" in [Query] [One("predicate", Expr)] NoBlock, Once, "Which rows.", "where status == placed";
    Order "order" in [Query] [One("field", FieldName), Opt(&[One("direction", Word(&["asc", "desc"]))])] NoBlock, Many, "In which order.", "order created_at desc";
    QueryLimit "limit" in [Query] [One("count", Int)] NoBlock, Once, "At most how many rows.", "limit 100";
    Ttl "ttl" in [Cache] [One("time", Duration)] NoBlock, Once, "How long an answer is kept.", "ttl 5m";
    Invalidated "invalidated" in [Cache] [Kw("by"), Many("event", Ref(&[Kind::Event]))] NoBlock, Many, "Events that make the answer stale.", "invalidated by OrderPlaced";
    ComponentUses "uses" in [Component] [Many("component", Ref(&[Kind::Component]))] NoBlock, Many, "Components that this one depends on.", "uses Rates";

    // Vendor, client.
    Receives "receives" in [Vendor] [Many("data", FieldName)] NoBlock, Many, "Data that the vendor is allowed to get.", "receives Orders.Order.total";
    Agreement "agreement" in [Vendor] [One("kind", Word(&["dpa", "baa", "scc"])), Opt(&[One("date", Date)])] NoBlock, Many, "What was signed, and when.", "agreement dpa 2026-01-15";
    ClientUses "uses" in [Client] [Many("endpoint", Ref(&[Kind::Endpoint, Kind::Service]))] NoBlock, Many, "Endpoints that the client uses.", "uses Orders.place_order";
    Listens "listens" in [Client] [Many("event", Ref(&[Kind::Event]))] NoBlock, Many, "Events that are pushed to the client.", "listens Orders.OrderPlaced";

    // Policy, decision, environment.
    PolicyLayers "layers" in [Policy] [Chain("item", Ref(&[Kind::Context, Kind::Service]))] NoBlock, Many, "Contexts or services from top to bottom; calls go down only.", "layers Edge > Ordering, Billing > Identity";
    PolicyDeny "deny" in [Policy] [One("from", RefOrStar(&[Kind::Context, Kind::Service])), Sign("->"), One("to", RefOrStar(&[Kind::Context, Kind::Service, Kind::Vendor])), Opt(&[Kw("because"), One("because", Text)])] NoBlock, Many, "A dependency that must not be.", "deny Reporting -> Billing because \"finance data stays in finance\"";
    PolicyAllow "allow" in [Policy] [One("from", RefOrStar(&[Kind::Context, Kind::Service])), Sign("->"), One("to", RefOrStar(&[Kind::Context, Kind::Service, Kind::Vendor])), Opt(&[Kw("because"), One("because", Text)])] NoBlock, Many, "An exception from a `deny`.", "allow Gateway -> *";
    Status "status" in [Decision] [One("status", Word(&["proposed", "accepted", "deprecated", "superseded"])), Opt(&[One("date", Date)])] NoBlock, Once, "Where the decision stands.", "status accepted 2026-05-02";
    Affects "affects" in [Decision] [Many("item", Ref(&[Kind::Service, Kind::Context, Kind::System, Kind::Vendor, Kind::Broker, Kind::Auth, Kind::Store]))] NoBlock, Many, "What the decision is about.", "affects Orders, Billing";
    Supersedes "supersedes" in [Decision] [Many("decision", Ref(&[Kind::Decision]))] NoBlock, Many, "Decisions that this one replaces.", "supersedes DualWrites";
    Platform "platform" in [Environment] [One("platform", Word(&["kubernetes", "compose", "serverless"]))] NoBlock, Once, "What runs the containers.", "platform kubernetes";
    EnvironmentScale "scale" in [Environment] [One("service", Ref(&[Kind::Service])), One("range", IntRange)] NoBlock, Many, "Instances of a service here.", "scale Orders 3..12";
    Budget "budget" in [Environment] [One("rate", Rate)] NoBlock, Once, "What it may cost.", "budget 4000 per month";
    DataFrom "data" in [Environment] [Kw("from"), One("environment", Ref(&[Kind::Environment])), Flag("masked")] NoBlock, Once, "Where its data comes from.", "data from Production masked";

    // Anywhere.
    Waive "waive" in [System Team Auth Context Service Store Entity Fields Event Endpoint Resource List Operation Query Handler Job Webhook Call Cache Component Vendor Client Broker Policy Decision Environment] [One("rule", Rule), Opt(&[Kw("until"), One("until", Date)]), Opt(&[Kw("because"), One("because", Text)])] NoBlock, Many, "Silences a rule for this item or member.", "waive auth.missing_authorization until 2026-12-31 because \"closed beta\"";
}

/// A scalar type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScalarForm {
    /// Its name.
    pub name: &'static str,
    /// Names of its arguments, all required.
    pub args: &'static [&'static str],
    /// One line of help.
    pub help: &'static str,
}

/// All scalar types.
pub static SCALARS: &[ScalarForm] = &[
    ScalarForm {
        name: "uuid",
        args: &[],
        help: "A 128-bit identifier.",
    },
    ScalarForm {
        name: "string",
        args: &[],
        help: "A short text.",
    },
    ScalarForm {
        name: "text",
        args: &[],
        help: "A long text.",
    },
    ScalarForm {
        name: "int",
        args: &[],
        help: "A 32-bit whole number.",
    },
    ScalarForm {
        name: "long",
        args: &[],
        help: "A 64-bit whole number.",
    },
    ScalarForm {
        name: "decimal",
        args: &["precision", "scale"],
        help: "An exact number with a fixed number of digits.",
    },
    ScalarForm {
        name: "float",
        args: &[],
        help: "A 64-bit floating-point number.",
    },
    ScalarForm {
        name: "bool",
        args: &[],
        help: "True or false.",
    },
    ScalarForm {
        name: "instant",
        args: &[],
        help: "A point in time, in UTC.",
    },
    ScalarForm {
        name: "date",
        args: &[],
        help: "A calendar date.",
    },
    ScalarForm {
        name: "duration",
        args: &[],
        help: "A length of time.",
    },
    ScalarForm {
        name: "bytes",
        args: &[],
        help: "Raw bytes.",
    },
    ScalarForm {
        name: "json",
        args: &[],
        help: "Any JSON; its content is unknown to the checks.",
    },
    ScalarForm {
        name: "email",
        args: &[],
        help: "An e-mail address; personal data by nature.",
    },
    ScalarForm {
        name: "phone",
        args: &[],
        help: "A telephone number; personal data by nature.",
    },
    ScalarForm {
        name: "url",
        args: &[],
        help: "An absolute URL.",
    },
    ScalarForm {
        name: "money",
        args: &[],
        help: "An amount with its currency.",
    },
];

/// An attribute of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttributeForm {
    /// Without the `@`.
    pub name: &'static str,
    /// What stands in its parentheses.
    pub args: AttributeArgs,
    /// One line of help.
    pub help: &'static str,
}

/// What an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeArgs {
    /// No parentheses.
    None,
    /// One value.
    Value,
    /// One number.
    Number,
    /// `a..b` or one number.
    Range,
    /// One string.
    Text,
    /// A string and optionally `sunset: DATE`.
    Deprecated,
}

/// All attributes.
pub static ATTRIBUTES: &[AttributeForm] = &[
    AttributeForm {
        name: "id",
        args: AttributeArgs::None,
        help: "The identity of the row.",
    },
    AttributeForm {
        name: "created",
        args: AttributeArgs::None,
        help: "Set when the row is created.",
    },
    AttributeForm {
        name: "updated",
        args: AttributeArgs::None,
        help: "Set whenever the row changes.",
    },
    AttributeForm {
        name: "unique",
        args: AttributeArgs::None,
        help: "No two rows have the same value.",
    },
    AttributeForm {
        name: "readonly",
        args: AttributeArgs::None,
        help: "Never set by a client.",
    },
    AttributeForm {
        name: "internal",
        args: AttributeArgs::None,
        help: "Never leaves the service.",
    },
    AttributeForm {
        name: "public",
        args: AttributeArgs::None,
        help: "Harmless although its name sounds sensitive.",
    },
    AttributeForm {
        name: "default",
        args: AttributeArgs::Value,
        help: "The value when none is given.",
    },
    AttributeForm {
        name: "min",
        args: AttributeArgs::Number,
        help: "The smallest value.",
    },
    AttributeForm {
        name: "max",
        args: AttributeArgs::Number,
        help: "The largest value, or for lists the most elements.",
    },
    AttributeForm {
        name: "len",
        args: AttributeArgs::Range,
        help: "How long it may be.",
    },
    AttributeForm {
        name: "pattern",
        args: AttributeArgs::Text,
        help: "A regular expression that the whole value matches.",
    },
    AttributeForm {
        name: "pii",
        args: AttributeArgs::None,
        help: "Personal data.",
    },
    AttributeForm {
        name: "phi",
        args: AttributeArgs::None,
        help: "Health data about a person.",
    },
    AttributeForm {
        name: "pci",
        args: AttributeArgs::None,
        help: "Payment card data.",
    },
    AttributeForm {
        name: "secret",
        args: AttributeArgs::None,
        help: "A credential.",
    },
    AttributeForm {
        name: "encrypted",
        args: AttributeArgs::None,
        help: "Encrypted by the service before it is stored.",
    },
    AttributeForm {
        name: "hashed",
        args: AttributeArgs::None,
        help: "Only a hash is kept.",
    },
    AttributeForm {
        name: "masked",
        args: AttributeArgs::None,
        help: "Shown only in part.",
    },
    AttributeForm {
        name: "tokenized",
        args: AttributeArgs::None,
        help: "Replaced by a token from a vault.",
    },
    AttributeForm {
        name: "deprecated",
        args: AttributeArgs::Deprecated,
        help: "Should not be used any more.",
    },
];

/// The rows of each kind of block, in the table's order: looking a word up is what the parser does most.
static BY_PLACE: LazyLock<Vec<Vec<&'static Form>>> = LazyLock::new(|| {
    let mut places = vec![Vec::new(); Place::Environment as usize + 1];
    for form in FORMS {
        for place in form.places {
            places[*place as usize].push(form);
        }
    }
    places
});

/// The form of `word` in a block of kind `place`; fields and members, which have no word of their own, are not found here.
pub fn form(place: Place, word: &str) -> Option<&'static Form> {
    BY_PLACE[place as usize]
        .iter()
        .copied()
        .find(|form| !word.is_empty() && form.word == word)
}

/// The row of `kind`.
pub fn row(kind: Kind) -> &'static Form {
    &FORMS[kind as usize]
}

/// Everything that may stand in a block of kind `place`.
pub fn forms_in(place: Place) -> impl Iterator<Item = &'static Form> {
    BY_PLACE[place as usize].iter().copied()
}

/// The wordless form of a block, if it has one: a field, an enum member or a projected name.
pub fn wordless(place: Place) -> Option<&'static Form> {
    match place {
        Place::Entity | Place::Fields | Place::Event => Some(row(Kind::Field)),
        Place::Enum => Some(row(Kind::EnumMember)),
        Place::Projection => Some(row(Kind::Projected)),
        _ => None,
    }
}

/// The scalar type called `name`.
pub fn scalar(name: &str) -> Option<&'static ScalarForm> {
    SCALARS.iter().find(|scalar| scalar.name == name)
}

/// The attribute called `name`.
pub fn attribute(name: &str) -> Option<&'static AttributeForm> {
    ATTRIBUTES.iter().find(|attribute| attribute.name == name)
}
