//! A request that passes several services can't be followed.

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use crate::{
    db::{Item, items_of},
    diagnostic::Severity,
    model::{
        cx::{Cx, Level},
        dependencies::dependencies,
        facts::{Name, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "observability.no_trace",
    severity: Severity::Warning,
    core: true,
    summary: "Requests that pass several services can't be followed.",
    page: include_str!("../../../../../docs/rules/observability/no_trace.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// More related places than this say nothing new.
const SHOWN: usize = 10;

/// A service that others call or listen to, or that calls or listens, and that records no traces.
struct Lacking<'db> {
    item: Item,
    observe: &'db Setting<Vec<Name>>,
    level: Level,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let linked = linked(cx);
    if linked.is_empty() {
        return;
    }
    let mut lacking: Vec<Lacking<'_>> = Vec::new();
    for &item in items_of(cx.db, Kind::Service).iter().filter(|item| linked.contains(*item)) {
        let Some(service) = cx.service(item) else { continue };
        let (observe, level) = cx.service_setting(service, |settings| &settings.observe);
        let traced = observe
            .set()
            .is_some_and(|signals| signals.iter().any(|signal| signal == "traces"));
        // What is absent from something broken may just be untyped.
        let untyped = observe.is_absent()
            && (cx.facts(item).broken || cx.system().is_some_and(|(system, _)| cx.facts(system).broken));
        if traced || untyped {
            continue;
        }
        if observe.is_off() && level == Level::Service {
            // A decision about this one service, judged where it stands.
            findings.extend(switched_off(cx, item, observe));
        } else {
            lacking.push(Lacking { item, observe, level });
        }
    }
    findings.extend(report(cx, &lacking, linked.len()));
}

/// Services between which requests or events travel.
fn linked(cx: Cx<'_>) -> FxHashSet<Item> {
    let mut linked = FxHashSet::default();
    for &item in items_of(cx.db, Kind::Service).iter() {
        for dependency in dependencies(cx.db, item).iter() {
            let travels = matches!(
                dependency.via,
                Kind::Calls | Kind::Compensated | Kind::Route | Kind::Handler
            );
            if travels && cx.service(dependency.target.item).is_some() {
                linked.insert(item);
                linked.insert(dependency.target.item);
            }
        }
    }
    linked
}

fn switched_off(cx: Cx<'_>, item: Item, observe: &Setting<Vec<Name>>) -> Option<Finding> {
    let name = cx.name(item).clone();
    let place = Place::new(item, observe.loc()?.clone());
    let message = format!(
        "`{name}` observes nothing, and requests pass through it: what fails behind it can't be followed to where it began"
    );
    let step = Step::Replace(place.clone(), "observe logs, traces, metrics".to_owned());
    Some(
        Finding::new(RULE.id, RULE.severity, name, place, message)
            .help("Observe at least `traces`.")
            .fix(FixPlan::suggest("Observe logs, traces and metrics", vec![step]).preferred()),
    )
}

fn report(cx: Cx<'_>, lacking: &[Lacking<'_>], linked: usize) -> Option<Finding> {
    let first = lacking.first()?;
    let said = lacking.iter().any(|one| !one.observe.is_absent());
    let severity = if said { RULE.severity } else { RULE.severity.lower() };
    let at = cx.system().map_or(first.item, |(system, _)| system);
    let element: SmolStr = cx.name(at).clone();
    let which = match lacking.len() {
        1 => format!("`{}` records", cx.name(first.item)),
        count => format!("{count} of the {linked} services that work together record"),
    };
    let message = format!(
        "{which} no traces: a request that fails in the third service can't be followed back to the first"
    );
    let place = Place::new(at, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, severity, element, place, message)
        .help("Observe `traces` everywhere: one service without them cuts every trace that passes it.");
    for one in lacking.iter().take(SHOWN) {
        let own = (one.level == Level::Service)
            .then(|| one.observe.loc())
            .flatten();
        let loc = own.cloned().unwrap_or_else(|| Loc::at(&[], Part::Name));
        finding = finding.related(
            format!("`{}` records no traces", cx.name(one.item)),
            Place::new(one.item, loc),
        );
    }
    Some(finding.fix(FixPlan::suggest("Observe traces everywhere", steps(cx, lacking)).preferred()))
}

/// One change for each place at which traces are left out.
fn steps(cx: Cx<'_>, lacking: &[Lacking<'_>]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for one in lacking {
        let item = match (one.level, cx.system()) {
            (Level::System | Level::Nowhere, Some((system, _))) => system,
            _ => one.item,
        };
        let step = match one.observe {
            Setting::Absent => Step::AddStatement(
                Place::new(item, Loc::at(&[], Part::Name)),
                "observe logs, traces, metrics".to_owned(),
            ),
            Setting::Off(loc) => Step::Replace(
                Place::new(item, loc.clone()),
                "observe logs, traces, metrics".to_owned(),
            ),
            Setting::Set(signals, loc) => {
                let all = signals.join(", ");
                Step::Replace(Place::new(item, loc.clone()), format!("observe {all}, traces"))
            }
        };
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn blueprint(system: &str, a: &str, b: &str) -> String {
        format!(
            "{system}
service A {{
  {a}
  job ask every 1d {{ calls B.count }}
}}
service B {{
  {b}
  endpoint count GET /v1/count -> {{ count: int }}
}}
service Alone {{ observe logs; endpoint count GET /v1/count -> {{ count: int }} }}
"
        )
    }

    fn of(system: &str, a: &str, b: &str) -> Vec<String> {
        of_rule(&blueprint(system, a, b), RULE.id)
    }

    #[test]
    fn one_service_without_traces_is_enough() {
        let none: [&str; 0] = [];
        let all = "system S { observe logs, traces }";
        assert_eq!(of(all, "scale 1..2", "scale 1..2"), none);
        assert_eq!(of(all, "observe logs", "scale 1..2"), ["1 warning S"]);
        assert_eq!(of("system S { observe logs }", "scale 1..2", "scale 1..2"), ["1 warning S"]);
        // Asked with another of the same cause by observability.blind_service.
        assert_eq!(of("system S { tls required }", "observe traces", "observe traces"), none);
        assert_eq!(of(all, "scale 1..2", "observe off"), none);
    }

    #[test]
    fn without_a_system_the_first_service_is_asked() {
        assert_eq!(of("", "observe logs", "observe traces"), ["2 warning A"]);
        let after = fixed(&blueprint("", "observe logs", "scale 1..2"), "Observe traces everywhere");
        assert!(after.contains("  observe logs, traces\n  job ask"), "{after}");
        assert!(after.contains("observe logs, traces, metrics\n}\nservice Alone"), "{after}");
    }

    #[test]
    fn events_link_services_too() {
        let text = "system S { observe logs }
service A { event Done v1 { key id; id: uuid }; job end every 1d { emits Done } }
service B { on A.Done as note { dead_letter } }
";
        assert_eq!(of_rule(text, RULE.id), ["1 warning S"]);
        let apart = text.replace("on A.Done as note { dead_letter }", "job note every 1d");
        assert_eq!(of_rule(&apart, RULE.id), [""; 0]);
    }
}
