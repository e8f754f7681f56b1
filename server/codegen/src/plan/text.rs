//! Texts are compared with LF, without a byte-order mark and with a final newline, and written back in the style
//! that the user's file has.

use sha2::{Digest, Sha256};

/// How a file's text is written down, apart from what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Begins with a byte-order mark.
    pub byte_order_mark: bool,
    /// Lines end in CRLF (most of them do).
    pub crlf: bool,
    /// The last line ends too.
    pub final_newline: bool,
}

impl Style {
    /// The style of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let crlf = text.matches("\r\n").count();
        let lines = text.matches('\n').count();
        Self {
            byte_order_mark: text.starts_with('\u{feff}'),
            crlf: crlf * 2 > lines,
            final_newline: text.is_empty() || text.ends_with('\n'),
        }
    }

    /// `text` (pristine) in this style.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        let mut styled = String::with_capacity(text.len() + 3);
        if self.byte_order_mark {
            styled.push('\u{feff}');
        }
        // Without its last line end a text must still say the same: one that ends in an empty line keeps it.
        let open = text
            .strip_suffix('\n')
            .filter(|open| !open.is_empty() && !open.ends_with('\n'));
        let body = open.filter(|_| !self.final_newline).unwrap_or(text);
        if self.crlf {
            styled.push_str(&body.replace('\n', "\r\n"));
        } else {
            styled.push_str(body);
        }
        styled
    }
}

/// The text that is compared: LF, no byte-order mark, a final newline unless it is empty.
#[must_use]
pub fn pristine(text: &str) -> String {
    let mut plain = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    if !plain.is_empty() && !plain.ends_with('\n') {
        plain.push('\n');
    }
    plain
}

/// SHA-256 in lower-case hexadecimal digits.
#[must_use]
pub fn digest(text: &str) -> String {
    crate::names::hex(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_survives_the_way_there_and_back() {
        for text in [
            "a\nb\n",
            "a\r\nb\r\n",
            "\u{feff}a\r\nb",
            "a\nb",
            "",
            "\u{feff}",
            "\n",
        ] {
            assert_eq!(Style::of(text).apply(&pristine(text)), text, "{text:?}");
        }
    }

    #[test]
    fn pristine_text_is_a_fixed_point() {
        let plain = pristine("\u{feff}a\r\nb");
        assert_eq!(plain, "a\nb\n");
        assert_eq!(pristine(&plain), plain);
    }
}
