//! Predicates as `SQLAlchemy` expressions.

use crate::model::{
    ArithmeticOp, CallerField, CompareOp, DurationModel, DurationUnit, Expr, Literal, PathStep, Scalar,
    TypeModel,
};

use super::entity::{Entity, Field, Storage, alchemy_scalar};
use super::names::attribute;
use super::scalars::timedelta;
use super::types::Types;

/// What a predicate may refer to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s, 'a> {
    /// The entity whose rows are meant.
    pub(super) entity: &'s Entity<'a>,
    /// Every entity of the service, for joins.
    pub(super) entities: &'s [Entity<'a>],
    pub(super) types: &'s Types<'a>,
    /// Python code for who calls and when: `occasion`, `self._occasion`.
    pub(super) occasion: &'s str,
    /// Whether parameters are variables of the function; else they are text from the path and the query.
    pub(super) variables: bool,
}

/// The body of a function that gives a condition: statements, then what is returned.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    pub(super) statements: Vec<String>,
    count: usize,
}

/// Why a predicate can't be compiled; the condition is then `false()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beyond;

impl Compiled {
    /// The code to return for a compiled condition: its last statement where that only gives it a name.
    pub(super) fn returned(&mut self, result: String) -> String {
        let head = format!("{result} = ");
        match self
            .statements
            .last()
            .and_then(|last| last.trim_start().strip_prefix(&head))
            .map(str::to_owned)
        {
            Some(code) => {
                self.statements.pop();
                code
            }
            None => result,
        }
    }

    /// Compiles `expr` to statements at `indent`; the result is an expression that fits on one line.
    pub(super) fn condition(
        &mut self,
        expr: &Expr,
        scope: Scope<'_, '_>,
        indent: usize,
    ) -> Result<String, Beyond> {
        match expr {
            Expr::And { items } => self.joined("and_", items, scope, indent),
            Expr::Or { items } => self.joined("or_", items, scope, indent),
            Expr::Not { item } => {
                let inner = self.condition(item, scope, indent)?;
                Ok(self.bound("condition", &format!("not_({inner})"), indent))
            }
            Expr::Compare { op, left, right } => {
                let (left, right) = self.pair(left, right, scope, indent)?;
                let sign = match op {
                    CompareOp::Eq => "==",
                    CompareOp::Ne => "!=",
                    CompareOp::Lt => "<",
                    CompareOp::Le => "<=",
                    CompareOp::Gt => ">",
                    CompareOp::Ge => ">=",
                };
                Ok(format!("{left} {sign} {right}"))
            }
            Expr::In { item, list } => {
                let scalar = type_of(item);
                let value = self.value(item, scalar.as_ref(), scope, indent)?;
                let value = self.short(value, indent);
                let mut members = Vec::new();
                for entry in list {
                    let entry = self.value(entry, scalar.as_ref(), scope, indent)?;
                    members.push(format!("{}{entry},\n", " ".repeat(indent + 4)));
                }
                let blanks = " ".repeat(indent);
                let allowed = if members.is_empty() {
                    "()".to_owned()
                } else {
                    format!("(\n{}{blanks})", members.concat())
                };
                let allowed = self.bound("allowed", &allowed, indent);
                Ok(format!("{value}.in_({allowed})"))
            }
            Expr::IsNull { item, negated } => {
                let value = self.value(item, None, scope, indent)?;
                let value = self.short(value, indent);
                Ok(format!(
                    "{value}.{}(None)",
                    if *negated { "is_not" } else { "is_" }
                ))
            }
            Expr::Literal {
                literal: Literal::Bool(value),
            } => Ok(if *value {
                "true()".to_owned()
            } else {
                "false()".to_owned()
            }),
            other => {
                let value = self.value(other, None, scope, indent)?;
                let value = self.short(value, indent);
                Ok(format!("{value}.is_(True)"))
            }
        }
    }

