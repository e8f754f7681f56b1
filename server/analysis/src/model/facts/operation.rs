//! Facts of endpoints, handlers, jobs and webhooks.

use archwright_grammar::ast::{Date, Duration};
use smol_str::SmolStr;

use super::{ExprFact, Name, Param, RefFact, Setting, Settings, Ty};
use crate::model::loc::Loc;

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
    /// `required`
    pub required: bool,
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
