//! An endpoint that anybody can call answers with classified data, or takes it.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        finding::Finding,
        guards::Classified,
    },
    rules::{Check, Rule, let_in},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.unauthenticated_sensitive",
    severity: Severity::Error,
    core: true,
    summary: "Anybody may read protected data.",
    subsumes: &["auth.unauthenticated_mutation", "auth.unreachable_allow", "api.missing_rate_limit", "evolution.protection_weakened"],
    cwe: &[306],
    page: include_str!("../../../../../docs/rules/auth/unauthenticated_sensitive.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    findings.extend(cx.ops(item).filter_map(|op| judge(cx, op)));
}

pub(crate) fn judge(cx: Cx<'_>, op: OpRef<'_>) -> Option<Finding> {
    if !op.op.is_endpoint() || !op.op.issues.is_empty() || !cx.open(op) || cx.shut(op) || !cx.external(op) {
        return None;
    }
    let reasoned = let_in::reasoned(op.op);
    let answer = cx.classified_answer(op);
    let body = cx.classified_body(op);
    let (severity, verb, field) = if let Some(field) = severe(&answer) {
        (Severity::Error, "answers with", field)
    } else if let Some(field) = severe(&body) {
        (Severity::Error, "takes", field)
    } else if let Some(field) = answer.first() {
        (
            if reasoned { Severity::Info } else { Severity::Error },
            "answers with",
            field,
        )
    } else if let Some(field) = body.first() {
        // That anybody may change something is worse, and the same open door.
        if !reasoned && cx.mutates(op) {
            return None;
        }
        (Severity::Info, "takes", field)
    } else {
        return None;
    };
    let element = cx.qualified(op.def);
    let consequence = match (verb, severity) {
        ("takes", Severity::Info) => "it can be filled with data about other people",
        ("takes", _) => "nobody knows from whom that comes",
        _ => "whoever finds the address has the data",
    };
    let message = format!(
        "anybody can call `{element}` without signing in, and it {verb} `{}` ({}): {consequence}",
        field.name,
        field.classes.words()
    );
    let mut finding = Finding::new(RULE.id, severity, element, cx.place(op.def), message)
        .help("Let only those in who need it, or leave the field out with a projection.")
        .related(
            format!("classified {} here", field.classes.words()),
            field.place.clone(),
        );
    for fix in let_in::fixes(cx, op) {
        finding = finding.fix(fix);
    }
    Some(finding)
}

/// The first field that is more than personal.
fn severe(fields: &[Classified]) -> Option<&Classified> {
    fields.iter().find(|field| {
        field
            .classes
            .any(Classes::PHI.union(Classes::PCI).union(Classes::SECRET))
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, fixed, of_rule};

    #[test]
    fn the_worst_field_decides() {
        let text = "service Results {
  auth none
  entity Result { id: uuid @id; mail: email; finding: text @phi; retain 1y then erase }
  type Brief of Result { id, mail }
  endpoint brief GET /v1/briefs/{id} -> Brief { public because \"known anyway\"; reads Result }
  endpoint full GET /v1/results/{id} -> Result { public because \"known anyway\"; reads Result }
}
";
        assert_eq!(
            of_rule(text, RULE.id),
            ["5 info Results.brief", "6 error Results.full"]
        );
        let messages = check(text);
        let full = messages
            .iter()
            .find(|line| line.contains("Results.full:"))
            .expect("found above");
        assert!(
            full.contains("Results.Result.finding") && full.contains("@phi"),
            "{full}"
        );
    }

    #[test]
    fn what_no_client_uses_of_a_used_service_is_not_reached() {
        let service = |uses: &str| {
            format!(
                "client Web: web {{ uses {uses} }}
service People {{
  auth none
  entity Person {{ id: uuid @id; mail: email; retain 1y then erase }}
  endpoint one GET /v1/people/{{id}} -> Person {{ reads Person }}
  endpoint all GET /v1/people -> page Person {{ reads Person }}
}}
"
            )
        };
        assert_eq!(of_rule(&service("People.one"), RULE.id), ["5 error People.one"]);
        assert_eq!(
            of_rule(&service("People"), RULE.id),
            ["5 error People.one", "6 error People.all"]
        );
    }

    #[test]
    fn what_a_gateway_lets_through_is_as_exposed_as_the_gateway() {
        let text = |client: &str, gateway: &str| {
            format!(
                "auth Mesh: mtls
client Web: web {{ uses People.one{client} }}
service Edge {{ kind gateway; {gateway} }}
service People {{
  auth none
  entity Person {{ id: uuid @id; mail: email; retain 1y then erase }}
  endpoint one GET /v1/people/{{id}} -> {{ known: bool }} {{ reads Person }}
  endpoint all GET /v1/people -> page Person {{ reads Person }}
}}
"
            )
        };
        let of = |client: &str, gateway: &str| of_rule(&text(client, gateway), RULE.id);
        assert_eq!(of("", "route /api/* -> People"), ["8 error People.all"]);
        assert_eq!(of(", Edge", "route /api/* -> People"), ["8 error People.all"]);
        assert_eq!(of("", "route /api/* -> People.all"), ["8 error People.all"]);
        assert_eq!(of("", "auth Mesh; route /api/* -> People"), [""; 0]);
        assert_eq!(of("", "route /api/* -> People.one"), [""; 0]);
        assert_eq!(of("", ""), [""; 0]);
    }

    #[test]
    fn a_new_route_exposes_what_was_checked_before() {
        let before = "client Web: web { uses People.one }
service People {
  auth none
  entity Person { id: uuid @id; mail: email; retain 1y then erase }
  endpoint one GET /v1/people/{id} -> { known: bool } { reads Person }
  endpoint all GET /v1/people -> page Person { reads Person }
}
service Edge { kind gateway; }
";
        let mut host = crate::testing::host(before);
        let file = host.file("main.arch").expect("set");
        let count = |host: &crate::Host| {
            host.diagnostics(file)
                .iter()
                .filter(|found| found.code == RULE.id)
                .count()
        };
        assert_eq!(count(&host), 0);
        let at = before.rfind('}').expect("it is there") as u32;
        host.edit(file, at..at, "route /api/* -> People ");
        host.settle();
        assert_eq!(count(&host), 1);
    }

    #[test]
    fn without_a_scheme_in_effect_the_fix_states_one() {
        let text = "auth Session: cookie
role Clinician: staff
service People {
  auth none
  entity Person { id: uuid @id; mail: email; retain 1y then erase }
  endpoint one GET /v1/people/{id} -> Person { allow Clinician; reads Person }
}
";
        assert!(
            fixed(text, "Ask for Session")
                .contains("-> Person { auth Session; allow Clinician; reads Person }"),
            "{}",
            fixed(text, "Ask for Session")
        );
    }
}
