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
    #[test]
    fn the_committed_schema_is_the_generated_one() {
        crate::docs::assert_up_to_date(super::files());
    }
}
