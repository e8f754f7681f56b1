//! Clients may call an operation as often as they like.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::{Cx, OpRef},
        def::Def,
        finding::Finding,
    },
    rules::{
        Check, Rule,
        auth::{unauthenticated_mutation, unauthenticated_sensitive},
        merged::{Answers, Asked, groups},
    },
};

pub(crate) static RULE: Rule = Rule {
    id: "api.missing_rate_limit",
    severity: Severity::Warning,
    core: true,
    summary: "One client may take all there is.",
    cwe: &[770],
    page: include_str!("../../../../../docs/rules/api/missing_rate_limit.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// What is known of a caller: whether it signs in.
type Open = bool;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = items_of(cx.db, Kind::Service);
    let answers = services
        .iter()
        .map(|service| (*service, &**limits_of(cx.db, *service)));
    for group in groups(cx, answers) {
        let count = group.asked.len();
        let open = group.asked.iter().any(|asked| asked.note);
        let (state, subject) = match (group.off, group.single) {
            (true, true) => ("`limit off`: clients may call", format!("`{}`", group.element)),
            (true, false) => ("`limit off`: clients may call", operations(count, &group.element)),
            (false, true) => ("nothing says how often clients may call", format!("`{}`", group.element)),
            (false, false) => ("nothing says how often clients may call", operations(count, &group.element)),
        };
        let so = if group.off { " as often as they like" } else { "" };
        let who = if open {
            ", and not all of them have to sign in"
        } else {
            ""
        };
        let message =
            format!("{state} {subject}{so}{who}: one of them, by mistake or on purpose, takes what all need");
        let by = if group.asked.iter().all(|asked| asked.note) {
            "ip"
        } else {
            "caller"
        };
        let finding = group
            .finding(cx, RULE.id, message, |asked| {
                let state = if group.off { "is without a limit" } else { "has no `limit`" };
                format!("`{}` {state}", cx.qualified(asked.op))
            })
            .help("State a `limit` here or further out, or for the gateway before it.")
            .fix(group.state(&format!("limit 60 per minute by {by}")));
        findings.push(finding);
    }
}

fn operations(count: usize, element: &str) -> String {
    match count {
        1 => format!("one operation of `{element}`"),
        count => format!("{count} operations of `{element}`"),
    }
}

/// What one service says about the operations that clients reach.
#[salsa::tracked(returns(ref))]
fn limits_of(db: &dyn Db, item: Item) -> Arc<Answers<Open>> {
    let cx = Cx { db };
    let broken = cx.facts(item).broken;
    let behind = limited_behind(db);
    let mut answers = Answers::default();
    if behind.contains(&Def::item(item)) {
        return Arc::new(answers);
    }
    for op in cx.ops(item).filter(|op| op.op.is_http() && !op.op.is_probe()) {
        if !behind.contains(&op.def) && cx.external(op) {
            let limit = cx.effective(op, |settings| &settings.limit);
            answers.note(broken, limit, || asked(cx, op));
        }
    }
    Arc::new(answers)
}

/// An operation, unless another rule has to speak about it first: then nobody is let in as it is.
fn asked(cx: Cx<'_>, op: OpRef<'_>) -> Option<Asked<Open>> {
    let endpoint = op.op.is_endpoint();
    let undeclared = endpoint
        && op.op.public.is_none()
        && cx.effective(op, |settings| &settings.auth).0.is_absent();
    let exposed = unauthenticated_sensitive::judge(cx, op)
        .is_some_and(|finding| finding.severity == Severity::Error);
    if undeclared || exposed || unauthenticated_mutation::judge(cx, op).is_some() {
        return None;
    }
    let open = endpoint && cx.open(op);
    let off = if open && cx.mutates(op) {
        Severity::Error
    } else {
        RULE.severity
    };
    Some(Asked {
        op: op.def,
        off,
        absent: off.lower(),
        note: open,
    })
}

/// Services and endpoints that a gateway with a limit forwards to.
#[salsa::tracked(returns(ref))]
fn limited_behind(db: &dyn Db) -> Arc<FxHashSet<Def>> {
    let cx = Cx { db };
    let mut behind = FxHashSet::default();
    for &gateway in items_of(db, Kind::Route).iter() {
        let Some(service) = cx.service(gateway) else { continue };
        let (limit, _) = cx.service_setting(service, |settings| &settings.limit);
        if limit.set().is_some() {
            let targets = service.routes.iter().filter_map(|(_, target)| cx.def(gateway, target));
            behind.extend(targets);
        }
    }
    Arc::new(behind)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn blueprint(system: &str, orders: &str, endpoint: &str) -> String {
        format!(
            "system Clinic {{ {system} }}
auth Session: cookie
role Clerk: staff
service Orders {{
  auth Session
  {orders}
  entity Order {{ id: uuid @id; note: string }}
  endpoint order GET /v1/orders/{{id}} -> Order {{ allow Clerk; reads Order }}
  endpoint other POST /v1/orders (body: new Order) {{ {endpoint}; writes Order }}
  endpoint health GET /health -> {{ status: string }} {{ public }}
}}
service Stock {{
  auth Session
  endpoint count GET /v1/count -> {{ count: int }} {{ allow Clerk }}
}}
"
        )
    }

    #[test]
    fn what_is_absent_is_asked_once_at_the_outermost_place() {
        let of = |system: &str, orders: &str, endpoint: &str| {
            of_rule(&blueprint(system, orders, endpoint), RULE.id)
        };
        assert_eq!(of("observe logs", "", "allow Clerk"), ["1 info Clinic"]);
        assert_eq!(
            of("limit 100 per minute", "", "allow Clerk"),
            [""; 0]
        );
        assert_eq!(
            of("observe logs", "limit 100 per minute", "allow Clerk"),
            ["12 info Stock"]
        );
        assert_eq!(
            of("observe logs", "", "allow Clerk; limit 9 per minute"),
            ["8 info Orders.order", "12 info Stock"]
        );
    }

    #[test]
    fn off_is_judged_where_it_stands() {
        let of = |system: &str, orders: &str, endpoint: &str| {
            of_rule(&blueprint(system, orders, endpoint), RULE.id)
        };
        assert_eq!(of("limit off", "", "allow Clerk"), ["1 warning Clinic"]);
        assert_eq!(
            of("limit 100 per minute", "limit off", "allow Clerk"),
            ["6 warning Orders"]
        );
        assert_eq!(
            of("limit 100 per minute", "", "public because \"a form\"; limit off"),
            ["9 error Orders.other"]
        );
        assert_eq!(
            of("observe logs", "", "public because \"a form\""),
            ["1 warning Clinic"]
        );
    }

    #[test]
    fn what_other_rules_say_first_is_left_to_them() {
        let open = "service Orders {
  auth none
  entity Order { id: uuid @id; mail: email; retain 1y then erase }
  endpoint change POST /v1/orders (body: new Order) { writes Order }
  endpoint read GET /v1/orders/{id} -> Order { reads Order }
}
";
        assert_eq!(of_rule(open, RULE.id), [""; 0]);
        let undeclared = open.replace("  auth none\n", "").replace("mail: email", "note: string");
        assert_eq!(of_rule(&undeclared, RULE.id), [""; 0]);
        let harmless = open.replace("mail: email", "note: string");
        assert_eq!(of_rule(&harmless, RULE.id), ["1 info Orders"]);
    }

    #[test]
    fn a_gateway_may_limit_for_those_behind_it() {
        let text = |limit: &str| {
            format!(
                "auth Session: cookie
service Edge {{ kind gateway; auth Session; {limit}; route /v1/count -> Stock }}
service Stock {{
  auth Session
  endpoint count GET /v1/count -> {{ count: int }} {{ allow any }}
}}
"
            )
        };
        assert_eq!(of_rule(&text("scale 1..2"), RULE.id), ["3 info Stock"]);
        assert_eq!(of_rule(&text("limit 9 per second"), RULE.id), [""; 0]);
    }

    #[test]
    fn the_fix_states_it_where_it_was_asked() {
        let text = blueprint("observe logs", "", "allow Clerk");
        let after = fixed(&text, "Add limit 60 per minute by caller to system Clinic");
        assert!(
            after.starts_with("system Clinic { observe logs; limit 60 per minute by caller }"),
            "{after}"
        );
        let text = blueprint("limit 100 per minute", "limit off", "allow Clerk");
        let after = fixed(&text, "Add limit 60 per minute by caller to service Orders");
        assert!(after.contains("  limit 60 per minute by caller\n"), "{after}");
        assert!(!after.contains("limit off"), "{after}");
    }
}
