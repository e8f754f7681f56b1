//! Decision records (MADR) of the decisions that affect the service. Append-only: one that is there stays as it is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{DecisionModel, DecisionStatus, ServiceModel, SystemModel};
use crate::names as words;

const FOLDER: &str = "docs/adr/";

/// Records to be written: path and what the template shows. Numbers go on where earlier records ended.
pub(super) fn records(
    system: &SystemModel,
    service: &ServiceModel,
    existing: &BTreeMap<String, String>,
) -> Vec<(String, Value)> {
    let known: Vec<&str> = existing
        .keys()
        .filter_map(|path| path.strip_prefix(FOLDER))
        .collect();
    let mut number = known
        .iter()
        .filter_map(|name| name.get(..4)?.parse::<u32>().ok())
        .max()
        .unwrap_or(0);
    let mut found = Vec::new();
    for decision in system
        .decisions
        .iter()
        .filter(|decision| decision.affects.contains(&service.name))
    {
        let name = format!("{}.md", words::kebab(&decision.name));
        if known.iter().any(|one| one.get(5..) == Some(name.as_str())) {
            continue;
        }
        number += 1;
        found.push((format!("{FOLDER}{number:04}-{name}"), shown(decision)));
    }
    found
}

fn shown(decision: &DecisionModel) -> Value {
    let status = match decision.status {
        DecisionStatus::Proposed => "proposed",
        DecisionStatus::Accepted => "accepted",
        DecisionStatus::Deprecated => "deprecated",
        DecisionStatus::Superseded => "superseded",
    };
    let title = if decision.title.is_empty() {
        words::sentence(&decision.name)
    } else {
        decision.title.clone()
    };
    json!({
        "title": title,
        "status": status,
        "date": decision.date,
        "docs": decision.docs.trim(),
        "affects": decision.affects,
        "supersedes": decision.supersedes,
    })
}
