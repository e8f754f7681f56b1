//! The system as a whole: roles, schemes, contexts, parties outside, decisions.

use serde::{Deserialize, Serialize};

use super::{DurationModel, ServiceModel, Setting};

/// A blueprint, resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemModel {
    /// The system's name; empty when the blueprint has no `system`.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `complies hipaa, gdpr`: words as written.
    pub complies: Vec<String>,
    /// `region "…"`.
    pub region: Option<String>,
    /// `outbox`: absent counts as on.
    pub outbox: Setting,
    /// `tls`.
    pub tls: Setting,
    /// Roles.
    pub roles: Vec<RoleModel>,
    /// Teams.
    pub teams: Vec<TeamModel>,
    /// Auth schemes.
    pub auth_schemes: Vec<AuthScheme>,
    /// Bounded contexts.
    pub contexts: Vec<ContextModel>,
    /// Vendors.
    pub vendors: Vec<VendorModel>,
    /// Clients.
    pub clients: Vec<ClientModel>,
    /// Brokers.
    pub brokers: Vec<BrokerModel>,
    /// Decision records.
    pub decisions: Vec<DecisionModel>,
    /// Policies.
    pub policies: Vec<PolicyModel>,
    /// Services.
    pub services: Vec<ServiceModel>,
}

impl SystemModel {
    /// The service of that name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&ServiceModel> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The auth scheme of that name.
    #[must_use]
    pub fn auth_scheme(&self, name: &str) -> Option<&AuthScheme> {
        self.auth_schemes.iter().find(|scheme| scheme.name == name)
    }

    /// The role of that name.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&RoleModel> {
        self.roles.iter().find(|role| role.name == name)
    }
}

/// `role Admin: staff includes Clinician`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoleModel {
    /// The role's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// What sort of role it is.
    pub kind: RoleKind,
    /// Roles named by `includes`.
    pub includes: Vec<String>,
    /// Every role that a holder of this one also holds: itself first, then the included ones, sorted.
    pub holds: Vec<String>,
    /// Every role whose holder also holds this one: itself first, then the including ones, sorted.
    pub held_by: Vec<String>,
}

/// What sort of role it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleKind {
    /// A person outside the organisation.
    #[default]
    Person,
    /// `staff`.
    Staff,
    /// `service`.
    Service,
}

/// `team Platform { contact "…" }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeamModel {
    /// The team's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `contact "…"`; empty when none is given.
    pub contact: String,
}

/// `auth Session: cookie { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthScheme {
    /// The scheme's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// How callers prove who they are.
    pub kind: AuthSchemeKind,
    /// Who signs people in.
    pub issuer: Option<IssuerModel>,
    /// `lifetime 12h`: absolute.
    pub lifetime: Option<DurationModel>,
    /// `idle 30m`.
    pub idle: Option<DurationModel>,
    /// `mfa Admin, Clinician`: roles that need a second factor.
    pub mfa: Vec<String>,
    /// `password { … }`.
    pub password: Option<PasswordPolicy>,
    /// `header "X-Api-Key"`.
    pub header: Option<String>,
    /// `key secret("PARTNER_KEY")`: the name.
    pub key_secret: Option<String>,
    /// `rotate 90d`.
    pub rotate: Option<DurationModel>,
}

/// The kind of an auth scheme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthSchemeKind {
    /// `cookie`: browser sessions.
    #[default]
    Cookie,
    /// `jwt`.
    Jwt,
    /// `oidc`.
    Oidc,
    /// `api_key`.
    ApiKey,
    /// `mtls`.
    Mtls,
    /// `none`.
    None,
}

/// `issuer Accounts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerModel {
    /// The service or vendor.
    pub name: String,
    /// Whether it is a vendor.
    pub vendor: bool,
}

/// `password { min 12; breached deny; history 5; lockout 10 per 15m }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// `min`: characters.
    pub min: Option<u32>,
    /// `breached deny`.
    pub breached: Setting,
    /// `history`: how many old ones may not be used again.
    pub history: Option<u32>,
    /// `lockout 10 …`: how many tries.
    pub lockout_tries: Option<u32>,
    /// `lockout … per 15m`: in what time.
    pub lockout_per: Option<DurationModel>,
}

/// `context Ordering { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContextModel {
    /// The context's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// The context map.
    pub uses: Vec<ContextUse>,
    /// `term "Order" "…"`: word and meaning.
    pub terms: Vec<(String, String)>,
}

/// `uses Billing via anticorruption`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContextUse {
    /// The other context.
    pub context: String,
    /// `anticorruption conformist partner open_host`, when said.
    pub via: Option<String>,
}

/// `vendor Stripe: stripe { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VendorModel {
    /// The vendor's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// A catalogue kind, or `http`.
    pub kind: String,
    /// `receives …`: qualified names of fields.
    pub receives: Vec<String>,
    /// `agreement dpa 2026-01-15`: kind and date.
    pub agreements: Vec<(String, String)>,
    /// `region "…"`.
    pub region: Option<String>,
    /// `timeout`.
    pub timeout: Option<DurationModel>,
    /// `breaker`.
    pub breaker: bool,
}

/// `client Web: web { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientModel {
    /// The client's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `web ios android desktop cli device partner`.
    pub kind: String,
    /// Schemes it signs in by.
    pub auth: Vec<String>,
    /// Qualified names of endpoints.
    pub uses: Vec<String>,
    /// Qualified names of events.
    pub listens: Vec<String>,
}

/// `broker Bus: nats`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrokerModel {
    /// The broker's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `kafka rabbitmq nats redis memory`.
    pub kind: String,
    /// `tls` after inheritance.
    pub tls: Setting,
}

/// `decision Outbox "…" { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecisionModel {
    /// The decision's name; also its id.
    pub name: String,
    /// One sentence.
    pub title: String,
    /// The record's body (`CommonMark`).
    pub docs: String,
    /// Where it stands.
    pub status: DecisionStatus,
    /// The date of the status, when one is given.
    pub date: Option<String>,
    /// `affects Orders, Billing`: names.
    pub affects: Vec<String>,
    /// `supersedes DualWrites`: names.
    pub supersedes: Vec<String>,
}

/// Where a decision stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionStatus {
    /// `proposed`.
    #[default]
    Proposed,
    /// `accepted`.
    Accepted,
    /// `deprecated`.
    Deprecated,
    /// `superseded`.
    Superseded,
}

/// `policy Boundaries { … }`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyModel {
    /// The policy's name; also its id.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// `layers Edge > Ordering, Billing > Identity`: outer to inner, each a list of names.
    pub layers: Vec<Vec<String>>,
    /// `deny` and `allow` lines.
    pub rules: Vec<PolicyRule>,
}

/// `deny Reporting -> Billing because "…"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyRule {
    /// `allow` rather than `deny`.
    pub allow: bool,
    /// A name, or `*`.
    pub from: String,
    /// A name, or `*`.
    pub to: String,
    /// `because "…"`; empty when no reason is given.
    pub because: String,
}
