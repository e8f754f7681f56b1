//! A field sounds sensitive and has no class.

use std::sync::LazyLock;

use archwright_codegen::names::words;
use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        facts::{Body, Field, Ty, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.unclassified_field",
    severity: Severity::Warning,
    core: true,
    summary: "A field sounds sensitive and has no class.",
    subsumes: &[],
    cwe: &[359],
    page: include_str!("../../../../../docs/rules/data/unclassified_field.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// The classes, as attributes without the `@`.
const CLASSES: [&str; 4] = ["pii", "phi", "pci", "secret"];

/// Scalars that can hold such a thing; e-mails and phones have their class by nature.
const CARRIERS: [&str; 12] = [
    "uuid", "string", "text", "int", "long", "decimal", "float", "money", "instant", "date", "bytes", "json",
];

/// The class, as an attribute without the `@`, that a name sounds like.
pub(crate) fn sounds_like(name: &str) -> Option<&'static str> {
    LEXICON.class(name).map(|(class, _)| class)
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let facts = cx.facts(item);
    match &facts.body {
        Body::Type(def) => check_fields(cx, item, facts.name.as_str(), &def.fields, findings),
        Body::Service(service) => {
            let mut member = |name: &SmolStr, fields: &[Field]| {
                check_fields(cx, item, &format!("{}.{name}", facts.name), fields, findings);
            };
            for entity in &service.entities {
                member(&entity.name, &entity.fields);
            }
            for def in &service.types {
                member(&def.name, &def.fields);
            }
            for event in &service.events {
                member(&event.name, &event.fields);
            }
        }
        _ => {}
    }
}

fn check_fields(cx: Cx<'_>, item: Item, owner: &str, fields: &[Field], findings: &mut Vec<Finding>) {
    let mut seen: Vec<&SmolStr> = Vec::new();
    for field in fields {
        if let Some(inner) = structure(&field.ty) {
            check_fields(cx, item, &format!("{owner}.{}", field.name), inner, findings);
            continue;
        }
        if field.has("public") || CLASSES.iter().any(|class| field.has(class)) {
            continue;
        }
        let Some((class, entry)) = LEXICON.class(&field.name) else {
            continue;
        };
        if !carries(cx, item, &field.ty, class) {
            continue;
        }
        // What is left of a hashed or tokenized name says nothing about anybody; a hashed secret is still one.
        if class != "secret" && (field.has("hashed") || field.has("tokenized")) {
            continue;
        }
        if seen.contains(&&field.name) {
            continue;
        }
        seen.push(&field.name);
        findings.push(finding(item, owner, field, class, entry));
    }
}

fn finding(item: Item, owner: &str, field: &Field, class: &'static str, entry: &str) -> Finding {
    let sounds = match class {
        "phi" => "health data",
        "pci" => "card data",
        "secret" => "a credential",
        _ => "personal data",
    };
    let named = if field.name == entry {
        String::new()
    } else {
        format!(" (`{entry}`)")
    };
    let mut finding = Finding::new(
        RULE.id,
        Severity::Warning,
        format!("{owner}.{}", field.name),
        Place::new(item, field.loc.clone()),
        format!(
            "`{}` sounds like {sounds}{named} and has no class: every other rule is blind to it",
            field.name
        ),
    )
    .help(format!("Mark it `@{class}`, or `@public` if the name misleads."));
    // An inline field has no place behind which an attribute could be written.
    if matches!(field.loc.part, Part::Inline(..)) {
        return finding;
    }
    let at = Place::new(item, field.loc.with(Part::Head));
    let mark = |word: &str| {
        FixPlan::suggest(
            format!("Mark {} as @{word}", field.name),
            vec![Step::InsertAfter(at.clone(), format!(" @{word}"))],
        )
    };
    finding = finding.fix(mark(class).preferred());
    for other in CLASSES.iter().filter(|other| **other != class).chain(&["public"]) {
        finding = finding.fix(mark(other));
    }
    finding
}

/// Whether a type, or what it lists, can hold something of a class: a scalar, or for what is known of a person an enum.
fn carries(cx: Cx<'_>, item: Item, ty: &Ty, class: &str) -> bool {
    match &ty.kind {
        TyKind::Scalar(name, _) => CARRIERS.contains(&name.as_str()),
        TyKind::List(inner) => carries(cx, item, inner, class),
        TyKind::Named(reference) if matches!(class, "pii" | "phi") => {
            cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity])
                .is_some_and(|def| def.enum_def(cx.db).is_some())
        }
        _ => false,
    }
}

/// The fields of an inline structure, or of a list of them.
fn structure(ty: &Ty) -> Option<&[Field]> {
    match &ty.kind {
        TyKind::Inline(fields) => Some(fields),
        TyKind::List(inner) => structure(inner),
        _ => None,
    }
}

/// The words of the data file, read once.
static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("lexicon.txt")));

#[derive(Default)]
struct Lexicon {
    prefixes: Vec<&'static str>,
    suffixes: Vec<&'static str>,
    entries: Vec<Entry>,
}

struct Entry {
    text: &'static str,
    words: Vec<&'static str>,
    /// Whether the name must have no other words.
    whole: bool,
    class: &'static str,
}

