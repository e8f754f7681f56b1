//! The forms of expressions: conditions, comparisons, lists, sums, calls.

use archwright_grammar::{
    ast::{CompareOp, Literal},
    vocabulary,
};
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

use super::{
    Checker, Value, listed,
    literals::{judged_by_form, meant, misfit, sort_of_literal},
    sort::Sort,
    text::{operand, sign, text},
};
use crate::{
    diagnostic::Severity,
    model::{
        def::{Def, DefKind},
        facts::{ExprFact, ExprFactKind, Name},
        finding::{Finding, Place, Similar},
        structure::forbids,
    },
};

impl Checker<'_, '_> {
    /// Something that must be true or false.
    pub(super) fn condition(&mut self, expr: &ExprFact) {
        if let ExprFactKind::Literal(Literal::Bool(value)) = &expr.kind {
            let what = if *value {
                "holds for everything"
            } else {
                "never holds"
            };
            self.report(
                "type.constant_condition",
                Severity::Warning,
                &expr.loc,
                format!("the condition is `{value}`: it {what}"),
            );
            self.help("Say what it depends on, or leave it out.");
            return;
        }
        let sort = self.sort(expr, None).sort;
        if sort.is_unknown() || sort == Sort::Bool {
            return;
        }
        self.error(
            "type.not_a_condition",
            expr,
            format!(
                "a condition is true or false, and `{}` is {}",
                text(expr),
                sort.words(self.cx)
            ),
        );
        let help = match &sort {
            Sort::Enum(def) => {
                let member = def
                    .enum_def(self.cx.db)
                    .and_then(|facts| Some(facts.members.first()?.0.clone()))
                    .unwrap_or_default();
                format!("Compare it: `{} == {member}`.", operand(expr))
            }
            _ => format!(
                "Compare it, or ask whether it is there: `{} is not null`.",
                operand(expr)
            ),
        };
        self.help(help);
    }

    /// What an expression is; `expected` tells which enum or role a bare name may belong to.
    pub(super) fn sort(&mut self, expr: &ExprFact, expected: Option<&Sort>) -> Value {
        let always = |sort: Sort| Value {
            always: true,
            ..Value::of(sort)
        };
        match &expr.kind {
            ExprFactKind::And(left, right) | ExprFactKind::Or(left, right) => {
                self.condition(left);
                self.condition(right);
                always(Sort::Bool)
            }
            ExprFactKind::Not(inner) => {
                self.condition(inner);
                always(Sort::Bool)
            }
            ExprFactKind::Compare(left, op, right) => {
                self.compare(expr, left, *op, right);
                always(Sort::Bool)
            }
            ExprFactKind::In(inner, list) => {
                self.in_list(expr, inner, list);
                always(Sort::Bool)
            }
            ExprFactKind::IsNull(inner, not) => {
                self.is_null(expr, inner, *not);
                always(Sort::Bool)
            }
            ExprFactKind::Add(left, right) => self.sum(expr, left, right, true),
            ExprFactKind::Sub(left, right) => self.sum(expr, left, right, false),
            ExprFactKind::Ref(reference) => self.reference(reference, expected),
            ExprFactKind::Now => always(Sort::Instant),
            ExprFactKind::Caller(field) => self.caller(expr, field),
            ExprFactKind::Call(name, args) => self.call(expr, name, args),
            ExprFactKind::Literal(value) => Value {
                always: *value != Literal::Null,
                ..Value::of(sort_of_literal(value))
            },
            ExprFactKind::Error => Value::of(Sort::Unknown),
        }
    }

    fn caller(&mut self, expr: &ExprFact, field: &Name) -> Value {
        if let Some(nobody) = &self.scope.nobody {
            let message = format!("{nobody}, so there is no `caller.{field}`");
            self.error("type.no_caller", expr, message);
            return Value::of(Sort::Wrong);
        }
        match field.as_str() {
            "id" | "tenant" => Value::of(Sort::Identity(super::sort::Kept::Unknown)),
            "role" => Value::of(Sort::Role),
            _ => {
                let fields: Vec<Name> = vocabulary::CALLER_FIELDS
                    .iter()
                    .map(|(name, _)| Name::new_static(name))
                    .collect();
                let message = format!("a caller has no `{field}`: there are {}", listed(&fields));
                let finding = self.finding("name.unknown", &expr.loc, message);
                let similar = Similar {
                    name: field.clone(),
                    at: expr.loc.clone(),
                    kinds: &[],
                    local: fields
                        .iter()
                        .map(|name| format_smolstr!("caller.{name}"))
                        .collect(),
                };
                self.out.findings.push(Finding {
                    similar: Some(similar),
                    ..finding
                });
                Value::of(Sort::Wrong)
            }
        }
    }

