//! Helpers for tests against the real binary.
#![allow(dead_code, reason = "each test target uses the part that it needs")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The binary under test.
pub fn archwright() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_archwright"));
    command.env("NO_COLOR", "1");
    command
}

/// Runs the binary in `dir`.
pub fn run(dir: &Path, args: &[&str]) -> Output {
    archwright()
        .current_dir(dir)
        .args(args)
        .output()
        .expect("the binary starts")
}

/// Exit code, standard output and standard error.
pub fn outcome(dir: &Path, args: &[&str]) -> (i32, String, String) {
    told(run(dir, args))
}

/// Like [`outcome`], as somebody who is bound by permissions: the superuser, as whom CI runs, is not.
#[cfg(unix)]
pub fn outcome_unprivileged(dir: &Path, args: &[&str]) -> (i32, String, String) {
    use std::os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    };
    const NOBODY: u32 = 65_534;
    // A copy of the program that everybody may start, wherever the build folder is.
    let home = tempfile::tempdir().expect("a temporary folder");
    let everybody = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(home.path(), everybody.clone()).expect("set");
    let superuser = std::fs::metadata(home.path()).expect("it exists").uid() == 0;
    if !superuser {
        return outcome(dir, args);
    }
    // Temporary folders are for their owner alone; here another one looks in.
    let mode = std::fs::metadata(dir).expect("it exists").permissions().mode();
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(mode | 0o055)).expect("set");
    let program = home.path().join("archwright");
    // By another program: were the copy open for writing here, a process started meanwhile by another test would keep it
    // open, and nothing could run it.
    let copied = Command::new("cp")
        .arg(env!("CARGO_BIN_EXE_archwright"))
        .arg(&program)
        .status();
    assert!(copied.expect("cp is there").success());
    std::fs::set_permissions(&program, everybody).expect("set");
    let mut command = Command::new(program);
    command
        .env("NO_COLOR", "1")
        .current_dir(dir)
        .args(args)
        .uid(NOBODY)
        .gid(NOBODY);
    told(command.output().expect("the copy starts"))
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (
        output.status.code().expect("it was not killed"),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The repository's folder.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the repository is there")
}

/// A temporary folder with files in it, without links in its path.
pub fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let root = dir.path().canonicalize().expect("it exists");
    for (name, text) in files {
        write(&root.join(name), text);
    }
    (dir, root)
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}

/// Copies the `.arch` files and the configuration of an example.
pub fn copy_example(name: &str, to: &Path) {
    let from = repository().join("examples").join(name);
    for entry in std::fs::read_dir(from).expect("the example is there") {
        let path = entry.expect("an entry").path();
        let wanted = path.extension().is_some_and(|it| it == "arch" || it == "toml");
        if wanted {
            let text = std::fs::read_to_string(&path).expect("text");
            write(&to.join(path.file_name().expect("a name")), &text);
        }
    }
}
