//! A caller names a record about a person by its id, and nothing ties the record to the caller.

use archwright_codegen::names::{plural, snake};
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Access, Allow, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.object_level_check",
    severity: Severity::Warning,
    core: true,
    summary: "One person can name another person's record.",
    subsumes: &[],
    cwe: &[639],
    page: include_str!("../../../../../docs/rules/auth/object_level_check.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_endpoint() || cx.open(op) || cx.schemes(op).is_empty() || cx.only_mtls(op) {
        return None;
    }
    let param = op.op.params.iter().find(|param| cx.is_id(param))?;
    let allow = op
        .op
        .allow
        .iter()
        .find(|allow| allow.predicate.is_none() && lets_people_in(cx, op.def.item, allow))?;
    let (access, entity, reason) = cx
        .tied_touches(op)
        .into_iter()
        .find_map(|(access, entity, tied)| {
            let facts = cx.entity(entity)?;
            if tied || facts.visible.is_some() || facts.reference.is_some() || creates(cx, op, access, entity) {
                return None;
            }
            Some((access, entity, cx.about_a_person(entity)?))
        })?;
    let item = op.def.item;
    let element = cx.qualified(op.def);
    let role = allow
        .role
        .as_ref()
        .and_then(|role| cx.def(item, role))
        .map(|role| cx.name(role.item).clone());
    let who = role.as_ref().map_or_else(
        || "everybody who is signed in".to_owned(),
        |role| format!("every {role}"),
    );
    let verb = match access {
        Access::Reads => "read",
        Access::Writes => "change",
        Access::Deletes | Access::Erases => "delete",
    };
    let name = cx.qualified(entity);
    let message = format!(
        "`{element}` lets {who} {verb} any `{name}` by `{}`: whoever changes the id gets somebody else's record",
        param.name
    );
    let at = Place::new(item, allow.loc.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, element, at.clone(), message)
        .help("Tie the record to the caller: `where FIELD == caller.id` here, or `visible where` on the entity.")
        .related(format!("`{name}` {}", reason.0), reason.1);
    for (index, field) in fields_for_caller(cx, entity, role.as_ref()).iter().enumerate() {
        let title = match &role {
            Some(role) => format!("Allow {role} only where {field} == caller.id"),
            None => format!("Allow any only where {field} == caller.id"),
        };
        let fix = FixPlan::suggest(
            title,
            vec![Step::InsertAfter(
                at.clone(),
                format!(" where {field} == caller.id"),
            )],
        );
        finding = finding.fix(if index == 0 { fix.preferred() } else { fix });
        let visible = Step::AddStatement(cx.place(entity), format!("visible where {field} == caller.id"));
        finding = finding.fix(FixPlan::refactor(
            format!("Make {name} visible only where {field} == caller.id"),
            vec![visible],
        ));
    }
    // What narrows this one `allow` comes before what changes the entity for everybody.
    finding.fixes.sort_by_key(|fix| fix.safety);
    Some(finding)
}

/// Whether an `allow` is for people outside: `any`, or a role that is neither staff nor of services.
fn lets_people_in(cx: Cx<'_>, item: Item, allow: &Allow) -> bool {
    match &allow.role {
        None => true,
        Some(role) => cx.def(item, role).is_some_and(|role| !cx.is_staff(role.item)),
    }
}

/// Whether it is a new row that is written: then no id of the request selects it.
fn creates(cx: Cx<'_>, op: OpRef<'_>, access: Access, entity: Def) -> bool {
    access == Access::Writes
        && op.op.method == "POST"
        && (added_to(&op.op.path, &entity.name(cx.db))
            || op.op.params.iter().any(|param| match &param.ty {
                Some(Ty {
                    kind: TyKind::New(of),
                    ..
                }) => referred(cx, op.def.item, &TyKind::Ref(of.clone())) == Some(entity),
                _ => false,
            }))
}

/// Whether a path ends in the collection of an entity, so that a POST there adds a row to it: `/v1/posts/{id}/comments`.
fn added_to(path: &str, entity: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default().replace('-', "_");
    let one = snake(entity);
    last == one || last == plural(&one)
}

fn referred(cx: Cx<'_>, item: Item, ty: &TyKind) -> Option<Def> {
    match ty {
        TyKind::Ref(reference) => cx.def(item, reference),
        _ => None,
    }
}

