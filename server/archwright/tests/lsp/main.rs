//! Sessions against the real server.

#[path = "../support/mod.rs"]
mod support;

mod client;
mod diagnostics;
mod features;
mod files;
mod generation;
mod lifecycle;
mod oddities;
mod ordering;
