//! Card data by its fields' names: what may never be stored, and what is a card number.

use super::{
    classes::Classes,
    facts::{AttributeArgFact, Field, Ty, TyKind},
    nested::own_classes,
};

/// What belongs to an authorisation only and is worthless, or dangerous, afterwards. The words stand side by side; the first list settles
/// it by itself, the second one for fields of class pci.
const AUTHENTICATION: &[(&str, &[&str], &[&str])] = &[
    (
        "the card's verification value",
        &["cvv", "cvv2", "cvc", "cvc2", "cav2", "card_verification"],
        &[
            "csc",
            "cid",
            "cvn",
            "security_code",
            "verification_value",
            "verification_code",
        ],
    ),
    (
        "data of the card's track",
        &[
            "track_data",
            "track1",
            "track2",
            "magstripe",
            "magnetic_stripe",
            "stripe_data",
        ],
        &["track"],
    ),
    ("the card's PIN", &["pin_block", "card_pin"], &["pin"]),
];

/// Words after which a name says something about the thing and is not the thing.
const ABOUT: &[&str] = &[
    "present", "provided", "required", "checked", "check", "verified", "valid", "match", "matched", "result",
    "status", "state", "attempts", "tries", "at", "changed", "count", "length", "entered",
];

/// Words of names for a card's number, for fields of class pci.
const NUMBER: &[&str] = &[
    "pan",
    "number",
    "card",
    "cc",
    "cardnumber",
    "creditcard",
    "account",
];

/// Words that make something else of them.
const NO_NUMBER: &[&str] = &[
    "last",
    "last4",
    "four",
    "first",
    "six",
    "digits",
    "bin",
    "iin",
    "expiry",
    "expires",
    "exp",
    "month",
    "year",
    "valid",
    "holder",
    "name",
    "owner",
    "brand",
    "type",
    "kind",
    "network",
    "scheme",
    "token",
    "reference",
    "fingerprint",
    "issuer",
    "country",
    "code",
    "id",
    "status",
    "state",
    "masked",
    "hash",
    "image",
    "count",
];

/// The longest part of a card number that is no card number any more: its first six and its last four digits.
const TRUNCATED: i64 = 10;

/// What a field holds that must not be stored after authorisation, if it does.
pub fn authentication_data(field: &Field) -> Option<&'static str> {
    if !carries(&field.ty) {
        return None;
    }
    let pci = own_classes(field).any(Classes::PCI);
    authentication_name(&field.name, pci)
}

/// The same for a name alone.
pub fn authentication_name(name: &str, pci: bool) -> Option<&'static str> {
    let words: Vec<&str> = name.split('_').collect();
    if words.iter().any(|word| ABOUT.contains(word)) || words.first() == Some(&"has") {
        return None;
    }
    let says = |entry: &&str| {
        let entry: Vec<&str> = entry.split('_').collect();
        words.windows(entry.len()).any(|some| some == entry.as_slice())
    };
    AUTHENTICATION
        .iter()
        .find(|(_, sure, likely)| sure.iter().any(says) || (pci && likely.iter().any(says)))
        .map(|(what, ..)| *what)
}

/// Whether a field holds a whole card number that anybody who reads the row can read.
pub fn readable_number(field: &Field) -> bool {
    if !own_classes(field).any(Classes::PCI) || !carries(&field.ty) || covered(field) {
        return false;
    }
    if authentication_data(field).is_some() {
        return false;
    }
    let words: Vec<&str> = field.name.split('_').collect();
    words.iter().any(|word| NUMBER.contains(word))
        && !words.iter().any(|word| NO_NUMBER.contains(word))
        && !truncated(field)
}

/// Whether a field is unreadable in the row itself.
pub fn covered(field: &Field) -> bool {
    field.has("encrypted") || field.has("tokenized") || field.has("hashed")
}

fn truncated(field: &Field) -> bool {
    field
        .attributes
        .iter()
        .filter(|attribute| attribute.name == "len")
        .flat_map(|attribute| &attribute.args)
        .any(|argument| matches!(argument, AttributeArgFact::Range(_, Some(most)) if *most <= TRUNCATED))
}

fn carries(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Scalar(name, _) => {
            matches!(
                name.as_str(),
                "string" | "text" | "int" | "long" | "bytes" | "json"
            )
        }
        TyKind::List(inner) => carries(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::authentication_name;

    #[test]
    fn whole_words_count_and_common_ones_need_the_class() {
        for name in ["cvv", "card_cvc", "track_data", "pin_block", "magnetic_stripe"] {
            assert!(authentication_name(name, false).is_some(), "{name}");
        }
        for name in ["pin", "track", "security_code", "new_pin"] {
            assert!(authentication_name(name, true).is_some(), "{name}");
            assert!(authentication_name(name, false).is_none(), "{name}");
        }
        for name in [
            "cvv_checked",
            "has_cvv",
            "pinned",
            "tracking",
            "pin_changed_at",
            "cvc_result",
        ] {
            assert!(authentication_name(name, true).is_none(), "{name}");
        }
    }
}
