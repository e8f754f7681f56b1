//! What kinds of value there are, and which of them go together.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::Def,
        facts::{Ty, TyKind},
    },
};

/// What an expression is, as far as comparing, ordering and adding go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    /// Not known: never a mismatch.
    Unknown,
    /// Has a name or type that is wrong, which is reported where that stands: nothing that meets it is judged.
    Wrong,
    /// True or false.
    Bool,
    /// Text, perhaps of a certain form.
    Text(TextKind),
    /// A number.
    Number(NumberKind),
    /// A point in time.
    Instant,
    /// A day.
    Date,
    /// A length of time.
    Duration,
    /// An identity: `uuid`, `ref`, `caller.id`, `caller.tenant`.
    Identity(Kept),
    /// A member of an enum.
    Enum(Def),
    /// `caller.role`
    Role,
    /// Raw bytes.
    Bytes,
    /// `null`
    Null,
    /// `[T]`
    List,
    /// Something with fields.
    Structure,
}

/// Forms of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// Any.
    Plain,
    /// `email`
    Email,
    /// `phone`
    Phone,
    /// `url`
    Url,
}

/// Kinds of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberKind {
    /// Of no certain size: a literal, a sum.
    Any,
    /// `int`: 32 bits.
    Int,
    /// `long`: 64 bits.
    Long,
    /// `decimal(p, s)`
    Decimal {
        /// All digits.
        precision: i64,
        /// Those behind the point.
        scale: i64,
    },
    /// `float`
    Float,
    /// `money`
    Money,
    /// A size, in bytes.
    Size,
    /// A percentage: a part of one.
    Share,
}

/// As what an identity is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The caller's, or of an entity whose identity is not known.
    Unknown,
    /// A UUID.
    Uuid,
    /// A text.
    Text,
    /// A number.
    Number,
}

impl Sort {
    /// In words, with an article: `a number`.
    pub(super) fn words(&self, cx: Cx<'_>) -> String {
        match self {
            Self::Unknown | Self::Wrong => "a value".into(),
            Self::Bool => "true or false".into(),
            Self::Text(TextKind::Plain) => "a text".into(),
            Self::Text(TextKind::Email) => "an e-mail address".into(),
            Self::Text(TextKind::Phone) => "a telephone number".into(),
            Self::Text(TextKind::Url) => "a URL".into(),
            Self::Number(NumberKind::Int | NumberKind::Long) => "a whole number".into(),
            Self::Number(NumberKind::Money) => "an amount of money".into(),
            Self::Number(NumberKind::Size) => "a size".into(),
            Self::Number(NumberKind::Share) => "a percentage".into(),
            Self::Number(_) => "a number".into(),
            Self::Instant => "a point in time".into(),
            Self::Date => "a day".into(),
            Self::Duration => "a length of time".into(),
            Self::Identity(Kept::Uuid) => "a UUID".into(),
            Self::Identity(_) => "an identity".into(),
            Self::Enum(def) => format!("a value of {}", cx.qualified(*def)),
            Self::Role => "a role".into(),
            Self::Bytes => "raw bytes".into(),
            Self::Null => "null".into(),
            Self::List => "a list".into(),
            Self::Structure => "a structure".into(),
        }
    }

    /// Whether nothing can be said about it.
    pub(super) const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown | Self::Wrong)
    }

    /// Whether values of both can be equal.
    pub(super) fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown | Self::Wrong, _) | (_, Self::Unknown | Self::Wrong) => true,
            (Self::Text(one), Self::Text(other)) => {
                one == other || *one == TextKind::Plain || *other == TextKind::Plain
            }
            (Self::Number(one), Self::Number(other)) => one.fits(*other) && other.fits(*one),
            (Self::Instant | Self::Date, Self::Instant | Self::Date) => true,
            (Self::Identity(one), Self::Identity(other)) => {
                one == other || *one == Kept::Unknown || *other == Kept::Unknown
            }
            (Self::Identity(kept), Self::Text(_)) | (Self::Text(_), Self::Identity(kept)) => {
                matches!(kept, Kept::Unknown | Kept::Text)
            }
            (Self::Identity(kept), Self::Number(_)) | (Self::Number(_), Self::Identity(kept)) => {
                matches!(kept, Kept::Unknown | Kept::Number)
            }
            (Self::List | Self::Structure, _) => false,
            _ => self == other,
        }
    }

    /// Whether one value of it can come before another.
    pub(super) const fn has_order(&self) -> bool {
        !matches!(
            self,
            Self::Bool
                | Self::Identity(Kept::Unknown | Kept::Uuid)
                | Self::Enum(_)
                | Self::Role
                | Self::Bytes
                | Self::List
                | Self::Structure
        )
    }
}

