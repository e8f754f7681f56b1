//! A promise that nobody measures.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, Level},
        facts::{Setting, Slo},
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
    },
    rules::{Check, Rule, observability::dead_letter_unwatched::teams},
};

pub(crate) static RULE: Rule = Rule {
    id: "observability.slo_unobserved",
    severity: Severity::Warning,
    summary: "Nobody notices when the promise is broken.",
    page: include_str!("../../../../../docs/rules/observability/slo_unobserved.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // What is missing in broken text may just not have been read.
    let Some(service) = cx.service(item).filter(|_| !cx.facts(item).broken) else {
        return;
    };
    let Some(slo) = &service.slo else { return };
    let (observe, level) = cx.service_setting(service, |settings| &settings.observe);
    // Of what is not observed at all observability.blind_service speaks.
    let unmeasured = observe
        .set()
        .is_some_and(|signals| !signals.iter().any(|signal| signal == "metrics"));
    let unwatched = slo.alert.is_none();
    if !unmeasured && !unwatched {
        return;
    }
    let name: SmolStr = cx.name(item).clone();
    let what = match (unmeasured, unwatched) {
        (true, true) => "without metrics and without an alert",
        (true, false) => "without metrics",
        _ => "without an alert",
    };
    let message = format!(
        "`{name}` promises something {what}: nobody notices when the promise is broken, until somebody complains"
    );
    let place = Place::new(item, slo.loc.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place, message)
        .help("Observe `metrics`, and say in the `slo` who is called: `alert TEAM`.");
    if let (true, Some(loc)) = (unmeasured, observe.loc()) {
        let at = Place::new(said_in(cx, item, level), loc.clone());
        finding = finding.related("metrics are left out here", at);
    }
    for fix in fixes(cx, item, slo, unmeasured.then_some((observe, level)), unwatched) {
        finding = finding.fix(fix);
    }
    findings.push(finding);
}

/// The item in which a setting of a service is stated.
fn said_in(cx: Cx<'_>, item: Item, level: Level) -> Item {
    match (level, cx.system()) {
        (Level::System, Some((system, _))) => system,
        _ => item,
    }
}

/// What is missing, in one repair; one for each team that may be called.
fn fixes(
    cx: Cx<'_>,
    item: Item,
    slo: &Slo,
    unmeasured: Option<(&Setting<Vec<SmolStr>>, Level)>,
    unwatched: bool,
) -> Vec<FixPlan> {
    let metrics = unmeasured.and_then(|(observe, level)| {
        let (Setting::Set(signals, loc), Level::System | Level::Service) = (observe, level) else {
            return None;
        };
        let statement = format!("observe {}, metrics", signals.join(", "));
        let at = Place::new(said_in(cx, item, level), loc.clone());
        Some(Step::Replace(at, statement))
    });
    if !unwatched {
        return metrics
            .into_iter()
            .map(|step| FixPlan::suggest("Observe metrics", vec![step]).preferred())
            .collect();
    }
    let (teams, owner) = teams(cx, item);
    teams
        .into_iter()
        .map(|team| {
            let at = Place::new(item, slo.loc.with(Part::Head));
            let alert = Step::AddStatement(at, format!("alert {team}"));
            let title = match &metrics {
                Some(_) => format!("Observe metrics and alert {team}"),
                None => format!("Alert {team}"),
            };
            let fix = FixPlan::suggest(title, metrics.clone().into_iter().chain([alert]).collect());
            if owner.as_ref() == Some(&team) { fix.preferred() } else { fix }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(system: &str, slo: &str) -> String {
        format!(
            "team Core\nteam Desk\nsystem S {{ {system} }}\nservice Orders {{\n  slo {{ availability 99.9%{slo} }}\n  endpoint count GET /v1/count -> {{ count: int }}\n}}\n"
        )
    }

    #[test]
    fn a_promise_is_measured_and_watched() {
        let of = |system: &str, slo: &str| of_rule(&text(system, slo), RULE.id);
        let none: [&str; 0] = [];
        assert_eq!(of("observe metrics", "; alert Core"), none);
        assert_eq!(of("observe logs", "; alert Core"), ["5 warning Orders"]);
        assert_eq!(of("observe metrics", ""), ["5 warning Orders"]);
        assert_eq!(of("observe logs", ""), ["5 warning Orders"]);
        // Not observed at all: observability.blind_service.
        assert_eq!(of("tls required", "; alert Core"), none);
        assert_eq!(of("observe off", "; alert Core"), none);
    }

    #[test]
    fn one_repair_does_all() {
        let after = fixed(&text("observe logs; owner Desk", ""), "Observe metrics and alert Desk");
        assert!(after.contains("observe logs, metrics; owner Desk"), "{after}");
        assert!(after.contains("slo { availability 99.9%; alert Desk }"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }
}
