//! A call into another context that nothing catches when it fails.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        calls::{CallSite, calls_of, promises::promise_of},
        cx::Cx,
        def::Def,
        expr::text::percent,
        finding::{Finding, FixPlan, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.no_fallback",
    severity: Severity::Info,
    summary: "A call into another context that nothing catches when it fails.",
    page: include_str!("../../../../../docs/rules/scale/no_fallback.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    if cx.facts(item).broken {
        return;
    }
    let mut known: Vec<(Def, Def)> = Vec::new();
    for site in calls_of(cx.db, item).iter() {
        let pair = (site.op, site.callee);
        if site.breaker || site.fallback.is_some() || site.required || known.contains(&pair) {
            continue;
        }
        // A vendor is one cause, however many operations call it: `vendor.no_resilience` speaks of those that a request waits for,
        // and a job or handler that fails is tried again.
        if site.is_vendor() || site.crosses_contexts(cx.db) != Some(true) {
            continue;
        }
        known.push(pair);
        findings.push(finding(cx, site));
    }
}

fn finding(cx: Cx<'_>, site: &CallSite) -> Finding {
    let name = cx.qualified(site.op);
    let caller = promise_of(cx.db, site.op.item).availability;
    let callee = promise_of(cx.db, site.callee.item).availability;
    let (severity, promises) = match (caller, callee) {
        (Some(caller), Some(callee)) if caller > callee => (
            Severity::Warning,
            format!(
                ", and promises {} where that promises {}",
                percent(caller),
                percent(callee)
            ),
        ),
        _ => (RULE.severity, String::new()),
    };
    let message = format!(
        "{} and has nothing to fall back on{promises}: when the one is down, so is the other",
        site.says(cx)
    );
    let finding = Finding::new(RULE.id, severity, name, site.place(), message).help(
        "Give the call a `breaker` or a `fallback`; if the operation is meant to fail with it, say `required`.",
    );
    let with = |title: &str, statement: &str| {
        FixPlan::suggest(
            title.to_owned(),
            vec![Step::AddStatement(site.place(), statement.to_owned())],
        )
    };
    finding
        .fix(with("Give the call a breaker", "breaker").preferred())
        .fix(with("Fall back on the last answer", "fallback cached"))
        .fix(with("Say that the operation is meant to fail with it", "required"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(call: &str) -> String {
        format!(
            "context One
context Two
vendor V: http
service A in One {{
  slo {{ availability 99.9% }}
  job a every 1d {{ {call} }}
}}
service B in One {{ endpoint b GET /b }}
service C in Two {{ endpoint c GET /c }}
service D in Two {{ slo {{ availability 99% }}; endpoint d GET /d }}
service E in Two {{ slo {{ availability 99.9% }}; endpoint e GET /e }}
"
        )
    }

    fn found(call: &str) -> Vec<String> {
        of_rule(&text(call), RULE.id)
    }

    #[test]
    fn a_call_over_a_border_needs_something() {
        assert_eq!(found("calls C.c"), ["6 info A.a"]);
        assert_eq!(found("calls C.c; calls C.c").len(), 1);
        for caught in ["breaker", "fallback cached", "required"] {
            assert_eq!(found(&format!("calls C.c {{ {caught} }}")), [""; 0], "{caught}");
        }
        assert_eq!(found("calls B.b"), [""; 0]);
    }

    #[test]
    fn promising_more_is_worse() {
        assert_eq!(found("calls D.d"), ["6 warning A.a"]);
        assert_eq!(found("calls E.e"), ["6 info A.a"]);
    }

    #[test]
    fn vendors_are_another_rules() {
        let request = text("calls V").replace("job a every 1d", "endpoint a GET /a");
        for text in [text("calls V"), request.clone()] {
            assert_eq!(of_rule(&text, RULE.id), [""; 0]);
        }
        assert_eq!(of_rule(&request, "vendor.no_resilience"), ["3 warning V"]);
    }

    #[test]
    fn each_fix_helps() {
        let before = text("calls C.c { timeout 1s }");
        for title in [
            "Give the call a breaker",
            "Fall back on the last answer",
            "Say that the operation is meant to fail with it",
        ] {
            assert_eq!(of_rule(&fixed(&before, title), RULE.id), [""; 0], "{title}");
        }
    }
}
