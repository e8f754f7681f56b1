//! What is generated from the vocabulary and from the table of settings.

use crate::{
    grammars, reference, schema,
    shell::{Outcome, root},
};

/// Writes all generated files, or with `check` says which are not up to date.
pub(crate) fn docs(check: bool) -> Outcome<()> {
    let mut stale = Vec::new();
    for (path, text) in grammars::files()
        .into_iter()
        .chain(grammars::parser::stale()?)
        .chain(schema::files())
        .chain(reference::files()?)
    {
        let target = root().join(&path);
        if std::fs::read_to_string(&target).is_ok_and(|there| there == text) {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
            continue;
        }
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| format!("{} could not be made: {error}", folder.display()))?;
        }
        std::fs::write(&target, text)
            .map_err(|error| format!("{} could not be written: {error}", path.display()))?;
        println!("wrote {}", path.display());
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "not up to date: {}; run `cargo xtask docs`",
            stale.join(", ")
        ))
    }
}

/// Fails where a committed file is not as it is generated.
#[cfg(test)]
pub(crate) fn assert_up_to_date(files: Vec<(std::path::PathBuf, String)>) {
    for (path, wanted) in files {
        let there = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
        assert!(
            there == wanted,
            "{} is not up to date: run `cargo xtask docs`",
            path.display()
        );
    }
}
