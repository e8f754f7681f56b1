//! Schemas: types of the model with the bounds that a service enforces.

use std::collections::{BTreeMap, BTreeSet};

use crate::json::{Json, Object};
use crate::model::{
    EntityModel, EnumModel, FieldModel, NamedShape, Scalar, ServiceModel, TypeDef, TypeModel,
};
use crate::names;

use super::is_required;
use super::values::{constant, number, problem, scalar_schema};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the client: bounds are checked, unknown properties refused.
    In,
    /// To the client: every property is there.
    Out,
}

/// The named schemas of a document, made when they are first used.
pub(super) struct Schemas<'a> {
    service: &'a ServiceModel,
    made: BTreeMap<String, Json>,
    names: BTreeMap<(String, &'static str), String>,
    taken: BTreeSet<String>,
}

pub(super) fn reference(name: &str) -> Json {
    Json::object([("$ref", Json::from(format!("#/components/schemas/{name}")))])
}

impl<'a> Schemas<'a> {
    pub(super) fn new(service: &'a ServiceModel) -> Self {
        let mut schemas = Self {
            service,
            made: BTreeMap::new(),
            names: BTreeMap::new(),
            taken: BTreeSet::from(["Problem".to_owned()]),
        };
        schemas.made.insert("Problem".to_owned(), problem());
        schemas
    }

    /// All schemas, by name.
    pub(super) fn finish(self) -> Json {
        Json::object(self.made)
    }

    /// The schema of a type; `hint` names an object that is written in place.
    pub(super) fn of_type(&mut self, ty: &TypeModel, direction: Direction, hint: &str) -> Json {
        match ty {
            TypeModel::Scalar {
                scalar,
                precision,
                scale,
            } => scalar_schema(*scalar, precision.zip(Some(scale.unwrap_or(0))), direction),
            TypeModel::Ref { target } => scalar_schema(target.key, None, direction),
            TypeModel::Named {
                id,
                shape: NamedShape::Enum,
                ..
            } => match self.service.enum_by_id(id) {
                Some(def) => self.named((&def.id, ""), &def.name, |_| enumeration(def)),
                None => Json::object([("type", Json::from("string"))]),
            },
            TypeModel::Named { id, .. } => match self.service.type_by_id(id) {
                Some(def) => self.definition(def),
                None => Json::object([("type", Json::from("object"))]),
            },
            TypeModel::Entity { target } => self.entity(&target.id, "Read"),
            TypeModel::New { target } => self.entity(&target.id, "Create"),
            TypeModel::Patch { target } => self.entity(&target.id, "Update"),
            TypeModel::Page { of } => self.page(of),
            TypeModel::Optional { of } => nullable(self.of_type(of, direction, hint)),
            TypeModel::List { of } => {
                let items = self.of_type(of, direction, hint);
                Json::object([
                    ("type", Json::from("array")),
                    ("items", items),
                    ("maxItems", 1_000_u64.into()),
                ])
            }
            TypeModel::Object { fields } => {
                let name = names::pascal(hint);
                // What an entity stores looks the same in both directions, as a declared type does.
                let stored = self.service.entities.iter().any(|entity| {
                    entity
                        .fields
                        .iter()
                        .any(|field| format!("{}_{}", entity.name, field.name) == hint)
                });
                let direction = if stored { Direction::In } else { direction };
                self.named((hint, "object"), &name, |schemas| {
                    schemas.object(fields, direction, &name)
                })
            }
        }
    }

    /// The schema of a parameter in a path or a query.
    pub(super) fn of_parameter(&mut self, param: &FieldModel, endpoint: &str) -> Json {
        let schema = self.bounded(param, Direction::In, &format!("{endpoint}_{}", param.name));
        with_default(schema, param)
    }

    fn entity(&mut self, id: &str, form: &'static str) -> Json {
        let Some(entity) = self.service.entity_by_id(id) else {
            return Json::object([("type", Json::from("object"))]);
        };
        let name = format!("{}{form}", names::pascal(&entity.name));
        self.named((&entity.id, form), &name, |schemas| {
            schemas.entity_form(entity, form)
        })
    }

