//! Clients reach an operation by a path without a version.

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::OpKind,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        paths::{answers, is_path, own_path, path_place},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.missing_version",
    severity: Severity::Warning,
    core: true,
    summary: "The path has no version, so the contract can't change.",
    page: include_str!("../../../../../docs/rules/api/missing_version.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// More related places than this say nothing new.
const SHOWN: usize = 10;

/// A path that is written once: of one endpoint, or of a resource.
struct Written<'db> {
    op: OpRef<'db>,
    place: Place,
    path: &'db str,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // Versions that stand in a header are stated with `version`.
    if cx.ops(item).any(|op| op.op.version.is_some()) {
        return;
    }
    let missing = unversioned(cx, item);
    if missing.is_empty() {
        return;
    }
    let sibling = cx
        .ops(item)
        .filter(|op| op.op.is_endpoint() && !op.op.is_health())
        .find_map(|op| version(&op.op.path));
    match sibling {
        Some(version) => findings.extend(missing.iter().map(|one| beside(cx, one, version))),
        None => findings.extend(whole(cx, item, &missing)),
    }
}

/// The paths without a version that clients use, each once.
fn unversioned(cx: Cx<'_>, item: Item) -> Vec<Written<'_>> {
    let mut found: Vec<Written<'_>> = Vec::new();
    for op in cx.ops(item) {
        let path = own_path(op);
        let asked = op.op.is_endpoint()
            && !op.op.is_health()
            && !op.op.is_probe()
            && version(path).is_none()
            && is_path(path)
            && !path.starts_with("/.well-known/");
        if !asked || !cx.external(op) {
            continue;
        }
        let Some(place) = path_place(cx, op) else { continue };
        // The operations of a resource share its path.
        if found.last().is_none_or(|known| known.place != place) {
            found.push(Written { op, place, path });
        }
    }
    found
}

/// One path among others that have a version.
fn beside(cx: Cx<'_>, one: &Written<'_>, version: &str) -> Finding {
    let element = cx.qualified(one.op.def);
    let message = format!(
        "`{element}` is at `{}`, while its siblings are below `/{version}`: it can't change without breaking those who call it",
        one.path
    );
    let finding = Finding::new(RULE.id, RULE.severity, element, cx.place(one.op.def), message)
        .help(format!("Put `/{version}` into the path before the first release; after it, add a second path."));
    let better = with_version(one.path, version);
    if !is_free(cx, one, &better) {
        return finding;
    }
    let step = Step::Replace(one.place.clone(), better.clone());
    finding.fix(FixPlan::refactor(format!("Write {better}"), vec![step]).preferred())
}

/// A service in which no path has one.
fn whole(cx: Cx<'_>, item: Item, missing: &[Written<'_>]) -> Option<Finding> {
    let name: SmolStr = cx.name(item).clone();
    let first = missing.first()?;
    let message = match missing.len() {
        1 => format!(
            "`{name}` has no version in its path `{}`: the first change that breaks a client has nowhere to go",
            first.path
        ),
        count => format!(
            "`{name}` has no version in any of its {count} paths: the first change that breaks a client has nowhere to go"
        ),
    };
    let place = Place::new(item, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, Severity::Info, name, place, message)
        .help("Put `/v1` into the paths before the first release, or state `version v1` where a header tells versions apart.");
    for one in missing.iter().take(SHOWN) {
        finding = finding.related(format!("`{}` has no version", one.path), one.place.clone());
    }
    let steps = missing
        .iter()
        .map(|one| Step::Replace(one.place.clone(), with_version(one.path, "v1")))
        .collect();
    Some(finding.fix(FixPlan::refactor("Put /v1 before every path", steps).preferred()))
}

/// The version in a path: `v1` of `/api/v1/orders`.
fn version(path: &str) -> Option<&str> {
    path.split('/').find(|part| {
        part.strip_prefix('v').is_some_and(|number| {
            number.starts_with(|c: char| c.is_ascii_digit())
                && number.chars().all(|c| c.is_ascii_digit() || c == '.')
        })
    })
}

