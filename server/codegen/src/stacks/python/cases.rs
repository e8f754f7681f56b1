//! Cases for the tests: operations that work without further ado, with a caller who may call them.

use serde_json::{Value, json};

use crate::model::Who;
use crate::names as words;
use crate::render::python_string;

use super::context::{Context, is_list};
use super::endpoint::{Access, Default, Endpoint};
use super::entity::{Entity, Storage};
use super::samples::{Maker, sample_function};
use super::ties::personal;

/// A caller who reaches the rows that were made up for them.
struct Visitor {
    role: Option<String>,
    isolated: bool,
}

pub(super) fn cases(context: &Context<'_>) -> Vec<Value> {
    context
        .endpoints
        .iter()
        .filter_map(|endpoint| case(context, endpoint))
        .collect()
}

fn case(context: &Context<'_>, endpoint: &Endpoint<'_>) -> Option<Value> {
    let model = endpoint.model;
    let entity = context.entity_of(endpoint)?;
    if !context.ties.reachable(entity) {
        return None;
    }
    let visitor = visitor(context, endpoint, entity)?;
    let free = endpoint.params.is_empty();
    let optional = endpoint
        .params
        .iter()
        .all(|param| !param.in_path && (param.model.optional || param.model.default.is_some()));
    let (kind, key) = match &endpoint.default {
        Default::List { .. } if optional && endpoint.paginated.is_some() => ("page", None),
        Default::List { .. } if optional => ("list", None),
        Default::Get { key } => ("get", Some(key)),
        Default::Create if free => ("create", None),
        Default::Update { key } => ("update", Some(key)),
        Default::Delete { key } => ("delete", Some(key)),
        _ => return None,
    };
    if kind == "update"
        && context
            .ties
            .of(&entity.model.name, &entity.key().model.name)
            .is_some()
    {
        return None;
    }
    Some(json!({
        "operation": python_string(&model.name),
        "kind": kind,
        "method": model.method,
        "path": python_string(&model.path.text),
        "status": model.success_status(),
        "entity": entity.slug,
        "parameter": key.map(|key| format!("{{{key}}}")),
        "key": entity.key().attribute,
        "role": visitor.role,
        "isolated": visitor.isolated,
        "idempotent": model.idempotent,
        "has_body": endpoint.body.is_some(),
        "answered": model.returns.is_some(),
    }))
}

fn visitor(context: &Context<'_>, endpoint: &Endpoint<'_>, entity: &Entity<'_>) -> Option<Visitor> {
    let visible = entity.model.visible.as_ref();
    let private = visible.is_some_and(personal);
    match endpoint.access {
        Access::Public(_) => {
            return (!private).then_some(Visitor {
                role: None,
                isolated: false,
            });
        }
        Access::Closed(_) => return None,
        Access::Session => {}
    }
    let mut found: Option<Visitor> = None;
    for (name, member) in context.roles() {
        let admitting: Vec<_> = endpoint
            .model
            .allow
            .iter()
            .filter(|allow| admits(&allow.who, &name))
            .collect();
        let whole = admitting.iter().any(|allow| allow.predicate.is_none());
        let narrowed = admitting
            .iter()
            .filter_map(|allow| allow.predicate.as_ref())
            .find(|predicate| satisfied(context, entity, predicate));
        let isolated = match (whole, narrowed) {
            (true, _) => private,
            (false, Some(predicate)) => private || (admitting.len() == 1 && personal(predicate)),
            (false, None) => continue,
        };
        if isolated {
            return Some(Visitor {
                role: Some(member),
                isolated,
            });
        }
        found.get_or_insert(Visitor {
            role: Some(member),
            isolated,
        });
    }
    found
}

fn admits(who: &Who, role: &str) -> bool {
    match who {
        Who::Any => true,
        Who::Role { held_by, .. } => held_by.iter().any(|name| name == role),
    }
}

/// Whether made-up rows satisfy the predicate: everything it asks for is tied that way.
fn satisfied(context: &Context<'_>, entity: &Entity<'_>, predicate: &crate::model::Expr) -> bool {
    context.ties.holds(entity, predicate, &context.entities)
}

/// Which tests have something to try.
pub(super) fn kinds(cases: &[Value]) -> Value {
    let any = |test: &dyn Fn(&Value) -> bool| cases.iter().any(test);
    let kind = |case: &Value, names: &[&str]| names.iter().any(|name| case["kind"] == *name);
    json!({
        "create": any(&|case| kind(case, &["create"])),
        "create_answered": any(&|case| kind(case, &["create"]) && case["answered"] == true),
        "get": any(&|case| kind(case, &["get"])),
        "one": any(&|case| kind(case, &["get", "update", "delete"])),
        "page": any(&|case| kind(case, &["page"])),
        "list": any(&|case| kind(case, &["list"])),
        "update": any(&|case| kind(case, &["update"])),
        "update_answered": any(&|case| kind(case, &["update"]) && case["answered"] == true),
        "delete": any(&|case| kind(case, &["delete"])),
        "body": any(&|case| kind(case, &["create", "update"])),
        "idempotent": any(&|case| kind(case, &["create"]) && case["idempotent"] == true),
        "isolated_one": any(&|case| kind(case, &["get", "update", "delete"]) && case["isolated"] == true),
        "isolated_page": any(&|case| kind(case, &["page"]) && case["isolated"] == true),
    })
}

