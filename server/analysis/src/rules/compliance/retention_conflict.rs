//! What is erased in one place is kept longer in another, or evidence goes too early.

use std::sync::Arc;

use archwright_codegen::names::snake;
use archwright_grammar::{
    ast::{Duration, TimeUnit},
    vocabulary::Kind,
};

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        def::{Def, DefKind},
        expr::text::duration,
        facts::{Retain, Setting},
        finding::{Finding, FixPlan, Place, Step},
        loc::Part,
        nested::stored_classes,
        personal::{copies_by, surely_holds},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "compliance.retention_conflict",
    severity: Severity::Warning,
    summary: "What is erased in one place is kept longer in another.",
    clauses: &[("gdpr", "GDPR Art. 5(1)(e)"), ("pci", "PCI DSS 10.5.1")],
    thresholds: &[Threshold {
        name: "audit_months",
        default: 12,
        counts: "months that audit data is kept at least, under pci",
    }],
    page: include_str!("../../../../../docs/rules/compliance/retention_conflict.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let pci = cx.complies("pci");
    if !pci && !cx.complies("gdpr") {
        return;
    }
    for &item in cx.items(Kind::Service).iter() {
        for &(store, entity) in long_backups(cx.db, item).iter() {
            findings.extend(of_backup(cx, store, entity));
        }
        let mut judged: Vec<Def> = Vec::new();
        for copied in copies_by(cx.db, item).iter() {
            if !judged.contains(&copied.to)
                && let Some(finding) = of_copy(cx, copied.from, copied.to)
                && surely_holds(cx, copied)
            {
                judged.push(copied.to);
                findings.push(finding);
            }
        }
        if pci {
            for &entity in audit_data(cx.db, item).iter() {
                findings.extend(of_evidence(cx, entity));
            }
        }
    }
}

/// How long the rows of an entity may be there at most, if they are erased then and no law wants them.
fn erased(cx: Cx<'_>, entity: Def) -> Option<&Retain> {
    let retain = entity.entity(cx.db)?.retain.as_ref()?;
    (retain.then.as_deref() == Some("erase") && retain.because.is_none()).then_some(retain)
}

/// Stores whose backups are kept longer than the rows about people in them, with the entity that goes first.
#[salsa::tracked(returns(ref))]
fn long_backups(db: &dyn Db, item: Item) -> Arc<[(Def, Def)]> {
    let cx = Cx { db };
    let Some(service) = cx.service(item) else {
        return Arc::from([]);
    };
    let mut found = Vec::new();
    for (index, facts) in service.stores.iter().enumerate() {
        let Some((_, Some(keep))) = facts.backup.set() else {
            continue;
        };
        let store = Def {
            item,
            kind: DefKind::Store(index as u16),
        };
        let first = cx
            .entities(item)
            .map(|(entity, _)| entity)
            .filter(|entity| cx.store_of(*entity) == Some(store) && personal(cx, *entity))
            .filter_map(|entity| Some((erased(cx, entity)?.time.millis(), entity)))
            .min();
        if let Some((_, entity)) = first.filter(|(time, _)| keep.millis() > *time) {
            found.push((store, entity));
        }
    }
    found.into()
}

/// Whether rows are about people: by what stands in them, or by whom they belong to. Codes and sessions that are over are so in a
/// backup, too: of credentials alone nothing comes back.
fn personal(cx: Cx<'_>, entity: Def) -> bool {
    let classes = cx
        .fields_of(entity)
        .iter()
        .fold(Classes::NONE, |all, (def, field)| {
            all.union(stored_classes(cx, def.item, field, |_| false))
        });
    let credential = classes.any(Classes::SECRET) && !classes.without(Classes::SECRET).sensitive();
    !credential && (classes.sensitive() || cx.about_a_person(entity).is_some())
}

fn of_backup(cx: Cx<'_>, store: Def, entity: Def) -> Option<Finding> {
    let facts = store.store(cx.db)?;
    let Setting::Set((interval, Some(keep)), loc) = &facts.backup else {
        return None;
    };
    let retain = erased(cx, entity)?;
    let (keep, time) = (duration(*keep), duration(retain.time));
    let name = cx.qualified(store);
    let finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        cx.place(store),
        format!(
            "backups of `{name}` are kept for {keep}, and `{}` is erased after {time}: what is erased lies in them still, and comes back with any of them",
            cx.qualified(entity)
        ),
    )
    .help("Keep backups no longer than what is in them, or say with `because` which law wants the rows.")
    .related(
        format!("`{}` is erased after {time}", cx.qualified(entity)),
        Place::new(entity.item, retain.loc.clone()),
    )
    .citing(cx, &RULE, &["gdpr"])
    .fix(FixPlan::suggest(
        format!("Keep backups for {time}"),
        vec![Step::Replace(
            Place::new(store.item, loc.with(Part::Head)),
            format!("backup {interval} keep {time}"),
        )],
    ));
    Some(finding)
}

