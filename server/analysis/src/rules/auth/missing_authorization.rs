//! Callers sign in, and then nothing says who of them may use an endpoint.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        facts::Access,
        finding::{Finding, FixPlan, Step},
        guards::ties_to_caller,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.missing_authorization",
    severity: Severity::Warning,
    core: true,
    summary: "Whoever is signed in may do it.",
    subsumes: &[],
    cwe: &[862],
    page: include_str!("../../../../../docs/rules/auth/missing_authorization.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_endpoint() || cx.open(op) || !op.op.allow.is_empty() || op.op.is_probe() {
        return None;
    }
    let stated = cx.effective(op, |settings| &settings.auth).0.set()?;
    // Who signs in by a scheme that is not known is not known either.
    if cx.schemes(op).len() < stated.len() {
        return None;
    }
    if own_rows_only(cx, op) || (cx.only_mtls(op) && cx.policy_allows_to(op.def.item)) {
        return None;
    }
    let aggravation = aggravation(cx, op);
    let severity = if aggravation.is_some() {
        Severity::Error
    } else {
        RULE.severity
    };
    let element = cx.qualified(op.def);
    let message = match aggravation {
        Some(what) => {
            format!("`{element}` {what} and allows no role: every account may use it, also the newest")
        }
        None => format!("`{element}` allows no role: every account may use it, also the newest"),
    };
    let mut finding = Finding::new(RULE.id, severity, element, cx.place(op.def), message)
        .help("Say who may: `allow ROLE`, or `allow any` if every account really may.");
    let (roles, siblings) = cx.role_choices(op);
    for role in roles.iter().take(6) {
        let step = Step::AddStatementFirst(cx.place(op.def), format!("allow {role}"));
        let fix = FixPlan::suggest(format!("Allow {role}"), vec![step]);
        finding = finding.fix(if siblings && roles.len() == 1 {
            fix.preferred()
        } else {
            fix
        });
    }
    Some(finding)
}

/// What makes it an error: deleting, and health or card data.
fn aggravation(cx: Cx<'_>, op: OpRef<'_>) -> Option<String> {
    let touches = cx.touches(op);
    if let Some((_, entity, _)) = touches
        .iter()
        .find(|(access, _, _)| matches!(access, Access::Deletes | Access::Erases))
    {
        return Some(format!("deletes `{}`", cx.qualified(*entity)));
    }
    let grave = Classes::PHI.union(Classes::PCI);
    for (_, entity, _) in &touches {
        if let Some((field, _, classes)) = cx
            .sensitive_fields(*entity)
            .into_iter()
            .find(|(_, _, classes)| classes.any(grave))
        {
            return Some(format!("touches `{}` ({})", cx.qualified(field), classes.words()));
        }
    }
    let field = cx
        .classified_body(op)
        .into_iter()
        .chain(cx.classified_answer(op))
        .find(|field| field.classes.any(grave))?;
    Some(format!("passes `{}` ({})", field.name, field.classes.words()))
}

/// Whether it touches something, and of that only rows that are the caller's own.
pub(crate) fn own_rows_only(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let touches = cx.tied_touches(op);
    !touches.is_empty()
        && touches.iter().all(|(_, entity, tied)| {
            *tied
                || cx
                    .entity(*entity)
                    .and_then(|entity| entity.visible.as_ref())
                    .is_some_and(|(predicate, _)| ties_to_caller(predicate))
        })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    #[test]
    fn the_callers_own_rows_need_no_role() {
        let service = |predicate: &str| {
            format!(
                "auth Session: cookie
service Orders {{
  auth Session
  entity Order {{ id: uuid @id; customer: uuid; clinic: uuid; open: bool }}
  query mine -> [Order] {{ where {predicate}; limit 50 }}
  endpoint my_orders GET /v1/my/orders -> [Order] {{ runs mine }}
}}
"
            )
        };
        assert_eq!(
            of_rule(&service("customer == caller.id and open == true"), RULE.id),
            [""; 0]
        );
        assert_eq!(
            of_rule(&service("customer == caller.id or open == true"), RULE.id),
            ["6 warning Orders.my_orders"]
        );
        assert_eq!(
            of_rule(&service("clinic == caller.tenant"), RULE.id),
            ["6 warning Orders.my_orders"]
        );
        assert_eq!(
            of_rule(&service("customer != caller.id"), RULE.id),
            ["6 warning Orders.my_orders"]
        );
    }

    #[test]
    fn an_unknown_scheme_is_left_to_its_own_error() {
        let service = |scheme: &str| {
            let text = format!("auth Session: cookie\nservice A {{ auth {scheme}; endpoint a GET /a }}\n");
            of_rule(&text, RULE.id)
        };
        assert_eq!(service("Session"), ["2 warning A.a"]);
        assert_eq!(service("Sesion"), [""; 0]);
    }

    #[test]
    fn a_policy_speaks_for_services() {
        let service = |policy: &str| {
            format!(
                "auth Mesh: mtls
{policy}
service Orders {{
  auth Mesh
  endpoint count GET /v1/count -> {{ count: int }}
}}
"
            )
        };
        assert_eq!(
            of_rule(&service("policy Calls { allow * -> Orders }"), RULE.id),
            [""; 0]
        );
        assert_eq!(
            of_rule(&service("policy Calls { deny * -> Orders }"), RULE.id),
            ["5 warning Orders.count"]
        );
    }

    #[test]
    fn roles_of_siblings_come_alone() {
        let text = "auth Session: cookie
role Visitor
role Clinician: staff
service Orders {
  auth Session
  entity Order { id: uuid @id; note: string }
  resource Order at /v1/orders {
    list { allow Clinician }
    create { idempotent }
  }
}
";
        assert!(fixed(text, "Allow Clinician").contains("create { allow Clinician; idempotent }"));
        let host = crate::testing::host(text);
        let file = host.file("main.arch").expect("set");
        let titles: Vec<String> = host
            .diagnostics(file)
            .iter()
            .filter(|found| found.code == RULE.id)
            .flat_map(|found| found.fixes.iter().map(|fix| fix.title.clone()))
            .filter(|title| title.starts_with("Allow"))
            .collect();
        assert_eq!(titles, ["Allow Clinician"]);
    }
}
