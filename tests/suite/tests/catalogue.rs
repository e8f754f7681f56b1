//! Rules and their pages belong together.

use archwright_analysis::rules::RULES;
use archwright_suite::{page::Page, tree};

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
