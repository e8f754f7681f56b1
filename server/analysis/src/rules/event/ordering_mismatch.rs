//! A handler wants an order that nobody keeps.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        environments::single_instance,
        facts::{Access, Event, OpKind},
        finding::{Finding, FixPlan, Place, Step},
        keyed::{identity_fields, is_row_key, key_fields, names_row},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.ordering_mismatch",
    severity: Severity::Warning,
    summary: "A handler wants an order that its event's key does not give.",
    page: include_str!("../../../../../docs/rules/event/ordering_mismatch.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// How many fields are offered as a key.
const CHOICES: usize = 3;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let mut ordered = cx
        .ops(item)
        .filter(|op| op.op.kind == OpKind::Handler && op.op.ordered.is_some())
        .peekable();
    // A single instance handles one message after the other.
    if ordered.peek().is_some() && !single_instance(cx, item) {
        findings.extend(ordered.filter_map(|op| judge(cx, op)));
    }
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let item = op.def.item;
    let ordered = op.op.ordered.as_ref()?;
    let event = cx.def(item, op.op.event.as_ref()?)?;
    let facts = event.event(cx.db)?;
    if cx.facts(event.item).broken {
        return None;
    }
    let (element, name) = (cx.qualified(op.def), cx.qualified(event));
    let place = Place::new(item, ordered.clone());
    let drop = FixPlan::suggest("Drop ordered", vec![Step::Remove(place.clone())]);
    if facts.key.is_empty() {
        let message = format!(
            "`{element}` is `ordered`, but `{name}` has no `key`: nothing says which messages belong in one row, so they overtake each other"
        );
        let mut finding = Finding::new(RULE.id, RULE.severity, element, place, message)
            .help("Give the event a `key`: the identity of what it is about. Or drop `ordered`.")
            .related(format!("`{name}` has no key"), cx.place(event));
        let keys = keys(cx, op, event, facts);
        let single = keys.len() == 1;
        for key in keys.into_iter().take(CHOICES) {
            let step = Step::AddStatementFirst(cx.place(event), format!("key {key}"));
            let fix = FixPlan::suggest(format!("Give {name} the key {key}"), vec![step]);
            finding = finding.fix(if single { fix.preferred() } else { fix });
        }
        return Some(finding.fix(drop));
    }
    let (entity, field) = overlooked(cx, op, event, facts)?;
    let key: Vec<&str> = key_fields(facts).map(|field| field.name.as_str()).collect();
    let written = cx.qualified(entity);
    let message = format!(
        "`{element}` is `ordered` and writes `{written}`, but `{name}` is ordered by `{}` and not by `{field}`: two changes of one `{written}` may overtake each other",
        key.join(", ")
    );
    let stated = Loc::head(&facts.key.first()?.loc.path);
    Some(
        Finding::new(RULE.id, RULE.severity, element, place, message)
            .help("Order the event by the identity of what is written, or drop `ordered`.")
            .related("the key stands here", Place::new(event.item, stated.clone()))
            .fix(FixPlan::suggest(
                format!("Order {name} by {field}"),
                vec![Step::Replace(
                    Place::new(event.item, stated),
                    format!("key {field}"),
                )],
            ))
            .fix(drop),
    )
}

/// What an event could be ordered by, the likeliest first: what names a row that the handler writes.
fn keys(cx: Cx<'_>, op: OpRef<'_>, event: Def, facts: &Event) -> Vec<String> {
    let written = written(cx, op);
    let about: Vec<String> = identity_fields(facts)
        .filter(|field| written.iter().any(|entity| names_row(cx, event, field, *entity)))
        .map(|field| field.name.to_string())
        .collect();
    if !about.is_empty() {
        return about;
    }
    identity_fields(facts)
        .map(|field| field.name.to_string())
        .collect()
}

/// An entity that the handler writes and that the key says nothing about, although another field of the event names its row.
fn overlooked(cx: Cx<'_>, op: OpRef<'_>, event: Def, facts: &Event) -> Option<(Def, String)> {
    written(cx, op).into_iter().find_map(|entity| {
        if key_fields(facts).any(|field| is_row_key(cx, event, field, entity)) {
            return None;
        }
        let field = identity_fields(facts).find(|field| names_row(cx, event, field, entity))?;
        Some((entity, field.name.to_string()))
    })
}

fn written(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Def> {
    op.op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Writes)
        .filter_map(|touch| cx.def(op.def.item, &touch.entity))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(key: &str, service: &str, handler: &str) -> String {
        format!(
            "service Billing {{
  event InvoicePaid v1 {{ {key}invoice: uuid; order: uuid; at: instant }}
}}
service Orders {{
  {service}
  entity Order {{ id: uuid @id; paid: bool }}
  entity Row {{ id: uuid @id; invoice: uuid @unique }}
  on Billing.InvoicePaid as settle {{ idempotent by invoice; {handler} }}
}}
"
        )
    }

    fn check(key: &str, handler: &str) -> Vec<String> {
        of_rule(&text(key, "", handler), RULE.id)
    }

    #[test]
    fn an_order_needs_a_key() {
        assert_eq!(check("", "ordered; writes Order"), ["8 warning Orders.settle"]);
        assert_eq!(check("", "writes Order"), [""; 0]);
    }

    #[test]
    fn the_key_is_of_what_is_written() {
        assert_eq!(check("key invoice; ", "ordered; writes Order"), ["8 warning Orders.settle"]);
        assert_eq!(check("key order; ", "ordered; writes Order"), [""; 0]);
        assert_eq!(check("key order, invoice; ", "ordered; writes Order"), [""; 0]);
        assert_eq!(check("key invoice; ", "ordered; writes Row"), [""; 0]);
        assert_eq!(check("key invoice; ", "ordered; reads Order"), [""; 0]);
    }

    #[test]
    fn an_event_that_does_not_say_which_row_is_left_alone() {
        let text = text("key invoice; ", "", "ordered; writes Order").replace("order: uuid", "thing: uuid");
        assert!(of_rule(&text, RULE.id).is_empty());
    }

    #[test]
    fn one_instance_keeps_any_order() {
        let of = |scale: &str| of_rule(&text("", scale, "ordered; writes Order"), RULE.id);
        assert_eq!(of("scale 1..1"), [""; 0]);
        assert_eq!(of("scale 1..2").len(), 1);
        let more = text("", "scale 1..1", "ordered; writes Order") + "environment P { scale Orders 1..3 }\n";
        assert_eq!(of_rule(&more, RULE.id).len(), 1);
    }

    #[test]
    fn the_key_is_given_or_mended() {
        let after = fixed(
            &text("", "", "ordered; writes Order"),
            "Give Billing.InvoicePaid the key order",
        );
        assert!(after.contains("v1 { key order; invoice: uuid"), "{after}");
        let after = fixed(
            &text("key invoice; ", "", "ordered; writes Order"),
            "Order Billing.InvoicePaid by order",
        );
        assert!(after.contains("v1 { key order; invoice: uuid"), "{after}");
        let after = fixed(&text("", "", "ordered; writes Order"), "Drop ordered");
        assert!(after.contains("{ idempotent by invoice; writes Order }"), "{after}");
    }
}
