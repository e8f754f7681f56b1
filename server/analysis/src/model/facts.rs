//! What one item says, without spans: the input of every check.
//!
//! Two texts that say the same give equal facts; that equality is what stops the work after an edit.
//! Every fact carries a [`Loc`], the way back to the text.

mod expression;
mod items;
mod operation;
mod service;
mod structure;

use std::sync::Arc;

use archwright_grammar::{
    ast::{Date, Duration, Rate},
    vocabulary::Kind,
};
use smallvec::SmallVec;
use smol_str::SmolStr;

pub use self::{expression::*, items::*, operation::*, service::*, structure::*};
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
