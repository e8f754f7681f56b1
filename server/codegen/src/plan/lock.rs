//! The lock: what earlier runs wrote, one line per file.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::files::{Class, RenderedFile, check_paths};

use super::text::digest;

/// Where the lock lies, relative to the workspace.
pub const LOCK_PATH: &str = ".archwright/lock.json";

/// Where pristine texts lie, relative to the workspace, each named by its hash.
pub const BASE_FOLDER: &str = ".archwright/base";

/// The version of the lock's format.
const VERSION: u32 = 1;

/// The path of a pristine text.
#[must_use]
pub fn base_path(sha256: &str) -> String {
    format!("{BASE_FOLDER}/{sha256}")
}

/// Every file that earlier runs wrote, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Sorted by path, no path twice.
    pub files: Vec<LockEntry>,
}

/// One file that an earlier run wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockEntry {
    /// Path, relative to the workspace.
    pub path: String,
    /// The service that it belongs to.
    pub service: String,
    /// Who owns it.
    pub class: Class,
    /// What it was rendered from.
    pub template: String,
    /// Ids of the model elements that it shows, sorted.
    pub model: Vec<String>,
    /// SHA-256 of the pristine text (LF, no byte-order mark), 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Whether the blueprint no longer asks for it, and it was kept because somebody has edited it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub orphan: bool,
}

impl LockEntry {
    /// The entry of a file just rendered.
    pub(super) fn of(file: &RenderedFile, service: &str) -> Self {
        Self {
            path: file.path.clone(),
            service: service.to_owned(),
            class: file.class,
            template: file.template.clone(),
            model: file.model_ids.clone(),
            sha256: digest(&file.text),
            orphan: false,
        }
    }
}

/// Why a lock cannot be used, in a sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockError {
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for LockError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for LockError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    version: u32,
    files: Vec<LockEntry>,
}

impl Lock {
    /// Reads a lock. Its paths and hashes are checked as if they came from a stranger, because a run deletes and
    /// rewrites what they name.
    ///
    /// # Errors
    ///
    /// Text that is no lock, a version that this program does not know, a path that leaves the workspace.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let refuse = |what: String| {
            let message = format!(
                "{LOCK_PATH} {what}, so nothing was generated. Restore it from version control; if both sides of a \
                 merge changed it, keep the lines of both and generate again."
            );
            Err(LockError { message })
        };
        let text = super::text::pristine(text);
        if text
            .lines()
            .any(|line| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>"))
        {
            return refuse("holds the marks of an unfinished merge".to_owned());
        }
        let file: LockFile = match serde_json::from_str(&text) {
            Ok(file) => file,
            Err(error) => return refuse(format!("cannot be read ({error})")),
        };
        if file.version != VERSION {
            return refuse(format!(
                "has version {}, and this program knows version {VERSION} only",
                file.version
            ));
        }
        if let Some(problem) = check_paths(file.files.iter().map(|entry| entry.path.as_str()))
            .into_iter()
            .next()
        {
            return refuse(format!(
                "names the path `{}`, which {}",
                problem.path, problem.problem
            ));
        }
        for entry in &file.files {
            let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
            if entry.sha256.len() != 64 || !entry.sha256.bytes().all(is_digit) {
                return refuse(format!("has no valid hash for `{}`", entry.path));
            }
        }
        Ok(Self::new(file.files))
    }

    /// A lock of these entries.
    #[must_use]
    pub fn new(mut files: Vec<LockEntry>) -> Self {
        files.sort_by(|left, right| left.path.cmp(&right.path));
        files.dedup_by(|later, first| later.path == first.path);
        Self { files }
    }

    /// The lock as text: sorted, one line per file, so that two branches merge line by line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{{\n\"version\": {VERSION},\n\"files\": [");
        for (at, entry) in self.files.iter().enumerate() {
            text.push_str(if at == 0 { "\n" } else { ",\n" });
            text.push_str(&serde_json::to_string(entry).expect("an entry is plain data"));
        }
        text.push_str("\n]\n}\n");
        text
    }

    /// The entry of a path.
    #[must_use]
    pub fn entry(&self, path: &str) -> Option<&LockEntry> {
        let at = self
            .files
            .binary_search_by(|entry| entry.path.as_str().cmp(path))
            .ok()?;
        self.files.get(at)
    }

    /// The hashes that entries name.
    pub(super) fn hashes(&self) -> BTreeSet<&str> {
        self.files.iter().map(|entry| entry.sha256.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> LockEntry {
        LockEntry {
            path: path.to_owned(),
            service: "Orders".to_owned(),
            class: Class::Owned,
            template: "t".to_owned(),
            model: vec!["Orders".to_owned()],
            sha256: digest("x\n"),
            orphan: false,
        }
    }

    #[test]
    fn a_lock_reads_what_it_writes_one_line_per_file() {
        let lock = Lock::new(vec![entry("b"), entry("a")]);
        let text = lock.to_text();
        assert_eq!(text.lines().filter(|line| line.contains("sha256")).count(), 2);
        assert_eq!(Lock::parse(&text), Ok(lock.clone()));
        assert_eq!(
            Lock::parse(&format!("\u{feff}{}", text.replace('\n', "\r\n"))),
            Ok(lock)
        );
        assert_eq!(Lock::parse(&Lock::default().to_text()), Ok(Lock::default()));
    }

    #[test]
    fn a_strangers_lock_cannot_reach_outside() {
        for path in ["../../etc/passwd", "/etc/passwd", ".git/config", "a\\b"] {
            let text = Lock::new(vec![entry(path)]).to_text();
            assert!(Lock::parse(&text).is_err(), "{path}");
        }
        let mut evil = entry("a");
        evil.sha256 = "../../x".to_owned();
        assert!(Lock::parse(&Lock::new(vec![evil]).to_text()).is_err());
    }

    #[test]
    fn unusable_locks_say_why() {
        for (text, part) in [
            ("", "cannot be read"),
            ("{\"version\":9,\"files\":[]}", "version 9"),
            ("<<<<<<< ours\n", "unfinished merge"),
        ] {
            let message = Lock::parse(text).expect_err("refused").message;
            assert!(message.contains(part), "{message}");
        }
    }
}
