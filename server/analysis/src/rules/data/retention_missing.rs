//! Classified data is kept for ever.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
        nested::stored_classes,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.retention_missing",
    severity: Severity::Warning,
    core: true,
    strict: false,
    summary: "Classified data is kept for ever.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/data/retention_missing.md"),
    check: Check::Item(check),
};

/// Years to choose from; which is right is not for a tool to say.
const YEARS: [u32; 4] = [1, 2, 7, 10];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    for (entity, facts) in cx.entities(item) {
        if facts.retain.is_some() {
            continue;
        }
        let store = cx
            .store_of(entity)
            .map(|store| cx.physical_store(store))
            .and_then(|store| store.store(cx.db));
        if store.is_some_and(|store| store.kind == "memory") {
            continue;
        }
        let held: Vec<_> = facts
            .fields
            .iter()
            .map(|field| (field, stored_classes(cx, item, field, |_| false)))
            .filter(|(_, classes)| classes.sensitive())
            .collect();
        let Some((first, classes)) = held.first() else {
            continue;
        };
        let others = match held.len() - 1 {
            0 => String::new(),
            1 => " and another classified field".to_owned(),
            more => format!(" and {more} more classified fields"),
        };
        let mut help =
            "Say how long it is needed: `retain 2y then erase`, or `anonymize`, or `archive`.".to_owned();
        if cx.complies("pci") && held.iter().any(|(_, classes)| classes.any(Classes::PCI)) {
            help.push_str(" PCI DSS 3.2.1 asks for it.");
        }
        let mut finding = Finding::new(
            RULE.id,
            Severity::Warning,
            cx.qualified(entity),
            cx.place(entity),
            format!(
                "`{}` holds `{}` ({}){others} and does not say how long: it is kept for ever, so every breach is as large as it can be",
                facts.name,
                first.name,
                classes.words()
            ),
        )
        .help(help);
        for (field, classes) in &held {
            finding = finding.related(
                format!("`{}` is {}", field.name, classes.words()),
                Place::new(item, field.loc.clone()),
            );
        }
        for years in YEARS {
            let plural = if years == 1 { "year" } else { "years" };
            finding = finding.fix(FixPlan::suggest(
                format!("Keep for {years} {plural}, then erase"),
                vec![Step::AddStatement(
                    Place::new(item, facts.loc.with(Part::Head)),
                    format!("retain {years}y then erase"),
                )],
            ));
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "data.retention_missing")
    }

    #[test]
    fn classified_entities_need_a_time() {
        let text = "type Address { street: string @pii }\nservice S {\n  entity A { id: uuid @id; mail: email }\n  entity B { id: uuid @id; to: [Address] }\n  \
                    entity C { id: uuid @id; hash: string @secret @hashed }\n}\n";
        assert_eq!(check(text), ["3 warning S.A", "4 warning S.B", "5 warning S.C"]);
    }

    #[test]
    fn references_unclassified_rows_memory_and_stated_times_are_fine() {
        let text = "service S {\n  store Db: postgres\n  store Fast: memory\n  entity A in Db { id: uuid @id; mail: email; retain 1y then erase }\n  \
                    entity B in Db { id: uuid @id; a: ref A; note: string; extra: json }\n  entity C in Fast { id: uuid @id; mail: email }\n}\n";
        assert!(check(text).is_empty());
    }

    #[test]
    fn a_time_can_be_chosen() {
        let text = "service S {\n  entity A {\n    id: uuid @id\n    mail: email\n  }\n}\n";
        let kept = fixed(text, "Keep for 7 years, then erase");
        assert!(
            kept.contains("    mail: email\n    retain 7y then erase\n  }"),
            "{kept}"
        );
        assert!(check(&kept).is_empty());
    }
}
