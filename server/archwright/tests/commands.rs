//! The commands that a newcomer types first: `demo`, `explain`, `generate`.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use serde_json::Value;
#[cfg(unix)]
use support::outcome_unprivileged;
use support::{copy_example, folder, outcome, write};

#[test]
fn the_demo_leads_to_findings_and_to_none() {
    let (_dir, root) = folder(&[]);
    let (code, out, errors) = outcome(&root, &["demo"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    for line in out
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("archwright "))
    {
        let command = line.split("  ").next().expect("a command");
        let args: Vec<&str> = command.split(' ').collect();
        let (code, _, errors) = outcome(&root, &args);
        let expected = i32::from(command.ends_with("clinic-before"));
        assert_eq!((code, errors.as_str()), (expected, ""), "{command}");
    }
    let (code, out, _) = outcome(&root, &["demo"]);
    assert_eq!(code, 0);
    assert!(out.contains("kept as they are"), "{out}");
}

#[test]
fn explain_knows_rules_and_errors_and_guesses() {
    let (_dir, root) = folder(&[]);
    for (name, page) in [
        ("auth.missing_authorization", "rules/auth/missing_authorization"),
        ("auth/missing-authorization", "rules/auth/missing_authorization"),
        ("syntax.unclosed_block", "errors/syntax/unclosed_block"),
        ("name.unknown", "errors/name/unknown"),
        ("config/invalid", "errors/config/invalid"),
    ] {
        let (code, out, _) = outcome(&root, &["explain", name]);
        assert_eq!(code, 0, "{name}");
        assert!(out.contains(&format!("https://archwright.dev/{page}\n")), "{out}");
        assert!(out.lines().count() > 10, "only a line or two: {out}");
    }
    let (code, out, errors) = outcome(&root, &["explain", "auth.missing_autorisation"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        errors.contains("Did you mean `auth.missing_authorization`?"),
        "{errors}"
    );
    let (code, out, _) = outcome(&root, &["explain"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("scale.call_without_timeout") && out.contains("syntax.unknown_word"),
        "{out}"
    );
}

fn plan(root: &std::path::Path, args: &[&str]) -> (i32, Value, String) {
    let mut all = vec!["generate", "--format", "json"];
    all.extend(args);
    let (code, out, errors) = outcome(root, &all);
    (code, serde_json::from_str(&out).unwrap_or(Value::Null), errors)
}

#[test]
fn generating_twice_changes_nothing() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let (code, first, errors) = plan(&root, &["--service", "Orders"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    for file in first["files"].as_array().expect("files") {
        assert_eq!(file["action"], "create", "{file}");
        assert_eq!(file["service"], "Orders");
        assert!(["owned", "yours", "append", "derived"].contains(&file["class"].as_str().expect("a class")));
        assert!(
            root.join(file["path"].as_str().expect("a path")).is_file(),
            "{file}"
        );
    }
    let (code, second, errors) = plan(&root, &["--service", "Orders"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(
        second["files"]
            .as_array()
            .expect("files")
            .iter()
            .all(|it| it["action"] == "unchanged"),
        "{second}"
    );
    assert!(!root.join(".archwright/backup").exists(), "nothing was replaced");
}

#[test]
fn a_dry_run_writes_nothing() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let before = std::fs::read_dir(&root).expect("a folder").count();
    let (code, plan, _) = plan(&root, &["--dry-run"]);
    assert_eq!(code, 0);
    assert!(
        plan["summary"]["create"].as_u64().is_some_and(|it| it > 20),
        "{plan}"
    );
    assert!(plan["summary"]["not_generated"].is_u64(), "{plan}");
    assert_eq!(std::fs::read_dir(&root).expect("a folder").count(), before);
}

#[test]
fn a_hand_edit_is_never_overwritten() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    let (_, first, _) = plan(&root, &["--service", "Orders"]);
    let python =
        |it: &&Value| it["class"] == "owned" && it["path"].as_str().is_some_and(|it| it.ends_with("main.py"));
    let files = first["files"].as_array().expect("files");
    let path = root.join(
        files.iter().find(python).expect("a file")["path"]
            .as_str()
            .expect("a path"),
    );
    let text = std::fs::read_to_string(&path).expect("text");
    let edited = format!("{text}\n# mine\n");
    write(&path, &edited);
    let (code, _, errors) = plan(&root, &["--service", "Orders"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(&path).expect("text"), edited);
}

#[test]
fn a_blueprint_with_errors_is_refused_with_the_reasons() {
    let (_dir, root) = folder(&[]);
    copy_example("clinic-before", &root);
    let (code, _, errors) = plan(&root, &["--service", "Orders"]);
    assert_eq!(code, 1);
    assert!(
        errors.contains("ordering.arch:") && errors.contains("Nothing was generated"),
        "{errors}"
    );
    assert!(!root.join("services").exists() && !root.join(".archwright").exists());
}

#[test]
fn unknown_services_and_empty_folders_are_told() {
    let (_dir, root) = folder(&[]);
    let (code, _, errors) = plan(&root, &[]);
    assert_eq!(code, 2);
    assert!(errors.contains("archwright init"), "{errors}");
    copy_example("clinic", &root);
    let (code, _, errors) = plan(&root, &["--service", "Nobody"]);
    assert_eq!(code, 2);
    assert!(errors.contains("no service `Nobody`"), "{errors}");
    assert_eq!(outcome(&root, &["generate", "nowhere"]).0, 2);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_never_written_through() {
    let (_dir, root) = folder(&[]);
    let (_elsewhere, outside) = folder(&[]);
    copy_example("clinic", &root);
    let output = std::fs::read_to_string(root.join("archwright.toml")).expect("text");
    let name = if output.contains("output = \"generated\"") {
        "generated"
    } else {
        "services"
    };
    std::os::unix::fs::symlink(&outside, root.join(name)).expect("link");
    let (code, plan, errors) = plan(&root, &["--service", "Orders"]);
    assert_ne!((code, plan["summary"]["create"].as_u64()), (0, None), "{errors}");
    assert_eq!(
        std::fs::read_dir(&outside).expect("a folder").count(),
        0,
        "nothing was written outside: {plan}"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told_and_nothing_is_half_done() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder(&[]);
    copy_example("clinic", &root);
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o555)).expect("set");
    let (code, _, errors) =
        outcome_unprivileged(&root, &["generate", "--service", "Orders", "--format", "json"]);
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o755)).expect("set");
    assert_eq!(code, 2);
    assert!(
        errors.contains("no permission") && errors.contains("Nothing was changed."),
        "{errors}"
    );
}