/// Fields that can hold the caller's id, the likeliest first: the id of an entity that is the caller, a reference to who
/// signs in, a reference to an entity named like the role, a reference named like the role.
pub(crate) fn fields_for_caller(cx: Cx<'_>, entity: Def, role: Option<&SmolStr>) -> Vec<SmolStr> {
    let identity = cx.identity_entities();
    let named = |name: &str| role.is_some_and(|role| role == name);
    let mut ranked: Vec<(u8, SmolStr)> = Vec::new();
    for (def, field) in cx.fields_of(entity) {
        let rank = match referred(cx, def.item, &field.ty.kind) {
            None if field.has("id") => (identity.contains(&entity)
                || cx.entity(entity).is_some_and(|facts| named(&facts.name)))
            .then_some(0),
            None => None,
            Some(target) if identity.contains(&target) => Some(1),
            Some(target) if named(&target.name(cx.db)) => Some(2),
            Some(_) => role.is_some_and(|role| snake(role) == field.name).then_some(3),
        };
        if let Some(rank) = rank {
            ranked.push((rank, field.name.clone()));
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, host, of_rule};

    fn service(endpoint: &str) -> String {
        format!(
            "auth Session: cookie {{ issuer Accounts }}
role Customer
role Clerk: staff
service Accounts {{
  auth Session
  entity User {{ id: uuid @id; login: string @pii; retain 2y then erase }}
  entity Order {{ id: uuid @id; owner: ref User; shop: uuid }}
  entity Colour {{ id: uuid @id; name: string; reference }}
  query mine (id: uuid) -> [Order] {{ where owner == caller.id; limit 10 }}
  {endpoint}
}}
"
        )
    }

    #[test]
    fn an_entity_that_belongs_to_who_signs_in_is_about_a_person() {
        let text = service(
            "endpoint order GET /v1/orders/{id} -> Order { allow Clerk; allow Customer; reads Order }",
        );
        assert_eq!(of_rule(&text, RULE.id), ["10 warning Accounts.order"]);
        assert!(
            fixed(&text, "Allow Customer only where owner == caller.id")
                .contains("allow Clerk; allow Customer where owner == caller.id; reads Order")
        );
        assert!(
            fixed(&text, "Make Accounts.Order visible only where owner == caller.id")
                .contains("shop: uuid; visible where owner == caller.id }")
        );
    }

    #[test]
    fn a_tie_to_the_caller_anywhere_is_enough() {
        for endpoint in [
            "endpoint order GET /v1/orders/{id} -> Order { allow Customer where owner == caller.id; reads Order }",
            "endpoint order GET /v1/orders/{id} -> [Order] { allow Customer; runs mine(id) }",
            "endpoint order GET /v1/orders/{id} -> Order { allow Clerk; reads Order }",
            "endpoint order GET /v1/colours/{id} -> Colour { allow Customer; reads Colour }",
            "endpoint order GET /v1/orders -> page Order { allow Customer; reads Order; paginate cursor max 10 }",
            "endpoint buy POST /v1/colours/{id}/orders (body: { note: string }) -> Order { allow Customer; reads Colour; writes Order }",
            "endpoint buy POST /v1/colours/{id}/orders (body: new Order) -> Order { allow Customer; reads Colour; writes Order }",
        ] {
            assert_eq!(of_rule(&service(endpoint), RULE.id), [""; 0], "{endpoint}");
        }
    }

    #[test]
    fn an_action_on_a_record_is_no_new_record() {
        let text = service("endpoint pay POST /v1/orders/{id}/payment -> Order { allow Customer; writes Order }");
        assert_eq!(of_rule(&text, RULE.id), ["10 warning Accounts.pay"]);
    }

    #[test]
    fn the_entity_itself_may_be_the_caller() {
        let text = service("endpoint user GET /v1/users (user: uuid) -> User { allow any; reads User }");
        assert_eq!(of_rule(&text, RULE.id), ["10 warning Accounts.user"]);
        let host = host(&text);
        let file = host.file("main.arch").expect("set");
        let found = host.diagnostics(file);
        let first = found
            .iter()
            .find(|found| found.code == RULE.id)
            .and_then(|found| found.fixes.first());
        assert_eq!(
            first.map(|fix| fix.title.as_str()),
            Some("Allow any only where id == caller.id")
        );
    }
}
