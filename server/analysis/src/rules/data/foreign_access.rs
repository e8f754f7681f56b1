//! An operation works on an entity that belongs to another service.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::Def,
        dependencies::dependencies,
        facts::Access,
        finding::{Finding, FixPlan, Place, Step},
        foreign::{ForeignTouch, foreign_touches, judged},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.foreign_access",
    severity: Severity::Warning,
    core: true,
    summary: "An operation reaches into another service's data.",
    subsumes: &[],
    cwe: &[1083, 1057],
    page: include_str!("../../../../../docs/rules/data/foreign_access.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many endpoints of the owner are offered.
const OFFERED: usize = 5;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for (_, touches) in foreign_touches(cx.db).iter() {
        // The others are `boundary.shared_datastore`.
        let mut statements: Vec<Vec<&ForeignTouch>> = Vec::new();
        for touch in judged(cx.db, touches).inline {
            match statements
                .iter_mut()
                .find(|known| known[0].statement == touch.statement)
            {
                Some(known) => known.push(touch),
                None => statements.push(vec![touch]),
            }
        }
        findings.extend(statements.iter().map(|statement| finding(cx, statement)));
    }
}

fn finding(cx: Cx<'_>, statement: &[&ForeignTouch]) -> Finding {
    // A resource may read, write and delete with one line; the worst counts.
    let touch = statement
        .iter()
        .max_by_key(|touch| touch.access)
        .unwrap_or(&statement[0]);
    let severity = match (touch.within_context(cx.db), touch.access) {
        (Some(false), Access::Reads) => Severity::Warning,
        (Some(false), _) => Severity::Error,
        _ => Severity::Info,
    };
    let (op, entity, owner) = (
        cx.qualified(touch.op),
        cx.qualified(touch.entity),
        cx.name(touch.owner()),
    );
    let word = touch.access.word();
    let message = if touch.entity.item == touch.op.item {
        format!(
            "`{op}` {word} `{entity}` in `{}`, the database of `{owner}`: `{owner}` cannot change its schema any more without asking",
            cx.qualified(touch.held)
        )
    } else {
        format!(
            "`{op}` {word} `{entity}`, which belongs to `{owner}`: `{owner}` can neither keep the rules of `{}` nor change its table",
            touch.entity.name(cx.db)
        )
    };
    let at = Place::new(touch.op.item, touch.statement.clone());
    let mut finding = Finding::new(RULE.id, severity, op, at.clone(), message)
        .help(format!(
            "Call an endpoint of `{owner}`, or keep a copy that its events feed."
        ))
        .related(format!("`{entity}` is here"), cx.place(touch.entity));
    finding.fixes = fixes(cx, touch, &at);
    finding
}

/// Calling an endpoint of the owner that does the same; where it is called already, the statement can just go.
fn fixes(cx: Cx<'_>, touch: &ForeignTouch, at: &Place) -> Vec<FixPlan> {
    if !replaceable(cx, touch) {
        return Vec::new();
    }
    let endpoints = endpoints(cx, touch);
    let called = |endpoint: &&Def| {
        cx.op(touch.op).is_some_and(|op| {
            op.op
                .calls
                .iter()
                .any(|call| cx.def(op.def.item, &call.target) == Some(**endpoint))
        })
    };
    if let Some(endpoint) = endpoints.iter().find(called) {
        let title = format!("Leave it to the call of {}", cx.qualified(*endpoint));
        return vec![FixPlan::suggest(title, vec![Step::Remove(at.clone())]).preferred()];
    }
    // A call back to a service that calls this one would exchange one fault for another.
    if calls(cx, touch.entity.item, touch.op.item) && !calls(cx, touch.op.item, touch.entity.item) {
        return Vec::new();
    }
    let only = endpoints.len() == 1;
    endpoints
        .into_iter()
        .take(OFFERED)
        .map(|endpoint| {
            let endpoint = cx.qualified(endpoint);
            let text = format!("calls {endpoint} {{ timeout 1s }}");
            let mut fix = FixPlan::suggest(
                format!("Call {endpoint} instead"),
                vec![Step::Replace(at.clone(), text)],
            );
            fix.preferred = only;
            fix
        })
        .collect()
}

/// Whether one service calls the other.
fn calls(cx: Cx<'_>, from: Item, to: Item) -> bool {
    dependencies(cx.db, from)
        .iter()
        .any(|dependency| dependency.via == Kind::Calls && dependency.target.item == to)
}

