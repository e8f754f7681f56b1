//! A webhook acts on what anybody may have sent.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{Op, OpKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        transfers::vendor_kind,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "vendor.unverified_webhook",
    severity: Severity::Error,
    core: true,
    summary: "A webhook believes whoever calls it.",
    cwe: &[345, 347, 294],
    page: include_str!("../../../../../docs/rules/vendor/unverified_webhook.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // A half-typed `verify` may be what is missing.
    if cx.facts(item).broken {
        return;
    }
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

/// What it does with what it believes; `None` where that is nothing.
fn effect(op: &Op) -> Option<&'static str> {
    if op.touches.iter().any(|touch| touch.access.changes()) {
        Some("changes data")
    } else if !op.emits.is_empty() {
        Some("emits events")
    } else if !op.calls.is_empty() || !op.sends.is_empty() {
        Some("calls others")
    } else {
        None
    }
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if op.op.kind != OpKind::Webhook || op.op.verify.is_some() {
        return None;
    }
    let effect = effect(op.op)?;
    let vendor = cx.def(op.def.item, op.op.vendor.as_ref()?)?;
    if vendor_kind(cx, vendor.item).is_none_or(|kind| kind.signs.is_some()) {
        return None;
    }
    let (element, name) = (cx.qualified(op.def), cx.name(vendor.item));
    let message = format!(
        "webhook `{element}` {effect} and does not verify that `{name}` has sent what it gets: whoever knows the address can forge it"
    );
    let place = cx.place(op.def);
    Some(
        Finding::new(RULE.id, RULE.severity, element, place.clone(), message)
            .help("State the header with the sender's signature: `verify signature \"X-Signature\" within 5m`.")
            .related(
                format!("`{name}` is of a kind that does not sign what it sends"),
                Place::new(vendor.item, Loc::at(&[], Part::Name)),
            )
            .fix(
                FixPlan::suggest(
                    "Verify a signature in X-Signature",
                    vec![Step::AddStatementFirst(
                        place,
                        "verify signature \"X-Signature\" within 5m".to_owned(),
                    )],
                )
                .preferred(),
            ),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(kind: &str, body: &str) -> String {
        format!(
            "vendor V: {kind}\nservice S {{\n  entity P {{ id: uuid @id; paid: bool }}\n  event Paid v1 {{ key id; id: uuid }}\n  \
             webhook hook from V POST /hooks/v {{ {body} }}\n}}\n"
        )
    }

    fn check(kind: &str, body: &str) -> Vec<String> {
        of_rule(&text(kind, body), "vendor.unverified_webhook")
    }

    #[test]
    fn what_acts_must_know_who_speaks() {
        assert_eq!(check("http", "writes P"), ["5 error S.hook"]);
        assert_eq!(check("postmark", "deletes P"), ["5 error S.hook"]);
        assert_eq!(check("http", "emits Paid"), ["5 error S.hook"]);
        assert_eq!(check("http", "calls V"), ["5 error S.hook"]);
        assert_eq!(check("http", "sends P.id to V"), ["5 error S.hook"]);
    }

    #[test]
    fn signatures_and_idle_hooks_are_fine() {
        assert_eq!(check("stripe", "writes P"), [""; 0]);
        assert_eq!(check("http", "verify signature \"X-Sig\"; writes P"), [""; 0]);
        assert_eq!(check("http", "reads P"), [""; 0]);
        assert_eq!(check("http", "verify; writes P"), [""; 0]);
    }

    #[test]
    fn the_fix_verifies() {
        let after = fixed(&text("http", "writes P"), "Verify a signature in X-Signature");
        assert!(
            after.contains("{ verify signature \"X-Signature\" within 5m; writes P }"),
            "{after}"
        );
    }
}
