//! Texts with a cursor.

/// A text whose cursor was marked by `$0`.
pub(crate) struct Marked {
    /// Without the mark.
    pub text: String,
    /// Where the mark was.
    pub offset: u32,
}

impl Marked {
    /// Takes the mark out.
    pub fn new(text: &str) -> Self {
        let offset = text.find("$0").expect("a cursor is marked");
        Self {
            text: text.replacen("$0", "", 1),
            offset: offset as u32,
        }
    }
}
