//! A service calls another one, and nothing proves who calls.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        facts::{Call, CallIdentity},
        finding::{Finding, FixPlan, Place, Step},
        guards::client_uses,
        loc::{Loc, Part},
    },
    rules::{Check, Rule, auth::identity_not_propagated::loses_identity, let_in},
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.service_call_unauthenticated",
    severity: Severity::Warning,
    core: true,
    summary: "A service calls another one without proving who it is.",
    subsumes: &[],
    cwe: &[306],
    page: include_str!("../../../../../docs/rules/auth/service_call_unauthenticated.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// What is wrong with a call.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// Nobody has to prove anything; whether much depends on it.
    Open { grave: bool },
    /// The caller has none of the schemes that are accepted.
    NoScheme,
}

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    // Calls of one open endpoint have one cause.
    let mut open: Vec<(Def, usize)> = Vec::new();
    for op in cx.ops(item) {
        for call in &op.op.calls {
            let Some((target, fault)) = judge(cx, op, call) else {
                continue;
            };
            let at = Place::new(item, call.loc.clone());
            if let Fault::Open { .. } = fault {
                if let Some((_, index)) = open.iter().find(|(known, _)| *known == target) {
                    let other = &mut findings[*index];
                    other
                        .related
                        .push((format!("`{}` calls it, too", cx.qualified(op.def)), at));
                    continue;
                }
                open.push((target, findings.len()));
            }
            findings.push(report(cx, op, &at, target, fault));
        }
    }
}

fn judge(cx: Cx<'_>, op: OpRef<'_>, call: &Call) -> Option<(Def, Fault)> {
    let target = cx.def(op.def.item, &call.target)?;
    let inner = cx.op(target).filter(|inner| inner.op.is_endpoint())?;
    if target.item == op.def.item || let_in::reasoned(inner.op) || cx.shut(inner) {
        return None;
    }
    if cx.open(inner) {
        // What clients reach is judged where it stands, and worse.
        let uses = client_uses(cx.db);
        let reached = uses.endpoints.contains(&target) || uses.services.contains(&target.item);
        let sensitive = !cx.classified_answer(inner).is_empty();
        let grave = cx.mutates(inner) || sensitive;
        return (!(grave && reached)).then_some((target, Fault::Open { grave }));
    }
    // Where nobody has decided how callers sign in, what the caller could present is not known either.
    if op.op.is_endpoint() && cx.effective(op, |settings| &settings.auth).0.is_absent() {
        return None;
    }
    let accepted = cx.schemes(inner);
    if accepted.is_empty() || has_scheme(cx, op, call, &accepted) || loses_identity(cx, op, call).is_some() {
        return None;
    }
    Some((target, Fault::NoScheme))
}

/// Whether a caller has one of the accepted schemes: by `with`, by sharing one, because a user's identity travels along, or
/// because certificates between services are the system's default.
fn has_scheme(cx: Cx<'_>, op: OpRef<'_>, call: &Call, accepted: &[Def]) -> bool {
    if let Some(with) = &call.with {
        // What is unknown has its own error.
        return cx
            .def(op.def.item, with)
            .is_none_or(|scheme| accepted.contains(&scheme));
    }
    call.identity == Some(CallIdentity::Caller)
        || cx.schemes(op).iter().any(|scheme| accepted.contains(scheme))
        || cx
            .service_schemes(op.def.item)
            .iter()
            .any(|scheme| accepted.contains(scheme))
        || mesh_is_default(cx)
}

fn mesh_is_default(cx: Cx<'_>) -> bool {
    cx.system().is_some_and(|(item, system)| {
        let schemes = system.settings.auth.set().into_iter().flatten();
        schemes
            .filter_map(|scheme| cx.def(item, scheme))
            .any(|scheme| cx.scheme_kind(scheme) == "mtls")
    })
}

