//! An entity about people that is not kept apart by tenant, where others are.

use std::sync::Arc;

use archwright_grammar::{ast::CompareOp, vocabulary::Kind};
use smol_str::SmolStr;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Access, Allow, ExprFact, ExprFactKind, TyKind},
        finding::{Finding, FixPlan, Step},
    },
    rules::{Check, Rule, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.tenant_scope_missing",
    severity: Severity::Warning,
    summary: "One tenant can read another's rows.",
    subsumes: &["evolution.protection_weakened"],
    cwe: &[653, 1220],
    page: include_str!("../../../../../docs/rules/data/tenant_scope_missing.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many fields that could hold the tenant are offered.
const CHOICES: usize = 3;

/// The fields that `visible where` compares with the caller's tenant, in the entities of one service.
#[salsa::tracked(returns(ref))]
fn tenant_fields(db: &dyn Db, item: Item) -> Arc<[(Def, SmolStr)]> {
    let cx = Cx { db };
    let mut found = Vec::new();
    for (def, entity) in cx.entities(item) {
        if let Some((predicate, _)) = &entity.visible {
            predicate.walk(&mut |expr| {
                if let ExprFactKind::Compare(left, CompareOp::Eq, right) = &expr.kind {
                    let field = match (&left.kind, &right.kind) {
                        (ExprFactKind::Ref(field), ExprFactKind::Caller(name))
                        | (ExprFactKind::Caller(name), ExprFactKind::Ref(field))
                            if name == "tenant" =>
                        {
                            field.path.first()
                        }
                        _ => None,
                    };
                    found.extend(field.map(|field| (def, field.clone())));
                }
            });
        }
    }
    Arc::from(found)
}

/// All of them; nearly always the same fields again, so each name once, with the first entity that has it.
#[salsa::tracked(returns(ref))]
fn all_tenant_fields(db: &dyn Db) -> Arc<[(Def, SmolStr)]> {
    let mut found: Vec<(Def, SmolStr)> = Vec::new();
    for &service in crate::db::items_of(db, Kind::Service).iter() {
        for (def, field) in tenant_fields(db, service).iter() {
            if !found.iter().any(|(_, known)| known == field) {
                found.push((*def, field.clone()));
            }
        }
    }
    Arc::from(found)
}

/// An entity that people read across tenants.
#[derive(Debug, Clone, PartialEq)]
struct Unscoped {
    entity: Def,
    readers: Vec<Def>,
}

/// The entities of one service that people read although nothing ties their rows to the caller.
#[salsa::tracked(returns(ref))]
fn unscoped(db: &dyn Db, item: Item) -> Arc<[Unscoped]> {
    let cx = Cx { db };
    let mut found: Vec<Unscoped> = Vec::new();
    for op in cx.ops(item) {
        if !op.op.is_endpoint() || cx.open(op) || cx.only_mtls(op) || !lets_anybody_see(cx, op) {
            continue;
        }
        for entity in read(cx, op) {
            match found.iter_mut().find(|known| known.entity == entity) {
                Some(known) => known.readers.push(op.def),
                None if tells_of_people(cx, entity) => found.push(Unscoped {
                    entity,
                    readers: vec![op.def],
                }),
                None => {}
            }
        }
    }
    Arc::from(found)
}

fn asks_caller(expr: &ExprFact) -> bool {
    let mut found = false;
    expr.walk(&mut |expr| found |= matches!(expr.kind, ExprFactKind::Caller(_)));
    found
}

/// Whether some person may see rows whoever they are about. Whose id people outside may name is `auth.object_level_check`.
fn lets_anybody_see(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let by_id = op.op.params.iter().any(|param| cx.is_id(param));
    let wide = |allow: &Allow| {
        if allow.predicate.as_ref().is_some_and(asks_caller) {
            return false;
        }
        let Some(role) = &allow.role else { return !by_id };
        cx.def(op.def.item, role).is_some_and(|role| {
            let service = cx.role(role.item).is_some_and(|facts| facts.kind.as_deref() == Some("service"));
            !service && (cx.is_staff(role.item) || !by_id)
        })
    };
    op.op.allow.iter().any(wide)
}

/// The service's own entities that an operation reads without asking for the caller.
fn read(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Def> {
    let item = op.def.item;
    let direct = op
        .op
        .touches
        .iter()
        .filter(|touch| touch.access == Access::Reads)
        .filter_map(|touch| cx.def(item, &touch.entity));
    let queried = op.op.runs.iter().filter_map(|run| {
        let query = cx.def(item, &run.query)?;
        let predicate = query.query(cx.db)?.predicate.as_ref();
        let tied = predicate.is_some_and(|(predicate, _)| asks_caller(predicate));
        if tied { None } else { cx.query_entity(query) }
    });
    direct.chain(queried).filter(|entity| entity.item == item).collect()
}

/// Whether an entity is about people, and neither tied to the caller nor the same for everybody.
fn tells_of_people(cx: Cx<'_>, entity: Def) -> bool {
    let Some(facts) = cx.entity(entity) else { return false };
    if facts.reference.is_some() || facts.visible.as_ref().is_some_and(|(predicate, _)| asks_caller(predicate)) {
        return false;
    }
    let identity = cx.identity_entities();
    let to_people = || {
        cx.fields_of(entity).iter().any(|(def, field)| match &field.ty.kind {
            TyKind::Ref(reference) => cx.def(def.item, reference).is_some_and(|target| identity.contains(&target)),
            _ => false,
        })
    };
    identity.contains(&entity) || !cx.sensitive_fields(entity).is_empty() || to_people()
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = cx.items(Kind::Service);
    let fields = all_tenant_fields(cx.db);
    let Some((example, _)) = fields.first() else { return };
    for &service in services.iter().filter(|service| !cx.facts(**service).broken) {
        for found in unscoped(cx.db, service).iter() {
            findings.push(report(cx, found, fields, *example));
        }
    }
}

fn report(cx: Cx<'_>, found: &Unscoped, tenant: &[(Def, SmolStr)], example: Def) -> Finding {
    let entity = cx.qualified(found.entity);
    let readers = found.readers.iter().map(|op| cx.qualified(*op));
    let message = format!(
        "`{entity}` is not kept apart by tenant, as `{}` is, and {} reads it: one tenant sees the people of another",
        cx.qualified(example),
        listed(readers)
    );
    let place = cx.place(found.entity);
    let mut finding = Finding::new(RULE.id, RULE.severity, entity, place.clone(), message).help(
        "Say which rows a caller sees: `visible where FIELD == caller.tenant`; or `reference`, if they are the same for everybody.",
    );
    for reader in &found.readers {
        finding = finding.related(format!("`{}` reads it", cx.qualified(*reader)), cx.place(*reader));
    }
    finding = finding.related(
        format!("`{}` is visible to its tenant only", cx.qualified(example)),
        cx.place(example),
    );
    let own = cx.fields_of(found.entity);
    let candidates: Vec<&SmolStr> = own
        .iter()
        .map(|(_, field)| &field.name)
        .filter(|name| tenant.iter().any(|(_, known)| known == *name && *name != "id"))
        .take(CHOICES)
        .collect();
    for field in &candidates {
        let fix = FixPlan::suggest(
            format!("Make it visible where {field} == caller.tenant"),
            vec![Step::AddStatement(
                place.clone(),
                format!("visible where {field} == caller.tenant"),
            )],
        );
        finding = finding.fix(if candidates.len() == 1 { fix.preferred() } else { fix });
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(extra: &str, endpoint: &str) -> String {
        format!(
            "role Clerk: staff\nrole Person\nrole Peer: service\nauth Session: cookie\nservice S {{\n  auth Session\n  \
             entity Order {{ id: uuid @id; clinic: uuid; visible where clinic == caller.tenant }}\n  \
             entity P {{ id: uuid @id; clinic: uuid; mail: email; {extra} }}\n  \
             query mine -> [P] {{ where id == caller.id; limit 9 }}\n  query all -> [P] {{ limit 9 }}\n  \
             endpoint e GET /v1/p -> page P {{ {endpoint} }}\n}}\n"
        )
    }

    fn check(extra: &str, endpoint: &str) -> Vec<String> {
        of_rule(&text(extra, endpoint), "data.tenant_scope_missing")
    }

    #[test]
    fn rows_about_people_must_be_kept_apart_too() {
        assert_eq!(check("", "allow Clerk; reads P"), ["8 warning S.P"]);
        assert_eq!(check("", "allow Person; reads P"), ["8 warning S.P"]);
        assert_eq!(check("", "allow any; runs all"), ["8 warning S.P"]);
    }

    #[test]
    fn tied_and_shared_rows_are_fine() {
        assert_eq!(check("visible where clinic == caller.tenant", "allow Clerk; reads P"), [""; 0]);
        assert_eq!(check("reference", "allow Clerk; reads P"), [""; 0]);
        assert_eq!(check("", "allow Peer; reads P"), [""; 0]);
        assert_eq!(check("", "allow Clerk where clinic == caller.tenant; reads P"), [""; 0]);
        assert_eq!(check("", "allow Clerk; runs mine"), [""; 0]);
        let harmless = text("", "allow Clerk; reads P").replace("mail: email; ", "");
        assert_eq!(of_rule(&harmless, "data.tenant_scope_missing"), [""; 0]);
        let single = text("", "allow Clerk; reads P").replace("visible where clinic == caller.tenant", "");
        assert_eq!(of_rule(&single, "data.tenant_scope_missing"), [""; 0]);
    }

    #[test]
    fn the_fix_says_which_rows() {
        let after = fixed(
            &text("", "allow Clerk; reads P"),
            "Make it visible where clinic == caller.tenant",
        );
        assert_eq!(of_rule(&after, "data.tenant_scope_missing"), [""; 0]);
    }
}
