//! What the project's configuration says about findings. Reading `archwright.toml` is the binary's work.

pub mod glob;
mod json;
pub mod schema;
pub mod settings;

use std::sync::Arc;

use archwright_grammar::ast::Date;

use crate::{
    diagnostic::Severity,
    imports::Imports,
    lock::Locked,
    rules::{Rule, rule},
};

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

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Recommended => "recommended",
            Self::Strict => "strict",
        }
    }

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
    /// Rules with another severity. What is said of certain files wins over what is said of all, and of two that say it
    /// of the same the later.
    pub severities: Vec<Level>,
    /// Numbers at which rules begin to speak, where they are not the rules' own: sorted, each at most once.
    pub thresholds: Arc<Vec<Limit>>,
    /// Rules that no waiver silences: the id, and the line of `archwright.toml` that says so.
    pub non_waivable: Vec<(&'static str, u32)>,
    /// The day that waivers' dates are compared with.
    pub today: Date,
    /// What `archwright.lock` says: [`Host::set_lock`](crate::Host::set_lock) sets it, and no other configuration unsets it.
    pub lock: Arc<Locked>,
    /// What documents outside say of services: [`Host::set_imports`](crate::Host::set_imports) sets it, and no other configuration
    /// unsets it.
    pub imports: Arc<Imports>,
}

/// The severity that the project gives a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The rule's id.
    pub rule: &'static str,
    /// `None` is off.
    pub severity: Option<Severity>,
    /// The files that it holds for, as a pattern for their paths; `None` is all. See [`glob::matches`].
    pub files: Option<String>,
    /// The line of `archwright.toml`, from 1.
    pub line: u32,
}

/// The value that the project gives one of a rule's thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limit {
    /// The rule's id.
    pub rule: &'static str,
    /// The threshold's name.
    pub name: &'static str,
    /// The value.
    pub value: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: Profile::Core,
            severities: Vec::new(),
            thresholds: Arc::default(),
            non_waivable: Vec::new(),
            today: Date {
                year: 1,
                month: 1,
                day: 1,
            },
            lock: Arc::default(),
            imports: Arc::default(),
        }
    }
}

impl Config {
    /// What the project says of a rule in a file, if it says anything.
    pub fn level(&self, rule: &str, path: &str) -> Option<&Level> {
        let mut general = None;
        for level in self.severities.iter().rev().filter(|level| level.rule == rule) {
            match &level.files {
                None => general = general.or(Some(level)),
                Some(files) if glob::matches(files, path) => return Some(level),
                Some(_) => {}
            }
        }
        general
    }

    /// The severity of a finding of `code` in the file at `path`; `None` where the rule does not run.
    pub fn severity(&self, code: &str, found: Severity, path: &str) -> Option<Severity> {
        let Some(rule) = rule(code) else {
            return Some(found);
        };
        if let Some(level) = self.level(rule.id, path) {
            return level.severity;
        }
        self.runs(rule).then_some(found)
    }

    /// Whether the profile has a rule.
    pub const fn runs(&self, rule: &Rule) -> bool {
        !rule.preview
            && match self.profile {
                Profile::Core => rule.core,
                Profile::Recommended => !rule.strict,
                Profile::Strict => true,
            }
    }

    /// The line of `archwright.toml` that forbids waivers of a rule, if one does.
    pub fn forbids_waivers_of(&self, rule: &str) -> Option<u32> {
        let forbidden = self.non_waivable.iter().find(|(id, _)| *id == rule);
        forbidden.map(|(_, line)| *line)
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Level, Profile, Severity};

    #[test]
    fn what_is_said_of_certain_files_wins() {
        let level = |severity, files: Option<&str>| Level {
            rule: "api.unpaginated_list",
            severity,
            files: files.map(str::to_owned),
            line: 1,
        };
        let config = Config {
            severities: vec![
                level(None, Some("legacy/**")),
                level(Some(Severity::Error), None),
                level(Some(Severity::Hint), Some("legacy/new")),
            ],
            ..Config::default()
        };
        let of = |path| config.severity("api.unpaginated_list", Severity::Warning, path);
        assert_eq!(of("main.arch"), Some(Severity::Error));
        assert_eq!(of("legacy/a.arch"), None);
        assert_eq!(of("legacy/new/a.arch"), Some(Severity::Hint));
        assert_eq!(
            config.severity("type.mismatch", Severity::Error, "legacy/a.arch"),
            Some(Severity::Error)
        );
    }

    #[test]
    fn a_preview_runs_in_no_profile() {
        let rule = crate::rules::Rule {
            preview: true,
            core: true,
            ..crate::rules::Rule::PLAIN
        };
        for (_, profile) in Profile::WORDS {
            let config = Config {
                profile,
                ..Config::default()
            };
            assert!(!config.runs(&rule));
        }
    }
}