/// A path with a version in it: behind `/api`, if it begins with that.
fn with_version(path: &str, version: &str) -> String {
    match path.strip_prefix("/api/") {
        Some(rest) => format!("/api/{version}/{rest}"),
        None if path == "/" => format!("/{version}"),
        None => format!("/{version}{path}"),
    }
}

/// Whether nothing else of the service answers at a path, nor at what a resource makes of it.
fn is_free(cx: Cx<'_>, one: &Written<'_>, better: &str) -> bool {
    cx.ops(one.op.def.item)
        .filter(|other| match one.op.op.kind {
            OpKind::Resource(_) => path_place(cx, *other).as_ref() == Some(&one.place),
            _ => other.def == one.op.def,
        })
        .all(|other| {
            let behind = other.op.path.strip_prefix(one.path).unwrap_or_default();
            !answers(one.op.service, &other.op.method, &format!("{better}{behind}"))
        })
}

#[cfg(test)]
mod tests {
    use super::{RULE, version, with_version};
    use crate::testing::{diagnostics, fixed, of_rule};

    fn service(endpoints: &str) -> String {
        format!("service Orders {{\n  entity Order {{ id: uuid @id }}\n{endpoints}}}\n")
    }

    #[test]
    fn a_version_is_a_part_of_its_own() {
        assert_eq!(version("/v1/orders"), Some("v1"));
        assert_eq!(version("/api/v12/orders"), Some("v12"));
        assert_eq!(version("/v1.2/orders"), Some("v1.2"));
        assert_eq!(version("/vat/orders"), None);
        assert_eq!(version("/orders/{v1}"), None);
        assert_eq!(with_version("/api/orders", "v2"), "/api/v2/orders");
        assert_eq!(with_version("/", "v1"), "/v1");
    }

    #[test]
    fn siblings_make_it_a_warning() {
        let text = service(
            "  endpoint old GET /orders/{id} -> Order { reads Order }\n  endpoint new_one GET /v2/orders -> page Order { reads Order }\n",
        );
        assert_eq!(of_rule(&text, RULE.id), ["3 warning Orders.old"]);
        assert!(fixed(&text, "Write /v2/orders/{id}").contains("endpoint old GET /v2/orders/{id} ->"));
        let taken = text.replace("/v2/orders ->", "/v2/orders/{key} ->");
        assert_eq!(of_rule(&taken, RULE.id), ["3 warning Orders.old"]);
        let found = diagnostics(&taken);
        let fixes = found.iter().filter(|found| found.code == RULE.id).flat_map(|found| &found.fixes);
        assert_eq!(fixes.count(), 0);
    }

    #[test]
    fn a_service_without_any_is_one_finding() {
        let text = service(
            "  resource Order at /orders { list; get }\n  endpoint count GET /api/count -> { count: int }\n  endpoint ready GET /ready -> { status: string }\n",
        );
        assert_eq!(of_rule(&text, RULE.id), ["1 info Orders"]);
        let after = fixed(&text, "Put /v1 before every path");
        assert!(after.contains("resource Order at /v1/orders {"), "{after}");
        assert!(after.contains("GET /api/v1/count ->"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }

    #[test]
    fn nobody_is_asked_who_has_no_clients_or_another_way() {
        let none: [&str; 0] = [];
        let text = service("  endpoint count GET /count -> { count: int } { internal }\n");
        assert_eq!(of_rule(&text, RULE.id), none);
        let text = service(
            "  endpoint count GET /count -> { count: int } { version v1 }\n  endpoint sum GET /sum -> { sum: int }\n",
        );
        assert_eq!(of_rule(&text, RULE.id), none);
        let text = "vendor V: http\nservice S { webhook w from V POST /hooks/v; endpoint keys GET /.well-known/jwks.json -> { keys: json } }\n";
        assert_eq!(of_rule(text, RULE.id), none);
    }
}
