//! `archwright.toml`: how the tools treat a blueprint. What is not understood is an error with its place, never ignored.

use std::ops::Range;

use archwright_analysis::Profile;
use archwright_analysis::diagnostic::Severity;
use archwright_analysis::rules::RULES;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What `archwright.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Which rules run, and how loud.
    pub(crate) profile: Profile,
    /// Rules with a severity of their own; `None` is off. Sorted by rule.
    pub(crate) severities: Vec<(String, Option<Severity>)>,
    /// The folder for generated services, relative to the root.
    pub(crate) output: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: Profile::Core,
            severities: Vec::new(),
            output: "services".into(),
        }
    }
}

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
    let mut reader = Reader {
        settings: Settings::default(),
        problems: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        reader.root(table.get_ref());
    } else {
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
    reader.settings.severities.sort_by(|a, b| a.0.cmp(&b.0));
    reader.problems.sort_by_key(|problem| problem.range.start);
    (reader.settings, reader.problems)
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

struct Reader {
    settings: Settings,
    problems: Vec<Problem>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader {
    fn problem(&mut self, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(Problem {
            range,
            message: message.into(),
            help: help.into(),
        });
    }

    fn unknown(&mut self, range: Range<usize>, key: &str, place: &str, known: &[&str]) {
        let help = did_you_mean(key, known.iter().copied()).map_or_else(
            || format!("Known here: {}.", known.join(", ")),
            |near| format!("Did you mean `{near}`?"),
        );
        self.problem(
            range,
            format!("`{key}` is not a setting {place}, so it has no effect."),
            help,
        );
    }

    fn text<'a>(&mut self, value: &'a Value<'_>, what: &str) -> Option<&'a str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            let found = value.get_ref().type_str();
            self.problem(
                value.span(),
                format!("{what} must be a string, not {found}."),
                "Write it in quotes.",
            );
        }
        text
    }

    fn table<'a, 'b>(&mut self, value: &'a Value<'b>, name: &str) -> Option<&'a DeTable<'b>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let found = value.get_ref().type_str();
            self.problem(
                value.span(),
                format!("`{name}` must be a table, not {found}."),
                format!("Write a line `[{name}]` and the settings below it."),
            );
        }
        table
    }

    fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "profile" => self.profile(value),
                "rules" => {
                    if let Some(rules) = self.table(value, "rules") {
                        self.rules(rules);
                    }
                }
                "generate" => {
                    if let Some(generate) = self.table(value, "generate") {
                        self.generate(generate);
                    }
                }
                "format" => {
                    if let Some(format) = self.table(value, "format") {
                        self.format(format);
                    }
                }
                other => self.unknown(
                    key.span(),
                    other,
                    "of archwright.toml",
                    &["profile", "rules", "generate", "format"],
                ),
            }
        }
    }

    fn profile(&mut self, value: &Value<'_>) {
        let Some(word) = self.text(value, "`profile`") else {
            return;
        };
        match Profile::from_word(word) {
            Some(profile) => self.settings.profile = profile,
            None => self.problem(
                value.span(),
                format!("`{word}` is not a profile, so `core` holds."),
                "Write core, recommended or strict.",
            ),
        }
    }

    fn rules(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            // `auth.missing_authorization = "off"` without quotes is a table `auth` to TOML.
            let nested = (!name.contains('.'))
                .then(|| value.get_ref().as_table())
                .flatten();
            if let Some(nested) = nested {
                for (inner, value) in nested {
                    let rule = format!("{name}.{}", inner.get_ref());
                    self.rule(
                        &rule,
                        key.span().start..inner.span().end.max(key.span().end),
                        value,
                    );
                }
            } else {
                self.rule(name, key.span(), value);
            }
        }
    }

    fn rule(&mut self, rule: &str, at: Range<usize>, value: &Value<'_>) {
        if !RULES.iter().any(|meta| meta.id == rule) {
            let help = did_you_mean(rule, RULES.iter().map(|meta| meta.id)).map_or_else(
                || "Run `archwright explain` for the list of rules.".to_owned(),
                |near| format!("Did you mean `{near}`?"),
            );
            self.problem(
                at,
                format!("There is no rule `{rule}`, so this line has no effect."),
                help,
            );
            return;
        }
        let (level, because) = match value.get_ref() {
            DeValue::String(level) => (Some((level.as_ref(), value.span())), None),
            DeValue::Table(table) => self.level_and_reason(table),
            other => {
                let found = other.type_str();
                self.problem(
                    value.span(),
                    format!("The severity of `{rule}` must be a string, not {found}."),
                    "Write \"error\", \"warning\", \"info\", \"hint\" or { level = \"off\", because = \"…\" }.",
                );
                return;
            }
        };
        let Some((level, span)) = level else {
            self.problem(
                value.span(),
                format!("`{rule}` has no `level`, so its own severity holds."),
                "Add level = \"warning\", or another severity.",
            );
            return;
        };
        if level == "off" {
            if because.is_none_or(|reason| reason.trim().is_empty()) {
                self.problem(
                    span,
                    format!("`{rule}` is switched off without a reason, so it stays on."),
                    "Write { level = \"off\", because = \"…\" }.",
                );
                return;
            }
            self.settings.severities.push((rule.to_owned(), None));
        } else if let Some(severity) = Severity::from_word(level) {
            self.settings.severities.push((rule.to_owned(), Some(severity)));
        } else {
            self.problem(
                span,
                format!("`{level}` is not a severity, so the rule's own holds."),
                "Write error, warning, info, hint or off.",
            );
        }
    }

    fn level_and_reason<'a>(
        &mut self,
        table: &'a DeTable<'_>,
    ) -> (Option<(&'a str, Range<usize>)>, Option<&'a str>) {
        let (mut level, mut because) = (None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "level" => level = self.text(value, "`level`").map(|text| (text, value.span())),
                "because" => because = self.text(value, "`because`"),
                other => self.unknown(key.span(), other, "of a rule", &["level", "because"]),
            }
        }
        (level, because)
    }

    fn generate(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "output" => {
                    let Some(output) = self.text(value, "`output`") else {
                        continue;
                    };
                    let clean = output.trim_start_matches("./").trim_end_matches('/');
                    let outside = output.starts_with('/')
                        || output.contains('\\')
                        || output.contains(':')
                        || clean.split('/').any(|part| part.is_empty() || part == "..");
                    if outside {
                        self.problem(
                            value.span(),
                            format!("`{output}` does not name a folder inside the blueprint, so `services` is used."),
                            "Write a relative path with `/` and without `..`, for example \"services\".",
                        );
                    } else {
                        clean.clone_into(&mut self.settings.output);
                    }
                }
                other => self.unknown(key.span(), other, "of [generate]", &["output"]),
            }
        }
    }

    fn format(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "width" => {
                    let width = value
                        .get_ref()
                        .as_integer()
                        .and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
                    if !width.is_some_and(|width| (40..=240).contains(&width)) {
                        self.problem(
                            value.span(),
                            "`width` must be a whole number from 40 to 240, so 100 holds.",
                            "Write for example width = 100.",
                        );
                    }
                }
                other => self.unknown(key.span(), other, "of [format]", &["width"]),
            }
        }
    }
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
    fn broken_toml_has_a_place() {
        let (_, problems) = parse("profile = \"core\"\n[rules\n");
        assert!(!problems.is_empty());
        assert!(problems[0].range.start >= 17, "{problems:?}");
    }
}
