//! Two services of different contexts talk about everything.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        calls::{CallGraph, Link, call_graph},
        cx::Cx,
        def::Def,
        dependencies::{Home, home},
        finding::{Finding, Place},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.chatty_pair",
    severity: Severity::Warning,
    summary: "Two services of different contexts call each other for everything.",
    cwe: &[1048],
    thresholds: &[
        Threshold {
            name: "endpoints",
            default: 5,
            counts: "endpoints of one service that another one calls",
        },
        Threshold {
            name: "both_ways",
            default: 3,
            counts: "endpoints that each of two services calls of the other",
        },
    ],
    page: include_str!("../../../../../docs/rules/boundary/chatty_pair.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let graph = call_graph(cx.db);
    let most = cx.threshold(&RULE, "endpoints") as usize;
    let both = cx.threshold(&RULE, "both_ways") as usize;
    for link in &graph.links {
        // A link has a call for each endpoint at least.
        if link.edges.len() < most.min(both) {
            continue;
        }
        let called = endpoints(graph, link).len();
        let back = graph
            .link(link.to, link.from)
            .map_or(0, |back| endpoints(graph, back).len());
        let mutual = called >= both && back >= both;
        // Of two that are equally chatty the first one in the text has the finding.
        let second = link.from > link.to && back >= both && (back >= most || mutual);
        if (called >= most || mutual) && !(second && called >= both) {
            findings.extend(finding(cx, graph, link, called, mutual.then_some(back)));
        }
    }
}

/// The endpoints that are called by a link, each with one of its calls.
fn endpoints(graph: &CallGraph, link: &Link) -> Vec<(Def, usize)> {
    let mut found: Vec<(Def, usize)> = Vec::new();
    for &edge in &link.edges {
        let callee = graph.site(edge).callee;
        if !found.iter().any(|(known, _)| *known == callee) {
            found.push((callee, edge));
        }
    }
    found
}

fn finding(cx: Cx<'_>, graph: &CallGraph, link: &Link, called: usize, back: Option<usize>) -> Option<Finding> {
    let (from, to) = (graph.services[link.from], graph.services[link.to]);
    let (here, there) = (home(cx.db, from), home(cx.db, to));
    if here == there || here == Home::Unknown || there == Home::Unknown || made_for_calling(cx, from) {
        return None;
    }
    let (name, other) = (cx.name(from).clone(), cx.name(to));
    let fact = match back {
        Some(back) => format!(
            "`{name}` calls {called} endpoints of `{other}`, which calls {back} of `{name}`, across the boundary between their contexts"
        ),
        None => format!("`{name}` calls {called} different endpoints of `{other}`, which is in another context"),
    };
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name,
        cx.place(Def::item(from)),
        format!("{fact}: a change of either is a change of both, so the cut is in the wrong place"),
    )
    .help("Offer what is needed in one endpoint, move the entity that all of them are about, or make one service of the two.");
    for (_, edge) in endpoints(graph, link) {
        let site = graph.site(edge);
        finding = finding.related(site.says(cx), Place::new(site.op.item, site.statement.clone()));
    }
    Some(finding)
}

/// Whether calling others is what a service is for: a gateway, or the backend of one client, which keeps nothing of its own.
fn made_for_calling(cx: Cx<'_>, item: Item) -> bool {
    let Some(service) = cx.service(item) else { return true };
    if service.kind.as_deref() == Some("gateway") {
        return true;
    }
    let clients = cx
        .items(Kind::Client)
        .iter()
        .filter(|&&client| {
            cx.client(client).is_some_and(|facts| {
                facts
                    .uses
                    .iter()
                    .filter_map(|used| cx.def(client, used))
                    .any(|used| used.item == item)
            })
        })
        .count();
    clients == 1 && service.entities.is_empty()
}

#[cfg(test)]
mod tests {
    use crate::testing::of_rule;

    fn pair(there: usize, back: usize, more: &str, context: &str) -> Vec<String> {
        let endpoints = |count: usize| -> String {
            (0..count).map(|index| format!("  endpoint e{index} GET /v1/e{index}\n")).collect::<Vec<_>>()
.concat()
        };
        let calls = |service: &str, count: usize| -> String {
            (0..count).map(|index| format!("  job c{index} every 1d {{ calls {service}.e{index} }}\n")).collect::<Vec<_>>()
.concat()
        };
        let text = format!(
            "context C {{ uses D }}\ncontext D {{ uses C }}\nservice A in C {{\n{more}{}{}}}\nservice B in {context} {{\n{}{}}}\n",
            endpoints(back),
            calls("B", there),
            endpoints(there),
            calls("A", back),
        );
        of_rule(&text, "boundary.chatty_pair")
    }

    #[test]
    fn five_endpoints_or_three_both_ways() {
        assert_eq!(pair(5, 0, "", "D"), ["3 warning A"]);
        assert_eq!(pair(4, 0, "", "D"), [""; 0]);
        assert_eq!(pair(3, 3, "", "D"), ["3 warning A"]);
        assert_eq!(pair(3, 2, "", "D"), [""; 0]);
        assert_eq!(pair(5, 5, "", "D"), ["3 warning A"]);
        assert_eq!(pair(5, 3, "", "D"), ["3 warning A"]);
        assert_eq!(pair(2, 5, "", "D").len(), 1);
    }

    #[test]
    fn neighbours_and_those_made_for_calling_may_talk() {
        assert_eq!(pair(5, 0, "", "C"), [""; 0]);
        assert_eq!(pair(5, 0, "  kind gateway\n", "D"), [""; 0]);
        let text = |clients: &str, entity: &str| {
            let calls: String = (0..5).map(|index| format!("calls B.e{index}; ")).collect::<Vec<_>>()
.concat();
            let endpoints: String = (0..5).map(|index| format!("endpoint e{index} GET /v1/e{index}; ")).collect::<Vec<_>>()
.concat();
            of_rule(
                &format!("{clients}service A {{ {entity}endpoint page GET /v1/page {{ {calls} }} }}\nservice B {{ {endpoints} }}\n"),
                "boundary.chatty_pair",
            )
        };
        assert_eq!(text("", ""), ["1 warning A"]);
        assert_eq!(text("client Web: web { uses A }\n", ""), [""; 0]);
        assert_eq!(text("client Web: web { uses A }\nclient App: ios { uses A }\n", ""), ["3 warning A"]);
        assert_eq!(text("client Web: web { uses A }\n", "entity E { id: uuid @id }; "), ["2 warning A"]);
    }

    #[test]
    fn one_endpoint_called_often_is_one() {
        let text = "service A { job a every 1d { calls B.e }; job b every 1d { calls B.e }; job c every 1d { calls B.e }; \
                    job d every 1d { calls B.e }; job f every 1d { calls B.e } }\nservice B { endpoint e GET /v1/e }\n";
        assert_eq!(of_rule(text, "boundary.chatty_pair"), [""; 0]);
    }
}
