//! The catalogue of vendor kinds: what each is for, which classes of data that takes, and how it signs its webhooks.

use std::sync::LazyLock;

use super::classes::Classes;

/// What a vendor does for the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Anything: nothing is known of a vendor of kind `http`.
    Other,
    /// Takes money.
    Payment,
    /// Carries mail.
    Mail,
    /// Carries short messages and calls.
    Sms,
    /// Signs people in.
    Identity,
    /// Keeps files.
    Storage,
    /// Collects errors, logs and traces.
    Monitoring,
    /// A team's chat.
    Chat,
    /// Holds source code.
    Code,
    /// Runs a shop.
    Shop,
    /// Counts what users do.
    Analytics,
    /// Manages customers.
    Crm,
    /// A language model.
    Llm,
    /// Wakes people up.
    Paging,
}

impl Purpose {
    /// What it does, for messages: "an analytics vendor".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Other => "a vendor",
            Self::Payment => "a payment vendor",
            Self::Mail => "a mail vendor",
            Self::Sms => "an SMS vendor",
            Self::Identity => "an identity provider",
            Self::Storage => "a store of files",
            Self::Monitoring => "a monitoring vendor",
            Self::Chat => "a team's chat",
            Self::Code => "a host of source code",
            Self::Shop => "a shop",
            Self::Analytics => "an analytics vendor",
            Self::Crm => "a CRM vendor",
            Self::Llm => "a language model",
            Self::Paging => "a paging vendor",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "payment" => Self::Payment,
            "mail" => Self::Mail,
            "sms" => Self::Sms,
            "identity" => Self::Identity,
            "storage" => Self::Storage,
            "monitoring" => Self::Monitoring,
            "chat" => Self::Chat,
            "code" => Self::Code,
            "shop" => Self::Shop,
            "analytics" => Self::Analytics,
            "crm" => Self::Crm,
            "llm" => Self::Llm,
            "paging" => Self::Paging,
            _ => Self::Other,
        }
    }
}

/// One row of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VendorKind {
    /// The word of the language.
    pub word: &'static str,
    /// What it is for.
    pub purpose: Purpose,
    /// The classes of data that its purpose takes.
    pub takes: Classes,
    /// The header in which it signs its webhooks, where it does so by default.
    pub signs: Option<&'static str>,
}

static KINDS: LazyLock<Vec<VendorKind>> = LazyLock::new(|| {
    include_str!("vendor_kinds.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(VendorKind {
                word: words.next()?,
                purpose: Purpose::from_word(words.next()?),
                takes: classes(words.next()?),
                signs: words.next().filter(|header| *header != "-"),
            })
        })
        .collect()
});

fn classes(words: &str) -> Classes {
    if words == "any" {
        return Classes::PII
            .union(Classes::PHI)
            .union(Classes::PCI)
            .union(Classes::SECRET);
    }
    words
        .split(',')
        .fold(Classes::NONE, |all, word| all.union(Classes::of_attribute(word)))
}

/// The row of a kind.
pub fn kind(word: &str) -> Option<&'static VendorKind> {
    KINDS.iter().find(|kind| kind.word == word)
}

#[cfg(test)]
mod tests {
    use archwright_grammar::vocabulary::VENDOR_KINDS;

    use super::{Classes, KINDS, Purpose, kind};

    #[test]
    fn every_kind_of_the_language_has_its_row() {
        let rows: Vec<&str> = KINDS.iter().map(|kind| kind.word).collect();
        assert_eq!(rows, VENDOR_KINDS);
        let unknown = KINDS.iter().filter(|kind| kind.purpose == Purpose::Other);
        assert_eq!(unknown.count(), 1);
    }

    #[test]
    fn rows_are_read() {
        let stripe = kind("stripe").expect("it is in the catalogue");
        assert_eq!(stripe.signs, Some("Stripe-Signature"));
        assert!(stripe.takes.any(Classes::PCI) && !stripe.takes.any(Classes::PHI));
        assert_eq!(kind("postmark").and_then(|kind| kind.signs), None);
        assert_eq!(kind("sentry").map(|kind| kind.takes), Some(Classes::NONE));
    }
}
