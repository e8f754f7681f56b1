//! A foreign model lives on inside an entity.

use archwright_grammar::vocabulary::Kind;
use smol_str::{SmolStr, format_smolstr};

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        dependencies::{Home, home, home_of},
        facts::{Field, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.missing_anticorruption",
    severity: Severity::Warning,
    summary: "A foreign model lives on inside an entity.",
    page: include_str!("../../../../../docs/rules/boundary/missing_anticorruption.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What a field keeps in its class and its protection, wherever its type goes.
const KEPT: &[&str] = &["pii", "phi", "pci", "secret", "encrypted", "hashed", "masked", "tokenized", "public"];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Home::Context(context) = home(cx.db, item) else {
        return;
    };
    let conformed: Vec<(Item, Loc)> = cx
        .context(context)
        .into_iter()
        .flat_map(|facts| &facts.uses)
        .filter(|used| used.via.as_deref() == Some("conformist") && used.because.is_none())
        .filter_map(|used| Some((cx.def(context, &used.context)?.item, used.context.loc.clone())))
        .collect();
    let Some(service) = cx.service(item).filter(|_| !conformed.is_empty()) else {
        return;
    };
    for entity in &service.entities {
        for field in &entity.fields {
            let mut search = Search {
                cx,
                conformed: &conformed,
                entered: Vec::new(),
            };
            let Some((leak, relation)) = search.leak(item, &field.ty) else {
                continue;
            };
            let name = cx.qualified(leak);
            let foreign = home_of(cx.db, leak)
                .and_then(|home| match home {
                    Home::Context(context) => Some(cx.name(context).clone()),
                    _ => None,
                })
                .unwrap_or_default();
            let mut finding = Finding::new(
                RULE.id,
                RULE.severity,
                format_smolstr!("{}.{}.{}", cx.name(item), entity.name, field.name),
                Place::new(item, field.loc.clone()),
                format!(
                    "`{}.{}` is made of `{name}`, a type of context {foreign}: whenever {foreign} changes its mind, stored rows change theirs",
                    entity.name, field.name
                ),
            )
            .help("Give the entity a type of its own and translate at the border (`via anticorruption`); or say with `because` why the foreign model is good enough.")
            .related(format!("`{name}` is declared here"), cx.place(leak))
            .related(format!("{} conforms to {foreign}", cx.name(context)), Place::new(context, relation));
            finding.fixes = own_type(cx, item, field, leak).into_iter().collect();
            findings.push(finding);
        }
    }
}

/// A search for a type of a context that is conformed to, inside a type.
struct Search<'a, 'db> {
    cx: Cx<'db>,
    conformed: &'a [(Item, Loc)],
    entered: Vec<Def>,
}

impl Search<'_, '_> {
    fn leak(&mut self, item: Item, ty: &Ty) -> Option<(Def, Loc)> {
        match &ty.kind {
            TyKind::List(inner) => self.leak(item, inner),
            TyKind::Inline(fields) => fields.iter().find_map(|field| self.leak(item, &field.ty)),
            TyKind::Named(reference) => self.named(item, reference),
            _ => None,
        }
    }

    fn named(&mut self, item: Item, reference: &RefFact) -> Option<(Def, Loc)> {
        let def = self
            .cx
            .resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])?;
        if self.entered.contains(&def) {
            return None;
        }
        self.entered.push(def);
        // A whole entity of another service is more than a type: `boundary.embedded_foreign_entity`.
        if def.entity(self.cx.db).is_some() {
            return None;
        }
        if let Some(Home::Context(context)) = home_of(self.cx.db, def)
            && let Some((_, relation)) = self.conformed.iter().find(|(known, _)| *known == context)
        {
            return Some((def, relation.clone()));
        }
        let facts = def.type_def(self.cx.db)?;
        facts
            .fields
            .iter()
            .find_map(|field| self.leak(def.item, &field.ty))
    }
}

