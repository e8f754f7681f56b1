//! The order in which a plan is written.

use super::{Action, Plan};

/// One step of writing a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Write a file of a service.
    File {
        /// Path, relative to the workspace.
        path: String,
        /// The text, as bytes go to the disk.
        text: String,
        /// Whether it is a script.
        executable: bool,
        /// SHA-256 of the text that must still be there; `None` when there must be no file.
        previous: Option<String>,
    },
    /// Delete a file of a service.
    Delete {
        /// Path, relative to the workspace.
        path: String,
        /// SHA-256 of the text that must still be there.
        previous: Option<String>,
    },
    /// Store a pristine text (a name that says what it holds, so an existing one may be written over).
    Base {
        /// Its hash; see [`super::base_path`].
        sha256: String,
        /// The text.
        text: String,
    },
    /// Write the lock ([`super::LOCK_PATH`]).
    Lock {
        /// The text.
        text: String,
    },
    /// Remove a pristine text that nothing needs.
    DropBase {
        /// Its hash.
        sha256: String,
    },
}

impl Plan {
    /// Every step, in the order in which it must be taken: files, then deletions, then pristine texts, then the lock,
    /// then what the new lock no longer needs. A run that ends after any step can be repeated and comes to the same
    /// end, because until the lock is written the old one still tells what an unedited file looks like, and a file
    /// that already is what it should be is taken over.
    #[must_use]
    pub fn writes(&self) -> Vec<Write> {
        let mut steps = Vec::new();
        for file in self.files.iter().filter(|file| file.action.writes()) {
            if let Some(text) = &file.new_text {
                steps.push(Write::File {
                    path: file.path.clone(),
                    text: text.clone(),
                    executable: file.executable,
                    previous: file.previous.clone(),
                });
            }
        }
        for file in self.files.iter().filter(|file| file.action == Action::Delete) {
            steps.push(Write::Delete {
                path: file.path.clone(),
                previous: file.previous.clone(),
            });
        }
        for (sha256, text) in &self.new_bases {
            steps.push(Write::Base {
                sha256: sha256.clone(),
                text: text.clone(),
            });
        }
        if self.lock_changed {
            steps.push(Write::Lock {
                text: self.lock.to_text(),
            });
        }
        for sha256 in &self.dropped_bases {
            steps.push(Write::DropBase {
                sha256: sha256.clone(),
            });
        }
        steps
    }
}
