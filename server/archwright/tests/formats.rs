//! The shapes in which programs read findings, each held against what reads it: SARIF against the standard's schema, `JUnit` against a
//! parser of it, annotations against the rules of GitHub Actions; and `archwright rules`.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::path::Path;

use boon::{Compiler, Schemas};
use quick_junit::{Report, TestCaseStatus};
use serde_json::Value;
use support::{copy_example, folder, outcome};

/// <https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/>, as published.
const SCHEMA: &str = include_str!("data/sarif-schema-2.1.0.json");

/// Findings of all sorts: with places in other files, waived, in a broken text, in a file whose name a URI must escape.
const ODD: &[(&str, &str)] = &[
    (
        "a b/Zürich #1.arch",
        "service Orders {\n  entity Patient {\n    waive data.retention_missing because \"\\\"5 % & <more>\\\"\"\n    id: uuid @id\n    ssn: string\n    diagnosis: text @phi\n  }\n  owner Nobody\n}\n",
    ),
    ("broken.arch", "service Broken {\n  endpoint order GET\n  🧪\n"),
    ("fine.arch", "team Care\n"),
];

fn check(root: &Path, format: &str) -> (i32, String) {
    let (code, out, errors) = outcome(root, &["check", "--profile", "recommended", "--format", format]);
    assert_eq!(errors, "", "{format}");
    (code, out)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn is_sarif(log: &Value) {
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler
        .add_resource("sarif.json", parsed(SCHEMA))
        .expect("the schema can be read");
    let schema = compiler
        .compile("sarif.json", &mut schemas)
        .expect("the schema is one");
    if let Err(error) = schemas.validate(log, schema) {
        panic!("{error:#}");
    }
}

#[test]
fn sarif_follows_the_standard_and_refers_to_what_is_there() {
    let (_dir, root) = folder(ODD);
    copy_example("clinic-before", &root.join("clinic"));
    let (code, out) = check(&root, "sarif");
    assert_eq!(code, 1);
    let log = parsed(&out);
    is_sarif(&log);
    let run = &log["runs"][0];
    let rules = list(&run["tool"]["driver"], "rules");
    let taxa = list(&run["taxonomies"][0], "taxa");
    let results = list(run, "results");
    let (_, json) = check(&root, "json");
    assert_eq!(results.len(), list(&parsed(&json), "findings").len());
    let mut fingerprints: Vec<String> = Vec::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        fingerprints.push(result["partialFingerprints"].to_string());
    }
    fingerprints.sort();
    let count = fingerprints.len();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count, "fingerprints are unique");
    for relation in rules.iter().flat_map(|rule| list(rule, "relationships")) {
        let target = &relation["target"];
        let index = usize::try_from(target["index"].as_u64().expect("an index")).expect("small");
        assert_eq!(taxa[index]["id"], target["id"]);
    }
    let open = rules
        .iter()
        .find(|rule| rule["id"] == "auth.missing_authorization")
        .expect("it is listed");
    assert_eq!(list(open, "relationships")[0]["target"]["id"], "862");
}

#[test]
fn sarif_says_what_does_not_count_and_names_files_as_uris() {
    let (_dir, root) = folder(ODD);
    let log = parsed(&check(&root, "sarif").1);
    let results = list(&log["runs"][0], "results");
    let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    let waived = results
        .iter()
        .find(|result| result["ruleId"] == "data.retention_missing")
        .expect("it is told");
    assert_eq!(waived["suppressions"][0]["kind"], "inSource");
    assert_eq!(waived["suppressions"][0]["justification"], "\"5 % & <more>\"");
    assert_eq!(uri(waived), "a%20b/Z%C3%BCrich%20%231.arch");
    assert!(
        results
            .iter()
            .any(|result| uri(result) == "broken.arch" && result["level"] == "error")
    );
    assert!(results.iter().all(|result| uri(result) != "fine.arch"));
}

