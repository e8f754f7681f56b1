//! Values that must fit a type: defaults and arguments. And the repairs of expressions.

use archwright_grammar::ast::Literal;

use super::{
    Checker,
    forms::{is_day, is_instant},
    literals::{judged_by_form, meant, misfit},
    sort::Sort,
    text::{literal, text},
};
use crate::{
    db::parsed,
    model::{
        facts::{ExprFact, ExprFactKind},
        finding::{FixPlan, Place, Step},
    },
};

impl Checker<'_, '_> {
    /// A value that must fit what is wanted: a default, an argument.
    pub(super) fn given(&mut self, expr: &ExprFact, wanted: &Sort, optional: bool) {
        let found = self.sort(expr, Some(wanted));
        if found.sort.is_unknown() || wanted.is_unknown() {
            return;
        }
        if found.sort == Sort::Null {
            if !optional {
                self.error(
                    "type.mismatch",
                    expr,
                    format!("{} is needed here, and `null` is nothing", wanted.words(self.cx)),
                );
                self.help("Give it a value, or write `?` behind the type.");
            }
            return;
        }
        if let ExprFactKind::Literal(value) = &expr.kind {
            let fits = wanted.fits(&found.sort) || judged_by_form(value, wanted);
            if fits && let Some(misfit) = misfit(value, wanted, true) {
                self.error(misfit.code, expr, misfit.message);
                self.help(misfit.help);
            }
            if fits {
                return;
            }
            // The language has no literals of points in time, so that they are written as texts.
            if let (Sort::Instant, Literal::String(time)) = (wanted, value)
                && !is_day(time)
            {
                if !is_instant(time) {
                    self.error(
                        "type.format",
                        expr,
                        format!("{} is not a point in time", literal(value)),
                    );
                    self.help("Points in time are written \"2026-05-02T08:30:00Z\", days without quotes: 2026-05-02.");
                }
                return;
            }
        } else if wanted.fits(&found.sort) || *wanted == found.sort {
            return;
        }
        let message = format!(
            "{} is needed here, and `{}` is {}",
            wanted.words(self.cx),
            text(expr),
            found.sort.words(self.cx)
        );
        self.error("type.mismatch", expr, message);
        if let ExprFactKind::Literal(value) = &expr.kind
            && let Some((help, instead)) = meant(self.cx, value, wanted)
        {
            self.replace(expr, &help, &instead);
        } else if matches!(wanted, Sort::List | Sort::Structure) {
            self.help("Lists and structures have no literals; leave it out.");
        }
    }

    /// Adds a repair to the last finding: another text in the place of an expression, whose parentheses stay.
    pub(super) fn replace(&mut self, expr: &ExprFact, help: &str, instead: &str) {
        let text = self.item.text(self.cx.db);
        let written = expr.loc.span(parsed(self.cx.db, self.item)).of(text);
        let instead = if is_group(written) {
            format!("({instead})")
        } else {
            instead.to_owned()
        };
        let place = Place::new(self.item, expr.loc.clone());
        let fix = FixPlan::suggest(format!("Write `{instead}`"), vec![Step::Replace(place, instead)]);
        self.repair(help, fix.preferred());
    }
}

/// Whether a text stands in parentheses as a whole.
fn is_group(text: &str) -> bool {
    let mut depth = 0_i32;
    text.starts_with('(')
        && text.char_indices().all(|(at, c)| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth > 0 || at + 1 == text.len()
        })
}
