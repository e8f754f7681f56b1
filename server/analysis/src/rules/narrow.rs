//! Answering with less: projections that leave fields out.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use crate::{
    db::Item,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Field, OpKind, RefFact, Ty, TyKind},
        finding::{FixPlan, Place, Step},
        loc::Loc,
    },
};

/// Answering with what is left: an existing projection, or a new one. Where the leaking fields are the entity's own.
pub(crate) fn projections(cx: Cx<'_>, op: OpRef<'_>, ty: &Ty, leaks: &[(Item, &Field)]) -> Vec<FixPlan> {
    let item = op.def.item;
    let Some(reference) = named(ty).filter(|_| !matches!(op.op.kind, OpKind::Resource(_))) else {
        return Vec::new();
    };
    let Some(entity) = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) else {
        return Vec::new();
    };
    let Some(facts) = entity.entity(cx.db).filter(|_| entity.item == item) else {
        return Vec::new();
    };
    let own = |(leak_item, leak): &(Item, &Field)| {
        *leak_item == item && facts.fields.iter().any(|field| field.loc == leak.loc)
    };
    let leaks_field = |name: &str| leaks.iter().any(|(_, leak)| leak.name == name);
    let kept: Vec<&str> = facts
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .filter(|name| !leaks_field(name))
        .collect();
    if !leaks.iter().all(own) || kept.is_empty() {
        return Vec::new();
    }
    let at = Place::new(item, reference.loc.clone());
    let mut fixes: Vec<FixPlan> = op
        .service
        .types
        .iter()
        .filter(|def| {
            let of = def.of.as_ref().and_then(|of| cx.def(item, of));
            of == Some(entity) && !def.projected.iter().any(|(name, _)| leaks_field(name))
        })
        .map(|def| {
            FixPlan::suggest(
                format!("Answer with {}", def.name),
                vec![Step::Replace(at.clone(), def.name.to_string())],
            )
        })
        .collect();
    let view = unused_name(cx, item, &format!("{}View", facts.name));
    let without: Vec<&str> = leaks.iter().map(|(_, field)| field.name.as_str()).collect();
    fixes.push(FixPlan::refactor(
        format!("Answer with a projection without {}", without.join(", ")),
        vec![
            Step::Replace(at, view.clone()),
            Step::AddStatement(
                Place::new(item, Loc::head(&[])),
                format!("type {view} of {} {{ {} }}", facts.name, kept.join(", ")),
            ),
        ],
    ));
    fixes
}

/// The entity named by a type, also in a list or page.
pub(crate) fn named(ty: &Ty) -> Option<&RefFact> {
    match &ty.kind {
        TyKind::Named(reference) | TyKind::Page(reference) => Some(reference),
        TyKind::List(inner) => named(inner),
        _ => None,
    }
}

/// A name for a type that nothing has yet.
pub(crate) fn unused_name(cx: Cx<'_>, item: Item, wanted: &str) -> String {
    let taken = |name: &str| {
        let reference = RefFact {
            path: smallvec::SmallVec::from_iter([SmolStr::from(name)]),
            kind: None,
            loc: Loc::head(&[]),
        };
        let found: Option<Def> = cx.resolve(item, &reference, &[Kind::Type, Kind::Enum, Kind::Entity]);
        found.is_some()
    };
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    name
}
