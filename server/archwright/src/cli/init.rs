//! `archwright init`.

use std::io;
use std::path::{Path, PathBuf};

use super::{Outcome, output};
use crate::workspace::CONFIG_FILE;
use crate::workspace::discover::{discover, root_above};
use crate::workspace::write::{create_new, reason};

/// What a newcomer starts from: small, silent, and something to generate.
const BLUEPRINT: (&str, &str) = ("system.arch", include_str!("init/system.arch"));

/// How the tools treat it.
const CONFIG: (&str, &str) = (CONFIG_FILE, include_str!("init/archwright.toml"));

/// Writes a blueprint, or the configuration alone where `.arch` files are already; all of it or nothing.
pub(super) fn run(dir: &Path) -> Outcome {
    match begin(dir) {
        Ok(text) => {
            output::print(&text);
            Outcome::Well
        }
        Err(message) => {
            output::complain(&message);
            Outcome::Unable
        }
    }
}

/// What was done, or why nothing was.
fn begin(dir: &Path) -> Result<String, String> {
    let shown = dir.display();
    if dir.join(CONFIG_FILE).symlink_metadata().is_ok() {
        return Err(format!(
            "{} is there already, so nothing was written. `archwright check{}` says what is wrong with that blueprint.",
            dir.join(CONFIG_FILE).display(),
            argument(dir)
        ));
    }
    if dir.symlink_metadata().is_ok() && !dir.is_dir() {
        return Err(format!(
            "{shown} is not a folder, so nothing was written. Name a folder, or one that is to be made."
        ));
    }
    std::fs::create_dir_all(dir)
        .map_err(|error| format!("The folder {shown} could not be made: {}.", reason(&error)))?;
    let around = around(dir);
    // A second `system` beside a blueprint that is there would only be in the way.
    let there = blueprint_files(dir);
    let files: &[(&str, &str)] = if there == 0 {
        &[BLUEPRINT, CONFIG]
    } else {
        &[CONFIG]
    };
    let mut created: Vec<PathBuf> = Vec::new();
    for (name, content) in files {
        let path = if dir == Path::new(".") {
            PathBuf::from(name)
        } else {
            dir.join(name)
        };
        if let Err(error) = create(&path, content) {
            for path in &created {
                // What cannot be taken back is at least named by the message below.
                let _ = std::fs::remove_file(path);
            }
            return Err(format!(
                "{} could not be written: {}. Nothing was changed.",
                path.display(),
                reason(&error)
            ));
        }
        created.push(path);
    }
    created.sort();
    let mut text = String::new();
    for path in &created {
        text.push_str(&format!("created  {}\n", path.display()));
    }
    if there > 0 {
        let files = crate::render::human::plural(there, "blueprint file");
        text.push_str(&format!("kept     {files} that lay here already\n"));
    }
    if let Some(around) = around {
        text.push_str(&format!(
            "\nThis folder lies inside the blueprint of {}; from now on it is one of its own.\n",
            around.display()
        ));
    }
    text.push_str(&next(dir, there == 0));
    Ok(text)
}

/// Writes a new file whole; half a file is taken away again.
fn create(path: &Path, content: &str) -> io::Result<()> {
    match create_new(path, content) {
        Ok(true) => Ok(()),
        Ok(false) => Err(io::Error::other("something is there already")),
        Err(error) => {
            if error.kind() == io::ErrorKind::StorageFull {
                let _ = std::fs::remove_file(path);
            }
            Err(error)
        }
    }
}

/// The folder of the blueprint that `dir` has been a part of.
fn around(dir: &Path) -> Option<PathBuf> {
    root_above(&std::fs::canonicalize(dir).ok()?)
}

/// How many `.arch` files the new blueprint has from the beginning.
fn blueprint_files(dir: &Path) -> usize {
    let found = discover(dir);
    let here = found.blueprints.iter().find(|blueprint| blueprint.root == dir);
    here.map_or(0, |blueprint| blueprint.files.len())
}

/// What to do next.
fn next(dir: &Path, new: bool) -> String {
    let place = argument(dir);
    let mut commands = vec![(
        format!("archwright check{place}"),
        if new {
            "says what is wrong with the blueprint: nothing yet"
        } else {
            "says what is wrong with the blueprint"
        },
    )];
    if new {
        commands.push((
            format!("archwright generate{place}"),
            "writes the service that it describes",
        ));
    } else {
        commands.push((
            format!("archwright baseline write{place}"),
            "accepts what is wrong by now, so that only new findings count",
        ));
    }
    commands.push((
        format!("archwright fmt{place}"),
        "lays the blueprint out in the one style",
    ));
    commands.push((
        "archwright explain".to_owned(),
        "lists the rules, and explains any of them",
    ));
    let width = commands
        .iter()
        .map(|(command, _)| command.len())
        .max()
        .unwrap_or(0);
    let mut text = String::from("\nNext:\n");
    for (command, what) in commands {
        text.push_str(&format!("  {command:<width$}   {what}\n"));
    }
    text.push_str(
        "\nThen open the folder in an editor with the Archwright extension, and change something.\n",
    );
    text
}

/// The folder as an argument for a shell, with a space before it; nothing for the current one.
fn argument(dir: &Path) -> String {
    let text = dir.display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+,@%:".contains(letter);
    if text == "." {
        String::new()
    } else if text.chars().all(plain) && !text.starts_with('-') {
        format!(" {text}")
    } else {
        format!(" '{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_quoted_where_a_shell_needs_it() {
        assert_eq!(argument(Path::new(".")), "");
        assert_eq!(argument(Path::new("a/b-1")), " a/b-1");
        assert_eq!(argument(Path::new("my notes")), " 'my notes'");
        assert_eq!(argument(Path::new("it's")), r" 'it'\''s'");
    }

    #[test]
    fn the_blueprint_is_formatted() {
        let options = archwright_grammar::format::Options::default();
        assert_eq!(
            archwright_grammar::format::format(BLUEPRINT.1, &options),
            BLUEPRINT.1
        );
    }
}
