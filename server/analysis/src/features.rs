//! What an editor asks, one file each, named as the protocol names it.

pub mod actions;
pub mod completion;
pub mod definition;
pub(crate) mod describe;
pub mod hover;
pub mod references;
pub(crate) mod spot;
pub mod symbols;
#[cfg(test)]
pub(crate) mod testing;
pub mod waivers;
