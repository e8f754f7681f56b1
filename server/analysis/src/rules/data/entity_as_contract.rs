//! What is stored is what callers get, or what they may set.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        def::Def,
        facts::{Field, OpKind, Param, ParamFrom, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{
        Check, Rule, Threshold,
        listing::listed,
        narrow::{named, projections, unused_name},
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "data.entity_as_contract",
    severity: Severity::Warning,
    summary: "Callers get the row as it is stored.",
    cwe: &[213, 915],
    thresholds: &[Threshold {
        name: "fields",
        default: 12,
        counts: "fields of an entity that may be answered as it is",
    }],
    page: include_str!("../../../../../docs/rules/data/entity_as_contract.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    // What only services of this system may call is no contract with the outside.
    for op in cx.ops(item).filter(|op| op.op.is_endpoint() && op.op.internal.is_none()) {
        findings.extend(answer(cx, op));
        findings.extend(body(cx, op));
    }
    for event in &service.events {
        for field in &event.fields {
            findings.extend(payload(cx, item, &event.name, field));
        }
    }
}

/// The entity that a type is, as it is: itself, a page or a list of it.
fn whole(cx: Cx<'_>, item: Item, ty: &Ty) -> Option<Def> {
    let reference = named(ty)?;
    let def = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])?;
    cx.entity(def).map(|_| def)
}

/// Why an entity should not be shown as it is.
struct Shown<'db> {
    fields: Vec<(Item, &'db Field)>,
    why: String,
}

fn shown(cx: Cx<'_>, entity: Def) -> Option<Shown<'_>> {
    let all = cx.fields_of(entity);
    let leaving = |field: &Field| cx.leaving_classes(entity.item, field);
    // Credentials and internal fields are `data.secret_leaves_service`, an error: one cause, one finding.
    if all
        .iter()
        .any(|(_, field)| field.has("internal") || leaving(field).any(Classes::SECRET))
    {
        return None;
    }
    let fields: Vec<(Item, &Field)> = all
        .iter()
        .filter(|(_, field)| leaving(field).sensitive())
        .map(|(def, field)| (def.item, *field))
        .collect();
    let limit = cx.threshold(&RULE, "fields") as usize;
    let why = if !fields.is_empty() {
        let classes = fields
            .iter()
            .fold(Classes::NONE, |all, (_, field)| all.union(leaving(field)));
        let names = listed(fields.iter().map(|(_, field)| &field.name));
        format!("{names} ({}) with it", classes.words())
    } else if all.len() > limit {
        format!("all of its {} fields", all.len())
    } else {
        return None;
    };
    Some(Shown { fields, why })
}

fn answer(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let (ty, _) = op.op.returns.as_ref()?;
    let item = op.def.item;
    let entity = whole(cx, item, ty)?;
    let shown = shown(cx, entity)?;
    let element = cx.qualified(op.def);
    let message = format!(
        "`{element}` answers with the entity `{}` as it is stored, {}: every field that is added later goes out, too",
        entity.name(cx.db),
        shown.why
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, element, cx.place(op.def), message)
        .help("Name what callers need: `type View of Entity { … }`.")
        .related(format!("`{}` is here", cx.qualified(entity)), cx.place(entity));
    if !shown.fields.is_empty() {
        finding.fixes = projections(cx, op, ty, &shown.fields);
    }
    finding.fixes.extend(all_named(cx, op, ty, entity));
    Some(finding)
}

/// A projection with all fields: what goes out stays the same, but is said.
fn all_named(cx: Cx<'_>, op: OpRef<'_>, ty: &Ty, entity: Def) -> Option<FixPlan> {
    let item = op.def.item;
    if matches!(op.op.kind, OpKind::Resource(_)) || entity.item != item {
        return None;
    }
    let facts = cx.entity(entity)?;
    let view = unused_name(cx, item, &format!("{}View", facts.name));
    let fields: Vec<&str> = facts.fields.iter().map(|field| field.name.as_str()).collect();
    Some(FixPlan::refactor(
        format!("Name the {} fields that are answered", fields.len()),
        vec![
            Step::Replace(Place::new(item, named(ty)?.loc.clone()), view.clone()),
            Step::AddStatement(
                Place::new(item, Loc::head(&[])),
                format!("type {view} of {} {{ {} }}", facts.name, fields.join(", ")),
            ),
        ],
    ))
}

/// A body that is the entity, with fields that no caller should set.
fn body(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let item = op.def.item;
    let param = op.op.params.iter().find(|param| param.from == ParamFrom::Body)?;
    let (reference, entity) = body_entity(cx, item, param)?;
    let set: Vec<&Field> = cx
        .fields_of(entity)
        .into_iter()
        .filter(|(def, field)| field.has("readonly") || is_role(field) || is_owner(cx, def.item, field))
        .map(|(_, field)| field)
        .collect();
    set.first()?;
    let element = cx.qualified(op.def);
    let name = entity.name(cx.db);
    let message = format!(
        "`{element}` takes the entity `{name}` as it is stored, so callers may set {}: whoever sends more than the form asks for gives themselves rights",
        listed(set.iter().map(|field| &field.name))
    );
    let form = if op.op.method == "PATCH" { "patch" } else { "new" };
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        element,
        Place::new(item, param.loc.clone()),
        message,
    )
    .help("Take `new Entity` or `patch Entity`, which leave out what is `@readonly`; or a type of your own.");
    for field in &set {
        finding = finding.related(
            format!("`{}` is not for callers to set", field.name),
            Place::new(entity.item, field.loc.clone()),
        );
    }
    Some(
        finding.fix(
            FixPlan::suggest(
                format!("Take {form} {name}"),
                vec![Step::Replace(
                    Place::new(item, reference.loc.clone()),
                    format!("{form} {}", reference.text()),
                )],
            )
            .preferred(),
        ),
    )
}

