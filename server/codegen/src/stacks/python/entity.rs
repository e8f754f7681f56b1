//! Entities as tables, rows and Python objects.

use crate::model::{EntityModel, FieldModel, NamedShape, Protection, Scalar, TypeModel};
use crate::names as words;

use super::code::fit;
use super::names::{attributes, column};
use super::types::{EntityClasses, Side, Types};

/// One entity that has a table.
#[derive(Debug)]
pub(super) struct Entity<'a> {
    pub(super) model: &'a EntityModel,
    /// The name of its modules and of its store: `order_line`.
    pub(super) slug: String,
    /// The table's name in `PostgreSQL`.
    pub(super) table: String,
    pub(super) classes: EntityClasses,
    pub(super) fields: Vec<Field<'a>>,
    key: usize,
}

/// One field with its names.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) model: &'a FieldModel,
    /// In Python.
    pub(super) attribute: String,
    /// In `PostgreSQL`.
    pub(super) column: String,
    /// For objects that are written in place.
    pub(super) hint: String,
}

/// How a value lies in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    /// As `PostgreSQL`'s own type.
    Plain,
    /// The name of an enum's member, as text.
    Enum,
    /// A list of such names.
    Enums,
    /// JSON of a value type or of a list that is no plain array.
    Json,
    /// JSON of whatever it is, encrypted for this table, column and row.
    Sealed,
}

impl<'a> Entity<'a> {
    /// `None` for an entity without `@id`.
    pub(super) fn new(
        model: &'a EntityModel,
        slug: String,
        table: String,
        types: &Types<'_>,
    ) -> Option<Self> {
        let key = model.fields.iter().position(|field| field.is_id)?;
        let names = attributes(model.fields.iter().map(|field| field.name.as_str()));
        let fields = model
            .fields
            .iter()
            .zip(names)
            .map(|(field, attribute)| Field {
                model: field,
                attribute,
                column: words::sql_identifier(&field.name),
                hint: format!("{}{}", model.name, words::pascal(&field.name)),
            })
            .collect();
        Some(Self {
            model,
            slug,
            table,
            classes: types.entity(&model.id),
            fields,
            key,
        })
    }

    /// Whether some field is encrypted.
    pub(super) fn sealed(&self) -> bool {
        self.fields.iter().any(|field| field.storage() == Storage::Sealed)
    }

    /// An encrypted field that something needs to compare, which needs an index of its own that is not generated yet.
    pub(super) fn sealed_and_compared(&self) -> Option<&Field<'a>> {
        let listed = |field: &Field<'_>| {
            let lists = self.model.uniques.iter().chain(&self.model.indexes);
            lists.into_iter().flatten().any(|name| *name == field.model.name)
        };
        let refers = |field: &Field<'_>| matches!(&field.model.ty, TypeModel::Ref { target } if target.local);
        self.fields.iter().find(|field| {
            field.storage() == Storage::Sealed
                && (field.model.unique || field.model.is_id || listed(field) || refers(field))
        })
    }

    pub(super) fn key(&self) -> &Field<'a> {
        &self.fields[self.key]
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.model.name == name)
    }

    /// Whether `PostgreSQL` counts the key.
    pub(super) fn counted(&self) -> bool {
        let key = self.key();
        key.model.is_made_by_service()
            && matches!(
                key.model.ty,
                TypeModel::Scalar {
                    scalar: Scalar::Int | Scalar::Long,
                    ..
                }
            )
    }
}

