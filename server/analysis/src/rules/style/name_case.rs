//! A name is written in another style than its kind.

use std::sync::Arc;

use archwright_codegen::names::{pascal, snake};
use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, Name, OpKind},
        finding::{Finding, Place},
        loc::{Loc, Part},
    },
    rules::{
        Check, Rule,
        renaming::{ITEMS, Renames},
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "style.name_case",
    severity: Severity::Hint,
    summary: "A name is not written as its kind is.",
    cwe: &[1099],
    page: include_str!("../../../../../docs/rules/style/name_case.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// Two styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// `OrderLine`
    Pascal,
    /// `order_line`
    Snake,
}

impl Case {
    fn fits(self, name: &str) -> bool {
        let letters = name.trim_start_matches('_');
        match self {
            Self::Pascal => {
                letters.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
                    && !letters.contains('_')
            }
            Self::Snake => !letters.contains(|c: char| c.is_ascii_uppercase()),
        }
    }

    fn of(self, name: &str) -> SmolStr {
        match self {
            Self::Pascal => pascal(name).into(),
            Self::Snake => snake(name).into(),
        }
    }
}

/// A name that has another style, and how it would be written.
type Misnamed = (Def, SmolStr);

/// The names in one item that are not written as they should be; for nearly all items none.
#[salsa::tracked(returns(ref))]
fn misnamed(db: &dyn Db, item: Item) -> Option<Arc<[Misnamed]>> {
    let cx = Cx { db };
    let facts = cx.facts(item);
    let mut found: Vec<Misnamed> = Vec::new();
    let mut judge = |kind: DefKind, name: &Name, case: Case| {
        if !name.is_empty() && !case.fits(name) {
            let wanted = case.of(name);
            if case.fits(&wanted) && !wanted.is_empty() {
                found.push((Def { item, kind }, wanted));
            }
        }
    };
    judge(DefKind::Item, &facts.name, Case::Pascal);
    match &facts.body {
        Body::Type(def) => {
            for (index, field) in def.fields.iter().enumerate() {
                judge(DefKind::ItemField(index as u16), &field.name, Case::Snake);
            }
        }
        Body::Service(service) => {
            macro_rules! members {
                ($list:ident, $kind:ident, $case:ident) => {
                    for (index, member) in service.$list.iter().enumerate() {
                        judge(DefKind::$kind(index as u16), &member.name, Case::$case);
                    }
                };
            }
            macro_rules! fields {
                ($list:ident, $kind:ident, $inner:ident) => {
                    for (owner, member) in service.$list.iter().enumerate() {
                        for (index, field) in member.$inner.iter().enumerate() {
                            judge(
                                DefKind::$kind(owner as u16, index as u16),
                                &field.name,
                                Case::Snake,
                            );
                        }
                    }
                };
            }
            members!(stores, Store, Pascal);
            members!(entities, Entity, Pascal);
            members!(types, Type, Pascal);
            members!(enums, Enum, Pascal);
            members!(errors, Error, Pascal);
            members!(events, Event, Pascal);
            members!(components, Component, Pascal);
            members!(queries, Query, Snake);
            members!(caches, Cache, Snake);
            fields!(entities, EntityField, fields);
            fields!(types, TypeField, fields);
            fields!(events, EventField, fields);
            fields!(queries, QueryParam, params);
            for (owner, op) in service.ops.iter().enumerate() {
                // The names of a resource's operations are made.
                if !matches!(op.kind, OpKind::Resource(_)) {
                    judge(DefKind::Op(owner as u16), &op.name, Case::Snake);
                    for (index, param) in op.params.iter().enumerate() {
                        judge(DefKind::OpParam(owner as u16, index as u16), &param.name, Case::Snake);
                    }
                }
            }
        }
        _ => {}
    }
    (!found.is_empty()).then(|| Arc::from(found))
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut all: Vec<Misnamed> = Vec::new();
    for kind in ITEMS {
        for &item in cx.items(*kind).iter() {
            if let Some(names) = misnamed(cx.db, item) {
                all.extend(names.iter().cloned());
            }
        }
    }
    if all.is_empty() {
        return;
    }
    let mut renames = Renames::of(cx, &all);
    findings.extend(all.iter().map(|(def, wanted)| report(cx, *def, wanted, &mut renames)));
}

/// What a definition is called in a sentence, and how names of its kind are written.
fn words(cx: Cx<'_>, def: Def) -> &'static str {
    match def.kind {
        DefKind::OpParam(..) | DefKind::QueryParam(..) => "parameters",
        _ => match def.word_kind(cx.db) {
            Kind::Field => "fields",
            Kind::Endpoint => "endpoints",
            Kind::Handler => "handlers",
            Kind::Job => "jobs",
            Kind::Webhook => "webhooks",
            Kind::Query => "queries",
            Kind::Cache => "caches",
            Kind::Entity => "entities",
            Kind::Event => "events",
            Kind::Store => "stores",
            Kind::Type => "types",
            Kind::Enum => "enums",
            Kind::Error => "errors",
            Kind::Component => "components",
            Kind::Service => "services",
            Kind::Policy => "policies",
            Kind::Role => "roles",
            Kind::Team => "teams",
            Kind::Context => "contexts",
            Kind::Vendor => "vendors",
            Kind::Client => "clients",
            Kind::Broker => "brokers",
            Kind::Auth => "schemes",
            _ => "items",
        },
    }
}

fn report(cx: Cx<'_>, def: Def, wanted: &SmolStr, renames: &mut Renames<'_>) -> Finding {
    let name = def.name(cx.db);
    let message = format!(
        "{} are written like `{wanted}`, so `{name}` looks like something else, and generated code has to rename it",
        words(cx, def)
    );
    let at = match def.kind {
        DefKind::Item => Place::new(def.item, Loc::at(&[], Part::Name)),
        _ => cx.place(def),
    };
    let finding = Finding::new(RULE.id, RULE.severity, cx.qualified(def), at.clone(), message)
        .help(format!("Write `{wanted}`, here and wherever it is named."));
    match renames.fix(cx, def, wanted) {
        Some(fix) => finding.fix(fix.preferred()),
        None => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    #[test]
    fn each_kind_has_its_style() {
        let text = "role clerk: staff
team Platform_Team
service order_service {
  store ordersDb: postgres
  entity orderLine { id: uuid @id; unitPrice: int }
  event order_placed v1 { key id; id: uuid }
  query openOrders (sinceDay: date) -> [orderLine] { where unitPrice > 1; limit 5 }
  endpoint getOrder GET /v1/orders/{id} -> orderLine { reads orderLine }
  job Tidy every 1d { deletes orderLine }
}
";
        let found = of_rule(text, RULE.id);
        assert_eq!(found.len(), 11, "{found:#?}");
        let right = "role Clerk: staff
service ERP {
  store ErpDb: postgres
  enum State { open, Closed }
  entity Order2 { id: uuid @id; line_2: int; state: State }
  resource Order2 at /v1/orders { list { } }
}
";
        assert_eq!(of_rule(right, RULE.id), [""; 0]);
    }

    #[test]
    fn it_is_renamed_everywhere() {
        let text = "role clerk: staff
auth Session: cookie
service Orders {
  auth Session
  entity orderLine { id: uuid @id; unitPrice: int; index (unitPrice) }
  type Brief of orderLine { id, unitPrice }
  endpoint getOrder GET /v1/orders/{id} -> orderLine { allow clerk; reads orderLine }
}
service Bills {
  auth Session
  endpoint bill GET /v1/bill -> Orders.orderLine { allow clerk; calls Orders.getOrder { timeout 1s }; sends Orders.orderLine.unitPrice to Mail }
}
vendor Mail: http { timeout 1s }
";
        // One at a time, each leaves a text whose names are known.
        let title = "Rename to unit_price everywhere";
        assert!(fixed(text, title).contains("sends Orders.orderLine.unit_price to Mail"));
        let mut after = text.to_owned();
        for title in [
            "Rename to Clerk everywhere",
            "Rename to OrderLine everywhere",
            "Rename to unit_price everywhere",
            "Rename to get_order everywhere",
        ] {
            after = fixed(&after, title);
        }
        let wanted = text
            .replace("clerk", "Clerk")
            .replace("orderLine", "OrderLine")
            .replace("unitPrice", "unit_price")
            .replace("getOrder", "get_order");
        assert_eq!(after, wanted);
        assert!(!check(&after).iter().any(|line| line.contains("name.")));
    }

    #[test]
    fn what_is_there_already_is_not_renamed_to() {
        let text = "service Orders { entity Order { id: uuid @id; unitPrice: int; unit_price: int } }\n";
        let host = crate::testing::diagnostics(text);
        let found = host.iter().find(|found| found.code == RULE.id).expect("found");
        assert!(found.fixes.is_empty());
    }
}
