//! Made-up rows and bodies: values that fit the fields, and that belong to whoever the predicates ask for.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{CallerField, CompareOp, Expr, FieldModel, Literal, PathStep, Scalar, TypeModel};
use crate::render::python_string;

use super::entity::{Entity, Field, digits};
use super::pattern::drawn;
use super::types::{Types, timedelta};

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

/// Makes up values for one function of the samples.
#[derive(Debug)]
pub(super) struct Maker<'s, 'a> {
    pub(super) types: &'s Types<'a>,
    pub(super) entities: &'s [Entity<'a>],
    pub(super) ties: &'s Ties,
    /// Statements that have to stand before: rows that are referred to.
    pub(super) statements: Vec<String>,
}

impl Maker<'_, '_> {
    /// A value of the domain, for `wire == false`, else as JSON has it.
    pub(super) fn value(&mut self, entity: &Entity<'_>, field: &Field<'_>, wire: bool) -> String {
        let tie = self.ties.of(&entity.model.name, &field.model.name);
        let text = matches!(
            field.model.ty.carried_scalar(),
            Some(Scalar::String | Scalar::Text)
        );
        let target = match &field.model.ty {
            TypeModel::Ref { target } if target.local => {
                self.entities.iter().find(|entity| entity.model.id == target.id)
            }
            _ => None,
        };
        let as_text = |code: &str| {
            if wire || text {
                format!("str({code})")
            } else {
                code.to_owned()
            }
        };
        match tie {
            Some(Tie::Null) => return "None".to_owned(),
            Some(Tie::Constant(expr)) => {
                if let Some(code) = self.constant(expr, &field.model.ty, wire) {
                    return code;
                }
            }
            Some(tie @ (Tie::Subject | Tie::Tenant)) => {
                let who = if *tie == Tie::Subject {
                    "self._subject"
                } else {
                    "self._tenant"
                };
                let Some(target) = target else { return as_text(who) };
                let key = &target.key().attribute;
                let name = self.referred(&format!("await self.store_{}({key}={who})", target.slug));
                return as_text(&format!("{name}.{key}"));
            }
            None => {}
        }
        if let Some(target) = target {
            if field.model.optional {
                return "None".to_owned();
            }
            let name = self.referred(&format!("await self.store_{}()", target.slug));
            let code = format!("{name}.{}", target.key().attribute);
            let uuid = target.key().model.ty.carried_scalar() == Some(Scalar::Uuid);
            return if wire && uuid {
                format!("str({code})")
            } else {
                code
            };
        }
        self.free(field.model, &field.hint, wire)
    }

    /// A value that nothing is tied to.
    pub(super) fn free(&self, field: &FieldModel, hint: &str, wire: bool) -> String {
        match &field.ty {
            TypeModel::List { of } => {
                let count = field.len.as_ref().and_then(|len| len.min).unwrap_or(0).min(20);
                let item = FieldModel {
                    ty: (**of).clone(),
                    len: None,
                    ..field.clone()
                };
                let items: Vec<String> = (0..count).map(|_| self.free(&item, hint, wire)).collect();
                format!("[{}]", items.join(", "))
            }
            other => self.one(other, field, hint, wire),
        }
    }

    fn one(&self, ty: &TypeModel, field: &FieldModel, hint: &str, wire: bool) -> String {
        match ty {
            TypeModel::Named {
                id,
                shape: crate::model::NamedShape::Enum,
                ..
            } => {
                let first = self
                    .types
                    .enumerations()
                    .into_iter()
                    .find(|def| def.id == *id)
                    .and_then(|def| def.members.first());
                match first {
                    Some(member) if wire => python_string(&member.name),
                    Some(member) => format!(
                        "{}.{}",
                        self.types.enum_class(id),
                        self.types.member(id, &member.name)
                    ),
                    None => "None".to_owned(),
                }
            }
            TypeModel::Named { id, .. } => {
                let class = self.types.type_class(id);
                let body = format!("{}()", sample_function(class));
                if wire {
                    body
                } else {
                    format!("{class}.model_validate({body})")
                }
            }
            TypeModel::Object { .. } => {
                let class = self.types.annotation(ty, super::types::Side::Incoming, hint);
                let body = format!("{}()", sample_function(&class));
                if wire {
                    body
                } else {
                    format!("{class}.model_validate({body})")
                }
            }
            TypeModel::Optional { .. } => "None".to_owned(),
            TypeModel::List { of } => format!("[{}]", self.one(of, field, hint, wire)),
            other => scalar(other, field, wire),
        }
    }

    /// The properties of a value type, as lines of a dictionary.
    pub(super) fn properties(&self, fields: &[FieldModel], owner: &str) -> Vec<String> {
        fields
            .iter()
            .filter(|field| !field.optional)
            .map(|field| {
                let hint = format!("{owner}{}", crate::names::pascal(&field.name));
                format!(
                    "{}: {},",
                    python_string(&field.name),
                    self.free(field, &hint, true)
                )
            })
            .collect()
    }

    fn constant(&self, expr: &Expr, ty: &TypeModel, wire: bool) -> Option<String> {
        match expr {
            Expr::Literal {
                literal: Literal::EnumMember { member, .. },
            } if wire => Some(python_string(member)),
            Expr::Literal {
                literal: Literal::Decimal(value),
            } if wire => Some(python_string(value)),
            Expr::Literal {
                literal: Literal::Date(value),
            } if wire => Some(python_string(value)),
            Expr::Literal {
                literal: Literal::Duration(_),
            } if wire => None,
            _ => self.types.literal(expr, ty),
        }
    }

