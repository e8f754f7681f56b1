//! Whether two texts with the same tokens mean the same.

use super::atoms::Atom;
use crate::{
    ast::{Docs, Node, Tree, TypeKind, Value},
    span::Span,
};

/// A tree, and the tokens that it was made of.
pub(super) struct Meaning<'t> {
    tree: &'t Tree,
    /// Where each token begins that is neither a comment nor a separator.
    starts: Vec<u32>,
}

impl<'t> Meaning<'t> {
    pub(super) fn new(tree: &'t Tree, atoms: &[Atom]) -> Self {
        let starts = atoms
            .iter()
            .filter(|atom| !atom.is_comment() && !atom.is_separator())
            .map(|atom| atom.start)
            .collect();
        Self { tree, starts }
    }

    /// Whether each node and argument of both is made of the same tokens, and nothing is wrong with `other` that is
    /// not wrong with this one.
    pub(super) fn includes(&self, other: &Meaning<'_>) -> bool {
        let mut errors = self.tree.errors.iter();
        self.starts.len() == other.starts.len()
            && other
                .tree
                .errors
                .iter()
                .all(|error| errors.any(|before| before.code == error.code))
            && lines(self.tree.file_docs.as_ref()) == lines(other.tree.file_docs.as_ref())
            && match (&self.tree.node, &other.tree.node) {
                (None, None) => true,
                (Some(one), Some(two)) => self.same_node(one, other, two),
                _ => false,
            }
    }

    /// A span, counted in tokens.
    fn place(&self, span: Span) -> (usize, usize) {
        let index = |byte| self.starts.partition_point(|start| *start < byte);
        (index(span.start), index(span.end))
    }

    fn same_node(&self, one: &Node, other: &Meaning<'_>, two: &Node) -> bool {
        let blocks = match (&one.block, &two.block) {
            (None, None) => true,
            (Some(first), Some(second)) => {
                first.closed == second.closed && self.same_nodes(&first.nodes, other, &second.nodes)
            }
            _ => false,
        };
        blocks
            && one.form.kind == two.form.kind
            && one.broken == two.broken
            && self.place(one.span) == other.place(two.span)
            && lines(one.docs.as_ref()) == lines(two.docs.as_ref())
            && one.args.len() == two.args.len()
            && one.args.iter().zip(&two.args).all(|(first, second)| {
                first.slot == second.slot
                    && self.place(first.span) == other.place(second.span)
                    && self.same_fields(&first.value, other, &second.value)
            })
    }

    fn same_nodes(&self, one: &[Node], other: &Meaning<'_>, two: &[Node]) -> bool {
        one.len() == two.len()
            && one
                .iter()
                .zip(two)
                .all(|(first, second)| self.same_node(first, other, second))
    }

    /// Line ends between the fields of an inline type mean something; all other values are made of their tokens alone.
    fn same_fields(&self, one: &Value, other: &Meaning<'_>, two: &Value) -> bool {
        let mut first = Vec::new();
        let mut second = Vec::new();
        fields(one, &mut first);
        fields(two, &mut second);
        first.len() == second.len()
            && first
                .iter()
                .zip(second)
                .all(|(one, two)| self.same_nodes(one, other, two))
    }
}

/// Documentation without the blanks at the ends of its lines.
fn lines(docs: Option<&Docs>) -> Option<Vec<&str>> {
    docs.map(|docs| docs.text.lines().map(str::trim_end).collect())
}

/// The inline types of a value.
fn fields<'v>(value: &'v Value, found: &mut Vec<&'v [Node]>) {
    let mut ty = match value {
        Value::Type(ty) => ty,
        Value::Param(param) => match &param.ty {
            Some(ty) => ty,
            None => return,
        },
        _ => return,
    };
    while let TypeKind::List(element) = &ty.kind {
        ty = element;
    }
    if let TypeKind::Inline(nodes) = &ty.kind {
        found.push(nodes);
    }
}
