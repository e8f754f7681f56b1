//! Predicates and values, without spans.

use archwright_grammar::ast::{CompareOp, Literal};

use super::{Name, RefFact};
use crate::model::loc::Loc;

/// A predicate or value.
#[derive(Debug, Clone, PartialEq)]
pub struct ExprFact {
    /// What.
    pub kind: ExprFactKind,
    /// Where.
    pub loc: Loc,
}

/// The forms of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprFactKind {
    /// `a and b`
    And(Box<ExprFact>, Box<ExprFact>),
    /// `a or b`
    Or(Box<ExprFact>, Box<ExprFact>),
    /// `not a`
    Not(Box<ExprFact>),
    /// `a == b` …
    Compare(Box<ExprFact>, CompareOp, Box<ExprFact>),
    /// `a in [b]`
    In(Box<ExprFact>, Vec<ExprFact>),
    /// `a is null`; `true` for `is not null`.
    IsNull(Box<ExprFact>, bool),
    /// `a + b`
    Add(Box<ExprFact>, Box<ExprFact>),
    /// `a - b`
    Sub(Box<ExprFact>, Box<ExprFact>),
    /// A field, parameter or enum member.
    Ref(RefFact),
    /// `now`
    Now,
    /// `caller.…`
    Caller(Name),
    /// `name(args)`
    Call(Name, Vec<ExprFact>),
    /// A literal.
    Literal(Literal),
    /// Could not be read.
    Error,
}

impl ExprFact {
    /// Calls `each` for this expression and everything inside it, parents first.
    pub fn walk<'a>(&'a self, each: &mut impl FnMut(&'a Self)) {
        each(self);
        match &self.kind {
            ExprFactKind::And(left, right)
            | ExprFactKind::Or(left, right)
            | ExprFactKind::Compare(left, _, right)
            | ExprFactKind::Add(left, right)
            | ExprFactKind::Sub(left, right) => {
                left.walk(each);
                right.walk(each);
            }
            ExprFactKind::Not(inner) | ExprFactKind::IsNull(inner, _) => inner.walk(each),
            ExprFactKind::In(inner, list) => {
                inner.walk(each);
                for element in list {
                    element.walk(each);
                }
            }
            ExprFactKind::Call(_, args) => {
                for argument in args {
                    argument.walk(each);
                }
            }
            ExprFactKind::Ref(_)
            | ExprFactKind::Now
            | ExprFactKind::Caller(_)
            | ExprFactKind::Literal(_)
            | ExprFactKind::Error => {}
        }
    }

    /// Whether `caller.<field>` occurs.
    pub fn mentions_caller(&self, field: &str) -> bool {
        let mut found = false;
        self.walk(&mut |expr| {
            found |= matches!(&expr.kind, ExprFactKind::Caller(name) if name == field);
        });
        found
    }
}
