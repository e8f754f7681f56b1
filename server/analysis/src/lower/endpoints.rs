//! Endpoints, written or of a resource.

use archwright_codegen::model::{
    AllowModel, AuthModel, EndpointModel, EndpointOrigin, ErrorModel, Exposure, Expr, FieldModel, Operation,
    PageStyle, PaginateModel, PathModel, Scalar, SettingOrigin, TypeModel, Who,
};
use archwright_grammar::vocabulary::Kind;

use super::{
    convert,
    exprs::Scope,
    parties::role_kind,
    services::Lowering,
    types::{ENTITY, entity_field},
};
use crate::model::{
    cx::{Level, OpRef},
    def::{Def, DefKind},
    facts::{Allow, OpKind, Param, ParamFrom, ResourceOp},
    resolved::owners,
};

impl<'db> Lowering<'_, 'db> {
    pub(super) fn endpoint(&mut self, op: OpRef<'db>, errors: &mut Vec<ErrorModel>) -> EndpointModel {
        let id = self.lower.qualified(op.def);
        let facts = op.op;
        let scope = Scope {
            item: self.item,
            owners: owners(self.cx(), op),
            params: &facts.params,
            op: Some(op),
        };
        let allow: Vec<AllowModel> = facts
            .allow
            .iter()
            .map(|allow| self.allow(&scope, allow))
            .collect();
        let mut model = EndpointModel {
            name: facts.name.to_string(),
            docs: convert::docs(facts.docs.as_ref()),
            method: facts.method.to_string(),
            path: PathModel::new(&facts.path),
            returns: facts
                .returns
                .as_ref()
                .map(|(ty, _)| self.whole_type(self.item, ty, &id)),
            origin: self.origin(op),
            exposure: match (&facts.internal, &facts.public) {
                (Some(_), _) => Exposure::Internal,
                (None, Some((because, _))) => Exposure::Public {
                    because: convert::docs(because.as_ref()),
                },
                (None, None) => Exposure::Ordinary,
            },
            auth: self.auth(op),
            subject: self.subject(op, &allow),
            allow,
            limit: self
                .cx()
                .effective(op, |settings| &settings.limit)
                .0
                .set()
                .map(|limit| convert::limit(limit, self.cx().open(op))),
            idempotent: facts.idempotent.is_some(),
            safe: facts.safe.is_some(),
            timeout: self.timeout(op),
            paginate: facts.paginate.as_ref().map(|(style, max, _)| PaginateModel {
                style: if style == "offset" {
                    PageStyle::Offset
                } else {
                    PageStyle::Cursor
                },
                max: max.map_or(100, convert::count),
            }),
            cache: facts.cache.as_ref().map(|(time, _)| convert::duration(*time)),
            effects: self.effects(op),
            issues: self.lower.names(self.item, &facts.issues, &[Kind::Auth]),
            version: facts.version,
            deprecated: facts.deprecated.as_ref().map(convert::deprecation),
            id,
            ..EndpointModel::default()
        };
        self.parameters(op, &mut model);
        for reference in &facts.errors {
            let Some(def) = self.cx().resolve(self.item, reference, &[Kind::Error]) else {
                continue;
            };
            let id = self.lower.qualified(def);
            if errors.iter().all(|error| error.id != id) {
                errors.extend(self.error(def));
            }
            model.errors.push(id);
        }
        model
    }

    fn parameters(&mut self, op: OpRef<'db>, model: &mut EndpointModel) {
        let id = model.id.clone();
        for (name, _) in &op.op.path_params {
            let Some(param) = op.op.params.iter().find(|param| param.name == *name) else {
                continue;
            };
            model.path_params.push(self.path_param(op, param));
        }
        for param in &op.op.params {
            let Some(ty) = &param.ty else { continue };
            match param.from {
                ParamFrom::Path => {}
                ParamFrom::Query => {
                    let lowered = self.param(self.item, param, ty, &id);
                    model.query_params.push(lowered);
                }
                ParamFrom::Body => model.body = Some(self.param(self.item, param, ty, &id)),
            }
        }
        // What a list is filtered by arrives as query parameters, each of them optional.
        let entity = op
            .op
            .entity
            .as_ref()
            .and_then(|entity| self.cx().resolve(self.item, entity, ENTITY));
        let Some(entity) = entity.filter(|_| op.op.kind == OpKind::Resource(ResourceOp::List)) else {
            return;
        };
        for filter in &op.op.filter {
            if let Some(field) = filter
                .path
                .first()
                .and_then(|name| self.like_field(entity, name, &id))
            {
                model.query_params.push(FieldModel {
                    optional: true,
                    ..field
                });
            }
        }
    }

    /// A parameter in the path: as declared, else like the field of that name, else by its name.
    pub(super) fn path_param(&mut self, op: OpRef<'db>, param: &Param) -> FieldModel {
        let id = self.lower.qualified(op.def);
        if let Some(ty) = &param.ty {
            return self.param(self.item, param, ty, &id);
        }
        let entities = owners(self.cx(), op)
            .into_iter()
            .filter(|owner| owner.entity(self.cx().db).is_some());
        let entities: Vec<Def> = entities.collect();
        for entity in entities {
            if let Some(field) = self.like_field(entity, &param.name, &id) {
                return FieldModel {
                    name: param.name.to_string(),
                    optional: false,
                    ..field
                };
            }
        }
        let is_identity = param.name == "id" || param.name.ends_with("_id");
        let scalar = if is_identity { Scalar::Uuid } else { Scalar::String };
        FieldModel {
            id: format!("{id}.{}", param.name),
            name: param.name.to_string(),
            ty: TypeModel::scalar(scalar),
            ..FieldModel::default()
        }
    }

    /// A parameter with the type and the bounds of an entity's field, and nothing else of it.
    fn like_field(&mut self, entity: Def, name: &str, id: &str) -> Option<FieldModel> {
        let field = entity_field(entity.entity(self.cx().db)?, name)?;
        let owner = self.lower.qualified(entity);
        let model = self.field(entity.item, field, &owner);
        Some(FieldModel {
            id: format!("{id}.{name}"),
            name: name.to_owned(),
            docs: model.docs,
            ty: model.ty,
            optional: model.optional,
            min: model.min,
            max: model.max,
            len: model.len,
            pattern: model.pattern,
            classes: model.classes,
            ..FieldModel::default()
        })
    }

    fn origin(&self, op: OpRef<'db>) -> EndpointOrigin {
        let OpKind::Resource(operation) = op.op.kind else {
            return EndpointOrigin::Written;
        };
        let entity = op
            .op
            .entity
            .as_ref()
            .map(|entity| self.lower.name_of(self.item, entity, ENTITY));
        EndpointOrigin::Resource {
            entity: entity.unwrap_or_default(),
            operation: match operation {
                ResourceOp::List => Operation::List,
                ResourceOp::Get => Operation::Get,
                ResourceOp::Create => Operation::Create,
                ResourceOp::Update => Operation::Update,
                ResourceOp::Delete => Operation::Delete,
            },
            filters: op
                .op
                .filter
                .iter()
                .filter_map(|filter| filter.path.first())
                .map(ToString::to_string)
                .collect(),
        }
    }

    fn auth(&self, op: OpRef<'db>) -> AuthModel {
        let (setting, level) = self.cx().effective(op, |settings| &settings.auth);
        if setting.is_off() {
            return AuthModel::Off;
        }
        if setting.is_absent() {
            return AuthModel::Absent;
        }
        AuthModel::Schemes {
            names: self
                .cx()
                .schemes(op)
                .into_iter()
                .map(|scheme| scheme.name(self.cx().db).to_string())
                .collect(),
            origin: match level {
                Level::Operation | Level::Nowhere => SettingOrigin::Own,
                Level::Service => SettingOrigin::Service,
                Level::System => SettingOrigin::System,
            },
        }
    }

    fn allow(&mut self, scope: &Scope<'_, 'db>, allow: &Allow) -> AllowModel {
        let who = match &allow.role {
            None => Who::Any,
            Some(reference) => {
                let name = self.lower.name_of(self.item, reference, &[Kind::Role]);
                let role = self.cx().resolve(self.item, reference, &[Kind::Role]);
                let facts = role.and_then(|role| self.cx().role(role.item));
                let held_by = self.lower.held_by.get(&name).cloned().unwrap_or_default();
                let role_kind = facts.map_or_else(Default::default, |facts| {
                    role_kind(facts.kind.as_deref(), !facts.includes.is_empty())
                });
                Who::Role {
                    name,
                    role_kind,
                    held_by,
                }
            }
        };
        AllowModel {
            who,
            predicate: allow
                .predicate
                .as_ref()
                .and_then(|expr| self.predicate(scope, expr)),
        }
    }

    /// The entity that the predicates are about, else the first that the endpoint touches.
    fn subject(&self, op: OpRef<'db>, allow: &[AllowModel]) -> Option<String> {
        let mut named = None;
        for predicate in allow.iter().filter_map(|allow| allow.predicate.as_ref()) {
            predicate.visit(&mut |part| {
                if let (Expr::Field { path, .. }, None) = (part, &named) {
                    named = path
                        .first()
                        .filter(|step| step.in_entity)
                        .map(|step| step.owner.clone());
                }
            });
        }
        let resource = op
            .op
            .entity
            .as_ref()
            .map(|entity| self.lower.name_of(self.item, entity, ENTITY));
        let touched = || {
            let is_own = |def: &Def| def.item == self.item && matches!(def.kind, DefKind::Entity(_));
            self.cx()
                .touches(op)
                .into_iter()
                .map(|(_, def, _)| def)
                .find(is_own)
                .map(|def| def.name(self.cx().db).to_string())
        };
        resource.or(named).or_else(touched)
    }
}
