//! `archwright demo`.

use std::path::Path;

use super::{Outcome, output};
use crate::workspace::write::create_new;

macro_rules! example {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../examples/", $name)))),*]
    };
}

/// The examples of the repository, file by file.
const FILES: [(&str, &str); 16] = example![
    "clinic/archwright.toml",
    "clinic/catalogue.arch",
    "clinic/contexts.arch",
    "clinic/finance.arch",
    "clinic/identity.arch",
    "clinic/insight.arch",
    "clinic/laboratory.arch",
    "clinic/ordering.arch",
    "clinic/outside.arch",
    "clinic/system.arch",
    "clinic-before/archwright.toml",
    "clinic-before/finance.arch",
    "clinic-before/identity.arch",
    "clinic-before/laboratory.arch",
    "clinic-before/ordering.arch",
    "clinic-before/system.arch",
];

/// Copies the examples.
pub(super) fn run(dir: &Path) -> Outcome {
    let mut kept = 0;
    for (name, content) in FILES {
        let path = dir.join(name);
        let written = path
            .parent()
            .map_or(Ok(()), fs_err::create_dir_all)
            .and_then(|()| create_new(&path, content));
        match written {
            Ok(true) => {}
            Ok(false) => kept += 1,
            Err(error) => {
                output::complain(&format!("{} could not be written: {error}.", path.display()));
                return Outcome::Unable;
            }
        }
    }
    let dir = dir.display();
    let mut text = format!(
        "Two blueprints of one laboratory group are in {dir}:\n  clinic-before   as a hurried team left it\n  clinic          \
         the same system in good order\n"
    );
    if kept > 0 {
        text.push_str(&format!(
            "({kept} files were there already and were kept as they are.)\n"
        ));
    }
    text.push_str(&format!(
        "\nTry:\n  archwright check {dir}/clinic-before            what is wrong, and why it matters\n  \
         archwright check {dir}/clinic                   the same questions, answered\n  \
         archwright generate {dir}/clinic --service Orders --dry-run   what would be written for one service\n\nThen open \
         {dir} in an editor with the Archwright extension.\n"
    ));
    output::print(&text);
    Outcome::Well
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_examples_is_copied() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        let mut there = BTreeSet::new();
        for folder in ["clinic", "clinic-before"] {
            for entry in fs_err::read_dir(examples.join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.extension().is_some_and(|it| it == "arch" || it == "toml") {
                    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                    there.insert(format!("{folder}/{name}"));
                }
            }
        }
        let copied: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(copied, there);
    }
}
