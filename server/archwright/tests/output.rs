//! Where results go: into folders that are no folders, to a full disk, and to where somebody has tidied up.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{folder, outcome};

const NOTES: &str = "system Notebook { stack python; auth Session }
role Writer
auth Session: cookie { lifetime 12h; idle 30m }
service Notes {
  store NotesDb: postgres { encrypted }
  entity Note { id: uuid @id; text: string }
  resource Note at /v1/notes { list { allow Writer; paginate cursor max 50 } }
}
";

fn files_below(root: &Path) -> usize {
    walk(root).count()
}

fn walk(root: &Path) -> Box<dyn Iterator<Item = std::path::PathBuf>> {
    let entries = fs::read_dir(root)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    Box::new(
        entries.flat_map(|path| -> Box<dyn Iterator<Item = std::path::PathBuf>> {
            if path.is_dir() {
                walk(&path)
            } else {
                Box::new(std::iter::once(path))
            }
        }),
    )
}

#[test]
fn nothing_is_generated_through_a_link() {
    let (_dir, root) = folder(&[("notes.arch", NOTES)]);
    let (_elsewhere, outside) = folder(&[]);
    symlink(&outside, root.join("services")).expect("link");
    let (code, out, errors) = outcome(&root, &["generate"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        errors.starts_with(
            "services is a link, and nothing is written through a link, so nothing was generated."
        ),
        "{errors}"
    );
    assert_eq!(files_below(&outside), 0);
    assert!(!root.join(".archwright").exists());
}

#[test]
fn a_file_in_place_of_the_service_folder_is_told_once() {
    let (_dir, root) = folder(&[("notes.arch", NOTES), ("services/notes", "mine")]);
    let (code, out, errors) = outcome(&root, &["generate"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        errors.starts_with("services/notes is not a folder, so nothing was generated."),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn one_deleted_file_stays_deleted_and_a_deleted_service_is_made_anew() {
    let (_dir, root) = folder(&[("notes.arch", NOTES)]);
    assert_eq!(outcome(&root, &["generate"]).0, 0);
    let services = root.join("services");
    let all = files_below(&services);
    fs::remove_file(services.join("notes/README.md")).expect("it was generated");
    let (code, out, _) = outcome(&root, &["generate"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("README.md was deleted after it was generated"),
        "{out}"
    );
    assert_eq!(files_below(&services), all - 1);
    fs::remove_dir_all(&services).expect("it was generated");
    assert_eq!(outcome(&root, &["generate"]).0, 0);
    assert_eq!(files_below(&services), all);
    let (_, out, _) = outcome(&root, &["generate"]);
    assert!(
        out.ends_with(&format!("{all} files: {all} unchanged.\n")),
        "{out}"
    );
}

#[test]
fn a_change_without_a_migration_names_its_service_and_what_follows() {
    let (_dir, root) = folder(&[("notes.arch", NOTES)]);
    assert_eq!(outcome(&root, &["generate"]).0, 0);
    let other = NOTES.replace("text: string", "text: int");
    fs::write(root.join("notes.arch"), other).expect("it can be written");
    let (code, out, errors) = outcome(&root, &["generate"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        errors.starts_with("Notes: Column text of table notes changes from"),
        "{errors}"
    );
    assert!(errors.ends_with("Nothing was generated.\n"), "{errors}");
}

#[test]
fn a_conflict_shows_both_texts_and_is_settled_for_either() {
    let (_dir, root) = folder(&[("notes.arch", NOTES)]);
    assert_eq!(outcome(&root, &["generate"]).0, 0);
    let path = "services/notes/README.md";
    let title = fs::read_to_string(root.join(path)).expect("it was generated");
    let edit = |text: &str| {
        let text = title.replace("\nThe service Notes.\n", &format!("\n{text}\n"));
        fs::write(root.join(path), text).expect("it can be written");
    };
    edit("Mine.");
    let say = |docs: &str| NOTES.replace("service Notes", &format!("/// {docs}\nservice Notes"));
    fs::write(root.join("notes.arch"), say("Theirs.")).expect("written");
    let (code, out, _) = outcome(&root, &["generate"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("            Mine.\n            |||||||"), "{out}");
    assert!(out.contains("            Theirs.\n            >>>>>>>"), "{out}");

    let (code, _, errors) = outcome(&root, &["generate", "--mine", "services/notes/app/main.py"]);
    assert_eq!(code, 2);
    assert!(errors.contains("there is nothing to decide"), "{errors}");
    let both = ["generate", "--mine", path, "--generated", path];
    assert_eq!(outcome(&root, &both).0, 2);

    edit("Mine and theirs.");
    assert_eq!(outcome(&root, &["generate", "--mine", path]).0, 0);
    let (code, out, _) = outcome(&root, &["generate"]);
    assert_eq!(code, 0, "settled for good: {out}");
    let kept = fs::read_to_string(root.join(path)).expect("it is there");
    assert!(kept.contains("Mine and theirs."));

    fs::write(root.join("notes.arch"), say("Newer.")).expect("written");
    assert_eq!(outcome(&root, &["generate"]).0, 1);
    assert_eq!(outcome(&root, &["generate", "--generated", path]).0, 0);
    let taken = fs::read_to_string(root.join(path)).expect("it is there");
    assert!(taken.contains("Newer.") && !taken.contains("Mine"), "{taken}");

    fs::remove_file(root.join(path)).expect("it is there");
    assert_eq!(outcome(&root, &["generate", "--generated", path]).0, 0);
    assert!(root.join(path).exists(), "it is written again");
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_could_not_be_written_are_told() {
    let (_dir, root) = folder(&[("notes.arch", NOTES)]);
    let full = fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let output = Command::new(env!("CARGO_BIN_EXE_archwright"))
        .args(["check", "--format", "json"])
        .current_dir(&root)
        .stdout(Stdio::from(full))
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8(output.stderr).expect("output is UTF-8");
    assert!(
        errors.starts_with("The results could not be written: No space left on device"),
        "{errors}"
    );
}
