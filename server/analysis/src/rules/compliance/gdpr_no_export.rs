//! Nobody can be given what is known about them.

use archwright_codegen::names::kebab;
use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{OpKind, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        guards::ties_to_caller,
        loc::Loc,
        personal::{is_personal, personal_entities, personal_fields},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.gdpr_no_export",
    severity: Severity::Info,
    summary: "Nobody can be given what is known about them.",
    clauses: &[("gdpr", "GDPR Art. 15"), ("gdpr", "GDPR Art. 20")],
    page: include_str!("../../../../../docs/rules/compliance/gdpr_no_export.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many entities are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if !cx.complies("gdpr") {
        return;
    }
    let Some((system, _)) = cx.system() else { return };
    let services = cx.items(Kind::Service);
    let mut people: Vec<Def> = Vec::new();
    for &item in services.iter() {
        let held = personal_entities(cx.db, item);
        people.extend(held.iter().copied());
    }
    if people.is_empty() || services.iter().any(|&item| exports(cx.db, item)) {
        return;
    }
    // Of a broken service the export may just not have been read.
    if services.iter().any(|&item| cx.facts(item).broken) {
        return;
    }
    let identity = people.iter().find(|entity| cx.identity_entities().contains(entity));
    let person = *identity.unwrap_or(&people[0]);
    let name = cx.name(system).clone();
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name,
        cx.place(Def::item(system)),
        format!(
            "no endpoint or job gives a person all that is known about them (`{}` …): every request for access is work by hand",
            cx.qualified(person)
        ),
    )
    .help("Let an endpoint answer the caller with a projection of all fields about them, or waive this with how requests are answered.")
    .citing(cx, &RULE, &["gdpr"]);
    for &entity in people.iter().take(RELATED) {
        finding = finding.related(
            format!("`{}` holds personal data", cx.qualified(entity)),
            cx.place(entity),
        );
    }
    finding.fixes = scaffold(cx, person).into_iter().collect();
    findings.push(finding);
}

/// Whether some operation of a service gives a person's data in full.
#[salsa::tracked(returns(copy))]
fn exports(db: &dyn Db, item: Item) -> bool {
    let cx = Cx { db };
    cx.ops(item).any(|op| {
        let called_so = ["export", "takeout"]
            .iter()
            .any(|word| op.op.name.contains(word) || op.op.path.contains(word));
        let about = |entity: Def| is_personal(cx, entity);
        if called_so && (cx.touches(op).iter().any(|(_, entity, _)| about(*entity)) || full(cx, op).is_some()) {
            return true;
        }
        op.op.is_endpoint() && full(cx, op).is_some_and(|entity| own(cx, op, entity))
    })
}

/// The personal entity that an operation answers with, if nothing about the person is left out.
fn full(cx: Cx<'_>, op: OpRef<'_>) -> Option<Def> {
    let item = op.def.item;
    if let OpKind::Resource(_) = op.op.kind
        && op.op.method == "GET"
    {
        let entity = cx.def(item, op.op.entity.as_ref()?)?;
        return is_personal(cx, entity).then_some(entity);
    }
    let (ty, _) = op.op.returns.as_ref()?;
    let entity = cx.entity_of(item, ty).filter(|entity| is_personal(cx, *entity))?;
    let answered = cx.resolve(item, named(ty)?, &[Kind::Type, Kind::Enum, Kind::Entity])?;
    let given = cx.fields_of(answered);
    personal_fields(cx, entity)
        .into_iter()
        .filter(|(field, _)| {
            let facts = field.field(cx.db);
            facts.is_some_and(|facts| !facts.has("internal") && !facts.has("secret"))
        })
        .all(|(field, _)| given.iter().any(|(known, _)| *known == field))
        .then_some(entity)
}

fn named(ty: &Ty) -> Option<&crate::model::facts::RefFact> {
    match &ty.kind {
        TyKind::Named(reference) | TyKind::Page(reference) => Some(reference),
        TyKind::List(inner) => named(inner),
        _ => None,
    }
}

