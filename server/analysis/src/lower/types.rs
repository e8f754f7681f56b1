//! Types, fields, entities, and the shapes that come from elsewhere.

use std::collections::BTreeMap;

use archwright_codegen::model::{
    DataClass, EntityModel, EntityTarget, EnumMember, EnumModel, FieldModel, LengthRange, NamedShape,
    PartitionModel, Protection, RetentionEnd, RetentionModel, Scalar, TypeDef as TypeDefModel, TypeModel,
};
use archwright_grammar::{ast::Literal, vocabulary::Kind};

use super::{convert, exprs::Scope, services::Lowering};
use crate::{
    db::Item,
    model::{
        def::{Def, DefKind},
        facts::{AttributeArgFact, AttributeFact, Entity, ExprFactKind, Field, Param, RefFact, Ty, TyKind},
    },
};

pub(super) const TYPE: &[Kind] = &[Kind::Type, Kind::Enum, Kind::Entity];
pub(super) const ENTITY: &[Kind] = &[Kind::Entity];

/// What a service names of other services and of the shared kernel, by qualified name.
#[derive(Debug, Default)]
pub(super) struct Imports {
    pub(super) types: BTreeMap<String, Def>,
    pub(super) enums: BTreeMap<String, Def>,
    pub(super) entities: BTreeMap<String, Def>,
}

impl Lowering<'_, '_> {
    /// A type as it is written in `item`. The outer `?` is the caller's to read.
    pub(super) fn ty(&mut self, item: Item, ty: &Ty, id: &str) -> TypeModel {
        match &ty.kind {
            TyKind::Scalar(name, args) => TypeModel::Scalar {
                scalar: scalar(name),
                precision: args.first().copied().map(convert::count),
                scale: args.get(1).copied().map(convert::count),
            },
            TyKind::Named(reference) => self.named_type(item, reference),
            TyKind::Ref(reference) => self.of_entity(item, reference, |target| TypeModel::Ref { target }),
            TyKind::New(reference) => {
                self.shape_of_entity(item, reference, |target| TypeModel::New { target })
            }
            TyKind::Patch(reference) => {
                self.shape_of_entity(item, reference, |target| TypeModel::Patch { target })
            }
            TyKind::Page(reference) => TypeModel::Page {
                of: Box::new(self.named_type(item, reference)),
            },
            TyKind::List(inner) => TypeModel::List {
                of: Box::new(self.whole_type(item, inner, id)),
            },
            TyKind::Inline(fields) => TypeModel::Object {
                fields: fields.iter().map(|field| self.field(item, field, id)).collect(),
            },
            TyKind::Error => TypeModel::default(),
        }
    }

    /// A type with its `?`.
    pub(super) fn whole_type(&mut self, item: Item, ty: &Ty, id: &str) -> TypeModel {
        let inner = self.ty(item, ty, id);
        if ty.optional {
            TypeModel::Optional { of: Box::new(inner) }
        } else {
            inner
        }
    }

    fn named_type(&mut self, item: Item, reference: &RefFact) -> TypeModel {
        let Some(def) = self.cx().resolve(item, reference, TYPE) else {
            return TypeModel::default();
        };
        if def.entity(self.cx().db).is_some() {
            self.import_entity(def);
            return TypeModel::Entity {
                target: self.target(def),
            };
        }
        let id = self.lower.qualified(def);
        let name = def.name(self.cx().db).to_string();
        let local = def.item == self.item;
        let shape = match def.type_def(self.cx().db) {
            None => NamedShape::Enum,
            Some(type_def) if type_def.of.is_some() => NamedShape::Projection,
            Some(_) => NamedShape::Type,
        };
        if !local {
            let list = if shape == NamedShape::Enum {
                &mut self.imports.enums
            } else {
                &mut self.imports.types
            };
            list.insert(id.clone(), def);
        }
        TypeModel::Named {
            id,
            name,
            shape,
            local,
        }
    }

    fn of_entity(&self, item: Item, reference: &RefFact, make: fn(EntityTarget) -> TypeModel) -> TypeModel {
        match self.cx().resolve(item, reference, ENTITY) {
            Some(def) => make(self.target(def)),
            None => TypeModel::scalar(Scalar::Uuid),
        }
    }

