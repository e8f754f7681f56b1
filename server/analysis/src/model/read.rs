//! Reads a tree into facts: shared pieces (references, types, expressions, settings).
//!
//! The counting here mirrors [`super::loc`]: reference number `m` of an argument is the `m`-th that
//! [`super::loc::refs_in_value`] visits.

use archwright_grammar::{
    ast::{
        Argument, Attribute, AttributeValue, Date, Duration, Expr, ExprKind, Literal, Node, Rate, Ref, Type,
        TypeKind, Value,
    },
    vocabulary::{self, Kind},
};
use smol_str::SmolStr;

use super::{
    facts::{
        AttributeArgFact, AttributeFact, ExprFact, ExprFactKind, Field, Limit, Name, Param, ParamFrom,
        RefFact, Retry, SecretFact, Setting, Settings, Ty, TyKind, Waiver,
    },
    loc::{Loc, Part},
};

/// A node and the way to it.
#[derive(Clone)]
pub struct At<'t> {
    /// The node.
    pub node: &'t Node,
    /// Child indices from the item.
    pub path: smallvec::SmallVec<[u16; 4]>,
}

/// Counts references, expressions and inline fields inside one argument.
struct Counter<'a> {
    path: &'a [u16],
    arg: u16,
    refs: u16,
    exprs: u16,
    inline: u16,
    attributes: u16,
}

