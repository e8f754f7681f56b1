//! Values of arguments: words, types, predicates, fields, rules.

use archwright_grammar::vocabulary::{self, AttributeArgs, Kind, Shape};

use super::{Completion, CompletionKind, Menu, cursor::Cursor, expected::Tok, names, plain, snippet};
use crate::{
    db::Item,
    features::spot::{Spot, def_at},
    model::{
        cx::OpRef,
        def::{Def, DefKind},
        expr::{Sort, sort_of},
        facts::{Name, Param},
        resolved::owners,
    },
    rules::RULES,
};

pub(super) fn attributes(menu: &mut Menu<'_>, behind_at: bool) {
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

pub(super) fn parameter(menu: &mut Menu<'_>, item: Item, cursor: &Cursor<'_>, inside: &[Tok<'_>]) {
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

pub(super) fn value(
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
pub(super) fn projected(menu: &mut Menu<'_>, spot: &Spot<'_>, cursor: &Cursor<'_>) {
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
