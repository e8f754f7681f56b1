//! The repair: an erasure where the record begins, announced by an event that every other place follows.

use archwright_codegen::names::snake;
use smol_str::SmolStr;

use crate::{
    db::Item,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        erasure::{Gap, Left, erasure_in},
        expr::text::duration,
        facts::{Access, TyKind},
        finding::{FixPlan, Place, Step},
        loc::{Loc, Part},
    },
};

/// What is left in one service, and at the vendors that it sends to.
struct Corner {
    item: Item,
    kept: bool,
    vendors: Vec<SmolStr>,
}

pub(super) fn fixes(cx: Cx<'_>, gap: &Gap) -> Vec<FixPlan> {
    let mut fixes = Vec::new();
    fixes.extend(ends(cx, gap));
    fixes.extend(everywhere(cx, gap));
    fixes
}

/// Where only the record itself is left, and it has a time already: that it ends with it.
fn ends(cx: Cx<'_>, gap: &Gap) -> Option<FixPlan> {
    let [Left::Entity(entity, _)] = gap.left.as_slice() else {
        return None;
    };
    let facts = entity.entity(cx.db)?;
    let retain = facts.retain.as_ref()?;
    let time = duration(retain.time);
    Some(FixPlan::suggest(
        format!("Erase {} after {time}", facts.name),
        vec![Step::Replace(
            Place::new(entity.item, retain.loc.with(Part::Head)),
            format!("retain {time} then erase"),
        )],
    ))
}

fn everywhere(cx: Cx<'_>, gap: &Gap) -> Option<FixPlan> {
    let root = gap.root;
    let facts = root.entity(cx.db)?;
    let mut corners: Vec<Corner> = Vec::new();
    let mut steps = Vec::new();
    for left in &gap.left {
        let item = match left {
            Left::Entity(entity, _) => entity.item,
            Left::Vendor(sent) => sent.op.item,
            Left::Cache(cache) => {
                let place = Place::new(cache.item, cache.loc(cx.db).with(Part::Head));
                steps.push(Step::AddStatement(place, "ttl 1h".to_owned()));
                continue;
            }
        };
        if cx.facts(item).broken {
            return None;
        }
        let index = corners.iter().position(|corner| corner.item == item);
        let corner = match index {
            Some(index) => &mut corners[index],
            None => {
                corners.push(Corner {
                    item,
                    kept: false,
                    vendors: Vec::new(),
                });
                corners.last_mut()?
            }
        };
        match left {
            Left::Vendor(sent) => corner.vendors.push(cx.name(sent.vendor).clone()),
            _ => corner.kept = true,
        }
    }
    if cx.facts(root.item).broken {
        return None;
    }
    let own = corners
        .iter()
        .position(|corner| corner.item == root.item)
        .map(|at| corners.remove(at));
    let follows = !corners.is_empty();
    if own.is_some() || follows {
        let event = at_the_record(cx, root, own.as_ref(), follows, &mut steps);
        for corner in &corners {
            follow(cx, root, corner, &event, &mut steps);
        }
    }
    Some(FixPlan::refactor(
        format!("Erase {} everywhere it is kept", facts.name),
        steps,
    ))
}

/// The event that tells of an erasure, and the field in it that says whose.
struct Announced {
    /// `None` where it is new: then `name` says how it is called.
    known: Option<Def>,
    name: String,
    subject: Option<String>,
}

