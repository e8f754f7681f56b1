//! Clients can't know which errors to expect.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{Access, Body, ErrorDef},
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.error_contract",
    severity: Severity::Info,
    strict: true,
    summary: "Clients have to guess what can go wrong.",
    page: include_str!("../../../../../docs/rules/api/error_contract.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// More choices than this are no help.
const CHOICES: usize = 6;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for &service in items_of(cx.db, Kind::Service).iter() {
        findings.extend(undeclared(cx.db, service).iter().cloned());
    }
    shapes(cx, findings);
}

/// The operations of one service that say nothing of errors.
#[salsa::tracked(returns(ref))]
fn undeclared(db: &dyn Db, item: Item) -> Arc<[Finding]> {
    let cx = Cx { db };
    // What is missing in broken text may just not have been read.
    if cx.facts(item).broken {
        return Arc::from([]);
    }
    cx.ops(item).filter_map(|op| judge(cx, op)).collect()
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_endpoint() || !op.op.errors.is_empty() || !cx.mutates(op) || !cx.external(op) {
        return None;
    }
    let why = can_fail(cx, op)?;
    let element = cx.qualified(op.def);
    let message = format!(
        "`{element}` {why} and names no `errors`: clients guess what can go wrong, and treat all of it alike"
    );
    let place = cx.place(op.def);
    let mut finding = Finding::new(RULE.id, RULE.severity, element, place.clone(), message)
        .help("Name the errors that clients can do something about: `errors NotFound, Conflict`.");
    for error in choices(cx, op.def.item) {
        let step = Step::AddStatement(place.clone(), format!("errors {error}"));
        finding = finding.fix(FixPlan::suggest(format!("Answer with {error}"), vec![step]));
    }
    Some(finding)
}

/// Why an operation can refuse what it is asked for.
fn can_fail(cx: Cx<'_>, op: OpRef<'_>) -> Option<String> {
    let unique = op
        .op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Writes)
        .filter_map(|touch| cx.def(op.def.item, &touch.entity))
        .find(|entity| {
            cx.entity(*entity).is_some_and(|facts| {
                !facts.uniques.is_empty() || facts.fields.iter().any(|field| field.has("unique"))
            })
        });
    if let Some(entity) = unique {
        return Some(format!("writes `{}`, of which some values are unique,", cx.qualified(entity)));
    }
    if let Some(call) = op.op.calls.first() {
        return Some(format!("calls `{}`", call.target.text()));
    }
    (!op.op.allow.is_empty()).then(|| "does not let everybody in".to_owned())
}

/// Errors that a service has at hand: its own, then those of everybody.
fn choices(cx: Cx<'_>, item: Item) -> Vec<SmolStr> {
    let own = cx.service(item).map(|service| service.errors.as_slice());
    let mut names: Vec<SmolStr> = own
        .unwrap_or_default()
        .iter()
        .map(|error| error.name.clone())
        .collect();
    for shared in cx.items(Kind::Error).iter() {
        let name = cx.name(*shared);
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names.retain(|name| !name.is_empty());
    names.truncate(CHOICES);
    names
}

/// Errors of one name that mean different things in different places.
fn shapes(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut known: FxHashMap<&str, (Def, &ErrorDef)> = FxHashMap::default();
    let shared = items_of(cx.db, Kind::Error);
    let services = items_of(cx.db, Kind::Service);
    for &item in shared.iter().chain(services.iter()) {
        let (errors, own): (&[ErrorDef], bool) = match &cx.facts(item).body {
            Body::Error(error) => (std::slice::from_ref(error), false),
            Body::Service(service) => (&service.errors, true),
            _ => continue,
        };
        for (index, error) in errors.iter().enumerate() {
            let kind = if own { DefKind::Error(index as u16) } else { DefKind::Item };
            let def = Def { item, kind };
            let (first, facts) = *known.entry(error.name.as_str()).or_insert((def, error));
            // A second one in the same place is a name that is given twice.
            if facts.status != error.status && first.item != item && !error.name.is_empty() {
                findings.push(other_shape(cx, (def, error), (first, facts)));
            }
        }
    }
}

fn other_shape(cx: Cx<'_>, (def, error): (Def, &ErrorDef), (first, facts): (Def, &ErrorDef)) -> Finding {
    let element = cx.qualified(def);
    let message = format!(
        "`{element}` is answered with {}, and `{}` with {}: clients that know one of them treat the other wrongly",
        error.status,
        cx.qualified(first),
        facts.status
    );
    let place = cx.place(def);
    let mut finding = Finding::new(RULE.id, Severity::Warning, element, place, message)
        .help("Declare it once, outside of services, or give one of the two another name.")
        .related(format!("{} here", facts.status), cx.place(first));
    let status = crate::model::paths::argument(cx, def.item, &error.loc, "status");
    if let Some(status) = status {
        let at = Place::new(def.item, error.loc.with(Part::Arg(status)));
        let step = Step::Replace(at, facts.status.to_string());
        finding = finding.fix(FixPlan::suggest(format!("Answer with {}", facts.status), vec![step]));
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn service(endpoint: &str) -> String {
        format!(
            "auth Session: cookie
role Clerk: staff
error NotFound 404 \"There is none.\"
service Orders {{
  auth Session
  error Taken 409 \"Somebody has it.\"
  entity Order {{ id: uuid @id; code: string @unique }}
  entity Note {{ id: uuid @id; text: string }}
  endpoint change {endpoint}
}}
"
        )
    }

    #[test]
    fn what_can_fail_says_how() {
        let of = |endpoint: &str| of_rule(&service(endpoint), RULE.id);
        let none: [&str; 0] = [];
        assert_eq!(of("PUT /v1/x { allow Clerk; writes Note }"), ["9 info Orders.change"]);
        assert_eq!(of("PUT /v1/x { auth none; writes Order }"), ["9 info Orders.change"]);
        assert_eq!(of("PUT /v1/x { auth none; writes Note }"), none);
        assert_eq!(of("PUT /v1/x { allow Clerk; writes Note; errors NotFound }"), none);
        assert_eq!(of("PUT /v1/x { internal; allow Clerk; writes Note }"), none);
        assert_eq!(of("GET /v1/x -> { n: int } { allow Clerk; reads Note }"), none);
        let after = fixed(&service("PUT /v1/x { allow Clerk; writes Note }"), "Answer with Taken");
        assert!(after.contains("writes Note; errors Taken }"), "{after}");
    }

    #[test]
    fn one_name_means_one_thing() {
        let text = "error NotFound 404 \"There is none.\"
service A { error NotFound 410 \"There was one.\" }
service B { error NotFound 404 \"There is no such thing.\" }
";
        assert_eq!(of_rule(text, RULE.id), ["2 warning A.NotFound"]);
        assert!(fixed(text, "Answer with 404").contains("service A { error NotFound 404 "));
    }
}
