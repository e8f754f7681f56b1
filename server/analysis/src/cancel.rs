//! Cancellation: a write to the database makes running reads end early.

use std::panic::AssertUnwindSafe;

/// A read was overtaken by a write; the answer would be about an old text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

/// Runs a read; the one place where salsa's unwinding ends.
pub(crate) fn catch<T>(read: impl FnOnce() -> T) -> Result<T, Cancelled> {
    salsa::Cancelled::catch(AssertUnwindSafe(read)).map_err(|_| Cancelled)
}
