//! `archwright fmt -`: a text in, the text in the one style out, for editors and other programs.

use std::io::{self, Read};

use archwright_grammar::parser::file_errors;

use super::{BROKEN, Outcome, diff, laid_out, options, output, writes};
use crate::cli::FmtArgs;
use crate::cli::targets::shown;
use crate::workspace::CONFIG_FILE;
use crate::workspace::discover::{Blueprint, root_above};
use crate::workspace::read::{MAX_BYTES, ReadError, text_of};

/// What the text is called in messages.
const NAME: &str = "standard input";

/// Formats standard input. The width is that of the blueprint that the current folder lies in.
pub(super) fn run(args: &FmtArgs) -> Outcome {
    if args.paths.len() > 1 {
        return unable(
            "`-` stands for standard input and is the only path then. Name files and folders in a run of their own.",
        );
    }
    let here = std::env::current_dir().unwrap_or_default();
    let root = root_above(&here).unwrap_or_else(|| here.clone());
    let config = Some(root.join(CONFIG_FILE)).filter(|path| path.is_file());
    let blueprint = Blueprint {
        root,
        config,
        files: Vec::new(),
    };
    let mut troubles = Vec::new();
    let options = options(&blueprint, &here, &mut troubles);
    for trouble in &troubles {
        output::complain(&format!("{}: {}", shown(&here, &trouble.path), trouble.message));
    }
    let Some(options) = options else {
        return Outcome::Unable;
    };
    let before = match read() {
        Ok(text) => text,
        Err(error) => return unable(&format!("{NAME}: {error}")),
    };
    let after = match laid_out(&before, options) {
        Ok(after) => after,
        Err(message) => return unable(&format!("{NAME}: {message}")),
    };
    if !file_errors(&before).is_empty() {
        output::complain(&format!("{NAME}: {BROKEN}"));
    }
    if writes(args) {
        output::print(&after);
        return Outcome::Well;
    }
    if before == after {
        return Outcome::Well;
    }
    output::print(&if args.diff {
        diff::unified(NAME, &before, &after, output::style())
    } else {
        format!("would change  {NAME}\n")
    });
    Outcome::Findings
}

fn unable(message: &str) -> Outcome {
    output::complain(message);
    Outcome::Unable
}

/// All of standard input, within the same bounds as a file.
fn read() -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    text_of(bytes)
}
