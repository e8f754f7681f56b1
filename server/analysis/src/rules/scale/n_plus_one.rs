//! A list that asks somebody else once for each of its rows.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        calls::{CallSite, calls_of},
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{ExprFactKind, Run, Ty, TyKind},
        finding::{Finding, Place},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.n_plus_one",
    severity: Severity::Warning,
    summary: "A list that asks somebody else once for each row.",
    cwe: &[1060, 1073],
    thresholds: &[Threshold {
        name: "rows",
        default: 10,
        counts: "rows of a page that may be asked for one by one",
    }],
    page: include_str!("../../../../../docs/rules/scale/n_plus_one.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for op in cx.ops(item) {
        let many = op.op.returns.as_ref().is_some_and(|(ty, _)| is_many(ty));
        if !many || is_short(cx, op) {
            continue;
        }
        let mut known: Vec<Def> = Vec::new();
        for site in calls_of(cx.db, item).iter().filter(|site| site.op == op.def) {
            if !known.contains(&site.callee) && asks_for_one(cx, op, site) {
                known.push(site.callee);
                findings.push(call(cx, op, site));
            }
        }
        findings.extend(op.op.runs.iter().filter_map(|run| query(cx, op, run)));
    }
}

const fn is_many(ty: &Ty) -> bool {
    matches!(ty.kind, TyKind::List(_) | TyKind::Page(_))
}

/// Whether so few rows are answered that nobody minds.
fn is_short(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let most = i64::from(cx.threshold(&RULE, "rows"));
    let page = op.op.paginate.as_ref().and_then(|(_, max, _)| *max);
    let limits = op
        .op
        .runs
        .iter()
        .filter_map(|run| cx.def(op.def.item, &run.query)?.query(cx.db)?.limit);
    page.into_iter().chain(limits).min().is_some_and(|rows| rows <= most)
}

/// Whether a call is of an endpoint that gives one thing by its id, which can't be the one thing that the request itself
/// is about.
fn asks_for_one(cx: Cx<'_>, op: OpRef<'_>, site: &CallSite) -> bool {
    if site.within_service() {
        return false;
    }
    let Some(callee) = cx.op(site.callee) else { return false };
    let Some(before) = before_last_id(&callee.op.path) else {
        return false;
    };
    let entity = callee
        .op
        .returns
        .as_ref()
        .and_then(|(ty, _)| cx.entity_of(callee.def.item, ty));
    let entity_name = entity.map(|entity| archwright_codegen::names::snake(&entity.name(cx.db)));
    !op.op.params.iter().any(|param| {
        let refers = param.ty.as_ref().is_some_and(|ty| {
            matches!(ty.kind, TyKind::Ref(_)) && entity.is_some() && cx.entity_of(op.def.item, ty) == entity
        });
        let named = entity_name.as_deref().is_some_and(|name| {
            let param = param.name.as_str();
            param == name || param.strip_suffix("_id") == Some(name)
        });
        let path = format!("/{before}/{{{}}}", param.name);
        refers || named || op.op.path.contains(&path)
    })
}

/// The segment before the parameter that a path ends in.
fn before_last_id(path: &str) -> Option<&str> {
    let (rest, last) = path.rsplit_once('/')?;
    (last.starts_with('{') && last.ends_with('}')).then(|| rest.rsplit('/').next().unwrap_or_default())
}

fn call(cx: Cx<'_>, op: OpRef<'_>, site: &CallSite) -> Finding {
    let name = cx.qualified(op.def);
    let callee = cx.qualified(site.callee);
    let message = format!(
        "`{name}` answers many rows, and `{callee}` gives one thing by its id: a page of a hundred rows is a hundred calls"
    );
    Finding::new(RULE.id, RULE.severity, name, site.place(), message)
        .help("Ask once for all rows, with a list of ids; keep what is shown beside the rows; or let the owner answer the list.")
        .related(format!("`{callee}` gives one"), cx.place(site.callee))
}

