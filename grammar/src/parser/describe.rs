//! Arguments in the language's words, for messages.

use crate::{
    errors::{one_of, one_of_words},
    vocabulary::{Arg, Kind, METHODS, Shape, row},
};

/// The fixed words that can begin an argument.
pub(super) fn leading_words(arg: &'static Arg, words: &mut Vec<&'static str>) {
    match arg {
        Arg::Kw(word) | Arg::Flag(word) => words.push(word),
        Arg::One(_, Shape::Word(list)) | Arg::Many(_, Shape::Word(list)) => words.extend(*list),
        Arg::One(_, Shape::Method) => words.extend(METHODS),
        Arg::Opt(args) => args.iter().take(1).for_each(|first| leading_words(first, words)),
        Arg::Alt(choices) => {
            choices
                .iter()
                .filter_map(|args| args.first())
                .for_each(|first| leading_words(first, words));
        }
        _ => {}
    }
}

/// An argument in the language's words.
pub(super) fn describe(arg: &Arg) -> String {
    match arg {
        Arg::Name => "a name".to_owned(),
        Arg::Kw(word) | Arg::Flag(word) | Arg::Sign(word) => format!("`{word}`"),
        Arg::One(_, shape) | Arg::Many(_, shape) | Arg::Chain(_, shape) => describe_shape(*shape),
        Arg::Parens(_, shape) => format!("a list in parentheses of {}", describe_shape(*shape)),
        Arg::Params => "`(` with parameters".to_owned(),
        Arg::Attributes => "an attribute such as `@id`".to_owned(),
        Arg::Opt(args) => args.first().map(describe).unwrap_or_default(),
        Arg::Alt(choices) => {
            let all: Vec<String> = choices
                .iter()
                .filter_map(|args| args.first())
                .map(describe)
                .collect();
            one_of(&all)
        }
    }
}

/// A value in the language's words.
pub(super) fn describe_shape(shape: Shape) -> String {
    match shape {
        Shape::Ref(kinds) => describe_kinds(kinds),
        Shape::RefOrStar(kinds) => format!("{} or `*`", describe_kinds(kinds)),
        Shape::Word(words) if words.len() <= 8 => one_of_words(words),
        Shape::Word(words) => format!("a word such as {}", one_of_words(&words[..3])),
        Shape::Field => "the name of a field".to_owned(),
        Shape::AnyWord => "a word".to_owned(),
        Shape::Rule => "the id of a rule such as `auth.missing_authorization`".to_owned(),
        Shape::Type => "a type".to_owned(),
        Shape::Expr => "a value or predicate".to_owned(),
        Shape::Method => format!("a method ({})", one_of_words(METHODS)),
        Shape::Path => "a path such as `/v1/orders/{id}`".to_owned(),
        Shape::String => "a text in double quotes".to_owned(),
        Shape::Secret => "`secret(\"NAME\")`".to_owned(),
        Shape::Int => "a whole number".to_owned(),
        Shape::Percent => "a percentage such as `70%`".to_owned(),
        Shape::Duration => "a duration such as `30s`".to_owned(),
        Shape::Rate => "a rate such as `60 per minute`".to_owned(),
        Shape::Date => "a date such as `2026-05-02`".to_owned(),
        Shape::Version => "a version such as `v1`".to_owned(),
        Shape::IntRange => "a range such as `2..10`".to_owned(),
        Shape::DurationRange => "a range of durations such as `1s..5m`".to_owned(),
    }
}

fn describe_kinds(kinds: &[Kind]) -> String {
    let names: Vec<&str> = kinds
        .iter()
        .map(|kind| match kind {
            Kind::Handler => "a handler",
            Kind::Auth => "an auth scheme",
            kind => match row(*kind).word {
                "system" => "the system",
                "team" => "a team",
                "role" => "a role",
                "context" => "a context",
                "service" => "a service",
                "vendor" => "a vendor",
                "client" => "a client",
                "broker" => "a broker",
                "decision" => "a decision",
                "environment" => "an environment",
                "error" => "an error",
                "store" => "a store",
                "entity" => "an entity",
                "event" => "an event",
                "query" => "a query",
                "endpoint" => "an endpoint",
                "component" => "a component",
                _ => "a name",
            },
        })
        .collect();
    format!("the name of {}", one_of(&names))
}
