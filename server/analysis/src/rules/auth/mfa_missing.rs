//! One password is enough for a role that can do much.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::{Db, Item, parsed},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        def::Def,
        facts::{Access, TyKind},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
        signing::is_personal,
    },
    rules::{
        Check, Rule,
        auth::{
            missing_authorization::own_rows_only,
            privileged_endpoint_weak::{Privilege, privilege},
        },
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "auth.mfa_missing",
    severity: Severity::Warning,
    summary: "One password opens everything.",
    cwe: &[308],
    clauses: &[("pci", "PCI DSS 8.4")],
    page: include_str!("../../../../../docs/rules/auth/mfa_missing.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// What makes a role worth a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    Deletes,
    Administers,
    ReadsHealth,
}

/// A role, the scheme it signs in with, and an endpoint at which it can do much.
type Use = (Item, Item, Def, Power);

/// What roles of people can do at one service: the first endpoint for each role and scheme.
#[salsa::tracked(returns(ref))]
fn powers(db: &dyn Db, item: Item) -> Option<Arc<[Use]>> {
    let cx = Cx { db };
    // Half of an `allow … where` lets in more than the whole.
    if cx.facts(item).broken {
        return None;
    }
    let mut found: Vec<Use> = Vec::new();
    for op in cx.ops(item) {
        let Some(power) = power(cx, op) else { continue };
        let schemes = cx.schemes(op);
        for allow in &op.op.allow {
            let Some(role) = cx.allowed_role(item, allow).filter(|role| cx.is_human(*role)) else {
                continue;
            };
            // Whoever is tied to rows of their own has power over nobody else.
            if allow.predicate.is_some() {
                continue;
            }
            for scheme in &schemes {
                let known = found
                    .iter()
                    .any(|(other, theirs, ..)| *other == role && *theirs == scheme.item);
                if is_personal(cx.scheme_kind(*scheme)) && !known {
                    found.push((role, scheme.item, op.def, power));
                }
            }
        }
    }
    (!found.is_empty()).then(|| Arc::from(found))
}

fn power(cx: Cx<'_>, op: OpRef<'_>) -> Option<Power> {
    if !op.op.is_endpoint() || op.op.allow.is_empty() || cx.open(op) {
        return None;
    }
    let deletes = |access: Access| matches!(access, Access::Deletes | Access::Erases);
    let found = if op.op.touches.iter().any(|touch| deletes(touch.access)) {
        Power::Deletes
    } else if matches!(privilege(cx, op), Some(Privilege::Path(_))) || changes_accounts(cx, op) {
        Power::Administers
    } else if reads_health(cx, op) {
        Power::ReadsHealth
    } else {
        return None;
    };
    (!own_rows_only(cx, op)).then_some(found)
}

/// Whether an id of the request selects the account that is changed, so that it is somebody else's.
fn changes_accounts(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let identity = cx.identity_entities();
    op.op.issues.is_empty()
        && op.op.params.iter().any(|param| cx.is_id(param))
        && op.op.touches.iter().any(|touch| {
            touch.access.changes()
                && cx
                    .def(op.def.item, &touch.entity)
                    .is_some_and(|entity| identity.contains(&entity))
        })
}

/// Whether many records with health data are answered at once.
fn reads_health(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    op.op.returns.as_ref().is_some_and(|(ty, _)| {
        matches!(ty.kind, TyKind::List(_) | TyKind::Page(_))
            && cx.type_classes(op.def.item, ty).any(Classes::PHI)
    })
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut all: Vec<Use> = Vec::new();
    for &service in cx.items(Kind::Service).iter() {
        let Some(uses) = powers(cx.db, service) else { continue };
        for one in uses.iter() {
            let known = all.iter().any(|(role, scheme, ..)| (*role, *scheme) == (one.0, one.1));
            if !known {
                all.push(*one);
            }
        }
    }
    for &item in cx.items(Kind::Auth).iter() {
        let mine: Vec<&Use> = all.iter().filter(|(_, scheme, ..)| *scheme == item).collect();
        if !mine.is_empty() {
            findings.extend(judge(cx, item, &mine));
        }
    }
}

fn judge(cx: Cx<'_>, item: Item, uses: &[&Use]) -> Option<Finding> {
    let auth = cx.auth(item).filter(|_| !cx.facts(item).broken)?;
    // Where somebody else signs people in and second factors are stated, that is taken care of there.
    if auth.kind == "oidc" && !auth.mfa.is_empty() {
        return None;
    }
    let covered: Vec<Item> = auth
        .mfa
        .iter()
        .filter_map(|role| cx.def(item, role))
        .map(|role| role.item)
        .collect();
    // A role that nobody knows may be the one that is missing.
    if covered.len() < auth.mfa.len() {
        return None;
    }
    let missing: Vec<&&Use> = uses
        .iter()
        .filter(|(role, ..)| !cx.with_included(*role).iter().any(|role| covered.contains(role)))
        .collect();
    let ((role, _, op, power), others) = missing.split_first().map(|(first, rest)| (**first, rest))?;
    let name = cx.name(item);
    let endpoint = cx.qualified(*op);
    let does = match power {
        Power::Deletes => format!("deletes with `{endpoint}`"),
        Power::Administers => format!("administers with `{endpoint}`"),
        Power::ReadsHealth => format!("reads health data of many with `{endpoint}`"),
    };
    let more = match others.len() {
        0 => String::new(),
        1 => ", and so it is for another role that can do much".to_owned(),
        count => format!(", and so it is for {count} more roles that can do much"),
    };
    let severity = if cx.complies("pci") { Severity::Error } else { RULE.severity };
    let message = format!(
        "{} {does}, and `{name}` asks for no second factor{more}: one stolen password opens it all",
        cx.name(*role)
    );
    let own = Place::new(item, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, severity, name.clone(), own.clone(), message)
        .citing(cx, &RULE, &["pci"])
        .help("Name the roles that need a second factor: `mfa Admin`.");
    let mut roles: Vec<&str> = Vec::new();
    for (role, _, op, _) in missing {
        finding = finding.related(
            format!("{} uses `{}`", cx.name(*role), cx.qualified(*op)),
            cx.place(*op),
        );
        roles.push(cx.name(*role));
    }
    let text = roles.join(", ");
    let stated = parsed(cx.db, item).node.as_ref().and_then(|node| {
        let children = node.children();
        children.iter().position(|child| child.kind() == Kind::Mfa)
    });
    let step = match stated {
        Some(index) => Step::InsertAfter(
            Place::new(item, Loc::head(&[index as u16])),
            format!(", {text}"),
        ),
        None => Step::AddStatement(own, format!("mfa {text}")),
    };
    let title = format!("Ask {text} for a second factor");
    Some(finding.fix(FixPlan::suggest(title, vec![step]).preferred()))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{diagnostics, fixed, of_rule};

    fn text(scheme: &str, endpoint: &str) -> String {
        format!(
            "auth Session: {scheme}
role Patient
role Clinician: staff
role Admin: staff includes Clinician
role Robot: service
service Results {{
  auth Session
  entity Result {{ id: uuid @id; patient: uuid; finding: text @phi; retain 1y then erase }}
  entity Note {{ id: uuid @id; owner: uuid; visible where owner == caller.id }}
  {endpoint}
}}
"
        )
    }

    const COOKIE: &str = "cookie { issuer Results; lifetime 12h }";

    #[test]
    fn power_needs_a_second_factor() {
        let of = |endpoint: &str| of_rule(&text(COOKIE, endpoint), RULE.id).len();
        assert_eq!(of("endpoint x DELETE /v1/results/{id} { allow Admin; deletes Result }"), 1);
        assert_eq!(of("endpoint x GET /v1/admin/x { allow Admin }"), 1);
        assert_eq!(of("endpoint x GET /v1/results -> page Result { allow Clinician; reads Result; paginate cursor max 5 }"), 1);
        assert_eq!(of("endpoint x PUT /v1/results/{id} { allow Clinician; writes Result }"), 1);
        // One record, own rows, a program.
        assert_eq!(of("endpoint x GET /v1/results/{id} -> Result { allow Clinician; reads Result }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/notes/{id} { allow Patient; deletes Note }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/results/{id} { allow Patient where patient == caller.id; deletes Result }"), 0);
        assert_eq!(of("endpoint x DELETE /v1/results/{id} { allow Robot; deletes Result }"), 0);
    }

    #[test]
    fn a_role_is_covered_by_what_it_includes() {
        let endpoint = "endpoint x DELETE /v1/results/{id} { allow Admin; allow Patient; deletes Result }";
        let of = |scheme: &str| of_rule(&text(scheme, endpoint), RULE.id);
        assert_eq!(of(COOKIE), ["1 warning Session"]);
        assert_eq!(of("cookie { lifetime 12h; mfa Clinician, Patient }"), [""; 0]);
        assert_eq!(of("cookie { lifetime 12h; mfa Clinician }"), ["1 warning Session"]);
        assert_eq!(of("oidc { mfa Clinician }"), [""; 0]);
        assert_eq!(of("oidc { lifetime 1h }"), ["1 warning Session"]);
        assert_eq!(
            fixed(&text("cookie { lifetime 12h; mfa Clinician }", endpoint), "Ask Patient for a second factor"),
            text("cookie { lifetime 12h; mfa Clinician, Patient }", endpoint)
        );
        assert_eq!(
            fixed(&text("cookie { lifetime 12h }", endpoint), "Ask Admin, Patient for a second factor"),
            text("cookie { lifetime 12h; mfa Admin, Patient }", endpoint)
        );
    }

    #[test]
    fn the_card_industry_asks_for_it() {
        let endpoint = "endpoint x DELETE /v1/results/{id} { allow Admin; deletes Result }";
        let text = format!("system S {{ complies pci }}\n{}", text(COOKIE, endpoint));
        assert_eq!(of_rule(&text, RULE.id), ["2 error Session"]);
        let found = diagnostics(&text);
        let one = found.iter().find(|found| found.code == RULE.id).expect("found");
        assert_eq!(one.clauses, ["PCI DSS 8.4"]);
    }
}
