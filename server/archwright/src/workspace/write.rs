//! Writes files whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::read::read_source;

/// Writes `text` to a new file. False when something is there already, which then stays as it is.
pub(crate) fn create_new(path: &Path, text: &str) -> io::Result<bool> {
    match std::fs::File::options().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes `text` beside `path` and moves it there in one step, so that a reader (or a crash) never meets half a file.
/// An existing file keeps its permissions; a new one gets the usual ones.
pub(crate) fn replace(path: &Path, text: &str, executable: bool) -> io::Result<()> {
    let file = beside(path, text, executable)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// `text` in a file beside `path`, safe on the disk, with the permissions of `path`.
fn beside(path: &Path, text: &str, executable: bool) -> io::Result<tempfile::NamedTempFile> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("the path names no file"))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".archwright-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The process's mask applies, as it does to every new file.
        builder.permissions(std::fs::Permissions::from_mode(if executable {
            0o777
        } else {
            0o666
        }));
    }
    #[cfg(not(unix))]
    let _ = executable;
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(existing) = std::fs::metadata(path) {
        file.as_file().set_permissions(existing.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

/// Gives a file another text, unless it is protected, or somebody else has written it since `before` was read. `verb` says
/// what is done to it: "formatted".
pub(crate) fn update(path: &Path, before: &str, after: &str, verb: &str) -> Result<(), String> {
    let protected = std::fs::metadata(path).is_ok_and(|it| it.permissions().readonly());
    if protected {
        return Err(format!(
            "This file is write-protected, so it was not {verb}. Make it writable first."
        ));
    }
    let file = beside(path, after, false).map_err(|error| unwritten(&error))?;
    // Looked at as late as can be: writing to the disk takes its time.
    match read_source(path) {
        Ok(now) if now == before => {}
        // Somebody else came to the same.
        Ok(now) if now == after => return Ok(()),
        _ => return Err(changed(verb)),
    }
    file.persist(path)
        .map(drop)
        .map_err(|error| unwritten(&error.error))
}

/// Writes a file that was not there when somebody looked.
pub(crate) fn add(path: &Path, text: &str, verb: &str) -> Result<(), String> {
    let file = beside(path, text, false).map_err(|error| unwritten(&error))?;
    file.persist_noclobber(path)
        .map(drop)
        .or_else(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists if read_source(path).as_deref() == Ok(text) => Ok(()),
            io::ErrorKind::AlreadyExists => Err(changed(verb)),
            _ => Err(unwritten(&error.error)),
        })
}

fn changed(verb: &str) -> String {
    format!(
        "This file was changed while it was being {verb}, so it was left as it is. Run the command again."
    )
}

fn unwritten(error: &io::Error) -> String {
    format!("This file could not be written: {}.", reason(error))
}

/// Where a file of a blueprint really lies: a link is followed to where it leads, if that is inside the blueprint's folder.
pub(crate) fn inside(root: &Path, path: &Path) -> Result<PathBuf, Outside> {
    let root = std::fs::canonicalize(root).map_err(Outside::Unseen)?;
    let real = std::fs::canonicalize(path).map_err(Outside::Unseen)?;
    if real.starts_with(&root) {
        Ok(real)
    } else {
        Err(Outside::Elsewhere)
    }
}

/// Why a file is not written.
#[derive(Debug)]
pub(crate) enum Outside {
    /// It cannot be looked at.
    Unseen(io::Error),
    /// It lies in another folder.
    Elsewhere,
}

/// Why something could not be written, as the end of a sentence.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "no permission to write in its folder".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        io::ErrorKind::StorageFull => "the disk is full".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_replaces_an_old_one() {
        let dir = tempfile::tempdir().expect("tempdir");
        let path = dir.path().join("a");
        assert!(create_new(&path, "one").expect("written"));
        assert!(!create_new(&path, "two").expect("kept"));
        assert_eq!(fs_err::read_to_string(&path).expect("text"), "one");
    }

    #[test]
    fn what_somebody_else_has_written_meanwhile_stays() {
        let dir = tempfile::tempdir().expect("tempdir");
        let path = dir.path().join("a");
        assert_eq!(add(&path, "one", "written"), Ok(()));
        assert_eq!(add(&path, "one", "written"), Ok(()), "it says the same");
        let told = add(&path, "two", "written").expect_err("it is there");
        assert!(told.contains("changed while"), "{told}");
        let told = update(&path, "none", "two", "written").expect_err("it is another");
        assert!(told.contains("changed while"), "{told}");
        assert_eq!(fs_err::read_to_string(&path).expect("text"), "one");
        assert_eq!(update(&path, "one", "two", "written"), Ok(()));
        assert_eq!(fs_err::read_dir(dir.path()).expect("folder").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_scripts_can_run() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("tempdir");
        let (script, plain) = (dir.path().join("run"), dir.path().join("a"));
        replace(&script, "x", true).expect("written");
        assert_ne!(
            std::fs::metadata(&script).expect("metadata").permissions().mode() & 0o100,
            0
        );
        replace(&plain, "x", false).expect("written");
        std::fs::set_permissions(&plain, std::fs::Permissions::from_mode(0o640)).expect("set");
        replace(&plain, "y", false).expect("written");
        assert_eq!(
            std::fs::metadata(&plain).expect("metadata").permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(
            fs_err::read_dir(dir.path()).expect("folder").count(),
            2,
            "no temporary file is left"
        );
    }
}
