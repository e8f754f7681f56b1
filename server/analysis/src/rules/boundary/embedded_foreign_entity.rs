//! An entity holds another service's rows inside its own.

use archwright_grammar::vocabulary::Kind;
use smol_str::format_smolstr;

use crate::{
    db::{Item, resolved},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Entity, Field, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.embedded_foreign_entity",
    severity: Severity::Warning,
    summary: "An entity holds another service's rows inside its own.",
    page: include_str!("../../../../../docs/rules/boundary/embedded_foreign_entity.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for entity in &service.entities {
        for field in &entity.fields {
            let mut embedded = Vec::new();
            foreign(cx, item, &field.ty, &mut embedded);
            if let Some((reference, other)) = embedded.first() {
                findings.push(of_field(cx, item, entity, field, reference, *other));
            }
        }
        for (word, lists) in [("unique", &entity.uniques), ("index", &entity.indexes)] {
            for named in lists.iter().flatten().filter(|named| named.path.len() > 1) {
                findings.extend(of_list(cx, item, entity, word, named));
            }
        }
    }
}

/// The entities of other services that a type, as it is written here, holds whole.
fn foreign<'db>(cx: Cx<'db>, item: Item, ty: &'db Ty, found: &mut Vec<(&'db RefFact, Def)>) {
    match &ty.kind {
        TyKind::List(inner) => foreign(cx, item, inner, found),
        TyKind::Inline(fields) => {
            for field in fields {
                foreign(cx, item, &field.ty, found);
            }
        }
        TyKind::Named(reference) => {
            let def = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]);
            if let Some(def) = def.filter(|def| def.item != item && def.entity(cx.db).is_some()) {
                found.push((reference, def));
            }
        }
        _ => {}
    }
}

fn of_field(cx: Cx<'_>, item: Item, entity: &Entity, field: &Field, reference: &RefFact, other: Def) -> Finding {
    let written = reference.text();
    Finding::new(
        RULE.id,
        RULE.severity,
        format_smolstr!("{}.{}.{}", cx.name(item), entity.name, field.name),
        Place::new(item, reference.loc.clone()),
        format!(
            "`{}.{}` holds a whole `{}` of another service: the copy is old as soon as `{}` changes its own",
            entity.name,
            field.name,
            cx.qualified(other),
            cx.name(other.item)
        ),
    )
    .help(format!(
        "Keep its identity (`ref {written}`), or a type of your own with the few fields that you need, filled from its events."
    ))
    .related(format!("`{}` belongs to `{}`", other.name(cx.db), cx.name(other.item)), cx.place(other))
    .fix(
        FixPlan::suggest(
            format!("Keep a ref to {written} in {}", field.name),
            vec![Step::Replace(
                Place::new(item, reference.loc.clone()),
                format!("ref {written}"),
            )],
        )
        .preferred(),
    )
}

/// A list of fields that goes through a `ref` into the table of another service.
fn of_list(cx: Cx<'_>, item: Item, entity: &Entity, word: &str, named: &RefFact) -> Option<Finding> {
    let far = resolved(cx.db, item).get(&named.loc)?;
    if far.item == item || !matches!(far.kind, DefKind::EntityField(..)) {
        return None;
    }
    let promise = if word == "unique" {
        "no database can promise that"
    } else {
        "no database can keep it up to date"
    };
    Some(
        Finding::new(
            RULE.id,
            RULE.severity,
            format_smolstr!("{}.{}", cx.name(item), entity.name),
            Place::new(item, named.loc.clone()),
            format!(
                "`{word}` of `{}` goes by `{}` into the rows of `{}`: {promise} over two services",
                entity.name,
                named.text(),
                cx.name(far.item)
            ),
        )
        .help("Name fields of this entity only; what you need of the other one, keep as a field that its events fill.")
        .related(format!("`{}` is declared here", cx.qualified(far)), cx.place(far)),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(field: &str) -> Vec<String> {
        of_rule(
            &format!(
                "type Address {{ street: string }}\nservice Orders {{\n  entity Order {{ id: uuid @id; number: string }}\n  type Card of Order {{ id, number }}\n}}\n\
                 service Billing {{\n  entity Line {{ id: uuid @id }}\n  type Copy of Orders.Order {{ id, number }}\n  entity Invoice {{ id: uuid @id; {field} }}\n}}\n"
            ),
            "boundary.embedded_foreign_entity",
        )
    }

    #[test]
    fn rows_of_others_do_not_lie_in_ones_own() {
        assert_eq!(check("order: Orders.Order"), ["9 warning Billing.Invoice.order"]);
        assert_eq!(check("orders: [Orders.Order]"), ["9 warning Billing.Invoice.orders"]);
        assert_eq!(check("what: { order: Orders.Order? }"), ["9 warning Billing.Invoice.what"]);
        assert_eq!(check("order: ref Orders.Order; unique (order.number)"), ["9 warning Billing.Invoice"]);
    }

    #[test]
    fn identities_shared_types_and_projections_are_fine() {
        for field in ["order: ref Orders.Order", "to: Address", "order: Copy", "order: Orders.Card", "line: ref Line; index (line)"] {
            assert_eq!(check(field), [""; 0], "{field}");
        }
    }

    #[test]
    fn it_can_become_a_reference() {
        let text = "service Orders {\n  entity Order { id: uuid @id }\n}\nservice Billing {\n  entity Invoice {\n    id: uuid @id\n    order: Orders.Order?\n    all: [Orders.Order]\n  }\n}\n";
        assert!(fixed(text, "Keep a ref to Orders.Order in order").contains("order: ref Orders.Order?\n"));
        assert!(fixed(text, "Keep a ref to Orders.Order in all").contains("all: [ref Orders.Order]\n"));
    }
}
