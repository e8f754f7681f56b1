//! Sessions against the real server.

#![allow(clippy::disallowed_methods, reason = "it runs the real program on real files")]
#![allow(clippy::needless_pass_by_value, reason = "JSON is made for the call")]

#[path = "../support/mod.rs"]
mod support;

mod client;
mod diagnostics;
mod features;
mod files;
mod fixes;
mod formatting;
mod generation;
mod governance;
mod lifecycle;
mod oddities;
mod ordering;
