//! Types by what may be said of their values.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{Ty, TyKind},
    },
};

/// Families of types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Family {
    /// Texts of any kind.
    Text,
    /// Raw bytes.
    Bytes,
    /// Numbers, with and without a point.
    Number,
    /// True or false.
    Bool,
    /// An instant or a date.
    Time,
    /// A length of time.
    Duration,
    /// A `uuid`.
    Uuid,
    /// Any JSON.
    Json,
    /// The identity of a row.
    Reference,
    /// A value of an enum.
    Enum,
    /// Something with fields.
    Structure,
    /// A list.
    List(Box<Family>),
    /// Not known: nothing is said about it.
    Unknown,
}

impl Family {
    /// Whether it is one value, without parts.
    pub(super) const fn single(&self) -> bool {
        !matches!(self, Self::Structure | Self::List(_))
    }

    /// Whether two rows can be told apart, or put together, by it.
    pub(super) const fn comparable(&self) -> bool {
        self.single() && !matches!(self, Self::Json)
    }
}

/// The family of a type.
pub(super) fn family(cx: Cx<'_>, item: Item, ty: &Ty) -> Family {
    match &ty.kind {
        TyKind::Scalar(name, _) => match name.as_str() {
            "string" | "text" | "email" | "phone" | "url" => Family::Text,
            "bytes" => Family::Bytes,
            "int" | "long" | "decimal" | "float" | "money" => Family::Number,
            "bool" => Family::Bool,
            "instant" | "date" => Family::Time,
            "duration" => Family::Duration,
            "uuid" => Family::Uuid,
            "json" => Family::Json,
            _ => Family::Unknown,
        },
        TyKind::Ref(_) => Family::Reference,
        TyKind::Named(reference) => {
            match cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) {
                Some(def) if def.enum_def(cx.db).is_some() => Family::Enum,
                Some(_) => Family::Structure,
                None => Family::Unknown,
            }
        }
        TyKind::New(_) | TyKind::Patch(_) | TyKind::Page(_) | TyKind::Inline(_) => Family::Structure,
        TyKind::List(inner) => Family::List(Box::new(family(cx, item, inner))),
        TyKind::Error => Family::Unknown,
    }
}

/// A type in words: `int`, `a list`, `the enum Status`.
pub(super) fn words(ty: &Ty, family: &Family) -> String {
    match (&ty.kind, family) {
        (TyKind::Scalar(name, _), _) => name.to_string(),
        (TyKind::Named(reference), Family::Enum) => format!("the enum {}", reference.text()),
        (TyKind::Named(reference), _) => format!("the structure {}", reference.text()),
        (TyKind::Ref(_), _) => "a reference".to_owned(),
        (_, Family::List(_)) => "a list".to_owned(),
        _ => "a structure".to_owned(),
    }
}

/// The same behind "is": `of type int`, `a list`, `a structure`.
pub(super) fn described(ty: &Ty, family: &Family) -> String {
    match (&ty.kind, family) {
        (TyKind::Scalar(name, _), _) => format!("of type {name}"),
        (TyKind::Named(_), Family::Structure) => "a structure".to_owned(),
        (TyKind::Named(reference), Family::Enum) => format!("a value of {}", reference.text()),
        _ => words(ty, family),
    }
}
