//! Carries out a plan on disk: files first, the lock last, each whole or not at all.

use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use archwright_codegen::plan::{LOCK_PATH, Write, base_path, digest};

use super::disk::inside;
use super::read::{ReadError, read_source};
use super::write::{reason, replace};

/// Where replaced and deleted files are kept, one folder per run, relative to the blueprint's folder.
const BACKUP_FOLDER: &str = ".archwright/backup";

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// Files of services that were written.
    pub(crate) written: usize,
    /// Files of services that were deleted.
    pub(crate) deleted: usize,
    /// Files of which the former text is in the backup folder.
    pub(crate) backed_up: usize,
}

/// Why a run stopped, and how far it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stopped {
    /// What had been done before.
    pub(crate) applied: Applied,
    /// What happened, as a sentence.
    pub(crate) message: String,
}

impl Stopped {
    /// The whole story for the user.
    pub(crate) fn story(&self) -> String {
        let Applied { written, deleted, .. } = self.applied;
        if written + deleted == 0 {
            return format!("{} Nothing was changed.", self.message);
        }
        format!(
            "{} Before that {} had been written and {} deleted. Mend the cause and generate again: the run goes on where \
             it stopped.",
            self.message,
            crate::render::human::plural(written, "file"),
            crate::render::human::plural(deleted, "file"),
        )
    }
}

/// Takes every step of `writes` in its order; stops at the first that fails.
pub(crate) fn apply(root: &Path, writes: &[Write]) -> Result<Applied, Stopped> {
    let mut run = Run {
        root,
        backup: None,
        applied: Applied::default(),
    };
    for write in writes {
        if let Err(message) = run.step(write) {
            return Err(Stopped {
                applied: run.applied,
                message,
            });
        }
    }
    Ok(run.applied)
}

struct Run<'a> {
    root: &'a Path,
    /// This run's folder of former texts, once there is one.
    backup: Option<String>,
    applied: Applied,
}

