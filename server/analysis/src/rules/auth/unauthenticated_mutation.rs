//! An endpoint that anybody can call changes something.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, let_in},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.unauthenticated_mutation",
    severity: Severity::Error,
    core: true,
    summary: "Anybody may change something.",
    subsumes: &["auth.auth_undeclared", "auth.unreachable_allow", "style.placeholder", "api.missing_rate_limit", "evolution.protection_weakened"],
    cwe: &[306],
    page: include_str!("../../../../../docs/rules/auth/unauthenticated_mutation.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

pub(crate) fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let exempt = !op.op.is_endpoint() || !op.op.issues.is_empty() || let_in::reasoned(op.op);
    // Where nobody can get in, or only services, the statements contradict each other or a caller is at fault.
    let not_anybody = op.op.internal.is_some() || cx.shut(op);
    if exempt || not_anybody || !cx.open(op) || !cx.mutates(op) {
        return None;
    }
    let element = cx.qualified(op.def);
    let what = match op.op.touches.iter().find(|touch| touch.access.changes()) {
        Some(touch) => format!("{} `{}`", touch.access.word(), touch.entity.text()),
        None => format!("changes something (it is a {})", op.op.method),
    };
    let message = format!(
        "anybody can call `{element}` without signing in, and it {what}: nobody can be held to it, or stopped"
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, cx.place(op.def), message)
        .help("Let only those in who need it. If it must be open, say why: `public because \"…\"`.");
    for fix in let_in::fixes(cx, op) {
        finding = finding.fix(fix);
    }
    // Beside an `allow`, `public` would contradict it.
    if !op.op.allow.is_empty() {
        return Some(finding);
    }
    let reason = "public because \"everybody may do this\"";
    let step = match &op.op.public {
        Some((_, loc)) => Step::Replace(Place::new(op.def.item, loc.clone()), reason.to_owned()),
        None => Step::AddStatementFirst(cx.place(op.def), reason.to_owned()),
    };
    Some(finding.fix(FixPlan::suggest("Keep it open, with a reason", vec![step])))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    #[test]
    fn writing_counts_more_than_the_method() {
        let text = "service Orders {
  auth none
  entity Order { id: uuid @id; note: string }
  type Words { words: string }
  endpoint peek GET /v1/peek { writes Order }
  endpoint search POST /v1/searches (body: Words) -> page Order { safe; reads Order }
  endpoint look GET /v1/look -> page Order { reads Order }
  job tidy every 1d { deletes Order }
}
";
        assert_eq!(of_rule(text, RULE.id), ["5 error Orders.peek"]);
    }

    #[test]
    fn an_empty_reason_is_none() {
        let text = "service Orders {
  endpoint ping POST /v1/pings { public because \" \" }
}
";
        assert_eq!(of_rule(text, RULE.id), ["2 error Orders.ping"]);
        assert!(
            fixed(text, "Keep it open, with a reason")
                .contains("{ public because \"everybody may do this\" }")
        );
    }
}
