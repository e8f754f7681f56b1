//! Decides what stands between the atoms of a piece.

use super::{
    atoms::Atom,
    outline::{Block, Entry, Statement},
};
use crate::lexer::TokenKind;

/// What is to stand before an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    /// `;` or `,`, directly behind the atom before.
    pub(super) separator: Option<char>,
    /// Line ends: 0, 1, or 2 for a blank line.
    pub(super) lines: u32,
    pub(super) blanks: u32,
}

impl Gap {
    pub(super) const fn blanks(blanks: u32) -> Self {
        Self {
            separator: None,
            lines: 0,
            blanks,
        }
    }

    pub(super) const fn line(blanks: u32) -> Self {
        Self {
            separator: None,
            lines: 1,
            blanks,
        }
    }
}

/// The gaps of one piece, as far as they are decided.
pub(super) struct Layout<'a> {
    pub(super) text: &'a str,
    pub(super) atoms: &'a [Atom],
    /// Characters that fit into a line.
    pub(super) width: u32,
    /// What stays as it is, by atom.
    pub(super) frozen: Vec<bool>,
    /// The gaps if everything stood on one line.
    pub(super) flat: Vec<Gap>,
    /// Separators that belong to a gap.
    pub(super) dropped: Vec<bool>,
    /// The words `and` and `or` of predicates.
    pub(super) operators: Vec<bool>,
    /// The bracket that belongs to this one, or the atom itself.
    pub(super) mates: Vec<u32>,
    /// Characters of all atoms before this one, with their flat gaps.
    pub(super) widths: Vec<u32>,
    /// Line ends before and in front of this atom.
    lines: Vec<u32>,
    /// What is decided; nothing where the text stays as it is.
    pub(super) gaps: Vec<Option<Gap>>,
    /// The statements, by their first atoms, in whose heads a line end was added or removed.
    pub(super) moved: Vec<usize>,
    /// The statement at hand.
    pub(super) at: usize,
    /// From here on it is uncertain which block a line belongs to.
    pub(super) doubt: usize,
    /// The statements, by their first atoms, whose heads are not broken.
    pub(super) gentle: Vec<bool>,
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Indent {
    /// So many blanks from the start of its line.
    At(u32),
    /// Where it stands already.
    Kept,
}

impl<'a> Layout<'a> {
    pub(super) fn new(text: &'a str, atoms: &'a [Atom], frozen: Vec<bool>, width: u32) -> Self {
        let dropped = vec![false; atoms.len()];
        let mut lines = Vec::with_capacity(atoms.len() + 1);
        lines.push(0);
        let mut sum = 0;
        for atom in atoms {
            sum += atom.lines;
            lines.push(sum);
        }
        Self {
            text,
            atoms,
            width,
            frozen,
            flat: vec![Gap::blanks(0); atoms.len()],
            dropped,
            operators: vec![false; atoms.len()],
            mates: mates(atoms),
            widths: Vec::new(),
            lines,
            gaps: vec![None; atoms.len()],
            moved: Vec::new(),
            at: 0,
            doubt: atoms.len(),
            gentle: vec![false; atoms.len()],
        }
    }

    /// Characters of the atoms from `from` to before `to` on one line, without the gap before the first.
    pub(super) fn flat_width(&self, from: usize, to: usize) -> u32 {
        if from >= to {
            return 0;
        }
        let flat = self.flat[from];
        let gap = if self.dropped[from] {
            0
        } else {
            flat.blanks + u32::from(flat.separator.is_some())
        };
        self.widths[to] - self.widths[from] - gap
    }

    /// Line ends between the atoms from `from` to before `to`.
    pub(super) fn lines_inside(&self, from: usize, to: usize) -> u32 {
        if from >= to {
            return 0;
        }
        self.lines[to] - self.lines[from + 1]
    }

