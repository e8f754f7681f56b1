//! `archwright.lock` on the command line: `release`, `baseline`, `stats`, and what `check` makes of it.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::{folder, outcome, write};

const CONFIG: &str = "profile = \"recommended\"\n";

/// A service that is fine, with a list that is not.
const WARDS: &str = "auth Session: cookie { lifetime 8h; idle 30m }
role Clinician: staff
service Wards {
  auth Session
  store WardsDb: postgres { encrypted; tls required; backup daily keep 30d }
  entity Ward { id: uuid @id; name: string @len(1..80) }
  endpoint wards GET /v1/wards -> [Ward] { allow Clinician; reads Ward; limit 60 per minute }
}
";

fn json(root: &Path, args: &[&str]) -> Value {
    let (_, out, errors) = outcome(root, args);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{errors}"))
}

fn lists(root: &Path) -> Vec<(String, String)> {
    let document = json(root, &["check", "--format", "json"]);
    let findings = document["findings"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    findings
        .iter()
        .filter(|found| found["code"] == "api.unpaginated_list")
        .map(|found| (text(&found["element"]), text(&found["state"])))
        .collect()
}

fn lock(root: &Path) -> String {
    std::fs::read_to_string(root.join("archwright.lock")).expect("there is one")
}

#[test]
fn accepted_findings_count_no_longer_and_new_ones_do() {
    let (_dir, root) = folder(&[("archwright.toml", CONFIG), ("wards.arch", WARDS)]);
    let one = |element: &str, state: &str| (element.to_owned(), state.to_owned());
    assert_eq!(lists(&root), [one("Wards.wards", "new")]);
    let (code, out, errors) = outcome(&root, &["baseline", "write"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    let accepted = json(&root, &["check", "--format", "json"])["summary"].clone();
    assert_eq!(accepted["warnings"], 0, "{accepted}");
    assert!(
        accepted["baselined"].as_u64().is_some_and(|count| count > 0),
        "{accepted}"
    );
    // Another place in another file, and a second list.
    std::fs::remove_file(root.join("wards.arch")).expect("it was there");
    let grown = WARDS.replace(
        "  entity Ward",
        "  endpoint all GET /v1/all -> [Ward] { allow Clinician; reads Ward; limit 60 per minute }\n  entity Ward",
    );
    write(&root.join("deep/moved.arch"), &format!("// moved\n\n{grown}"));
    assert_eq!(
        lists(&root),
        [one("Wards.all", "new"), one("Wards.wards", "baselined")]
    );
    let (code, _, _) = outcome(&root, &["check", "--fail-on", "warning"]);
    assert_eq!(code, 1);
}

#[test]
fn accepted_findings_only_become_fewer_by_themselves() {
    let (_dir, root) = folder(&[("archwright.toml", CONFIG), ("wards.arch", WARDS)]);
    outcome(&root, &["baseline", "write"]);
    let before = lock(&root);
    let (_, out, _) = outcome(&root, &["baseline", "prune"]);
    assert!(out.contains("nothing was forgotten"), "{out}");
    assert_eq!(lock(&root), before);
    let paged = WARDS.replace("[Ward] {", "page Ward { paginate cursor max 50;");
    write(&root.join("wards.arch"), &paged);
    let (_, out, _) = outcome(&root, &["check"]);
    assert!(out.contains("accepted finding is gone"), "{out}");
    assert_eq!(lock(&root), before, "a check writes nothing");
    let shown = json(&root, &["baseline", "show", "--format", "json"]);
    let row = shown["accepted"].as_array().expect("a list").iter();
    let row = row
        .clone()
        .find(|row| row["rule"] == "api.unpaginated_list")
        .expect("it was accepted");
    assert_eq!(
        *row,
        json!({ "rule": "api.unpaginated_list", "about": "Wards.wards", "severity": "warning", "count": 1, "standing": 0 })
    );
    let (code, out, _) = outcome(&root, &["baseline", "prune"]);
    assert_eq!(code, 0);
    assert!(out.contains("forgotten"), "{out}");
    assert!(!lock(&root).contains("\"api.unpaginated_list Wards.wards\""));
    write(&root.join("wards.arch"), WARDS);
    assert_eq!(lists(&root), [("Wards.wards".to_owned(), "new".to_owned())]);
}

#[test]
fn a_release_is_compared_with_and_refuses_what_breaks() {
    let (_dir, root) = folder(&[("archwright.toml", CONFIG), ("wards.arch", WARDS)]);
    let (code, out, _) = outcome(&root, &["release", "--check"]);
    assert_eq!(code, 1, "{out}");
    assert!(!root.join("archwright.lock").exists());
    let (code, out, errors) = outcome(&root, &["release", "--dry-run"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(
        out.contains("+ endpoint Wards.wards\n") && out.contains("Nothing was written"),
        "{out}"
    );
    assert!(!root.join("archwright.lock").exists());
    assert_eq!(outcome(&root, &["release"]).0, 0);
    let first = lock(&root);
    assert_eq!(outcome(&root, &["release"]).0, 0);
    assert_eq!(lock(&root), first, "the same blueprint gives the same bytes");
    assert_eq!(outcome(&root, &["release", "--check"]).0, 0);

    write(
        &root.join("wards.arch"),
        &WARDS.replace("/v1/wards", "/v1/stations"),
    );
    let (code, out, errors) = outcome(&root, &["release"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        errors.contains("(evolution.breaking_contract)") && errors.contains("--breaking"),
        "{errors}"
    );
    assert_eq!(lock(&root), first);
    let (code, out, _) = outcome(&root, &["release", "--breaking"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("~ endpoint Wards.wards\n    ~ route: GET /v1/wards -> GET /v1/stations\n"),
        "{out}"
    );
    assert_eq!(outcome(&root, &["check"]).0, 0);
    write(
        &root.join("wards.arch"),
        &WARDS.replace("reads Ward;", "reads Wrad;"),
    );
    let (code, _, errors) = outcome(&root, &["release", "--breaking"]);
    assert_eq!(code, 1);
    assert!(errors.contains("(name.unknown)"), "{errors}");
}

#[test]
fn a_release_keeps_what_was_accepted_and_stats_tell_the_trend() {
    let (_dir, root) = folder(&[("archwright.toml", CONFIG), ("wards.arch", WARDS)]);
    let stats = |root: &Path| json(root, &["stats", "--format", "json"]);
    let row = |document: &Value| {
        let rules = document["rules"].as_array().expect("a list").clone();
        rules.into_iter().find(|row| row["id"] == "api.unpaginated_list")
    };
    assert_eq!(
        row(&stats(&root)),
        Some(json!({ "id": "api.unpaginated_list", "new": 1, "waived": 0, "baselined": 0 }))
    );
    outcome(&root, &["baseline", "write"]);
    outcome(&root, &["release"]);
    assert!(lock(&root).contains("\"api.unpaginated_list Wards.wards\" = \"warning\""));
    let grown = WARDS.replace(
        "  entity Ward",
        "  endpoint all GET /v1/all -> [Ward] { allow Clinician; reads Ward; limit 60 per minute }\n  entity Ward",
    );
    write(&root.join("wards.arch"), &grown);
    assert_eq!(
        row(&stats(&root)),
        Some(json!({ "id": "api.unpaginated_list", "new": 1, "waived": 0, "baselined": 1, "before": 1 }))
    );
    let (_, out, _) = outcome(&root, &["stats"]);
    let line = out.lines().find(|line| line.starts_with("api.unpaginated_list"));
    assert!(line.is_some_and(|line| line.ends_with("+1")), "{out}");
}

#[test]
fn a_lock_that_cannot_be_read_is_told_where_it_is_wrong() {
    let (_dir, root) = folder(&[
        ("archwright.toml", CONFIG),
        ("wards.arch", WARDS),
        ("archwright.lock", "version = 1\n[\"role Clinician\"]\nkind\n"),
    ]);
    let (code, out, _) = outcome(&root, &["check", "--format", "json"]);
    assert_eq!(code, 2);
    let document: Value = serde_json::from_str(&out).expect("it is JSON");
    let found = document["findings"].as_array().expect("a list");
    let found = found
        .iter()
        .find(|found| found["code"] == "config.lock")
        .expect("it is told");
    assert_eq!(
        (&found["file"], &found["range"]["start"]),
        (&json!("archwright.lock"), &json!({ "line": 3, "column": 1 }))
    );
    for command in [&["release"][..], &["baseline", "write"], &["stats"]] {
        let (code, out, errors) = outcome(&root, command);
        assert_eq!((code, out.as_str()), (2, ""), "{command:?}");
        assert!(errors.contains("config.lock"), "{errors}");
    }
    assert!(lock(&root).ends_with("kind\n"), "it was left as it is");
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_protected_or_leads_elsewhere_is_left_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (_dir, root) = folder(&[
        ("in/archwright.toml", CONFIG),
        ("in/wards.arch", WARDS),
        ("out.lock", "version = 1\n"),
    ]);
    let (inside, file) = (root.join("in"), root.join("in/archwright.lock"));
    let refused = |command: &[&str], why: &str| {
        let (code, out, errors) = outcome(&inside, command);
        assert_eq!((code, out.as_str()), (2, ""), "{command:?}: {errors}");
        assert!(errors.contains(why), "{command:?}: {errors}");
    };
    write(&file, "version = 1\n");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).expect("set");
    refused(&["baseline", "write"], "write-protected");
    refused(&["release"], "write-protected");
    assert_eq!(lock(&inside), "version = 1\n");

    std::fs::remove_file(&file).expect("it was there");
    symlink(root.join("out.lock"), &file).expect("linked");
    refused(&["baseline", "write"], "outside the blueprint's folder");
    assert_eq!(
        std::fs::read_to_string(root.join("out.lock")).expect("text"),
        "version = 1\n"
    );

    // A contract that cannot be found is not the same as none.
    std::fs::remove_file(root.join("out.lock")).expect("it was there");
    refused(&["release"], "leads nowhere");
    let (code, _, errors) = outcome(&inside, &["check"]);
    assert_eq!(code, 2, "{errors}");
    assert_eq!(errors.matches("leads nowhere").count(), 1, "{errors}");
}
