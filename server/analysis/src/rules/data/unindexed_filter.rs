//! Rows are looked for by a field that no index begins with.

use archwright_grammar::ast::CompareOp;
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{Entity, ExprFact, ExprFactKind, Field, OpKind, Query, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule, Threshold, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.unindexed_filter",
    severity: Severity::Info,
    summary: "Every row is read to find a few.",
    cwe: &[1067],
    thresholds: &[
        Threshold {
            name: "rows",
            default: 100_000,
            counts: "rows of an entity",
        },
        Threshold {
            name: "load",
            default: 50,
            counts: "requests per second of a service",
        },
    ],
    page: include_str!("../../../../../docs/rules/data/unindexed_filter.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Enums with at most so many members divide rows into parts that are too large for an index to help.
const FEW: usize = 3;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for (index, query) in service.queries.iter().enumerate() {
        let def = Def {
            item,
            kind: DefKind::Query(index as u16),
        };
        findings.extend(of_query(cx, def, query));
    }
    for op in cx.ops(item).filter(|op| !op.op.filter.is_empty()) {
        findings.extend(of_list(cx, op));
    }
}

/// A field that rows are looked for by.
#[derive(Clone)]
struct Sought<'db> {
    field: &'db Field,
    /// Whether it is compared with one value, so that an index may go on behind it.
    exact: bool,
}

/// The entity that is searched, if it is the service's own, and what its text says of it.
struct Searched<'db> {
    cx: Cx<'db>,
    def: Def,
    facts: &'db Entity,
    /// What `visible where` asks for, always.
    visible: Vec<Sought<'db>>,
}

impl<'db> Searched<'db> {
    fn new(cx: Cx<'db>, item: Item, def: Def) -> Option<Self> {
        let facts = cx.entity(def).filter(|_| def.item == item)?;
        // A small table needs no index.
        if facts.reference.is_some() || cx.facts(item).broken {
            return None;
        }
        let mut searched = Self {
            cx,
            def,
            facts,
            visible: Vec::new(),
        };
        if let Some((predicate, _)) = &facts.visible {
            searched.visible = searched.sought(predicate);
        }
        Some(searched)
    }

    fn field(&self, name: &str) -> Option<&'db Field> {
        self.facts.fields.iter().find(|field| field.name == name)
    }

    /// Whether an index, a uniqueness or the id begins with the field.
    fn leads(&self, field: &Field) -> bool {
        let begins = |list: &[crate::model::facts::RefFact]| {
            list.first().and_then(|first| first.path.first()) == Some(&field.name)
        };
        field.has("id")
            || field.has("unique")
            || self.facts.indexes.iter().any(|list| begins(list))
            || self.facts.uniques.iter().any(|list| begins(list))
    }

    /// Whether an index could help: neither where values are few, nor where the database cannot look inside.
    fn indexable(&self, field: &Field) -> bool {
        if field.has("encrypted") || field.has("hashed") {
            return false;
        }
        match &field.ty.kind {
            TyKind::Scalar(name, _) => !matches!(name.as_str(), "bool" | "json" | "bytes"),
            TyKind::Ref(_) => true,
            TyKind::Named(reference) => {
                let kinds = [archwright_grammar::vocabulary::Kind::Enum];
                let members = self
                    .cx
                    .resolve(self.def.item, reference, &kinds)
                    .and_then(|def| Some(def.enum_def(self.cx.db)?.members.len()));
                members.is_some_and(|members| members > FEW)
            }
            _ => false,
        }
    }

    /// The entity's fields that a predicate compares and that all rows must fulfil; of `or` only what both sides ask for.
    fn sought(&self, expr: &ExprFact) -> Vec<Sought<'db>> {
        let mut found = Vec::new();
        match &expr.kind {
            ExprFactKind::And(left, right) => {
                found = self.sought(left);
                found.extend(self.sought(right));
            }
            ExprFactKind::Or(left, right) => {
                // An index helps only if it helps both sides; what does not is found on either.
                let (left, right) = (self.sought(left), self.sought(right));
                let led = |side: &[Sought<'_>]| side.iter().any(|one| self.leads(one.field));
                if !led(&left) {
                    return left;
                }
                if !led(&right) {
                    return right;
                }
                found = left;
                found.extend(right);
            }
            ExprFactKind::Compare(left, op, right) => {
                let exact = *op == CompareOp::Eq;
                // `!=` keeps nearly everything.
                if *op != CompareOp::Ne {
                    for side in [left, right] {
                        found.extend(self.named(side, exact));
                    }
                }
            }
            ExprFactKind::In(inner, _) => found.extend(self.named(inner, false)),
            ExprFactKind::IsNull(inner, false) => found.extend(self.named(inner, false)),
            _ => {}
        }
        found
    }

    /// The field that an expression names, also at the beginning of a path: that one is what the tables are joined by.
    fn named(&self, expr: &ExprFact, exact: bool) -> Option<Sought<'db>> {
        match &expr.kind {
            ExprFactKind::Ref(reference) => {
                let field = self.field(reference.path.first()?)?;
                Some(Sought { field, exact })
            }
            ExprFactKind::Add(left, right) | ExprFactKind::Sub(left, right) => {
                self.named(left, exact).or_else(|| self.named(right, exact))
            }
            _ => None,
        }
    }

    fn led(&self, fields: &[Sought<'_>]) -> bool {
        fields.iter().any(|one| self.leads(one.field))
    }

    /// I, or W where there are many rows or many requests.
    fn severity(&self) -> (Severity, Option<String>) {
        let rows = self.facts.rows.as_ref().map_or(0, |(rows, _)| *rows);
        if rows >= i64::from(self.cx.threshold(&RULE, "rows")) {
            return (Severity::Warning, Some(format!("of {rows} rows")));
        }
        let load = self
            .cx
            .service(self.def.item)
            .and_then(|service| service.slo.as_ref()?.load)
            .map(|load| load.count.saturating_mul(1000) / load.per.millis().max(1));
        match load.filter(|load| *load >= u64::from(self.cx.threshold(&RULE, "load"))) {
            Some(load) => (Severity::Warning, Some(format!("at {load} requests per second"))),
            None => (Severity::Info, None),
        }
    }

    fn report(&self, element: SmolStr, at: Place, by: &[&Field], index: &[&Field]) -> Finding {
        let (severity, much) = self.severity();
        let names: Vec<&SmolStr> = by.iter().map(|field| &field.name).collect();
        let entity = &self.facts.name;
        let message = format!(
            "`{element}` looks for rows of `{entity}` by {}, and no index begins with {}: every row is read{}",
            listed(&names),
            if names.len() == 1 { "it" } else { "one of them" },
            much.map_or_else(String::new, |much| format!(", {much}")),
        );
        let mut fields: Vec<&str> = Vec::new();
        for field in index {
            if !fields.contains(&field.name.as_str()) {
                fields.push(&field.name);
            }
        }
        let place = self.cx.place(self.def);
        let text = format!("index ({})", fields.join(", "));
        Finding::new(RULE.id, severity, element, at, message)
            .help(format!("Give `{entity}` an index that begins with what is looked for: `{text}`."))
            .related(format!("`{entity}` is here"), place.clone())
            .fix(FixPlan::suggest(format!("Add {text} to {entity}"), vec![Step::AddStatement(place, text)]).preferred())
    }
}

