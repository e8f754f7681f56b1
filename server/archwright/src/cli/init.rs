//! `archwright init`.

use std::path::Path;

use super::{Outcome, output};
use crate::workspace::write::create_new;

/// What a newcomer starts from: small, silent, and something to generate.
const FILES: [(&str, &str); 2] = [
    (
        crate::workspace::CONFIG_FILE,
        include_str!("init/archwright.toml"),
    ),
    ("system.arch", include_str!("init/system.arch")),
];

/// Writes the files that are not there yet.
pub(super) fn run(dir: &Path) -> Outcome {
    if let Err(error) = fs_err::create_dir_all(dir) {
        output::complain(&format!("The folder could not be made: {error}."));
        return Outcome::Unable;
    }
    let mut text = String::new();
    let mut created = 0;
    for (name, content) in FILES {
        let path = dir.join(name);
        match create_new(&path, content) {
            Ok(true) => {
                created += 1;
                text.push_str(&format!("created  {}\n", path.display()));
            }
            Ok(false) => text.push_str(&format!("kept     {} (it was there already)\n", path.display())),
            Err(error) => {
                output::print(&text);
                output::complain(&format!("{} could not be written: {error}.", path.display()));
                return Outcome::Unable;
            }
        }
    }
    let place = if dir == Path::new(".") {
        String::new()
    } else {
        format!(" {}", dir.display())
    };
    if created > 0 {
        text.push_str(&format!(
            "\nNext:\n  archwright check{place}       says what is wrong with the blueprint: nothing yet\n  \
             archwright generate{place}    writes the service that it describes\n"
        ));
    }
    output::print(&text);
    Outcome::Well
}
