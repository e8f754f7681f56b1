//! Classified data goes to subscribers that have no use for it.

use std::sync::Arc;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        card_data::authentication_data,
        classes::Classes,
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        dependencies::{Home, home},
        event_flow::{Uses, event_flow},
        facts::{Access, Field},
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "event.sensitive_payload",
    severity: Severity::Warning,
    summary: "Classified data goes to subscribers that have no use for it.",
    cwe: &[200],
    clauses: &[
        ("gdpr", "GDPR Art. 5(1)(c)"),
        ("hipaa", "45 CFR 164.502(b)"),
    ],
    page: include_str!("../../../../../docs/rules/event/sensitive_payload.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// A field of an event that can be read by whoever gets the event.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Readable {
    event: Def,
    field: Def,
    classes: Classes,
}

/// The classified fields of one service's events; `None` where there is none.
#[salsa::tracked(returns(ref))]
fn readable_of(db: &dyn Db, item: Item) -> Option<Arc<[Readable]>> {
    let cx = Cx { db };
    let events = cx.service(item)?.events.len();
    let mut found = Vec::new();
    for index in 0..events {
        let event = Def {
            item,
            kind: DefKind::Event(index as u16),
        };
        for (field, facts) in cx.fields_of(event) {
            // What proves a card must not be in an event at all, which `compliance.pci_auth_data_stored` says.
            if cx.complies("pci") && authentication_data(facts).is_some() {
                continue;
            }
            let classes = cx.leaving_classes(item, facts);
            // Whoever has no key can't read it.
            if classes.sensitive() && !facts.has("encrypted") {
                found.push(Readable {
                    event,
                    field,
                    classes,
                });
            }
        }
    }
    (!found.is_empty()).then(|| Arc::from(found))
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for uses in event_flow(cx.db).uses() {
        if !uses.handles.is_empty()
            && let Some(readable) = readable_of(cx.db, uses.event.item)
        {
            let own = readable.iter().filter(|one| one.event == uses.event).collect();
            findings.extend(judge(cx, uses, own));
        }
    }
}

fn judge(cx: Cx<'_>, uses: &Uses, readable: Vec<&Readable>) -> Option<Finding> {
    let from = home(cx.db, uses.event.item);
    let strangers: Vec<OpRef<'_>> = uses
        .handles
        .iter()
        .filter(|edge| {
            let to = home(cx.db, edge.by.item);
            // Of a broken handler the statement that uses the field may just be missing yet.
            to != from && to != Home::Unknown && from != Home::Unknown && !cx.facts(edge.by.item).broken
        })
        .filter_map(|edge| cx.op(edge.by))
        .collect();
    let mut idle: Vec<Def> = Vec::new();
    let mut fields: Vec<&Readable> = Vec::new();
    for one in readable {
        let Some(field) = one.field.field(cx.db) else { continue };
        let without_use = strangers.iter().filter(|op| !has_use(cx, **op, field));
        let before = fields.len();
        for op in without_use {
            if fields.len() == before {
                fields.push(one);
            }
            if !idle.contains(&op.def) {
                idle.push(op.def);
            }
        }
    }
    let first = *fields.first()?;
    let name = cx.qualified(uses.event);
    let words = fields
        .iter()
        .fold(Classes::NONE, |all, one| all.union(one.classes));
    let names: Vec<String> = fields
        .iter()
        .map(|one| one.field.name(cx.db).to_string())
        .collect();
    let message = format!(
        "`{name}` carries {} ({}) to {}, which {} it: the data spreads to where nobody needs it, and nobody looks after it there",
        told::names(&names),
        words.words(),
        told::all(cx, &idle),
        match (idle.len(), names.len()) {
            (1, 1) => "makes no use of",
            (_, 1) => "make no use of",
            (1, _) => "makes no use of all of",
            _ => "make no use of all of",
        }
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, name, cx.place(first.field), message)
        .help("Send the identity only, and let who needs more ask for it; encrypt the field; or give those who need it an event of their own.")
        .citing(cx, &RULE, if words.any(Classes::PHI) { &["gdpr", "hipaa"] } else { &["gdpr"] });
    for one in &fields[1..] {
        finding = finding.related(
            format!("`{}` is carried, too", one.field.name(cx.db)),
            cx.place(one.field),
        );
    }
    for op in idle.iter().take(told::RELATED) {
        finding = finding.related(
            format!("`{}` neither writes, sends nor logs it", cx.qualified(*op)),
            cx.place(*op),
        );
    }
    let encrypt = fields
        .iter()
        .map(|one| {
            let place = Place::new(one.field.item, one.field.loc(cx.db).with(Part::Head));
            Step::InsertAfter(place, " @encrypted".to_owned())
        })
        .collect();
    let title = match names.as_slice() {
        [one] => format!("Encrypt field {one}"),
        more => format!("Encrypt the {} fields", more.len()),
    };
    Some(finding.fix(FixPlan::suggest(title, encrypt)))
}

