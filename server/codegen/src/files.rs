//! Rendered files, and which paths a file may have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Who owns a file after it has been written once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The generator's; a user's edits are kept by merging.
    Owned,
    /// The user's; written once and never again.
    Yours,
    /// Written once and never changed by anybody (migrations, decision records).
    Append,
    /// Follows from the blueprint alone (API documents).
    Derived,
}

impl Class {
    /// The word in plans and in the lock.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::Yours => "yours",
            Self::Append => "append",
            Self::Derived => "derived",
        }
    }
}

/// A file as the templates make it, before anything is known of the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedFile {
    /// Path with `/`; relative to the service's folder when a stack renders it, to the workspace afterwards.
    pub path: String,
    /// Who owns it.
    pub class: Class,
    /// What it was rendered from, stable between runs: `python/app/main.py.jinja`.
    pub template: String,
    /// Ids of the model elements that it shows, sorted.
    pub model_ids: Vec<String>,
    /// The text: LF line ends, no byte-order mark, a final newline.
    pub text: String,
    /// Whether it is a script.
    pub executable: bool,
}

impl RenderedFile {
    /// A file that is not a script; ids are sorted and the text is brought to LF with a final newline.
    pub fn new(
        path: impl Into<String>,
        class: Class,
        template: impl Into<String>,
        model_ids: impl IntoIterator<Item = String>,
        text: impl AsRef<str>,
    ) -> Self {
        let mut model_ids: Vec<String> = model_ids.into_iter().collect();
        model_ids.sort();
        model_ids.dedup();
        let mut text = text.as_ref().replace("\r\n", "\n");
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            path: path.into(),
            class,
            template: template.into(),
            model_ids,
            text,
            executable: false,
        }
    }

    /// The same file, marked as a script.
    #[must_use]
    pub fn executable(mut self) -> Self {
        self.executable = true;
        self
    }
}

/// Why a path cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathProblem {
    /// The path.
    pub path: String,
    /// What is wrong with it, as the end of a sentence: `is absolute`.
    pub problem: String,
}

/// Checks one relative path. Symbolic links cannot be seen here; whoever writes must check those.
pub fn check_path(path: &str) -> Result<(), PathProblem> {
    let refuse = |problem: &str| {
        Err(PathProblem {
            path: path.to_owned(),
            problem: problem.to_owned(),
        })
    };
    if path.is_empty() {
        return refuse("is empty");
    }
    if path.starts_with('/') {
        return refuse("is absolute");
    }
    if path.contains('\\') {
        return refuse("contains a backslash");
    }
    if path.len() > 400 {
        return refuse("is longer than 400 bytes");
    }
    for (at, segment) in path.split('/').enumerate() {
        if segment.is_empty() {
            return refuse("has an empty segment");
        }
        if segment == "." || segment == ".." {
            return refuse("goes through `.` or `..`");
        }
        if segment
            .chars()
            .any(|letter| letter.is_control() || "<>:\"|?*".contains(letter))
        {
            return refuse("contains a character that not every system allows in a file name");
        }
        if segment.ends_with('.') || segment.ends_with(' ') {
            return refuse("has a segment that ends in a dot or a space");
        }
        let stem = segment.split('.').next().unwrap_or(segment).to_ascii_lowercase();
        let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
        let is_device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
            || numbered
                .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|digit| digit.is_ascii_digit()));
        if is_device {
            return refuse("uses a name that Windows reserves for a device");
        }
        if at == 0 && [".git", ".archwright"].contains(&segment.to_ascii_lowercase().as_str()) {
            return refuse("lies in a folder that belongs to a tool");
        }
    }
    Ok(())
}

/// Checks that paths are allowed and can stand beside each other: no two that differ only in case, and none that
/// is also another's folder.
pub fn check_paths<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<PathProblem> {
    let mut problems = Vec::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths {
        if let Err(problem) = check_path(path) {
            problems.push(problem);
            continue;
        }
        if let Some(other) = seen.insert(path.to_lowercase(), path) {
            let problem = if other == path {
                "is rendered twice".to_owned()
            } else {
                format!("differs from `{other}` only in case")
            };
            problems.push(PathProblem {
                path: path.to_owned(),
                problem,
            });
        }
    }
    for path in seen.values() {
        let folders = path.match_indices('/').map(|(at, _)| path[..at].to_lowercase());
        if let Some(file) = folders.into_iter().find_map(|folder| seen.get(&folder)) {
            let problem = format!("lies in a folder of the same name as the file `{file}`");
            problems.push(PathProblem {
                path: (*path).to_owned(),
                problem,
            });
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_leave_or_break_a_workspace_are_refused() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a/./b",
            "a\\b",
            "a//b",
            "C:/x",
            "a/nul",
            "a/COM1.txt",
            "a/b.",
            "a/b ",
            "a/\u{0}",
            "a\nb",
            ".git/hooks/x",
            ".ARCHWRIGHT/lock.json",
            "a/",
        ] {
            assert!(check_path(path).is_err(), "{path:?} must be refused");
        }
        for path in [
            "a",
            "a/b.py",
            ".github/workflows/ci.yml",
            "services/orders/.env.example",
            "a/common.py",
        ] {
            assert_eq!(check_path(path), Ok(()), "{path:?} is fine");
        }
    }

    #[test]
    fn clashing_paths_are_found() {
        assert_eq!(check_paths(["a/b", "a/c"]), []);
        assert_eq!(check_paths(["a/b", "A/b"]).len(), 1);
        assert_eq!(check_paths(["a/b", "a/b"]).len(), 1);
        assert_eq!(check_paths(["a", "A/c"]).len(), 1);
    }

    #[test]
    fn rendered_text_has_one_shape() {
        let file = RenderedFile::new("a", Class::Owned, "t", ["b".to_owned(), "a".to_owned()], "x\r\ny");
        assert_eq!(file.text, "x\ny\n");
        assert_eq!(file.model_ids, ["a", "b"]);
    }
}
