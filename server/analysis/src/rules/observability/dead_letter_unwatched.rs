//! Messages that could not be handled are kept, and nobody looks at them.

use smol_str::SmolStr;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{Body, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "observability.dead_letter_unwatched",
    severity: Severity::Info,
    summary: "Nobody looks at what could not be handled.",
    page: include_str!("../../../../../docs/rules/observability/dead_letter_unwatched.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// More choices than this are no help.
const CHOICES: usize = 6;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // What is missing in broken text may just not have been read.
    let Some(service) = cx.service(item).filter(|_| !cx.facts(item).broken) else {
        return;
    };
    let kept: Vec<(OpRef<'_>, Place, bool)> = cx
        .ops(item)
        .filter_map(|op| match &op.op.dead_letter {
            Setting::Set(team, loc) => Some((op, Place::new(item, loc.clone()), team.is_some())),
            _ => None,
        })
        .collect();
    let unwatched: Vec<&(OpRef<'_>, Place, bool)> = kept.iter().filter(|(.., watched)| !watched).collect();
    if unwatched.is_empty() || service.owner.is_some() || reachable_owner(cx) {
        return;
    }
    let (teams, owner) = teams(cx, item);
    // The owner answers for all of them, so the question is asked once, where none of them has an answer.
    if unwatched.len() > 1 && unwatched.len() == kept.len() {
        let name: SmolStr = cx.name(item).clone();
        let message = format!(
            "`{name}` keeps what {} handlers could not handle, and has no owner who would look at it: it stays there unnoticed",
            unwatched.len()
        );
        let at = Place::new(item, Loc::at(&[], Part::Name));
        let mut finding = Finding::new(RULE.id, RULE.severity, name, at.clone(), message)
            .help("Give the service an `owner`, or each `dead_letter` an `alert`.");
        for (op, place, _) in unwatched {
            let says = format!("`{}` alerts nobody", cx.qualified(op.def));
            finding = finding.related(says, place.clone());
        }
        for team in &teams {
            let step = Step::AddStatementFirst(at.clone(), format!("owner {team}"));
            finding = finding.fix(FixPlan::suggest(format!("Make {team} the owner"), vec![step]));
        }
        findings.push(finding);
        return;
    }
    for (op, place, _) in unwatched {
        let element = cx.qualified(op.def);
        let message = format!(
            "what `{element}` can't handle is kept and nobody is told: it stays there unnoticed until somebody misses it"
        );
        let mut finding = Finding::new(RULE.id, RULE.severity, element, place.clone(), message)
            .help("Say who is told: `dead_letter alert TEAM`; or give the service an `owner`.");
        for team in &teams {
            let step = Step::Replace(place.clone(), format!("dead_letter alert {team}"));
            let fix = FixPlan::suggest(format!("Alert {team}"), vec![step]);
            finding = finding.fix(if owner.as_ref() == Some(team) { fix.preferred() } else { fix });
        }
        findings.push(finding);
    }
}

/// Whether the system's owner can be reached: then that team looks after what nobody else owns.
fn reachable_owner(cx: Cx<'_>) -> bool {
    let Some((item, system)) = cx.system() else { return false };
    if cx.facts(item).broken {
        return true;
    }
    let owner = system.owner.as_ref().and_then(|owner| cx.def(item, owner));
    owner.is_some_and(|owner| matches!(&cx.facts(owner.item).body, Body::Team(Some(_))))
}

/// Teams that may be called for a service, its owner first; and the owner by itself.
pub(crate) fn teams(cx: Cx<'_>, item: Item) -> (Vec<SmolStr>, Option<SmolStr>) {
    let own = cx.service(item).and_then(|service| service.owner.as_ref());
    let owner = match own {
        Some(owner) => cx.def(item, owner),
        None => cx
            .system()
            .and_then(|(system, facts)| cx.def(system, facts.owner.as_ref()?)),
    };
    let owner = owner.map(|owner| cx.name(owner.item).clone());
    let mut teams: Vec<SmolStr> = owner.iter().cloned().collect();
    for team in cx.items(Kind::Team).iter() {
        let name = cx.name(*team);
        if !teams.contains(name) && !name.is_empty() {
            teams.push(name.clone());
        }
    }
    teams.truncate(CHOICES);
    (teams, owner)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(top: &str, owner: &str, one: &str, two: &str) -> String {
        format!(
            "{top}
service Orders {{
  {owner}
  entity Order {{ id: uuid @id }}
  event Placed v1 {{ key id; id: uuid }}
  on Placed as one {{ writes Order; {one} }}
  on Placed as two {{ writes Order; {two} }}
}}
"
        )
    }

    // An owner whom nobody can reach; of none at all data.owner_missing speaks.
    const TEAMS: &str = "team Core\nsystem S { owner Core }";

    #[test]
    fn somebody_looks() {
        let none: [&str; 0] = [];
        let of = |top: &str, owner: &str, one: &str, two: &str| of_rule(&text(top, owner, one, two), RULE.id);
        assert_eq!(of(TEAMS, "", "dead_letter", "dead_letter"), ["3 info Orders"]);
        assert_eq!(
            of(TEAMS, "", "dead_letter", "dead_letter alert Core"),
            ["7 info Orders.one"]
        );
        assert_eq!(
            of(TEAMS, "", "dead_letter", "dead_letter off"),
            ["7 info Orders.one"]
        );
        assert_eq!(of(TEAMS, "owner Core", "dead_letter", "dead_letter"), none);
        let reachable = TEAMS.replace("team Core", "team Core { contact \"core@shop.example\" }");
        assert_eq!(of(&reachable, "", "dead_letter", "dead_letter"), none);
        assert_eq!(of("team Core", "", "dead_letter", "dead_letter"), none);
    }

    #[test]
    fn the_repairs_name_teams() {
        let after = fixed(&text(TEAMS, "", "dead_letter", "dead_letter off"), "Alert Core");
        assert!(after.contains("writes Order; dead_letter alert Core }"), "{after}");
        let after = fixed(&text(TEAMS, "", "dead_letter", "dead_letter"), "Make Core the owner");
        assert!(after.contains("service Orders {\n  owner Core\n"), "{after}");
    }
}
