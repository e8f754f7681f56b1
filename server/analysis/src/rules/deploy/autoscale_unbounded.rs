//! The number of instances has no bound, or one that nobody has thought about.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        environments::{environments, is_production},
        facts::Body,
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.autoscale_unbounded",
    severity: Severity::Warning,
    summary: "A service may grow without a bound, or far beyond what it is meant for.",
    cwe: &[770],
    thresholds: &[Threshold {
        name: "times",
        default: 20,
        counts: "times the lower bound, up to which no budget is asked for",
    }],
    page: include_str!("../../../../../docs/rules/deploy/autoscale_unbounded.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What is offered as an upper bound: so many times the lower one.
const USUAL: i64 = 5;

/// A stated range.
struct Range<'a> {
    item: Item,
    /// The service that is scaled.
    name: &'a str,
    from: i64,
    to: Option<i64>,
    statement: Loc,
    budget: bool,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // What is missing in broken text may just not have been read.
    if cx.facts(item).broken {
        return;
    }
    match &cx.facts(item).body {
        Body::Service(service) => {
            let Some((from, to, statement)) = &service.scale else {
                return;
            };
            let everywhere = environments(cx);
            let overridden = |environment: &(Item, &crate::model::facts::Environment)| {
                let (place, facts) = environment;
                facts
                    .scales
                    .iter()
                    .any(|(scaled, ..)| cx.def(*place, scaled).is_some_and(|def| def.item == item))
            };
            // What holds nowhere costs nothing.
            if !everywhere.is_empty() && everywhere.iter().all(overridden) {
                return;
            }
            let budget = everywhere
                .iter()
                .any(|(place, facts)| facts.budget.is_some() && is_production(cx, *place));
            findings.extend(judge(
                cx,
                &Range {
                    item,
                    name: cx.name(item),
                    from: *from,
                    to: *to,
                    statement: statement.clone(),
                    budget,
                },
            ));
        }
        Body::Environment(environment) => {
            for (scaled, from, to) in &environment.scales {
                let Some(service) = cx.def(item, scaled).filter(|def| def.word_kind(cx.db) == Kind::Service)
                else {
                    continue;
                };
                findings.extend(judge(
                    cx,
                    &Range {
                        item,
                        name: cx.name(service.item),
                        from: *from,
                        // What the environment leaves open is bounded by the service.
                        to: to.or_else(|| cx.service(service.item)?.scale.as_ref()?.1),
                        statement: Loc::head(&scaled.loc.path),
                        budget: environment.budget.is_some(),
                    },
                ));
            }
        }
        _ => {}
    }
}

fn judge(cx: Cx<'_>, range: &Range<'_>) -> Option<Finding> {
    let most = range
        .from
        .max(1)
        .saturating_mul(i64::from(cx.threshold(&RULE, "times")));
    let (fact, bound) = match range.to {
        None => (
            "has no upper bound".to_owned(),
            range.from.max(1).saturating_mul(USUAL),
        ),
        Some(to) if to > most && !range.budget => (
            format!(
                "goes up to {to} instances, {} times its lower bound, and no environment has a `budget`",
                to / range.from.max(1)
            ),
            most,
        ),
        Some(_) => return None,
    };
    let name = range.name;
    let message = format!(
        "the scale of `{name}` {fact}: a fault, or an attack, turns into a bill before anybody looks"
    );
    let place = Place::new(range.item, range.statement.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, cx.name(range.item).clone(), place, message)
        .help("State the most that it may come to, for example `scale 2..10`, and what may be spent: `budget 4000 per month` in the environment.");
    if let Some(written) = cx.argument(range.item, &range.statement, "range") {
        let text = format!("{}..{bound}", range.from);
        let step = Step::Replace(Place::new(range.item, written), text.clone());
        finding = finding.fix(FixPlan::suggest(format!("Scale {name} {text}"), vec![step]));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn check(scale: &str, more: &str) -> Vec<String> {
        of_rule(&format!("service Orders {{ scale {scale} }}\n{more}"), RULE.id)
    }

    #[test]
    fn growth_needs_a_bound() {
        assert_eq!(check("2.. on cpu 70%", ""), ["1 warning Orders"]);
        assert_eq!(check("2..41", ""), ["1 warning Orders"]);
        assert_eq!(check("2..40", ""), [""; 0]);
        assert_eq!(check("0..20", ""), [""; 0]);
    }

    #[test]
    fn a_budget_is_a_bound_of_another_kind() {
        assert_eq!(check("2..100", "environment Live { budget 10 per month }\n"), [""; 0]);
        assert_eq!(check("2..", "environment Live { budget 10 per month }\n").len(), 1);
        assert_eq!(check("2..100", "environment Staging { budget 10 per month }\n").len(), 1);
    }

    #[test]
    fn environments_decide() {
        assert_eq!(check("2..", "environment Live { scale Orders 2..9 }\n"), [""; 0]);
        assert_eq!(check("2..", "environment Live { scale Orders 2.. }\n"), ["2 warning Live"]);
        assert_eq!(check("2..9", "environment Live { scale Orders 2.. }\n"), [""; 0]);
        assert_eq!(check("2..", "environment Live { scale Orders 2..9 }\nenvironment Next\n").len(), 1);
    }

    #[test]
    fn a_bound_can_be_set() {
        let after = fixed("service Orders { scale 2.. on cpu 70% }\n", "Scale Orders 2..10");
        assert_eq!(after, "service Orders { scale 2..10 on cpu 70% }\n");
        let after = fixed("service Orders { scale 1..500 }\n", "Scale Orders 1..20");
        assert_eq!(after, "service Orders { scale 1..20 }\n");
    }
}
