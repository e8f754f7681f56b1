//! The grammar of blocks and statements, as the vocabulary has it.

use std::fmt::Write as _;

use archwright_grammar::vocabulary::{Arg, BlockForm, FORMS, Form, Kind, Place, Shape, forms_in, row};

use super::tables::{place_name, places};

/// One production for each kind of block and each construct.
pub(super) fn grammar() -> String {
    let mut out = String::from("```ebnf\n");
    for place in places() {
        let names: Vec<String> = forms_in(place).map(|form| name(form.kind)).collect();
        let one = wrapped(&names);
        // Names alone, and fields of types, may stand in a row with commas between.
        let line = if place == Place::File {
            format!("file = {{ eol | {one} eol }} ;")
        } else if matches!(place, Place::Fields | Place::Enum | Place::Projection) {
            format!(
                "{}_block = \"{{\" {{ eol }} {{ {one} ( \",\" | eol ) {{ eol }} }} \"}}\" ;",
                place_name(place)
            )
        } else {
            format!(
                "{}_block = \"{{\" {{ eol }} {{ {one} eol {{ eol }} }} \"}}\" ;",
                place_name(place)
            )
        };
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
    for form in FORMS {
        let _ = writeln!(out, "{} = {} ;", name(form.kind), production(form));
    }
    out.push_str("```\n");
    out
}

/// Alternatives, several on a line.
fn wrapped(names: &[String]) -> String {
    let mut text = String::from("( ");
    let mut width = 0;
    for (at, name) in names.iter().enumerate() {
        if width + name.len() > 90 {
            text.push_str("\n    | ");
            width = 0;
        } else if at > 0 {
            text.push_str(" | ");
        }
        text.push_str(name);
        width += name.len() + 3;
    }
    text.push_str(" )");
    text
}

/// The name of a production: `UseAuth` is `use_auth`.
fn name(kind: Kind) -> String {
    let mut text = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn production(form: &Form) -> String {
    let mut parts = Vec::new();
    if documented(form) {
        parts.push("[ docs ]".to_owned());
    }
    if !form.word.is_empty() {
        parts.push(format!("\"{}\"", form.word));
    }
    parts.extend(form.args.iter().map(argument));
    // Which block follows a type's head depends on its `of`.
    let block = |place: Place| match form.kind {
        Kind::Type => "( fields_block | projection_block )".to_owned(),
        _ => format!("{}_block", place_name(place)),
    };
    match form.block {
        BlockForm::None => {}
        BlockForm::Optional(place) => parts.push(format!("[ {} ]", block(place))),
        BlockForm::Required(place) => parts.push(block(place)),
    }
    parts.join(" ")
}

/// Whether documentation may stand above: above everything that has a name, and above resources.
fn documented(form: &Form) -> bool {
    form.kind == Kind::Resource || form.args.iter().any(|arg| matches!(arg, Arg::Name))
}

fn argument(arg: &Arg) -> String {
    match arg {
        Arg::Name => "NAME".to_owned(),
        Arg::Kw(word) | Arg::Sign(word) => format!("\"{word}\""),
        Arg::One(_, shape) => value(*shape),
        Arg::Many(_, shape) => format!("{0} {{ \",\" {0} }}", value(*shape)),
        Arg::Parens(_, shape) => format!("\"(\" {0} {{ \",\" {0} }} \")\"", value(*shape)),
        Arg::Chain(_, shape) => format!("{0} {{ ( \",\" | \">\" ) {0} }}", value(*shape)),
        Arg::Params => "params".to_owned(),
        Arg::Attributes => "{ attribute }".to_owned(),
        Arg::Flag(word) => format!("[ \"{word}\" ]"),
        Arg::Opt(inner) => format!("[ {} ]", sequence(inner)),
        Arg::Alt(choices) => {
            let written: Vec<String> = choices.iter().map(|inner| chosen(inner)).collect();
            format!("( {} )", written.join(" | "))
        }
    }
}

fn sequence(args: &[Arg]) -> String {
    let written: Vec<String> = args.iter().map(argument).collect();
    written.join(" ")
}

/// An alternative, whose first flag is what it is known by.
fn chosen(args: &[Arg]) -> String {
    match args.split_first() {
        Some((Arg::Flag(word), rest)) => format!("\"{word}\" {}", sequence(rest)).trim_end().to_owned(),
        _ => sequence(args),
    }
}

fn value(shape: Shape) -> String {
    match shape {
        Shape::Ref(kinds) if kinds.len() > 1 => {
            // Only the word of an item can stand before a name: members are found by their service.
            let words: Vec<String> = kinds
                .iter()
                .map(|kind| row(*kind))
                .filter(|form| form.places.contains(&Place::File))
                .map(|form| format!("\"{}\"", form.word))
                .collect();
            if words.is_empty() {
                "ref".to_owned()
            } else {
                format!("[ {} ] ref", words.join(" | "))
            }
        }
        Shape::Ref(_) | Shape::Field | Shape::Rule => "ref".to_owned(),
        Shape::RefOrStar(kinds) => format!("( \"*\" | {} )", value(Shape::Ref(kinds))),
        Shape::Word(list) => {
            let words: Vec<String> = list.iter().map(|word| format!("\"{word}\"")).collect();
            format!("( {} )", words.join(" | "))
        }
        Shape::AnyWord => "NAME".to_owned(),
        Shape::Type => "type_expr".to_owned(),
        Shape::Expr => "expr".to_owned(),
        Shape::Method => "METHOD".to_owned(),
        Shape::Path => "PATH".to_owned(),
        Shape::String => "STRING".to_owned(),
        Shape::Secret => "secret".to_owned(),
        Shape::Int => "INT".to_owned(),
        Shape::Percent => "PERCENT".to_owned(),
        Shape::Duration => "DURATION".to_owned(),
        Shape::Rate => "rate".to_owned(),
        Shape::Date => "DATE".to_owned(),
        Shape::Version => "VERSION".to_owned(),
        Shape::IntRange => "INT \"..\" [ INT ]".to_owned(),
        Shape::DurationRange => "DURATION \"..\" DURATION".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_construct_has_a_production() {
        let grammar = grammar();
        for form in FORMS {
            let start = format!("\n{} = ", name(form.kind));
            assert_eq!(grammar.matches(&start).count(), 1, "{start}");
        }
        let limit = "\nlimit = \"limit\" ( \"off\" | rate [ \"by\" ( \"caller\" | \"ip\" | \"key\" ) ] ) ;\n";
        assert!(grammar.contains(limit), "{grammar}");
        let calls = "\ncalls = \"calls\" [ \"vendor\" ] ref [ call_block ] ;\n";
        assert!(grammar.contains(calls), "{grammar}");
    }

    #[test]
    fn names_of_productions_are_words() {
        assert_eq!(name(Kind::UseAuth), "use_auth");
        assert_eq!(name(Kind::System), "system");
    }
}
