//! Whoever runs the service can't ask whether it is well.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{Body, OpKind, Service},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        paths::answers,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "observability.no_health_check",
    severity: Severity::Warning,
    summary: "Nobody can ask the service whether it is well.",
    page: include_str!("../../../../../docs/rules/observability/no_health_check.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

const HEALTH: &str =
    "endpoint health GET /health -> { status: string } { public because \"load balancer probe\" }";

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item).filter(|service| is_deployed(service)) else {
        return;
    };
    let probes: Vec<OpRef<'_>> = cx
        .ops(item)
        .filter(|op| op.op.is_endpoint() && op.op.is_health())
        .collect();
    // One that answers by itself is enough; another may say whether the neighbours are well.
    if probes.iter().any(|probe| probe.op.calls.is_empty()) {
        return;
    }
    match probes.first() {
        Some(probe) => findings.extend(leaning(cx, *probe)),
        None if cx.facts(item).broken || serverless(cx) => {}
        None => findings.push(missing(cx, item, service)),
    }
}

/// Whether instances of it run: it has operations beside jobs, or forwards requests.
fn is_deployed(service: &Service) -> bool {
    !service.routes.is_empty() || service.ops.iter().any(|op| op.kind != OpKind::Job)
}

/// Whether the platform looks after instances by itself, wherever the system runs.
fn serverless(cx: Cx<'_>) -> bool {
    let mut platforms = 0;
    cx.items(Kind::Environment).iter().all(|item| {
        let Body::Environment(environment) = &cx.facts(*item).body else {
            return true;
        };
        let Some(platform) = &environment.platform else {
            return true;
        };
        platforms += 1;
        platform == "serverless"
    }) && platforms > 0
}

fn missing(cx: Cx<'_>, item: Item, service: &Service) -> Finding {
    let name = cx.name(item).clone();
    let message = format!(
        "`{name}` has no endpoint that says whether it is well: an instance that hangs keeps getting requests, and is not started anew"
    );
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message)
        .help("Add a GET at `/health` or `/ready` that answers without asking others.");
    let taken = answers(service, "GET", "/health") || service.by_name.iter().any(|(name, _)| name == "health");
    if taken {
        return finding;
    }
    let add = Step::AddStatement(place, HEALTH.to_owned());
    finding.fix(FixPlan::suggest("Add endpoint health", vec![add]).preferred())
}

/// A probe that asks others.
fn leaning(cx: Cx<'_>, probe: OpRef<'_>) -> Option<Finding> {
    let call = probe.op.calls.first()?;
    let element = cx.qualified(probe.def);
    let target = call.target.text();
    let message = format!(
        "`{element}` calls `{target}`: when `{target}` is ill, healthy instances of this service are restarted, and both are down"
    );
    let mut finding = Finding::new(RULE.id, Severity::Info, element, cx.place(probe.def), message)
        .help("Answer for this service alone; what it needs shows in its metrics.");
    for call in &probe.op.calls {
        let place = Place::new(probe.def.item, call.loc.clone());
        finding = finding.related(format!("it calls `{}` here", call.target.text()), place);
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn of(members: &str, more: &str) -> Vec<String> {
        of_rule(&text(members, more), RULE.id)
    }

    fn text(members: &str, more: &str) -> String {
        format!("service Orders {{\n  {members}\n}}\n{more}")
    }

    const COUNT: &str = "endpoint count GET /v1/count -> { count: int }";

    #[test]
    fn who_answers_requests_can_be_asked() {
        let none: [&str; 0] = [];
        assert_eq!(of(COUNT, ""), ["1 warning Orders"]);
        assert_eq!(of("job tidy every 1d", ""), none);
        assert_eq!(of("entity Order { id: uuid @id }", ""), none);
        for path in ["/health", "/healthz", "/internal/ready", "/livez"] {
            let with = format!("{COUNT}; endpoint well GET {path} -> {{ status: string }}");
            assert_eq!(of(&with, ""), none, "{path}");
        }
    }

    #[test]
    fn serverless_platforms_ask_nobody() {
        let none: [&str; 0] = [];
        assert_eq!(of(COUNT, "environment P { platform serverless }\n"), none);
        let both = "environment P { platform serverless }\nenvironment Q { platform compose }\n";
        assert_eq!(of(COUNT, both), ["1 warning Orders"]);
    }

    #[test]
    fn a_probe_that_asks_others_is_worth_knowing() {
        let stock = "service Stock { endpoint health GET /health -> { status: string } }\n";
        let leaning = "endpoint health GET /health -> { status: string } { calls Stock.health }";
        assert_eq!(of(leaning, stock), ["2 info Orders.health"]);
        let both = format!("{leaning}; endpoint live GET /live -> {{ status: string }}");
        assert_eq!(of(&both, stock), [""; 0]);
    }

    #[test]
    fn the_fix_takes_no_name_twice() {
        let after = fixed(&text(COUNT, ""), "Add endpoint health");
        assert!(
            after.contains(
                "\n  endpoint health GET /health -> { status: string } { public because \"load balancer probe\" }\n}"
            ),
            "{after}"
        );
        let taken = text("endpoint health GET /v1/health-records -> { count: int }", "");
        let found = crate::testing::diagnostics(&taken);
        let found = found.iter().find(|found| found.code == RULE.id);
        assert!(found.is_some_and(|found| found.fixes.is_empty()));
    }
}
