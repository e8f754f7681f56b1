//! A rope as the cutter's text.

use std::{borrow::Cow, ops::Range};

use archwright_grammar::items::Source;
use ropey::Rope;

/// Gives the cutter slices of a rope without copying the whole.
pub(crate) struct RopeSource<'a>(pub &'a Rope);

impl Source for RopeSource<'_> {
    fn len(&self) -> usize {
        self.0.len_bytes()
    }

    fn slice(&self, range: Range<usize>) -> Cow<'_, str> {
        self.0.byte_slice(range).into()
    }

    fn boundary(&self, at: usize) -> usize {
        self.0
            .char_to_byte(self.0.byte_to_char(at.min(self.0.len_bytes())))
    }
}
