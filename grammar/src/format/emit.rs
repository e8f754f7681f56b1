//! Turns decided gaps into replacements of what is there.

use super::{
    edits::{TextEdit, minimal},
    layout::{Gap, Layout},
    line_end::LineEnd,
};
use crate::span::Span;

impl Layout<'_> {
    /// The replacements for the gaps that are not as they should be, with places in the whole `file`.
    ///
    /// The piece begins at `base`; its first gap begins at `from`, where the piece before has its last atom.
    pub(super) fn emit(&self, file: &str, base: u32, from: u32, line_end: LineEnd) -> Vec<TextEdit> {
        let mut edits = Vec::new();
        let mut last = from;
        let mut wanted = String::new();
        for (at, atom) in self.atoms.iter().enumerate() {
            if self.dropped[at] {
                continue;
            }
            if let Some(gap) = self.gaps[at] {
                let span = Span::new(last, base + atom.start);
                let written = span.of(file);
                if !is(written, gap, line_end) && is_gap(written) {
                    write(&mut wanted, gap, line_end);
                    edits.extend(minimal(file, span, &wanted));
                }
            }
            last = base + atom.end;
        }
        edits
    }
}

/// Whether nothing but blanks, line ends and separators is replaced.
pub(super) fn is_gap(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | 0x0B | 0x0C | b'\r' | b'\n' | b';' | b','))
}

/// Whether a gap is written as it should be; answered without writing it.
fn is(written: &str, gap: Gap, line_end: LineEnd) -> bool {
    let mut rest = written;
    if let Some(separator) = gap.separator {
        match rest.strip_prefix(separator) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    for _ in 0..gap.lines {
        match rest.strip_prefix(line_end.text()) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.len() == gap.blanks as usize && rest.bytes().all(|byte| byte == b' ')
}

fn write(into: &mut String, gap: Gap, line_end: LineEnd) {
    into.clear();
    into.extend(gap.separator);
    for _ in 0..gap.lines {
        into.push_str(line_end.text());
    }
    into.extend(std::iter::repeat_n(' ', gap.blanks as usize));
}
