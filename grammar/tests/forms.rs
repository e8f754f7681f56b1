//! Every row of the vocabulary is true: its example parses in each of its places, and gives a node of its kind.

use archwright_grammar::{
    ast::Node,
    parser::parse_item,
    vocabulary::{FORMS, Kind, Place, form, row, wordless},
};
use archwright_trials::invariants::check_tree;

/// Puts a statement into a block of kind `place`.
fn wrap(place: Place, statement: &str) -> String {
    let service = |inner: &str| format!("service S {{\n{inner}\n}}");
    let endpoint = |inner: &str| service(&format!("endpoint e GET /e {{\n{inner}\n}}"));
    match place {
        Place::File => statement.to_owned(),
        Place::System => format!("system S {{\n{statement}\n}}"),
        Place::Team => format!("team T {{\n{statement}\n}}"),
        Place::Auth => format!("auth A: cookie {{\n{statement}\n}}"),
        Place::Password => format!("auth A: cookie {{\npassword {{\n{statement}\n}}\n}}"),
        Place::Context => format!("context C {{\n{statement}\n}}"),
        Place::Service => service(statement),
        Place::Slo => service(&format!("slo {{\n{statement}\n}}")),
        Place::Runtime => service(&format!("runtime {{\n{statement}\n}}")),
        Place::Store => service(&format!("store D: postgres {{\n{statement}\n}}")),
        Place::Entity => service(&format!("entity E {{\n{statement}\n}}")),
        Place::Fields => format!("type T {{\n{statement}\n}}"),
        Place::Projection => service(&format!("type T of E {{\n{statement}\n}}")),
        Place::Enum => format!("enum E {{\n{statement}\n}}"),
        Place::Event => service(&format!("event E v1 {{\n{statement}\n}}")),
        Place::Endpoint => endpoint(statement),
        Place::Resource => service(&format!("resource E at /e {{\n{statement}\n}}")),
        Place::List => service(&format!("resource E at /e {{\nlist {{\n{statement}\n}}\n}}")),
        Place::Operation => service(&format!("resource E at /e {{\nget {{\n{statement}\n}}\n}}")),
        Place::Query => service(&format!("query q -> [E] {{\n{statement}\n}}")),
        Place::Handler => service(&format!("on B.E as h {{\n{statement}\n}}")),
        Place::Job => service(&format!("job j every 1d {{\n{statement}\n}}")),
        Place::Webhook => service(&format!("webhook w from V POST /w {{\n{statement}\n}}")),
        Place::Call => endpoint(&format!("calls B.e {{\n{statement}\n}}")),
        Place::Cache => service(&format!("cache c of q {{\n{statement}\n}}")),
        Place::Component => service(&format!("component C in domain {{\n{statement}\n}}")),
        Place::Vendor => format!("vendor V: http {{\n{statement}\n}}"),
        Place::Client => format!("client C: web {{\n{statement}\n}}"),
        Place::Broker => format!("broker B: nats {{\n{statement}\n}}"),
        Place::Policy => format!("policy P {{\n{statement}\n}}"),
        Place::Decision => format!("decision D \"Title\" {{\n{statement}\n}}"),
        Place::Environment => format!("environment E {{\n{statement}\n}}"),
    }
}

fn contains(node: &Node, kind: Kind) -> bool {
    node.kind() == kind || node.children().iter().any(|child| contains(child, kind))
}

#[test]
fn every_example_parses_in_all_its_places() {
    for form in FORMS {
        assert!(!form.places.is_empty(), "{:?} stands nowhere", form.kind);
        for place in form.places {
            let text = wrap(*place, form.example);
            let tree = parse_item(&text);
            assert_eq!(tree.errors, [], "{:?} in {place:?}: {text}", form.kind);
            check_tree(&text, &tree);
            let node = tree.node.expect("an item");
            assert!(contains(&node, form.kind), "{:?} in {place:?}: {text}", form.kind);
        }
    }
}

#[test]
fn a_word_has_one_meaning_in_a_place() {
    for (index, one) in FORMS.iter().enumerate() {
        assert_eq!(row(one.kind).kind, one.kind);
        for place in one.places {
            let found = if one.word.is_empty() {
                wordless(*place)
            } else {
                form(*place, one.word)
            };
            assert_eq!(found.map(|form| form.kind), Some(one.kind));
            let twin = FORMS[..index]
                .iter()
                .find(|other| other.word == one.word && other.places.contains(place));
            assert!(twin.is_none(), "{:?} twice in {place:?}", one.word);
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
            format!(
                "service S {{ endpoint {word} GET /{word}/{{{word}}} ({word}: {word}) {{ allow R where {word} == 1 }} }}"
            ),
        ] {
            assert_eq!(parse_item(&text).errors, [], "{text}");
        }
    }
}

/// The words of predicates are names as well, where only a value can stand.
#[test]
fn words_of_predicates_are_values() {
    for word in ["and", "or", "in", "is", "not"] {
        for text in [
            format!("service S {{ endpoint e GET /e {{ allow R where {word} == 1 and a == {word} }} }}"),
            format!("service S {{ endpoint e GET /e {{ allow R where a in [b, {word}] }} }}"),
            format!("type T {{ a: S @default({word}); b: S = {word} }}"),
        ] {
            assert_eq!(parse_item(&text).errors, [], "{text}");
        }
    }
}
