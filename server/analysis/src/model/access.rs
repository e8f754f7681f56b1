//! What the whole workspace says about access, kept apart so that an edit elsewhere does not reach every check: which
//! endpoints clients use, and which entities are the people who sign in.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;

use super::{
    classes::Classes,
    cx::Cx,
    def::{Def, DefKind},
};
use crate::db::{Db, Item, items_of};

/// What clients use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientUses {
    /// Endpoints that a client names.
    pub endpoints: FxHashSet<Def>,
    /// Services that a client names as a whole.
    pub services: FxHashSet<Item>,
    /// Services of which a client uses anything.
    pub touched: FxHashSet<Item>,
}

/// What all clients use.
#[salsa::tracked(returns(ref))]
pub fn client_uses(db: &dyn Db) -> Arc<ClientUses> {
    let cx = Cx { db };
    let mut uses = ClientUses::default();
    for &client in items_of(db, Kind::Client).iter() {
        let Some(facts) = cx.client(client) else { continue };
        for used in facts.uses.iter().filter_map(|reference| cx.def(client, reference)) {
            uses.touched.insert(used.item);
            if used.kind == DefKind::Item {
                uses.services.insert(used.item);
            } else {
                uses.endpoints.insert(used);
            }
        }
    }
    Arc::new(uses)
}

/// The entities of people who sign in: of the services named by `issuer`, those with a `secret` field or, failing that,
/// those with personal data.
#[salsa::tracked(returns(ref))]
pub fn identity_entities(db: &dyn Db) -> Vec<Def> {
    let cx = Cx { db };
    let mut found = Vec::new();
    for &scheme in items_of(db, Kind::Auth).iter() {
        let Some(issuer) = cx.auth(scheme).and_then(|auth| auth.issuer.as_ref()) else { continue };
        let Some(issuer) = cx.def(scheme, issuer) else { continue };
        let entities: Vec<Def> = cx.entities(issuer.item).map(|(def, _)| def).collect();
        let with = |test: fn(Classes) -> bool| -> Vec<Def> {
            entities
                .iter()
                .filter(|def| cx.sensitive_fields(**def).iter().any(|(_, _, classes)| test(*classes)))
                .copied()
                .collect()
        };
        let mut identity = with(|classes| classes.any(Classes::SECRET));
        if identity.is_empty() {
            identity = with(|classes| classes.any(Classes::PII));
        }
        found.extend(identity);
    }
    found.sort_unstable();
    found.dedup();
    found
}
