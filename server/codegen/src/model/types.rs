//! Types as the generators see them: scalars, identities, named shapes, derived bodies.

use serde::{Deserialize, Serialize};

use super::FieldModel;

/// Three states, never two: what was said, what was said to be off, and what was never said (after inheritance).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Said: `encrypted`, `tls required`.
    On,
    /// Said to be off: `encrypted off`, `tls off`.
    Off,
    /// Never said, neither here nor in what encloses it.
    #[default]
    Absent,
}

/// A scalar type of the language, by its own name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// `uuid`.
    Uuid,
    /// `string`: one line, bounded (255 characters unless `@len` says otherwise).
    #[default]
    String,
    /// `text`: unbounded prose.
    Text,
    /// `int`: 32 bits, signed.
    Int,
    /// `long`: 64 bits, signed.
    Long,
    /// `decimal(p, s)`: exact; precision and scale are beside it in [`TypeModel::Scalar`].
    Decimal,
    /// `float`: 64 bits.
    Float,
    /// `bool`.
    Bool,
    /// `instant`: a point in time, UTC.
    Instant,
    /// `date`: a calendar date.
    Date,
    /// `duration`.
    Duration,
    /// `bytes`.
    Bytes,
    /// `json`: any JSON value.
    Json,
    /// `email`: an address, personal data by nature.
    Email,
    /// `phone`: a number in E.164 form, personal data by nature.
    Phone,
    /// `url`.
    Url,
    /// `money`: an exact amount in one currency, `decimal(19, 4)` where it is stored.
    Money,
}

/// A type in a field, a parameter, a return type or an event.
///
/// Serialised with a `kind`: `scalar ref entity named new patch page optional list object`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TypeModel {
    /// A scalar.
    Scalar {
        /// Which one.
        scalar: Scalar,
        /// `decimal(p, s)`: total digits.
        #[serde(default)]
        precision: Option<u32>,
        /// `decimal(p, s)`: digits after the point.
        #[serde(default)]
        scale: Option<u32>,
    },
    /// `ref E`: the identity of an entity; carries the value of its key, and is a foreign key when `local`.
    Ref {
        /// The entity referred to.
        target: EntityTarget,
    },
    /// An entity itself as a body (`-> Order`): all its fields that may leave the service.
    Entity {
        /// The entity.
        target: EntityTarget,
    },
    /// A `type`, a projection or an `enum`, by name.
    Named {
        /// Qualified name: `Orders.OrderSummary`, or `Address` for the shared kernel. Its definition is in the
        /// service's `types`/`enums` when `local`, else in `imported_types`/`imported_enums`.
        id: String,
        /// The last segment of `id`.
        name: String,
        /// What the name stands for.
        shape: NamedShape,
        /// Whether this service declares it.
        #[serde(default)]
        local: bool,
    },
    /// `new E`: what a client may set at creation ([`super::EntityModel::new_fields`]).
    New {
        /// The entity.
        target: EntityTarget,
    },
    /// `patch E`: the same fields, all optional ([`super::EntityModel::patch_fields`]).
    Patch {
        /// The entity.
        target: EntityTarget,
    },
    /// `page T`: one page and a cursor; `of` is `entity` or `named` with shape `projection`.
    Page {
        /// What the page holds.
        of: Box<TypeModel>,
    },
    /// `T?` where no field carries the flag: in a return type or inside a list.
    Optional {
        /// What may be missing.
        of: Box<TypeModel>,
    },
    /// `[T]`.
    List {
        /// The items' type.
        of: Box<TypeModel>,
    },
    /// `{ a: string; b: int }` in place.
    Object {
        /// Its fields.
        fields: Vec<FieldModel>,
    },
}

impl Default for TypeModel {
    fn default() -> Self {
        Self::scalar(Scalar::String)
    }
}

impl TypeModel {
    /// A scalar without arguments.
    #[must_use]
    pub fn scalar(scalar: Scalar) -> Self {
        Self::Scalar {
            scalar,
            precision: None,
            scale: None,
        }
    }

