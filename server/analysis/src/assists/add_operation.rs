//! Adds an operation that a resource lacks.
//!
//! `resource Order at /v1/orders { list { allow Clinician } }` => the same with `get { allow Clinician }`: who may use it is
//! taken from the first operation that says so. What another operation of the service answers already is not offered.

use archwright_grammar::{ast::Value, vocabulary::Kind};

use crate::{
    features::spot::Spot,
    model::{
        finding::{FixPlan, Place, Step},
        loc::Loc,
        paths::answers,
    },
};

/// Each operation with its word, its method and what it adds to the resource's path.
const OPERATIONS: &[(Kind, &str, &str, &str)] = &[
    (Kind::List, "list", "GET", ""),
    (Kind::Get, "get", "GET", "/{id}"),
    (Kind::Create, "create", "POST", ""),
    (Kind::Update, "update", "PATCH", "/{id}"),
    (Kind::Delete, "delete", "DELETE", "/{id}"),
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
    let service = spot.cx.service(spot.item);
    let path = match node.arg("path").map(|argument| &argument.value) {
        Some(Value::Path(path)) => path.text.trim_end_matches('/'),
        _ => "",
    };
    let taken = |method: &str, added: &str| {
        service.is_some_and(|service| answers(service, method, &format!("{path}{added}")))
    };
    // Where nobody signs in, nobody can be allowed.
    let open = service.is_some_and(|service| {
        let (auth, _) = spot.cx.service_setting(service, |settings| &settings.auth);
        auth.is_off()
    });
    OPERATIONS
        .iter()
        .filter(|(kind, ..)| node.children_of(*kind).next().is_none())
        .filter(|(_, _, method, added)| !taken(method, added))
        .map(|(_, word, ..)| {
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
