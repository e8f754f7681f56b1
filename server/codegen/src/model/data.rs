//! Entities and their fields.

use serde::{Deserialize, Serialize};

use super::{DurationModel, Expr, Scalar, TypeModel};

/// An entity: the rows of one table that the service owns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntityModel {
    /// Qualified name: `Orders.Order`.
    pub id: String,
    /// The entity's own name, `PascalCase`.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// The store that holds it, by its own name; empty when the service declares no store.
    pub store: String,
    /// Its fields in source order.
    pub fields: Vec<FieldModel>,
    /// `unique (a, b)`: each a list of field names. Fields marked `@unique` are not repeated here.
    pub uniques: Vec<Vec<String>>,
    /// `index (a, b)`: each a list of field names.
    pub indexes: Vec<Vec<String>>,
    /// `visible where …`: holds for every query of the entity, always.
    pub visible: Option<Expr>,
    /// `retain 7y then erase`.
    pub retention: Option<RetentionModel>,
    /// `partition by placed_at monthly`.
    pub partition: Option<PartitionModel>,
    /// `rows 50_000_000`: expected number of rows.
    pub rows: Option<u64>,
    /// `purpose "…"`: why the data is held.
    pub purpose: String,
    /// `reference`: a small table, the same for everybody.
    pub reference: bool,
}

impl EntityModel {
    /// The field marked `@id`.
    #[must_use]
    pub fn id_field(&self) -> Option<&FieldModel> {
        self.fields.iter().find(|field| field.is_id)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldModel> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// What may leave the service: every field that is not `@internal` and not `@secret` or `@hashed`.
    #[must_use]
    pub fn public_fields(&self) -> Vec<&FieldModel> {
        self.fields.iter().filter(|field| field.may_leave()).collect()
    }

    /// `new E`: what a client may set at creation. Not `@created`, `@updated`, `@readonly`, `@internal`, and not
    /// an `@id` that the service makes itself (`uuid`, `int`, `long`); a natural key is the client's to set.
    #[must_use]
    pub fn new_fields(&self) -> Vec<&FieldModel> {
        self.fields
            .iter()
            .filter(|field| field.client_may_set() && !field.is_made_by_service())
            .collect()
    }

    /// `patch E`: what a client may change: [`Self::new_fields`] without the `@id`.
    #[must_use]
    pub fn patch_fields(&self) -> Vec<&FieldModel> {
        self.fields
            .iter()
            .filter(|field| field.client_may_set() && !field.is_id)
            .collect()
    }
}

/// A field of an entity, a type, an event or an object written in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one attribute of the language"
)]
pub struct FieldModel {
    /// Qualified name: `Orders.Order.status`. A projection's field has the entity's field's id.
    pub id: String,
    /// The field's own name, as written.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// Its type, without the outer `?` (that is `optional`); lists stay `list`.
    pub ty: TypeModel,
    /// `T?`.
    pub optional: bool,
    /// `= placed` or `@default(placed)`.
    pub default: Option<Expr>,
    /// `@id`.
    pub is_id: bool,
    /// `@created`: set by the service when the row is made.
    pub created: bool,
    /// `@updated`: set by the service at every change.
    pub updated: bool,
    /// `@unique`.
    pub unique: bool,
    /// `@readonly`: never set by a client.
    pub readonly: bool,
    /// `@internal`: never leaves the service.
    pub internal: bool,
    /// `@min(n)`, a number as written.
    pub min: Option<String>,
    /// `@max(n)`, a number as written.
    pub max: Option<String>,
    /// `@len(a..b)`: characters of a text, items of a list.
    pub len: Option<LengthRange>,
    /// `@pattern("…")`: a regular expression for the whole value.
    pub pattern: Option<String>,
    /// `@pii @phi @pci @secret`; `email` and `phone` have `pii` without saying so.
    pub classes: Vec<DataClass>,
    /// `@encrypted @hashed @masked @tokenized`.
    pub protections: Vec<Protection>,
    /// `@deprecated("why", sunset: 2027-01-01)`.
    pub deprecated: Option<Deprecation>,
}

impl FieldModel {
    /// Whether a response may carry the field.
    #[must_use]
    pub fn may_leave(&self) -> bool {
        !self.internal
            && !self.classes.contains(&DataClass::Secret)
            && !self.protections.contains(&Protection::Hashed)
    }

    /// Whether a client may give the field a value at all.
    #[must_use]
    pub fn client_may_set(&self) -> bool {
        !(self.created || self.updated || self.readonly || self.internal)
    }

    /// Whether the service makes the value itself: a generated key.
    #[must_use]
    pub fn is_made_by_service(&self) -> bool {
        self.is_id
            && matches!(
                self.ty.carried_scalar(),
                Some(Scalar::Uuid | Scalar::Int | Scalar::Long)
            )
    }
}

/// `@len(a..b)`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LengthRange {
    /// At least.
    pub min: Option<u64>,
    /// At most.
    pub max: Option<u64>,
}

/// What kind of data a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataClass {
    /// Personal.
    Pii,
    /// Health.
    Phi,
    /// Payment card.
    Pci,
    /// A secret: passwords, tokens, keys.
    Secret,
}

/// How a field's value is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Encrypted where it is stored.
    Encrypted,
    /// Only a hash is stored.
    Hashed,
    /// Shown in part.
    Masked,
    /// Replaced by a token.
    Tokenized,
}

/// `retain 7y then erase`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionModel {
    /// How long.
    pub keep: DurationModel,
    /// What then.
    pub then: RetentionEnd,
}

/// What happens to a row whose time is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetentionEnd {
    /// The row goes.
    #[default]
    Erase,
    /// Classified fields go, the row stays.
    Anonymize,
    /// The row moves to an archive.
    Archive,
}

/// `partition by placed_at monthly`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PartitionModel {
    /// The field.
    pub by: String,
    /// `daily weekly monthly yearly`, as written.
    pub every: String,
}

/// Going away: why, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deprecation {
    /// Why, for people.
    pub reason: String,
    /// A date `2027-01-01`, when one is given.
    pub sunset: Option<String>,
}
