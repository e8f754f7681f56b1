//! The operations of an OpenAPI 3 document.

use archwright_analysis::imports::Operation;
use serde_json::Value;

use super::follow;

/// The methods that a path item may have and that a blueprint can say.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// All operations, in the order of paths and methods.
pub(super) fn operations(document: &Value) -> Result<Vec<Operation>, String> {
    let mut out = Vec::new();
    let Some(paths) = document.get("paths") else {
        return Ok(out);
    };
    let paths = paths
        .as_object()
        .ok_or("has `paths` that are no object: nothing can be compared")?;
    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with('/')) {
        let item = follow(document, item)?;
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            // The nearest list counts, as the specification says.
            let bases = [operation, item, document]
                .into_iter()
                .find_map(|place| place.get("servers")?.as_array().filter(|list| !list.is_empty()))
                .map_or_else(Vec::new, |list| list.iter().filter_map(base).collect());
            out.push(one(method, path, operation, &bases));
        }
    }
    Ok(out)
}

fn one(method: &str, path: &str, operation: &Value, bases: &[String]) -> Operation {
    let mut paths: Vec<String> = bases.iter().map(|base| format!("{base}{path}")).collect();
    paths.push(path.to_owned());
    let mut paths = paths.into_iter();
    let first = paths.next().unwrap_or_default();
    let mut also: Vec<_> = paths.filter(|other| *other != first).map(Into::into).collect();
    also.dedup();
    Operation {
        method: method.to_uppercase().into(),
        path: first.into(),
        also,
        id: operation
            .get("operationId")
            .and_then(Value::as_str)
            .map(Into::into),
    }
}

/// The path of a server, without a slash at its end: `/v1` of `https://{region}.example.org/v1/`.
fn base(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let default = variable
            .get("default")
            .and_then(Value::as_str)
            .unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let path = match url.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            rest.split_once('/').map_or("", |(_, path)| path)
        }
        // Relative to where the document is found: `/v1`, `./v1`, `v1`.
        _ => url.trim_start_matches("./"),
    };
    let path = path.trim_matches('/');
    Some(if path.is_empty() {
        String::new()
    } else {
        format!("/{path}")
    })
}
