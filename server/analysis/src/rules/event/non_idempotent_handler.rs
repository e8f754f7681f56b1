//! A message that arrives twice has its effect twice.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Access, OpKind},
        finding::{Finding, FixPlan, Place, Step},
        keyed::{identity_fields, is_row_key, key_fields},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.non_idempotent_handler",
    severity: Severity::Warning,
    core: true,
    summary: "A message that arrives twice has its effect twice.",
    cwe: &[837],
    page: include_str!("../../../../../docs/rules/event/non_idempotent_handler.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// How many fields are offered to know a message again by.
const CHOICES: usize = 3;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // Of what is broken the `idempotent` may just be missing yet.
    if !cx.facts(item).broken {
        findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
    }
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if op.op.idempotent.is_some() {
        return None;
    }
    let item = op.def.item;
    let event = match op.op.kind {
        OpKind::Handler => Some(cx.def(item, op.op.event.as_ref()?)?),
        OpKind::Webhook => None,
        _ => return None,
    };
    let (does, at) = effect(cx, op, event)?;
    let element = cx.qualified(op.def);
    let what = match (event, &op.op.vendor) {
        (Some(event), _) => format!("a message of `{}`", cx.qualified(event)),
        (None, Some(vendor)) => format!("what `{}` sends", vendor.text()),
        (None, None) => "what is sent".to_owned(),
    };
    let message =
        format!("`{element}` {does} and is not `idempotent`: {what} may arrive twice, and then it does so twice");
    let place = cx.place(op.def);
    let mut finding = Finding::new(RULE.id, RULE.severity, element, place.clone(), message)
        .help("Say how a second delivery is noticed: `idempotent by` the fields that are the same in both.")
        .related("this would happen twice", Place::new(item, at));
    let choices = match event {
        Some(event) => of_event(cx, event),
        None => of_webhook(cx, op),
    };
    let single = choices.len() == 1;
    for choice in choices.into_iter().take(CHOICES) {
        let statement = if choice.is_empty() {
            "idempotent".to_owned()
        } else {
            format!("idempotent by {choice}")
        };
        let step = Step::AddStatementFirst(place.clone(), statement.clone());
        let fix = FixPlan::suggest(format!("Add {statement}"), vec![step]);
        finding = finding.fix(if single { fix.preferred() } else { fix });
    }
    Some(finding)
}

/// What happens twice, and where it is said. What is deleted stays deleted, and a row that the event's key names is written over.
fn effect(cx: Cx<'_>, op: OpRef<'_>, event: Option<Def>) -> Option<(String, Loc)> {
    let item = op.def.item;
    for touch in op.op.touches.iter().filter(|touch| touch.access == Access::Writes) {
        let Some(entity) = cx.def(item, &touch.entity) else {
            continue;
        };
        if event.is_none_or(|event| !written_over(cx, event, entity)) {
            return Some((
                format!("writes `{}`", touch.entity.text()),
                Loc::head(&touch.entity.loc.path),
            ));
        }
    }
    for call in &op.op.calls {
        let Some(target) = cx.def(item, &call.target) else {
            continue;
        };
        let repeats = match cx.op(target) {
            Some(callee) => {
                cx.mutates(callee) && !matches!(callee.op.method.as_str(), "PUT" | "DELETE")
            }
            None => true,
        };
        if repeats {
            return Some((format!("calls `{}`", call.target.text()), call.loc.clone()));
        }
    }
    op.op
        .sends
        .first()
        .map(|send| (format!("sends to `{}`", send.vendor.text()), send.loc.clone()))
}

/// Whether the row that is written is the one that the event's key names.
fn written_over(cx: Cx<'_>, event: Def, entity: Def) -> bool {
    event
        .event(cx.db)
        .is_some_and(|facts| key_fields(facts).any(|field| is_row_key(cx, event, field, entity)))
}

