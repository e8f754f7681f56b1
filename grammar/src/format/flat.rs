//! How everything would look on one line.

use std::ops::Range;

use super::{
    layout::{Gap, Layout},
    outline::{Entry, Statement},
    spacing::Spacing,
};
use crate::lexer::TokenKind;

impl Layout<'_> {
    /// Says how everything would look on one line.
    pub(super) fn measure(&mut self, entries: &[Entry<'_>]) {
        self.flat_entries(entries, 0..self.atoms.len(), ';');
        let mut sum = 0;
        let mut widths = Vec::with_capacity(self.atoms.len() + 1);
        widths.push(0);
        for (at, atom) in self.atoms.iter().enumerate() {
            let flat = &mut self.flat[at];
            if self.dropped[at] {
                widths.push(sum);
                continue;
            }
            if self.frozen[at] {
                let before = at.checked_sub(1).map_or(0, |last| self.atoms[last].end);
                *flat = Gap::blanks(if atom.lines > 0 { 0 } else { atom.start - before });
            }
            sum += flat.blanks + u32::from(flat.separator.is_some()) + atom.width;
            widths.push(sum);
        }
        self.widths = widths;
    }

    fn flat_entries(&mut self, entries: &[Entry<'_>], range: Range<usize>, separator: char) {
        let mut at = range.start;
        let mut between = None;
        for entry in entries {
            self.drop_separators(at..entry.first());
            self.flat[entry.first()] = Gap {
                separator: between,
                lines: 0,
                blanks: 1,
            };
            at = match entry {
                Entry::Comment(at) => at + 1,
                Entry::Stray(range) => range.end,
                Entry::Statement(statement) => {
                    self.flat_statement(statement);
                    statement.end()
                }
            };
            between = Some(separator);
        }
        self.drop_separators(at..range.end);
    }

    fn drop_separators(&mut self, range: Range<usize>) {
        for at in range {
            self.dropped[at] = self.atoms[at].is_separator() && !self.frozen[at] && !self.is_documented(at);
        }
    }

    /// Whether documentation stands above a separator: without it, that would belong to what follows.
    fn is_documented(&self, at: usize) -> bool {
        self.atoms[..at]
            .iter()
            .rev()
            .take_while(|atom| atom.is_comment())
            .any(|atom| atom.kind == TokenKind::Doc)
    }

    fn flat_statement(&mut self, statement: &Statement<'_>) {
        let mut spacing = Spacing::new(self.text, self.atoms, statement.node);
        let mut open = Vec::new();
        let mut separated = false;
        for at in statement.first..statement.head_end {
            if at > statement.first {
                self.flat[at] = Gap::blanks(spacing.before(at));
            }
            self.operators[at] = spacing.is_operator(at);
            let atom = self.atoms[at];
            match atom.kind {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => open.push(atom.kind),
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => drop(open.pop()),
                _ => {}
            }
            if atom.is_separator() && open.last() == Some(&TokenKind::LBrace) && !self.frozen[at] {
                self.dropped[at] = true;
                separated = true;
            } else if std::mem::take(&mut separated) && atom.kind != TokenKind::RBrace && !atom.is_comment() {
                self.flat[at] = Gap {
                    separator: Some(';'),
                    lines: 0,
                    blanks: 1,
                };
            }
        }
        if let Some(block) = &statement.block {
            self.flat[block.brace] = Gap::blanks(1);
            let last = if block.closed { block.end - 1 } else { block.end };
            self.flat_entries(
                &block.entries,
                block.brace + 1..last,
                if block.commas { ',' } else { ';' },
            );
            if block.closed {
                self.flat[last] = Gap::blanks(1);
            }
        }
    }
}
