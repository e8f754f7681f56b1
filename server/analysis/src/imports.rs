//! What documents outside the blueprint say of its services: an OpenAPI document of what is served, an AsyncAPI document of what is
//! sent. Reading the files is the binary's; here they are plain data, compared by `evolution.code_drift`.

use std::collections::BTreeMap;

use smol_str::SmolStr;

/// What is imported, by service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imports {
    services: BTreeMap<SmolStr, Imported>,
}

/// What the documents of one service say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Where the operations stand, and what they are; `None` where no document speaks of operations.
    pub operations: Option<(SmolStr, Vec<Operation>)>,
    /// The same for the events that the service sends.
    pub events: Option<(SmolStr, Vec<SmolStr>)>,
}

/// What one document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// An OpenAPI document.
    Operations(Vec<Operation>),
    /// An AsyncAPI document: names of the messages that are sent.
    Events(Vec<SmolStr>),
}

/// One operation of an OpenAPI document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// `GET`
    pub method: SmolStr,
    /// As clients call it: `/api/v1/orders/{id}`, below the first server's path.
    pub path: SmolStr,
    /// Other paths that it may be meant to have: without the server's, and below further servers'.
    pub also: Vec<SmolStr>,
    /// What it is called in code, if the document says so.
    pub id: Option<SmolStr>,
}

impl Operation {
    /// All paths that it may be meant to have, without names of parameters.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.path)
            .chain(&self.also)
            .map(|path| shape(path))
    }
}

impl Imports {
    /// Nothing is imported.
    pub fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// What is known of a service.
    pub(crate) fn of(&self, service: &str) -> Option<&Imported> {
        self.services.get(service)
    }

    /// Adds a document of a service, found at `path`. Several of the same sort count as one.
    pub fn add(&mut self, service: &str, path: &str, document: Document) {
        let imported = self.services.entry(service.into()).or_default();
        match document {
            Document::Operations(more) => join(&mut imported.operations, path, more),
            Document::Events(more) => join(&mut imported.events, path, more),
        }
    }
}

fn join<T>(known: &mut Option<(SmolStr, Vec<T>)>, path: &str, more: Vec<T>) {
    match known {
        Some((paths, all)) => {
            *paths = format!("{paths}, {path}").into();
            all.extend(more);
        }
        None => *known = Some((path.into(), more)),
    }
}

/// A path without the names of its parameters and without a slash at its end. A `*` stands for a parameter.
pub(crate) fn shape(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut inside = false;
    for char in path.chars() {
        match char {
            '{' => {
                inside = true;
                out.push_str("{}");
            }
            '}' => inside = false,
            '*' => out.push_str("{}"),
            other if !inside => out.push(other),
            _ => {}
        }
    }
    let end = out.trim_end_matches('/').len().max(1);
    out.truncate(end);
    out
}

/// A name in which only its letters and digits count, without a version behind it: `order.placed.v1` is `OrderPlaced`.
pub(crate) fn plain(name: &str) -> String {
    let all: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|char| char.to_ascii_lowercase())
        .collect();
    let head = all.trim_end_matches(|char: char| char.is_ascii_digit());
    match head.strip_suffix('v') {
        Some(rest) if head.len() < all.len() && !rest.is_empty() => rest.to_owned(),
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, shape};

    #[test]
    fn paths_and_names_are_compared_by_what_matters() {
        assert_eq!(shape("/v1/orders/{order_id}/"), shape("/v1/orders/{id}"));
        assert_eq!(shape("/"), "/");
        assert_eq!(shape("/files/*"), shape("/files/{path}"));
        assert_ne!(shape("/orders/{id}:cancel"), shape("/orders/{id}"));
        assert_eq!(plain("order-placed.v2"), "orderplaced");
        assert_eq!(plain("OrderPlaced"), "orderplaced");
        assert_eq!(plain("v1"), "v1");
        assert_eq!(plain("Level2"), "level2");
    }
}