    /// There are no functions; what was meant by some of them can be said otherwise.
    fn call(&mut self, expr: &ExprFact, name: &SmolStr, args: &[ExprFact]) -> Value {
        for argument in args {
            self.sort(argument, Some(&Sort::Wrong));
        }
        self.error(
            "name.unknown_function",
            expr,
            format!("there is no function `{name}`: expressions have none"),
        );
        let lower = name.to_lowercase();
        let instead = match (lower.as_str(), args) {
            ("now" | "today" | "current_timestamp" | "current_date" | "utcnow", []) => Some("now".to_owned()),
            ("is_null" | "isnull", [one]) => Some(format!("{} is null", operand(one))),
            ("not", [one]) => Some(format!("not {}", operand(one))),
            ("param", [one]) => Some(format!("param.{}", operand(one))),
            _ => None,
        };
        match instead {
            Some(instead) => self.replace(expr, "Say it without a function.", &instead),
            None => {
                self.help("Say it with fields, parameters, `caller`, `now`, literals and `+` and `-`.");
            }
        }
        Value::of(Sort::Wrong)
    }

    fn compare(&mut self, expr: &ExprFact, left: &ExprFact, op: CompareOp, right: &ExprFact) {
        let bare = |this: &Self, side: &ExprFact| match &side.kind {
            ExprFactKind::Ref(reference) => this.is_bare_unknown(reference),
            _ => false,
        };
        // The side with a type decides what a bare name on the other side may be.
        let (one, other) = if bare(self, left) && !bare(self, right) {
            let other = self.sort(right, None);
            (self.sort(left, Some(&other.sort)), other)
        } else {
            let one = self.sort(left, None);
            let other = self.sort(right, Some(&one.sort));
            (one, other)
        };
        if one.sort == Sort::Null || other.sort == Sort::Null {
            self.null_comparison(expr, left, op, right);
            return;
        }
        if one.sort.is_unknown() || other.sort.is_unknown() {
            return;
        }
        let ordered = !matches!(op, CompareOp::Eq | CompareOp::Ne);
        if !self.fits((left, &one), (right, &other), !ordered)
            || !self.readable(left, &one)
            || !self.readable(right, &other)
        {
            return;
        }
        if ordered
            && let Some(side) = [&one.sort, &other.sort]
                .into_iter()
                .find(|sort| !sort.has_order())
        {
            let message = format!(
                "{} has no order, so `{}` means nothing",
                side.words(self.cx),
                sign(op)
            );
            self.error("type.mismatch", expr, message);
            self.help("Use `==`, `!=` or `in`.");
        }
    }

    fn in_list(&mut self, expr: &ExprFact, inner: &ExprFact, list: &[ExprFact]) {
        let value = self.sort(inner, None);
        if list.is_empty() {
            self.report(
                "type.constant_condition",
                Severity::Warning,
                &expr.loc,
                "nothing is in an empty list, so this never holds".to_owned(),
            );
            return;
        }
        self.readable(inner, &value);
        let mut seen: FxHashMap<String, &ExprFact> = FxHashMap::default();
        for element in list {
            let found = self.sort(element, Some(&value.sort));
            if found.sort == Sort::Null {
                self.error(
                    "type.null_comparison",
                    element,
                    "nothing equals null, so it has no place in a list".to_owned(),
                );
                self.help(format!(
                    "Write `{} is null or …` beside the list.",
                    operand(inner)
                ));
                continue;
            }
            if !self.fits((inner, &value), (element, &found), true) {
                continue;
            }
            let shown = text(element);
            match seen.get(&shown) {
                Some(first) => {
                    let first = Place::new(self.item, first.loc.clone());
                    self.report(
                        "type.no_effect",
                        Severity::Warning,
                        &element.loc,
                        format!("`{shown}` stands twice in this list"),
                    );
                    self.relate("the first one", first);
                    if !found.sort.is_unknown() {
                        let rest: Vec<String> = list
                            .iter()
                            .filter(|other| !std::ptr::eq(*other, element))
                            .map(text)
                            .collect();
                        let instead = format!("{} in [{}]", operand(inner), rest.join(", "));
                        self.replace(expr, "Name it once.", &instead);
                    }
                }
                None => {
                    seen.insert(shown, element);
                }
            }
        }
    }

