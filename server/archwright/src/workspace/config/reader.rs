//! Compares a TOML document with the table of settings, and takes over what is right.

mod rules;

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use archwright_analysis::Profile;
use archwright_analysis::config::settings::{SETTINGS, Setting, Takes, is_folder};
use archwright_analysis::diagnostic::Severity;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Import, Problem, Repair, Settings, did_you_mean, repairs};

/// What was read so far.
pub(super) struct Reader<'t> {
    text: &'t str,
    settings: Settings,
    problems: Vec<Problem>,
    /// The pattern of the files that the rules at hand are for.
    files: Option<String>,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// The table about the formatter.
const FORMAT: &str = "format";

impl<'t> Reader<'t> {
    /// Nothing of `text` is read yet.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            settings: Settings::default(),
            problems: Vec::new(),
            files: None,
        }
    }

    /// The settings, and what is wrong, in the order of the text.
    pub(super) fn finish(mut self) -> (Settings, Vec<Problem>) {
        // Later lines win, and TOML's tables come sorted by their keys.
        self.settings.severities.sort_by_key(|level| level.line);
        self.settings.non_waivable.sort_by_key(|(_, line)| *line);
        self.settings.imports.sort_by_key(|import| import.range.start);
        Arc::make_mut(&mut self.settings.thresholds).sort();
        self.problems.sort_by_key(|problem| problem.range.start);
        (self.settings, self.problems)
    }

    /// Notes something that is wrong.
    pub(super) fn problem(
        &mut self,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
        repairs: impl IntoIterator<Item = Repair>,
    ) {
        self.problems.push(Problem {
            range,
            message: message.into(),
            help: help.into(),
            severity: Severity::Error,
            repairs: repairs.into_iter().collect(),
        });
    }

    /// The line of a byte, from 1.
    fn line(&self, at: usize) -> u32 {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        before.split(|byte| *byte == b'\n').count() as u32
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
            None => self.unknown(key.span(), value.span(), key.get_ref(), place, settings),
        }
    }

    fn unknown(
        &mut self,
        range: Range<usize>,
        value: Range<usize>,
        key: &str,
        place: &str,
        known: &[Setting],
    ) {
        let keys: Vec<_> = known.iter().map(Setting::key).collect();
        let near = did_you_mean(key, keys.iter().copied());
        let help = near.map_or_else(
            || format!("Known here: {}.", keys.join(", ")),
            |near| format!("Did you mean `{near}`?"),
        );
        let message = format!("`{key}` is not a setting {place}, so it has no effect.");
        let renamed = near.and_then(|near| repairs::rename(self.text, range.clone(), near));
        let removed = repairs::remove(self.text, range.clone(), value);
        self.problem(range, message, help, renamed.into_iter().chain(removed));
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
                let near = did_you_mean(word, words.iter().map(|(word, _)| *word));
                let repair = near.and_then(|near| repairs::rename(self.text, value.span(), near));
                self.problem(value.span(), message, format!("Write {}.", either(words)), repair);
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
                self.problem(value.span(), message, help, None);
            }
            Takes::Whole(range) => {
                if let Some(number) = self.whole(value, key, range, absent) {
                    self.take_number(setting, number);
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
            Takes::Paths => {
                if let Some(paths) = self.as_table(value, key) {
                    self.paths(paths);
                }
            }
            Takes::Thresholds => {
                if let Some(table) = self.as_table(value, key) {
                    self.thresholds(table, "", None);
                }
            }
            Takes::RuleList => self.non_waivable(value, key),
            Takes::Documents => {
                if let Some(table) = self.as_table(value, key) {
                    self.documents(table);
                }
            }
            // Free text is checked where it means something.
            Takes::Text => {}
        }
    }

    /// `Orders = "openapi.json"`, or a list of them.
    fn documents(&mut self, table: &DeTable<'_>) {
        for (service, value) in table {
            let single = std::slice::from_ref(value);
            for path in value.get_ref().as_array().map_or(single, |list| &list[..]) {
                let Some(text) = self.text(path, service.get_ref()) else {
                    continue;
                };
                if !is_folder(text) {
                    let message =
                        format!("`{text}` does not name a file inside the blueprint, so it is not read.");
                    let help =
                        "Write a relative path with `/` and without `..`, for example \"openapi.json\".";
                    self.problem(path.span(), message, help, None);
                    continue;
                }
                self.settings.imports.push(Import {
                    service: service.get_ref().to_string(),
                    key: service.span(),
                    path: text.trim_start_matches("./").trim_end_matches('/').to_owned(),
                    range: path.span(),
                });
            }
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
            self.problem(value.span(), message, "Write it in quotes.", None);
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
                None,
            );
        }
        table
    }

    /// A whole number within bounds.
    fn whole(
        &mut self,
        value: &Value<'_>,
        key: &str,
        range: &RangeInclusive<u32>,
        absent: &str,
    ) -> Option<u32> {
        let number = value
            .get_ref()
            .as_integer()
            .and_then(|number| u32::from_str_radix(number.as_str(), number.radix()).ok())
            .filter(|number| range.contains(number));
        if number.is_none() {
            let quoted = value.get_ref().as_str().and_then(|text| text.trim().parse().ok());
            let repair = quoted.filter(|number| range.contains(number));
            self.problem(
                value.span(),
                format!(
                    "`{key}` must be a whole number from {} to {}, so {absent} holds.",
                    range.start(),
                    range.end()
                ),
                format!("Write for example {key} = {absent}."),
                repair.map(|number: u32| repairs::replace(value.span(), number.to_string())),
            );
        }
        number
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
