//! What is promised after a disaster cannot be kept.

use archwright_grammar::{
    ast::{Duration, TimeUnit},
    vocabulary::Kind,
};

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        capabilities,
        cx::Cx,
        def::{Def, DefKind},
        environments::{environments, is_production},
        expr::text::duration,
        facts::{Service, Store},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.rpo_unachievable",
    severity: Severity::Warning,
    summary: "What is promised after a disaster cannot be kept.",
    clauses: &[
        ("hipaa", "45 CFR 164.308(a)(7)"),
        ("iso27001", "ISO/IEC 27001 A.8.13"),
    ],
    page: include_str!("../../../../../docs/rules/deploy/rpo_unachievable.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// 99.99 %, in millionths.
const FOUR_NINES: u32 = 999_900;
const MINUTE: u64 = 60_000;

/// The intervals of a backup with their lengths in minutes, the most frequent first.
const INTERVALS: &[(&str, u64)] = &[
    ("continuous", 0),
    ("hourly", 60),
    ("daily", 24 * 60),
    ("weekly", 7 * 24 * 60),
    ("monthly", 30 * 24 * 60),
];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    for (index, store) in service.stores.iter().enumerate() {
        let def = Def {
            item,
            kind: DefKind::Store(index as u16),
        };
        findings.extend(too_rare(cx, def, store));
        findings.extend(too_slow(cx, def, store));
    }
    findings.extend(one_region(cx, item, service));
}

/// A backup that is taken less often than data may be lost.
fn too_rare(cx: Cx<'_>, def: Def, store: &Store) -> Option<Finding> {
    let promised = store.rpo?;
    // That there is no backup at all is `data.no_backup`.
    let (every, keep) = store.backup.set()?;
    let (_, minutes) = INTERVALS.iter().find(|(word, _)| word == every)?;
    if minutes * MINUTE <= promised.millis() {
        return None;
    }
    let name = cx.qualified(def);
    let stated = Place::new(def.item, store.backup.loc()?.clone());
    let promised_at = cx.statement(def.item, &store.loc, Kind::Rpo)?;
    let message = format!(
        "`{name}` promises to lose no more than {} (`rpo`) and is backed up {every}: after a disaster everything since the last backup is gone",
        duration(promised)
    );
    let place = Place::new(def.item, promised_at);
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place, message)
        .help("Back it up more often, keep a continuous backup, or promise less.")
        .related("the backup is too rare", stated.clone())
        .citing(cx, &RULE, &["hipaa", "iso27001"]);
    let enough = INTERVALS
        .iter()
        .rev()
        .find(|(_, minutes)| minutes * MINUTE <= promised.millis());
    if let Some((word, _)) = enough {
        let keep = keep.map_or_else(String::new, |keep| format!(" keep {}", duration(keep)));
        let step = Step::Replace(stated, format!("backup {word}{keep}"));
        let title = match *word {
            "continuous" => "Back it up continuously".to_owned(),
            word => format!("Back it up {word}"),
        };
        finding = finding.fix(FixPlan::suggest(title, vec![step]).preferred());
    }
    Some(finding)
}

/// A store that has to be back sooner than a backup of its kind can be restored, and has no copy that takes over.
fn too_slow(cx: Cx<'_>, def: Def, store: &Store) -> Option<Finding> {
    let promised = store.rto?;
    let least = u64::from(capabilities::store(&store.kind)?.restore?);
    if promised.millis() >= least * MINUTE || store.replicas.is_some_and(|count| count > 0) {
        return None;
    }
    let name = cx.qualified(def);
    let place = Place::new(def.item, cx.statement(def.item, &store.loc, Kind::Rto)?);
    let least = duration(Duration {
        count: least,
        unit: TimeUnit::Minute,
    });
    let message = format!(
        "`{name}` promises to be back within {} (`rto`), but restoring a backup of a {} takes {least} at least, and no replica takes over",
        duration(promised),
        store.kind
    );
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place, message)
        .help("Keep a replica that takes over, or promise less.")
        .citing(cx, &RULE, &["hipaa", "iso27001"]);
    let block = Place::new(def.item, store.loc.clone());
    let fix = match (store.replicas, cx.statement(def.item, &store.loc, Kind::Replicas)) {
        (Some(_), Some(stated)) => Step::Replace(Place::new(def.item, stated), "replicas 1".to_owned()),
        _ => Step::AddStatement(block, "replicas 1".to_owned()),
    };
    finding = finding.fix(FixPlan::suggest("Keep a replica", vec![fix]).preferred());
    Some(finding)
}

