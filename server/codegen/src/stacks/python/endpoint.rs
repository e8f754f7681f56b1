//! Operations: their parameters in Python, and what they do as far as the blueprint says it.

use crate::model::{
    AuthModel, AuthSchemeKind, EndpointModel, EndpointOrigin, Exposure, Expr, FieldModel, NamedShape,
    Operation, QueryModel, ServiceModel, SystemModel, TypeModel,
};
use crate::names as words;

use super::entity::{Entity, Storage};
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

    fn what_it_does(
        &self,
        service: &'a ServiceModel,
        subject: Option<&Entity<'a>>,
        types: &Types<'a>,
    ) -> Default {
        let model = self.model;
        let unwritten = |why: &str| Default::Unwritten { why: why.to_owned() };
        if !model.effects.erases.is_empty() {
            return unwritten("erasing a subject's data is not generated yet");
        }
        if !model.issues.is_empty() {
            return unwritten("signing people in is not generated yet");
        }
        if let Some(field) = self.alive() {
            return Default::Alive { field };
        }
        let Some(entity) = subject else {
            return unwritten("the blueprint does not say which data it is about");
        };
        if let [run] = model.effects.runs.as_slice()
            && self.body.is_none()
        {
            return self.runs(service, &run.query, &run.args, entity, types);
        }
        let about = |ty: &TypeModel| is_row_of(ty, entity, types);
        let returns_row = model.returns.as_ref().is_some_and(about);
        let nothing = model.returns.is_none();
        let keyed = self.key_of(entity);
        let queries = self.params.iter().any(|param| !param.in_path);
        let operation = match &model.origin {
            EndpointOrigin::Resource { operation, .. } => Some(*operation),
            EndpointOrigin::Written => None,
        };
        if let Some(body) = &self.body {
            let creates = matches!(&body.model.ty, TypeModel::New { target } if target.id == entity.model.id);
            let changes =
                matches!(&body.model.ty, TypeModel::Patch { target } if target.id == entity.model.id);
            if creates
                && self.params.is_empty()
                && (returns_row || nothing)
                && writes(model, entity, operation)
            {
                return Default::Create;
            }
            if changes
                && !queries
                && (returns_row || nothing)
                && let Some(key) = keyed
            {
                return Default::Update { key };
            }
            return unwritten("the blueprint does not say what it does with the body");
        }
        if model.method == "DELETE"
            && nothing
            && !queries
            && let Some(key) = keyed
        {
            return Default::Delete { key };
        }
        if model.method != "GET" && !model.safe {
            return unwritten("the blueprint does not say what it changes");
        }
        if returns_row
            && !queries
            && let Some(key) = keyed
        {
            return Default::Get { key };
        }
        let listed = match &model.returns {
            Some(TypeModel::Page { of } | TypeModel::List { of }) => about(of),
            _ => false,
        };
        if listed {
            return self.lists(entity);
        }
        unwritten("the blueprint does not say where its answer comes from")
    }

    /// `status` of a public operation that answers this alone.
    fn alive(&self) -> Option<String> {
        let Some(TypeModel::Object { fields }) = &self.model.returns else {
            return None;
        };
        let [field] = fields.as_slice() else { return None };
        let plain = matches!(
            field.ty,
            TypeModel::Scalar {
                scalar: crate::model::Scalar::String,
                ..
            }
        );
        let idle = self.params.is_empty()
            && self.body.is_none()
            && self.model.effects == crate::model::Effects::default();
        (plain && idle && field.name == "status" && self.model.method == "GET").then(|| field.name.clone())
    }

    /// The only path parameter, when it is the row's identity.
    fn key_of(&self, entity: &Entity<'_>) -> Option<String> {
        let mut in_path = self.params.iter().filter(|param| param.in_path);
        let param = in_path.next()?;
        let same = param.model.ty.carried_scalar() == entity.key().model.ty.carried_scalar();
        let named = param.model.name == entity.key().model.name
            || param.model.name == "id"
            || param.model.name
                == format!("{}_{}", words::snake(&entity.model.name), entity.key().model.name);
        (in_path.next().is_none() && same && named).then(|| param.model.name.clone())
    }

    fn lists(&self, entity: &Entity<'_>) -> Default {
        let mut filters = Vec::new();
        let mut unknown = Vec::new();
        for param in &self.params {
            let field = entity.field(&param.model.name).filter(|field| {
                comparable(&field.model.ty, &param.model.ty) && field.storage() != Storage::Sealed
            });
            match field {
                Some(_) => filters.push((param.model.name.clone(), param.model.name.clone())),
                None => unknown.push(param.model.name.clone()),
            }
        }
        if self
            .params
            .iter()
            .any(|param| param.in_path && unknown.contains(&param.model.name))
        {
            return Default::Unwritten {
                why: "the blueprint does not say how the parameter in the path narrows the list".to_owned(),
            };
        }
        Default::List { filters, unknown }
    }

    fn runs(
        &self,
        service: &'a ServiceModel,
        id: &str,
        args: &[Expr],
        subject: &Entity<'_>,
        types: &Types<'a>,
    ) -> Default {
        let unwritten = |why: &str| Default::Unwritten { why: why.to_owned() };
        let Some(query) = service.query_by_id(id) else {
            return unwritten("the query is not known");
        };
        if query.entity != subject.model.name || !generated(query, subject, types) {
            return unwritten("the query's rows are not those of the operation");
        }
        let same_shape = match (&self.model.returns, &query.returns) {
            (Some(TypeModel::List { of: one }), TypeModel::List { of: other }) => {
                is_row_of(one, subject, types) && is_row_of(other, subject, types)
            }
            (Some(answer), TypeModel::Optional { of }) => {
                let TypeModel::Optional { of: inner } = answer else {
                    return unwritten("the query may find nothing");
                };
                is_row_of(inner, subject, types) && is_row_of(of, subject, types)
            }
            _ => false,
        };
        if !same_shape {
            return unwritten("the query's result is not the operation's answer");
        }
        let mut passed = Vec::new();
        for (at, param) in query.params.iter().enumerate() {
            let argument = if args.is_empty() {
                self.argument(&param.name)
            } else {
                args.get(at).and_then(|expr| match expr {
                    Expr::Param { name, path, .. } if path.is_empty() => self.argument(name),
                    Expr::Now => Some(Argument::Code("call.now".to_owned())),
                    other => types.literal(other, &param.ty).map(Argument::Code),
                })
            };
            let Some(argument) = argument else {
                return unwritten("a parameter of the query has no value");
            };
            passed.push((param.name.clone(), argument));
        }
        Default::Query {
            query: query.name.clone(),
            args: passed,
        }
    }

    fn argument(&self, name: &str) -> Option<Argument> {
        let param = self.params.iter().find(|param| param.model.name == name)?;
        Some(Argument::Param(param.attribute.clone()))
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

fn is_row_of(ty: &TypeModel, entity: &Entity<'_>, types: &Types<'_>) -> bool {
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

fn writes(model: &EndpointModel, entity: &Entity<'_>, operation: Option<Operation>) -> bool {
    operation == Some(Operation::Create)
        || model
            .effects
            .writes
            .iter()
            .any(|used| used.target.id == entity.model.id)
        || (model.effects.writes.is_empty() && model.effects.calls.is_empty() && model.method == "POST")
}

fn comparable(field: &TypeModel, param: &TypeModel) -> bool {
    match (field, param) {
        (
            TypeModel::Named {
                id: one,
                shape: NamedShape::Enum,
                ..
            },
            TypeModel::Named { id: other, .. },
        ) => one == other,
        _ => field.carried_scalar().is_some() && field.carried_scalar() == param.carried_scalar(),
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
