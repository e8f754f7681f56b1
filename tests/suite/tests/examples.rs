//! The examples: two that are right, and one in the state that a hurried team left it in.

use archwright_analysis::{Host, Profile, rules::RULES};
use archwright_suite::{
    actions,
    announced::Announced,
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

#[test]
fn the_clinic_before_breaks_every_rule_and_nothing_else() {
    let files = example("clinic-before");
    let host = blueprint::host(&files, Profile::Recommended);
    let found: Vec<Announced> = blueprint::found(&host)
        .into_iter()
        .map(|(found, _)| found)
        .collect();
    let silent: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !found.iter().any(|found| found.code == *id))
        .collect();
    assert!(
        silent.is_empty(),
        "no finding of {silent:?} in\n{}",
        listed(&host).join("\n")
    );
    let others: Vec<&Announced> = found
        .iter()
        .filter(|found| RULES.iter().all(|rule| rule.id != found.code))
        .collect();
    assert!(others.is_empty(), "{others:?}");
    assert_eq!(fixes::all_repair(&files, Profile::Recommended), Ok(()));
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
fn every_rule_but_the_one_about_waivers_can_be_waived() {
    let silenced =
        actions::all_waivers_silence(&example("clinic-before"), Profile::Recommended).expect("they silence");
    let never: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !silenced.iter().any(|one| one == id))
        .collect();
    assert_eq!(never, ["evolution.waiver_stale"]);
}

/// The table in the example's README names real findings.
#[test]
fn what_the_readme_says_about_the_clinic_before_is_found() {
    let host = blueprint::host(&example("clinic-before"), Profile::Recommended);
    let found: Vec<String> = blueprint::found(&host)
        .into_iter()
        .map(|(found, _)| {
            format!(
                "{}:{} {} {}",
                found.file,
                found.line,
                found.code,
                found.severity.word()
            )
        })
        .collect();
    let readme = tree::read("examples/clinic-before/README.md");
    let mut rows = 0;
    let mut missing = Vec::new();
    for row in readme.lines().filter(|line| line.contains(".arch:")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, place, rule, severity, ..] = cells.as_slice() else {
            panic!("`{row}` is no row")
        };
        let id = rule
            .trim_start_matches("[`")
            .split('`')
            .next()
            .unwrap_or_default();
        rows += 1;
        let one = format!("{place} {id} {severity}");
        if !found.contains(&one) {
            missing.push(one);
        }
    }
    assert!(rows >= RULES.len(), "only {rows} rows");
    assert!(missing.is_empty(), "not found: {missing:#?}\namong {found:#?}");
}
