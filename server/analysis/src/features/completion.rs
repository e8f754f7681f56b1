//! Completion: what may be written at the cursor, also in text that is half typed.

mod cursor;
mod expected;
mod names;
mod snippet;

use std::ops::Range;

use archwright_grammar::vocabulary::{self, AttributeArgs, Kind, Place, Shape};

use self::{
    cursor::Cursor,
    expected::{Expected, Tok, expected},
};
use super::spot::{Spot, def_at};
use crate::{
    FileId, Snapshot,
    db::Item,
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        expr::{Sort, sort_of},
        facts::{Name, Param},
        resolved::owners,
    },
    rules::RULES,
};

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What the menu shows.
    pub label: String,
    /// Which sort of thing.
    pub kind: CompletionKind,
    /// Short, beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// What is replaced.
    pub replace: Range<u32>,
    /// By what; with `${1:…}` places where `snippet`.
    pub insert: String,
    /// Whether `insert` holds places to fill.
    pub snippet: bool,
    /// Sorts the menu.
    pub sort: String,
}

/// Sorts of completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A word of the language.
    Keyword,
    /// A name of an item or member.
    Reference,
    /// A type.
    Type,
    /// A field.
    Field,
    /// A value of an enum or a word of a closed list.
    Value,
    /// An attribute.
    Attribute,
    /// The id of a rule.
    Rule,
}

/// The list as it grows.
pub(super) struct Menu<'db> {
    cx: Cx<'db>,
    entries: Vec<Completion>,
}

/// An entry that inserts its label.
fn plain(label: &str, rank: u8) -> Completion {
    Completion {
        label: label.to_owned(),
        kind: CompletionKind::Keyword,
        detail: None,
        documentation: None,
        replace: 0..0,
        insert: label.to_owned(),
        snippet: false,
        sort: format!("{rank}{label}"),
    }
}

impl Menu<'_> {
    fn push(&mut self, entry: Completion) {
        if !self.entries.iter().any(|known| known.label == entry.label) {
            self.entries.push(entry);
        }
    }
}

pub(crate) fn completion(snapshot: &Snapshot, file: FileId, offset: u32) -> Vec<Completion> {
    let Some(spot) = Spot::at(snapshot, file, offset) else {
        // An empty file: items can begin.
        let mut menu = Menu {
            cx: snapshot.cx(),
            entries: Vec::new(),
        };
        statements(&mut menu, vocabulary::forms_in(Place::File));
        return finish(menu, offset..offset);
    };
    let Some(cursor) = Cursor::new(&spot) else {
        return Vec::new();
    };
    let mut menu = Menu {
        cx: spot.cx,
        entries: Vec::new(),
    };
    fill(&mut menu, &spot, &cursor);
    finish(menu, cursor.word.start + spot.start..cursor.word.end + spot.start)
}

fn finish(menu: Menu<'_>, replace: Range<u32>) -> Vec<Completion> {
    let mut entries = menu.entries;
    for entry in &mut entries {
        entry.replace = replace.clone();
    }
    entries.sort_by(|left, right| left.sort.cmp(&right.sort));
    entries
}

fn fill(menu: &mut Menu<'_>, spot: &Spot<'_>, cursor: &Cursor<'_>) {
    if cursor.before.is_empty() && cursor.qualifier.is_empty() {
        match cursor.place {
            Place::Projection => return projected(menu, spot, cursor),
            Place::Enum => return,
            _ => statements(menu, cursor.statements()),
        }
        return;
    }
    if cursor.place == Place::Projection {
        return projected(menu, spot, cursor);
    }
    let Some((form, tokens)) = cursor.form() else {
        return;
    };
    // At top level and in an item's head the item's own row is read again from its word.
    for next in expected(form.args, tokens) {
        match next {
            Expected::Word(word) => {
                if word.starts_with(|first: char| first.is_ascii_alphabetic()) && cursor.qualifier.is_empty()
                {
                    let entry = plain(word, 5);
                    menu.push(entry);
                }
            }
            Expected::Attribute => {
                attributes(menu, cursor.before.last().is_some_and(|token| token.text == "@"));
            }
            Expected::Param(inside) => parameter(menu, spot.item, cursor, inside),
            Expected::Value(_, shape, inside) => value(menu, spot, cursor, form.kind, shape, inside),
        }
    }
}

