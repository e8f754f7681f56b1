//! Service model in, file plan out.
//!
//! [`model`] is what a blueprint becomes once analysis has resolved it; [`generate()`] renders the files of its services
//! with a [stack](stacks); [`plan`] compares them with what is on disk and with what an earlier run wrote, and says
//! what to write so that no edit of a user is ever lost.
//!
//! Everything here is a pure function of its arguments: no files, no clock, no environment, and the same bytes every
//! time.

pub mod files;
mod generate;
mod history;
mod json;
pub mod model;
pub mod names;
pub mod openapi;
pub mod plan;
pub mod render;
pub mod stacks;

pub use generate::{GenError, NotGenerated, Options, Rendered, RenderedService, Selection, generate};
