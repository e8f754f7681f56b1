//! Facts of entities, types, events, queries: what has fields.

use archwright_grammar::ast::{Duration, Rate};
use smol_str::SmolStr;

use super::{Deprecated, ExprFact, Name, RefFact};
use crate::model::loc::Loc;

/// `entity`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entity {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// `in`
    pub store: Option<RefFact>,
    /// Fields.
    pub fields: Vec<Field>,
    /// `unique ( )`
    pub uniques: Vec<Vec<RefFact>>,
    /// `index ( )`
    pub indexes: Vec<Vec<RefFact>>,
    /// `visible where`
    pub visible: Option<(ExprFact, Loc)>,
    /// `retain`
    pub retain: Option<Retain>,
    /// `partition by`
    pub partition: Option<(RefFact, Option<Name>)>,
    /// `rows` and growth.
    pub rows: Option<(i64, Option<Rate>)>,
    /// `purpose`
    pub purpose: Option<SmolStr>,
    /// `reference`
    pub reference: Option<Loc>,
    /// The name.
    pub loc: Loc,
}

/// `retain`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retain {
    /// How long.
    pub time: Duration,
    /// `erase`, `anonymize`, `archive`
    pub then: Option<Name>,
    /// A legal hold's reason.
    pub because: Option<SmolStr>,
    /// The statement.
    pub loc: Loc,
}

/// A field of an entity, type or event, or of an inline type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// Its type.
    pub ty: Ty,
    /// `= …` or `@default(…)`
    pub default: Option<ExprFact>,
    /// `@…`
    pub attributes: Vec<AttributeFact>,
    /// The name.
    pub loc: Loc,
}

impl Field {
    /// Whether it has the attribute.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|found| found.name == attribute)
    }
}

/// `@name(args)`
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeFact {
    /// Without the `@`.
    pub name: Name,
    /// Arguments.
    pub args: Vec<AttributeArgFact>,
    /// All of it.
    pub loc: Loc,
}

/// An argument of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeArgFact {
    /// A value, named or not.
    Value(Option<Name>, ExprFact),
    /// `3..10`
    Range(i64, Option<i64>),
}

/// A type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ty {
    /// What.
    pub kind: TyKind,
    /// `?`
    pub optional: bool,
}

/// The forms of a type.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum TyKind {
    /// A scalar (`uuid`, `decimal` with its two numbers …). A name that is a scalar is always the scalar.
    Scalar(Name, Vec<i64>),
    /// A type, enum or entity.
    Named(RefFact),
    /// `ref E`
    Ref(RefFact),
    /// `new E`
    New(RefFact),
    /// `patch E`
    Patch(RefFact),
    /// `page E`
    Page(RefFact),
    /// `[T]`
    List(Box<Ty>),
    /// `{ … }`
    Inline(Vec<Field>),
    /// Could not be read.
    #[default]
    Error,
}

/// `type`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TypeDef {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// The entity it is a projection of; then `projected` says which fields.
    pub of: Option<RefFact>,
    /// Fields of an ordinary type.
    pub fields: Vec<Field>,
    /// Names kept by a projection.
    pub projected: Vec<(Name, Loc)>,
    /// The name.
    pub loc: Loc,
}

/// `enum`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnumDef {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// Members.
    pub members: Vec<(Name, Loc)>,
    /// The name.
    pub loc: Loc,
}

/// `error`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorDef {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// HTTP status.
    pub status: i64,
    /// Text.
    pub message: SmolStr,
    /// The name.
    pub loc: Loc,
}

/// `event`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Event {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// `vN`
    pub version: Option<u32>,
    /// `key`
    pub key: Vec<RefFact>,
    /// Payload.
    pub fields: Vec<Field>,
    /// `deprecated`
    pub deprecated: Option<Deprecated>,
    /// The name.
    pub loc: Loc,
}

/// `query`
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// Its name.
    pub name: Name,
    /// `///` text.
    pub docs: Option<SmolStr>,
    /// Parameters.
    pub params: Vec<Param>,
    /// What it gives.
    pub returns: Ty,
    /// `where`
    pub predicate: Option<(ExprFact, Loc)>,
    /// `order`: field, and whether descending.
    pub order: Vec<(RefFact, bool)>,
    /// `limit`
    pub limit: Option<i64>,
    /// The name.
    pub loc: Loc,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type; an undeclared path parameter has none.
    pub ty: Option<Ty>,
    /// The default.
    pub default: Option<ExprFact>,
    /// Attributes.
    pub attributes: Vec<AttributeFact>,
    /// Where it comes from.
    pub from: ParamFrom,
    /// All of it.
    pub loc: Loc,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ParamFrom {
    /// The path.
    Path,
    /// The query string, or a query's own parameter.
    #[default]
    Query,
    /// The request's body.
    Body,
}
