//! Predicates and values: what their names mean, and whether their parts fit together.

mod checker;
pub(super) mod forms;
mod given;
mod literals;
mod logic;
mod names;
mod nulls;
mod paths;
mod sort;
mod sums;
#[cfg(test)]
mod tests;
pub(crate) mod text;

use smol_str::SmolStr;

pub use self::sort::{Sort, apart, known_type, sort_of};
use super::{
    cx::Cx,
    def::{Def, DefKind},
    facts::{ExprFact, Name, Param, Ty},
    finding::{Finding, FixPlan, Place},
    loc::Loc,
    resolved::{Resolved, is_broken},
};
use crate::{db::Item, diagnostic::Severity};

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Chooses rows: `where` of a query, `visible where`.
    Rows,
    /// Says who may do something: `allow … where`.
    Access,
    /// A value when none is given.
    Default,
    /// What a query is run with.
    Argument,
}

/// Where the names of an expression come from.
pub struct Scope<'a> {
    /// What it is for.
    pub purpose: Purpose,
    /// Entities or events whose fields are meant, the first first.
    pub owners: Vec<Def>,
    /// Whether these are all of them: where something that would bring more is unknown, no name is held to be wrong.
    pub complete: bool,
    /// Parameters.
    pub params: &'a [Param],
    /// How a parameter's number becomes a definition.
    pub param_def: Option<&'a dyn Fn(u16) -> DefKind>,
    /// Why nobody is signed in, where that is certain: "a job runs by the clock".
    pub nobody: Option<String>,
    /// The qualified name for findings.
    pub element: SmolStr,
}

impl Scope<'_> {
    /// The scope of a default: there is nothing but literals.
    pub fn of_default(element: SmolStr) -> Self {
        Self {
            purpose: Purpose::Default,
            owners: Vec::new(),
            complete: true,
            params: &[],
            param_def: None,
            nobody: None,
            element,
        }
    }
}

/// What is known of a part of an expression.
struct Value {
    sort: Sort,
    /// Whether there is certainly always something.
    always: bool,
    /// The field that it is read from.
    field: Option<Def>,
}

impl Value {
    const fn of(sort: Sort) -> Self {
        Self {
            sort,
            always: false,
            field: None,
        }
    }
}

/// Checks one expression tree.
pub struct Checker<'a, 'db> {
    cx: Cx<'db>,
    item: Item,
    scope: Scope<'a>,
    out: &'a mut Resolved,
    /// Numbers of the parameters that were named.
    params_used: Vec<u16>,
    /// The whole condition.
    whole: Option<&'a ExprFact>,
}

impl<'a, 'db> Checker<'a, 'db> {
    /// A checker of what is written in `item`; references and findings go to `out`.
    pub const fn new(cx: Cx<'db>, item: Item, scope: Scope<'a>, out: &'a mut Resolved) -> Self {
        Self {
            cx,
            item,
            scope,
            out,
            params_used: Vec::new(),
            whole: None,
        }
    }

    /// Checks an expression that must be true or false; gives the numbers of the parameters that it uses.
    pub fn predicate(mut self, expr: &'a ExprFact) -> Vec<u16> {
        let before = self.out.findings.len();
        self.whole = Some(expr);
        self.condition(expr);
        // What is wrong in itself is not also said to be pointless.
        if self.out.findings.len() == before {
            self.logic(expr);
        }
        self.spare(expr, before);
        self.params_used
    }

    /// Checks a value that must fit `ty`, which is written in `item`.
    pub fn value(mut self, expr: &ExprFact, item: Item, ty: &Ty) {
        let before = self.out.findings.len();
        let wanted = sort_of(self.cx, item, ty);
        self.given(expr, &wanted, ty.optional);
        self.spare(expr, before);
    }

    /// What is half typed may become anything: only its names are judged.
    fn spare(&mut self, expr: &ExprFact, before: usize) {
        if self.out.findings.len() > before && is_broken(self.cx, self.item, &expr.loc.path) {
            let judged = self.out.findings.split_off(before);
            let names = judged.into_iter().filter(|found| found.code == "name.unknown");
            self.out.findings.extend(names);
        }
    }

    /// Checks the names of a value of which nothing is known that it must fit.
    pub fn names(mut self, expr: &ExprFact) {
        self.sort(expr, Some(&Sort::Wrong));
    }

    fn finding(&self, code: &'static str, at: &Loc, message: String) -> Finding {
        let place = Place::new(self.item, at.clone());
        Finding::new(code, Severity::Error, self.scope.element.clone(), place, message)
    }

    fn report(&mut self, code: &'static str, severity: Severity, at: &Loc, message: String) {
        let finding = self.finding(code, at, message);
        self.out.findings.push(Finding { severity, ..finding });
    }

    fn error(&mut self, code: &'static str, at: &ExprFact, message: String) {
        self.report(code, Severity::Error, &at.loc, message);
    }

    /// Says what to do about the last finding.
    fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.out.findings.last_mut() {
            last.help = Some(help.into());
        }
    }

    /// Adds a place to the last finding.
    fn relate(&mut self, message: &str, place: Place) {
        if let Some(last) = self.out.findings.last_mut() {
            last.related.push((message.to_owned(), place));
        }
    }

    /// Adds a repair to the last finding, and what it is about.
    fn repair(&mut self, help: &str, fix: FixPlan) {
        if let Some(last) = self.out.findings.last_mut() {
            last.help = Some(help.to_owned());
            last.fixes.push(fix);
        }
    }
}

/// `a, b and c`, at most eight of them.
pub fn listed(names: &[Name]) -> String {
    let shown: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    match shown.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= 8 => format!("{} and {last}", first.join(", ")),
        all => format!("{} and {} more", all.join(", "), names.len() - 8),
    }
}
