//! `+` and `-`.

use archwright_grammar::ast::{Literal, TimeUnit};

use super::{
    Checker, Value,
    sort::{NumberKind, Sort},
    text::{operand, text},
};
use crate::model::facts::{ExprFact, ExprFactKind};

impl Checker<'_, '_> {
    pub(super) fn sum(&mut self, expr: &ExprFact, left: &ExprFact, right: &ExprFact, add: bool) -> Value {
        let (one, other) = (self.sort(left, None), self.sort(right, None));
        let always = one.always && other.always;
        let give = |sort: Sort| Value {
            always,
            ..Value::of(sort)
        };
        let below_a_day = |expr: &ExprFact| matches!(&expr.kind, ExprFactKind::Literal(Literal::Duration(time)) if time.unit < TimeUnit::Day);
        match (&one.sort, &other.sort) {
            (Sort::Wrong, _) | (_, Sort::Wrong) => Value::of(Sort::Wrong),
            (Sort::Unknown, _) | (_, Sort::Unknown) => Value::of(Sort::Unknown),
            (Sort::Date, Sort::Duration) if !below_a_day(right) => give(Sort::Date),
            (Sort::Instant | Sort::Date, Sort::Duration) => give(Sort::Instant),
            (Sort::Duration, Sort::Date) if add && !below_a_day(left) => give(Sort::Date),
            (Sort::Duration, Sort::Instant | Sort::Date) if add => give(Sort::Instant),
            (Sort::Instant | Sort::Date, Sort::Instant | Sort::Date) if !add => give(Sort::Duration),
            (Sort::Duration, Sort::Duration) => give(Sort::Duration),
            (Sort::Number(_), Sort::Number(_)) if one.sort.fits(&other.sort) => {
                give(Sort::Number(NumberKind::Any))
            }
            _ => {
                self.wrong_sum(expr, (left, &one.sort), (right, &other.sort), add);
                Value::of(Sort::Wrong)
            }
        }
    }

    fn wrong_sum(&mut self, expr: &ExprFact, left: (&ExprFact, &Sort), right: (&ExprFact, &Sort), add: bool) {
        let verb = if add { "added" } else { "subtracted" };
        let (one, other) = (left.1.words(self.cx), right.1.words(self.cx));
        let message = if one == other {
            format!(
                "`{}` and `{}` are each {one}: they cannot be {verb}",
                text(left.0),
                text(right.0)
            )
        } else {
            format!(
                "`{}` is {one} and `{}` is {other}: they cannot be {verb}",
                text(left.0),
                text(right.0)
            )
        };
        self.error("type.mismatch", expr, message);
        match (left.1, right.1, &right.0.kind) {
            (Sort::Instant | Sort::Date, Sort::Number(_), ExprFactKind::Literal(Literal::Int(days))) => {
                let instead = format!("{days}d");
                self.replace(right.0, "A length of time has a unit: `7d`, `12h`.", &instead);
            }
            (Sort::Instant | Sort::Date, Sort::Instant | Sort::Date, _) => {
                self.help("Two times have a difference and no sum: write `-`.");
            }
            (Sort::Duration, Sort::Instant | Sort::Date, _) => {
                let instead = format!("{} - {}", operand(right.0), operand(left.0));
                self.replace(expr, "The time comes first.", &instead);
            }
            (Sort::Text(_), Sort::Text(_), _) => self.help("Texts cannot be joined here."),
            _ => {
                self.help("Numbers go with numbers, times with lengths of time: `now - 7d`.");
            }
        }
    }
}
