//! A GET that changes something.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        event_flow::is_audit,
        facts::OpKind,
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
        paths::{answers, argument},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.unsafe_get",
    severity: Severity::Error,
    summary: "A GET changes something.",
    cwe: &[650],
    page: include_str!("../../../../../docs/rules/api/unsafe_get.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Words in the name of an event that only says that somebody has looked.
const LOOKS: &[&str] = &[
    "accessed", "audit", "audited", "downloaded", "exported", "listed", "logged", "opened", "queried", "read",
    "requested", "searched", "seen", "viewed", "visited",
];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_http() || !matches!(op.op.method.as_str(), "GET" | "HEAD") {
        return None;
    }
    let effects = effects(cx, op);
    let (first, _) = effects.first()?;
    let element = cx.qualified(op.def);
    let method = &op.op.method;
    let message = format!(
        "`{element}` is a {method} and {first}: browsers, crawlers and caches send a {method} whenever they like, and again, and then that happens"
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, cx.place(op.def), message)
        .help("Make it a POST, or leave what it changes to another operation.");
    for (says, place) in &effects {
        finding = finding.related(format!("it {says} here"), place.clone());
    }
    Some(match as_post(cx, op) {
        Some(fix) => finding.fix(fix),
        None => finding,
    })
}

/// What an operation changes, and where that is said.
fn effects(cx: Cx<'_>, op: OpRef<'_>) -> Vec<(String, Place)> {
    let item = op.def.item;
    let mut found = Vec::new();
    for touch in op.op.touches.iter().filter(|touch| touch.access.changes()) {
        found.push((
            format!("{} `{}`", touch.access.word(), touch.entity.text()),
            Place::new(item, touch.entity.loc.clone()),
        ));
    }
    for event in &op.op.emits {
        if cx
            .def(item, event)
            .is_some_and(|def| !tells_of_looking(cx, def))
        {
            found.push((
                format!("emits `{}`", event.text()),
                Place::new(item, event.loc.clone()),
            ));
        }
    }
    for call in &op.op.calls {
        let callee = cx.def(item, &call.target).and_then(|target| cx.op(target));
        if callee.is_some_and(|callee| callee.op.is_endpoint() && cx.mutates(callee)) {
            found.push((
                format!("calls `{}`, which changes something", call.target.text()),
                Place::new(item, call.loc.clone()),
            ));
        }
    }
    found
}

/// Whether an event is a record of somebody's looking, by its name.
fn tells_of_looking(cx: Cx<'_>, event: Def) -> bool {
    is_audit(cx.db, event)
        || archwright_codegen::names::snake(&event.name(cx.db))
            .split('_')
            .any(|word| LOOKS.contains(&word))
}

/// The same as a POST, where that is free. What is kept in a cache would not be done again.
fn as_post(cx: Cx<'_>, op: OpRef<'_>) -> Option<FixPlan> {
    let item = op.def.item;
    if op.op.kind != OpKind::Endpoint || answers(op.service, "POST", &op.op.path) {
        return None;
    }
    let method = argument(cx, item, &op.op.loc, "method")?;
    let at = Place::new(item, op.op.loc.with(Part::Arg(method)));
    let mut steps = vec![Step::Replace(at, "POST".to_owned())];
    steps.extend(
        op.op
            .cache
            .iter()
            .map(|(_, cache)| Step::Remove(Place::new(item, cache.clone()))),
    );
    Some(FixPlan::refactor(format!("Make {} a POST", op.op.name), steps).preferred())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn service(endpoint: &str) -> String {
        format!(
            "vendor V: http {{ timeout 1s }}
service Orders {{
  entity Order {{ id: uuid @id; note: string }}
  event OrderViewed v1 {{ key order; order: uuid }}
  event OrderCounted v1 {{ key order; order: uuid }}
  endpoint count POST /v1/counts (body: new Order) -> Order {{ writes Order }}
  endpoint search POST /v1/searches (body: new Order) -> Order {{ safe; reads Order }}
  {endpoint}
}}
"
        )
    }

    #[test]
    fn whatever_changes_something_counts() {
        let of = |statements: &str| {
            of_rule(
                &service(&format!("endpoint peek GET /v1/peek {{ {statements} }}")),
                RULE.id,
            )
        };
        assert_eq!(of("writes Order"), ["8 error Orders.peek"]);
        assert_eq!(of("deletes Order"), ["8 error Orders.peek"]);
        assert_eq!(of("erases Order"), ["8 error Orders.peek"]);
        assert_eq!(of("emits OrderCounted"), ["8 error Orders.peek"]);
        assert_eq!(of("calls Orders.count"), ["8 error Orders.peek"]);
        let none: [&str; 0] = [];
        assert_eq!(of("reads Order; emits OrderViewed"), none);
        assert_eq!(of("calls Orders.search; calls V"), none);
        let head = service("endpoint peek HEAD /v1/peek { writes Order }");
        assert_eq!(of_rule(&head, RULE.id), ["8 error Orders.peek"]);
        let post = service("endpoint peek POST /v1/peek { writes Order }");
        assert_eq!(of_rule(&post, RULE.id), none);
        let list = service("resource Order at /v1/orders { list { deletes Order } }");
        assert_eq!(of_rule(&list, RULE.id), ["8 error Orders.list_orders"]);
    }

    #[test]
    fn a_post_takes_its_place_where_none_is() {
        let text = service("endpoint peek GET /v1/peek { writes Order; cache 1m }");
        assert!(fixed(&text, "Make peek a POST").contains("endpoint peek POST /v1/peek { writes Order }"));
        let taken = service("endpoint peek GET /v1/counts { writes Order }");
        let host = crate::testing::diagnostics(&taken);
        assert!(
            host.iter()
                .filter(|found| found.code == RULE.id)
                .all(|found| found.fixes.is_empty())
        );
    }
}