fn of_query(cx: Cx<'_>, def: Def, query: &Query) -> Option<Finding> {
    let entity = cx.query_entity(def)?;
    let searched = Searched::new(cx, def.item, entity)?;
    if only_jobs(cx, def) {
        return None;
    }
    let asked = query
        .predicate
        .as_ref()
        .map_or_else(Vec::new, |(predicate, _)| searched.sought(predicate));
    if searched.led(&asked) || searched.led(&searched.visible) {
        return None;
    }
    let ordered: Vec<(&Field, &crate::model::facts::RefFact)> = query
        .order
        .iter()
        .filter_map(|(written, _)| Some((searched.field(written.path.first()?)?, written)))
        .collect();
    let fields: Vec<&Sought<'_>> = asked.iter().filter(|one| searched.indexable(one.field)).collect();
    let element = cx.qualified(def);
    let always = searched.visible.iter().filter(|one| one.exact && searched.indexable(one.field));
    if let (Some((_, loc)), false) = (&query.predicate, fields.is_empty()) {
        let by: Vec<&Field> = fields.iter().map(|one| one.field).collect();
        // What is compared with one value comes first, then one range; behind a range an index is of no use.
        let mut index: Vec<&Field> = always.map(|one| one.field).collect();
        index.extend(fields.iter().filter(|one| one.exact).map(|one| one.field));
        let range = fields.iter().find(|one| !one.exact).map(|one| one.field);
        match range {
            Some(range) => index.push(range),
            None => index.extend(ordered.iter().map(|(field, _)| *field).filter(|field| searched.indexable(field))),
        }
        return Some(searched.report(element, Place::new(def.item, loc.clone()), &by, &index));
    }
    // Nothing is asked for but the order.
    let (first, written) = ordered.first()?;
    if !asked.is_empty() || searched.leads(first) || !searched.indexable(first) {
        return None;
    }
    let mut index: Vec<&Field> = always.map(|one| one.field).collect();
    index.extend(ordered.iter().map(|(field, _)| *field).filter(|field| searched.indexable(field)));
    let at = Place::new(def.item, crate::model::loc::Loc::head(&written.loc.path));
    Some(searched.report(element, at, &[*first], &index))
}

/// Whether nothing but jobs runs a query, of those that run it: nobody waits for them.
fn only_jobs(cx: Cx<'_>, query: Def) -> bool {
    let mut runs = 0;
    for op in cx.ops(query.item) {
        if op.op.runs.iter().any(|run| cx.def(query.item, &run.query) == Some(query)) {
            if op.op.kind != OpKind::Job {
                return false;
            }
            runs += 1;
        }
    }
    runs > 0
}

