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
        let store = cx.store_of(entity).map(|store| cx.physical_store(store)).and_then(|store| store.store(cx.db));
        if store.is_some_and(|store| store.kind == "memory") {
            continue;
        }
        let held: Vec<_> = facts
            .fields
            .iter()
            .map(|field| (field, stored_classes(cx, item, field, |_| false)))
            .filter(|(_, classes)| classes.sensitive())
            .collect();
        let Some((first, classes)) = held.first() else { continue };
        let others = match held.len() - 1 {
            0 => String::new(),
            1 => " and another classified field".to_owned(),
            more => format!(" and {more} more classified fields"),
        };
        let mut help = "Say how long it is needed: `retain 2y then erase`, or `anonymize`, or `archive`.".to_owned();
        if cx.complies("pci") && held.iter().any(|(_, classes)| classes.any(Classes::PCI)) {
            help.push_str(" PCI DSS 3.2.1 asks for it.");
        }
        let mut finding = Finding::new(
            RULE.id,
            Severity::Warning,
            cx.qualified(entity),
            cx.place(entity),
            format!(
                "{} holds `{}` ({}){others} and does not say how long. It is kept for ever, so every breach is as large as possible.",
                facts.name,
                first.name,
                classes.words()
            ),
        )
        .help(help);
        for (field, classes) in &held {
            finding = finding.related(format!("`{}` is {}", field.name, classes.words()), Place::new(item, field.loc.clone()));
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