impl Lexicon {
    fn read(text: &'static str) -> Self {
        let mut lexicon = Self::default();
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            let parts: Vec<&str> = line.split_whitespace().collect();
            match parts.as_slice() {
                ["prefix", word] => lexicon.prefixes.push(word),
                ["suffix", word] => lexicon.suffixes.push(word),
                ["only", entry, class] => lexicon.add(entry, true, class),
                [entry, class] => lexicon.add(entry, false, class),
                _ => {}
            }
        }
        lexicon
    }

    fn add(&mut self, text: &'static str, whole: bool, class: &'static str) {
        self.entries.push(Entry {
            text,
            words: text.split('_').collect(),
            whole,
            class,
        });
    }

    /// The class that a name sounds like, and the entry that says so: the one with the most words, then the first in the name.
    fn class(&self, name: &str) -> Option<(&'static str, &'static str)> {
        let words = words(name);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut best: Option<(&Entry, usize)> = None;
        for entry in &self.entries {
            if entry.whole && entry.words.len() != words.len() {
                continue;
            }
            let Some(at) = words
                .windows(entry.words.len())
                .position(|window| window == entry.words)
            else {
                continue;
            };
            let better = best.is_none_or(|(known, known_at)| {
                (entry.words.len(), std::cmp::Reverse(at)) > (known.words.len(), std::cmp::Reverse(known_at))
            });
            if better {
                best = Some((entry, at));
            }
        }
        let (entry, at) = best?;
        // Such a word is about the thing and not the thing itself, unless it belongs to the entry.
        let (first, last) = (words.first()?, words.last()?);
        let about = (at > 0 && self.prefixes.contains(first))
            || (at + entry.words.len() < words.len() && self.suffixes.contains(last));
        (!about).then_some((entry.class, entry.text))
    }
}

#[cfg(test)]
mod tests {
    use super::LEXICON;
    use crate::testing::{fixed, of_rule};

    fn class(name: &str) -> Option<&'static str> {
        LEXICON.class(name).map(|(class, _)| class)
    }

    #[test]
    fn whole_words_count_wherever_they_stand() {
        assert_eq!(class("birthday"), Some("pii"));
        assert_eq!(class("patient_birthday"), Some("pii"));
        assert_eq!(class("cardNumber"), Some("pci"));
        assert_eq!(class("main_diagnosis"), Some("phi"));
        assert_eq!(class("tokenizer"), None);
        assert_eq!(class("company"), None);
    }

    #[test]
    fn the_longest_entry_counts() {
        assert_eq!(class("password_hash"), Some("secret"));
        assert_eq!(class("card_expiry"), Some("pci"));
        assert_eq!(class("recovery_code"), Some("secret"));
    }

    #[test]
    fn names_about_the_thing_are_not_the_thing() {
        for name in [
            "has_passport",
            "password_changed_at",
            "token_count",
            "next_page_token",
            "gender_options",
            "passport_id",
            "diagnosis_template",
            "masked_iban",
        ] {
            assert_eq!(class(name), None, "{name}");
        }
    }

    #[test]
    fn some_words_count_alone_only() {
        assert_eq!(class("pin"), Some("pci"));
        assert_eq!(class("pin_board"), None);
    }

    fn check(fields: &str) -> Vec<String> {
        of_rule(
            &format!("service S {{ entity E {{\n{fields}\n}} }}\n"),
            "data.unclassified_field",
        )
    }

    #[test]
    fn entities_types_and_events_are_looked_at() {
        let text = "type T { ssn: string }\nservice S {\n  type U { ssn: [string]? }\n  event V { ssn: string }\n  entity W { id: uuid @id; inner: { ssn: string } }\n  endpoint e GET /e (ssn: string) -> { ssn: string }\n}\n";
        assert_eq!(
            of_rule(text, "data.unclassified_field"),
            [
                "1 warning T.ssn",
                "3 warning S.U.ssn",
                "4 warning S.V.ssn",
                "5 warning S.W.inner.ssn"
            ]
        );
    }

    #[test]
    fn an_enum_can_say_something_of_a_person_but_is_no_credential() {
        let text = "enum Gender { female, male, other }\nenum State { fresh, stale }\n\
                    service S { entity E { id: uuid @id; gender: Gender?; password: State; salary: money } }\n";
        assert_eq!(
            of_rule(text, "data.unclassified_field"),
            ["3 warning S.E.gender", "3 warning S.E.salary"]
        );
    }

    #[test]
    fn classes_types_and_protection_settle_it() {
        assert!(check("ssn: string @pii\nstreet: string @public\npassword: bool\ntoken: url").is_empty());
        assert!(check("iban: string @tokenized\npassport: string @hashed\ntelephone: phone").is_empty());
        assert_eq!(check("password: string @hashed"), ["2 warning S.E.password"]);
    }

    #[test]
    fn the_class_is_written_behind_the_field() {
        let text = "service S {\n  entity E {\n    ssn: string? @len(1..9) // of the patient\n  }\n}\n";
        assert!(fixed(text, "Mark ssn as @pii").contains("ssn: string? @len(1..9) @pii // of the patient"));
        assert!(fixed(text, "Mark ssn as @public").contains("@len(1..9) @public //"));
    }
}
