//! Hover: what is known of the thing under the cursor, also what stands elsewhere.

use std::{fmt::Write as _, ops::Range};

use archwright_grammar::{
    ast::{Argument, Node, Value},
    vocabulary::{self, Form, Place, Shape},
};

use super::{
    describe,
    spot::{Spot, Thing},
};
use crate::{FileId, Snapshot, model::resolved::shape, rules::rule};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// What it is about.
    pub range: Range<u32>,
}

pub(crate) fn hover(snapshot: &Snapshot, file: FileId, offset: u32) -> Option<Hover> {
    let spot = Spot::at(snapshot, file, offset)?;
    let (thing, span) = spot.thing()?;
    let (markdown, span) = match thing {
        Thing::Def(def) => (describe::definition(spot.cx, def)?, span),
        Thing::Word(form) => (word(form), span),
        Thing::Argument(node, argument) => {
            let (text, inner) = self::argument(&spot, node, argument)?;
            (text, inner.unwrap_or(span))
        }
    };
    let span = span.shift(spot.start);
    Some(Hover {
        markdown,
        range: span.start..span.end,
    })
}

/// A word of the language.
fn word(form: &Form) -> String {
    let mut text = format!("{}\n\n```arch\n{}\n```\n", form.help, form.example);
    let places: Vec<&str> = form.places.iter().map(|place| place_word(*place)).collect();
    if !places.is_empty() && form.places != [Place::File] {
        let _ = write!(text, "\nStands in {}.", places.join(", "));
    }
    text
}

/// A block in the words of its item.
fn place_word(place: Place) -> &'static str {
    match place {
        Place::File => "a file",
        Place::List => "`list`",
        Place::Operation => "an operation of a resource",
        Place::Fields => "`type`",
        Place::Projection => "`type … of`",
        Place::Password => "`password`",
        Place::Call => "`calls`",
        Place::Handler => "`on`",
        _ => vocabulary::FORMS
            .iter()
            .find(|form| form.block.place() == Some(place))
            .map_or("", |form| form.word),
    }
}

/// Types, attributes, words out of closed lists, rules.
fn argument<'a>(
    spot: &Spot<'a>,
    node: &'a Node,
    argument: &'a Argument,
) -> Option<(String, Option<archwright_grammar::span::Span>)> {
    match &argument.value {
        Value::Attribute(attribute) => {
            let form = vocabulary::attribute(&attribute.name.text)?;
            Some((format!("`@{}`: {}", form.name, form.help), Some(attribute.span)))
        }
        Value::Type(_) | Value::Param(_) => {
            let text = spot.item.text(spot.cx.db);
            let (word, span) = word_around(text, spot.offset)?;
            let scalar = vocabulary::scalar(word)?;
            Some((format!("`{}`: {}", scalar.name, scalar.help), Some(span)))
        }
        Value::Ref(reference) if shape(node.form.args, argument.slot) == Some(Shape::Rule) => {
            let rule = rule(&reference.text())?;
            Some((
                format!(
                    "`{}`: {}\n\n[{}]({})",
                    rule.id,
                    rule.summary,
                    rule.id,
                    crate::url(rule.id)
                ),
                None,
            ))
        }
        Value::Expr(_) => {
            let text = spot.item.text(spot.cx.db);
            let (word, span) = word_around(text, spot.offset)?;
            let before = &text[..span.start as usize];
            if before.ends_with("caller.") {
                let (name, help) = vocabulary::CALLER_FIELDS.iter().find(|(name, _)| *name == word)?;
                return Some((format!("`caller.{name}`: {help}"), Some(span)));
            }
            let help = match word {
                "caller" => "Whoever makes the request: `caller.id`, `caller.role`, `caller.tenant`.",
                "now" => "The moment of the request, in UTC.",
                _ => return None,
            };
            Some((help.to_owned(), Some(span)))
        }
        Value::Word(_) | Value::Flag | Value::Method(_) => Some((word(node.form), None)),
        _ => None,
    }
}

/// The identifier around a byte.
pub(crate) fn word_around(text: &str, offset: u32) -> Option<(&str, archwright_grammar::span::Span)> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    let at = (offset as usize).min(bytes.len());
    let start = (0..at)
        .rev()
        .take_while(|index| is_word(bytes[*index]))
        .last()
        .unwrap_or(at);
    let end = (at..bytes.len())
        .take_while(|index| is_word(bytes[*index]))
        .last()
        .map_or(at, |index| index + 1);
    (start < end).then(|| {
        (
            &text[start..end],
            archwright_grammar::span::Span::new(start as u32, end as u32),
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::{features::testing::Marked, testing::host};

    fn hover(text: &str) -> Option<(String, String)> {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let hover = host
            .snapshot()
            .hover(file, marked.offset)
            .expect("nothing writes")?;
        let about = marked.text[hover.range.start as usize..hover.range.end as usize].to_owned();
        Some((about, hover.markdown))
    }

    const TEXT: &str = "system S { auth Session }\nauth Session: cookie\nrole Clinician: staff\n/// Requests for tests.\nservice Orders {\n  store Db: postgres { encrypted }\n  \
        /// One request.\n  entity Order {\n    id: uuid @id\n    note: text @phi\n    visible where id == caller.id\n    retain 7y then erase\n  }\n  \
        endpoint get GET /v1/orders/{id} -> Order {\n    allow Clinician\n    reads Order\n    timeout 2s\n  }\n}\n";

    fn at(needle: &str, replacement: &str) -> (String, String) {
        assert!(TEXT.contains(needle), "{needle}");
        hover(&TEXT.replacen(needle, replacement, 1)).expect("something is known")
    }

    #[test]
    fn an_entity_says_where_it_is_and_what_is_in_it() {
        let (about, text) = at("reads Order", "reads Or$0der");
        assert_eq!(about, "Order");
        for part in [
            "entity Order",
            "One request.",
            "Orders.Db",
            "`note` @phi",
            "7y then erase",
            "visible where",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn an_endpoint_says_what_it_inherits() {
        let (about, text) = at("endpoint get", "endpoint g$0et");
        assert_eq!(about, "get");
        for part in [
            "GET /v1/orders/{id}",
            "Session",
            "from the system",
            "Clinician",
            "2s",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn words_types_attributes_and_the_caller_explain_themselves() {
        assert!(
            at("retain 7y", "ret$0ain 7y")
                .1
                .contains("How long rows are kept")
        );
        assert!(at("note: text", "note: te$0xt").1.contains("A long text"));
        let (about, text) = at("@phi", "@ph$0i");
        assert_eq!(about, "@phi");
        assert!(text.contains("Health data"));
        let (about, text) = at("caller.id", "caller.i$0d");
        assert_eq!(about, "id");
        assert!(text.contains("identity of whoever"));
    }

    #[test]
    fn nothing_is_said_of_blanks() {
        assert_eq!(hover("service Orders {\n $0 store Db: postgres\n}\n"), None);
        assert_eq!(hover("$0"), None);
    }
}