    fn joined(
        &mut self,
        word: &str,
        items: &[Expr],
        scope: Scope<'_, '_>,
        indent: usize,
    ) -> Result<String, Beyond> {
        let blanks = " ".repeat(indent);
        let mut lines = Vec::new();
        for item in items {
            let condition = self.condition(item, scope, indent)?;
            lines.push(format!("{blanks}    {condition},\n"));
        }
        Ok(self.bound(
            "condition",
            &format!("{word}(\n{}{blanks})", lines.concat()),
            indent,
        ))
    }

    /// Both sides of a comparison, each typed after the other.
    fn pair(
        &mut self,
        left: &Expr,
        right: &Expr,
        scope: Scope<'_, '_>,
        indent: usize,
    ) -> Result<(String, String), Beyond> {
        let ty = type_of(left).or_else(|| type_of(right));
        // The caller's identity is a UUID: against anything else both sides are compared as text.
        let caller = [left, right].iter().any(|side| {
            matches!(
                side,
                Expr::Caller {
                    field: CallerField::Id | CallerField::Tenant
                }
            )
        });
        let scalar = ty.as_ref().and_then(TypeModel::carried_scalar);
        let as_text = caller && scalar.is_some_and(|scalar| scalar != Scalar::Uuid);
        let side = |this: &mut Self, expr: &Expr, first: bool| -> Result<String, Beyond> {
            let mut value = this.value(expr, ty.as_ref(), scope, indent)?;
            if as_text {
                value = if matches!(expr, Expr::Caller { .. }) {
                    value
                } else {
                    format!("cast({value}, Text())")
                };
                if let Expr::Caller { .. } = expr {
                    value = format!("cast({value}, Text())");
                }
            }
            // The left side has to be SQL, or Python would compare.
            if first && matches!(expr, Expr::Literal { .. }) {
                value = format!("literal({value})");
            }
            Ok(this.short(value, indent))
        };
        let one = side(self, left, true)?;
        let other = side(self, right, false)?;
        Ok((one, other))
    }

    /// A value; `ty` is what it is compared with.
    fn value(
        &mut self,
        expr: &Expr,
        ty: Option<&TypeModel>,
        scope: Scope<'_, '_>,
        indent: usize,
    ) -> Result<String, Beyond> {
        match expr {
            Expr::Field { path, ty, .. } => self.field(path, ty, scope, indent),
            Expr::Param {
                name,
                path,
                ty,
                optional: _,
            } => {
                if !path.is_empty() || ty.carried_scalar().is_none() && !is_enum(ty) {
                    return Err(Beyond);
                }
                let kind = if is_enum(ty) {
                    "Text()".to_owned()
                } else {
                    alchemy_scalar(ty)
                };
                if scope.variables {
                    return Ok(format!("literal({}, {kind})", attribute(name)));
                }
                if name == "body" {
                    return Err(Beyond);
                }
                let text = self.bound(
                    "text",
                    &format!("literal({}.parameters.get(\"{name}\"), Text())", scope.occasion),
                    indent,
                );
                Ok(format!("cast({text}, {kind})"))
            }
            Expr::Caller { field } => Ok(match field {
                CallerField::Id => format!("literal({}.caller.subject, Uuid())", scope.occasion),
                CallerField::Tenant => format!("literal({}.caller.tenant, Uuid())", scope.occasion),
                CallerField::Role => format!("literal({}.caller.role, Text())", scope.occasion),
            }),
            Expr::Now => {
                let date = ty.and_then(TypeModel::carried_scalar) == Some(Scalar::Date);
                Ok(if date {
                    format!("literal({}.now.date(), Date())", scope.occasion)
                } else {
                    format!("literal({}.now, DateTime(timezone=True))", scope.occasion)
                })
            }
            Expr::Literal {
                literal: Literal::Bool(value),
            } => Ok(if *value {
                "true()".to_owned()
            } else {
                "false()".to_owned()
            }),
            Expr::Literal {
                literal: Literal::Duration(duration),
            } => Ok(interval(duration)),
            Expr::Literal { .. } => {
                let text = TypeModel::default();
                scope.types.literal(expr, ty.unwrap_or(&text)).ok_or(Beyond)
            }
            Expr::Arithmetic { op, left, right } => {
                let one = self.value(left, ty, scope, indent)?;
                let one = self.short(one, indent);
                let other = self.value(right, ty, scope, indent)?;
                let other = self.short(other, indent);
                let sign = if *op == ArithmeticOp::Add { "+" } else { "-" };
                Ok(self.bound("value", &format!("{one} {sign} {other}"), indent))
            }
            _ => Err(Beyond),
        }
    }

