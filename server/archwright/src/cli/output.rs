//! Standard output and standard error. A reader that has gone away (`archwright check | head`) is not an error.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::render::human::Style;

/// Set when results could not be written, as on a full disk.
static LOST: AtomicBool = AtomicBool::new(false);

/// Writes results.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("The results could not be written: {error}."));
            LOST.store(true, Ordering::Relaxed);
        }
        _ => {}
    }
}

/// Whether results were lost, so that the command did not do its work.
pub(crate) fn lost() -> bool {
    LOST.load(Ordering::Relaxed)
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
