//! A session that shows health data never ends by itself.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::{Cx, OpRef},
        def::Def,
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
        nested::stored_classes,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.hipaa_session",
    severity: Severity::Warning,
    summary: "A session that shows health data never ends by itself.",
    cwe: &[613],
    clauses: &[("hipaa", "45 CFR 164.312(a)(2)(iii)")],
    page: include_str!("../../../../../docs/rules/compliance/hipaa_session.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// Kinds of scheme with which people have a session.
const SESSIONS: &[&str] = &["cookie", "jwt", "oidc"];

/// How many operations are related places: nobody reads more.
const RELATED: usize = 5;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if !cx.complies("hipaa") {
        return;
    }
    let endless: Vec<Item> = cx
        .items(Kind::Auth)
        .iter()
        .copied()
        .filter(|&scheme| {
            cx.auth(scheme)
                .is_some_and(|auth| SESSIONS.contains(&auth.kind.as_str()) && auth.idle.is_none())
                && !cx.facts(scheme).broken
        })
        .collect();
    if endless.is_empty() {
        return;
    }
    let mut users: FxHashMap<Item, Vec<Def>> = FxHashMap::default();
    for &service in cx.items(Kind::Service).iter() {
        for &(scheme, op) in with_health_data(cx.db, service).iter() {
            users.entry(scheme).or_default().push(op);
        }
    }
    for scheme in endless {
        let Some(ops) = users.get(&scheme) else { continue };
        let name = cx.name(scheme).clone();
        let mut finding = Finding::new(
            RULE.id,
            RULE.severity,
            name.clone(),
            cx.place(Def::item(scheme)),
            format!(
                "a session of `{name}` has no `idle`, and `{}` works on health data: whoever finds an unattended screen is in",
                cx.qualified(ops[0])
            ),
        )
        .help("Say after which pause people have to sign in again: `idle 15m`.")
        .citing(cx, &RULE, &["hipaa"])
        .fix(
            FixPlan::suggest(
                format!("End sessions of {name} after 15 minutes without use"),
                vec![Step::AddStatement(Place::new(scheme, Loc::head(&[])), "idle 15m".to_owned())],
            )
            .preferred(),
        );
        for &op in ops.iter().take(RELATED) {
            finding = finding.related(format!("`{}` works on health data", cx.qualified(op)), cx.place(op));
        }
        findings.push(finding);
    }
}

/// The schemes with which people reach health data in a service, and by which operation.
#[salsa::tracked(returns(ref))]
fn with_health_data(db: &dyn Db, item: Item) -> Arc<[(Item, Def)]> {
    let cx = Cx { db };
    let mut found = Vec::new();
    for op in cx.ops(item).filter(|op| op.op.is_endpoint()) {
        if !for_people(cx, op) || !health_data(cx, op) {
            continue;
        }
        found.extend(cx.schemes(op).into_iter().map(|scheme| (scheme.item, op.def)));
    }
    found.into()
}

/// Whether somebody else than services is let in.
fn for_people(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let service = |role: Item| {
        cx.role(role)
            .is_some_and(|role| role.kind.as_deref() == Some("service"))
    };
    let roles: Vec<Option<Def>> = op
        .op
        .allow
        .iter()
        .map(|allow| allow.role.as_ref().and_then(|role| cx.def(op.def.item, role)))
        .collect();
    roles.is_empty() || !roles.iter().all(|role| role.is_some_and(|role| service(role.item)))
}

fn health_data(cx: Cx<'_>, op: OpRef<'_>) -> bool {
    let stored = |entity: Def| {
        cx.fields_of(entity)
            .iter()
            .any(|(def, field)| stored_classes(cx, def.item, field, |_| false).any(Classes::PHI))
    };
    cx.touches(op).iter().any(|(_, entity, _)| stored(*entity))
        || cx.classified_answer(op).iter().any(|one| one.classes.any(Classes::PHI))
        || cx.classified_body(op).iter().any(|one| one.classes.any(Classes::PHI))
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "compliance.hipaa_session")
    }

    fn with(auth: &str, allow: &str, field: &str) -> Vec<String> {
        check(&format!(
            "system S {{ complies hipaa }}\nrole Doctor: staff\nrole Peer: service\nauth Session: {auth}\n\
             service A {{\n  auth Session\n  entity R {{ id: uuid @id; {field} }}\n  endpoint r GET /v1/r/{{id}} -> R {{ {allow}; reads R }}\n}}\n"
        ))
    }

    #[test]
    fn a_session_with_health_data_ends_when_nobody_is_there() {
        assert_eq!(with("cookie { lifetime 12h }", "allow Doctor", "a: text @phi"), ["4 warning Session"]);
        assert_eq!(with("jwt", "allow any", "a: text @phi"), ["4 warning Session"]);
        assert_eq!(with("oidc", "allow Doctor; allow Peer", "a: text @phi"), ["4 warning Session"]);
        assert_eq!(with("cookie { idle 15m }", "allow Doctor", "a: text @phi"), [""; 0]);
    }

    #[test]
    fn machines_and_other_data_need_no_pause() {
        assert_eq!(with("mtls", "allow Peer", "a: text @phi"), [""; 0]);
        assert_eq!(with("api_key", "allow Peer", "a: text @phi"), [""; 0]);
        assert_eq!(with("jwt", "allow Peer", "a: text @phi"), [""; 0]);
        assert_eq!(with("cookie", "allow Doctor", "a: email"), [""; 0]);
        let other = "system S { complies gdpr }\nauth Session: cookie\nservice A { auth Session; entity R { id: uuid @id; a: text @phi }; endpoint r GET /r { reads R } }\n";
        assert_eq!(check(other), [""; 0]);
    }

    #[test]
    fn a_pause_can_be_set() {
        let text = "system S { complies hipaa }\nauth Session: cookie { lifetime 12h }\nservice A {\n  auth Session\n  entity R { id: uuid @id; a: text @phi }\n  endpoint r GET /v1/r/{id} { allow any; reads R }\n}\n";
        let after = fixed(text, "End sessions of Session after 15 minutes without use");
        assert!(after.contains("{ lifetime 12h; idle 15m }"), "{after}");
        assert_eq!(check(&after), [""; 0]);
    }
}