    fn entity_form(&mut self, entity: &EntityModel, form: &str) -> Json {
        let hint = entity.name.as_str();
        let mut schema = match form {
            "Create" => self.fields(entity.new_fields(), Direction::In, hint, is_required),
            "Update" => self.fields(entity.patch_fields(), Direction::In, hint, |_| false),
            _ => self.fields(entity.public_fields(), Direction::Out, hint, |_| true),
        };
        if form == "Update" {
            // A change says only what it says: a default would say more.
            forget_defaults(&mut schema);
        }
        described(schema, &entity.docs)
    }

    fn definition(&mut self, def: &TypeDef) -> Json {
        let name = names::pascal(&def.name);
        self.named((&def.id, ""), &name, |schemas| {
            let schema = if def.projection_of.is_some() {
                let fields = def.fields.iter().filter(|field| field.may_leave()).collect();
                schemas.fields(fields, Direction::Out, &def.name, |_| true)
            } else {
                schemas.object(&def.fields, Direction::In, &def.name)
            };
            described(schema, &def.docs)
        })
    }

    fn page(&mut self, of: &TypeModel) -> Json {
        let (id, stem) = match of {
            TypeModel::Entity { target } => (target.id.as_str(), target.name.as_str()),
            TypeModel::Named { id, name, .. } => (id.as_str(), name.as_str()),
            _ => ("", "Result"),
        };
        let name = format!("{}Page", names::pascal(stem));
        self.named((id, "Page"), &name, |schemas| {
            let items = schemas.of_type(of, Direction::Out, stem);
            let list = Json::object([
                ("type", Json::from("array")),
                ("items", items),
                ("maxItems", 1_000_u64.into()),
            ]);
            let cursor = Json::object([
                ("type", Json::list(["string".into(), "null".into()])),
                (
                    "description",
                    "Where the next page begins; null on the last one.".into(),
                ),
            ]);
            Json::object([
                ("type", Json::from("object")),
                (
                    "properties",
                    Json::object([("items", list), ("next_cursor", cursor)]),
                ),
                ("required", Json::list(["items".into(), "next_cursor".into()])),
            ])
        })
    }

    fn object(&mut self, fields: &[FieldModel], direction: Direction, hint: &str) -> Json {
        let required: fn(&FieldModel) -> bool = match direction {
            // In a type a list is part of what is said; only a new row may begin with an empty one unsaid.
            Direction::In => |field| !field.optional && field.default.is_none(),
            Direction::Out => |_| true,
        };
        self.fields(fields.iter().collect(), direction, hint, required)
    }

    fn fields(
        &mut self,
        fields: Vec<&FieldModel>,
        direction: Direction,
        hint: &str,
        required: fn(&FieldModel) -> bool,
    ) -> Json {
        let must: Vec<Json> = fields
            .iter()
            .filter(|field| required(field))
            .map(|field| Json::from(field.name.as_str()))
            .collect();
        let mut properties = Object::new();
        for field in fields {
            let mut schema = self.bounded(field, direction, &format!("{hint}_{}", field.name));
            if field.optional {
                schema = nullable(schema);
            }
            if direction == Direction::In {
                schema = with_default(schema, field);
            }
            if field.deprecated.is_some() {
                schema = with(schema, "deprecated", true.into());
            }
            properties.insert(field.name.clone(), described(schema, &field.docs));
        }
        let mut object = vec![
            ("type", Json::from("object")),
            ("properties", Json::Object(properties)),
        ];
        if !must.is_empty() {
            object.push(("required", Json::list(must)));
        }
        if direction == Direction::In {
            object.push(("additionalProperties", false.into()));
        }
        Json::object(object)
    }

