//! A handler can fail, and nothing says what becomes of the message then.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        facts::{OpKind, Setting, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.no_dead_letter",
    severity: Severity::Warning,
    core: true,
    summary: "A message that cannot be handled is lost.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/event/no_dead_letter.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Vendor kinds that move money.
const PAYMENT: &[&str] = &["stripe", "paypal"];
const RETRY: &str = "retry 5 backoff 1s..5m";

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if op.op.kind != OpKind::Handler {
        return None;
    }
    // What is unknown about the event is reported at its name.
    let reference = op.op.event.as_ref()?;
    cx.def(op.def.item, reference)?;
    let does = what_can_fail(op)?;
    let element = cx.qualified(op.def);
    let event = format!("`{}`", reference.text());
    match &op.op.dead_letter {
        Setting::Set(..) => None,
        // What is missing in broken text may just not have been read.
        Setting::Absent if cx.facts(op.def.item).broken => None,
        Setting::Absent => {
            let message = format!(
                "`{element}` {does} and has no `dead_letter`: a message of {event} that can't be handled is lost, or holds up the others"
            );
            let place = cx.place(op.def);
            let add = |text: &str| vec![Step::AddStatement(place.clone(), text.to_owned())];
            let mut finding = Finding::new(RULE.id, RULE.severity, element, place.clone(), message)
                .help("Add `dead_letter`, or accept the loss with `dead_letter off`.")
                .fix(FixPlan::suggest("Add dead_letter", add("dead_letter")).preferred());
            if op.op.retry.is_none() {
                let both = add(&format!("{RETRY}\ndead_letter"));
                finding = finding.fix(FixPlan::suggest(format!("Add {RETRY} and dead_letter"), both));
            }
            Some(finding)
        }
        Setting::Off(off) => {
            let (what, at) = grave(cx, op)?;
            let message = format!(
                "`{element}` accepts losing messages of {event} (`dead_letter off`) and {what}: that is more than may get lost"
            );
            let off = Place::new(op.def.item, off.clone());
            Some(
                Finding::new(RULE.id, Severity::Error, element, cx.place(op.def), message)
                    .help("Keep what can't be handled: `dead_letter`.")
                    .related("the loss is accepted here", off.clone())
                    .related("what would be lost", at)
                    .fix(
                        FixPlan::suggest(
                            "Change to dead_letter",
                            vec![Step::Replace(off, "dead_letter".to_owned())],
                        )
                        .preferred(),
                    ),
            )
        }
    }
}

/// What a handler does that can fail; `None` for one that only reads or emits, which can be run again without harm.
fn what_can_fail(op: OpRef<'_>) -> Option<String> {
    if let Some(touch) = op.op.touches.iter().find(|touch| touch.access.changes()) {
        return Some(format!("{} `{}`", touch.access.word(), touch.entity.text()));
    }
    if let Some(call) = op.op.calls.first() {
        return Some(format!("calls `{}`", call.target.text()));
    }
    op.op
        .sends
        .first()
        .map(|send| format!("sends to `{}`", send.vendor.text()))
}

/// Health data, card data or money that the handler moves, and where.
fn grave<'db>(cx: Cx<'db>, op: OpRef<'db>) -> Option<(String, Place)> {
    let item = op.def.item;
    let severe = Classes::PHI.union(Classes::PCI);
    for (_, entity, loc) in cx.touches(op) {
        for (def, field) in cx.fields_of(entity) {
            let classes = cx.field_classes(def.item, field);
            let money = matches!(&field.ty.kind, TyKind::Scalar(name, _) if name == "money");
            if classes.any(severe) || money {
                let kind = if classes.any(severe) {
                    classes.words()
                } else {
                    "money".to_owned()
                };
                return Some((
                    format!("touches `{}` ({kind})", cx.qualified(def)),
                    Place::new(item, loc),
                ));
            }
        }
    }
    for send in &op.op.sends {
        for data in &send.data {
            let Some(def) = cx.def(item, data) else { continue };
            let Some(field) = def.field(cx.db) else { continue };
            let classes = cx.leaving_classes(def.item, field);
            if classes.any(severe) {
                let what = format!("sends `{}` ({})", cx.qualified(def), classes.words());
                return Some((what, Place::new(item, send.loc.clone())));
            }
        }
    }
    let vendors = op
        .op
        .calls
        .iter()
        .map(|call| (&call.target, &call.loc))
        .chain(op.op.sends.iter().map(|send| (&send.vendor, &send.loc)));
    for (reference, loc) in vendors {
        let Some(def) = cx
            .def(item, reference)
            .filter(|def| def.word_kind(cx.db) == Kind::Vendor)
        else {
            continue;
        };
        if cx
            .vendor(def.item)
            .is_some_and(|vendor| PAYMENT.contains(&vendor.kind.as_str()))
        {
            return Some((
                format!("moves money by `{}`", cx.name(def.item)),
                Place::new(item, loc.clone()),
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn service(handler: &str) -> String {
        format!(
            "vendor Postmark: postmark {{ timeout 5s }}
service Orders {{
  entity Order {{ id: uuid @id; note: string }}
  entity Result {{ id: uuid @id; text: text @phi; retain 10y then erase }}
  event OrderPlaced v1 {{ key order; order: uuid }}
  on OrderPlaced as react {{ {handler} }}
}}
"
        )
    }

    #[test]
    fn accepting_the_loss_is_an_answer_unless_it_is_grave() {
        let of = |handler: &str| of_rule(&service(handler), RULE.id);
        assert_eq!(of("writes Order"), ["6 warning Orders.react"]);
        assert_eq!(of("writes Order; dead_letter off"), [""; 0]);
        assert_eq!(of("writes Order; dead_letter"), [""; 0]);
        assert_eq!(of("reads Order"), [""; 0]);
        assert_eq!(of("writes Result; dead_letter off"), ["6 error Orders.react"]);
        assert_eq!(
            of("sends Result.text to Postmark; dead_letter off"),
            ["6 error Orders.react"]
        );
    }

    #[test]
    fn the_fixes_keep_the_message() {
        let text = service("writes Result; dead_letter off");
        assert!(fixed(&text, "Change to dead_letter").contains("{ writes Result; dead_letter }"));
        let text = service("writes Order").replace("{ writes Order }", "{\n    writes Order\n  }");
        let after = fixed(&text, "Add retry 5 backoff 1s..5m and dead_letter");
        assert!(
            after.contains("    writes Order\n    retry 5 backoff 1s..5m\n    dead_letter\n  }"),
            "{after}"
        );
    }
}
