//! The settings of `archwright.toml`, as one table. The program that reads the file, the JSON Schema that editors
//! complete it with, and the suggestions for misspelt keys are all made from it, so none of them can know another one.

use std::ops::RangeInclusive;

use crate::{diagnostic::Severity, rules::Threshold};

/// Columns that the formatter may be told to keep to.
pub const WIDTHS: RangeInclusive<u32> = 40..=240;

/// Columns that the formatter keeps to when nobody says otherwise.
pub const WIDTH: u32 = 100;

/// The folder for generated services when nobody says otherwise.
pub const OUTPUT: &str = "services";

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key, with those of the tables around it: `generate.output`.
    pub path: &'static str,
    /// What may stand behind it.
    pub takes: Takes,
    /// What holds without it, in one sentence or less.
    pub absent: &'static str,
    /// What it is for, in one sentence.
    pub help: &'static str,
}

/// What a setting takes.
#[derive(Debug)]
pub enum Takes {
    /// One of these words, each with what it means.
    Word {
        /// What such a word is called.
        noun: &'static str,
        /// The words, the one that holds otherwise first.
        words: &'static [(&'static str, &'static str)],
    },
    /// A path below the blueprint's folder; see [`is_folder`].
    Folder,
    /// A whole number.
    Whole(RangeInclusive<u32>),
    /// A table with these settings.
    Table(&'static [Setting]),
    /// A table of rules: for each a severity, or a table with [`RULE`].
    Rules,
    /// A table of patterns for files: for each a table of rules, as [`Takes::Rules`].
    Paths,
    /// A table of rules' thresholds: for each a whole number, see [`limits`].
    Thresholds,
    /// A list of rules.
    RuleList,
    /// A table of services: for each the path of a document below the blueprint's folder, or a list of them.
    Documents,
    /// Any text that says something.
    Text,
}

impl Setting {
    /// The key alone: `output`.
    pub fn key(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }
}

/// Everything that may stand at the top of `archwright.toml`.
pub static SETTINGS: &[Setting] = &[
    Setting {
        path: "profile",
        takes: Takes::Word {
            noun: "profile",
            words: &[
                ("core", "The rules that hardly any blueprint can do without."),
                ("recommended", "Those that most blueprints should follow."),
                ("strict", "All of them."),
            ],
        },
        absent: "core",
        help: "Which rules run.",
    },
    Setting {
        path: "non_waivable",
        takes: Takes::RuleList,
        absent: "every rule can be waived",
        help: "Rules that no `waive` in a blueprint silences.",
    },
    Setting {
        path: "rules",
        takes: Takes::Rules,
        absent: "every rule has its own severity",
        help: "Rules that are louder or milder here, or off for a reason.",
    },
    Setting {
        path: "paths",
        takes: Takes::Paths,
        absent: "the same holds for every file",
        help: "Rules that are louder, milder or off in certain files: a pattern for their paths, and below it rules.",
    },
    Setting {
        path: "thresholds",
        takes: Takes::Thresholds,
        absent: "every rule has its own numbers",
        help: "Numbers at which rules begin to speak.",
    },
    Setting {
        path: "imports",
        takes: Takes::Documents,
        absent: "nothing is compared",
        help: "OpenAPI 3 and AsyncAPI 3 documents of services, with which the blueprint is compared: paths relative to this file.",
    },
    Setting {
        path: "generate",
        takes: Takes::Table(&[Setting {
            path: "generate.output",
            takes: Takes::Folder,
            absent: OUTPUT,
            help: "The folder for generated services, relative to this file.",
        }]),
        absent: "the defaults",
        help: "How services are generated.",
    },
    Setting {
        path: "format",
        takes: Takes::Table(&[Setting {
            path: "format.width",
            takes: Takes::Whole(WIDTHS),
            absent: "100",
            help: "How many columns a formatted line may have before it is broken.",
        }]),
        absent: "the defaults",
        help: "How `archwright fmt` and editors lay blueprints out.",
    },
];

/// What the table of one rule may hold.
pub static RULE: &[Setting] = &[
    Setting {
        path: "level",
        takes: Takes::Word {
            noun: "severity",
            words: LEVELS,
        },
        absent: "the rule's own severity",
        help: "How loud the rule is.",
    },
    Setting {
        path: "because",
        takes: Takes::Text,
        absent: "nothing",
        help: "Why. A rule that is off needs a reason.",
    },
];

/// What a threshold may be set to: percentages end at 100.
pub fn limits(threshold: &Threshold) -> RangeInclusive<u32> {
    0..=if threshold.counts.starts_with("percent") {
        100
    } else {
        1_000_000_000
    }
}

/// The word that switches a rule off.
pub const OFF: &str = "off";

/// What a rule's `level` may say; all but the last may also be written without a table.
pub static LEVELS: &[(&str, &str)] = &[
    (
        Severity::Error.word(),
        "It must be mended: `archwright check` fails.",
    ),
    (Severity::Warning.word(), "It will hurt in production."),
    (Severity::Info.word(), "It is worth knowing."),
    (Severity::Hint.word(), "It is shown faintly."),
    (OFF, "The rule does not run. It takes a reason."),
];

/// Whether `text` names a folder (or, with `*` and `?`, files) below the blueprint's own: relative, with `/`, and nowhere upwards.
pub fn is_folder(text: &str) -> bool {
    let clean = text.trim_start_matches("./").trim_end_matches('/');
    let outside = text.starts_with('/') || text.contains(['\\', ':']) || text.chars().any(char::is_control);
    !outside && clean.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// One part of a path that is neither empty nor `.` nor `..`.
macro_rules! part {
    () => {
        concat!(
            r"([^/\\:.\x00-\x1f\x7f-\x9f][^/\\:\x00-\x1f\x7f-\x9f]*",
            r"|\.[^/\\:.\x00-\x1f\x7f-\x9f][^/\\:\x00-\x1f\x7f-\x9f]*",
            r"|\.\.[^/\\:\x00-\x1f\x7f-\x9f]+)"
        )
    };
}

/// [`is_folder`] as a regular expression that every dialect reads the same way.
pub const FOLDER_PATTERN: &str = concat!(r"^(\./)*", part!(), "(/", part!(), r")*/*$");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    fn each(settings: &'static [Setting], act: &mut impl FnMut(&'static Setting)) {
        for setting in settings {
            act(setting);
            if let Takes::Table(inner) = &setting.takes {
                each(inner, act);
            }
        }
    }

