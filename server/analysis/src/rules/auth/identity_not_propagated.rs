//! A call for a user reaches a service that cannot know for whom.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::Call,
        finding::{Finding, FixPlan, Place, Step},
        guards::ties_to_caller,
        loc::Loc,
        signing::is_personal,
    },
    rules::{Check, Rule, auth::object_level_check::fields_for_caller},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.identity_not_propagated",
    severity: Severity::Warning,
    core: true,
    summary: "The service behind does not know for whom it answers.",
    subsumes: &[],
    cwe: &[441],
    page: include_str!("../../../../../docs/rules/auth/identity_not_propagated.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for op in cx.ops(item) {
        if op.op.calls.is_empty() || !cx.for_people(op) {
            continue;
        }
        findings.extend(op.op.calls.iter().filter_map(|call| judge(cx, op, call)));
    }
}

/// Whether a call loses the identity of the user whom an operation serves: see the page.
pub(crate) fn loses_identity(cx: Cx<'_>, op: OpRef<'_>, call: &Call) -> Option<(Def, (String, Place))> {
    let target = cx.def(op.def.item, &call.target)?;
    let inner = cx.op(target).filter(|inner| inner.op.is_endpoint())?;
    if target.item == op.def.item || call.identity.is_some() || cx.open(inner) {
        return None;
    }
    let accepted = cx.schemes(inner);
    let proves_program = |scheme: &Def| matches!(cx.scheme_kind(*scheme), "mtls" | "api_key");
    if !accepted.iter().any(proves_program) || presents_user(cx, op, call, &accepted) {
        return None;
    }
    let entities: Vec<Def> = returned(cx, inner);
    let person = entities.iter().find_map(|entity| {
        let facts = cx.entity(*entity)?;
        (facts.reference.is_none())
            .then(|| cx.about_a_person(*entity))
            .flatten()
            .map(|reason| (*entity, reason))
    });
    // A type of its own is about a person if something in it is classified.
    let (entity, reason) = match person {
        Some((entity, reason)) => (Some(entity), reason),
        None if entities.is_empty() => {
            let field = cx.classified_answer(inner).into_iter().next()?;
            let said = format!("is answered ({})", field.classes.words());
            (None, (said, field.place))
        }
        None => return None,
    };
    let visible = entity
        .and_then(|entity| cx.entity(entity))
        .is_some_and(|facts| facts.visible.is_some());
    let narrowed = inner.op.allow.iter().any(|allow| allow.predicate.is_some());
    let tied = inner.op.runs.iter().any(|run| {
        cx.def(target.item, &run.query)
            .and_then(|query| query.query(cx.db)?.predicate.as_ref())
            .is_some_and(|(predicate, _)| ties_to_caller(predicate))
    });
    (!visible && !narrowed && !tied).then_some((target, reason))
}

/// Whether the user's own credential is presented: by `with`, or because both sides share a scheme of people.
fn presents_user(cx: Cx<'_>, op: OpRef<'_>, call: &Call, accepted: &[Def]) -> bool {
    let personal = |scheme: &Def| is_personal(cx.scheme_kind(*scheme));
    match &call.with {
        Some(with) => cx
            .def(op.def.item, with)
            .is_some_and(|scheme| personal(&scheme)),
        None => cx
            .schemes(op)
            .iter()
            .any(|scheme| personal(scheme) && accepted.contains(scheme)),
    }
}

