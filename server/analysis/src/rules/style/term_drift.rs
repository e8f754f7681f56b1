//! One thing has two names, or one name two things.

use std::{collections::BTreeMap, sync::Arc};

use archwright_codegen::names::{pascal, snake};
use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        finding::{Finding, Place},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, renaming::Renames},
};

pub(crate) static RULE: Rule = Rule {
    id: "style.term_drift",
    severity: Severity::Hint,
    summary: "One thing has two names.",
    page: include_str!("../../../../../docs/rules/style/term_drift.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// The words of all contexts, in small letters and singular: `test_kit`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Glossary {
    /// Which contexts define a word, and how they write it.
    terms: BTreeMap<SmolStr, Vec<(Item, SmolStr)>>,
    /// Which words a context does not want, and which it uses in their place.
    unwanted: BTreeMap<(Item, SmolStr), SmolStr>,
}

#[salsa::tracked(returns(ref))]
fn glossary(db: &dyn Db) -> Arc<Glossary> {
    let cx = Cx { db };
    let mut glossary = Glossary::default();
    for &item in cx.items(Kind::Context).iter() {
        let Some(context) = cx.context(item) else { continue };
        for (term, _) in &context.terms {
            let users = glossary.terms.entry(key(term)).or_default();
            users.push((item, term.clone()));
        }
        for (synonym, term) in &context.synonyms {
            glossary.unwanted.insert((item, key(synonym)), term.clone());
        }
    }
    Arc::new(glossary)
}

/// How a word is looked up.
fn key(text: &str) -> SmolStr {
    let words = snake(text);
    let words: Vec<&str> = words.split('_').map(singular).collect();
    words.join("_").into()
}

/// Near enough: orders and order, boxes and box.
fn singular(word: &str) -> &str {
    if word.len() < 4 || word.ends_with("ss") {
        return word;
    }
    ["xes", "ches", "shes"]
        .iter()
        .find(|end| word.ends_with(**end))
        .map_or_else(|| word.strip_suffix('s').unwrap_or(word), |_| &word[..word.len() - 2])
}

/// A name that is not of its context's language.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Drift {
    def: Def,
    /// The word in it, as it is written there.
    word: SmolStr,
    /// The context whose word it is, and the word.
    context: Item,
    term: SmolStr,
    /// Whether the word is one that the own context does not want.
    synonym: bool,
}

#[salsa::tracked(returns(ref))]
fn drifting(db: &dyn Db, item: Item) -> Option<Arc<[Drift]>> {
    let cx = Cx { db };
    let words = glossary(db);
    if words.terms.is_empty() && words.unwanted.is_empty() {
        return None;
    }
    let home = cx.context_of(item)?;
    let service = cx.service(item)?;
    let known: Vec<Item> = cx.context(home).map_or_else(Vec::new, |context| {
        let used = context.uses.iter();
        used.filter_map(|used| cx.def(home, &used.context))
            .map(|def| def.item)
            .collect()
    });
    let mut found = Vec::new();
    let mut judge = |kind: DefKind, name: &SmolStr, noun: bool| {
        let def = Def { item, kind };
        for (word, key) in parts(name) {
            if let Some(term) = words.unwanted.get(&(home, key.clone())) {
                found.push(Drift {
                    def,
                    word,
                    context: home,
                    term: term.clone(),
                    synonym: true,
                });
                return;
            }
            let Some(users) = words.terms.get(&key).filter(|_| noun) else {
                continue;
            };
            // Whoever defines the word, or depends on who does, may use it.
            let legal = |context: &Item| *context == home || known.contains(context);
            if users.iter().any(|(context, _)| legal(context)) {
                return;
            }
            if let Some((context, term)) = users.first() {
                found.push(Drift {
                    def,
                    word,
                    context: *context,
                    term: term.clone(),
                    synonym: false,
                });
                return;
            }
        }
    };
    for (index, entity) in service.entities.iter().enumerate() {
        judge(DefKind::Entity(index as u16), &entity.name, true);
        for (field, facts) in entity.fields.iter().enumerate() {
            judge(DefKind::EntityField(index as u16, field as u16), &facts.name, false);
        }
    }
    for (index, def) in service.types.iter().enumerate() {
        judge(DefKind::Type(index as u16), &def.name, def.of.is_none());
    }
    for (index, event) in service.events.iter().enumerate() {
        judge(DefKind::Event(index as u16), &event.name, true);
    }
    for (index, query) in service.queries.iter().enumerate() {
        judge(DefKind::Query(index as u16), &query.name, false);
    }
    for (index, op) in service.ops.iter().enumerate() {
        if op.entity.is_none() {
            judge(DefKind::Op(index as u16), &op.name, false);
        }
    }
    (!found.is_empty()).then(|| Arc::from(found))
}

