//! Where the system runs: which environments are the real thing, and which are for trying out.

use std::sync::Arc;

use archwright_codegen::names::snake;
use archwright_grammar::vocabulary::Kind;

use super::{
    cx::Cx,
    facts::{Body, Environment},
};
use crate::db::Item;

/// Words in the names of environments that no customer sees.
const TRIAL: &[&str] = &[
    "ci",
    "demo",
    "dev",
    "develop",
    "development",
    "draft",
    "integration",
    "local",
    "playground",
    "preprod",
    "preview",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "test",
    "testing",
    "uat",
];

/// Words in the names of environments that are only planned.
const DRAFT: &[&str] = &["draft", "planned", "proposal", "proposed", "sketch"];

/// The environments that can be read, in text order.
pub fn environments(cx: Cx<'_>) -> Vec<(Item, &Environment)> {
    let items: Arc<[Item]> = cx.items(Kind::Environment);
    items
        .iter()
        .filter_map(|&item| match &cx.facts(item).body {
            Body::Environment(environment) => Some((item, &**environment)),
            _ => None,
        })
        .collect()
}

/// Whether an environment is the real thing: its name says nothing of trying out, and it takes no data from another one.
pub fn is_production(cx: Cx<'_>, item: Item) -> bool {
    let copied =
        matches!(&cx.facts(item).body, Body::Environment(environment) if environment.data_from.is_some());
    !copied && !named(cx, item, TRIAL) && !is_draft(cx, item)
}

/// Whether an environment is only planned yet.
pub fn is_draft(cx: Cx<'_>, item: Item) -> bool {
    named(cx, item, DRAFT)
}

/// Whether the blueprint runs for real: no environment is written, or one of those that are is the real thing.
pub fn in_production(cx: Cx<'_>) -> bool {
    let items = cx.items(Kind::Environment);
    items.is_empty() || items.iter().any(|&item| is_production(cx, item))
}

fn named(cx: Cx<'_>, item: Item, words: &[&str]) -> bool {
    snake(cx.name(item)).split('_').any(|word| words.contains(&word))
}

/// Whether a service never has more than one instance: it says so, and no environment says otherwise.
pub fn single_instance(cx: Cx<'_>, service: Item) -> bool {
    let own = cx.service(service).and_then(|facts| facts.scale.as_ref());
    if !matches!(own, Some((_, Some(..=1), _))) {
        return false;
    }
    environments(cx).into_iter().all(|(item, environment)| {
        environment.scales.iter().all(|(scaled, _, most)| {
            cx.def(item, scaled).map(|def| def.item) != Some(service) || matches!(most, Some(..=1))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{environments, in_production, is_draft, is_production, single_instance};
    use crate::testing::host;

    fn production(text: &str) -> Vec<bool> {
        let snapshot = host(text).snapshot();
        let cx = snapshot.cx();
        environments(cx)
            .into_iter()
            .map(|(item, _)| is_production(cx, item))
            .collect()
    }

    #[test]
    fn names_and_copied_data_tell_what_is_for_trying_out() {
        let text = "environment Production\nenvironment StagingEu\nenvironment LoadTest\nenvironment Contest\n\
                    environment Copy { data from Production masked }\n";
        assert_eq!(production(text), [true, false, false, true, false]);
    }

    #[test]
    fn without_environments_it_is_the_real_thing() {
        let of = |text: &str| {
            let snapshot = host(text).snapshot();
            in_production(snapshot.cx())
        };
        assert!(of("service A { scale 1..2 }\n"));
        assert!(!of("environment Staging\n"));
        assert!(of("environment Staging\nenvironment Eu\n"));
    }

    #[test]
    fn drafts_are_not_there_yet() {
        let snapshot = host("environment PlannedUs\nenvironment Us\n").snapshot();
        let cx = snapshot.cx();
        let drafts: Vec<bool> = environments(cx)
            .into_iter()
            .map(|(item, _)| is_draft(cx, item))
            .collect();
        assert_eq!(drafts, [true, false]);
    }

    #[test]
    fn one_instance_is_what_service_and_environments_say() {
        let of = |text: &str| {
            let snapshot = host(text).snapshot();
            let cx = snapshot.cx();
            let service = cx.items(archwright_grammar::vocabulary::Kind::Service)[0];
            single_instance(cx, service)
        };
        assert!(of("service A { scale 1..1 }\n"));
        assert!(!of("service A { scale 1.. }\n"));
        assert!(!of("service A { scale 1..1 }\nenvironment P { scale A 1..2 }\n"));
        assert!(!of("service A { observe logs }\n"));
    }
}
