//! What happens to protected data leaves no audit record.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        def::Def,
        facts::{Access, TyKind},
        finding::Finding,
        guards::ties_to_caller,
        inputs::own_fields,
    },
    rules::{
        Check, Rule,
        merged::{Answers, Asked, groups},
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "observability.audit_missing",
    severity: Severity::Warning,
    core: true,
    summary: "Nobody can say afterwards who saw or changed protected data.",
    cwe: &[778],
    clauses: &[
        ("hipaa", "45 CFR 164.312(b)"),
        ("pci", "PCI DSS 10.2"),
        ("soc2", "SOC 2 CC7.2"),
    ],
    page: include_str!("../../../../../docs/rules/observability/audit_missing.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// What an operation does that leaves a trace behind.
#[derive(Debug, Clone, PartialEq)]
struct Act {
    /// A predicate: "reads `Result` (@phi)".
    says: String,
    /// Regimes that ask for a record of it, in the order of the clauses.
    regimes: Vec<&'static str>,
}

/// Fields that say what somebody may do.
const RIGHTS: &[&str] = &["role", "roles", "permission", "permissions", "is_admin", "admin", "privileges", "scopes"];

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = items_of(cx.db, Kind::Service);
    let answers = services
        .iter()
        .map(|service| (*service, &**audits_of(cx.db, *service)));
    for group in groups(cx, answers) {
        let Some(first) = group.asked.first() else { continue };
        let says = &first.note.says;
        let message = match (group.single, group.asked.len()) {
            (true, _) => format!(
                "`{}` {says} and leaves no audit record: after an incident nobody can say who did it",
                group.element
            ),
            (false, 1) => format!(
                "`{}` {says} and leaves no audit record: after an incident nobody can say who did it",
                cx.qualified(first.op)
            ),
            (false, count) => format!(
                "{count} operations of `{}` read or change protected data and leave no audit record: after an incident nobody can say who did it",
                group.element
            ),
        };
        let mut regimes: Vec<&str> = Vec::new();
        for regime in group.asked.iter().flat_map(|asked| &asked.note.regimes) {
            if !regimes.contains(regime) {
                regimes.push(regime);
            }
        }
        let finding = group
            .finding(cx, RULE.id, message, |asked| {
                format!("`{}` {}", cx.qualified(asked.op), asked.note.says)
            })
            .help("State `audited` here, or for the service or the system if all of it is to be recorded.")
            .citing(cx, &RULE, &regimes)
            .fix(group.state("audited"));
        findings.push(finding);
    }
}

#[salsa::tracked(returns(ref))]
fn audits_of(db: &dyn Db, item: Item) -> Arc<Answers<Act>> {
    let cx = Cx { db };
    let broken = cx.facts(item).broken;
    let mut answers = Answers::default();
    for op in cx.ops(item) {
        let Some((act, own)) = act(cx, op) else { continue };
        let audited = cx.effective(op, |settings| &settings.audited);
        answers.note(broken, audited, || {
            let off = match (own, act.regimes.iter().any(|regime| cx.complies(regime))) {
                (true, _) => Severity::Info,
                (false, true) => Severity::Error,
                (false, false) => RULE.severity,
            };
            Some(Asked {
                op: op.def,
                off,
                absent: if own { off } else { off.lower() },
                note: act,
            })
        });
    }
    Arc::new(answers)
}

/// What an operation does that should be recorded, and whether callers only look at what is their own.
fn act(cx: Cx<'_>, op: OpRef<'_>) -> Option<(Act, bool)> {
    let grave = Classes::PHI.union(Classes::PCI);
    let mut worst: Option<(Access, Def, Classes)> = None;
    for (access, entity, classes) in touched(cx, op) {
        let counts = match access {
            Access::Reads | Access::Writes => classes.any(grave),
            Access::Deletes | Access::Erases => classes.sensitive(),
        };
        // Health and card data before the others, changes before looks.
        let rank = |access: Access, classes: Classes| (classes.any(grave), access);
        if counts
            && worst
                .as_ref()
                .is_none_or(|(known, _, had)| rank(access, classes) > rank(*known, *had))
        {
            worst = Some((access, entity, classes));
        }
    }
    let Some((access, entity, classes)) = worst else {
        let entity = changes_rights(cx, op)?;
        let says = format!("changes what a `{}` may do", cx.qualified(entity));
        let act = Act {
            says,
            regimes: vec!["soc2"],
        };
        return Some((act, false));
    };
    let mut regimes = Vec::new();
    for (class, regime) in [(Classes::PHI, "hipaa"), (Classes::PCI, "pci")] {
        if classes.any(class) {
            regimes.push(regime);
        }
    }
    regimes.push("soc2");
    let says = format!(
        "{} `{}` ({})",
        access.word(),
        cx.qualified(entity),
        classes.words()
    );
    let own = access == Access::Reads && own_record(cx, op);
    Some((Act { says, regimes }, own))
}

/// What an operation touches, with the classes that it gets to see. Of what is read, a declared answer says which that are.
fn touched<'db>(cx: Cx<'db>, op: OpRef<'db>) -> Vec<(Access, Def, Classes)> {
    let item = op.def.item;
    let answer = op.op.returns.as_ref().map(|(ty, _)| ty);
    let answered = answer.and_then(|ty| cx.entity_of(item, ty));
    let mut found = Vec::new();
    for touch in &op.op.touches {
        let Some(entity) = cx.def(item, &touch.entity) else {
            continue;
        };
        let classes = match answer {
            Some(ty) if touch.access == Access::Reads && answered == Some(entity) => cx.type_classes(item, ty),
            _ => row_classes(cx, entity),
        };
        found.push((touch.access, entity, classes));
    }
    for run in &op.op.runs {
        let Some(query) = cx.def(item, &run.query) else {
            continue;
        };
        let (Some(facts), Some(entity)) = (query.query(cx.db), cx.query_entity(query)) else {
            continue;
        };
        found.push((
            Access::Reads,
            entity,
            cx.type_classes(query.item, &facts.returns),
        ));
    }
    found
}