/// A service that promises more than one region has ever kept.
fn one_region(cx: Cx<'_>, item: Item, service: &Service) -> Option<Finding> {
    let slo = service.slo.as_ref()?;
    if slo.availability? < FOUR_NINES {
        return None;
    }
    let mut regions: Vec<&str> = Vec::new();
    let own = service.region.as_deref();
    let system = cx.system().and_then(|(_, system)| system.region.as_deref());
    match own.or(system) {
        Some(region) => regions.push(region),
        None => {
            for (environment, facts) in environments(cx) {
                regions.extend(
                    facts
                        .region
                        .as_deref()
                        .filter(|_| is_production(cx, environment)),
                );
            }
        }
    }
    // Copies of the data elsewhere are the beginning of a second region.
    regions.extend(service.stores.iter().filter_map(|store| store.region.as_deref()));
    regions.sort_unstable();
    regions.dedup();
    let [region] = regions.as_slice() else {
        return None;
    };
    let name = cx.name(item);
    let stated = cx
        .statement(item, &slo.loc, Kind::Availability)
        .unwrap_or_else(|| Loc::head(&slo.loc.path));
    let message = format!(
        "`{name}` promises four nines and runs in one region, {region}: an hour without that region, and the promise is broken for the year"
    );
    Some(
        Finding::new(RULE.id, RULE.severity, name.clone(), Place::new(item, stated), message)
            .help("Run it in a second region, or promise what one region keeps: 99.95% and less."),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn store(kind: &str, says: &str) -> String {
        format!("service Orders {{\n  store Db: {kind} {{\n    {says}\n  }}\n}}\n")
    }

    fn check(kind: &str, says: &str) -> Vec<String> {
        of_rule(&store(kind, says), RULE.id)
    }

    #[test]
    fn backups_are_as_frequent_as_promised() {
        assert_eq!(check("postgres", "backup daily keep 30d; rpo 1h"), ["3 warning Orders.Db"]);
        assert_eq!(check("postgres", "backup hourly; rpo 1h"), [""; 0]);
        assert_eq!(check("postgres", "backup continuous; rpo 1m"), [""; 0]);
        assert_eq!(check("postgres", "backup off; rpo 1m"), [""; 0]);
        assert_eq!(check("postgres", "backup daily"), [""; 0]);
    }

    #[test]
    fn restoring_takes_its_time() {
        assert_eq!(check("postgres", "rto 5m"), ["3 warning Orders.Db"]);
        assert_eq!(check("postgres", "rto 30m"), [""; 0]);
        assert_eq!(check("postgres", "rto 5m; replicas 1"), [""; 0]);
        assert_eq!(check("redis", "rto 5m"), [""; 0]);
        assert_eq!(check("s3", "rto 1s"), [""; 0]);
    }

    #[test]
    fn one_region_has_its_hours() {
        let of = |percent: &str, more: &str| {
            of_rule(
                &format!("service Orders {{\n  slo {{ availability {percent} }}\n  {more}\n}}\n"),
                RULE.id,
            )
        };
        assert_eq!(of("99.99%", "region \"eu\""), ["2 warning Orders"]);
        assert_eq!(of("99.95%", "region \"eu\""), [""; 0]);
        assert_eq!(of("99.99%", ""), [""; 0]);
        assert_eq!(of("99.99%", "region \"eu\"; store Copy: postgres { region \"us\" }"), [""; 0]);
    }

    #[test]
    fn more_often_or_with_a_replica() {
        let text = store("postgres", "backup daily keep 30d; rpo 1h");
        assert!(fixed(&text, "Back it up hourly").contains("backup hourly keep 30d; rpo 1h"));
        let text = store("postgres", "backup daily; rpo 1m");
        assert!(fixed(&text, "Back it up continuously").contains("backup continuous; rpo 1m"));
        let text = store("postgres", "rto 5m");
        assert!(fixed(&text, "Keep a replica").contains("rto 5m\n    replicas 1"));
    }
}