fn report(cx: Cx<'_>, op: OpRef<'_>, at: &Place, target: Def, fault: Fault) -> Finding {
    let (outer, inner) = (cx.qualified(op.def), cx.qualified(target));
    let callee = cx.name(target.item);
    let (severity, message) = match fault {
        Fault::Open { grave } => (
            if grave { Severity::Error } else { RULE.severity },
            format!(
                "`{outer}` calls `{inner}`, which asks nobody who they are: whoever gets into one service can call `{callee}` as well"
            ),
        ),
        Fault::NoScheme => (
            RULE.severity,
            format!(
                "`{outer}` has no scheme that `{inner}` accepts: the call fails, or `{callee}` lets it in without a proof"
            ),
        ),
    };
    let mut finding = Finding::new(RULE.id, severity, outer, at.clone(), message)
        .help("Let services prove who they are: one `auth Mesh: mtls` between them, and `with Mesh` in the call.")
        .related(format!("`{inner}`"), cx.place(target));
    let accepted: Vec<Def> = cx.op(target).map(|inner| cx.schemes(inner)).unwrap_or_default();
    let meshes: Vec<Item> = cx
        .items(Kind::Auth)
        .iter()
        .copied()
        .filter(|item| cx.auth(*item).is_some_and(|auth| auth.kind == "mtls"))
        .collect();
    let call = Place::new(at.item, Loc::head(&at.loc.path));
    let has_with = op
        .op
        .calls
        .iter()
        .any(|call| call.loc.path == at.loc.path && call.with.is_some());
    for mesh in meshes.iter().take(3) {
        let name = cx.name(*mesh);
        let single = meshes.len() == 1;
        let preferred = |fix: FixPlan| if single { fix.preferred() } else { fix };
        let known = accepted.iter().any(|scheme| scheme.item == *mesh);
        let with = Step::AddStatement(call.clone(), format!("with {name}"));
        if known && !has_with {
            finding = finding.fix(preferred(FixPlan::suggest(format!("Present {name}"), vec![with])));
        } else if fault != Fault::NoScheme
            && let Some(step) = close(cx, target, name)
        {
            let (title, steps) = if has_with {
                (format!("Let {inner} ask for {name}"), vec![step])
            } else {
                (format!("Let {inner} ask for {name}, and present it"), vec![step, with])
            };
            finding = finding.fix(preferred(FixPlan::suggest(title, steps)));
        } else if !has_with && let Some(step) = widen(cx, target, name) {
            let title = format!("Let {inner} accept {name}, and present it");
            finding = finding.fix(preferred(FixPlan::suggest(title, vec![step, with])));
        }
    }
    let taken = !cx.db.slot(&"Mesh".into()).definers(cx.db).is_empty();
    if meshes.is_empty()
        && !taken
        && !has_with
        && let Some((system, _)) = cx.system()
    {
        let mut steps = vec![Step::AddItemAfter(
            Place::new(system, Loc::at(&[], Part::Name)),
            "/// Between services.\nauth Mesh: mtls".to_owned(),
        )];
        let close = match fault {
            Fault::Open { .. } => close(cx, target, "Mesh"),
            Fault::NoScheme => widen(cx, target, "Mesh"),
        };
        if let Some(step) = close {
            steps.push(step);
            steps.push(Step::AddStatement(call, "with Mesh".to_owned()));
            finding = finding.fix(FixPlan::suggest("Add auth Mesh between services", steps));
        }
    }
    finding
}

/// The step that makes an open endpoint ask for a scheme.
fn close(cx: Cx<'_>, target: Def, scheme: &str) -> Option<Step> {
    let op = cx.op(target)?;
    let text = format!("auth {scheme}");
    let own = |loc: &Loc| Place::new(target.item, loc.clone());
    Some(match (&op.op.public, op.op.settings.auth.loc()) {
        (Some((_, public)), None) => Step::Replace(own(public), text),
        (None, Some(auth)) => Step::Replace(own(auth), text),
        (None, None) => Step::AddStatementFirst(cx.place(target), text),
        (Some(_), Some(_)) => return None,
    })
}