/// A type or enum of the service's own that says the same, where the field names the foreign one directly.
fn own_type(cx: Cx<'_>, item: Item, field: &Field, leak: Def) -> Option<FixPlan> {
    let reference = direct(&field.ty)?;
    if cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) != Some(leak) {
        return None;
    }
    let service = cx.service(item)?;
    let name = leak.name(cx.db);
    let text = match leak.enum_def(cx.db) {
        Some(def) => {
            let members: Vec<&str> = def.members.iter().map(|(name, _)| name.as_str()).collect();
            format!("enum {name} {{ {} }}", members.join(", "))
        }
        None => {
            let fields: Option<Vec<String>> = cx
                .fields_of(leak)
                .into_iter()
                .map(|(_, field)| written(field))
                .collect();
            format!("type {name} {{\n  {}\n}}", fields?.join("\n  "))
        }
    };
    if service.by_name.iter().any(|(known, _)| *known == name) || cx.facts(item).broken {
        return None;
    }
    Some(FixPlan::refactor(
        format!("Give {} its own {name}", cx.name(item)),
        vec![
            Step::Replace(Place::new(item, reference.loc.clone()), name.to_string()),
            Step::AddStatement(Place::new(item, Loc::head(&[])), text),
        ],
    ))
}

fn direct(ty: &Ty) -> Option<&RefFact> {
    match &ty.kind {
        TyKind::Named(reference) => Some(reference),
        TyKind::List(inner) => direct(inner),
        _ => None,
    }
}

/// A field as it would be written, if its type needs nothing of where it comes from.
fn written(field: &Field) -> Option<String> {
    let kept: Vec<&str> = KEPT.iter().copied().filter(|word| field.has(word)).collect();
    let kept = kept.iter().fold(String::new(), |all, word| all + " @" + word);
    Some(format!("{}: {}{kept}", field.name, scalar(&field.ty)?))
}

fn scalar(ty: &Ty) -> Option<SmolStr> {
    let optional = if ty.optional { "?" } else { "" };
    match &ty.kind {
        TyKind::Scalar(name, args) if args.is_empty() => Some(format_smolstr!("{name}{optional}")),
        TyKind::Scalar(name, args) => {
            let args: Vec<String> = args.iter().map(i64::to_string).collect();
            Some(format_smolstr!("{name}({}){optional}", args.join(", ")))
        }
        TyKind::List(inner) => Some(format_smolstr!("[{}]{optional}", scalar(inner)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(relation: &str, field: &str) -> String {
        format!(
            "context Catalogue\ncontext Finance {{ uses Catalogue{relation} }}\ntype Shared {{ a: string }}\n\
             service Catalog in Catalogue {{\n  type Price {{ net: decimal(12, 2); tags: [string]; by: email? }}\n  enum Unit {{ piece, kilogram }}\n  \
             entity Item {{ id: uuid @id }}\n}}\n\
             service Billing in Finance {{\n  type Own {{ price: Catalog.Price }}\n  entity Line {{\n    id: uuid @id\n    {field}\n  }}\n}}\n"
        )
    }

    fn check(relation: &str, field: &str) -> Vec<String> {
        of_rule(&text(relation, field), "boundary.missing_anticorruption")
    }

    #[test]
    fn what_is_conformed_to_stays_outside_of_entities() {
        for field in ["price: Catalog.Price", "price: [Catalog.Price]", "price: Catalog.Unit", "price: Own", "price: { x: Catalog.Price }"] {
            assert_eq!(check(" via conformist", field), ["13 warning Billing.Line.price"], "{field}");
        }
    }

    #[test]
    fn other_relations_reasons_and_references_are_fine() {
        for relation in ["", " via anticorruption", " via open_host", " via conformist because \"a price list is a price list\""] {
            assert_eq!(check(relation, "price: Catalog.Price"), [""; 0], "{relation}");
        }
        for field in ["item: ref Catalog.Item", "a: Shared", "a: money", "item: Catalog.Item"] {
            assert_eq!(check(" via conformist", field), [""; 0], "{field}");
        }
    }

    #[test]
    fn the_service_can_have_its_own() {
        let after = fixed(&text(" via conformist", "price: [Catalog.Price]"), "Give Billing its own Price");
        assert!(after.contains("    price: [Price]\n"), "{after}");
        assert!(after.contains("  type Price {\n    net: decimal(12, 2)\n    tags: [string]\n    by: email?\n  }\n"), "{after}");
        let after = fixed(&text(" via conformist", "unit: Catalog.Unit"), "Give Billing its own Unit");
        assert!(after.contains("    unit: Unit\n") && after.contains("  enum Unit { piece, kilogram }\n"), "{after}");
    }
}
