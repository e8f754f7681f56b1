//! One service has most of the system in it.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        dependencies::{Home, home},
        finding::Finding,
        shape::{Shape, shapes},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.god_service",
    severity: Severity::Warning,
    summary: "One service has most of the system in it.",
    thresholds: &[
        Threshold {
            name: "share",
            default: 40,
            counts: "percent of all operations that one service may have",
        },
        Threshold {
            name: "services",
            default: 5,
            counts: "services, from which on the share is looked at",
        },
        Threshold {
            name: "contexts",
            default: 3,
            counts: "contexts whose terms the entities of one service are",
        },
    ],
    page: include_str!("../../../../../docs/rules/boundary/god_service.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// Kinds of service that are large by intent.
const LARGE: &[&str] = &["monolith", "gateway"];

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let all = shapes(cx.db);
    let total: usize = all.iter().map(|shape| shape.ops).sum();
    let share = cx.threshold(&RULE, "share") as usize;
    let enough = all.len() >= cx.threshold(&RULE, "services") as usize;
    let limit = cx.threshold(&RULE, "contexts") as usize;
    let terms = terms(cx.db);
    for shape in all.iter().filter(|shape| !shape.is(LARGE)) {
        let large = enough && shape.ops * 100 > share * total;
        let words = if shape.entities >= limit && terms.contexts >= limit {
            spoken(cx, shape, &terms.known)
        } else {
            Vec::new()
        };
        if large || words.len() >= limit {
            findings.push(finding(cx, shape, large.then_some(total), &words, limit));
        }
    }
}

/// The words that contexts define.
#[derive(Debug, PartialEq)]
struct Terms {
    known: FxHashMap<String, Vec<Item>>,
    /// How many contexts define any.
    contexts: usize,
}

#[salsa::tracked(returns(ref))]
fn terms(db: &dyn Db) -> Arc<Terms> {
    let cx = Cx { db };
    let mut known: FxHashMap<String, Vec<Item>> = FxHashMap::default();
    let mut contexts = 0;
    for &context in items_of(db, Kind::Context).iter() {
        let Some(facts) = cx.context(context) else { continue };
        contexts += usize::from(!facts.terms.is_empty());
        for (term, _) in &facts.terms {
            known.entry(plain(term)).or_default().push(context);
        }
    }
    Arc::new(Terms { known, contexts })
}

/// A word without spaces and capitals: `Test kit` and `TestKit` are one.
fn plain(word: &str) -> String {
    word.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The contexts whose words the entities of a service are, each with one entity. A word that the service's own context defines is its own.
fn spoken(cx: Cx<'_>, shape: &Shape, terms: &FxHashMap<String, Vec<Item>>) -> Vec<(Item, Def, SmolStr)> {
    let own = match home(cx.db, shape.item) {
        Home::Context(context) => Some(context),
        _ => None,
    };
    let mut found: Vec<(Item, Def, SmolStr)> = Vec::new();
    for (entity, facts) in cx.entities(shape.item) {
        let Some(contexts) = terms.get(&plain(&facts.name)) else {
            continue;
        };
        let context = contexts
            .iter()
            .find(|context| Some(**context) == own)
            .unwrap_or(&contexts[0]);
        if !found.iter().any(|(known, ..)| known == context) {
            found.push((*context, entity, facts.name.clone()));
        }
    }
    found
}

fn finding(
    cx: Cx<'_>,
    shape: &Shape,
    total: Option<usize>,
    words: &[(Item, Def, SmolStr)],
    limit: usize,
) -> Finding {
    let name = cx.name(shape.item).clone();
    let mut facts = Vec::new();
    if let Some(total) = total {
        facts.push(format!(
            "has {} of all {total} operations ({} %)",
            shape.ops,
            shape.ops * 100 / total.max(1)
        ));
    }
    if words.len() >= limit {
        let named: Vec<String> = words
            .iter()
            .map(|(context, _, word)| format!("`{word}` of {}", cx.name(*context)))
            .collect();
        facts.push(format!("keeps what {} contexts speak of ({})", words.len(), named.join(", ")));
    }
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        cx.place(Def::item(shape.item)),
        format!("`{name}` {}: every change ends up there, and all of them collide", facts.join(" and ")),
    )
    .help("Split it along its entities: those that change together and refer to each other stay together. Or say `kind monolith` if one service is what you want.");
    if words.len() >= limit {
        for (context, entity, word) in words {
            finding = finding.related(
                format!("`{word}` is a term of {}", cx.name(*context)),
                cx.place(*entity),
            );
        }
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::testing::of_rule;

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "boundary.god_service")
    }

    fn system(kind: &str, large: usize, others: usize) -> String {
        let ops = |count: usize| -> String { (0..count).map(|index| format!("  job j{index} every 1d\n")).collect::<Vec<_>>()
.concat() };
        let mut text = format!("service All {{\n{kind}{}}}\n", ops(large));
        for index in 0..others {
            text.push_str("service S");
            text.push_str(&index.to_string());
            text.push_str(" {\n");
            text.push_str(&ops(2));
            text.push_str("}\n");
        }
        text
    }

    #[test]
    fn a_large_share_counts_from_five_services_on() {
        assert_eq!(check(&system("", 6, 4)), ["1 warning All"]);
        assert_eq!(check(&system("", 5, 4)), [""; 0]);
        assert_eq!(check(&system("", 9, 3)), [""; 0]);
        assert_eq!(check(&system("  kind monolith\n", 6, 4)), [""; 0]);
        assert_eq!(check(&system("  kind gateway\n", 6, 4)), [""; 0]);
    }

    #[test]
    fn the_words_of_three_contexts_are_too_many() {
        let text = |service: &str| {
            format!(
                "context A {{ term \"Order\" \"x\" }}\ncontext B {{ term \"Test kit\" \"x\" }}\ncontext C {{ term \"Invoice\" \"x\"; term \"Order\" \"y\" }}\n\
                 service S in C {{ {service} }}\n"
            )
        };
        let entity = |name: &str| format!("entity {name} {{ id: uuid @id }}; ");
        let three = format!("{}{}{}", entity("Order"), entity("TestKit"), entity("Invoice"));
        // An order is the service's own word.
        assert_eq!(check(&text(&three)), [""; 0]);
        let outside = text(&three).replace("service S in C", "service S");
        assert_eq!(check(&outside), ["4 warning S"]);
        assert_eq!(check(&outside.replace("entity TestKit", "entity Kit")), [""; 0]);
    }
}
