//! A promise that one restart breaks.

use archwright_grammar::vocabulary::Kind;

use crate::{
    db::Item,
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::{Def, DefKind},
        environments::environments,
        expr::text::percent,
        facts::{Environment, Service, Store},
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, Threshold},
};

pub(crate) static RULE: Rule = Rule {
    id: "scale.single_instance",
    severity: Severity::Warning,
    summary: "A promise that one restart breaks.",
    thresholds: &[Threshold {
        name: "availability",
        default: 9_990,
        counts: "hundredths of a percent of promised availability",
    }],
    page: include_str!("../../../../../docs/rules/scale/single_instance.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// Kinds of store that are a server which can fail: object stores have copies by nature, and what is a file in the
/// service's own folder or somebody else's is judged by others.
const SERVERS: &[&str] = &["postgres", "mysql", "mongodb", "redis", "elasticsearch", "sql"];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item).filter(|_| !cx.facts(item).broken) else {
        return;
    };
    let Some(promised) = service.slo.as_ref().and_then(|slo| slo.availability) else {
        return;
    };
    if promised / 100 < cx.threshold(&RULE, "availability") {
        return;
    }
    findings.extend(instances(cx, item, service, promised));
    let keeps: Vec<Def> = cx.entities(item).filter_map(|(entity, _)| cx.store_of(entity)).collect();
    for (index, store) in service.stores.iter().enumerate() {
        let caching = matches!(store.kind.as_str(), "redis" | "memory")
            && !service.caches.is_empty()
            && !keeps.contains(&Def {
                item,
                kind: DefKind::Store(index as u16),
            });
        // The base of a store that stands on another one is judged where it is; what only caches is filled anew.
        if !caching
            && store.on.is_none()
            && SERVERS.contains(&store.kind.as_str()) && store.replicas.is_none_or(|count| count < 1) {
            let def = Def {
                item,
                kind: DefKind::Store(index as u16),
            };
            findings.push(copies(cx, def, store, promised));
        }
    }
}

/// A service of which one instance may be all there is.
fn instances(cx: Cx<'_>, item: Item, service: &Service, promised: u32) -> Option<Finding> {
    let all = environments(cx);
    let serverless =
        |(_, environment): &(Item, &Environment)| environment.platform.as_deref() == Some("serverless");
    // Of functions the platform runs as many as it takes.
    if !all.is_empty() && all.iter().all(serverless) {
        return None;
    }
    let somewhere = all
        .iter()
        .flat_map(|(environment, facts)| facts.scales.iter().map(move |scale| (*environment, scale)))
        .filter(|(environment, (reference, ..))| {
            cx.def(*environment, reference).is_some_and(|def| def.item == item)
        })
        .map(|(_, (_, least, _))| *least)
        .max();
    let stated = service.scale.as_ref().map(|(least, _, _)| *least);
    let least = stated.into_iter().chain(somewhere).max();
    if least.is_some_and(|least| least > 1) {
        return None;
    }
    let name = cx.name(item);
    let (severity, message) = match least {
        Some(_) => (
            RULE.severity,
            format!(
                "`{name}` promises {} and may run as a single instance: each restart and each deployment breaks the promise",
                percent(promised)
            ),
        ),
        None => (
            Severity::Info,
            format!(
                "`{name}` promises {}, and nothing says how many instances run: of a single one each restart breaks the promise",
                percent(promised)
            ),
        ),
    };
    let (place, fix) = match &service.scale {
        Some((_, most, loc)) => {
            let range = match most {
                Some(most) => format!("2..{}", most.max(&2)),
                None => "2..".to_owned(),
            };
            let argument = cx.argument(item, loc, "range")?;
            let step = Step::Replace(Place::new(item, argument), range);
            (Place::new(item, loc.clone()), step)
        }
        None => {
            let place = Place::new(item, Loc::at(&[], Part::Name));
            (place.clone(), Step::AddStatement(place, "scale 2..4".to_owned()))
        }
    };
    Some(
        Finding::new(RULE.id, severity, name.clone(), place, message)
            .help("Run at least two instances, or promise less.")
            .fix(FixPlan::suggest("Run at least two instances", vec![fix])),
    )
}

