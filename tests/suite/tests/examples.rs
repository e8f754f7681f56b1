//! The examples: two that are right, and one in the state that a hurried team left it in.

use archwright_analysis::{Host, Profile};
use archwright_suite::{
    actions,
    blueprint::{self, Files},
    fixes, tree, typing,
};

fn example(folder: &str) -> Files {
    let folder = format!("examples/{folder}");
    tree::files(&folder, ".arch")
        .into_iter()
        .map(|path| (path[folder.len() + 1..].to_owned(), tree::read(&path)))
        .collect()
}

/// The examples with mistakes in them.
const SEEDED: &[&str] = &["clinic-before", "shop-before"];

/// A mistake that was made on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seed {
    file: String,
    element: String,
    rule: String,
    severity: String,
}

/// The rows of the table in an example's README: file, element, rule, severity, and what is wrong.
fn seeds(folder: &str) -> Vec<Seed> {
    let readme = tree::read(&format!("examples/{folder}/README.md"));
    let rows = readme.lines().filter(|line| line.contains(".arch |"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, file, element, rule, severity, ..] = cells.as_slice() else {
            panic!("`{row}` is no row")
        };
        let id = rule.trim_start_matches("[`").split('`').next();
        Seed {
            file: (*file).to_owned(),
            element: element.trim_matches('`').to_owned(),
            rule: id.unwrap_or_default().to_owned(),
            severity: (*severity).to_owned(),
        }
    })
    .collect()
}

fn listed(host: &Host) -> Vec<String> {
    blueprint::found(host)
        .into_iter()
        .map(|(found, message)| {
            format!(
                "{}:{} {} {}: {message}",
                found.file,
                found.line,
                found.severity.word(),
                found.code
            )
        })
        .collect()
}

#[test]
fn the_clinic_is_silent() {
    let host = blueprint::host(&example("clinic"), Profile::Recommended);
    assert!(listed(&host).is_empty(), "\n{}", listed(&host).join("\n"));
}

#[test]
fn the_shop_is_silent() {
    let host = blueprint::host(&example("shop"), Profile::Recommended);
    assert!(listed(&host).is_empty(), "\n{}", listed(&host).join("\n"));
}

/// Each mistake that the README beside an example lists is found once, and nothing else is.
#[test]
fn every_seeded_mistake_is_found_once_and_nothing_else_is() {
    for folder in SEEDED {
        let files = example(folder);
        let host = blueprint::host(&files, Profile::Recommended);
        let mut found: Vec<Seed> = blueprint::diagnostics(&host)
            .into_iter()
            .map(|(file, found)| Seed {
                file,
                element: found.element.to_string(),
                rule: found.code.to_string(),
                severity: found.severity.word().to_owned(),
            })
            .collect();
        let mut seeds = seeds(folder);
        assert!(seeds.len() > 20, "{folder}: only {} rows", seeds.len());
        found.sort();
        seeds.sort();
        let missing: Vec<&Seed> = seeds.iter().filter(|seed| !found.contains(seed)).collect();
        let more: Vec<&Seed> = found.iter().filter(|one| !seeds.contains(one)).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{folder}: not found: {missing:#?}\nnot seeded: {more:#?}\namong\n{}",
            listed(&host).join("\n")
        );
        assert_eq!(found, seeds, "{folder}: something is found twice");
        assert_eq!(
            fixes::all_repair(&files, Profile::Recommended),
            Ok(()),
            "{folder}"
        );
    }
}

/// What an editor offers is right in a large blueprint, too.
#[test]
fn what_editors_offer_in_the_examples_works() {
    for name in ["clinic", "clinic-before", "shop"] {
        let files = example(name);
        assert_eq!(
            actions::all_assists_work(&files, Profile::Recommended),
            Ok(()),
            "{name}"
        );
        assert_eq!(
            actions::ask_everywhere(&files, Profile::Recommended),
            Ok(()),
            "{name}"
        );
    }
}

#[test]
fn the_clinic_before_can_be_typed() {
    assert_eq!(
        typing::ends_as_if_opened(&example("clinic-before"), Profile::Recommended),
        Ok(())
    );
}

#[test]
fn every_finding_but_the_ones_about_waivers_can_be_waived() {
    for folder in SEEDED {
        let silenced =
            actions::all_waivers_silence(&example(folder), Profile::Recommended).expect("they silence");
        let never: Vec<String> = seeds(folder)
            .into_iter()
            // A role has no block that a waiver could stand in.
            .filter(|seed| seed.element != "Auditor")
            .map(|seed| seed.rule)
            .filter(|id| id != "evolution.waiver_stale" && !silenced.contains(id))
            .collect();
        assert!(never.is_empty(), "{folder}: {never:?}");
    }
}
