//! Endpoints to be filled in, for operations that the blueprint lacks.

use crate::{
    db::Item,
    imports::Operation,
    model::{
        cx::Cx,
        def::Def,
        facts::Service,
        finding::{FixPlan, Step},
        paths::is_path,
    },
};

/// One endpoint for each operation.
pub(super) fn add<'o>(
    cx: Cx<'_>,
    item: Item,
    service: &Service,
    operations: impl Iterator<Item = &'o Operation>,
) -> FixPlan {
    let mut taken: Vec<String> = service.by_name.iter().map(|(name, _)| name.to_string()).collect();
    taken.extend(service.ops.iter().map(|op| op.name.to_string()));
    let mut lines = Vec::new();
    for operation in operations {
        let path = written(&operation.path);
        // A path that this language cannot write is left to its reader.
        if !is_path(&path) {
            continue;
        }
        let name = free(&taken, &wanted(operation));
        lines.push(format!("endpoint {name} {} {path}", operation.method));
        taken.push(name);
    }
    let title = match lines.as_slice() {
        [one] => format!("Add `{one}`"),
        more => format!("Add {} endpoints", more.len()),
    };
    FixPlan::refactor(title, vec![Step::AddStatement(cx.place(Def::item(item)), lines.join("\n"))])
}

/// A path as this language writes it: parameters have plain names, and no slash stands at the end.
fn written(path: &str) -> String {
    let parts: Vec<String> = path
        .trim_end_matches('/')
        .split('/')
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => format!("{{{}}}", snake(name)),
            None => part.to_owned(),
        })
        .collect();
    parts.join("/")
}

/// What the operation is called in code, or else its method and the words of its path.
fn wanted(operation: &Operation) -> String {
    let named = operation.id.as_deref().map(snake).filter(|name| name.len() <= 40);
    named.unwrap_or_else(|| {
        let mut words = operation
            .path
            .split('/')
            .filter(|part| !part.starts_with('{') && !part.is_empty());
        let last = words.next_back().unwrap_or("root");
        snake(&format!("{} {last}", operation.method.to_lowercase()))
    })
}

/// `getOrders` and `get-orders` as `get_orders`.
fn snake(text: &str) -> String {
    let mut out = String::new();
    let mut before_is_small = false;
    for char in text.chars() {
        if char.is_ascii_alphanumeric() {
            if char.is_ascii_uppercase() && before_is_small {
                out.push('_');
            }
            before_is_small = !char.is_ascii_uppercase();
            out.push(char.to_ascii_lowercase());
        } else {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            before_is_small = false;
        }
    }
    let name = out.trim_end_matches('_');
    if name.starts_with(|char: char| char.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        format!("op_{name}")
    }
}

/// A name that nothing in the service has, and that is no word of the language.
fn free(taken: &[String], wanted: &str) -> String {
    let is_taken = |name: &str| taken.iter().any(|known| known == name);
    if !is_taken(wanted) {
        return wanted.to_owned();
    }
    // One of so many is free.
    (2..=taken.len() + 2)
        .map(|number| format!("{wanted}_{number}"))
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}
