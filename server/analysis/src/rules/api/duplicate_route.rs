//! Two operations of one service answer the same requests.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        facts::{OpKind, RefFact},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        paths::{answers, argument, is_path, shape},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "api.duplicate_route",
    severity: Severity::Error,
    summary: "Two operations answer the same requests.",
    page: include_str!("../../../../../docs/rules/api/duplicate_route.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Also asked by the generator, whatever the profile: no router can serve both.
pub(crate) fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    operations(cx, item, findings);
    routes(cx, item, findings);
}

fn operations(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let mut answered: FxHashMap<(&str, Option<u32>, String), OpRef<'_>> = FxHashMap::default();
    for op in cx.ops(item).filter(|op| op.op.is_http() && is_path(&op.op.path)) {
        // Versions are told apart by other means than the path.
        let request = (op.op.method.as_str(), op.op.version, shape(&op.op.path));
        let first = *answered.entry(request).or_insert(op);
        // What has the same name, too, is an error of the language.
        if first.def == op.def || first.op.name == op.op.name {
            continue;
        }
        let message = format!(
            "`{} {}` is answered by `{}` already: one of the two never runs",
            op.op.method, op.op.path, first.op.name
        );
        let place = path_place(cx, op);
        let mut finding = Finding::new(RULE.id, RULE.severity, cx.qualified(op.def), place.clone(), message)
            .help("Give one of the two another path, method or `version`.")
            .related("the first one", path_place(cx, first));
        let other = format!("{}/{}", op.op.path.trim_end_matches('/'), op.op.name.replace('_', "-"));
        if op.op.kind == OpKind::Endpoint && !answers(op.service, &op.op.method, &other) {
            let title = format!("Move {} to {other}", op.op.name);
            finding = finding.fix(FixPlan::refactor(title, vec![Step::Replace(place, other)]));
        }
        findings.push(finding);
    }
}

/// What a gateway forwards.
fn routes(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    let mut forwarded: FxHashMap<String, &RefFact> = FxHashMap::default();
    for (path, target) in &service.routes {
        let first = *forwarded.entry(shape(path)).or_insert(target);
        if std::ptr::eq(first, target) {
            continue;
        }
        let message = format!(
            "`{path}` is forwarded to `{}` already: this line is never used",
            first.text()
        );
        let line = |loc: &Loc| Place::new(item, Loc::head(&loc.path));
        let name: SmolStr = cx.name(item).clone();
        let mut finding = Finding::new(RULE.id, RULE.severity, name, line(&target.loc), message)
            .help("Keep one of the two.")
            .related("the first one", line(&first.loc));
        // A second line that says the same can only be a copy.
        if cx.def(item, first).is_some_and(|def| cx.def(item, target) == Some(def)) {
            let step = Step::Remove(line(&target.loc));
            finding = finding.fix(FixPlan::safe("Remove the second route", vec![step]));
        }
        findings.push(finding);
    }
}

/// Where an operation's path stands; of a resource's operation its word.
fn path_place(cx: Cx<'_>, op: OpRef<'_>) -> Place {
    let loc = &op.op.loc;
    let at = match op.op.kind {
        OpKind::Resource(_) => loc.clone(),
        _ => loc.with(Part::Arg(
            argument(cx, op.def.item, loc, "path").unwrap_or_default(),
        )),
    };
    Place::new(op.def.item, at)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    fn of(text: &str) -> Vec<String> {
        of_rule(
            &format!("vendor V: http\nservice S {{\nentity E {{ id: uuid @id }}\n{text}\n}}\n"),
            RULE.id,
        )
    }

    #[test]
    fn one_operation_answers_each_request() {
        assert_eq!(of("endpoint a GET /x\nendpoint b GET /x"), ["5 error S.b"]);
        assert_eq!(of("endpoint a GET /x/{id}\nendpoint b GET /x/{key}"), ["5 error S.b"]);
        assert_eq!(
            of("endpoint a GET /x/{id}\nresource E at /x { get }"),
            ["5 error S.get_e"]
        );
        assert_eq!(
            of("endpoint a POST /x\nwebhook w from V POST /x"),
            ["5 error S.w"]
        );
    }

    #[test]
    fn other_methods_shapes_and_versions_are_other_requests() {
        let none: [&str; 0] = [];
        assert_eq!(
            of("endpoint a GET /x; endpoint b POST /x; endpoint c GET /x/{id}; endpoint d GET /x/last"),
            none
        );
        assert_eq!(of("endpoint a GET /x; endpoint b GET /x { version v2 }"), none);
        assert_eq!(
            of("resource E at /x/{id}/y { list }; resource E at /c/{clinic}/x { get }"),
            none
        );
    }

    #[test]
    fn one_copy_is_one_mistake() {
        let text = "service S {\n  endpoint a GET /x\n  endpoint a GET /x\n}\n";
        let found: Vec<String> = check(text)
            .into_iter()
            .filter(|line| line.contains(" error "))
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("name.duplicate"), "{found:?}");
    }

    #[test]
    fn a_gateway_forwards_each_path_once() {
        let gateway = |routes: &str| {
            format!("service S {{ endpoint a GET /a }}\nservice Edge {{\n  kind gateway\n{routes}}}\n")
        };
        let twice = gateway("  route /a -> S\n  route /a -> S\n");
        assert_eq!(of_rule(&twice, RULE.id), ["5 error Edge"]);
        assert_eq!(
            fixed(&twice, "Remove the second route"),
            gateway("  route /a -> S\n")
        );
        let none: [&str; 0] = [];
        assert_eq!(
            of_rule(
                &gateway("  route /a -> S\n  route /a/* -> S\n  route /b -> S.a\n"),
                RULE.id
            ),
            none
        );
    }
}
