//! `archwright.toml`: how the tools treat a blueprint. What is not understood is an error with its place, never ignored.

#[cfg(test)]
mod agreement;
mod reader;
mod repairs;

use std::ops::Range;
use std::sync::Arc;

use archwright_analysis::Profile;
use archwright_analysis::config::settings::{OUTPUT, WIDTH};
use archwright_analysis::config::{Level, Limit, glob};
use archwright_analysis::diagnostic::Severity;
use archwright_analysis::edit::Safety;
use toml::de::DeTable;

/// What `archwright.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Which rules run, and how loud.
    pub(crate) profile: Profile,
    /// Rules with a severity of their own, for all files or for some, in the order of the text.
    pub(crate) severities: Vec<Level>,
    /// Patterns of `[paths]`, each with its place.
    pub(crate) patterns: Vec<(String, Range<usize>)>,
    /// Rules' thresholds, sorted.
    pub(crate) thresholds: Arc<Vec<Limit>>,
    /// Rules that cannot be waived, with their lines, in the order of the text.
    pub(crate) non_waivable: Vec<(&'static str, u32)>,
    /// Documents of services, in the order of the text.
    pub(crate) imports: Vec<Import>,
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
            patterns: Vec::new(),
            thresholds: Arc::default(),
            non_waivable: Vec::new(),
            imports: Vec::new(),
            output: OUTPUT.into(),
            width: Some(WIDTH),
        }
    }
}

/// A document that says something about a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// The service.
    pub(crate) service: String,
    /// Where its name stands.
    pub(crate) key: Range<usize>,
    /// The document, relative to the root.
    pub(crate) path: String,
    /// Where that is said.
    pub(crate) range: Range<usize>,
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
    /// An error where the project's wish could not be read; milder where only its words are old.
    pub(crate) severity: Severity,
    /// What would put it right, the likeliest first.
    pub(crate) repairs: Vec<Repair>,
}

impl Problem {
    /// Whether the tools cannot do what the project asks for.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// An edit of `archwright.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repair {
    /// Imperative, without a full stop.
    pub(crate) title: String,
    /// How far it may be trusted.
    pub(crate) safety: Safety,
    /// Bytes that go.
    pub(crate) range: Range<usize>,
    /// What comes instead.
    pub(crate) text: String,
}

/// Reads a configuration. Everything that is right holds even where something else is wrong.
pub(crate) fn parse(text: &str) -> (Settings, Vec<Problem>) {
    let mut reader = reader::Reader::new(text);
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
                Vec::new(),
            );
        }
    }
    reader.finish()
}

/// Patterns that are about none of the blueprint's files, so that what is said there holds nowhere.
pub(crate) fn unmatched<'p>(
    settings: &Settings,
    paths: &(impl Iterator<Item = &'p str> + Clone),
) -> Vec<Problem> {
    let idle = |(pattern, range): &(String, Range<usize>)| {
        let about = paths.clone().any(|path| glob::matches(pattern, path));
        (!about).then(|| Problem {
            range: range.clone(),
            message: format!("No file of the blueprint is at `{pattern}`, so this has no effect."),
            help: "Correct the path, or delete the table.".to_owned(),
            severity: Severity::Warning,
            repairs: Vec::new(),
        })
    };
    settings.patterns.iter().filter_map(idle).collect()
}

/// Whether a text can be read as TOML at all.
pub(crate) fn is_toml(text: &str) -> bool {
    DeTable::parse_recoverable(text).1.is_empty()
}

