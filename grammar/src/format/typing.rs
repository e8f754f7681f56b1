//! What is tidied while somebody types.

use super::{Options, TextEdit};

/// What is to change when `typed` was just typed, and the cursor stands at `at`.
pub fn on_type(_text: &str, _at: u32, _typed: char, _options: &Options) -> Vec<TextEdit> {
    Vec::new()
}
