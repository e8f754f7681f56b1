//! Large services without an inside, or many of them without a map.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        dependencies::has_contexts,
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        shape::{Shape, shapes},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.flat_architecture",
    severity: Severity::Info,
    summary: "Nothing separates the parts of a large service, or of the system.",
    cwe: &[1044],
    thresholds: &[
        Threshold {
            name: "operations",
            default: 8,
            counts: "operations of one service, from which on it should say its layers",
        },
        Threshold {
            name: "services",
            default: 6,
            counts: "services, from which on there should be contexts",
        },
    ],
    page: include_str!("../../../../../docs/rules/boundary/flat_architecture.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// Kinds of service that have no inside of their own to speak of.
const SIMPLE: &[&str] = &["gateway", "prototype"];

/// How many services are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let all = shapes(cx.db);
    let (most, many) = (
        cx.threshold(&RULE, "operations") as usize,
        cx.threshold(&RULE, "services") as usize,
    );
    let flat: Vec<&Shape> = all
        .iter()
        .filter(|shape| shape.working >= most && !shape.layered && !shape.broken && !shape.is(SIMPLE))
        .collect();
    let services = all.iter().filter(|shape| !shape.is(&["prototype"])).count();
    let scattered = services >= many && !has_contexts(cx.db);
    let first = match (flat.first(), scattered) {
        (Some(shape), _) => shape.item,
        (None, true) => all[0].item,
        (None, false) => return,
    };
    let inside = flat.first().map(|shape| {
        let more = match flat.len() - 1 {
            0 => String::new(),
            1 => " (and another service as many)".to_owned(),
            more => format!(" (and {more} more services as many)"),
        };
        format!(
            "`{}` has {} operations{more} and neither layers nor components: nothing keeps its rules apart from its transport",
            cx.name(shape.item),
            shape.working
        )
    });
    let outside = scattered.then(|| {
        format!("{services} services stand in no context: nobody can tell which of them belong together, and which may depend on which")
    });
    let message = match (inside, outside) {
        (Some(inside), Some(outside)) => format!("{inside}; {outside}"),
        (inside, outside) => inside.or(outside).unwrap_or_default(),
    };
    let at = cx.system().map_or(first, |(system, _)| system);
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        cx.name(at).clone(),
        cx.place(Def::item(at)),
        message,
    )
    .help("Say the layers of a large service (`layers …`) or name its components; put services that speak one language into a `context`.");
    for shape in flat.iter().take(RELATED) {
        finding = finding.related(
            format!("`{}` has {} operations", cx.name(shape.item), shape.working),
            cx.place(Def::item(shape.item)),
        );
    }
    if !scattered {
        finding = finding.fix(layers(cx, &flat));
    }
    findings.push(finding);
}

fn layers(cx: Cx<'_>, flat: &[&Shape]) -> FixPlan {
    let title = match flat {
        [one] => format!("Give {} layers", cx.name(one.item)),
        more => format!("Give {} services layers", more.len()),
    };
    FixPlan::suggest(title, flat.iter().map(|shape| step(shape.item)).collect()).preferred()
}

fn step(item: Item) -> Step {
    Step::AddStatementFirst(
        Place::new(item, Loc::head(&[])),
        "layers api, application, domain, infrastructure".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "boundary.flat_architecture")
    }

    fn service(ops: usize, more: &str) -> String {
        let ops: String = (0..ops).map(|index| format!("  job j{index} every 1d\n")).collect::<Vec<_>>()
.concat();
        format!("service A {{\n{more}{ops}}}\n")
    }

    #[test]
    fn a_large_service_says_how_it_is_built() {
        assert_eq!(check(&format!("system S {{ }}\n{}", service(8, ""))), ["1 info S"]);
        assert_eq!(check(&service(8, "")), ["1 info A"]);
        assert_eq!(check(&service(7, "")), [""; 0]);
        let probe = "  endpoint health GET /health -> { ok: bool } { public because \"probe\" }\n";
        assert_eq!(check(&service(7, probe)), [""; 0]);
        for more in ["  layers api, domain\n", "  component C in domain\n", "  kind gateway\n", "  kind prototype\n"] {
            assert_eq!(check(&service(8, more)), [""; 0], "{more}");
        }
    }

    #[test]
    fn many_services_need_a_map() {
        let services = |count: usize| -> String {
            (0..count).map(|index| format!("service A{index} {{ job j every 1d }}\n")).collect::<Vec<_>>()
.concat()
        };
        assert_eq!(check(&format!("system S {{ }}\n{}", services(6))), ["1 info S"]);
        assert_eq!(check(&services(5)), [""; 0]);
        assert_eq!(check(&format!("context C\n{}", services(6))), [""; 0]);
    }

    #[test]
    fn it_is_said_once() {
        let text = format!("system S {{ }}\n{}{}", service(8, ""), service(9, "").replace("service A", "service B"));
        assert_eq!(check(&text), ["1 info S"]);
        let after = fixed(&text, "Give 2 services layers");
        assert!(after.contains("service A {\n  layers api, application, domain, infrastructure\n  job j0"), "{after}");
        assert_eq!(check(&after), [""; 0]);
    }
}