    /// The last atom before `at` that is kept.
    pub(super) fn kept_before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|before| !self.dropped[*before])
    }

    /// Line ends before `at`, since the last atom that is kept.
    pub(super) fn lines_before(&self, at: usize) -> u32 {
        let from = self.kept_before(at).map_or(0, |before| before + 1);
        self.lines[at + 1] - self.lines[from]
    }

    pub(super) fn set(&mut self, at: usize, gap: Gap) {
        if !self.frozen[at] {
            self.gaps[at] = Some(gap);
        }
    }

    /// The same inside of a statement, where line ends matter.
    pub(super) fn set_inside(&mut self, at: usize, gap: Gap) {
        self.set(at, gap);
        let moves = (gap.lines > 0) != (self.lines_before(at) > 0);
        if moves && self.moved.last() != Some(&self.at) {
            self.moved.push(self.at);
        }
    }

    /// Puts the atoms of a range on one line; the gap before the first is somebody else's.
    pub(super) fn flatten(&mut self, from: usize, to: usize) {
        for at in from + 1..to {
            if !self.dropped[at] {
                self.set(at, self.flat[at]);
            }
        }
    }

    /// Lays out what stands one below the other, `indent` blanks from the start of the line.
    pub(super) fn entries(&mut self, entries: &[Entry<'_>], indent: u32, mut begins: bool) {
        let mut last: Option<&Entry<'_>> = None;
        for entry in entries {
            let at = entry.first();
            let lines = self.lines_before(at);
            let trailing = matches!(entry, Entry::Comment(_)) && lines == 0 && at > 0;
            let in_doubt = at >= self.doubt;
            let gap = Gap {
                separator: last.and_then(|last| self.needed_separator(last, at)),
                lines: if lines >= 2 && !begins { 2 } else { 1 },
                blanks: indent,
            };
            begins &= trailing;
            last = Some(entry);
            match entry {
                _ if in_doubt => {}
                Entry::Comment(_) if trailing => self.set(at, Gap::blanks(1)),
                // Nobody knows what it is, so nobody knows where it should stand.
                Entry::Stray(_) => {}
                Entry::Statement(statement) if statement.open => {}
                _ => self.set(at, gap),
            }
            if let Entry::Statement(statement) = entry {
                let kept = in_doubt || statement.open;
                self.statement(statement, if kept { Indent::Kept } else { Indent::At(indent) });
            }
        }
    }

    /// A `;` that has to stay because the line before would go on without it.
    fn needed_separator(&self, last: &Entry<'_>, at: usize) -> Option<char> {
        let Entry::Statement(statement) = last else {
            return None;
        };
        let end = statement.end();
        let written = (end..at)
            .any(|between| self.dropped[between] && self.atoms[between].kind == TokenKind::Semicolon);
        (written && self.goes_on(end - 1)).then_some(';')
    }

    /// Whether a line end behind the atom at `at` does not end a statement.
    pub(super) fn goes_on(&self, at: usize) -> bool {
        let atom = self.atoms[at];
        match atom.kind {
            TokenKind::Comma | TokenKind::Arrow | TokenKind::Assign => true,
            TokenKind::Ident => matches!(atom.of(self.text), "and" | "or"),
            _ => false,
        }
    }

    pub(super) fn statement(&mut self, statement: &Statement<'_>, indent: Indent) {
        let first = statement.first;
        let base = match indent {
            Indent::At(indent) => indent,
            Indent::Kept => match self.indent_of(first) {
                Some(indent) => indent,
                None => return,
            },
        };
        if first < self.doubt {
            self.certain(statement, base);
        } else if !statement.open {
            // Wherever it belongs, what is inside belongs to it.
            let doubt = std::mem::replace(&mut self.doubt, self.atoms.len());
            self.certain(statement, base);
            self.doubt = doubt;
        } else if let Some(block) = &statement.block {
            self.entries(&block.entries, base + 2, true);
        }
    }

    /// Lays out a statement whose first line is `base` deep.
    fn certain(&mut self, statement: &Statement<'_>, base: u32) {
        let (first, end) = (statement.first, statement.end());
        let whole = base + self.flat_width(first, end);
        let one_line = self.lines_inside(first, end) == 0;
        if one_line && (whole <= self.width || (first + 1..end).any(|at| self.frozen[at])) {
            self.flatten(first, end);
            return;
        }
        let tail = match &statement.block {
            Some(block) if block.entries.is_empty() => 4,
            Some(_) => 2,
            None => 0,
        };
        self.at = first;
        let column = self.head(first, statement.head_end, base, tail);
        if let Some(block) = &statement.block {
            self.block(block, base, column, statement.open);
        }
    }

    fn block(&mut self, block: &Block<'_>, base: u32, column: u32, open: bool) {
        let (brace, end) = (block.brace, block.end);
        if !self.atoms[brace - 1].is_comment() {
            self.set_inside(brace, Gap::blanks(1));
        }
        if !open && self.lines_inside(brace, end) == 0 {
            let fits = column + 1 + self.flat_width(brace, end) <= self.width;
            if fits || (brace + 1..end).any(|at| self.frozen[at]) {
                self.flatten(brace, end);
                return;
            }
        }
        if block.entries.is_empty() && block.closed {
            self.set(end - 1, Gap::blanks(1));
            return;
        }
        self.entries(&block.entries, base + 2, true);
        if block.closed && !open {
            self.set(end - 1, Gap::line(base));
        }
    }

    /// Blanks before an atom that begins its line; nothing if it does not, or if there is more than blanks.
    fn indent_of(&self, at: usize) -> Option<u32> {
        let start = self.atoms[at].start as usize;
        let before = &self.text[..start];
        let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        before[line..]
            .bytes()
            .all(|byte| byte == b' ')
            .then_some((start - line) as u32)
    }
}

/// For each bracket the one that belongs to it.
fn mates(atoms: &[Atom]) -> Vec<u32> {
    use TokenKind::{LBrace, LBracket, LParen, RBrace, RBracket, RParen};
    let mut mates: Vec<u32> = (0..atoms.len() as u32).collect();
    let mut open: Vec<usize> = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        let opening = match atom.kind {
            LParen | LBracket | LBrace => {
                open.push(at);
                continue;
            }
            RParen => LParen,
            RBracket => LBracket,
            RBrace => LBrace,
            _ => continue,
        };
        if let Some(last) = open.pop_if(|last| atoms[*last].kind == opening) {
            mates[last] = at as u32;
            mates[at] = last as u32;
        }
    }
    mates
}
