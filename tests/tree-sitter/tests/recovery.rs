//! How much of a text keeps its tree when one token is missing.

use std::{collections::BTreeMap, ops::Range};

use archwright_grammar::lexer::lex;
use tree_sitter::{Node, Tree};

mod common;

use common::{parse, sample};

/// Nodes by text and tree, with how often they are there.
type Counted = BTreeMap<(String, String), usize>;

/// Items, and the members of their blocks.
fn parts<'t>(tree: &'t Tree) -> (Vec<Node<'t>>, Vec<Node<'t>>) {
    let root = tree.root_node();
    let items: Vec<Node<'t>> = root
        .named_children(&mut root.walk())
        .filter(|node| !node.is_extra())
        .collect();
    let members = items
        .iter()
        .filter_map(|item| item.child_by_field_name("body"))
        .flat_map(|body| body.named_children(&mut body.walk()).collect::<Vec<_>>())
        .filter(|node| !node.is_extra())
        .collect();
    (items, members)
}

fn counted(nodes: &[Node<'_>], text: &str, without: &Range<usize>) -> Counted {
    let mut counted = Counted::new();
    for node in nodes {
        let range = node.byte_range();
        if range.end < without.start || range.start > without.end {
            *counted
                .entry((text[range].to_owned(), node.to_sexp()))
                .or_default() += 1;
        }
    }
    counted
}

/// How many of `wanted` are there, and of how many.
fn kept(wanted: &Counted, found: &Counted) -> (usize, usize) {
    let there = wanted
        .iter()
        .map(|(part, times)| (*times).min(found.get(part).copied().unwrap_or_default()))
        .sum();
    (there, wanted.values().sum())
}

#[test]
#[allow(clippy::cast_precision_loss, reason = "a percentage needs few digits")]
fn a_missing_token_costs_little_around_it() {
    let text = sample();
    let tree = parse(&text);
    let (items, members) = parts(&tree);
    assert!(
        items.len() > 15 && members.len() > 60,
        "{} and {}",
        items.len(),
        members.len()
    );
    let (mut items_kept, mut members_kept) = ((0, 0), (0, 0));
    for token in lex(&text).filter(|token| !token.kind.is_trivia()).step_by(2) {
        let gone = token.span.start as usize..token.span.end as usize;
        let mut broken = text.clone();
        broken.replace_range(gone.clone(), "");
        let tree = parse(&broken);
        let (items_left, members_left) = parts(&tree);
        // What is behind has moved, but its text has not changed; nothing else may be compared with it.
        let nowhere = usize::MAX..usize::MAX;
        let add = |sum: &mut (usize, usize), before: &[Node<'_>], after: &[Node<'_>]| {
            let (there, all) = kept(&counted(before, &text, &gone), &counted(after, &broken, &nowhere));
            *sum = (sum.0 + there, sum.1 + all);
        };
        add(&mut items_kept, &items, &items_left);
        add(&mut members_kept, &members, &members_left);
    }
    let percent = |(kept, all): (usize, usize)| 100.0 * kept as f64 / all as f64;
    println!(
        "one token missing: {:.2} % of the other items and {:.2} % of the untouched members keep their trees",
        percent(items_kept),
        percent(members_kept)
    );
    assert!(
        percent(items_kept) > 99.0,
        "{:.2} % of the items",
        percent(items_kept)
    );
    assert!(
        percent(members_kept) > 95.0,
        "{:.2} % of the members",
        percent(members_kept)
    );
}
