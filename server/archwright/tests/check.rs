//! `archwright check`: exit codes, JSON, and input that is not what it should be.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::path::Path;

use serde_json::{Value, json};
#[cfg(unix)]
use support::outcome_unprivileged;
use support::{copy_example, folder, outcome, write};

const WARNS: &str =
    "service Orders {\n  store Db: postgres\n  entity Patient { id: uuid @id; diagnosis: text @phi }\n}\n";
const FAILS: &str = "service Orders {\n  colour blue\n}\n";

fn check_json(root: &Path, args: &[&str]) -> (i32, Value, String) {
    let mut all = vec!["check", "--format", "json"];
    all.extend(args);
    let (code, out, errors) = outcome(root, &all);
    (
        code,
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{errors}")),
        errors,
    )
}

#[test]
fn exit_codes_follow_the_threshold() {
    let (_dir, root) = folder(&[
        ("warns/a.arch", WARNS),
        ("fails/a.arch", FAILS),
        ("fine/a.arch", "team A\n"),
    ]);
    for (path, threshold, code) in [
        ("fine", "hint", 0),
        ("warns", "error", 0),
        ("warns", "warning", 1),
        ("warns", "info", 1),
        ("fails", "error", 1),
        ("fails", "hint", 1),
    ] {
        let (found, out, errors) = outcome(&root, &["check", path, "--fail-on", threshold]);
        assert_eq!((found, errors.as_str()), (code, ""), "{path} {threshold}: {out}");
    }
    assert_eq!(
        outcome(&root, &["check", "fails"]).0,
        1,
        "errors count by default"
    );
    assert_eq!(outcome(&root, &["check", "fine", "warns"]).0, 0, "several paths");
    assert_eq!(outcome(&root, &["check", "fine", "fails"]).0, 1, "several paths");
    assert_eq!(outcome(&root, &["check", "--format", "yaml"]).0, 2);
    assert_eq!(outcome(&root, &["check", "--profile", "loose"]).0, 2);
    assert_eq!(outcome(&root, &["chekc"]).0, 2);
}

#[test]
fn the_json_has_the_shape_that_was_promised() {
    let (_dir, root) = folder(&[(
        "clinic.arch",
        "service Orders {\n  owner Caré\n  owner Nobody\n}\n// é\n",
    )]);
    let (code, report, errors) = check_json(&root, &[]);
    assert_eq!((code, errors.as_str()), (1, ""));
    assert_eq!(report["version"], 1);
    let keys = |value: &Value| {
        value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let finding = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["range"]["start"]["line"] == 3)
        .expect("a finding on the third line");
    assert_eq!(
        keys(finding),
        [
            "clauses", "code", "element", "file", "fixes", "help", "message", "origin", "range", "related",
            "severity", "state", "url"
        ]
    );
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["state"], "new");
    assert_eq!(finding["file"], "clinic.arch");
    let code = finding["code"].as_str().expect("a code");
    assert!(
        ["syntax", "name", "type"].contains(&code.split('.').next().expect("a category")),
        "{code}"
    );
    assert_eq!(
        keys(&report["summary"]),
        [
            "baselined",
            "errors",
            "files",
            "hints",
            "infos",
            "items",
            "waived",
            "warnings"
        ]
    );
    assert_eq!(
        (&report["summary"]["files"], &report["summary"]["items"]),
        (&json!(1), &json!(1))
    );
}

#[test]
fn columns_count_characters_from_one() {
    let (_dir, root) = folder(&[("a.arch", "\u{feff}team A { contact \"🧪é\" colour }\r\n")]);
    let (_, report, _) = check_json(&root, &[]);
    let finding = &report["findings"][0];
    assert_eq!(
        finding["range"]["start"],
        json!({ "line": 1, "column": 23 }),
        "{report}"
    );
}

#[test]
fn a_waived_finding_is_told_with_its_reason_and_does_not_count() {
    let waive = "entity Patient { waive data.retention_missing because \"a demonstration\";";
    let waived = WARNS.replace("entity Patient {", waive);
    let (_dir, root) = folder(&[("a.arch", &waived)]);
    let (_, report, _) = check_json(&root, &[]);
    let found = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["code"] == "data.retention_missing");
    if let Some(found) = found {
        assert_eq!(
            (&found["state"], &found["because"]),
            (&json!("waived"), &json!("a demonstration"))
        );
        assert!(report["summary"]["waived"].as_u64().is_some_and(|it| it >= 1));
    } else {
        panic!("the rule fires: {report}");
    }
}