/// The fields that a resource's list can be narrowed by.
fn of_list(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    let item = op.def.item;
    let entity = cx.def(item, op.op.entity.as_ref()?)?;
    let searched = Searched::new(cx, item, entity)?;
    if searched.led(&searched.visible) {
        return None;
    }
    let open: Vec<&Field> = op
        .op
        .filter
        .iter()
        .filter_map(|written| searched.field(written.path.first()?))
        .filter(|field| !searched.leads(field) && searched.indexable(field))
        .collect();
    let first = open.first()?;
    let at = crate::model::loc::Loc::head(&op.op.filter.first()?.loc.path);
    let mut finding = searched.report(cx.qualified(op.def), Place::new(item, at), &open, &[*first]);
    if open.len() > 1 {
        let place = cx.place(entity);
        let lines: Vec<String> = open.iter().map(|field| format!("index ({})", field.name)).collect();
        let steps = vec![Step::AddStatement(place, lines.join("\n"))];
        finding.fixes = vec![
            FixPlan::suggest(format!("Add an index to {} for each of them", searched.facts.name), steps).preferred(),
        ];
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(entity: &str, body: &str) -> String {
        format!(
            "service S {{\n  enum Two {{ a, b }}\n  enum Four {{ a, b, c, d }}\n  entity U {{ id: uuid @id; city: string }}\n  \
             entity P {{ id: uuid @id; city: string; born: date; two: Two; four: Four; open: bool; user: ref U; code: string @unique; {entity} }}\n  \
             {body}\n  endpoint e GET /v1/e -> [P] {{ runs q }}\n}}\n"
        )
    }

    fn check(entity: &str, query: &str) -> Vec<String> {
        let body = format!("query q (x: string, d: date) -> [P] {{ {query}; limit 9 }}");
        of_rule(&text(entity, &body), "data.unindexed_filter")
    }

    #[test]
    fn what_is_looked_for_must_begin_an_index() {
        assert_eq!(check("", "where city == x"), ["6 info S.q"]);
        assert_eq!(check("index (born, city)", "where city == x"), ["6 info S.q"]);
        assert_eq!(check("index (city)", "where city == x"), [""; 0]);
        assert_eq!(check("index (city, born)", "where city == x and born > d order born asc"), [""; 0]);
        assert_eq!(check("unique (city, born)", "where city == x"), [""; 0]);
        assert_eq!(check("", "where code == x"), [""; 0]);
        assert_eq!(check("", "where four == a"), ["6 info S.q"]);
    }

    #[test]
    fn order_joins_and_both_sides_count() {
        assert_eq!(check("", "order born desc"), ["6 info S.q"]);
        assert_eq!(check("index (born)", "order born desc"), [""; 0]);
        assert_eq!(check("", "where user.city == x"), ["6 info S.q"]);
        assert_eq!(check("index (user)", "where user.city == x"), [""; 0]);
        assert_eq!(check("index (city)", "where city == x or born > d"), ["6 info S.q"]);
    }

    #[test]
    fn few_values_small_tables_and_jobs_need_none() {
        assert_eq!(check("", "where open == true"), [""; 0]);
        assert_eq!(check("", "where two == a"), [""; 0]);
        assert_eq!(check("reference", "where city == x"), [""; 0]);
        assert_eq!(check("index (user); visible where user == caller.id", "where city == x"), [""; 0]);
        let job = text("", "query q -> [P] { where city == \"x\"; limit 9 }")
            .replace("endpoint e GET /v1/e -> [P] {", "job e every 1d {");
        assert_eq!(of_rule(&job, "data.unindexed_filter"), [""; 0]);
    }

    #[test]
    fn many_rows_and_many_requests_make_it_a_warning() {
        assert_eq!(check("rows 100_000", "where city == x"), ["6 warning S.q"]);
        let loaded = text("", "query q (x: string) -> [P] { where city == x; limit 9 }")
            .replace("  enum Two", "  slo { load 3_000 per minute }\n  enum Two");
        assert_eq!(of_rule(&loaded, "data.unindexed_filter"), ["7 warning S.q"]);
    }

    #[test]
    fn the_filter_of_a_list_counts() {
        let body = "resource P at /v1/p { list { filter city, born, open, code } }\n  query q -> [U] { limit 9 }";
        assert_eq!(of_rule(&text("", body), "data.unindexed_filter"), ["6 info S.list_ps"]);
        let after = fixed(&text("", body), "Add an index to P for each of them");
        assert_eq!(of_rule(&after, "data.unindexed_filter"), [""; 0]);
    }

    #[test]
    fn the_index_has_the_order_in_which_it_is_used() {
        let body = "query q (x: string, d: date) -> [P] { where born > d and city == x; order born desc; limit 9 }";
        let after = fixed(&text("", body), "Add index (city, born) to P");
        assert_eq!(of_rule(&after, "data.unindexed_filter"), [""; 0]);
    }
}
