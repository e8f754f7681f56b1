//! Finds blueprints: the root above a path, and every `.arch` file below a folder.
//!
//! The walk is bounded. It honours ignore files, skips hidden folders, `target` and `node_modules`, follows links
//! but visits no file twice, and stops with a message at [`MAX_FILES`] or [`MAX_ENTRIES`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use rustc_hash::FxHashSet;

use super::{CONFIG_FILE, EXTENSION, LOCK_FILE};

/// The most blueprint files that one walk takes in.
pub(crate) const MAX_FILES: usize = 20_000;

/// The most files and folders that one walk looks at.
pub(crate) const MAX_ENTRIES: usize = 200_000;

/// Folders that never hold a blueprint of their own.
const SKIPPED: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// The files of one blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blueprint {
    /// The folder that holds `archwright.toml`, or the folder that was asked for.
    pub(crate) root: PathBuf,
    /// Its `archwright.toml`, when there is one.
    pub(crate) config: Option<PathBuf>,
    /// Its `.arch` files, sorted.
    pub(crate) files: Vec<PathBuf>,
}

/// Something on the way that could not be read, or that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What it is about.
    pub(crate) path: PathBuf,
    /// What happened and what to do, in sentences.
    pub(crate) message: String,
    /// Whether the result is incomplete because of it.
    pub(crate) fatal: bool,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Blueprints, sorted by root. The folder itself is one of them unless every file below it belongs to a nested root.
    pub(crate) blueprints: Vec<Blueprint>,
    /// What could not be read.
    pub(crate) troubles: Vec<Trouble>,
}

/// The nearest folder at or above `path` that holds `archwright.toml`.
pub(crate) fn root_above(path: &Path) -> Option<PathBuf> {
    let start = if path.is_dir() { path } else { path.parent()? };
    start
        .ancestors()
        .find(|folder| folder.join(CONFIG_FILE).is_file())
        .map(Path::to_path_buf)
}

/// Whether the walk of `root` would look at `path`: it is neither hidden nor ignored.
pub(crate) fn is_visible(root: &Path, path: &Path) -> bool {
    let target = path.to_path_buf();
    walker(root, move |entry| target.starts_with(entry))
        .flatten()
        .any(|entry| entry.path() == path)
}

/// The blueprint of a file without a configuration above it: the files beside it. Folders below are left alone, because
/// nobody has said that they belong together (the file may stand in somebody's home).
pub(crate) fn siblings(file: &Path) -> Found {
    let root = file.parent().unwrap_or(file).to_path_buf();
    let entries = fs_err::read_dir(&root).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| is_source(path) && path.is_file())
        .collect();
    files.sort();
    files.truncate(MAX_FILES);
    Found {
        blueprints: vec![Blueprint {
            root,
            config: None,
            files,
        }],
        troubles: Vec::new(),
    }
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}

