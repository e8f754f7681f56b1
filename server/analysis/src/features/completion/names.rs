//! Names that may be written: of items, members, fields, types.

use archwright_grammar::vocabulary::{self, Kind};

use super::{Completion, CompletionKind, Menu, plain};
use crate::{
    db::Item,
    features::describe,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::RefFact,
        loc::Loc,
        resolve::{ANY_MEMBER, member},
        resolved::{kind_word, member_names},
    },
};

/// With more services than this, members of other services are offered after `Service.` only.
const QUALIFIED_AT_MOST: usize = 200;

/// Names of the wanted kinds.
pub(super) fn references(menu: &mut Menu<'_>, item: Item, qualifier: &[&str], kinds: &[Kind]) {
    let cx = menu.cx;
    if !qualifier.is_empty() {
        return inside(menu, item, qualifier, kinds);
    }
    if let Some(service) = cx.service(item) {
        for name in member_names(service, kinds) {
            if let Some(kind) = member(service, &name, kinds) {
                menu.push(named(cx, Def { item, kind }, &name, 0));
            }
        }
    }
    for kind in kinds {
        for &other in cx.items(*kind).iter() {
            let name = cx.name(other);
            menu.push(named(cx, Def::item(other), name, 1));
        }
    }
    let members: Vec<Kind> = kinds
        .iter()
        .copied()
        .filter(|kind| ANY_MEMBER.contains(kind))
        .collect();
    let fields = kinds.contains(&Kind::Field);
    if members.is_empty() && !fields {
        return;
    }
    let services = cx.items(Kind::Service);
    for &other in services.iter().filter(|other| **other != item) {
        let name = cx.name(other);
        if !kinds.contains(&Kind::Service) {
            menu.push(named(cx, Def::item(other), name, 3));
        }
        if services.len() <= QUALIFIED_AT_MOST
            && let Some(service) = cx.service(other)
        {
            for inner in member_names(service, &members) {
                if let Some(kind) = member(service, &inner, &members) {
                    menu.push(named(
                        cx,
                        Def { item: other, kind },
                        &format!("{name}.{inner}"),
                        2,
                    ));
                }
            }
        }
    }
}

/// What can stand behind `Orders.` or `Orders.Order.`
fn inside(menu: &mut Menu<'_>, item: Item, qualifier: &[&str], kinds: &[Kind]) {
    let cx = menu.cx;
    let reference = RefFact {
        path: qualifier.iter().map(|name| (*name).into()).collect(),
        kind: None,
        loc: Loc::default(),
    };
    let owners = [Kind::Service, Kind::Entity, Kind::Type, Kind::Enum, Kind::Event];
    let Some(owner) = cx.resolve(item, &reference, &owners) else {
        return;
    };
    if let (DefKind::Item, Some(service)) = (owner.kind, cx.service(owner.item)) {
        let mut wanted: Vec<Kind> = kinds
            .iter()
            .copied()
            .filter(|kind| ANY_MEMBER.contains(kind))
            .collect();
        if kinds.contains(&Kind::Field) {
            wanted.extend([Kind::Entity, Kind::Type]);
        }
        if kinds.contains(&Kind::EnumMember) {
            wanted.push(Kind::Enum);
        }
        for name in member_names(service, &wanted) {
            if let Some(kind) = member(service, &name, &wanted) {
                menu.push(named(
                    cx,
                    Def {
                        item: owner.item,
                        kind,
                    },
                    &name,
                    0,
                ));
            }
        }
        return;
    }
    members(menu, owner);
}

/// Fields of a structure, values of an enum.
pub(super) fn members(menu: &mut Menu<'_>, owner: Def) {
    let cx = menu.cx;
    if let Some(facts) = owner.enum_def(cx.db) {
        for (name, _) in &facts.members {
            menu.push(Completion {
                kind: CompletionKind::Value,
                detail: Some(cx.qualified(owner).to_string()),
                ..plain(name, 0)
            });
        }
        return;
    }
    for (def, field) in cx.fields_of(owner) {
        menu.push(Completion {
            kind: CompletionKind::Field,
            detail: describe::head(cx, def),
            documentation: describe::docs(cx, def),
            ..plain(&field.name, 0)
        });
    }
}

/// Types: scalars, structures, and the words that make types of entities.
pub(super) fn types(menu: &mut Menu<'_>, item: Item, qualifier: &[&str], after: Option<&str>) {
    match after {
        Some("ref" | "new" | "patch") => return references(menu, item, qualifier, &[Kind::Entity]),
        Some("page") => return references(menu, item, qualifier, &[Kind::Entity, Kind::Type]),
        _ => {}
    }
    if qualifier.is_empty() {
        for scalar in vocabulary::SCALARS {
            let insert = if scalar.args.is_empty() {
                scalar.name.to_owned()
            } else {
                format!("{}(${{1:12}}, ${{2:2}})", scalar.name)
            };
            menu.push(Completion {
                kind: CompletionKind::Type,
                documentation: Some(scalar.help.to_owned()),
                snippet: !scalar.args.is_empty(),
                insert,
                ..plain(scalar.name, 1)
            });
        }
        for (word, help) in [
            ("ref", "The identity of an entity."),
            ("new", "What a client may set when an entity is created."),
            ("patch", "The same, all optional."),
            ("page", "One page, and a cursor to the next."),
        ] {
            menu.push(Completion {
                kind: CompletionKind::Keyword,
                documentation: Some(help.to_owned()),
                insert: format!("{word} "),
                ..plain(word, 2)
            });
        }
    }
    references(menu, item, qualifier, &[Kind::Type, Kind::Enum, Kind::Entity]);
}

/// A name with what is known of it.
fn named(cx: Cx<'_>, def: Def, label: &str, rank: u8) -> Completion {
    let kind = match def.word_kind(cx.db) {
        Kind::Type | Kind::Enum | Kind::Entity => CompletionKind::Type,
        _ => CompletionKind::Reference,
    };
    Completion {
        label: label.to_owned(),
        kind,
        detail: Some(kind_word(def.word_kind(cx.db)).to_owned()),
        documentation: describe::docs(cx, def),
        replace: 0..0,
        insert: label.to_owned(),
        snippet: false,
        sort: format!("{rank}{label}"),
    }
}
