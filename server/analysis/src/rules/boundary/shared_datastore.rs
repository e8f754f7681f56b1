//! Operations of several services work in one store.

use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        finding::{Finding, Place},
        foreign::{ForeignTouch, foreign_touches, judged, operations},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.shared_datastore",
    severity: Severity::Warning,
    core: true,
    summary: "Several services work in one store.",
    subsumes: &[],
    cwe: &[1083],
    aliases: &["boundary.shared_store"],
    page: include_str!("../../../../../docs/rules/boundary/shared_datastore.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many statements are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for (held, touches) in foreign_touches(cx.db).iter() {
        // What stands on its statement is `data.foreign_access`.
        let touches = judged(cx.db, touches).shared;
        if touches.is_empty() {
            continue;
        }
        let operations = operations(&touches);
        let outside = |touch: &&ForeignTouch| touch.within_context(cx.db) == Some(false);
        let severity = if touches
            .iter()
            .any(|touch| outside(touch) && touch.access.changes())
        {
            Severity::Error
        } else if touches.iter().any(outside) {
            Severity::Warning
        } else {
            Severity::Info
        };
        let names: Vec<String> = operations
            .iter()
            .map(|op| format!("`{}`", cx.qualified(*op)))
            .collect();
        let subject = match names.as_slice() {
            [one] => format!("{one} of another service works in `{name}`", name = cx.qualified(*held)),
            [_, _] | [_, _, _] => format!(
                "{} operations of other services work in `{}` ({})",
                names.len(),
                cx.qualified(*held),
                names.join(", ")
            ),
            more => format!(
                "{} operations of other services work in `{}` ({} and {} more)",
                more.len(),
                cx.qualified(*held),
                more[..2].join(", "),
                more.len() - 2
            ),
        };
        let owner = cx.name(held.item);
        let name = cx.qualified(*held);
        let mut finding = Finding::new(
            RULE.id,
            severity,
            name.clone(),
            cx.place(*held),
            format!(
                "{subject}: a change of its schema breaks {}, and nobody sees all of the writing",
                if names.len() == 1 { "it" } else { "them" }
            ),
        )
        .help(format!(
            "Call an endpoint of `{owner}`, keep a copy that its events feed, or move the data to the service that writes it most."
        ));
        let mut last = None;
        for touch in touches.iter().take(RELATED) {
            let place = Place::new(touch.op.item, touch.statement.clone());
            if last.as_ref() == Some(&place) {
                continue;
            }
            let says = format!(
                "`{}` {} `{}`",
                cx.qualified(touch.op),
                touch.access.word(),
                cx.qualified(touch.entity)
            );
            finding = finding.related(says, place.clone());
            last = Some(place);
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::of_rule;

    const MAP: &str = "context C\ncontext D { uses C }\n\
                       service A in C { store Db: postgres; entity E { id: uuid @id }; job own every 1d { writes E } }\n";

    fn check(more: &str) -> Vec<String> {
        of_rule(&format!("{MAP}{more}"), "boundary.shared_datastore")
    }

    #[test]
    fn the_severity_follows_who_does_what() {
        let two = |context: &str, word: &str| {
            check(&format!(
                "service B in {context} {{ job i every 1d {{ reads A.E }}; job j every 1d {{ {word} A.E }} }}\n"
            ))
        };
        assert_eq!(two("D", "writes"), ["3 error A.Db"]);
        assert_eq!(two("D", "reads"), ["3 warning A.Db"]);
        assert_eq!(two("C", "deletes"), ["3 info A.Db"]);
    }

    #[test]
    fn neighbours_and_one_stranger_are_told_apart() {
        let stranger = "service C in D { job report every 1d { writes A.E } }\n";
        let neighbour = |word: &str| format!("service B in C {{ job sweep every 1h {{ {word} A.E }} }}\n");
        let foreign = |more: &str| of_rule(&format!("{MAP}{more}"), "data.foreign_access");
        let both = format!("{}{stranger}", neighbour("writes"));
        assert_eq!(check(&both), ["3 info A.Db"]);
        assert_eq!(foreign(&both), ["5 error C.report"]);
        assert_eq!(check(&neighbour("writes")), ["3 info A.Db"]);
        assert_eq!(foreign(&neighbour("writes")), [""; 0]);
        assert_eq!(check(&neighbour("reads")), [""; 0]);
        assert_eq!(foreign(&neighbour("reads")), ["4 info B.sweep"]);
        let more = format!("{both}service F in D {{ job look every 1d {{ reads A.E }} }}\n");
        assert_eq!(check(&more), ["3 error A.Db"]);
        assert_eq!(foreign(&more), [""; 0]);
    }

    /// The catalogue's second example.
    #[test]
    fn a_sweeper_of_the_house_and_one_report_of_another() {
        let text = |more: &str| {
            format!(
                "context Ordering
context Finance {{ uses Ordering }}
service Orders in Ordering {{ store Db: postgres; entity Order {{ id: uuid @id }} }}
service Sweeper in Ordering {{ job sweep every 1h {{ writes Orders.Order }} }}
service Reporting in Finance {{
  job report every 1d {{ writes Orders.Order }}
  {more}
}}
"
            )
        };
        let one = text("");
        assert_eq!(of_rule(&one, "boundary.shared_datastore"), ["3 info Orders.Db"]);
        assert_eq!(of_rule(&one, "data.foreign_access"), ["6 error Reporting.report"]);
        let two = text("job month every 30d { reads Orders.Order }");
        assert_eq!(of_rule(&two, "boundary.shared_datastore"), ["3 error Orders.Db"]);
        assert_eq!(of_rule(&two, "data.foreign_access"), [""; 0]);
    }

    #[test]
    fn one_operation_is_not_sharing_however_often_it_touches() {
        assert!(check("service B in D { job i every 1d { reads A.E; writes A.E } }\n").is_empty());
        assert!(
            check("service B in D { job i every 1d { erases A.E }; job j every 1d { erases A.E } }\n")
                .is_empty()
        );
    }

    #[test]
    fn joined_stores_are_one_and_are_reported_below() {
        let text = "service B in D { store Own: postgres on A.Db; entity F { id: uuid @id }; job i every 1d { reads F }; job j every 1d { writes F } }\n";
        assert_eq!(check(text), ["3 error A.Db"]);
    }
}
