//! An endpoint answers with all rows of an entity at once.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{ParamFrom, RefFact, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.unpaginated_list",
    severity: Severity::Warning,
    core: true,
    summary: "A list without pages grows with the data.",
    subsumes: &[],
    cwe: &[770],
    thresholds: &[Threshold {
        name: "rows",
        default: 100,
        counts: "rows that an answer may have without being a page",
    }],
    page: include_str!("../../../../../docs/rules/api/unpaginated_list.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_endpoint() || op.op.method != "GET" || op.op.paginate.is_some() {
        return None;
    }
    let item = op.def.item;
    // What is missing in broken text may just not have been read, and a query that is not there yet may have a limit.
    if cx.facts(item).broken || op.op.runs.iter().any(|run| cx.def(item, &run.query).is_none()) {
        return None;
    }
    let (ty, at) = op.op.returns.as_ref()?;
    let TyKind::List(inner) = &ty.kind else {
        return None;
    };
    let TyKind::Named(element) = &inner.kind else {
        return None;
    };
    let entity = cx.entity_of(item, inner)?;
    if cx.entity(entity).is_some_and(|entity| entity.reference.is_some())
        || by_ids(op)
        || bounded(cx, op, entity)
    {
        return None;
    }
    let rows = cx.threshold(&RULE, "rows").max(1);
    let mut limits = op
        .op
        .runs
        .iter()
        .filter_map(|run| cx.def(item, &run.query)?.query(cx.db)?.limit);
    if limits.any(|limit| limit <= i64::from(rows)) {
        return None;
    }
    let name = cx.qualified(op.def);
    let message = format!(
        "`{name}` answers with every `{}` at once: time and memory grow with the data, until one request is too much",
        element.text()
    );
    let place = cx.place(op.def);
    let steps = vec![
        Step::Replace(Place::new(item, at.clone()), format!("page {}", written(element))),
        Step::AddStatement(place.clone(), format!("paginate cursor max {rows}")),
    ];
    Some(
        Finding::new(RULE.id, RULE.severity, name, place, message)
            .help(format!(
                "Answer in pages, or run a query with a `limit` of at most {rows}."
            ))
            .fix(FixPlan::suggest(format!("Answer in pages of at most {rows}"), steps).preferred()),
    )
}

fn written(reference: &RefFact) -> String {
    match &reference.kind {
        Some(kind) => format!("{kind} {}", reference.text()),
        None => reference.text(),
    }
}

/// Whether the caller lists the rows that it wants.
fn by_ids(op: OpRef<'_>) -> bool {
    op.op.params.iter().any(|param| {
        param.from == ParamFrom::Query
            && param
                .ty
                .as_ref()
                .is_some_and(|ty| matches!(ty.kind, TyKind::List(_)))
    })
}

/// Whether it lists what is below a parent whose own list of it is bounded with `@max` or `@len`.
fn bounded(cx: Cx<'_>, op: OpRef<'_>, listed: Def) -> bool {
    op.op.params.iter().any(|param| param.from == ParamFrom::Path)
        && cx
            .entities(op.def.item)
            .flat_map(|(_, parent)| &parent.fields)
            .any(|field| {
                let TyKind::List(inner) = &field.ty.kind else {
                    return false;
                };
                let (TyKind::Named(element) | TyKind::Ref(element)) = &inner.kind else {
                    return false;
                };
                (field.has("max") || field.has("len"))
                    && cx.resolve(op.def.item, element, &[Kind::Entity]) == Some(listed)
            })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::of_rule;

    fn service(field: &str, endpoint: &str) -> String {
        format!(
            "auth Session: cookie
role Clinician: staff
service Orders {{
  auth Session
  entity Order {{ id: uuid @id{field} }}
  entity Note {{ id: uuid @id; text: text }}
  query first (order: uuid) -> [Note] {{ order id; limit 101 }}
  query some (order: uuid) -> [Note] {{ order id; limit 100 }}
  {endpoint}
}}
"
        )
    }

    #[test]
    fn a_limit_of_one_page_is_enough() {
        let endpoint = |query: &str| {
            format!(
                "endpoint notes GET /v1/notes (order: uuid) -> [Note] {{ allow Clinician; runs {query} }}"
            )
        };
        assert_eq!(
            of_rule(&service("", &endpoint("first")), RULE.id),
            ["9 warning Orders.notes"]
        );
        assert_eq!(of_rule(&service("", &endpoint("some")), RULE.id), [""; 0]);
        // What is not there yet may have one, and so may what cannot be read.
        assert_eq!(of_rule(&service("", &endpoint("other")), RULE.id), [""; 0]);
        assert_eq!(of_rule(&service("; other:", &endpoint("first")), RULE.id), [""; 0]);
    }

    #[test]
    fn a_parent_can_bound_its_list() {
        let endpoint = "endpoint notes GET /v1/orders/{id}/notes -> [Note] { allow Clinician; reads Note }";
        assert_eq!(
            of_rule(&service("; notes: [ref Note]", endpoint), RULE.id),
            ["9 warning Orders.notes"]
        );
        assert_eq!(
            of_rule(&service("; notes: [ref Note] @max(20)", endpoint), RULE.id),
            [""; 0]
        );
    }
}
