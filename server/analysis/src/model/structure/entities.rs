//! Entities and events as wholes: the identity, the lists of fields in `unique`, `index`, `partition by` and `key`, and
//! what has nothing in it.

use archwright_grammar::vocabulary::{self, Kind};
use smol_str::SmolStr;

use super::{
    attributes::may_identify,
    family::{Family, described, family},
    report::{cut, error, within},
};
use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{Body, Entity, EnumDef, Event, Field, ItemFacts, RefFact, Service, Store, TypeDef},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// Checks one entity.
pub(super) fn entity(
    cx: Cx<'_>,
    item: Item,
    facts: &ItemFacts,
    service: &Service,
    entity: &Entity,
    out: &mut Vec<Finding>,
) {
    let element = within(facts, &[&entity.name]);
    identity(cx, item, facts, service, entity, &element, out);
    let lists = Lists {
        cx,
        item,
        element: &element,
        fields: &entity.fields,
    };
    lists.all(&entity.uniques, "unique", out);
    lists.all(&entity.indexes, "index", out);
    if let Some((field, Some(every))) = &entity.partition {
        lists.judge(field, out, |ty, family| {
            (!matches!(family, Family::Time | Family::Unknown)).then(|| {
                format!(
                    "`{}` is {}, and only an instant or a date can be cut {every}",
                    field.text(),
                    described(ty, family)
                )
            })
        });
    }
}

fn identity(
    cx: Cx<'_>,
    item: Item,
    facts: &ItemFacts,
    service: &Service,
    entity: &Entity,
    element: &SmolStr,
    out: &mut Vec<Finding>,
) {
    let mut ids = entity
        .fields
        .iter()
        .filter_map(|field| Some((field, field.attributes.iter().find(|one| one.name == "id")?)));
    let Some((first, first_id)) = ids.next() else {
        if !facts.broken && !entity.name.is_empty() && !entity.fields.is_empty() {
            out.extend(missing(cx, item, service, entity, element));
        }
        return;
    };
    for (field, id) in ids {
        // One that can be no identity at all is reported as that.
        if !may_identify(&field.ty, &family(cx, item, &field.ty)) {
            continue;
        }
        let message = format!(
            "`{}` is an `@id` beside `{}`: a `ref` and the `{{id}}` of a path hold one value, so the identity is one field",
            field.name, first.name
        );
        out.push(
            error("type.identity", item, element, &id.loc, message)
                .help(format!(
                    "Keep one `@id` and say `unique ({}, {})`.",
                    first.name, field.name
                ))
                .related("the first one", Place::new(item, first_id.loc.clone()))
                .fix(cut("Remove the second `@id`", item, &id.loc)),
        );
    }
}

/// An entity without an identity. Where an attribute is misspelt, that may be it.
fn missing(cx: Cx<'_>, item: Item, service: &Service, entity: &Entity, element: &SmolStr) -> Option<Finding> {
    let unknown = |field: &Field| {
        field
            .attributes
            .iter()
            .any(|one| vocabulary::attribute(&one.name).is_none())
    };
    if entity.fields.iter().any(unknown) {
        return None;
    }
    let message = format!(
        "{} has no `@id`: nothing can refer to its rows, find one again or change it",
        entity.name
    );
    let finding = error("type.identity", item, element, &entity.loc, message);
    let natural = entity
        .fields
        .iter()
        .find(|field| field.name == "id" && !field.ty.optional && family(cx, item, &field.ty).comparable());
    let fix = match natural {
        Some(field) => FixPlan::suggest(
            "Make `id` the identity",
            vec![Step::InsertAfter(
                Place::new(item, field.loc.with(Part::Head)),
                " @id".to_owned(),
            )],
        ),
        None if entity.fields.iter().any(|field| field.name == "id") => {
            return Some(finding.help("Mark the field by which a row is found with `@id`."));
        }
        None => FixPlan::suggest(
            "Add `id: uuid @id`",
            vec![Step::AddStatementFirst(
                Place::new(item, entity.loc.clone()),
                "id: uuid @id".to_owned(),
            )],
        ),
    };
    let used = service.entities.len() > 1 || !service.ops.is_empty();
    let help = if used {
        "Mark the field by which a row is found with `@id`."
    } else {
        "Mark the field by which a row is found with `@id`, or make it a `type` if it is no table."
    };
    Some(finding.help(help).fix(fix.preferred()))
}

/// Kinds of store that are one product each; `sql`, `other` and the like may be any.
const PRODUCTS: &[&str] = &[
    "postgres",
    "mysql",
    "sqlite",
    "mongodb",
    "redis",
    "s3",
    "elasticsearch",
];

/// A store that is said to be one database with one of another kind.
pub(super) fn store(cx: Cx<'_>, item: Item, facts: &ItemFacts, store: &Store) -> Option<Finding> {
    let on = store.on.as_ref()?;
    let other = cx.resolve(item, on, &[Kind::Store])?;
    let below = other.store(cx.db)?;
    let known = |kind: &str| PRODUCTS.contains(&kind);
    if below.kind == store.kind || !known(&below.kind) || !known(&store.kind) {
        return None;
    }
    let message = format!(
        "`{}` is {} and is said to be one database with `{}`, which is {}",
        store.name,
        store.kind,
        cx.qualified(other),
        below.kind
    );
    Some(
        error(
            "type.mismatch",
            item,
            &within(facts, &[&store.name]),
            &on.loc,
            message,
        )
        .help("Make both the same kind, or leave `on` out.")
        .related("the other store", cx.place(other)),
    )
}

