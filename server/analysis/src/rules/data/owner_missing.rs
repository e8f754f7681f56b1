//! Nobody has said which team answers for a service.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.owner_missing",
    severity: Severity::Warning,
    core: true,
    summary: "Nobody answers for a service and its data.",
    subsumes: &["observability.dead_letter_unwatched"],
    cwe: &[1059],
    page: include_str!("../../../../../docs/rules/data/owner_missing.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// More related places, and more choices, than this say nothing new.
const SHOWN: usize = 10;
const CHOICES: usize = 5;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let system = cx.system();
    if let Some((item, facts)) = system
        && (facts.owner.is_some() || cx.facts(item).broken)
    {
        return;
    }
    let services = cx.items(Kind::Service);
    // What is absent from a broken service may just be untyped; it neither lacks an owner nor has one.
    let mut unowned: Vec<Item> = Vec::new();
    let mut owned = false;
    for &service in services.iter() {
        match cx.service(service) {
            Some(facts) if facts.owner.is_some() => owned = true,
            Some(_) if !cx.facts(service).broken => unowned.push(service),
            _ => {}
        }
    }
    if unowned.is_empty() {
        return;
    }
    match system {
        Some((item, _)) if !owned => findings.push(whole(cx, item, &unowned)),
        _ => findings.extend(unowned.iter().map(|service| one(cx, *service))),
    }
}

fn one(cx: Cx<'_>, service: Item) -> Finding {
    let name = cx.name(service);
    let entities: Vec<_> = cx.entities(service).map(|(_, facts)| &facts.name).collect();
    let holds = if entities.is_empty() {
        String::new()
    } else {
        format!(" and for {}", listed(&entities))
    };
    let message =
        format!("no team owns `{name}`: when something goes wrong, nobody answers for it{holds}");
    let place = Place::new(service, Loc::at(&[], Part::Name));
    let finding = Finding::new(RULE.id, RULE.severity, name.clone(), place.clone(), message)
        .help("Name the team: `owner TEAM`. What `system` says holds for every service.");
    with_fixes(cx, finding, &place, &format!("service {name}"))
}

fn whole(cx: Cx<'_>, system: Item, unowned: &[Item]) -> Finding {
    let name = cx.name(system);
    let services = unowned.iter().map(|service| cx.name(*service));
    let message = format!(
        "no team owns anything in `{name}` ({}): when something goes wrong, nobody answers for it",
        listed(services)
    );
    let place = Place::new(system, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), place.clone(), message)
        .help("Name the team that answers unless a service says otherwise: `owner TEAM`; and then the others in their services.");
    for service in unowned.iter().take(SHOWN) {
        finding = finding.related(
            format!("`{}` has no owner", cx.name(*service)),
            Place::new(*service, Loc::at(&[], Part::Name)),
        );
    }
    with_fixes(cx, finding, &place, &format!("system {name}"))
}

/// One fix for each team; where there is none, one that makes the first.
fn with_fixes(cx: Cx<'_>, mut finding: Finding, place: &Place, what: &str) -> Finding {
    let teams = cx.items(Kind::Team);
    let owner = |team: &str| Step::AddStatementFirst(place.clone(), format!("owner {team}"));
    for team in teams.iter().take(CHOICES) {
        let team = cx.name(*team);
        let fix = FixPlan::suggest(format!("Make {team} the owner of {what}"), vec![owner(team)]);
        finding = finding.fix(if teams.len() == 1 { fix.preferred() } else { fix });
    }
    if teams.is_empty() {
        let title = format!("Create team Owners and make it the owner of {what}");
        let item = Step::AddItemAfter(Place::new(place.item, Loc::head(&[])), "team Owners".to_owned());
        finding = finding.fix(FixPlan::refactor(title, vec![owner("Owners"), item]));
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "data.owner_missing")
    }

    #[test]
    fn one_finding_where_nobody_owns_anything() {
        assert_eq!(
            check("system X { }\nservice A { }\nservice B { }\n"),
            ["1 warning X"]
        );
        assert_eq!(
            check("service A { }\nservice B { }\n"),
            ["1 warning A", "2 warning B"]
        );
        assert_eq!(
            check("system X { }\nteam T\nservice A { owner T }\nservice B { }\n"),
            ["4 warning B"]
        );
    }

    #[test]
    fn the_system_s_owner_counts_and_broken_items_are_spared() {
        assert_eq!(check("system X { owner T }\nteam T\nservice A { }\n"), [""; 0]);
        assert_eq!(check("service A { owner }\n"), [""; 0]);
        assert_eq!(check("system X { owner }\nservice A { }\n"), [""; 0]);
        assert_eq!(check("system X { }\n"), [""; 0]);
    }

    #[test]
    fn a_team_is_chosen_or_made() {
        let text = "system X { }\nteam T\nservice A { stack none }\n";
        assert_eq!(check(&fixed(text, "Make T the owner of system X")), [""; 0]);
        let made = fixed(
            "service A { stack none }\n",
            "Create team Owners and make it the owner of service A",
        );
        assert!(made.contains("service A { owner Owners; stack none }\n\nteam Owners"), "{made}");
        assert_eq!(check(&made), [""; 0]);
    }
}
