//! What predicates ask of rows, as far as made-up rows can satisfy it.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CallerField, CompareOp, Expr, Literal, PathStep, Scalar, TypeModel};

use super::entity::Entity;
use super::samples::can_be_made;
use super::types::Types;

/// What a predicate ties a field to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tie {
    /// `caller.id`.
    Subject,
    /// `caller.tenant`.
    Tenant,
    /// A constant.
    Constant(Expr),
    /// Null.
    Null,
}

/// What rows have to look like for their owner to reach them, by entity and field.
#[derive(Debug, Default)]
pub(super) struct Ties {
    known: BTreeMap<(String, String), Tie>,
    /// Entities whose `visible where` can't be satisfied by ties, or that need a row of themselves first.
    out_of_reach: BTreeSet<String>,
    unplantable: BTreeSet<String>,
}

impl Ties {
    pub(super) fn new(entities: &[Entity<'_>], types: &Types<'_>) -> Self {
        let mut ties = Self::default();
        for entity in entities {
            if let Some(visible) = &entity.model.visible
                && !ties.tie(entity, visible, entities)
            {
                ties.out_of_reach.insert(entity.model.name.clone());
            }
        }
        let mut rooted: BTreeSet<&str> = BTreeSet::new();
        loop {
            let before = rooted.len();
            for entity in entities {
                let free = required_targets(entity)
                    .iter()
                    .all(|target| rooted.contains(target.as_str()));
                let made = entity
                    .fields
                    .iter()
                    .all(|field| field.model.optional || can_be_made(field.model, types));
                if free && made {
                    rooted.insert(&entity.model.name);
                }
            }
            if rooted.len() == before {
                break;
            }
        }
        ties.unplantable = entities
            .iter()
            .filter(|entity| !rooted.contains(entity.model.name.as_str()))
            .map(|entity| entity.model.name.clone())
            .collect();
        ties
    }

    /// Whether rows can be made up at all.
    pub(super) fn plantable(&self, entity: &Entity<'_>) -> bool {
        !self.unplantable.contains(&entity.model.name)
    }

    /// Whether a made-up row satisfies `visible where` for its owner.
    pub(super) fn reachable(&self, entity: &Entity<'_>) -> bool {
        self.plantable(entity) && !self.out_of_reach.contains(&entity.model.name)
    }

    /// Whether made-up rows satisfy the predicate for their owner.
    pub(super) fn holds(&self, entity: &Entity<'_>, predicate: &Expr, entities: &[Entity<'_>]) -> bool {
        conjuncts(predicate).is_some_and(|wanted| {
            wanted.iter().all(|(path, tie)| {
                place_of(path, entity, entities).is_some_and(|place| self.known.get(&place) == Some(tie))
            })
        })
    }

    pub(super) fn of(&self, entity: &str, field: &str) -> Option<&Tie> {
        self.known.get(&(entity.to_owned(), field.to_owned()))
    }

    /// Ties what the predicate asks for; `false` if that is not possible, or contradicts what is tied already.
    pub(super) fn tie(&mut self, entity: &Entity<'_>, predicate: &Expr, entities: &[Entity<'_>]) -> bool {
        let Some(wanted) = conjuncts(predicate) else {
            return false;
        };
        let mut additions = Vec::new();
        for (path, tie) in wanted {
            let Some(place) = place_of(&path, entity, entities) else {
                return false;
            };
            let fits = match (
                &tie,
                entities
                    .iter()
                    .find(|one| one.model.name == place.0)
                    .and_then(|one| one.field(&place.1)),
            ) {
                (Tie::Subject | Tie::Tenant, Some(field)) => matches!(
                    field.model.ty.carried_scalar(),
                    Some(Scalar::Uuid | Scalar::String | Scalar::Text)
                ),
                (Tie::Null, Some(field)) => field.model.optional,
                (_, field) => field.is_some(),
            };
            match self.known.get(&place) {
                Some(other) if *other != tie => return false,
                _ if !fits => return false,
                _ => additions.push((place, tie)),
            }
        }
        self.known.extend(additions);
        true
    }
}

/// Whether the predicate holds for the caller's own rows only.
pub(super) fn personal(predicate: &Expr) -> bool {
    conjuncts(predicate).is_some_and(|all| {
        all.iter()
            .any(|(_, tie)| matches!(tie, Tie::Subject | Tie::Tenant))
    })
}

fn place_of(path: &[PathStep], entity: &Entity<'_>, entities: &[Entity<'_>]) -> Option<(String, String)> {
    match path {
        [step] => Some((entity.model.name.clone(), step.field.clone())),
        [first, second] if second.in_entity => {
            let reference = entity.field(&first.field)?;
            let target = entities.iter().find(|one| one.model.name == second.owner)?;
            // An optional reference is left empty in samples, so nothing can be said about what it refers to.
            (!reference.model.optional).then(|| (target.model.name.clone(), second.field.clone()))
        }
        _ => None,
    }
}

fn conjuncts(expr: &Expr) -> Option<Vec<(Vec<PathStep>, Tie)>> {
    match expr {
        Expr::And { items } => {
            let mut all = Vec::new();
            for item in items {
                all.extend(conjuncts(item)?);
            }
            Some(all)
        }
        Expr::Compare {
            op: CompareOp::Eq,
            left,
            right,
        } => {
            let ((Expr::Field { path, .. }, value) | (value, Expr::Field { path, .. })) =
                (left.as_ref(), right.as_ref())
            else {
                return None;
            };
            let tie = match value {
                Expr::Caller {
                    field: CallerField::Id,
                } => Tie::Subject,
                Expr::Caller {
                    field: CallerField::Tenant,
                } => Tie::Tenant,
                Expr::Literal { .. } => Tie::Constant(value.clone()),
                _ => return None,
            };
            Some(vec![(path.clone(), tie)])
        }
        Expr::In { item, list } => match (item.as_ref(), list.first()) {
            (Expr::Field { path, .. }, Some(first @ Expr::Literal { .. })) => {
                Some(vec![(path.clone(), Tie::Constant(first.clone()))])
            }
            _ => None,
        },
        Expr::IsNull { item, negated: false } => match item.as_ref() {
            Expr::Field { path, .. } => Some(vec![(path.clone(), Tie::Null)]),
            _ => None,
        },
        Expr::Field { path, .. } => Some(vec![(path.clone(), truth(true))]),
        Expr::Not { item } => match item.as_ref() {
            Expr::Field { path, .. } => Some(vec![(path.clone(), truth(false))]),
            _ => None,
        },
        _ => None,
    }
}

fn truth(value: bool) -> Tie {
    Tie::Constant(Expr::Literal {
        literal: Literal::Bool(value),
    })
}

fn required_targets(entity: &Entity<'_>) -> Vec<String> {
    entity
        .fields
        .iter()
        .filter(|field| !field.model.optional)
        .filter_map(|field| match &field.model.ty {
            TypeModel::Ref { target } if target.local => Some(target.name.clone()),
            _ => None,
        })
        .collect()
}
