//! Somebody gives up before what it waits for does.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        calls::{CallSite, calls_of},
        cx::{Cx, Level, OpRef},
        expr::text::millis,
        facts::Setting,
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.timeout_inversion",
    severity: Severity::Warning,
    summary: "Somebody gives up before what it waits for does.",
    page: include_str!("../../../../../docs/rules/scale/timeout_inversion.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let calls = calls_of(cx.db, item);
    if calls.is_empty() {
        return;
    }
    for op in cx.ops(item) {
        let own: Vec<&CallSite> = calls.iter().filter(|site| site.op == op.def).collect();
        if !own.is_empty() {
            findings.extend(outer(cx, op, &own));
            findings.extend(own.iter().filter_map(|site| inner(cx, site)));
        }
    }
}

/// An operation that may end before its calls do.
fn outer(cx: Cx<'_>, op: OpRef<'_>, calls: &[&CallSite]) -> Option<Finding> {
    // Handlers and jobs are nobody's requests: they have only the time that they say themselves.
    let setting = if op.op.is_http() {
        cx.effective(op, |settings| &settings.timeout).0
    } else {
        &op.op.settings.timeout
    };
    let limit = setting.set()?.millis();
    let time = |site: &CallSite| {
        let tries = site.retries.saturating_add(1);
        site.timeout.map_or(0, |time| time.saturating_mul(tries))
    };
    let in_a_row = calls
        .iter()
        .filter(|site| !site.parallel)
        .fold(0_u64, |sum, site| sum.saturating_add(time(site)));
    let beside = calls.iter().filter(|site| site.parallel).map(|site| time(site)).max();
    let needed = in_a_row.max(beside.unwrap_or(0));
    if limit >= needed {
        return None;
    }
    let name = cx.qualified(op.def);
    let own = op.op.settings.timeout.loc();
    let place = own.map_or_else(|| cx.place(op.def), |loc| Place::new(op.def.item, loc.clone()));
    let message = format!(
        "`{name}` ends after {}, and what it calls may take {}: the work goes on when nobody waits for it any more",
        millis(limit),
        millis(needed)
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message)
        .help("Give the calls less time or fewer retries, make them `parallel`, or give the operation more time.");
    for site in calls.iter().filter(|site| time(site) > 0) {
        let tries = match site.retries {
            0 => String::new(),
            retries => format!(", {} times", retries.saturating_add(1)),
        };
        finding = finding.related(
            format!(
                "`{}` may take {}{tries}",
                cx.qualified(site.callee),
                millis(site.timeout.unwrap_or_default())
            ),
            site.place(),
        );
    }
    let statement = format!("timeout {}", millis(needed));
    let step = if own.is_some() {
        Step::Replace(place, statement)
    } else {
        Step::AddStatement(place, statement)
    };
    Some(finding.fix(FixPlan::suggest(
        format!("Give the operation {}", millis(needed)),
        vec![step],
    )))
}

