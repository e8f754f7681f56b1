//! Changes in several services, and nothing undoes the first when the second fails.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Call, OpKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.uncompensated_workflow",
    severity: Severity::Warning,
    summary: "Several services are changed, and nothing undoes the first when the next one fails.",
    cwe: &[841],
    page: include_str!("../../../../../docs/rules/event/uncompensated_workflow.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What endpoints are called that take something back.
const UNDOING: &[&str] = &[
    "cancel", "delete", "drop", "free", "refund", "release", "remove", "reverse", "revert", "rollback", "undo",
    "unreserve", "void", "withdraw",
];

/// How many endpoints are offered to undo a call.
const CHOICES: usize = 3;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // Of what is broken the `compensated by` may just be missing yet.
    if !cx.facts(item).broken {
        findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
    }
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let item = op.def.item;
    if op.op.calls.len() < 2 || runs_again(op) {
        return None;
    }
    let changing: Vec<(&Call, Def)> = op
        .op
        .calls
        .iter()
        .filter_map(|call| Some((call, cx.def(item, &call.target)?)))
        .filter(|(_, target)| {
            target.item != item && cx.op(*target).is_some_and(|callee| cx.mutates(callee))
        })
        .collect();
    let mut services: Vec<Item> = changing.iter().map(|(_, target)| target.item).collect();
    services.sort_unstable();
    services.dedup();
    if services.len() < 2 || changing.iter().any(|(call, _)| call.compensated.is_some()) {
        return None;
    }
    let element = cx.qualified(op.def);
    let mut targets: Vec<Def> = Vec::new();
    for (_, target) in &changing {
        if !targets.contains(target) {
            targets.push(*target);
        }
    }
    let message = format!(
        "`{element}` changes something in {} services by calling {}, and no call is `compensated`: when a later one fails, the earlier ones stand, and the work is half done",
        services.len(),
        told::all(cx, &targets),
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, cx.place(op.def), message)
        .help("Say what undoes the earlier calls: `compensated by`. Or let the next service react to an event.");
    for (call, target) in changing.iter().take(told::RELATED) {
        finding = finding.related(
            format!("`{}` changes something here", cx.qualified(*target)),
            Place::new(item, call.loc.clone()),
        );
    }
    let (first, target) = *changing.first()?;
    let undoing = undoing(cx, target);
    let single = undoing.len() == 1;
    for undo in undoing.into_iter().take(CHOICES) {
        let name = cx.qualified(undo);
        let step = Step::AddStatement(
            Place::new(item, first.loc.clone()),
            format!("compensated by {name}"),
        );
        let fix = FixPlan::suggest(
            format!("Undo {} by {name}", cx.qualified(target)),
            vec![step],
        );
        finding = finding.fix(if single { fix.preferred() } else { fix });
    }
    Some(finding)
}

/// Whether an operation is begun again until all of it has worked: then it goes forward instead of back.
fn runs_again(op: OpRef<'_>) -> bool {
    match op.op.kind {
        OpKind::Job => op.op.idempotent.is_some(),
        OpKind::Handler => op.op.idempotent.is_some() && op.op.retry.is_some(),
        _ => false,
    }
}

/// Endpoints of the called service that sound as if they undid something.
fn undoing(cx: Cx<'_>, called: Def) -> Vec<Def> {
    cx.ops(called.item)
        .filter(|op| op.def != called && op.op.is_endpoint() && cx.mutates(*op))
        .filter(|op| {
            let first = op.op.name.split('_').next().unwrap_or_default();
            UNDOING.contains(&first)
        })
        .map(|op| op.def)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(op: &str) -> String {
        format!(
            "service Stock {{
  endpoint reserve POST /v1/r {{ idempotent }}
  endpoint release DELETE /v1/r/{{id}}
  endpoint count GET /v1/count
}}
service Billing {{
  endpoint charge POST /v1/c {{ idempotent }}
  endpoint tax POST /v1/t {{ safe }}
}}
service Orders {{
  event Asked v1 {{ key id; id: uuid }}
  {op}
}}
"
        )
    }

    fn check(op: &str) -> Vec<String> {
        of_rule(&text(op), RULE.id)
    }

    #[test]
    fn two_changed_services_need_a_way_back() {
        let both = "calls Stock.reserve; calls Billing.charge";
        assert_eq!(
            check(&format!("endpoint place POST /v1/o {{ {both} }}")),
            ["12 warning Orders.place"]
        );
        assert_eq!(check(&format!("job place every 1d {{ {both} }}")).len(), 1);
        assert_eq!(check(&format!("on Asked as place {{ {both} }}")).len(), 1);
    }

    #[test]
    fn the_last_step_needs_none() {
        let undone = "calls Stock.reserve { compensated by Stock.release }; calls Billing.charge";
        assert!(check(&format!("endpoint place POST /v1/o {{ {undone} }}")).is_empty());
    }

    #[test]
    fn one_service_or_reading_is_no_workflow() {
        for calls in [
            "calls Stock.reserve; calls Stock.release",
            "calls Stock.reserve; calls Billing.tax",
            "calls Stock.count; calls Billing.charge",
        ] {
            assert!(check(&format!("endpoint place POST /v1/o {{ {calls} }}")).is_empty(), "{calls}");
        }
    }

    #[test]
    fn what_is_begun_again_goes_forward() {
        let both = "calls Stock.reserve; calls Billing.charge";
        assert!(check(&format!("job place every 1d {{ idempotent; {both} }}")).is_empty());
        assert!(check(&format!("on Asked as place {{ idempotent by id; retry 5; {both} }}")).is_empty());
    }

    #[test]
    fn what_undoes_is_found_by_its_name() {
        let before = text("endpoint place POST /v1/o { calls Stock.reserve; calls Billing.charge }");
        let after = fixed(&before, "Undo Stock.reserve by Stock.release");
        assert!(
            after.contains("calls Stock.reserve { compensated by Stock.release }; calls Billing.charge"),
            "{after}"
        );
        assert!(of_rule(&after, RULE.id).is_empty());
    }
}
