//! The language in a browser: grammar and analysis are built for wasm32-unknown-unknown.
//!
//! Where rustup manages the compiler, it brings the target. Elsewhere the standard library is built from the sources of
//! Debian's compiler for the web, unpacked into the target folder; nothing of the system changes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::shell::{Outcome, command, has, output, run, target};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds both crates.
pub(crate) fn wasm() -> Outcome<()> {
    let rustup = has("rustup") && run(&mut command("rustup", ["target", "add", TARGET])).is_ok();
    if rustup || has_standard_library()? {
        return run(&mut build());
    }
    println!("rustup does not bring {TARGET}; Debian's compiler for the web builds the standard library");
    let system = debian()?;
    let mut cargo = build();
    cargo
        .arg("-Zbuild-std=std,panic_abort")
        .env("RUSTC", system.join("usr/bin/rustc"))
        // What a stable cargo and compiler otherwise refuse.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("LD_LIBRARY_PATH", system.join("usr/lib/x86_64-linux-gnu"))
        .env("CARGO_TARGET_DIR", target().join("wasm-debian"));
    run(&mut cargo)
}

fn build() -> std::process::Command {
    command(
        "cargo",
        [
            "build",
            "--locked",
            "--package",
            "archwright-grammar",
            "--package",
            "archwright-analysis",
            "--target",
            TARGET,
        ],
    )
}

/// Whether the compiler at hand has the target's standard library.
fn has_standard_library() -> Outcome<bool> {
    let folder = output(&mut command(
        "rustc",
        ["--print", "target-libdir", "--target", TARGET],
    ))?;
    Ok(fs::read_dir(folder.trim()).is_ok_and(|mut files| files.next().is_some()))
}

/// Unpacks Debian's compiler for the web, its sources, and what they need and the system lacks. Gives the folder that
/// stands for the root of the file system.
fn debian() -> Outcome<PathBuf> {
    let folder = target().join("tools/rustc-web");
    let system = folder.join("system");
    if system.join("usr/bin/rustc").is_file() {
        return Ok(system);
    }
    let packages = folder.join("packages");
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    // apt-get insists on this folder.
    let partial = packages.join("partial");
    fs::create_dir_all(&partial).map_err(failed(&partial))?;
    run(&mut command(
        "apt-get",
        [
            "install",
            "--download-only",
            "--yes",
            "--no-install-recommends",
            "-o",
            "Debug::NoLocking=1",
            "-o",
            &format!("Dir::Cache::archives={}/", packages.display()),
            "rustc-web",
            "rust-web-src",
        ],
    ))?;
    // Unpacked beside, and moved when all is there: half an unpacking is never taken for a whole one.
    let unpacking = folder.join("unpacking");
    crate::shell::remove(&unpacking)?;
    let mut count = 0;
    for entry in fs::read_dir(&packages).map_err(failed(&packages))? {
        let package = entry.map_err(failed(&packages))?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            run(&mut command("dpkg", [Path::new("-x"), &package, &unpacking]))?;
            count += 1;
        }
    }
    if count == 0 {
        return Err(
            "apt-get downloaded nothing: `rustc-web` is installed, but brings no compiler for the web"
                .to_owned(),
        );
    }
    fs::rename(&unpacking, &system).map_err(failed(&unpacking))?;
    Ok(system)
}
