//! Types of the model as annotations in Python, and the classes that they need.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    EntityModel, EnumModel, Expr, FieldModel, Literal, NamedShape, Scalar, ServiceModel, TypeDef, TypeModel,
};
use crate::names as words;
use crate::render::python_string;

use super::names::{CLASSES, Taken};
use super::scalars::{member_names, scalar_annotation, timedelta};

/// Where an annotation stands: the same value is a plain `str` in the domain and a bounded one in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Entities and ports.
    Domain,
    /// Bodies that clients send, and value types.
    Incoming,
    /// Bodies that the service answers.
    Outgoing,
    /// Parameters in paths and queries, which arrive as text.
    Parameter,
}

/// The classes of one entity.
#[derive(Debug, Clone, Default)]
pub(super) struct EntityClasses {
    pub(super) entity: String,
    pub(super) create: String,
    pub(super) update: String,
    pub(super) read: String,
    pub(super) page: String,
    pub(super) filter: String,
    pub(super) store: String,
    pub(super) postgres: String,
    pub(super) rules: String,
    pub(super) default_rules: String,
}

/// An object type that is written in place.
#[derive(Debug, Clone)]
pub(super) struct Inline<'a> {
    pub(super) class: String,
    pub(super) fields: &'a [FieldModel],
    pub(super) outgoing: bool,
}

/// Every class that stands for something of the blueprint.
#[derive(Debug)]
pub(super) struct Types<'a> {
    service: &'a ServiceModel,
    pub(super) enums: BTreeMap<String, String>,
    named: BTreeMap<String, String>,
    pub(super) entities: BTreeMap<String, EntityClasses>,
    pages: BTreeMap<String, String>,
    pub(super) inline: BTreeMap<String, Inline<'a>>,
    /// Ids of types that mention an entity or a projection, and so stand above the modules of entities.
    composed: BTreeSet<String>,
    used: BTreeSet<(&'static str, String)>,
}

impl<'a> Types<'a> {
    pub(super) fn new(service: &'a ServiceModel) -> Self {
        let mut taken = Taken::with(CLASSES);
        let mut types = Self {
            service,
            enums: BTreeMap::new(),
            named: BTreeMap::new(),
            entities: BTreeMap::new(),
            pages: BTreeMap::new(),
            inline: BTreeMap::new(),
            composed: BTreeSet::new(),
            used: BTreeSet::new(),
        };
        let mut take = |name: &str| taken.take(words::pascal(name), "Model");
        let entities: Vec<&EntityModel> = service
            .entities
            .iter()
            .chain(&service.imported_entities)
            .collect();
        let names: Vec<String> = entities.iter().map(|entity| take(&entity.name)).collect();
        for def in service.enums.iter().chain(&service.imported_enums) {
            types.enums.insert(def.id.clone(), take(&def.name));
        }
        for def in service.types.iter().chain(&service.imported_types) {
            types.named.insert(def.id.clone(), take(&def.name));
        }
        for (entity, name) in entities.iter().zip(names) {
            let classes = EntityClasses {
                create: take(&format!("{name}Create")),
                update: take(&format!("{name}Update")),
                read: take(&format!("{name}Read")),
                page: take(&format!("{name}Page")),
                filter: take(&format!("{name}Filter")),
                store: take(&format!("{name}Store")),
                postgres: take(&format!("Postgres{name}Store")),
                rules: take(&format!("{name}Rules")),
                default_rules: take(&format!("Default{name}Rules")),
                entity: name,
            };
            types.entities.insert(entity.id.clone(), classes);
        }
        for def in types.definitions() {
            if def.projection_of.is_some() {
                let page = take(&format!("{}Page", def.name));
                types.pages.insert(def.id.clone(), page);
            }
        }
        for entity in &service.entities {
            for field in &entity.fields {
                types.collect(
                    &field.ty,
                    &format!("{}{}", entity.name, words::pascal(&field.name)),
                    false,
                    &mut take,
                );
            }
        }
        for def in types.definitions() {
            for field in &def.fields {
                types.collect(
                    &field.ty,
                    &format!("{}{}", def.name, words::pascal(&field.name)),
                    false,
                    &mut take,
                );
            }
        }
        for endpoint in &service.endpoints {
            let hint = words::pascal(&endpoint.name);
            for param in endpoint
                .path_params
                .iter()
                .chain(&endpoint.query_params)
                .chain(&endpoint.body)
            {
                types.collect(
                    &param.ty,
                    &format!("{hint}{}", words::pascal(&param.name)),
                    false,
                    &mut take,
                );
            }
            if let Some(returns) = &endpoint.returns {
                types.collect(returns, &format!("{hint}Result"), true, &mut take);
            }
        }
        types.find_composed();
        types
    }