    fn shape_of_entity(
        &mut self,
        item: Item,
        reference: &RefFact,
        make: fn(EntityTarget) -> TypeModel,
    ) -> TypeModel {
        if let Some(def) = self.cx().resolve(item, reference, ENTITY) {
            self.import_entity(def);
        }
        self.of_entity(item, reference, make)
    }

    fn import_entity(&mut self, def: Def) {
        if def.item != self.item {
            let id = self.lower.qualified(def);
            self.imports.entities.insert(id, def);
        }
    }

    /// An entity as something that is referred to.
    pub(super) fn target(&self, def: Def) -> EntityTarget {
        EntityTarget {
            id: self.lower.qualified(def),
            service: self.cx().name(def.item).to_string(),
            name: def.name(self.cx().db).to_string(),
            local: def.item == self.item,
            key: self.key(def, 0),
        }
    }

    /// The scalar of an entity's identity, also where that is another entity's.
    fn key(&self, def: Def, depth: u8) -> Scalar {
        let fields = def
            .entity(self.cx().db)
            .map_or(&[][..], |entity| entity.fields.as_slice());
        match fields
            .iter()
            .find(|field| field.has("id"))
            .map(|field| &field.ty.kind)
        {
            Some(TyKind::Scalar(name, _)) => scalar(name),
            Some(TyKind::Ref(reference)) if depth < 8 => match self.cx().resolve(def.item, reference, ENTITY)
            {
                Some(next) => self.key(next, depth + 1),
                None => Scalar::Uuid,
            },
            _ => Scalar::Uuid,
        }
    }

    /// A field of an entity, type, event or inline object that is written in `item`.
    pub(super) fn field(&mut self, item: Item, field: &Field, owner: &str) -> FieldModel {
        let id = format!("{owner}.{}", field.name);
        let mut model = FieldModel {
            ty: self.ty(item, &field.ty, &id),
            id,
            name: field.name.to_string(),
            docs: convert::docs(field.docs.as_ref()),
            optional: field.ty.optional,
            ..FieldModel::default()
        };
        if let Some(default) = &field.default {
            model.default = self.default_value(item, default, &field.ty);
        }
        attributes(&field.attributes, &mut model);
        model
    }

    /// A parameter that says its type.
    pub(super) fn param(&mut self, item: Item, param: &Param, ty: &Ty, owner: &str) -> FieldModel {
        let field = Field {
            name: param.name.clone(),
            docs: None,
            ty: ty.clone(),
            default: param.default.clone(),
            attributes: param.attributes.clone(),
            loc: param.loc.clone(),
        };
        self.field(item, &field, owner)
    }

    /// An entity, of this service or another.
    pub(super) fn entity(&mut self, def: Def, entity: &Entity) -> EntityModel {
        let id = self.lower.qualified(def);
        let item = def.item;
        let names = |refs: &Vec<RefFact>| refs.iter().map(RefFact::text).collect::<Vec<_>>();
        let scope = Scope {
            item,
            owners: vec![def],
            params: &[],
            op: None,
        };
        let store = self
            .cx()
            .store_of(def)
            .map(|store| store.name(self.cx().db).to_string());
        EntityModel {
            name: entity.name.to_string(),
            docs: convert::docs(entity.docs.as_ref()),
            store: store.unwrap_or_default(),
            fields: entity
                .fields
                .iter()
                .map(|field| self.field(item, field, &id))
                .collect(),
            uniques: entity.uniques.iter().map(names).collect(),
            indexes: entity.indexes.iter().map(names).collect(),
            visible: match &entity.visible {
                // Another service's rows are never queried here, so its predicate has no meaning here either.
                Some((predicate, _)) if item == self.item => self.predicate(&scope, predicate),
                _ => None,
            },
            retention: entity.retain.as_ref().map(|retain| RetentionModel {
                keep: convert::duration(retain.time),
                then: match retain.then.as_deref() {
                    Some("anonymize") => RetentionEnd::Anonymize,
                    Some("archive") => RetentionEnd::Archive,
                    _ => RetentionEnd::Erase,
                },
            }),
            partition: entity.partition.as_ref().map(|(field, every)| PartitionModel {
                by: field.text(),
                every: convert::docs(every.as_ref()),
            }),
            rows: entity.rows.as_ref().map(|(rows, _)| convert::amount(*rows)),
            purpose: convert::docs(entity.purpose.as_ref()),
            reference: entity.reference.is_some(),
            id,
        }
    }

