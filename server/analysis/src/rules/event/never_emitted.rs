//! Something waits for an event that nobody emits.

use archwright_codegen::names::snake;

use crate::{
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        event_flow::{Uses, event_flow},
        facts::OpKind,
        finding::{Finding, FixPlan, Step},
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.never_emitted",
    severity: Severity::Warning,
    core: true,
    summary: "Something waits for an event that nobody emits.",
    page: include_str!("../../../../../docs/rules/event/never_emitted.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many operations are offered to emit it.
const CHOICES: usize = 3;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for uses in event_flow(cx.db).uses() {
        let awaited = !uses.handles.is_empty() || !uses.listens.is_empty();
        // An old version that nobody emits any more is `event.missing_version`.
        if awaited && uses.emits.is_empty() && uses.newer.is_none() {
            findings.extend(judge(cx, uses));
        }
    }
}

fn judge(cx: Cx<'_>, uses: &Uses) -> Option<Finding> {
    let owner = uses.event.item;
    if cx.facts(owner).broken || stands_for_another(cx, owner) || says_something_unknown(cx, owner) {
        return None;
    }
    let name = cx.qualified(uses.event);
    let waiting: Vec<Def> = uses
        .handles
        .iter()
        .chain(&uses.listens)
        .map(|edge| edge.by)
        .collect();
    let message = format!(
        "{} for `{name}`, and no operation emits it: what should follow from it never begins",
        if waiting.len() == 1 {
            format!("{} waits", told::all(cx, &waiting))
        } else {
            format!("{} wait", told::all(cx, &waiting))
        }
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, name, cx.place(uses.event), message)
        .help("Let the operation that makes it true emit it with `emits`, or delete what waits for it.");
    for by in waiting.iter().take(told::RELATED) {
        finding = finding.related(format!("`{}` waits for it", cx.qualified(*by)), cx.place(*by));
    }
    let event = uses.event.name(cx.db);
    let emitters = emitters(cx, uses.event);
    let single = emitters.len() == 1;
    for op in emitters.into_iter().take(CHOICES) {
        let step = Step::AddStatement(cx.place(op.def), format!("emits {event}"));
        let fix = FixPlan::suggest(
            format!("Let {} emit {event}", cx.qualified(op.def)),
            vec![step],
        );
        finding = finding.fix(if single { fix.preferred() } else { fix });
    }
    if uses.listens.is_empty() {
        let title = match uses.handles.as_slice() {
            [one] => format!("Delete the handler {}", cx.qualified(one.by)),
            more => format!("Delete the {} handlers of {event}", more.len()),
        };
        let steps = uses
            .handles
            .iter()
            .map(|edge| Step::Remove(cx.place(edge.by)))
            .collect();
        finding = finding.fix(FixPlan::refactor(title, steps));
    }
    Some(finding)
}

/// Whether a service only declares: it does nothing itself, so it stands for something whose inside is described elsewhere.
fn stands_for_another(cx: Cx<'_>, service: crate::db::Item) -> bool {
    cx.ops(service).all(|op| op.op.is_probe())
}

/// Whether the service emits something that nobody knows, which may be meant for this event.
fn says_something_unknown(cx: Cx<'_>, service: crate::db::Item) -> bool {
    cx.ops(service)
        .flat_map(|op| &op.op.emits)
        .any(|emitted| cx.def(service, emitted).is_none())
}

/// Operations of the owner that could emit it, the likeliest first: those that change what the event is named after.
fn emitters<'db>(cx: Cx<'db>, event: Def) -> Vec<OpRef<'db>> {
    let name = snake(&event.name(cx.db));
    let mut found: Vec<(bool, OpRef<'db>)> = cx
        .ops(event.item)
        .filter(|op| op.op.kind != OpKind::Handler && !matches!(op.op.method.as_str(), "GET" | "HEAD"))
        .filter_map(|op| {
            let mut changed = op.op.touches.iter().filter(|touch| touch.access.changes()).peekable();
            changed.peek()?;
            let namesake = changed.any(|touch| {
                let entity = touch.entity.path.last().map(|last| snake(last)).unwrap_or_default();
                name == entity || name.starts_with(&format!("{entity}_"))
            });
            Some((!namesake, op))
        })
        .collect();
    found.sort_by_key(|(far, _)| *far);
    found.into_iter().map(|(_, op)| op).collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, RULE.id)
    }

    fn orders(event: &str, emits: &str) -> String {
        format!(
            "service Orders {{
  entity Order {{ id: uuid @id }}
  event {event} {{ key order; order: uuid }}
  endpoint place POST /v1/orders {{ writes Order; {emits} }}
}}
service Stock {{
  entity Kit {{ id: uuid @id }}
  on Orders.OrderPlaced as reserve {{ writes Kit }}
}}
"
        )
    }

    #[test]
    fn what_waits_for_nothing_is_found_once_at_the_event() {
        assert_eq!(
            check(&orders("OrderPlaced v1", "audited")),
            ["3 warning Orders.OrderPlaced"]
        );
        assert!(check(&orders("OrderPlaced v1", "emits OrderPlaced")).is_empty());
        let client =
            orders("OrderPlaced v1", "audited") + "client App: ios { listens Orders.OrderPlaced }\n";
        assert_eq!(check(&client).len(), 1);
    }

    #[test]
    fn whoever_only_declares_stands_for_something_outside() {
        let text = "service Post { event Delivered v1 { parcel: uuid }; endpoint health GET /health }\n\
                    service Stock { on Post.Delivered as note }\n";
        assert!(check(text).is_empty());
    }

    #[test]
    fn an_unknown_name_is_one_mistake() {
        assert!(check(&orders("OrderPlaced v1", "emits OrderPlacd")).is_empty());
        assert!(check(&orders("OrderPlaced v1", "emits OrderPlaced }")).is_empty());
    }

    #[test]
    fn old_versions_are_somebody_elses() {
        let text = orders("OrderPlaced v1", "emits OrderPlaced").replace(
            "  endpoint place",
            "  event OrderPlaced v2 { key order; order: uuid }\n  endpoint place",
        );
        assert!(check(&text.replace("on Orders.OrderPlaced", "on Orders.OrderPlaced.v1")).is_empty());
    }

    #[test]
    fn it_is_emitted_or_not_waited_for() {
        let text = orders("OrderPlaced v1", "audited");
        let after = fixed(&text, "Let Orders.place emit OrderPlaced");
        assert!(after.contains("writes Order; audited; emits OrderPlaced }"), "{after}");
        let after = fixed(&text, "Delete the handler Stock.reserve");
        assert!(check(&after).is_empty(), "{after}");
        assert!(!after.contains("reserve"));
    }
}