#[test]
fn a_file_limits_what_is_shown_and_not_what_is_known() {
    let (_dir, root) = folder(&[
        ("archwright.toml", ""),
        ("teams.arch", "team Care\n"),
        ("deep/a.arch", "service A { owner Care }\n"),
        ("deep/b.arch", FAILS),
    ]);
    let (code, report, _) = check_json(&root, &["deep/a.arch", "--profile", "core"]);
    let codes: Vec<_> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert_eq!(code, 0, "{codes:?}");
    assert!(
        codes.iter().all(|it| *it != "name.unknown"),
        "Care is known: {codes:?}"
    );
    assert_eq!(report["summary"]["files"], 1);
    assert_eq!(outcome(&root, &["check", "deep/b.arch"]).0, 1);
    assert_eq!(
        outcome(&root.join("deep"), &["check", "a.arch"]).0,
        0,
        "from a folder below"
    );
}

#[test]
fn the_profile_comes_from_the_option_then_the_configuration() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic-before", &root);
    let count = |args: &[&str]| {
        let (_, report, _) = check_json(&root, args);
        report["findings"].as_array().expect("a list").len()
    };
    let (configured, core, strict) = (
        count(&[]),
        count(&["--profile", "core"]),
        count(&["--profile", "strict"]),
    );
    assert!(core < configured, "{core} {configured}");
    assert!(strict >= configured);
}

#[test]
fn severities_come_from_the_configuration() {
    let (_dir, root) = folder(&[("a.arch", WARNS)]);
    let severity = |toml: &str| {
        write(&root.join("archwright.toml"), toml);
        let (_, report, errors) = check_json(&root, &[]);
        assert_eq!(errors, "");
        let list = report["findings"].as_array().expect("a list").clone();
        list.iter()
            .find(|it| it["code"] == "data.retention_missing")
            .map(|it| it["severity"].clone())
    };
    assert_eq!(severity(""), Some(json!("warning")));
    assert_eq!(
        severity("[rules]\n\"data.retention_missing\" = \"error\"\n"),
        Some(json!("error"))
    );
    let off = "[rules]\n\"data.retention_missing\" = { level = \"off\", because = \"kept by law\" }\n";
    assert_eq!(severity(off), None);
}

#[test]
fn a_bad_configuration_is_exit_two_with_its_line() {
    let (_dir, root) = folder(&[("archwright.toml", "profil = \"core\"\n"), ("a.arch", "team A\n")]);
    let (code, report, errors) = check_json(&root, &[]);
    assert_eq!(
        (code, errors.as_str()),
        (2, ""),
        "it is a finding, and the check was not the one asked for"
    );
    let finding = &report["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"]),
        (&json!("config.invalid"), &json!("error"))
    );
    assert_eq!(
        (&finding["file"], &finding["range"]["start"]),
        (&json!("archwright.toml"), &json!({ "line": 1, "column": 1 }))
    );
    assert_eq!(finding["range"]["end"], json!({ "line": 1, "column": 7 }));
    assert_eq!(finding["help"], "Did you mean `profile`?");
    let (code, out, _) = outcome(&root, &["check"]);
    assert_eq!(code, 2);
    assert!(
        out.contains("config.invalid")
            && out.contains("archwright.toml:1:1")
            && out.contains("Did you mean `profile`?"),
        "{out}"
    );
    assert_eq!(report["summary"]["files"], 1, "what could be checked was");
}

/// One bad file beside a good one with an error: the bad one is told, the good one still checked.
fn bad_file(make: impl FnOnce(&Path), says: &str) {
    let (_dir, root) = folder(&[("good.arch", FAILS)]);
    let path = root.join("bad.arch");
    make(&path);
    let (code, report, errors) = check_json(&root, &[]);
    assert_eq!(code, 2, "{errors}");
    assert!(
        errors.starts_with("bad.arch: ") && errors.contains(says),
        "{errors}"
    );
    assert_eq!(
        report["summary"]["errors"], 1,
        "the other file was checked: {report}"
    );
    assert!(!errors.contains("panicked"), "{errors}");
}

