//! Places inside an item that survive an edit elsewhere: by position in the tree, not by byte.

use archwright_grammar::{
    ast::{Attribute, AttributeValue, Expr, ExprKind, Node, Ref, Tree, Type, TypeKind, Value},
    span::Span,
};
use smallvec::SmallVec;

/// A place inside one item, without spans.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Loc {
    /// Child indices from the item's node downwards; empty for the item itself.
    pub path: SmallVec<[u16; 4]>,
    /// Which part of that node.
    pub part: Part,
}

/// A part of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Part {
    /// Its head: from the first word to the end of the arguments.
    #[default]
    Head,
    /// The leading word.
    Word,
    /// The declared name (the leading word where there is none).
    Name,
    /// Argument number `n`.
    Arg(u16),
    /// In argument `n`, the reference number `m`, in text order.
    Ref(u16, u16),
    /// In argument `n`, the expression number `m`, in text order (parents first).
    Expr(u16, u16),
    /// In argument `n` (a type), the field number `m` of an inline type, by its name.
    Inline(u16, u16),
    /// In argument `n` (a path), its segment `m`.
    Segment(u16, u16),
    /// In argument `n` (a type or a parameter), its type.
    Type(u16),
    /// In argument `n`, the attribute number `m` (of a parameter, or of the fields of an inline type), in text order.
    Attribute(u16, u16),
    /// Of the same attribute its `@name`, without the parentheses.
    AttributeWord(u16, u16),
}

impl Loc {
    /// The head of the node at `path`.
    pub fn head(path: &[u16]) -> Self {
        Self {
            path: path.into(),
            part: Part::Head,
        }
    }

    /// A part of the node at `path`.
    pub fn at(path: &[u16], part: Part) -> Self {
        Self {
            path: path.into(),
            part,
        }
    }

    /// The same node, another part.
    #[must_use]
    pub fn with(&self, part: Part) -> Self {
        Self {
            path: self.path.clone(),
            part,
        }
    }

    /// The node that this place is in.
    pub fn node<'t>(&self, tree: &'t Tree) -> Option<&'t Node> {
        let mut node = tree.node.as_ref()?;
        for &index in &self.path {
            node = node.children().get(usize::from(index))?;
        }
        Some(node)
    }

    /// Where that is in the item's text. A place that the tree does not have gives the nearest node above it.
    pub fn span(&self, tree: &Tree) -> Span {
        let Some(mut node) = tree.node.as_ref() else {
            return Span::default();
        };
        for &index in &self.path {
            match node.children().get(usize::from(index)) {
                Some(child) => node = child,
                None => return head_span(node),
            }
        }
        let part = match self.part {
            Part::Head => None,
            Part::Word => Some(node.word.span),
            Part::Name => Some(node.name().map_or(node.word.span, |name| name.span)),
            Part::Arg(n) => node.args.get(usize::from(n)).map(|argument| argument.span),
            Part::Ref(n, m) => node.args.get(usize::from(n)).and_then(|argument| {
                let mut found = None;
                let mut count = 0;
                refs_in_value(&argument.value, &mut |reference| {
                    if count == m {
                        found = Some(reference.span());
                    }
                    count += 1;
                });
                found
            }),
            Part::Expr(n, m) => node.args.get(usize::from(n)).and_then(|argument| {
                let mut found = None;
                let mut count = 0;
                exprs_in_value(&argument.value, &mut |expr| {
                    if count == m {
                        found = Some(expr.span);
                    }
                    count += 1;
                });
                found
            }),
            Part::Inline(n, m) => node.args.get(usize::from(n)).and_then(|argument| {
                let mut found = None;
                let mut count = 0;
                inline_fields(&argument.value, &mut |field| {
                    if count == m {
                        found = Some(field.word.span);
                    }
                    count += 1;
                });
                found
            }),
            Part::Segment(n, m) => node
                .args
                .get(usize::from(n))
                .and_then(|argument| match &argument.value {
                    Value::Path(path) => {
                        path.segments
                            .get(usize::from(m))
                            .and_then(|segment| match segment {
                                archwright_grammar::ast::PathSegment::Param(name) => Some(name.span),
                                _ => None,
                            })
                    }
                    _ => None,
                }),
            Part::Type(n) => node
                .args
                .get(usize::from(n))
                .and_then(|argument| match &argument.value {
                    Value::Type(_) => Some(argument.span),
                    Value::Param(param) => param.ty.as_ref().map(|ty| ty.span),
                    _ => None,
                }),
            Part::Attribute(n, m) => attribute(node, n, m).map(|found| found.span),
            Part::AttributeWord(n, m) => {
                attribute(node, n, m).map(|found| Span::new(found.span.start, found.name.span.end))
            }
        };
        part.unwrap_or_else(|| head_span(node))
    }
}

/// From the first word to the end of the arguments, without the block.
pub fn head_span(node: &Node) -> Span {
    let end = node
        .args
        .iter()
        .map(|argument| argument.span.end)
        .max()
        .unwrap_or(0)
        .max(node.word.span.end);
    Span::new(node.span.start, end)
}

