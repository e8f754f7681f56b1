//! What holds of every tree, whatever the text.

use archwright_grammar::{
    ast::{Node, Tree},
    errors::CODES,
    lexer::{TokenKind, lex},
    parser::parse_file,
    span::Span,
};

/// Fails where the pieces of a text leave a gap, or a tree of theirs breaks a rule.
pub fn check_file(text: &str) {
    let mut end = 0;
    for (piece, tree) in parse_file(text) {
        assert_eq!(piece.start, end, "a gap in {text:?}");
        assert!(piece.len > 0);
        end = piece.end();
        check_tree(piece.span().of(text), &tree);
    }
    assert_eq!(end as usize, text.len());
}

/// Fails where the tokens of a text leave a gap, or one spans a line end.
pub fn check_tokens(text: &str) {
    let mut end = 0;
    for token in lex(text) {
        assert_eq!(token.span.start, end, "a gap before {token:?} in {text:?}");
        assert!(
            token.span.end > token.span.start,
            "{token:?} is empty in {text:?}"
        );
        end = token.span.end;
        let spans_lines = token.span.of(text).contains(['\n', '\r']) && token.kind != TokenKind::Newline;
        assert!(!spans_lines, "{token:?} in {text:?}");
    }
    assert_eq!(end as usize, text.len(), "{text:?}");
}

/// Fails where a place lies outside the text, out of order, or outside of what holds it.
pub fn check_tree(text: &str, tree: &Tree) {
    for error in &tree.errors {
        check_span(text, error.span);
        assert!(CODES.iter().any(|(code, _)| *code == error.code), "{error:?}");
        if let Some((span, _)) = &error.related {
            check_span(text, *span);
        }
        if let Some(fix) = &error.fix {
            check_span(text, fix.span);
        }
    }
    assert!(tree.errors.is_sorted_by_key(|error| error.span.start));
    for comment in &tree.comments {
        check_span(text, *comment);
    }
    if let Some(node) = &tree.node {
        check_node(text, node, Span::new(0, text.len() as u32));
    }
}

fn check_span(text: &str, span: Span) {
    assert!(span.start <= span.end, "{span:?} in {text:?}");
    assert!(
        text.get(span.start as usize..span.end as usize).is_some(),
        "{span:?} in {text:?}"
    );
}

fn check_node(text: &str, node: &Node, parent: Span) {
    check_span(text, node.span);
    assert!(
        inside(node.span, parent),
        "{:?} in {parent:?} of {text:?}",
        node.span
    );
    assert!(inside(node.word.span, node.span), "{node:?} of {text:?}");
    for argument in &node.args {
        check_span(text, argument.span);
        assert!(
            inside(argument.span, node.span),
            "{argument:?} in {:?} of {text:?}",
            node.span
        );
    }
    assert!(
        node.args.is_sorted_by_key(|argument| argument.span.start),
        "{node:?} of {text:?}"
    );
    if let Some(block) = &node.block {
        check_span(text, block.span);
        assert!(inside(block.span, node.span));
        assert!(block.nodes.is_sorted_by_key(|node| node.span.start));
        for child in &block.nodes {
            check_node(text, child, block.span);
        }
    }
}

fn inside(inner: Span, outer: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
