//! The blueprint's folder as the generator may see it: nothing outside, nothing through a link.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

use archwright_codegen::plan::{BASE_FOLDER, Current, Files, LOCK_PATH, Lock, base_path};

use super::read::{ReadError, read_source};

/// Why a path is not touched, as the end of a sentence.
pub(crate) type Refusal = String;

/// The path below `root`, after a look at every part of it that exists: nothing may be a link, and only the last part may be
/// a file.
pub(crate) fn inside(root: &Path, relative: &str) -> Result<PathBuf, Refusal> {
    let below = Path::new(relative);
    let plain = !relative.is_empty()
        && below
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
    if !plain {
        return Err("does not lie inside the blueprint's folder".into());
    }
    let mut path = root.to_path_buf();
    let mut parts = below.components().peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        let last = parts.peek().is_none();
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                return Err(format!("goes through the link {}", path.display()));
            }
            Ok(metadata) if !last && !metadata.is_dir() => {
                return Err(format!("goes through {}, which is not a folder", path.display()));
            }
            Ok(metadata) if last && metadata.is_dir() => return Err("is a folder".into()),
            Ok(_) => {}
            // What does not exist yet will be made by us.
            Err(error) if error.kind() == io::ErrorKind::NotFound => break,
            Err(error) => return Err(format!("cannot be looked at ({error})")),
        }
    }
    Ok(root.join(below))
}

/// Whether files may be written into a folder that exists or will be made: no part of it is a link or a file.
pub(crate) fn folder_inside(root: &Path, relative: &str) -> Result<(), Refusal> {
    let mut path = root.to_path_buf();
    for part in Path::new(relative).components() {
        path.push(part);
        let shown = path.strip_prefix(root).unwrap_or(&path).display();
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                return Err(format!(
                    "{shown} is a link, and nothing is written through a link"
                ));
            }
            Ok(metadata) if !metadata.is_dir() => return Err(format!("{shown} is not a folder")),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    Ok(())
}

/// The disk, with open editors' texts before it.
pub(crate) struct Disk<'a> {
    root: &'a Path,
    open: BTreeMap<String, String>,
}

impl<'a> Disk<'a> {
    /// The folder `root`; `open` holds texts that editors have not saved, by relative path.
    pub(crate) fn new(root: &'a Path, open: BTreeMap<String, String>) -> Self {
        Self { root, open }
    }

    /// The lock of earlier runs without the services that are gone from the disk as a whole: who deletes a service's
    /// folder wants to have it made anew, while a single file that was deleted stays deleted.
    pub(crate) fn lock_of_what_is_left(&self) -> Result<Lock, String> {
        let lock = self.lock()?;
        let left: BTreeSet<&str> = lock
            .files
            .iter()
            .filter(|entry| {
                self.open.contains_key(&entry.path) || self.root.join(&entry.path).symlink_metadata().is_ok()
            })
            .map(|entry| entry.service.as_str())
            .collect();
        let files = lock
            .files
            .iter()
            .filter(|entry| left.contains(entry.service.as_str()));
        Ok(Lock::new(files.cloned().collect()))
    }

    /// The lock of earlier runs; an empty one where there was none.
    fn lock(&self) -> Result<Lock, String> {
        let refuse = |why: String| format!("{LOCK_PATH} {why}, so nothing was generated.");
        let path = inside(self.root, LOCK_PATH).map_err(refuse)?;
        match read_source(&path) {
            Ok(text) => Lock::parse(&text).map_err(|error| error.message),
            Err(ReadError::NotFound) => Ok(Lock::default()),
            Err(error) => Err(format!("{LOCK_PATH}: {error} Nothing was generated.")),
        }
    }
}

impl Files for Disk<'_> {
    fn current(&self, path: &str) -> Current {
        if let Some(text) = self.open.get(path) {
            return Current::Text(text.clone());
        }
        let full = match inside(self.root, path) {
            Ok(full) => full,
            Err(why) => return Current::Opaque(why),
        };
        match read_source(&full) {
            Ok(text) => Current::Text(text),
            Err(ReadError::NotFound) => Current::Missing,
            Err(ReadError::Denied) => Current::Opaque("may not be read".into()),
            Err(ReadError::NotAFile) => Current::Opaque("is not a regular file".into()),
            Err(ReadError::TooLarge { .. }) => Current::Opaque("is too large".into()),
            Err(ReadError::NotUtf8 { .. }) => Current::Opaque("is not UTF-8".into()),
            Err(ReadError::Other(error)) => Current::Opaque(format!("cannot be read ({error})")),
        }
    }

    fn base(&self, sha256: &str) -> Option<String> {
        read_source(&inside(self.root, &base_path(sha256)).ok()?).ok()
    }

    fn bases(&self) -> Vec<String> {
        let Ok(folder) = fs_err::read_dir(self.root.join(BASE_FOLDER)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = folder
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.retain(|name| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
        names.sort();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        let dir = tempfile::tempdir().expect("tempdir");
        fs_err::create_dir(dir.path().join("folder")).expect("folder");
        fs_err::write(dir.path().join("file"), "").expect("file");
        for path in ["", "/etc/passwd", "../x", "a/../../x", "folder", "file/x", "."] {
            assert!(inside(dir.path(), path).is_err(), "{path:?}");
        }
        for path in ["a", "a/b/c", "folder/x", "file"] {
            assert_eq!(inside(dir.path(), path), Ok(dir.path().join(path)), "{path:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_never_followed() {
        use std::os::unix::fs::symlink;
        let (dir, outside) = (
            tempfile::tempdir().expect("tempdir"),
            tempfile::tempdir().expect("tempdir"),
        );
        symlink(outside.path(), dir.path().join("services")).expect("link");
        symlink(outside.path().join("none"), dir.path().join("dangling")).expect("link");
        assert!(inside(dir.path(), "services/orders/app.py").is_err_and(|why| why.contains("link")));
        assert!(inside(dir.path(), "dangling").is_err());
        let disk = Disk::new(dir.path(), BTreeMap::new());
        assert!(matches!(
            disk.current("services/orders/app.py"),
            Current::Opaque(_)
        ));
    }
}
