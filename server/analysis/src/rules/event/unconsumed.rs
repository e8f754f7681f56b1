//! An event is emitted, and nobody does anything with it.

use archwright_grammar::vocabulary::Kind;

use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        event_flow::{Uses, event_flow, is_audit},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.unconsumed",
    severity: Severity::Hint,
    summary: "An event is emitted, and nobody does anything with it.",
    page: include_str!("../../../../../docs/rules/event/unconsumed.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many clients are offered to listen.
const CHOICES: usize = 3;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut unused = event_flow(cx.db)
        .uses()
        .iter()
        .filter(|uses| {
            !uses.emits.is_empty()
                && uses.handles.is_empty()
                && uses.listens.is_empty()
                && uses.invalidates.is_empty()
                && !is_audit(cx.db, uses.event)
                && !is_young(cx, uses)
        })
        .peekable();
    // A service or client that cannot be read may be the one that is missing here.
    if unused.peek().is_some() && !unread(cx) {
        findings.extend(unused.map(|uses| finding(cx, uses)));
    }
}

/// Whether an event is newer than the last release: who shall handle it may still be on the way.
fn is_young(cx: Cx<'_>, uses: &Uses) -> bool {
    cx.released()
        .is_some_and(|released| released.get("event", &cx.qualified(uses.event)).is_none())
}

/// Whether somebody who may react to events cannot be read.
fn unread(cx: Cx<'_>) -> bool {
    [Kind::Service, Kind::Client]
        .iter()
        .any(|kind| cx.items(*kind).iter().any(|&item| cx.facts(item).broken))
}

fn finding(cx: Cx<'_>, uses: &Uses) -> Finding {
    let name = cx.qualified(uses.event);
    let message = format!("nobody handles `{name}` or listens to it: emitting it is work for nothing");
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), cx.place(uses.event), message)
        .help("Handle it, say which client listens to it (a client of kind `partner` stands for others), or emit it no more.");
    for edge in uses.emits.iter().take(told::RELATED) {
        finding = finding.related(
            format!("`{}` emits it", cx.qualified(edge.by)),
            Place::new(edge.by.item, edge.loc.clone()),
        );
    }
    for &client in cx.items(Kind::Client).iter().take(CHOICES) {
        let step = Step::AddStatement(Place::new(client, Loc::head(&[])), format!("listens {name}"));
        finding = finding.fix(FixPlan::suggest(
            format!("Let {} listen to {name}", cx.name(client)),
            vec![step],
        ));
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule, since};

    fn check(more: &str) -> Vec<String> {
        of_rule(&text(more), RULE.id)
    }

    fn text(more: &str) -> String {
        format!(
            "service Orders {{
  event OrderPlaced v1 {{ key order; order: uuid }}
  endpoint place POST /v1/orders {{ emits OrderPlaced }}
}}
{more}"
        )
    }

    #[test]
    fn work_for_nothing_is_a_hint() {
        assert_eq!(check(""), ["2 hint Orders.OrderPlaced"]);
        assert!(check("service Stock { on Orders.OrderPlaced as note }\n").is_empty());
        assert!(check("client Partner: partner { listens Orders.OrderPlaced }\n").is_empty());
        let cache = "service Stock { entity E { id: uuid @id }; query q -> [E] { limit 9 }; cache c of q { invalidated by Orders.OrderPlaced } }\n";
        assert!(check(cache).is_empty());
    }

    #[test]
    fn an_audit_trail_needs_no_reader() {
        let audit = text("").replace("OrderPlaced", "OrderAudited");
        assert!(of_rule(&audit, RULE.id).is_empty());
    }

    #[test]
    fn what_came_after_the_release_has_time() {
        let before = "service Orders {\n  endpoint place POST /v1/orders\n}\n";
        assert_eq!(since(before, &text(""), RULE.id), [""; 0]);
        assert_eq!(since(&text(""), &text(""), RULE.id).len(), 1);
    }

    #[test]
    fn whoever_cannot_be_read_may_be_the_one() {
        assert!(check("service Stock { on Orders. as note }\n").is_empty());
    }

    #[test]
    fn a_client_can_listen() {
        let after = fixed(&text("client App: ios\n"), "Let App listen to Orders.OrderPlaced");
        assert!(after.contains("client App: ios { listens Orders.OrderPlaced }"), "{after}");
    }
}
