//! Predicates and defaults as typed trees.

use serde::{Deserialize, Serialize};

use super::{DurationModel, TypeModel};

/// An expression, resolved and typed.
///
/// Serialised with a `kind`: `and or not compare in is_null field param caller now literal arithmetic`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Expr {
    /// All of them; at least two.
    And {
        /// The operands, in source order.
        items: Vec<Expr>,
    },
    /// Any of them; at least two.
    Or {
        /// The operands, in source order.
        items: Vec<Expr>,
    },
    /// The opposite.
    Not {
        /// The operand.
        item: Box<Expr>,
    },
    /// A comparison.
    Compare {
        /// Which one.
        op: CompareOp,
        /// Left of the operator.
        left: Box<Expr>,
        /// Right of the operator.
        right: Box<Expr>,
    },
    /// `x in [a, b]`.
    In {
        /// What is looked for.
        item: Box<Expr>,
        /// Where; may be empty.
        list: Vec<Expr>,
    },
    /// `x is null`, or `x is not null` when `negated`.
    IsNull {
        /// What is tested.
        item: Box<Expr>,
        /// Whether it is `is not null`.
        #[serde(default)]
        negated: bool,
    },
    /// A field of the row that the predicate is about, or one reached through its references.
    Field {
        /// One step for a field of the row itself; more when it goes through `ref` fields of the same service
        /// (`order.patient`) or through the members of a value type (`address.city`).
        path: Vec<PathStep>,
        /// The type of the last step.
        ty: Box<TypeModel>,
        /// Whether any step is optional, so that the value may be null.
        #[serde(default)]
        optional: bool,
    },
    /// A parameter of the endpoint, the query or (for a handler) a field of the event.
    Param {
        /// The parameter's name; `path` holds members below it (`body.total`), usually none.
        name: String,
        /// Members below the parameter.
        #[serde(default)]
        path: Vec<String>,
        /// The type of what is reached.
        ty: Box<TypeModel>,
        /// Whether it may be missing.
        #[serde(default)]
        optional: bool,
    },
    /// `caller.id`, `caller.role`, `caller.tenant`.
    Caller {
        /// Which one.
        field: CallerField,
    },
    /// `now`: the time of the request, UTC.
    Now,
    /// A constant.
    Literal {
        /// Its value.
        literal: Literal,
    },
    /// `a + b`, `a - b`.
    Arithmetic {
        /// Which one.
        op: ArithmeticOp,
        /// Left of the operator.
        left: Box<Expr>,
        /// Right of the operator.
        right: Box<Expr>,
    },
}

impl Expr {
    /// Every field path that the expression mentions, depth first, in source order.
    #[must_use]
    pub fn field_paths(&self) -> Vec<&[PathStep]> {
        let mut found = Vec::new();
        self.visit(&mut |part| {
            if let Self::Field { path, .. } = part {
                found.push(path.as_slice());
            }
        });
        found
    }

    /// Calls `see` for this expression and everything below it, depth first, in source order.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::And { items } | Self::Or { items } => items.iter().for_each(|item| item.visit(see)),
            Self::Not { item } | Self::IsNull { item, .. } => item.visit(see),
            Self::Compare { left, right, .. } | Self::Arithmetic { left, right, .. } => {
                left.visit(see);
                right.visit(see);
            }
            Self::In { item, list } => {
                item.visit(see);
                for part in list {
                    part.visit(see);
                }
            }
            Self::Field { .. }
            | Self::Param { .. }
            | Self::Caller { .. }
            | Self::Now
            | Self::Literal { .. } => {}
        }
    }
}

/// One step of a field path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PathStep {
    /// The entity or type that the field stands in: `Order`.
    pub owner: String,
    /// The field: `status`.
    pub field: String,
    /// Whether `owner` is an entity (so that the step before it is a join) rather than a value type.
    pub in_entity: bool,
}

/// `== != < <= > >=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompareOp {
    /// `==`.
    Eq,
    /// `!=`.
    Ne,
    /// `<`.
    Lt,
    /// `<=`.
    Le,
    /// `>`.
    Gt,
    /// `>=`.
    Ge,
}

/// `+` and `-`: on numbers, and on an instant or date with a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArithmeticOp {
    /// `+`.
    Add,
    /// `-`.
    Sub,
}

/// What is known of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerField {
    /// `caller.id`.
    Id,
    /// `caller.role`.
    Role,
    /// `caller.tenant`.
    Tenant,
}

/// A constant; serialised as `{"type": …, "value": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Literal {
    /// A string, escapes resolved.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, as written (underscores removed).
    Decimal(String),
    /// `true` or `false`.
    Bool(bool),
    /// `30s`.
    Duration(DurationModel),
    /// `2026-05-02`.
    Date(String),
    /// A member of an enum.
    EnumMember {
        /// The enum's qualified name.
        id: String,
        /// The enum's own name.
        name: String,
        /// The member.
        member: String,
    },
    /// A role's name, compared with `caller.role`.
    Role(String),
}
