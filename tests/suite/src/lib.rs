//! Runs the rule pages, the language pages and the examples as tests.
//!
//! A page is Markdown whose blocks marked `arch` are whole blueprints. They announce in comments what is found in
//! them, so that what the documentation claims is what the program does. `docs/rules/README.md` describes the format.

pub mod actions;
pub mod announced;
pub mod blueprint;
pub mod compare;
pub mod fixes;
pub mod page;
pub mod tree;
pub mod typing;