    /// A type or a projection; a projection has the entity's fields.
    pub(super) fn type_def(&mut self, def: Def) -> Option<TypeDefModel> {
        let type_def = def.type_def(self.cx().db)?;
        let id = self.lower.qualified(def);
        let projection_of = type_def
            .of
            .as_ref()
            .and_then(|of| self.cx().resolve(def.item, of, ENTITY))
            .map(|of| self.target(of));
        let mut fields = Vec::new();
        for (field_def, field) in self.cx().fields_of(def) {
            let owner = field_def
                .parent()
                .map_or_else(|| id.clone(), |parent| self.lower.qualified(parent));
            fields.push(self.field(field_def.item, field, &owner));
        }
        if projection_of.is_some() {
            // The order is the projection's own, not the entity's.
            let place = |field: &FieldModel| {
                type_def
                    .projected
                    .iter()
                    .position(|(name, _)| *name == field.name)
                    .unwrap_or(usize::MAX)
            };
            fields.sort_by_key(place);
        }
        Some(TypeDefModel {
            name: type_def.name.to_string(),
            docs: convert::docs(type_def.docs.as_ref()),
            projection_of,
            fields,
            id,
        })
    }

    /// An enum.
    pub(super) fn enum_def(&self, def: Def) -> Option<EnumModel> {
        let facts = def.enum_def(self.cx().db)?;
        let member = |(name, _): &(_, _)| EnumMember {
            name: ToString::to_string(name),
            docs: String::new(),
        };
        Some(EnumModel {
            id: self.lower.qualified(def),
            name: facts.name.to_string(),
            docs: convert::docs(facts.docs.as_ref()),
            members: facts
                .members
                .iter()
                .map(|(name, loc)| member(&(name.clone(), loc.clone())))
                .collect(),
        })
    }

    /// The definitions of everything imported, and of what those import in turn.
    pub(super) fn imported(&mut self) -> (Vec<TypeDefModel>, Vec<EnumModel>, Vec<EntityModel>) {
        let mut types: BTreeMap<String, TypeDefModel> = BTreeMap::new();
        let mut entities: BTreeMap<String, EntityModel> = BTreeMap::new();
        loop {
            let next_type = self.imports.types.iter().find(|(id, _)| !types.contains_key(*id));
            if let Some((id, def)) = next_type.map(|(id, def)| (id.clone(), *def)) {
                let model = self.type_def(def).unwrap_or_default();
                types.insert(id, model);
                continue;
            }
            let next_entity = self
                .imports
                .entities
                .iter()
                .find(|(id, _)| !entities.contains_key(*id));
            let Some((id, def)) = next_entity.map(|(id, def)| (id.clone(), *def)) else {
                break;
            };
            let model = def
                .entity(self.cx().db)
                .map(|facts| self.entity(def, facts))
                .unwrap_or_default();
            entities.insert(id, model);
        }
        let enums: Vec<Def> = self.imports.enums.values().copied().collect();
        (
            types.into_values().collect(),
            enums.into_iter().filter_map(|def| self.enum_def(def)).collect(),
            entities.into_values().collect(),
        )
    }

    /// What a definition of a field is called.
    pub(super) fn owner_name(&self, field: Def) -> String {
        field
            .parent()
            .map(|parent| parent.name(self.cx().db).to_string())
            .unwrap_or_default()
    }
}

/// An entity's field of that name; for `id` the identity, whatever it is called.
pub(super) fn entity_field<'f>(entity: &'f Entity, name: &str) -> Option<&'f Field> {
    let by_name = entity.fields.iter().find(|field| field.name == name);
    let identity = || entity.fields.iter().find(|field| name == "id" && field.has("id"));
    by_name.or_else(identity)
}

