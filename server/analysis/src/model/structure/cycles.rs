//! What leads back to itself over several things: types that contain each other, roles that include each other, decisions,
//! environments, stores. It takes the whole workspace and is looked for when the typing pauses.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, facts},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        facts::{Body, RefFact, Ty, TyKind, TypeDef},
        finding::{Finding, FixPlan, Place, Step},
        graph::{circles, shortest_way},
        loc::Loc,
    },
};

/// How many names of a long circle stand in the message.
const SHOWN: usize = 8;

/// One thing that names another.
#[derive(Debug, Clone, PartialEq)]
struct Edge {
    from: Def,
    to: Def,
    /// The name of the other.
    loc: Loc,
    /// The type as it is written, and whether that is the name alone; `None` where it is written elsewhere.
    written: Option<(SmolStr, bool)>,
}

/// What is said of a circle.
struct Words {
    /// Between the name and the circle: "contains itself".
    verb: &'static str,
    consequence: &'static str,
    help: &'static str,
    /// Of a related place: "contains".
    each: &'static str,
}

/// Looks for circles in the whole workspace.
pub fn check(cx: Cx<'_>, out: &mut Vec<Finding>) {
    let mut held = Vec::new();
    for kind in [Kind::Type, Kind::Service] {
        for &item in cx.items(kind).iter() {
            held.extend(held_in(cx.db, item).iter().cloned());
        }
    }
    let first = out.len();
    judge(
        cx,
        &held,
        &Words {
            verb: "contains itself",
            consequence: "so no value of it ever ends",
            help: "Make one of the fields optional, a list, or a `ref`.",
            each: "contains",
        },
        out,
    );
    for finding in &mut out[first..] {
        let edge = held
            .iter()
            .find(|edge| edge.from.item == finding.at.item && edge.loc == finding.at.loc);
        finding
            .fixes
            .extend(edge.into_iter().flat_map(|edge| ends(cx, edge)));
    }
    judge(
        cx,
        &named(cx, Kind::Role, |body| match body {
            Body::Role(role) => role.includes.iter().collect(),
            _ => Vec::new(),
        }),
        &Words {
            verb: "includes itself",
            consequence: "so none of them says more than another",
            help: "Take out the `includes` that points back.",
            each: "includes",
        },
        out,
    );
    judge(
        cx,
        &named(cx, Kind::Decision, |body| match body {
            Body::Decision(decision) => decision.supersedes.iter().collect(),
            _ => Vec::new(),
        }),
        &Words {
            verb: "supersedes itself",
            consequence: "so none of them stands",
            help: "Only the newer decision supersedes the older one.",
            each: "supersedes",
        },
        out,
    );
    judge(
        cx,
        &named(cx, Kind::Environment, |body| match body {
            Body::Environment(environment) => environment.data_from.iter().map(|(from, _)| from).collect(),
            _ => Vec::new(),
        }),
        &Words {
            verb: "has its data from itself",
            consequence: "so the data comes from nowhere",
            help: "Name the environment that has data of its own.",
            each: "has its data from",
        },
        out,
    );
    judge(
        cx,
        &stores(cx),
        &Words {
            verb: "stands on itself",
            consequence: "so none of them is the database",
            help: "Leave `on` out at the store that is the database.",
            each: "stands on",
        },
        out,
    );
}

/// Ways to make a value end: by reference, where there is an identity, and by leaving it out.
fn ends(cx: Cx<'_>, edge: &Edge) -> Vec<FixPlan> {
    let Some((name, alone)) = &edge.written else {
        return Vec::new();
    };
    let place = || Place::new(edge.from.item, edge.loc.clone());
    let optional = FixPlan::suggest(
        "Make the field optional",
        vec![Step::InsertAfter(place(), "?".to_owned())],
    );
    if !alone || edge.to.entity(cx.db).is_none() {
        return vec![optional.preferred()];
    }
    let reference = FixPlan::suggest(
        "Refer to it with `ref`",
        vec![Step::Replace(place(), format!("ref {name}"))],
    );
    vec![reference.preferred(), optional]
}

/// The references of the items of one kind to others of it.
fn named(cx: Cx<'_>, kind: Kind, refs: impl Fn(&Body) -> Vec<&RefFact>) -> Vec<Edge> {
    let mut edges = Vec::new();
    for &item in cx.items(kind).iter() {
        for reference in refs(&cx.facts(item).body) {
            edges.extend(cx.def(item, reference).map(|to| Edge {
                from: Def::item(item),
                to,
                loc: reference.loc.clone(),
                written: None,
            }));
        }
    }
    edges
}

fn stores(cx: Cx<'_>) -> Vec<Edge> {
    let mut edges = Vec::new();
    for &item in cx.items(Kind::Service).iter() {
        let Some(service) = cx.service(item) else { continue };
        for (index, store) in service.stores.iter().enumerate() {
            let Some(on) = &store.on else { continue };
            edges.extend(cx.def(item, on).map(|to| Edge {
                from: Def {
                    item,
                    kind: DefKind::Store(index as u16),
                },
                to,
                loc: on.loc.clone(),
                written: None,
            }));
        }
    }
    edges
}

