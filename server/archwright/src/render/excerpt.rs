//! A piece of a very long line: a snippet that fits a screen, of a file that was not written by hand.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::Source;
use super::source::visible;

/// Lines up to this many bytes are shown whole.
const LONG: usize = 320;

/// Bytes of context on either side of a place in a long line.
const AROUND: usize = 80;

/// The piece, with marks where something was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt {
    name: String,
    text: String,
    /// From 0.
    line: usize,
    /// Where the marked part begins, from 0, in the whole line.
    column: usize,
}

/// What to show instead of the whole line at `range`, and where the range is in it; `None` where the lines are of
/// ordinary length.
pub(crate) fn of(source: &Source, range: &Range<u32>) -> Option<(Excerpt, SourceSpan)> {
    let text = source.text.as_str();
    let start = floor(text, range.start as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    // The lines above and below are shown too where all are short; measuring them is enough here.
    let above = text[..line_start.saturating_sub(1)]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let below = text
        .get(line_end + 1..)
        .map_or(0, |rest| rest.find('\n').unwrap_or(rest.len()));
    let longest = (line_end - line_start)
        .max(line_start.saturating_sub(above))
        .max(below);
    if longest <= LONG {
        return None;
    }
    let end = floor(
        text,
        (range.end as usize)
            .clamp(start, line_end)
            .min(start + 2 * AROUND),
    );
    let from = floor(text, start.saturating_sub(AROUND).max(line_start));
    let to = floor(text, (end + AROUND).min(line_end));
    let before = if from > line_start { "…" } else { "" };
    let after = if to < line_end { "…" } else { "" };
    let place = source.position(range.start);
    let excerpt = Excerpt {
        name: visible(source.name.clone()),
        text: format!("{before}{}{after}\n", text[from..to].trim_end_matches('\r')),
        line: place.line - 1,
        column: place.column - 1,
    };
    Some((excerpt, (before.len() + start - from, end - start).into()))
}

/// The start of the character that `at` lies in.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Asked without context, the caller wants to know where the span itself is.
        let (start, column) = if before == 0 {
            (span.offset(), self.column)
        } else {
            (0, 0)
        };
        let data = self
            .text
            .as_bytes()
            .get(start..)
            .ok_or(MietteError::OutOfBounds)?;
        let whole = (start, data.len()).into();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            whole,
            self.line,
            column,
            1,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_lines_are_shown_whole() {
        assert_eq!(of(&Source::new("a", "team A\nteam B\n"), &(7..11)), None);
        assert_eq!(of(&Source::new("a", ""), &(0..0)), None);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("x\n{}HERE{}\ny\n", "é ".repeat(500), " z".repeat(500));
        let at = text.find("HERE").expect("it is there") as u32;
        let (excerpt, span) = of(&Source::new("a", text.as_str()), &(at..at + 4)).expect("long");
        assert_eq!(&excerpt.text[span.offset()..span.offset() + span.len()], "HERE");
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with("…\n") && excerpt.text.len() < LONG);
        assert_eq!((excerpt.line, excerpt.column), (1, 1000));
        // Every place gives a piece, whatever it cuts through.
        let source = Source::new("a", text.as_str());
        for start in 0..source.text.len() as u32 {
            let (excerpt, span) = of(&source, &(start..start + 9)).unwrap_or_else(|| panic!("{start}"));
            assert!(
                excerpt
                    .text
                    .get(span.offset()..span.offset() + span.len())
                    .is_some(),
                "{start}"
            );
        }
    }
}
