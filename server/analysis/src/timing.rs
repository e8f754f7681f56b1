//! How long each rule takes: `archwright check --timing`.
//!
//! Rules normally run interleaved, item by item, and share what they ask for. Here each runs over everything, one after the
//! other, on one thread. What several rules ask for (the graph of calls, what leaves by whom …) is computed once and counts for
//! the first of them, in the order of the registry.

use std::time::Duration;

use crate::{
    Config, Host, Job,
    db::{facts, resolved},
    model::cx::Cx,
    rules::{Check, RULES},
    waivers,
};

/// What one part of a check took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// A rule's id, or what comes before the rules.
    pub part: &'static str,
    /// Whether it is a rule.
    pub is_rule: bool,
    /// How long it took.
    pub time: Duration,
    /// How many findings it had, before waivers and configuration.
    pub findings: usize,
}

/// Checks some files as on a first check, and measures. `clock` says how long ago some moment was, always the same one.
pub fn measure(config: &Config, files: Vec<(String, String)>, clock: &dyn Fn() -> Duration) -> Vec<Timing> {
    let mut timings = Vec::new();
    let mut last = clock();
    let mut lap = |part: &'static str, is_rule: bool, findings: usize| {
        let now = clock();
        timings.push(Timing {
            part,
            is_rule,
            time: now.saturating_sub(last),
            findings,
        });
        last = now;
    };
    let mut host = Host::new(config.clone());
    let items = host.take_in(files, &|jobs: Vec<Job>| jobs.into_iter().for_each(|job| job()));
    lap("reading", false, 0);
    let db = host.database();
    let mut findings = Vec::new();
    for &item in &items {
        findings.extend(resolved(db, item).findings.iter().cloned());
    }
    lap("names and types", false, findings.len());
    let cx = Cx { db };
    for rule in RULES {
        let before = findings.len();
        match rule.check {
            Check::Item(check) => {
                for &item in &items {
                    check(cx, item, &mut findings);
                }
            }
            Check::Workspace(check) => check(cx, &mut findings),
            Check::Waivers => {
                let waiving: Vec<_> = items
                    .iter()
                    .copied()
                    .filter(|item| !facts(db, *item).waivers.is_empty())
                    .collect();
                findings.extend(waivers::apply(db, host.all_files(), config, &waiving, &findings).findings);
            }
        }
        lap(rule.id, true, findings.len() - before);
    }
    timings
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use super::measure;
    use crate::{Config, rules::RULES};

    #[test]
    fn every_rule_is_measured_once() {
        let ticks = Cell::new(0);
        let clock = || {
            ticks.set(ticks.get() + 1);
            Duration::from_millis(ticks.get())
        };
        let text =
            "service A { endpoint a GET /a { calls B.b } }\nservice B { endpoint b GET /b { calls A.a } }\n";
        let timings = measure(
            &Config::default(),
            vec![("a.arch".to_owned(), text.to_owned())],
            &clock,
        );
        let rules: Vec<&str> = timings
            .iter()
            .filter(|timing| timing.is_rule)
            .map(|timing| timing.part)
            .collect();
        assert!(RULES.iter().map(|rule| rule.id).eq(rules));
        assert!(
            timings
                .iter()
                .all(|timing| timing.time == Duration::from_millis(1))
        );
        let found = |part: &str| {
            let timing = timings.iter().find(|timing| timing.part == part);
            timing.map(|timing| timing.findings)
        };
        assert_eq!(found("boundary.cyclic_services"), Some(1));
        assert_eq!(found("scale.deep_sync_chain"), Some(0));
    }
}
