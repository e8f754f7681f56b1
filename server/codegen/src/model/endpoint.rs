//! Endpoints: who may call what, with what, and what it does.

use serde::{Deserialize, Serialize};

use super::{Deprecation, DurationModel, Effects, Expr, FieldModel, RoleKind, TypeModel};

/// One operation of the service's API, written by hand or made by a `resource`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndpointModel {
    /// Qualified name: `Orders.place`, `Orders.list_orders`.
    pub id: String,
    /// The endpoint's own name, `snake_case`; the `operationId` of the API document.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `GET POST PUT PATCH DELETE HEAD OPTIONS`.
    pub method: String,
    /// The path.
    pub path: PathModel,
    /// Parameters that stand in the path, in the path's order, typed (also those the blueprint leaves untyped).
    pub path_params: Vec<ParamModel>,
    /// Query parameters in source order. Cursor, offset and limit of `paginate` are not among them; the `filter`
    /// fields of a resource's `list` are, all optional.
    pub query_params: Vec<ParamModel>,
    /// `body: T`.
    pub body: Option<ParamModel>,
    /// What is answered; `None` is an empty answer.
    pub returns: Option<TypeModel>,
    /// Where it comes from.
    pub origin: EndpointOrigin,
    /// Who can reach it at all.
    pub exposure: Exposure,
    /// How callers prove who they are: effective after inheritance.
    pub auth: AuthModel,
    /// `allow …`: any one that holds lets the caller in. Empty: nobody, unless the endpoint is public.
    pub allow: Vec<AllowModel>,
    /// The entity that the endpoint's predicates are about (a resource's entity, else the one it reads, writes or
    /// deletes first), by its own name.
    pub subject: Option<String>,
    /// `limit 60 per minute by caller`: effective after inheritance.
    pub limit: Option<RateLimitModel>,
    /// `idempotent`: honours `Idempotency-Key`.
    pub idempotent: bool,
    /// `safe`: a POST that only reads.
    pub safe: bool,
    /// `timeout 2s`: effective after inheritance.
    pub timeout: Option<DurationModel>,
    /// `paginate cursor max 100`; a `page` result without one has the default (cursor, 100).
    pub paginate: Option<PaginateModel>,
    /// `cache 30s`: how long an answer may be kept.
    pub cache: Option<DurationModel>,
    /// What it touches, calls, sends, emits and logs.
    pub effects: Effects,
    /// `errors OutOfStock`: qualified names; see the service's `errors`.
    pub errors: Vec<String>,
    /// `issues Session`: the schemes whose credentials it hands out.
    pub issues: Vec<String>,
    /// `version v2`.
    pub version: Option<u32>,
    /// `deprecated "why" sunset 2027-01-01`.
    pub deprecated: Option<Deprecation>,
}

impl EndpointModel {
    /// The status of a successful answer: 204 without a result, 201 where a POST makes a new row and answers it,
    /// else 200.
    #[must_use]
    pub fn success_status(&self) -> u16 {
        let creates = matches!(
            self.body.as_ref().map(|body| &body.ty),
            Some(TypeModel::New { .. })
        );
        match &self.returns {
            None => 204,
            Some(TypeModel::Entity { .. }) if self.method == "POST" && creates => 201,
            Some(_) => 200,
        }
    }

    /// Whether the endpoint may change something: not GET, HEAD or OPTIONS, and not `safe`.
    #[must_use]
    pub fn is_unsafe(&self) -> bool {
        !self.safe && !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// Pagination in effect: what is said, or cursor and 100 where the result is a page.
    #[must_use]
    pub fn effective_pagination(&self) -> Option<PaginateModel> {
        match (&self.paginate, &self.returns) {
            (Some(said), _) => Some(said.clone()),
            (None, Some(TypeModel::Page { .. })) => Some(PaginateModel::default()),
            (None, _) => None,
        }
    }
}

/// A path, whole and in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PathModel {
    /// As written: `/v1/orders/{id}`.
    pub text: String,
    /// Its segments, without the slashes; none for `/`.
    pub segments: Vec<Segment>,
}

