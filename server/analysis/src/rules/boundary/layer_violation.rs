//! Something inner depends on something outer: a component within its service, or a service against a policy's layers.

use std::sync::Arc;

use archwright_grammar::vocabulary::Kind;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    db::{Db, Item, items_of},
    diagnostic::Severity,
    model::{
        cx::Cx,
        def::DefKind,
        dependencies::{Home, dependencies, home},
        facts::{Body, Component, Name, Service},
        finding::{Finding, FixPlan, Place, Step},
        loc::Loc,
    },
    rules::{Check, Rule},
};

pub(crate) static RULE: Rule = Rule {
    id: "boundary.layer_violation",
    severity: Severity::Error,
    core: true,
    summary: "Something inner depends on something outer.",
    subsumes: &[],
    cwe: &[1054],
    page: include_str!("../../../../../docs/rules/boundary/layer_violation.md"),
    check: Check::Item(check),
    ..Rule::PLAIN
};

/// The layers of a service that names none, outer to inner.
const USUAL: [&str; 4] = ["api", "application", "domain", "infrastructure"];

fn check(cx: Cx<'_>, item: Item, findings: &mut Vec<Finding>) {
    let Some(service) = cx.service(item) else { return };
    if !service.components.is_empty() {
        components(cx, item, service, findings);
    }
    for chain in chains(cx.db).iter() {
        against_policy(cx, item, chain, findings);
    }
}

/// The order of a service's layers.
struct Order<'a> {
    /// Outer to inner.
    names: Vec<&'a str>,
    /// Whether none may be skipped.
    strict: bool,
}

impl<'a> Order<'a> {
    fn of(service: &'a Service) -> Self {
        match &service.layers {
            Some((names, strict, _)) => Self {
                names: names.iter().map(Name::as_str).collect(),
                strict: *strict,
            },
            None => Self {
                names: USUAL.to_vec(),
                strict: false,
            },
        }
    }

    fn level(&self, layer: &str) -> Option<usize> {
        self.names.iter().position(|name| *name == layer)
    }

    /// Whether something in `from` may use something in `to`; layers that are not listed are not judged.
    fn allows(&self, from: &str, to: &str) -> bool {
        match (self.level(from), self.level(to)) {
            (Some(from), Some(to)) => to >= from && (!self.strict || to <= from + 1),
            _ => true,
        }
    }
}

fn components(cx: Cx<'_>, item: Item, service: &Service, findings: &mut Vec<Finding>) {
    let order = Order::of(service);
    // Which component uses which, with the place of the reference.
    let uses: Vec<(&Component, &Component, &Loc)> = service
        .components
        .iter()
        .flat_map(|component| component.uses.iter().map(move |used| (component, used)))
        .filter_map(|(component, used)| match cx.def(item, used)? {
            def if def.item != item => None,
            def => match def.kind {
                DefKind::Component(index) => {
                    Some((component, service.components.get(usize::from(index))?, &used.loc))
                }
                _ => None,
            },
        })
        .collect();
    for (component, used, loc) in &uses {
        let (inner, outer) = (component.layer.0.as_str(), used.layer.0.as_str());
        if order.allows(inner, outer) {
            continue;
        }
        let skips = order.level(outer) > order.level(inner);
        let message = if skips {
            format!(
                "`{}` in layer {inner} uses `{}` in {outer}, past a layer between them: the layers are `strict`, and what {inner} \
                 may know ends at the next one",
                component.name, used.name
            )
        } else {
            format!(
                "`{}` in layer {inner} uses `{}` in {outer}, which is further out: what is inside now changes whenever what is \
                 outside does",
                component.name, used.name
            )
        };
        let mut finding = Finding::new(
            RULE.id,
            Severity::Error,
            format!("{}.{}", cx.name(item), component.name),
            Place::new(item, (*loc).clone()),
            message,
        )
        .help(format!(
            "Give {inner} an interface that `{}` fulfils, or move `{}` to another layer.",
            used.name, component.name
        ))
        .related(
            format!("`{}` stands in {outer}", used.name),
            Place::new(item, used.layer.1.clone()),
        );
        if let Some((_, _, loc)) = &service.layers {
            finding = finding.related(
                "the order of the layers, outer to inner",
                Place::new(item, loc.clone()),
            );
        }
        // Moving it must not bring the next violation.
        let fits = uses.iter().all(|(from, to, _)| {
            let layer = |one: &Component| {
                if one.name == component.name {
                    used.layer.0.clone()
                } else {
                    one.layer.0.clone()
                }
            };
            (from.name != component.name && to.name != component.name)
                || order.allows(&layer(from), &layer(to))
        });
        if fits {
            finding = finding.fix(FixPlan::refactor(
                format!("Move {} to layer {outer}", component.name),
                vec![Step::Replace(
                    Place::new(item, component.layer.1.clone()),
                    outer.to_owned(),
                )],
            ));
        }
        findings.push(finding);
    }
}