/// What the types and entities of an item always hold a value of: not behind a `?`, not in a list, not by reference.
#[salsa::tracked(returns(ref))]
fn held_in(db: &dyn Db, item: Item) -> Arc<[Edge]> {
    let cx = Cx { db };
    let mut edges = Vec::new();
    match &facts(db, item).body {
        Body::Type(def) => of_type(cx, Def::item(item), def, &mut edges),
        Body::Service(service) => {
            for (index, def) in service.types.iter().enumerate() {
                let kind = DefKind::Type(index as u16);
                of_type(cx, Def { item, kind }, def, &mut edges);
            }
            for (index, entity) in service.entities.iter().enumerate() {
                let kind = DefKind::Entity(index as u16);
                for field in &entity.fields {
                    held_by(cx, Def { item, kind }, item, &field.ty, &mut edges);
                }
            }
        }
        _ => {}
    }
    Arc::from(edges)
}

fn of_type(cx: Cx<'_>, from: Def, def: &TypeDef, edges: &mut Vec<Edge>) {
    for field in &def.fields {
        held_by(cx, from, from.item, &field.ty, edges);
    }
    let entity = def
        .of
        .as_ref()
        .and_then(|of| cx.resolve(from.item, of, &[Kind::Entity]));
    let Some((entity, facts)) = entity.and_then(|entity| Some((entity, entity.entity(cx.db)?))) else {
        return;
    };
    for (name, loc) in &def.projected {
        let Some(field) = facts.fields.iter().find(|field| field.name == *name) else {
            continue;
        };
        let first = edges.len();
        held_by(cx, from, entity.item, &field.ty, edges);
        // The type is not written here, so it is neither shown nor changed here.
        for edge in &mut edges[first..] {
            edge.loc = loc.clone();
            edge.written = None;
        }
    }
}

/// What a type, as it is written in an item, always holds a value of.
fn held_by(cx: Cx<'_>, from: Def, item: Item, ty: &Ty, edges: &mut Vec<Edge>) {
    if ty.optional {
        return;
    }
    match &ty.kind {
        // In an entity a `new` is wrong by itself.
        TyKind::New(_) if matches!(from.kind, DefKind::Entity(_)) => {}
        TyKind::Named(reference) | TyKind::New(reference) => {
            let def = cx.resolve(item, reference, &[Kind::Type, Kind::Enum, Kind::Entity]);
            if let Some(to) = def.filter(|def| def.enum_def(cx.db).is_none()) {
                edges.push(Edge {
                    from,
                    to,
                    loc: reference.loc.clone(),
                    written: Some((reference.text().into(), matches!(ty.kind, TyKind::Named(_)))),
                });
            }
        }
        TyKind::Inline(fields) => {
            for field in fields {
                held_by(cx, from, item, &field.ty, edges);
            }
        }
        _ => {}
    }
}

/// Reports each circle once, at its first edge in the text.
fn judge(cx: Cx<'_>, edges: &[Edge], words: &Words, out: &mut Vec<Finding>) {
    let mut numbers: FxHashMap<Def, usize> = FxHashMap::default();
    let mut nodes: Vec<Def> = Vec::new();
    let mut number = |def: Def| {
        *numbers.entry(def).or_insert_with(|| {
            nodes.push(def);
            nodes.len() - 1
        })
    };
    let numbered: Vec<(usize, usize)> = edges
        .iter()
        .map(|edge| (number(edge.from), number(edge.to)))
        .collect();
    let mut successors = vec![Vec::new(); nodes.len()];
    for &(from, to) in &numbered {
        successors[from].push(to);
    }
    let mut firsts: FxHashMap<(usize, usize), &Edge> = FxHashMap::default();
    for (edge, ends) in edges.iter().zip(&numbered) {
        firsts.entry(*ends).or_insert(edge);
    }
    for (edge, (from, to)) in edges.iter().zip(&numbered) {
        if from == to {
            out.push(finding(cx, words, &[edge]));
        }
    }
    for members in circles(&successors) {
        let inside = |node: usize| members.binary_search(&node).is_ok();
        let Some(&(from, to)) = numbered
            .iter()
            .find(|(from, to)| from != to && inside(*from) && inside(*to))
        else {
            continue;
        };
        let Some(back) = shortest_way(&successors, to, from, inside) else {
            continue;
        };
        let way: Vec<&Edge> = std::iter::once((from, to))
            .chain(back.windows(2).map(|pair| (pair[0], pair[1])))
            .filter_map(|ends| firsts.get(&ends).copied())
            .collect();
        out.push(finding(cx, words, &way));
    }
}

/// The finding about one way that ends where it begins.
fn finding(cx: Cx<'_>, words: &Words, way: &[&Edge]) -> Finding {
    let edge = way[0];
    let name = cx.qualified(edge.from);
    let names: Vec<SmolStr> = way.iter().map(|edge| cx.qualified(edge.from)).collect();
    let circle = if way.len() > 1 {
        let mut names: Vec<&str> = names.iter().map(SmolStr::as_str).chain([name.as_str()]).collect();
        if names.len() > SHOWN {
            names.splice(SHOWN - 3..names.len() - 2, ["…"]);
        }
        format!(" ({})", names.join(" → "))
    } else {
        String::new()
    };
    let message = format!("`{name}` {}{circle}, {}", words.verb, words.consequence);
    let place = Place::new(edge.from.item, edge.loc.clone());
    let mut finding = Finding::new("type.cycle", Severity::Error, name, place, message).help(words.help);
    for other in &way[1..] {
        let says = format!(
            "`{}` {} `{}`",
            cx.qualified(other.from),
            words.each,
            cx.qualified(other.to)
        );
        finding = finding.related(says, Place::new(other.from.item, other.loc.clone()));
    }
    finding
}
