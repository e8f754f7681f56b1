//! The JSON Schema of `archwright.toml`, for editors that complete and check TOML (taplo, Even Better TOML).
//!
//! It is made from [`SETTINGS`] and the registry of rules, and so says what the program's own reader says: nothing is
//! allowed that the reader does not know.

use super::json::Json::{self, List, Number, Object, Text};
use super::settings::{FOLDER_PATTERN, LEVELS, OFF, RULE, SETTINGS, Setting, Takes, limits};
use crate::rules::{RULES, Rule, Threshold};

/// Where the schema calls itself at home.
pub const ID: &str = "https://archwright.dev/archwright.schema.json";

/// The schema: draft 7, the one that TOML editors read, with a line end behind it. The same bytes every time.
pub fn schema() -> String {
    let mut pairs = vec![
        ("$schema", text("http://json-schema.org/draft-07/schema#")),
        ("$id", text(ID)),
        ("title", text("archwright.toml")),
        (
            "description",
            text(
                "How the Archwright tools treat a blueprint. The architecture itself stands in the .arch files.",
            ),
        ),
    ];
    pairs.extend(table(SETTINGS));
    pairs.push(("definitions", Object(vec![("rule".to_owned(), rule_value())])));
    object(pairs).print()
}

fn text(text: impl Into<String>) -> Json {
    Text(text.into())
}

