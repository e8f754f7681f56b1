//! The tree-sitter grammar and the parser of the language give the same trees: items, members, names, arguments, places.

use archwright_grammar::{
    ast::Node,
    parser::parse_file,
    vocabulary::{FORMS, Kind, Place},
};

#[path = "../common/mod.rs"]
mod common;
mod compared;

use common::{faults, parse, right_blueprints};
use compared::{Compared, members, node_name};

/// Compares everything in `text`, and gives the number of items.
fn compare(text: &str) -> usize {
    let tree = parse(text);
    assert_eq!(faults(&tree, text), [] as [String; 0], "{text}");
    let items = members(tree.root_node());
    let pieces = parse_file(text);
    let ours: Vec<_> = pieces.iter().filter(|(_, tree)| tree.node.is_some()).collect();
    assert_eq!(items.len(), ours.len(), "items of {text}");
    for ((piece, tree), item) in ours.iter().zip(items) {
        assert_eq!(tree.errors, [], "{text}");
        let compared = Compared {
            text,
            base: piece.start as usize,
        };
        compared.node(tree.node.as_ref().expect("an item"), item);
    }
    ours.len()
}

#[test]
fn the_examples_and_the_corpus_have_the_same_trees() {
    let mut items = 0;
    for (name, text) in right_blueprints() {
        println!("{name}");
        items += compare(&text);
    }
    assert!(items > 150, "only {items} items were compared");
}

/// The text before and behind what stands in a place, made from the examples of the table.
fn around(place: Place) -> (String, String) {
    if place == Place::File {
        return (String::new(), String::new());
    }
    if place == Place::Projection {
        let (before, behind) = around(Place::Service);
        return (before + "  type T of E {\n", " }".to_owned() + &behind);
    }
    let form = FORMS
        .iter()
        .find(|form| form.block.place() == Some(place))
        .unwrap_or_else(|| panic!("nothing opens {place:?}"));
    let (before, behind) = around(form.places[0]);
    // In column 0 a member that may also be an item would be one.
    let before = if before.is_empty() { before } else { before + "  " };
    let alone = format!("{before}{}{behind}", form.example);
    let tree = parse_file(&alone).remove(0).1;
    let block = find(tree.node.as_ref().expect("an item"), form.kind)
        .expect("the example is there")
        .block
        .as_ref()
        .map(|block| block.span.start as usize);
    let head = block.map_or_else(|| before.clone() + form.example, |at| alone[..at].to_owned());
    (head + " {\n", " }".to_owned() + &behind)
}

fn find(node: &Node, kind: Kind) -> Option<&Node> {
    if node.kind() == kind {
        return Some(node);
    }
    node.children().iter().find_map(|child| find(child, kind))
}

#[test]
fn every_row_has_the_same_tree_in_each_of_its_places() {
    for form in FORMS {
        for place in form.places {
            let (before, behind) = around(*place);
            // In column 0 a member that may also be an item would be one.
            let indent = if before.is_empty() { "" } else { "  " };
            let text = format!("{before}{indent}{}{behind}\n", form.example);
            assert_eq!(compare(&text), 1, "{text}");
            let tree = parse(&text);
            let mut found = false;
            common::walk(tree.root_node(), &mut |node| {
                found |= node.kind() == node_name(form);
            });
            assert!(found, "{} is not in the tree of {text}", node_name(form));
        }
    }
}

#[test]
fn every_word_is_also_a_name() {
    for form in FORMS.iter().filter(|form| !form.word.is_empty()) {
        let word = form.word;
        for text in [
            format!("type T {{ {word}: string }}"),
            format!("service S {{ entity E {{ {word}: uuid @id; x: {word} }} }}"),
            format!("service S {{ event E v1 {{ {word}: uuid }} }}"),
            format!("enum E {{ {word}, other }}"),
            format!("service {word} {{ }}"),
            format!("context C {{ uses {word} }}"),
            format!(
                "service S {{ endpoint {word} GET /{word}/{{{word}}} ({word}: {word}) {{ allow R where {word} == 1 }} }}"
            ),
        ] {
            assert_eq!(compare(&text), 1);
        }
    }
}
