//! Comments that announce findings: `// error: data.foreign_access, name.unknown` at the end of a line.

use archwright_analysis::diagnostic::Severity;

/// A finding as pages and comparisons speak of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Announced {
    /// The file's name.
    pub file: String,
    /// The line on which it starts, from 1.
    pub line: usize,
    /// How bad.
    pub severity: Severity,
    /// What.
    pub code: String,
}

/// Where the announcing comment of a line begins, if it has one.
fn start(line: &str) -> Option<usize> {
    line.match_indices("// ").map(|(at, _)| at).find(|at| {
        line[at + 3..]
            .split_once(':')
            .is_some_and(|(word, _)| Severity::from_word(word.trim()).is_some())
    })
}

/// What a file announces.
pub fn read(file: &str, text: &str) -> Vec<Announced> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some(at) = start(line) else { continue };
        for comment in line[at..].split("//") {
            let Some((word, codes)) = comment.trim().split_once(':') else {
                continue;
            };
            let Some(severity) = Severity::from_word(word) else {
                continue;
            };
            for code in codes.split(',') {
                found.push(Announced {
                    file: file.to_owned(),
                    line: number + 1,
                    severity,
                    code: code.trim().to_owned(),
                });
            }
        }
    }
    found.sort();
    found
}

/// The text without its announcements.
pub fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match start(line) {
            Some(at) => {
                out.push_str(line[..at].trim_end());
                out.push('\n');
            }
            None => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Severity, read, strip};

    #[test]
    fn announcements_are_read_and_removed() {
        let text =
            "role A // an ordinary comment\nrole B // error: a.b, c.d // hint: e.f\n  url \"http://x\"\n";
        let found: Vec<_> = read("x", text)
            .into_iter()
            .map(|one| (one.line, one.severity, one.code))
            .collect();
        assert_eq!(
            found,
            [
                (2, Severity::Error, "a.b".to_owned()),
                (2, Severity::Error, "c.d".to_owned()),
                (2, Severity::Hint, "e.f".to_owned())
            ]
        );
        assert_eq!(
            strip(text),
            "role A // an ordinary comment\nrole B\n  url \"http://x\"\n"
        );
    }
}
