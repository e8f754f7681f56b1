//! What the project's configuration says about findings. Reading `archwright.toml` is the binary's work.

mod json;
pub mod schema;
pub mod settings;

use archwright_grammar::ast::Date;

use crate::{diagnostic::Severity, rules::rule};

/// Which rules run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// The rules that are hardly ever wrong.
    #[default]
    Core,
    /// All that are meant for everybody.
    Recommended,
    /// All.
    Strict,
}

impl Profile {
    /// All profiles with their words.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("core", Self::Core),
        ("recommended", Self::Recommended),
        ("strict", Self::Strict),
    ];

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS
            .into_iter()
            .find(|(known, _)| *known == word)
            .map(|(_, profile)| profile)
    }
}

/// What the project wants of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Which rules run.
    pub profile: Profile,
    /// Rules with another severity; `None` is off. Later entries win.
    pub severities: Vec<(String, Option<Severity>)>,
    /// The day that waivers' dates are compared with.
    pub today: Date,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: Profile::Core,
            severities: Vec::new(),
            today: Date {
                year: 1,
                month: 1,
                day: 1,
            },
        }
    }
}

impl Config {
    /// The severity of a finding of `code`; `None` where the rule does not run.
    pub fn severity(&self, code: &str, found: Severity) -> Option<Severity> {
        let Some(rule) = rule(code) else {
            return Some(found);
        };
        if let Some((_, severity)) = self.severities.iter().rev().find(|(id, _)| id == code) {
            return *severity;
        }
        let runs = !rule.preview
            && match self.profile {
                Profile::Core => rule.core,
                Profile::Recommended => !rule.strict,
                Profile::Strict => true,
            };
        runs.then_some(found)
    }
}
