//! Fields named by statements: whose field it is depends on where the statement stands.

use archwright_grammar::{
    ast::{Node, Ref},
    vocabulary::Kind,
};

use super::{ENTITY, Resolved, TYPE_KINDS, error, look_up::look_up};
use crate::{
    db::Item,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        expr::known_type,
        facts::{Name, OpKind, Param, RefFact, Ty, TyKind},
        finding::{Finding, Similar},
        loc::{Loc, Part},
        read::fact_of,
    },
};

/// Fields named by statements: whose field it is depends on where the statement stands.
pub(super) fn field_path(
    cx: Cx<'_>,
    item: Item,
    node: &Node,
    reference: &Ref,
    index: u16,
    path: &[u16],
    out: &mut Resolved,
) {
    let fact = fact_of(reference, Loc::at(path, Part::Ref(index, 0)));
    let Some(service) = cx.service(item) else {
        if node.kind() == Kind::Receives {
            data_path(cx, item, reference, fact.loc, path, out);
        }
        return;
    };
    let parent = &path[..path.len().saturating_sub(1)];
    let mut complete = true;
    let (owners, params): (Vec<Def>, &[Param]) = match node.kind() {
        Kind::Sends => return data_path(cx, item, reference, fact.loc, path, out),
        Kind::Unique | Kind::Index | Kind::Partition => (
            at_path(
                &service.entities,
                parent,
                |entity| &entity.loc,
                item,
                DefKind::Entity,
            ),
            &[],
        ),
        Kind::Key => (
            at_path(&service.events, parent, |event| &event.loc, item, DefKind::Event),
            &[],
        ),
        Kind::Order => match service
            .queries
            .iter()
            .find(|query| query.loc.path.as_slice() == parent)
        {
            // A parameter is the same for every row, so that nothing can be ordered by it.
            Some(query) => (cx.entity_of(item, &query.returns).into_iter().collect(), &[]),
            None => return,
        },
        Kind::Filter | Kind::Log | Kind::Idempotent => {
            let Some(index) = service.ops.iter().position(|op| op.loc.path.as_slice() == parent) else {
                return;
            };
            let op = &service.ops[index];
            let op_ref = OpRef {
                def: Def {
                    item,
                    kind: DefKind::Op(index as u16),
                },
                op,
                service,
            };
            if node.kind() == Kind::Idempotent && op.kind == OpKind::Webhook {
                return;
            }
            complete = owners_known(cx, op_ref);
            (owners(cx, op_ref), op.params.as_slice())
        }
        _ => return,
    };
    let Some(first) = fact.path.first() else { return };
    let found = owners.iter().find_map(|owner| {
        cx.fields_of(*owner)
            .into_iter()
            .find(|(_, field)| field.name == *first)
            .map(|(def, _)| def)
    });
    if let Some(def) = found {
        match within(cx, def, &fact.path[1..]) {
            Within::Found(last) => out.push(&fact, last),
            Within::Unsaid => out.push(&fact, def),
            Within::Missing(at, owner, known) => {
                let name = &fact.path[at + 1];
                let message = format!("{owner} has no field `{name}`");
                let before = fact.path[..=at].join(".");
                let similar = Similar {
                    name: name.clone(),
                    at: fact.loc.clone(),
                    kinds: &[],
                    local: known
                        .iter()
                        .map(|name| format!("{before}.{name}").into())
                        .collect(),
                };
                let finding = error(cx, item, "name.unknown", fact.loc.clone(), path, message);
                out.findings.push(Finding {
                    similar: Some(similar),
                    ..finding
                });
            }
        }
        return;
    }
    if params.iter().any(|param| param.name == *first) || owners.is_empty() || !complete {
        return;
    }
    let mut known: Vec<Name> = owners
        .iter()
        .flat_map(|owner| cx.fields_of(*owner))
        .map(|(_, field)| field.name.clone())
        .collect();
    known.extend(params.iter().map(|param| param.name.clone()));
    let message = format!("{} has no field `{first}`", cx.qualified(owners[0]));
    let similar = Similar {
        name: first.clone(),
        at: fact.loc.clone(),
        kinds: &[],
        local: known,
    };
    let finding = error(cx, item, "name.unknown", fact.loc.clone(), path, message);
    out.findings.push(Finding {
        similar: Some(similar),
        ..finding
    });
}

/// Where a path of fields leads.
enum Within {
    /// To a field.
    Found(Def),
    /// Into a structure without a name, or something unknown: the first field stands for it.
    Unsaid,
    /// Segment number `.0` of the rest is no field of `.1`, which has `.2`.
    Missing(usize, String, Vec<Name>),
}

