//! `[imports]` of `archwright.toml`: finds the documents and reads them.

use std::path::Path;
use std::time::SystemTime;

use archwright_analysis::diagnostic::Severity;
use archwright_analysis::imports::Imports;

use super::config::{Import, Problem, Settings, did_you_mean};
use super::disk::inside;
use super::read::{ReadError, read_source};
use crate::imports::{MAX_BYTES, read};

/// What was read of the documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Read {
    /// What they say.
    pub(crate) imports: Imports,
    /// Why some could not be read.
    pub(crate) problems: Vec<Problem>,
}

/// Reads all documents below `root`.
pub(crate) fn load(root: &Path, settings: &Settings) -> Read {
    let mut out = Read::default();
    for import in &settings.imports {
        match one(root, &import.path) {
            Ok(document) => out.imports.add(&import.service, &import.path, document),
            Err(why) => out.problems.push(Problem {
                range: import.range.clone(),
                message: format!(
                    "`{}` {why}, so `{}` is not compared with it.",
                    import.path, import.service
                ),
                help:
                    "Name an OpenAPI 3 or AsyncAPI 3 document, JSON or YAML, inside the blueprint's folder."
                        .to_owned(),
                severity: Severity::Error,
                repairs: Vec::new(),
            }),
        }
    }
    out
}

fn one(root: &Path, path: &str) -> Result<archwright_analysis::imports::Document, String> {
    let full = inside(root, path)?;
    let too_large = || format!("has more than {} MB", MAX_BYTES / (1024 * 1024));
    if std::fs::metadata(&full).is_ok_and(|metadata| metadata.is_file() && metadata.len() > MAX_BYTES) {
        return Err(too_large());
    }
    let text = read_source(&full).map_err(|error| match error {
        ReadError::NotFound => "does not exist".to_owned(),
        ReadError::Denied => "may not be read".to_owned(),
        ReadError::NotAFile => "is not a regular file".to_owned(),
        ReadError::TooLarge { .. } => too_large(),
        ReadError::NotUtf8 { line, .. } => format!("is not UTF-8 (line {line})"),
        ReadError::Other(error) => format!("cannot be read ({error})"),
    })?;
    read(&text)
}

/// Imports for services that the blueprint does not have, so that nothing is compared.
pub(crate) fn unknown(settings: &Settings, services: &[impl AsRef<str>]) -> Vec<Problem> {
    let mut out = Vec::new();
    for import in &settings.imports {
        let Import { service, key, .. } = import;
        if services.iter().any(|known| known.as_ref() == service)
            || out.iter().any(|known: &Problem| known.range == *key)
        {
            continue;
        }
        let near = did_you_mean(service, services.iter().map(AsRef::as_ref));
        out.push(Problem {
            range: key.clone(),
            message: format!(
                "The blueprint has no service `{service}`, so nothing is compared with this document."
            ),
            help: near.map_or_else(
                || "Write the service's name, or delete the line.".to_owned(),
                |near| format!("Did you mean `{near}`?"),
            ),
            severity: Severity::Warning,
            repairs: Vec::new(),
        });
    }
    out
}

/// Enough of the documents' metadata to know that one changed.
pub(crate) fn stamps(root: &Path, settings: &Settings) -> Vec<(Option<SystemTime>, u64)> {
    let stamp = |import: &Import| {
        std::fs::symlink_metadata(root.join(&import.path))
            .map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()))
    };
    settings.imports.iter().map(stamp).collect()
}
