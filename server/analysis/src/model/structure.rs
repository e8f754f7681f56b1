//! Whether what has fields, parameters and types is put together as it may be: attributes, bounds, identities, positions.
//!
//! What names mean is looked up in [`super::resolved`], values in [`super::expr`]. Here nothing is guessed: what refers to
//! something unknown is not judged, and of a broken item nothing absent is missed.

mod attributes;
mod bounds;
mod carriers;
pub mod cycles;
mod entities;
mod family;
mod parameters;
mod positions;
mod report;
mod routes;
pub(super) mod scalars;
mod selves;
#[cfg(test)]
mod tests;

pub(super) use self::bounds::forbids;
use super::{
    cx::Cx,
    facts::{Body, ItemFacts},
    resolved::Resolved,
};
use crate::db::Item;

/// Checks one item.
pub fn check(cx: Cx<'_>, item: Item, facts: &ItemFacts, out: &mut Resolved) {
    let mut findings = Vec::new();
    carriers::each(facts, &mut |carrier| {
        attributes::check(cx, item, carrier, &mut findings);
        bounds::check(item, carrier, &mut findings);
        positions::field(cx, item, carrier, &mut findings);
    });
    match &facts.body {
        Body::Service(service) => {
            for entity in &service.entities {
                entities::entity(cx, item, facts, service, entity, &mut findings);
            }
            for store in &service.stores {
                findings.extend(entities::store(cx, item, facts, store));
            }
            for event in &service.events {
                entities::event(cx, item, facts, event, &mut findings);
            }
            for (index, op) in service.ops.iter().enumerate() {
                parameters::check(cx, item, facts, (index, op), service, &mut findings);
            }
            routes::check(cx, item, facts, service, &mut findings);
            for error in &service.errors {
                let element = report::within(facts, &[&error.name]);
                bounds::error_status(item, error, &element, &mut findings);
            }
        }
        Body::Error(error) => bounds::error_status(item, error, &facts.name, &mut findings),
        _ => {}
    }
    positions::answers(cx, item, facts, &mut findings);
    positions::filters(cx, item, facts, &mut findings);
    entities::empty(item, facts, &mut findings);
    selves::check(cx, item, facts, &mut findings);
    out.findings.append(&mut findings);
}