/// The runs of up to three words in a name, the longer ones first: as written, and as they are looked up.
fn parts(name: &str) -> Vec<(SmolStr, SmolStr)> {
    let words = snake(name);
    let words: Vec<&str> = words.split('_').filter(|word| !word.is_empty()).collect();
    let mut parts = Vec::new();
    for length in (1..=words.len().min(3)).rev() {
        for run in words.windows(length) {
            let text = run.join("_");
            parts.push((SmolStr::new(&text), key(&text)));
        }
    }
    parts
}

/// The name with the context's word in the place of the other one.
fn renamed(name: &str, drift: &Drift) -> SmolStr {
    let words = format!("_{}_", snake(name));
    let term = snake(&drift.term);
    let plural = drift.word.ends_with('s') && !key(&drift.word).ends_with('s');
    let term = if plural { format!("{term}s") } else { term };
    let swapped = words.replacen(&format!("_{}_", drift.word), &format!("_{term}_"), 1);
    let swapped = swapped.trim_matches('_');
    let nouns = matches!(
        drift.def.kind,
        DefKind::Entity(_) | DefKind::Type(_) | DefKind::Event(_)
    );
    if nouns { pascal(swapped).into() } else { swapped.into() }
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut all: Vec<&Drift> = Vec::new();
    for &item in cx.items(Kind::Service).iter() {
        if let Some(drifts) = drifting(cx.db, item) {
            all.extend(drifts.iter());
        }
    }
    if all.is_empty() {
        return;
    }
    let wanted: Vec<(Def, SmolStr)> = all
        .iter()
        .filter(|drift| drift.synonym)
        .map(|drift| (drift.def, renamed(&drift.def.name(cx.db), drift)))
        .collect();
    let mut renames = Renames::of(cx, &wanted);
    for drift in all {
        let rename = wanted.iter().find(|(def, _)| *def == drift.def && drift.synonym);
        let finding = report(cx, drift);
        let fix = rename.and_then(|(def, name)| renames.fix(cx, *def, name));
        findings.push(match fix {
            Some(fix) => finding.fix(fix.preferred()),
            None => finding,
        });
    }
}

fn report(cx: Cx<'_>, drift: &Drift) -> Finding {
    let name = drift.def.name(cx.db);
    let (word, term) = (&drift.word, &drift.term);
    let context = cx.name(drift.context);
    let message = if drift.synonym {
        format!("`{name}` says {word}, and {context} calls that {term}: two words for one thing, and readers look for the difference")
    } else {
        format!("`{name}` uses {term}, a word of {context}, on which its own context does not depend: one word, and nobody knows whether one thing")
    };
    let help = if drift.synonym {
        format!("Use the context's own word: {term}.")
    } else {
        format!("Take a word of the own context, define the word there with `term`, or say that it `uses {context}`.")
    };
    Finding::new(
        RULE.id,
        RULE.severity,
        cx.qualified(drift.def),
        cx.place(drift.def),
        message,
    )
    .help(help)
    .related(
        format!("the words of {context}"),
        Place::new(drift.context, Loc::at(&[], Part::Name)),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(ordering: &str, member: &str) -> String {
        format!(
            "context Ordering {{ term \"Order\" \"What a clinician asks for.\" not \"Request\", \"Work item\"{ordering} }}
context Laboratory {{ term \"Sample\" \"Material of one patient.\" }}
service Orders in Ordering {{
  {member}
}}
"
        )
    }

    #[test]
    fn a_context_has_one_word_for_a_thing() {
        let of = |member: &str| of_rule(&text("", member), RULE.id).len();
        assert_eq!(of("entity Request { id: uuid @id }"), 1);
        assert_eq!(of("entity Line { id: uuid @id; requests: int }"), 1);
        assert_eq!(of("type WorkItemCard { text: string }"), 1);
        assert_eq!(of("endpoint place_request POST /v1/orders { allow any }"), 1);
        assert_eq!(of("entity Order { id: uuid @id }"), 0);
        assert_eq!(of("entity Requested { id: uuid @id }"), 0);
        let after = fixed(&text("", "entity Request { id: uuid @id }\n  type Card of Request { id }"), "Rename to Order everywhere");
        assert_eq!(after, text("", "entity Order { id: uuid @id }\n  type Card of Order { id }"));
    }

    #[test]
    fn a_word_of_another_context_is_borrowed_or_not_used() {
        let of = |ordering: &str, member: &str| of_rule(&text(ordering, member), RULE.id).len();
        assert_eq!(of("", "entity Sample { id: uuid @id }"), 1);
        assert_eq!(of("", "event SampleTaken v1 { key id; id: uuid }"), 1);
        assert_eq!(of("; uses Laboratory", "entity Sample { id: uuid @id }"), 0);
        assert_eq!(of("; term \"Sample\" \"A free copy.\"", "entity Sample { id: uuid @id }"), 0);
        // What is about it need not be it.
        assert_eq!(of("", "entity Line { id: uuid @id; sample: uuid }"), 0);
        assert_eq!(of("", "endpoint take_sample POST /v1/samples { allow any }"), 0);
    }
}
