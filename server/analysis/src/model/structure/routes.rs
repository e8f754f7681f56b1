//! Resources: each brings its `{id}` along.

use super::report::error;
use crate::{
    db::Item,
    model::{
        cx::Cx,
        facts::{ItemFacts, Service},
        finding::Finding,
        loc::Part,
        paths::argument,
    },
};

/// Checks the paths of a service's resources.
pub(super) fn check(cx: Cx<'_>, item: Item, facts: &ItemFacts, service: &Service, out: &mut Vec<Finding>) {
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
            let path = argument(cx, item, &resource.loc, "path").unwrap_or_default();
            let loc = resource.loc.with(Part::Arg(path));
            out.push(
                error("name.duplicate", item, &facts.name, &loc, message)
                    .help("Leave the `{id}` out, or give the one of the outer row its name: `/clinics/{clinic}/orders`."),
            );
        }
    }
}
