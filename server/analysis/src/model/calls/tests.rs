use archwright_grammar::vocabulary::Kind;

use super::{CallGraph, call_graph, calls_of};
use crate::{db::items_of, model::cx::Cx, testing::host};

fn with_graph<T>(text: &str, look: impl FnOnce(Cx<'_>, &CallGraph) -> T) -> T {
    let snapshot = host(text).snapshot();
    let cx = snapshot.cx();
    look(cx, call_graph(cx.db))
}

/// `S.caller -> T.callee`, one for each edge.
fn edges(text: &str) -> Vec<String> {
    with_graph(text, |cx, graph| {
        (0..graph.edges.len())
            .map(|edge| {
                let site = graph.site(edge);
                format!("{} -> {}", cx.qualified(site.op), cx.qualified(site.callee))
            })
            .collect()
    })
}

const TEXT: &str = "system X { timeout 9s }
vendor Stripe: stripe { timeout 4s; retry 2; breaker; fallback queue }
service A {
  endpoint one GET /one { calls B.two; calls Stripe; calls A.other { parallel } }
  endpoint other GET /other
}
service B {
  timeout 3s
  endpoint two GET /two { calls C.three { timeout 1s; retry 1 } }
  job tick every 1d { calls Stripe { timeout off; retry 0; fallback default } }
}
service C { endpoint three GET /three { calls B.two } }
";

#[test]
fn what_is_in_effect_for_a_call_is_the_nearest_statement() {
    let host = host(TEXT);
    let snapshot = host.snapshot();
    let cx = snapshot.cx();
    let of = |service: usize| calls_of(cx.db, items_of(cx.db, Kind::Service)[service]).clone();
    let a = of(0);
    let seen: Vec<_> = a
        .iter()
        .map(|site| (site.timeout, site.retries, site.breaker))
        .collect();
    assert_eq!(
        seen,
        [
            (Some(3000), 0, false),
            (Some(4000), 2, true),
            (Some(9000), 0, false)
        ]
    );
    assert!(a[1].is_vendor() && a[2].within_service() && a[2].parallel);
    let b = of(1);
    assert_eq!((b[0].timeout, b[0].retries), (Some(1000), 1));
    assert_eq!(
        (b[1].timeout, b[1].retries, b[1].fallback.as_deref()),
        (None, 0, Some("default"))
    );
    assert_eq!(b[0].crosses_contexts(cx.db), Some(true));
}

#[test]
fn the_graph_is_in_text_order_and_leads_both_ways() {
    assert_eq!(
        edges(TEXT),
        [
            "A.one -> B.two",
            "A.one -> Stripe",
            "A.one -> A.other",
            "B.two -> C.three",
            "B.tick -> Stripe",
            "C.three -> B.two"
        ]
    );
    with_graph(TEXT, |cx, graph| {
        let number = |name: &str| {
            let found = graph.ops.iter().position(|op| cx.qualified(*op) == name);
            found.expect("all operations call or are called")
        };
        let two = number("B.two");
        assert_eq!(graph.op(graph.ops[two]), Some(two));
        assert_eq!(graph.callers(two), [0, 5]);
        assert_eq!(graph.calls(two), 3..4);
        assert_eq!(graph.circles, [[1, 2]]);
        let circular: Vec<usize> = (0..6).filter(|edge| graph.is_circular(*edge)).collect();
        assert_eq!(circular, [3, 5]);
        // Callees first.
        assert!(graph.component_of(two) < graph.component_of(number("A.one")));
        assert_eq!(graph.component_of(two), graph.component_of(number("C.three")));
    });
}

#[test]
fn an_unresolved_target_is_no_call() {
    assert!(edges("service A { endpoint a GET /a { calls B.none; calls A } }\nservice B\n").is_empty());
}
