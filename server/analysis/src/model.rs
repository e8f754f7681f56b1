//! What a blueprint means: facts per item, names, types, effective settings.

pub mod calls;
pub mod capabilities;
pub mod classes;
pub mod cx;
pub mod def;
pub mod dependencies;
pub mod duplicates;
pub mod environments;
pub mod event_flow;
pub mod expr;
pub mod facts;
pub mod finding;
pub mod foreign;
pub mod graph;
pub mod guards;
pub mod items;
pub mod loc;
pub mod nested;
pub mod read;
pub mod resolve;
pub mod resolved;
pub mod service;
pub mod structure;
pub mod transfers;
pub mod vendor_kinds;
pub mod written;
