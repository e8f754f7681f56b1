//! Predicates, arguments and defaults.

use archwright_codegen::model::{
    ArithmeticOp, CallerField, CompareOp, Expr, Literal, PathStep, Scalar, TypeModel,
};
use archwright_grammar::{
    ast::{CompareOp as CompareFact, Literal as LiteralFact},
    vocabulary::Kind,
};

use super::{
    convert,
    services::Lowering,
    types::{TYPE, in_entity},
};
use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::OpRef,
        def::{Def, DefKind},
        expr::{Sort, sort_of},
        facts::{ExprFact, ExprFactKind, Field, Name, Param, ParamFrom, RefFact, Ty, TyKind},
        finding::{Finding, Place},
        resolve::resolve,
    },
};

/// Where the names of an expression come from.
pub(super) struct Scope<'a, 'db> {
    /// Where the expression is written.
    pub(super) item: Item,
    /// Entities, types or events whose fields are meant, the first first.
    pub(super) owners: Vec<Def>,
    /// Parameters.
    pub(super) params: &'a [Param],
    /// The operation, when the expression is an operation's.
    pub(super) op: Option<OpRef<'db>>,
}

/// What a bare name may belong to.
#[derive(Clone, Copy)]
enum Expected {
    Enum(Def),
    Role,
}