impl NumberKind {
    /// A part of one is never a whole number or an amount; a size is never an amount.
    const fn fits(self, other: Self) -> bool {
        match self {
            Self::Share => !matches!(other, Self::Int | Self::Long | Self::Money | Self::Size),
            Self::Size => !matches!(other, Self::Money | Self::Share),
            _ => true,
        }
    }
}

/// What values of a type are.
pub fn sort_of(cx: Cx<'_>, item: Item, ty: &Ty) -> Sort {
    match &ty.kind {
        TyKind::Scalar(name, args) => scalar(name, args),
        TyKind::Ref(reference) => match cx.resolve(item, reference, &[Kind::Entity]) {
            Some(entity) => Sort::Identity(kept(cx, entity, 0)),
            None => Sort::Wrong,
        },
        TyKind::Named(reference) => {
            match cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]) {
                Some(def) if def.enum_def(cx.db).is_some() => Sort::Enum(def),
                Some(_) => Sort::Structure,
                None => Sort::Wrong,
            }
        }
        TyKind::List(inner) => {
            if known_type(cx, item, inner) {
                Sort::List
            } else {
                Sort::Wrong
            }
        }
        TyKind::New(_) | TyKind::Patch(_) | TyKind::Page(_) | TyKind::Inline(_) => Sort::Structure,
        TyKind::Error => Sort::Wrong,
    }
}

fn scalar(name: &str, args: &[i64]) -> Sort {
    match name {
        "uuid" => Sort::Identity(Kept::Uuid),
        "string" | "text" => Sort::Text(TextKind::Plain),
        "email" => Sort::Text(TextKind::Email),
        "phone" => Sort::Text(TextKind::Phone),
        "url" => Sort::Text(TextKind::Url),
        "int" => Sort::Number(NumberKind::Int),
        "long" => Sort::Number(NumberKind::Long),
        "decimal" => Sort::Number(match args {
            [precision, scale] => NumberKind::Decimal {
                precision: *precision,
                scale: *scale,
            },
            _ => NumberKind::Any,
        }),
        "float" => Sort::Number(NumberKind::Float),
        "money" => Sort::Number(NumberKind::Money),
        "bool" => Sort::Bool,
        "instant" => Sort::Instant,
        "date" => Sort::Date,
        "duration" => Sort::Duration,
        "bytes" => Sort::Bytes,
        _ => Sort::Unknown,
    }
}

/// Identities of entities whose identity is that of another one are followed this far.
const CHAIN: usize = 4;

/// As what the identity of an entity is kept: as its field with `@id`.
fn kept(cx: Cx<'_>, entity: Def, depth: usize) -> Kept {
    let fields = cx.fields_of(entity);
    let Some((_, id)) = fields.iter().find(|(_, field)| field.has("id")) else {
        return Kept::Unknown;
    };
    match &id.ty.kind {
        TyKind::Scalar(name, args) => match scalar(name, args) {
            Sort::Identity(kept) => kept,
            Sort::Text(_) => Kept::Text,
            Sort::Number(_) => Kept::Number,
            _ => Kept::Unknown,
        },
        TyKind::Ref(other) if depth < CHAIN => cx
            .resolve(entity.item, other, &[Kind::Entity])
            .map_or(Kept::Unknown, |other| kept(cx, other, depth + 1)),
        _ => Kept::Unknown,
    }
}

/// What is wanted and what is given, in words, where values of the given type never fit the wanted one; the items are those
/// in which the types are written.
pub fn apart(cx: Cx<'_>, wanted: (Item, &Ty), given: (Item, &Ty)) -> Option<(String, String)> {
    let known = known_type(cx, wanted.0, wanted.1) && known_type(cx, given.0, given.1);
    let (wanted, given) = (sort_of(cx, wanted.0, wanted.1), sort_of(cx, given.0, given.1));
    let fits = wanted.is_unknown() || given.is_unknown() || wanted.fits(&given) || wanted == given;
    (known && !fits).then(|| (wanted.words(cx), given.words(cx)))
}

/// Whether all that a type names is known.
pub fn known_type(cx: Cx<'_>, item: Item, ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(..) | TyKind::Inline(_) => true,
        TyKind::List(inner) => known_type(cx, item, inner),
        TyKind::Named(reference)
        | TyKind::Ref(reference)
        | TyKind::New(reference)
        | TyKind::Patch(reference)
        | TyKind::Page(reference) => cx
            .resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])
            .is_some_and(|def| {
                let of = def.type_def(cx.db).and_then(|def| def.of.as_ref());
                of.is_none_or(|of| cx.resolve(def.item, of, &[Kind::Entity]).is_some())
            }),
        TyKind::Error => false,
    }
}
