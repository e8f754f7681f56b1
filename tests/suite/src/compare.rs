//! Compares what is found with what is announced, in words.

use std::{collections::BTreeSet, fmt::Write as _};

use archwright_analysis::{Host, rules::rule};

use crate::{
    announced::{self, Announced},
    blueprint::{self, Files},
};

/// Compares the findings of a blueprint with those that its text announces. Of the rules only those in `about` are looked at: a
/// page shows a few of them, on texts that are too small to please all the others. Errors in the text always count.
///
/// # Errors
/// The differences, one per line, with `name` before them; `line` is the one on which the text begins there.
pub fn findings(
    name: &str,
    line: usize,
    files: &Files,
    host: &Host,
    about: &BTreeSet<String>,
) -> Result<(), String> {
    let mut all = blueprint::found(host);
    all.retain(|(found, _)| rule(&found.code).is_none() || about.contains(&found.code));
    found(name, line, files, all)
}

/// Compares what is in the way of generating services with what the text announces.
///
/// # Errors
/// As [`findings`].
pub fn obstacles(name: &str, line: usize, files: &Files, host: &Host) -> Result<(), String> {
    found(name, line, files, blueprint::obstacles(host)?)
}

fn found(name: &str, line: usize, files: &Files, found: Vec<(Announced, String)>) -> Result<(), String> {
    let announced: Vec<Announced> = files
        .iter()
        .flat_map(|(file, text)| announced::read(file, text))
        .collect();
    let mut missing = announced;
    let mut unexpected = Vec::new();
    for (one, message) in found {
        match missing.iter().position(|announced| *announced == one) {
            Some(at) => {
                missing.remove(at);
            }
            None => unexpected.push((one, message)),
        }
    }
    if missing.is_empty() && unexpected.is_empty() {
        return Ok(());
    }
    let mut out = format!("{name}:{line}: what is found is not what is announced\n");
    let mut differences: Vec<(Announced, char, String)> =
        missing.into_iter().map(|one| (one, '-', String::new())).collect();
    differences.extend(
        unexpected
            .into_iter()
            .map(|(one, message)| (one, '+', format!("    {message}"))),
    );
    differences.sort();
    for (one, sign, message) in differences {
        let text = files
            .iter()
            .find(|(file, _)| *file == one.file)
            .and_then(|(_, text)| text.lines().nth(one.line - 1));
        let shown = announced::strip(text.unwrap_or_default());
        let word = one.severity.word();
        let _ = writeln!(
            out,
            "  {sign} {}:{} {word}: {}    {}",
            one.file,
            one.line,
            one.code,
            shown.trim()
        );
        if !message.is_empty() {
            let _ = writeln!(out, "  {message}");
        }
    }
    out.push_str("  (- is announced and not found, + is found and not announced)\n");
    Err(out)
}

/// Compares two texts.
///
/// # Errors
/// Their difference, with `title` before it.
pub fn texts(title: &str, expected: &str, actual: &str) -> Result<(), String> {
    if expected == actual {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(expected, actual);
    Err(format!(
        "{title}\n{}",
        diff.unified_diff().header("expected", "actual")
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use archwright_analysis::Profile;

    use super::{findings, texts};
    use crate::blueprint;

    fn compared(text: &str) -> Result<(), String> {
        let files = blueprint::split(text);
        findings(
            "a.md",
            7,
            &files,
            &blueprint::host(&files, Profile::Recommended),
            &BTreeSet::new(),
        )
    }

    #[test]
    fn rules_that_a_page_is_not_about_are_left_out() {
        let files = blueprint::split("service A { entity E { id: uuid @id; ssn: string } }\n");
        let host = blueprint::host(&files, Profile::Recommended);
        let told = |about: &[&str]| {
            let about = about.iter().map(|id| (*id).to_owned()).collect();
            findings("a.md", 1, &files, &host, &about)
        };
        assert_eq!(told(&[]), Ok(()));
        assert!(told(&["data.unclassified_field"]).is_err());
    }

    #[test]
    fn differences_both_ways_are_told() {
        assert_eq!(
            compared("service Orders {\n  owner Care // error: name.unknown\n}\n"),
            Ok(())
        );
        let told = compared("service Orders { // hint: name.unknown\n  owner Care\n}\n")
            .expect_err("both are wrong");
        assert!(told.starts_with("a.md:7: "), "{told}");
        assert!(
            told.contains("- main.arch:1 hint: name.unknown    service Orders {"),
            "{told}"
        );
        assert!(
            told.contains("+ main.arch:2 error: name.unknown    owner Care"),
            "{told}"
        );
    }

    #[test]
    fn announcing_twice_needs_two_findings() {
        assert!(
            compared("service Orders {\n  owner Care // error: name.unknown, name.unknown\n}\n").is_err()
        );
    }

    #[test]
    fn texts_differ_by_line() {
        assert_eq!(texts("x", "a\n", "a\n"), Ok(()));
        let told = texts("x", "a\nb\n", "a\nc\n").expect_err("they differ");
        assert!(told.contains("-b\n+c"), "{told}");
    }
}
