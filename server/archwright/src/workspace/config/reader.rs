//! Compares a TOML document with the table of settings, and takes over what is right.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use archwright_analysis::Profile;
use archwright_analysis::config::settings::{LEVELS, OFF, RULE, SETTINGS, Setting, Takes, is_folder, limits};
use archwright_analysis::config::{Level, Limit};
use archwright_analysis::diagnostic::Severity;
use archwright_analysis::edit::Safety;
use archwright_analysis::rules::{RULES, Rule};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Problem, Repair, Settings, did_you_mean, repairs};

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
        before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1
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

    fn rules(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            // `auth.missing_authorization = "off"` without quotes is a table `auth` to TOML.
            let nested = value.get_ref().as_table().filter(|_| !name.contains('.'));
            match nested {
                Some(nested) if !nested.is_empty() || RULES.iter().any(|rule| rule.category() == name) => {
                    for (inner, value) in nested {
                        let rule = format!("{name}.{}", inner.get_ref());
                        self.rule(&rule, &Key::below(key.span(), inner.span()), value);
                    }
                }
                _ => self.rule(name, &Key::alone(key.span()), value),
            }
        }
    }

    /// `[paths."legacy/**"]`: the same as `[rules]`, for certain files.
    fn paths(&mut self, table: &DeTable<'_>) {
        for (key, value) in table {
            let pattern = key.get_ref().as_ref();
            if !is_folder(pattern) {
                let message =
                    format!("`{pattern}` does not name files inside the blueprint, so it has no effect.");
                let help = "Write a relative path with `/` and without `..`; `*` stands for a part of a name, `**` for any folders.";
                self.problem(key.span(), message, help, None);
                continue;
            }
            if let Some(rules) = self.as_table(value, &format!("paths.\"{pattern}\"")) {
                self.settings.patterns.push((pattern.to_owned(), key.span()));
                self.files = Some(pattern.to_owned());
                self.rules(rules);
                self.files = None;
            }
        }
    }

    /// What a rule is called by now. An earlier name is told with its repair, an unknown one with what it may mean.
    fn known(&mut self, id: &str, at: &Key, value: Option<Range<usize>>) -> Option<&'static Rule> {
        if let Some(known) = RULES.iter().find(|meta| meta.id == id) {
            return Some(known);
        }
        if let Some(known) = RULES.iter().find(|meta| meta.aliases.contains(&id)) {
            let repair = at.renamed(self.text, id, known.id).map(|repair| Repair {
                safety: Safety::Safe,
                ..repair
            });
            self.problems.push(Problem {
                range: at.whole.clone(),
                message: format!(
                    "`{id}` is called `{}` by now; the old name still works.",
                    known.id
                ),
                help: "Write the new name.".to_owned(),
                severity: Severity::Hint,
                repairs: repair.into_iter().collect(),
            });
            return Some(known);
        }
        let near = did_you_mean(id, RULES.iter().map(|meta| meta.id));
        let help = near.map_or_else(
            || "Run `archwright explain` for the list of rules.".to_owned(),
            |near| format!("Did you mean `{near}`?"),
        );
        let renamed = near.and_then(|near| at.renamed(self.text, id, near));
        let removed = match value {
            Some(value) => repairs::remove(self.text, at.whole.clone(), value),
            None => repairs::remove_element(self.text, at.whole.clone()),
        };
        let message = format!("There is no rule `{id}`, so this has no effect.");
        let repairs = renamed.into_iter().chain(removed);
        self.problem(at.whole.clone(), message, help, repairs);
        None
    }

    fn non_waivable(&mut self, value: &Value<'_>, key: &str) {
        let Some(list) = value.get_ref().as_array() else {
            let found = value.get_ref().type_str();
            self.problem(
                value.span(),
                format!("`{key}` must be a list of rules, not {found}."),
                format!("Write for example {key} = [\"auth.inline_secret\"]."),
                None,
            );
            return;
        };
        for element in list.iter() {
            let Some(id) = self.text(element, key) else {
                continue;
            };
            let line = self.line(element.span().start);
            if let Some(rule) = self.known(id, &Key::alone(element.span()), None) {
                self.settings.non_waivable.push((rule.id, line));
            }
        }
    }

    /// Thresholds, however deep their dots are nested; `above` is the part of the name that was read already.
    fn thresholds(&mut self, table: &DeTable<'_>, above: &str, first: Option<Range<usize>>) {
        for (key, value) in table {
            let name = if above.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{above}.{}", key.get_ref())
            };
            let at = match &first {
                Some(first) => Key::below(first.clone(), key.span()),
                None => Key::alone(key.span()),
            };
            let below = format!("{name}.");
            let counting = RULES.iter().filter(|rule| !rule.thresholds.is_empty());
            let begins = counting
                .flat_map(|rule| std::iter::once(&rule.id).chain(rule.aliases))
                .any(|id| id.starts_with(&below) || *id == name);
            match value.get_ref() {
                DeValue::Table(inner) if begins || !inner.is_empty() => {
                    self.thresholds(inner, &name, Some(at.whole));
                }
                _ => self.threshold(&name, &at, value),
            }
        }
    }

    fn threshold(&mut self, name: &str, at: &Key, value: &Value<'_>) {
        let (id, last) = name.rsplit_once('.').unwrap_or((name, ""));
        let rule = RULES
            .iter()
            .find(|rule| rule.id == id || rule.aliases.contains(&id));
        let known = rule.and_then(|rule| {
            let threshold = rule.thresholds.iter().find(|it| it.name == last)?;
            Some((*rule, threshold))
        });
        let Some((rule, threshold)) = known else {
            let all: Vec<String> = RULES
                .iter()
                .flat_map(|rule| {
                    rule.thresholds
                        .iter()
                        .map(|it| format!("{}.{}", rule.id, it.name))
                })
                .collect();
            let near = did_you_mean(name, all.iter().map(String::as_str));
            let help = match (near, rule) {
                (Some(near), _) => format!("Did you mean `{near}`?"),
                (None, Some(rule)) if rule.thresholds.is_empty() => {
                    format!("`{}` has no thresholds. Delete the line.", rule.id)
                }
                (None, Some(rule)) => {
                    let names: Vec<&str> = rule.thresholds.iter().map(|it| it.name).collect();
                    format!("`{}` has: {}.", rule.id, names.join(", "))
                }
                (None, None) => "Run `archwright explain RULE` for what a rule counts.".to_owned(),
            };
            let renamed = near.and_then(|near| at.renamed(self.text, name, near));
            let removed = repairs::remove(self.text, at.whole.clone(), value.span());
            let message = format!("There is no threshold `{name}`, so this has no effect.");
            let repairs = renamed.into_iter().chain(removed);
            self.problem(at.whole.clone(), message, help, repairs);
            return;
        };
        // An earlier name of the rule is told as in `[rules]`.
        if rule.id != id {
            let new = format!("{}.{last}", rule.id);
            let repair = at.renamed(self.text, name, &new).map(|repair| Repair {
                safety: Safety::Safe,
                ..repair
            });
            self.problems.push(Problem {
                range: at.whole.clone(),
                message: format!("`{id}` is called `{}` by now; the old name still works.", rule.id),
                help: "Write the new name.".to_owned(),
                severity: Severity::Hint,
                repairs: repair.into_iter().collect(),
            });
        }
        let default = threshold.default.to_string();
        if let Some(value) = self.whole(value, last, &limits(threshold), &default) {
            Arc::make_mut(&mut self.settings.thresholds).push(Limit {
                rule: rule.id,
                name: threshold.name,
                value,
            });
        }
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

    fn rule(&mut self, rule: &str, at: &Key, value: &Value<'_>) {
        let Some(known) = self.known(rule, at, Some(value.span())) else {
            return;
        };
        let line = self.line(at.last.start);
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
                    None,
                );
                return;
            }
        };
        let Some((level, span)) = level else {
            self.problem(
                value.span(),
                format!("`{rule}` has no `level`, so its own severity holds."),
                "Add level = \"warning\", or another severity.",
                None,
            );
            return;
        };
        let level_of = |severity| Level {
            rule: known.id,
            severity,
            files: self.files.clone(),
            line,
        };
        if level == OFF {
            if because.is_none_or(|reason| reason.trim().is_empty()) {
                let repair = match (value.get_ref(), because) {
                    (DeValue::String(_), _) => Some(repairs::off_for_a_reason(span.clone())),
                    (_, None) => Some(repairs::reason_behind(&span)),
                    (_, Some(_)) => None,
                };
                self.problem(
                    span,
                    format!("`{rule}` is switched off without a reason, so it stays on."),
                    "Write { level = \"off\", because = \"…\" }.",
                    repair,
                );
                return;
            }
            let off = level_of(None);
            self.settings.severities.push(off);
        } else if let Some(severity) = Severity::from_word(level) {
            let level = level_of(Some(severity));
            self.settings.severities.push(level);
        } else {
            let near = did_you_mean(level, LEVELS.iter().map(|(word, _)| *word));
            let repair = near.and_then(|near| {
                if near == OFF && matches!(value.get_ref(), DeValue::String(_)) {
                    return Some(repairs::off_for_a_reason(span.clone()));
                }
                repairs::rename(self.text, span.clone(), near)
            });
            let message = format!("`{level}` is not a severity, so the rule's own holds.");
            self.problem(span, message, format!("Write {}.", either(LEVELS)), repair);
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
                other => self.unknown(key.span(), value.span(), other, "of a rule", RULE),
            }
        }
        (level, because)
    }
}

/// Where a dotted key stands.
struct Key {
    /// All of it; with what is between its parts, where they stand apart.
    whole: Range<usize>,
    /// Its last part.
    last: Range<usize>,
}

impl Key {
    /// A key in one piece.
    fn alone(at: Range<usize>) -> Self {
        Self {
            last: at.clone(),
            whole: at,
        }
    }

    /// The last part of a key, below the others.
    fn below(above: Range<usize>, last: Range<usize>) -> Self {
        Self {
            whole: above.start..last.end.max(above.end),
            last,
        }
    }

    /// Another name in its place: in that of the last part alone, where the others stay as they are.
    fn renamed(&self, text: &str, old: &str, new: &str) -> Option<Repair> {
        if self.whole != self.last {
            let before = |name: &str| name.rsplit_once('.').map(|(before, _)| before.to_owned());
            if before(old) == before(new) {
                let part = new.rsplit('.').next().unwrap_or(new);
                return repairs::rename(text, self.last.clone(), part);
            }
        }
        repairs::rename(text, self.whole.clone(), new)
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