impl Counter<'_> {
    fn reference(&mut self, reference: &Ref) -> RefFact {
        let loc = Loc::at(self.path, Part::Ref(self.arg, self.refs));
        self.refs += 1;
        fact_of(reference, loc)
    }

    fn ty(&mut self, ty: &Type) -> Ty {
        let kind = match &ty.kind {
            TypeKind::Named(reference, args) => {
                let fact = self.reference(reference);
                match fact.path.as_slice() {
                    [name] if fact.kind.is_none() && vocabulary::scalar(name).is_some() => {
                        TyKind::Scalar(name.clone(), args.iter().filter_map(int_literal).collect())
                    }
                    _ => TyKind::Named(fact),
                }
            }
            TypeKind::Ref(reference) => TyKind::Ref(self.reference(reference)),
            TypeKind::New(reference) => TyKind::New(self.reference(reference)),
            TypeKind::Patch(reference) => TyKind::Patch(self.reference(reference)),
            TypeKind::Page(reference) => TyKind::Page(self.reference(reference)),
            TypeKind::List(inner) => TyKind::List(Box::new(self.ty(inner))),
            TypeKind::Inline(fields) => {
                TyKind::Inline(fields.iter().map(|field| self.inline_field(field)).collect())
            }
            TypeKind::Error => TyKind::Error,
        };
        Ty {
            kind,
            optional: ty.optional,
        }
    }

    fn inline_field(&mut self, node: &Node) -> Field {
        let loc = Loc::at(self.path, Part::Inline(self.arg, self.inline));
        self.inline += 1;
        let mut field = Field {
            name: node.name().map_or_else(Name::default, |name| name.text.clone()),
            docs: docs(node),
            loc,
            ..Field::default()
        };
        for argument in &node.args {
            match &argument.value {
                Value::Type(ty) => field.ty = self.ty(ty),
                Value::Expr(expr) => field.default = Some(self.inner_expr(expr)),
                Value::Attribute(attribute) => {
                    let fact = self.attribute(attribute, true);
                    field.attributes.push(fact);
                }
                _ => {}
            }
        }
        field.default = field
            .default
            .take()
            .or_else(|| stated_default(&field.attributes).cloned());
        field
    }

    /// An expression inside an inline type: its places are the argument's, because only whole arguments count expressions.
    fn inner_expr(&mut self, expr: &Expr) -> ExprFact {
        let saved = self.exprs;
        let mut fact = self.expr(expr);
        self.exprs = saved;
        fact.loc = Loc::at(self.path, Part::Arg(self.arg));
        fact
    }

    fn attribute(&mut self, attribute: &Attribute, inner: bool) -> AttributeFact {
        let args = attribute
            .args
            .iter()
            .map(|argument| match &argument.value {
                AttributeValue::Expr(expr) => AttributeArgFact::Value(
                    argument.name.as_ref().map(|name| name.text.clone()),
                    if inner {
                        self.inner_expr(expr)
                    } else {
                        self.expr(expr)
                    },
                ),
                AttributeValue::Range(from, to) => AttributeArgFact::Range(*from, *to),
            })
            .collect();
        let part = if inner {
            self.attributes += 1;
            Part::Attribute(self.arg, self.attributes - 1)
        } else {
            Part::Arg(self.arg)
        };
        AttributeFact {
            name: attribute.name.text.clone(),
            args,
            loc: Loc::at(self.path, part),
        }
    }

    fn expr(&mut self, expr: &Expr) -> ExprFact {
        let loc = Loc::at(self.path, Part::Expr(self.arg, self.exprs));
        self.exprs += 1;
        let kind = match &expr.kind {
            ExprKind::And(left, right) => ExprFactKind::And(self.boxed(left), self.boxed(right)),
            ExprKind::Or(left, right) => ExprFactKind::Or(self.boxed(left), self.boxed(right)),
            ExprKind::Not(inner) => ExprFactKind::Not(self.boxed(inner)),
            ExprKind::Compare(left, op, right) => {
                ExprFactKind::Compare(self.boxed(left), *op, self.boxed(right))
            }
            ExprKind::In(inner, list) => ExprFactKind::In(
                self.boxed(inner),
                list.iter().map(|element| self.expr(element)).collect(),
            ),
            ExprKind::IsNull(inner, not) => ExprFactKind::IsNull(self.boxed(inner), *not),
            ExprKind::Add(left, right) => ExprFactKind::Add(self.boxed(left), self.boxed(right)),
            ExprKind::Sub(left, right) => ExprFactKind::Sub(self.boxed(left), self.boxed(right)),
            ExprKind::Ref(reference) => ExprFactKind::Ref(self.reference(reference)),
            ExprKind::Now => ExprFactKind::Now,
            ExprKind::Caller(field) => ExprFactKind::Caller(field.text.clone()),
            ExprKind::Call(name, args) => ExprFactKind::Call(
                name.text.clone(),
                args.iter().map(|argument| self.expr(argument)).collect(),
            ),
            ExprKind::Literal(literal) => ExprFactKind::Literal(literal.clone()),
            ExprKind::Error => ExprFactKind::Error,
        };
        ExprFact { kind, loc }
    }

    fn boxed(&mut self, expr: &Expr) -> Box<ExprFact> {
        Box::new(self.expr(expr))
    }
}

/// A reference of the tree as a fact.
pub(super) fn fact_of(reference: &Ref, loc: Loc) -> RefFact {
    RefFact {
        path: reference
            .segments
            .iter()
            .map(|segment| segment.text.clone())
            .collect(),
        kind: reference.kind.as_ref().map(|kind| kind.text.clone()),
        loc,
    }
}

fn int_literal(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Literal::Int(value)) => Some(*value),
        _ => None,
    }
}

/// The value in `@default(…)`.
fn stated_default(attributes: &[AttributeFact]) -> Option<&ExprFact> {
    attributes
        .iter()
        .find(|attribute| attribute.name == "default")
        .and_then(|attribute| match attribute.args.first() {
            Some(AttributeArgFact::Value(None, value)) => Some(value),
            _ => None,
        })
}

/// The `///` text above a node.
pub fn docs(node: &Node) -> Option<SmolStr> {
    node.docs.as_ref().map(|docs| docs.text.clone())
}

impl<'t> At<'t> {
    /// The item's own node.
    pub fn root(node: &'t Node) -> Self {
        Self {
            node,
            path: smallvec::SmallVec::new(),
        }
    }