/// Whether the statement names nothing else and so can go as a whole.
fn replaceable(cx: Cx<'_>, touch: &ForeignTouch) -> bool {
    let Some(op) = cx.op(touch.op) else { return false };
    let path = &touch.statement.path;
    let mut named = op
        .op
        .touches
        .iter()
        .filter(|named| named.entity.loc.path == *path);
    match (named.next(), named.next()) {
        (Some(only), None) => !only.implied && touch.entity.item != touch.op.item,
        (None, _) => touch.entity.item != touch.op.item,
        _ => false,
    }
}

/// Endpoints of the owner that do the same with the entity, and no more than read where it is only read.
fn endpoints(cx: Cx<'_>, touch: &ForeignTouch) -> Vec<Def> {
    cx.ops(touch.entity.item)
        .filter(|op| op.op.is_endpoint() && op.op.deprecated.is_none())
        .filter(|op| {
            let touches = cx.touches(*op);
            touches
                .iter()
                .any(|(access, entity, _)| *access == touch.access && *entity == touch.entity)
                && (touch.access.changes() || !cx.mutates(*op))
        })
        .map(|op| op.def)
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    const MAP: &str = "context C\ncontext D { uses C }\n\
                       service A in C { entity E { id: uuid @id }; query q -> [E] { limit 9 }; endpoint e GET /e { reads E }; endpoint f POST /f { writes E } }\n";

    fn check(more: &str) -> Vec<String> {
        of_rule(&format!("{MAP}{more}"), "data.foreign_access")
    }

    #[test]
    fn each_statement_of_the_one_operation_is_reported() {
        assert_eq!(
            check("service B in D { job i every 1d {\n runs A.q\n writes A.E\n} }\n"),
            ["5 warning B.i", "6 error B.i"]
        );
        assert_eq!(
            check("service B in C { job i every 1d { reads A.E } }\n"),
            ["4 info B.i"]
        );
    }

    #[test]
    fn a_query_of_its_own_over_foreign_rows_counts() {
        assert_eq!(
            check("service B in D { query r -> [A.E] { limit 9 }; job i every 1d { runs r } }\n"),
            ["4 warning B.i"]
        );
    }

    #[test]
    fn a_join_with_foreign_rows_counts() {
        let service = |predicate: &str| {
            check(&format!(
                "service B in D {{ entity F {{ id: uuid @id; e: ref A.E; n: int }}; query r -> [F] {{ where {predicate}; limit 9 }}; job i every 1d {{ runs r }} }}\n"
            ))
        };
        assert_eq!(service("e.id == caller.id and n == 3"), ["4 warning B.i"]);
        assert_eq!(service("e == caller.id and n == 3"), [""; 0]);
    }

    #[test]
    fn two_operations_and_own_rows_are_not_reported_here() {
        assert!(
            check("service B in D { job i every 1d { reads A.E }; job j every 1d { reads A.E } }\n")
                .is_empty()
        );
        assert!(check("service B in D { entity F { id: uuid @id; e: ref A.E }; job i every 1d { writes F; erases A.E } }\n").is_empty());
    }

    #[test]
    fn the_fix_calls_the_endpoint_that_does_the_same() {
        let read = fixed(
            &format!("{MAP}service B in D {{ job i every 1d {{ reads A.E }} }}\n"),
            "Call A.e instead",
        );
        assert!(
            read.contains("job i every 1d { calls A.e { timeout 1s } }"),
            "{read}"
        );
        let write = fixed(
            &format!("{MAP}service B in D {{ job i every 1d {{ writes A.E }} }}\n"),
            "Call A.f instead",
        );
        assert!(write.contains("calls A.f { timeout 1s }"), "{write}");
        assert!(check(write.strip_prefix(MAP).expect("the map is untouched")).is_empty());
        let both = fixed(
            &format!("{MAP}service B in D {{ job i every 1d {{ reads A.E; calls A.e }} }}\n"),
            "Leave it to the call of A.e",
        );
        assert!(both.contains("job i every 1d { calls A.e }"), "{both}");
    }

    #[test]
    fn no_fix_closes_a_circle_or_writes_for_a_read() {
        let titles = |text: &str| -> Vec<String> {
            crate::testing::diagnostics(text)
                .iter()
                .flat_map(|found| &found.fixes)
                .map(|fix| fix.title.clone())
                .collect()
        };
        let circle = "service A { entity E { id: uuid @id }; endpoint e GET /e { reads E; calls B.b } }\nservice B { endpoint b GET /b { reads A.E } }\n";
        assert!(
            !titles(circle).iter().any(|title| title.starts_with("Call ")),
            "{:?}",
            titles(circle)
        );
        let post = "service A { entity E { id: uuid @id }; endpoint e POST /e { reads E } }\nservice B { endpoint b GET /b { reads A.E } }\n";
        assert!(
            !titles(post).iter().any(|title| title.starts_with("Call ")),
            "{:?}",
            titles(post)
        );
    }
}
