//! One rule per row of the vocabulary, and one per kind of block.

use std::collections::BTreeSet;

use archwright_grammar::vocabulary::{Arg, FORMS, Form, Kind, Place, Shape, forms_in, row, wordless};
use serde_json::Value;

use super::{
    Rules,
    dsl::{
        choice, field, going_on, literal, named, optional, paren_close, paren_open, repeat, repeat1,
        separated, seq, shown_as, symbol,
    },
    unknown,
};

/// The kind of node of a row: its kind in `snake_case`. What declares nothing and has no block is a statement.
pub(super) fn node_name(form: &Form) -> String {
    let name = snake_case(&format!("{:?}", form.kind));
    if is_declaration(form) {
        name
    } else {
        format!("{name}_statement")
    }
}

/// Whether a row declares a name, has none of its own (fields), or opens a block.
pub(super) fn is_declaration(form: &Form) -> bool {
    form.word.is_empty()
        || form.block.place().is_some()
        || form.args.iter().any(|arg| matches!(arg, Arg::Name))
}

/// Whether a name and a `:` follow the word.
pub(super) fn takes_colon(form: &Form) -> bool {
    matches!(form.args, [Arg::Name, Arg::Sign(":"), ..])
}

/// Whether the word also begins another row, inside a block.
pub(super) fn is_also_a_statement(form: &Form) -> bool {
    // `vendor` and `client` are read in the same way, so that a reference with its kind said is none.
    matches!(form.kind, Kind::Vendor | Kind::Client)
        || FORMS
            .iter()
            .any(|other| other.kind != form.kind && other.word == form.word)
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn place_name(place: Place) -> String {
    snake_case(&format!("{place:?}"))
}

/// All kinds of block, in order.
fn places() -> BTreeSet<Place> {
    FORMS
        .iter()
        .flat_map(|form| form.places.iter().copied().chain(form.block.place()))
        .filter(|place| *place != Place::File)
        .collect()
}

pub(super) fn rules() -> Rules {
    let mut rules = Rules::new();
    for form in FORMS {
        rules.push((node_name(form), rule(form)));
    }
    for place in places() {
        if let Some(form) = shadowed_field(place) {
            rules.push((format!("_{}_field", place_name(place)), field_in(place, form)));
        }
        rules.push((format!("_{}_block", place_name(place)), block(place)));
    }
    rules.push(("_end".into(), choice(vec![symbol("_line_end"), literal(";")])));
    rules.push(("_ends".into(), repeat1(symbol("_end"))));
    rules.push((
        "parameters".into(),
        seq(vec![
            paren_open(),
            optional(seq(vec![
                separated(&symbol("parameter"), literal(",")),
                optional(literal(",")),
            ])),
            paren_close(),
        ]),
    ));
    rules.push(("parameter".into(), arguments(row(Kind::Field).args)));
    rules
}

/// A row: its word, its arguments, its block.
fn rule(form: &Form) -> Value {
    let mut members = Vec::new();
    if !form.word.is_empty() {
        members.push(literal(form.word));
    }
    // The block of a projection holds other things than that of a type.
    if form.kind == Kind::Type
        && let [name, Arg::Opt(of)] = form.args
    {
        members.push(argument(name));
        members.push(choice(vec![
            seq(vec![arguments(of), body(Place::Projection)]),
            body(Place::Fields),
        ]));
        return seq(members);
    }
    members.extend(form.args.iter().map(argument));
    match form.block {
        archwright_grammar::vocabulary::BlockForm::None => {}
        archwright_grammar::vocabulary::BlockForm::Optional(place) => members.push(optional(body(place))),
        archwright_grammar::vocabulary::BlockForm::Required(place) => members.push(body(place)),
    }
    seq(members)
}

fn body(place: Place) -> Value {
    let block = symbol(&format!("_{}_block", place_name(place)));
    field("body", named(block, "block"))
}

/// `{ … }` with the statements of a place.
fn block(place: Place) -> Value {
    let open = shown_as(symbol("_block_open"), "{");
    // Inline types are read by the same rules, so their fields are too.
    let commas = matches!(place, Place::Enum | Place::Projection | Place::Fields);
    braces(open, choice(statements(place)), commas)
}

/// `{ … }` with `statement` any number of times, on lines of their own or with `;`, or with commas, between.
pub(super) fn braces(open: Value, statement: Value, commas: bool) -> Value {
    let between = if commas {
        choice(vec![
            seq(vec![literal(","), optional(symbol("_ends"))]),
            symbol("_ends"),
        ])
    } else {
        symbol("_ends")
    };
    let inside = seq(vec![
        statement.clone(),
        repeat(seq(vec![between.clone(), statement])),
        optional(between),
    ]);
    seq(vec![
        open,
        optional(symbol("_ends")),
        optional(inside),
        choice(vec![shown_as(symbol("_close"), "}"), symbol("missing_brace")]),
    ])
}

/// What may stand in a place.
pub(super) fn statements(place: Place) -> Vec<Value> {
    forms_in(place)
        .map(|form| match shadowed_field(place) {
            Some(shadowed) if shadowed.kind == form.kind => {
                named(symbol(&format!("_{}_field", place_name(place))), &node_name(form))
            }
            _ => symbol(&node_name(form)),
        })
        .chain(unknown::may_stand_in(place).then(|| symbol("unknown")))
        .collect()
}

/// The fields of a place where statements stand too: their words are also names of fields.
fn shadowed_field(place: Place) -> Option<&'static Form> {
    wordless(place).filter(|_| forms_in(place).any(|form| !form.word.is_empty()))
}

