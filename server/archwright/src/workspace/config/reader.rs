//! Compares a TOML document with the table of settings, and takes over what is right.

use std::borrow::Cow;
use std::ops::Range;

use archwright_analysis::Profile;
use archwright_analysis::config::settings::{LEVELS, OFF, RULE, SETTINGS, Setting, Takes, is_folder};
use archwright_analysis::diagnostic::Severity;
use archwright_analysis::rules::RULES;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Problem, Settings, did_you_mean};

/// What was read so far.
#[derive(Default)]
pub(super) struct Reader {
    settings: Settings,
    problems: Vec<Problem>,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// The table about the formatter.
const FORMAT: &str = "format";

impl Reader {
    /// The settings, and what is wrong, in the order of the text.
    pub(super) fn finish(mut self) -> (Settings, Vec<Problem>) {
        self.settings.severities.sort_by(|a, b| a.0.cmp(&b.0));
        self.problems.sort_by_key(|problem| problem.range.start);
        (self.settings, self.problems)
    }

    /// Notes something that is wrong.
    pub(super) fn problem(
        &mut self,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.push(Problem {
            range,
            message: message.into(),
            help: help.into(),
        });
    }

    /// Notes that the width may not be the one that was meant.
    pub(super) const fn forget_width(&mut self) {
        self.settings.width = None;
    }

