//! Rows that nobody could bring back.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use smol_str::SmolStr;

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        classes::Classes,
        cx::Cx,
        def::{Def, DefKind},
        facts::{OpKind, Setting},
        grouped::grouped,
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule, listing::listed},
};

pub(crate) static RULE: Rule = Rule {
    id: "data.no_backup",
    severity: Severity::Warning,
    summary: "What is lost is lost for ever.",
    clauses: &[
        ("hipaa", "45 CFR 164.308(a)(7)(ii)(A)"),
        ("iso27001", "ISO/IEC 27001:2022 A.8.13"),
    ],
    page: include_str!("../../../../../docs/rules/data/no_backup.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// Kinds that keep what can be had again from elsewhere.
const REBUILDABLE: [&str; 3] = ["memory", "redis", "elasticsearch"];

const BACKUP: &str = "backup daily keep 30d";

/// What one service says about a physical store, its own or another's.
#[derive(Debug, Clone, PartialEq)]
struct Share {
    store: Def,
    /// Whether it is backed up; off carries where that is said.
    backup: Setting<()>,
    said_in: Item,
    /// Entities that something but events fills.
    written: Vec<SmolStr>,
    /// Their classes.
    classes: Classes,
    /// Whether the service has promised anything.
    slo: bool,
}

#[salsa::tracked(returns(ref))]
fn shares(db: &dyn Db, item: Item) -> Arc<[Share]> {
    let cx = Cx { db };
    let Some(service) = cx.service(item) else {
        return Arc::from([]);
    };
    let slo = service.slo.is_some();
    let mut shares: Vec<Share> = Vec::new();
    let mut share_of = |store: Def| -> usize {
        let physical = cx.physical_store(store);
        if let Some(known) = shares_position(&shares, physical) {
            return known;
        }
        shares.push(Share {
            store: physical,
            backup: Setting::Absent,
            said_in: item,
            written: Vec::new(),
            classes: Classes::NONE,
            slo: false,
        });
        shares.len() - 1
    };
    let mut stated: Vec<(usize, Setting<()>)> = Vec::new();
    for (index, store) in service.stores.iter().enumerate() {
        let share = share_of(Def {
            item,
            kind: DefKind::Store(index as u16),
        });
        match &store.backup {
            Setting::Absent => {}
            Setting::Off(loc) => stated.push((share, Setting::Off(loc.clone()))),
            Setting::Set(_, loc) => stated.push((share, Setting::Set((), loc.clone()))),
        }
    }
    let mut held: Vec<(usize, SmolStr, Classes)> = Vec::new();
    for (entity, facts) in cx.entities(item) {
        let Some(store) = cx.store_of(entity).filter(|_| authored(cx, item, entity)) else {
            continue;
        };
        let classes = cx
            .sensitive_fields(entity)
            .iter()
            .fold(Classes::NONE, |all, (_, _, one)| all.union(*one));
        held.push((share_of(store), facts.name.clone(), classes));
    }
    for (share, backup) in stated {
        if shares[share].backup.set().is_none() {
            shares[share].backup = backup;
        }
    }
    for (share, name, classes) in held {
        let share = &mut shares[share];
        share.written.push(name);
        share.classes = share.classes.union(classes);
        share.slo = slo;
    }
    // The usual case costs nothing later: what a store says of itself is read there.
    shares.retain(|share| {
        let own = share.store.item == item;
        if share.backup.set().is_some() {
            !own
        } else {
            !share.written.is_empty() || (!own && !share.backup.is_absent())
        }
    });
    Arc::from(shares)
}

fn shares_position(shares: &[Share], store: Def) -> Option<usize> {
    shares.iter().position(|share| share.store == store)
}

/// Whether something but an event writes the entity; a copy that events feed can be fed again.
fn authored(cx: Cx<'_>, item: Item, entity: Def) -> bool {
    cx.ops(item).filter(|op| op.op.kind != OpKind::Handler).any(|op| {
        op.op
            .touches
            .iter()
            .any(|touch| touch.access.changes() && cx.def(item, &touch.entity) == Some(entity))
    })
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let services = items_of(cx.db, Kind::Service);
    let all = services.iter().flat_map(|item| shares(cx.db, *item).iter());
    for (store, shares) in grouped(all, |share| share.store) {
        findings.extend(judge(cx, store, &shares));
    }
}

fn judge(cx: Cx<'_>, store: Def, shares: &[&Share]) -> Option<Finding> {
    let facts = store.store(cx.db)?;
    let written: Vec<&SmolStr> = shares.iter().flat_map(|share| &share.written).collect();
    let classes = shares
        .iter()
        .fold(Classes::NONE, |all, share| all.union(share.classes));
    let matters = classes.sensitive() || shares.iter().any(|share| share.slo);
    let backed = matches!(facts.backup, Setting::Set(..)) || shares.iter().any(|share| share.backup.set().is_some());
    if written.is_empty()
        || !matters
        || backed
        || REBUILDABLE.contains(&facts.kind.as_str())
        || cx.facts(store.item).broken
        || shares.iter().any(|share| cx.facts(share.said_in).broken)
    {
        return None;
    }
    let below = facts.backup.loc().map(|loc| Place::new(store.item, loc.clone()));
    let off = below.or_else(|| {
        shares.iter().find_map(|share| match &share.backup {
            Setting::Off(loc) => Some(Place::new(share.said_in, loc.clone())),
            _ => None,
        })
    });
    let mut regimes = Vec::new();
    if classes.any(Classes::PHI) && cx.complies("hipaa") {
        regimes.push("hipaa");
    }
    if cx.complies("iso27001") {
        regimes.push("iso27001");
    }
    let severity = match (off.is_some(), !regimes.is_empty()) {
        (true, true) => Severity::Error,
        (true, false) | (false, true) => Severity::Warning,
        (false, false) => Severity::Info,
    };
    let name = cx.qualified(store);
    let state = if off.is_some() {
        "is not backed up"
    } else {
        "does not say whether it is backed up"
    };
    let message = format!(
        "`{name}` {state} and keeps {}, which nothing else has: whatever is lost there is lost for ever",
        listed(written)
    );
    let step = match off {
        Some(off) => Step::Replace(off, BACKUP.to_owned()),
        None => Step::AddStatement(
            Place::new(store.item, Loc::head(&facts.loc.path)),
            BACKUP.to_owned(),
        ),
    };
    Some(
        Finding::new(RULE.id, severity, name, cx.place(store), message)
            .help("Say how often it is backed up and how long backups are kept, also if the platform sees to it.")
            .citing(cx, &RULE, &regimes)
            .fix(FixPlan::suggest(format!("Back up store {} daily", facts.name), vec![step]).preferred()),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(complies: &str, store: &str, more: &str) -> String {
        format!(
            "system X {{ {complies} }}\nservice S {{\n  store Db: {store}\n  entity P {{ id: uuid @id; mail: email; note: text @phi }}\n  \
             event Moved v1 {{ key id; id: uuid }}\n  {more}\n}}\n"
        )
    }

    fn check(complies: &str, store: &str, more: &str) -> Vec<String> {
        of_rule(&text(complies, store, more), "data.no_backup")
    }

    const WRITES: &str = "job j every 1d { writes P }";

    #[test]
    fn off_is_judged_silence_is_asked_about_and_regimes_raise() {
        assert_eq!(check("", "postgres { backup off }", WRITES), ["3 warning S.Db"]);
        assert_eq!(check("", "postgres", WRITES), ["3 info S.Db"]);
        assert_eq!(check("complies hipaa", "postgres", WRITES), ["3 warning S.Db"]);
        assert_eq!(check("complies iso27001", "postgres { backup off }", WRITES), ["3 error S.Db"]);
        assert_eq!(check("complies gdpr", "postgres", WRITES), ["3 info S.Db"]);
        assert_eq!(check("", "postgres { backup daily }", WRITES), [""; 0]);
    }

    #[test]
    fn what_can_be_had_again_needs_none() {
        assert_eq!(check("", "postgres", "job j every 1d { reads P }"), [""; 0]);
        assert_eq!(
            check("", "postgres", "on Moved as copy { idempotent by id; writes P }"),
            [""; 0]
        );
        assert_eq!(check("", "redis", WRITES), [""; 0]);
        assert_eq!(check("", "memory", WRITES), [""; 0]);
    }

    #[test]
    fn without_classes_or_promises_it_is_nobody_s_business() {
        let plain = |slo: &str| {
            of_rule(
                &format!("service S {{\n  store Db: postgres\n  {slo}\n  entity P {{ id: uuid @id }}\n  {WRITES}\n}}\n"),
                "data.no_backup",
            )
        };
        assert_eq!(plain(""), [""; 0]);
        assert_eq!(plain("slo { availability 99.9% }"), ["2 info S.Db"]);
    }

    #[test]
    fn joined_stores_are_one() {
        let joined = |own: &str| {
            of_rule(
                &format!(
                    "service A {{ store Db: postgres }}\nservice B {{ store Own: postgres on A.Db {{ {own} }}; entity P {{ id: uuid @id; mail: email }}; {WRITES} }}\n"
                ),
                "data.no_backup",
            )
        };
        assert_eq!(joined(""), ["1 info A.Db"]);
        assert_eq!(joined("backup daily"), [""; 0]);
    }

    #[test]
    fn the_fix_backs_it_up() {
        let off = fixed(&text("", "postgres { backup off; pool 3 }", WRITES), "Back up store Db daily");
        assert!(off.contains("store Db: postgres { backup daily keep 30d; pool 3 }"), "{off}");
    }
}
