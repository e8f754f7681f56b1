//! A table that holds rows changes in a way that locks it, loses data or cannot be taken back.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    lock::Record,
    model::{
        contract::{Compared, FieldText, Pairs, Released, Way, decided, decision_stub, field_text},
        cx::Cx,
        def::{Def, DefKind},
        facts::{Entity, ExprFactKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule, Threshold},
};

use super::breaking_contract::{local_to, written};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.unsafe_schema_change",
    severity: Severity::Warning,
    summary: "A table with rows in it changes in one step.",
    thresholds: &[Threshold {
        name: "rows",
        default: 10_000,
        counts: "rows of a table, below which it may change at once",
    }],
    page: include_str!("../../../../../docs/rules/evolution/unsafe_schema_change.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What one comparison works with.
struct Scope<'db> {
    cx: Cx<'db>,
    released: &'db Released,
    /// The entity now.
    def: Def,
    entity: &'db Entity,
    /// What it was.
    old: &'db Record,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(released) = cx.released() else { return };
    if cx.service(item).is_none() {
        return;
    }
    let Some(pairs) = Pairs::of(cx, item) else { return };
    for (old, now) in pairs.each() {
        let Some((def, now)) = now.filter(|_| old.kind == "entity" && old.get("store").is_some()) else {
            continue;
        };
        let Some(entity) = cx.entity(def).filter(|_| old != now) else { continue };
        let few = entity
            .rows
            .as_ref()
            .is_some_and(|(rows, _)| *rows < i64::from(cx.threshold(&RULE, "rows")));
        if few || entity.reference.is_some() {
            continue;
        }
        let store = cx.store_of(def);
        let planned = |def: Def| decided(cx, def, |decision| decision.new);
        if planned(def) || store.is_some_and(planned) {
            continue;
        }
        let scope = Scope { cx, released, def, entity, old };
        scope.fields(findings);
        scope.uniques(findings);
        scope.indexes(findings);
    }
}