fn body_entity<'a>(cx: Cx<'_>, item: Item, param: &'a Param) -> Option<(&'a RefFact, Def)> {
    let TyKind::Named(reference) = &param.ty.as_ref()?.kind else {
        return None;
    };
    let def = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])?;
    cx.entity(def).map(|_| (reference, def))
}

/// Whether a field says what somebody may do.
fn is_role(field: &Field) -> bool {
    ["role", "roles", "permissions", "admin", "is_admin", "scopes"].contains(&field.name.as_str())
}

/// Whether a field says whose the row is.
fn is_owner(cx: Cx<'_>, item: Item, field: &Field) -> bool {
    if ["owner", "owner_id", "tenant", "tenant_id", "created_by"].contains(&field.name.as_str()) {
        return true;
    }
    match &field.ty.kind {
        TyKind::Ref(reference) => cx
            .def(item, reference)
            .is_some_and(|target| cx.identity_entities().contains(&target)),
        _ => false,
    }
}

/// A field of an event that is an entity.
fn payload(cx: Cx<'_>, item: Item, event: &str, field: &Field) -> Option<Finding> {
    let entity = whole(cx, item, &field.ty)?;
    let shown = shown(cx, entity)?;
    let message = format!(
        "event `{event}` carries the entity `{}` as it is stored, {}: whoever listens depends on how you store it",
        entity.name(cx.db),
        shown.why
    );
    Some(
        Finding::new(
            RULE.id,
            RULE.severity,
            format!("{}.{event}.{}", cx.name(item), field.name),
            Place::new(item, field.loc.clone()),
            message,
        )
        .help("Send the id and what changed.")
        .related(format!("`{}` is here", cx.qualified(entity)), cx.place(entity)),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    const PEOPLE: &str = "service S {\n  entity P { id: uuid @id; name: string @pii; role: string }\n  \
                          entity Q { id: uuid @id; city: string; state: string @readonly }\n  \
                          entity K { id: uuid @id; key: string @secret }\n  type Card of P { id, role }\n";

    fn check(member: &str) -> Vec<String> {
        of_rule(&format!("{PEOPLE}  {member}\n}}\n"), "data.entity_as_contract")
    }

    #[test]
    fn rows_with_classes_or_many_fields_are_no_answers() {
        assert_eq!(check("endpoint e GET /e -> P"), ["6 warning S.e"]);
        assert_eq!(check("endpoint e GET /e -> page P"), ["6 warning S.e"]);
        assert_eq!(check("resource P at /p { get; delete }"), ["6 warning S.get_p"]);
        let many: Vec<String> = (0..12).map(|number| format!("f{number}: int")).collect();
        let wide = |fields: &str| check(&format!("entity W {{ {fields} }}\n  endpoint e GET /e -> [W]"));
        assert_eq!(wide(&format!("id: uuid @id; {}", many.join("; "))), ["7 warning S.e"]);
        assert_eq!(wide(&many.join("; ")), [""; 0]);
    }

    #[test]
    fn projections_and_internal_endpoints_are_fine_and_secrets_have_their_own_rule() {
        assert_eq!(check("endpoint e GET /e -> Card"), [""; 0]);
        assert_eq!(check("endpoint e GET /e -> Q"), [""; 0]);
        assert_eq!(check("endpoint e GET /e -> P { internal }"), [""; 0]);
        assert_eq!(check("endpoint e GET /e -> K"), [""; 0]);
    }

    #[test]
    fn a_body_must_not_set_what_is_not_the_callers() {
        assert_eq!(check("endpoint e POST /e (body: P)"), ["6 warning S.e"]);
        assert_eq!(check("endpoint e POST /e (body: Q)"), ["6 warning S.e"]);
        assert_eq!(check("endpoint e POST /e (body: new Q)"), [""; 0]);
        assert_eq!(check("endpoint e POST /e (body: Card)"), [""; 0]);
    }

    #[test]
    fn events_carry_no_rows() {
        assert_eq!(
            check("event Moved v1 { key id; id: uuid; person: P }"),
            ["6 warning S.Moved.person"]
        );
        assert_eq!(check("event Moved v1 { key id; id: uuid; person: Card }"), [""; 0]);
    }

    #[test]
    fn the_fixes_name_less_or_all() {
        let text = format!("{PEOPLE}  endpoint e GET /e -> [P]\n}}\n");
        assert!(fixed(&text, "Answer with Card").contains("-> [Card]"));
        let all = fixed(&text, "Name the 3 fields that are answered");
        assert!(all.contains("-> [PView]\n  type PView of P { id, name, role }\n"), "{all}");
        let body = format!("{PEOPLE}  endpoint e PATCH /e (body: Q)\n}}\n");
        assert!(fixed(&body, "Take patch Q").contains("(body: patch Q)"));
    }
}
