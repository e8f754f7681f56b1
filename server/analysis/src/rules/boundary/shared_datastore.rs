//! Operations of several services work in one store.

use crate::{
    diagnostic::Severity,
    model::{
        cx::Cx,
        finding::{Finding, Place},
        foreign::{foreign_touches, operations},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.shared_datastore",
    severity: Severity::Warning,
    core: true,
    strict: false,
    summary: "Several services work in one store.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/boundary/shared_datastore.md"),
    check: Check::Workspace(check),
};

/// How many statements are related places: nobody reads more.
const RELATED: usize = 20;

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    for (held, touches) in foreign_touches(cx.db).iter() {
        let operations = operations(touches);
        // A single one is `data.foreign_access`.
        if operations.len() < 2 {
            continue;
        }
        let outside =
            |touch: &&_| crate::model::foreign::ForeignTouch::within_context(touch, cx.db) == Some(false);
        let severity = if touches.iter().filter(outside).any(|touch| touch.access.changes()) {
            Severity::Error
        } else if touches.iter().any(|touch| outside(&touch)) {
            Severity::Warning
        } else {
            Severity::Info
        };
        let names: Vec<String> = operations
            .iter()
            .map(|op| format!("`{}`", cx.qualified(*op)))
            .collect();
        let listed = match names.len() {
            2 | 3 => names.join(", "),
            more => format!("{} and {} more", names[..2].join(", "), more - 2),
        };
        let owner = cx.name(held.item);
        let name = cx.qualified(*held);
        let mut finding = Finding::new(
            RULE.id,
            severity,
            name.clone(),
            cx.place(*held),
            format!(
                "{} operations of other services work in `{name}` ({listed}): a change of its schema breaks them, and nobody sees all \
                 of the writing",
                names.len()
            ),
        )
        .help(format!(
            "Let them call an endpoint of `{owner}`, keep a copy that its events feed, or move the data to the service that writes it most."
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
