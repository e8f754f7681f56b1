//! What the templates of entities and of groups of operations show.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::{QueryModel, TypeModel};
use crate::render::python_string;

use super::code::{docstring, fit, summary};
use super::context::{Context, Group};
use super::endpoint::{Default, Endpoint, Param, generated};
use super::entity::{Entity, Storage};
use super::expr::{Compiled, Scope};
use super::names::attributes;
use super::rules::default;
use super::scalars::bounds;
use super::types::Side;

/// One entity: table, dataclass, store.
pub(super) fn entity(context: &Context<'_>, entity: &Entity<'_>) -> Value {
    let types = &context.types;
    let key = entity.key();
    let fields: Vec<Value> = entity
        .fields
        .iter()
        .map(|field| {
            json!({
                "attribute": field.attribute,
                "annotation": field.domain(types),
                "docs": field.model.docs,
                "column": format!("column(\"{}\", {}),", field.column, field.alchemy()),
            })
        })
        .collect();
    let adapters: Vec<Value> = entity
        .fields
        .iter()
        .filter(|field| matches!(field.storage(), Storage::Json | Storage::Sealed))
        .map(|field| {
            let annotation = types.annotation(&field.model.ty, Side::Incoming, &field.hint);
            json!({ "name": field.adapter(), "annotation": annotation })
        })
        .collect();
    let stored: Vec<String> = entity
        .fields
        .iter()
        .filter(|field| entity.sealed() || !entity.counted() || field.attribute != key.attribute)
        .map(|field| field.to_value(key))
        .collect();
    let from_row: Vec<String> = entity.fields.iter().map(|field| field.cell(types, key)).collect();
    let key_type = key.domain(types);
    let queries: Vec<Value> = context
        .service
        .queries
        .iter()
        .filter(|query| query.entity == entity.model.name && generated(query, entity, types))
        .filter_map(|query| self_query(context, entity, query))
        .collect();
    json!({
        "slug": entity.slug,
        "name": entity.model.name,
        "class": entity.classes.entity,
        "filter": entity.classes.filter,
        "store": entity.classes.store,
        "postgres": entity.classes.postgres,
        "table": entity.table,
        "docs": docstring(&summary(&entity.model.docs, &format!("One {}.", entity.model.name)), 4),
        "fields": fields,
        "adapters": adapters,
        "to_values": stored,
        "from_row": from_row,
        "key": {
            "attribute": key.attribute,
            "annotation": key_type,
            "column": key.reach("ROWS"),
            "parse": match key_type.as_str() { "UUID" => "UUID", "int" => "int", _ => "str" },
            "simple": matches!(key_type.as_str(), "UUID" | "int" | "str"),
        },
        "counted": entity.counted(),
        "key_column": key.column,
        "sealed": entity.sealed(),
        "filters": filters(context, entity),
        "visible": entity.model.visible.as_ref().map(|_| format!("{}_visible", entity.slug)),
        "queries": queries,
    })
}

/// Fields that some list can be narrowed by.
fn filters(context: &Context<'_>, entity: &Entity<'_>) -> Vec<Value> {
    let mut wanted = BTreeSet::new();
    for endpoint in context
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.group == entity.slug)
    {
        if let Default::List { filters, .. } = &endpoint.default {
            wanted.extend(filters.iter().map(|(_, field)| field.clone()));
        }
    }
    entity
        .fields
        .iter()
        .filter(|field| wanted.contains(&field.model.name))
        .map(|field| {
            json!({
                "attribute": field.attribute,
                "annotation": context.types.annotation(&field.model.ty, Side::Domain, &field.hint),
                "column": field.reach("ROWS"),
            })
        })
        .collect()
}

pub(super) fn self_query(context: &Context<'_>, entity: &Entity<'_>, query: &QueryModel) -> Option<Value> {
    let types = &context.types;
    let names = attributes(query.params.iter().map(|param| param.name.as_str()));
    let mut compiled = Compiled::default();
    let condition = match &query.predicate {
        Some(predicate) => {
            let scope = Scope {
                entity,
                entities: &context.entities,
                types,
                occasion: "self._occasion",
                variables: true,
            };
            Some(compiled.condition(predicate, scope, 8).ok()?)
        }
        None => None,
    };
    let params: Vec<Value> = query
        .params
        .iter()
        .zip(&names)
        .map(|(param, name)| {
            let annotation = types.annotation(&param.ty, Side::Domain, "");
            let annotation = if param.optional {
                format!("{annotation} | None")
            } else {
                annotation
            };
            json!({ "attribute": name, "annotation": annotation })
        })
        .collect();
    let order: Vec<String> = query
        .order
        .iter()
        .filter_map(|key| {
            let field = entity.field(&key.field)?;
            let column = field.reach("ROWS");
            Some(if key.descending {
                format!("{column}.desc()")
            } else {
                column
            })
        })
        .chain([entity.key().reach("ROWS")])
        .collect();
    let many = matches!(query.returns, TypeModel::List { .. });
    let class = &entity.classes.entity;
    Some(json!({
        "name": super::names::attribute(&query.name),
        "docs": docstring(&summary(&query.docs, &format!("`query {}`", query.name)), 8),
        "params": params,
        "statements": compiled.statements,
        "condition": condition,
        "order": order,
        "limit": if many { query.limit } else { Some(1) },
        "many": many,
        "returns": if many { format!("list[{class}]") } else { format!("{class} | None") },
    }))
}

/// A group of operations.
pub(super) fn group(context: &Context<'_>, group: &Group) -> Value {
    let operations: Vec<Value> = context
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.group == group.slug)
        .map(|endpoint| operation(context, endpoint))
        .collect();
    json!({
        "slug": group.slug,
        "title": group.title,
        "rules": group.rules,
        "default_rules": group.default_rules,
        "operations": operations,
    })
}