/// Whether people get their own: the rows are tied to the caller.
fn own(cx: Cx<'_>, op: OpRef<'_>, entity: Def) -> bool {
    let allowed = op
        .op
        .allow
        .iter()
        .any(|allow| allow.predicate.as_ref().is_some_and(ties_to_caller));
    let visible = entity.entity(cx.db).and_then(|facts| facts.visible.as_ref());
    allowed
        || visible.is_some_and(|(predicate, _)| ties_to_caller(predicate))
        || cx.tied_touches(op).iter().any(|(_, _, tied)| *tied)
        || op.op.path.split('/').any(|segment| segment == "me")
}

/// A projection with everything, and the endpoint that answers with it.
fn scaffold(cx: Cx<'_>, entity: Def) -> Option<FixPlan> {
    let facts = entity.entity(cx.db)?;
    let service = cx.service(entity.item)?;
    let id = facts.fields.iter().find(|field| field.has("id"))?;
    if !matches!(&id.ty.kind, TyKind::Scalar(name, _) if name == "uuid") {
        return None;
    }
    let role: SmolStr = cx
        .items(Kind::Role)
        .iter()
        .find(|role| !cx.is_staff(**role))
        .map_or_else(|| SmolStr::new_static("any"), |role| cx.name(*role).clone());
    let name = &facts.name;
    let export = format!("{name}Export");
    let taken = |name: &str| service.by_name.iter().any(|(known, _)| known == name);
    if taken(&export) || taken("export") {
        return None;
    }
    let fields: Vec<&str> = facts
        .fields
        .iter()
        .filter(|field| !field.has("internal") && !field.has("secret"))
        .map(|field| field.name.as_str())
        .collect();
    let id = &id.name;
    let text = format!(
        "type {export} of {name} {{\n  {}\n}}\nendpoint export GET /v1/{}s/{{{id}}}/export -> {export} {{\n  allow {role} where {id} == caller.id\n  reads {name}\n}}",
        fields.join("\n  "),
        kebab(name),
    );
    Some(FixPlan::refactor(
        format!("Add an export of {name}"),
        vec![Step::AddStatement(Place::new(entity.item, Loc::head(&[])), text)],
    ))
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "compliance.gdpr_no_export")
    }

    fn with(members: &str) -> Vec<String> {
        check(&format!(
            "system S {{ complies gdpr }}\nrole Person\nrole Admin: staff\nservice A {{\n  \
             entity P {{ id: uuid @id; mail: email; name: string @pii; hash: string @pii @secret @internal; note: string }}\n  \
             type Full of P {{ id, mail, name }}\n  type Part of P {{ id, mail }}\n  {members}\n}}\n"
        ))
    }

    #[test]
    fn somebody_must_get_all_of_their_own() {
        assert_eq!(with(""), ["1 info S"]);
        assert_eq!(with("endpoint a GET /a/{id} -> Part { allow Person where id == caller.id; reads P }"), ["1 info S"]);
        assert_eq!(with("endpoint a GET /a/{id} -> Full { allow Admin; reads P }"), ["1 info S"]);
    }

    #[test]
    fn their_own_record_in_full_or_an_export_is_enough() {
        for op in [
            "endpoint a GET /a/{id} -> Full { allow Person where id == caller.id; reads P }",
            "endpoint a GET /v1/me -> P { allow any; reads P }",
            "endpoint export GET /v1/p/{id}/export -> { file: url } { allow Admin; reads P }",
            "job export_all every 1d { reads P }",
            "resource P at /v1/p { get { allow Person where id == caller.id } }",
        ] {
            assert_eq!(with(op), [""; 0], "{op}");
        }
    }

    #[test]
    fn where_nothing_is_known_about_anybody_there_is_nothing_to_give() {
        assert_eq!(check("system S { complies gdpr }\nservice A { entity P { id: uuid @id; a: string } }\n"), [""; 0]);
        assert_eq!(check("system S { complies pci }\nservice A { entity P { id: uuid @id; a: email } }\n"), [""; 0]);
    }

    #[test]
    fn an_export_can_be_scaffolded() {
        let text = "system S { complies gdpr }\nrole Person\nservice A {\n  entity P { id: uuid @id; mail: email }\n}\n";
        let after = fixed(text, "Add an export of P");
        assert!(after.contains("endpoint export GET /v1/ps/{id}/export -> PExport {\n    allow Person where id == caller.id\n"), "{after}");
        assert_eq!(check(&after), [""; 0]);
    }
}
