//! Adds an operation that a resource lacks.
//!
//! `resource Order at /v1/orders { list { allow Clinician } }` => the same with `get { allow Clinician }`: who may use it is
//! taken from the first operation that says so.

use archwright_grammar::vocabulary::Kind;

use crate::{
    features::spot::Spot,
    model::{
        finding::{FixPlan, Place, Step},
        loc::Loc,
    },
};

const OPERATIONS: &[(Kind, &str)] = &[
    (Kind::List, "list"),
    (Kind::Get, "get"),
    (Kind::Create, "create"),
    (Kind::Update, "update"),
    (Kind::Delete, "delete"),
];

pub(super) fn assist(spot: &Spot<'_>) -> Vec<FixPlan> {
    let Some(node) = spot.node() else {
        return Vec::new();
    };
    // On the resource's own line, not inside its operations.
    if node.kind() != Kind::Resource {
        return Vec::new();
    }
    let allow = node
        .children()
        .iter()
        .flat_map(|operation| operation.children_of(Kind::Allow))
        .find_map(|allow| allow.reference("role"))
        .map(archwright_grammar::ast::Ref::text);
    // Where nobody signs in, nobody can be allowed.
    let open = spot.cx.service(spot.item).is_some_and(|service| {
        let (auth, _) = spot.cx.service_setting(service, |settings| &settings.auth);
        auth.is_off()
    });
    OPERATIONS
        .iter()
        .filter(|(kind, _)| node.children_of(*kind).next().is_none())
        .map(|(_, word)| {
            let statement = match &allow {
                Some(role) => format!("{word} {{ allow {role} }}"),
                None if open => format!("{word} {{ }}"),
                None => format!("{word} {{ allow any }}"),
            };
            FixPlan::refactor(
                format!("Add `{word}` to the resource"),
                vec![Step::AddStatement(
                    Place::new(spot.item, Loc::head(&spot.path)),
                    statement,
                )],
            )
        })
        .collect()
}
