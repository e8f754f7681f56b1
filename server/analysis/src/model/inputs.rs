//! What a client sends: the fields of request bodies, however deep.

use archwright_grammar::vocabulary::Kind;

use super::{
    cx::{Cx, OpRef},
    def::Def,
    facts::{Field, Param, ParamFrom, Ty, TyKind},
    guards::settable,
};
use crate::db::Item;

/// Calls `each` with every field that a client may send in the body of an operation, and the item it is written in. A type that
/// occurs twice is entered once, so circles end.
pub fn body_fields<'db>(cx: Cx<'db>, op: OpRef<'db>, each: &mut impl FnMut(Item, &'db Field)) {
    for ty in body(op).filter_map(|param| param.ty.as_ref()) {
        inside(cx, op.def.item, ty, &mut Vec::new(), each);
    }
}

/// The parameters of an operation that are its body: one at most, where the text is right.
pub fn body(op: OpRef<'_>) -> impl Iterator<Item = &Param> {
    op.op.params.iter().filter(|param| param.from == ParamFrom::Body)
}

/// The fields that a body has itself, without those inside of them.
pub fn own_fields<'db>(cx: Cx<'db>, op: OpRef<'db>) -> Vec<&'db Field> {
    let mut found = Vec::new();
    for ty in body(op).filter_map(|param| param.ty.as_ref()) {
        match &ty.kind {
            TyKind::Inline(fields) => found.extend(fields),
            TyKind::Named(reference) | TyKind::New(reference) | TyKind::Patch(reference) => {
                let kinds = [Kind::Type, Kind::Entity];
                let Some(def) = cx.resolve(op.def.item, reference, &kinds) else {
                    continue;
                };
                let derived = !matches!(ty.kind, TyKind::Named(_));
                let fields = cx.fields_of(def).into_iter().map(|(_, field)| field);
                found.extend(fields.filter(|field| !derived || settable(field)));
            }
            _ => {}
        }
    }
    found
}

fn inside<'db>(
    cx: Cx<'db>,
    item: Item,
    ty: &'db Ty,
    entered: &mut Vec<Def>,
    each: &mut impl FnMut(Item, &'db Field),
) {
    match &ty.kind {
        TyKind::List(inner) => inside(cx, item, inner, entered, each),
        TyKind::Inline(fields) => {
            for field in fields {
                each(item, field);
                inside(cx, item, &field.ty, entered, each);
            }
        }
        TyKind::Named(reference) | TyKind::New(reference) | TyKind::Patch(reference) => {
            let kinds = [Kind::Type, Kind::Enum, Kind::Entity];
            let Some(def) = cx.resolve(item, reference, &kinds) else {
                return;
            };
            if entered.contains(&def) {
                return;
            }
            entered.push(def);
            let derived = !matches!(ty.kind, TyKind::Named(_));
            for (def, field) in cx.fields_of(def) {
                if !derived || settable(field) {
                    each(def.item, field);
                    inside(cx, def.item, &field.ty, entered, each);
                }
            }
        }
        TyKind::Scalar(..) | TyKind::Ref(_) | TyKind::Page(_) | TyKind::Error => {}
    }
}
