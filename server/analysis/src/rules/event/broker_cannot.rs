//! Handlers are promised what their broker cannot do.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        capabilities::{self, BrokerKind},
        cx::{Cx, OpRef},
        environments::{in_production, single_instance},
        event_flow::{broker_of, event_flow},
        facts::{Body, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.broker_cannot",
    severity: Severity::Warning,
    summary: "Handlers are promised what their broker cannot do.",
    page: include_str!("../../../../../docs/rules/event/broker_cannot.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// A broker that lacks something, and the handlers that ask it for that.
struct Weak<'db> {
    broker: Item,
    kind: &'static BrokerKind,
    asking: Vec<(OpRef<'db>, Vec<&'static str>)>,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut weak: Vec<Weak<'_>> = cx
        .items(Kind::Broker)
        .iter()
        .filter_map(|&broker| {
            let Body::Broker(facts) = &cx.facts(broker).body else {
                return None;
            };
            let kind = capabilities::broker(&facts.kind)?;
            (!kind.can_all()).then_some(Weak {
                broker,
                kind,
                asking: Vec::new(),
            })
        })
        .collect();
    // What is only tried out needs to keep no promise.
    if weak.is_empty() || !in_production(cx) {
        return;
    }
    for edge in event_flow(cx.db).uses().iter().flat_map(|uses| &uses.handles) {
        let Some(carrier) = broker_of(cx, edge.event.item) else {
            continue;
        };
        if let Some(weak) = weak.iter_mut().find(|weak| weak.broker == carrier)
            && let Some(op) = cx.op(edge.by)
        {
            let asked = asked(cx, op, weak.kind);
            if !asked.is_empty() {
                weak.asking.push((op, asked));
            }
        }
    }
    findings.extend(
        weak.iter()
            .filter(|weak| !weak.asking.is_empty())
            .map(|weak| finding(cx, weak)),
    );
}

/// What a handler asks for and a kind of broker cannot do.
fn asked(cx: Cx<'_>, op: OpRef<'_>, kind: &BrokerKind) -> Vec<&'static str> {
    let asks = |word: &str| match word {
        "retry" => op.op.retry.is_some(),
        "dead_letter" => matches!(op.op.dead_letter, Setting::Set(..)),
        // A single instance takes messages as they come.
        _ => op.op.ordered.is_some() && !single_instance(cx, op.def.item),
    };
    capabilities::PROMISES
        .iter()
        .copied()
        .filter(|word| !kind.can.contains(word) && asks(word))
        .collect()
}

fn finding(cx: Cx<'_>, weak: &Weak<'_>) -> Finding {
    let name = cx.name(weak.broker);
    let mut words: Vec<&str> = Vec::new();
    for &word in capabilities::PROMISES {
        if weak.asking.iter().any(|(_, asked)| asked.contains(&word)) {
            words.push(word);
        }
    }
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    let handlers: Vec<_> = weak.asking.iter().map(|(op, _)| op.def).collect();
    let message = format!(
        "{} {} for {}, which `{name}` cannot give: a broker of kind {} {}, so messages get lost in spite of it",
        told::all(cx, &handlers),
        if handlers.len() == 1 { "asks" } else { "ask" },
        told::names(&words),
        weak.kind.kind,
        weak.kind.says,
    );
    let place = Place::new(weak.broker, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), place.clone(), message)
        .help("Use a broker that keeps messages, or take out of the handlers what it cannot do.");
    for (op, asked) in weak.asking.iter().take(told::RELATED) {
        let asked: Vec<String> = asked.iter().map(|word| (*word).to_owned()).collect();
        finding = finding.related(
            format!("`{}` asks for {}", cx.qualified(op.def), told::names(&asked)),
            cx.place(op.def),
        );
    }
    if let Some(kind) = cx.argument(weak.broker, &place.loc, "kind") {
        for row in capabilities::BROKERS.iter().filter(|row| row.can_all()) {
            let step = Step::Replace(Place::new(weak.broker, kind.clone()), row.kind.to_owned());
            finding = finding.fix(FixPlan::suggest(
                format!("Make {name} a broker of kind {}", row.kind),
                vec![step],
            ));
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(kind: &str, handler: &str, more: &str) -> String {
        format!(
            "broker Bus: {kind}
system S {{ broker Bus }}
service Orders {{
  scale 1..3
  event OrderPlaced v1 {{ key order; order: uuid }}
  on OrderPlaced as note {{ {handler} }}
}}
{more}"
        )
    }

    fn check(kind: &str, handler: &str) -> Vec<String> {
        of_rule(&text(kind, handler, ""), RULE.id)
    }

    #[test]
    fn what_forgets_messages_keeps_no_promise() {
        for clause in ["retry 3", "dead_letter", "ordered"] {
            assert_eq!(check("memory", clause), ["1 warning Bus"], "{clause}");
            assert_eq!(check("redis", clause), ["1 warning Bus"], "{clause}");
            assert_eq!(check("nats", clause), [""; 0], "{clause}");
        }
        assert_eq!(check("redis", "dead_letter off; idempotent"), [""; 0]);
    }

    #[test]
    fn the_broker_of_the_event_s_service_counts() {
        let own = text("redis", "retry 3", "broker Good: kafka\n").replace("  scale", "  broker Good\n  scale");
        assert!(of_rule(&own, RULE.id).is_empty());
    }

    #[test]
    fn trying_out_is_no_production() {
        let of = |more: &str| of_rule(&text("memory", "retry 3", more), RULE.id);
        assert_eq!(of("environment Staging { platform compose }\n"), [""; 0]);
        assert_eq!(of("environment Staging { platform compose }\nenvironment Live { platform compose }\n").len(), 1);
    }

    #[test]
    fn one_instance_takes_messages_as_they_come() {
        let one = text("memory", "ordered", "").replace("1..3", "1..1");
        assert!(of_rule(&one, RULE.id).is_empty());
    }

    #[test]
    fn another_kind_can_do_it() {
        let after = fixed(&text("redis", "retry 3; ordered", ""), "Make Bus a broker of kind nats");
        assert!(after.starts_with("broker Bus: nats\n"), "{after}");
        assert!(of_rule(&after, RULE.id).is_empty());
    }
}