/// Checks one event.
pub(super) fn event(cx: Cx<'_>, item: Item, facts: &ItemFacts, event: &Event, out: &mut Vec<Finding>) {
    let element = within(facts, &[&event.name]);
    let lists = Lists {
        cx,
        item,
        element: &element,
        fields: &event.fields,
    };
    lists.doubled(&event.key, "key", out);
    for field in first_each(&event.key) {
        lists.judge(field, out, |ty, family| {
            (!family.comparable()).then(|| {
                format!(
                    "`{}` is {}, and events are put in order by single values that can be compared",
                    field.text(),
                    described(ty, family)
                )
            })
        });
    }
}

/// Lists of fields of one entity or event.
struct Lists<'a, 'db> {
    cx: Cx<'db>,
    item: Item,
    element: &'a SmolStr,
    fields: &'a [Field],
}

impl Lists<'_, '_> {
    fn all(&self, lists: &[Vec<RefFact>], word: &str, out: &mut Vec<Finding>) {
        for (index, list) in lists.iter().enumerate() {
            self.doubled(list, word, out);
            self.again(&lists[..index], list, word, out);
            for field in first_each(list) {
                self.judge(field, out, |ty, family| {
                    let wrong = if word == "unique" {
                        !family.comparable()
                    } else {
                        *family == Family::Structure
                    };
                    wrong.then(|| {
                        format!(
                            "`{}` is {}, and `{word}` takes single values that can be compared",
                            field.text(),
                            described(ty, family)
                        )
                    })
                });
            }
        }
    }

    /// A field that one list names twice.
    fn doubled(&self, list: &[RefFact], word: &str, out: &mut Vec<Finding>) {
        for (index, field) in list.iter().enumerate() {
            let Some(first) = list[..index].iter().find(|known| known.path == field.path) else {
                continue;
            };
            let message = format!("`{word}` names `{}` twice", field.text());
            out.push(
                error("name.duplicate", self.item, self.element, &field.loc, message)
                    .related("the first one", Place::new(self.item, first.loc.clone())),
            );
        }
    }

    /// A list that is there already.
    fn again(&self, before: &[Vec<RefFact>], list: &[RefFact], word: &str, out: &mut Vec<Finding>) {
        let names = |list: &[RefFact]| list.iter().map(RefFact::text).collect::<Vec<_>>();
        let own = names(list);
        let (Some(at), Some(first)) = (
            list.first(),
            before
                .iter()
                .find(|known| names(known) == own)
                .and_then(|known| known.first()),
        ) else {
            return;
        };
        let statement = Loc::head(&at.loc.path);
        let message = format!("`{word} ({})` stands here twice", own.join(", "));
        let step = Step::Remove(Place::new(self.item, statement.clone()));
        out.push(
            error("name.duplicate", self.item, self.element, &statement, message)
                .related("the first one", Place::new(self.item, Loc::head(&first.loc.path)))
                .fix(FixPlan::suggest(format!("Remove the second `{word}`"), vec![step]).preferred()),
        );
    }

    /// Reports a field whose type does not fit; one that is not known, or inside another, is not judged.
    fn judge(
        &self,
        named: &RefFact,
        out: &mut Vec<Finding>,
        wrong: impl Fn(&crate::model::facts::Ty, &Family) -> Option<String>,
    ) {
        let [name] = named.path.as_slice() else { return };
        let Some(field) = self.fields.iter().find(|field| field.name == *name) else {
            return;
        };
        if let Some(message) = wrong(&field.ty, &family(self.cx, self.item, &field.ty)) {
            out.push(
                error("type.misplaced", self.item, self.element, &named.loc, message).related(
                    format!("`{name}` is declared here"),
                    Place::new(self.item, field.loc.clone()),
                ),
            );
        }
    }
}

/// The fields of a list without those that were named before.
fn first_each(list: &[RefFact]) -> impl Iterator<Item = &RefFact> {
    let named = |index: usize, field: &RefFact| list[..index].iter().any(|known| known.path == field.path);
    list.iter()
        .enumerate()
        .filter(move |(index, field)| !named(*index, field))
        .map(|(_, field)| field)
}

/// Reports what has nothing in it and means nothing without.
pub(super) fn empty(item: Item, facts: &ItemFacts, out: &mut Vec<Finding>) {
    // Of a broken item what is in it may just not have been read.
    if facts.broken {
        return;
    }
    let mut report = |word: &str, element: SmolStr, loc: &Loc| {
        let (needs, consequence) = match word {
            "enum" => ("values", "so nothing can be one of them"),
            "entity" => ("fields", "so its rows hold nothing"),
            _ => ("fields", "so whatever is of this type is empty"),
        };
        out.push(
            error(
                "type.empty",
                item,
                &element,
                loc,
                format!("the {word} has no {needs}, {consequence}"),
            )
            .help(format!("Add its {needs}, or remove the {word}.")),
        );
    };
    let of_type = |def: &TypeDef| match &def.of {
        Some(_) => def.projected.is_empty().then_some("projection"),
        None => def.fields.is_empty().then_some("type"),
    };
    let of_enum = |def: &EnumDef| def.members.is_empty();
    match &facts.body {
        Body::Type(def) => {
            if let Some(word) = of_type(def) {
                report(word, facts.name.clone(), &def.loc);
            }
        }
        Body::Enum(def) if of_enum(def) => report("enum", facts.name.clone(), &def.loc),
        Body::Service(service) => {
            for entity in service.entities.iter().filter(|entity| entity.fields.is_empty()) {
                report("entity", within(facts, &[&entity.name]), &entity.loc);
            }
            for def in &service.types {
                if let Some(word) = of_type(def) {
                    report(word, within(facts, &[&def.name]), &def.loc);
                }
            }
            for def in service.enums.iter().filter(|def| of_enum(def)) {
                report("enum", within(facts, &[&def.name]), &def.loc);
            }
        }
        _ => {}
    }
}
