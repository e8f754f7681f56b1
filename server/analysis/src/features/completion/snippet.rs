//! Statements as snippets, made from the vocabulary.

use std::fmt::Write as _;

use archwright_grammar::vocabulary::{Arg, BlockForm, Form, Shape};

/// The statement with places to fill: `limit ${1:60 per minute}`.
pub(super) fn statement(form: &Form) -> String {
    let mut count = 0;
    let mut text = form.word.to_owned();
    arguments(form.args, &mut count, &mut text);
    if let BlockForm::Required(_) = form.block {
        text.push_str(" {\n  $0\n}");
    }
    text
}

/// Whether a statement has places to fill.
pub(super) fn has_places(text: &str) -> bool {
    text.contains('$')
}

fn arguments(args: &[Arg], count: &mut usize, text: &mut String) {
    for arg in args {
        match arg {
            Arg::Name => place("Name", " ", count, text),
            Arg::Kw(word) => {
                text.push(' ');
                text.push_str(word);
            }
            Arg::Sign(":") => text.push(':'),
            Arg::Sign(sign) => {
                text.push(' ');
                text.push_str(sign);
            }
            Arg::One(slot, shape) | Arg::Many(slot, shape) | Arg::Chain(slot, shape) => {
                value(slot, *shape, count, text);
            }
            Arg::Parens(slot, _) => {
                text.push_str(" (");
                place(slot, "", count, text);
                text.push(')');
            }
            Arg::Alt(alternatives) => {
                // The last alternative is the one that says something; the first is often `off` or `none`.
                if let Some(last) = alternatives.last() {
                    arguments(last, count, text);
                }
            }
            Arg::Params | Arg::Attributes | Arg::Flag(_) | Arg::Opt(_) => {}
        }
    }
}

fn place(label: &str, before: &str, count: &mut usize, text: &mut String) {
    *count += 1;
    text.push_str(before);
    let _ = write!(text, "${{{count}:{label}}}");
}

fn value(slot: &str, shape: Shape, count: &mut usize, text: &mut String) {
    match shape {
        Shape::String => {
            text.push_str(" \"");
            place(slot, "", count, text);
            text.push('"');
        }
        Shape::Secret => {
            text.push_str(" secret(\"");
            place("NAME", "", count, text);
            text.push_str("\")");
        }
        Shape::Word(words) => {
            *count += 1;
            let _ = write!(text, " ${{{count}|{}|}}", words.join(","));
        }
        _ => place(example(slot, shape), " ", count, text),
    }
}

/// What a value of a shape looks like.
fn example(slot: &str, shape: Shape) -> &str {
    match shape {
        Shape::Duration => "30s",
        Shape::Rate => "60 per minute",
        Shape::Int => "100",
        Shape::Percent => "99.9%",
        Shape::IntRange => "2..10",
        Shape::DurationRange => "1s..5m",
        Shape::Date => "2027-01-01",
        Shape::Version => "v1",
        Shape::Method => "GET",
        Shape::Path => "/v1/things",
        Shape::Type => "Type",
        _ => slot,
    }
}
