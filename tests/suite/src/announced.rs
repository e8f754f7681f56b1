//! Comments that announce findings: `// error: data.foreign_access, name.unknown` at the end of a line.

use archwright_analysis::diagnostic::Severity;
use archwright_fixture::{Expectation, Fixture};

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

/// What a file announces.
pub fn read(file: &str, text: &str) -> Vec<Announced> {
    let mut found: Vec<Announced> = expectations(text)
        .into_iter()
        .filter_map(|expected| {
            Some(Announced {
                file: file.to_owned(),
                line: expected.line + 1,
                severity: Severity::from_word(expected.severity.word())?,
                code: expected.code,
            })
        })
        .collect();
    found.sort();
    found
}

fn expectations(text: &str) -> Vec<Expectation> {
    Fixture::parse(text)
        .files
        .into_iter()
        .flat_map(|file| file.expectations)
        .collect()
}

/// The text without its announcements.
pub fn strip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let comments: Vec<usize> = line.match_indices("//").map(|(at, _)| at).collect();
        let first = comments.iter().enumerate().find(|(number, at)| {
            let end = comments.get(number + 1).copied().unwrap_or(line.len());
            !expectations(&line[**at..end]).is_empty()
        });
        match first {
            Some((_, at)) => {
                out.push_str(line[..*at].trim_end());
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