/// Whether the definition is a field of an entity.
pub(super) const fn in_entity(field: Def) -> bool {
    matches!(field.kind, DefKind::EntityField(..))
}

pub(super) fn scalar(name: &str) -> Scalar {
    match name {
        "uuid" => Scalar::Uuid,
        "text" => Scalar::Text,
        "int" => Scalar::Int,
        "long" => Scalar::Long,
        "decimal" => Scalar::Decimal,
        "float" => Scalar::Float,
        "bool" => Scalar::Bool,
        "instant" => Scalar::Instant,
        "date" => Scalar::Date,
        "duration" => Scalar::Duration,
        "bytes" => Scalar::Bytes,
        "json" => Scalar::Json,
        "email" => Scalar::Email,
        "phone" => Scalar::Phone,
        "url" => Scalar::Url,
        "money" => Scalar::Money,
        _ => Scalar::String,
    }
}

/// Reads a field's attributes into the model.
fn attributes(attributes: &[AttributeFact], model: &mut FieldModel) {
    for attribute in attributes {
        match attribute.name.as_str() {
            "id" => model.is_id = true,
            "created" => model.created = true,
            "updated" => model.updated = true,
            "unique" => model.unique = true,
            "readonly" => model.readonly = true,
            "internal" => model.internal = true,
            "min" => model.min = number(attribute),
            "max" => model.max = number(attribute),
            "len" => model.len = length(attribute),
            "pattern" => model.pattern = text(attribute),
            "pii" => model.classes.push(DataClass::Pii),
            "phi" => model.classes.push(DataClass::Phi),
            "pci" => model.classes.push(DataClass::Pci),
            "secret" => model.classes.push(DataClass::Secret),
            "encrypted" => model.protections.push(Protection::Encrypted),
            "hashed" => model.protections.push(Protection::Hashed),
            "masked" => model.protections.push(Protection::Masked),
            "tokenized" => model.protections.push(Protection::Tokenized),
            "deprecated" => {
                let mut deprecation = archwright_codegen::model::Deprecation {
                    reason: text(attribute).unwrap_or_default(),
                    sunset: None,
                };
                deprecation.sunset = attribute.args.iter().find_map(|argument| match argument {
                    AttributeArgFact::Value(Some(name), value) if name == "sunset" => match &value.kind {
                        ExprFactKind::Literal(Literal::Date(date)) => Some(convert::date(*date)),
                        _ => None,
                    },
                    _ => None,
                });
                model.deprecated = Some(deprecation);
            }
            _ => {}
        }
    }
    // E-mail addresses and telephone numbers are personal by nature.
    let by_nature = matches!(model.ty.carried_scalar(), Some(Scalar::Email | Scalar::Phone));
    if by_nature && !matches!(model.ty, TypeModel::Ref { .. }) {
        model.classes.push(DataClass::Pii);
    }
    model.classes.sort_unstable();
    model.classes.dedup();
    model.protections.sort_unstable();
    model.protections.dedup();
}

fn literal(attribute: &AttributeFact) -> Option<&Literal> {
    attribute.args.iter().find_map(|argument| match argument {
        AttributeArgFact::Value(None, value) => match &value.kind {
            ExprFactKind::Literal(literal) => Some(literal),
            _ => None,
        },
        _ => None,
    })
}

fn number(attribute: &AttributeFact) -> Option<String> {
    match literal(attribute)? {
        Literal::Int(value) => Some(value.to_string()),
        Literal::Decimal(text) => Some(text.to_string()),
        _ => None,
    }
}

fn text(attribute: &AttributeFact) -> Option<String> {
    match literal(attribute)? {
        Literal::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn length(attribute: &AttributeFact) -> Option<LengthRange> {
    if let Some(AttributeArgFact::Range(from, to)) = attribute.args.first() {
        return Some(LengthRange {
            min: Some(convert::amount(*from)),
            max: to.map(convert::amount),
        });
    }
    match literal(attribute)? {
        Literal::Int(exact) => Some(LengthRange {
            min: Some(convert::amount(*exact)),
            max: Some(convert::amount(*exact)),
        }),
        _ => None,
    }
}