/// The entities behind an answer.
fn returned(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Def> {
    op.op
        .returns
        .as_ref()
        .and_then(|(ty, _)| cx.entity_of(op.def.item, ty))
        .into_iter()
        .collect()
}

fn judge(cx: Cx<'_>, op: OpRef<'_>, call: &Call) -> Option<Finding> {
    let (target, reason) = loses_identity(cx, op, call)?;
    let (outer, inner) = (cx.qualified(op.def), cx.qualified(target));
    let service = cx.name(target.item);
    let message = format!(
        "`{outer}` calls `{inner}` for a user whom `{service}` does not get to know: it trusts `{}` for the records of everybody",
        cx.name(op.def.item)
    );
    let at = Place::new(op.def.item, call.loc.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, outer, at.clone(), message)
        .help("Let the user's identity travel along with `as caller`, and tie the records to it there; or say why not with `as system because \"…\"`.")
        .related(format!("`{inner}` is told no user"), cx.place(target))
        .related(format!("what it answers {}", reason.0), reason.1)
        .fix(FixPlan::suggest(
            "Call as caller",
            vec![Step::AddStatement(
                Place::new(op.def.item, Loc::head(&call.loc.path)),
                "as caller".to_owned(),
            )],
        ).preferred());
    let entity = cx
        .op(target)
        .and_then(|inner| returned(cx, inner).into_iter().next());
    if let Some(entity) = entity {
        for field in fields_for_caller(cx, entity, None).into_iter().take(2) {
            let step = Step::AddStatement(cx.place(entity), format!("visible where {field} == caller.id"));
            finding = finding.fix(FixPlan::refactor(
                format!("Make {} visible only where {field} == caller.id", cx.qualified(entity)),
                vec![step],
            ));
        }
    }
    let reason = "as system because \"it answers the same to everybody\"";
    Some(finding.fix(FixPlan::suggest(
        "Call as system, with a reason",
        vec![Step::AddStatement(at, reason.to_owned())],
    )))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{diagnostics, fixed, of_rule};

    /// Example 3 of the catalogue.
    fn example(call: &str, visible: &str) -> String {
        format!(
            "system Clinic {{ auth Session }}
auth Session: cookie {{ issuer Accounts }}
auth Mesh: mtls
role Patient
role Service: service
context Ordering
context Web {{ uses Ordering }}
service Accounts {{ entity User {{ id: uuid @id; login: email; retain 1y then erase }} }}
service Erp in Ordering {{
  auth Mesh
  entity Order {{ id: uuid @id; patient: ref Accounts.User{visible} }}
  endpoint orders GET /v1/orders (patient: uuid) -> page Order {{ allow Service; reads Order; paginate cursor max 50 }}
}}
service Portal in Web {{ endpoint mine GET /v1/mine -> page Erp.Order {{ allow Patient; calls Erp.orders {{ timeout 1s{call} }} }} }}
"
        )
    }

    #[test]
    fn example_3_of_the_catalogue() {
        let text = example("", "");
        assert_eq!(of_rule(&text, RULE.id), ["14 warning Portal.mine"]);
        let auth: Vec<String> = diagnostics(&text)
            .iter()
            .filter(|found| found.code.starts_with("auth.") && found.element == "Portal.mine")
            .map(|found| found.code.to_string())
            .collect();
        assert_eq!(auth, [RULE.id], "one cause, one finding");
        assert_eq!(of_rule(&example("; as caller", ""), RULE.id), [""; 0]);
        assert_eq!(
            of_rule(&example("", "; visible where patient == caller.id"), RULE.id),
            [""; 0]
        );
        assert_eq!(
            of_rule(&example("; as system because \"a list for everybody\"", ""), RULE.id),
            [""; 0]
        );
        assert_eq!(fixed(&text, "Call as caller"), example("; as caller", ""));
        assert_eq!(
            fixed(&text, "Make Erp.Order visible only where patient == caller.id"),
            example("", "; visible where patient == caller.id")
        );
    }

    #[test]
    fn a_shared_scheme_of_people_takes_the_identity_along() {
        let text = example("", "").replace("  auth Mesh\n", "  auth Session, Mesh\n");
        assert_eq!(of_rule(&text, RULE.id), [""; 0]);
        let with = text.replace("timeout 1s", "timeout 1s; with Mesh");
        assert_eq!(of_rule(&with, RULE.id), ["14 warning Portal.mine"]);
    }

    #[test]
    fn only_calls_for_users_about_persons_count() {
        let reference = example("", "; reference");
        assert_eq!(of_rule(&reference, RULE.id), [""; 0]);
        let service = example("", "").replace("allow Patient;", "allow Service;");
        assert_eq!(of_rule(&service, RULE.id), [""; 0]);
        let job = example("", "").replace(
            "endpoint mine GET /v1/mine -> page Erp.Order { allow Patient;",
            "job mine every 1d {",
        );
        assert_eq!(of_rule(&job, RULE.id), [""; 0]);
        let nobody = example("", "").replace("ref Accounts.User", "uuid");
        assert_eq!(of_rule(&nobody, RULE.id), [""; 0]);
    }
}