/// One `layers` line of a policy.
#[derive(Debug, Clone, PartialEq)]
struct Chain {
    policy: Item,
    loc: Loc,
    /// Services and contexts with their levels, 0 on top.
    levels: FxHashMap<Item, usize>,
}

/// The lines of all policies, in the order of files and text.
#[salsa::tracked(returns(ref))]
fn chains(db: &dyn Db) -> Arc<[Chain]> {
    let cx = Cx { db };
    let mut chains = Vec::new();
    for &policy in items_of(db, Kind::Policy).iter() {
        let facts = cx.facts(policy);
        let Body::Policy(body) = &facts.body else {
            continue;
        };
        // Half a line orders nothing.
        if facts.broken {
            continue;
        }
        for (line, loc) in &body.layers {
            let mut levels = FxHashMap::default();
            for (level, group) in line.iter().enumerate() {
                for def in group.iter().filter_map(|reference| cx.def(policy, reference)) {
                    levels.entry(def.item).or_insert(level);
                }
            }
            chains.push(Chain {
                policy,
                loc: loc.clone(),
                levels,
            });
        }
    }
    Arc::from(chains)
}

impl Chain {
    /// What the line says about a service, or the context it names: itself, or else its context. With its name's item.
    fn level(&self, db: &dyn Db, item: Item) -> Option<(usize, Item)> {
        if let Some(level) = self.levels.get(&item) {
            return Some((*level, item));
        }
        match home(db, item) {
            Home::Context(context) => self.levels.get(&context).map(|level| (*level, context)),
            _ => None,
        }
    }
}

fn against_policy(cx: Cx<'_>, item: Item, chain: &Chain, findings: &mut Vec<Finding>) {
    let Some((from, low)) = chain.level(cx.db, item) else {
        return;
    };
    let mut reported = FxHashSet::default();
    for dependency in dependencies(cx.db, item).iter() {
        let Some((to, high)) = chain.level(cx.db, dependency.target.item) else {
            continue;
        };
        if to >= from || !reported.insert(&dependency.loc) {
            continue;
        }
        let policy = cx.name(chain.policy);
        findings.push(
            Finding::new(
                RULE.id,
                Severity::Error,
                dependency.element.clone(),
                Place::new(item, dependency.loc.clone()),
                format!(
                    "{}, but policy `{policy}` puts `{}` below `{}`: a dependency upwards ties the lower one to everything above it",
                    dependency.says(cx),
                    cx.name(low),
                    cx.name(high)
                ),
            )
            .help(format!("Let `{}` react to what `{}` emits, or move what both need down.", cx.name(high), cx.name(low)))
            .related(format!("the layers of policy `{policy}`"), Place::new(chain.policy, chain.loc.clone())),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, of_rule};

    fn check(text: &str) -> Vec<String> {
        of_rule(text, "boundary.layer_violation")
    }

    #[test]
    fn inner_components_must_not_use_outer_ones() {
        let text = "service S {\n  component Form in api { uses Rules, Rows }\n  component Rules in domain {\n    uses Form, Rows\n  }\n  component Rows in infrastructure\n}\n";
        assert_eq!(check(text), ["4 error S.Rules"]);
    }

    #[test]
    fn strict_layers_are_not_skipped_and_unlisted_ones_not_judged() {
        let text = "service S {\n  layers api, application, domain strict\n  component Form in api { uses Rules }\n  component Rules in domain\n  component Aid in tools { uses Form }\n}\n";
        assert_eq!(check(text), ["3 error S.Form"]);
    }

    #[test]
    fn a_policy_orders_contexts_and_services() {
        let services = "service A in Up { entity E { id: uuid @id; f: ref B.F } }\nservice B in Down { entity F { id: uuid @id; e: ref A.E } }\n";
        let maps = "context Up { uses Down }\ncontext Down { uses Up }\n";
        assert_eq!(
            check(&format!("{maps}policy P {{ layers Up > Down }}\n{services}")),
            ["5 error B.F.e"]
        );
        assert!(check(&format!("{maps}policy P {{ layers Up, Down }}\n{services}")).is_empty());
        // A service that the line names stands where it is named, not where its context is.
        assert_eq!(
            check(&format!("{maps}policy P {{ layers B > Up > Down }}\n{services}")),
            ["4 error A.E.f"]
        );
    }

    #[test]
    fn the_component_can_be_moved_unless_that_breaks_another_rule() {
        let text = "service S {\n  component Form in api\n  component Rules in domain { uses Form }\n}\n";
        let moved = fixed(text, "Move Rules to layer api");
        assert!(moved.contains("component Rules in api { uses Form }"), "{moved}");
        assert!(check(&moved).is_empty());
        let used = "service S {\n  component Form in api\n  component Rules in domain { uses Form }\n  component Flow in application { uses Rules }\n}\n";
        let titles: Vec<String> = crate::testing::diagnostics(used)
            .iter()
            .flat_map(|found| &found.fixes)
            .map(|fix| fix.title.clone())
            .collect();
        assert!(
            !titles.iter().any(|title| title.starts_with("Move")),
            "{titles:?}"
        );
    }
}