/// Follows a path of fields from a field.
fn within(cx: Cx<'_>, field: Def, rest: &[Name]) -> Within {
    let mut at = field;
    for (index, segment) in rest.iter().enumerate() {
        let Some(facts) = at.field(cx.db) else {
            return Within::Unsaid;
        };
        match &facts.ty.kind {
            TyKind::Named(reference) | TyKind::Ref(reference) => {
                let Some(owner) = cx.resolve(at.item, reference, TYPE_KINDS) else {
                    return Within::Unsaid;
                };
                let fields = cx.fields_of(owner);
                match fields.iter().find(|(_, field)| field.name == *segment) {
                    Some((def, _)) => at = *def,
                    None => {
                        let known = fields.iter().map(|(_, field)| field.name.clone()).collect();
                        return Within::Missing(index, cx.qualified(owner).to_string(), known);
                    }
                }
            }
            TyKind::Inline(fields) => {
                return if fields.iter().any(|field| field.name == *segment) {
                    Within::Unsaid
                } else {
                    let known = fields.iter().map(|field| field.name.clone()).collect();
                    Within::Missing(index, format!("`{}`", facts.name), known)
                };
            }
            TyKind::Error => return Within::Unsaid,
            _ => return Within::Missing(index, format!("`{}`", facts.name), Vec::new()),
        }
    }
    Within::Found(at)
}

/// `Orders.Order.total`, `Order.total`, `Order`: data that leaves for a vendor.
fn data_path(cx: Cx<'_>, item: Item, reference: &Ref, loc: Loc, path: &[u16], out: &mut Resolved) {
    look_up(
        cx,
        item,
        reference,
        loc,
        &[Kind::Field, Kind::Entity, Kind::Type],
        path,
        out,
    );
}

fn at_path<T>(
    list: &[T],
    path: &[u16],
    loc: impl Fn(&T) -> &Loc,
    item: Item,
    make: impl Fn(u16) -> DefKind,
) -> Vec<Def> {
    list.iter()
        .position(|member| loc(member).path.as_slice() == path)
        .map(|index| Def {
            item,
            kind: make(index as u16),
        })
        .into_iter()
        .collect()
}

/// Whether everything that brings an operation its [`owners`] is known. Where something isn't, a name that is not found may well be right.
pub(super) fn owners_known(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let item = op.def.item;
    let known = |reference: &RefFact, want: &[Kind]| cx.resolve(item, reference, want).is_some();
    op.op.event.iter().all(|event| known(event, &[Kind::Event]))
        && op.op.entity.iter().all(|entity| known(entity, ENTITY))
        && op.op.touches.iter().all(|touch| known(&touch.entity, ENTITY))
        && op.op.runs.iter().all(|run| {
            let query = cx.resolve(item, &run.query, &[Kind::Query]);
            let facts = query.and_then(|def| Some((def.item, def.query(cx.db)?)));
            facts.is_some_and(|(item, query)| known_type(cx, item, &query.returns))
        })
        && op
            .op
            .returns
            .iter()
            .map(|(ty, _)| ty)
            .chain(op.op.params.iter().filter_map(|param| param.ty.as_ref()))
            .all(|ty| known_type(cx, item, ty))
}

/// Whose fields the names in an operation's statements are: its event's, its resource's entity's, those of the entities
/// that it touches, of the queries that it runs, of what it takes and answers.
pub fn owners(cx: Cx<'_>, op: OpRef<'_>) -> Vec<Def> {
    let item = op.def.item;
    let resolve_to = |reference: &RefFact, want: &[Kind]| cx.resolve(item, reference, want);
    let mut owners = Vec::new();
    owners.extend(
        op.op
            .event
            .as_ref()
            .and_then(|event| resolve_to(event, &[Kind::Event])),
    );
    owners.extend(
        op.op
            .entity
            .as_ref()
            .and_then(|entity| resolve_to(entity, ENTITY)),
    );
    owners.extend(
        op.op
            .touches
            .iter()
            .filter_map(|touch| resolve_to(&touch.entity, ENTITY)),
    );
    for run in &op.op.runs {
        if let Some(query) = resolve_to(&run.query, &[Kind::Query]) {
            owners.extend(cx.query_entity(query));
        }
    }
    let named = |ty: &Ty| -> Option<Def> {
        match &ty.kind {
            TyKind::Named(reference) => cx.resolve(item, reference, TYPE_KINDS),
            _ => None,
        }
        .or_else(|| cx.entity_of(item, ty))
    };
    owners.extend(op.op.returns.as_ref().and_then(|(ty, _)| named(ty)));
    owners.extend(
        op.op
            .params
            .iter()
            .filter(|param| param.name == "body")
            .filter_map(|param| named(param.ty.as_ref()?)),
    );
    let mut seen = Vec::with_capacity(owners.len());
    for owner in owners {
        if !seen.contains(&owner) {
            seen.push(owner);
        }
    }
    seen
}