    /// What the service encrypts itself no database can compare.
    fn readable(&mut self, expr: &ExprFact, value: &Value) -> bool {
        let Some(field) = value
            .field
            .filter(|field| matches!(field.kind, DefKind::EntityField(..)))
        else {
            return true;
        };
        if !field
            .field(self.cx.db)
            .is_some_and(|facts| facts.has("encrypted"))
        {
            return true;
        }
        self.error(
            "type.out_of_reach",
            expr,
            format!(
                "`{}` is `@encrypted`: its store never sees the value, so it cannot be compared",
                text(expr)
            ),
        );
        self.help("Only `is null` and `is not null` can be asked of it.");
        self.relate("the field", self.cx.place(field));
        false
    }

    /// Whether a literal is what a field's own attributes allow; says why not.
    fn keeps(&mut self, expr: &ExprFact, value: &Literal, field: Option<Def>) -> bool {
        let Some(field) = field else { return true };
        let facts = field.field(self.cx.db);
        let Some((attribute, why)) = facts.and_then(|facts| forbids(&facts.attributes, value)) else {
            return true;
        };
        let message = format!(
            "`{}` is {why} of `{}`, so it is compared with what it never is",
            text(expr),
            field.name(self.cx.db)
        );
        let place = Place::new(field.item, attribute.loc.clone());
        self.error("type.out_of_range", expr, message);
        self.relate(&format!("the `@{}`", attribute.name), place);
        false
    }

    /// Whether two values can be equal; says why not.
    fn fits(&mut self, left: (&ExprFact, &Value), right: (&ExprFact, &Value), exact: bool) -> bool {
        let (one, other) = (&left.1.sort, &right.1.sort);
        if one.is_unknown() || other.is_unknown() {
            return true;
        }
        for ((_, sort), (expr, _)) in [
            ((left.0, one), (right.0, other)),
            ((right.0, other), (left.0, one)),
        ] {
            if let ExprFactKind::Literal(value) = &expr.kind
                && (sort.fits(&sort_of_literal(value)) || judged_by_form(value, sort))
            {
                if let Some(misfit) = misfit(value, sort, exact) {
                    let message = format!("{}, so this comparison tells nothing", misfit.message);
                    self.error(misfit.code, expr, message);
                    self.help(misfit.help);
                    return false;
                }
                let field = if std::ptr::eq(expr, left.0) {
                    right.1.field
                } else {
                    left.1.field
                };
                return !exact || self.keeps(expr, value, field);
            }
        }
        if one.fits(other) {
            return true;
        }
        if let Some((side, sort)) = [(left.0, one), (right.0, other)]
            .into_iter()
            .find(|(_, sort)| matches!(sort, Sort::List | Sort::Structure))
        {
            let message = format!(
                "`{}` is {}, which cannot be compared",
                text(side),
                sort.words(self.cx)
            );
            self.error("type.mismatch", right.0, message);
            let help = match sort {
                Sort::List => {
                    "Conditions are about single values; ask `is null`, or keep what matters as a field."
                }
                _ => "Compare one of its fields.",
            };
            self.help(help);
            return false;
        }
        let message = format!(
            "`{}` is {} and `{}` is {}: they cannot be compared",
            text(left.0),
            one.words(self.cx),
            text(right.0),
            other.words(self.cx)
        );
        self.error("type.mismatch", right.0, message);
        for (sort, expr) in [(one, right.0), (other, left.0)] {
            if let ExprFactKind::Literal(value) = &expr.kind
                && let Some((help, instead)) = meant(self.cx, value, sort)
            {
                self.replace(expr, &help, &instead);
                return false;
            }
        }
        for field in [left.1.field, right.1.field].into_iter().flatten() {
            let place = self.cx.place(field);
            self.relate("the field", place);
        }
        false
    }
}
