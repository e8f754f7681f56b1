//! A blueprint on disk: where its root is, which files belong to it, how they are read and how results are written.

pub(crate) mod apply;
pub(crate) mod config;
pub(crate) mod date;
pub(crate) mod discover;
pub(crate) mod disk;
pub(crate) mod imports;
pub(crate) mod load;
pub(crate) mod read;
pub(crate) mod write;

use std::sync::Arc;

use archwright_analysis::{Config, Host};
use config::Settings;
use rayon::prelude::*;

/// The file that marks a blueprint's root and configures the tools.
pub(crate) const CONFIG_FILE: &str = "archwright.toml";

/// The file beside it that holds what was released and which findings are accepted.
pub(crate) const LOCK_FILE: &str = "archwright.lock";

/// The extension of blueprint files, without the dot.
pub(crate) const EXTENSION: &str = "arch";

/// What the analysis must know of the settings, and of today.
pub(crate) fn analysis_config(settings: &Settings) -> Config {
    Config {
        profile: settings.profile,
        severities: settings.severities.clone(),
        thresholds: settings.thresholds.clone(),
        non_waivable: settings.non_waivable.clone(),
        today: date::today(),
        // What is in the lock comes with the lock, and what is in documents with them.
        lock: Arc::default(),
        imports: Arc::default(),
    }
}

/// Gives every text to a new host and checks it, on all cores.
pub(crate) fn fill(host: &mut Host, texts: Vec<(String, String)>) {
    host.load(texts, &|jobs| jobs.into_par_iter().for_each(|job| job()));
}
