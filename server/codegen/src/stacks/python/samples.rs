//! Made-up rows and bodies: values that fit the fields, and that belong to whoever the predicates ask for.

use crate::model::{Expr, FieldModel, Literal, Scalar, TypeModel};
use crate::render::python_string;

use super::entity::{Entity, Field, digits};
use super::pattern::drawn;
use super::scalars::timedelta;
use super::ties::{Tie, Ties};
use super::types::Types;

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
pub(super) fn can_be_made(field: &FieldModel, types: &Types<'_>) -> bool {
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
