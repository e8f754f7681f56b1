//! `archwright fmt`.

mod diff;
mod standard_input;

use std::path::{Path, PathBuf};

use archwright_grammar::format::{Options, format};
use archwright_grammar::parser::file_errors;
use rayon::prelude::*;

use super::targets::{Task, shown, tasks};
use super::{FmtArgs, Outcome, configuration, output};
use crate::render::human::plural;
use crate::workspace::discover::{Blueprint, Trouble};
use crate::workspace::load;
use crate::workspace::read::read_source;
use crate::workspace::write::{Outside, inside, update};

/// What is said of a text that could not be laid out everywhere.
const BROKEN: &str =
    "This file has errors; the lines around them were left as they are. `archwright check` shows them.";

/// A file that was looked at.
struct Laid {
    path: PathBuf,
    before: String,
    after: String,
    broken: bool,
}

/// How many files there were.
#[derive(Default)]
struct Tally {
    changed: usize,
    unchanged: usize,
    unable: bool,
}

/// Formats files, or says which would change.
pub(super) fn run(args: &FmtArgs) -> Outcome {
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        return standard_input::run(args);
    }
    let here = std::env::current_dir().unwrap_or_default();
    let (mut tally, mut troubles) = (Tally::default(), Vec::new());
    for task in tasks(&args.paths, &mut troubles) {
        format_task(args, &task, &here, &mut tally, &mut troubles);
    }
    for trouble in &troubles {
        output::complain(&format!("{}: {}", shown(&here, &trouble.path), trouble.message));
        tally.unable |= trouble.fatal;
    }
    output::print(&summary(args, &tally));
    if tally.unable {
        Outcome::Unable
    } else if writes(args) || tally.changed == 0 {
        Outcome::Well
    } else {
        Outcome::Findings
    }
}

/// Whether files are written at all.
fn writes(args: &FmtArgs) -> bool {
    !args.check && !args.diff
}

fn format_task(args: &FmtArgs, task: &Task, here: &Path, tally: &mut Tally, troubles: &mut Vec<Trouble>) {
    let Some(options) = options(&task.blueprint, here, troubles) else {
        tally.unable = true;
        return;
    };
    let files: Vec<&PathBuf> = task
        .blueprint
        .files
        .iter()
        .filter(|path| task.wants(path))
        .collect();
    let laid: Vec<Result<Laid, Trouble>> = files
        .par_iter()
        .map(|path| lay_out(&task.blueprint.root, path, options))
        .collect();
    let mut text = String::new();
    for result in laid {
        let done = result.and_then(|laid| {
            if writes(args) && laid.before != laid.after {
                write(&laid)?;
            }
            Ok(laid)
        });
        match done {
            Ok(laid) => note(args, &laid, here, tally, &mut text),
            Err(trouble) => troubles.push(trouble),
        }
    }
    output::print(&text);
}

/// What `archwright.toml` says of the layout. `None` where it could not be read, which is told: with another width than
/// was meant every file would change. Other mistakes there are for `archwright check` to tell.
fn options(blueprint: &Blueprint, here: &Path, troubles: &mut Vec<Trouble>) -> Option<Options> {
    let mut loaded = load::load_settings(blueprint);
    let width = loaded.settings.width.filter(|_| loaded.troubles.is_empty());
    troubles.append(&mut loaded.troubles);
    if width.is_none() {
        configuration::complain(blueprint, &loaded);
        output::complain(&format!(
            "Nothing was formatted in {}, because the width of its lines could not be read.",
            shown(here, &blueprint.root)
        ));
    }
    width.map(|width| Options { width })
}

/// Takes one file into the output and the count.
fn note(args: &FmtArgs, laid: &Laid, here: &Path, tally: &mut Tally, text: &mut String) {
    let name = shown(here, &laid.path);
    if laid.broken {
        output::complain(&format!("{name}: {BROKEN}"));
    }
    if laid.before == laid.after {
        tally.unchanged += 1;
        return;
    }
    tally.changed += 1;
    if args.diff {
        text.push_str(&diff::unified(&name, &laid.before, &laid.after, output::style()));
    } else if args.check {
        text.push_str(&format!("would change  {name}\n"));
    } else {
        text.push_str(&format!("formatted  {name}\n"));
    }
}

/// Reads a file of the blueprint and lays it out. Nothing outside the blueprint's folder is touched: a link is followed
/// to where it leads, if that is inside.
fn lay_out(root: &Path, path: &Path, options: Options) -> Result<Laid, Trouble> {
    let trouble = |message: String, fatal: bool| Trouble {
        path: path.to_path_buf(),
        message,
        fatal,
    };
    let real = inside(root, path).map_err(|outside| match outside {
        Outside::Unseen(error) => trouble(format!("This file could not be looked at: {error}."), true),
        Outside::Elsewhere => trouble(
            "This leads to a file outside the blueprint's folder, so it was left as it is. Format it where it lies.".into(),
            false,
        ),
    })?;
    let before = read_source(&real).map_err(|error| trouble(error.to_string(), true))?;
    let after = laid_out(&before, options).map_err(|message| trouble(message.into(), true))?;
    Ok(Laid {
        path: real,
        broken: !file_errors(&before).is_empty(),
        before,
        after,
    })
}

/// `text` in the one style. What somebody wrote must not depend on the layout being without a fault, so a result that
/// says something else is refused.
fn laid_out(text: &str, options: Options) -> Result<String, &'static str> {
    let after = format(text, &options);
    if only_layout_differs(text, &after) {
        Ok(after)
    } else {
        Err("Archwright made a mistake when laying this text out, so it was left as it is. Please report it.")
    }
}

/// Whether two texts say the same but for blanks, line ends and separators.
fn only_layout_differs(before: &str, after: &str) -> bool {
    let said = |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, 0x0B | b';' | b',');
    before == after || before.bytes().filter(said).eq(after.bytes().filter(said))
}

/// Writes a file whole, unless somebody else has written it in the meantime.
fn write(laid: &Laid) -> Result<(), Trouble> {
    update(&laid.path, &laid.before, &laid.after, "formatted").map_err(|message| Trouble {
        path: laid.path.clone(),
        message,
        fatal: true,
    })
}

fn summary(args: &FmtArgs, tally: &Tally) -> String {
    let Tally {
        changed, unchanged, ..
    } = tally;
    let all = changed + unchanged;
    if all == 0 {
        return "No .arch file was formatted.\n".to_owned();
    }
    if writes(args) {
        return format!("{} formatted, {unchanged} unchanged.\n", plural(*changed, "file"));
    }
    if *changed == 0 {
        return format!("{} checked, and no line would change.\n", plural(all, "file"));
    }
    format!(
        "{changed} of {} would change. `archwright fmt` writes them.\n",
        plural(all, "file")
    )
}

#[cfg(test)]
mod tests {
    use super::only_layout_differs;

    #[test]
    fn a_lost_comment_is_more_than_layout() {
        assert!(only_layout_differs(
            "team  A\r\nrole B;role C",
            "team A\nrole B\nrole C\n"
        ));
        assert!(only_layout_differs("team\u{B}A\u{C}\n", "team A\n"));
        assert!(!only_layout_differs("team A // mine\n", "team A\n"));
        assert!(!only_layout_differs("team A", "team B"));
    }
}