impl<'db> Lowering<'_, 'db> {
    /// A condition; `None` when it cannot be generated, which is then reported.
    pub(super) fn predicate(&mut self, scope: &Scope<'_, 'db>, expr: &ExprFact) -> Option<Expr> {
        self.expr(scope, expr, None)
    }

    /// An argument for a parameter of a type.
    pub(super) fn argument(
        &mut self,
        scope: &Scope<'_, 'db>,
        expr: &ExprFact,
        item: Item,
        ty: &Ty,
    ) -> Option<Expr> {
        let expected = self.expected_by(item, ty);
        self.expr(scope, expr, expected)
    }

    /// A field's or parameter's default; `null` is none.
    pub(super) fn default_value(&mut self, item: Item, expr: &ExprFact, ty: &Ty) -> Option<Expr> {
        if matches!(expr.kind, ExprFactKind::Literal(LiteralFact::Null)) {
            return None;
        }
        let scope = Scope {
            item,
            owners: Vec::new(),
            params: &[],
            op: None,
        };
        let expected = self.expected_by(item, ty);
        self.expr(&scope, expr, expected)
    }

    fn expected_by(&self, item: Item, ty: &Ty) -> Option<Expected> {
        match sort_of(self.cx(), item, ty) {
            Sort::Enum(def) => Some(Expected::Enum(def)),
            _ => None,
        }
    }

    fn expr(&mut self, scope: &Scope<'_, 'db>, expr: &ExprFact, expected: Option<Expected>) -> Option<Expr> {
        match &expr.kind {
            ExprFactKind::And(left, right) => {
                let (left, right) = (self.expr(scope, left, None)?, self.expr(scope, right, None)?);
                Some(Expr::And {
                    items: flat(left, right, |expr| match expr {
                        Expr::And { items } => Ok(items),
                        other => Err(other),
                    }),
                })
            }
            ExprFactKind::Or(left, right) => {
                let (left, right) = (self.expr(scope, left, None)?, self.expr(scope, right, None)?);
                Some(Expr::Or {
                    items: flat(left, right, |expr| match expr {
                        Expr::Or { items } => Ok(items),
                        other => Err(other),
                    }),
                })
            }
            ExprFactKind::Not(inner) => Some(Expr::Not {
                item: Box::new(self.expr(scope, inner, None)?),
            }),
            ExprFactKind::Compare(left, op, right) => {
                let expected = self
                    .expected_of(scope, left)
                    .or_else(|| self.expected_of(scope, right));
                let left = self.expr(scope, left, expected)?;
                let right = self.expr(scope, right, expected)?;
                Some(Expr::Compare {
                    op: compare(*op),
                    left: Box::new(left),
                    right: Box::new(right),
                })
            }
            ExprFactKind::In(inner, list) => {
                let expected = self.expected_of(scope, inner);
                let item = Box::new(self.expr(scope, inner, expected)?);
                let list = list
                    .iter()
                    .map(|element| self.expr(scope, element, expected))
                    .collect::<Option<Vec<_>>>()?;
                Some(Expr::In { item, list })
            }
            ExprFactKind::IsNull(inner, negated) => Some(Expr::IsNull {
                item: Box::new(self.expr(scope, inner, None)?),
                negated: *negated,
            }),
            ExprFactKind::Add(left, right) => self.arithmetic(scope, ArithmeticOp::Add, left, right),
            ExprFactKind::Sub(left, right) => self.arithmetic(scope, ArithmeticOp::Sub, left, right),
            ExprFactKind::Ref(reference) => self.reference(scope, expr, reference, expected),
            ExprFactKind::Now => Some(Expr::Now),
            ExprFactKind::Caller(field) => {
                let field = match field.as_str() {
                    "role" => CallerField::Role,
                    "tenant" => CallerField::Tenant,
                    _ => CallerField::Id,
                };
                Some(Expr::Caller { field })
            }
            ExprFactKind::Call(name, _) => {
                self.refuse(
                    scope,
                    expr,
                    format!("`{name}(…)` has no meaning in a generated service"),
                );
                None
            }
            ExprFactKind::Literal(literal) => {
                let literal = constant(literal);
                if literal.is_none() {
                    self.refuse(scope, expr, "`null` has no meaning here".to_owned());
                }
                literal.map(|literal| Expr::Literal { literal })
            }
            ExprFactKind::Error => None,
        }
    }

    fn arithmetic(
        &mut self,
        scope: &Scope<'_, 'db>,
        op: ArithmeticOp,
        left: &ExprFact,
        right: &ExprFact,
    ) -> Option<Expr> {
        let (left, right) = (self.expr(scope, left, None)?, self.expr(scope, right, None)?);
        Some(Expr::Arithmetic {
            op,
            left: Box::new(left),
            right: Box::new(right),
        })
    }

    /// What the other side of a comparison with `expr` may name.
    fn expected_of(&self, scope: &Scope<'_, 'db>, expr: &ExprFact) -> Option<Expected> {
        match &expr.kind {
            ExprFactKind::Caller(field) if field == "role" => Some(Expected::Role),
            ExprFactKind::Ref(reference) => {
                let (item, ty) = self.type_behind(scope, reference)?;
                self.expected_by(item, ty)
            }
            _ => None,
        }
    }

    /// The type of the field or parameter that a reference means, and where it is written.
    fn type_behind<'s>(&'s self, scope: &'s Scope<'_, 'db>, reference: &RefFact) -> Option<(Item, &'s Ty)> {
        let (first, rest) = reference.path.split_first()?;
        if let Some((def, _)) = self.field_named(scope, first) {
            let last = self.follow(def, rest)?.pop()?;
            return last.field(self.cx().db).map(|field| (last.item, &field.ty));
        }
        let name = if first == "param" { rest.first()? } else { first };
        let param = scope.params.iter().find(|param| param.name == *name)?;
        Some((scope.item, param.ty.as_ref()?))
    }

    fn field_named(&self, scope: &Scope<'_, 'db>, name: &Name) -> Option<(Def, Def)> {
        scope.owners.iter().find_map(|owner| {
            let fields = self.cx().fields_of(*owner);
            fields
                .into_iter()
                .find(|(_, field)| field.name == *name)
                .map(|(def, _)| (def, *owner))
        })
    }

    /// The fields that a path goes through: `first`, then one for each further name.
    fn follow(&self, first: Def, rest: &[Name]) -> Option<Vec<Def>> {
        let mut path = vec![first];
        for name in rest {
            let at = *path.last()?;
            let field = at.field(self.cx().db)?;
            let (TyKind::Ref(reference) | TyKind::Named(reference)) = &field.ty.kind else {
                return None;
            };
            let owner = self.cx().resolve(at.item, reference, TYPE)?;
            let (next, _) = self
                .cx()
                .fields_of(owner)
                .into_iter()
                .find(|(_, field)| field.name == *name)?;
            path.push(next);
        }
        Some(path)
    }

    fn reference(
        &mut self,
        scope: &Scope<'_, 'db>,
        expr: &ExprFact,
        reference: &RefFact,
        expected: Option<Expected>,
    ) -> Option<Expr> {
        let (first, rest) = reference.path.split_first()?;
        if !rest.is_empty() && first != "param" {
            let member = resolve(self.cx().db, scope.item, reference, &[Kind::EnumMember]).found();
            if let Some(member) = member {
                return Some(self.member(member));
            }
        }
        if let Some((field, owner)) = self.field_named(scope, first) {
            return self.field_path(scope, expr, field, owner, rest);
        }
        let (name, below) = if first == "param" {
            rest.split_first()?
        } else {
            (first, rest)
        };
        if let Some(param) = scope.params.iter().find(|param| param.name == *name) {
            return self.parameter(scope, expr, param, below);
        }
        match expected {
            Some(Expected::Enum(def)) => {
                let index = def
                    .enum_def(self.cx().db)?
                    .members
                    .iter()
                    .position(|(member, _)| member == first)?;
                let kind = match def.kind {
                    DefKind::Enum(owner) => DefKind::EnumMember(owner, index as u16),
                    _ => DefKind::ItemMember(index as u16),
                };
                Some(self.member(Def { item: def.item, kind }))
            }
            Some(Expected::Role) => Some(Expr::Literal {
                literal: Literal::Role(first.to_string()),
            }),
            None => {
                self.refuse(
                    scope,
                    expr,
                    format!("it is not clear what `{}` is", reference.text()),
                );
                None
            }
        }
    }

    fn member(&mut self, member: Def) -> Expr {
        let owner = member.parent().unwrap_or(Def::item(member.item));
        let id = self.lower.qualified(owner);
        if owner.item != self.item {
            self.imports.enums.insert(id.clone(), owner);
        }
        let literal = Literal::EnumMember {
            id,
            name: owner.name(self.cx().db).to_string(),
            member: member.name(self.cx().db).to_string(),
        };
        Expr::Literal { literal }
    }

    /// A path of fields: of the rows, of the event that is handled, or of the body.
    fn field_path(
        &mut self,
        scope: &Scope<'_, 'db>,
        expr: &ExprFact,
        first: Def,
        owner: Def,
        rest: &[Name],
    ) -> Option<Expr> {
        let Some(path) = self.follow(first, rest) else {
            self.refuse(scope, expr, "the path does not lead to a field".to_owned());
            return None;
        };
        let last = *path.last()?;
        let field: &Field = last.field(self.cx().db)?;
        let optional = path
            .iter()
            .any(|step| step.field(self.cx().db).is_some_and(|field| field.ty.optional));
        let id = self.lower.qualified(last);
        let ty = Box::new(self.ty(last.item, &field.ty, &id));
        if !in_entity(first) {
            // A field of the event, or of a body that is no entity: what arrived with the request.
            let names: Vec<String> = path
                .iter()
                .map(|step| step.name(self.cx().db).to_string())
                .collect();
            let body = scope
                .params
                .iter()
                .find(|param| param.from == ParamFrom::Body && self.is_of(scope, param, owner));
            let (name, path) = match (body, names.split_first()) {
                (Some(body), _) => (body.name.to_string(), names),
                (None, Some((first, rest))) if owner.event(self.cx().db).is_some() => {
                    (first.clone(), rest.to_vec())
                }
                _ => {
                    let what = format!(
                        "`{}` is a field of the answer, which is not known yet",
                        names.join(".")
                    );
                    self.refuse(scope, expr, what);
                    return None;
                }
            };
            return Some(Expr::Param {
                name,
                path,
                ty,
                optional,
            });
        }
        if let Some(foreign) = path
            .iter()
            .find(|step| in_entity(**step) && step.item != self.item)
        {
            let what = format!(
                "`{}` lies in service {}, so a condition on rows of this service cannot read it",
                self.lower.qualified(*foreign),
                self.cx().name(foreign.item)
            );
            self.refuse(scope, expr, what);
            return None;
        }
        let path = path
            .iter()
            .map(|step| PathStep {
                owner: self.owner_name(*step),
                field: step.name(self.cx().db).to_string(),
                in_entity: in_entity(*step),
            })
            .collect();
        Some(Expr::Field { path, ty, optional })
    }

    fn is_of(&self, scope: &Scope<'_, 'db>, param: &Param, owner: Def) -> bool {
        match param.ty.as_ref().map(|ty| &ty.kind) {
            Some(TyKind::Named(reference)) => self.cx().resolve(scope.item, reference, TYPE) == Some(owner),
            _ => false,
        }
    }

    fn parameter(
        &mut self,
        scope: &Scope<'_, 'db>,
        expr: &ExprFact,
        param: &Param,
        below: &[Name],
    ) -> Option<Expr> {
        let name = param.name.to_string();
        let declared = match (&param.ty, scope.op) {
            (Some(ty), _) => (self.ty(scope.item, ty, ""), ty.optional),
            (None, Some(op)) => {
                let model = self.path_param(op, param);
                (model.ty, model.optional)
            }
            (None, None) => (TypeModel::scalar(Scalar::String), false),
        };
        let Some((first, rest)) = below.split_first() else {
            return Some(Expr::Param {
                name,
                path: Vec::new(),
                ty: Box::new(declared.0),
                optional: declared.1,
            });
        };
        let (TyKind::Named(reference) | TyKind::New(reference) | TyKind::Patch(reference)) =
            &param.ty.as_ref()?.kind
        else {
            self.refuse(scope, expr, format!("`{name}` has no members"));
            return None;
        };
        let owner = self.cx().resolve(scope.item, reference, TYPE)?;
        let found = self
            .cx()
            .fields_of(owner)
            .into_iter()
            .find(|(_, field)| field.name == *first);
        let path = found.and_then(|(def, _)| self.follow(def, rest));
        let Some(last) = path.and_then(|path| path.last().copied()) else {
            self.refuse(scope, expr, format!("`{name}` has no member `{first}`"));
            return None;
        };
        let field = last.field(self.cx().db)?;
        let ty = Box::new(self.ty(last.item, &field.ty, ""));
        Some(Expr::Param {
            name,
            path: convert::texts(below),
            ty,
            optional: true,
        })
    }

    /// Notes that something is right in the language and has no meaning for a generator.
    pub(super) fn refuse(&mut self, scope: &Scope<'_, 'db>, expr: &ExprFact, what: String) {
        let element = match scope.op {
            Some(op) => self.cx().qualified(op.def),
            None => self.cx().name(scope.item).clone(),
        };
        let place = Place::new(scope.item, expr.loc.clone());
        let finding = Finding::new("type.not_generated", Severity::Error, element, place, what)
            .help("Say it with fields of the row, parameters, `caller` and literals.");
        self.lower.findings.push(finding);
    }
}