fn field_in(place: Place, form: &Form) -> Value {
    let mut names = vec![symbol("identifier")];
    names.extend(
        forms_in(place)
            .filter(|form| !form.word.is_empty())
            .map(|form| named(literal(form.word), "identifier")),
    );
    let mut members = vec![field("name", choice(names))];
    members.extend(form.args.iter().skip(1).map(argument));
    seq(members)
}

fn arguments(args: &[Arg]) -> Value {
    seq(args.iter().map(argument).collect())
}

fn argument(arg: &Arg) -> Value {
    match arg {
        Arg::Name => field("name", symbol("identifier")),
        Arg::Kw(word) => literal(word),
        Arg::Sign(sign) if matches!(*sign, "->" | "=") => going_on(sign),
        Arg::Sign(sign) => literal(sign),
        Arg::One(slot, shape) => field(slot, value(*shape)),
        Arg::Many(slot, shape) => separated(&field(slot, value(*shape)), going_on(",")),
        Arg::Parens(slot, shape) => seq(vec![
            paren_open(),
            separated(&field(slot, value(*shape)), literal(",")),
            paren_close(),
        ]),
        Arg::Chain(slot, shape) => separated(
            &field(slot, value(*shape)),
            choice(vec![going_on(","), literal(">")]),
        ),
        Arg::Params => field("parameters", symbol("parameters")),
        Arg::Attributes => repeat(field("attribute", symbol("attribute"))),
        Arg::Flag(word) => optional(flag(word)),
        Arg::Opt(args) => optional(arguments(args)),
        Arg::Alt(choices) => choice(
            choices
                .iter()
                .map(|args| match args {
                    [Arg::Flag(word), rest @ ..] => {
                        let mut members = vec![flag(word)];
                        members.extend(rest.iter().map(argument));
                        seq(members)
                    }
                    args => arguments(args),
                })
                .collect(),
        ),
    }
}

fn flag(word: &str) -> Value {
    field(word, named(literal(word), "flag"))
}

fn value(shape: Shape) -> Value {
    match shape {
        Shape::Ref(_) => symbol("reference"),
        Shape::RefOrStar(_) => choice(vec![symbol("reference"), named(literal("*"), "wildcard")]),
        // Which words there are is the server's business: a tree for a wrong one, and a small parser.
        Shape::Word(_) => named(symbol("identifier"), "word"),
        Shape::Field => symbol("field_path"),
        Shape::AnyWord => symbol("identifier"),
        Shape::Rule => symbol("rule"),
        Shape::Type => symbol("_type"),
        Shape::Expr => symbol("_expression"),
        Shape::Method => named(symbol("identifier"), "method"),
        Shape::Path => symbol("path"),
        Shape::String => symbol("string"),
        Shape::Secret => choice(vec![symbol("string"), symbol("secret")]),
        Shape::Int => symbol("integer"),
        Shape::Percent => symbol("percent"),
        Shape::Duration => symbol("duration"),
        Shape::Rate => symbol("rate"),
        Shape::Date => symbol("date"),
        Shape::Version => symbol("version"),
        Shape::IntRange => symbol("range"),
        Shape::DurationRange => symbol("duration_range"),
    }
}
