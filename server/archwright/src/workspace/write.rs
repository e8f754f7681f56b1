//! Writes files whole or not at all.

use std::io::{self, Write};
use std::path::Path;

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
    file.persist(path).map(drop).map_err(|error| error.error)
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
