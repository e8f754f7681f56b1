//! A service that nearly everybody calls, or that calls nearly everybody.

use crate::{
    diagnostic::Severity,
    model::{
        calls::{CallGraph, Link, call_graph, promises::promise_of},
        cx::Cx,
        finding::{Finding, Place},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.hub_service",
    severity: Severity::Info,
    summary: "A service that nearly everybody calls, or that calls nearly everybody.",
    cwe: &[1048],
    thresholds: &[
        Threshold {
            name: "callers",
            default: 8,
            counts: "services that call one",
        },
        Threshold {
            name: "share",
            default: 40,
            counts: "percent of all services that call one",
        },
        Threshold {
            name: "callees",
            default: 8,
            counts: "services that one calls",
        },
    ],
    page: include_str!("../../../../../docs/rules/scale/hub_service.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many of the calls are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let threshold = |name: &str| cx.threshold(&RULE, name) as usize;
    let graph = call_graph(cx.db);
    let (callees, share) = (threshold("callees"), threshold("share"));
    let callers = threshold("callers").max((graph.services.len() * share).div_ceil(100));
    let mut called_by = vec![0_usize; graph.services.len()];
    for link in &graph.links {
        called_by[link.to] += 1;
    }
    for (number, &fan_in) in called_by.iter().enumerate() {
        let calls = graph.links_from(number);
        if fan_in >= callers {
            let to = graph.links.iter().filter(|link| link.to == number);
            let name = cx.name(graph.services[number]);
            let message = format!(
                "{fan_in} of {} services call `{name}`: when it is slow, all of them are",
                graph.services.len()
            );
            findings.push(finding(cx, graph, number, message, to));
        }
        if calls.len() >= callees && !promise_of(cx.db, graph.services[number]).gateway {
            let name = cx.name(graph.services[number]);
            let message = format!(
                "`{name}` calls {} services: whichever of them changes or fails, it is concerned",
                calls.len()
            );
            findings.push(finding(cx, graph, number, message, calls.iter()));
        }
    }
}

fn finding<'g>(
    cx: Cx<'_>,
    graph: &CallGraph,
    number: usize,
    message: String,
    links: impl Iterator<Item = &'g Link>,
) -> Finding {
    let item = graph.services[number];
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, RULE.severity, cx.name(item).clone(), place, message).help(
        "Let others keep what they need, fed by events or from a cache, or split the service by who asks for what.",
    );
    for link in links.take(RELATED) {
        let site = graph.site(link.edges[0]);
        finding = finding.related(site.says(cx), site.place());
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::of_rule;

    /// `count` services, of which the first `callers` call `Hub`.
    fn text(count: usize, callers: usize, head: &str) -> String {
        let services: Vec<String> = (0..count)
            .map(|number| {
                let call = if number < callers { "calls Hub.x" } else { "" };
                format!("service S{number} {{ job j every 1d {{ {call} }}; endpoint e GET /e }}\n")
            })
            .collect();
        format!("service Hub {{ {head}endpoint x GET /x }}\n{}", services.concat())
    }

    #[test]
    fn many_callers_and_a_large_share() {
        assert_eq!(of_rule(&text(8, 8, ""), RULE.id), ["1 info Hub"]);
        assert_eq!(of_rule(&text(7, 7, ""), RULE.id), [""; 0]);
        // 40 % of 31 are 13.
        assert_eq!(of_rule(&text(30, 12, ""), RULE.id), [""; 0]);
        assert_eq!(of_rule(&text(30, 13, ""), RULE.id), ["1 info Hub"]);
    }

    #[test]
    fn an_identity_provider_is_asked_by_everybody() {
        let text = format!("auth Session: cookie {{ issuer Hub }}\n{}", text(8, 8, ""));
        assert_eq!(of_rule(&text, RULE.id), [""; 0]);
    }

    #[test]
    fn many_callees_unless_it_is_a_gateway() {
        let of = |calls: usize, head: &str| {
            let calls: Vec<String> = (0..calls).map(|number| format!("calls S{number}.e; ")).collect();
            of_rule(&text(8, 0, &format!("{head}job out every 1d {{ {} }}; ", calls.concat())), RULE.id)
        };
        assert_eq!(of(8, ""), ["1 info Hub"]);
        assert_eq!(of(7, ""), [""; 0]);
        assert_eq!(of(8, "kind gateway; "), [""; 0]);
    }
}