    /// The schema of a field's type with the field's own bounds.
    fn bounded(&mut self, field: &FieldModel, direction: Direction, hint: &str) -> Json {
        let mut schema = self.of_type(&field.ty, direction, hint);
        if direction == Direction::Out {
            return schema;
        }
        let len = field.len.unwrap_or_default();
        let (least, most) = match &field.ty {
            TypeModel::List { .. } => ("minItems", "maxItems"),
            _ => ("minLength", "maxLength"),
        };
        if let Some(min) = len.min.filter(|min| *min > 0) {
            schema = with(schema, least, min.into());
        }
        if let Some(max) = len.max {
            schema = with(schema, most, max.into());
        }
        if let Some(pattern) = &field.pattern {
            schema = with(schema, "pattern", format!("^(?:{pattern})$").into());
        }
        let positive = field.min.as_deref().is_some_and(|min| !min.starts_with('-'));
        if positive
            && let Json::Object(map) = &schema
            && matches!(field.ty.carried_scalar(), Some(Scalar::Decimal | Scalar::Money))
            && let Some(Json::Text(pattern)) = map.get("pattern")
        {
            // Exact numbers are text, which has no minimum; the sign at least can be said.
            let unsigned = pattern.replacen("^-?", "^", 1);
            schema = with(schema, "pattern", unsigned.into());
        }
        if matches!(
            field.ty.carried_scalar(),
            Some(Scalar::Int | Scalar::Long | Scalar::Float)
        ) {
            for (key, bound) in [("minimum", &field.min), ("maximum", &field.max)] {
                if let Some(number) = bound.as_deref().and_then(number) {
                    schema = with(schema, key, number);
                }
            }
        }
        schema
    }

    /// A reference to the schema under that name, which is made now if nobody has used it yet.
    fn named(&mut self, key: (&str, &'static str), name: &str, make: impl FnOnce(&mut Self) -> Json) -> Json {
        let key = (key.0.to_owned(), key.1);
        if let Some(name) = self.names.get(&key) {
            return reference(name);
        }
        let mut free = name.to_owned();
        let mut number = 2;
        while !self.taken.insert(free.clone()) {
            free = format!("{name}{number}");
            number += 1;
        }
        self.names.insert(key, free.clone());
        let schema = make(self);
        self.made.insert(free.clone(), schema);
        reference(&free)
    }
}

fn enumeration(def: &EnumModel) -> Json {
    let members = def.members.iter().map(|member| Json::from(member.name.as_str()));
    let schema = Json::object([("type", Json::from("string")), ("enum", Json::list(members))]);
    described(schema, &def.docs)
}

fn nullable(schema: Json) -> Json {
    if let Json::Object(map) = &schema
        && let Some(Json::Text(kind)) = map.get("type")
        && !map.contains_key("enum")
    {
        let kinds = Json::list([kind.as_str().into(), "null".into()]);
        return with(schema, "type", kinds);
    }
    if schema == Json::Object(Object::new()) {
        return schema;
    }
    Json::object([(
        "anyOf",
        Json::list([schema, Json::object([("type", Json::from("null"))])]),
    )])
}

fn with_default(schema: Json, field: &FieldModel) -> Json {
    match field
        .default
        .as_ref()
        .and_then(|default| constant(default, &field.ty))
    {
        Some(value) => with(schema, "default", value),
        None => schema,
    }
}

fn forget_defaults(schema: &mut Json) {
    let Json::Object(map) = schema else { return };
    let Some(Json::Object(properties)) = map.get_mut("properties") else {
        return;
    };
    for property in properties.values_mut() {
        if let Json::Object(property) = property {
            property.shift_remove("default");
        }
    }
}

/// A schema with one more keyword; beside a `$ref` it stands as it is (JSON Schema 2020-12 allows siblings).
fn with(schema: Json, key: &str, value: Json) -> Json {
    match schema {
        Json::Object(mut map) => {
            map.insert(key.to_owned(), value);
            Json::Object(map)
        }
        other => other,
    }
}

fn described(schema: Json, docs: &str) -> Json {
    if docs.is_empty() {
        schema
    } else {
        with(schema, "description", docs.into())
    }
}