/// Statements as snippets.
fn statements(menu: &mut Menu<'_>, forms: impl Iterator<Item = &'static vocabulary::Form>) {
    for form in forms.filter(|form| !form.word.is_empty()) {
        let insert = snippet::statement(form);
        let entry = Completion {
            detail: Some(form.help.to_owned()),
            documentation: Some(format!("{}\n\n```arch\n{}\n```", form.help, form.example)),
            snippet: snippet::has_places(&insert),
            insert,
            ..plain(form.word, if form.kind == Kind::Waive { 8 } else { 4 })
        };
        menu.push(entry);
    }
}

fn attributes(menu: &mut Menu<'_>, behind_at: bool) {
    for form in vocabulary::ATTRIBUTES {
        let args = match form.args {
            AttributeArgs::None => "",
            AttributeArgs::Value | AttributeArgs::Number => "(${1:0})",
            AttributeArgs::Range => "(${1:1}..${2:80})",
            AttributeArgs::Text | AttributeArgs::Deprecated => "(\"${1:text}\")",
        };
        let label = format!("@{}", form.name);
        let insert = if behind_at {
            format!("{}{args}", form.name)
        } else {
            format!("{label}{args}")
        };
        let entry = Completion {
            kind: CompletionKind::Attribute,
            documentation: Some(form.help.to_owned()),
            snippet: snippet::has_places(&insert),
            insert,
            ..plain(&label, 3)
        };
        menu.push(entry);
    }
}

