//! The whole thread, shown: what is wrong, what is right, a service, its tests, an answer.

use std::path::{Path, PathBuf};

use crate::shell::{Outcome, command, copy, exit_code, headline, program, remove, root, run, shown, target};

/// Shows it.
pub(crate) fn demo() -> Outcome<()> {
    headline("building archwright");
    run(&mut command(
        "cargo",
        ["build", "--locked", "--package", "archwright"],
    ))?;
    let binary = program("debug");

    headline("archwright check examples/clinic-before: what a hurried team left behind");
    let mut before = command(
        &binary.to_string_lossy(),
        ["check", "examples/clinic-before", "--profile", "recommended"],
    );
    let code = exit_code(&mut before)?;
    if code != 1 {
        return Err(format!(
            "`{}` ended with code {code}, not 1: the example has errors to show",
            shown(&before)
        ));
    }

    headline("archwright check examples/clinic: the same system, decided");
    run(&mut command(
        &binary.to_string_lossy(),
        [
            "check",
            "examples/clinic",
            "--profile",
            "recommended",
            "--fail-on",
            "hint",
        ],
    ))?;

    headline("archwright generate --service Orders");
    let service = generate_orders(&binary, &target().join("demo/clinic"))?;

    headline("the generated service: its linters, its types, its tests, and one request answered");
    examine(&service)?;
    println!(
        "\nThe service is in {}; its README says how to start it.",
        service.display()
    );
    Ok(())
}

/// Copies examples/clinic to `work`, generates Orders there, twice, and gives the service's folder.
pub(crate) fn generate_orders(binary: &Path, work: &Path) -> Outcome<PathBuf> {
    remove(work)?;
    copy(&root().join("examples/clinic"), work)?;
    let generate = || {
        let mut generate = command(&binary.to_string_lossy(), ["generate", "--service", "Orders"]);
        generate.current_dir(work);
        generate
    };
    run(&mut generate())?;
    let service = work.join("generated/orders");
    let before = fingerprint(&service)?;
    run(generate()
        .arg("--format")
        .arg("json")
        .stdout(std::process::Stdio::null()))?;
    if fingerprint(&service)? != before {
        return Err("generating a second time changed files".to_owned());
    }
    Ok(service)
}

/// Runs the service's own linters, type checker and tests and outside examiners, and asks the running service something.
pub(crate) fn examine(service: &Path) -> Outcome<()> {
    let mut gates = command("python3", [root().join("tests/golden/check_python.py")]);
    gates.arg(service).arg("--venv").arg(target().join("golden/venv"));
    run(&mut gates)
}

/// Every file below a folder with its content, sorted.
fn fingerprint(folder: &Path) -> Outcome<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    let failed =
        |path: &Path, error: std::io::Error| format!("{} could not be read: {error}", path.display());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| failed(&folder, error))? {
            let path = entry.map_err(|error| failed(&folder, error))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = std::fs::read(&path).map_err(|error| failed(&path, error))?;
                files.push((path, content));
            }
        }
    }
    files.sort();
    Ok(files)
}
