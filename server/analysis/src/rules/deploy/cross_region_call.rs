//! Somebody outside waits for a way across regions and back.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        calls::{CallGraph, call_graph, calls_of},
        cx::Cx,
        def::Def,
        environments::{environments, is_production},
        facts::Access,
        finding::{Finding, Place},
        loc::Loc,
    },
    rules::{Check, Rule, told},
};

pub(crate) static RULE: Rule = Rule {
    id: "deploy.cross_region_call",
    severity: Severity::Warning,
    summary: "Somebody outside waits for a way across regions and back.",
    page: include_str!("../../../../../docs/rules/deploy/cross_region_call.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// A statement that works on something in another region.
#[derive(Debug, Clone, PartialEq)]
struct Far {
    op: Def,
    statement: Loc,
    verb: &'static str,
    target: Def,
    from: SmolStr,
    to: SmolStr,
}

/// Where things are, as far as it is said.
#[derive(Debug, Clone, PartialEq)]
struct Regions {
    default: Option<SmolStr>,
    services: FxHashMap<Item, SmolStr>,
}

/// Where things are; `None` where there is only one place, so that nothing can be far.
#[salsa::tracked(returns(ref))]
fn regions(db: &dyn Db) -> Option<Arc<Regions>> {
    let cx = Cx { db };
    let regions = Regions::of(cx);
    let stores = || {
        let services = cx.items(Kind::Service);
        services.iter().any(|&service| {
            cx.service(service)
                .is_some_and(|facts| facts.stores.iter().any(|store| store.region.is_some()))
        })
    };
    (!regions.services.is_empty() || stores()).then(|| Arc::new(regions))
}

impl Regions {
    fn of(cx: Cx<'_>) -> Self {
        let system = cx.system().and_then(|(_, system)| system.region.clone());
        let environment = || {
            let mut regions: Vec<SmolStr> = environments(cx)
                .into_iter()
                .filter(|(item, _)| is_production(cx, *item))
                .filter_map(|(_, environment)| environment.region.clone())
                .collect();
            regions.dedup();
            (regions.len() == 1).then(|| regions.remove(0))
        };
        let services = cx
            .items(Kind::Service)
            .iter()
            .filter_map(|&service| Some((service, cx.service(service)?.region.clone()?)))
            .collect();
        Self {
            default: system.or_else(environment),
            services,
        }
    }

    fn service(&self, service: Item) -> Option<&SmolStr> {
        self.services.get(&service).or(self.default.as_ref())
    }

    /// Where the rows of an entity are: where their store is, or else the service.
    fn entity(&self, cx: Cx<'_>, entity: Def) -> Option<SmolStr> {
        let store = cx.store_of(entity).map(|store| cx.physical_store(store));
        let own = store.and_then(|store| store.store(cx.db)?.region.clone());
        own.or_else(|| self.service(store.map_or(entity.item, |store| store.item)).cloned())
    }
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    if regions(cx.db).is_none() {
        return;
    }
    let services = cx.items(Kind::Service);
    let far: Vec<&Far> = services
        .iter()
        .filter_map(|&service| far_of(cx.db, service).as_ref())
        .flat_map(|far| far.iter())
        .collect();
    if far.is_empty() {
        return;
    }
    let graph = call_graph(cx.db);
    for one in far {
        if let Some(way) = way_in(cx, graph, one.op) {
            findings.push(finding(cx, one, &way));
        }
    }
}

/// The statements of one service that work on something in another region, each once; `None` where there is none.
#[salsa::tracked(returns(ref))]
fn far_of(db: &dyn Db, service: Item) -> Option<Arc<[Far]>> {
    let cx = Cx { db };
    let regions = regions(db).as_ref()?;
    let from = regions.service(service)?;
    let mut found: Vec<Far> = Vec::new();
    let mut add = |op: Def, statement: Loc, verb, target, to: Option<SmolStr>| {
        let known = |far: &Far| far.op == op && far.statement == statement;
        if let Some(to) = to.filter(|to| to != from)
            && !found.iter().any(known)
        {
            found.push(Far {
                op,
                statement,
                verb,
                target,
                from: from.clone(),
                to,
            });
        }
    };
    for call in calls_of(db, service).iter().filter(|call| !call.is_vendor()) {
        let to = regions.service(call.callee.item).cloned();
        add(call.op, call.statement.clone(), "calls", call.callee, to);
    }
    for op in cx.ops(service) {
        for (access, entity, loc) in cx.touches(op) {
            if access != Access::Erases {
                let to = regions.entity(cx, entity);
                add(op.def, Loc::head(&loc.path), access.word(), entity, to);
            }
        }
    }
    (!found.is_empty()).then(|| Arc::from(found))
}

/// From an operation that is used from outside, the calls that lead to `op`; `None` where nobody outside waits for it.
fn way_in(cx: Cx<'_>, graph: &CallGraph, op: Def) -> Option<Vec<usize>> {
    if cx.op(op).is_some_and(|op| cx.external(op)) {
        return Some(Vec::new());
    }
    let start = graph.op(op)?;
    let mut seen = FxHashSet::from_iter([start]);
    let mut queue = std::collections::VecDeque::from([(start, Vec::new())]);
    while let Some((node, way)) = queue.pop_front() {
        for &edge in graph.callers(node) {
            let caller = graph.edges[edge].from;
            if !seen.insert(caller) {
                continue;
            }
            let mut longer = vec![edge];
            longer.extend(&way);
            if cx.op(graph.ops[caller]).is_some_and(|op| cx.external(op)) {
                return Some(longer);
            }
            queue.push_back((caller, longer));
        }
    }
    None
}

fn finding(cx: Cx<'_>, far: &Far, way: &[usize]) -> Finding {
    let graph = call_graph(cx.db);
    let element = cx.qualified(far.op);
    let target = cx.qualified(far.target);
    let who = way.first().map_or_else(
        || element.clone(),
        |edge| cx.qualified(graph.ops[graph.edges[*edge].from]),
    );
    let message = format!(
        "`{element}` in {} {} `{target}` in {} while somebody waits for `{who}`: each request pays for the way there and back, in time and in traffic",
        far.from, far.verb, far.to,
    );
    let place = Place::new(far.op.item, far.statement.clone());
    let mut finding = Finding::new(RULE.id, RULE.severity, element, place, message)
        .help("Keep a copy in the own region that events feed, or put the two into one region.")
        .related(format!("`{target}` is in {}", far.to), cx.place(far.target));
    for &edge in way.iter().take(told::RELATED) {
        let site = graph.site(edge);
        finding = finding.related(site.says(cx), site.place());
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check as all, of_rule};

    fn text(orders: &str, tax: &str, op: &str) -> String {
        format!(
            "system S {{ region \"eu\" }}
service Orders {{
  {orders}
  store Db: postgres
  entity Order {{ id: uuid @id }}
  {op}
}}
service Tax {{
  {tax}
  entity Rate {{ id: uuid @id }}
  endpoint rate GET /v1/rate
}}
"
        )
    }

    fn check(orders: &str, tax: &str, op: &str) -> Vec<String> {
        of_rule(&text(orders, tax, op), RULE.id)
    }

    const CALL: &str = "endpoint place POST /v1/o { calls Tax.rate }";

    #[test]
    fn whoever_waits_pays_the_way() {
        assert_eq!(check("", "region \"us\"", CALL), ["6 warning Orders.place"]);
        assert_eq!(check("region \"us\"", "", CALL), ["6 warning Orders.place"]);
        assert_eq!(check("region \"us\"", "region \"us\"", CALL), [""; 0]);
        assert_eq!(check("", "", CALL), [""; 0]);
    }

    #[test]
    fn data_may_be_far_too() {
        let touch = "endpoint place POST /v1/o { reads Tax.Rate }";
        assert_eq!(check("", "region \"us\"", touch), ["6 warning Orders.place"]);
        let own = text("", "", "endpoint place POST /v1/o { writes Order }")
            .replace("Db: postgres", "Db: postgres { region \"us\" }");
        assert_eq!(of_rule(&own, RULE.id), ["6 warning Orders.place"]);
    }

    #[test]
    fn jobs_and_handlers_wait_for_nobody() {
        assert_eq!(check("", "region \"us\"", "job place every 1d { calls Tax.rate }"), [""; 0]);
        let event = "event E v1 { id: uuid }; on E as e { calls Tax.rate }";
        assert_eq!(check("", "region \"us\"", event), [""; 0]);
        let inner = "endpoint place POST /v1/o { internal; calls Tax.rate }";
        assert_eq!(check("", "region \"us\"", inner), [""; 0]);
    }

    #[test]
    fn the_way_in_is_told() {
        let inner = text("", "region \"us\"", "endpoint place POST /v1/o { internal; calls Tax.rate }");
        let outer = "service Edge { endpoint buy POST /v1/buy { calls Orders.place } }\n";
        let both = format!("{inner}{outer}");
        assert_eq!(of_rule(&both, RULE.id), ["6 warning Orders.place"]);
        assert!(all(&both).iter().any(|line| line.contains("somebody waits for `Edge.buy`")));
        assert_eq!(of_rule(&format!("{inner}service Edge {{ job j every 1d {{ calls Orders.place }} }}\n"), RULE.id), [""; 0]);
    }

    #[test]
    fn where_nobody_says_where_nothing_is_said() {
        let text = text("", "region \"us\"", CALL).replace("system S { region \"eu\" }\n", "");
        assert!(of_rule(&text, RULE.id).is_empty());
        let production = format!("environment Production {{ region \"eu\" }}\n{text}");
        assert_eq!(of_rule(&production, RULE.id).len(), 1);
    }
}
