//! What the generators read: a blueprint, checked and resolved, as plain data.
//!
//! Analysis lowers a blueprint into one [`SystemModel`]; stacks render from it and from nothing else. Names are
//! resolved, inherited settings are effective, projections are lists of fields, and predicates are typed trees.
//!
//! Conventions that hold everywhere:
//!
//! * `id` is the qualified name of an element and is stable between runs: `Orders`, `Orders.Order`,
//!   `Orders.Order.status`, `Orders.place`, `Orders.OrderPlaced.v1`. The lock file keys on ids.
//! * `docs` is the documentation comment (`CommonMark`), without the slashes; empty when there is none.
//! * Lists keep the order of the source text; where text comes from several files, files are in path order.
//! * Settings that can be *set*, *explicitly off* or *absent* are a [`Setting`].
//! * Numbers that the language writes with a fraction stay text (`"99.95"`), so that nothing is rounded.

mod behaviour;
mod data;
mod endpoint;
mod expr;
mod service;
mod system;
mod types;

pub use behaviour::{
    CacheModel, CallModel, ComponentModel, DeadLetter, Effects, EntityUse, ErasureUse, EventModel, EventUse,
    Fallback, HandlerModel, Identity, JobModel, QueryModel, RetryModel, RunModel, Schedule, SendModel,
    SortKey, VerifyModel, WebhookModel,
};
pub use data::{
    DataClass, Deprecation, EntityModel, FieldModel, LengthRange, PartitionModel, Protection, RetentionEnd,
    RetentionModel,
};
pub use endpoint::{
    AllowModel, AuthModel, EndpointModel, EndpointOrigin, Exposure, Operation, PageStyle, PaginateModel,
    ParamModel, PathModel, RateLimitModel, RateScope, Segment, SettingOrigin, Who,
};
pub use expr::{ArithmeticOp, CallerField, CompareOp, Expr, Literal, PathStep};
pub use service::{ServiceKind, ServiceModel, StackKind, StoreModel};
pub use system::{
    AuthScheme, AuthSchemeKind, BrokerModel, ClientModel, ContextModel, ContextUse, DecisionModel,
    DecisionStatus, IssuerModel, PasswordPolicy, PolicyModel, PolicyRule, RoleKind, RoleModel, SystemModel,
    TeamModel, VendorModel,
};
pub use types::{
    DurationModel, DurationUnit, EntityTarget, EnumMember, EnumModel, ErrorModel, NamedShape, Scalar,
    Setting, TypeDef, TypeModel,
};
