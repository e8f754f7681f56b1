//! The `archwright` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    archwright::run()
}