/// A fix in SARIF is lines and columns; taken by them it is the fix.
#[test]
fn a_fix_in_sarif_can_be_applied() {
    let (_dir, root) = folder(&[(
        "a.arch",
        "service S {\n  entity E { waive data.retention_missing because \"É🧪\"; id: uuid @id; ssn: string }\n}\n",
    )]);
    let log = parsed(&check(&root, "sarif").1);
    is_sarif(&log);
    let found = list(&log["runs"][0], "results")
        .iter()
        .find(|result| result["ruleId"] == "data.unclassified_field")
        .expect("it is found")
        .clone();
    let change = &found["fixes"][0]["artifactChanges"][0];
    let replacement = &change["replacements"][0];
    let region = &replacement["deletedRegion"];
    assert_eq!(region["startLine"], region["endLine"]);
    let column = |key: &str| usize::try_from(region[key].as_u64().expect("a column")).expect("small") - 1;
    let line: Vec<char> =
        "  entity E { waive data.retention_missing because \"É🧪\"; id: uuid @id; ssn: string }"
            .chars()
            .collect();
    let before: String = line[..column("startColumn")].iter().collect();
    let behind: String = line[column("endColumn")..].iter().collect();
    let text = replacement["insertedContent"]["text"].as_str().expect("a text");
    assert_eq!(
        format!("{before}{text}{behind}"),
        "  entity E { waive data.retention_missing because \"É🧪\"; id: uuid @id; ssn: string @pii }"
    );
}

#[test]
fn junit_can_be_read_and_counts_as_json_does() {
    let (_dir, root) = folder(ODD);
    let report = Report::deserialize_from_str(&check(&root, "junit").1).expect("it is JUnit");
    let names: Vec<&str> = report
        .test_suites
        .iter()
        .map(|suite| suite.name.as_str())
        .collect();
    assert_eq!(names, ["a b/Zürich #1.arch", "broken.arch", "fine.arch"]);
    let summary = parsed(&check(&root, "json").1)["summary"].clone();
    let cases = || report.test_suites.iter().flat_map(|suite| &suite.test_cases);
    let of = |wanted: fn(&TestCaseStatus) -> bool| cases().filter(|case| wanted(&case.status)).count();
    let failed = of(|status| matches!(status, TestCaseStatus::NonSuccess { .. }));
    assert_eq!(failed as u64, summary["errors"]);
    let skipped = of(|status| matches!(status, TestCaseStatus::Skipped { .. }));
    assert_eq!(skipped as u64, summary["waived"]);
    assert_eq!(report.test_suites[2].test_cases[0].name.as_str(), "no findings");
    assert!(cases().any(|case| case.name.as_str() == "data.unclassified_field Orders.Patient.ssn (line 5)"));
}

#[test]
fn annotations_are_one_line_each_and_only_for_what_counts() {
    let (_dir, root) = folder(ODD);
    let (code, out) = check(&root, "github");
    assert_eq!(code, 1);
    let summary = parsed(&check(&root, "json").1)["summary"].clone();
    let of = |word: &str| {
        out.lines()
            .filter(|line| line.starts_with(&format!("::{word} file=")))
            .count() as u64
    };
    assert_eq!(of("error"), summary["errors"]);
    assert_eq!(of("warning"), summary["warnings"]);
    assert_eq!(
        of("error") + of("warning") + of("notice"),
        out.lines().count() as u64
    );
    assert!(!out.contains("title=data.retention_missing"), "{out}");
    assert!(
        out.contains("::warning file=a b/Zürich #1.arch,line=5,endLine=5,col=5,endColumn=8,title=data.unclassified_field::"),
        "{out}"
    );
}

#[test]
fn rules_are_listed_for_people_and_programs() {
    let (_dir, root) = folder(&[]);
    let (code, out, errors) = outcome(&root, &["rules", "--format", "json"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let document = parsed(&out);
    let rules = list(&document, "rules");
    let undeclared = rules
        .iter()
        .find(|rule| rule["id"] == "auth.auth_undeclared")
        .expect("it is listed");
    for (key, value) in [
        ("category", "auth"),
        ("profile", "core"),
        ("severity", "warning"),
        ("title", "Nobody has said who may sign in, and how."),
        ("url", "https://archwright.dev/rules/auth/auth_undeclared"),
    ] {
        assert_eq!(undeclared[key], value, "{key}");
    }
    let (code, table, errors) = outcome(&root, &["rules"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(table.lines().count(), rules.len());
    for (line, rule) in table.lines().zip(rules) {
        assert!(line.starts_with(rule["id"].as_str().expect("an id")), "{line}");
    }
}
