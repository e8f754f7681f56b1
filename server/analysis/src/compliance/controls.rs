//! The controls of each regime: what a blueprint can speak for, which rules look after it, and what only people can do. The clauses are pointers
//! into the texts, in the editions that the titles name; they are no legal advice.

mod gdpr;
mod hipaa;
mod iso27001;
mod pci;
mod soc2;

use super::measures::Measure;

/// One regime.
pub(super) struct Regime {
    /// The word of the language.
    pub word: &'static str,
    /// Its name and edition.
    pub title: &'static str,
    /// Its controls, in its own order.
    pub controls: &'static [Control],
}

/// One control.
pub(super) struct Control {
    /// The clause.
    pub clause: &'static str,
    /// What it asks for.
    pub title: &'static str,
    /// How a blueprint speaks for it; none where no blueprint can.
    pub measures: &'static [Measure],
    /// The rules that look after it.
    pub rules: &'static [&'static str],
    /// What only people can do.
    pub organisation: &'static str,
}

/// All regimes of the language.
pub(super) static REGIMES: &[Regime] = &[
    hipaa::REGIME,
    gdpr::REGIME,
    soc2::REGIME,
    iso27001::REGIME,
    pci::REGIME,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::REGIMES;
    use crate::rules::RULES;

    #[test]
    fn controls_name_rules_that_exist() {
        let mut unknown = Vec::new();
        for regime in REGIMES {
            for rule in regime.controls.iter().flat_map(|control| control.rules) {
                if RULES.iter().all(|known| known.id != *rule) {
                    unknown.push(format!("{} {rule}", regime.word));
                }
            }
        }
        assert!(unknown.is_empty(), "{unknown:#?}");
    }

    /// A rule that quotes a regime looks after one of its controls.
    #[test]
    fn rules_that_quote_a_regime_are_found_in_it() {
        let mut lost = BTreeSet::new();
        for rule in RULES {
            for (word, clause) in rule.clauses {
                let regime = REGIMES.iter().find(|regime| regime.word == *word);
                let named = regime.is_some_and(|regime| {
                    regime
                        .controls
                        .iter()
                        .any(|control| control.rules.contains(&rule.id))
                });
                if !named {
                    lost.insert(format!("{} {word} {clause}", rule.id));
                }
            }
        }
        assert!(lost.is_empty(), "{lost:#?}");
    }

    #[test]
    fn every_control_leaves_something_to_somebody() {
        for regime in REGIMES {
            let mut clauses = BTreeSet::new();
            for control in regime.controls {
                assert!(
                    clauses.insert(control.clause),
                    "{} {}",
                    regime.word,
                    control.clause
                );
                assert!(!control.organisation.is_empty(), "{}", control.clause);
                assert!(
                    control.rules.is_empty() || !control.measures.is_empty(),
                    "{}: rules look after what nothing can state",
                    control.clause
                );
            }
        }
    }
}
