//! Healthy blueprints that are written for nothing but this: whatever a rule says about them is one warning too many.

use archwright_analysis::Profile;
use archwright_suite::{blueprint, tree};

#[test]
fn nothing_is_said_about_healthy_blueprints() {
    let files = tree::files("tests/suite/quiet", ".arch");
    assert!(files.len() > 1, "{files:?}");
    for path in files {
        let host = blueprint::host(
            &[("main.arch".to_owned(), tree::read(&path))],
            Profile::Recommended,
        );
        let found: Vec<String> = blueprint::found(&host)
            .into_iter()
            .map(|(found, message)| {
                format!(
                    "{path}:{}: {} {}: {message}",
                    found.line,
                    found.severity.word(),
                    found.code
                )
            })
            .collect();
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }
}

/// Somebody who is in the middle of a blueprint reads about what stands there, not about what is still to come.
#[test]
fn a_broken_line_is_one_error_and_no_findings() {
    for path in tree::files("tests/suite/quiet", ".arch") {
        let text = tree::read(&path);
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains(" where "))
        {
            let cut = line.find(" where ").unwrap_or_default() + " where ".len();
            let mut broken = lines.clone();
            broken[number] = &line[..cut];
            let host = blueprint::host(
                &[("main.arch".to_owned(), broken.join("\n"))],
                Profile::Recommended,
            );
            for (found, message) in blueprint::found(&host) {
                assert!(
                    found.code.starts_with("syntax."),
                    "{path}:{}: {} after a broken line {}: {message}",
                    found.line,
                    found.code,
                    number + 1
                );
            }
        }
    }
}
