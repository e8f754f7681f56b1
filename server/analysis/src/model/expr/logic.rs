//! Conditions that say nothing: always the same, contradicting each other, said twice.

use archwright_grammar::ast::{CompareOp, Literal};

use super::{
    Checker,
    text::{literal, text},
};
use crate::{
    diagnostic::Severity,
    model::{
        def::DefKind,
        facts::{ExprFact, ExprFactKind},
        finding::{FixPlan, Place, Step},
    },
};

/// `field == constant` and the like, the constant on the right.
struct Test {
    subject: String,
    op: CompareOp,
    constant: String,
    /// For bounds.
    value: Option<Bound>,
}

/// How many parts of one condition are held against each other, which takes the square of it.
const MOST_PARTS: usize = 64;

/// One part of a condition.
struct Part<'a> {
    expr: &'a ExprFact,
    text: String,
    test: Option<Test>,
}

/// A constant with an order.
#[derive(PartialEq, PartialOrd)]
enum Bound {
    Number(f64),
    Day((u16, u8, u8)),
    Time(u64),
}

impl Checker<'_, '_> {
    /// Looks through a condition whose parts are right by themselves.
    pub(super) fn logic(&mut self, expr: &ExprFact) {
        match &expr.kind {
            ExprFactKind::And(..) | ExprFactKind::Or(..) => {
                let all = matches!(expr.kind, ExprFactKind::And(..));
                let mut parts = Vec::new();
                flat(expr, all, &mut parts);
                for part in &parts {
                    self.logic(part);
                }
                self.parts(&parts, all);
            }
            ExprFactKind::Not(inner) => self.logic(inner),
            ExprFactKind::Compare(left, op, right) => self.comparison(expr, left, *op, right),
            _ => {}
        }
    }

    fn comparison(&mut self, expr: &ExprFact, left: &ExprFact, op: CompareOp, right: &ExprFact) {
        let (one, other) = (text(left), text(right));
        let holds = match op {
            CompareOp::Eq | CompareOp::Le | CompareOp::Ge => "always holds",
            _ => "never holds",
        };
        if one == other && !matches!(left.kind, ExprFactKind::Literal(_)) {
            self.warn(
                expr,
                format!("`{one}` is compared with itself, so this {holds} where there is a value"),
            );
            if let ExprFactKind::Ref(reference) = &right.kind
                && let [name] = reference.path.as_slice()
                && self.field(name).is_some()
                && let Some(index) = self.param(name)
            {
                // The other meaning of the name was meant; it is not unused as well.
                self.params_used.push(index);
                let instead = format!("param.{name}");
                self.replace(
                    right,
                    "A bare name is the field; the parameter is written with `param.`.",
                    &instead,
                );
            }
            return;
        }
        if is_constant(left, right) {
            let result = match (bound(left), bound(right)) {
                (Some(one), Some(other)) => one.partial_cmp(&other).map(|order| match op {
                    CompareOp::Eq => order.is_eq(),
                    CompareOp::Ne => order.is_ne(),
                    CompareOp::Lt => order.is_lt(),
                    CompareOp::Le => order.is_le(),
                    CompareOp::Gt => order.is_gt(),
                    CompareOp::Ge => order.is_ge(),
                }),
                _ => None,
            };
            let what = match result {
                Some(true) => "always holds",
                Some(false) => "never holds",
                None => "is always the same",
            };
            self.warn(
                expr,
                format!(
                    "`{}` depends on no row, parameter or caller, so it {what}",
                    text(expr)
                ),
            );
            self.help("Compare with a field or parameter, or leave it out.");
        }
    }

    /// Parts that are joined by `and` (`all`) or `or`.
    fn parts(&mut self, parts: &[&ExprFact], all: bool) {
        let parts: Vec<Part<'_>> = parts
            .iter()
            .take(MOST_PARTS)
            .map(|expr| Part {
                expr,
                text: text(expr),
                test: self.test(expr),
            })
            .collect();
        for (index, part) in parts.iter().enumerate() {
            for earlier in &parts[..index] {
                let first = Place::new(self.item, earlier.expr.loc.clone());
                if earlier.text == part.text {
                    self.report(
                        "type.no_effect",
                        Severity::Warning,
                        &part.expr.loc,
                        format!("`{}` stands twice in this condition", part.text),
                    );
                    self.relate("the first one", first);
                    self.help("Leave one of them out.");
                    break;
                }
                if let Some(message) = clash(earlier, part, all) {
                    self.warn(part.expr, message);
                    self.relate("the other condition", first);
                    if !all && let Some(fix) = self.both(earlier, part) {
                        self.repair("With `!=` the conditions are joined by `and`.", fix);
                    }
                    break;
                }
            }
        }
    }

    /// `a != x or a != y`: what was meant is `and`.
    fn both(&self, one: &Part<'_>, other: &Part<'_>) -> Option<FixPlan> {
        let (first, second) = (one.test.as_ref()?, other.test.as_ref()?);
        if (first.op, second.op) != (CompareOp::Ne, CompareOp::Ne) {
            return None;
        }
        let instead = format!(
            "not ({0} in [{1}, {2}])",
            first.subject, first.constant, second.constant
        );
        // Two parts of a longer chain are not one place, so that only the whole of two can be replaced.
        let whole = self.whole.as_ref()?;
        let ExprFactKind::Or(left, right) = &whole.kind else {
            return None;
        };
        (std::ptr::eq(left.as_ref(), one.expr) && std::ptr::eq(right.as_ref(), other.expr)).then(|| {
            FixPlan::suggest(
                format!("Write `{instead}`"),
                vec![Step::Replace(Place::new(self.item, whole.loc.clone()), instead)],
            )
        })
    }