/// One operation.
pub(super) fn operation(context: &Context<'_>, endpoint: &Endpoint<'_>) -> Value {
    let types = &context.types;
    let model = endpoint.model;
    let title = format!("`{} {}`", model.method, model.path.text);
    let text = if model.docs.trim().is_empty() {
        title.clone()
    } else {
        format!("{}\n\n{title}", summary(&model.docs, ""))
    };
    let returns = endpoint.rule_returns(types, &context.entities);
    json!({
        "function": endpoint.function,
        "operation": model.name,
        "policy": endpoint.policy,
        "method": model.method,
        "path": python_string(&route_path(endpoint)),
        "status": model.success_status(),
        "docs": docstring(&text, 4),
        "docs_in_class": docstring(&text, 8),
        "arguments": arguments(context, endpoint),
        "route_params": route_params(context, endpoint),
        "returns": returns,
        "answers": endpoint.answers(types),
        "answer": endpoint.answer(types, &context.entities),
        "default": default(context, endpoint),
    })
}

/// Every argument that the rule gets, with its type.
fn arguments(context: &Context<'_>, endpoint: &Endpoint<'_>) -> Vec<Value> {
    let types = &context.types;
    let mut arguments: Vec<Value> = endpoint
        .params
        .iter()
        .map(|param| {
            let annotation = types.annotation(&param.model.ty, Side::Domain, &param.hint);
            let annotation = if param.model.optional {
                format!("{annotation} | None")
            } else {
                annotation
            };
            json!({ "attribute": param.attribute, "annotation": annotation })
        })
        .collect();
    if let Some(body) = &endpoint.body {
        arguments.push(json!({ "attribute": "body", "annotation": body_type(context, body) }));
    }
    if endpoint.paginated.is_some() {
        arguments.push(json!({ "attribute": "limit", "annotation": "int" }));
        arguments.push(json!({ "attribute": "cursor", "annotation": "str | None" }));
    }
    arguments
}

fn body_type(context: &Context<'_>, body: &Param<'_>) -> String {
    let annotation = match &body.model.ty {
        list @ TypeModel::List { .. } => context.types.bounded_list(list, Side::Incoming, &body.hint),
        other => context.types.annotation(other, Side::Incoming, &body.hint),
    };
    if body.model.optional {
        format!("{annotation} | None")
    } else {
        annotation
    }
}

fn route_params(context: &Context<'_>, endpoint: &Endpoint<'_>) -> Vec<String> {
    let types = &context.types;
    let mut lines = Vec::new();
    let mut annotated =
        |name: &str, annotation: &str, call: &str, args: Vec<String>, default: Option<String>| {
            let inner = args.join(", ");
            let end = default.map_or_else(String::new, |default| format!(" = {default}"));
            let one_line = format!("{name}: Annotated[{annotation}, {call}({inner})]{end},");
            let exploded = || {
                let args = if args.is_empty() {
                    format!("{call}()")
                } else {
                    let lines: Vec<String> = args.iter().map(|arg| format!("            {arg},\n")).collect();
                    format!("{call}(\n{}        )", lines.concat())
                };
                format!("{name}: Annotated[\n        {annotation},\n        {args},\n    ]{end},")
            };
            lines.push(fit(4, &one_line, exploded));
        };
    for param in &endpoint.params {
        let annotation = types.annotation(&param.model.ty, Side::Parameter, &param.hint);
        let (annotation, mut args) = bounds(param.model, &annotation, Side::Parameter);
        if param.in_path {
            annotated(&param.attribute, &annotation, "Path", args, None);
            continue;
        }
        let default = param
            .model
            .default
            .as_ref()
            .and_then(|default| types.literal(default, &param.model.ty));
        let annotation = if param.model.optional {
            format!("{annotation} | None")
        } else {
            annotation
        };
        if param.attribute != param.model.name {
            args.insert(0, format!("alias={}", python_string(&param.model.name)));
        }
        let default = default.or_else(|| param.model.optional.then(|| "None".to_owned()));
        annotated(&param.attribute, &annotation, "Query", args, default);
    }
    if let Some(body) = &endpoint.body {
        annotated(
            "body",
            &body_type(context, body),
            "Body",
            vec![],
            body.model.optional.then(|| "None".to_owned()),
        );
    }
    if let Some(max) = endpoint.paginated {
        let limits = vec!["ge=1".to_owned(), format!("le={max}")];
        annotated(
            "limit",
            "WholeParameter",
            "Query",
            limits,
            Some(max.min(50).to_string()),
        );
        annotated(
            "cursor",
            "str | None",
            "Query",
            vec!["max_length=512".to_owned()],
            Some("None".to_owned()),
        );
    }
    lines
}

/// The path as the router has it: identities that are UUIDs match nothing else, so that `/orders/search` is no order.
fn route_path(endpoint: &Endpoint<'_>) -> String {
    use crate::model::{Scalar, Segment};
    let mut path = String::new();
    for segment in &endpoint.model.path.segments {
        path.push('/');
        match segment {
            Segment::Literal { text } => path.push_str(text),
            Segment::Rest => path.push_str("{rest:path}"),
            Segment::Parameter { name } => {
                let param = endpoint
                    .params
                    .iter()
                    .find(|param| param.in_path && param.model.name == *name);
                let attribute = param.map_or_else(|| name.clone(), |param| param.attribute.clone());
                let uuid = param.is_some_and(|param| param.model.ty.carried_scalar() == Some(Scalar::Uuid));
                path.push('{');
                path.push_str(&attribute);
                path.push_str(if uuid { ":uuid}" } else { "}" });
            }
        }
    }
    if path.is_empty() { "/".to_owned() } else { path }
}
