//! A repeated request does its work twice.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Access, Entity, Field, OpKind, ParamFrom, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        inputs::own_fields,
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.non_idempotent_mutation",
    severity: Severity::Warning,
    core: true,
    summary: "A repeated request does its work twice.",
    cwe: &[837],
    page: include_str!("../../../../../docs/rules/api/non_idempotent_mutation.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// More related places than this say nothing new.
const SHOWN: usize = 10;

/// What one service brings.
#[derive(Debug, Clone, PartialEq, Default)]
struct Part {
    /// Its operations that do their work again when they are asked again.
    repeating: Vec<Repeating>,
    /// Its calls that are tried again.
    retries: Vec<Retry>,
}

/// An operation that is not idempotent.
#[derive(Debug, Clone, PartialEq)]
struct Repeating {
    op: Def,
    /// Whether clients reach it.
    external: bool,
    /// The entity that it writes, as written.
    writes: Option<String>,
    /// Whom it pays by, and where.
    pays: Option<(String, Place)>,
}

/// A call that is tried again.
#[derive(Debug, Clone, PartialEq)]
struct Retry {
    target: Def,
    caller: Def,
    call: Loc,
    /// The call's own `retry`; where there is none, the whole operation is run again.
    own: Option<Loc>,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = items_of(cx.db, Kind::Service);
    let mut retried: FxHashMap<Def, Vec<&Retry>> = FxHashMap::default();
    for &service in services.iter() {
        for retry in &part_of(cx.db, service).retries {
            retried.entry(retry.target).or_default().push(retry);
        }
    }
    for &service in services.iter() {
        for one in &part_of(cx.db, service).repeating {
            let retries = retried.get(&one.op).map(Vec::as_slice).unwrap_or_default();
            if one.external || !retries.is_empty() {
                findings.push(report(cx, one, retries));
            }
        }
    }
}

fn report(cx: Cx<'_>, one: &Repeating, retries: &[&Retry]) -> Finding {
    let element = cx.qualified(one.op);
    let does = match (&one.pays, &one.writes) {
        (Some((vendor, _)), _) => format!("moves money by `{vendor}`"),
        (None, Some(entity)) => format!("writes `{entity}`"),
        (None, None) => "changes something".to_owned(),
    };
    let (when, twice) = match (retries.first(), &one.pays) {
        (Some(retry), None) => (
            format!("`{}` tries it again after a lost answer", cx.qualified(retry.caller)),
            "then it is done twice",
        ),
        (Some(retry), Some(_)) => (
            format!("`{}` tries it again after a lost answer", cx.qualified(retry.caller)),
            "then the money is moved twice",
        ),
        (None, Some(_)) => (
            "clients send again what was not answered".to_owned(),
            "then the money is moved twice",
        ),
        (None, None) => (
            "clients send again what was not answered".to_owned(),
            "then it is done twice",
        ),
    };
    let severity = if retries.is_empty() && one.pays.is_none() {
        RULE.severity
    } else {
        Severity::Error
    };
    let message = format!("`{element}` {does} and is not `idempotent`; {when}, and {twice}");
    let place = cx.place(one.op);
    let mut finding = Finding::new(RULE.id, severity, element, place.clone(), message)
        .help("Make it `idempotent`: what comes with a known key is answered again and not done again.");
    for retry in retries.iter().take(SHOWN) {
        let says = format!("`{}` tries it again", cx.qualified(retry.caller));
        let loc = retry.own.as_ref().unwrap_or(&retry.call).clone();
        finding = finding.related(says, Place::new(retry.caller.item, loc));
    }
    if let Some((vendor, place)) = &one.pays {
        finding = finding.related(format!("money moves by `{vendor}`"), place.clone());
    }
    let add = Step::AddStatement(place, "idempotent".to_owned());
    finding = finding.fix(FixPlan::suggest("Add idempotent", vec![add]).preferred());
    // Where clients may repeat it, that is not enough.
    if one.external {
        return finding;
    }
    let removed: Option<Vec<Step>> = retries
        .iter()
        .map(|retry| Some(Step::Remove(Place::new(retry.caller.item, retry.own.clone()?))))
        .collect();
    match removed {
        Some(steps) if steps.len() == 1 => finding.fix(FixPlan::suggest("Remove the retry", steps)),
        Some(steps) => {
            let title = format!("Remove the {} retries", steps.len());
            finding.fix(FixPlan::suggest(title, steps))
        }
        None => finding,
    }
}

#[salsa::tracked(returns(ref))]
fn part_of(db: &dyn Db, item: Item) -> Arc<Part> {
    let cx = Cx { db };
    let mut part = Part::default();
    for op in cx.ops(item) {
        // What is missing in broken text may just not have been read.
        if !cx.facts(item).broken {
            part.repeating.extend(repeating(cx, op));
        }
        for call in &op.op.calls {
            let own = call.retry.as_ref().filter(|retry| retry.count > 0);
            let again = op.op.retry.as_ref().is_some_and(|retry| retry.count > 0);
            if own.is_none() && !again {
                continue;
            }
            let Some(target) = cx.def(item, &call.target).filter(|target| cx.op(*target).is_some()) else {
                continue;
            };
            part.retries.push(Retry {
                target,
                caller: op.def,
                call: call.loc.clone(),
                own: own.map(|retry| retry.loc.clone()),
            });
        }
    }
    Arc::new(part)
}

fn repeating(cx: Cx<'_>, op: OpRef<'_>) -> Option<Repeating> {
    let may_repeat = op.op.is_endpoint()
        && matches!(op.op.method.as_str(), "POST" | "PATCH")
        && op.op.safe.is_none()
        && op.op.idempotent.is_none();
    if !may_repeat {
        return None;
    }
    let pays = pays(cx, op, true);
    let written = op
        .op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Writes)
        .filter_map(|touch| Some((touch.entity.text(), cx.def(op.def.item, &touch.entity)?)));
    let written: Vec<(String, Def)> = written.collect();
    if pays.is_none() {
        let entities = written.iter().filter_map(|(_, entity)| cx.entity(*entity));
        if written.is_empty() || only_sets(op) || has_natural_key(cx, op, entities) {
            return None;
        }
    }
    Some(Repeating {
        op: op.def,
        external: cx.external(op),
        writes: written.into_iter().next().map(|(name, _)| name),
        pays,
    })
}

