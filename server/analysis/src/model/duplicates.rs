//! Names that are given twice.

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{
    cx::Cx,
    facts::{Body, Field, ItemFacts, Service},
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
        Body::Type(def) => fields(item, &facts.name, &def.fields, out),
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
    kind!("operation", ops);
    kind!("cache", caches);
    kind!("component", components);
    let events = service
        .events
        .iter()
        .map(|event| {
            let version = event
                .version
                .map(|version| format!(" v{version}"))
                .unwrap_or_default();
            (
                SmolStr::from(format!("{}{version}", event.name)),
                event.loc.clone(),
            )
        })
        .collect();
    add("event", events);
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
    for op in &service.ops {
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
