//! Everything an editor could ask of a blueprint, in plain data.
//!
//! [`Host`] is the writer, [`Snapshot`] a read view. No types of any editor protocol, no files, no clock, no threads.

mod assists;
mod cancel;
pub mod codes;
pub mod compliance;
pub mod config;
pub mod db;
pub mod diagnostic;
pub mod edit;
pub mod features;
mod files;
mod host;
pub mod imports;
mod insert;
pub mod lock;
mod lower;
pub mod model;
mod render;
mod report;
pub mod rules;
pub mod scratch;
mod settle;
mod snapshot;
mod source;
#[cfg(test)]
mod testing;
pub mod timing;
mod waivers;

pub use cancel::Cancelled;
pub use config::{Config, Profile};
pub use host::{Host, Job};
pub use lower::LowerError;
pub use settle::{SettleJob, Settled};
pub use snapshot::Snapshot;

/// A file of the workspace; stable while the [`Host`] lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// No file of any host: for findings about something else, such as `archwright.toml`.
    pub const NONE: Self = Self(u32::MAX);
}

/// In what the columns of a [`Position`] are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what most editors count.
    Utf16,
    /// Characters (Unicode scalar values).
    Utf32,
}

/// Line and column, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column, in units of an [`Encoding`].
    pub column: u32,
}

/// Where a code is explained: rules have their pages in one place, errors of the text itself and of files in another.
pub fn url(code: &str) -> String {
    let shelf = if rules::rule(code).is_some() {
        "rules"
    } else {
        "errors"
    };
    format!("https://archwright.dev/{shelf}/{}", code.replace('.', "/"))
}
