//! `null`: what can be asked about it, and what cannot.

use archwright_grammar::ast::{CompareOp, Literal};

use super::{
    Checker,
    text::{operand, text},
};
use crate::{
    diagnostic::Severity,
    model::facts::{ExprFact, ExprFactKind},
};

impl Checker<'_, '_> {
    pub(super) fn null_comparison(
        &mut self,
        expr: &ExprFact,
        left: &ExprFact,
        op: CompareOp,
        right: &ExprFact,
    ) {
        let test = if op == CompareOp::Ne {
            "is not null"
        } else {
            "is null"
        };
        let tested = if matches!(left.kind, ExprFactKind::Literal(Literal::Null)) {
            right
        } else {
            left
        };
        self.error(
            "type.null_comparison",
            expr,
            "a comparison with null never holds, whatever stands on the other side".to_owned(),
        );
        if matches!(op, CompareOp::Eq | CompareOp::Ne) && !matches!(tested.kind, ExprFactKind::Literal(_)) {
            let instead = format!("{} {test}", operand(tested));
            self.replace(expr, &format!("Write `{test}`."), &instead);
        } else {
            self.help(format!("Write `{test}`."));
        }
    }

    pub(super) fn is_null(&mut self, expr: &ExprFact, inner: &ExprFact, not: bool) {
        let value = self.sort(inner, None);
        if value.sort.is_unknown() || !value.always {
            return;
        }
        let what = if not { "always holds" } else { "never holds" };
        self.report(
            "type.constant_condition",
            Severity::Warning,
            &expr.loc,
            format!("`{}` always has a value, so this {what}", text(inner)),
        );
        match value.field {
            Some(field) => {
                self.help("Leave the condition out, or declare the field with `?`.");
                self.relate("the field", self.cx.place(field));
            }
            None => self.help("Leave the condition out."),
        }
    }
}