/// By what a second delivery of an event is noticed: its key, or failing that one of its identities.
fn of_event(cx: Cx<'_>, event: Def) -> Vec<String> {
    let Some(facts) = event.event(cx.db) else {
        return Vec::new();
    };
    let key: Vec<&str> = key_fields(facts).map(|field| field.name.as_str()).collect();
    if !key.is_empty() {
        return vec![key.join(", ")];
    }
    let mut choices: Vec<String> = identity_fields(facts)
        .map(|field| field.name.to_string())
        .collect();
    if choices.is_empty() {
        choices.push(String::new());
    }
    choices
}

/// The same of a webhook: a unique field of what it writes; failing that the vendor's own number of the delivery.
fn of_webhook(cx: Cx<'_>, op: OpRef<'_>) -> Vec<String> {
    let mut choices: Vec<String> = op
        .op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Writes)
        .filter_map(|touch| cx.entity(cx.def(op.def.item, &touch.entity)?))
        .flat_map(|entity| &entity.fields)
        .filter(|field| field.has("unique"))
        .map(|field| field.name.to_string())
        .collect();
    choices.sort();
    choices.dedup();
    if choices.is_empty() {
        choices.push(String::new());
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(key: &str, handler: &str) -> String {
        format!(
            "vendor Postmark: postmark {{ timeout 5s }}
service Stock {{
  entity Kit {{ id: uuid @id }}
  entity Slip {{ id: uuid @id; order: uuid @unique }}
  event OrderPlaced v1 {{ {key}; order: uuid; customer: uuid; kit: uuid }}
  on OrderPlaced as react {{ {handler} }}
}}
service Billing {{
  endpoint issue POST /v1/invoices {{ idempotent }}
  endpoint settle PUT /v1/invoices/{{id}}
  endpoint price GET /v1/price
}}
"
        )
    }

    fn check(handler: &str) -> Vec<String> {
        of_rule(&text("key order", handler), RULE.id)
    }

    #[test]
    fn effects_that_add_up_are_found() {
        let found = ["6 warning Stock.react"];
        assert_eq!(check("writes Kit"), found);
        assert_eq!(check("calls Billing.issue"), found);
        assert_eq!(check("calls Postmark"), found);
        assert_eq!(check("sends Kit.id to Postmark"), found);
        assert_eq!(check("retry 3; writes Slip, Kit"), found);
    }

    #[test]
    fn what_has_the_same_effect_twice_is_silent() {
        for handler in [
            "idempotent by order; writes Kit",
            "idempotent; writes Kit",
            "deletes Kit",
            "erases Kit",
            "reads Kit",
            "writes Slip",
            "calls Billing.settle",
            "calls Billing.price",
        ] {
            assert_eq!(check(handler), [""; 0], "{handler}");
        }
        assert!(of_rule(&text("key kit", "writes Kit"), RULE.id).is_empty());
    }

    #[test]
    fn webhooks_are_sent_again_too() {
        let webhook = |says: &str| {
            of_rule(
                &format!("vendor V: http\nservice S {{\n  entity E {{ id: uuid @id; number: string @unique }}\n  webhook w from V POST /w {{ {says} }}\n}}\n"),
                RULE.id,
            )
        };
        assert_eq!(webhook("writes E"), ["4 warning S.w"]);
        assert_eq!(webhook("idempotent by number; writes E"), [""; 0]);
        assert_eq!(webhook("reads E"), [""; 0]);
    }

    #[test]
    fn nothing_absent_is_held_against_a_broken_service() {
        assert!(check("writes Kit; idempotent by").is_empty());
    }

    #[test]
    fn the_fix_knows_a_message_again() {
        let after = fixed(&text("key order", "writes Kit"), "Add idempotent by order");
        assert!(after.contains("as react { idempotent by order; writes Kit }"), "{after}");
        let no_key = text("audit: bool", "writes Kit");
        let after = fixed(&no_key, "Add idempotent by customer");
        assert!(after.contains("as react { idempotent by customer; writes Kit }"), "{after}");
        let webhook = "vendor V: http\nservice S { entity E { id: uuid @id; number: string @unique }; webhook w from V POST /w { writes E } }\n";
        assert!(fixed(webhook, "Add idempotent by number").contains("{ idempotent by number; writes E }"));
    }
}
