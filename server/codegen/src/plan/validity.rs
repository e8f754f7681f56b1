//! Whether a merged text is still what its file name says.

/// Checks of file contents that a plan asks for. The binary may bring better ones (a real parser, a formatter).
pub trait Checks {
    /// Whether a merged text can be read as its kind of file.
    ///
    /// # Errors
    ///
    /// Why it cannot, as the end of a sentence.
    fn parses(&self, path: &str, text: &str) -> Result<(), String> {
        parses(path, text)
    }

    /// Whether `current` is nothing but a reformatted `base`.
    fn is_reformatted(&self, path: &str, base: &str, current: &str) -> bool {
        is_reformatted(path, base, current)
    }
}

/// The checks that need no other program: JSON and TOML are parsed, Python's brackets and indentation are followed.
#[derive(Debug, Clone, Copy, Default)]
pub struct LightChecks;

impl Checks for LightChecks {}

fn parses(path: &str, text: &str) -> Result<(), String> {
    match extension(path) {
        "json" => serde_json::from_str::<serde::de::IgnoredAny>(text)
            .map(|_| ())
            .map_err(|error| format!("is no JSON any more ({error})")),
        "toml" => text
            .parse::<toml_edit::DocumentMut>()
            .map(|_| ())
            .map_err(|error| format!("is no TOML any more ({})", error.message())),
        "py" => super::python::check(text),
        _ => Ok(()),
    }
}

fn is_reformatted(path: &str, base: &str, current: &str) -> bool {
    if extension(path) != "json" {
        return false;
    }
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    read(base).is_some_and(|base| read(current) == Some(base))
}

pub(super) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