/// Whether a handler makes use of a field of its event: it writes it, sends it or logs it, going by the name.
fn has_use(cx: Cx<'_>, op: OpRef<'_>, field: &Field) -> bool {
    let item = op.def.item;
    let written = op
        .op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Writes)
        .any(|touch| match cx.def(item, &touch.entity) {
            Some(entity) => cx
                .entity(entity)
                .is_some_and(|entity| entity.fields.iter().any(|stored| stored.name == field.name)),
            // What is unknown may have it.
            None => true,
        });
    let named = |reference: &crate::model::facts::RefFact| {
        reference.path.last() == Some(&field.name)
            || cx
                .def(item, reference)
                .is_some_and(|def| cx.fields_of(def).iter().any(|(_, sent)| sent.name == field.name))
    };
    written || op.op.sends.iter().flat_map(|send| &send.data).any(named) || op.op.log.iter().any(named)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(field: &str, context: &str, handler: &str) -> String {
        format!(
            "context Identity
context Growth {{ uses Identity }}
vendor Postmark: postmark {{ timeout 5s }}
service Users in Identity {{
  entity User {{ id: uuid @id; mail: email }}
  event SignedUp v1 {{ key id; id: uuid; {field} }}
  job sign_up every 1h {{ emits SignedUp }}
}}
service Marketing in {context} {{
  entity Lead {{ id: uuid @id; mail: email }}
  entity Count {{ id: uuid @id; day: date }}
  on Users.SignedUp as add {{ {handler} }}
}}
"
        )
    }

    fn check(field: &str, handler: &str) -> Vec<String> {
        of_rule(&text(field, "Growth", handler), RULE.id)
    }

    #[test]
    fn what_nobody_uses_is_found_at_the_field() {
        assert_eq!(check("mail: email", "writes Count"), ["6 warning Users.SignedUp"]);
        assert_eq!(check("mail: email; note: text @phi", "writes Lead"), ["6 warning Users.SignedUp"]);
        assert_eq!(check("id2: uuid", "writes Count"), [""; 0]);
    }

    #[test]
    fn to_write_send_or_log_is_a_use() {
        assert_eq!(check("mail: email", "writes Lead"), [""; 0]);
        assert_eq!(check("mail: email", "sends Lead.mail to Postmark"), [""; 0]);
        assert_eq!(check("mail: email", "log mail"), [""; 0]);
    }

    #[test]
    fn what_cannot_be_read_does_not_spread() {
        for cover in ["@masked", "@hashed", "@tokenized", "@encrypted"] {
            assert_eq!(check(&format!("mail: email {cover}"), "writes Count"), [""; 0], "{cover}");
        }
    }

    #[test]
    fn the_own_context_is_no_stranger() {
        assert!(of_rule(&text("mail: email", "Identity", "writes Count"), RULE.id).is_empty());
        assert!(of_rule(&text("mail: email", "Nowhere", "writes Count"), RULE.id).is_empty());
    }

    #[test]
    fn the_field_can_be_encrypted() {
        let after = fixed(&text("mail: email", "Growth", "writes Count"), "Encrypt field mail");
        assert!(after.contains("mail: email @encrypted }"), "{after}");
        assert!(of_rule(&after, RULE.id).is_empty());
    }
}
