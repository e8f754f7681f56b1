//! Rules, errors and their pages belong together.

use std::collections::BTreeMap;

use archwright_analysis::{codes, rules::RULES};
use archwright_grammar::errors;
use archwright_suite::{page::Page, tree};

/// The pages about errors by code, each with its first paragraph.
fn pages() -> BTreeMap<String, String> {
    tree::files("docs/errors", ".md")
        .into_iter()
        .filter(|path| path != "docs/errors/README.md")
        .filter_map(|path| {
            let name = path.strip_prefix("docs/errors/")?.strip_suffix(".md")?;
            Some((name.replace('/', "."), first_paragraph(&tree::read(&path))))
        })
        .collect()
}

fn first_paragraph(page: &str) -> String {
    let below = page
        .lines()
        .skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    let lines: Vec<&str> = below.take_while(|line| !line.trim().is_empty()).collect();
    lines.join(" ")
}

#[test]
fn every_error_has_a_page_that_begins_with_its_explanation_and_every_page_an_error() {
    let codes: BTreeMap<String, String> = errors::CODES
        .iter()
        .chain(codes::CODES)
        .map(|(code, line)| ((*code).to_owned(), (*line).to_owned()))
        .collect();
    let pages = pages();
    let without: Vec<&String> = codes.keys().filter(|code| !pages.contains_key(*code)).collect();
    assert!(without.is_empty(), "without a page: {without:?}");
    let unknown: Vec<&String> = pages.keys().filter(|code| !codes.contains_key(*code)).collect();
    assert!(unknown.is_empty(), "pages about nothing: {unknown:?}");
    assert_eq!(codes, pages);
}

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    let mut rules: Vec<String> = RULES
        .iter()
        .map(|rule| format!("docs/rules/{}.md", rule.id.replace('.', "/")))
        .collect();
    rules.sort();
    let pages: Vec<String> = tree::files("docs/rules", ".md")
        .into_iter()
        .filter(|path| path != "docs/rules/README.md")
        .collect();
    assert_eq!(rules, pages);
}

#[test]
fn a_rule_carries_its_own_page() {
    for rule in RULES {
        let path = format!("docs/rules/{}.md", rule.id.replace('.', "/"));
        assert_eq!(
            Page::parse(&path, rule.page).map(|page| page.title),
            Ok(rule.id.to_owned())
        );
        assert_eq!(rule.page, tree::read(&path), "{} includes another page", rule.id);
    }
}

#[test]
fn the_overview_has_a_row_for_each_rule_in_order() {
    let overview = tree::read("docs/rules/README.md");
    let rows: Vec<&str> = overview.lines().filter(|line| line.starts_with("| [`")).collect();
    let mut expected: Vec<String> = RULES
        .iter()
        .map(|rule| {
            format!(
                "| [`{}`]({}.md) | {} |",
                rule.id,
                rule.id.replace('.', "/"),
                rule.summary
            )
        })
        .collect();
    expected.sort();
    assert_eq!(rows, expected);
}

#[test]
fn a_page_states_the_profile_of_its_rule() {
    for rule in RULES {
        let profile = if rule.core {
            "core"
        } else if rule.strict {
            "strict"
        } else {
            "recommended"
        };
        assert!(
            rule.page.contains(&format!("- Profile: {profile}\n")),
            "the page of {} does not say {profile}",
            rule.id
        );
    }
}