/// A text after repairs, none of which touches another.
pub(crate) fn repaired(text: &str, repairs: &[Repair]) -> String {
    let mut sorted: Vec<&Repair> = repairs.iter().collect();
    sorted.sort_by_key(|repair| std::cmp::Reverse(repair.range.start));
    let mut text = text.to_owned();
    for repair in sorted {
        text.replace_range(repair.range.clone(), &repair.text);
    }
    text
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
            told(&settings),
            ["3 auth.missing_authorization error", "4 api.unpaginated_list off",]
        );
    }

    /// `line rule severity files`
    fn told(settings: &Settings) -> Vec<String> {
        let one = |level: &Level| {
            let severity = level.severity.map_or("off", Severity::word);
            let files = level.files.as_deref().unwrap_or_default();
            let text = format!("{} {} {severity} {files}", level.line, level.rule);
            text.trim_end().to_owned()
        };
        settings.severities.iter().map(one).collect()
    }

    #[test]
    fn paths_thresholds_and_what_cannot_be_waived_are_read() {
        let (settings, problems) = parse(
            "non_waivable = [\"auth.auth_undeclared\"]\n[paths.\"legacy/**\"]\nauth.auth_undeclared = \"hint\"\n\
             [paths.drafts]\n\"auth.auth_undeclared\" = { level = \"off\", because = \"drafts\" }\n\
             [thresholds]\napi.unpaginated_list.rows = 50\n\"scale.call_without_timeout.merged\" = 0\n",
        );
        assert_eq!(problems, []);
        assert_eq!(
            told(&settings),
            [
                "3 auth.auth_undeclared hint legacy/**",
                "5 auth.auth_undeclared off drafts"
            ]
        );
        assert_eq!(settings.non_waivable, [("auth.auth_undeclared", 1)]);
        let limits: Vec<_> = settings.thresholds.iter().map(|it| (it.name, it.value)).collect();
        assert_eq!(limits, [("rows", 50), ("merged", 0)]);
    }

    /// The text after every first repair.
    fn after_repairs(text: &str) -> String {
        let first = |problem: Problem| problem.repairs.into_iter().next();
        let repairs: Vec<Repair> = parse(text).1.into_iter().filter_map(first).collect();
        repaired(text, &repairs)
    }

    #[test]
    fn mistakes_have_repairs() {
        for (wrong, right) in [
            ("profil = \"core\"\n", "profile = \"core\"\n"),
            ("profile = \"strickt\"\n", "profile = \"strict\"\n"),
            ("profile = \"core\"\nnonsense = 3\n", "profile = \"core\"\n"),
            (
                "[rules]\napi.unpaginated_list = 'of'\n",
                "[rules]\napi.unpaginated_list = { level = \"off\", because = \"say why\" }\n",
            ),
            (
                "[rules]\n\"api.unpaginated_lst\" = 'hint'\n",
                "[rules]\n\"api.unpaginated_list\" = 'hint'\n",
            ),
            (
                "[rules]\napi.unpaginated_lst = 'hint'\n",
                "[rules]\napi.unpaginated_list = 'hint'\n",
            ),
            (
                "[rules.api]\nunpaginated_lst = 'hint'\n",
                "[rules.api]\nunpaginated_list = 'hint'\n",
            ),
            (
                "[rules]\napi.unpaginated_list = \"off\"\n",
                "[rules]\napi.unpaginated_list = { level = \"off\", because = \"say why\" }\n",
            ),
            (
                "[rules]\napi.unpaginated_list = { level = \"off\" }\n",
                "[rules]\napi.unpaginated_list = { level = \"off\", because = \"say why\" }\n",
            ),
            (
                "[rules]\nboundary.shared_store = 'error'\n",
                "[rules]\nboundary.shared_datastore = 'error'\n",
            ),
            (
                "non_waivable = [\"boundary.shared_store\", \"nonsense.at_all\"]\n",
                "non_waivable = [\"boundary.shared_datastore\"]\n",
            ),
            (
                "[thresholds]\napi.unpaginated_list.row = 5\n",
                "[thresholds]\napi.unpaginated_list.rows = 5\n",
            ),
            (
                "[thresholds]\n\"api.unpaginated_list.rows\" = \"5\"\n",
                "[thresholds]\n\"api.unpaginated_list.rows\" = 5\n",
            ),
            ("[format]\nwidth = \"80\"\n", "[format]\nwidth = 80\n"),
        ] {
            let after = after_repairs(wrong);
            assert_eq!(after, right, "{wrong}");
            assert!(parse(right).1.is_empty(), "{right}");
        }
    }

    #[test]
    fn an_earlier_name_holds_and_is_no_error() {
        let (settings, problems) = parse("[rules]\n\"boundary.shared_store\" = \"error\"\n");
        assert_eq!(told(&settings), ["2 boundary.shared_datastore error"]);
        assert!(!problems[0].is_error());
        assert_eq!(problems[0].repairs[0].safety, Safety::Safe);
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