impl Scope<'_> {
    fn found(&self, element: String, at: Place, message: String, fix: Option<FixPlan>) -> Finding {
        let mut finding = Finding::new(RULE.id, Severity::Warning, element, at, message).help(
            "Do it in steps that each can be taken back: add the new beside the old, fill it, read from it, then remove the old. A \
             `decision` that affects the service and says so settles this.",
        );
        if let Some(fix) = fix {
            finding = finding.fix(fix.preferred());
        }
        finding.fix(self.steps())
    }

    /// The steps as a decision to be filled in.
    fn steps(&self) -> FixPlan {
        let service = self.cx.name(self.def.item);
        let name = &self.entity.name;
        let docs = [
            "1. Expand: add the new column, index or table beside the old one; write to both.".to_owned(),
            "2. Migrate: fill the new one in small batches; then read from it.".to_owned(),
            "3. Contract: stop writing to the old one; remove it one release later.".to_owned(),
        ];
        let stub = decision_stub(
            self.cx,
            &format!("Migrate{name}"),
            &format!("{service}.{name} changes in steps"),
            &docs,
            service,
        );
        FixPlan::suggest(
            "Plan the steps in a decision",
            vec![Step::AddItemAfter(Place::new(self.def.item, Loc::head(&[])), stub)],
        )
    }

    fn block(&self) -> Place {
        Place::new(self.def.item, Loc::head(&self.entity.loc.path))
    }

    fn fields(&self, findings: &mut Vec<Finding>) {
        let cx = self.cx;
        let added: Vec<_> = self
            .entity
            .fields
            .iter()
            .filter(|field| !field.name.is_empty() && self.old.named("field", &field.name).is_none())
            .collect();
        let mut gone = 0;
        for (name, text) in self.old.each("field") {
            let Some(was) = FieldText::parse(text) else { continue };
            let element = format!("{}.{name}", self.old.path);
            let Some(field) = self.entity.fields.iter().find(|field| field.name == name) else {
                gone += 1;
                let successor = added.iter().find(|field| {
                    let text = field_text(cx, self.def.item, field);
                    FieldText::parse(&text).is_some_and(|now| now.shape == was.shape)
                });
                let message = match successor {
                    Some(new) => format!(
                        "column `{element}` is called `{}` now: what still runs looks for the old one, and its values are lost",
                        new.name
                    ),
                    None => format!("column `{element}` is gone: its values are lost, and what still runs fails"),
                };
                let fix = written(cx, self.def, name, &was).map(|text| {
                    FixPlan::suggest(
                        format!("Put field {name} back"),
                        vec![Step::AddStatement(self.block(), text)],
                    )
                });
                findings.push(self.found(element, cx.place(self.def), message, fix));
                continue;
            };
            let at = Place::new(self.def.item, field.loc.clone());
            let text = field_text(cx, self.def.item, field);
            let Some(now) = FieldText::parse(&text) else { continue };
            let compared = Compared { cx, released: self.released, way: Way::Sent };
            let mut ty = field.ty.clone();
            ty.optional = was.shape.optional;
            let retyped = compared.differs(&was.shape, self.def.item, &ty).is_some() || narrower(was.ty, now.ty);
            let back = || {
                let ty = local_to(cx, self.def, was.ty);
                let place = Place::new(self.def.item, field.loc.with(crate::model::loc::Part::Arg(1)));
                crate::model::contract::writable(cx, &was.shape)
                    .then(|| FixPlan::suggest(format!("Change back to `{ty}`"), vec![Step::Replace(place, ty)]))
            };
            if retyped {
                let message = format!(
                    "column `{element}` was `{}` and is `{}` now: the table is rewritten under a lock, and values that do not fit stop it",
                    local_to(cx, self.def, was.ty),
                    local_to(cx, self.def, now.ty)
                );
                findings.push(self.found(element, at, message, back()));
            } else if was.shape.optional && !now.shape.optional && field.default.is_none() {
                let message = format!("column `{element}` must have a value now: rows without one stop the migration");
                findings.push(self.found(element, at, message, back()));
            } else if now.has("unique") && !was.has("unique") {
                let message = format!("column `{element}` is unique now: rows that share a value stop the migration");
                findings.push(self.found(element, at, message, None));
            }
        }
        for field in added {
            let text = field_text(cx, self.def.item, field);
            let Some(now) = FieldText::parse(&text) else { continue };
            // A new name of an old column is told there.
            if now.settable() && now.required() && gone == 0 {
                let element = format!("{}.{}", self.old.path, field.name);
                let message =
                    format!("column `{element}` is new and must have a value: rows that are there already have none");
                let at = Place::new(self.def.item, field.loc.clone());
                let place = Place::new(self.def.item, field.loc.with(crate::model::loc::Part::Arg(1)));
                let fix = FixPlan::suggest(
                    format!("Make {} optional", field.name),
                    vec![Step::InsertAfter(place, "?".to_owned())],
                );
                findings.push(self.found(element, at, message, Some(fix)));
            }
        }
    }

    fn uniques(&self, findings: &mut Vec<Finding>) {
        for list in &self.entity.uniques {
            let names: Vec<String> = list.iter().map(crate::model::facts::RefFact::text).collect();
            let key = format!("unique ({})", names.join(", "));
            let new_column = names.iter().any(|name| self.old.named("field", name).is_none());
            let Some(first) = list.first().filter(|_| self.old.get(&key).is_none() && !new_column) else {
                continue;
            };
            let message = format!("`{}` has `{key}` now: rows that share these values stop the migration", self.old.path);
            let at = Place::new(self.def.item, Loc::head(&first.loc.path));
            findings.push(self.found(self.old.path.to_string(), at, message, None));
        }
    }

    fn indexes(&self, findings: &mut Vec<Finding>) {
        for (columns, _) in self.old.facts.iter().filter(|(key, _)| key.starts_with("index (")) {
            let names = columns.trim_start_matches("index (").trim_end_matches(')');
            let Some(first) = names.split(", ").next() else { continue };
            let lists = self.entity.indexes.iter().chain(&self.entity.uniques);
            let covered = lists
                .filter_map(|list| list.first())
                .any(|column| column.text() == first)
                || self.entity.fields.iter().any(|field| field.name == first && field.has("unique"));
            let there = self.entity.fields.iter().any(|field| field.name == first);
            let Some(user) = self.user(first).filter(|_| !covered && there) else {
                continue;
            };
            let message = format!(
                "`{columns}` of `{}` is gone, and `{}` still looks rows up by `{first}`: it reads the whole table each time",
                self.old.path,
                self.cx.qualified(user)
            );
            let fix = FixPlan::suggest(
                format!("Put `{columns}` back"),
                vec![Step::AddStatement(self.block(), columns.to_string())],
            );
            let finding = self.found(self.old.path.to_string(), self.cx.place(self.def), message, Some(fix));
            findings.push(finding.related("it is used here", self.cx.place(user)));
        }
    }

    /// A query of the service, or an operation of a resource, that looks rows of the entity up by a field.
    fn user(&self, field: &str) -> Option<Def> {
        let cx = self.cx;
        let item = self.def.item;
        let service = cx.service(item)?;
        let query = service.queries.iter().enumerate().find_map(|(index, query)| {
            let def = Def { item, kind: DefKind::Query(index as u16) };
            let (predicate, _) = query.predicate.as_ref()?;
            if cx.query_entity(def) != Some(self.def) {
                return None;
            }
            let mut found = false;
            predicate.walk(&mut |expr| {
                if let ExprFactKind::Ref(reference) = &expr.kind {
                    found |= reference.path.first().is_some_and(|first| first == field);
                }
            });
            found.then_some(def)
        });
        query.or_else(|| {
            cx.ops(item)
                .find(|op| {
                    let entity = op.op.entity.as_ref();
                    entity.is_some_and(|entity| cx.resolve(item, entity, &[Kind::Entity]) == Some(self.def))
                        && op.op.filter.iter().any(|filter| filter.text() == field)
                })
                .map(|op| op.def)
        })
    }
}

