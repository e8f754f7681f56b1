//! What the paths on the command line stand for: blueprints, and which of their files were asked for.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
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
    let mut known: BTreeMap<PathBuf, Blueprint> = BTreeMap::new();
    let mut wanted: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    let mut walked: BTreeMap<(PathBuf, bool), Vec<PathBuf>> = BTreeMap::new();
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
        // Whoever names a hundred files of one blueprint need not wait for a hundred walks.
        let (root, beside) = match discover::root_above(&real) {
            Some(root) => (root, false),
            None => (real.clone(), real.is_file()),
        };
        let roots = walked.entry((root, beside)).or_insert_with_key(|(root, beside)| {
            let look = if *beside { discover::siblings } else { discover };
            let found = look(root);
            for trouble in found.troubles {
                if !troubles.contains(&trouble) {
                    troubles.push(trouble);
                }
            }
            let roots = found.blueprints.iter().map(|blueprint| blueprint.root.clone());
            let roots = roots.collect::<Vec<_>>();
            for blueprint in found.blueprints {
                match known.entry(blueprint.root.clone()) {
                    Entry::Vacant(place) => drop(place.insert(blueprint)),
                    Entry::Occupied(mut there) => there.get_mut().files.extend(blueprint.files),
                }
            }
            roots
        });
        if real.is_file() {
            let above = roots.iter().filter(|root| real.starts_with(root));
            let Some(home) = above.max_by_key(|root| root.as_os_str().len()) else {
                continue;
            };
            // Asked for by name, so hidden, ignored or with another ending makes no difference.
            if let Some(blueprint) = known.get_mut(home) {
                blueprint.files.push(real.clone());
            }
            wanted.entry(home.clone()).or_default().push(real);
        } else {
            for root in roots.iter() {
                if real.starts_with(root) || root.starts_with(&real) {
                    wanted.entry(root.clone()).or_default().push(real.clone());
                }
            }
        }
    }
    let task = |(root, wanted): (PathBuf, Vec<PathBuf>)| {
        let mut blueprint = known.remove(&root)?;
        blueprint.files.sort();
        blueprint.files.dedup();
        Some(Task { blueprint, wanted })
    };
    wanted.into_iter().filter_map(task).collect()
}

/// A path as the user would type it: relative to the current folder where it lies below it.
pub(super) fn shown(here: &Path, path: &Path) -> String {
    load::relative(here, path)
}
