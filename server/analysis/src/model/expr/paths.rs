//! Paths through fields: where they lead, and why they do not go on.

use archwright_grammar::vocabulary::Kind;

use super::sort::known_type;
use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::Def,
        facts::{Field, Name, Ty, TyKind},
    },
};

pub(super) const STRUCTURES: &[Kind] = &[Kind::Type, Kind::Enum, Kind::Entity];

/// Where a path has come to.
pub(super) struct Reached<'t> {
    pub(super) item: Item,
    pub(super) ty: &'t Ty,
    /// The field, where it has a definition of its own.
    pub(super) def: Option<Def>,
    /// Whether there is always something.
    pub(super) always: bool,
}

/// What a path begins with.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Start {
    /// A row: references to other rows can be followed. Whether those of another service may be is for the rules to judge.
    Row,
    /// A parameter, a body, an event: what it refers to is not with it.
    Payload,
}

/// Why a path does not go on.
pub(super) enum Stuck<'t> {
    /// Something on the way is unknown or wrong, which is reported elsewhere.
    Silent,
    /// What is inside is not known to the checks.
    Opaque,
    /// There is no such name inside: segment, what it is inside of, and what is there.
    Unknown(usize, String, Vec<Name>),
    /// Nothing is inside: segment before, and its type.
    Plain(usize, Reached<'t>),
    /// The way leads to rows that are not at hand: the entity.
    Away(usize, Def),
}

/// Follows a path through types; `at` is the number of the first segment of `rest`.
pub(super) fn follow<'t>(
    cx: Cx<'t>,
    start: Reached<'t>,
    rest: &[Name],
    from: Start,
    mut at: usize,
) -> Result<Reached<'t>, Stuck<'t>> {
    let mut reached = start;
    for name in rest {
        let always = reached.always;
        let inline = |fields: &'t [Field], item: Item| {
            fields
                .iter()
                .find(|field| field.name == *name)
                .map(|field| Reached {
                    item,
                    ty: &field.ty,
                    def: None,
                    always: always && !field.ty.optional,
                })
                .ok_or_else(|| {
                    let names = fields.iter().map(|field| field.name.clone()).collect();
                    Stuck::Unknown(at, "the structure".to_owned(), names)
                })
        };
        if !known_type(cx, reached.item, reached.ty) {
            return Err(Stuck::Silent);
        }
        reached = match &reached.ty.kind {
            TyKind::Scalar(scalar, _) if scalar == "json" => return Err(Stuck::Opaque),
            TyKind::Scalar(..) | TyKind::List(_) | TyKind::Page(_) => return Err(Stuck::Plain(at, reached)),
            TyKind::Error => return Err(Stuck::Silent),
            TyKind::Inline(fields) => inline(fields, reached.item)?,
            TyKind::Ref(reference)
            | TyKind::Named(reference)
            | TyKind::New(reference)
            | TyKind::Patch(reference) => {
                let Some(owner) = cx.resolve(reached.item, reference, STRUCTURES) else {
                    return Err(Stuck::Silent);
                };
                if owner.enum_def(cx.db).is_some() {
                    return Err(Stuck::Plain(at, reached));
                }
                // Following a reference means reading another row.
                if from == Start::Payload && matches!(reached.ty.kind, TyKind::Ref(_)) {
                    return Err(Stuck::Away(at, owner));
                }
                let fields = cx.fields_of(owner);
                let partial = matches!(reached.ty.kind, TyKind::Patch(_) | TyKind::New(_));
                match fields.iter().find(|(_, field)| field.name == *name) {
                    Some((def, field)) => Reached {
                        item: def.item,
                        ty: &field.ty,
                        def: Some(*def),
                        always: always && !partial && !field.ty.optional,
                    },
                    None => {
                        let names = fields.iter().map(|(_, field)| field.name.clone()).collect();
                        return Err(Stuck::Unknown(at, cx.qualified(owner).to_string(), names));
                    }
                }
            }
        };
        at += 1;
    }
    Ok(reached)
}