/// A store without a copy that can take over.
fn copies(cx: Cx<'_>, def: Def, store: &Store, promised: u32) -> Finding {
    let place = cx.place(def);
    let name = cx.qualified(def);
    let message = format!(
        "`{}` promises {} and keeps its data in `{}`, which has no replica: when that restarts, nothing answers",
        cx.name(def.item),
        percent(promised),
        store.name
    );
    let statement = cx.statement(def.item, &store.loc, Kind::Replicas);
    let step = match statement {
        Some(statement) => Step::Replace(Place::new(def.item, statement), "replicas 1".to_owned()),
        None => Step::AddStatement(place.clone(), "replicas 1".to_owned()),
    };
    Finding::new(RULE.id, RULE.severity, name, place, message)
        .help("Give the store a replica that can take over, or promise less.")
        .fix(FixPlan::suggest("Give the store a replica", vec![step]))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{fixed, of_rule};

    fn text(slo: &str, scale: &str, store: &str, more: &str) -> String {
        format!("service S {{\n  slo {{ availability {slo} }}\n  {scale}\n  {store}\n}}\n{more}")
    }

    const STORE: &str = "store Db: postgres { replicas 1 }";

    #[test]
    fn one_instance_breaks_a_high_promise() {
        let of = |slo: &str, scale: &str| of_rule(&text(slo, scale, STORE, ""), RULE.id);
        assert_eq!(of("99.9%", "scale 1..4 on cpu 70%"), ["3 warning S"]);
        assert_eq!(of("99.9%", "scale 1.."), ["3 warning S"]);
        assert_eq!(of("99.9%", ""), ["1 info S"]);
        assert_eq!(of("99.9%", "scale 2..4"), [""; 0]);
        assert_eq!(of("99.89%", "scale 1..4"), [""; 0]);
    }

    #[test]
    fn what_only_caches_is_filled_anew() {
        let of = |store: &str| of_rule(&text("99.9%", "scale 2..4", store, ""), RULE.id);
        let members = "entity E in Db { id: uuid @id }\n  query all -> [E] { limit 5 }\n  cache c of all { ttl 1m }";
        assert_eq!(of(&format!("{STORE}\n  store Fast: redis\n  {members}")), [""; 0]);
        let kept = members.replace("in Db", "in Fast");
        assert_eq!(of(&format!("{STORE}\n  store Fast: redis\n  {kept}")), ["5 warning S.Fast"]);
    }

    #[test]
    fn environments_may_run_more_or_none() {
        let of = |scale: &str, environment: &str| {
            of_rule(&text("99.95%", scale, STORE, environment), RULE.id)
        };
        assert_eq!(of("", "environment Production { scale S 3..6 }\n"), [""; 0]);
        assert_eq!(of("", "environment Production { scale S 1..6 }\n"), ["1 warning S"]);
        assert_eq!(of("scale 1..9", "environment Production { platform serverless }\n"), [""; 0]);
        let both = "environment Production { platform kubernetes }\nenvironment Staging { platform serverless }\n";
        assert_eq!(of("scale 1..9", both), ["3 warning S"]);
    }

    #[test]
    fn stores_need_a_copy_unless_they_have_it_by_nature() {
        let of = |store: &str| of_rule(&text("99.9%", "scale 2..4", store, ""), RULE.id);
        assert_eq!(of("store Db: postgres"), ["4 warning S.Db"]);
        assert_eq!(of("store Db: redis { replicas 0 }"), ["4 warning S.Db"]);
        for fine in ["store Db: s3", "store Db: sqlite", "store Db: directory", STORE] {
            assert_eq!(of(fine), [""; 0], "{fine}");
        }
    }

    #[test]
    fn fixes_keep_the_rest() {
        let after = fixed(&text("99.9%", "scale 1..1 on cpu 70%", STORE, ""), "Run at least two instances");
        assert!(after.contains("scale 2..2 on cpu 70%"), "{after}");
        let after = fixed(&text("99.9%", "", STORE, ""), "Run at least two instances");
        assert!(after.contains("scale 2..4"), "{after}");
        let after = fixed(
            &text("99.9%", "scale 2..4", "store Db: redis { replicas 0 }", ""),
            "Give the store a replica",
        );
        assert!(after.contains("{ replicas 1 }"), "{after}");
    }
}