/// What `dev/samples.py` shows of an entity.
pub(super) fn sample(context: &Context<'_>, entity: &Entity<'_>) -> Value {
    let types = &context.types;
    let maker = || Maker {
        types,
        entities: &context.entities,
        ties: &context.ties,
        statements: Vec::new(),
    };
    let mut row = maker();
    let lines: Vec<String> = entity
        .fields
        .iter()
        .map(|field| {
            let made = field.attribute == entity.key().attribute && entity.counted();
            let own = field.attribute == entity.key().attribute && field.model.is_made_by_service();
            let tied = context.ties.of(&entity.model.name, &field.model.name).is_some();
            let value = if made {
                "0".to_owned()
            } else if own && !tied && !matches!(field.model.ty, crate::model::TypeModel::Ref { .. }) {
                "new_id()".to_owned()
            } else {
                row.value(entity, field, false)
            };
            format!("{}={value},", field.attribute)
        })
        .collect();
    let create = types.uses("new", &entity.model.id).then(|| {
        let mut body = maker();
        let lines: Vec<String> = entity
            .model
            .new_fields()
            .into_iter()
            .filter_map(|field| entity.field(&field.name))
            .map(|field| {
                format!(
                    "{}: {},",
                    python_string(&field.model.name),
                    body.value(entity, field, true)
                )
            })
            .collect();
        json!({ "statements": body.statements, "lines": lines })
    });
    let update = types.uses("patch", &entity.model.id).then(|| {
        let body = maker();
        let chosen = entity.model.patch_fields().into_iter().find(|field| {
            let tied = context.ties.of(&entity.model.name, &field.name).is_some();
            let plain = field.ty.carried_scalar().is_some()
                && !matches!(field.ty, crate::model::TypeModel::Ref { .. });
            plain && !tied && !is_list(field)
        });
        chosen
            .map(|field| format!("{}: {},", python_string(&field.name), body.free(field, "", true)))
            .into_iter()
            .collect::<Vec<_>>()
    });
    json!({
        "slug": entity.slug,
        "name": entity.model.name,
        "class": entity.classes.entity,
        "counted": entity.counted(),
        "sealed": entity.sealed(),
        "table": entity.table,
        "sealed_fields": entity.fields.iter().filter(|field| field.storage() == Storage::Sealed).map(|field| json!({
            "attribute": field.attribute, "column": field.column,
        })).collect::<Vec<_>>(),
        "key": entity.key().attribute,
        "key_name": entity.key().column,
        "key_column": entity.key().reach(&format!("tables.{}", entity.slug)),
        "row": { "statements": row.statements, "lines": lines },
        "create": create,
        "update": update,
    })
}

/// Functions that make up value types, as far as `text` or one of them calls them.
pub(super) fn values(context: &Context<'_>, text: &str) -> Vec<Value> {
    let types = &context.types;
    let maker = Maker {
        types,
        entities: &context.entities,
        ties: &context.ties,
        statements: Vec::new(),
    };
    let declared = types
        .definitions()
        .into_iter()
        .filter(|def| def.projection_of.is_none())
        .map(|def| {
            (
                types.type_class(&def.id).to_owned(),
                maker.properties(&def.fields, &def.name),
            )
        });
    let inline = types
        .inlines()
        .map(|(hint, one)| (one.class.clone(), maker.properties(one.fields, hint)));
    let mut waiting: Vec<(String, Vec<String>)> = declared.chain(inline).collect();
    let mut seen = text.to_owned();
    let mut found = Vec::new();
    while let Some(at) = waiting
        .iter()
        .position(|(class, _)| seen.contains(&format!("{}()", sample_function(class))))
    {
        let (class, lines) = waiting.remove(at);
        seen.push_str(&lines.join("\n"));
        found.push(json!({ "function": sample_function(&class), "class": class, "lines": lines }));
    }
    found
}

/// What can be tried first: operations that can be called without a body and without parameters, lists before others.
pub(super) fn examples<'c>(context: &'c Context<'_>) -> Vec<&'c Endpoint<'c>> {
    let plain = |endpoint: &&Endpoint<'_>| {
        endpoint.model.method == "GET"
            && endpoint
                .params
                .iter()
                .all(|param| !param.in_path && param.model.optional)
            && !matches!(endpoint.access, Access::Closed(_))
            && !matches!(endpoint.default, Default::Unwritten { .. })
    };
    let mut found: Vec<&Endpoint<'_>> = context.endpoints.iter().filter(plain).collect();
    found.sort_by_key(|endpoint| !matches!(endpoint.default, Default::List { .. }));
    found
}

/// The names of functions that generated code calls, in a list for an import.
pub(super) fn called(text: &str, names: &[&str]) -> String {
    names
        .iter()
        .filter(|name| {
            text.match_indices(&format!("{name}(")).any(|(at, _)| {
                !text[..at].ends_with(|before: char| {
                    before.is_ascii_alphanumeric() || before == '_' || before == '.'
                })
            })
        })
        .copied()
        .collect::<Vec<_>>()
        .join(", ")
}

/// The name of a migration's file.
pub(super) fn migration_path(number: u32, slug: &str) -> String {
    let slug: String = words::snake(slug).chars().take(60).collect();
    format!("migrations/versions/{number:04}_{slug}.py")
}
