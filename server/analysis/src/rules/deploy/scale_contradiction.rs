//! An environment runs a service in a way that the service excludes.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        environments::is_draft,
        facts::Body,
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.scale_contradiction",
    severity: Severity::Warning,
    summary: "An environment runs more or fewer instances than the service allows.",
    page: include_str!("../../../../../docs/rules/deploy/scale_contradiction.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Body::Environment(environment) = &cx.facts(item).body else {
        return;
    };
    if is_draft(cx, item) {
        return;
    }
    for (scaled, from, to) in &environment.scales {
        let service = cx.def(item, scaled).map(|def| def.item);
        if let Some(service) = service {
            let statement = Loc::head(&scaled.loc.path);
            findings.extend(judge(cx, item, service, (*from, *to), &statement));
        }
    }
}

fn judge(
    cx: Cx<'_>,
    item: Item,
    service: Item,
    (from, to): (i64, Option<i64>),
    statement: &Loc,
) -> Option<Finding> {
    let (least, most, stated) = cx.service(service)?.scale.as_ref()?;
    // An environment without an upper bound leaves it to the service.
    let above = |end: i64| most.is_some_and(|most| end > most);
    if from >= *least && !above(from) && !to.is_some_and(above) {
        return None;
    }
    let name = cx.name(item);
    let scaled = cx.name(service);
    let range = |from: i64, to: Option<i64>| {
        to.map_or_else(|| format!("{from}.."), |to| format!("{from}..{to}"))
    };
    let (here, there) = (range(from, to), range(*least, *most));
    let message = format!(
        "`{name}` runs `{scaled}` with {here} instances, and the service says {there}: one of the two is wrong, and nobody knows which one is meant"
    );
    let place = Place::new(item, statement.clone());
    let its = Place::new(service, stated.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), place, message)
        .help("Make the two agree: the environment's range lies inside the service's.")
        .related(format!("`{scaled}` says {there}"), its);
    if let Some(written) = cx.argument(item, statement, "range") {
        let low = from.max(*least).min(most.unwrap_or(i64::MAX));
        let high = to.map(|to| to.min(most.unwrap_or(i64::MAX)).max(low));
        let inside = range(low, high);
        let step = Step::Replace(Place::new(item, written), inside.clone());
        finding = finding.fix(FixPlan::suggest(
            format!("Scale {scaled} {inside} in {name}"),
            vec![step],
        ));
    }
    if let Some(written) = cx.argument(service, stated, "range") {
        let low = from.min(*least);
        let high = most.map(|most| most.max(to.unwrap_or(from)).max(from));
        let wider = range(low, high);
        let step = Step::Replace(Place::new(service, written), wider.clone());
        finding = finding.fix(FixPlan::suggest(
            format!("Let {scaled} scale {wider}"),
            vec![step],
        ));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(service: &str, environment: &str) -> String {
        format!("service Orders {{ scale {service} }}\nenvironment Live {{ scale Orders {environment} }}\n")
    }

    fn check(service: &str, environment: &str) -> Vec<String> {
        of_rule(&text(service, environment), RULE.id)
    }

    #[test]
    fn the_narrower_range_lies_in_the_wider() {
        assert_eq!(check("2..10", "3..12"), ["2 warning Live"]);
        assert_eq!(check("2..10", "1..4"), ["2 warning Live"]);
        assert_eq!(check("2..10", "20.."), ["2 warning Live"]);
        assert_eq!(check("2..10", "2..10"), [""; 0]);
        assert_eq!(check("2..10", "3.."), [""; 0]);
        assert_eq!(check("2..", "3..50"), [""; 0]);
    }

    #[test]
    fn drafts_and_services_without_a_range_are_left_alone() {
        assert!(of_rule(&text("2..10", "3..12").replace("Live", "DraftForNextYear"), RULE.id).is_empty());
        assert!(of_rule("service A { observe logs }\nenvironment L { scale A 1..9 }\n", RULE.id).is_empty());
    }

    #[test]
    fn either_side_can_give_way() {
        let text = text("2..10", "1..12");
        assert!(fixed(&text, "Scale Orders 2..10 in Live").contains("scale Orders 2..10"));
        assert!(fixed(&text, "Let Orders scale 1..12").contains("{ scale 1..12 }"));
    }
}
