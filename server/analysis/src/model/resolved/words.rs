//! Kinds in the language's words, for messages.

use archwright_grammar::vocabulary::{self, Kind, Place};

use super::TYPE_KINDS;

/// The word of a kind: `entity`, `endpoint`, `field`.
pub fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Field => "field",
        Kind::EnumMember => "value",
        Kind::Handler => "handler",
        _ => vocabulary::row(kind).word,
    }
}

/// `an event`
pub fn with_article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {word}")
}

/// `an entity, an enum or a type`
pub(super) fn kind_words(kinds: &[Kind]) -> String {
    one_of(kinds.iter().map(|kind| with_article(kind_word(*kind))).collect())
}

/// `entity, enum or type`
pub(super) fn bare_kind_words(kinds: &[Kind]) -> String {
    if kinds == TYPE_KINDS {
        return "type".to_owned();
    }
    one_of(kinds.iter().map(|kind| kind_word(*kind).to_owned()).collect())
}

/// What of the wanted kinds can be inside of something: members of a service, fields of the rest.
pub(super) fn inner_kind_words(kinds: &[Kind], in_service: bool) -> String {
    let inner: Vec<Kind> = kinds
        .iter()
        .copied()
        .filter(|kind| {
            if in_service {
                vocabulary::row(*kind).places.contains(&Place::Service)
            } else {
                matches!(kind, Kind::Field | Kind::EnumMember)
            }
        })
        .collect();
    bare_kind_words(if inner.is_empty() { kinds } else { &inner })
}

fn one_of(mut words: Vec<String>) -> String {
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        last
    } else {
        format!("{} or {last}", words.join(", "))
    }
}
