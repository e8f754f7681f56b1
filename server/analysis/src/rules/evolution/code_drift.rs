//! What a service really offers is not what the blueprint says.

mod stub;

use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    imports::{Operation, plain, shape},
    model::{
        cx::{Cx, OpRef},
        def::{Def, DefKind},
        facts::{OpKind, Service},
        finding::{Finding, FixPlan, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "evolution.code_drift",
    severity: Severity::Warning,
    summary: "What a service really offers is not what the blueprint says.",
    page: include_str!("../../../../../docs/rules/evolution/code_drift.md"),
    cwe: &[1068],
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// More names than this are not read.
const SHOWN: usize = 3;
/// With more endpoints than this something else is wrong than that they were forgotten.
const STUBS: usize = 20;

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    let Some(imported) = cx.imported(item) else { return };
    // A second service of the name is an error of its own.
    if cx.facts(item).broken {
        return;
    }
    if let Some((document, operations)) = &imported.operations {
        compare_operations(cx, item, service, (document, operations), findings);
    }
    if let Some((document, events)) = &imported.events {
        compare_events(cx, item, service, (document, events), findings);
    }
}

fn compare_operations(
    cx: Cx<'_>,
    item: Item,
    service: &Service,
    (document, operations): (&str, &[Operation]),
    findings: &mut Vec<Finding>,
) {
    let name = cx.name(item);
    let own: Vec<(OpRef<'_>, String)> = cx
        .ops(item)
        .filter(|op| op.op.is_http())
        .map(|op| (op, shape(&op.op.path)))
        .collect();
    let documented: Vec<(&Operation, Vec<String>)> = operations
        .iter()
        .map(|operation| (operation, operation.shapes().collect()))
        .collect();
    let same = |op: &OpRef<'_>, path: &String, operation: &Operation, shapes: &[String]| {
        op.op.method == operation.method && shapes.contains(path)
    };
    let mut lacking: Vec<&(&Operation, Vec<String>)> = documented
        .iter()
        .filter(|(operation, shapes)| !is_passed_over(&operation.method, shapes) && !is_forwarded(service, shapes))
        .filter(|(operation, shapes)| !own.iter().any(|(op, path)| same(op, path, operation, shapes)))
        .collect();
    let gone: Vec<&(OpRef<'_>, String)> = own
        .iter()
        .filter(|(op, path)| {
            op.op.is_endpoint()
                && op.op.internal.is_none()
                && !op.op.method.is_empty()
                && !is_passed_over(&op.op.method, std::slice::from_ref(path))
        })
        .filter(|(op, path)| {
            !documented
                .iter()
                .any(|(operation, shapes)| same(op, path, operation, shapes))
        })
        .collect();
    let asked = own
        .iter()
        .filter(|(op, path)| {
            op.op.is_endpoint() && !is_passed_over(&op.op.method, std::slice::from_ref(path))
        })
        .count();
    // Nothing at all in common is one mistake, not one for each endpoint.
    if gone.len() > 1 && gone.len() == asked && lacking.len() == operations.len() {
        let first = lacking.first().map_or_else(
            || "none at all".to_owned(),
            |(operation, _)| format!("`{} {}`", operation.method, operation.path),
        );
        let message = format!(
            "none of the {asked} endpoints of `{name}` is in {document}, whose first operation is {first}: one of the two is about \
             something else"
        );
        findings.push(
            finding(name.clone(), cx, Def::item(item), message)
                .help("Look whether `[imports]` in archwright.toml names the right document, and whether `servers` in it has the right path."),
        );
        return;
    }
    for (op, path) in gone {
        let element = cx.qualified(op.def);
        let route = format!("{} {}", op.op.method, op.op.path);
        // Another method at the same path is one difference, not two.
        let mut others = lacking.iter().filter(|(_, shapes)| shapes.contains(path));
        let other = others.next().filter(|_| others.next().is_none()).copied();
        let there = match other {
            Some(other) => {
                lacking.retain(|one| !std::ptr::eq(*one, other));
                format!("{document} has `{}` there", other.0.method)
            }
            None => format!("{document} has no such operation"),
        };
        let message = format!("`{element}` is `{route}`, and {there}: who builds on the blueprint calls what nobody serves");
        let mut found = finding(element, cx, op.def, message).help(
            "Build it, or delete it from the blueprint; state `internal` where only services of this blueprint call it and \
             the document is for others.",
        );
        if op.op.kind == OpKind::Endpoint && other.is_none() {
            let title = format!("Delete `{}`", op.op.name);
            found = found.fix(FixPlan::refactor(title, vec![Step::Remove(cx.place(op.def))]));
        }
        findings.push(found);
    }
    if lacking.is_empty() {
        return;
    }
    let names = lacking
        .iter()
        .map(|(operation, _)| format!("`{} {}`", operation.method, operation.path));
    let message = format!(
        "{document} has {} that `{name}` lacks ({}): the blueprint is not what runs",
        counted(lacking.len(), "operation"),
        listed(names, lacking.len())
    );
    let mut found = finding(name.clone(), cx, Def::item(item), message)
        .help("Add them to the blueprint with who may call them and what they touch, or take them out of the service.");
    if lacking.len() <= STUBS {
        found = found.fix(stub::add(cx, item, service, lacking.iter().map(|(operation, _)| *operation)));
    }
    findings.push(found);
}

fn compare_events(
    cx: Cx<'_>,
    item: Item,
    service: &Service,
    (document, events): (&str, &[SmolStr]),
    findings: &mut Vec<Finding>,
) {
    let name = cx.name(item);
    let documented: Vec<String> = events.iter().map(|event| plain(event)).collect();
    let own: Vec<String> = service.events.iter().map(|event| plain(&event.name)).collect();
    // It may send what another service has declared.
    let sent: Vec<String> = service
        .ops
        .iter()
        .flat_map(|op| &op.emits)
        .map(|event| {
            let text = event.text();
            plain(text.rsplit('.').next().unwrap_or_default())
        })
        .collect();
    let lacking: Vec<&SmolStr> = events
        .iter()
        .zip(&documented)
        .filter(|(_, event)| !own.contains(event) && !sent.contains(event))
        .map(|(event, _)| event)
        .collect();
    for (index, (event, plain)) in service.events.iter().zip(&own).enumerate() {
        if event.name.is_empty() || documented.contains(plain) {
            continue;
        }
        let def = Def { item, kind: DefKind::Event(index as u16) };
        let element = cx.qualified(def);
        let message = format!("`{element}` is not in {document}: who waits for it waits for ever");
        findings.push(
            finding(element, cx, def, message)
                .help("Send it and document it, or delete it from the blueprint."),
        );
    }
    if !lacking.is_empty() {
        let message = format!(
            "{document} has {} that `{name}` lacks ({}): the blueprint is not what runs",
            counted(lacking.len(), "event"),
            listed(lacking.iter().map(|event| format!("`{event}`")), lacking.len())
        );
        findings.push(
            finding(name.clone(), cx, Def::item(item), message)
                .help("Declare them with their fields, and `emits` where they are sent; or take them out of the service."),
        );
    }
}

fn finding(element: SmolStr, cx: Cx<'_>, def: Def, message: String) -> Finding {
    Finding::new(RULE.id, RULE.severity, element, cx.place(def), message)
}

/// `one operation`, `4 operations`
fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("one {what}"),
        more => format!("{more} {what}s"),
    }
}

