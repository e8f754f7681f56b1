//! What is proven and measured of the language, in one place for tests, benchmark and fuzzing.
//!
//! Nothing here reads files or clocks; callers hand over texts and print what comes back.

pub mod document;
pub mod fingerprint;
pub mod invariants;
pub mod random;
pub mod recovery;
pub mod script;
pub mod targets;
