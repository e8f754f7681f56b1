//! What is written cannot run on the platform that is written beside it.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        capabilities,
        cx::{Cx, Level, OpRef},
        def::{Def, DefKind},
        environments::environments,
        event_flow::broker_of,
        expr::text::duration,
        facts::Body,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.platform_mismatch",
    severity: Severity::Warning,
    summary: "Something cannot run on the platform of an environment.",
    subsumes: &["scale.embedded_store", "event.broker_cannot"],
    thresholds: &[Threshold {
        name: "minutes",
        default: 15,
        counts: "minutes that a function may run",
    }],
    page: include_str!("../../../../../docs/rules/deploy/platform_mismatch.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// An environment in which each request or message starts a function.
struct Functions {
    /// Its name.
    place: Place,
    minutes: u64,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    // One that says what its containers may do runs containers.
    let functions = environments(cx)
        .into_iter()
        .find(|(_, environment)| {
            environment.platform.as_deref() == Some("serverless") && environment.runtime.is_none()
        })
        .map(|(item, _)| Functions {
            place: Place::new(item, Loc::at(&[], Part::Name)),
            minutes: u64::from(cx.threshold(&RULE, "minutes")),
        });
    let Some(functions) = functions else { return };
    let mut brokers: Vec<Item> = Vec::new();
    for &service in cx.items(Kind::Service).iter() {
        stores(cx, service, &functions, findings);
        findings.extend(cx.ops(service).filter_map(|op| too_long(cx, op, &functions)));
        if let Some(broker) = broker_of(cx, service)
            && !brokers.contains(&broker)
        {
            brokers.push(broker);
            findings.extend(in_process(cx, broker, &functions));
        }
    }
}

fn stores(cx: Cx<'_>, service: Item, functions: &Functions, findings: &mut Vec<Finding>) {
    let Some(facts) = cx.service(service) else { return };
    for (index, store) in facts.stores.iter().enumerate() {
        if !capabilities::store(&store.kind).is_some_and(|kind| kind.local) {
            continue;
        }
        let def = Def {
            item: service,
            kind: DefKind::Store(index as u16),
        };
        let name = cx.qualified(def);
        let message = format!(
            "`{name}` is a store of kind {}, and functions of `{}` have no disk and no memory that lasts: what is written there is gone with the next request",
            store.kind,
            cx.name(functions.place.item)
        );
        let finding = report(cx, name.as_str(), cx.place(def), message, functions)
            .help("Keep the data in a database that all functions reach, or run the service in containers.");
        findings.push(match cx.argument(service, &store.loc, "kind") {
            Some(kind) => {
                let step = Step::Replace(Place::new(service, kind), "postgres".to_owned());
                finding.fix(FixPlan::suggest(
                    format!("Make {} a store of kind postgres", store.name),
                    vec![step],
                ))
            }
            None => finding,
        });
    }
}

fn in_process(cx: Cx<'_>, broker: Item, functions: &Functions) -> Option<Finding> {
    let Body::Broker(facts) = &cx.facts(broker).body else {
        return None;
    };
    if !capabilities::broker(&facts.kind)?.in_process {
        return None;
    }
    let name = cx.name(broker);
    let message = format!(
        "`{name}` lives in one process, and functions of `{}` share none: an event reaches nobody",
        cx.name(functions.place.item)
    );
    let place = Place::new(broker, Loc::at(&[], Part::Name));
    let finding = report(cx, name, place.clone(), message, functions)
        .help("Use a broker of its own, or run the services in containers.");
    Some(match cx.argument(broker, &place.loc, "kind") {
        Some(kind) => {
            let step = Step::Replace(Place::new(broker, kind), "nats".to_owned());
            finding.fix(FixPlan::suggest(format!("Make {name} a broker of kind nats"), vec![step]))
        }
        None => finding,
    })
}

/// An operation that may take longer than a function lives.
fn too_long(cx: Cx<'_>, op: OpRef<'_>, functions: &Functions) -> Option<Finding> {
    let (setting, level) = cx.effective(op, |settings| &settings.timeout);
    let time = *setting.set()?;
    // What is said for many is judged where it is said.
    if time.millis() <= functions.minutes * 60_000 || level != Level::Operation {
        return None;
    }
    let name = cx.qualified(op.def);
    let message = format!(
        "`{name}` may take {}, and functions of `{}` end after {}m: it is cut off in the middle of its work",
        duration(time),
        cx.name(functions.place.item),
        functions.minutes
    );
    let place = Place::new(op.def.item, setting.loc()?.clone());
    let step = Step::Replace(place.clone(), format!("timeout {}m", functions.minutes));
    Some(
        report(cx, &name, place, message, functions)
            .help("Split the work into pieces that an event or the clock starts one by one, or run the service in containers.")
            .fix(FixPlan::suggest(
                format!("Limit it to {}m", functions.minutes),
                vec![step],
            )),
    )
}

fn report(cx: Cx<'_>, element: &str, place: Place, message: String, functions: &Functions) -> Finding {
    let environment = functions.place.item;
    let platform = cx
        .statement(environment, &functions.place.loc, Kind::Platform)
        .map_or_else(|| functions.place.clone(), |loc| Place::new(environment, loc));
    Finding::new(RULE.id, RULE.severity, element, place, message)
        .related(format!("`{}` is serverless", cx.name(environment)), platform)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(environment: &str, broker: &str, service: &str) -> String {
        format!(
            "environment Live {{ {environment} }}
broker Bus: {broker}
service Orders {{
  broker Bus
  {service}
}}
"
        )
    }

    fn check(environment: &str, broker: &str, service: &str) -> Vec<String> {
        of_rule(&text(environment, broker, service), RULE.id)
    }

    const SERVERLESS: &str = "platform serverless";

    #[test]
    fn functions_have_no_disk_and_no_shared_process() {
        for kind in ["sqlite", "file", "memory"] {
            assert_eq!(check(SERVERLESS, "nats", &format!("store Db: {kind}")), ["5 warning Orders.Db"]);
        }
        assert_eq!(check(SERVERLESS, "memory", "scale 1..2"), ["2 warning Bus"]);
        assert_eq!(check(SERVERLESS, "nats", "store Db: postgres"), [""; 0]);
    }

    #[test]
    fn functions_end_in_time() {
        assert_eq!(check(SERVERLESS, "nats", "job j every 1d { timeout 16m }"), ["5 warning Orders.j"]);
        assert_eq!(check(SERVERLESS, "nats", "job j every 1d { timeout 15m }"), [""; 0]);
        assert_eq!(check(SERVERLESS, "nats", "job j every 1d { timeout off }"), [""; 0]);
    }

    #[test]
    fn containers_are_no_functions() {
        assert_eq!(check("platform kubernetes", "memory", "store Db: sqlite"), [""; 0]);
        assert_eq!(check("platform serverless; runtime { pinned }", "memory", "store Db: sqlite"), [""; 0]);
    }

    #[test]
    fn one_cause_has_one_finding() {
        let handler = "event E v1 { id: uuid }; on E as e { retry 3 }";
        let text = text(SERVERLESS, "memory", handler);
        assert_eq!(of_rule(&text, RULE.id), ["2 warning Bus"]);
        assert_eq!(of_rule(&text, "event.broker_cannot"), [""; 0]);
    }

    #[test]
    fn other_kinds_and_shorter_work() {
        let after = fixed(&text(SERVERLESS, "nats", "store Db: sqlite"), "Make Db a store of kind postgres");
        assert!(after.contains("store Db: postgres"), "{after}");
        let after = fixed(&text(SERVERLESS, "memory", "scale 1..2"), "Make Bus a broker of kind nats");
        assert!(after.contains("broker Bus: nats"), "{after}");
        let after = fixed(&text(SERVERLESS, "nats", "job j every 1d { timeout 1h }"), "Limit it to 15m");
        assert!(after.contains("{ timeout 15m }"), "{after}");
    }
}
