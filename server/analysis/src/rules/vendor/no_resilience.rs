//! When a vendor is down, so is an endpoint that people use.

use std::{collections::BTreeMap, sync::Arc};

use archwright_grammar::vocabulary::Kind;
use rustc_hash::FxHashSet;

use crate::{
    db::{Db, Item},
    diagnostic::Severity,
    model::{
        calls::{CallGraph, call_graph, calls_of},
        cx::{Cx, OpRef},
        def::Def,
        finding::{Finding, FixPlan, Place, Step},
        loc::{Loc, Part},
    },
    rules::{Check, Rule, listing::listed, vendor::side_effect_inline::inline_effects},
};

pub(crate) static RULE: Rule = Rule {
    id: "vendor.no_resilience",
    severity: Severity::Warning,
    summary: "A vendor's outage is ours.",
    page: include_str!("../../../../../docs/rules/vendor/no_resilience.md"),
    check: Check::Workspace(check),
    ..Rule::PLAIN
};

/// How many statements are related places.
const RELATED: usize = 10;

/// An operation that waits for a vendor with neither breaker nor fallback.
#[derive(Debug, Clone, PartialEq)]
struct Fragile {
    op: Def,
    vendor: Item,
    statement: Loc,
}

/// The fragile uses of vendors by the endpoints of one service, each (operation, vendor) once.
#[salsa::tracked(returns(ref))]
fn fragile_of(db: &dyn Db, item: Item) -> Arc<[Fragile]> {
    let cx = Cx { db };
    let inline = inline_effects(cx, item);
    let mut found: BTreeMap<(Def, Item), Loc> = BTreeMap::new();
    let mut safe: Vec<(Def, Item)> = Vec::new();
    let mut note = |op: OpRef<'_>, vendor: Item, loc: &Loc| {
        let guarded = cx
            .vendor(vendor)
            .is_none_or(|facts| facts.breaker.is_some() || facts.fallback.is_some());
        let known = inline.iter().any(|effect| effect.op == op.def && effect.vendor == vendor);
        if !guarded && !known {
            let first = found.entry((op.def, vendor)).or_insert_with(|| loc.clone());
            if loc < first {
                *first = loc.clone();
            }
        }
    };
    for op in cx.ops(item).filter(|op| op.op.is_endpoint()) {
        let erased = op.op.touches.iter().flat_map(|touch| &touch.at);
        let sends = op.op.sends.iter().map(|send| (&send.vendor, &send.loc));
        for (vendor, loc) in sends.chain(erased.map(|vendor| (vendor, &vendor.loc))) {
            if let Some(vendor) = cx.def(item, vendor) {
                note(op, vendor.item, &Loc::head(&loc.path));
            }
        }
    }
    for site in calls_of(db, item).iter().filter(|site| site.is_vendor()) {
        let Some(op) = cx.op(site.op).filter(|op| op.op.is_endpoint()) else {
            continue;
        };
        // What a call says holds for all that the operation does there.
        if site.breaker || site.fallback.is_some() {
            safe.push((site.op, site.callee.item));
        } else {
            note(op, site.callee.item, &site.statement);
        }
    }
    found
        .into_iter()
        .filter(|(key, _)| !safe.contains(key))
        .map(|((op, vendor), statement)| Fragile { op, vendor, statement })
        .collect()
}

fn check(cx: Cx<'_>, findings: &mut Vec<Finding>) {
    let mut by_vendor: Vec<(Item, Vec<(&Fragile, Def)>)> = Vec::new();
    for &service in cx.items(Kind::Service).iter() {
        for fragile in fragile_of(cx.db, service).iter() {
            if cx.facts(fragile.vendor).broken {
                continue;
            }
            let Some(entry) = entry(cx, call_graph(cx.db), fragile.op) else {
                continue;
            };
            match by_vendor.iter_mut().find(|(vendor, _)| *vendor == fragile.vendor) {
                Some((_, uses)) => uses.push((fragile, entry)),
                None => by_vendor.push((fragile.vendor, vec![(fragile, entry)])),
            }
        }
    }
    findings.extend(by_vendor.iter().map(|(vendor, uses)| report(cx, *vendor, uses)));
}