impl Field<'_> {
    /// How code reaches the column of `table` (a variable that holds a table).
    pub(super) fn reach(&self, table: &str) -> String {
        column(table, &self.column)
    }

    pub(super) fn domain(&self, types: &Types<'_>) -> String {
        let annotation = types.annotation(&self.model.ty, Side::Domain, &self.hint);
        if self.model.optional {
            format!("{annotation} | None")
        } else {
            annotation
        }
    }

    pub(super) fn storage(&self) -> Storage {
        if self.model.protections.contains(&Protection::Encrypted) {
            return Storage::Sealed;
        }
        match &self.model.ty {
            TypeModel::Scalar { .. } | TypeModel::Ref { .. } => Storage::Plain,
            TypeModel::Named {
                shape: NamedShape::Enum,
                ..
            } => Storage::Enum,
            TypeModel::List { of } => match of.as_ref() {
                TypeModel::Scalar {
                    scalar: Scalar::Json, ..
                } => Storage::Json,
                TypeModel::Scalar { .. } | TypeModel::Ref { .. } => Storage::Plain,
                TypeModel::Named {
                    shape: NamedShape::Enum,
                    ..
                } => Storage::Enums,
                _ => Storage::Json,
            },
            _ => Storage::Json,
        }
    }

    /// The column's type in `PostgreSQL`.
    pub(super) fn sql(&self) -> String {
        match self.storage() {
            Storage::Enum => "text".to_owned(),
            Storage::Enums => "text[]".to_owned(),
            Storage::Json => "jsonb".to_owned(),
            Storage::Sealed => "bytea".to_owned(),
            Storage::Plain => match &self.model.ty {
                TypeModel::List { of } => format!("{}[]", sql_scalar(of)),
                other => sql_scalar(other),
            },
        }
    }

    /// The column's type in `SQLAlchemy`.
    pub(super) fn alchemy(&self) -> String {
        match self.storage() {
            Storage::Enum => "Text()".to_owned(),
            Storage::Enums => "ARRAY(Text())".to_owned(),
            Storage::Sealed => "LargeBinary()".to_owned(),
            Storage::Json if self.model.optional => "JSONB(none_as_null=True)".to_owned(),
            Storage::Json => "JSONB()".to_owned(),
            Storage::Plain => match &self.model.ty {
                TypeModel::List { of } => format!("ARRAY({})", alchemy_scalar(of)),
                TypeModel::Scalar {
                    scalar: Scalar::Json, ..
                } if self.model.optional => "JSONB(none_as_null=True)".to_owned(),
                other => alchemy_scalar(other),
            },
        }
    }

    /// Code for where a sealed value stands; a value that is moved elsewhere can't be opened any more.
    fn place(&self, key: &str) -> String {
        format!("f\"{{ROWS.name}}.{}.{{{key}}}\"", self.column)
    }

    /// The constant that turns the value into JSON and back.
    pub(super) fn adapter(&self) -> String {
        format!("{}_JSON", words::constant(&self.attribute))
    }

    /// `status=OrderStatus(row["status"]),` at eight blanks.
    pub(super) fn cell(&self, types: &Types<'_>, key: &Self) -> String {
        let name = &self.attribute;
        let cell = format!("row[\"{}\"]", self.column);
        let make = match self.storage() {
            Storage::Plain => return format!("{name}={cell},"),
            Storage::Enum => types.annotation(&self.model.ty, Side::Domain, &self.hint),
            Storage::Enums => {
                let TypeModel::List { of } = &self.model.ty else {
                    return format!("{name}={cell},");
                };
                let class = types.annotation(of, Side::Domain, &self.hint);
                let one_line = format!("{name}=members({class}, {cell}),");
                let exploded =
                    format!("{name}=members(\n            {class},\n            {cell},\n        ),");
                return if self.model.optional {
                    let one_line = format!("{name}=optional_members({class}, {cell}),");
                    let exploded = format!(
                        "{name}=optional_members(\n            {class},\n            {cell},\n        ),"
                    );
                    fit(8, &one_line, || exploded)
                } else {
                    fit(8, &one_line, || exploded)
                };
            }
            Storage::Sealed => {
                let opened = if self.model.optional {
                    "optional_opened"
                } else {
                    "opened"
                };
                return format!(
                    "{name}={opened}(\n            cipher,\n            {},\n            {cell},\n            {},\n        ),",
                    self.adapter(),
                    self.place(&format!("row['{}']", key.column)),
                );
            }
            Storage::Json => format!("{}.validate_python", self.adapter()),
        };
        if self.model.optional {
            let exploded = format!("{name}=optional(\n            {make},\n            {cell},\n        ),");
            fit(8, &format!("{name}=optional({make}, {cell}),"), || exploded)
        } else {
            let exploded = format!("{name}={make}(\n            {cell},\n        ),");
            fit(8, &format!("{name}={make}({cell}),"), || exploded)
        }
    }

    /// `"status": row.status,` at eight blanks.
    pub(super) fn to_value(&self, key: &Self) -> String {
        let value = format!("row.{}", self.attribute);
        if self.storage() == Storage::Sealed {
            return format!(
                "\"{}\": sealed(\n            cipher,\n            {},\n            {value},\n            {},\n        ),",
                self.column,
                self.adapter(),
                self.place(&format!("row.{}", key.attribute)),
            );
        }
        if self.storage() != Storage::Json {
            return format!("\"{}\": {value},", self.column);
        }
        let adapter = self.adapter();
        let exploded = format!(
            "\"{}\": dumped(\n            {adapter},\n            {value},\n        ),",
            self.column
        );
        fit(
            8,
            &format!("\"{}\": dumped({adapter}, {value}),", self.column),
            || exploded,
        )
    }
}

