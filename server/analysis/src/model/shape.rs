//! How large the services are, for the rules about where the system is cut.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use super::{
    cx::Cx,
    facts::{Name, OpKind},
};
use crate::db::{Db, Item, facts};

/// What one service amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The service.
    pub item: Item,
    /// Endpoints, handlers, jobs and webhooks.
    pub ops: usize,
    /// Those that are more than a probe for load balancers.
    pub working: usize,
    /// Whether all those that work are endpoints.
    pub only_answers: bool,
    /// Entities.
    pub entities: usize,
    /// Whether it has components, or says its layers.
    pub layered: bool,
    /// `kind`
    pub kind: Option<Name>,
    /// Whether it has a syntax error, so that something may just not have been read.
    pub broken: bool,
}

impl Shape {
    /// Whether it is of one of some kinds.
    pub fn is(&self, kinds: &[&str]) -> bool {
        self.kind.as_deref().is_some_and(|kind| kinds.contains(&kind))
    }
}

/// All services, in the order of files and text.
#[salsa::tracked(returns(ref))]
pub fn shapes(db: &dyn Db) -> Arc<[Shape]> {
    let cx = Cx { db };
    cx.items(Kind::Service)
        .iter()
        .filter_map(|&item| {
            let service = cx.service(item)?;
            let working = || service.ops.iter().filter(|op| !op.is_probe());
            Some(Shape {
                item,
                ops: service.ops.len(),
                working: working().count(),
                only_answers: working().all(|op| matches!(op.kind, OpKind::Endpoint | OpKind::Resource(_))),
                entities: service.entities.len(),
                layered: service.layers.is_some() || !service.components.is_empty(),
                kind: service.kind.clone(),
                broken: facts(db, item).broken,
            })
        })
        .collect()
}
