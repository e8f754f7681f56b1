//! Nothing says how callers of an endpoint sign in.

use archwright_grammar::vocabulary::Kind;

use crate::{
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.auth_undeclared",
    severity: Severity::Warning,
    core: true,
    summary: "Nobody has said who may sign in, and how.",
    subsumes: &["api.missing_rate_limit"],
    page: include_str!("../../../../../docs/rules/auth/auth_undeclared.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// More related places than this say nothing new.
const SHOWN: usize = 10;

/// The endpoints of one service about which the question can be asked.
struct Asked<'db> {
    silent: Vec<OpRef<'db>>,
    answered: bool,
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let system = cx.system();
    if let Some((item, system)) = system
        && (!system.settings.auth.is_absent() || cx.facts(item).broken)
    {
        return;
    }
    let services: Vec<Asked<'_>> = cx
        .items(Kind::Service)
        .iter()
        .map(|item| {
            let mut asked = Asked {
                silent: Vec::new(),
                answered: false,
            };
            // What is absent from a broken service may just be untyped; what is there still answers.
            let broken = cx.facts(*item).broken;
            for op in cx.ops(*item).filter(|op| candidate(*op)) {
                if !cx.effective(op, |settings| &settings.auth).0.is_absent() {
                    asked.answered = true;
                } else if !broken {
                    asked.silent.push(op);
                }
            }
            asked
        })
        .filter(|asked| !asked.silent.is_empty() || asked.answered)
        .collect();
    if let Some((item, _)) = system
        && services.iter().all(|asked| !asked.answered)
    {
        let silent: Vec<OpRef<'_>> = services
            .iter()
            .flat_map(|asked| asked.silent.iter().copied())
            .collect();
        if !silent.is_empty() {
            let name = cx.name(item);
            let message = format!(
                "nothing in the blueprint says how callers sign in: {} no `auth`, so nobody has decided who gets in",
                count(silent.len(), "endpoint has", "endpoints have")
            );
            let place = Place::new(item, Loc::at(&[], Part::Name));
            findings.push(report(
                cx,
                name,
                &place,
                &format!("system {name}"),
                message,
                &silent,
            ));
        }
        return;
    }
    for asked in services.iter().filter(|asked| !asked.silent.is_empty()) {
        if asked.answered {
            for op in &asked.silent {
                let element = cx.qualified(op.def);
                let message = format!(
                    "nothing says how callers of `{element}` sign in, neither here nor in the service nor in the system, so nobody has decided who gets in"
                );
                let what = format!("endpoint {}", op.op.name);
                let mut finding = report(cx, &element, &cx.place(op.def), &what, message, &[*op]);
                finding.related.clear();
                // Where roles are asked for, `public` would contradict them.
                if op.op.allow.is_empty() {
                    let open = Step::AddStatementFirst(
                        cx.place(op.def),
                        "public because \"everybody may use this\"".to_owned(),
                    );
                    finding = finding.fix(FixPlan::suggest("Make it public, with a reason", vec![open]));
                }
                findings.push(finding);
            }
        } else if let Some(first) = asked.silent.first() {
            let item = first.def.item;
            let name = cx.name(item);
            let message = format!(
                "nothing says how callers of `{name}` sign in: {} no `auth`, so nobody has decided who gets in",
                count(asked.silent.len(), "endpoint has", "endpoints have")
            );
            let place = Place::new(item, Loc::at(&[], Part::Name));
            findings.push(report(
                cx,
                name,
                &place,
                &format!("service {name}"),
                message,
                &asked.silent,
            ));
        }
    }
}

/// Whether the question can be asked of an operation: endpoints that are neither public nor probes.
fn candidate(op: OpRef<'_>) -> bool {
    op.op.is_endpoint() && op.op.public.is_none() && !op.op.is_probe()
}

fn report(
    cx: Cx<'_>,
    element: &str,
    place: &Place,
    what: &str,
    message: String,
    silent: &[OpRef<'_>],
) -> Finding {
    let mut finding = Finding::new(RULE.id, RULE.severity, element, place.clone(), message)
        .help("State a scheme with `auth`, or say that it is open with `public because \"…\"`.");
    for op in silent.iter().take(SHOWN) {
        finding = finding.related(
            format!("`{}` has no `auth`", cx.qualified(op.def)),
            cx.place(op.def),
        );
    }
    let schemes = cx.scheme_choices();
    for scheme in schemes.iter().take(6) {
        let step = Step::AddStatementFirst(place.clone(), format!("auth {scheme}"));
        let fix = FixPlan::suggest(format!("Add auth {scheme} to {what}"), vec![step]);
        finding = finding.fix(if schemes.len() == 1 { fix.preferred() } else { fix });
    }
    finding
}

fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 {
        format!("one {one}")
    } else {
        format!("{number} {many}")
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, host, of_rule};

    const TWO: &str = "system Clinic { observe logs }
auth Session: cookie
service Orders {
  endpoint order GET /v1/orders/{id} -> { id: uuid }
  endpoint health GET /health -> { status: string }
}
service Stock {
  endpoint count GET /v1/count -> { count: int }
}
";

    #[test]
    fn it_is_asked_once_at_the_outermost_place() {
        assert_eq!(of_rule(TWO, RULE.id), ["1 warning Clinic"]);
        let host = host(TWO);
        let file = host.file("main.arch").expect("set");
        let found = host.diagnostics(file);
        let related: Vec<&str> = found
            .iter()
            .find(|found| found.code == RULE.id)
            .map(|found| {
                found
                    .related
                    .iter()
                    .map(|related| related.message.as_str())
                    .collect()
            })
            .unwrap_or_default();
        assert_eq!(
            related,
            ["`Orders.order` has no `auth`", "`Stock.count` has no `auth`"]
        );
    }

    #[test]
    fn an_answer_in_one_service_moves_the_question_inwards() {
        let text = TWO.replace("service Stock {", "service Stock {\n  auth none");
        assert_eq!(of_rule(&text, RULE.id), ["3 warning Orders"]);
        let text = TWO.replace(
            "{ count: int }",
            "{ count: int } { auth Session }\n  endpoint more GET /v1/more -> { count: int }",
        );
        assert_eq!(
            of_rule(&text, RULE.id),
            ["3 warning Orders", "9 warning Stock.more"]
        );
    }

    #[test]
    fn the_fix_answers_for_everything() {
        let text = fixed(TWO, "Add auth Session to system Clinic");
        assert!(
            text.starts_with("system Clinic { auth Session; observe logs }"),
            "{text}"
        );
        assert_eq!(of_rule(&text, RULE.id), [""; 0]);
    }
}
