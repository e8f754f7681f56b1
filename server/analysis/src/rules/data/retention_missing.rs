//! Classified data is kept for ever.

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        facts::{Ty, TyKind},
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
    summary: "Classified data is kept for ever.",
    subsumes: &[],
    page: include_str!("../../../../../docs/rules/data/retention_missing.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
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
        // Who only points at a person holds nothing that outlives the person's own record.
        if held.iter().all(|(field, _)| refers(&field.ty)) {
            continue;
        }
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
        let card = cx.complies("pci") && held.iter().any(|(_, classes)| classes.any(Classes::PCI));
        if card {
            help.push_str(" PCI DSS 3.2.1 asks for it.");
        }
        let severity = if card { Severity::Error } else { RULE.severity };
        let mut finding = Finding::new(
            RULE.id,
            severity,
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

/// Whether a type is an identity, or a list of them.
fn refers(ty: &Ty) -> bool {
    match &ty.kind {
        TyKind::Ref(_) => true,
        TyKind::List(inner) => refers(inner),
        _ => false,
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
    fn a_classified_reference_alone_holds_nothing() {
        let entity = |fields: &str| {
            check(&format!(
                "service S {{\n  entity P {{ id: uuid @id }}\n  entity V {{ id: uuid @id; {fields} }}\n}}\n"
            ))
        };
        assert_eq!(entity("patient: ref P @phi; others: [ref P] @pii"), [""; 0]);
        assert_eq!(entity("patient: ref P @phi; note: text @phi"), ["3 warning S.V"]);
    }

    #[test]
    fn card_data_under_pci_is_an_error() {
        let text = |regime: &str, class: &str| {
            check(&format!(
                "system Y {{ complies {regime} }}\nservice S {{ entity E {{ id: uuid @id; a: string @{class} }} }}\n"
            ))
        };
        assert_eq!(text("pci", "pci"), ["2 error S.E"]);
        assert_eq!(text("pci", "pii"), ["2 warning S.E"]);
        assert_eq!(text("gdpr", "pci"), ["2 warning S.E"]);
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