fn parameter(menu: &mut Menu<'_>, item: Item, cursor: &Cursor<'_>, inside: &[Tok<'_>]) {
    match inside {
        [] => {
            let entry = Completion {
                insert: "body: ".to_owned(),
                documentation: Some("The request's body.".to_owned()),
                ..plain("body", 4)
            };
            menu.push(entry);
        }
        [_, colon, rest @ ..] if colon.text == ":" => {
            names::types(menu, item, &cursor.qualifier, rest.last().map(|token| token.text));
        }
        _ => {}
    }
}

fn value(
    menu: &mut Menu<'_>,
    spot: &Spot<'_>,
    cursor: &Cursor<'_>,
    kind: Kind,
    shape: Shape,
    inside: &[Tok<'_>],
) {
    let last = inside.last().map(|token| token.text);
    match shape {
        Shape::Ref(kinds) | Shape::RefOrStar(kinds) => {
            names::references(menu, spot.item, &cursor.qualifier, kinds);
        }
        Shape::Word(words) => {
            for (index, word) in words.iter().enumerate() {
                let entry = Completion {
                    kind: CompletionKind::Value,
                    sort: format!("0{index:02}"),
                    ..plain(word, 0)
                };
                menu.push(entry);
            }
        }
        Shape::Type => names::types(menu, spot.item, &cursor.qualifier, last),
        Shape::Expr => predicate(menu, spot, cursor, inside),
        Shape::Field => match kind {
            Kind::Receives | Kind::Sends => {
                names::references(
                    menu,
                    spot.item,
                    &cursor.qualifier,
                    &[Kind::Field, Kind::Entity, Kind::Type],
                );
            }
            _ => {
                let (owners, params) = scope(spot, cursor);
                for owner in owners {
                    names::members(menu, owner);
                }
                parameters(menu, &params);
            }
        },
        Shape::AnyWord => layers(menu, spot),
        Shape::Rule => rules(menu, &cursor.qualifier),
        Shape::Method => examples(menu, vocabulary::METHODS),
        Shape::Path => {
            let entry = Completion {
                insert: "/v1/${1:things}".into(),
                snippet: true,
                ..plain("/v1/…", 0)
            };
            menu.push(entry);
        }
        Shape::Duration => examples(
            menu,
            &[
                "300ms", "2s", "30s", "5m", "1h", "30d", "7y", "minute", "second", "day",
            ],
        ),
        Shape::Secret => {
            let entry = Completion {
                insert: "secret(\"${1:NAME}\")".into(),
                snippet: true,
                ..plain("secret(…)", 0)
            };
            menu.push(entry);
        }
        Shape::String
        | Shape::Int
        | Shape::Percent
        | Shape::Rate
        | Shape::Date
        | Shape::Version
        | Shape::IntRange
        | Shape::DurationRange => {}
    }
}

fn examples(menu: &mut Menu<'_>, words: &[&str]) {
    for (index, word) in words.iter().enumerate() {
        let entry = Completion {
            kind: CompletionKind::Value,
            sort: format!("0{index:02}"),
            ..plain(word, 0)
        };
        menu.push(entry);
    }
}

fn rules(menu: &mut Menu<'_>, qualifier: &[&str]) {
    for rule in RULES {
        let label = match qualifier {
            [] => rule.id,
            [category] if *category == rule.category() => &rule.id[category.len() + 1..],
            _ => continue,
        };
        let entry = Completion {
            kind: CompletionKind::Rule,
            documentation: Some(rule.summary.to_owned()),
            ..plain(label, 0)
        };
        menu.push(entry);
    }
}

fn layers(menu: &mut Menu<'_>, spot: &Spot<'_>) {
    let stated = spot
        .cx
        .service(spot.item)
        .and_then(|service| service.layers.as_ref());
    match stated {
        Some((names, ..)) => {
            let names: Vec<&str> = names.iter().map(Name::as_str).collect();
            examples(menu, &names);
        }
        None => examples(menu, &["api", "application", "domain", "infrastructure"]),
    }
}

/// Fields that a projection does not keep yet.
fn projected(menu: &mut Menu<'_>, spot: &Spot<'_>, cursor: &Cursor<'_>) {
    let cx = spot.cx;
    let Some(def) = def_at(cx, spot.item, &cursor.owner_path) else {
        return;
    };
    let Some(facts) = def.type_def(cx.db) else { return };
    let Some(entity) = facts
        .of
        .as_ref()
        .and_then(|of| cx.resolve(spot.item, of, &[Kind::Entity]))
    else {
        return;
    };
    names::members(menu, entity);
    menu.entries.retain(|entry| {
        !facts
            .projected
            .iter()
            .any(|(name, _)| *name == entry.label.as_str())
    });
}

/// Whose fields are meant by the statement at the cursor, and which parameters there are.
fn scope(spot: &Spot<'_>, cursor: &Cursor<'_>) -> (Vec<Def>, Vec<Param>) {
    let cx = spot.cx;
    let Some(def) = def_at(cx, spot.item, &cursor.owner_path) else {
        return Default::default();
    };
    match def.kind {
        DefKind::Entity(_) | DefKind::Event(_) => (vec![def], Vec::new()),
        DefKind::Query(_) => {
            let params = def
                .query(cx.db)
                .map(|query| query.params.clone())
                .unwrap_or_default();
            (cx.query_entity(def).into_iter().collect(), params)
        }
        DefKind::Op(_) => {
            let Some(op): Option<OpRef<'_>> = cx.op(def) else {
                return Default::default();
            };
            (owners(cx, op), op.op.params.clone())
        }
        _ => Default::default(),
    }
}

fn parameters(menu: &mut Menu<'_>, params: &[Param]) {
    for param in params {
        let entry = Completion {
            kind: CompletionKind::Reference,
            detail: Some("parameter".to_owned()),
            ..plain(&param.name, 1)
        };
        menu.push(entry);
    }
}

/// Inside a predicate: fields and values first where a value is due, connectives where one is complete.
fn predicate(menu: &mut Menu<'_>, spot: &Spot<'_>, cursor: &Cursor<'_>, inside: &[Tok<'_>]) {
    if let [qualifier] = cursor.qualifier.as_slice() {
        match *qualifier {
            "caller" => {
                for (name, help) in vocabulary::CALLER_FIELDS {
                    let entry = Completion {
                        kind: CompletionKind::Field,
                        documentation: Some((*help).to_owned()),
                        ..plain(name, 0)
                    };
                    menu.push(entry);
                }
                return;
            }
            "param" => {
                let (_, params) = scope(spot, cursor);
                return parameters(menu, &params);
            }
            _ => {}
        }
    }
    if !cursor.qualifier.is_empty() {
        return names::references(
            menu,
            spot.item,
            &cursor.qualifier,
            &[Kind::EnumMember, Kind::Field],
        );
    }
    let complete = inside.last().is_some_and(|last| {
        !matches!(
            last.text,
            "and"
                | "or"
                | "not"
                | "=="
                | "!="
                | "<"
                | "<="
                | ">"
                | ">="
                | "in"
                | "is"
                | "("
                | "["
                | ","
                | "+"
                | "-"
        )
    });
    if complete {
        return examples(menu, &["==", "!=", "in", "is null", "is not null", "and", "or"]);
    }
    let default = cursor.before.iter().any(|token| token.text == "=");
    if let Some(def) = compared_enum(spot, cursor, inside) {
        names::members(menu, def);
    }
    let (owners, params) = scope(spot, cursor);
    if !default {
        for owner in owners {
            names::members(menu, owner);
        }
        parameters(menu, &params);
        for (word, help) in [
            ("caller", "Whoever makes the request."),
            ("now", "The moment of the request."),
        ] {
            let entry = Completion {
                documentation: Some(help.to_owned()),
                ..plain(word, 2)
            };
            menu.push(entry);
        }
        let entry = plain("not", 6);
        menu.push(entry);
    }
}

