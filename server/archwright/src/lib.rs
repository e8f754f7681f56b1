//! The archwright command: language server, checker and generator.
//!
//! This is the only crate that knows files, threads, clocks, the editor's protocol and the terminal. What it does
//! with a blueprint is decided in the pure crates below it.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the crate that touches the world, so that the others need not"
)]
#![allow(
    clippy::format_push_string,
    reason = "text for people is short; `write!` into a string reads worse"
)]

mod cli;
mod generating;
pub mod imports;
mod lsp;
mod render;
mod workspace;

/// Runs the command line of this process.
pub fn run() -> std::process::ExitCode {
    cli::run()
}
