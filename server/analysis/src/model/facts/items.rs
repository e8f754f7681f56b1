//! Facts of the items other than services.

use archwright_grammar::ast::{Date, Duration, Rate};
use smol_str::SmolStr;

use super::{Name, RefFact, Retry, Runtime, Setting, Settings};
use crate::model::loc::Loc;

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
    /// `term`: the word and its meaning.
    pub terms: Vec<(SmolStr, SmolStr)>,
    /// `cardholder`
    pub cardholder: bool,
    /// Words that are not to be used, each with the term that is.
    pub synonyms: Vec<(SmolStr, SmolStr)>,
}

/// One context in a `uses`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextUse {
    /// Which.
    pub context: RefFact,
    /// `via`
    pub via: Option<Name>,
    /// `because`
    pub because: Option<SmolStr>,
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
    /// `budget`
    pub budget: Option<Rate>,
    /// `data from`, and whether `masked`.
    pub data_from: Option<(RefFact, bool)>,
    /// `runtime { }`
    pub runtime: Option<Runtime>,
}
