//! Operations: their parameters in Python, and what they do as far as the blueprint says it.

use crate::model::{
    AuthModel, AuthSchemeKind, EndpointModel, Exposure, FieldModel, NamedShape, QueryModel, ServiceModel,
    SystemModel, TypeModel,
};
use crate::names as words;

use super::entity::Entity;
use super::names::attributes;
use super::types::{Side, Types};

/// One operation.
#[derive(Debug)]
pub(super) struct Endpoint<'a> {
    pub(super) model: &'a EndpointModel,
    /// The name of its functions.
    pub(super) function: String,
    /// The name of its policy.
    pub(super) policy: String,
    /// The group (module) that it stands in.
    pub(super) group: String,
    pub(super) params: Vec<Param<'a>>,
    pub(super) paginated: Option<u32>,
    pub(super) body: Option<Param<'a>>,
    pub(super) default: Default,
    pub(super) access: Access,
}

/// One parameter.
#[derive(Debug)]
pub(super) struct Param<'a> {
    pub(super) model: &'a FieldModel,
    pub(super) attribute: String,
    pub(super) in_path: bool,
    pub(super) hint: String,
}

/// What the operation does before anybody edits its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Default {
    /// A page or list of rows; parameters by name with the fields they are compared with.
    List {
        filters: Vec<(String, String)>,
        unknown: Vec<String>,
    },
    /// One row by its key (a parameter's name).
    Get { key: String },
    /// A new row.
    Create,
    /// A changed row.
    Update { key: String },
    /// A row less.
    Delete { key: String },
    /// A query of the blueprint with its arguments.
    Query {
        query: String,
        args: Vec<(String, Argument)>,
    },
    /// Says that the service is there.
    Alive { field: String },
    /// Unknown: somebody has to write it.
    Unwritten { why: String },
}

/// An argument of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// A parameter of the operation.
    Param(String),
    /// Anything else that Python can say.
    Code(String),
}

/// How callers get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody, for this reason.
    Public(String),
    /// Holders of a session.
    Session,
    /// Nobody, for this reason: the scheme isn't generated yet.
    Closed(String),
}

impl<'a> Endpoint<'a> {
    pub(super) fn new(
        model: &'a EndpointModel,
        function: String,
        system: &SystemModel,
        service: &'a ServiceModel,
        entities: &[Entity<'a>],
        types: &Types<'a>,
    ) -> Self {
        let subject = model
            .subject
            .as_deref()
            .and_then(|name| entities.iter().find(|entity| entity.model.name == name));
        let hint = words::pascal(&model.name);
        let all: Vec<(&FieldModel, bool)> = model
            .path_params
            .iter()
            .map(|param| (param, true))
            .chain(model.query_params.iter().map(|param| (param, false)))
            .collect();
        let mut wire: Vec<&str> = vec!["body", "limit", "cursor"];
        wire.extend(all.iter().map(|(param, _)| param.name.as_str()));
        let names = attributes(wire).split_off(3);
        let params = all
            .into_iter()
            .zip(names)
            .map(|((param, in_path), attribute)| Param {
                model: param,
                attribute,
                in_path,
                hint: format!("{hint}{}", words::pascal(&param.name)),
            })
            .collect();
        let body = model.body.as_ref().map(|body| Param {
            model: body,
            attribute: "body".to_owned(),
            in_path: false,
            hint: format!("{hint}{}", words::pascal(&body.name)),
        });
        let mut endpoint = Self {
            model,
            policy: words::constant(&function),
            function,
            group: subject.map_or_else(|| "general".to_owned(), |entity| entity.slug.clone()),
            params,
            paginated: matches!(model.returns, Some(TypeModel::Page { .. }))
                .then(|| model.effective_pagination().map(|pages| pages.max.max(1)))
                .flatten(),
            body,
            default: Default::Unwritten { why: String::new() },
            access: access(model, system),
        };
        endpoint.default = endpoint.what_it_does(service, subject, types);
        endpoint
    }

    /// The type that the rule gives back: rows as entities, everything else as the contract has it.
    pub(super) fn rule_returns(&self, types: &Types<'_>, own: &[Entity<'_>]) -> String {
        self.model
            .returns
            .as_ref()
            .map_or_else(|| "None".to_owned(), |ty| self.domain(ty, types, own))
    }