/// Calls `each` for every reference inside a value, in text order.
pub fn refs_in_value<'a>(value: &'a Value, each: &mut impl FnMut(&'a Ref)) {
    match value {
        Value::Ref(reference) => each(reference),
        Value::Type(ty) => refs_in_type(ty, each),
        Value::Expr(expr) => refs_in_expr(expr, each),
        Value::Param(param) => {
            if let Some(ty) = &param.ty {
                refs_in_type(ty, each);
            }
            if let Some(default) = &param.default {
                refs_in_expr(default, each);
            }
        }
        Value::Attribute(attribute) => {
            for argument in &attribute.args {
                if let AttributeValue::Expr(expr) = &argument.value {
                    refs_in_expr(expr, each);
                }
            }
        }
        _ => {}
    }
}

/// Calls `each` for every reference inside a type, in text order.
pub fn refs_in_type<'a>(ty: &'a Type, each: &mut impl FnMut(&'a Ref)) {
    match &ty.kind {
        TypeKind::Named(reference, _)
        | TypeKind::Ref(reference)
        | TypeKind::New(reference)
        | TypeKind::Patch(reference)
        | TypeKind::Page(reference) => each(reference),
        TypeKind::List(inner) => refs_in_type(inner, each),
        TypeKind::Inline(fields) => {
            for field in fields {
                for argument in &field.args {
                    refs_in_value(&argument.value, each);
                }
            }
        }
        TypeKind::Error => {}
    }
}

/// Calls `each` for every reference inside an expression, in text order.
pub fn refs_in_expr<'a>(expr: &'a Expr, each: &mut impl FnMut(&'a Ref)) {
    walk_expr(expr, &mut |expr| {
        if let ExprKind::Ref(reference) = &expr.kind {
            each(reference);
        }
    });
}

/// Calls `each` for every expression inside a value, parents first.
pub fn exprs_in_value<'a>(value: &'a Value, each: &mut impl FnMut(&'a Expr)) {
    match value {
        Value::Expr(expr) => walk_expr(expr, each),
        Value::Param(param) => {
            if let Some(default) = &param.default {
                walk_expr(default, each);
            }
        }
        Value::Attribute(attribute) => {
            for argument in &attribute.args {
                if let AttributeValue::Expr(expr) = &argument.value {
                    walk_expr(expr, each);
                }
            }
        }
        _ => {}
    }
}

fn walk_expr<'a>(expr: &'a Expr, each: &mut impl FnMut(&'a Expr)) {
    each(expr);
    match &expr.kind {
        ExprKind::And(left, right)
        | ExprKind::Or(left, right)
        | ExprKind::Compare(left, _, right)
        | ExprKind::Add(left, right)
        | ExprKind::Sub(left, right) => {
            walk_expr(left, each);
            walk_expr(right, each);
        }
        ExprKind::Not(inner) | ExprKind::IsNull(inner, _) => walk_expr(inner, each),
        ExprKind::In(inner, list) => {
            walk_expr(inner, each);
            for element in list {
                walk_expr(element, each);
            }
        }
        ExprKind::Call(_, args) => {
            for argument in args {
                walk_expr(argument, each);
            }
        }
        ExprKind::Ref(_) | ExprKind::Now | ExprKind::Caller(_) | ExprKind::Literal(_) | ExprKind::Error => {}
    }
}

/// Calls `each` for every field of inline types inside a value, outer first.
pub fn inline_fields<'a>(value: &'a Value, each: &mut impl FnMut(&'a Node)) {
    fn in_type<'a>(ty: &'a Type, each: &mut impl FnMut(&'a Node)) {
        match &ty.kind {
            TypeKind::List(inner) => in_type(inner, each),
            TypeKind::Inline(fields) => {
                for field in fields {
                    each(field);
                    for argument in &field.args {
                        if let Value::Type(ty) = &argument.value {
                            in_type(ty, each);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    match value {
        Value::Type(ty) => in_type(ty, each),
        Value::Param(param) => {
            if let Some(ty) = &param.ty {
                in_type(ty, each);
            }
        }
        _ => {}
    }
}

/// In argument `n` of a node, the attribute number `m`.
fn attribute(node: &Node, n: u16, m: u16) -> Option<&Attribute> {
    let mut found = None;
    let mut count = 0;
    attributes_in_value(&node.args.get(usize::from(n))?.value, &mut |attribute| {
        if count == m {
            found = Some(attribute);
        }
        count += 1;
    });
    found
}

/// Calls `each` for every attribute inside a value, in text order.
pub fn attributes_in_value<'a>(value: &'a Value, each: &mut impl FnMut(&'a Attribute)) {
    fn in_type<'a>(ty: &'a Type, each: &mut impl FnMut(&'a Attribute)) {
        match &ty.kind {
            TypeKind::List(inner) => in_type(inner, each),
            TypeKind::Inline(fields) => {
                for argument in fields.iter().flat_map(|field| &field.args) {
                    match &argument.value {
                        Value::Type(ty) => in_type(ty, each),
                        Value::Attribute(attribute) => each(attribute),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    match value {
        Value::Type(ty) => in_type(ty, each),
        Value::Param(param) => {
            if let Some(ty) = &param.ty {
                in_type(ty, each);
            }
            param.attributes.iter().for_each(each);
        }
        Value::Attribute(attribute) => each(attribute),
        _ => {}
    }
}
