//! From bodies to entities: what a creation sets, and from where.

use serde_json::{Value, json};

use crate::model::{Expr, Scalar, TypeModel};

use super::context::{Context, is_list};
use super::entity::{Entity, Field};
use super::ties::Tie;

/// Where a value that no client sends comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Subject,
    Tenant,
}

/// Required fields that a new row gets neither from the client nor by default, with their source where the
/// blueprint gives one.
pub(super) fn given<'c, 'a>(
    context: &'c Context<'a>,
    entity: &'c Entity<'a>,
) -> Vec<(&'c Field<'a>, Option<Source>)> {
    let settable: Vec<&str> = entity
        .model
        .new_fields()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    entity
        .fields
        .iter()
        .filter(|field| {
            let model = field.model;
            let from_caller = matches!(model.default, Some(Expr::Caller { .. }));
            let made = model.created || model.updated || model.is_made_by_service();
            let defaulted = model.optional || is_list(model) || model.default.is_some();
            !made && (from_caller || (!settable.contains(&model.name.as_str()) && !defaulted))
        })
        .map(|field| (field, source(context, entity, field)))
        .collect()
}

fn source(context: &Context<'_>, entity: &Entity<'_>, field: &Field<'_>) -> Option<Source> {
    use crate::model::CallerField;
    let uuid = field.model.ty.carried_scalar() == Some(Scalar::Uuid);
    match (
        &field.model.default,
        context.ties.of(&entity.model.name, &field.model.name),
    ) {
        _ if !uuid => None,
        (
            Some(Expr::Caller {
                field: CallerField::Id,
            }),
            _,
        )
        | (None, Some(Tie::Subject)) => Some(Source::Subject),
        (
            Some(Expr::Caller {
                field: CallerField::Tenant,
            }),
            _,
        )
        | (None, Some(Tie::Tenant)) => Some(Source::Tenant),
        _ => None,
    }
}

/// What `new_…` and `changed_…` need.
pub(super) fn changes(context: &Context<'_>, entity: &Entity<'_>) -> Value {
    let types = &context.types;
    let settable: Vec<&str> = entity
        .model
        .new_fields()
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    let given = given(context, entity);
    let mut lines = Vec::new();
    for field in &entity.fields {
        let model = field.model;
        let name = &field.attribute;
        let from_caller = matches!(model.default, Some(Expr::Caller { .. }));
        let value = if settable.contains(&model.name.as_str()) && from_caller {
            format!("{name} if body.{name} is None else body.{name}")
        } else if settable.contains(&model.name.as_str()) {
            format!("body.{name}")
        } else if given.iter().any(|(one, _)| one.attribute == field.attribute) {
            field.attribute.clone()
        } else if model.created || model.updated {
            moment(field)
        } else if model.is_made_by_service() {
            if entity.counted() {
                "0".to_owned()
            } else {
                "new_id()".to_owned()
            }
        } else if let Some(default) = default_value(context, field) {
            default
        } else if is_list(model) && !model.optional {
            "[]".to_owned()
        } else {
            "None".to_owned()
        };
        lines.push(format!("{}={value},", field.attribute));
    }
    let arguments: Vec<Value> = given
        .iter()
        .map(|(field, source)| {
            json!({
                "attribute": field.attribute,
                "annotation": field.domain(types),
                "source": source.map(|source| match source { Source::Subject => "subject", Source::Tenant => "tenant" }),
            })
        })
        .collect();
    let updated: Vec<String> = entity
        .fields
        .iter()
        .filter(|field| field.model.updated)
        .map(|field| format!("{}={},", field.attribute, moment(field)))
        .collect();
    json!({
        "slug": entity.slug,
        "class": entity.classes.entity,
        "create": entity.classes.create,
        "update": entity.classes.update,
        "creates": types.uses("new", &entity.model.id),
        "changes": types.uses("patch", &entity.model.id),
        "arguments": arguments,
        "lines": lines,
        "updated": updated,
    })
}

/// A default that is a constant or the time.
pub(super) fn default_value(context: &Context<'_>, field: &Field<'_>) -> Option<String> {
    let default = field.model.default.as_ref()?;
    if matches!(default, Expr::Now) {
        return Some(moment(field));
    }
    context.types.literal(default, &field.model.ty)
}

fn moment(field: &Field<'_>) -> String {
    match field.model.ty {
        TypeModel::Scalar {
            scalar: Scalar::Date, ..
        } => "now.date()".to_owned(),
        _ => "now".to_owned(),
    }
}
