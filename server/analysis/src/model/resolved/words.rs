//! Kinds in the language's words, for messages.

use archwright_grammar::vocabulary::{self, Kind};

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

/// `an entity or a type`
pub(super) fn kind_words(kinds: &[Kind]) -> String {
    kinds
        .iter()
        .map(|kind| with_article(kind_word(*kind)))
        .collect::<Vec<_>>()
        .join(" or ")
}

/// `entity or type`
pub(super) fn bare_kind_words(kinds: &[Kind]) -> String {
    if kinds == TYPE_KINDS {
        return "type".to_owned();
    }
    kinds
        .iter()
        .map(|kind| kind_word(*kind))
        .collect::<Vec<_>>()
        .join(" or ")
}