/// Whether a request only says what values a row has from now on: that is the same once and twice, as with a PUT.
fn only_sets(op: OpRef<'_>) -> bool {
    let patch = op.op.params.iter().any(|param| {
        param.from == ParamFrom::Body && param.ty.as_ref().is_some_and(|ty| matches!(ty.kind, TyKind::Patch(_)))
    });
    op.op.method == "PATCH"
        && (patch || matches!(op.op.kind, OpKind::Resource(_)))
        && op.op.emits.is_empty()
        && op.op.calls.is_empty()
        && op.op.sends.is_empty()
}

/// The payment vendor that an operation reaches, itself or by a call.
fn pays(cx: Cx<'_>, op: OpRef<'_>, further: bool) -> Option<(String, Place)> {
    let item = op.def.item;
    let calls = op.op.calls.iter().map(|call| (&call.target, &call.loc));
    let sends = op.op.sends.iter().map(|send| (&send.vendor, &send.loc));
    for (reference, loc) in calls.chain(sends) {
        let Some(target) = cx.def(item, reference) else { continue };
        let place = Place::new(item, loc.clone());
        if cx.takes_payments(target.item) {
            return Some((cx.name(target.item).to_string(), place));
        }
        if further
            && let Some(callee) = cx.op(target)
            && callee.op.idempotent.is_none()
            && cx.mutates(callee)
            && let Some((vendor, _)) = pays(cx, callee, false)
        {
            return Some((vendor, place));
        }
    }
    None
}