/// Every blueprint below `folder`; files belong to the innermost root.
pub(crate) fn discover(folder: &Path) -> Found {
    let mut found = Found::default();
    let mut configs = Vec::new();
    let mut files = Vec::new();
    let mut seen = FxHashSet::default();
    for (entries, entry) in walker(folder, |_| true).enumerate() {
        if entries >= MAX_ENTRIES || files.len() >= MAX_FILES {
            found.troubles.push(Trouble {
                path: folder.to_path_buf(),
                message: format!(
                    "More than {MAX_FILES} blueprint files, or {MAX_ENTRIES} files in all, lie below this folder; \
                     the rest is left out. Open the blueprint's own folder, or put an archwright.toml there."
                ),
                fatal: true,
            });
            break;
        }
        match entry {
            Ok(entry) => {
                let path = entry.path();
                let is_config = path.file_name().is_some_and(|name| name == CONFIG_FILE);
                if !(is_config || is_source(path)) || !path.is_file() {
                    continue;
                }
                // A link may lead to a file that was already seen under its own name.
                let real = if entry.path_is_symlink() || entry.depth() > 0 {
                    fs_err::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
                } else {
                    path.to_path_buf()
                };
                if !seen.insert(real) {
                    continue;
                }
                if is_config {
                    configs.push(path.to_path_buf());
                } else {
                    files.push(path.to_path_buf());
                }
            }
            Err(error) => found.troubles.extend(walk_trouble(folder, &error)),
        }
    }
    found.blueprints = group(folder, &configs, files);
    found.troubles.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn walker(folder: &Path, keep: impl Fn(&Path) -> bool + Send + Sync + 'static) -> ignore::Walk {
    WalkBuilder::new(folder)
        .follow_links(true)
        .require_git(false)
        .sort_by_file_name(std::cmp::Ord::cmp)
        .filter_entry(move |entry| {
            let skipped = entry.file_type().is_some_and(|kind| kind.is_dir())
                && SKIPPED.iter().any(|name| entry.file_name() == *name);
            (entry.depth() == 0 || !skipped) && keep(entry.path())
        })
        .build()
}

/// What is to be told of something that the walk could not look at.
fn walk_trouble(folder: &Path, error: &ignore::Error) -> Option<Trouble> {
    if let Some((ancestor, child)) = loop_of(error) {
        return Some(Trouble {
            message: format!(
                "This link leads back to {}, a folder above it; it was not followed.",
                ancestor.display()
            ),
            path: child,
            fatal: false,
        });
    }
    let path = path_of(error).unwrap_or_else(|| folder.to_path_buf());
    let Some(io) = error.io_error() else {
        return Some(Trouble {
            path,
            message: format!("{error}."),
            fatal: false,
        });
    };
    let named = |name: &str| path.file_name().is_some_and(|file| file == name);
    let not_found = io.kind() == std::io::ErrorKind::NotFound;
    // Whoever reads the lock tells more about it.
    if not_found && named(LOCK_FILE) {
        return None;
    }
    let is_config = named(CONFIG_FILE);
    Some(match io.kind() {
        std::io::ErrorKind::PermissionDenied => Trouble {
            path,
            message: "No permission to read this folder; what lies below it was left out. Make it readable, or name it in \
                      .ignore."
                .into(),
            fatal: true,
        },
        std::io::ErrorKind::NotFound if is_config => Trouble {
            path,
            message: "This link leads nowhere, so the settings are not known. Mend it, or delete it.".into(),
            fatal: true,
        },
        // A dangling link, or a file that went away while walking: nothing to check there.
        std::io::ErrorKind::NotFound => {
            Trouble { path, message: "This is not there, or a link that leads nowhere; it was left out.".into(), fatal: false }
        }
        _ => Trouble { path, message: format!("This could not be read: {io}."), fatal: true },
    })
}

fn loop_of(error: &ignore::Error) -> Option<(PathBuf, PathBuf)> {
    match error {
        ignore::Error::Loop { ancestor, child } => Some((ancestor.clone(), child.clone())),
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => loop_of(err),
        _ => None,
    }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

fn group(folder: &Path, configs: &[PathBuf], files: Vec<PathBuf>) -> Vec<Blueprint> {
    let mut by_root: BTreeMap<PathBuf, Blueprint> = BTreeMap::new();
    for config in configs {
        if let Some(root) = config.parent() {
            by_root.insert(
                root.to_path_buf(),
                Blueprint {
                    root: root.to_path_buf(),
                    config: Some(config.clone()),
                    files: Vec::new(),
                },
            );
        }
    }
    for file in files {
        let root = file
            .ancestors()
            .skip(1)
            .take_while(|ancestor| ancestor.starts_with(folder))
            .find(|ancestor| {
                by_root
                    .get(*ancestor)
                    .is_some_and(|blueprint| blueprint.config.is_some())
            })
            .unwrap_or(folder)
            .to_path_buf();
        by_root
            .entry(root.clone())
            .or_insert_with(|| Blueprint {
                root,
                config: None,
                files: Vec::new(),
            })
            .files
            .push(file);
    }
    if by_root.is_empty() {
        let root = folder.to_path_buf();
        by_root.insert(
            root.clone(),
            Blueprint {
                root,
                config: None,
                files: Vec::new(),
            },
        );
    }
    let mut blueprints: Vec<_> = by_root.into_values().collect();
    for blueprint in &mut blueprints {
        blueprint.files.sort();
    }
    blueprints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs_err::create_dir_all(path.parent().expect("has a parent")).expect("folder");
        fs_err::write(path, text).expect("file");
    }

    #[test]
    fn files_belong_to_the_innermost_root() {
        let dir = tempfile::tempdir().expect("tempdir");
        let root = dir.path();
        write(&root.join("a/archwright.toml"), "");
        write(&root.join("a/x.arch"), "");
        write(&root.join("a/deep/y.arch"), "");
        write(&root.join("a/nested/archwright.toml"), "");
        write(&root.join("a/nested/z.arch"), "");
        write(&root.join("loose.arch"), "");
        let found = discover(root);
        let shape: Vec<(String, usize)> = found
            .blueprints
            .iter()
            .map(|it| {
                (
                    it.root.strip_prefix(root).expect("below").display().to_string(),
                    it.files.len(),
                )
            })
            .collect();
        assert_eq!(
            shape,
            [(String::new(), 1), ("a".into(), 2), ("a/nested".into(), 1)]
        );
        assert!(found.troubles.is_empty());
    }

    #[test]
    fn dependency_folders_hidden_folders_and_ignored_files_are_left_out() {
        let dir = tempfile::tempdir().expect("tempdir");
        let root = dir.path();
        for path in [
            "node_modules/a.arch",
            "target/a.arch",
            ".git/a.arch",
            "old/a.arch",
            "kept.arch",
        ] {
            write(&root.join(path), "");
        }
        write(&root.join(".gitignore"), "old/\n");
        let found = discover(root);
        assert_eq!(found.blueprints[0].files, [root.join("kept.arch")]);
        assert!(is_visible(root, &root.join("kept.arch")));
        assert!(!is_visible(root, &root.join("old/a.arch")));
        assert!(!is_visible(root, &root.join("target/a.arch")));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_folder_above_is_reported_and_not_followed() {
        let dir = tempfile::tempdir().expect("tempdir");
        let root = dir.path();
        write(&root.join("sub/a.arch"), "");
        std::os::unix::fs::symlink(root, root.join("sub/again")).expect("link");
        std::os::unix::fs::symlink(root.join("sub/a.arch"), root.join("same.arch")).expect("link");
        let found = discover(root);
        assert_eq!(found.blueprints[0].files.len(), 1, "{found:?}");
        assert_eq!(found.troubles.len(), 1);
        assert!(!found.troubles[0].fatal);
        assert!(
            found.troubles[0].message.contains("leads back to"),
            "{}",
            found.troubles[0].message
        );
    }

    #[test]
    fn the_root_is_the_nearest_folder_with_a_configuration() {
        let dir = tempfile::tempdir().expect("tempdir");
        let root = dir.path();
        write(&root.join("archwright.toml"), "");
        write(&root.join("a/b/c.arch"), "");
        assert_eq!(root_above(&root.join("a/b/c.arch")).as_deref(), Some(root));
        assert_eq!(root_above(&root.join("a/b")).as_deref(), Some(root));
    }
}
