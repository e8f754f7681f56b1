//! All suites. What a suite needs and does not find it installs; what cannot be installed is a failure, never a skip.

use std::{path::PathBuf, time::Instant};

use crate::{
    book, demo, docs, fuzz, grammars, layers,
    shell::{Outcome, command, headline, npm, program, root, run, target},
    wasm,
};

/// One suite.
struct Suite {
    name: &'static str,
    what: &'static str,
    run: fn() -> Outcome<()>,
}

/// In the order in which they fail soonest.
const SUITES: &[Suite] = &[
    Suite {
        name: "format",
        what: "rustfmt",
        run: format,
    },
    Suite {
        name: "layers",
        what: "dependency directions",
        run: layers::check,
    },
    Suite {
        name: "lint",
        what: "clippy, warnings are errors",
        run: lint,
    },
    Suite {
        name: "docs",
        what: "generated files are up to date",
        run: generated,
    },
    Suite {
        name: "rust",
        what: "unit tests, rule pages, examples, random edits, sessions",
        run: rust,
    },
    Suite {
        name: "wasm",
        what: "grammar and analysis build for wasm32-unknown-unknown",
        run: wasm::wasm,
    },
    Suite {
        name: "book",
        what: "links of all pages, and the book",
        run: book::book,
    },
    Suite {
        name: "extension",
        what: "the VS Code extension: types, bundle, unit tests, package",
        run: extension,
    },
    Suite {
        name: "service",
        what: "the generated Orders service, by outside tools",
        run: service,
    },
    Suite {
        name: "ci",
        what: "the hooks for pre-commit and the GitHub Action, run",
        run: ci,
    },
    Suite {
        name: "editors",
        what: "real VS Code and Neovim",
        run: editors,
    },
    Suite {
        name: "fuzz",
        what: "random texts and edits, a minute for each target",
        run: fuzzing,
    },
    Suite {
        name: "bench",
        what: "the benchmark runs, on a small blueprint",
        run: bench,
    },
];

/// Runs the suites called `names`, or all.
pub(crate) fn test(names: &[String]) -> Outcome<()> {
    for name in names {
        if !SUITES.iter().any(|suite| suite.name == name) {
            let known: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
            return Err(format!(
                "there is no suite `{name}`: there are {}",
                known.join(", ")
            ));
        }
    }
    let mut failed = Vec::new();
    let mut passed = 0;
    for suite in SUITES
        .iter()
        .filter(|suite| names.is_empty() || names.iter().any(|name| name == suite.name))
    {
        headline(&format!("{}: {}", suite.name, suite.what));
        let start = Instant::now();
        match (suite.run)() {
            Ok(()) => {
                passed += 1;
                println!("{}: passed in {:.0} s", suite.name, start.elapsed().as_secs_f64());
            }
            Err(error) => {
                println!(
                    "{}: FAILED in {:.0} s: {error}",
                    suite.name,
                    start.elapsed().as_secs_f64()
                );
                failed.push(suite.name);
            }
        }
    }
    println!("\nsuites: {passed} passed, {} failed", failed.len());
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

fn format() -> Outcome<()> {
    run(&mut command("cargo", ["fmt", "--all", "--check"]))
}

fn lint() -> Outcome<()> {
    run(&mut command(
        "cargo",
        [
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    ))
}

fn generated() -> Outcome<()> {
    docs::docs(true)?;
    grammars::parser::check()
}

fn rust() -> Outcome<()> {
    run(&mut command(
        "cargo",
        ["test", "--workspace", "--locked", "--quiet"],
    ))
}

fn extension() -> Outcome<()> {
    let folder = root().join("editors/vscode");
    for step in [
        &["ci", "--no-audit", "--no-fund"][..],
        &["run", "build"],
        &["test"],
        &["run", "package"],
    ] {
        run(command(npm(), step).current_dir(&folder))?;
    }
    Ok(())
}

/// The program that the slow suites use.
fn binary() -> Outcome<PathBuf> {
    run(&mut command(
        "cargo",
        ["build", "--locked", "--quiet", "--package", "archwright"],
    ))?;
    Ok(program("debug"))
}

fn service() -> Outcome<()> {
    let binary = binary()?;
    let work = target().join("golden/clinic");
    let service = demo::generate_orders(&binary, &work)?;
    demo::examine(&service)
}

fn ci() -> Outcome<()> {
    let binary = binary()?;
    let check = root().join("tests/ci/check_ci.py");
    let mut python = command("python3", [&check, &binary]);
    python.arg("--venv").arg(target().join("ci-venv"));
    run(&mut python)
}

fn editors() -> Outcome<()> {
    let binary = binary()?;
    let folder = root().join("tests/e2e/editors");
    run(&mut command(
        &folder.join("install.sh").to_string_lossy(),
        [] as [&str; 0],
    ))?;
    run(&mut command(
        &folder.join("nvim/run.sh").to_string_lossy(),
        [&binary],
    ))?;
    let mut vscode = command("node", [folder.join("vscode/run.mjs")]);
    vscode.arg("--server").arg(&binary);
    run(&mut vscode)
}

fn fuzzing() -> Outcome<()> {
    // The same seed every time, so that a run that was green is green again.
    fuzz::fuzz(&[], 60, 2, Some(1))
}

fn bench() -> Outcome<()> {
    run(&mut command(
        "cargo",
        ["build", "--locked", "--quiet", "--package", "archwright-benches"],
    ))?;
    let binary = binary()?;
    let bench =
        program("debug").with_file_name(format!("archwright-benches{}", std::env::consts::EXE_SUFFIX));
    run(&mut command(
        &bench.to_string_lossy(),
        [binary.to_string_lossy().as_ref(), "500"],
    ))
}