impl Run<'_> {
    fn step(&mut self, write: &Write) -> Result<(), String> {
        match write {
            Write::File {
                path,
                text,
                executable,
                previous,
            } => {
                self.expect(path, previous.as_deref())?;
                if previous.is_some() {
                    self.back_up(path)?;
                }
                self.write(path, text, *executable)?;
                self.applied.written += 1;
            }
            Write::Delete { path, previous } => {
                if self.expect(path, previous.as_deref())? {
                    self.back_up(path)?;
                    self.remove(path)?;
                    self.applied.deleted += 1;
                }
            }
            Write::Base { sha256, text } => self.write(&base_path(sha256), text, false)?,
            Write::Lock { text } => self.write(LOCK_PATH, text, false)?,
            Write::DropBase { sha256 } => self.remove(&base_path(sha256))?,
        }
        Ok(())
    }

    /// Makes sure that a file still is what the plan saw. True when there is one.
    fn expect(&self, path: &str, previous: Option<&str>) -> Result<bool, String> {
        let full = self.full(path)?;
        match (read_source(&full), previous) {
            (Err(ReadError::NotFound), None) => Ok(false),
            (Ok(text), Some(previous)) if digest(&text) == previous => Ok(true),
            (Err(ReadError::Denied), _) => Err(format!("{path} may not be read.")),
            _ => Err(format!("{path} was changed while the plan was made.")),
        }
    }

    fn back_up(&mut self, path: &str) -> Result<(), String> {
        if self.backup.is_none() {
            self.backup = Some(self.new_backup()?);
        }
        let folder = self.backup.clone().unwrap_or_default();
        let text = read_source(&self.full(path)?).map_err(|error| format!("{path}: {error}"))?;
        self.write(&format!("{folder}/{path}"), &text, false)?;
        self.applied.backed_up += 1;
        Ok(())
    }

    /// A new folder for this run, named by the time so that they sort.
    fn new_backup(&self) -> Result<String, String> {
        self.write(&format!("{BACKUP_FOLDER}/.gitignore"), "*\n", false)?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis());
        Ok(format!("{BACKUP_FOLDER}/{now}"))
    }

    fn full(&self, path: &str) -> Result<std::path::PathBuf, String> {
        inside(self.root, path).map_err(|why| format!("{path} {why}."))
    }

    fn write(&self, path: &str, text: &str, executable: bool) -> Result<(), String> {
        let full = self.full(path)?;
        let folder = full.parent().unwrap_or(self.root);
        std::fs::create_dir_all(folder)
            .and_then(|()| replace(&full, text, executable))
            .map_err(|error| format!("{path} could not be written: {}.", reason(&error)))
    }

    fn remove(&self, path: &str) -> Result<(), String> {
        match std::fs::remove_file(self.full(path)?) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(format!("{path} could not be deleted: {}.", reason(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str, previous: Option<&str>) -> Write {
        Write::File {
            path: path.into(),
            text: text.into(),
            executable: false,
            previous: previous.map(digest),
        }
    }

    fn read(root: &Path, path: &str) -> Option<String> {
        fs_err::read_to_string(root.join(path)).ok()
    }

    #[test]
    fn files_are_written_replaced_and_deleted_with_a_backup() {
        let dir = tempfile::tempdir().expect("tempdir");
        let root = dir.path();
        let lock = || Write::Lock { text: "{}\n".into() };
        let first = apply(
            root,
            &[file("s/a", "one\n", None), file("s/b", "b\n", None), lock()],
        );
        assert_eq!(
            first,
            Ok(Applied {
                written: 2,
                deleted: 0,
                backed_up: 0
            })
        );
        let second = apply(
            root,
            &[
                file("s/a", "two\n", Some("one\n")),
                Write::Delete {
                    path: "s/b".into(),
                    previous: Some(digest("b\n")),
                },
                lock(),
            ],
        );
        assert_eq!(
            second,
            Ok(Applied {
                written: 1,
                deleted: 1,
                backed_up: 2
            })
        );
        assert_eq!(read(root, "s/a").as_deref(), Some("two\n"));
        assert_eq!(read(root, "s/b"), None);
        assert_eq!(
            read(root, ".archwright/backup/.gitignore").as_deref(),
            Some("*\n")
        );
        let runs: Vec<_> = fs_err::read_dir(root.join(BACKUP_FOLDER))
            .expect("folder")
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .collect();
        assert_eq!(runs.len(), 1);
        assert_eq!(
            fs_err::read_to_string(runs[0].path().join("s/a")).ok().as_deref(),
            Some("one\n")
        );
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_never_overwritten() {
        let dir = tempfile::tempdir().expect("tempdir");
        fs_err::write(dir.path().join("a"), "mine\n").expect("file");
        let stopped = apply(
            dir.path(),
            &[file("b", "b\n", None), file("a", "new\n", Some("old\n"))],
        )
        .expect_err("stops");
        assert_eq!(stopped.applied.written, 1);
        assert!(
            stopped.story().contains("1 file had been written"),
            "{}",
            stopped.story()
        );
        assert_eq!(read(dir.path(), "a").as_deref(), Some("mine\n"));
        let stopped = apply(dir.path(), &[file("a", "new\n", None)]).expect_err("stops");
        assert!(
            stopped.story().ends_with("Nothing was changed."),
            "{}",
            stopped.story()
        );
    }

    #[test]
    fn paths_outside_are_refused() {
        let dir = tempfile::tempdir().expect("tempdir");
        let root = dir.path().join("root");
        fs_err::create_dir(&root).expect("folder");
        for path in ["../x", "/tmp/archwright-must-not-exist", "a/../../x"] {
            assert!(apply(&root, &[file(path, "x\n", None)]).is_err(), "{path}");
        }
        assert_eq!(fs_err::read_dir(dir.path()).expect("folder").count(), 1);
    }
}
