//! `archwright explain`.

use archwright_analysis::rules::{RULES, rule};

use super::{Outcome, output};
use crate::render::markdown;
use crate::workspace::config::did_you_mean;

/// The pages about errors that are no rules, by code, sorted: everything below `docs/errors`.
static ERRORS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/error_pages.rs"));

/// Prints the page of a rule or of an error, or the list of both.
pub(super) fn run(name: Option<&str>) -> Outcome {
    let Some(name) = name else {
        output::print(&list());
        return Outcome::Well;
    };
    let code = name.trim().replace('/', ".").replace('-', "_");
    let page = rule(&code).map(|rule| rule.page).or_else(|| error(&code));
    if let Some(page) = page {
        let page = markdown::render(page, output::style());
        output::print(&format!("{page}\n{}\n", archwright_analysis::url(&code)));
        return Outcome::Well;
    }
    let known = RULES
        .iter()
        .map(|rule| rule.id)
        .chain(ERRORS.iter().map(|(code, _)| *code));
    let hint = did_you_mean(&code, known).map_or_else(
        || "Run `archwright explain` for the list.".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    );
    output::complain(&format!("There is no rule or error `{name}`. {hint}"));
    Outcome::Unable
}

/// The page about the error `code`.
fn error(code: &str) -> Option<&'static str> {
    ERRORS
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, page)| *page)
}

/// The first paragraph below the title of a page, on one line.
fn summary(page: &str) -> String {
    let lines = page
        .lines()
        .skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    let paragraph: Vec<&str> = lines
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    paragraph.join(" ")
}

fn list() -> String {
    let mut out = String::from("Rules (core: ★; only in profile strict: s):\n\n");
    for rule in RULES {
        let mark = if rule.core {
            '★'
        } else if rule.strict {
            's'
        } else {
            ' '
        };
        out.push_str(&format!(
            "{mark} {:<34} {:<8} {}\n",
            rule.id,
            rule.severity.word(),
            rule.summary
        ));
    }
    out.push_str("\nErrors, which can be neither waived nor switched off:\n\n");
    for (code, page) in ERRORS {
        out.push_str(&format!("  {code:<34} {}\n", summary(page)));
    }
    out.push_str("\n`archwright explain NAME` tells more about one.\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_every_sort_are_known() {
        assert!(ERRORS.is_sorted_by_key(|(code, _)| *code));
        for sort in ["syntax.", "name.", "type.", "config.", "io.", "generate."] {
            assert!(ERRORS.iter().any(|(code, _)| code.starts_with(sort)), "{sort}");
        }
    }

    #[test]
    fn a_page_is_known_by_its_code() {
        for (code, page) in ERRORS {
            assert!(page.starts_with(&format!("# `{code}`\n")), "{code}");
            assert_eq!(error(code), Some(*page));
        }
    }

    #[test]
    fn the_first_paragraph_is_the_summary() {
        assert_eq!(summary("# `a.b`\n\nOne\nand two.\n\nThree.\n"), "One and two.");
    }

    #[test]
    fn every_code_is_listed_once() {
        let list = list();
        let rules = RULES.iter().map(|rule| rule.id);
        for code in rules.chain(ERRORS.iter().map(|(code, _)| *code)) {
            let rows = list
                .lines()
                .filter(|line| line.split_whitespace().any(|word| word == code))
                .count();
            assert_eq!(rows, 1, "{code}");
        }
    }
}