    /// Types and projections of the service and of elsewhere, in order.
    pub(super) fn definitions(&self) -> Vec<&'a TypeDef> {
        self.service
            .types
            .iter()
            .chain(&self.service.imported_types)
            .collect()
    }

    /// Enums of the service and of elsewhere, in order.
    pub(super) fn enumerations(&self) -> Vec<&'a EnumModel> {
        self.service
            .enums
            .iter()
            .chain(&self.service.imported_enums)
            .collect()
    }

    pub(super) fn enum_class(&self, id: &str) -> &str {
        self.enums.get(id).map_or("str", String::as_str)
    }

    pub(super) fn type_class(&self, id: &str) -> &str {
        self.named.get(id).map_or("Any", String::as_str)
    }

    pub(super) fn entity(&self, id: &str) -> EntityClasses {
        self.entities.get(id).cloned().unwrap_or_default()
    }

    pub(super) fn page_of(&self, id: &str) -> &str {
        self.pages.get(id).map_or("Any", String::as_str)
    }

    pub(super) fn inlines(&self) -> impl Iterator<Item = (&String, &Inline<'a>)> {
        self.inline.iter()
    }

    pub(super) fn is_composed(&self, id: &str) -> bool {
        self.composed.contains(id)
    }

    /// Whether some endpoint or type uses `new E` (`"new"`), `patch E`, the whole entity (`"read"`), a page of it or
    /// of a projection (`"page"`).
    pub(super) fn uses(&self, what: &'static str, id: &str) -> bool {
        self.used.contains(&(what, id.to_owned()))
    }

    fn collect(
        &mut self,
        ty: &'a TypeModel,
        hint: &str,
        outgoing: bool,
        take: &mut impl FnMut(&str) -> String,
    ) {
        match ty {
            TypeModel::Object { fields } => {
                let class = take(hint);
                self.inline.insert(
                    hint.to_owned(),
                    Inline {
                        class,
                        fields,
                        outgoing,
                    },
                );
                for field in fields {
                    self.collect(
                        &field.ty,
                        &format!("{hint}{}", words::pascal(&field.name)),
                        outgoing,
                        take,
                    );
                }
            }
            TypeModel::List { of } | TypeModel::Optional { of } => self.collect(of, hint, outgoing, take),
            TypeModel::Page { of } => {
                if let TypeModel::Entity { target } = of.as_ref() {
                    self.used.insert(("page", target.id.clone()));
                } else if let TypeModel::Named { id, .. } = of.as_ref() {
                    self.used.insert(("page", id.clone()));
                }
                self.collect(of, hint, outgoing, take);
            }
            TypeModel::Entity { target } => {
                self.used.insert(("read", target.id.clone()));
            }
            TypeModel::New { target } => {
                self.used.insert(("new", target.id.clone()));
            }
            TypeModel::Patch { target } => {
                self.used.insert(("patch", target.id.clone()));
            }
            TypeModel::Scalar { .. } | TypeModel::Ref { .. } | TypeModel::Named { .. } => {}
        }
    }

    fn find_composed(&mut self) {
        let definitions = self.definitions();
        loop {
            let before = self.composed.len();
            for def in &definitions {
                if def.projection_of.is_none() && def.fields.iter().any(|field| self.reaches_up(&field.ty)) {
                    self.composed.insert(def.id.clone());
                }
            }
            if self.composed.len() == before {
                return;
            }
        }
    }

    fn reaches_up(&self, ty: &TypeModel) -> bool {
        match ty {
            TypeModel::Scalar { .. } | TypeModel::Ref { .. } => false,
            TypeModel::Named {
                shape: NamedShape::Projection,
                ..
            }
            | TypeModel::Entity { .. }
            | TypeModel::New { .. }
            | TypeModel::Patch { .. }
            | TypeModel::Page { .. } => true,
            TypeModel::Named { id, .. } => self.composed.contains(id),
            TypeModel::List { of } | TypeModel::Optional { of } => self.reaches_up(of),
            TypeModel::Object { fields } => fields.iter().any(|field| self.reaches_up(&field.ty)),
        }
    }

    /// The annotation of a list that has no field of its own to bound it.
    pub(super) fn bounded_list(&self, list: &TypeModel, side: Side, hint: &str) -> String {
        let annotation = self.annotation(list, side, hint);
        annotation
            .strip_prefix("list")
            .map_or_else(|| annotation.clone(), |items| format!("Many{items}"))
    }

    /// The annotation of a type, without `| None` for an optional field.
    pub(super) fn annotation(&self, ty: &TypeModel, side: Side, hint: &str) -> String {
        match ty {
            TypeModel::Scalar { scalar, .. } => scalar_annotation(*scalar, side).to_owned(),
            TypeModel::Ref { target } => scalar_annotation(target.key, side).to_owned(),
            TypeModel::Named {
                id,
                shape: NamedShape::Enum,
                ..
            } => self.enum_class(id).to_owned(),
            TypeModel::Named { id, .. } => self.type_class(id).to_owned(),
            TypeModel::Entity { target } => self.entity(&target.id).read,
            TypeModel::New { target } => self.entity(&target.id).create,
            TypeModel::Patch { target } => self.entity(&target.id).update,
            TypeModel::Page { of } => match of.as_ref() {
                TypeModel::Entity { target } => self.entity(&target.id).page,
                TypeModel::Named { id, .. } => self.page_of(id).to_owned(),
                other => self.annotation(other, side, hint),
            },
            TypeModel::Optional { of } => format!("{} | None", self.annotation(of, side, hint)),
            // The bound of an outer list stands with its field.
            TypeModel::List { of } => match of.as_ref() {
                TypeModel::List { .. } if side == Side::Incoming => {
                    format!("list[{}]", self.bounded_list(of, side, hint))
                }
                _ => format!("list[{}]", self.annotation(of, side, hint)),
            },
            TypeModel::Object { .. } => self
                .inline
                .get(hint)
                .map_or_else(|| "Any".to_owned(), |inline| inline.class.clone()),
        }
    }

    /// A constant in Python; `None` for what is no constant.
    pub(super) fn literal(&self, expr: &Expr, ty: &TypeModel) -> Option<String> {
        let Expr::Literal { literal } = expr else {
            return None;
        };
        let scalar = ty.carried_scalar();
        Some(match literal {
            Literal::String(text) => python_string(text),
            Literal::Integer(value) if matches!(scalar, Some(Scalar::Decimal | Scalar::Money)) => {
                format!("Decimal(\"{value}\")")
            }
            Literal::Integer(value) if scalar == Some(Scalar::Float) => format!("{value}.0"),
            Literal::Integer(value) => value.to_string(),
            Literal::Decimal(value) if scalar == Some(Scalar::Float) => value.clone(),
            Literal::Decimal(value) => format!("Decimal(\"{value}\")"),
            Literal::Bool(true) => "True".to_owned(),
            Literal::Bool(false) => "False".to_owned(),
            Literal::Duration(duration) => timedelta(duration.millis()),
            Literal::Date(date) => format!("dt.date.fromisoformat(\"{date}\")"),
            Literal::EnumMember { id, member, .. } => {
                format!("{}.{}", self.enum_class(id), self.member(id, member))
            }
            Literal::Role(role) => format!("Role.{}", words::constant(role)),
        })
    }

    /// The Python name of an enum's member.
    pub(super) fn member(&self, id: &str, member: &str) -> String {
        let Some(def) = self.service.enum_by_id(id) else {
            return words::constant(member);
        };
        let at = def.members.iter().position(|one| one.name == member);
        at.and_then(|at| member_names(def).into_iter().nth(at))
            .unwrap_or_else(|| words::constant(member))
    }

    /// Whether an object in place belongs to a field of an entity or of a plain type: those stand with the enums.
    pub(super) fn is_shared_inline(&self, hint: &str) -> bool {
        let Some(inline) = self.inline.get(hint) else {
            return false;
        };
        !inline.outgoing && !inline.fields.iter().any(|field| self.reaches_up(&field.ty))
    }
}