/// Whether a `decimal` holds less than it did, or counts in other parts.
fn narrower(was: &str, now: &str) -> bool {
    let numbers = |text: &str| -> Option<(i64, i64)> {
        let (whole, parts) = text
            .trim_end_matches('?')
            .strip_prefix("decimal(")?
            .strip_suffix(')')?
            .split_once(", ")?;
        Some((whole.parse().ok()?, parts.parse().ok()?))
    };
    match (numbers(was), numbers(now)) {
        (Some(was), Some(now)) => now.0 < was.0 || now.1 != was.1,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed_since, since};

    const ORDER: &str = "entity Order { id: uuid @id; status: string; note: text?; total: decimal(10, 2); index (status); rows 50_000 }\n";
    const QUERY: &str = "query open (s: string) -> [Order] { where status == s; limit 10 }\n";

    fn whole(text: &str) -> String {
        format!("service Orders {{\nstore Db: postgres\n{text}{QUERY}}}\n")
    }

    fn check(from: &str, to: &str) -> Vec<String> {
        since(
            &whole(ORDER),
            &whole(&ORDER.replace(from, to)),
            "evolution.unsafe_schema_change",
        )
    }

    #[test]
    fn columns_that_go_change_or_ask_for_more() {
        assert!(check("", "").is_empty());
        assert_eq!(check("; note: text?", ""), ["3 warning Orders.Order.note"]);
        assert_eq!(check("note: text?", "remark: text?"), ["3 warning Orders.Order.note"]);
        assert_eq!(check("note: text?", "note: json?"), ["3 warning Orders.Order.note"]);
        assert_eq!(check("note: text?", "note: text"), ["3 warning Orders.Order.note"]);
        assert!(check("note: text?", "note: text = \"\"").is_empty());
        assert!(check("note: text?", "note: string?").is_empty());
        assert!(check("(10, 2)", "(12, 2)").is_empty());
        assert_eq!(check("(10, 2)", "(10, 3)"), ["3 warning Orders.Order.total"]);
        assert_eq!(check("note: text?", "note: text?; ward: string"), ["3 warning Orders.Order.ward"]);
        assert!(check("note: text?", "note: text?; ward: string?").is_empty());
        assert!(check("note: text?", "note: text?; at: instant @created").is_empty());
    }

    #[test]
    fn constraints_and_indexes() {
        assert_eq!(check("note: text?", "note: text? @unique"), ["3 warning Orders.Order.note"]);
        assert_eq!(check("rows", "unique (status, total); rows"), ["3 warning Orders.Order"]);
        assert_eq!(check("index (status); ", ""), ["3 warning Orders.Order"]);
        assert!(check("index (status)", "index (status, total)").is_empty());
    }

    #[test]
    fn small_tables_and_new_ones_may_change() {
        let code = "evolution.unsafe_schema_change";
        let after = |text: &str| whole(&text.replace("; note: text?", ""));
        let small = ORDER.replace("50_000", "9_000");
        assert!(since(&whole(&small), &after(&small), code).is_empty());
        assert!(since(&whole(""), &whole(ORDER), code).is_empty());
        let plan = "decision Steps \"Steps\" { status proposed; affects Orders }\n";
        assert!(since(&whole(ORDER), &format!("{}{plan}", after(ORDER)), code).is_empty());
    }

    #[test]
    fn steps_can_be_planned() {
        let after = fixed_since(
            &whole(ORDER),
            &whole(&ORDER.replace("; note: text?", "")),
            "Plan the steps in a decision",
        );
        assert!(
            after.ends_with("decision MigrateOrder \"Orders.Order changes in steps\" {\n  status proposed\n  affects Orders\n}\n"),
            "{after}"
        );
    }
}
