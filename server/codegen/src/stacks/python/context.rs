//! Everything that templates need, put together from the model.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::generate::GenError;
use crate::model::{ErrorModel, Expr, FieldModel, ServiceModel, SystemModel, TypeModel, Who};
use crate::names as words;

use super::code::Origins;
use super::endpoint::{Access, Default, Endpoint};
use super::entity::Entity;
use super::expr::{Compiled, Scope};
use super::names::{MODULES, Taken, module};
use super::origins::standard_origins;
use super::ties::Ties;
use super::types::Types;

/// A service, named for Python.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) system: &'a SystemModel,
    pub(super) service: &'a ServiceModel,
    pub(super) types: Types<'a>,
    pub(super) entities: Vec<Entity<'a>>,
    pub(super) endpoints: Vec<Endpoint<'a>>,
    pub(super) ties: Ties,
    pub(super) origins: Origins,
    pub(super) errors: Vec<(&'a ErrorModel, String)>,
    /// Slug to the class of its rules and of their default, in order.
    pub(super) groups: Vec<Group>,
    /// Functions that give conditions: name, documentation, body.
    pub(super) predicates: Vec<Value>,
    /// For each endpoint, the names of its grants' predicates.
    pub(super) conditions: BTreeMap<String, Vec<Option<String>>>,
}

/// Operations that stand in one module.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) rules: String,
    pub(super) default_rules: String,
}