/// Whether the body names a key that no two rows share: then the second request fails.
fn has_natural_key<'db>(cx: Cx<'db>, op: OpRef<'db>, written: impl Iterator<Item = &'db Entity>) -> bool {
    let named: Vec<&Field> = own_fields(cx, op)
        .into_iter()
        .filter(|field| !field.ty.optional)
        .collect();
    // A patch leaves out what it does not change.
    let patch = op.op.method == "PATCH";
    if named.is_empty() || patch {
        return false;
    }
    let sent = |entity: &Entity, name: &str| {
        named.iter().any(|field| field.name == name)
            && entity
                .fields
                .iter()
                .any(|field| field.name == name && !field.ty.optional)
    };
    written.into_iter().any(|entity| {
        let alone = entity
            .fields
            .iter()
            .filter(|field| field.has("unique") || field.has("id"))
            .any(|field| sent(entity, &field.name));
        let together = entity.uniques.iter().any(|fields| {
            !fields.is_empty()
                && fields
                    .iter()
                    .all(|field| field.path.first().is_some_and(|name| sent(entity, name)))
        });
        alone || together
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn blueprint(statements: &str, more: &str) -> String {
        format!(
            "auth Mesh: mtls
vendor Stripe: stripe {{ timeout 9s }}
service Orders {{
  auth none
  entity Order {{ id: uuid @id; code: string? @unique; number: string; note: string; unique (number) }}
  type Wish {{ note: string }}
  type Numbered {{ number: string }}
  endpoint place {statements}
}}
service Desk {{
  auth Mesh
  {more}
}}
"
        )
    }

    fn of(statements: &str, more: &str) -> Vec<String> {
        of_rule(&blueprint(statements, more), RULE.id)
    }

    #[test]
    fn what_clients_repeat_is_done_twice() {
        let none: [&str; 0] = [];
        assert_eq!(
            of("POST /v1/orders (body: Wish) { writes Order }", ""),
            ["8 warning Orders.place"]
        );
        assert_eq!(
            of("PATCH /v1/orders/{id} (body: Wish) { writes Order }", ""),
            ["8 warning Orders.place"]
        );
        assert_eq!(of("PATCH /v1/orders/{id} (body: patch Order) { writes Order }", ""), none, "it only sets");
        assert_eq!(
            of("PATCH /v1/orders/{id} (body: patch Order) { writes Order; calls Stripe }", ""),
            ["8 error Orders.place"]
        );
        assert_eq!(of("POST /v1/orders (body: Wish) { writes Order; limit per }", ""), none, "broken");
        assert_eq!(of("POST /v1/orders (body: Wish) { writes Order; idempotent }", ""), none);
        assert_eq!(of("PUT /v1/orders/{id} (body: Wish) { writes Order }", ""), none);
        assert_eq!(of("POST /v1/searches (body: Wish) { safe; reads Order }", ""), none);
        assert_eq!(of("POST /v1/orders (body: Wish) { reads Order }", ""), none);
        assert_eq!(of("POST /v1/orders (body: Wish) { internal; writes Order }", ""), none);
    }

    #[test]
    fn a_key_in_the_body_is_enough_but_for_money() {
        let none: [&str; 0] = [];
        assert_eq!(of("POST /v1/orders (body: Numbered) { writes Order }", ""), none);
        assert_eq!(of("POST /v1/orders (body: { id: uuid }) { writes Order }", ""), none);
        // A code that may be missing keeps nothing apart.
        assert_eq!(
            of("POST /v1/orders (body: { code: string }) { writes Order }", ""),
            ["8 warning Orders.place"]
        );
        assert_eq!(
            of("POST /v1/orders (body: Numbered) { writes Order; calls Stripe }", ""),
            ["8 error Orders.place"]
        );
    }

    #[test]
    fn a_caller_that_tries_again_makes_it_an_error() {
        let post = "POST /v1/orders (body: Wish) { writes Order }";
        let inner = "POST /v1/orders (body: Wish) { internal; writes Order }";
        let call = "job send every 1d { calls Orders.place { timeout 1s; retry 2 } }";
        assert_eq!(of(post, call), ["8 error Orders.place"]);
        assert_eq!(of(inner, call), ["8 error Orders.place"]);
        let whole = "job send every 1d { retry 2; calls Orders.place { timeout 1s } }";
        assert_eq!(of(inner, whole), ["8 error Orders.place"]);
        let once = "job send every 1d { calls Orders.place { timeout 1s } }";
        assert_eq!(of(inner, once), [""; 0]);
        let after = fixed(&blueprint(inner, call), "Remove the retry");
        assert!(after.contains("calls Orders.place { timeout 1s }"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }

    #[test]
    fn money_is_followed_through_one_call() {
        let text = blueprint(
            "POST /v1/orders (body: Wish) { calls Desk.pay }",
            "endpoint pay POST /v1/payments (body: { total: money }) { internal; calls Stripe }",
        );
        assert_eq!(of_rule(&text, RULE.id), ["8 error Orders.place"]);
        let inner = text.replace("{ internal; calls", "{ internal; idempotent; calls");
        assert_eq!(of_rule(&inner, RULE.id), [""; 0]);
    }
}