/// The step that makes an endpoint accept one more scheme.
fn widen(cx: Cx<'_>, target: Def, scheme: &str) -> Option<Step> {
    let op = cx.op(target)?;
    if let Some(own) = op.op.settings.auth.loc() {
        return Some(Step::InsertAfter(
            Place::new(target.item, own.clone()),
            format!(", {scheme}"),
        ));
    }
    let names: Vec<&str> = cx
        .schemes(op)
        .iter()
        .map(|known| cx.name(known.item).as_str())
        .collect();
    Some(Step::AddStatementFirst(
        cx.place(target),
        format!("auth {}, {scheme}", names.join(", ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(system: &str, caller: &str, call: &str, callee: &str) -> String {
        format!(
            "system S {{ observe logs{system} }}
auth Session: cookie
auth Mesh: mtls
role Clerk: staff
role Peer: service
service Orders {{
  auth Session
  {caller} {{ calls Stock.count {{ timeout 1s{call} }} }}
}}
service Stock {{
  entity Item {{ id: uuid @id; name: string }}
  endpoint count {callee}
}}
"
        )
    }

    const JOB: &str = "job watch every 1h";
    const READ: &str = "GET /v1/count -> { count: int }";

    #[test]
    fn an_open_endpoint_is_judged_by_what_it_does() {
        let of = |callee: &str| of_rule(&text("", JOB, "", callee), RULE.id);
        assert_eq!(of(&format!("{READ} {{ auth none }}")), ["8 warning Orders.watch"]);
        assert_eq!(of(&format!("{READ} {{ public }}")), ["8 warning Orders.watch"]);
        assert_eq!(of(&format!("{READ} {{ public because \"a price list\" }}")), [""; 0]);
        assert_eq!(of("POST /v1/count { auth none; internal; writes Item }"), ["8 error Orders.watch"]);
        assert_eq!(
            of("GET /v1/count -> { mail: email } { auth none; internal }"),
            ["8 error Orders.watch"]
        );
        // Nothing is said: that is a question of its own.
        assert_eq!(of(READ), [""; 0]);
    }

    #[test]
    fn what_clients_reach_is_judged_where_it_stands() {
        let callee = "POST /v1/count { auth none; writes Item }";
        let client = "client Web: web { uses Stock }\n";
        let with = format!("{client}{}", text("", JOB, "", callee));
        assert_eq!(of_rule(&with, RULE.id), [""; 0]);
        assert_eq!(of_rule(&with, "auth.unauthenticated_mutation").len(), 1);
    }

    #[test]
    fn a_caller_needs_a_scheme_that_is_accepted() {
        let callee = format!("{READ} {{ auth Mesh; allow Peer }}");
        let of = |system: &str, call: &str| of_rule(&text(system, JOB, call, &callee), RULE.id);
        assert_eq!(of("", ""), ["8 warning Orders.watch"]);
        assert_eq!(of("", "; with Mesh"), [""; 0]);
        assert_eq!(of("", "; with Session"), ["8 warning Orders.watch"]);
        assert_eq!(of("; auth Session, Mesh", ""), [""; 0]);
        let shared = format!("{READ} {{ auth Session, Mesh; allow Peer }}");
        assert_eq!(of_rule(&text("", JOB, "", &shared), RULE.id), [""; 0]);
        let undecided = text("", "endpoint e GET /v1/e", "", &callee).replace("  auth Session\n", "");
        assert_eq!(of_rule(&undecided, RULE.id), [""; 0]);
        let fixed = fixed(&text("", JOB, "", &callee), "Present Mesh");
        assert_eq!(fixed, text("", JOB, "; with Mesh", &callee));
    }

    #[test]
    fn the_fix_closes_what_is_open() {
        let open = text("", JOB, "", &format!("{READ} {{ auth none }}"));
        let closed = fixed(&open, "Let Stock.count ask for Mesh, and present it");
        assert_eq!(closed, text("", JOB, "; with Mesh", &format!("{READ} {{ auth Mesh }}")));
        assert_eq!(of_rule(&closed, RULE.id), [""; 0]);
    }

    #[test]
    fn several_calls_of_one_open_endpoint_are_one_finding() {
        let one = text("", JOB, "", &format!("{READ} {{ auth none }}"));
        let two = one.replace("  job watch", "  job other every 1d { calls Stock.count { timeout 1s } }\n  job watch");
        assert_eq!(of_rule(&two, RULE.id), ["8 warning Orders.other"]);
    }
}
