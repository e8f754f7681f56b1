//! A tree of tree-sitter's against one of the parser's.

use archwright_grammar::{
    ast::{
        Argument, Attribute, AttributeValue, CompareOp, Docs, Expr, ExprKind, Ident, Literal, Node, Param,
        PathSegment, Ref, Type, TypeKind, Value,
    },
    span::Span,
    vocabulary::{Arg, BlockForm, Form},
};

/// A tree of the grammar beside a text.
#[derive(Clone, Copy)]
pub(crate) struct Compared<'t> {
    /// The text.
    pub(crate) text: &'t str,
    /// Start of the item, from which the parser counts.
    pub(crate) base: usize,
}

/// How a row's nodes are called; the generator says it in its own words.
pub(crate) fn node_name(form: &Form) -> String {
    let mut name = String::new();
    for letter in format!("{:?}", form.kind).chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    let declares = form.args.contains(&Arg::Name) || form.block != BlockForm::None;
    if declares { name } else { name + "_statement" }
}

fn child<'t>(node: tree_sitter::Node<'t>, field: &str) -> tree_sitter::Node<'t> {
    node.child_by_field_name(field)
        .unwrap_or_else(|| panic!("{} has no {field}: {node}", node.kind()))
}

fn children<'t>(node: tree_sitter::Node<'t>, field: &str) -> Vec<tree_sitter::Node<'t>> {
    node.children_by_field_name(field, &mut node.walk()).collect()
}

/// Named children that are no comments.
pub(crate) fn members(node: tree_sitter::Node<'_>) -> Vec<tree_sitter::Node<'_>> {
    node.named_children(&mut node.walk())
        .filter(|child| !child.is_extra())
        .collect()
}

fn of_kind<'t>(node: tree_sitter::Node<'t>, kind: &str) -> Vec<tree_sitter::Node<'t>> {
    members(node)
        .into_iter()
        .filter(|child| child.kind() == kind)
        .collect()
}

