//! Retries that multiply along a chain of calls.

use rustc_hash::FxHashSet;

use crate::{
    diagnostic::Severity,
    model::{
        calls::{
            CallGraph, call_graph,
            chains::{Chain, chains, multiplied, way},
        },
        cx::Cx,
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.retry_amplification",
    severity: Severity::Warning,
    summary: "Retries multiply along a chain of calls.",
    thresholds: &[
        Threshold {
            name: "attempts",
            default: 8,
            counts: "attempts at the last one of a chain for one request",
        },
        Threshold {
            name: "levels",
            default: 2,
            counts: "calls in a row that are tried again",
        },
    ],
    page: include_str!("../../../../../docs/rules/scale/retry_amplification.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let most = u64::from(cx.threshold(&RULE, "attempts"));
    let levels_most = cx.threshold(&RULE, "levels");
    let graph = call_graph(cx.db);
    let chains = chains(cx.db);
    let nothing = Chain::default();
    // Callers first: the outermost retry of a chain has the finding, and those on its way have none of their own.
    let mut on_the_way: FxHashSet<usize> = FxHashSet::default();
    for op in graph.components.iter().rev().flatten().copied() {
        for edge in graph.calls(op) {
            let site = graph.site(edge);
            if site.retries == 0 || on_the_way.contains(&edge) || graph.is_circular(edge) {
                continue;
            }
            let to = graph.edges[edge].to;
            let behind = to.map_or(&nothing, |to| &chains[to]);
            let (attempts, levels) = multiplied(graph, edge, behind);
            let many = attempts.saturating_add(1) >= most;
            if !(many || levels >= levels_most) || (levels == 1 && site.breaker) {
                continue;
            }
            let pick = |chain: &Chain| if many { chain.attempts.next } else { chain.levels.next };
            let mut edges = vec![edge];
            edges.extend(to.into_iter().flat_map(|to| way(graph, chains, to, pick)));
            let multiplies =
                |&inner: &usize| inner == edge || !(graph.site(inner).breaker || graph.is_circular(inner));
            edges.retain(|edge| graph.site(*edge).retries > 0 && multiplies(edge));
            on_the_way.extend(&edges);
            findings.push(finding(cx, graph, &edges));
        }
    }
}

/// About calls that are tried again, the outermost first.
fn finding(cx: Cx<'_>, graph: &CallGraph, edges: &[usize]) -> Finding {
    let outer = graph.site(edges[0]);
    let factors: Vec<u64> = edges
        .iter()
        .map(|edge| graph.site(*edge).retries.saturating_add(1))
        .collect();
    let product = factors.iter().fold(1_u64, |product, factor| product.saturating_mul(*factor));
    let written: Vec<String> = factors.iter().map(u64::to_string).collect();
    let sum = match written.as_slice() {
        [one] => one.clone(),
        several => format!("{} = {product}", several.join(" × ")),
    };
    let last = edges.last().map_or(outer, |edge| graph.site(*edge));
    let name = cx.qualified(outer.op);
    let message = format!(
        "one request to `{name}` may become {sum} attempts at `{}`: a small outage there becomes a storm",
        cx.qualified(last.callee)
    );
    let retry = outer.written(cx).and_then(|call| call.retry.as_ref());
    let place = retry.map_or_else(
        || outer.place(),
        |retry| Place::new(outer.op.item, retry.loc.clone()),
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message)
        .help("Try again at one level only, the one next to what fails, or stop the inner ones with a breaker.");
    for &edge in &edges[1..] {
        let site = graph.site(edge);
        finding = finding.related(
            format!("{} up to {} times", site.says(cx), site.retries.saturating_add(1)),
            site.place(),
        );
    }
    let inner = &edges[1..];
    if retry.is_some() && !inner.is_empty() {
        finding = finding.fix(FixPlan::suggest("Do not try again here", vec![Step::Remove(place)]).preferred());
    }
    let (title, stopped) = match inner {
        [] => ("Give the call a breaker", edges),
        [_] => ("Give the inner call a breaker", inner),
        _ => ("Give the inner calls a breaker", inner),
    };
    let steps: Vec<Step> = stopped
        .iter()
        .map(|edge| Step::AddStatement(graph.site(*edge).place(), "breaker".to_owned()))
        .collect();
    finding.fix(FixPlan::suggest(title, steps))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    /// Example 5 of the catalogue, with what the two calls say.
    fn example(outer: &str, inner: &str) -> String {
        format!(
            "role Clinician: staff
role Service: service
service A in C {{
  endpoint a POST /v1/a -> Slip {{ allow Clinician; idempotent; calls Mid.b {{ {outer} }} }}
}}
service Mid in C {{
  endpoint b POST /v1/b -> Slip {{ allow Service; idempotent; calls Lab.book {{ {inner} }} }}
}}
service Lab in C {{ endpoint book POST /v1/book -> Slip {{ allow Service; idempotent }} }}
type Slip {{ number: string }}
context C
"
        )
    }

    #[test]
    fn the_outer_retry_has_the_finding() {
        let text = example("timeout 2s; retry 3", "timeout 300ms; retry 2");
        assert_eq!(of_rule(&text, RULE.id), ["4 warning A.a"]);
        assert!(
            check(&text).iter().any(|line| line.contains("4 × 3 = 12 attempts at `Lab.book`")),
            "{:?}",
            check(&text)
        );
    }

    #[test]
    fn a_breaker_on_the_inner_call_stops_it_on_the_outer_one_not() {
        let of = |outer: &str, inner: &str| of_rule(&example(outer, inner), RULE.id);
        assert_eq!(of("timeout 2s; retry 3", "timeout 300ms; retry 2; breaker"), [""; 0]);
        assert_eq!(of("timeout 2s; retry 3; breaker", "timeout 300ms; retry 2").len(), 1);
    }

    #[test]
    fn two_levels_or_eight_attempts() {
        let of = |outer: &str, inner: &str| of_rule(&example(outer, inner), RULE.id);
        assert_eq!(of("retry 1", "retry 1").len(), 1);
        assert_eq!(of("retry 6", "timeout 1s"), [""; 0]);
        assert_eq!(of("retry 7", "timeout 1s").len(), 1);
        assert_eq!(of("retry 7; breaker", "timeout 1s"), [""; 0]);
        assert_eq!(of("timeout 1s", "retry 3"), [""; 0]);
    }

    #[test]
    fn three_levels_are_one_finding_and_fixes_help() {
        let text = example("retry 1", "retry 1").replace(
            "allow Service; idempotent } }",
            "allow Service; idempotent; calls Post { retry 2 } } }\nvendor Post: http",
        );
        assert_eq!(of_rule(&text, RULE.id), ["4 warning A.a"]);
        let after = fixed(&text, "Give the inner calls a breaker");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
        let text = example("retry 1", "retry 1");
        assert_eq!(of_rule(&fixed(&text, "Do not try again here"), RULE.id), [""; 0]);
    }

    #[test]
    fn retries_of_a_vendor_count() {
        let text = example("retry 1", "timeout 1s").replace(
            "allow Service; idempotent } }",
            "allow Service; idempotent; calls Post } }\nvendor Post: http { retry 2 }",
        );
        assert_eq!(of_rule(&text, RULE.id), ["4 warning A.a"]);
    }

    #[test]
    fn a_circle_is_another_rules() {
        let text = "service A { endpoint a GET /a { calls B.b { retry 3 } } }\n\
                    service B { endpoint b GET /b { calls A.a { retry 3 } } }\n";
        assert_eq!(of_rule(text, RULE.id), [""; 0]);
        assert_eq!(of_rule(text, "boundary.cyclic_services").len(), 1);
    }
}
