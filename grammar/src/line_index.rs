//! Lines and columns of a text, in the encodings that editors use.

/// How columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// In bytes.
    Utf8,
    /// In UTF-16 code units, the default of the language server protocol.
    Utf16,
    /// In Unicode scalar values.
    Utf32,
}

/// A place in a text; both counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Position {
    /// Which line.
    pub line: u32,
    /// How far into the line, in the units of an [`Encoding`].
    pub column: u32,
}

/// Where the lines of a text begin.
///
/// CR LF, LF and CR end a line. Places that do not exist are moved to the nearest one before: past the end of a line
/// to its end, past the end of the text to its end, into a character to its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    /// First byte of each line; the first is 0.
    starts: Vec<u32>,
    length: u32,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, byte) in bytes.iter().enumerate() {
            let ends = match byte {
                b'\n' => true,
                b'\r' => bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            if ends {
                starts.push(at as u32 + 1);
            }
        }
        Self {
            starts,
            length: text.len() as u32,
        }
    }

    /// How many lines there are; a text without line ends has one.
    pub fn lines(&self) -> u32 {
        self.starts.len() as u32
    }

    /// First byte of a line; the end of the text for lines behind the last.
    pub fn start(&self, line: u32) -> u32 {
        self.starts.get(line as usize).copied().unwrap_or(self.length)
    }

    /// The place of a byte. `text` is the text that the index was made of.
    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let offset = text.floor_char_boundary(offset as usize);
        let line = self.starts.partition_point(|start| *start as usize <= offset) - 1;
        let before = &text[self.starts[line] as usize..offset];
        let column = match encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 if before.is_ascii() => before.len(),
            Encoding::Utf16 => before.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => before.chars().count(),
        };
        Position {
            line: line as u32,
            column: column as u32,
        }
    }

    /// The byte at a place. `text` is the text that the index was made of.
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        let start = self.start(position.line) as usize;
        let end = self.start(position.line.saturating_add(1)) as usize;
        let line = text.get(start..end).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let column = position.column as usize;
        let inside = match encoding {
            Encoding::Utf8 => line.floor_char_boundary(column),
            Encoding::Utf16 => units(line, column, char::len_utf16),
            Encoding::Utf32 => units(line, column, |_| 1),
        };
        (start + inside) as u32
    }
}

/// Bytes of the characters that fit into `column` units.
fn units(line: &str, column: usize, size: fn(char) -> usize) -> usize {
    let mut left = column;
    for (at, character) in line.char_indices() {
        match left.checked_sub(size(character)) {
            Some(rest) if left > 0 => left = rest,
            _ => return at,
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];
    const TEXTS: [&str; 9] = [
        "",
        "a",
        "a\n",
        "\n\n",
        "a\r\nb\rc\nd",
        "é🚀\r\n\u{1F468}\u{200D}\u{2695}\u{FE0F} x\n",
        "\u{feff}service A { }\r\n",
        "\r\r\n\n\r",
        "…",
    ];

    #[test]
    fn places_and_bytes_are_each_others_inverse() {
        for text in TEXTS {
            let index = LineIndex::new(text);
            for encoding in ENCODINGS {
                let mut last = Position::default();
                for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
                    let position = index.position(text, offset as u32, encoding);
                    assert!(last <= position, "{text:?} at {offset}");
                    last = position;
                    let between =
                        offset > 0 && text[..offset].ends_with('\r') && text[offset..].starts_with('\n');
                    let expected = if between { offset - 1 } else { offset };
                    assert_eq!(
                        index.offset(text, position, encoding) as usize,
                        expected,
                        "{text:?} {encoding:?} {position:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn places_that_do_not_exist_are_clamped() {
        for text in TEXTS {
            let index = LineIndex::new(text);
            for encoding in ENCODINGS {
                for line in 0..index.lines() + 3 {
                    for column in [0, 1, 2, 3, 5, 50, u32::MAX] {
                        let offset = index.offset(text, Position { line, column }, encoding) as usize;
                        assert!(text.is_char_boundary(offset), "{text:?} {line}:{column}");
                        let at_end = line >= index.lines();
                        assert!(!at_end || offset == text.len(), "{text:?} {line}:{column}");
                        assert!(
                            at_end || index.position(text, offset as u32, encoding).line == line,
                            "{text:?} {line}:{column}"
                        );
                    }
                }
                for offset in 0..text.len() as u32 + 5 {
                    let position = index.position(text, offset, encoding);
                    assert!(position.line < index.lines());
                }
                index.offset(
                    text,
                    Position {
                        line: u32::MAX,
                        column: u32::MAX,
                    },
                    encoding,
                );
            }
        }
    }

    #[test]
    fn columns_are_counted_as_asked() {
        let text = "x\né🚀y";
        let index = LineIndex::new(text);
        let column = |encoding| index.position(text, text.len() as u32 - 1, encoding);
        assert_eq!(column(Encoding::Utf8), Position { line: 1, column: 6 });
        assert_eq!(column(Encoding::Utf16), Position { line: 1, column: 3 });
        assert_eq!(column(Encoding::Utf32), Position { line: 1, column: 2 });
        // Into the middle of the emoji: to its start.
        assert_eq!(
            index.offset(text, Position { line: 1, column: 2 }, Encoding::Utf16),
            4
        );
    }
}