    /// What stands in the block.
    pub fn children(&self) -> impl Iterator<Item = At<'t>> + use<'t> {
        let path = self.path.clone();
        self.node.children().iter().enumerate().map(move |(index, node)| {
            let mut path = path.clone();
            path.push(index as u16);
            At { node, path }
        })
    }

    /// The children of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = At<'t>> + use<'t> {
        self.children().filter(move |child| child.node.kind() == kind)
    }

    /// The first child of one kind.
    pub fn one(&self, kind: Kind) -> Option<At<'t>> {
        self.of(kind).next()
    }

    /// The node's head.
    pub fn head(&self) -> Loc {
        Loc::head(&self.path)
    }

    /// The node's name.
    pub fn name_loc(&self) -> Loc {
        Loc::at(&self.path, Part::Name)
    }

    /// The node's leading word.
    pub fn word_loc(&self) -> Loc {
        Loc::at(&self.path, Part::Word)
    }

    /// The declared name; empty after an error.
    pub fn name(&self) -> Name {
        self.node
            .name()
            .map_or_else(Name::default, |name| name.text.clone())
    }

    fn indexed(&self, slot: &str) -> impl Iterator<Item = (u16, &'t Argument)> {
        self.node
            .args
            .iter()
            .enumerate()
            .filter(move |(_, argument)| argument.slot == slot)
            .map(|(index, argument)| (index as u16, argument))
    }

    fn counter(&self, arg: u16) -> Counter<'_> {
        Counter {
            path: &self.path,
            arg,
            refs: 0,
            exprs: 0,
            inline: 0,
            attributes: 0,
        }
    }

    /// All references in a slot.
    pub fn refs(&self, slot: &str) -> Vec<RefFact> {
        self.indexed(slot)
            .filter_map(|(index, argument)| match &argument.value {
                Value::Ref(reference) => Some(fact_of(reference, Loc::at(&self.path, Part::Ref(index, 0)))),
                _ => None,
            })
            .collect()
    }

    /// The first reference in a slot.
    pub fn reference(&self, slot: &str) -> Option<RefFact> {
        self.refs(slot).into_iter().next()
    }

    /// The words in a slot with their places.
    pub fn words(&self, slot: &str) -> Vec<(Name, Loc)> {
        self.indexed(slot)
            .filter_map(|(index, argument)| match &argument.value {
                Value::Word(word) => Some((word.text.clone(), Loc::at(&self.path, Part::Arg(index)))),
                _ => None,
            })
            .collect()
    }

    /// The word in a slot.
    pub fn word(&self, slot: &str) -> Option<Name> {
        self.node.word_in(slot).map(|word| word.text.clone())
    }

    /// The text in a slot.
    pub fn text(&self, slot: &str) -> Option<SmolStr> {
        self.node.string(slot).cloned()
    }

    /// All texts in a slot.
    pub fn texts(&self, slot: &str) -> Vec<SmolStr> {
        self.indexed(slot)
            .filter_map(|(_, argument)| match &argument.value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect()
    }

    /// The whole number in a slot.
    pub fn int(&self, slot: &str) -> Option<i64> {
        match &self.node.arg(slot)?.value {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The percentage in a slot, in millionths.
    pub fn percent(&self, slot: &str) -> Option<u32> {
        match &self.node.arg(slot)?.value {
            Value::Percent(value) => Some(*value),
            _ => None,
        }
    }

    /// The length of time in a slot.
    pub fn duration(&self, slot: &str) -> Option<Duration> {
        match &self.node.arg(slot)?.value {
            Value::Duration(value) => Some(*value),
            _ => None,
        }
    }

    /// The rate in a slot.
    pub fn rate(&self, slot: &str) -> Option<Rate> {
        match &self.node.arg(slot)?.value {
            Value::Rate(value) => Some(*value),
            _ => None,
        }
    }

    /// The date in a slot.
    pub fn date(&self, slot: &str) -> Option<Date> {
        match &self.node.arg(slot)?.value {
            Value::Date(value) => Some(*value),
            _ => None,
        }
    }

    /// The range in a slot.
    pub fn range(&self, slot: &str) -> Option<(i64, Option<i64>)> {
        match &self.node.arg(slot)?.value {
            Value::IntRange(from, to) => Some((*from, *to)),
            _ => None,
        }
    }

    /// The version in a slot.
    pub fn version(&self, slot: &str) -> Option<u32> {
        match &self.node.arg(slot)?.value {
            Value::Version(version) => Some(*version),
            _ => None,
        }
    }

    /// The secret, or literal, in a slot.
    pub fn secret(&self, slot: &str) -> Option<SecretFact> {
        let (index, argument) = self.indexed(slot).next()?;
        let (text, literal) = match &argument.value {
            Value::Secret(name) => (name.clone(), false),
            Value::String(text) => (text.clone(), true),
            _ => return None,
        };
        Some(SecretFact {
            text,
            literal,
            loc: Loc::at(&self.path, Part::Arg(index)),
        })
    }

    /// The type in a slot and where it stands.
    pub fn ty(&self, slot: &str) -> Option<(Ty, Loc)> {
        let (index, argument) = self.indexed(slot).next()?;
        match &argument.value {
            Value::Type(ty) => Some((self.counter(index).ty(ty), Loc::at(&self.path, Part::Arg(index)))),
            _ => None,
        }
    }

    /// The expressions in a slot.
    pub fn exprs(&self, slot: &str) -> Vec<ExprFact> {
        self.indexed(slot)
            .filter_map(|(index, argument)| match &argument.value {
                Value::Expr(expr) => Some(self.counter(index).expr(expr)),
                _ => None,
            })
            .collect()
    }

    /// The expression in a slot.
    pub fn expr(&self, slot: &str) -> Option<ExprFact> {
        self.exprs(slot).into_iter().next()
    }

    /// The path in a slot: its text, and its parameters with their places.
    pub fn path(&self, slot: &str) -> (SmolStr, Vec<(Name, Loc)>) {
        let Some((index, argument)) = self.indexed(slot).next() else {
            return Default::default();
        };
        let Value::Path(path) = &argument.value else {
            return Default::default();
        };
        let params = path
            .segments
            .iter()
            .enumerate()
            .filter_map(|(number, segment)| match segment {
                archwright_grammar::ast::PathSegment::Param(name) => Some((
                    name.text.clone(),
                    Loc::at(&self.path, Part::Segment(index, number as u16)),
                )),
                _ => None,
            })
            .collect();
        (path.text.clone(), params)
    }

    /// The method in a slot.
    pub fn method(&self, slot: &str) -> Name {
        match self.node.arg(slot).map(|argument| &argument.value) {
            Some(Value::Method(method)) => method.text.clone(),
            _ => Name::default(),
        }
    }

    /// Declared parameters; where each comes from is told by its name.
    pub fn params(&self, in_path: &[(Name, Loc)]) -> Vec<Param> {
        self.indexed("param")
            .filter_map(|(index, argument)| {
                let Value::Param(param) = &argument.value else {
                    return None;
                };
                let mut counter = self.counter(index);
                let ty = param.ty.as_ref().map(|ty| counter.ty(ty));
                let default = param.default.as_ref().map(|default| counter.expr(default));
                let attributes: Vec<AttributeFact> = param
                    .attributes
                    .iter()
                    .map(|attribute| counter.attribute(attribute, true))
                    .collect();
                let default = default.or_else(|| stated_default(&attributes).cloned());
                let name = param.name.text.clone();
                let from = if in_path.iter().any(|(in_path, _)| *in_path == name) {
                    ParamFrom::Path
                } else if name == "body" {
                    ParamFrom::Body
                } else {
                    ParamFrom::Query
                };
                Some(Param {
                    name,
                    ty,
                    default,
                    attributes,
                    from,
                    loc: Loc::at(&self.path, Part::Arg(index)),
                })
            })
            .collect()
    }

    /// This node as a field.
    pub fn field(&self) -> Field {
        let mut field = Field {
            name: self.name(),
            docs: docs(self.node),
            loc: self.name_loc(),
            ..Field::default()
        };
        for (index, argument) in self.node.args.iter().enumerate() {
            let mut counter = self.counter(index as u16);
            match &argument.value {
                Value::Type(ty) => field.ty = counter.ty(ty),
                Value::Expr(expr) => field.default = Some(counter.expr(expr)),
                Value::Attribute(attribute) => {
                    field.attributes.push(counter.attribute(attribute, false));
                }
                _ => {}
            }
        }
        field.default = field
            .default
            .take()
            .or_else(|| stated_default(&field.attributes).cloned());
        field
    }

    /// The child `kind` as a flag that may be `off`.
    pub fn flag(&self, kind: Kind) -> Setting<()> {
        match self.one(kind) {
            None => Setting::Absent,
            Some(child) if child.node.has("off") => Setting::Off(child.head()),
            Some(child) => Setting::Set((), child.head()),
        }
    }

    /// `tls required | off`
    pub fn tls(&self) -> Setting<()> {
        match self.one(Kind::Tls) {
            None => Setting::Absent,
            Some(child) if child.word("tls").is_some_and(|word| word == "off") => Setting::Off(child.head()),
            Some(child) => Setting::Set((), child.head()),
        }
    }

    /// `auth …`
    pub fn auth(&self) -> Setting<Vec<RefFact>> {
        match self.one(Kind::UseAuth) {
            None => Setting::Absent,
            Some(child) if child.node.has("none") => Setting::Off(child.head()),
            Some(child) => Setting::Set(child.refs("scheme"), child.head()),
        }
    }

    /// `timeout …`
    pub fn timeout(&self) -> Setting<Duration> {
        match self.one(Kind::Timeout) {
            None => Setting::Absent,
            Some(child) => match child.duration("time") {
                Some(time) => Setting::Set(time, child.head()),
                None => Setting::Off(child.head()),
            },
        }
    }

    /// `retry …`
    pub fn retry(&self) -> Option<Retry> {
        let child = self.one(Kind::Retry)?;
        let backoff = child.node.args.iter().find_map(|argument| match argument.value {
            Value::DurationRange(from, to) => Some((from, to)),
            Value::Duration(fixed) => Some((fixed, fixed)),
            _ => None,
        });
        Some(Retry {
            count: child.int("count").unwrap_or(0),
            backoff,
            loc: child.head(),
        })
    }

    /// The settings that endpoint, service and system share.
    pub fn settings(&self) -> Settings {
        Settings {
            auth: self.auth(),
            limit: match self.one(Kind::Limit) {
                None => Setting::Absent,
                Some(child) => match child.rate("rate") {
                    Some(rate) => Setting::Set(
                        Limit {
                            rate,
                            by: child.word("by"),
                        },
                        child.head(),
                    ),
                    None => Setting::Off(child.head()),
                },
            },
            timeout: self.timeout(),
            audited: self.flag(Kind::Audited),
            observe: match self.one(Kind::Observe) {
                None => Setting::Absent,
                Some(child) if child.node.has("off") => Setting::Off(child.head()),
                Some(child) => Setting::Set(
                    child
                        .words("signal")
                        .into_iter()
                        .map(|(signal, _)| signal)
                        .collect(),
                    child.head(),
                ),
            },
            tls: self.tls(),
        }
    }

    /// All waivers in this node and below.
    pub fn waivers(&self, into: &mut Vec<Waiver>) {
        for child in self.children() {
            if child.node.kind() == Kind::Waive {
                if let Some(rule) = child.reference("rule") {
                    into.push(Waiver {
                        rule: rule.text().into(),
                        until: child.date("until"),
                        because: child.text("because"),
                        loc: child.head(),
                    });
                }
            } else {
                child.waivers(into);
            }
        }
    }
}