    /// Reads the whole document.
    pub(super) fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let before = self.problems.len();
            self.entry(key, value, SETTINGS, "of archwright.toml");
            let about_others = |setting: &Setting| setting.path != FORMAT && setting.key() == key.get_ref();
            if self.problems.len() > before && !SETTINGS.iter().any(about_others) {
                self.forget_width();
            }
        }
    }

    fn table(&mut self, table: &DeTable<'_>, settings: &'static [Setting], place: &str) {
        for (key, value) in table {
            self.entry(key, value, settings, place);
        }
    }

    fn entry(
        &mut self,
        key: &Spanned<Cow<'_, str>>,
        value: &Value<'_>,
        settings: &'static [Setting],
        place: &str,
    ) {
        match settings.iter().find(|setting| setting.key() == key.get_ref()) {
            Some(setting) => self.setting(setting, value),
            None => self.unknown(key.span(), key.get_ref(), place, settings),
        }
    }

    fn unknown(&mut self, range: Range<usize>, key: &str, place: &str, known: &[Setting]) {
        let keys: Vec<_> = known.iter().map(Setting::key).collect();
        let help = did_you_mean(key, keys.iter().copied()).map_or_else(
            || format!("Known here: {}.", keys.join(", ")),
            |near| format!("Did you mean `{near}`?"),
        );
        let message = format!("`{key}` is not a setting {place}, so it has no effect.");
        self.problem(range, message, help);
    }

    fn setting(&mut self, setting: &Setting, value: &Value<'_>) {
        let (key, absent) = (setting.key(), setting.absent);
        match &setting.takes {
            Takes::Word { noun, words } => {
                let Some(word) = self.text(value, key) else { return };
                if words.iter().any(|(known, _)| *known == word) {
                    self.take_word(setting, word);
                    return;
                }
                let message = format!("`{word}` is not a {noun}, so `{absent}` holds.");
                self.problem(value.span(), message, format!("Write {}.", either(words)));
            }
            Takes::Folder => {
                let Some(folder) = self.text(value, key) else {
                    return;
                };
                if is_folder(folder) {
                    self.take_word(setting, folder.trim_start_matches("./").trim_end_matches('/'));
                    return;
                }
                let message =
                    format!("`{folder}` does not name a folder inside the blueprint, so `{absent}` is used.");
                let help =
                    format!("Write a relative path with `/` and without `..`, for example \"{absent}\".");
                self.problem(value.span(), message, help);
            }
            Takes::Whole(range) => {
                let number = value
                    .get_ref()
                    .as_integer()
                    .and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok());
                match number.filter(|number| range.contains(number)) {
                    Some(number) => self.take_number(setting, number),
                    None => self.problem(
                        value.span(),
                        format!(
                            "`{key}` must be a whole number from {} to {}, so {absent} holds.",
                            range.start(),
                            range.end()
                        ),
                        format!("Write for example {key} = {absent}."),
                    ),
                }
            }
            Takes::Table(inner) => {
                if let Some(table) = self.as_table(value, key) {
                    self.table(table, inner, &format!("of [{key}]"));
                }
            }
            Takes::Rules => {
                if let Some(rules) = self.as_table(value, key) {
                    self.rules(rules);
                }
            }
            // Free text is checked where it means something.
            Takes::Text => {}
        }
    }

    fn take_word(&mut self, setting: &Setting, word: &str) {
        match setting.path {
            "profile" => self.settings.profile = Profile::from_word(word).unwrap_or_default(),
            "generate.output" => word.clone_into(&mut self.settings.output),
            other => unreachable!("{other} has a row in the table and a place in `Settings`"),
        }
    }

    fn take_number(&mut self, setting: &Setting, number: u32) {
        match setting.path {
            "format.width" => self.settings.width = Some(number),
            other => unreachable!("{other} has a row in the table and a place in `Settings`"),
        }
    }

    fn text<'a>(&mut self, value: &'a Value<'_>, key: &str) -> Option<&'a str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            let found = value.get_ref().type_str();
            let message = format!("`{key}` must be a string, not {found}.");
            self.problem(value.span(), message, "Write it in quotes.");
        }
        text
    }

    fn as_table<'a, 'b>(&mut self, value: &'a Value<'b>, key: &str) -> Option<&'a DeTable<'b>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let found = value.get_ref().type_str();
            let help = format!("Write a line `[{key}]` and the settings below it.");
            self.problem(
                value.span(),
                format!("`{key}` must be a table, not {found}."),
                help,
            );
        }
        table
    }

    fn rules(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            // `auth.missing_authorization = "off"` without quotes is a table `auth` to TOML.
            let nested = value.get_ref().as_table().filter(|_| !name.contains('.'));
            match nested {
                Some(nested) if !nested.is_empty() || RULES.iter().any(|rule| rule.category() == name) => {
                    for (inner, value) in nested {
                        let rule = format!("{name}.{}", inner.get_ref());
                        let at = key.span().start..inner.span().end.max(key.span().end);
                        self.rule(&rule, at, value);
                    }
                }
                _ => self.rule(name, key.span(), value),
            }
        }
    }

    fn rule(&mut self, rule: &str, at: Range<usize>, value: &Value<'_>) {
        if !RULES.iter().any(|meta| meta.id == rule) {
            let help = did_you_mean(rule, RULES.iter().map(|meta| meta.id)).map_or_else(
                || "Run `archwright explain` for the list of rules.".to_owned(),
                |near| format!("Did you mean `{near}`?"),
            );
            let message = format!("There is no rule `{rule}`, so this line has no effect.");
            self.problem(at, message, help);
            return;
        }
        let (level, because) = match value.get_ref() {
            DeValue::String(level) => (Some((level.as_ref(), value.span())), None),
            DeValue::Table(table) => {
                let before = self.problems.len();
                let (level, because) = self.level_and_reason(table);
                if level.is_none()
                    && self.problems[before..]
                        .iter()
                        .any(|it| it.message.contains("`level`"))
                {
                    // A level of the wrong type was told; that there is none would be a second word about it.
                    return;
                }
                (level, because)
            }
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
        if level == OFF {
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
            let message = format!("`{level}` is not a severity, so the rule's own holds.");
            self.problem(span, message, format!("Write {}.", either(LEVELS)));
        }
    }

    fn level_and_reason<'a>(
        &mut self,
        table: &'a DeTable<'_>,
    ) -> (Option<(&'a str, Range<usize>)>, Option<&'a str>) {
        let (mut level, mut because) = (None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "level" => level = self.text(value, "level").map(|text| (text, value.span())),
                "because" => because = self.text(value, "because"),
                other => self.unknown(key.span(), other, "of a rule", RULE),
            }
        }
        (level, because)
    }
}

/// `core, recommended or strict`.
fn either(words: &[(&str, &str)]) -> String {
    let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    match &words[..] {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        few => few.concat(),
    }
}
