//! Methods and paths: one operation answers each, and a resource brings its `{id}` along.

use rustc_hash::FxHashMap;

use super::report::{error, within};
use crate::{
    db::{Item, parsed},
    model::{
        cx::Cx,
        facts::{ItemFacts, Op, OpKind, RefFact, Service},
        finding::{Finding, Place},
        loc::{Loc, Part},
    },
};

/// Checks the operations, resources and routes of a service.
pub(super) fn check(cx: Cx<'_>, item: Item, facts: &ItemFacts, service: &Service, out: &mut Vec<Finding>) {
    let mut answered: FxHashMap<(&str, Option<u32>, String), &Op> = FxHashMap::default();
    for op in service.ops.iter().filter(|op| op.is_http() && is_path(&op.path)) {
        // Versions are told apart by other means than the path.
        let request = (op.method.as_str(), op.version, shape(&op.path));
        let first = *answered.entry(request).or_insert(op);
        // What has the same name, too, is reported as that.
        if std::ptr::eq(first, op) || first.name == op.name {
            continue;
        }
        let message = format!(
            "`{} {}` is answered by `{}` already: one of the two never runs",
            op.method, op.path, first.name
        );
        out.push(
            error(
                "name.duplicate",
                item,
                &within(facts, &[&op.name]),
                &path_loc(cx, item, op),
                message,
            )
            .help("Give one of the two another path, method or `version`.")
            .related("the first one", Place::new(item, path_loc(cx, item, first))),
        );
    }
    let mut forwarded: FxHashMap<String, &RefFact> = FxHashMap::default();
    for (path, target) in &service.routes {
        let first = *forwarded.entry(shape(path)).or_insert(target);
        if std::ptr::eq(first, target) {
            continue;
        }
        let message = format!("`{path}` is forwarded to `{}` already", first.text());
        let line = |loc: &Loc| Loc::head(&loc.path);
        out.push(
            error("name.duplicate", item, &facts.name, &line(&target.loc), message)
                .related("the first one", Place::new(item, line(&first.loc))),
        );
    }
    for resource in &service.resources {
        let single = resource
            .ops
            .iter()
            .filter_map(|op| service.ops.get(usize::from(*op)))
            .find(|op| op.path.ends_with("/{id}") && !op.path_params.is_empty());
        if let Some(op) = single.filter(|_| resource.path.split('/').any(|part| part == "{id}")) {
            let message = format!(
                "a resource adds `{{id}}` to its path by itself, so `{}` would be at `{}`",
                op.name, op.path
            );
            let loc = resource.loc.with(Part::Arg(argument(cx, item, &resource.loc)));
            out.push(
                error("name.duplicate", item, &facts.name, &loc, message)
                    .help("Leave the `{id}` out, or give the one of the outer row its name: `/clinics/{clinic}/orders`."),
            );
        }
    }
}

/// Whether an operation of a service answers a method and path already, whatever its path's parameters are called.
pub fn answers(service: &Service, method: &str, path: &str) -> bool {
    let wanted = shape(path);
    service
        .ops
        .iter()
        .any(|op| op.is_http() && op.method == method && op.version.is_none() && shape(&op.path) == wanted)
}

/// Whether a path is one. What is wrong with another is an error of the syntax, and says nothing about what it answers.
fn is_path(path: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    path.strip_prefix('/').is_some_and(|parts| {
        parts.split('/').all(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            part == "*" || name.unwrap_or(part).chars().all(fits)
        })
    })
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect();
    parts.join("/")
}

/// Where an operation's path stands; of a resource's operation its word.
fn path_loc(cx: Cx<'_>, item: Item, op: &Op) -> Loc {
    match op.kind {
        OpKind::Resource(_) => op.loc.clone(),
        _ => op.loc.with(Part::Arg(argument(cx, item, &op.loc))),
    }
}

/// The number of the path among the arguments of a node.
fn argument(cx: Cx<'_>, item: Item, loc: &Loc) -> u16 {
    let node = loc.node(parsed(cx.db, item));
    let place = node.and_then(|node| node.args.iter().position(|argument| argument.slot == "path"));
    place
        .and_then(|place| u16::try_from(place).ok())
        .unwrap_or_default()
}