/// The classes of a row: a token of a card number is no card number.
fn row_classes(cx: Cx<'_>, entity: Def) -> Classes {
    cx.fields_of(entity)
        .into_iter()
        .fold(Classes::NONE, |all, (def, field)| {
            all.union(cx.leaving_classes(def.item, field))
        })
}

/// The entity whose rights an operation changes: it writes a role that the request names.
fn changes_rights(cx: Cx<'_>, op: OpRef<'_>) -> Option<Def> {
    let sent = own_fields(cx, op);
    let named = |name: &str| {
        sent.iter().any(|field| field.name == name) || op.op.params.iter().any(|param| param.name == name)
    };
    let mut written = op
        .op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Writes);
    written.find_map(|touch| {
        let def = cx.def(op.def.item, &touch.entity)?;
        let rights = cx.entity(def)?.fields.iter().any(|field| {
            RIGHTS.contains(&field.name.as_str()) && !matches!(field.ty.kind, TyKind::Error) && named(&field.name)
        });
        rights.then_some(def)
    })
}

/// Whether callers only get at what is about themselves: every `allow` has a condition on `caller.id`, or every row has.
fn own_record(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let allowed = !op.op.allow.is_empty()
        && op
            .op
            .allow
            .iter()
            .all(|allow| allow.predicate.as_ref().is_some_and(ties_to_caller));
    let touches = cx.tied_touches(op);
    allowed
        || (!touches.is_empty()
            && touches.iter().all(|(_, entity, tied)| {
                *tied
                    || cx
                        .entity(*entity)
                        .and_then(|entity| entity.visible.as_ref())
                        .is_some_and(|(predicate, _)| ties_to_caller(predicate))
            }))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{diagnostics, fixed, of_rule};

    fn blueprint(system: &str, results: &str, endpoint: &str) -> String {
        format!(
            "system Clinic {{ {system} }}
auth Session: cookie
role Patient
role Nurse: staff
service Results {{
  auth Session
  {results}
  entity Result {{ id: uuid @id; patient: uuid; text: text @phi; retain 9y then erase }}
  entity User {{ id: uuid @id; mail: email; role: string; retain 2y then erase }}
  type Card of Result {{ id }}
  query of (patient: uuid) -> [Result] {{ where patient == caller.id; limit 9 }}
  {endpoint}
}}
service Bills {{
  auth Session
  entity Bill {{ id: uuid @id; number: string @pci; retain 9y then erase }}
  endpoint bill GET /v1/bills/{{id}} -> Bill {{ allow Nurse; reads Bill }}
}}
"
        )
    }

    #[test]
    fn what_is_absent_is_asked_once_at_the_outermost_place() {
        let of = |system: &str, results: &str, endpoint: &str| {
            of_rule(&blueprint(system, results, endpoint), RULE.id)
        };
        let read = "endpoint result GET /v1/results/{id} -> Result { allow Nurse; reads Result }";
        assert_eq!(of("observe logs", "", read), ["1 info Clinic"]);
        assert_eq!(of("complies hipaa", "", read), ["1 warning Clinic"]);
        assert_eq!(of("audited", "", read), [""; 0]);
        assert_eq!(of("complies hipaa", "audited", read), ["14 info Bills"]);
        assert_eq!(of("complies pci", "audited", read), ["14 warning Bills"]);
        assert_eq!(
            of("audited", "", &read.replace("reads", "audited off; reads")),
            ["12 warning Results.result"]
        );
        assert_eq!(
            of("audited; complies soc2", "audited off", read),
            ["7 error Results"]
        );
    }

    #[test]
    fn only_what_is_protected_is_asked_about() {
        let of = |endpoint: &str| {
            let text = blueprint("complies hipaa", "audited off", endpoint);
            of_rule(&text, RULE.id)
                .into_iter()
                .filter(|line| line.ends_with("Results"))
                .collect::<Vec<_>>()
        };
        let none: [&str; 0] = [];
        assert_eq!(of("job tidy every 1d { deletes User }"), ["7 warning Results"]);
        assert_eq!(of("job look every 1d { reads User }"), none);
        assert_eq!(of("job look every 1d { reads Result }"), ["7 error Results"]);
        assert_eq!(
            of("endpoint card GET /v1/cards/{id} -> Card { allow Nurse; reads Result }"),
            none
        );
        assert_eq!(
            of("endpoint promote PUT /v1/users/{id}/role (body: { role: string }) { allow Nurse; writes User }"),
            ["7 warning Results"]
        );
        assert_eq!(
            of("endpoint rename PUT /v1/users/{id}/mail (body: { mail: email }) { allow Nurse; writes User }"),
            none
        );
        assert_eq!(
            of("endpoint mine GET /v1/results/{id} -> Result { allow Patient where patient == caller.id; reads Result }"),
            ["7 info Results"]
        );
        assert_eq!(
            of("endpoint mine GET /v1/my-results (patient: uuid) -> [Result] { allow Patient; runs of(patient) }"),
            ["7 info Results"]
        );
    }

    #[test]
    fn the_clauses_are_those_of_the_regimes_in_force() {
        let read = "endpoint result GET /v1/results/{id} -> Result { allow Nurse; reads Result }";
        let text = blueprint("complies hipaa, gdpr", "", read);
        let found = diagnostics(&text);
        let found = found.iter().find(|found| found.code == RULE.id);
        assert_eq!(found.map(|found| found.clauses.clone()), Some(vec!["45 CFR 164.312(b)"]));
        let after = fixed(&text, "Add audited to system Clinic");
        assert!(after.starts_with("system Clinic { complies hipaa, gdpr; audited }"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }
}