    /// The scalar that a value of this type carries on the wire, if it is one: the scalar itself or a key.
    #[must_use]
    pub fn carried_scalar(&self) -> Option<Scalar> {
        match self {
            Self::Scalar { scalar, .. } => Some(*scalar),
            Self::Ref { target } => Some(target.key),
            _ => None,
        }
    }
}

/// What a [`TypeModel::Named`] stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedShape {
    /// `type Address { … }`.
    #[default]
    Type,
    /// `type OrderSummary of Order { … }`.
    Projection,
    /// `enum OrderStatus { … }`.
    Enum,
}

/// An entity that is referred to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntityTarget {
    /// Qualified name: `Orders.Order`.
    pub id: String,
    /// The service that owns it.
    pub service: String,
    /// The entity's own name.
    pub name: String,
    /// Whether the service being generated owns it. A foreign one is a value without a foreign key.
    pub local: bool,
    /// The scalar of its `@id` field.
    pub key: Scalar,
}

/// A `type` or a projection with its fields resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TypeDef {
    /// Qualified name: `Orders.Address`, or `Address` at top level.
    pub id: String,
    /// The type's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// For a projection, the entity it is taken from.
    pub projection_of: Option<EntityTarget>,
    /// Its fields; a projection's are the entity's own, with type, bounds and classes.
    pub fields: Vec<FieldModel>,
}

/// An `enum`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnumModel {
    /// Qualified name: `Orders.OrderStatus`, or `OrderStatus` at top level.
    pub id: String,
    /// The enum's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// Its members; the wire value is the member's name.
    pub members: Vec<EnumMember>,
}

/// One member of an enum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnumMember {
    /// The member's name and its wire value.
    pub name: String,
    /// Documentation.
    pub docs: String,
}

/// An `error OutOfStock 409 "…"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ErrorModel {
    /// Qualified name: `Orders.OutOfStock`, or `OutOfStock` at top level.
    pub id: String,
    /// The error's own name.
    pub name: String,
    /// Documentation.
    pub docs: String,
    /// The HTTP status.
    pub status: u16,
    /// The sentence for people (`title` of the problem document).
    pub message: String,
    /// Whether this service declares it (else it is of the shared kernel or of another service).
    pub local: bool,
}

/// A length of time as it was written, and in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DurationModel {
    /// As written: `30s`, `6mo`.
    pub text: String,
    /// The number.
    pub amount: u64,
    /// The unit.
    pub unit: DurationUnit,
}

impl DurationModel {
    /// A duration of `amount` units.
    #[must_use]
    pub fn new(amount: u64, unit: DurationUnit) -> Self {
        Self {
            text: format!("{amount}{}", unit.suffix()),
            amount,
            unit,
        }
    }

    /// Milliseconds; a month counts 30 days and a year 365 (calendar arithmetic should use `amount` and `unit`).
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.amount.saturating_mul(self.unit.millis())
    }
}

/// The unit of a duration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DurationUnit {
    /// Milliseconds.
    #[serde(rename = "ms")]
    Millisecond,
    /// Seconds.
    #[default]
    #[serde(rename = "s")]
    Second,
    /// Minutes.
    #[serde(rename = "m")]
    Minute,
    /// Hours.
    #[serde(rename = "h")]
    Hour,
    /// Days.
    #[serde(rename = "d")]
    Day,
    /// Weeks.
    #[serde(rename = "w")]
    Week,
    /// Months.
    #[serde(rename = "mo")]
    Month,
    /// Years.
    #[serde(rename = "y")]
    Year,
}

impl DurationUnit {
    /// The letters that follow the number in a blueprint.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Millisecond => "ms",
            Self::Second => "s",
            Self::Minute => "m",
            Self::Hour => "h",
            Self::Day => "d",
            Self::Week => "w",
            Self::Month => "mo",
            Self::Year => "y",
        }
    }

    /// Milliseconds in one unit (30 days for a month, 365 for a year).
    #[must_use]
    pub fn millis(self) -> u64 {
        match self {
            Self::Millisecond => 1,
            Self::Second => 1_000,
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
            Self::Week => 604_800_000,
            Self::Month => 2_592_000_000,
            Self::Year => 31_536_000_000,
        }
    }
}