    #[test]
    fn the_table_says_what_the_program_knows() {
        let Takes::Word { words, .. } = &SETTINGS[0].takes else {
            panic!("profiles are words")
        };
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, Profile::WORDS.map(|(word, _)| word));
        assert_eq!(Profile::from_word(SETTINGS[0].absent), Some(Profile::default()));
        for (word, _) in LEVELS {
            assert_ne!(Severity::from_word(word).is_some(), *word == OFF, "{word}");
        }
        assert!(is_folder(OUTPUT) && WIDTHS.contains(&WIDTH));
    }

    #[test]
    fn every_setting_is_explained_and_stands_below_its_table() {
        let mut seen = Vec::new();
        each(SETTINGS, &mut |setting| {
            assert!(
                setting.help.ends_with('.') && !setting.absent.is_empty(),
                "{}",
                setting.path
            );
            if let Takes::Table(inner) = &setting.takes {
                for below in *inner {
                    assert_eq!(below.path, format!("{}.{}", setting.path, below.key()));
                }
            }
            if setting.path == "format.width" {
                assert_eq!(setting.absent, WIDTH.to_string());
            }
            seen.push(setting.path);
        });
        assert_eq!(
            seen,
            [
                "profile",
                "non_waivable",
                "rules",
                "paths",
                "thresholds",
                "imports",
                "generate",
                "generate.output",
                "format",
                "format.width"
            ]
        );
    }

    #[test]
    fn folders_stay_inside() {
        for inside in ["services", "./out/", "a/b", ".hidden", "..a", "...", "a b", "é"] {
            assert!(is_folder(inside), "{inside}");
        }
        for outside in [
            "", ".", "./", "..", "../x", "a/../b", "a//b", "/etc", "a\\b", "C:x", "a/.", "a\n",
        ] {
            assert!(!is_folder(outside), "{outside}");
        }
    }
}