impl<'a> Context<'a> {
    pub(super) fn new(system: &'a SystemModel, service: &'a ServiceModel) -> Result<Self, Vec<GenError>> {
        let types = Types::new(service);
        let mut modules = Taken::with(&MODULES);
        let mut tables = Taken::default();
        let mut entities = Vec::new();
        let mut errors = Vec::new();
        for model in service
            .entities
            .iter()
            .filter(|model| in_postgres(service, &model.store))
        {
            let slug = module(&mut modules, &model.name);
            let table = tables.take(
                words::sql_identifier(&words::plural(&words::snake(&model.name))),
                "_",
            );
            match Entity::new(model, slug, table, &types) {
                Some(entity) => {
                    if let Some(field) = entity.sealed_and_compared() {
                        errors.push(GenError::of_element(
                            &service.name,
                            &field.model.id,
                            "An encrypted field can't be a key, unique, indexed or a reference to a table here yet: that \
                             takes a blind index, which is not generated. Take one of the two away.",
                        ));
                    }
                    entities.push(entity);
                }
                None => errors.push(GenError::of_element(
                    &service.name,
                    &model.id,
                    format!("{} has no field marked @id, so it can have no table. Mark the field that tells rows apart.", model.name),
                )),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut functions = Taken::with(&["router", "operations", "policies"]);
        let endpoints: Vec<Endpoint<'a>> = service
            .endpoints
            .iter()
            .map(|model| {
                let function = module(&mut functions, &model.name);
                Endpoint::new(model, function, system, service, &entities, &types)
            })
            .collect();
        let mut ties = Ties::new(&entities, &types);
        for endpoint in &endpoints {
            let Some(entity) = entities.iter().find(|entity| entity.slug == endpoint.group) else {
                continue;
            };
            for allow in &endpoint.model.allow {
                if let Some(predicate) = &allow.predicate {
                    ties.tie(entity, predicate, &entities);
                }
            }
        }
        let slugs = entities
            .iter()
            .map(|entity| (entity.model.id.clone(), entity.slug.clone()))
            .collect();
        let mut origins = standard_origins();
        origins.extend(types.origins(&slugs));
        let mut context = Self {
            system,
            service,
            errors: error_classes(service),
            groups: groups(&entities, &endpoints),
            types,
            entities,
            endpoints,
            ties,
            origins,
            predicates: Vec::new(),
            conditions: BTreeMap::new(),
        };
        for (_, class) in &context.errors {
            context
                .origins
                .insert(class.clone(), "app.domain.errors".to_owned());
        }
        for group in &context.groups {
            context
                .origins
                .insert(group.rules.clone(), "app.domain.ports".to_owned());
            context.origins.insert(
                group.default_rules.clone(),
                format!("app.domain.{}_rules", group.slug),
            );
        }
        context.require_sources();
        context.require_queries();
        context.compile_predicates();
        Ok(context)
    }

    /// Whether the service has tables or sessions.
    pub(super) fn has_database(&self) -> bool {
        !self.entities.is_empty() || self.has_sessions()
    }

    pub(super) fn has_sessions(&self) -> bool {
        self.endpoints
            .iter()
            .any(|endpoint| endpoint.access == Access::Session)
    }

    pub(super) fn has_limits(&self) -> bool {
        self.has_database()
            && self
                .endpoints
                .iter()
                .any(|endpoint| endpoint.model.limit.is_some())
    }

    pub(super) fn has_idempotency(&self) -> bool {
        self.has_database() && self.endpoints.iter().any(|endpoint| endpoint.model.idempotent)
    }

    /// Whether some field is encrypted.
    pub(super) fn has_sealed(&self) -> bool {
        self.entities.iter().any(Entity::sealed)
    }

    /// The service's own tables.
    pub(super) fn bookkeeping(&self) -> Vec<&'static str> {
        [
            (self.has_sessions(), "session"),
            (self.has_limits(), "rate_limit"),
            (self.has_idempotency(), "idempotency"),
        ]
        .into_iter()
        .filter_map(|(needed, name)| needed.then_some(name))
        .collect()
    }

    pub(super) fn entity_of(&self, endpoint: &Endpoint<'_>) -> Option<&Entity<'a>> {
        self.entities.iter().find(|entity| entity.slug == endpoint.group)
    }

    /// A creation whose required fields have no source is left to people.
    fn require_sources(&mut self) {
        let mut unwritten = Vec::new();
        for (at, endpoint) in self.endpoints.iter().enumerate() {
            if endpoint.default != Default::Create {
                continue;
            }
            let Some(entity) = self.entity_of(endpoint) else {
                continue;
            };
            let missing: Vec<&str> = super::changes::given(self, entity)
                .into_iter()
                .filter(|(_, source)| source.is_none())
                .map(|(field, _)| field.model.name.as_str())
                .collect();
            if !missing.is_empty() {
                unwritten.push((
                    at,
                    format!(
                        "the blueprint does not say where {} comes from",
                        missing.join(", ")
                    ),
                ));
            }
        }
        for (at, why) in unwritten {
            self.endpoints[at].default = Default::Unwritten { why };
        }
    }

    /// An operation that runs a query which can't be compiled is left to people too.
    fn require_queries(&mut self) {
        let mut unwritten = Vec::new();
        for (at, endpoint) in self.endpoints.iter().enumerate() {
            let Default::Query { query, .. } = &endpoint.default else {
                continue;
            };
            let compiled = self.entity_of(endpoint).and_then(|entity| {
                let query = self.service.queries.iter().find(|one| one.name == *query)?;
                super::views::self_query(self, entity, query)
            });
            if compiled.is_none() {
                unwritten.push(at);
            }
        }
        for at in unwritten {
            let why = "the query compares what can't be compared in the database".to_owned();
            self.endpoints[at].default = Default::Unwritten { why };
        }
    }

    fn compile_predicates(&mut self) {
        let mut functions = Vec::new();
        let mut taken = Taken::default();
        let mut conditions = BTreeMap::new();
        for entity in &self.entities {
            if let Some(visible) = &entity.model.visible {
                let name = taken.take(format!("{}_visible", entity.slug), "_");
                functions.push(self.function(&name, entity, visible, "`visible where …`"));
            }
        }
        for endpoint in &self.endpoints {
            let mut names = Vec::new();
            for (at, allow) in endpoint.model.allow.iter().enumerate() {
                let name = allow.predicate.as_ref().map(|predicate| {
                    let name = taken.take(format!("{}_allows_{}", endpoint.function, at + 1), "_");
                    let who = match &allow.who {
                        Who::Any => "any",
                        Who::Role { name, .. } => name,
                    };
                    let docs = format!("`allow {who} where …` of `{}`", endpoint.model.name);
                    match self.entity_of(endpoint) {
                        Some(entity) => functions.push(self.function(&name, entity, predicate, &docs)),
                        None => functions.push(closed(&name, &docs)),
                    }
                    name
                });
                names.push(name);
            }
            conditions.insert(endpoint.model.id.clone(), names);
        }
        self.predicates = functions;
        self.conditions = conditions;
    }

    fn function(&self, name: &str, entity: &Entity<'a>, predicate: &Expr, docs: &str) -> Value {
        let scope = Scope {
            entity,
            entities: &self.entities,
            types: &self.types,
            occasion: "occasion",
            variables: false,
        };
        let mut compiled = Compiled::default();
        match compiled.condition(predicate, scope, 4) {
            Ok(result) => {
                let result = compiled.returned(result);
                json!({ "name": name, "docs": docs, "statements": compiled.statements, "result": result })
            }
            Err(_) => closed(name, docs),
        }
    }
}

/// Names of the lower-case functions that the compiled predicates call.
pub(super) fn functions_used(text: &str) -> Vec<&'static str> {
    [
        "and_",
        "cast",
        "false",
        "func",
        "literal",
        "literal_column",
        "not_",
        "or_",
        "true",
    ]
    .into_iter()
    .filter(|name| {
        text.match_indices(&format!("{name}(")).any(|(at, _)| {
            !text[..at]
                .ends_with(|before: char| before.is_ascii_alphanumeric() || before == '_' || before == '.')
        }) || (*name == "func" && text.contains("func."))
    })
    .collect()
}

fn closed(name: &str, docs: &str) -> Value {
    json!({
        "name": name,
        "docs": format!("{docs}: beyond what is generated, so it lets nobody in."),
        "statements": Value::Array(Vec::new()),
        "result": "false()",
    })
}

/// `PostgreSQL` holds what stands in a postgres store, in one of an unnamed kind, or in none.
fn in_postgres(service: &ServiceModel, store: &str) -> bool {
    service
        .stores
        .iter()
        .find(|one| one.name == store)
        .is_none_or(|one| matches!(one.kind.as_str(), "postgres" | "sql" | "other"))
}

fn groups(entities: &[Entity<'_>], endpoints: &[Endpoint<'_>]) -> Vec<Group> {
    let mut groups: Vec<Group> = entities
        .iter()
        .filter(|entity| endpoints.iter().any(|endpoint| endpoint.group == entity.slug))
        .map(|entity| Group {
            slug: entity.slug.clone(),
            title: entity.model.name.clone(),
            rules: entity.classes.rules.clone(),
            default_rules: entity.classes.default_rules.clone(),
        })
        .collect();
    if endpoints.iter().any(|endpoint| endpoint.group == "general") {
        groups.push(Group {
            slug: "general".to_owned(),
            title: "the service as a whole".to_owned(),
            rules: "GeneralRules".to_owned(),
            default_rules: "DefaultGeneralRules".to_owned(),
        });
    }
    groups
}

fn error_classes(service: &ServiceModel) -> Vec<(&ErrorModel, String)> {
    let mut taken = Taken::with(&[
        "ServiceError",
        "BadRequest",
        "Unauthenticated",
        "Forbidden",
        "NotFound",
        "Conflict",
        "Unprocessable",
        "TooManyRequests",
        "RuleNotWritten",
        "Unavailable",
        "Exception",
    ]);
    service
        .errors
        .iter()
        .map(|error| {
            let class = words::pascal(&error.name);
            (error, taken.take(class, "Error"))
        })
        .collect()
}

/// Whether a type is a list.
pub(super) fn is_list(field: &FieldModel) -> bool {
    matches!(field.ty, TypeModel::List { .. })
}