impl<'t> Compared<'t> {
    fn text(self, node: tree_sitter::Node<'_>) -> &'t str {
        &self.text[node.byte_range()]
    }

    fn place(self, span: Span, node: tree_sitter::Node<'_>) {
        let wanted = self.base + span.start as usize..self.base + span.end as usize;
        assert_eq!(node.byte_range(), wanted, "{node} is {:?}", self.text(node));
    }

    fn is(self, node: tree_sitter::Node<'_>, kind: &str, span: Span) {
        assert_eq!(node.kind(), kind, "{:?}", self.text(node));
        self.place(span, node);
    }

    fn ident(self, ident: &Ident, node: tree_sitter::Node<'_>) {
        self.is(node, "identifier", ident.span);
        assert_eq!(self.text(node), ident.text);
    }

    /// Panics where the two differ.
    pub(crate) fn node(self, ours: &Node, node: tree_sitter::Node<'_>) {
        self.is(node, &node_name(ours.form), ours.span);
        self.docs(ours.docs.as_ref(), node);
        if !ours.form.word.is_empty() {
            // A row of one word is a node without children.
            assert_eq!(self.text(node.child(0).unwrap_or(node)), ours.form.word);
        }
        let mut slots: Vec<&str> = ours.args.iter().map(|argument| argument.slot).collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in slots.into_iter().filter(|slot| *slot != ">") {
            let wanted: Vec<&Argument> = ours.all(slot).collect();
            let found = if slot == "param" {
                of_kind(child(node, "parameters"), "parameter")
            } else {
                children(node, slot)
            };
            assert_eq!(found.len(), wanted.len(), "{slot} in {:?}", self.text(node));
            for (argument, node) in wanted.into_iter().zip(found) {
                self.place(argument.span, node);
                self.value(&argument.value, node);
            }
        }
        let body = node.child_by_field_name("body");
        assert_eq!(body.is_some(), ours.block.is_some(), "{:?}", self.text(node));
        if let (Some(body), Some(block)) = (body, &ours.block) {
            self.is(body, "block", block.span);
            self.nodes(&block.nodes, &members(body));
        }
    }

    fn nodes(self, ours: &[Node], nodes: &[tree_sitter::Node<'_>]) {
        let kinds = |nodes: &[tree_sitter::Node<'_>]| -> Vec<String> {
            nodes.iter().map(|node| node.kind().to_owned()).collect()
        };
        let wanted: Vec<String> = ours.iter().map(|node| node_name(node.form)).collect();
        assert_eq!(kinds(nodes), wanted);
        for (ours, node) in ours.iter().zip(nodes) {
            self.node(ours, *node);
        }
    }

    /// Documentation stands before what it describes, with nothing but comments between.
    fn docs(self, docs: Option<&Docs>, node: tree_sitter::Node<'_>) {
        let mut found: Option<std::ops::Range<usize>> = None;
        let mut before = node.prev_sibling();
        while let Some(sibling) = before.filter(tree_sitter::Node::is_extra) {
            if sibling.kind() == "documentation" {
                // The line end belongs to the text that an editor reads as Markdown.
                let last = sibling.start_byte() + self.text(sibling).trim_end_matches(['\r', '\n']).len();
                let end = found.map_or(last, |range| range.end);
                found = Some(sibling.start_byte()..end);
            }
            before = sibling.prev_sibling();
        }
        let wanted =
            docs.map(|docs| self.base + docs.span.start as usize..self.base + docs.span.end as usize);
        assert_eq!(found, wanted, "documentation of {:?}", self.text(node));
    }

    fn value(self, value: &Value, node: tree_sitter::Node<'_>) {
        let kind = match value {
            Value::Name(name) => return self.ident(name, node),
            Value::Word(word) => {
                assert_eq!(self.text(node), word.text);
                assert!(matches!(node.kind(), "word" | "identifier"), "{node}");
                return;
            }
            Value::Ref(reference) => return self.reference(reference, node),
            Value::Type(ty) => return self.ty(ty, node),
            Value::Expr(expr) => return self.expr(expr, node),
            Value::Param(param) => return self.param(param, node),
            Value::Attribute(attribute) => return self.attribute(attribute, node),
            Value::Path(path) => {
                let wanted: Vec<_> = path
                    .segments
                    .iter()
                    .filter_map(|segment| match segment {
                        PathSegment::Param(name) => Some(name.text.to_string()),
                        _ => None,
                    })
                    .collect();
                let found: Vec<_> = of_kind(node, "path_parameter")
                    .into_iter()
                    .map(|parameter| self.text(parameter).trim_matches(['{', '}']).to_owned())
                    .collect();
                assert_eq!(found, wanted);
                "path"
            }
            Value::Star => "wildcard",
            Value::Flag => "flag",
            Value::Method(_) => "method",
            Value::String(_) => "string",
            Value::Secret(_) => "secret",
            Value::Int(_) => "integer",
            Value::Percent(_) => "percent",
            Value::Duration(_) => "duration",
            Value::Rate(_) => "rate",
            Value::Date(_) => "date",
            Value::Version(_) => "version",
            Value::IntRange(..) => "range",
            Value::DurationRange(..) => "duration_range",
        };
        assert_eq!(node.kind(), kind, "{:?}", self.text(node));
    }

    fn reference(self, reference: &Ref, node: tree_sitter::Node<'_>) {
        if node.kind() == "rule" {
            let text = self.text(node).replace('/', ".").replace('-', "_");
            assert_eq!(text, reference.text());
            return;
        }
        assert!(
            matches!(node.kind(), "reference" | "field_path" | "type_name"),
            "{node}"
        );
        let kind = node.child_by_field_name("kind").map(|kind| self.text(kind));
        assert_eq!(kind, reference.kind.as_ref().map(|kind| kind.text.as_str()));
        let segments = of_kind(node, "identifier");
        assert_eq!(segments.len(), reference.segments.len(), "{node}");
        for (segment, node) in reference.segments.iter().zip(segments) {
            self.ident(segment, node);
        }
    }

    fn param(self, param: &Param, node: tree_sitter::Node<'_>) {
        self.is(node, "parameter", param.span);
        self.ident(&param.name, child(node, "name"));
        if let Some(ty) = &param.ty {
            self.ty(ty, child(node, "type"));
        }
        let default = node.child_by_field_name("default");
        assert_eq!(default.is_some(), param.default.is_some());
        if let (Some(default), Some(expr)) = (default, &param.default) {
            self.expr(expr, default);
        }
        self.attributes(&param.attributes, node);
    }

    fn attributes(self, attributes: &[Attribute], node: tree_sitter::Node<'_>) {
        let found = children(node, "attribute");
        assert_eq!(found.len(), attributes.len());
        for (attribute, node) in attributes.iter().zip(found) {
            self.attribute(attribute, node);
        }
    }

    fn attribute(self, attribute: &Attribute, node: tree_sitter::Node<'_>) {
        self.is(node, "attribute", attribute.span);
        self.ident(&attribute.name, child(node, "name"));
        let found = of_kind(node, "argument");
        assert_eq!(found.len(), attribute.args.len());
        for (argument, node) in attribute.args.iter().zip(found) {
            self.place(argument.span, node);
            if let Some(name) = &argument.name {
                self.ident(name, child(node, "name"));
            }
            let value = child(node, "value");
            match &argument.value {
                AttributeValue::Expr(expr) => self.expr(expr, value),
                AttributeValue::Range(..) => assert_eq!(value.kind(), "range"),
            }
        }
    }

    fn ty(self, ty: &Type, node: tree_sitter::Node<'_>) {
        self.place(ty.span, node);
        assert_eq!(
            node.kind() == "optional_type",
            ty.optional,
            "{:?}",
            self.text(node)
        );
        let node = if ty.optional { members(node)[0] } else { node };
        match &ty.kind {
            TypeKind::Named(reference, arguments) => {
                assert_eq!(node.kind(), "named_type");
                self.reference(reference, child(node, "name"));
                let found = node
                    .child_by_field_name("arguments")
                    .map(members)
                    .unwrap_or_default();
                self.exprs(arguments, &found);
            }
            TypeKind::Ref(of) => self.prefixed("ref_type", of, node),
            TypeKind::New(of) => self.prefixed("new_type", of, node),
            TypeKind::Patch(of) => self.prefixed("patch_type", of, node),
            TypeKind::Page(of) => self.prefixed("page_type", of, node),
            TypeKind::List(element) => {
                assert_eq!(node.kind(), "list_type");
                self.ty(element, child(node, "of"));
            }
            TypeKind::Inline(fields) => {
                assert_eq!(node.kind(), "inline_type");
                self.nodes(fields, &members(node));
            }
            TypeKind::Error => panic!("the text is right: {:?}", self.text(node)),
        }
    }

    fn prefixed(self, kind: &str, of: &Ref, node: tree_sitter::Node<'_>) {
        assert_eq!(node.kind(), kind);
        self.reference(of, child(node, "of"));
    }

    fn exprs(self, exprs: &[Expr], nodes: &[tree_sitter::Node<'_>]) {
        assert_eq!(nodes.len(), exprs.len());
        for (expr, node) in exprs.iter().zip(nodes) {
            self.expr(expr, *node);
        }
    }

    fn expr(self, expr: &Expr, node: tree_sitter::Node<'_>) {
        self.place(expr.span, node);
        // The parser has no node for parentheses; what is inside has their place.
        let mut node = node;
        while node.kind() == "parenthesized_expression" {
            node = members(node)[0];
        }
        let binary = |left: &Expr, operator: &str, right: &Expr| {
            assert_eq!(node.kind(), "binary_expression", "{:?}", self.text(node));
            assert_eq!(self.text(child(node, "operator")), operator);
            self.expr(left, child(node, "left"));
            self.expr(right, child(node, "right"));
        };
        match &expr.kind {
            ExprKind::And(left, right) => binary(left, "and", right),
            ExprKind::Or(left, right) => binary(left, "or", right),
            ExprKind::Add(left, right) => binary(left, "+", right),
            ExprKind::Sub(left, right) => binary(left, "-", right),
            ExprKind::Compare(left, operator, right) => {
                let sign = match operator {
                    CompareOp::Eq => "==",
                    CompareOp::Ne => "!=",
                    CompareOp::Lt => "<",
                    CompareOp::Le => "<=",
                    CompareOp::Gt => ">",
                    CompareOp::Ge => ">=",
                };
                binary(left, sign, right);
            }
            ExprKind::Not(inner) => {
                assert_eq!(node.kind(), "not_expression");
                self.expr(inner, child(node, "operand"));
            }
            ExprKind::In(left, list) => {
                assert_eq!(node.kind(), "in_expression");
                let found = members(node);
                self.expr(left, found[0]);
                self.exprs(list, &found[1..]);
            }
            ExprKind::IsNull(inner, not) => {
                assert_eq!(node.kind(), "null_expression");
                self.expr(inner, child(node, "operand"));
                let found = node.children(&mut node.walk()).any(|child| child.kind() == "not");
                assert_eq!(found, *not);
            }
            ExprKind::Ref(reference) => {
                assert_eq!(node.kind(), "field_path");
                self.reference(reference, node);
            }
            ExprKind::Now => assert_eq!(node.kind(), "now"),
            ExprKind::Caller(field) => {
                assert_eq!(node.kind(), "caller");
                self.ident(field, child(node, "field"));
            }
            ExprKind::Call(name, arguments) => {
                assert_eq!(node.kind(), "call_expression");
                self.ident(name, child(node, "name"));
                self.exprs(arguments, &members(child(node, "arguments")));
            }
            ExprKind::Literal(literal) => {
                let kind = match literal {
                    Literal::String(_) => "string",
                    Literal::Int(_) => "integer",
                    Literal::Decimal(_) => "decimal",
                    Literal::Bool(_) => "boolean",
                    Literal::Null => "null",
                    Literal::Duration(_) => "duration",
                    Literal::Date(_) => "date",
                    Literal::Size(_) => "size",
                    Literal::Percent(_) => "percent",
                };
                let node = if node.kind() == "negative" {
                    members(node)[0]
                } else {
                    node
                };
                assert_eq!(node.kind(), kind);
            }
            ExprKind::Error => panic!("the text is right: {:?}", self.text(node)),
        }
    }
}
