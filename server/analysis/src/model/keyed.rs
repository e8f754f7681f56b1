//! What the fields of an event say about which row it is about.

use archwright_codegen::names::snake;
use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use super::{
    cx::Cx,
    def::Def,
    facts::{Entity, Event, Field, Ty, TyKind},
};

/// Whether a field of an event names a row of an entity: it refers to it, or is called after it.
pub fn names_row(cx: Cx<'_>, event: Def, field: &Field, entity: Def) -> bool {
    if let TyKind::Ref(reference) = &field.ty.kind
        && let Some(def) = cx.resolve(event.item, reference, &[Kind::Entity])
    {
        return def == entity;
    }
    let single = snake(&entity.name(cx.db));
    is_identity(&field.ty)
        && (field.name == single || field.name.strip_suffix("_id") == Some(single.as_str()))
}

/// Whether one row of an entity belongs to each value of an event's field: it names the row, or a field of that name is unique.
pub fn is_row_key(cx: Cx<'_>, event: Def, field: &Field, entity: Def) -> bool {
    names_row(cx, event, field, entity)
        || cx
            .entity(entity)
            .is_some_and(|facts| is_unique(facts, &field.name))
}

fn is_unique(entity: &Entity, name: &SmolStr) -> bool {
    let alone = entity
        .uniques
        .iter()
        .any(|fields| matches!(fields.as_slice(), [one] if one.path.as_slice() == [name.clone()]));
    alone
        || entity
            .fields
            .iter()
            .any(|field| field.name == *name && (field.has("id") || field.has("unique")))
}

/// The fields of an event that its key names.
pub fn key_fields(event: &Event) -> impl Iterator<Item = &Field> {
    event.fields.iter().filter(|field| {
        event
            .key
            .iter()
            .any(|key| key.path.len() == 1 && key.path[0] == field.name)
    })
}

/// The fields of an event that could be its key: whatever is an identity and always there.
pub fn identity_fields(event: &Event) -> impl Iterator<Item = &Field> {
    event
        .fields
        .iter()
        .filter(|field| is_identity(&field.ty) && !field.ty.optional)
}

/// Whether a type is what rows are named by.
fn is_identity(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(name, _) => matches!(name.as_str(), "uuid" | "string" | "long" | "int"),
        TyKind::Ref(_) => true,
        _ => false,
    }
}
