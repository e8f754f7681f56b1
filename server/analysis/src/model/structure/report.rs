//! What the checks of structure share to say what they found.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        facts::{ItemFacts, Name, RefFact, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
};

/// The qualified name of something in an item.
pub(super) fn within(facts: &ItemFacts, names: &[&Name]) -> SmolStr {
    let mut whole = facts.name.to_string();
    for name in names.iter().filter(|name| !name.is_empty()) {
        whole.push('.');
        whole.push_str(name);
    }
    whole.into()
}

/// An error at a place of an item.
pub(super) fn error(
    code: &'static str,
    item: Item,
    element: &SmolStr,
    loc: &Loc,
    message: impl Into<String>,
) -> Finding {
    Finding::new(
        code,
        Severity::Error,
        element.clone(),
        Place::new(item, loc.clone()),
        message,
    )
}

/// A repair that puts other text in a place.
pub(super) fn replace(title: impl Into<String>, item: Item, loc: &Loc, text: impl Into<String>) -> FixPlan {
    let step = Step::Replace(Place::new(item, loc.clone()), text.into());
    FixPlan::suggest(title, vec![step]).preferred()
}

/// A repair that takes a part of a line away.
pub(super) fn cut(title: impl Into<String>, item: Item, loc: &Loc) -> FixPlan {
    FixPlan::suggest(title, vec![Step::Cut(Place::new(item, loc.clone()))]).preferred()
}

/// A type as it is written; `None` for what has no short form.
pub(super) fn written(ty: &Ty) -> Option<String> {
    let prefixed = |word: &str, reference: &RefFact| format!("{word} {}", named(reference));
    let mut text = match &ty.kind {
        TyKind::Scalar(name, args) if args.is_empty() => name.to_string(),
        TyKind::Scalar(name, args) => {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            format!("{name}({})", args.join(", "))
        }
        TyKind::Named(reference) => named(reference),
        TyKind::Ref(reference) => prefixed("ref", reference),
        TyKind::New(reference) => prefixed("new", reference),
        TyKind::Patch(reference) => prefixed("patch", reference),
        TyKind::Page(reference) => prefixed("page", reference),
        TyKind::List(inner) => format!("[{}]", written(inner)?),
        TyKind::Inline(_) | TyKind::Error => return None,
    };
    if ty.optional {
        text.push('?');
    }
    Some(text)
}

fn named(reference: &RefFact) -> String {
    match &reference.kind {
        Some(kind) => format!("{kind} {}", reference.text()),
        None => reference.text(),
    }
}
