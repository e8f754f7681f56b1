//! Personal data: which entities hold it, which of them are copies of others, and which vendors get it.

use std::sync::Arc;

use archwright_codegen::names::snake;
use archwright_grammar::vocabulary::Kind;
use smol_str::{SmolStr, format_smolstr};

use super::{
    classes::Classes,
    cx::{Cx, OpRef},
    def::{Def, DefKind},
    facts::{Access, Ty, TyKind},
    loc::Loc,
    nested::stored_classes,
    transfers::transfers,
};
use crate::db::{Db, Item};

/// Classes of data about a person.
pub const PERSONAL: Classes = Classes::PII.union(Classes::PHI);

/// Whether a type is an identity, or a list of them: that says of whom something is, and nothing about them.
pub fn refers(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Ref(_) => true,
        TyKind::List(inner) => refers(inner),
        _ => false,
    }
}

/// The fields of an entity, type or event that hold something about a person, as stored.
pub fn personal_fields(cx: Cx<'_>, def: Def) -> Vec<(Def, Classes)> {
    cx.fields_of(def)
        .into_iter()
        .filter(|(_, field)| !refers(&field.ty))
        .map(|(def, field)| (def, stored_classes(cx, def.item, field, |_| false)))
        .filter(|(_, classes)| classes.any(PERSONAL))
        .collect()
}

/// The entities of a service that keep something about a person. What is only in memory is gone by itself, and reference data
/// is about nobody.
#[salsa::tracked(returns(ref))]
pub fn personal_entities(db: &dyn Db, item: Item) -> Arc<[Def]> {
    let cx = Cx { db };
    let in_memory = |entity: Def| {
        cx.store_of(entity)
            .and_then(|store| cx.physical_store(store).store(db))
            .is_some_and(|store| store.kind == "memory")
    };
    cx.entities(item)
        .filter(|(entity, facts)| {
            facts.reference.is_none() && !personal_fields(cx, *entity).is_empty() && !in_memory(*entity)
        })
        .map(|(entity, _)| entity)
        .collect()
}

/// Whether an entity keeps something about a person.
pub fn is_personal(cx: Cx<'_>, entity: Def) -> bool {
    personal_entities(cx.db, entity.item).contains(&entity)
}

/// Personal data that an operation puts from one entity into another.
#[derive(Debug, Clone, PartialEq)]
pub struct Copied {
    /// Where it comes from.
    pub from: Def,
    /// Where it goes.
    pub to: Def,
    /// The event or endpoint that carries it.
    pub through: Def,
    /// The operation that takes it, or hands it over.
    pub op: Def,
}

/// The copies that the operations of a service make: handlers of what an event brings, callers of what an endpoint answers, and
/// callers of an endpoint that keeps what they hand over.
#[salsa::tracked(returns(ref))]
pub fn copies_by(db: &dyn Db, item: Item) -> Arc<[Copied]> {
    let cx = Cx { db };
    let mut found: Vec<Copied> = Vec::new();
    let mut note = |from: &[Def], to: &[Def], through: Def, op: Def| {
        for (&from, &to) in from.iter().flat_map(|from| to.iter().map(move |to| (from, to))) {
            if from != to && !found.iter().any(|known| known.from == from && known.to == to) {
                found.push(Copied {
                    from,
                    to,
                    through,
                    op,
                });
            }
        }
    };
    for op in cx.ops(item) {
        if op.op.event.is_none() && op.op.calls.is_empty() {
            continue;
        }
        let written = touched(cx, op, |access| access == Access::Writes);
        if let Some(event) = op.op.event.as_ref().and_then(|event| cx.def(item, event))
            && !written.is_empty()
        {
            note(&origins(cx, event), &written, event, op.def);
        }
        for call in &op.op.calls {
            let callee = cx.def(item, &call.target).and_then(|target| cx.op(target));
            let Some(callee) = callee.filter(|callee| callee.def.item != item) else {
                continue;
            };
            if !written.is_empty() {
                note(&answered(cx, callee), &written, callee.def, op.def);
            }
            let held = touched(cx, op, |_| true);
            if !held.is_empty()
                && cx
                    .classified_body(callee)
                    .iter()
                    .any(|one| one.classes.any(PERSONAL))
            {
                let kept = touched(cx, callee, |access| access == Access::Writes);
                note(&held, &kept, callee.def, op.def);
            }
        }
    }
    found.into()
}

