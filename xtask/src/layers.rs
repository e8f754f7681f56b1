//! Who may use whom: the dependency directions of docs/architecture.md, read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell::{Outcome, command, output};

/// For each crate of ours, those of ours it may use. The suites and xtask may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("archwright-grammar", &[]),
    ("archwright-codegen", &[]),
    ("archwright-fixture", &[]),
    (
        "archwright-analysis",
        &["archwright-grammar", "archwright-codegen"],
    ),
    (
        "archwright",
        &["archwright-analysis", "archwright-grammar", "archwright-codegen"],
    ),
];

/// Outside crates that only the binary may use: editors, threads, files, clocks.
const BINARY_ONLY: &[&str] = &[
    "tower-lsp-server",
    "tokio",
    "miette",
    "rayon",
    "fs-err",
    "ignore",
    "clap",
    "tempfile",
    "anstream",
    "tower",
];

/// Fails where a crate uses what it may not.
pub(crate) fn check() -> Outcome<()> {
    let text = output(&mut command(
        "cargo",
        ["metadata", "--format-version", "1", "--no-deps", "--locked"],
    ))?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default().to_owned();
        let dependencies = package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|dependency| dependency["kind"] != "dev")
            .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
            .collect();
        uses.insert(name, dependencies);
    }
    let mut wrong = Vec::new();
    for (name, allowed) in MAY_USE {
        let found = uses
            .get(*name)
            .ok_or_else(|| format!("there is no crate {name}"))?;
        for used in found {
            let ours = uses.contains_key(used);
            if ours && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{name} uses {used}"));
            }
            if *name != "archwright" && BINARY_ONLY.contains(&used.as_str()) {
                wrong.push(format!("{name} uses {used}, which only the binary may"));
            }
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("dependency directions: {}", wrong.join("; ")))
    }
}