/// The first few, and how many more there are.
fn listed(names: impl Iterator<Item = String>, count: usize) -> String {
    let mut text = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if count > SHOWN {
        text = format!("{text} and {} more", count - SHOWN);
    }
    text
}

/// Whether a route says nothing about the architecture: what frameworks add by themselves, and what asks about routes only.
fn is_passed_over(method: &str, shapes: &[String]) -> bool {
    if !matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
        return true;
    }
    method == "GET" && shapes.iter().any(|path| is_house_keeping(path))
}

/// Health, metrics and documentation: at the top, or below `api`, a version and the like.
fn is_house_keeping(path: &str) -> bool {
    const PLACES: &[&str] = &["actuator", "api", "internal", "-", "_", "q"];
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = path
        .split('/')
        .filter(|part| !part.is_empty())
        .skip_while(|part| PLACES.contains(part) || is_version(part));
    let Some(first) = parts.next() else { return false };
    let alone = parts.next().is_none();
    match first {
        "health" | "docs" | "redoc" | "swagger" | "swagger-ui" => !path.contains("{}"),
        "healthz" | "live" | "livez" | "liveness" | "ready" | "readyz" | "readiness" | "metrics" | "prometheus"
        | "ping" | "openapi.json" | "openapi.yaml" | "openapi.yml" | "asyncapi.json" | "asyncapi.yaml" | "favicon.ico" => alone,
        _ => false,
    }
}

/// Whether a gateway hands requests for it on to another service, which has its own document.
fn is_forwarded(service: &Service, shapes: &[String]) -> bool {
    service.routes.iter().any(|(prefix, _)| {
        let prefix = shape(prefix.trim_end_matches('*'));
        shapes.iter().any(|path| {
            path.strip_prefix(prefix.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix == "/")
        })
    })
}

#[cfg(test)]
mod tests;