    fn referred(&mut self, code: &str) -> String {
        let name = format!("referred_{}", self.statements.len() + 1);
        self.statements.push(format!("{name} = {code}"));
        name
    }
}

/// A value of a scalar type or an identity.
fn scalar(ty: &TypeModel, field: &FieldModel, wire: bool) -> String {
    let Some(scalar) = ty.carried_scalar() else {
        return "None".to_owned();
    };
    match scalar {
        Scalar::Uuid if wire => "str(uuid4())".to_owned(),
        Scalar::Uuid => "uuid4()".to_owned(),
        Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url => {
            text(scalar, field).unwrap_or_else(|| "None".to_owned())
        }
        Scalar::Int | Scalar::Long => {
            let low = field
                .min
                .as_deref()
                .and_then(|min| min.parse().ok())
                .unwrap_or(1_i64);
            let high = field
                .max
                .as_deref()
                .and_then(|max| max.parse().ok())
                .unwrap_or(1_000_000_000_i64.max(low));
            if field.unique {
                format!("whole({low}, {high})")
            } else {
                1_i64.clamp(low, high.max(low)).to_string()
            }
        }
        Scalar::Decimal | Scalar::Money => {
            let amount = python_string(&exact(ty, field));
            if wire {
                amount
            } else {
                format!("Decimal({amount})")
            }
        }
        Scalar::Float => field.min.clone().or_else(|| field.max.clone()).map_or_else(
            || "1.5".to_owned(),
            |bound| {
                if bound.contains('.') {
                    bound
                } else {
                    format!("{bound}.0")
                }
            },
        ),
        Scalar::Bool => "True".to_owned(),
        Scalar::Instant if wire => "written(self._instant())".to_owned(),
        Scalar::Instant => "self._instant()".to_owned(),
        Scalar::Date if wire => "self._instant().date().isoformat()".to_owned(),
        Scalar::Date => "self._instant().date()".to_owned(),
        Scalar::Duration if wire => "\"PT5M\"".to_owned(),
        Scalar::Duration => timedelta(300_000),
        Scalar::Bytes if wire => "\"c2FtcGxl\"".to_owned(),
        Scalar::Bytes => "b\"sample\"".to_owned(),
        Scalar::Json => "{\"sample\": True}".to_owned(),
    }
}

/// The function of the samples that makes up a value type.
pub(super) fn sample_function(class: &str) -> String {
    format!("a_{}", crate::names::snake(class))
}

/// `None` for a pattern that no text can be drawn for.
fn text(scalar: Scalar, field: &FieldModel) -> Option<String> {
    let len = field.len.unwrap_or_default();
    let bound = |bound: Option<u64>| bound.and_then(|bound| usize::try_from(bound).ok());
    let (min, max) = (
        bound(len.min).unwrap_or(0),
        bound(len.max).unwrap_or(255).min(255),
    );
    if let Some(pattern) = &field.pattern {
        return drawn(pattern, min, max);
    }
    Some(match scalar {
        Scalar::Email => "f\"{word(8)}@example.invalid\"".to_owned(),
        Scalar::Phone => "f\"+4915{whole(10000000, 99999999)}\"".to_owned(),
        Scalar::Url => "f\"https://example.invalid/{word(8)}\"".to_owned(),
        _ => format!("word({})", min.max(max.min(12))),
    })
}

/// Whether a value can be made up for a required field.
fn can_be_made(field: &FieldModel, types: &Types<'_>) -> bool {
    fn of_type(ty: &TypeModel, field: &FieldModel, types: &Types<'_>, depth: u8) -> bool {
        match ty {
            TypeModel::Scalar { scalar, .. } => {
                let texts = matches!(
                    scalar,
                    Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url
                );
                !texts || text(*scalar, field).is_some()
            }
            TypeModel::List { of } | TypeModel::Page { of } => {
                field.len.as_ref().and_then(|len| len.min).unwrap_or(0) == 0
                    || of_type(of, field, types, depth)
            }
            TypeModel::Named { id, .. } if depth < 8 => {
                let def = types.definitions().into_iter().find(|def| def.id == *id);
                def.is_none_or(|def| {
                    def.fields
                        .iter()
                        .all(|field| field.optional || of_type(&field.ty, field, types, depth + 1))
                })
            }
            TypeModel::Object { fields } => fields
                .iter()
                .all(|field| field.optional || of_type(&field.ty, field, types, depth + 1)),
            TypeModel::Named { .. } => false,
            _ => true,
        }
    }
    of_type(&field.ty, field, types, 0)
}

/// An amount between the bounds with all its digits behind the point.
fn exact(ty: &TypeModel, field: &FieldModel) -> String {
    let (precision, scale) = digits(ty);
    let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
    let chosen = match (number(&field.min), number(&field.max)) {
        (Some(min), _) if min > 1.0 => field.min.clone(),
        (_, Some(max)) if max < 1.0 => field.max.clone(),
        _ => None,
    };
    let chosen = chosen.unwrap_or_else(|| {
        if precision == scale {
            "0".to_owned()
        } else {
            "1".to_owned()
        }
    });
    let (head, tail) = chosen.split_once('.').unwrap_or((&chosen, ""));
    let scale = scale as usize;
    if scale == 0 {
        head.to_owned()
    } else {
        format!("{head}.{tail:0<scale$}")
    }
}
