//! `archwright fmt`: files, permissions, links, standard input, and what is told about each.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]

mod support;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

#[cfg(unix)]
use support::outcome_unprivileged;
use support::{archwright, folder, outcome, repository, write};

const UGLY: &str = "team   Care {contact \"care@clinic.test\"}\nrole Clinician:staff\n";
const NICE: &str = "team Care { contact \"care@clinic.test\" }\nrole Clinician: staff\n";

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("text")
}

/// Runs the program with something on standard input.
fn piped(dir: &Path, args: &[&str], input: &[u8]) -> (i32, Vec<u8>, String) {
    let mut child = archwright()
        .current_dir(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut pipe = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // A command that refuses its arguments reads nothing, and closes the pipe.
    let writer = std::thread::spawn(move || pipe.write_all(&input).is_ok());
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic");
    let errors = String::from_utf8(output.stderr).expect("text");
    (output.status.code().expect("not killed"), output.stdout, errors)
}

#[test]
fn a_blueprint_is_formatted_and_then_left_alone() {
    let (_dir, root) = folder(&[
        ("archwright.toml", ""),
        ("a.arch", UGLY),
        ("deep/b.arch", UGLY),
        ("nice.arch", NICE),
        ("old/c.arch", UGLY),
        ("node_modules/d.arch", UGLY),
        (".gitignore", "old/\n"),
    ]);
    let before = fs::metadata(root.join("nice.arch"))
        .and_then(|it| it.modified())
        .expect("a time");
    let (code, out, errors) = outcome(&root, &["fmt"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(
        out,
        "formatted  a.arch\nformatted  deep/b.arch\n2 files formatted, 1 unchanged.\n"
    );
    for file in ["a.arch", "deep/b.arch", "nice.arch"] {
        assert_eq!(read(&root.join(file)), NICE, "{file}");
    }
    for file in ["old/c.arch", "node_modules/d.arch"] {
        assert_eq!(read(&root.join(file)), UGLY, "{file} is none of the blueprint's");
    }
    let after = fs::metadata(root.join("nice.arch"))
        .and_then(|it| it.modified())
        .expect("a time");
    assert_eq!(before, after, "what is right is not written");
    let (code, out, _) = outcome(&root, &["fmt"]);
    assert_eq!((code, out.as_str()), (0, "0 files formatted, 3 unchanged.\n"));
}

#[test]
fn check_names_files_and_writes_nothing() {
    let (_dir, root) = folder(&[("a.arch", UGLY), ("b.arch", NICE)]);
    let (code, out, errors) = outcome(&root, &["fmt", "--check"]);
    assert_eq!((code, errors.as_str()), (1, ""));
    assert_eq!(
        out,
        "would change  a.arch\n1 of 2 files would change. `archwright fmt` writes them.\n"
    );
    assert_eq!(read(&root.join("a.arch")), UGLY);
    assert_eq!(outcome(&root, &["fmt"]).0, 0);
    let (code, out, _) = outcome(&root, &["fmt", "--check"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "2 files checked, and no line would change.\n")
    );
}

#[test]
fn a_diff_shows_both_texts_and_writes_nothing() {
    let (_dir, root) = folder(&[("a.arch", UGLY), ("b.arch", NICE)]);
    let (code, out, _) = outcome(&root, &["fmt", "--diff"]);
    assert_eq!(code, 1);
    assert!(
        out.starts_with(
            "--- a.arch\n+++ a.arch\n@@ -1,2 +1,2 @@\n-team   Care {contact \"care@clinic.test\"}\n-role Clinician:staff\n\
             +team Care { contact \"care@clinic.test\" }\n+role Clinician: staff\n"
        ),
        "{out}"
    );
    assert_eq!(read(&root.join("a.arch")), UGLY);
    assert_eq!(outcome(&root, &["fmt", "--diff", "b.arch"]).0, 0);
}

#[test]
fn paths_limit_what_is_formatted() {
    let (_dir, root) = folder(&[
        ("archwright.toml", ""),
        ("a.arch", UGLY),
        ("deep/b.arch", UGLY),
        ("old/c.arch", UGLY),
        (".ignore", "old\n"),
    ]);
    let (code, out, errors) = outcome(&root, &["fmt", "deep", "nowhere"]);
    assert_eq!(code, 2, "one path is not there");
    assert!(
        errors.starts_with("nowhere: There is no such file or folder."),
        "{errors}"
    );
    assert_eq!(out, "formatted  deep/b.arch\n1 file formatted, 0 unchanged.\n");
    assert_eq!(read(&root.join("a.arch")), UGLY);
    let (code, out, _) = outcome(&root, &["fmt", "old/c.arch"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "formatted  old/c.arch\n1 file formatted, 0 unchanged.\n"),
        "asked for by name"
    );
    let (_dir, empty) = folder(&[]);
    assert_eq!(
        outcome(&empty, &["fmt"]),
        (0, "No .arch file was formatted.\n".into(), String::new())
    );
}

#[test]
fn the_width_comes_from_the_configuration() {
    let long = "role Clinician: staff includes Technician, Accountant, Administrator, Visitor, Auditor\n";
    let (_dir, root) = folder(&[("archwright.toml", "[format]\nwidth = 50\n"), ("a.arch", long)]);
    assert_eq!(outcome(&root, &["fmt"]).0, 0);
    let narrow = read(&root.join("a.arch"));
    assert!(
        narrow.lines().count() > 1 && narrow.lines().all(|line| line.len() <= 50),
        "{narrow}"
    );
    let (code, out, _) = piped(&root, &["fmt", "-"], long.as_bytes());
    assert_eq!(
        (code, out),
        (0, narrow.clone().into_bytes()),
        "the current folder's, for standard input"
    );
    write(&root.join("archwright.toml"), "[format]\nwidth = 200\n");
    write(&root.join("a.arch"), long);
    assert_eq!(outcome(&root, &["fmt", "--check"]).0, 0);
}

#[test]
fn a_width_that_cannot_be_read_formats_nothing() {
    let (_dir, root) = folder(&[
        ("archwright.toml", "[format]\nwidth = \"60\"\n"),
        ("a.arch", UGLY),
    ]);
    for args in [&["fmt"][..], &["fmt", "--check"]] {
        let (code, _, errors) = outcome(&root, args);
        assert_eq!(code, 2);
        assert!(
            errors.contains("`width` must be a whole number from 40 to 240")
                && errors.contains("Nothing was formatted"),
            "{errors}"
        );
    }
    let (code, out, errors) = piped(&root, &["fmt", "-"], UGLY.as_bytes());
    assert_eq!((code, out.len()), (2, 0), "{errors}");
    assert_eq!(read(&root.join("a.arch")), UGLY);
}

#[test]
fn other_mistakes_of_the_configuration_are_in_nobodys_way() {
    let (_dir, root) = folder(&[
        ("archwright.toml", "profile = \"kore\"\n[format]\nwidth = 80\n"),
        ("a.arch", UGLY),
    ]);
    assert_eq!(
        piped(&root, &["fmt", "-"], UGLY.as_bytes()),
        (0, NICE.into(), String::new())
    );
    let (code, out, errors) = outcome(&root, &["fmt"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(out, "formatted  a.arch\n1 file formatted, 0 unchanged.\n");
    write(&root.join("archwright.toml"), "[fromat]\nwidth = 80\n");
    let (code, _, errors) = outcome(&root, &["fmt"]);
    assert_eq!(code, 2);
    assert!(errors.contains("Did you mean `format`?"), "{errors}");
}

#[test]
fn one_bad_file_does_not_keep_the_others() {
    let (_dir, root) = folder(&[("a.arch", UGLY), ("z.arch", UGLY)]);
    fs::write(root.join("bad.arch"), b"team A\nteam \xff\n").expect("written");
    let (code, out, errors) = outcome(&root, &["fmt"]);
    assert_eq!(code, 2);
    assert!(
        errors.starts_with("bad.arch: Byte 12 (line 2) is not valid UTF-8"),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert_eq!(
        out,
        "formatted  a.arch\nformatted  z.arch\n2 files formatted, 0 unchanged.\n"
    );
    assert_eq!(
        fs::read(root.join("bad.arch")).expect("bytes"),
        b"team A\nteam \xff\n"
    );
}

#[test]
fn errors_of_syntax_are_formatted_around_and_told() {
    let broken = format!("{UGLY}service  Orders {{\n  entity   Order {{ id uuid }}\n}}\n");
    let (_dir, root) = folder(&[("a.arch", &broken)]);
    let (code, out, errors) = outcome(&root, &["fmt"]);
    assert_eq!(code, 0, "{errors}");
    assert!(
        errors.starts_with("a.arch: This file has errors;") && errors.lines().count() == 1,
        "{errors}"
    );
    assert_eq!(out, "formatted  a.arch\n1 file formatted, 0 unchanged.\n");
    let text = read(&root.join("a.arch"));
    assert!(text.starts_with(NICE) && text.contains("id uuid"), "{text}");
}

#[cfg(unix)]
#[test]
fn permissions_are_kept_and_protection_is_respected() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder(&[("a.arch", UGLY), ("locked.arch", UGLY)]);
    let mode = |name: &str| {
        fs::metadata(root.join(name))
            .expect("metadata")
            .permissions()
            .mode()
            & 0o777
    };
    fs::set_permissions(root.join("a.arch"), fs::Permissions::from_mode(0o640)).expect("set");
    fs::set_permissions(root.join("locked.arch"), fs::Permissions::from_mode(0o444)).expect("set");
    let (code, out, errors) = outcome(&root, &["fmt"]);
    assert_eq!(code, 2);
    assert!(
        errors.starts_with("locked.arch: This file is write-protected"),
        "{errors}"
    );
    assert_eq!(out, "formatted  a.arch\n1 file formatted, 0 unchanged.\n");
    assert_eq!((mode("a.arch"), mode("locked.arch")), (0o640, 0o444));
    assert_eq!(
        (read(&root.join("a.arch")), read(&root.join("locked.arch"))),
        (NICE.into(), UGLY.into())
    );
    let names: Vec<_> = fs::read_dir(&root).expect("a folder").collect();
    assert_eq!(names.len(), 2, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder(&[("a.arch", UGLY)]);
    fs::set_permissions(root.join("a.arch"), fs::Permissions::from_mode(0o666)).expect("set");
    fs::set_permissions(&root, fs::Permissions::from_mode(0o555)).expect("set");
    let (code, out, errors) = outcome_unprivileged(&root, &["fmt"]);
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).expect("set");
    assert_eq!((code, out.as_str()), (2, "No .arch file was formatted.\n"));
    assert!(
        errors.starts_with("a.arch: This file could not be written: no permission to write in its folder."),
        "{errors}"
    );
    assert_eq!(read(&root.join("a.arch")), UGLY);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_nothing_outside_is_written() {
    use std::os::unix::fs::symlink;
    let (_dir, root) = folder(&[("archwright.toml", ""), ("real/.hidden/b.arch", UGLY)]);
    let (_elsewhere, outside) = folder(&[("c.arch", UGLY), ("more/d.arch", UGLY)]);
    symlink(root.join("real/.hidden/b.arch"), root.join("b.arch")).expect("link");
    symlink(outside.join("c.arch"), root.join("c.arch")).expect("link");
    symlink(outside.join("more"), root.join("more")).expect("link");
    let (code, out, errors) = outcome(&root, &["fmt"]);
    assert_eq!(code, 0, "{errors}");
    assert_eq!(
        out,
        "formatted  real/.hidden/b.arch\n1 file formatted, 0 unchanged.\n"
    );
    assert_eq!(
        errors
            .matches("leads to a file outside the blueprint's folder")
            .count(),
        2,
        "{errors}"
    );
    assert_eq!(read(&root.join("real/.hidden/b.arch")), NICE);
    assert!(
        root.join("b.arch")
            .symlink_metadata()
            .expect("a link")
            .is_symlink()
    );
    assert_eq!(
        (read(&outside.join("c.arch")), read(&outside.join("more/d.arch"))),
        (UGLY.into(), UGLY.into())
    );
    let (code, out, _) = outcome(&root, &["fmt", "c.arch"]);
    assert_eq!(code, 0, "named by the user, it is formatted where it lies: {out}");
    assert_eq!(read(&outside.join("c.arch")), NICE);
    assert!(
        root.join("c.arch")
            .symlink_metadata()
            .expect("a link")
            .is_symlink()
    );
}

#[test]
fn line_ends_and_marks_of_a_file_are_kept() {
    let crlf = UGLY.replace('\n', "\r\n");
    let (_dir, root) = folder(&[("a.arch", &format!("\u{feff}{crlf}"))]);
    assert_eq!(outcome(&root, &["fmt"]).0, 0);
    assert_eq!(
        read(&root.join("a.arch")),
        format!("\u{feff}{}", NICE.replace('\n', "\r\n"))
    );
    assert_eq!(outcome(&root, &["fmt", "--check"]).0, 0);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let (_dir, root) = folder(&[("a.arch", UGLY)]);
    let run = |args: &[&str], input: &[u8]| piped(&root, args, input);
    assert_eq!(
        run(&["fmt", "-"], UGLY.as_bytes()),
        (0, NICE.into(), String::new())
    );
    assert_eq!(run(&["fmt", "-"], b""), (0, Vec::new(), String::new()));
    assert_eq!(
        run(&["fmt", "--check", "-"], NICE.as_bytes()),
        (0, Vec::new(), String::new())
    );
    let (code, out, _) = run(&["fmt", "--check", "-"], UGLY.as_bytes());
    assert_eq!(
        (code, out.as_slice()),
        (1, &b"would change  standard input\n"[..])
    );
    let (code, out, _) = run(&["fmt", "--diff", "-"], UGLY.as_bytes());
    let out = String::from_utf8(out).expect("text");
    assert!(
        code == 1 && out.starts_with("--- standard input\n+++ standard input\n@@"),
        "{out}"
    );
    let (code, out, errors) = run(&["fmt", "-"], b"team A\n\xff");
    assert_eq!((code, out.len()), (2, 0));
    assert!(
        errors.starts_with("standard input: Byte 7 (line 2) is not valid UTF-8"),
        "{errors}"
    );
    let (code, out, errors) = run(&["fmt", "-"], b"service  Orders {\n");
    assert_eq!(code, 0, "what is broken comes back");
    assert!(
        !out.is_empty() && errors.starts_with("standard input: This file has errors"),
        "{errors}"
    );
    let (code, out, errors) = run(&["fmt", "-", "a.arch"], UGLY.as_bytes());
    assert_eq!((code, out.len()), (2, 0));
    assert!(errors.contains("the only path"), "{errors}");
    assert_eq!(read(&root.join("a.arch")), UGLY);
}

#[test]
fn whatever_it_writes_it_leaves_alone_the_next_time() {
    let (_dir, root) = folder(&[]);
    let corpus = repository().join("grammar/corpus/ok");
    for entry in fs::read_dir(corpus).expect("the corpus is there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|it| it == "arch") {
            fs::copy(&path, root.join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    let (code, out, _) = outcome(&root, &["fmt"]);
    assert_eq!(code, 0);
    assert!(out.lines().count() > 5, "{out}");
    let (code, out, errors) = outcome(&root, &["fmt", "--check"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{out}");
}

#[test]
fn many_files_of_one_blueprint_may_be_named() {
    let (_dir, root) = folder(&[("archwright.toml", ""), ("inner/archwright.toml", "")]);
    let mut args = vec!["fmt".to_owned()];
    for number in 0..300 {
        let folder = if number % 3 == 0 { "inner" } else { "." };
        let name = format!("{folder}/f{number}.arch");
        write(&root.join(&name), &format!("team   T{number}\n"));
        args.push(name);
    }
    // Some twice, and the folder as well.
    args.extend(["inner/f0.arch".to_owned(), "inner".to_owned()]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (code, out, errors) = outcome(&root, &args);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(out.ends_with("300 files formatted, 0 unchanged.\n"), "{out}");
    assert_eq!(out.lines().count(), 301);
}

#[test]
fn the_examples_are_in_the_style() {
    for folder in [
        "examples/clinic",
        "examples/clinic-before",
        "tests/e2e/editors/workspace",
    ] {
        let (code, out, errors) = outcome(&repository(), &["fmt", "--check", folder]);
        assert_eq!((code, errors.as_str()), (0, ""), "{folder}: {out}");
    }
}
