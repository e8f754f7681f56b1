//! More connections than a store takes.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashMap;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        environments::environments,
        finding::{Finding, FixPlan, Place, Step},
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.pool_exhaustion",
    severity: Severity::Warning,
    summary: "More connections than a store takes.",
    cwe: &[410, 1072],
    page: include_str!("../../../../../docs/rules/scale/pool_exhaustion.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many connections a server of a kind takes unless somebody changes that.
const DEFAULTS: &[(&str, i64)] = &[("postgres", 100), ("mysql", 151), ("mongodb", 65_536), ("redis", 10_000)];

/// What one service may open to one store.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pool {
    /// The store as the service calls it.
    store: Def,
    /// The physical one.
    held: Def,
    /// Connections of one instance.
    size: i64,
    /// The most instances.
    instances: i64,
}

impl Pool {
    const fn connections(&self) -> i64 {
        self.size.saturating_mul(self.instances)
    }
}

/// The pools of a service whose size is stated. How often a service without an upper bound runs is not known, and of one that
/// says nothing one instance is counted.
#[salsa::tracked(returns(ref))]
fn pools_of(db: &dyn Db, item: Item) -> Arc<[Pool]> {
    let cx = Cx { db };
    let Some(service) = cx.service(item).filter(|service| service.stores.iter().any(|store| store.pool.is_some()))
    else {
        return Arc::default();
    };
    let instances = match &service.scale {
        Some((least, Some(most), _)) => Some(*most.max(least)),
        Some((_, None, _)) => None,
        None => Some(in_environments(cx, item).unwrap_or(1)),
    };
    let Some(instances) = instances else {
        return Arc::default();
    };
    service
        .stores
        .iter()
        .enumerate()
        .filter_map(|(index, store)| {
            let def = Def {
                item,
                kind: DefKind::Store(index as u16),
            };
            Some(Pool {
                store: def,
                held: cx.physical_store(def),
                size: store.pool?,
                instances,
            })
        })
        .collect()
}

/// The most instances that an environment runs.
fn in_environments(cx: Cx<'_>, item: Item) -> Option<i64> {
    environments(cx)
        .into_iter()
        .flat_map(|(environment, facts)| facts.scales.iter().map(move |scale| (environment, scale)))
        .filter(|(environment, (service, ..))| cx.def(*environment, service).is_some_and(|def| def.item == item))
        .map(|(_, (_, least, most))| most.unwrap_or(*least))
        .max()
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut stores: Vec<(Def, Vec<&Pool>)> = Vec::new();
    let mut places: FxHashMap<Def, usize> = FxHashMap::default();
    for &item in cx.items(Kind::Service).iter() {
        for pool in pools_of(cx.db, item).iter() {
            let place = *places.entry(pool.held).or_insert_with(|| {
                stores.push((pool.held, Vec::new()));
                stores.len() - 1
            });
            stores[place].1.push(pool);
        }
    }
    for (held, pools) in stores {
        let Some(limit) = limit(cx, held) else { continue };
        let needed = pools.iter().fold(0_i64, |sum, pool| sum.saturating_add(pool.connections()));
        if needed > limit {
            findings.push(finding(cx, held, &pools, needed, limit));
        }
    }
}

/// How many connections a store takes; none where a pooler stands before it, or nobody knows.
fn limit(cx: Cx<'_>, store: Def) -> Option<i64> {
    let facts = store.store(cx.db)?;
    match facts.connections {
        Some(stated) => stated,
        None => DEFAULTS
            .iter()
            .find(|(kind, _)| *kind == facts.kind)
            .map(|(_, limit)| *limit),
    }
}

