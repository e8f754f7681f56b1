//! What an operation does before anybody edits its rule: as much as the blueprint says.

use crate::model::{EndpointModel, EndpointOrigin, Expr, NamedShape, Operation, ServiceModel, TypeModel};
use crate::names as words;

use super::endpoint::{Argument, Default, Endpoint, generated, is_row_of};
use super::entity::{Entity, Storage};
use super::types::Types;

impl<'a> Endpoint<'a> {
    pub(super) fn what_it_does(
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
