//! A service of which nothing can be seen from outside.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Item, items_of},
    diagnostic::Severity,
    model::{
        cx::Cx,
        facts::{OpKind, Service, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "observability.blind_service",
    severity: Severity::Warning,
    summary: "Nothing of the service can be seen from outside.",
    subsumes: &["observability.no_trace"],
    page: include_str!("../../../../../docs/rules/observability/blind_service.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// More related places than this say nothing new.
const SHOWN: usize = 10;
const EVERYTHING: &str = "observe logs, traces, metrics";

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let system = cx.system();
    let outer = system.map_or(&Setting::Absent, |(_, system)| &system.settings.observe);
    let mut silent: Vec<Item> = Vec::new();
    let mut answered = false;
    for &item in items_of(cx.db, Kind::Service).iter() {
        let Some(service) = cx.service(item).filter(|service| is_watched(service)) else {
            continue;
        };
        match &service.settings.observe {
            Setting::Set(..) => answered = true,
            Setting::Off(loc) => {
                answered = true;
                let place = Place::new(item, loc.clone());
                findings.push(report(cx, item, "service", &place, &[item], true));
            }
            // What is absent from something broken may just be untyped.
            Setting::Absent if cx.facts(item).broken => {}
            Setting::Absent if service.ops.iter().any(|op| op.settings.observe.set().is_some()) => answered = true,
            Setting::Absent => silent.push(item),
        }
    }
    if silent.is_empty() {
        return;
    }
    match (outer, system) {
        (Setting::Set(..), _) => {}
        (Setting::Off(loc), Some((system, _))) => {
            let place = Place::new(system, loc.clone());
            findings.push(report(cx, system, "system", &place, &silent, true));
        }
        (Setting::Absent, Some((system, _))) if cx.facts(system).broken => {}
        (Setting::Absent, Some((system, _))) if !answered => {
            let place = Place::new(system, Loc::at(&[], Part::Name));
            findings.push(report(cx, system, "system", &place, &silent, false));
        }
        _ => {
            for item in silent {
                let place = Place::new(item, Loc::at(&[], Part::Name));
                findings.push(report(cx, item, "service", &place, &[item], false));
            }
        }
    }
}

/// Whether somebody would look at a service: one that only runs jobs is a tool, and one without operations does nothing yet.
fn is_watched(service: &Service) -> bool {
    !service.routes.is_empty() || service.ops.iter().any(|op| op.kind != OpKind::Job)
}

fn report(cx: Cx<'_>, at: Item, word: &str, place: &Place, blind: &[Item], off: bool) -> Finding {
    let name = cx.name(at);
    let severity = if off { RULE.severity } else { RULE.severity.lower() };
    let who = match (word, blind) {
        ("system", [one]) => format!("`{}`", cx.name(*one)),
        ("system", all) => format!("{} services of `{name}`", all.len()),
        _ => format!("`{name}`"),
    };
    let what = if off {
        format!("nothing of {who} is observed (`observe off`)")
    } else {
        format!("nothing says what is observed of {who}")
    };
    let message = format!("{what}: when something goes wrong there, users are the first to notice and nobody sees why");
    let mut finding = Finding::new(RULE.id, severity, name.clone(), place.clone(), message)
        .help("State what is observed: `observe logs, traces, metrics`.");
    if word == "system" {
        for item in blind.iter().take(SHOWN) {
            let says = format!("`{}` is not observed", cx.name(*item));
            finding = finding.related(says, Place::new(*item, Loc::at(&[], Part::Name)));
        }
    }
    let step = if off {
        Step::Replace(place.clone(), EVERYTHING.to_owned())
    } else {
        Step::AddStatement(place.clone(), EVERYTHING.to_owned())
    };
    finding.fix(FixPlan::suggest(format!("Add {EVERYTHING} to {word} {name}"), vec![step]).preferred())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    const ENDPOINT: &str = "endpoint count GET /v1/count -> { count: int }";

    fn of(system: &str, a: &str, b: &str) -> Vec<String> {
        of_rule(&text(system, a, b), RULE.id)
    }

    fn text(system: &str, a: &str, b: &str) -> String {
        format!("{system}\nservice A {{\n  {a}\n}}\nservice B {{\n  {b}\n}}\n")
    }

    #[test]
    fn the_question_is_asked_once() {
        let none: [&str; 0] = [];
        let silent = "system S { tls required }";
        assert_eq!(of(silent, ENDPOINT, ENDPOINT), ["1 info S"]);
        assert_eq!(
            of(silent, ENDPOINT, &format!("observe logs; {ENDPOINT}")),
            ["2 info A"]
        );
        assert_eq!(of("", ENDPOINT, ENDPOINT), ["2 info A", "5 info B"]);
        assert_eq!(of("system S { observe logs }", ENDPOINT, ENDPOINT), none);
    }

    #[test]
    fn off_is_judged_where_it_stands() {
        assert_eq!(of("system S { observe off }", ENDPOINT, ENDPOINT), ["1 warning S"]);
        let off = format!("observe off; {ENDPOINT}");
        assert_eq!(of("system S { observe logs }", &off, ENDPOINT), ["3 warning A"]);
        let after = fixed(
            &text("system S { observe logs }", &off, ENDPOINT),
            "Add observe logs, traces, metrics to service A",
        );
        assert!(after.contains("  observe logs, traces, metrics; endpoint"), "{after}");
    }

    #[test]
    fn tools_and_empty_services_are_no_black_boxes() {
        let none: [&str; 0] = [];
        assert_eq!(of("", "job tidy every 1d", "entity E { id: uuid @id }"), none);
        assert_eq!(of("", "observe off; job tidy every 1d", ""), none);
    }
}
