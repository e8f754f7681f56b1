//! Trees compared wherever they stand: a number that is the same for equal trees.

use std::hash::{DefaultHasher, Hash, Hasher};

use archwright_grammar::{
    ast::{
        Attribute, AttributeValue, Docs, Expr, ExprKind, Ident, Literal, Node, Param, Path, PathSegment, Ref,
        Type, TypeKind, Value,
    },
    span::Span,
};

/// Which places count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Places {
    /// Relative to the start of the node: equal for trees that only moved.
    Relative,
    /// None: equal for trees whose layout differs.
    Ignored,
}

/// The fingerprint of a node with everything in it.
pub fn of(node: &Node, places: Places) -> u64 {
    let mut walk = Walk {
        hash: DefaultHasher::new(),
        base: (places == Places::Relative).then_some(node.span.start),
    };
    walk.node(node);
    walk.hash.finish()
}

/// The fingerprint of a node without its block: word, documentation, arguments.
pub fn of_head(node: &Node, places: Places) -> u64 {
    let mut walk = Walk {
        hash: DefaultHasher::new(),
        base: (places == Places::Relative).then_some(node.span.start),
    };
    walk.head(node);
    walk.hash.finish()
}

struct Walk {
    hash: DefaultHasher,
    base: Option<u32>,
}

impl Walk {
    fn span(&mut self, span: Span) {
        if let Some(base) = self.base {
            // Documentation stands before its node, so differences wrap around.
            span.start.wrapping_sub(base).hash(&mut self.hash);
            span.end.wrapping_sub(base).hash(&mut self.hash);
        }
    }

    fn put(&mut self, value: impl Hash) {
        value.hash(&mut self.hash);
    }

    fn all<T>(&mut self, all: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.put(all.len());
        for one in all {
            each(self, one);
        }
    }

    fn node(&mut self, node: &Node) {
        self.span(node.span);
        self.head(node);
        self.put(node.block.is_some());
        if let Some(block) = &node.block {
            self.span(block.span);
            self.put(block.closed);
            self.all(&block.nodes, Self::node);
        }
    }

    fn head(&mut self, node: &Node) {
        self.put(node.form.kind);
        self.put(node.broken);
        self.ident(&node.word);
        self.docs(node.docs.as_ref());
        self.all(&node.args, |walk, argument| {
            walk.put(argument.slot);
            walk.span(argument.span);
            walk.value(&argument.value);
        });
    }

    fn docs(&mut self, docs: Option<&Docs>) {
        self.put(docs.is_some());
        if let Some(docs) = docs {
            for line in docs.text.split('\n') {
                // Where places are ignored, so are blanks at the end of a line.
                self.put(if self.base.is_some() {
                    line
                } else {
                    line.trim_end()
                });
            }
            self.span(docs.span);
        }
    }

    fn ident(&mut self, ident: &Ident) {
        self.put(ident.text.as_str());
        self.span(ident.span);
    }

    fn reference(&mut self, reference: &Ref) {
        self.all(&reference.segments, Self::ident);
        self.put(reference.kind.is_some());
        if let Some(kind) = &reference.kind {
            self.ident(kind);
        }
    }

    fn value(&mut self, value: &Value) {
        self.put(std::mem::discriminant(value));
        match value {
            Value::Name(ident) | Value::Word(ident) | Value::Method(ident) => self.ident(ident),
            Value::Ref(reference) => self.reference(reference),
            Value::Star | Value::Flag => {}
            Value::Type(ty) => self.ty(ty),
            Value::Expr(expr) => self.expr(expr),
            Value::Param(param) => self.param(param),
            Value::Attribute(attribute) => self.attribute(attribute),
            Value::Path(path) => self.path(path),
            Value::String(text) | Value::Secret(text) => self.put(text.as_str()),
            Value::Int(number) => self.put(number),
            Value::Percent(number) | Value::Version(number) => self.put(number),
            Value::Duration(duration) => self.put(duration),
            Value::Rate(rate) => self.put(rate),
            Value::Date(date) => self.put(date),
            Value::IntRange(from, to) => self.put((from, to)),
            Value::DurationRange(from, to) => self.put((from, to)),
        }
    }

    fn path(&mut self, path: &Path) {
        self.put(path.text.as_str());
        self.span(path.span);
        self.all(&path.segments, |walk, segment| match segment {
            PathSegment::Literal(text) => walk.put((0, text.as_str())),
            PathSegment::Param(name) => walk.ident(name),
            PathSegment::Star => walk.put(1),
        });
    }

    fn param(&mut self, param: &Param) {
        self.span(param.span);
        self.ident(&param.name);
        self.put((param.ty.is_some(), param.default.is_some()));
        if let Some(ty) = &param.ty {
            self.ty(ty);
        }
        if let Some(default) = &param.default {
            self.expr(default);
        }
        self.all(&param.attributes, Self::attribute);
    }

    fn ty(&mut self, ty: &Type) {
        self.span(ty.span);
        self.put((std::mem::discriminant(&ty.kind), ty.optional));
        match &ty.kind {
            TypeKind::Named(reference, args) => {
                self.reference(reference);
                self.all(args, Self::expr);
            }
            TypeKind::Ref(reference)
            | TypeKind::New(reference)
            | TypeKind::Patch(reference)
            | TypeKind::Page(reference) => self.reference(reference),
            TypeKind::List(element) => self.ty(element),
            TypeKind::Inline(fields) => self.all(fields, Self::node),
            TypeKind::Error => {}
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        self.span(attribute.span);
        self.ident(&attribute.name);
        self.all(&attribute.args, |walk, argument| {
            walk.span(argument.span);
            walk.put(argument.name.is_some());
            if let Some(name) = &argument.name {
                walk.ident(name);
            }
            match &argument.value {
                AttributeValue::Expr(expr) => walk.expr(expr),
                AttributeValue::Range(from, to) => walk.put((from, to)),
            }
        });
    }

    fn expr(&mut self, expr: &Expr) {
        self.span(expr.span);
        self.put(std::mem::discriminant(&expr.kind));
        match &expr.kind {
            ExprKind::And(left, right)
            | ExprKind::Or(left, right)
            | ExprKind::Add(left, right)
            | ExprKind::Sub(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Compare(left, operator, right) => {
                self.expr(left);
                self.put(operator);
                self.expr(right);
            }
            ExprKind::Not(inner) => self.expr(inner),
            ExprKind::In(left, all) => {
                self.expr(left);
                self.all(all, Self::expr);
            }
            ExprKind::IsNull(inner, negated) => {
                self.expr(inner);
                self.put(negated);
            }
            ExprKind::Ref(reference) => self.reference(reference),
            ExprKind::Now | ExprKind::Error => {}
            ExprKind::Caller(field) => self.ident(field),
            ExprKind::Call(name, args) => {
                self.ident(name);
                self.all(args, Self::expr);
            }
            ExprKind::Literal(literal) => self.literal(literal),
        }
    }

    fn literal(&mut self, literal: &Literal) {
        self.put(std::mem::discriminant(literal));
        match literal {
            Literal::String(text) | Literal::Decimal(text) => self.put(text.as_str()),
            Literal::Int(number) => self.put(number),
            Literal::Bool(yes) => self.put(yes),
            Literal::Null => {}
            Literal::Duration(duration) => self.put(duration),
            Literal::Date(date) => self.put(date),
            Literal::Size(bytes) => self.put(bytes),
            Literal::Percent(millionths) => self.put(millionths),
        }
    }
}