fn object(pairs: Vec<(&str, Json)>) -> Json {
    Object(
        pairs
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// The keywords of a table that takes these settings and nothing else.
fn table(settings: &[Setting]) -> Vec<(&'static str, Json)> {
    let properties = settings.iter().map(|it| (it.key().to_owned(), setting(it)));
    closed(properties.collect())
}

/// The keywords of a table that takes these keys and nothing else.
fn closed(properties: Vec<(String, Json)>) -> Vec<(&'static str, Json)> {
    vec![
        ("type", text("object")),
        ("additionalProperties", Json::False),
        ("properties", Object(properties)),
    ]
}

fn setting(setting: &Setting) -> Json {
    let mut pairs = vec![("description", text(setting.help))];
    match &setting.takes {
        Takes::Word { words, .. } => {
            pairs.extend(words_of(words));
            if words.iter().any(|(word, _)| *word == setting.absent) {
                pairs.push(("default", text(setting.absent)));
            }
        }
        Takes::Folder => {
            pairs.push(("type", text("string")));
            pairs.push(("pattern", text(FOLDER_PATTERN)));
            pairs.push(("default", text(setting.absent)));
        }
        Takes::Whole(range) => {
            pairs.push(("type", text("integer")));
            pairs.push(("minimum", Number(*range.start())));
            pairs.push(("maximum", Number(*range.end())));
            if let Ok(default) = setting.absent.parse() {
                pairs.push(("default", Number(default)));
            }
        }
        Takes::Table(inner) => pairs.extend(table(inner)),
        Takes::Rules => pairs.extend(rules()),
        Takes::Paths => {
            pairs.push(("type", text("object")));
            pairs.push(("propertyNames", object(vec![("pattern", text(FOLDER_PATTERN))])));
            // The same as for all files.
            let rules = vec![("$ref", text("#/properties/rules"))];
            pairs.push(("additionalProperties", object(rules)));
        }
        Takes::Thresholds => pairs.extend(thresholds()),
        Takes::RuleList => {
            let ids = RULES
                .iter()
                .flat_map(|rule| std::iter::once(&rule.id).chain(rule.aliases))
                .map(|id| text(*id));
            pairs.push(("type", text("array")));
            pairs.push((
                "items",
                object(vec![("type", text("string")), ("enum", List(ids.collect()))]),
            ));
        }
        Takes::Documents => {
            let path = || vec![("type", text("string")), ("pattern", text(FOLDER_PATTERN))];
            let several = vec![("type", text("array")), ("items", object(path()))];
            let either = vec![("anyOf", List(vec![object(path()), object(several)]))];
            pairs.push(("type", text("object")));
            pairs.push(("additionalProperties", object(either)));
        }
        Takes::Text => pairs.push(("type", text("string"))),
    }
    object(pairs)
}

/// One of `words`. What each means is told in the way that taplo shows beside its completions.
fn words_of(words: &[(&str, &str)]) -> Vec<(&'static str, Json)> {
    let help = words.iter().map(|(_, help)| text(*help)).collect();
    vec![
        ("type", text("string")),
        ("enum", List(words.iter().map(|(word, _)| text(*word)).collect())),
        (
            "x-taplo",
            object(vec![("docs", object(vec![("enumValues", List(help))]))]),
        ),
    ]
}

/// Every rule by its id, and by category and name: `auth.missing_authorization = "error"` without quotes is a table
/// `auth` to TOML.
fn rules() -> Vec<(&'static str, Json)> {
    let mut properties: Vec<(String, Json)> = Vec::new();
    let mut category = "";
    for rule in RULES {
        if rule.category() != category {
            category = rule.category();
            let inner = RULES
                .iter()
                .flat_map(|rule| ids(rule).map(move |id| (*rule, id)))
                .filter_map(|(rule, id)| {
                    let (own, name) = id.split_once('.')?;
                    (own == category).then(|| (name.to_owned(), one_rule(rule)))
                })
                .collect();
            let mut pairs = vec![(
                "description",
                text(format!("Rules of the category `{category}`.")),
            )];
            pairs.extend(closed(inner));
            properties.push((category.to_owned(), object(pairs)));
        }
        properties.extend(ids(rule).map(|id| (id.to_owned(), one_rule(rule))));
    }
    closed(properties)
}

/// What a rule is called, and was called.
fn ids(rule: &'static Rule) -> impl Iterator<Item = &'static str> {
    std::iter::once(rule.id).chain(rule.aliases.iter().copied())
}

/// Every threshold, however its dots are written: `"a.b.c"`, `"a.b".c`, `a."b.c"` and `a.b.c`.
fn thresholds() -> Vec<(&'static str, Json)> {
    let mut properties: Vec<(String, Json)> = Vec::new();
    let mut categories: Vec<(&str, Vec<(String, Json)>)> = Vec::new();
    for rule in RULES.iter().filter(|rule| !rule.thresholds.is_empty()) {
        for id in ids(rule) {
            let Some((category, name)) = id.split_once('.') else {
                continue;
            };
            if !categories.iter().any(|(known, _)| *known == category) {
                categories.push((category, Vec::new()));
            }
            let below = || {
                let each = rule.thresholds.iter();
                each.map(|it| (it.name.to_owned(), one_threshold(rule, it)))
            };
            properties.push((id.to_owned(), object(closed(below().collect()))));
            properties.extend(below().map(|(last, value)| (format!("{id}.{last}"), value)));
            if let Some((_, inner)) = categories.iter_mut().find(|(known, _)| *known == category) {
                inner.push((name.to_owned(), object(closed(below().collect()))));
                inner.extend(below().map(|(last, value)| (format!("{name}.{last}"), value)));
            }
        }
    }
    let categories = categories
        .into_iter()
        .map(|(category, inner)| (category.to_owned(), object(closed(inner))));
    properties.extend(categories);
    closed(properties)
}

fn one_threshold(rule: &Rule, threshold: &Threshold) -> Json {
    let range = limits(threshold);
    object(vec![
        ("title", text(format!("{}.{}", rule.id, threshold.name))),
        (
            "description",
            text(format!("{}: {}.", rule.summary, threshold.counts)),
        ),
        ("type", text("integer")),
        ("minimum", Number(*range.start())),
        ("maximum", Number(*range.end())),
        ("default", Number(threshold.default)),
    ])
}

fn one_rule(rule: &Rule) -> Json {
    let when = match rule.profile() {
        Some(profile) => format!("from profile {} on", profile.word()),
        None => "a preview: off until it gets a severity here".to_owned(),
    };
    let about = format!("{}\n\nSeverity {}, {when}.", rule.summary, rule.severity.word());
    object(vec![
        ("title", text(rule.id)),
        ("description", text(about)),
        // Beside a `$ref`, draft 7 reads nothing else.
        (
            "allOf",
            List(vec![object(vec![("$ref", text("#/definitions/rule"))])]),
        ),
        (
            "x-taplo",
            object(vec![("links", object(vec![("key", text(crate::url(rule.id)))]))]),
        ),
    ])
}

/// What stands behind a rule: a severity, a table with one, or `off` with a reason.
fn rule_value() -> Json {
    let milder: Vec<_> = LEVELS.iter().copied().filter(|(word, _)| *word != OFF).collect();
    let with = |level: Vec<(&'static str, Json)>, because: Vec<(&'static str, Json)>, required: &[&str]| {
        let properties = RULE.iter().map(|setting| {
            let mut pairs = vec![("description", text(setting.help))];
            pairs.extend(if setting.key() == "level" {
                level.clone()
            } else {
                because.clone()
            });
            (setting.key().to_owned(), object(pairs))
        });
        let mut pairs = closed(properties.collect());
        pairs.push(("required", List(required.iter().map(|key| text(*key)).collect())));
        object(pairs)
    };
    let any = vec![("type", text("string"))];
    let reason = vec![("type", text("string")), ("pattern", text(r"\S"))];
    let off = vec![("type", text("string")), ("enum", List(vec![text(OFF)]))];
    object(vec![(
        "anyOf",
        List(vec![
            object(words_of(&milder)),
            with(words_of(&milder), any, &["level"]),
            with(off, reason, &["level", "because"]),
        ]),
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_in_it_by_both_spellings() {
        let schema = schema();
        for rule in RULES {
            let places = ids(rule)
                .map(|id| 1 + usize::from(id.starts_with(rule.category())))
                .sum::<usize>();
            assert_eq!(
                schema.matches(&format!("\"title\": \"{}\"", rule.id)).count(),
                places,
                "{}",
                rule.id
            );
            for threshold in rule.thresholds {
                let title = format!("\"title\": \"{}.{}\"", rule.id, threshold.name);
                assert_eq!(schema.matches(&title).count(), 4 * ids(rule).count(), "{title}");
            }
        }
    }

    #[test]
    fn every_table_is_closed() {
        let schema = schema();
        assert_eq!(
            schema.matches("\"type\": \"object\"").count(),
            // Below a pattern for files stands a table that is closed itself, below a service are paths.
            schema.matches("\"additionalProperties\": ").count()
        );
        assert_eq!(schema.matches("\"additionalProperties\": {").count(), 2);
        assert!(!schema.contains("true"), "nothing is left open");
    }
}
