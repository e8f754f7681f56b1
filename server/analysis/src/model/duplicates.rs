//! Names that are given twice.

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

use super::{
    cx::Cx,
    facts::{Body, Field, ItemFacts, Resource, Service, Ty, TyKind},
    finding::{Finding, Place},
    loc::{Loc, Part},
    resolved::{Resolved, kind_word, with_article},
};
use crate::{db::Item, diagnostic::Severity};

/// Reports names of this item, its members and their fields that are taken already.
pub fn check(cx: Cx<'_>, item: Item, facts: &ItemFacts, out: &mut Resolved) {
    item_name(cx, item, facts, out);
    match &facts.body {
        Body::Service(service) => members(item, facts, service, out),
        Body::Type(def) => {
            fields(item, &facts.name, &def.fields, out);
            repeated(item, &facts.name, "field", def.projected.iter().cloned(), out);
        }
        Body::Enum(def) => repeated(
            item,
            &facts.name,
            "value",
            def.members.iter().map(|(name, loc)| (name.clone(), loc.clone())),
            out,
        ),
        _ => {}
    }
}

fn item_name(cx: Cx<'_>, item: Item, facts: &ItemFacts, out: &mut Resolved) {
    if facts.kind == Kind::System
        && let Some(&first) = cx.items(Kind::System).first()
        && first != item
    {
        let finding = Finding::new(
            "name.duplicate",
            Severity::Error,
            facts.name.clone(),
            Place::new(item, Loc::at(&[], Part::Name)),
            format!(
                "there is already a system, `{}`, and a blueprint has one: nothing that stands here counts",
                cx.name(first)
            ),
        )
        .related("the first one", Place::new(first, Loc::at(&[], Part::Name)));
        out.findings.push(finding);
        return;
    }
    if facts.name.is_empty() {
        return;
    }
    let slot = cx.db.slot(&facts.name);
    let mut same = slot
        .definers(cx.db)
        .iter()
        .copied()
        .filter(|other| cx.facts(*other).kind == facts.kind);
    if let Some(first) = same.next()
        && first != item
    {
        let word = kind_word(facts.kind);
        let finding = Finding::new(
            "name.duplicate",
            Severity::Error,
            facts.name.clone(),
            Place::new(item, Loc::at(&[], Part::Name)),
            format!(
                "there is already a {word} `{}`: references would mean the first one",
                facts.name
            ),
        )
        .related("the first one", Place::new(first, Loc::at(&[], Part::Name)));
        out.findings.push(finding);
    }
}

fn members(item: Item, facts: &ItemFacts, service: &Service, out: &mut Resolved) {
    let service_name = &facts.name;
    let mut add =
        |word: &str, names: Vec<(SmolStr, Loc)>| repeated(item, service_name, word, names.into_iter(), out);
    macro_rules! kind {
        ($word:literal, $list:ident) => {
            add(
                $word,
                service
                    .$list
                    .iter()
                    .map(|member| (member.name.clone(), member.loc.clone()))
                    .collect(),
            );
        };
    }
    kind!("store", stores);
    // Entities and types stand in the same places, so that their names must differ.
    let structures = service
        .entities
        .iter()
        .map(|entity| (entity.name.clone(), entity.loc.clone()))
        .chain(
            service
                .types
                .iter()
                .map(|def| (def.name.clone(), def.loc.clone())),
        )
        .chain(
            service
                .enums
                .iter()
                .map(|def| (def.name.clone(), def.loc.clone())),
        )
        .collect();
    add("type", structures);
    kind!("error", errors);
    kind!("query", queries);
    // A second resource of an entity is one mistake, not one for each of its operations.
    let again = second_resources(service);
    let operations = service
        .ops
        .iter()
        .enumerate()
        .filter(|(index, _)| {
            !again
                .iter()
                .any(|(_, later)| later.ops.contains(&(*index as u16)))
        })
        .filter(|(index, _)| !said_twice(service, *index))
        .map(|(_, op)| (op.name.clone(), op.loc.clone()))
        .collect();
    add("operation", operations);
    kind!("cache", caches);
    kind!("component", components);
    let events = service
        .events
        .iter()
        .map(|event| {
            // Without a version it is the first one.
            let name = if event.name.is_empty() {
                SmolStr::default()
            } else {
                format_smolstr!("{} v{}", event.name, event.version.unwrap_or(1))
            };
            (name, event.loc.clone())
        })
        .collect();
    add("event", events);
    for (first, later) in again {
        let name = later.entity.text();
        out.findings.push(
            Finding::new(
                "name.duplicate",
                Severity::Error,
                service_name.clone(),
                Place::new(item, later.loc.clone()),
                format!("`{service_name}` already has a resource of `{name}` with the same operations"),
            )
            .help("Write these endpoints out, with names of their own.")
            .related("the first one", Place::new(item, first.loc.clone())),
        );
    }
    for entity in &service.entities {
        fields(
            item,
            &format!("{service_name}.{}", entity.name),
            &entity.fields,
            out,
        );
    }
    for def in &service.types {
        fields(item, &format!("{service_name}.{}", def.name), &def.fields, out);
        repeated(
            item,
            &format!("{service_name}.{}", def.name),
            "field",
            def.projected.iter().cloned(),
            out,
        );
    }
    for event in &service.events {
        fields(
            item,
            &format!("{service_name}.{}", event.name),
            &event.fields,
            out,
        );
    }
    for def in &service.enums {
        repeated(
            item,
            &format!("{service_name}.{}", def.name),
            "value",
            def.members.iter().cloned(),
            out,
        );
    }
    for query in &service.queries {
        let params = query
            .params
            .iter()
            .map(|param| (param.name.clone(), param.loc.clone()));
        let owner = format!("{service_name}.{}", query.name);
        repeated(item, &owner, "parameter", params, out);
        inline(item, &owner, &query.returns, out);
    }
    for op in &service.ops {
        let owner = format!("{service_name}.{}", op.name);
        let types = op.params.iter().filter_map(|param| param.ty.as_ref());
        for ty in types.chain(op.returns.as_ref().map(|(ty, _)| ty)) {
            inline(item, &owner, ty, out);
        }
        let params = op
            .params
            .iter()
            .map(|param| (param.name.clone(), param.loc.clone()));
        repeated(
            item,
            &format!("{service_name}.{}", op.name),
            "parameter",
            params,
            out,
        );
    }
}

