//! What the template of business rules shows of an operation's default.

use serde_json::{Value, json};

use crate::model::EndpointOrigin;
use crate::render::python_string;

use super::context::Context;
use super::endpoint::{Argument, Default, Endpoint};

/// What the default rule does.
pub(super) fn default(context: &Context<'_>, endpoint: &Endpoint<'_>) -> Value {
    let entity = context.entity_of(endpoint);
    let slug = entity.map(|entity| entity.slug.clone());
    let attribute = |name: &str| {
        let param = endpoint.params.iter().find(|param| param.model.name == name);
        param.map_or_else(|| name.to_owned(), |param| param.attribute.clone())
    };
    let field = |name: &str| {
        entity
            .and_then(|entity| entity.field(name))
            .map_or_else(|| name.to_owned(), |field| field.attribute.clone())
    };
    let returns = endpoint.model.returns.is_some();
    match &endpoint.default {
        Default::List { filters, unknown } => {
            let filters: Vec<Value> = filters
                .iter()
                .map(|(param, name)| json!({ "field": field(name), "param": attribute(param) }))
                .collect();
            let unknown: Vec<String> = unknown.iter().map(|name| attribute(name)).collect();
            json!({
                "kind": "list", "slug": slug, "filters": filters, "unknown": unknown,
                "filter": entity.map(|entity| entity.classes.filter.clone()),
                "paginated": endpoint.paginated.is_some(),
                "resource": matches!(endpoint.model.origin, EndpointOrigin::Resource { .. }),
            })
        }
        Default::Get { key } => json!({ "kind": "get", "slug": slug, "key": attribute(key) }),
        Default::Create => {
            let given: Vec<Value> = entity
                .map(|entity| super::changes::changes(context, entity)["arguments"].clone())
                .and_then(|arguments| arguments.as_array().cloned())
                .unwrap_or_default();
            json!({ "kind": "create", "slug": slug, "given": given, "returns": returns })
        }
        Default::Update { key } => {
            json!({ "kind": "update", "slug": slug, "key": attribute(key), "returns": returns })
        }
        Default::Delete { key } => json!({ "kind": "delete", "slug": slug, "key": attribute(key) }),
        Default::Query { query, args } => {
            let args: Vec<String> = args
                .iter()
                .map(|(name, argument)| {
                    let value = match argument {
                        Argument::Param(param) => param,
                        Argument::Code(code) => code,
                    };
                    format!("{}={value},", super::names::attribute(name))
                })
                .collect();
            json!({ "kind": "query", "slug": slug, "query": super::names::attribute(query), "args": args })
        }
        Default::Alive { field } => json!({
            "kind": "alive",
            "class": endpoint.answers(&context.types),
            "field": super::names::attribute(field),
        }),
        Default::Unwritten { why } => json!({
            "kind": "unwritten",
            "why": python_string(&format!("{}: {why}.", endpoint.model.id)),
        }),
    }
}