impl PathModel {
    /// Splits a path into its segments.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let segments = text
            .split('/')
            .filter(|part| !part.is_empty())
            .map(
                |part| match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                    Some(name) => Segment::Parameter {
                        name: name.to_owned(),
                    },
                    None if part == "*" => Segment::Rest,
                    None => Segment::Literal {
                        text: part.to_owned(),
                    },
                },
            )
            .collect();
        Self {
            text: text.to_owned(),
            segments,
        }
    }
}

/// One segment of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Segment {
    /// Fixed text.
    Literal {
        /// The text.
        text: String,
    },
    /// `{id}`.
    Parameter {
        /// The parameter's name.
        name: String,
    },
    /// A last `*` (routes of a gateway only).
    Rest,
}

/// A parameter of an endpoint or a query; the attributes are a field's.
pub type ParamModel = FieldModel;

/// Where an endpoint comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EndpointOrigin {
    /// `endpoint …`, written by hand: its business is the user's unless it is plain reading and writing.
    #[default]
    Written,
    /// One operation of a `resource`.
    Resource {
        /// The entity's own name.
        entity: String,
        /// Which of the five.
        operation: Operation,
        /// `filter status, patient`: field names (for `list`).
        #[serde(default)]
        filters: Vec<String>,
    },
}

/// The five operations of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `GET /orders`.
    List,
    /// `GET /orders/{id}`.
    Get,
    /// `POST /orders`.
    Create,
    /// `PATCH /orders/{id}`.
    Update,
    /// `DELETE /orders/{id}`.
    Delete,
}

/// Who can reach an endpoint at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Exposure {
    /// Callers who sign in by one of the schemes in `auth`.
    #[default]
    Ordinary,
    /// `public`: anybody.
    Public {
        /// `because "…"`; empty when no reason is given.
        #[serde(default)]
        because: String,
    },
    /// `internal`: only services.
    Internal,
}

/// How callers prove who they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AuthModel {
    /// Never said, neither here nor in the service or the system.
    #[default]
    Absent,
    /// `auth none`.
    Off,
    /// `auth Session, Partner`: any one of them.
    Schemes {
        /// Names of [`super::AuthScheme`]s.
        names: Vec<String>,
        /// Where it was said.
        origin: SettingOrigin,
    },
}

/// Where an effective setting was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingOrigin {
    /// On the element itself.
    #[default]
    Own,
    /// On the service.
    Service,
    /// On the system.
    System,
}

/// `allow Patient where patient == caller.id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AllowModel {
    /// Who.
    pub who: Who,
    /// Only for rows for which this holds.
    pub predicate: Option<Expr>,
}

/// Who an `allow` lets in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Who {
    /// `allow any`: every signed-in caller.
    #[default]
    Any,
    /// A role.
    Role {
        /// The role that is named.
        name: String,
        /// What sort of role it is.
        role_kind: RoleKind,
        /// Every role that holds it: itself first, then those that include it, directly or not, sorted.
        held_by: Vec<String>,
    },
}

/// `limit 60 per minute by caller`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimitModel {
    /// How many.
    pub count: u64,
    /// In what time.
    pub per: DurationModel,
    /// Counted for whom.
    pub by: RateScope,
}

/// For whom requests are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateScope {
    /// Each signed-in caller.
    #[default]
    Caller,
    /// Each address.
    Ip,
    /// Each API key.
    Key,
}

/// `paginate cursor max 100`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaginateModel {
    /// Cursor or offset.
    pub style: PageStyle,
    /// The most items on one page.
    pub max: u32,
}

impl Default for PaginateModel {
    fn default() -> Self {
        Self {
            style: PageStyle::Cursor,
            max: 100,
        }
    }
}

/// How a client asks for the next page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageStyle {
    /// An opaque cursor.
    #[default]
    Cursor,
    /// A number of items to skip.
    Offset,
}
