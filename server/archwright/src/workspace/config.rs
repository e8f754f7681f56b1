//! `archwright.toml`: how the tools treat a blueprint. What is not understood is an error with its place, never ignored.

#[cfg(test)]
mod agreement;
mod reader;

use std::ops::Range;

use archwright_analysis::Profile;
use archwright_analysis::config::settings::{OUTPUT, WIDTH};
use archwright_analysis::diagnostic::Severity;
use toml::de::DeTable;

/// What `archwright.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Which rules run, and how loud.
    pub(crate) profile: Profile,
    /// Rules with a severity of their own; `None` is off. Sorted by rule.
    pub(crate) severities: Vec<(String, Option<Severity>)>,
    /// The folder for generated services, relative to the root.
    pub(crate) output: String,
    /// How many columns the formatter gives a line; `None` where something is said of it that could not be read. With
    /// another width than was meant every file would change, so nothing is formatted then.
    pub(crate) width: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            severities: Vec::new(),
            output: OUTPUT.into(),
            width: Some(WIDTH),
        }
    }
}

/// The code of what is wrong in `archwright.toml`.
pub(crate) const CODE: &str = "config.invalid";

/// Something in `archwright.toml` that is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Bytes in the file.
    pub(crate) range: Range<usize>,
    /// Fact, then consequence.
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: String,
}

/// Reads a configuration. Everything that is right holds even where something else is wrong.
pub(crate) fn parse(text: &str) -> (Settings, Vec<Problem>) {
    let mut reader = reader::Reader::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        reader.root(table.get_ref());
    } else {
        reader.forget_width();
        for error in errors {
            let range = error.span().unwrap_or(0..0);
            reader.problem(
                range,
                format!(
                    "This is not valid TOML: {}.",
                    error.message().trim_end_matches('.')
                ),
                "Correct the line; until then the defaults hold.",
            );
        }
    }
    reader.finish()
}

/// The candidate that `word` was probably meant to be.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1) + 1;
    candidates
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        parse(text)
            .1
            .iter()
            .map(|it| format!("{} {}", it.message, it.help))
            .collect()
    }

    #[test]
    fn a_full_configuration_is_read() {
        let (settings, problems) = parse(
            "profile = \"strict\"\n[rules]\n\"auth.missing_authorization\" = \"error\"\napi.unpaginated_list = { level = \
             \"off\", because = \"small lists\" }\n[generate]\noutput = \"./out/\"\n[format]\nwidth = 100\n",
        );
        assert_eq!(problems, []);
        assert_eq!(settings.profile, Profile::Strict);
        assert_eq!(settings.output, "out");
        assert_eq!(settings.width, Some(100));
        assert_eq!(
            settings.severities,
            [
                ("api.unpaginated_list".to_owned(), None),
                ("auth.missing_authorization".to_owned(), Some(Severity::Error))
            ]
        );
    }

    #[test]
    fn every_mistake_is_named_and_the_rest_holds() {
        let found = problems(
            "profil = \"core\"\nprofile = 3\n[rules]\n\"auth.missing_authorisation\" = \"error\"\n\
             \"auth.missing_authorization\" = \"off\"\n\"api.unpaginated_list\" = \"loud\"\n[generate]\noutput = \"../x\"\n",
        );
        assert_eq!(found.len(), 6, "{found:#?}");
        assert!(found[0].contains("Did you mean `profile`?"), "{}", found[0]);
        assert!(found[1].contains("must be a string, not integer"), "{}", found[1]);
        assert!(
            found[2].contains("Did you mean `auth.missing_authorization`?"),
            "{}",
            found[2]
        );
        assert!(found[3].contains("without a reason"), "{}", found[3]);
        assert!(found[4].contains("`loud` is not a severity"), "{}", found[4]);
        assert!(found[5].contains("inside the blueprint"), "{}", found[5]);
    }

    #[test]
    fn a_width_that_may_be_another_is_not_known() {
        for unsure in [
            "[format]\nwidth = \"80\"",
            "[format]\nwidht = 80",
            "[fromat]\nwidth = 80",
            "format = 80",
            "[format\nwidth = 80",
        ] {
            assert_eq!(parse(unsure).0.width, None, "{unsure}");
        }
        let (settings, problems) =
            parse("profile = 3\n[rules]\nx = 1\n[generate]\ny = 1\n[format]\nwidth = 80");
        assert_eq!((settings.width, problems.len()), (Some(80), 3));
    }

    #[test]
    fn broken_toml_has_a_place() {
        let (_, problems) = parse("profile = \"core\"\n[rules\n");
        assert!(!problems.is_empty());
        assert!(problems[0].range.start >= 17, "{problems:?}");
    }
}
