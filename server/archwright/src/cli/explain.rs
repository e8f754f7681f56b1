//! `archwright explain`.

use archwright_analysis::rules::{RULES, rule};
use archwright_grammar::errors::CODES as SYNTAX;

use super::{Outcome, output};
use crate::render::markdown;
use crate::workspace::config::did_you_mean;

const ERRORS: &str = include_str!("../../../../docs/language/errors.md");

/// Prints a rule's page, or the list of rules.
pub(super) fn run(name: Option<&str>) -> Outcome {
    let Some(name) = name else {
        output::print(&list());
        return Outcome::Well;
    };
    let code = name.trim().replace('/', ".").replace('-', "_");
    if let Some(rule) = rule(&code) {
        let page = markdown::render(rule.page, output::style());
        output::print(&format!("{page}\n{}\n", archwright_analysis::url(rule.id)));
        return Outcome::Well;
    }
    if let Some((code, line)) = codes().find(|(known, _)| *known == code) {
        output::print(&format!(
            "{code}: {line}.\n\nThis is an error of the text itself: it can be neither waived nor switched off.\n\n{}\n",
            archwright_analysis::url(code)
        ));
        return Outcome::Well;
    }
    let known = RULES
        .iter()
        .map(|rule| rule.id)
        .chain(codes().map(|(code, _)| code));
    let hint = did_you_mean(&code, known).map_or_else(
        || "Run `archwright explain` for the list.".to_owned(),
        |near| format!("Did you mean `{near}`?"),
    );
    output::complain(&format!("There is no rule `{name}`. {hint}"));
    Outcome::Unable
}

/// Codes of errors that are no rules, with a line on each: the parser's own, then the tables of the page about them.
fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let tables = ERRORS.lines().filter_map(|line| {
        let (code, line) = line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | ")?;
        (code.contains('.') && !code.starts_with("syntax.")).then_some((code, line))
    });
    SYNTAX
        .iter()
        .map(|(code, line)| (*code, line.trim_end_matches('.')))
        .chain(tables)
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
    out.push_str("\nErrors of the text itself:\n\n");
    for (code, line) in codes() {
        out.push_str(&format!("  {code:<34} {line}\n"));
    }
    out.push_str("\n`archwright explain NAME` tells more about one.\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_every_sort_are_known() {
        assert!(codes().any(|(code, _)| code == "syntax.unclosed_block"));
        assert!(codes().any(|(code, _)| code == "name.unknown"));
        assert!(codes().any(|(code, _)| code == "type.mismatch"));
    }

    #[test]
    fn every_rule_is_listed_once() {
        let list = list();
        for rule in RULES {
            assert_eq!(list.matches(&format!(" {} ", rule.id)).count(), 1, "{}", rule.id);
        }
    }
}
