//! Types by where they stand: what only a request or an answer can hold, and what a page is made of.

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    carriers::{Carrier, Home},
    family::{Family, described, family},
    report::{error, replace, within, written},
};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{Body, ItemFacts, OpKind, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place},
        loc::Loc,
    },
};

/// Checks the type of a field or parameter.
pub(super) fn field(cx: Cx<'_>, item: Item, carrier: &Carrier<'_>, out: &mut Vec<Finding>) {
    let kept = matches!(carrier.home, Home::Entity | Home::Event);
    // What names nothing, or not what it must, is reported as that.
    let found = |word: &str, reference: &RefFact| {
        let kinds: &[Kind] = if word == "page" {
            &[Kind::Entity, Kind::Type]
        } else {
            &[Kind::Entity]
        };
        cx.resolve(item, reference, kinds).is_some()
    };
    if let Some((word, reference)) =
        derived(carrier.ty).filter(|(word, reference)| kept && found(word, reference))
    {
        let what = match word {
            "page" => "one page of an answer",
            "new" => "what a client sends to create a row",
            _ => "what a client sends to change a row",
        };
        let message = format!(
            "`{word} {}` is {what}; {} cannot hold it",
            reference.text(),
            carrier.home.words()
        );
        let finding = error("type.misplaced", item, &carrier.element, &reference.loc, message)
            .help("To refer to a row write `ref`, to keep some of its fields name a projection.");
        let fix = rewritten(item, carrier.type_loc(), carrier.ty, &|reference| {
            TyKind::Ref(reference.clone())
        });
        out.push(with(finding, fix));
        return;
    }
    pages(
        cx,
        item,
        carrier.ty,
        carrier.type_loc().as_ref(),
        &carrier.element,
        out,
    );
}

/// Checks what the operations and queries of an item answer.
pub(super) fn answers(cx: Cx<'_>, item: Item, facts: &ItemFacts, out: &mut Vec<Finding>) {
    let Body::Service(service) = &facts.body else {
        return;
    };
    for query in &service.queries {
        let element = within(facts, &[&query.name]);
        pages(cx, item, &query.returns, None, &element, out);
    }
    for op in &service.ops {
        if matches!(op.kind, OpKind::Resource(_)) {
            continue;
        }
        let Some((ty, loc)) = &op.returns else { continue };
        let element = within(facts, &[&op.name]);
        pages(cx, item, ty, Some(loc), &element, out);
        if op.method == "HEAD" {
            let message = "an answer to HEAD has no body, so nobody ever sees this";
            out.push(
                error("type.misplaced", item, &element, loc, message)
                    .help("Leave the answer out, or make it a GET: each GET answers HEAD too."),
            );
        }
    }
}

/// Checks what the lists of an item's resources are narrowed by.
pub(super) fn filters(cx: Cx<'_>, item: Item, facts: &ItemFacts, out: &mut Vec<Finding>) {
    let Body::Service(service) = &facts.body else {
        return;
    };
    for op in service.ops.iter().filter(|op| !op.filter.is_empty()) {
        let entity = op
            .entity
            .as_ref()
            .and_then(|entity| cx.resolve(item, entity, &[Kind::Entity]));
        let Some((entity, rows)) = entity.and_then(|def| Some((def, def.entity(cx.db)?))) else {
            continue;
        };
        for named in &op.filter {
            let [name] = named.path.as_slice() else { continue };
            let Some(field) = rows.fields.iter().find(|field| field.name == *name) else {
                continue;
            };
            let family = family(cx, entity.item, &field.ty);
            if !matches!(family, Family::Structure | Family::Json) {
                continue;
            }
            let message = format!(
                "`{name}` is {}, and a list is narrowed by values that fit into a query string",
                described(&field.ty, &family)
            );
            out.push(
                error(
                    "type.misplaced",
                    item,
                    &within(facts, &[&op.name]),
                    &named.loc,
                    message,
                )
                .related(
                    format!("`{name}` is declared here"),
                    Place::new(entity.item, field.loc.clone()),
                ),
            );
        }
    }
}

/// The `new`, `patch` or `page` in a type, through lists.
fn derived(ty: &Ty) -> Option<(&'static str, &RefFact)> {
    match &ty.kind {
        TyKind::New(reference) => Some(("new", reference)),
        TyKind::Patch(reference) => Some(("patch", reference)),
        TyKind::Page(reference) => Some(("page", reference)),
        TyKind::List(inner) => derived(inner),
        _ => None,
    }
}

/// Pages of something that has no rows, and lists of pages.
fn pages(cx: Cx<'_>, item: Item, ty: &Ty, loc: Option<&Loc>, element: &SmolStr, out: &mut Vec<Finding>) {
    let Some(("page", reference)) = derived(ty) else {
        return;
    };
    let def = cx.resolve(item, reference, &[Kind::Entity, Kind::Type]);
    let plain = def
        .and_then(|def| def.type_def(cx.db))
        .is_some_and(|def| def.of.is_none());
    if plain {
        let message = format!(
            "`page` is a page of rows, and `{}` has none: it is neither an entity nor a projection of one",
            reference.text()
        );
        let finding = error("type.misplaced", item, element, &reference.loc, message)
            .help("Answer a list, or name a projection: `type Brief of Order { id, status }`.");
        let fix = rewritten(item, loc.cloned(), ty, &|reference| {
            TyKind::List(Box::new(Ty {
                kind: TyKind::Named(reference.clone()),
                optional: false,
            }))
        });
        out.push(with(finding, fix));
    } else if let TyKind::List(inner) = &ty.kind {
        let message = format!(
            "this is a list of pages, and a page of `{}` is a list already",
            reference.text()
        );
        let finding = error("type.misplaced", item, element, &reference.loc, message);
        let fix = loc
            .zip(written(inner))
            .map(|(loc, text)| replace(format!("Write `{text}`"), item, loc, text));
        out.push(with(finding, fix));
    }
}

fn with(finding: Finding, fix: Option<FixPlan>) -> Finding {
    match fix {
        Some(fix) => finding.fix(fix),
        None => finding,
    }
}

/// A repair that puts another kind of type in the place of a `new`, `patch` or `page`.
fn rewritten(item: Item, loc: Option<Loc>, ty: &Ty, make: &impl Fn(&RefFact) -> TyKind) -> Option<FixPlan> {
    fn other(ty: &Ty, make: &impl Fn(&RefFact) -> TyKind) -> Ty {
        let kind = match &ty.kind {
            TyKind::New(reference) | TyKind::Patch(reference) | TyKind::Page(reference) => make(reference),
            TyKind::List(inner) => TyKind::List(Box::new(other(inner, make))),
            kind => kind.clone(),
        };
        Ty {
            kind,
            optional: ty.optional,
        }
    }
    let text = written(&other(ty, make))?;
    Some(replace(format!("Write `{text}`"), item, &loc?, text))
}
