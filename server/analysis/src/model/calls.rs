//! Who calls whom: each `calls` with what is in effect for it, and all of them as one graph.
//!
//! A rule that needs the calls of one service reads [`calls_of`]; one that needs callers, chains or circles reads
//! [`call_graph`]. Neither looks at anything but calls, so neither is computed again when something else changes.

pub mod chains;
mod graph;
pub mod promises;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;

pub use self::graph::{CallGraph, Edge, Link, call_graph};
use super::{
    cx::Cx,
    def::{Def, DefKind},
    dependencies::{Home, home},
    facts::{Call, CallIdentity, Name},
    finding::Place,
    loc::Loc,
};
use crate::db::{Db, Item};

/// One `calls` whose target is known, with what is in effect for it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the language that stands or does not"
)]
#[derive(Debug, Clone, PartialEq)]
pub struct CallSite {
    /// The operation that calls.
    pub op: Def,
    /// Which of the operation's `calls` it is.
    pub number: u16,
    /// The statement.
    pub statement: Loc,
    /// An endpoint, of any service, the own one too; or a vendor, as an item.
    pub callee: Def,
    /// Milliseconds after which the caller gives up: as the call says, else what is in effect for the endpoint, else what the
    /// vendor says. `None` where nothing limits it, or `off` says so.
    pub timeout: Option<u64>,
    /// How often it is tried again: as the call says, else the vendor.
    pub retries: u64,
    /// Whether a breaker stops it after failures: of the call, else of the vendor.
    pub breaker: bool,
    /// What is used when it fails: of the call, else of the vendor.
    pub fallback: Option<Name>,
    /// Whether its failure is meant to be the operation's.
    pub required: bool,
    /// Whether it runs beside the others.
    pub parallel: bool,
    /// `as caller`, `as system because "…"`, as written.
    pub identity: Option<CallIdentity>,
    /// The scheme that `with` names.
    pub with: Option<Def>,
    /// Whether the call itself says `tls off`.
    pub tls_off: bool,
    /// The endpoint that `compensated by` names.
    pub compensated: Option<Def>,
}

impl CallSite {
    /// Whether a vendor is called.
    pub const fn is_vendor(&self) -> bool {
        matches!(self.callee.kind, DefKind::Item)
    }

    /// Whether it goes over no wire.
    pub fn within_service(&self) -> bool {
        self.callee.item == self.op.item
    }

    /// Where the statement stands.
    pub fn place(&self) -> Place {
        Place::new(self.op.item, self.statement.clone())
    }

    /// The statement as the operation's facts have it, for what is not here: where the parts stand.
    pub fn written<'db>(&self, cx: Cx<'db>) -> Option<&'db Call> {
        self.op.op(cx.db)?.calls.get(usize::from(self.number))
    }

    /// `Orders.place calls Catalog.price`, with the names in backquotes.
    pub fn says(&self, cx: Cx<'_>) -> String {
        format!(
            "`{}` calls `{}`",
            cx.qualified(self.op),
            cx.qualified(self.callee)
        )
    }

    /// Whether it leads into another context; `None` where one of the two is not known. A vendor is in none.
    pub fn crosses_contexts(&self, db: &dyn Db) -> Option<bool> {
        if self.is_vendor() {
            return Some(true);
        }
        let (from, to) = (home(db, self.op.item), home(db, self.callee.item));
        (from != Home::Unknown && to != Home::Unknown).then_some(from != to)
    }
}

/// The calls of one service, in the order of its operations and their text.
#[salsa::tracked(returns(ref))]
pub fn calls_of(db: &dyn Db, item: Item) -> Arc<[CallSite]> {
    let cx = Cx { db };
    cx.ops(item)
        .flat_map(|op| {
            op.op
                .calls
                .iter()
                .enumerate()
                .filter_map(move |(number, call)| site(cx, op.def, number, call))
        })
        .collect()
}

fn site(cx: Cx<'_>, op: Def, number: usize, call: &Call) -> Option<CallSite> {
    let callee = cx.def(op.item, &call.target)?;
    let vendor = cx.vendor(callee.item);
    let endpoint = cx.op(callee);
    if vendor.is_none() && endpoint.is_none() {
        return None;
    }
    let default = match (endpoint, vendor) {
        (Some(endpoint), _) => Some(cx.effective(endpoint, |settings| &settings.timeout).0),
        (None, Some(vendor)) => Some(&vendor.timeout),
        (None, None) => None,
    };
    let timeout = match default {
        Some(default) => call.timeout.or(default),
        None => &call.timeout,
    };
    let retry = call
        .retry
        .as_ref()
        .or_else(|| vendor.and_then(|vendor| vendor.retry.as_ref()));
    Some(CallSite {
        op,
        number: u16::try_from(number).ok()?,
        statement: call.loc.clone(),
        callee,
        timeout: timeout.set().map(|time| time.millis()),
        retries: retry.map_or(0, |retry| u64::try_from(retry.count).unwrap_or(0)),
        breaker: call.breaker.is_some() || vendor.is_some_and(|vendor| vendor.breaker.is_some()),
        fallback: call
            .fallback
            .clone()
            .or_else(|| vendor.and_then(|vendor| vendor.fallback.clone())),
        required: call.required,
        parallel: call.parallel,
        identity: call.identity.clone(),
        with: call.with.as_ref().and_then(|scheme| cx.def(op.item, scheme)),
        tls_off: call.tls.is_off(),
        compensated: call
            .compensated
            .as_ref()
            .and_then(|target| cx.def(op.item, target)),
    })
}

/// The services and vendors that schemes name as their `issuer`: identity providers, which everybody has to ask.
#[salsa::tracked(returns(ref))]
pub fn issuers(db: &dyn Db) -> Arc<FxHashSet<Item>> {
    let cx = Cx { db };
    let schemes = cx.items(Kind::Auth);
    Arc::new(
        schemes
            .iter()
            .filter_map(|&scheme| cx.def(scheme, cx.auth(scheme)?.issuer.as_ref()?))
            .map(|def| def.item)
            .collect(),
    )
}