fn fields(item: Item, owner: &str, fields: &[Field], out: &mut Resolved) {
    repeated(
        item,
        owner,
        "field",
        fields.iter().map(|field| (field.name.clone(), field.loc.clone())),
        out,
    );
    for field in fields {
        inline(item, &format!("{owner}.{}", field.name), &field.ty, out);
    }
}

/// The fields of structures without a name inside a type.
fn inline(item: Item, owner: &str, ty: &Ty, out: &mut Resolved) {
    match &ty.kind {
        TyKind::List(inner) => inline(item, owner, inner, out),
        TyKind::Inline(inner) => fields(item, owner, inner, out),
        _ => {}
    }
}

/// Whether an operation stands in its resource for the second time, which the parser has reported.
fn said_twice(service: &Service, index: usize) -> bool {
    let name = &service.ops[index].name;
    let same = |op: &u16| {
        let op = usize::from(*op);
        op < index && service.ops.get(op).is_some_and(|known| known.name == *name)
    };
    let home = |resource: &&Resource| resource.ops.contains(&(index as u16));
    let home = service.resources.iter().find(home);
    home.is_some_and(|resource| resource.ops.iter().any(same))
}

/// Resources whose entity has one before that has some of the same operations: the first and the later one.
fn second_resources(service: &Service) -> Vec<(&Resource, &Resource)> {
    let names = |resource: &Resource| -> Vec<SmolStr> {
        let ops = resource
            .ops
            .iter()
            .filter_map(|op| service.ops.get(usize::from(*op)));
        ops.map(|op| op.name.clone()).collect()
    };
    let mut found = Vec::new();
    for (index, later) in service.resources.iter().enumerate() {
        let own = names(later);
        let first = service.resources[..index].iter().find(|first| {
            first.entity.path == later.entity.path && names(first).iter().any(|name| own.contains(name))
        });
        found.extend(first.map(|first| (first, later)));
    }
    found
}

fn repeated(
    item: Item,
    owner: &str,
    word: &str,
    names: impl Iterator<Item = (SmolStr, Loc)>,
    out: &mut Resolved,
) {
    let mut first: FxHashMap<SmolStr, Loc> = FxHashMap::default();
    for (name, loc) in names {
        if name.is_empty() {
            continue;
        }
        if let Some(known) = first.get(&name) {
            out.findings.push(
                Finding::new(
                    "name.duplicate",
                    Severity::Error,
                    format!("{owner}.{name}"),
                    Place::new(item, loc),
                    format!("`{owner}` already has {} `{name}`", with_article(word)),
                )
                .related("the first one", Place::new(item, known.clone())),
            );
        } else {
            first.insert(name, loc);
        }
    }
}
