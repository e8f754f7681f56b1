//! A request waits for a long chain of calls.

use rustc_hash::FxHashSet;

use crate::{
    diagnostic::Severity,
    model::{
        calls::{
            CallGraph, call_graph,
            chains::{chains, way},
            promises::promise_of,
        },
        cx::Cx,
        finding::{Finding, FixPlan, Step},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.deep_sync_chain",
    severity: Severity::Warning,
    core: true,
    summary: "A request waits for a long chain of calls.",
    cwe: &[1054],
    thresholds: &[Threshold {
        name: "hops",
        default: 4,
        counts: "calls in a row that a request may wait for",
    }],
    page: include_str!("../../../../../docs/rules/scale/deep_sync_chain.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many names of a long chain stand in the message.
const SHOWN: usize = 8;

/// How many of its calls are related places: nobody reads more.
const RELATED: usize = 20;

const REUSE: &str = "cache 1m";

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let most = cx.threshold(&RULE, "hops");
    let graph = call_graph(cx.db);
    let chains = chains(cx.db);
    // Callers first: what lies on the way of one that is reported is not reported again.
    let mut on_the_way: FxHashSet<usize> = FxHashSet::default();
    for op in graph.components.iter().rev().flatten().copied() {
        if chains[op].hops.value <= most || on_the_way.contains(&op) {
            continue;
        }
        let Some(entry) = cx.op(graph.ops[op]).filter(|entry| cx.external(*entry)) else {
            continue;
        };
        let edges = way(graph, chains, op, |chain| chain.hops.next);
        let edges = counted_part(cx, graph, &edges, chains[op].hops.value);
        on_the_way.extend(edges.iter().filter_map(|edge| graph.edges[*edge].to));
        let name = cx.qualified(entry.def);
        let mut names: Vec<String> = std::iter::once(name.to_string())
            .chain(edges.iter().map(|edge| cx.qualified(graph.site(*edge).callee).to_string()))
            .collect();
        if names.len() > SHOWN {
            names.splice(SHOWN - 3..names.len() - 2, ["…".to_owned()]);
        }
        let message = format!(
            "`{name}` answers only after {} calls in a row, {}: their times add up, and when one of them fails, it fails",
            chains[op].hops.value,
            names.join(" → ")
        );
        let mut finding = Finding::new(RULE.id, RULE.severity, name, cx.place(entry.def), message).help(
            "Let one of them react to an event, answer from a copy or a cache, or make two of the services one.",
        );
        for &edge in edges.iter().take(RELATED) {
            let site = graph.site(edge);
            finding = finding.related(site.says(cx), site.place());
        }
        findings.extend([match reuse(cx, graph, edges, most) {
            Some(fix) => finding.fix(fix),
            None => finding,
        }]);
    }
}

/// The calls of a way up to the last one that counts: behind a reused answer it ends.
fn counted_part<'e>(cx: Cx<'_>, graph: &CallGraph, edges: &'e [usize], hops: u32) -> &'e [usize] {
    let mut seen = 0;
    let last = edges.iter().position(|&edge| {
        seen += u32::from(counts(cx, graph, edge));
        seen == hops
    });
    last.map_or(edges, |last| &edges[..=last])
}

/// Whether a call goes over a wire and is more than passing on.
fn counts(cx: Cx<'_>, graph: &CallGraph, edge: usize) -> bool {
    let site = graph.site(edge);
    !graph.is_circular(edge) && !site.within_service() && !promise_of(cx.db, site.op.item).gateway
}

/// Ends the chain at the last GET within the limit whose answer may lie about for a minute.
fn reuse(cx: Cx<'_>, graph: &CallGraph, edges: &[usize], most: u32) -> Option<FixPlan> {
    let mut hops = 0;
    let within = edges.iter().take_while(|&&edge| {
        hops += u32::from(counts(cx, graph, edge));
        hops <= most
    });
    let reusable = within
        .filter_map(|&edge| cx.op(graph.ops[graph.edges[edge].to?]))
        .filter(|op| op.op.method == "GET" && op.op.cache.is_none() && op.op.returns.is_some())
        .filter(|op| cx.classified_answer(*op).is_empty())
        .last()?;
    Some(FixPlan::suggest(
        format!("Let answers of `{}` be reused for a minute", cx.qualified(reusable.def)),
        vec![Step::AddStatement(cx.place(reusable.def), REUSE.to_owned())],
    ))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    /// A chain of services `S0` to `S<count>`: each endpoint calls the next one.
    fn chain(count: usize, more: &str) -> String {
        let services: Vec<String> = (0..=count)
            .map(|number| {
                let call = if number < count {
                    format!("calls S{}.x {{ timeout 1s }}", number + 1)
                } else {
                    String::new()
                };
                format!("service S{number} {{ endpoint x GET /x -> {{ n: int }} {{ {call} }} }}\n")
            })
            .collect();
        format!("{}{more}", services.concat())
    }

    #[test]
    fn the_entry_of_a_chain_of_five_has_the_finding() {
        assert_eq!(of_rule(&chain(4, ""), RULE.id), [""; 0]);
        assert_eq!(of_rule(&chain(5, ""), RULE.id), ["1 warning S0.x"]);
        let lines = check(&chain(5, ""));
        assert!(
            lines.iter().any(|line| line.contains("S0.x → S1.x → S2.x → S3.x → S4.x → S5.x")),
            "{lines:?}"
        );
    }

    #[test]
    fn a_very_long_chain_has_one_finding() {
        let text = chain(3_000, "");
        assert_eq!(of_rule(&text, RULE.id), ["1 warning S0.x"]);
    }

    #[test]
    fn only_what_is_reached_from_outside_is_an_entry() {
        let client = |used: &str| chain(6, &format!("client Web: web {{ uses {used}.x }}\n"));
        assert_eq!(of_rule(&client("S0"), RULE.id), ["1 warning S0.x"]);
        let inside = |used: &str, hidden: usize| {
            let text = client(used).replacen("{ calls", "{ internal; calls", hidden);
            of_rule(&text, RULE.id)
        };
        assert_eq!(inside("S1", 1), ["2 warning S1.x"]);
        assert_eq!(inside("S2", 2), [""; 0]);
    }

    #[test]
    fn gateways_own_calls_jobs_and_circles_do_not_count() {
        let five = chain(5, "");
        let gateway = five.replacen("service S0 {", "service S0 { kind gateway;", 1);
        assert_eq!(of_rule(&gateway, RULE.id), [""; 0]);
        let own = chain(
            4,
            "service T { endpoint x GET /x { calls T.y }; endpoint y GET /y { calls S0.x } }\n",
        );
        assert_eq!(of_rule(&own, RULE.id), ["6 warning T.x"]);
        let own = chain(
            3,
            "service T { endpoint x GET /x { calls T.y }; endpoint y GET /y { calls S0.x } }\n",
        );
        assert_eq!(of_rule(&own, RULE.id), [""; 0]);
        let job = five.replacen("endpoint x GET /x -> { n: int }", "job x every 1d", 1);
        assert_eq!(of_rule(&job, RULE.id), [""; 0]);
        // The circle of S0 and S1 is another rule's; what is behind it is a chain of four.
        let circle = five.replacen(
            "calls S2.x { timeout 1s }",
            "calls S2.x { timeout 1s }; calls S0.x { timeout 1s }",
            1,
        );
        assert_eq!(of_rule(&circle, RULE.id), [""; 0]);
        assert_eq!(of_rule(&circle, "boundary.cyclic_services").len(), 1);
    }

    #[test]
    fn a_reused_answer_ends_the_chain() {
        let text = chain(6, "");
        let after = fixed(&text, "Let answers of `S4.x` be reused for a minute");
        assert!(after.contains("calls S5.x { timeout 1s }; cache 1m"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }

    #[test]
    fn a_vendor_is_a_call_too() {
        let text = chain(4, "vendor Maps: http\n").replace("{  }", "{ calls Maps }");
        assert_eq!(of_rule(&text, RULE.id), ["1 warning S0.x"]);
    }
}
