//! All translation to and from the protocol's types. Nothing else in this crate converts positions or paths.

pub(crate) mod from_proto;
pub(crate) mod generated;
pub(crate) mod to_proto;
