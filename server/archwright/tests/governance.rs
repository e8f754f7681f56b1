//! `archwright check --fix`, `archwright waivers`, and the parts of `archwright.toml` that are about rules.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use serde_json::{Value, json};
use support::{folder, outcome, write};

const STALE: &str = "service A {\n  waive api.unpaginated_list because \"few\"\n  store Db: postgres\n}\n";
const RECOMMENDED: &str = "profile = \"recommended\"\n";

fn read(path: &std::path::Path) -> String {
    std::fs::read_to_string(path).expect("it is there")
}

#[test]
fn fix_applies_what_is_safe_and_nothing_else() {
    let crlf = STALE.replace("service A", "service B").replace('\n', "\r\n");
    let open = "service C {\n  entity Order { id: uuid @id; note: text @phi }\n}\n";
    let (_dir, root) = folder(&[
        (
            "archwright.toml",
            "profile = \"recommended\"\n[rules]\n\"boundary.shared_store\" = \"error\" # ours\n",
        ),
        ("a.arch", STALE),
        ("b.arch", &crlf),
        ("c.arch", open),
    ]);
    let (code, out, errors) = outcome(&root, &["check", "--fix", "a.arch"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    assert!(
        out.contains("fixed  a.arch: Delete the waiver (evolution.waiver_stale, A)\n"),
        "{out}"
    );
    assert_eq!(
        read(&root.join("a.arch")),
        "service A {\n  store Db: postgres\n}\n"
    );
    assert_eq!(read(&root.join("b.arch")), crlf, "it was not asked for");
    assert_eq!(
        read(&root.join("archwright.toml")),
        "profile = \"recommended\"\n[rules]\n\"boundary.shared_datastore\" = \"error\" # ours\n"
    );

    let (_, out, _) = outcome(&root, &["check", "--fix", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(
        report["fixed"],
        json!([{ "code": "evolution.waiver_stale", "element": "B", "title": "Delete the waiver", "file": "b.arch" }])
    );
    assert_eq!(
        read(&root.join("b.arch")),
        "service B {\r\n  store Db: postgres\r\n}\r\n"
    );
    assert_eq!(
        read(&root.join("c.arch")),
        open,
        "what is a choice is left to people"
    );
    let codes: Vec<&Value> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert!(
        codes.iter().all(|code| **code != "evolution.waiver_stale"),
        "{codes:?}"
    );
    assert!(
        codes.iter().any(|code| **code == "data.retention_missing"),
        "{codes:?}"
    );

    let (_, again, _) = outcome(&root, &["check", "--fix"]);
    assert!(!again.contains("fixed"), "{again}");
}

#[test]
fn what_was_fixed_is_told_where_a_format_has_no_place_for_it() {
    let (_dir, root) = folder(&[("archwright.toml", RECOMMENDED), ("a.arch", STALE)]);
    let (_, out, errors) = outcome(&root, &["check", "--fix", "--format", "github"]);
    assert!(!out.contains("fixed"), "{out}");
    assert!(errors.starts_with("fixed  a.arch: Delete the waiver"), "{errors}");
    let (_, _, errors) = outcome(&root, &["check", "--fix", "--format", "github"]);
    assert_eq!(errors, "");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_stays_and_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder(&[("archwright.toml", RECOMMENDED), ("a.arch", STALE)]);
    let file = root.join("a.arch");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).expect("set");
    let (code, out, errors) = outcome(&root, &["check", "--fix"]);
    assert_eq!(code, 2, "{out}{errors}");
    assert!(
        errors.contains("write-protected, so it was not fixed"),
        "{errors}"
    );
    assert!(!out.contains("fixed  "), "{out}");
    assert!(out.contains("evolution.waiver_stale"), "it is still there: {out}");
    assert_eq!(read(&file), STALE);

    // Nothing outside of the blueprint's folder is touched.
    let (_dir, root) = folder(&[("in/archwright.toml", RECOMMENDED), ("out.arch", STALE)]);
    std::os::unix::fs::symlink(root.join("out.arch"), root.join("in/a.arch")).expect("linked");
    let _ = outcome(&root, &["check", "--fix", "in"]);
    assert_eq!(read(&root.join("out.arch")), STALE);
}

#[test]
fn waivers_are_listed_with_what_they_do() {
    let text = "auth Session: cookie\nrole Clerk: staff\nservice Wards {\n  auth Session\n  entity Ward { id: uuid @id }\n  \
        endpoint wards GET /v1/wards -> [Ward] {\n    allow Clerk\n    reads Ward\n    \
        waive api.unpaginated_list until 2999-12-31 because \"thirty wards\"\n    waive data.retention_missing because \"none\"\n  }\n}\n";
    let (_dir, root) = folder(&[
        ("archwright.toml", ""),
        ("a.arch", text),
        ("b/c.arch", "team A\n"),
    ]);
    let (code, out, errors) = outcome(&root, &["waivers"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].starts_with(
            "a.arch:9  api.unpaginated_list for Wards.wards until 2999-12-31: silences 1 finding, for "
        ),
        "{out}"
    );
    assert_eq!(
        lines[1..],
        [
            "    thirty wards",
            "a.arch:10  data.retention_missing for Wards.wards: silences nothing",
            "    none",
            "2 waivers, 1 of which silence nothing.",
        ]
    );
    let (_, out, _) = outcome(&root, &["waivers", "--format", "json", "a.arch"]);
    let listed: Value = serde_json::from_str(&out).expect("JSON");
    let first = &listed["waivers"][0];
    assert_eq!(
        (
            &first["rule"],
            &first["until"],
            &first["state"],
            &first["findings"],
            &first["line"]
        ),
        (
            &json!("api.unpaginated_list"),
            &json!("2999-12-31"),
            &json!("in_force"),
            &json!(1),
            &json!(9)
        )
    );
    assert!(first["days_left"].as_i64().is_some_and(|days| days > 100_000));
    assert_eq!(outcome(&root, &["waivers", "b"]).1, "No waivers.\n");
    assert_eq!(outcome(&root, &["waivers", "nope"]).0, 2);
}

#[test]
fn what_may_not_be_waived_counts() {
    let text = "service A {\n  entity Order {\n    id: uuid @id\n    note: text @phi\n    \
        waive data.retention_missing until 2999-01-01 because \"later\"\n  }\n}\n";
    let (_dir, root) = folder(&[("archwright.toml", RECOMMENDED), ("a.arch", text)]);
    let found = |code: &str| {
        let (_, out, _) = outcome(&root, &["check", "--format", "json"]);
        let report: Value = serde_json::from_str(&out).expect("JSON");
        let list = report["findings"].as_array().expect("a list").clone();
        list.into_iter().find(|it| it["code"] == code)
    };
    assert_eq!(found("data.retention_missing").expect("there")["state"], "waived");
    write(
        &root.join("archwright.toml"),
        "profile = \"recommended\"\nnon_waivable = [\"data.retention_missing\"]\n",
    );
    assert_eq!(found("data.retention_missing").expect("there")["state"], "new");
    let stale = found("evolution.waiver_stale").expect("there");
    assert_eq!(stale["severity"], "error");
    assert!(
        stale["message"]
            .as_str()
            .is_some_and(|it| it.contains("line 2 of archwright.toml")),
        "{stale}"
    );
}

#[test]
fn severities_by_path_and_clauses_are_told() {
    let text = "system S { complies hipaa }\nservice A {\n  store Db: postgres\n  entity Order { id: uuid @id; note: text @phi }\n}\n";
    let (_dir, root) = folder(&[
        (
            "archwright.toml",
            "[paths.a]\ndata.retention_missing = \"info\"\n",
        ),
        ("a/a.arch", text),
    ]);
    let (_, out, _) = outcome(&root, &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let list = report["findings"].as_array().expect("a list");
    let of = |code: &str| {
        list.iter()
            .find(|it| it["code"] == code)
            .unwrap_or_else(|| panic!("{code}: {out}"))
    };
    let retention = of("data.retention_missing");
    assert_eq!(retention["severity"], "info");
    assert_eq!(
        retention["origin"],
        "by line 2 of archwright.toml for files `a`; otherwise warning"
    );
    let readable = of("data.unencrypted_at_rest");
    let clauses = readable["clauses"].as_array().expect("a list");
    assert!(!clauses.is_empty(), "{readable}");
    let (_, out, _) = outcome(&root, &["check"]);
    let clause = clauses[0].as_str().expect("a clause");
    assert!(out.contains(&format!("asked by: {clause}")), "{out}");
}

#[test]
fn a_pattern_that_no_file_has_is_told() {
    let toml = "[paths.\"gone/**\"]\ndata.retention_missing = \"info\"\n";
    let (_dir, root) = folder(&[("archwright.toml", toml), ("a.arch", "team A\n")]);
    let (code, out, _) = outcome(&root, &["check"]);
    assert_eq!(code, 0, "the check was the one that was asked for");
    assert!(out.contains("No file of the blueprint is at `gone/**`"), "{out}");
}

#[test]
fn repairs_that_are_listed_say_what_they_introduce() {
    let text = "system S { owner Care }\nteam Care { contact \"care@x.test\" }\nauth Session: cookie\nrole Clerk: staff\n\
        service A {\n  entity Order { id: uuid @id }\n  endpoint one GET /v1/one/{id} -> Order { reads Order }\n}\n";
    let (_dir, root) = folder(&[("archwright.toml", RECOMMENDED), ("a.arch", text)]);
    let (_, out, _) = outcome(&root, &["check"]);
    assert!(out.contains("(introduces auth.missing_authorization"), "{out}");
}