    fn test(&self, expr: &ExprFact) -> Option<Test> {
        let ExprFactKind::Compare(left, op, right) = &expr.kind else {
            return None;
        };
        if let Some(constant) = self.constant(right) {
            return Some(Test {
                subject: text(left),
                op: *op,
                constant,
                value: bound(right),
            });
        }
        let constant = self.constant(left)?;
        let op = match op {
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
            same => *same,
        };
        Some(Test {
            subject: text(right),
            op,
            constant,
            value: bound(left),
        })
    }

    /// A literal, a member of an enum or a role: as it is written.
    fn constant(&self, expr: &ExprFact) -> Option<String> {
        match &expr.kind {
            ExprFactKind::Literal(value) => Some(literal(value)),
            ExprFactKind::Ref(reference) => {
                let def = self.out.meaning(&reference.loc)?;
                matches!(
                    def.kind,
                    DefKind::EnumMember(..) | DefKind::ItemMember(_) | DefKind::Item
                )
                .then(|| def.name(self.cx.db).to_string())
            }
            _ => None,
        }
    }

    fn warn(&mut self, at: &ExprFact, message: String) {
        self.report("type.constant_condition", Severity::Warning, &at.loc, message);
    }
}

/// Why two conditions together are the same for every row.
fn clash(one: &Part<'_>, other: &Part<'_>, all: bool) -> Option<String> {
    if let (ExprFactKind::IsNull(left, not), ExprFactKind::IsNull(right, other_not)) =
        (&one.expr.kind, &other.expr.kind)
        && text(left) == text(right)
        && not != other_not
    {
        let what = if all {
            "no row fulfils both"
        } else {
            "every row fulfils one of them"
        };
        return Some(format!("`{}` and `{}`: {what}", one.text, other.text));
    }
    let (first, second) = (one.test.as_ref()?, other.test.as_ref()?);
    if first.subject != second.subject {
        return None;
    }
    let both = || format!("`{}` and `{}`", one.text, other.text);
    if all {
        let never = match (first.op, second.op) {
            (CompareOp::Eq, CompareOp::Eq) => first.constant != second.constant,
            (CompareOp::Eq, CompareOp::Ne) | (CompareOp::Ne, CompareOp::Eq) => {
                first.constant == second.constant
            }
            _ => empty(first, second) || empty(second, first),
        };
        return never.then(|| format!("{}: nothing fulfils both, so this never holds", both()));
    }
    let always = match (first.op, second.op) {
        (CompareOp::Ne, CompareOp::Ne) => first.constant != second.constant,
        (CompareOp::Eq, CompareOp::Ne) | (CompareOp::Ne, CompareOp::Eq) => first.constant == second.constant,
        _ => false,
    };
    always.then(|| {
        format!(
            "{}: every value fulfils one of them, so this always holds",
            both()
        )
    })
}

/// The parts that are joined by the same word.
fn flat<'a>(expr: &'a ExprFact, all: bool, out: &mut Vec<&'a ExprFact>) {
    match (&expr.kind, all) {
        (ExprFactKind::And(left, right), true) | (ExprFactKind::Or(left, right), false) => {
            flat(left, all, out);
            flat(right, all, out);
        }
        _ => out.push(expr),
    }
}

/// Whether a lower bound lies above an upper one.
fn empty(lower: &Test, upper: &Test) -> bool {
    let (Some(low), Some(high)) = (&lower.value, &upper.value) else {
        return false;
    };
    let from = matches!(lower.op, CompareOp::Gt | CompareOp::Ge | CompareOp::Eq);
    let to = matches!(upper.op, CompareOp::Lt | CompareOp::Le | CompareOp::Eq);
    if !from || !to || (lower.op == CompareOp::Eq && upper.op == CompareOp::Eq) {
        return false;
    }
    let touching = lower.op != CompareOp::Gt && upper.op != CompareOp::Lt;
    low > high || (low == high && !touching)
}

/// Whether a comparison is the same for every row, parameter and caller, at every time: literals with literals, or now
/// with now.
fn is_constant(left: &ExprFact, right: &ExprFact) -> bool {
    let (mut named, mut day) = (false, false);
    let mut now_in = |side: &ExprFact| {
        let mut now = false;
        side.walk(&mut |part| match &part.kind {
            ExprFactKind::Ref(_) | ExprFactKind::Caller(_) | ExprFactKind::Call(..) | ExprFactKind::Error => {
                named = true;
            }
            ExprFactKind::Now => now = true,
            ExprFactKind::Literal(Literal::Date(_)) => day = true,
            _ => {}
        });
        now
    };
    let (one, other) = (now_in(left), now_in(right));
    !named && one == other && !(one && day)
}

fn bound(expr: &ExprFact) -> Option<Bound> {
    match &expr.kind {
        ExprFactKind::Literal(Literal::Int(value)) => value.to_string().parse().ok().map(Bound::Number),
        ExprFactKind::Literal(Literal::Decimal(value)) => {
            value.replace('_', "").parse().ok().map(Bound::Number)
        }
        ExprFactKind::Literal(Literal::Date(date)) => Some(Bound::Day((date.year, date.month, date.day))),
        ExprFactKind::Literal(Literal::Duration(time)) => Some(Bound::Time(time.millis())),
        _ => None,
    }
}
