//! A service promises more than what it needs promises.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Item, parsed},
    diagnostic::Severity,
    model::{
        calls::{
            CallGraph, call_graph, calls_of,
            chains::{Chain, WHOLE, chains, product},
            promises::promise_of,
        },
        cx::Cx,
        def::Def,
        expr::text::{millis, percent},
        facts::{Op, Slo},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.slo_unachievable",
    severity: Severity::Warning,
    summary: "A service promises more than what it needs promises.",
    page: include_str!("../../../../../docs/rules/scale/slo_unachievable.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many services stand in a message.
const SHOWN: usize = 4;

/// What is worst among a service's operations: their numbers in the graph.
#[derive(Default)]
struct Worst {
    availability: Option<(u128, usize)>,
    latency: Option<(u64, usize)>,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let graph = call_graph(cx.db);
    let chains = chains(cx.db);
    let mut op = 0;
    while op < graph.ops.len() {
        let service = graph.service_of[op];
        let mut worst = Worst::default();
        while op < graph.ops.len() && graph.service_of[op] == service {
            look(cx, graph, op, &chains[op], &mut worst);
            op += 1;
        }
        if worst.availability.is_none() && worst.latency.is_none() {
            continue;
        }
        let item = graph.services[service];
        let Some(slo) = cx.service(item).and_then(|service| service.slo.as_ref()) else {
            continue;
        };
        if let Some((possible, op)) = worst.availability {
            findings.extend(availability(cx, graph, slo, (graph.ops[op], &chains[op]), possible));
        }
        if let Some((time, op)) = worst.latency {
            findings.extend(latency(cx, slo, graph.ops[op], time));
        }
    }
}

/// Takes an operation in, if its service promises more than that can keep.
fn look(cx: Cx<'_>, graph: &CallGraph, op: usize, chain: &Chain, worst: &mut Worst) {
    if chain.needs.is_empty() && chain.waits == 0 {
        return;
    }
    let promise = promise_of(cx.db, graph.services[graph.service_of[op]]);
    // Nobody waits for a job or a handler.
    if promise.availability.is_none() && promise.p99.is_none() || !graph.ops[op].op(cx.db).is_some_and(Op::is_http) {
        return;
    }
    if let Some(promised) = promise.availability {
        let possible = product(&chain.needs);
        if u128::from(promised) * WHOLE > possible && worst.availability.is_none_or(|(known, _)| possible < known) {
            worst.availability = Some((possible, op));
        }
    }
    if promise.p99.is_some_and(|promised| promised < chain.waits)
        && worst.latency.is_none_or(|(known, _)| known < chain.waits)
    {
        worst.latency = Some((chain.waits, op));
    }
}

fn availability(
    cx: Cx<'_>,
    graph: &CallGraph,
    slo: &Slo,
    (op, chain): (Def, &Chain),
    possible: u128,
) -> Option<Finding> {
    let item = op.item;
    let promised = slo.availability?;
    // Two digits behind the point, downwards, so that the new promise can be kept.
    let possible = u32::try_from(possible / WHOLE).ok()? / 100 * 100;
    let needed: Vec<String> = chain
        .needs
        .iter()
        .take(SHOWN)
        .map(|(service, promised)| format!("`{}` ({})", cx.name(graph.services[*service]), percent(*promised)))
        .collect();
    let more = chain.needs.len() - needed.len();
    let others = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    let together = if chain.needs.len() > 1 {
        format!(", together {}", percent(possible))
    } else {
        String::new()
    };
    let name = cx.name(item);
    let message = format!(
        "`{name}` promises {}, and `{}` cannot do without {}{others}{together}: the promise cannot be kept",
        percent(promised),
        cx.qualified(op),
        needed.join(", ")
    );
    let mut finding = at_statement(cx, item, slo, Kind::Availability, message).help(
        "Promise less, or do without one of them for a while: a call with a `fallback` is no hard dependency.",
    );
    for (service, promised) in chain.needs.iter().take(SHOWN) {
        let needed = graph.services[*service];
        if let Some(slo) = cx.service(needed).and_then(|service| service.slo.as_ref()) {
            let place = cx.statement(needed, &slo.loc, Kind::Availability).unwrap_or_else(|| slo.loc.clone());
            finding = finding.related(
                format!("`{}` promises {}", cx.name(needed), percent(*promised)),
                Place::new(needed, place),
            );
        }
    }
    let statement = cx.statement(item, &slo.loc, Kind::Availability)?;
    Some(lowered(finding, cx, item, &statement, "percent", percent(possible)))
}

fn latency(cx: Cx<'_>, slo: &Slo, op: Def, time: u64) -> Option<Finding> {
    let item = op.item;
    let (_, promised) = slo.latency.iter().find(|(percentile, _)| percentile == "p99")?;
    let message = format!(
        "`{}` promises an answer in {} (p99), and what `{}` waits for promises {}: the promise cannot be kept",
        cx.name(item),
        millis(promised.millis()),
        cx.qualified(op),
        millis(time)
    );
    let mut finding = at_statement(cx, item, slo, Kind::Latency, message)
        .help("Promise less, make calls `parallel`, or answer without one of them: a call with a `fallback` does not count.");
    for site in calls_of(cx.db, item).iter().filter(|site| site.op == op) {
        finding = finding.related(site.says(cx), site.place());
    }
    // `p99` may not be the first of several lines.
    let statement = finding.at.loc.clone();
    Some(lowered(finding, cx, item, &statement, "time", millis(time)))
}

/// A finding on the line of the `slo` that promises it.
fn at_statement(cx: Cx<'_>, item: Item, slo: &Slo, kind: Kind, message: String) -> Finding {
    let mut place = cx.statement(item, &slo.loc, kind).unwrap_or_else(|| slo.loc.clone());
    if kind == Kind::Latency
        && let Some(line) = slo.latency.iter().position(|(percentile, _)| percentile == "p99")
        && let Some(loc) = nth(cx, item, &slo.loc, kind, line)
    {
        place = loc;
    }
    let name = cx.name(item).clone();
    Finding::new(RULE.id, RULE.severity, name, Place::new(item, place), message)
}

/// The statement of a kind with that number among its kind.
fn nth(cx: Cx<'_>, item: Item, within: &Loc, kind: Kind, number: usize) -> Option<Loc> {
    let node = within.node(parsed(cx.db, item))?;
    let mut found = node.children().iter().enumerate().filter(|(_, child)| child.kind() == kind);
    let (index, _) = found.nth(number)?;
    let mut path = within.path.clone();
    path.push(u16::try_from(index).ok()?);
    Some(Loc::head(&path))
}

fn lowered(
    finding: Finding,
    cx: Cx<'_>,
    item: Item,
    statement: &Loc,
    slot: &str,
    value: String,
) -> Finding {
    match cx.argument(item, statement, slot) {
        Some(argument) => finding.fix(FixPlan::suggest(
            format!("Promise {value}"),
            vec![Step::Replace(Place::new(item, argument), value)],
        )),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    /// Example 6 of the catalogue, with what `Quote` promises and `q` calls.
    fn example(slo: &str, calls: &str) -> String {
        format!(
            "context Sales
service Quote in Sales {{
  slo {{ {slo} }}
  endpoint q GET /v1/q -> Price {{ {calls} }}
  type Price {{ amount: money }}
}}
service Stock in Sales {{ slo {{ availability 99.9%; latency p50 10ms; latency p99 100ms }}; endpoint get GET /v1/stock }}
service Tax in Sales {{ slo {{ availability 99.9%; latency p99 80ms }}; endpoint get GET /v1/tax; endpoint more GET /v1/more }}
service Rates in Sales {{ slo {{ availability 90%; latency p99 5s }}; endpoint get GET /v1/rates }}
service Plain in Sales {{ endpoint get GET /v1/plain {{ calls Rates.get }} }}
"
        )
    }

    const CALLS: &str = "calls Stock.get; calls Tax.get; calls Rates.get { fallback cached }";

    #[test]
    fn hard_dependencies_multiply() {
        let text = example("availability 99.95%", CALLS);
        assert_eq!(of_rule(&text, RULE.id), ["3 warning Quote"]);
        assert!(
            check(&text)
                .iter()
                .any(|line| line.contains("`Stock` (99.9%), `Tax` (99.9%), together 99.8%")),
            "{:?}",
            check(&text)
        );
        assert_eq!(of_rule(&example("availability 99.8%", CALLS), RULE.id), [""; 0]);
        assert_eq!(of_rule(&example("availability 99.81%", CALLS), RULE.id).len(), 1);
        assert_eq!(of_rule(&fixed(&text, "Promise 99.8%"), RULE.id), [""; 0]);
    }

    #[test]
    fn each_service_counts_once_and_each_endpoint_by_itself() {
        let of = |calls: &str| of_rule(&example("availability 99.9%", calls), RULE.id);
        assert_eq!(of("calls Tax.get; calls Tax.more"), [""; 0]);
        assert_eq!(of("calls Tax.get }; endpoint r GET /v1/r { calls Stock.get"), [""; 0]);
        assert_eq!(of("calls Tax.get; calls Stock.get").len(), 1);
    }

    #[test]
    fn what_promises_nothing_is_looked_through_and_nothing_is_assumed() {
        let of = |calls: &str| of_rule(&example("availability 99.9%", calls), RULE.id);
        assert_eq!(of("calls Plain.get").len(), 1);
        assert_eq!(of("calls Plain.get { fallback default }"), [""; 0]);
        let text = example("availability 99.9%", "calls Plain.get").replace("calls Rates.get }", "}");
        assert_eq!(of_rule(&text, RULE.id), [""; 0]);
    }

    #[test]
    fn times_of_calls_in_a_row_add_up() {
        let of = |time: &str, calls: &str| of_rule(&example(&format!("latency p99 {time}"), calls), RULE.id);
        assert_eq!(of("179ms", CALLS), ["3 warning Quote"]);
        assert_eq!(of("180ms", CALLS), [""; 0]);
        assert_eq!(of("100ms", "calls Stock.get { parallel }; calls Tax.get { parallel }"), [""; 0]);
        assert_eq!(of("90ms", "calls Stock.get { parallel }; calls Tax.get"), ["3 warning Quote"]);
        let text = example("latency p50 20ms; latency p99 90ms", CALLS);
        assert!(fixed(&text, "Promise 180ms").contains("latency p50 20ms; latency p99 180ms"));
    }

    #[test]
    fn nobody_waits_for_jobs_and_circles_have_no_sum() {
        let text = example("availability 99.99%", "").replace(
            "  type Price",
            "  job night every 1d { calls Stock.get; calls Rates.get }\n  type Price",
        );
        assert_eq!(of_rule(&text, RULE.id), [""; 0]);
        let circle = "service A { slo { availability 99.99% }; endpoint a GET /a { calls B.b } }\n\
                      service B { slo { availability 99% }; endpoint b GET /b { calls A.a } }\n";
        assert_eq!(of_rule(circle, RULE.id), [""; 0]);
    }
}
