//! Builds, tests, measures and installs Archwright: `cargo xtask --help`.

// Tools for the repository touch the world; that is what they are for.
#![allow(clippy::disallowed_methods)]

mod bench;
mod demo;
mod docs;
mod grammars;
mod install;
mod layers;
mod schema;
mod shell;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, tests, measures and installs Archwright"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Shows the whole thread: checks both examples, generates a service, runs its tests, asks it something.
    Demo,
    /// Installs what the suites need and runs all of them.
    Test {
        /// Only these suites, by name; without names all of them.
        #[arg(value_name = "SUITE")]
        suites: Vec<String>,
    },
    /// Measures a keystroke and the first check against the budgets in tests/benches/budgets.toml.
    Bench {
        /// How many services the blueprint has; ten lines each.
        #[arg(default_value_t = 10_000)]
        services: usize,
    },
    /// Puts the binary, the VS Code extension and the Neovim plugin in place.
    Install,
    /// Writes what is generated from the vocabulary: the editors' grammars.
    Docs {
        /// Only compares, and fails where something is not up to date.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo => demo::demo(),
        Task::Test { suites } => test::test(&suites),
        Task::Bench { services } => bench::bench(services),
        Task::Install => install::install(),
        Task::Docs { check } => docs::docs(check),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: error: {error}");
            ExitCode::FAILURE
        }
    }
}
