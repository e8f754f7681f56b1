//! Standard output and standard error. A reader that has gone away (`archwright check | head`) is not an error.

use std::io::{self, IsTerminal, Write};

use crate::render::human::Style;

/// Writes results.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    // Nobody is left to tell when this fails.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a line about trouble.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// How results are painted: in colour on a terminal, unless the user does not want it.
pub(crate) fn style() -> Style {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    Style {
        colour: io::stdout().is_terminal() && !unwanted,
    }
}
