//! Services that call each other in a circle.

use rustc_hash::FxHashSet;

use crate::{
    diagnostic::Severity,
    model::{
        calls::{CallGraph, call_graph},
        cx::Cx,
        dependencies::{Home, home},
        finding::Finding,
        graph::shortest_way,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.cyclic_services",
    severity: Severity::Warning,
    core: true,
    summary: "Services call each other in a circle.",
    subsumes: &[],
    cwe: &[1047],
    page: include_str!("../../../../../docs/rules/boundary/cyclic_services.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many names of a long circle stand in the message.
const SHOWN: usize = 8;

/// How many of its calls are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let graph = call_graph(cx.db);
    if graph.circles.is_empty() {
        return;
    }
    let mut successors = vec![Vec::new(); graph.services.len()];
    for link in &graph.links {
        successors[link.from].push(link.to);
    }
    for members in &graph.circles {
        findings.extend(finding(cx, graph, &successors, members));
    }
}

fn finding(cx: Cx<'_>, graph: &CallGraph, successors: &[Vec<usize>], members: &[usize]) -> Option<Finding> {
    let inside = |node: usize| members.binary_search(&node).is_ok();
    // Numbers follow the text, so of equally thin edges the first is the first in the text.
    let thin = members
        .iter()
        .flat_map(|&from| graph.links_from(from))
        .filter(|link| inside(link.to))
        .min_by_key(|link| link.edges.len())?;
    let call = graph.site(*thin.edges.first()?);
    let back = shortest_way(successors, thin.to, thin.from, inside)?;
    let name = |number: usize| cx.name(graph.services[number]).as_str();

    let homes: FxHashSet<Home> = members
        .iter()
        .map(|&member| home(cx.db, graph.services[member]))
        .filter(|home| *home != Home::Unknown)
        .collect();
    let severity = if homes.len() > 1 {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut circle: Vec<&str> = std::iter::once(thin.from)
        .chain(back.iter().copied())
        .map(name)
        .collect();
    let more = members.len() + 1 - circle.len();
    if circle.len() > SHOWN {
        circle.splice(SHOWN - 3..circle.len() - 2, ["…"]);
    }
    let knot = match more {
        0 => String::new(),
        1 => "; one more service hangs in the same knot".to_owned(),
        more => format!("; {more} more services hang in the same knot"),
    };
    let message = format!(
        "{}, which closes a circle, {}: none of them can be released, started or fail alone{knot}",
        call.says(cx),
        circle.join(" → "),
    );
    let mut finding = Finding::new(RULE.id, severity, cx.qualified(call.op), call.place(), message).help(
        "Turn this edge into an event (it has the fewest calls), make the services one, or take out what they both need.",
    );
    finding = finding.known_by(members.iter().map(|&member| cx.name(graph.services[member]).clone()));
    let others = back
        .windows(2)
        .filter_map(|edge| graph.link(edge[0], edge[1]))
        .flat_map(|link| &link.edges);
    for &other in thin.edges[1..].iter().chain(others).take(RELATED) {
        let other = graph.site(other);
        finding = finding.related(other.says(cx), other.place());
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{check, of_rule};

    fn found(text: &str) -> Vec<String> {
        of_rule(text, "boundary.cyclic_services")
    }

    #[test]
    fn the_edge_with_the_fewest_calls_has_the_finding() {
        let text = "context C\nservice A in C {\n  endpoint a GET /a\n  job i every 1d { calls B.b }\n  job j every 1d { calls B.b }\n}\n\
                    service B in C {\n  endpoint b GET /b {\n    calls A.a\n  }\n}\n";
        assert_eq!(found(text), ["9 warning B.b"]);
    }

    #[test]
    fn a_circle_over_contexts_is_an_error() {
        let text = "context C\ncontext D\nservice A in C { endpoint a GET /a { calls B.b } }\nservice B in D { endpoint b GET /b { calls A.a } }\n";
        assert_eq!(found(text), ["3 error A.a"]);
        let alone =
            "service A { endpoint a GET /a { calls B.b } }\nservice B { endpoint b GET /b { calls A.a } }\n";
        assert_eq!(found(alone), ["1 error A.a"]);
    }

    #[test]
    fn two_circles_have_a_finding_each_and_name_their_members() {
        let circle = |one: &str, two: &str| {
            format!(
                "service {one} {{ endpoint x GET /x {{ calls {two}.x }} }}\nservice {two} {{ endpoint x GET /x {{ calls {one}.x }} }}\n"
            )
        };
        let text = format!("{}{}", circle("A", "B"), circle("C", "D"));
        assert_eq!(found(&text), ["1 error A.x", "3 error C.x"]);
        assert!(check(&text).iter().any(|line| line.contains("C → D → C")));
    }

    #[test]
    fn a_long_circle_is_told_in_short() {
        let services: Vec<String> = (0..30)
            .map(|number| {
                let next = (number + 1) % 30;
                format!("service S{number} {{ endpoint x GET /x {{ calls S{next}.x }} }}\n")
            })
            .collect();
        let text = services.concat();
        assert_eq!(found(&text), ["1 error S0.x"]);
        let lines = check(&text);
        let line = lines
            .iter()
            .find(|line| line.contains("boundary.cyclic_services"))
            .expect("just found");
        assert!(line.contains("S0 → S1 → S2 → S3 → S4 → … → S29 → S0"), "{line}");
    }

    #[test]
    fn events_probes_issuers_and_own_calls_close_no_circle() {
        let events = "service A { event E { id: uuid }; endpoint a GET /a { calls B.b }; job j every 1d { emits E } }\n\
                      service B { endpoint b GET /b; on A.E as e { calls B.b } }\n";
        assert!(found(events).is_empty());
        let probe = "service A { endpoint health GET /health; job j every 1d { calls B.b } }\nservice B { endpoint b GET /b { calls A.health } }\n";
        assert!(found(probe).is_empty());
        let issuer = "auth S: cookie { issuer A }\nservice A { endpoint a GET /a { calls B.b } }\nservice B { endpoint b GET /b { calls A.a } }\n";
        assert!(found(issuer).is_empty());
    }
}