/// The enum whose value is due: behind `status ==`, or as the default of a field.
fn compared_enum(spot: &Spot<'_>, cursor: &Cursor<'_>, inside: &[Tok<'_>]) -> Option<Def> {
    let cx = spot.cx;
    let is_enum = |item: Item, ty: &crate::model::facts::Ty| match sort_of(cx, item, ty) {
        Sort::Enum(def) => Some(def),
        _ => None,
    };
    let field = |name: &str| {
        let (owners, _) = scope(spot, cursor);
        owners.into_iter().find_map(|owner| {
            cx.fields_of(owner)
                .into_iter()
                .find(|(_, field)| field.name == name)
                .and_then(|(def, field)| is_enum(def.item, &field.ty))
        })
    };
    if inside.is_empty() {
        // `status: OrderStatus = …`: the field is in the tree.
        let owner = def_at(cx, spot.item, &cursor.owner_path)?;
        let name = cursor.before.first()?.text;
        let (def, field) = cx
            .fields_of(owner)
            .into_iter()
            .find(|(_, field)| field.name == name)?;
        return is_enum(def.item, &field.ty);
    }
    let operator = inside
        .iter()
        .rposition(|token| matches!(token.text, "==" | "!=" | "in"))?;
    field(inside.get(operator.checked_sub(1)?)?.text)
}

#[cfg(test)]
mod tests {
    use crate::{features::testing::Marked, testing::host};

    fn labels(text: &str) -> Vec<String> {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let entries = host
            .snapshot()
            .completion(file, marked.offset)
            .expect("nothing writes");
        entries.into_iter().map(|entry| entry.label).collect()
    }

    /// The text after the entry with a label was taken.
    fn taken(text: &str, label: &str) -> String {
        let marked = Marked::new(text);
        let host = host(&marked.text);
        let file = host.file("main.arch").expect("loaded");
        let entries = host
            .snapshot()
            .completion(file, marked.offset)
            .expect("nothing writes");
        let entry = entries
            .iter()
            .find(|entry| entry.label == label)
            .unwrap_or_else(|| panic!("{label} in {entries:#?}"));
        let mut text = marked.text;
        text.replace_range(
            entry.replace.start as usize..entry.replace.end as usize,
            &entry.insert,
        );
        text
    }

    fn offers(text: &str, wanted: &[&str], unwanted: &[&str]) {
        let labels = labels(text);
        for label in wanted {
            assert!(
                labels.iter().any(|known| known == label),
                "{label} is missing in {labels:?}\nat {text}"
            );
        }
        for label in unwanted {
            assert!(
                !labels.iter().any(|known| known == label),
                "{label} should not be in {labels:?}\nat {text}"
            );
        }
    }

    const BEFORE: &str = "role Clinician: staff\nrole Patient\nauth Session: cookie\nteam Core\ncontext Lab\nvendor Stripe: stripe\nservice Catalog {\n  endpoint price GET /v1/price -> { ok: bool }\n}\n";
    const SERVICE: &str = "service Orders in Lab {\n  store Db: postgres\n  enum Status { placed, done }\n  entity Order {\n    id: uuid @id\n    status: Status = placed\n    patient: uuid\n  }\n";

    fn inside(line: &str) -> String {
        format!("{BEFORE}{SERVICE}  {line}\n}}\n")
    }

    fn in_endpoint(line: &str) -> String {
        inside(&format!(
            "endpoint get GET /v1/orders/{{id}} -> Order {{\n    reads Order\n    {line}\n  }}"
        ))
    }

    #[test]
    fn items_at_top_level() {
        offers("$0", &["service", "system", "role"], &["allow", "field"]);
        offers(&format!("{BEFORE}\n$0"), &["service", "policy"], &["allow"]);
        offers(&format!("{BEFORE}ser$0"), &["service"], &["allow"]);
        assert!(taken("ser$0", "service").starts_with("service ${1:Name}"));
    }

    #[test]
    fn statements_in_their_blocks() {
        offers(
            &inside("$0"),
            &["endpoint", "entity", "store"],
            &["allow", "list"],
        );
        offers(&in_endpoint("$0"), &["allow", "writes", "waive"], &["entity"]);
        offers(&in_endpoint("timeout 2s\n    $0"), &["allow"], &["timeout"]);
        offers(
            &inside("resource Order at /v1/orders {$0}"),
            &["list", "get"],
            &["allow"],
        );
        offers(
            &in_endpoint("calls Catalog.price { $0 }"),
            &["timeout", "retry", "breaker"],
            &["allow"],
        );
    }

    #[test]
    fn names_of_the_kind_that_is_wanted() {
        offers(
            &in_endpoint("allow $0"),
            &["Clinician", "Patient", "any"],
            &["Session", "Order"],
        );
        offers(&in_endpoint("allow Clin$0"), &["Clinician"], &["Order"]);
        offers(&in_endpoint("auth $0"), &["Session", "none"], &["Clinician"]);
        offers(&in_endpoint("writes $0"), &["Order"], &["Clinician", "Status"]);
        offers(
            &in_endpoint("calls $0"),
            &["Catalog.price", "Stripe", "Catalog"],
            &["Order"],
        );
        offers(&in_endpoint("calls Catalog.$0"), &["price"], &["Stripe"]);
        offers(&in_endpoint("calls Catalog.pr$0"), &["price"], &["Stripe"]);
        assert!(taken(&in_endpoint("calls Catalog.pr$0"), "price").contains("calls Catalog.price\n"));
        offers(&inside("owner $0"), &["Core"], &["Orders"]);
        offers(&format!("{BEFORE}service New in $0"), &["Lab"], &["Core"]);
    }

    #[test]
    fn words_that_follow() {
        offers(&in_endpoint("allow Patient $0"), &["where"], &["Clinician"]);
        offers(&in_endpoint("limit 60 per minute $0"), &["by"], &["minute"]);
        offers(
            &in_endpoint("limit 60 per minute by $0"),
            &["caller", "ip", "key"],
            &["by"],
        );
        offers(&inside("store Cache: $0"), &["postgres", "redis"], &["Order"]);
    }

    #[test]
    fn types_and_attributes() {
        offers(
            &inside("entity Other {\n    id: $0\n  }"),
            &["uuid", "Order", "Status", "ref"],
            &["Clinician"],
        );
        offers(
            &inside("entity Other {\n    id: ref $0\n  }"),
            &["Order"],
            &["uuid", "Status"],
        );
        offers(
            &inside("entity Other {\n    id: uuid @$0\n  }"),
            &["@id", "@pii"],
            &["uuid"],
        );
        assert!(taken(&inside("entity Other {\n    id: uuid @i$0\n  }"), "@id").contains("id: uuid @id\n"));
        offers(
            &inside("endpoint one GET /v1/one (since: $0"),
            &["date", "Status"],
            &["Clinician"],
        );
        offers(
            &inside("endpoint one GET /v1/one -> $0"),
            &["Order", "page"],
            &["Clinician"],
        );
        offers(&inside("endpoint one $0"), &["GET", "POST"], &["Order"]);
    }

    #[test]
    fn predicates_know_fields_values_and_the_caller() {
        offers(
            &in_endpoint("allow Patient where $0"),
            &["patient", "status", "id", "caller", "now"],
            &["placed"],
        );
        offers(
            &in_endpoint("allow Patient where patient == caller.$0"),
            &["id", "tenant"],
            &["status"],
        );
        offers(
            &inside("query open -> [Order] {\n    where status == $0\n  }"),
            &["placed", "done"],
            &[],
        );
        offers(
            &inside("query open -> [Order] {\n    where status $0\n  }"),
            &["==", "in"],
            &["placed"],
        );
        offers(
            &inside("query open -> [Order] {\n    order $0\n  }"),
            &["status", "patient"],
            &["placed"],
        );
        offers(
            &inside("entity Other {\n    status: Status = $0\n  }"),
            &["placed", "done"],
            &["caller"],
        );
    }

    #[test]
    fn projections_offer_what_is_left() {
        offers(
            &inside("type Brief of Order { id, $0 }"),
            &["status", "patient"],
            &["id"],
        );
    }

    #[test]
    fn rules_behind_waive() {
        offers(
            &in_endpoint("waive $0"),
            &["auth.missing_authorization"],
            &["allow"],
        );
        offers(
            &in_endpoint("waive auth.$0"),
            &["missing_authorization"],
            &["auth.missing_authorization"],
        );
    }

    #[test]
    fn nothing_in_comments_and_texts() {
        assert_eq!(labels(&in_endpoint("// allow $0")), Vec::<String>::new());
        assert_eq!(
            labels(&in_endpoint("public because \"a $0\"")),
            Vec::<String>::new()
        );
    }

    #[test]
    fn no_place_of_any_text_breaks_anything() {
        let text = format!(
            "{}é😀\r\nservice {{ endpoint\n",
            in_endpoint("allow Patient where patient == ")
        );
        let host = host(&text);
        let file = host.file("main.arch").expect("loaded");
        let snapshot = host.snapshot();
        for offset in 0..=text.len() as u32 + 2 {
            snapshot.completion(file, offset).expect("nothing writes");
            snapshot.hover(file, offset).expect("nothing writes");
            snapshot.definition(file, offset).expect("nothing writes");
            snapshot.references(file, offset, true).expect("nothing writes");
            snapshot.actions(file, offset..offset).expect("nothing writes");
        }
    }
}
