//! The JSON Schema of `archwright.toml`, made from the table of settings.

use std::path::PathBuf;

/// The file with its path from the repository's root. The extension ships it; other editors are told where it is.
pub(crate) fn files() -> Vec<(PathBuf, String)> {
    vec![(
        PathBuf::from("editors/vscode/schemas/archwright.schema.json"),
        archwright_analysis::config::schema::schema(),
    )]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_committed_schema_is_the_generated_one() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (path, wanted) in files() {
            let there = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
            assert!(
                there == wanted,
                "{} is not up to date: run `cargo xtask docs`",
                path.display()
            );
        }
    }
}
