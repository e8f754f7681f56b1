//! The language in a browser: grammar and analysis are built for wasm32-unknown-unknown.
//!
//! Where rustup manages the compiler, it brings the target. Elsewhere the standard library is built from Debian's
//! sources of the compiler for the web, unpacked into the target folder; nothing of the system changes.

use std::{fs, path::PathBuf};

use crate::shell::{Outcome, command, has, output, run, target};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds both crates.
pub(crate) fn wasm() -> Outcome<()> {
    if has("rustup") && run(&mut command("rustup", ["target", "add", TARGET])).is_ok() {
        return build(&[], None);
    }
    if has_standard_library()? {
        return build(&[], None);
    }
    println!("rustup does not bring {TARGET}; Debian's compiler for the web is used");
    let compiler = debian()?;
    build(&["-Zbuild-std=std,panic_abort"], Some(compiler))
}

fn build(more: &[&str], compiler: Option<PathBuf>) -> Outcome<()> {
    let mut cargo = command(
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
    );
    cargo.args(more);
    if let Some(compiler) = compiler {
        // Building the standard library is a matter of a nightly cargo, or of saying that one knows what one does.
        cargo
            .env("RUSTC", compiler)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", target().join("wasm-debian"));
    }
    run(&mut cargo)
}

/// Whether the compiler at hand has the target's standard library.
fn has_standard_library() -> Outcome<bool> {
    let folder = output(&mut command(
        "rustc",
        ["--print", "target-libdir", "--target", TARGET],
    ))?;
    Ok(fs::read_dir(folder.trim()).is_ok_and(|mut files| files.next().is_some()))
}

/// Unpacks Debian's compiler for the web with its sources, and gives the compiler.
fn debian() -> Outcome<PathBuf> {
    let folder = target().join("tools/rustc-web");
    let compiler = folder.join("root/usr/bin/rustc");
    if compiler.is_file() {
        return Ok(compiler);
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    run(command("apt-get", ["download", "rustc-web", "rust-web-src"]).current_dir(&folder))?;
    Ok(compiler)
}