fn of_copy(cx: Cx<'_>, from: Def, to: Def) -> Option<Finding> {
    let source = erased(cx, from)?;
    let copy = to.entity(cx.db)?.retain.as_ref()?;
    if copy.because.is_some() || copy.time.millis() <= source.time.millis() {
        return None;
    }
    // Without the person in it, it is no copy any more, but only from then on.
    let (longer, time) = (duration(copy.time), duration(source.time));
    let (name, origin) = (cx.qualified(to), cx.qualified(from));
    let finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        cx.place(to),
        format!("`{name}` keeps for {longer} what it has from `{origin}`, where it is erased after {time}: what is gone there is still here"),
    )
    .help("Keep the copy no longer than the original, or say with `because` which law wants it.")
    .related(
        format!("`{origin}` is erased after {time}"),
        Place::new(from.item, source.loc.clone()),
    )
    .citing(cx, &RULE, &["gdpr"])
    .fix(FixPlan::suggest(
        format!("Keep {} for {time}, then erase", to.name(cx.db)),
        vec![Step::Replace(
            Place::new(to.item, copy.loc.with(Part::Head)),
            format!("retain {time} then erase"),
        )],
    ));
    Some(finding)
}

/// Entities that hold evidence of who did what: by their name, or by what they are for.
#[salsa::tracked(returns(ref))]
fn audit_data(db: &dyn Db, item: Item) -> Arc<[Def]> {
    let cx = Cx { db };
    cx.entities(item)
        .filter(|(_, facts)| {
            let says = |text: &str| text.split(['_', ' ', '-']).any(|word| word == "audit");
            let purpose = facts.purpose.as_ref().map(|purpose| purpose.to_lowercase());
            says(&snake(&facts.name)) || purpose.is_some_and(|purpose| says(&purpose))
        })
        .map(|(entity, _)| entity)
        .collect()
}

