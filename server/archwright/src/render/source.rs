//! A text and where its lines begin: positions for JSON, and snippets whose cost does not grow with the file.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// A named text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// The path as it is shown.
    pub(crate) name: String,
    /// The text, [made visible](visible).
    pub(crate) text: String,
    /// The first byte of every line.
    starts: Vec<u32>,
}

/// A place as people count: from 1, columns in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineColumn {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1.
    pub(crate) column: usize,
}

impl Source {
    /// Finds the lines of `text`.
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = visible(text.into());
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0)
            .chain(newlines.map(|(at, _)| at as u32 + 1))
            .collect();
        Self {
            name: name.into(),
            text,
            starts,
        }
    }

    /// Where `offset` is; beyond the end it is the end.
    pub(crate) fn position(&self, offset: u32) -> LineColumn {
        let line = self.line(offset);
        let start = self.starts[line] as usize;
        let mut end = (offset as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text[start..end].trim_start_matches('\u{feff}');
        LineColumn {
            line: line + 1,
            column: before.chars().count() + 1,
        }
    }

    /// The range as miette wants it, kept inside the text.
    pub(crate) fn span(&self, range: &Range<u32>) -> SourceSpan {
        let start = (range.start as usize).min(self.text.len());
        let end = (range.end as usize).clamp(start, self.text.len());
        (start, end - start).into()
    }

    fn line(&self, offset: u32) -> usize {
        self.starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    fn line_end(&self, line: usize) -> usize {
        self.starts
            .get(line + 1)
            .map_or(self.text.len(), |next| *next as usize)
    }
}

/// The text with marks of the same length in place of what would steer a terminal, or turn the order of what is read
/// around: blueprints may come from strangers.
pub(crate) fn visible(text: String) -> String {
    let is_unsafe = |c: char| {
        let steers = c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        steers || turns
    };
    if !text.contains(is_unsafe) {
        return text;
    }
    let mark = |c: char| match c.len_utf8() {
        _ if !is_unsafe(c) => c,
        1 => '?',
        2 => '¿',
        _ => '\u{fffd}',
    };
    text.chars().map(mark).collect()
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        if end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let first = self.line(span.offset() as u32);
        // A span that ends right after a line break belongs to the line before it.
        let last = self.line((end.max(span.offset() + 1) - 1) as u32);
        let from = first.saturating_sub(before);
        let to = (last + after).min(self.starts.len() - 1);
        let (start, stop) = (self.starts[from] as usize, self.line_end(to));
        Ok(Box::new(MietteSpanContents::new_named(
            visible(self.name.clone()),
            &self.text.as_bytes()[start..stop],
            (start, stop - start).into(),
            from,
            // Counted as everywhere else: in characters, and without a byte order mark.
            if from == first {
                self.position(span.offset() as u32).column - 1
            } else {
                0
            },
            to - from + 1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_scalars_and_survive_the_end() {
        let source = Source::new("a", "ab\r\n🧪é x\n");
        for (offset, line, column) in [
            (0, 1, 1),
            (2, 1, 3),
            (4, 2, 1),
            (8, 2, 2),
            (10, 2, 3),
            (13, 3, 1),
            (99, 3, 1),
        ] {
            assert_eq!(source.position(offset), LineColumn { line, column }, "{offset}");
        }
    }

    #[test]
    fn nothing_steers_the_terminal() {
        let text = "a\t\u{1b}[31m \u{9b}2J \u{202e}x\r\né\u{0}";
        let shown = visible(text.to_owned());
        assert_eq!(shown, "a\t?[31m ¿2J \u{fffd}x\r\né?");
        assert_eq!(shown.len(), text.len(), "places stay where they are");
    }

    #[test]
    fn columns_of_a_window_are_those_of_a_position() {
        let source = Source::new("a", "\u{feff}ab \"é🧪\" x\n");
        let at = source.text.find('x').expect("it is there");
        let window = source.read_span(&(at, 1).into(), 0, 0).expect("inside");
        assert_eq!(window.column() + 1, source.position(at as u32).column);
    }

    #[test]
    fn a_window_equals_what_the_whole_text_would_give() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        let source = Source::new("a", text);
        for start in 0..text.len() {
            for len in 0..text.len() - start {
                let span: SourceSpan = (start, len).into();
                let window = source.read_span(&span, 1, 1).expect("inside");
                let whole = text.read_span(&span, 1, 1).expect("inside");
                assert_eq!(window.line(), whole.line(), "{start}+{len}");
                let (shown, expected) = (window.data(), whole.data());
                assert!(
                    shown.starts_with(expected) || expected.starts_with(shown),
                    "{start}+{len}"
                );
            }
        }
    }
}
