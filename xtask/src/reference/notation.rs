//! How a construct is written, in the notation of the reference: `limit RATE [by caller|ip|key]`.

use archwright_grammar::vocabulary::{Arg, BlockForm, Form, Kind, Shape, row};

/// Closed lists up to this length are written out.
const SHORT: usize = 6;

/// The ways in which a construct can be written; several where a word decides about what follows.
pub(super) fn ways(form: &Form) -> Vec<String> {
    let block = match form.block {
        BlockForm::None => "",
        BlockForm::Optional(_) => " [{ … }]",
        BlockForm::Required(_) => " { … }",
    };
    let mut ways = vec![form.word.to_owned()];
    for (at, arg) in form.args.iter().enumerate() {
        // Alternatives of several words are ways of their own, if they are the last argument.
        match arg {
            Arg::Alt(choices) if at + 1 == form.args.len() && choices.iter().any(|inner| is_long(inner)) => {
                let written = choices.iter().map(|inner| sequence(inner, true));
                ways = written.map(|choice| join(&ways[0], &choice)).collect();
            }
            arg => {
                let next = argument(arg, false);
                for way in &mut ways {
                    *way = join(way, &next);
                }
            }
        }
    }
    for way in &mut ways {
        way.push_str(block);
    }
    ways
}

/// Whether an alternative is more than one word or value.
fn is_long(choice: &[Arg]) -> bool {
    !matches!(choice, [Arg::Flag(_) | Arg::Kw(_) | Arg::One(..)])
}

/// Two parts of a line, with a blank between where one is written.
fn join(before: &str, after: &str) -> String {
    let gap = if before.is_empty() || after.is_empty() || after == ":" {
        ""
    } else {
        " "
    };
    format!("{before}{gap}{after}")
}

fn sequence(args: &[Arg], chosen: bool) -> String {
    args.iter()
        .fold(String::new(), |line, arg| join(&line, &argument(arg, chosen)))
}

/// One argument; `chosen` where it is one of several alternatives, so that its flags are not optional.
fn argument(arg: &Arg, chosen: bool) -> String {
    match arg {
        Arg::Name => "NAME".to_owned(),
        Arg::Kw(word) | Arg::Sign(word) => (*word).to_owned(),
        Arg::One(slot, shape) => value(slot, *shape),
        Arg::Many(slot, shape) => format!("{}, …", value(slot, *shape)),
        Arg::Parens(slot, shape) => format!("({}, …)", value(slot, *shape)),
        Arg::Chain(slot, shape) => {
            let one = value(slot, *shape);
            format!("{one}, … > {one}, … > …")
        }
        Arg::Params => "(NAME: TYPE, …)".to_owned(),
        Arg::Attributes => "@ATTRIBUTE …".to_owned(),
        Arg::Flag(word) if chosen => (*word).to_owned(),
        Arg::Flag(word) => format!("[{word}]"),
        Arg::Opt(inner) => format!("[{}]", sequence(inner, false)),
        Arg::Alt(choices) => {
            let written: Vec<String> = choices.iter().map(|inner| sequence(inner, true)).collect();
            written.join("|")
        }
    }
}

/// A value: a word in capitals for what it is.
fn value(slot: &str, shape: Shape) -> String {
    match shape {
        Shape::Ref(kinds) => kinds_of(kinds).join("|"),
        Shape::RefOrStar(kinds) => format!("{}|*", kinds_of(kinds).join("|")),
        Shape::Word(list) if list.len() <= SHORT => list.join("|"),
        Shape::Word(_) | Shape::AnyWord => slot.to_uppercase(),
        Shape::Field => "FIELD".to_owned(),
        Shape::Rule => "RULE".to_owned(),
        Shape::Type => "TYPE".to_owned(),
        Shape::Expr if matches!(slot, "predicate" | "where") => "PREDICATE".to_owned(),
        Shape::Expr => "VALUE".to_owned(),
        Shape::Method => "METHOD".to_owned(),
        Shape::Path => "PATH".to_owned(),
        Shape::String => "\"…\"".to_owned(),
        Shape::Secret => "secret(\"NAME\")".to_owned(),
        Shape::Int => "N".to_owned(),
        Shape::Percent => "PERCENT".to_owned(),
        Shape::Duration => "DURATION".to_owned(),
        Shape::Rate => "RATE".to_owned(),
        Shape::Date => "DATE".to_owned(),
        Shape::Version => "VERSION".to_owned(),
        Shape::IntRange => "N..[N]".to_owned(),
        Shape::DurationRange => "DURATION..DURATION".to_owned(),
    }
}

fn kinds_of(kinds: &[Kind]) -> Vec<String> {
    kinds.iter().map(|kind| row(*kind).word.to_uppercase()).collect()
}

/// Code in a cell of a table, where `|` would end the cell.
pub(super) fn cell(code: &str) -> String {
    format!("`{}`", code.replace('|', "\\|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(kind: Kind) -> Vec<String> {
        ways(row(kind))
    }

    #[test]
    fn statements_are_written_as_users_write_them() {
        assert_eq!(written(Kind::Team), ["team NAME [{ … }]"]);
        assert_eq!(written(Kind::Entity), ["entity NAME [in STORE] { … }"]);
        assert_eq!(
            written(Kind::Limit),
            ["limit off", "limit RATE [by caller|ip|key]"]
        );
        assert_eq!(written(Kind::Allow), ["allow any|ROLE [where PREDICATE]"]);
        assert_eq!(written(Kind::UseAuth), ["auth none", "auth AUTH, …"]);
        assert_eq!(written(Kind::Encrypted), ["encrypted [off]"]);
        assert_eq!(
            written(Kind::Job),
            [
                "job NAME every DURATION [{ … }]",
                "job NAME cron \"…\" [{ … }]",
                "job NAME at startup [{ … }]"
            ]
        );
        assert_eq!(written(Kind::Vendor), ["vendor NAME: KIND [{ … }]"]);
        assert_eq!(written(Kind::Field), ["NAME: TYPE [= VALUE] @ATTRIBUTE …"]);
        assert_eq!(
            written(Kind::PolicyLayers),
            ["layers CONTEXT|SERVICE, … > CONTEXT|SERVICE, … > …"]
        );
    }

    #[test]
    fn bars_do_not_end_a_cell() {
        assert_eq!(cell("a|b"), "`a\\|b`");
    }
}