/// The external endpoint whose callers wait for an operation: itself, or the nearest one that calls it.
fn entry(cx: Cx<'_>, graph: &CallGraph, op: Def) -> Option<Def> {
    let external = |op: Def| cx.op(op).is_some_and(|op| op.op.is_endpoint() && cx.external(op));
    if external(op) {
        return Some(op);
    }
    let mut waiting = vec![graph.op(op)?];
    let mut seen: FxHashSet<usize> = waiting.iter().copied().collect();
    let mut next = 0;
    while let Some(&at) = waiting.get(next) {
        next += 1;
        for &edge in graph.callers(at) {
            let caller = graph.edges[edge].from;
            if seen.insert(caller) {
                if external(graph.ops[caller]) {
                    return Some(graph.ops[caller]);
                }
                waiting.push(caller);
            }
        }
    }
    None
}

fn report(cx: Cx<'_>, vendor: Item, uses: &[(&Fragile, Def)]) -> Finding {
    let name = cx.name(vendor);
    let mut entries: Vec<_> = uses.iter().map(|(_, entry)| cx.qualified(*entry)).collect();
    entries.sort_unstable();
    entries.dedup();
    let message = format!(
        "{} {} for `{name}`, which has neither a breaker nor a fallback: when `{name}` is down or slow, so {}",
        listed(&entries),
        if entries.len() == 1 { "waits" } else { "wait" },
        if entries.len() == 1 { "is it" } else { "are they" },
    );
    let place = Place::new(vendor, Loc::at(&[], Part::Name));
    let mut finding = Finding::new(RULE.id, RULE.severity, name.clone(), place.clone(), message)
        .help("Give the vendor, or the calls of it, a `breaker` or a `fallback`; or let a handler of an event do the work.");
    for (fragile, entry) in uses.iter().take(RELATED) {
        let says = if fragile.op == *entry {
            format!("`{}` waits here", cx.qualified(*entry))
        } else {
            format!(
                "`{}` waits here, and `{}` for it",
                cx.qualified(fragile.op),
                cx.qualified(*entry)
            )
        };
        finding = finding.related(says, Place::new(fragile.op.item, fragile.statement.clone()));
    }
    let fix = |title: &str, text: &str| {
        FixPlan::suggest(
            format!("Give vendor {name} {title}"),
            vec![Step::AddStatement(place.clone(), text.to_owned())],
        )
    };
    finding
        .fix(fix("a breaker", "breaker").preferred())
        .fix(fix("a breaker and a fallback", "breaker\nfallback default"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn text(vendor: &str, statement: &str) -> String {
        format!(
            "auth Session: cookie\nvendor V: http{vendor}\nservice S {{\n  auth Session\n  \
             entity P {{ id: uuid @id; total: money }}\n  \
             endpoint pay POST /v1/pay {{ allow any; writes P; {statement} }}\n}}\n"
        )
    }

    fn check(vendor: &str, statement: &str) -> Vec<String> {
        of_rule(&text(vendor, statement), "vendor.no_resilience")
    }

    #[test]
    fn a_breaker_or_a_fallback_is_enough_wherever_it_stands() {
        assert_eq!(check("", "calls V { timeout 1s }"), ["2 warning V"]);
        assert_eq!(check("", "sends P.total to V"), ["2 warning V"]);
        assert_eq!(check("", "erases P at V"), ["2 warning V"]);
        assert_eq!(check(" { breaker }", "sends P.total to V"), [""; 0]);
        assert_eq!(check(" { fallback queue }", "calls V"), [""; 0]);
        assert_eq!(check("", "calls V { breaker }"), [""; 0]);
        assert_eq!(check("", "sends P.total to V; calls V { fallback cached }"), [""; 0]);
    }

    #[test]
    fn the_path_may_be_longer_and_jobs_may_wait() {
        let inner = "vendor V: http\nservice T {\n  auth Mesh\n  endpoint charge POST /v1/charge { internal; calls V }\n";
        let caller = "}\nservice S {\n  auth Session\n  endpoint pay POST /v1/pay { allow any; calls T.charge }\n}\n";
        let schemes = "auth Session: cookie\nauth Mesh: mtls\n";
        assert_eq!(
            of_rule(&format!("{schemes}{inner}{caller}"), "vendor.no_resilience"),
            ["3 warning V"]
        );
        assert_eq!(of_rule(&format!("{schemes}{inner}}}\n"), "vendor.no_resilience"), [""; 0]);
        let job = text("", "").replace("endpoint pay POST /v1/pay { allow any; writes P;  }", "job pay every 1d { calls V }");
        assert_eq!(of_rule(&job, "vendor.no_resilience"), [""; 0]);
    }

    #[test]
    fn the_fix_gives_it_a_breaker() {
        let after = fixed(&text("", "calls V { timeout 1s }"), "Give vendor V a breaker");
        assert!(after.contains("vendor V: http { breaker }"), "{after}");
    }
}
