//! Builds, tests, measures and installs Archwright: `cargo xtask --help`.

// Tools for the repository touch the world; that is what they are for.
#![allow(clippy::disallowed_methods)]

mod bench;
mod book;
mod demo;
mod docs;
mod fuzz;
mod grammars;
mod install;
mod layers;
mod links;
mod reference;
mod schema;
mod shell;
mod test;
mod wasm;

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
    /// Lets random texts and edits look for what breaks the language.
    Fuzz {
        /// Only these targets, by name; without names all of them.
        #[arg(value_name = "TARGET")]
        targets: Vec<String>,
        /// For how long each.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// How many at a time.
        #[arg(long, default_value_t = 2)]
        jobs: usize,
    },
    /// Puts the binary, the VS Code extension and the Neovim plugin in place.
    Install,
    /// Writes what is generated from the vocabulary: the editors' grammars, tables and contents of the documentation.
    Docs {
        /// Only compares, and fails where something is not up to date.
        #[arg(long)]
        check: bool,
    },
    /// Called by mdBook while it builds the book: adds the pages that stand outside of docs/.
    #[command(hide = true)]
    BookPages {
        /// What mdBook asks: `supports html`, or nothing.
        question: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo => demo::demo(),
        Task::Test { suites } => test::test(&suites),
        Task::Bench { services } => bench::bench(services),
        Task::Fuzz {
            targets,
            seconds,
            jobs,
        } => fuzz::fuzz(&targets, seconds, jobs, None),
        Task::Install => install::install(),
        Task::Docs { check } => docs::docs(check),
        // mdBook asks for each renderer; the pages are for all of them.
        Task::BookPages { question } if !question.is_empty() => Ok(()),
        Task::BookPages { .. } => book::preprocess(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: error: {error}");
            ExitCode::FAILURE
        }
    }
}
