//! One whole blueprint with its lock: what `release`, `baseline` and `stats` work on.

use std::path::{Path, PathBuf};

use archwright_analysis::Host;
use archwright_analysis::diagnostic::Diagnostic;
use archwright_analysis::lock::Lock;

use super::{Outcome, configuration, output};
use crate::workspace::discover::{self, Trouble, discover};
use crate::workspace::load::load;
use crate::workspace::read::ReadError;
use crate::workspace::write::Outside;
use crate::workspace::{LOCK_FILE, analysis_config, fill, write};

/// A checked blueprint.
pub(super) struct Opened {
    /// The folder that holds the lock.
    root: PathBuf,
    /// The checker.
    pub(super) host: Host,
    /// What the lock says; empty where there is none.
    pub(super) lock: Lock,
    /// Whether there is a lock.
    pub(super) locked: bool,
    /// Its text, as it was read.
    text: Option<String>,
    /// All findings, by file and place.
    pub(super) found: Vec<Diagnostic>,
}

/// Reads and checks the blueprint that `path` belongs to. What cannot be read is told.
pub(super) fn open(path: &Path) -> Result<Opened, Outcome> {
    let real = fs_err::canonicalize(path).map_err(|error| {
        let why = ReadError::from(std::io::Error::from(error.kind()));
        unable(&format!("{}: {why}", path.display()))
    })?;
    let folder = if real.is_dir() {
        real.clone()
    } else {
        real.parent().unwrap_or(&real).to_path_buf()
    };
    let root = discover::root_above(&folder).unwrap_or(folder);
    let found = discover(&root);
    let none = || {
        unable(&format!(
            "{}: no .arch file lies here; `archwright init` writes a blueprint to start from.",
            root.display()
        ))
    };
    let blueprint = found
        .blueprints
        .into_iter()
        .find(|blueprint| blueprint.root == root)
        .ok_or_else(none)?;
    let is_there = root.join(LOCK_FILE).exists();
    let mut loaded = load(&blueprint);
    let is_bad = configuration::complain(&blueprint, &loaded);
    let troubles: Vec<Trouble> = found
        .troubles
        .into_iter()
        .chain(std::mem::take(&mut loaded.troubles))
        .collect();
    for trouble in &troubles {
        output::complain(&format!("{}: {}", trouble.path.display(), trouble.message));
    }
    if is_bad || troubles.iter().any(|trouble| trouble.fatal) {
        return Err(unable(
            "Nothing was done, because the blueprint could not be read as a whole.",
        ));
    }
    if loaded.texts.is_empty() {
        return Err(none());
    }
    let mut host = Host::new(analysis_config(&loaded.settings));
    host.set_lock(&loaded.lock);
    host.set_imports(loaded.imports.imports);
    fill(&mut host, loaded.texts);
    let files = host.files();
    let found = files
        .iter()
        .flat_map(|(file, _)| host.diagnostics(*file))
        .collect();
    Ok(Opened {
        root,
        host,
        locked: !loaded.lock.is_empty(),
        text: is_there.then(|| loaded.lock.clone()),
        // What cannot be read was told above.
        lock: Lock::parse(&loaded.lock).unwrap_or_default(),
        found,
    })
}

impl Opened {
    /// Writes a lock, unless it is protected, lies elsewhere, or was written since it was read: two commands that run at
    /// once must not undo each other.
    pub(super) fn write(&self, lock: &Lock) -> Result<(), Outcome> {
        let path = self.root.join(LOCK_FILE);
        let told = |why: String| unable(&format!("{}: {why}", path.display()));
        let Some(before) = &self.text else {
            return write::add(&path, &lock.text(), "written").map_err(told);
        };
        let real = write::inside(&self.root, &path).map_err(|outside| {
            told(match outside {
                Outside::Unseen(error) => format!("This file could not be looked at: {error}."),
                Outside::Elsewhere => {
                    "This leads to a file outside the blueprint's folder, so it was not written. Put the file itself here."
                        .to_owned()
                }
            })
        })?;
        write::update(&real, before, &lock.text(), "written").map_err(told)
    }

    /// `clinic.arch:7:12: message (code)`, as other programs print it.
    pub(super) fn line(&self, found: &Diagnostic) -> String {
        let at = self.host.position(
            found.at.file,
            found.at.range.start,
            archwright_analysis::Encoding::Utf32,
        );
        format!(
            "{}:{}:{}: {} ({})",
            self.host.path(found.at.file),
            at.line + 1,
            at.column + 1,
            found.message,
            found.code
        )
    }
}

/// Tells why nothing was done.
pub(super) fn unable(why: &str) -> Outcome {
    output::complain(why);
    Outcome::Unable
}