/// A call that is given up before the endpoint gives up.
fn inner(cx: Cx<'_>, site: &CallSite) -> Option<Finding> {
    if site.within_service() {
        return None;
    }
    let Setting::Set(waits, at) = &site.written(cx)?.timeout else {
        return None;
    };
    let callee = cx.op(site.callee)?;
    // What the system says is a default for everybody, not what this endpoint takes.
    let (setting, level) = cx.effective(callee, |settings| &settings.timeout);
    let Setting::Set(takes, said) = setting else { return None };
    if matches!(level, Level::System | Level::Nowhere) || takes.millis() <= waits.millis() {
        return None;
    }
    let (waits, takes) = (millis(waits.millis()), millis(takes.millis()));
    let target = cx.qualified(site.callee);
    let place = Place::new(site.op.item, at.clone());
    let message = format!(
        "the call of `{target}` is given up after {waits}, and `{target}` goes on for {takes}: it works for nobody, and a retry comes on top"
    );
    let wait = FixPlan::suggest(
        format!("Wait {takes} for `{target}`"),
        vec![Step::Replace(place.clone(), format!("timeout {takes}"))],
    );
    let said_at = Place::new(site.callee.item, said.clone());
    let less = if level == Level::Operation {
        Step::Replace(said_at.clone(), format!("timeout {waits}"))
    } else {
        Step::AddStatement(cx.place(site.callee), format!("timeout {waits}"))
    };
    Some(
        Finding::new(RULE.id, RULE.severity, cx.qualified(site.op), place, message)
            .help("Let the endpoint end when its callers do, or wait for it.")
            .related(format!("`{target}` may take {takes}"), said_at)
            .fix(wait)
            .fix(FixPlan::suggest(format!("Let `{target}` end after {waits}"), vec![less])),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(head: &str, calls: &str) -> String {
        format!(
            "{head}
service A {{
  endpoint a GET /a {{ {calls} }}
}}
service B {{
  endpoint plain GET /plain
  endpoint slow GET /slow {{ timeout 2s }}
}}
service C {{
  timeout 3s
  endpoint c GET /c
}}
vendor V: http {{ timeout 4s; retry 1 }}
"
        )
    }

    fn found(calls: &str) -> Vec<String> {
        of_rule(&text("", calls), RULE.id)
    }

    #[test]
    fn calls_in_a_row_add_up_with_their_retries() {
        assert_eq!(found("timeout 1s; calls B.plain { timeout 500ms; retry 1 }"), [""; 0]);
        assert_eq!(
            found("timeout 1s; calls B.plain { timeout 500ms; retry 2 }"),
            ["3 warning A.a"]
        );
        assert_eq!(
            found("timeout 1s; calls B.plain { timeout 600ms }; calls B.plain { timeout 600ms }").len(),
            1
        );
        let parallel = "timeout 1s; calls B.plain { timeout 600ms; parallel }; calls B.plain { timeout 600ms; parallel }";
        assert_eq!(found(parallel), [""; 0]);
        assert_eq!(found("timeout 7s; calls V").len(), 1);
        assert_eq!(found("timeout 8s; calls V"), [""; 0]);
    }

    #[test]
    fn an_inherited_limit_holds_for_requests_only() {
        let calls = "calls B.plain { timeout 2s }";
        assert_eq!(of_rule(&text("system X { timeout 1s }", calls), RULE.id), ["3 warning A.a"]);
        let job = text("system X { timeout 1s }", calls).replace("endpoint a GET /a", "job a every 1d");
        assert_eq!(of_rule(&job, RULE.id), [""; 0]);
        let job = text("", "timeout 1s; calls B.plain { timeout 2s }").replace("endpoint a GET /a", "job a every 1d");
        assert_eq!(of_rule(&job, RULE.id), ["3 warning A.a"]);
    }

    #[test]
    fn a_call_must_not_end_before_the_endpoint() {
        assert_eq!(found("calls B.slow { timeout 1s }"), ["3 warning A.a"]);
        assert_eq!(found("calls B.slow { timeout 2s }"), [""; 0]);
        assert_eq!(found("calls B.slow"), [""; 0]);
        assert_eq!(found("calls C.c { timeout 1s }"), ["3 warning A.a"]);
        // A default for everybody is nobody's own.
        assert_eq!(
            of_rule(&text("system X { timeout 9s }", "calls B.plain { timeout 1s }"), RULE.id),
            [""; 0]
        );
    }

    #[test]
    fn both_sides_can_give_way() {
        let before = text("", "calls C.c { timeout 1s }");
        assert!(fixed(&before, "Wait 3s for `C.c`").contains("calls C.c { timeout 3s }"));
        let after = fixed(&before, "Let `C.c` end after 1s");
        assert!(after.contains("endpoint c GET /c { timeout 1s }") || after.contains("timeout 1s\n"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
        let before = text("", "timeout 1s; calls B.plain { timeout 700ms; retry 1 }");
        assert!(fixed(&before, "Give the operation 1400ms").contains("timeout 1400ms; calls"));
    }
}