/// A query that is run with a value of the rows that are answered.
fn query(cx: Cx<'_>, op: OpRef<'_>, run: &Run) -> Option<Finding> {
    let of_a_row = run.args.iter().flatten().any(|argument| {
        let ExprFactKind::Ref(reference) = &argument.kind else {
            return false;
        };
        // What has the name of a parameter is meant to be that one.
        let given = op.op.params.iter().any(|param| Some(&param.name) == reference.path.first());
        let meaning = cx.def(op.def.item, reference).map(|def| def.kind);
        !given && matches!(meaning, Some(DefKind::EntityField(..)))
    });
    if !of_a_row {
        return None;
    }
    let name = cx.qualified(op.def);
    let query = cx.def(op.def.item, &run.query)?;
    let asked = cx.qualified(query);
    let message = format!(
        "`{name}` answers many rows and runs `{asked}` with a value of each: a page of a hundred rows is a hundred queries"
    );
    Some(
        Finding::new(RULE.id, RULE.severity, name, Place::new(op.def.item, run.loc.clone()), message)
            .help("Ask for all rows with one query, or keep what is shown beside the rows.")
            .related(format!("`{asked}` is asked again and again"), cx.place(query)),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::of_rule;

    fn text(endpoint: &str) -> String {
        format!(
            "service Orders {{
  entity Order {{ id: uuid @id; item: uuid }}
  query orders -> [Order] {{ limit 50 }}
  query few -> [Order] {{ limit 5 }}
  query with (item: uuid) -> [Order] {{ where item == item }}
  endpoint list {endpoint}
}}
service Catalog {{
  entity Item {{ id: uuid @id; name: string }}
  endpoint item GET /v1/items/{{id}} -> Item {{ reads Item }}
  endpoint items GET /v1/items -> page Item {{ reads Item }}
}}
"
        )
    }

    fn found(endpoint: &str) -> Vec<String> {
        of_rule(&text(endpoint), RULE.id)
    }

    #[test]
    fn a_list_that_asks_for_each_row() {
        assert_eq!(
            found("GET /v1/orders -> page Order { reads Order; calls Catalog.item }"),
            ["6 warning Orders.list"]
        );
        assert_eq!(
            found("GET /v1/orders -> [Order] { runs orders; calls Catalog.item; calls Catalog.item }"),
            ["6 warning Orders.list"]
        );
    }

    #[test]
    fn one_answer_lists_of_others_and_short_pages_are_fine() {
        for fine in [
            "GET /v1/orders/{id} -> Order { reads Order; calls Catalog.item }",
            "GET /v1/orders -> page Order { reads Order; calls Catalog.items }",
            "GET /v1/orders -> page Order { reads Order; paginate cursor max 10; calls Catalog.item }",
            "GET /v1/orders -> [Order] { runs few; calls Catalog.item }",
        ] {
            assert_eq!(found(fine), [""; 0], "{fine}");
        }
        assert_eq!(
            found("GET /v1/orders -> page Order { reads Order; paginate cursor max 11; calls Catalog.item }").len(),
            1
        );
    }

    #[test]
    fn a_query_with_a_value_of_each_row() {
        assert_eq!(
            found("GET /v1/orders -> page Order { reads Order; runs with(item) }"),
            ["6 warning Orders.list"]
        );
        let given = "GET /v1/orders/{item}/more -> page Order { reads Order; runs with(item) }";
        assert_eq!(found(given), [""; 0]);
    }

    #[test]
    fn the_one_thing_that_the_request_is_about_is_asked_for_once() {
        for fine in [
            "GET /v1/items/{id}/orders -> page Order { reads Order; calls Catalog.item }",
            "GET /v1/orders (thing: ref Catalog.Item) -> page Order { reads Order; calls Catalog.item }",
            "GET /v1/orders (item_id: uuid) -> page Order { reads Order; calls Catalog.item }",
        ] {
            assert_eq!(found(fine), [""; 0], "{fine}");
        }
        assert_eq!(
            found("GET /v1/clinics/{id}/orders -> page Order { reads Order; calls Catalog.item }").len(),
            1
        );
    }
}
