//! A stranger's event is emitted.

use crate::{
    db::{Item, parsed},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        event_flow::broker_of,
        facts::{RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.foreign_emit",
    severity: Severity::Error,
    summary: "A service emits another service's event.",
    page: include_str!("../../../../../docs/rules/event/foreign_emit.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// How many endpoints of the owner are offered to be called.
const CHOICES: usize = 3;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for op in cx.ops(item) {
        for emitted in &op.op.emits {
            let event = cx
                .def(item, emitted)
                .filter(|def| def.item != item && def.event(cx.db).is_some());
            if let Some(event) = event.filter(|event| !bridges(cx, op, *event)) {
                findings.push(finding(cx, op, emitted, event));
            }
        }
    }
}

/// Whether the operation only carries the event over from the owner's broker to its own, which is another one.
fn bridges(cx: Cx<'_>, op: OpRef<'_>, event: Def) -> bool {
    let item = op.def.item;
    let handled = op.op.event.as_ref().and_then(|handled| cx.def(item, handled));
    handled == Some(event)
        && op.service.broker.is_some()
        && matches!((broker_of(cx, item), broker_of(cx, event.item)), (Some(own), Some(its)) if own != its)
}

fn finding(cx: Cx<'_>, op: OpRef<'_>, emitted: &RefFact, event: Def) -> Finding {
    let item = op.def.item;
    let owner = cx.name(event.item);
    let element = cx.qualified(op.def);
    let name = cx.qualified(event);
    let message = format!(
        "`{element}` emits `{name}`, which belongs to `{owner}`: whoever relies on it can no longer tell that `{owner}` has seen it happen"
    );
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        element,
        Place::new(item, emitted.loc.clone()),
        message,
    )
    .help(format!(
        "Call an endpoint of `{owner}` that emits it, or emit an event of `{}`'s own.",
        cx.name(item)
    ))
    .related(format!("`{name}` is declared here"), cx.place(event));
    for fix in asking(cx, op, emitted, event) {
        finding = finding.fix(fix);
    }
    if let Some(steps) = own_event(cx, item, emitted, event) {
        let title = format!(
            "Declare an event {} in {} and emit that",
            event.name(cx.db),
            cx.name(item)
        );
        finding = finding.fix(FixPlan::refactor(title, steps));
    }
    finding
}

/// Calls of the owner's endpoints that emit the event, in the place of a statement that emits nothing else.
fn asking(cx: Cx<'_>, op: OpRef<'_>, emitted: &RefFact, event: Def) -> Vec<FixPlan> {
    let item = op.def.item;
    let statement = |reference: &RefFact| reference.loc.path == emitted.loc.path;
    if op.op.emits.iter().filter(|other| statement(other)).count() > 1 {
        return Vec::new();
    }
    let called = |endpoint: Def| {
        op.op
            .calls
            .iter()
            .any(|call| cx.def(item, &call.target) == Some(endpoint))
    };
    cx.ops(event.item)
        .filter(|owner| owner.op.is_endpoint() && !called(owner.def))
        .filter(|owner| {
            let mut emits = owner.op.emits.iter();
            emits.any(|own| cx.def(event.item, own) == Some(event))
        })
        .take(CHOICES)
        .map(|owner| {
            let name = cx.qualified(owner.def);
            let step = Step::Replace(
                Place::new(item, Loc::head(&emitted.loc.path)),
                format!("calls {name} {{ timeout 2s }}"),
            );
            FixPlan::refactor(format!("Call {name}, which emits it"), vec![step])
        })
        .collect()
}

/// An event of the same name and fields in the own service. `None` where the name is taken, or where its text would not mean the
/// same here.
fn own_event(cx: Cx<'_>, item: Item, emitted: &RefFact, event: Def) -> Option<Vec<Step>> {
    let facts = event.event(cx.db)?;
    let taken = cx
        .service(item)?
        .by_name
        .binary_search_by(|(name, _)| name.cmp(&facts.name))
        .is_ok();
    let plain = facts
        .fields
        .iter()
        .all(|field| plain(&field.ty) && field.default.is_none());
    if taken || !plain || cx.facts(event.item).broken {
        return None;
    }
    let node = facts.loc.node(parsed(cx.db, event.item))?;
    let text = node.span.of(event.item.text(cx.db));
    // What other people know about the event, comments and waivers, they know about theirs.
    if text.contains("//") || text.contains("waive") {
        return None;
    }
    let text: Vec<&str> = text.lines().map(str::trim).collect();
    let (first, rest) = text.split_first()?;
    let mut copied = (*first).to_owned();
    for line in rest {
        let inner = if line.starts_with('}') { "" } else { "  " };
        copied = format!("{copied}\n{inner}{line}");
    }
    let version = facts.version.map(|version| format!(".v{version}"));
    let version = version.filter(|_| emitted.path.last().is_some_and(|last| *last != facts.name));
    Some(vec![
        Step::AddStatement(Place::new(item, Loc::at(&[], Part::Name)), copied),
        Step::Replace(
            Place::new(item, emitted.loc.clone()),
            format!("{}{}", facts.name, version.unwrap_or_default()),
        ),
    ])
}

/// Whether a type means the same in every service.
fn plain(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(..) => true,
        TyKind::List(inner) => plain(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(stranger: &str) -> String {
        format!(
            "broker Bus: nats
broker Far: kafka
system S {{ broker Bus }}
service Orders {{
  event OrderPlaced v1 {{
    key order
    order: uuid
  }}
  endpoint place POST /v1/orders {{ emits OrderPlaced }}
}}
service Import {{ {stranger} }}
"
        )
    }

    fn check(stranger: &str) -> Vec<String> {
        of_rule(&text(stranger), RULE.id)
    }

    #[test]
    fn only_the_owner_emits() {
        assert_eq!(
            check("job load every 1d { emits Orders.OrderPlaced }"),
            ["11 error Import.load"]
        );
        assert!(check("on Orders.OrderPlaced as note").is_empty());
        assert!(check("event OrderPlaced v1 { order: uuid }; job load every 1d { emits OrderPlaced }").is_empty());
    }

    #[test]
    fn a_bridge_between_brokers_carries_on() {
        let bridge = "on Orders.OrderPlaced as carry { emits Orders.OrderPlaced }";
        assert!(check(&format!("broker Far; {bridge}")).is_empty());
        assert_eq!(check(&format!("broker Bus; {bridge}")).len(), 1);
        assert_eq!(check(bridge).len(), 1);
        let other = "broker Far; job load every 1d { emits Orders.OrderPlaced }";
        assert_eq!(check(other).len(), 1);
    }

    #[test]
    fn the_dependency_is_not_reported_beside_it() {
        let map = format!(
            "context A\ncontext B\n{}",
            text("job load every 1d { emits Orders.OrderPlaced }")
                .replace("service Orders", "service Orders in A")
                .replace("service Import", "service Import in B")
        );
        assert!(of_rule(&map, "boundary.undeclared_dependency").is_empty());
        assert_eq!(of_rule(&map, RULE.id).len(), 1);
    }

    #[test]
    fn the_owner_is_asked() {
        let before = text("job load every 1d { emits Orders.OrderPlaced; audited }");
        let after = fixed(&before, "Call Orders.place, which emits it");
        assert!(
            after.contains("job load every 1d { calls Orders.place { timeout 2s }; audited }"),
            "{after}"
        );
        assert!(of_rule(&after, RULE.id).is_empty());
    }

    #[test]
    fn an_event_of_one_s_own_takes_its_place() {
        let before = text("job load every 1d { emits Orders.OrderPlaced }").replace(
            "service Import { job load every 1d { emits Orders.OrderPlaced } }",
            "service Import {\n  job load every 1d { emits Orders.OrderPlaced }\n}",
        );
        let after = fixed(&before, "Declare an event OrderPlaced in Import and emit that");
        assert!(after.contains("job load every 1d { emits OrderPlaced }\n  event OrderPlaced v1 {\n    key order\n    order: uuid\n  }\n}"), "{after}");
        assert!(of_rule(&after, RULE.id).is_empty());
    }
}
