//! What the paths on the command line stand for: blueprints, and which of their files were asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::workspace::discover::{self, Blueprint, Trouble, discover};
use crate::workspace::load;
use crate::workspace::read::ReadError;

/// A blueprint and the paths in it that were asked for.
pub(super) struct Task {
    /// All of it: what a file means depends on the others.
    pub(super) blueprint: Blueprint,
    /// Files and folders, without links in their paths.
    pub(super) wanted: Vec<PathBuf>,
}

impl Task {
    /// Whether a file of the blueprint was asked for.
    pub(super) fn wants(&self, path: &Path) -> bool {
        self.wanted.iter().any(|wanted| path.starts_with(wanted))
    }
}

/// The blueprints that `paths` belong to, each once.
pub(super) fn tasks(paths: &[PathBuf], troubles: &mut Vec<Trouble>) -> Vec<Task> {
    let mut tasks: BTreeMap<PathBuf, Task> = BTreeMap::new();
    for path in paths {
        let real = match fs_err::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                let kind = std::io::Error::from(error.kind());
                troubles.push(Trouble {
                    path: path.clone(),
                    message: ReadError::from(kind).to_string(),
                    fatal: true,
                });
                continue;
            }
        };
        if !real.is_dir() && !real.is_file() {
            troubles.push(Trouble {
                path: real,
                message: ReadError::NotAFile.to_string(),
                fatal: true,
            });
            continue;
        }
        let found = match discover::root_above(&real) {
            Some(root) => discover(&root),
            None if real.is_dir() => discover(&real),
            None => discover::siblings(&real),
        };
        for trouble in found.troubles {
            if !troubles.contains(&trouble) {
                troubles.push(trouble);
            }
        }
        let mut blueprints = found.blueprints;
        let named = real.is_file() && !blueprints.iter().any(|blueprint| blueprint.files.contains(&real));
        if named {
            // Asked for by name, so hidden, ignored or with another ending makes no difference.
            let home = blueprints
                .iter_mut()
                .filter(|blueprint| real.starts_with(&blueprint.root));
            if let Some(blueprint) = home.max_by_key(|blueprint| blueprint.root.as_os_str().len()) {
                blueprint.files.push(real.clone());
            }
        }
        for blueprint in blueprints {
            let concerned = real.starts_with(&blueprint.root) || blueprint.root.starts_with(&real);
            if !concerned || (real.is_file() && !blueprint.files.contains(&real)) {
                continue;
            }
            let task = tasks.entry(blueprint.root.clone()).or_insert_with(|| Task {
                blueprint: blueprint.clone(),
                wanted: Vec::new(),
            });
            for file in blueprint.files {
                if !task.blueprint.files.contains(&file) {
                    task.blueprint.files.push(file);
                }
            }
            task.wanted.push(real.clone());
        }
    }
    tasks.into_values().collect()
}

/// A path as the user would type it: relative to the current folder where it lies below it.
pub(super) fn shown(here: &Path, path: &Path) -> String {
    load::relative(here, path)
}
