//! What an operation hands on: classified fields that come back from the endpoints it calls and are part of its own answer.
//!
//! The declared return type is the cut: a field that it does not have goes no further, and neither does one that is masked,
//! hashed or tokenized there.

use super::{
    cx::{Cx, OpRef},
    def::Def,
    facts::{Field, Name, Ty, TyKind},
    finding::Place,
    guards::Classified,
    nested::{own_classes, walk},
};
use crate::db::Item;

/// A classified field that an operation hands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The field, where it comes from.
    pub field: Classified,
    /// The endpoints on the way: the one that is called first, and at the end the one that asks its callers to sign in.
    pub way: Vec<Def>,
    /// Whether the answer certainly has it: it is the same field, or one of its name that is classified as well. Else only
    /// a field of its name and type, or `json`, can carry it.
    pub sure: bool,
}

/// What an answer can carry.
#[derive(Default)]
struct Carrier {
    fields: Vec<Carried>,
    /// Whether there is `json` or `bytes` in it.
    anything: bool,
}

struct Carried {
    place: Place,
    name: Name,
    scalar: Option<Name>,
    classified: bool,
}

/// Whether something makes a field unreadable.
fn covered(field: &Field) -> bool {
    ["masked", "tokenized", "hashed"]
        .iter()
        .any(|attribute| field.has(attribute))
}

/// The scalar of a type, also inside a list.
fn scalar(ty: &Ty) -> Option<&Name> {
    match &ty.kind {
        TyKind::Scalar(name, _) => Some(name),
        TyKind::List(inner) => scalar(inner),
        _ => None,
    }
}

impl Carrier {
    fn of(cx: Cx<'_>, item: Item, ty: &Ty) -> Self {
        let opaque = |ty: &Ty| scalar(ty).is_some_and(|name| name == "json" || name == "bytes");
        let mut carrier = Self {
            anything: opaque(ty),
            ..Self::default()
        };
        walk(cx, item, ty, &mut |item, field| {
            if covered(field) {
                return false;
            }
            carrier.anything |= opaque(&field.ty);
            carrier.fields.push(Carried {
                place: Place::new(item, field.loc.clone()),
                name: field.name.clone(),
                scalar: scalar(&field.ty).cloned(),
                classified: own_classes(field).sensitive(),
            });
            true
        });
        carrier
    }

    /// Whether it carries a field; `Some(true)` if that is certain.
    fn carries(&self, cx: Cx<'_>, field: &Classified) -> Option<bool> {
        if self.fields.iter().any(|own| own.place == field.place) {
            return Some(true);
        }
        let name = field.name.rsplit('.').next().unwrap_or_default();
        let named: Vec<&Carried> = self.fields.iter().filter(|own| own.name == name).collect();
        if named.iter().any(|own| own.classified) {
            return Some(true);
        }
        let source = scalar_at(cx, &field.place);
        let alike = named
            .iter()
            .any(|own| own.scalar.is_some() && own.scalar.as_ref() == source);
        (alike || self.anything).then_some(false)
    }
}

/// The scalar of the field at a place.
fn scalar_at<'db>(cx: Cx<'db>, place: &Place) -> Option<&'db Name> {
    let service = cx.service(place.item)?;
    let entities = service.entities.iter().flat_map(|entity| &entity.fields);
    let types = service.types.iter().flat_map(|def| &def.fields);
    let field = entities.chain(types).find(|field| field.loc == place.loc)?;
    scalar(&field.ty)
}

/// The classified fields of an operation's answer that it has from guarded endpoints of other services, or of its own, in the
/// order of its calls. Each field once, by the first way.
pub fn through_calls(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Exposure> {
    let mut found = Vec::new();
    follow(cx, op, &mut vec![op.def], &mut found);
    found
}

fn follow(cx: Cx<'_>, op: OpRef<'_>, entered: &mut Vec<Def>, found: &mut Vec<Exposure>) {
    if op.op.calls.is_empty() {
        return;
    }
    let Some((ty, _)) = &op.op.returns else { return };
    let carrier = Carrier::of(cx, op.def.item, ty);
    for call in &op.op.calls {
        let Some(target) = cx.def(op.def.item, &call.target) else {
            continue;
        };
        let Some(inner) = cx.op(target).filter(|inner| inner.op.is_endpoint()) else {
            continue;
        };
        let mut incoming = Vec::new();
        if cx.guarded(inner) {
            incoming.extend(cx.classified_answer(inner).into_iter().map(|field| Exposure {
                field,
                way: vec![target],
                sure: true,
            }));
        } else if !entered.contains(&target) {
            entered.push(target);
            follow(cx, inner, entered, &mut incoming);
            for exposure in &mut incoming {
                exposure.way.insert(0, target);
            }
        }
        for exposure in incoming {
            let Some(sure) = carrier.carries(cx, &exposure.field) else {
                continue;
            };
            let known = found
                .iter()
                .any(|known| known.field.place == exposure.field.place);
            // What nothing is known about is never a reason for more than a question.
            if !known && exposure.field.classes.sensitive() {
                found.push(Exposure {
                    sure: exposure.sure && sure,
                    ..exposure
                });
            }
        }
    }
}
