//! What a blueprint means: facts per item, names, types, effective settings.

pub mod classes;
pub mod cx;
pub mod def;
pub mod duplicates;
pub mod expr;
pub mod facts;
pub mod finding;
pub mod items;
pub mod loc;
pub mod read;
pub mod resolve;
pub mod resolved;
pub mod service;
