//! What a service promises, as far as chains of calls ask for it.

use std::sync::Arc;

use crate::{
    db::{Db, Item},
    model::{cx::Cx, def::Def},
};

/// What chains of calls need to know of a service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Promise {
    /// Promised availability, in millionths.
    pub availability: Option<u32>,
    /// Promised p99, in milliseconds.
    pub p99: Option<u64>,
    /// Whether it is a gateway, which only forwards.
    pub gateway: bool,
    /// Its endpoints whose answers may be reused: GET with `cache`.
    pub reused: Arc<[Def]>,
}

/// What chains of calls need to know of a service.
#[salsa::tracked(returns(ref))]
pub fn promise_of(db: &dyn Db, item: Item) -> Promise {
    let cx = Cx { db };
    let Some(service) = cx.service(item) else {
        return Promise::default();
    };
    let slo = service.slo.as_ref();
    let p99 = slo.and_then(|slo| slo.latency.iter().find(|(percentile, _)| percentile == "p99"));
    let reused = cx
        .ops(item)
        .filter(|op| op.op.method == "GET" && op.op.cache.is_some())
        .map(|op| op.def);
    Promise {
        availability: slo.and_then(|slo| slo.availability),
        p99: p99.map(|(_, time)| time.millis()),
        gateway: service.kind.as_deref() == Some("gateway"),
        reused: reused.collect(),
    }
}