fn of_evidence(cx: Cx<'_>, entity: Def) -> Option<Finding> {
    let retain = entity.entity(cx.db)?.retain.as_ref()?;
    let floor = Duration {
        count: u64::from(cx.threshold(&RULE, "audit_months")),
        unit: TimeUnit::Month,
    };
    if retain.time.millis() >= floor.millis() {
        return None;
    }
    let (time, least) = (duration(retain.time), duration(floor));
    let name = cx.qualified(entity);
    let then = retain.then.as_ref().map_or_else(String::new, |then| format!(" then {then}"));
    let mut finding = Finding::new(
        RULE.id,
        RULE.severity,
        name.clone(),
        cx.place(entity),
        format!("`{name}` is evidence and is kept for {time}, less than {least}: when an incident is noticed, what it could be traced by is gone"),
    )
    .help(format!("Keep it for {least} at least."))
    .citing(cx, &RULE, &["pci"]);
    if retain.because.is_none() {
        finding = finding.fix(FixPlan::suggest(
            format!("Keep {} for {least}", entity.name(cx.db)),
            vec![Step::Replace(
                Place::new(entity.item, retain.loc.with(Part::Head)),
                format!("retain {least}{then}"),
            )],
        ));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "compliance.retention_conflict")
    }

    fn backup(regime: &str, keep: &str, field: &str, retain: &str) -> Vec<String> {
        check(&format!(
            "system S {{ complies {regime} }}\nservice A {{\n  store Db: postgres {{ backup daily{keep} }}\n  entity E {{ id: uuid @id; {field}; {retain} }}\n}}\n"
        ))
    }

    #[test]
    fn backups_must_not_outlive_what_is_in_them() {
        assert_eq!(backup("gdpr", " keep 90d", "a: email", "retain 30d then erase"), ["3 warning A.Db"]);
        assert_eq!(backup("pci", " keep 2y", "a: string @pci", "retain 12mo then erase"), ["3 warning A.Db"]);
        assert_eq!(backup("gdpr", " keep 30d", "a: email", "retain 30d then erase"), [""; 0]);
        assert_eq!(backup("gdpr", "", "a: email", "retain 30d then erase"), [""; 0]);
        assert_eq!(backup("gdpr", " keep 90d", "a: string", "retain 30d then erase"), [""; 0]);
        assert_eq!(backup("gdpr", " keep 90d", "a: string @secret @hashed", "retain 1d then erase"), [""; 0]);
        assert_eq!(backup("gdpr", " keep 90d", "a: email", "retain 30d then archive"), [""; 0]);
        assert_eq!(backup("gdpr", " keep 90d", "a: email", "retain 30d then erase because \"law\""), [""; 0]);
        assert_eq!(backup("hipaa", " keep 90d", "a: email", "retain 30d then erase"), [""; 0]);
    }

    fn copy(retain: &str) -> String {
        format!(
            "system S {{ complies gdpr }}\nservice A {{\n  entity E {{ id: uuid @id; mail: email; retain 1y then erase }}\n  \
             event X v1 {{ key id; id: uuid; mail: email }}\n}}\n\
             service B {{\n  entity F {{\n    id: uuid @id\n    mail: email\n    {retain}\n  }}\n  on A.X as x {{ dead_letter; writes F }}\n}}\n"
        )
    }

    #[test]
    fn copies_must_not_outlive_the_original() {
        assert_eq!(check(&copy("retain 2y then erase")), ["7 warning B.F"]);
        assert_eq!(check(&copy("retain 400d then anonymize")), ["7 warning B.F"]);
        assert_eq!(check(&copy("retain 12mo then erase")), [""; 0]);
        assert_eq!(check(&copy("retain 7y then erase because \"law on taxes\"")), [""; 0]);
        assert_eq!(check(&copy("purpose \"mail\"")), [""; 0]);
    }

    #[test]
    fn what_is_asked_for_need_not_be_kept() {
        let text = |field: &str| {
            format!(
                "system S {{ complies gdpr }}\nservice A {{\n  entity E {{ id: uuid @id; place: string @pii; retain 1d then erase }}\n  \
                 endpoint near GET /v1/near -> [E] {{ internal; reads E }}\n}}\n\
                 service B {{\n  entity F {{ id: uuid @id; {field}: string @pii; retain 1y then erase }}\n  \
                 endpoint order POST /v1/orders {{ calls A.near; writes F }}\n}}\n"
            )
        };
        assert_eq!(check(&text("wish")), [""; 0]);
        assert_eq!(check(&text("last_place")), ["7 warning B.F"]);
    }

    #[test]
    fn evidence_is_kept_a_year() {
        let audit = |regime: &str, text: &str| check(&format!("system S {{ complies {regime} }}\nservice A {{ {text} }}\n"));
        assert_eq!(audit("pci", "entity AuditEntry { id: uuid @id; retain 90d then erase }"), ["2 warning A.AuditEntry"]);
        assert_eq!(audit("pci", "entity Trail { id: uuid @id; retain 90d; purpose \"audit trail\" }"), ["2 warning A.Trail"]);
        assert_eq!(audit("pci", "entity AuditEntry { id: uuid @id; retain 1y then archive }"), [""; 0]);
        assert_eq!(audit("pci", "entity Auditorium { id: uuid @id; retain 90d then erase }"), [""; 0]);
        assert_eq!(audit("gdpr", "entity AuditEntry { id: uuid @id; retain 90d then erase }"), [""; 0]);
    }

    #[test]
    fn the_longer_one_can_be_shortened() {
        let text = "system S { complies gdpr }\nservice A {\n  store Db: postgres { backup daily keep 90d; encrypted }\n  entity E { id: uuid @id; a: email; retain 30d then erase }\n}\n";
        assert!(fixed(text, "Keep backups for 30d").contains("{ backup daily keep 30d; encrypted }"));
        let after = fixed(&copy("retain 2y then erase"), "Keep F for 1y, then erase");
        assert!(after.contains("    retain 1y then erase\n  }\n  on A.X"), "{after}");
        let text = "system S { complies pci }\nservice A {\n  entity AuditEntry { id: uuid @id; retain 90d then archive }\n}\n";
        assert!(fixed(text, "Keep AuditEntry for 12mo").contains("retain 12mo then archive"));
    }
}