    fn field(
        &mut self,
        path: &[PathStep],
        ty: &TypeModel,
        scope: Scope<'_, '_>,
        indent: usize,
    ) -> Result<String, Beyond> {
        let (first, rest) = path.split_first().ok_or(Beyond)?;
        // What is encrypted can't be compared.
        let compared = |field: &Field<'_>| {
            if field.storage() == Storage::Sealed {
                Err(Beyond)
            } else {
                Ok(())
            }
        };
        let mut entity = scope.entity;
        let mut field = entity.field(&first.field).ok_or(Beyond)?;
        compared(field)?;
        let mut value = field.reach(&format!("tables.{}", entity.slug));
        let mut rest = rest.iter();
        while let Some(step) = rest.next() {
            if !step.in_entity {
                let mut keys = vec![format!("\"{}\"", step.field)];
                keys.extend(rest.by_ref().map(|step| format!("\"{}\"", step.field)));
                let value = self.short(value, indent);
                let text = format!("func.jsonb_extract_path_text({value}, {})", keys.join(", "));
                let text = self.bound("value", &text, indent);
                let plain = matches!(
                    ty.carried_scalar(),
                    Some(Scalar::String | Scalar::Text | Scalar::Email | Scalar::Phone | Scalar::Url)
                ) || is_enum(ty);
                return Ok(if plain {
                    text
                } else {
                    format!("cast({text}, {})", alchemy_scalar(ty))
                });
            }
            let target = scope
                .entities
                .iter()
                .find(|entity| entity.model.name == step.owner)
                .ok_or(Beyond)?;
            let next = target.field(&step.field).ok_or(Beyond)?;
            compared(next)?;
            let table = format!("tables.{}", target.slug);
            let blanks = " ".repeat(indent);
            let code = format!(
                "joined(\n{blanks}    {value},\n{blanks}    {},\n{blanks}    {},\n{blanks})",
                target.key().reach(&table),
                next.reach(&table),
            );
            value = self.bound("value", &code, indent);
            entity = target;
            field = next;
        }
        let _ = (entity, field);
        Ok(value)
    }

    /// A variable for code that is too long to stand inside of a line.
    fn short(&mut self, code: String, indent: usize) -> String {
        if code.len() <= 46 {
            code
        } else {
            self.bound("value", &code, indent)
        }
    }

    fn bound(&mut self, word: &str, code: &str, indent: usize) -> String {
        self.count += 1;
        let name = format!("{word}_{}", self.count);
        self.statements
            .push(format!("{}{name} = {code}", " ".repeat(indent)));
        name
    }
}

fn interval(duration: &DurationModel) -> String {
    match duration.unit {
        DurationUnit::Month => format!(
            "literal_column(\"interval '{} months'\", Interval())",
            duration.amount
        ),
        DurationUnit::Year => format!(
            "literal_column(\"interval '{} years'\", Interval())",
            duration.amount
        ),
        _ => format!("literal({}, Interval())", timedelta(duration.millis())),
    }
}

fn is_enum(ty: &TypeModel) -> bool {
    matches!(
        ty,
        TypeModel::Named {
            shape: crate::model::NamedShape::Enum,
            ..
        }
    )
}

fn type_of(expr: &Expr) -> Option<TypeModel> {
    match expr {
        Expr::Field { ty, .. } | Expr::Param { ty, .. } => Some((**ty).clone()),
        Expr::Now => Some(TypeModel::scalar(Scalar::Instant)),
        Expr::Arithmetic { left, right, .. } => type_of(left).or_else(|| type_of(right)),
        _ => None,
    }
}
