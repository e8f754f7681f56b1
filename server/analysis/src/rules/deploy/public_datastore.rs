//! Stores and brokers are reachable from outside.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        capabilities,
        cx::Cx,
        def::{Def, DefKind},
        environments::environments,
        event_flow::broker_of,
        facts::{Body, Runtime, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.public_datastore",
    severity: Severity::Error,
    summary: "Stores and brokers are reachable from outside.",
    cwe: &[668],
    clauses: &[
        ("pci", "PCI DSS 1.4.4"),
        ("hipaa", "45 CFR 164.312(a)(1)"),
        ("iso27001", "ISO/IEC 27001 A.8.22"),
    ],
    page: include_str!("../../../../../docs/rules/deploy/public_datastore.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = cx.items(Kind::Service);
    let all: Vec<(Item, Loc)> = environments(cx)
        .into_iter()
        .filter_map(|(item, environment)| Some((item, exposed(environment.runtime.as_ref())?.clone())))
        .collect();
    for (item, loc) in &all {
        // A service may say that its own stores are closed all the same.
        let open: Vec<Item> = services
            .iter()
            .copied()
            .filter(|&service| !says(cx, service).is_some_and(Setting::is_off))
            .collect();
        findings.extend(finding(cx, *item, loc, &open, &cx.items(Kind::Broker)));
    }
    for &service in services.iter() {
        if let Some(Setting::Set((), loc)) = says(cx, service)
            && all.is_empty()
        {
            let broker: Vec<Item> = cx
                .service(service)
                .filter(|facts| facts.broker.is_some())
                .and_then(|_| broker_of(cx, service))
                .into_iter()
                .collect();
            findings.extend(finding(cx, service, loc, &[service], &broker));
        }
    }
}

const fn exposed(runtime: Option<&Runtime>) -> Option<&Loc> {
    match runtime {
        Some(Runtime {
            exposed: Setting::Set((), loc),
            ..
        }) => Some(loc),
        _ => None,
    }
}

fn says(cx: Cx<'_>, service: Item) -> Option<&Setting<()>> {
    Some(&cx.service(service)?.runtime.as_ref()?.exposed)
}

/// The finding on an `exposed`, with what it opens.
fn finding(cx: Cx<'_>, item: Item, loc: &Loc, services: &[Item], brokers: &[Item]) -> Option<Finding> {
    let mut open: Vec<Def> = services.iter().flat_map(|service| stores(cx, *service)).collect();
    open.extend(brokers.iter().copied().filter(|broker| on_the_network(cx, *broker)).map(Def::item));
    if open.is_empty() {
        return None;
    }
    let name = cx.name(item);
    let message = format!(
        "`{name}` lets everybody reach {} from outside: whoever finds a password or a flaw is at the data at once, past every rule of the services",
        told::all(cx, &open)
    );
    let place = Place::new(item, loc.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), place.clone(), message)
        .help("Close them off, and let people who need to look go through a guarded host inside the network.")
        .citing(cx, &RULE, &["pci", "hipaa", "iso27001"]);
    for def in open.iter().take(told::RELATED) {
        finding = finding.related(format!("`{}` can be reached", cx.qualified(*def)), cx.place(*def));
    }
    let step = Step::Replace(place, "exposed off".to_owned());
    Some(finding.fix(FixPlan::suggest("Close stores and brokers off from outside", vec![step]).preferred()))
}

/// The stores of a service that a network could reach, but for files that everybody may see.
fn stores(cx: Cx<'_>, service: Item) -> Vec<Def> {
    let Some(facts) = cx.service(service) else {
        return Vec::new();
    };
    let defs = (0..facts.stores.len()).map(|index| Def {
        item: service,
        kind: DefKind::Store(index as u16),
    });
    defs.zip(&facts.stores)
        .filter(|(_, store)| capabilities::store(&store.kind).is_none_or(|kind| !kind.local))
        .filter(|(def, store)| store.kind != "s3" || holds_classified(cx, *def))
        .map(|(def, _)| def)
        .collect()
}

fn holds_classified(cx: Cx<'_>, store: Def) -> bool {
    cx.entities(store.item)
        .any(|(entity, _)| cx.store_of(entity) == Some(store) && !cx.sensitive_fields(entity).is_empty())
}

fn on_the_network(cx: Cx<'_>, broker: Item) -> bool {
    matches!(&cx.facts(broker).body, Body::Broker(facts)
        if capabilities::broker(&facts.kind).is_none_or(|kind| !kind.in_process))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, RULE.id)
    }

    fn with(store: &str, service: &str, environment: &str) -> String {
        format!(
            "environment Live {{ runtime {{ {environment} }} }}
service Orders {{
  {service}
  store Db: {store}
  entity Order {{ id: uuid @id; mail: email; retain 1y then erase }}
}}
"
        )
    }

    #[test]
    fn an_environment_opens_everything() {
        assert_eq!(check(&with("postgres", "", "exposed")), ["1 error Live"]);
        assert_eq!(check("broker Bus: nats\nenvironment Live { runtime { exposed } }\n"), ["2 error Live"]);
        assert!(check(&with("postgres", "", "exposed off")).is_empty());
        assert!(check(&with("postgres", "", "unprivileged")).is_empty());
    }

    #[test]
    fn a_service_departs_from_its_environment() {
        assert!(check(&with("postgres", "runtime { exposed off }", "exposed")).is_empty());
        assert_eq!(check(&with("postgres", "runtime { exposed }", "pinned")), ["3 error Orders"]);
        assert_eq!(check(&with("postgres", "runtime { exposed }", "exposed")), ["1 error Live"]);
    }

    #[test]
    fn what_no_network_reaches_and_public_files_are_left_alone() {
        assert!(check(&with("sqlite", "", "exposed")).is_empty());
        assert!(check("broker Bus: memory\nenvironment Live { runtime { exposed } }\n").is_empty());
        assert_eq!(check(&with("s3", "", "exposed")).len(), 1);
        let pictures = with("s3", "", "exposed").replace("mail: email", "content: bytes");
        assert!(check(&pictures).is_empty());
    }

    #[test]
    fn it_can_be_closed() {
        let after = fixed(
            &with("postgres", "", "exposed"),
            "Close stores and brokers off from outside",
        );
        assert!(after.contains("runtime { exposed off }"), "{after}");
        assert!(check(&after).is_empty());
    }
}
