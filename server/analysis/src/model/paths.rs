//! Methods and paths: which operation answers a request, and where a path is written.

use super::{
    cx::{Cx, OpRef},
    facts::{OpKind, Service},
    finding::Place,
    loc::{Loc, Part},
};
use crate::db::{Item, parsed};

/// Whether an operation of a service answers a method and path already, whatever its path's parameters are called.
pub fn answers(service: &Service, method: &str, path: &str) -> bool {
    let wanted = shape(path);
    service
        .ops
        .iter()
        .any(|op| op.is_http() && op.method == method && op.version.is_none() && shape(&op.path) == wanted)
}

/// Whether a path is one. What is wrong with another is an error of the syntax, and says nothing about what it answers.
pub fn is_path(path: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    path.strip_prefix('/').is_some_and(|parts| {
        parts.split('/').all(|part| {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            part == "*" || name.unwrap_or(part).chars().all(fits)
        })
    })
}

/// A path without the names of its parameters.
pub fn shape(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| if part.starts_with('{') { "{}" } else { part })
        .collect();
    parts.join("/")
}

/// Where an operation's path is written; for a resource's operation, in the head of the resource.
pub fn path_place(cx: Cx<'_>, op: OpRef<'_>) -> Option<Place> {
    let item = op.def.item;
    let loc = match op.op.kind {
        OpKind::Resource(_) => {
            let mut path = op.op.loc.path.clone();
            path.pop();
            Loc::head(&path)
        }
        _ => op.op.loc.clone(),
    };
    let argument = argument(cx, item, &loc, "path")?;
    Some(Place::new(item, loc.with(Part::Arg(argument))))
}

/// The number of the first argument in a slot of the node that a place is in.
pub fn argument(cx: Cx<'_>, item: Item, loc: &Loc, slot: &str) -> Option<u16> {
    let node = loc.node(parsed(cx.db, item))?;
    let place = node.args.iter().position(|argument| argument.slot == slot)?;
    u16::try_from(place).ok()
}

/// The part of a path that an operation of a resource adds to the resource's own.
pub fn own_path(op: OpRef<'_>) -> &str {
    match op.op.kind {
        OpKind::Resource(_) => op
            .service
            .resources
            .iter()
            .find(|resource| op.op.loc.path.starts_with(&resource.loc.path))
            .map_or(op.op.path.as_str(), |resource| resource.path.as_str()),
        _ => op.op.path.as_str(),
    }
}
