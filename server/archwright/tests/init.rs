//! `archwright init`: a first blueprint, and nothing that was there before is touched.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::fs;
use std::path::Path;

#[cfg(unix)]
use support::outcome_unprivileged;
use support::{folder, outcome, write};

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a folder");
    let mut names: Vec<_> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn it_is_silent_and_every_command_that_it_names_works() {
    let (_dir, root) = folder(&[]);
    let (code, out, errors) = outcome(&root, &["init", "my notebook"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
    assert_eq!(
        names(&root.join("my notebook")),
        ["archwright.toml", "system.arch"]
    );
    let (code, found, errors) = outcome(&root, &["check", "my notebook", "--fail-on", "hint"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{found}");
    assert!(found.starts_with("No findings in 1 file, "), "{found}");
    let commands: Vec<&str> = out
        .lines()
        .filter_map(|line| line.strip_prefix("  archwright "))
        .map(|line| line.split("   ").next().expect("a command"))
        .collect();
    assert!(commands.contains(&"generate 'my notebook'"), "{out}");
    for command in commands {
        let args: Vec<&str> = command.split(" '").map(|word| word.trim_matches('\'')).collect();
        let (code, _, errors) = outcome(&root, &args);
        assert_eq!((code, errors.as_str()), (0, ""), "{command}");
    }
    assert!(root.join("my notebook/services/notes").is_dir());
}

#[test]
fn without_a_folder_it_is_the_current_one() {
    let (_dir, root) = folder(&[]);
    let (code, out, _) = outcome(&root, &["init"]);
    assert_eq!(code, 0);
    assert!(out.contains("created  system.arch\n"), "{out}");
    assert!(out.contains("  archwright check  "), "{out}");
    assert_eq!(outcome(&root, &["check"]).0, 0);
}

#[test]
fn a_blueprint_that_is_there_is_never_touched() {
    let (_dir, root) = folder(&[("archwright.toml", "profile = \"strict\"\n")]);
    let (code, out, errors) = outcome(&root, &["init"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        errors.contains("archwright.toml is there already, so nothing was written.")
            && errors.contains("`archwright check`"),
        "{errors}"
    );
    assert_eq!(names(&root), ["archwright.toml"]);
    assert_eq!(
        fs::read_to_string(root.join("archwright.toml")).expect("text"),
        "profile = \"strict\"\n"
    );
    let (_dir, root) = folder(&[]);
    assert_eq!(outcome(&root, &["init"]).0, 0);
    assert_eq!(outcome(&root, &["init"]).0, 2, "not even its own");
}

#[test]
fn files_of_a_blueprint_without_a_configuration_get_one() {
    let (_dir, root) = folder(&[("deep/mine.arch", "system Mine { stack none }\n")]);
    let (code, out, errors) = outcome(&root, &["init"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.contains("kept     1 blueprint file"), "{out}");
    assert_eq!(names(&root), ["archwright.toml", "deep"], "no second system");
    assert_eq!(
        fs::read_to_string(root.join("deep/mine.arch")).expect("text"),
        "system Mine { stack none }\n"
    );
}

#[test]
fn a_folder_inside_a_blueprint_is_told() {
    let (_dir, root) = folder(&[("archwright.toml", ""), ("a.arch", "team A\n")]);
    let (code, out, _) = outcome(&root, &["init", "inner"]);
    assert_eq!(code, 0);
    assert!(
        out.contains(&format!("inside the blueprint of {}", root.display())),
        "{out}"
    );
}

#[test]
fn what_is_no_folder_is_refused() {
    let (_dir, root) = folder(&[("file", "mine")]);
    for dir in ["file", "file/below"] {
        let (code, out, errors) = outcome(&root, &["init", dir]);
        assert_eq!((code, out.as_str()), (2, ""), "{dir}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
    assert_eq!(fs::read_to_string(root.join("file")).expect("text"), "mine");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_links_to_files() {
    use std::os::unix::fs::symlink;
    let (_dir, root) = folder(&[]);
    let (_elsewhere, outside) = folder(&[]);
    // One that leads nowhere yet, so that writing through it would make a file elsewhere.
    symlink(outside.join("system.arch"), root.join("system.arch")).expect("link");
    let (code, _, errors) = outcome(&root, &["init"]);
    assert_eq!(code, 2);
    assert!(errors.contains("something is there already"), "{errors}");
    assert_eq!(names(&root), ["system.arch"], "nothing is half done");
    assert_eq!(names(&outside), Vec::<String>::new());
    // A folder behind a link was named by the user, and is meant.
    symlink(&outside, root.join("linked")).expect("link");
    assert_eq!(outcome(&root, &["init", "linked"]).0, 0);
    assert_eq!(names(&outside), ["archwright.toml", "system.arch"]);
    symlink(root.join("nowhere"), root.join("dangling")).expect("link");
    let (code, _, errors) = outcome(&root, &["init", "dangling"]);
    assert_eq!(code, 2);
    assert!(errors.contains("not a folder"), "{errors}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder(&[]);
    fs::set_permissions(&root, fs::Permissions::from_mode(0o555)).expect("set");
    let here = outcome_unprivileged(&root, &["init"]);
    let below = outcome_unprivileged(&root, &["init", "new"]);
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).expect("set");
    for (code, out, errors) in [here, below] {
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(errors.contains("no permission to write"), "{errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
    assert_eq!(names(&root), Vec::<String>::new());
}

#[test]
fn the_configuration_is_what_editors_are_told_about() {
    let (_dir, root) = folder(&[]);
    let (code, schema, errors) = outcome(&root, &["schema"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let committed = support::repository().join("editors/vscode/schemas/archwright.schema.json");
    assert_eq!(schema, fs::read_to_string(committed).expect("it is committed"));
    write(&root.join("a/x"), "");
    assert_eq!(
        outcome(&root, &["init", "a"]).0,
        0,
        "other files are in nobody's way"
    );
}