/// Whether a copy surely holds something of what it was made from. An event brings what is to be kept; but whoever asks a service
/// something need not keep the answer, so a field has to be called alike (`name`, `contact_name`) or be the same by nature (`email`).
pub fn surely_holds(cx: Cx<'_>, copied: &Copied) -> bool {
    let known = traces(cx, copied.from);
    copied.through.event(cx.db).is_some() || traces(cx, copied.to).iter().any(|trace| known.contains(trace))
}

/// What the personal fields of an entity are called by, and are by nature.
fn traces(cx: Cx<'_>, entity: Def) -> Vec<SmolStr> {
    let mut found = Vec::new();
    for (field, _) in personal_fields(cx, entity) {
        let name = field.name(cx.db);
        found.push(name.rsplit('_').next().unwrap_or_default().into());
        if let Some(TyKind::Scalar(nature, _)) = field.field(cx.db).map(|facts| &facts.ty.kind)
            && matches!(nature.as_str(), "email" | "phone")
        {
            // No name of a field begins so.
            found.push(format_smolstr!("@{nature}"));
        }
    }
    found
}

/// The personal entities that an operation touches in some way.
fn touched(cx: Cx<'_>, op: OpRef<'_>, how: impl Fn(Access) -> bool) -> Vec<Def> {
    let mut found: Vec<Def> = cx
        .touches(op)
        .into_iter()
        .filter(|(access, entity, _)| how(*access) && is_personal(cx, *entity))
        .map(|(_, entity, _)| entity)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The personal entities behind what an endpoint answers.
fn answered(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Def> {
    let Some((ty, _)) = &op.op.returns else {
        return Vec::new();
    };
    if !cx.type_classes(op.def.item, ty).any(PERSONAL) {
        return Vec::new();
    }
    match cx.entity_of(op.def.item, ty) {
        Some(entity) if is_personal(cx, entity) => vec![entity],
        Some(_) => Vec::new(),
        None => touched(cx, op, |access| access == Access::Reads),
    }
}

/// The entities that the personal data in an event comes from; none where it carries no such data.
pub fn origins(cx: Cx<'_>, event: Def) -> Vec<Def> {
    let all = origins_of(cx.db, event.item);
    all.iter()
        .find(|(known, _)| *known == event)
        .map(|(_, origins)| origins.clone())
        .unwrap_or_default()
}

/// The same for all events of a service. An event is filled by the operation that emits it, out of what that touches; fields of
/// the same name say which entity it is. Where nobody emits it, the names alone have to do.
#[salsa::tracked(returns(ref))]
fn origins_of(db: &dyn Db, item: Item) -> Arc<[(Def, Vec<Def>)]> {
    let cx = Cx { db };
    let Some(service) = cx.service(item) else {
        return Arc::from([]);
    };
    let held = personal_entities(db, item);
    let mut found = Vec::new();
    for index in 0..service.events.len() {
        let event = Def {
            item,
            kind: DefKind::Event(index as u16),
        };
        let carried: Vec<SmolStr> = cx
            .fields_of(event)
            .into_iter()
            .filter(|(def, field)| !refers(&field.ty) && cx.leaving_classes(def.item, field).any(PERSONAL))
            .map(|(_, field)| field.name.clone())
            .collect();
        if carried.is_empty() {
            continue;
        }
        let named: Vec<Def> = held
            .iter()
            .copied()
            .filter(|entity| {
                let fields = personal_fields(cx, *entity);
                fields.iter().any(|(field, _)| carried.contains(&field.name(db)))
            })
            .collect();
        let mut touched_by: Vec<Def> = cx
            .ops(item)
            .filter(|op| {
                op.op
                    .emits
                    .iter()
                    .any(|emitted| cx.def(item, emitted) == Some(event))
            })
            .flat_map(|op| touched(cx, op, |_| true))
            .collect();
        touched_by.sort_unstable();
        touched_by.dedup();
        let both: Vec<Def> = named
            .iter()
            .copied()
            .filter(|entity| touched_by.contains(entity))
            .collect();
        let origins = [both, named, touched_by]
            .into_iter()
            .find(|some| !some.is_empty())
            .unwrap_or_default();
        if !origins.is_empty() {
            found.push((event, origins));
        }
    }
    found.into()
}

/// Personal data that leaves for a vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    /// The operation.
    pub op: Def,
    /// To whom.
    pub vendor: Item,
    /// The statement.
    pub statement: Loc,
    /// `Customer.mail`: without the service.
    pub data: SmolStr,
    /// Its classes, as they leave.
    pub classes: Classes,
    /// The entities that it comes from; none where that cannot be told.
    pub from: Vec<Def>,
}

/// What the operations of a service send to vendors, as far as it is about a person.
#[salsa::tracked(returns(ref))]
pub fn sent_by(db: &dyn Db, item: Item) -> Arc<[Sent]> {
    let cx = Cx { db };
    let mut found = Vec::new();
    for transfer in transfers(db, item).iter() {
        let Some(op) = cx.op(transfer.op) else { continue };
        for data in &transfer.data {
            let Some(first) = data.fields.iter().find(|field| field.classes.any(PERSONAL)) else {
                continue;
            };
            found.push(Sent {
                op: transfer.op,
                vendor: transfer.vendor,
                statement: transfer.statement.clone(),
                data: first.short().into(),
                classes: first.classes,
                from: owners(cx, op, data.named),
            });
        }
    }
    found.into()
}

/// The entities that a field, entity or type takes its data from.
fn owners(cx: Cx<'_>, op: OpRef<'_>, data: Def) -> Vec<Def> {
    let owner = match data.field(cx.db) {
        Some(_) => data.parent().unwrap_or(data),
        None => data,
    };
    if owner.entity(cx.db).is_some() {
        return vec![owner];
    }
    if owner.event(cx.db).is_some() {
        return origins(cx, owner);
    }
    let projected = owner.type_def(cx.db).and_then(|def| def.of.as_ref());
    match projected.and_then(|of| cx.resolve(owner.item, of, &[Kind::Entity])) {
        Some(entity) => vec![entity],
        None => touched(cx, op, |_| true),
    }
}

/// Whether the rows of an entity are about a row of `subject`: they refer to it, or to something that does; or they have
/// its id, named after it.
pub fn is_about(cx: Cx<'_>, entity: Def, subject: Def) -> bool {
    let named = snake(&subject.name(cx.db));
    let mut seen = vec![entity];
    let mut at = 0;
    while let Some(&one) = seen.get(at) {
        at += 1;
        if one == subject {
            return true;
        }
        for (def, field) in cx.fields_of(one) {
            match referred(&field.ty) {
                Some(reference) => {
                    let target = cx.resolve(def.item, reference, &[Kind::Entity]);
                    if let Some(target) = target.filter(|target| !seen.contains(target)) {
                        seen.push(target);
                    }
                }
                None => {
                    let id = matches!(&field.ty.kind, TyKind::Scalar(name, _) if name == "uuid");
                    let name = field.name.strip_suffix("_id").unwrap_or(&field.name);
                    if id && name == named {
                        return true;
                    }
                }
            }
        }
    }
    false
}

fn referred(ty: &Ty) -> Option<&super::facts::RefFact> {
    match &ty.kind {
        TyKind::Ref(reference) => Some(reference),
        TyKind::List(inner) => referred(inner),
        _ => None,
    }
}
