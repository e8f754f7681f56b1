//! All exceptions of a blueprint: what each `waive` silences, until when and why.

use archwright_grammar::ast::Date;
use smol_str::SmolStr;

use crate::{
    Snapshot,
    db::{facts, parsed},
    diagnostic::FileRange,
    model::{
        finding::{Finding, Place},
        resolved::element,
    },
    rules::{catalogue, rule},
    waivers::{apply, canonical, day_number},
};

/// One `waive`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The rule's id: the one that holds today.
    pub rule: SmolStr,
    /// Qualified name of the item or member in whose block it stands.
    pub element: SmolStr,
    /// Its last day.
    pub until: Option<Date>,
    /// Why.
    pub because: Option<String>,
    /// Whether it does anything.
    pub state: WaiverState,
    /// How many findings it silences, or would, were it in force.
    pub findings: usize,
    /// Where it is.
    pub at: FileRange,
}

/// Whether a waiver does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaiverState {
    /// It silences something.
    InForce {
        /// For how many days after today; `None` without a date.
        left: Option<i64>,
    },
    /// Its last day is over.
    Expired {
        /// Since how many days.
        ago: i64,
    },
    /// There is nothing that it could silence.
    Unused,
    /// Its rule does not run in this file.
    RuleOff,
    /// There is no such rule.
    UnknownRule,
    /// The configuration takes no waiver of its rule.
    NotAllowed,
}

impl WaiverState {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::InForce { .. } => "in_force",
            Self::Expired { .. } => "expired",
            Self::Unused => "unused",
            Self::RuleOff => "rule_off",
            Self::UnknownRule => "unknown_rule",
            Self::NotAllowed => "not_allowed",
        }
    }
}

/// All waivers, in the order of files and text.
pub(crate) fn waivers(snapshot: &Snapshot) -> Vec<Listed> {
    let (db, config) = (&snapshot.db, &snapshot.config);
    let mut listed = Vec::new();
    for (_, file) in snapshot.files.sorted() {
        for entry in &file.entries {
            let item = entry.item;
            if facts(db, item).waivers.is_empty() {
                continue;
            }
            let findings: Vec<Finding> = entry.findings.iter().chain(entry.late.iter()).cloned().collect();
            for used in apply(db, &snapshot.files, config, &[item], &findings).uses {
                let waiver = &facts(db, item).waivers[used.number];
                let Some(at) = snapshot.range(&Place::new(item, waiver.loc.clone())) else {
                    continue;
                };
                let id = canonical(waiver);
                let runs = |id: &str| {
                    rule(id).is_none_or(|rule| config.severity(rule.id, rule.severity, &file.path).is_some())
                };
                let today = day_number(config.today);
                let left = waiver.until.map(|until| day_number(until) - today);
                let state = if !catalogue::contains(&id) {
                    WaiverState::UnknownRule
                } else if config.forbids_waivers_of(&id).is_some() {
                    WaiverState::NotAllowed
                } else if let Some(left) = left.filter(|left| *left < 0) {
                    WaiverState::Expired { ago: -left }
                } else if used.findings > 0 {
                    WaiverState::InForce { left }
                } else if !runs(&id) || rule(&id).is_none() {
                    WaiverState::RuleOff
                } else {
                    WaiverState::Unused
                };
                listed.push(Listed {
                    rule: id.into(),
                    element: element(facts(db, item), &waiver.loc.path, parsed(db, item).node.as_ref()),
                    until: waiver.until,
                    because: waiver.because.as_ref().map(ToString::to_string),
                    state,
                    findings: used.findings,
                    at,
                });
            }
        }
    }
    listed
}

#[cfg(test)]
mod tests {
    use crate::{Config, Host, Profile};
    use archwright_grammar::ast::Date;

    #[test]
    fn each_says_what_it_does() {
        let mut host = Host::new(Config {
            profile: Profile::Core,
            today: Date {
                year: 2026,
                month: 11,
                day: 21,
            },
            non_waivable: vec![("auth.auth_undeclared", 1)],
            ..Config::default()
        });
        host.set_file(
            "a.arch",
            "auth Session: cookie\nrole Clerk: staff\nservice Wards {\n  auth Session\n  entity Ward { id: uuid @id }\n  \
             endpoint wards GET /v1/wards -> [Ward] {\n    allow Clerk\n    reads Ward\n    \
             waive api/unpaginated-list until 2026-12-01 because \"thirty wards\"\n    \
             waive data.retention_missing because \"x\"\n    waive auth.auth_undeclared because \"x\"\n    \
             waive nonsense.at_all because \"x\"\n    waive data.owner_missing until 2026-11-01 because \"x\"\n    \
             waive evolution.waiver_stale because \"x\"\n  }\n}\n",
        );
        host.settle();
        let listed = host.snapshot().waivers().expect("nothing writes");
        let told: Vec<String> = listed
            .iter()
            .map(|it| format!("{} {} {} {}", it.rule, it.element, it.state.word(), it.findings))
            .collect();
        assert_eq!(
            told,
            [
                "api.unpaginated_list Wards.wards in_force 1",
                "data.retention_missing Wards.wards unused 0",
                "auth.auth_undeclared Wards.wards not_allowed 0",
                "nonsense.at_all Wards.wards unknown_rule 0",
                "data.owner_missing Wards.wards expired 0",
                "evolution.waiver_stale Wards.wards rule_off 0",
            ]
        );
        assert_eq!(listed[0].because.as_deref(), Some("thirty wards"));
    }
}