fn finding(cx: Cx<'_>, held: Def, pools: &[&Pool], needed: i64, limit: i64) -> Finding {
    let name = cx.qualified(held);
    let message = format!(
        "up to {needed} connections may be opened to `{name}`, which takes {limit}: at peak load some are refused"
    );
    let place = cx.place(held);
    let mut finding = Finding::new(RULE.id, RULE.severity, name, place.clone(), message).help(
        "Make the pools smaller, run fewer instances, or put a pooler before the store and say `connections pooled`.",
    );
    let stated = |pool: &Pool| {
        let within = pool.store.loc(cx.db);
        cx.statement(pool.store.item, &within, Kind::Pool)
    };
    for pool in pools {
        let loc = stated(pool).unwrap_or_else(|| pool.store.loc(cx.db));
        finding = finding.related(
            format!(
                "`{}`: {} instances with {} connections",
                cx.name(pool.store.item),
                pool.instances,
                pool.size
            ),
            Place::new(pool.store.item, loc),
        );
    }
    // Each gets the share of what there is that it has of what is asked for.
    let steps: Option<Vec<Step>> = pools
        .iter()
        .map(|pool| {
            let share = pool.size.checked_mul(limit)? / needed;
            let step = |loc| Step::Replace(Place::new(pool.store.item, loc), format!("pool {share}"));
            (share > 0).then(|| stated(pool).map(step))?
        })
        .collect();
    if let Some(steps) = steps {
        let title = if steps.len() == 1 {
            "Make the pool fit"
        } else {
            "Make the pools fit"
        };
        finding = finding.fix(FixPlan::suggest(title, steps));
    }
    let pooler = match cx.statement(held.item, &held.loc(cx.db), Kind::Connections) {
        Some(statement) => Step::Replace(Place::new(held.item, statement), "connections pooled".to_owned()),
        None => Step::AddStatement(place, "connections pooled".to_owned()),
    };
    finding.fix(FixPlan::suggest("Say that a pooler stands before the store", vec![pooler]))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(scale: &str, options: &str, more: &str) -> String {
        format!("service S {{ {scale}\n  store Db: postgres {{ {options} }}\n}}\n{more}")
    }

    #[test]
    fn pool_times_instances_must_fit() {
        let of = |scale: &str, options: &str| of_rule(&text(scale, options, ""), RULE.id);
        assert_eq!(of("scale 2..10", "pool 10"), [""; 0]);
        assert_eq!(of("scale 2..11", "pool 10"), ["2 warning S.Db"]);
        assert_eq!(of("", "pool 101"), ["2 warning S.Db"]);
        assert_eq!(of("scale 2..", "pool 90"), [""; 0]);
        assert_eq!(of("scale 2..40", ""), [""; 0]);
        assert_eq!(of("scale 2..11", "pool 10; connections 200"), [""; 0]);
        assert_eq!(of("scale 2..11", "pool 10; connections pooled"), [""; 0]);
        assert_eq!(of("scale 2..4", "pool 10; connections 30"), ["2 warning S.Db"]);
    }

    #[test]
    fn an_environment_says_how_many_where_the_service_does_not() {
        let more = "environment Production { scale S 2..20 }\n";
        assert_eq!(of_rule(&text("", "pool 10", more), RULE.id), ["2 warning S.Db"]);
    }

    #[test]
    fn joined_stores_are_one() {
        let more = "service T { scale 1..3; store Own: postgres on S.Db { pool 20 } }\n";
        assert_eq!(of_rule(&text("scale 2..5", "pool 10", more), RULE.id), ["2 warning S.Db"]);
        assert_eq!(of_rule(&text("scale 2..4", "pool 10", more), RULE.id), [""; 0]);
        let after = fixed(&text("scale 2..5", "pool 10", more), "Make the pools fit");
        assert!(after.contains("pool 9 }") && after.contains("pool 18"), "{after}");
        assert_eq!(of_rule(&after, RULE.id), [""; 0]);
    }

    #[test]
    fn a_pooler_helps() {
        let after = fixed(
            &text("scale 2..4", "pool 10; connections 30", ""),
            "Say that a pooler stands before the store",
        );
        assert!(after.contains("pool 10; connections pooled"), "{after}");
    }
}