fn scalar_of(ty: &TypeModel) -> Scalar {
    ty.carried_scalar().unwrap_or(Scalar::Text)
}

fn sql_scalar(ty: &TypeModel) -> String {
    match scalar_of(ty) {
        Scalar::Uuid => "uuid".to_owned(),
        Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url => "text".to_owned(),
        Scalar::Int => "integer".to_owned(),
        Scalar::Long => "bigint".to_owned(),
        Scalar::Decimal | Scalar::Money => {
            let (precision, scale) = digits(ty);
            format!("numeric({precision}, {scale})")
        }
        Scalar::Float => "double precision".to_owned(),
        Scalar::Bool => "boolean".to_owned(),
        Scalar::Instant => "timestamptz".to_owned(),
        Scalar::Date => "date".to_owned(),
        Scalar::Duration => "interval".to_owned(),
        Scalar::Bytes => "bytea".to_owned(),
        Scalar::Json => "jsonb".to_owned(),
    }
}

/// `SQLAlchemy`'s name for the type of a scalar or an identity.
pub(super) fn alchemy_scalar(ty: &TypeModel) -> String {
    match scalar_of(ty) {
        Scalar::Uuid => "Uuid()".to_owned(),
        Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url => "Text()".to_owned(),
        Scalar::Int => "Integer()".to_owned(),
        Scalar::Long => "BigInteger()".to_owned(),
        Scalar::Decimal | Scalar::Money => {
            let (precision, scale) = digits(ty);
            format!("Numeric({precision}, {scale})")
        }
        Scalar::Float => "Double()".to_owned(),
        Scalar::Bool => "Boolean()".to_owned(),
        Scalar::Instant => "DateTime(timezone=True)".to_owned(),
        Scalar::Date => "Date()".to_owned(),
        Scalar::Duration => "Interval()".to_owned(),
        Scalar::Bytes => "LargeBinary()".to_owned(),
        Scalar::Json => "JSONB()".to_owned(),
    }
}

/// Total digits and digits behind the point of an exact number.
pub(super) fn digits(ty: &TypeModel) -> (u32, u32) {
    match ty {
        TypeModel::Scalar {
            scalar: Scalar::Decimal,
            precision: Some(precision),
            scale,
        } => (*precision, scale.unwrap_or(0)),
        TypeModel::Scalar {
            scalar: Scalar::Decimal,
            ..
        } => (28, 10),
        _ => (19, 4),
    }
}