/// Erases the record in its own service, and says so by an event if others have to follow.
fn at_the_record(cx: Cx<'_>, root: Def, own: Option<&Corner>, follows: bool, steps: &mut Vec<Step>) -> Announced {
    let item = root.item;
    let name = root.name(cx.db);
    let subject = snake(&name);
    let share = erasure_in(cx.db, item);
    let by = share
        .removals
        .iter()
        .find(|removal| removal.entity == root && removal.access == Access::Erases)
        .or_else(|| share.removals.iter().find(|removal| removal.entity == root))
        .and_then(|removal| cx.op(removal.op));
    let told = by.and_then(|op| {
        op.op
            .emits
            .iter()
            .filter_map(|event| cx.def(item, event))
            .find(|event| event.item == item)
    });
    let event = match told.and_then(|event| Some((event, event.event(cx.db)?))) {
        Some((event, facts)) => Announced {
            known: Some(event),
            name: facts.name.to_string(),
            subject: facts
                .key
                .first()
                .map(crate::model::facts::RefFact::text)
                .or_else(|| facts.fields.first().map(|field| field.name.to_string())),
        },
        None => Announced {
            known: None,
            name: unused(cx, item, &format!("{name}Erased")),
            subject: Some(subject.clone()),
        },
    };
    let vendors = own.map(|corner| corner.vendors.as_slice()).unwrap_or_default();
    let at_vendors = format!("erases {name} at {}", vendors.join(", "));
    let mut members = Vec::new();
    if follows && event.known.is_none() {
        members.push(format!(
            "event {} v1 {{ key {subject}; {subject}: {} }}",
            event.name,
            identity(cx, root)
        ));
    }
    match by {
        Some(op) => {
            let mut add = |text: String| {
                steps.push(Step::AddStatement(
                    Place::new(item, op.op.loc.with(Part::Head)),
                    text,
                ));
            };
            let mut more = Vec::new();
            if !vendors.is_empty() {
                more.push(at_vendors);
            }
            if follows && event.known.is_none() {
                more.push(format!("emits {}", event.name));
            }
            if !more.is_empty() {
                add(more.join("\n"));
            }
        }
        None => {
            let mut lines = vec![format!("erases {name}")];
            if !vendors.is_empty() {
                lines.push(at_vendors);
            }
            if follows {
                lines.push(format!("emits {}", event.name));
            }
            lines.push("audited".to_owned());
            members.push(format!(
                "job {} every 1d {{\n  {}\n}}",
                unused(cx, item, &format!("forget_{subject}")),
                lines.join("\n  ")
            ));
        }
    }
    if !members.is_empty() {
        steps.push(Step::AddStatement(
            Place::new(item, Loc::head(&[])),
            members.join("\n"),
        ));
    }
    event
}

/// Erases the copies in another service, and what it has sent to vendors.
fn follow(cx: Cx<'_>, root: Def, corner: &Corner, event: &Announced, steps: &mut Vec<Step>) {
    let item = corner.item;
    let subject = cx.qualified(root);
    let mut lines = Vec::new();
    if corner.kept {
        lines.push(format!("erases {subject}"));
    }
    if !corner.vendors.is_empty() {
        lines.push(format!("erases {subject} at {}", corner.vendors.join(", ")));
    }
    let follows = |op: &crate::model::facts::Op| {
        let on = op.event.as_ref().and_then(|on| cx.def(item, on));
        on.is_some() && on == event.known
    };
    let erases = erasure_in(cx.db, item)
        .removals
        .iter()
        .find(|removal| removal.access == Access::Erases && removal.entity == root)
        .and_then(|removal| cx.op(removal.op));
    let known = erases.or_else(|| cx.ops(item).find(|op| follows(op.op)));
    if let Some(op) = known {
        steps.push(Step::AddStatement(
            Place::new(item, op.op.loc.with(Part::Head)),
            lines.join("\n"),
        ));
        return;
    }
    let mut block = Vec::new();
    if let Some(field) = &event.subject {
        block.push(format!("idempotent by {field}"));
    }
    block.push("retry 5 backoff 1s..5m".to_owned());
    block.push("dead_letter".to_owned());
    block.append(&mut lines);
    steps.push(Step::AddStatement(
        Place::new(item, Loc::head(&[])),
        format!(
            "on {}.{} as {} {{\n  {}\n}}",
            cx.name(root.item),
            event.name,
            unused(cx, item, &format!("forget_{}", snake(&root.name(cx.db)))),
            block.join("\n  ")
        ),
    ));
}

/// The type of an entity's identity, as far as it can be written anywhere.
fn identity(cx: Cx<'_>, entity: Def) -> SmolStr {
    let fields = cx.fields_of(entity);
    let id = fields.iter().find(|(_, field)| field.has("id"));
    match id.map(|(_, field)| &field.ty.kind) {
        Some(TyKind::Scalar(name, args)) if args.is_empty() => name.clone(),
        _ => SmolStr::new_static("uuid"),
    }
}

/// A name that no member of a service has yet.
fn unused(cx: Cx<'_>, item: Item, wanted: &str) -> String {
    let taken = |name: &str| {
        cx.service(item)
            .is_some_and(|service| service.by_name.iter().any(|(known, _): &(SmolStr, DefKind)| known == name))
    };
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    name
}
