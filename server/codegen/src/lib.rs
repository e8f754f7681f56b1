//! Service model in, file plan out.
//!
//! [`model`] is what a blueprint becomes once analysis has resolved it. Everything here is a pure function of its
//! arguments: no files, no clock, no environment, and the same bytes every time.

pub mod model;
