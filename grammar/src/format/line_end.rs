//! Which line end a text uses.

use crate::lexer::BYTE_ORDER_MARK;

/// A line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

impl LineEnd {
    /// The one that ends most lines of `text`, where lines without a word do not count; LF where that is not decided.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.trim_start_matches(BYTE_ORDER_MARK).as_bytes();
        if !bytes.contains(&b'\r') {
            return Self::Lf;
        }
        let (mut lines, mut pairs, mut alone) = (0_usize, 0_usize, 0_usize);
        let mut blank = true;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\r' if bytes.get(at + 1) == Some(&b'\n') => pairs += usize::from(!blank),
                b'\r' => alone += usize::from(!blank),
                b'\n' => lines += usize::from(!blank),
                b' ' | b'\t' | 0x0B | 0x0C | b';' | b',' => continue,
                _ => {}
            }
            blank = matches!(byte, b'\r' | b'\n');
        }
        if pairs > lines && pairs >= alone {
            Self::CrLf
        } else if alone > lines {
            Self::Cr
        } else {
            Self::Lf
        }
    }

    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}