/// The operands of a chain of the same operator, in one list.
fn flat(left: Expr, right: Expr, open: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
    let mut items = Vec::new();
    for side in [left, right] {
        match open(side) {
            Ok(inner) => items.extend(inner),
            Err(other) => items.push(other),
        }
    }
    items
}

fn compare(op: CompareFact) -> CompareOp {
    match op {
        CompareFact::Eq => CompareOp::Eq,
        CompareFact::Ne => CompareOp::Ne,
        CompareFact::Lt => CompareOp::Lt,
        CompareFact::Le => CompareOp::Le,
        CompareFact::Gt => CompareOp::Gt,
        CompareFact::Ge => CompareOp::Ge,
    }
}

/// A literal; `None` for `null`.
fn constant(literal: &LiteralFact) -> Option<Literal> {
    Some(match literal {
        LiteralFact::String(text) => Literal::String(text.to_string()),
        LiteralFact::Int(value) => Literal::Integer(*value),
        LiteralFact::Decimal(text) => Literal::Decimal(text.replace('_', "")),
        LiteralFact::Bool(value) => Literal::Bool(*value),
        LiteralFact::Null => return None,
        LiteralFact::Duration(duration) => Literal::Duration(convert::duration(*duration)),
        LiteralFact::Date(date) => Literal::Date(convert::date(*date)),
        LiteralFact::Size(bytes) => Literal::Integer(i64::try_from(*bytes).unwrap_or(i64::MAX)),
        LiteralFact::Percent(millionths) => Literal::Decimal(format!(
            "{}.{:06}",
            millionths / 1_000_000,
            millionths % 1_000_000
        )),
    })
}
