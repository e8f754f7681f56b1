//! What a configuration says of rules: how loud they are, for which files, what cannot be waived, and their numbers.

use std::ops::Range;
use std::sync::Arc;

use archwright_analysis::config::settings::{LEVELS, OFF, RULE, is_folder, limits};
use archwright_analysis::config::{Level, Limit};
use archwright_analysis::diagnostic::Severity;
use archwright_analysis::edit::Safety;
use archwright_analysis::rules::{RULES, Rule};
use toml::de::{DeTable, DeValue};

use super::{Reader, Value, either};
use crate::workspace::config::{Problem, Repair, did_you_mean, repairs};

impl Reader<'_> {
    /// `[rules]`: how loud each is.
    pub(super) fn rules(&mut self, table: &DeTable<'_>) {
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
    pub(super) fn paths(&mut self, table: &DeTable<'_>) {
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

    /// `non_waivable`: rules that no waiver silences.
    pub(super) fn non_waivable(&mut self, value: &Value<'_>, key: &str) {
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
        for element in list {
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
    pub(super) fn thresholds(&mut self, table: &DeTable<'_>, above: &str, first: Option<&Range<usize>>) {
        for (key, value) in table {
            let name = if above.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{above}.{}", key.get_ref())
            };
            let at = match first {
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
                    self.thresholds(inner, &name, Some(&at.whole));
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
