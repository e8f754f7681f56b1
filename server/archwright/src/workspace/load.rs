//! Reads a whole blueprint: every file on all cores, and its configuration.

use std::io::ErrorKind;
use std::path::Path;

use archwright_analysis::diagnostic::Severity;
use archwright_analysis::lock::{self, Lock};
use rayon::prelude::*;

use super::LOCK_FILE;
use super::config::{self, Problem, Settings};
use super::discover::{Blueprint, Trouble};
use super::imports;
use super::read::{ReadError, read_source};

/// A blueprint in memory.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// Paths relative to the root with `/` separators, and texts; sorted by path.
    pub(crate) texts: Vec<(String, String)>,
    /// What `archwright.toml` says; defaults where there is none.
    pub(crate) settings: Settings,
    /// The text of `archwright.toml`, for showing its problems.
    pub(crate) config_text: String,
    /// What is wrong in `archwright.toml`.
    pub(crate) problems: Vec<Problem>,
    /// The text of `archwright.lock`; empty where there is none.
    pub(crate) lock: String,
    /// Why the lock cannot be read.
    pub(crate) lock_problem: Option<Problem>,
    /// What the documents of `[imports]` say; empty where only settings were read.
    pub(crate) imports: imports::Read,
    /// Files that could not be read.
    pub(crate) troubles: Vec<Trouble>,
}

/// Reads everything that `blueprint` consists of.
pub(crate) fn load(blueprint: &Blueprint) -> Loaded {
    let read: Vec<_> = blueprint
        .files
        .par_iter()
        .map(|path| (path, read_source(path)))
        .collect();
    let mut texts = Vec::with_capacity(read.len());
    let mut troubles = Vec::new();
    for (path, result) in read {
        match result {
            Ok(text) => texts.push((relative(&blueprint.root, path), text)),
            Err(error) => {
                troubles.push(Trouble {
                    path: path.clone(),
                    message: error.to_string(),
                    fatal: true,
                });
            }
        }
    }
    let mut loaded = load_settings(blueprint);
    troubles.append(&mut loaded.troubles);
    Loaded {
        imports: imports::load(&blueprint.root, &loaded.settings),
        texts,
        troubles,
        ..loaded
    }
}

/// Reads the configuration of `blueprint`, and no texts.
pub(crate) fn load_settings(blueprint: &Blueprint) -> Loaded {
    let mut loaded = Loaded {
        texts: Vec::new(),
        settings: Settings::default(),
        config_text: String::new(),
        problems: Vec::new(),
        lock: String::new(),
        lock_problem: None,
        imports: imports::Read::default(),
        troubles: Vec::new(),
    };
    if let Some(path) = &blueprint.config {
        match read_source(path) {
            Ok(text) => {
                (loaded.settings, loaded.problems) = config::parse(&text);
                loaded.config_text = text;
            }
            Err(error) => {
                loaded.troubles.push(Trouble {
                    path: path.clone(),
                    message: error.to_string(),
                    fatal: true,
                });
            }
        }
    }
    match load_lock(&blueprint.root) {
        Ok((text, problem)) => (loaded.lock, loaded.lock_problem) = (text, problem),
        Err(trouble) => loaded.troubles.push(trouble),
    }
    loaded
}

fn unreadable(problem: lock::Problem) -> Problem {
    Problem {
        range: problem.range,
        message: problem.message,
        help: problem.help,
        severity: Severity::Error,
        repairs: Vec::new(),
    }
}

/// The text of the lock of a blueprint, empty where there is none, and why it cannot be understood.
pub(crate) fn load_lock(root: &Path) -> Result<(String, Option<Problem>), Trouble> {
    let path = root.join(LOCK_FILE);
    // A link that leads nowhere is something else than no lock: something was released, and nobody knows what.
    if std::fs::symlink_metadata(&path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Ok((String::new(), None));
    }
    match read_source(&path) {
        Ok(text) => {
            let problem = if text.is_empty() {
                None
            } else {
                Lock::parse(&text).err().map(unreadable)
            };
            Ok((text, problem))
        }
        Err(error) => Err(Trouble {
            path,
            message: match error {
                ReadError::NotFound => {
                    "This link leads nowhere, so it is not known what was released and accepted. \
                                        Mend it, or delete it."
                        .to_owned()
                }
                error => error.to_string(),
            },
            fatal: true,
        }),
    }
}

/// `path` below `root`, with `/` separators; the whole path where it lies elsewhere.
pub(crate) fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let text = below.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}