#[test]
fn invalid_utf8_is_named_by_byte_and_line() {
    bad_file(
        |path| std::fs::write(path, b"team A\nteam \xff\n").expect("written"),
        "Byte 12 (line 2)",
    );
}

#[test]
fn a_file_of_fifty_megabytes_is_refused() {
    bad_file(
        |path| {
            let file = std::fs::File::create(path).expect("created");
            file.set_len(50 * 1024 * 1024).expect("grown");
        },
        "This file has 50 MB; the limit is 20 MB",
    );
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder(&[("good.arch", FAILS), ("bad.arch", "team A\n")]);
    let path = root.join("bad.arch");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("set");
    let (code, report, errors) = outcome_unprivileged(&root, &["check", "--format", "json"]);
    assert_eq!(code, 2);
    assert!(
        report.contains("\"good.arch\""),
        "the other file is checked: {report}"
    );
    assert!(errors.starts_with("bad.arch: No permission"), "{errors}");
}

#[test]
fn unknown_paths_are_told_and_the_others_checked() {
    let (_dir, root) = folder(&[("good.arch", FAILS)]);
    let (code, report, errors) = check_json(&root, &["none.arch", "good.arch"]);
    assert_eq!(code, 2);
    assert!(errors.starts_with("none.arch: There is no such file"), "{errors}");
    assert_eq!(report["summary"]["errors"], 1);
}

#[test]
fn a_file_may_be_named_whatever_its_ending() {
    let (_dir, root) = folder(&[("blueprint.txt", FAILS), ("good.arch", "team A\n")]);
    assert_eq!(outcome(&root, &["check", "blueprint.txt"]).0, 1);
}

#[test]
fn ten_thousand_braces_are_an_error_and_no_crash() {
    let (_dir, root) = folder(&[("braces.arch", &format!("service A {}\n", "{ ".repeat(10_000)))]);
    write(&root.join("lines.arch"), &"entity B {\n".repeat(10_000));
    write(
        &root.join("parens.arch"),
        &format!(
            "service C {{ query q -> [A] {{ where {} }} }}\n",
            "(".repeat(10_000)
        ),
    );
    let (code, report, errors) = check_json(&root, &[]);
    assert_eq!((code, errors.as_str()), (1, ""));
    let codes: Vec<_> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert!(codes.contains(&&json!("syntax.too_deep")), "{codes:?}");
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_is_told_and_does_not_hang() {
    let (_dir, root) = folder(&[("deep/a.arch", FAILS)]);
    std::os::unix::fs::symlink(&root, root.join("deep/loop")).expect("link");
    let (code, report, errors) = check_json(&root, &[]);
    assert_eq!(code, 1, "{errors}");
    assert!(errors.contains("deep/loop: This link leads back to"), "{errors}");
    assert_eq!(report["summary"]["files"], 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_among_the_files_does_not_hang() {
    let (_dir, root) = folder(&[("good.arch", FAILS)]);
    let made = std::process::Command::new("mkfifo")
        .arg(root.join("bad.arch"))
        .status();
    assert!(made.is_ok_and(|it| it.success()));
    assert_eq!(
        outcome(&root, &["check"]).0,
        1,
        "a pipe is no file, so it is not looked at"
    );
    assert_eq!(
        outcome(&root, &["check", "bad.arch"]).0,
        2,
        "unless it is asked for"
    );
}

#[test]
fn human_output_shows_the_place_and_sums_up() {
    let (_dir, root) = folder(&[("a.arch", FAILS)]);
    let (_, out, errors) = outcome(&root, &["check"]);
    assert_eq!(errors, "");
    for part in [
        "syntax.unknown_statement",
        "a.arch:2:3",
        "colour blue",
        "1 error",
        "in 1 file, 1 item.",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(!out.contains('\u{1b}'), "no colours into a pipe");
}

#[test]
fn a_folder_without_blueprints_is_fine() {
    let (_dir, root) = folder(&[("readme.txt", "")]);
    let (code, out, errors) = outcome(&root, &["check"]);
    assert_eq!(
        (code, out.as_str(), errors.as_str()),
        (0, "No .arch file was checked.\n", "")
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (_dir, root) = folder(&[("a.arch", &FAILS.repeat(3_000))]);
    let script = format!("{} check 2>&1 | head -1", env!("CARGO_BIN_EXE_archwright"));
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(&root)
        .output()
        .expect("sh");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("panicked"));
}
