//! Data and an event leave in two steps: one of them can be lost.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{RefFact, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.dual_write",
    severity: Severity::Warning,
    core: true,
    summary: "Data and event leave in two steps, and one of them can be lost.",
    cwe: &[662],
    page: include_str!("../../../../../docs/rules/event/dual_write.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Where it is said that there is no outbox.
struct Off {
    at: Place,
    /// In the service itself, not in the system.
    own: bool,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(off) = off(cx, item) else { return };
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op, &off)));
}

/// The `outbox off` in effect. The generator provides an outbox, so that nothing said is one.
fn off(cx: Cx<'_>, item: Item) -> Option<Off> {
    match &cx.service(item)?.outbox {
        Setting::Off(loc) => Some(Off {
            at: Place::new(item, loc.clone()),
            own: true,
        }),
        Setting::Set(..) => None,
        Setting::Absent => {
            let (system, facts) = cx.system()?;
            let Setting::Off(loc) = &facts.outbox else {
                return None;
            };
            Some(Off {
                at: Place::new(system, loc.clone()),
                own: false,
            })
        }
    }
}

fn judge(cx: Cx<'_>, op: OpRef<'_>, off: &Off) -> Option<Finding> {
    let item = op.def.item;
    let emitted = op.op.emits.first()?;
    let changed = op.op.touches.iter().find(|touch| touch.access.changes())?;
    let element = cx.qualified(op.def);
    let events: Vec<String> = op.op.emits.iter().map(RefFact::text).collect();
    let message = format!(
        "`{element}` {} `{}` and emits {} in two steps (`outbox off`): if it stops between them, there is a state without its event, or an event without its state",
        changed.access.word(),
        changed.entity.text(),
        told::names(&events),
    );
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        element,
        Place::new(item, Loc::head(&emitted.loc.path)),
        message,
    )
    .help("Let events leave through the outbox, or emit only, and write in a handler of the event.")
    .related(
        format!("it {} `{}` here", changed.access.word(), changed.entity.text()),
        Place::new(item, Loc::head(&changed.entity.loc.path)),
    )
    .related("there is no outbox", off.at.clone());
    let service = cx.name(item);
    let here = if off.own {
        Step::Replace(off.at.clone(), "outbox".to_owned())
    } else {
        let everywhere = Step::Replace(off.at.clone(), "outbox".to_owned());
        let system = cx.name(off.at.item);
        finding = finding.fix(
            FixPlan::suggest(
                format!("Send the events of all of {system} through the outbox"),
                vec![everywhere],
            )
            .preferred(),
        );
        let head = Place::new(item, Loc::at(&[], Part::Name));
        Step::AddStatementFirst(head, "outbox".to_owned())
    };
    let fix = FixPlan::suggest(
        format!("Send the events of {service} through the outbox"),
        vec![here],
    );
    Some(finding.fix(if off.own { fix.preferred() } else { fix }))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, RULE.id)
    }

    /// Example 4 of the catalogue.
    fn example(system: &str, service: &str, place: &str) -> String {
        format!(
            "system Clinic {{ {system} }}
role Clinician: staff
service Orders {{
  {service}
  entity Order {{ id: uuid @id }}
  event OrderPlaced v1 {{ key order; order: uuid }}
  endpoint place POST /v1/orders (body: new Order) -> Order {{
    allow Clinician; idempotent
    {place}
  }}
  on OrderPlaced as store {{ idempotent by order; dead_letter; writes Order }}
}}
"
        )
    }

    const BOTH: &str = "writes Order; emits OrderPlaced";

    #[test]
    fn it_speaks_where_the_outbox_is_off() {
        assert_eq!(check(&example("outbox off", "", BOTH)), ["9 warning Orders.place"]);
        assert_eq!(check(&example("outbox", "outbox off", BOTH)), ["9 warning Orders.place"]);
        assert_eq!(check(&example("", "outbox off", BOTH)), ["9 warning Orders.place"]);
        let deletes = "deletes Order; emits OrderPlaced";
        assert_eq!(check(&example("outbox off", "", deletes)).len(), 1);
    }

    #[test]
    fn an_outbox_in_effect_is_enough() {
        assert!(check(&example("outbox", "", BOTH)).is_empty());
        assert!(check(&example("", "", BOTH)).is_empty());
        assert!(check(&example("outbox off", "outbox", BOTH)).is_empty());
    }

    #[test]
    fn to_write_in_the_event_s_own_handler_is_enough() {
        assert!(check(&example("outbox off", "", "emits OrderPlaced")).is_empty());
        assert!(check(&example("outbox off", "", "writes Order")).is_empty());
        assert!(check(&example("outbox off", "", "reads Order; emits OrderPlaced")).is_empty());
    }

    #[test]
    fn a_resource_writes_without_saying_so() {
        let text = "system S { outbox off }\nservice Orders {\n  entity Order { id: uuid @id }\n  event OrderPlaced v1 { order: uuid }\n  \
                    resource Order at /v1/orders {\n    create { emits OrderPlaced }\n    list\n  }\n}\n";
        assert_eq!(check(text), ["6 warning Orders.create_order"]);
    }

    #[test]
    fn the_outbox_is_switched_on_in_the_system_or_here() {
        let text = example("observe logs; outbox off", "owner T", BOTH);
        let all = fixed(&text, "Send the events of all of Clinic through the outbox");
        assert!(all.contains("observe logs; outbox }"), "{all}");
        let here = fixed(&text, "Send the events of Orders through the outbox");
        assert!(here.contains("service Orders {\n  outbox\n  owner T"), "{here}");
        assert!(check(&all).is_empty() && check(&here).is_empty());
        let own = example("", "outbox off", BOTH);
        assert!(check(&fixed(&own, "Send the events of Orders through the outbox")).is_empty());
    }
}
