//! The fields inside a type, however deep.

use archwright_grammar::vocabulary::Kind;

use super::{
    classes::Classes,
    cx::Cx,
    def::Def,
    facts::{Field, Ty, TyKind},
};
use crate::db::Item;

/// Calls `each` with every field inside a type (of lists, structures, entities, projections) and the item it is written in.
/// Where `each` says no, the search goes no deeper. A type that occurs twice is entered once, so circles end.
pub fn walk<'db>(cx: Cx<'db>, item: Item, ty: &'db Ty, each: &mut impl FnMut(Item, &'db Field) -> bool) {
    inside(cx, item, ty, &mut Vec::new(), each);
}

fn inside<'db>(
    cx: Cx<'db>,
    item: Item,
    ty: &'db Ty,
    entered: &mut Vec<Def>,
    each: &mut impl FnMut(Item, &'db Field) -> bool,
) {
    match &ty.kind {
        TyKind::List(inner) => inside(cx, item, inner, entered, each),
        TyKind::Inline(fields) => {
            for field in fields {
                if each(item, field) {
                    inside(cx, item, &field.ty, entered, each);
                }
            }
        }
        TyKind::Named(reference)
        | TyKind::New(reference)
        | TyKind::Patch(reference)
        | TyKind::Page(reference) => {
            let Some(def) = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) else {
                return;
            };
            fields(cx, def, entered, each);
        }
        TyKind::Scalar(..) | TyKind::Ref(_) | TyKind::Error => {}
    }
}

/// The same for an entity, type or event.
pub fn walk_def<'db>(cx: Cx<'db>, def: Def, each: &mut impl FnMut(Item, &'db Field) -> bool) {
    fields(cx, def, &mut Vec::new(), each);
}

fn fields<'db>(
    cx: Cx<'db>,
    def: Def,
    entered: &mut Vec<Def>,
    each: &mut impl FnMut(Item, &'db Field) -> bool,
) {
    if entered.contains(&def) {
        return;
    }
    entered.push(def);
    for (def, field) in cx.fields_of(def) {
        if each(def.item, field) {
            inside(cx, def.item, &field.ty, entered, each);
        }
    }
}

/// The classes that a field itself states or has by nature, without what is inside its type.
pub fn own_classes(field: &Field) -> Classes {
    fn nature(ty: &Ty) -> Classes {
        match &ty.kind {
            TyKind::Scalar(name, _) if matches!(name.as_str(), "email" | "phone") => Classes::PII,
            TyKind::List(inner) => nature(inner),
            _ => Classes::NONE,
        }
    }
    field
        .attributes
        .iter()
        .fold(nature(&field.ty), |classes, attribute| {
            classes.union(Classes::of_attribute(&attribute.name))
        })
}

/// The classes of a field and of everything inside it. Where `protected` holds, neither the field nor what is in it counts.
pub fn stored_classes(cx: Cx<'_>, item: Item, field: &Field, protected: impl Fn(&Field) -> bool) -> Classes {
    if protected(field) {
        return Classes::NONE;
    }
    let mut classes = own_classes(field);
    walk(cx, item, &field.ty, &mut |_, field| {
        if protected(field) {
            return false;
        }
        classes = classes.union(own_classes(field));
        true
    });
    classes
}
