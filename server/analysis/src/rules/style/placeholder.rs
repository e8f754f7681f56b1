//! Something was to be filled in later.

use archwright_grammar::{
    ast::{Node, Value},
    vocabulary::Kind,
};

use crate::{
    db::{Item, parsed},
    diagnostic::Severity,
    model::{
        cx::Cx,
        finding::{Finding, Place},
        loc::{Loc, Part},
        resolved::element,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "style.placeholder",
    severity: Severity::Info,
    summary: "Something was to be filled in later.",
    cwe: &[1053],
    page: include_str!("../../../../../docs/rules/style/placeholder.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Words that say so, written in capitals: a list of todos is a fine thing to have in a shop.
const WORDS: &[&str] = &["TODO", "TBD", "FIXME"];

/// Domains that nobody can have (RFC 2606) and that examples are written with.
const DOMAINS: &[&str] = &["example.com", "example.org", "example.net"];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    if cx
        .service(item)
        .is_some_and(|service| service.kind.as_deref() == Some("prototype"))
    {
        return;
    }
    if let Some(node) = &parsed(cx.db, item).node {
        walk(cx, item, node, &mut Vec::new(), findings);
    }
}

fn walk(cx: Cx<'_>, item: Item, node: &Node, path: &mut Vec<u16>, findings: &mut Vec<Finding>) {
    let mut found = |part: Part, what: String| {
        let named = element(cx.facts(item), path, parsed(cx.db, item).node.as_ref());
        let message = format!("{what}: what is not decided goes out as if it were");
        let at = Place::new(item, Loc::at(path, part));
        findings.push(
            Finding::new(RULE.id, RULE.severity, named, at, message)
                .help("Fill it in, or take it out until somebody knows."),
        );
    };
    if let Some(docs) = &node.docs {
        if docs.text.trim().is_empty() {
            found(Part::Name, "the documentation is empty".to_owned());
        } else if let Some(word) = marker(&docs.text) {
            found(Part::Name, format!("the documentation says `{word}`"));
        }
    }
    // A waiver without a reason is `evolution.waiver_stale`.
    let waiver = node.kind() == Kind::Waive;
    for (index, argument) in node.args.iter().enumerate() {
        let part = Part::Arg(index as u16);
        match &argument.value {
            Value::String(text) if text.trim().is_empty() && argument.slot == "because" && !waiver => {
                found(part, "the reason is empty".to_owned());
            }
            Value::String(text) => {
                let domain = || DOMAINS.iter().copied().find(|domain| has_domain(text, domain));
                if let Some(word) = marker(text).or_else(domain) {
                    found(part, format!("`{word}` stands here"));
                }
            }
            Value::Name(name) if WORDS.contains(&name.text.as_str()) => {
                found(Part::Name, format!("it is called `{}`", name.text));
            }
            _ => {}
        }
    }
    for (index, child) in node.children().iter().enumerate() {
        path.push(index as u16);
        walk(cx, item, child, path, findings);
        path.pop();
    }
}

/// What says in a text that something is missing.
fn marker(text: &str) -> Option<&'static str> {
    if text.contains("???") {
        return Some("???");
    }
    let whole = text.trim().to_ascii_uppercase();
    WORDS.iter().copied().find(|word| {
        whole == *word
            || text.match_indices(word).any(|(at, _)| {
                let letter = |c: char| c.is_alphanumeric() || c == '_';
                !text[..at].ends_with(letter) && !text[at + word.len()..].starts_with(letter)
            })
    })
}

/// Whether a domain, or one below it, stands in a text.
fn has_domain(text: &str, domain: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.match_indices(domain).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + domain.len()..].chars().next();
        let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::of_rule;

    #[test]
    fn what_is_missing_is_said_in_many_ways() {
        for text in [
            "team T { contact \"TODO\" }\n",
            "team T { contact \"tbd\" }\n",
            "team T { contact \"platform@example.com\" }\n",
            "vendor V: http { timeout 1s; url \"https://api.example.org/v1\" }\n",
            "/// TODO: say what it is for.\nteam T\n",
            "/// Who knows???\nteam T\n",
            "///\nteam T\n",
            "team TBD\n",
            "service S { endpoint a GET /a { public because \"\" } }\n",
            "service S { entity E { id: uuid @id; purpose \"FIXME\" } }\n",
        ] {
            assert_eq!(of_rule(text, RULE.id).len(), 1, "{text}");
        }
    }

    #[test]
    fn words_that_only_look_like_it_are_fine() {
        for text in [
            "team T { contact \"platform@clinic.example\" }\n",
            "team T { contact \"todos@clinic.example\" }\n",
            "vendor V: http { timeout 1s; url \"https://myexample.com\" }\n",
            "/// Todo lists of people.\nservice Todos { entity Todo { id: uuid @id; text: string = \"TODO\" } }\n",
            "// TODO: a comment is for us.\nteam T\n",
            "service S { kind prototype; entity E { id: uuid @id; purpose \"TODO\" } }\n",
            "service S { endpoint a GET /a { waive api.missing_version because \"\" } }\n",
        ] {
            assert_eq!(of_rule(text, RULE.id), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_empty_reason_for_an_open_door_is_the_open_door() {
        let text = "service S { endpoint a POST /a { public because \"\" } }\n";
        assert_eq!(of_rule(text, RULE.id), [""; 0]);
        assert_eq!(of_rule(text, "auth.unauthenticated_mutation").len(), 1);
    }
}
