//! The book's table of contents, and the overview of errors: both go by the pages that are there.

use std::fmt::Write as _;

use super::{pages, read};
use crate::shell::Outcome;

/// The parts of the book, each with its chapters in order. A folder in place of a page stands for all of its pages, below its
/// overview.
const PARTS: &[(&str, &[&str])] = &[
    (
        "To begin with",
        &[
            "tour.md",
            "getting-started.md",
            "command-line.md",
            "configuration.md",
            "editors.md",
        ],
    ),
    (
        "The language",
        &[
            "language/index.md",
            "language/system.md",
            "language/service.md",
            "language/entity-and-types.md",
            "language/endpoint.md",
            "language/resource-and-query.md",
            "language/event-handler-job.md",
            "language/vendor-client-broker.md",
            "language/policy-decision-environment-waive.md",
            "language/predicates.md",
            "language/inheritance.md",
            "language/lexical.md",
            "language/style.md",
            "language/grammar.md",
            "language/extensions.md",
            "language/out-of-scope.md",
        ],
    ),
    (
        "What is found",
        &["rules/", "errors/", "fixes.md", "compliance.md"],
    ),
    ("In a team", &["ci.md", "baseline.md", "release.md"]),
    (
        "Generated services",
        &["generation/ownership.md", "generation/plan.md"],
    ),
    ("How it is made", &["architecture.md", "testing.md"]),
];

/// `docs/SUMMARY.md` for the pages that are there.
///
/// # Errors
/// A page that is in no part, or a chapter without a page.
pub(super) fn summary(pages: &[String]) -> Outcome<String> {
    let mut left: Vec<&str> = pages
        .iter()
        .filter_map(|page| page.strip_prefix("docs/"))
        .filter(|page| *page != "SUMMARY.md" && *page != "README.md")
        .collect();
    let mut out =
        String::from("<!-- Written by `cargo xtask docs`. -->\n\n# Summary\n\n[Archwright](README.md)\n");
    for (part, chapters) in PARTS {
        let _ = write!(out, "\n# {part}\n\n");
        for chapter in *chapters {
            let inside = chapter.ends_with('/');
            let first = if inside {
                format!("{chapter}README.md")
            } else {
                (*chapter).to_owned()
            };
            let _ = writeln!(out, "- [{}]({first})", title(&first)?);
            left.retain(|page| *page != first);
            if inside {
                let below: Vec<&str> = left
                    .iter()
                    .copied()
                    .filter(|page| page.starts_with(chapter))
                    .collect();
                for page in &below {
                    let _ = writeln!(out, "  - [{}]({page})", title(page)?);
                }
                left.retain(|page| !below.contains(page));
            }
        }
    }
    if left.is_empty() {
        Ok(out)
    } else {
        Err(format!(
            "in no part of the book (see xtask/src/reference/summary.rs): docs/{}",
            left.join(", docs/")
        ))
    }
}

/// The first heading of a page, without marks.
fn title(page: &str) -> Outcome<String> {
    let text = read(&format!("docs/{page}"))?;
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    heading
        .map(|heading| heading.replace('`', "").trim().to_owned())
        .ok_or_else(|| format!("docs/{page} has no title"))
}

/// The table of the errors of some categories: each page with its first paragraph.
///
/// # Errors
/// A page that cannot be read.
pub(super) fn errors(categories: &[&str]) -> Outcome<String> {
    let mut out = String::from("| Error | Says |\n| --- | --- |\n");
    for category in categories {
        for page in pages(&format!("docs/errors/{category}"))? {
            let name = page
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .trim_end_matches(".md");
            let first = first_paragraph(&read(&page)?);
            let _ = writeln!(out, "| [`{category}.{name}`]({category}/{name}.md) | {first} |");
        }
    }
    Ok(out)
}

/// The first paragraph below the title, on one line, fit for a cell of a table.
fn first_paragraph(page: &str) -> String {
    let below = page
        .lines()
        .skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    let lines: Vec<&str> = below
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    lines.join(" ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_no_part_is_an_error() {
        let error =
            summary(&["docs/README.md".to_owned(), "docs/lost.md".to_owned()]).expect_err("it is lost");
        assert!(error.contains("docs/lost.md"), "{error}");
    }

    #[test]
    fn a_summary_is_one_line() {
        assert_eq!(
            first_paragraph("# `a.b`\n\nOne | two\nthree.\n\n## Why\n"),
            "One \\| two three."
        );
    }
}
