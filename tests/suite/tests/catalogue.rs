//! Rules, errors and their pages belong together.

use std::collections::BTreeSet;

use archwright_analysis::rules::RULES;
use archwright_suite::{page::Page, tree};

/// The folders whose sources may find an error.
const SOURCES: &[&str] = &[
    "grammar/src",
    "server/analysis/src",
    "server/codegen/src",
    "server/archwright/src",
];

/// The first parts of codes that are no rules.
const ERRORS: &[&str] = &["config", "generate", "io", "name", "syntax", "type"];

/// Every code that the sources name, `"name.unknown"`, in quotes and in whole.
fn codes_in_sources() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for path in SOURCES.iter().flat_map(|folder| tree::files(folder, ".rs")) {
        for literal in tree::read(&path).split('"') {
            let Some((category, name)) = literal.split_once('.') else {
                continue;
            };
            let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if ERRORS.contains(&category) && is_name {
                codes.insert(literal.to_owned());
            }
        }
    }
    codes
}

#[test]
fn every_error_has_a_page_and_every_page_an_error() {
    let codes = codes_in_sources();
    for (code, _) in archwright_grammar::errors::CODES {
        assert!(codes.contains(*code), "{code} is explained and never found");
    }
    let pages: BTreeSet<String> = tree::files("docs/errors", ".md")
        .into_iter()
        .filter(|path| path != "docs/errors/README.md")
        .filter_map(|path| {
            let name = path.strip_prefix("docs/errors/")?.strip_suffix(".md")?;
            Some(name.replace('/', "."))
        })
        .collect();
    let without: Vec<&String> = codes.difference(&pages).collect();
    let unknown: Vec<&String> = pages.difference(&codes).collect();
    assert!(without.is_empty(), "without a page: {without:?}");
    assert!(unknown.is_empty(), "pages about nothing: {unknown:?}");
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
