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
use crate::{
    FileId, Snapshot,
    diagnostic::{Origin, State},
    model::resolved::shape,
    rules::rule,
};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// What it is about.
    pub range: Range<u32>,
}

pub(crate) fn hover(snapshot: &Snapshot, file: FileId, offset: u32) -> Option<Hover> {
    let thing = thing(snapshot, file, offset);
    let findings = findings(snapshot, file, offset);
    match (thing, findings) {
        (Some(mut hover), Some((text, _))) => {
            let _ = write!(hover.markdown, "\n\n---\n\n{text}");
            Some(hover)
        }
        (None, Some((markdown, range))) => Some(Hover { markdown, range }),
        (thing, None) => thing,
    }
}

/// The findings of rules at a byte: how bad each is and who says so, what asks for it, and why it may be silent. What is
/// wrong stands in the finding itself, which editors show beside this. With the place of the first.
fn findings(snapshot: &Snapshot, file: FileId, offset: u32) -> Option<(String, Range<u32>)> {
    let (db, files, config) = (&snapshot.db, &snapshot.files, &snapshot.config);
    let diagnostics = crate::report::at(db, files, config, file, offset);
    let here = diagnostics
        .iter()
        .filter(|found| found.at.range.start <= offset && offset <= found.at.range.end);
    let mut texts = Vec::new();
    let mut range = None;
    for found in here {
        let Some(rule) = rule(&found.code) else { continue };
        let mut text = format!(
            "[`{}`]({}): {}, {}.",
            rule.id,
            crate::url(rule.id),
            found.severity.word(),
            found.origin.because()
        );
        if !matches!(found.origin, Origin::Configured { .. })
            && let Some(profile) = rule.profile()
        {
            let _ = write!(text, " It runs from profile {} on.", profile.word());
        }
        if !found.clauses.is_empty() {
            let _ = write!(text, "\n\nAsked by {}.", found.clauses.join(", "));
        }
        match &found.state {
            State::Waived { because } => {
                let _ = write!(text, "\n\nWaived: {because}");
            }
            State::Baselined => text.push_str("\n\nAccepted in archwright.lock."),
            State::New => {}
        }
        texts.push(text);
        range.get_or_insert_with(|| found.at.range.clone());
    }
    Some((texts.join("\n\n"), range?))
}

/// The thing under the cursor.
fn thing(snapshot: &Snapshot, file: FileId, offset: u32) -> Option<Hover> {
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
    fn a_finding_says_where_its_severity_comes_from() {
        let text = "service Orders {\n  entity Or$0der {\n    id: uuid @id\n    note: text @phi\n  }\n}\n";
        let (about, markdown) = hover(text).expect("an entity");
        assert_eq!(about, "Order");
        assert!(
            markdown.contains("---")
                && markdown.contains(
                    "/rules/data/retention_missing): warning, as the rule says. It runs from profile core on."
                ),
            "{markdown}"
        );
    }

    #[test]
    fn a_finding_names_the_line_that_changed_it() {
        let text = "service Orders {\n  entity Order {\n    id: uuid @id\n    note: text @phi\n  }\n}\n";
        let mut host = crate::Host::new(crate::Config {
            severities: vec![crate::config::Level {
                rule: "data.retention_missing",
                severity: Some(crate::diagnostic::Severity::Error),
                files: Some("old/**".to_owned()),
                line: 7,
            }],
            ..crate::Config::default()
        });
        let file = host.set_file("old/a.arch", text);
        host.settle();
        let at = text.find("Order {").expect("there") as u32;
        let hover = host.snapshot().hover(file, at).expect("nothing writes");
        let markdown = hover.expect("a finding").markdown;
        assert!(
            markdown.contains("error, by line 7 of archwright.toml for files `old/**`; otherwise warning."),
            "{markdown}"
        );
    }

    #[test]
    fn nothing_is_said_of_blanks() {
        assert_eq!(hover("service Orders {\n $0 store Db: postgres\n}\n"), None);
        assert_eq!(hover("$0"), None);
    }
}
