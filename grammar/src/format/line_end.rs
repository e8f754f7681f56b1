//! Which line end a text uses.

/// A line end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    Lf,
    CrLf,
    Cr,
}

impl LineEnd {
    /// The one that ends most lines of `text`; LF where that is not decided.
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let count = |wanted: u8| bytes.iter().filter(|byte| **byte == wanted).count();
        let carriage = count(b'\r');
        if carriage == 0 {
            return Self::Lf;
        }
        let pairs = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
        let (alone, lines) = (carriage - pairs, count(b'\n') - pairs);
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
