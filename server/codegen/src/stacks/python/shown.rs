//! What the templates are given, and which files follow from it.

use serde_json::{Value, json};

use crate::render::python_string;

use super::cases::{called, cases, examples, kinds, sample, values};
use super::catalogue::When;
use super::changes::changes;
use super::context::{Context, functions_used};
use super::endpoint::{Access, Default};
use super::views;

/// What the templates are given, and what follows from it.
pub(super) struct Shown {
    pub(super) data: Value,
    pub(super) entities: Vec<Value>,
    pub(super) groups: Vec<Value>,
    there: Vec<(When, bool)>,
}

impl Shown {
    pub(super) fn new(context: &Context<'_>) -> Self {
        let entities: Vec<Value> = context
            .entities
            .iter()
            .map(|entity| views::entity(context, entity))
            .collect();
        let groups: Vec<Value> = context
            .groups
            .iter()
            .map(|group| views::group(context, group))
            .collect();
        let policies: Vec<Value> = context
            .endpoints
            .iter()
            .map(|endpoint| context.policy(endpoint))
            .collect();
        let changed: Vec<Value> = context
            .entities
            .iter()
            .map(|entity| changes(context, entity))
            .filter(|change| change["creates"] == true || change["changes"] == true)
            .collect();
        let cases = if context.has_database() {
            cases(context)
        } else {
            Vec::new()
        };
        let samples: Vec<Value> = context
            .entities
            .iter()
            .filter(|entity| context.ties.plantable(entity))
            .map(|entity| sample(context, entity))
            .collect();
        let predicates = Value::from(context.predicates.clone()).to_string();
        let text = Value::from(samples.clone()).to_string();
        let values = values(context, &text);
        let made = format!("{text}{}", Value::from(values.clone()));
        let stores = Value::from(entities.clone()).to_string();
        let tries = examples(context);
        let first = tries.first();
        let unwritten: Vec<Value> = context
            .endpoints
            .iter()
            .filter_map(|endpoint| match &endpoint.default {
                Default::Unwritten { why } => {
                    Some(json!({ "operation": endpoint.model.name, "group": endpoint.group, "why": why }))
                }
                _ => None,
            })
            .collect();
        let nobody: Vec<String> = context
            .endpoints
            .iter()
            .filter(|endpoint| endpoint.access == Access::Session && endpoint.model.allow.is_empty())
            .map(|endpoint| python_string(&endpoint.model.name))
            .collect();
        let data = merged(
            &context.common(),
            json!({
                "entities": entities,
                "groups": groups,
                "policies": policies,
                "conditions": Value::from(policies.clone()).to_string().contains("\"where\":\""),
                "changed": changed,
                "new_id": changed.iter().any(|one| one["creates"] == true && one["lines"].to_string().contains("new_id()")),
                "replaces": changed.iter().any(|one| one["changes"] == true),
                "predicates": context.predicates,
                "functions": functions_used(&predicates).join(", "),
                "uses_tables": predicates.contains("tables."),
                "uses_joins": predicates.contains("joined("),
                "uses_predicates": entities.iter().any(|entity| !entity["visible"].is_null()),
                "uses_true": entities.iter().any(|entity| entity["visible"].is_null()),
                "cases": cases,
                "kinds": kinds(&cases),
                "samples": samples,
                "values_made": values,
                "counts_sealed": samples.iter().any(|one| one["sealed"] == true && one["counted"] == true),
                "sealed_samples": samples.iter().filter(|one| one["sealed"] == true).cloned().collect::<Vec<_>>(),
                "planted": samples.iter().map(|sample| sample["slug"].clone()).collect::<Vec<_>>(),
                "uuid4": true,
                "sample_ids": text.contains("new_id()"),
                "sampling": called(&made, &["drawn", "whole", "word", "written"]),
                "example": python_string(first.map_or("/openapi.json", |endpoint| endpoint.model.path.text.as_str())),
                "examples": tries.iter().map(|endpoint| json!({
                    "path": python_string(&endpoint.model.path.text),
                    "policy": endpoint.policy,
                })).collect::<Vec<_>>(),
                "unwritten": unwritten,
                "nobody": if nobody.is_empty() { "set[str]()".to_owned() } else { format!("{{{}}}", nobody.join(", ")) },
            }),
        );
        let there = vec![
            (When::Always, true),
            (When::Database, context.has_database()),
            (When::Entities, !context.entities.is_empty()),
            (When::Sessions, context.has_sessions()),
            (When::Limits, context.has_limits()),
            (When::Idempotency, context.has_idempotency()),
            (
                When::Predicates,
                !context.predicates.is_empty() && context.has_database(),
            ),
            (When::Changes, !changed.is_empty()),
            (When::Operations, !context.endpoints.is_empty()),
            (
                When::Joins,
                predicates.contains("joined(") || stores.contains("joined("),
            ),
            (
                When::Values,
                !called(&stores, &["dumped", "members", "optional", "optional_members"]).is_empty(),
            ),
            (When::Cases, !cases.is_empty()),
            (When::Sealed, context.has_sealed()),
        ];
        Self {
            data,
            entities,
            groups,
            there,
        }
    }

    pub(super) fn there(&self, when: When) -> bool {
        self.there.iter().any(|(one, there)| *one == when && *there)
    }
}

pub(super) fn merged(base: &Value, more: Value) -> Value {
    let mut whole = base.clone();
    if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
        whole.extend(more);
    }
    whole
}