    fn domain(&self, ty: &TypeModel, types: &Types<'_>, own: &[Entity<'_>]) -> String {
        match row_of(ty, types, own) {
            Some(entity) => entity,
            None => match ty {
                TypeModel::Page { of } => match row_of(of, types, own) {
                    Some(entity) => format!("Page[{entity}]"),
                    None => types.annotation(ty, Side::Outgoing, ""),
                },
                TypeModel::List { of } => format!("list[{}]", self.domain(of, types, own)),
                TypeModel::Optional { of } => format!("{} | None", self.domain(of, types, own)),
                other => types.annotation(other, Side::Outgoing, &self.result_hint()),
            },
        }
    }

    /// The type that the route answers.
    pub(super) fn answers(&self, types: &Types<'_>) -> String {
        let hint = self.result_hint();
        self.model.returns.as_ref().map_or_else(
            || "None".to_owned(),
            |ty| types.annotation(ty, Side::Outgoing, &hint),
        )
    }

    pub(super) fn result_hint(&self) -> String {
        format!("{}Result", words::pascal(&self.model.name))
    }

    /// The statements that turn the rule's result into the answer.
    pub(super) fn answer(&self, types: &Types<'_>, own: &[Entity<'_>]) -> Option<String> {
        let returns = self.model.returns.as_ref()?;
        let hint = self.result_hint();
        let class = types.annotation(returns, Side::Outgoing, &hint);
        Some(match returns {
            TypeModel::Page { of } if row_of(of, types, own).is_some() => {
                format!("return {class}.model_validate(result)")
            }
            TypeModel::List { of } if row_of(of, types, own).is_some() => {
                let item = types.annotation(of, Side::Outgoing, &hint);
                format!("return [{item}.model_validate(item) for item in result]")
            }
            TypeModel::Optional { of } if row_of(of, types, own).is_some() => {
                let item = types.annotation(of, Side::Outgoing, &hint);
                format!("return None if result is None else {item}.model_validate(result)")
            }
            other if row_of(other, types, own).is_some() => format!("return {class}.model_validate(result)"),
            _ => "return result".to_owned(),
        })
    }
}

/// Whether the store gets a method for the query: its result is rows of its entity.
pub(super) fn generated(query: &QueryModel, entity: &Entity<'_>, types: &Types<'_>) -> bool {
    match &query.returns {
        TypeModel::List { of } | TypeModel::Optional { of } => is_row_of(of, entity, types),
        other => is_row_of(other, entity, types),
    }
}

/// The entity class behind a type that stands for rows of this service: the entity itself or a projection of it.
fn row_of(ty: &TypeModel, types: &Types<'_>, own: &[Entity<'_>]) -> Option<String> {
    own.iter()
        .find(|entity| is_row_of(ty, entity, types))
        .map(|entity| entity.classes.entity.clone())
}

pub(super) fn is_row_of(ty: &TypeModel, entity: &Entity<'_>, types: &Types<'_>) -> bool {
    match ty {
        TypeModel::Entity { target } => target.id == entity.model.id,
        TypeModel::Named {
            id,
            shape: NamedShape::Projection,
            ..
        } => types.definitions().iter().any(|def| {
            def.id == *id
                && def
                    .projection_of
                    .as_ref()
                    .is_some_and(|target| target.id == entity.model.id)
        }),
        _ => false,
    }
}

fn access(model: &EndpointModel, system: &SystemModel) -> Access {
    if let Exposure::Public { because } = &model.exposure {
        let reason = if because.is_empty() {
            "the blueprint says so"
        } else {
            because
        };
        return Access::Public(reason.to_owned());
    }
    if model.exposure == Exposure::Internal {
        let names = match &model.auth {
            AuthModel::Schemes { names, .. } if !cookie(names, system) => names.join(", "),
            AuthModel::Schemes { .. } => return Access::Session,
            AuthModel::Absent | AuthModel::Off => {
                return Access::Closed("services have no way to sign in yet".to_owned());
            }
        };
        return Access::Closed(format!("the scheme {names} is not generated yet"));
    }
    match &model.auth {
        AuthModel::Off => Access::Public("the blueprint says auth none".to_owned()),
        AuthModel::Absent => Access::Closed("the blueprint names no way to sign in".to_owned()),
        AuthModel::Schemes { names, .. } if cookie(names, system) => Access::Session,
        AuthModel::Schemes { names, .. } => {
            Access::Closed(format!("the scheme {} is not generated yet", names.join(", ")))
        }
    }
}

fn cookie(names: &[String], system: &SystemModel) -> bool {
    names
        .iter()
        .filter_map(|name| system.auth_scheme(name))
        .any(|scheme| scheme.kind == AuthSchemeKind::Cookie)
}
