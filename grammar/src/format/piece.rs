//! Formats one item with what lies around it.

use super::{
    Options, apply,
    atoms::{self, Atom},
    edits::{TextEdit, minimal},
    emit::is_gap,
    frozen,
    layout::{Gap, Layout},
    line_end::LineEnd,
    mark,
    outline::{self, Entry, Statement},
    shape::Meaning,
};
use crate::{
    ast::Tree,
    items::{self, Piece},
    lexer::TokenKind,
    parser::parse_item,
    span::Span,
};

/// What one piece leaves to the next: the gap between them belongs to both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carry {
    /// One past the last atom that is kept.
    end: u32,
    /// Line ends since then.
    lines: u32,
    /// Whether there was an atom at all.
    any: bool,
    /// Whether the line of the last atom keeps its text.
    frozen: bool,
    /// Whether it is uncertain, since the last head in column 0, what stands at top level and what in a block.
    doubt: bool,
}

impl Carry {
    /// Before the first piece of `text`.
    pub(super) fn start(text: &str) -> Self {
        Self {
            end: mark(text),
            lines: 0,
            any: false,
            frozen: false,
            doubt: false,
        }
    }

    /// Behind what is not looked at, which ends at `end`.
    pub(super) const fn behind(end: u32) -> Self {
        Self {
            end,
            lines: 1,
            any: true,
            frozen: false,
            doubt: false,
        }
    }

    /// The end of the text: one line end behind the last atom.
    pub(super) fn end(&self, text: &str, line_end: LineEnd) -> Option<TextEdit> {
        let span = Span::new(self.end, text.len() as u32);
        let wanted = if self.any { line_end.text() } else { "" };
        if is_gap(span.of(text)) {
            minimal(text, span, wanted)
        } else {
            None
        }
    }
}

/// A piece and how it should look.
pub(super) struct Formatted {
    /// With places in the whole text.
    pub(super) edits: Vec<TextEdit>,
    pub(super) tree: Tree,
}

/// Formats the piece of `text` that follows what `carry` speaks of.
pub(super) fn format_piece(
    text: &str,
    piece: Piece,
    options: Options,
    line_end: LineEnd,
    carry: &mut Carry,
) -> Formatted {
    let source = piece.span().of(text);
    let tree = parse_item(source);
    let (mut atoms, behind) = atoms::read(source);
    let Some(first) = atoms.first_mut() else {
        carry.lines += behind;
        return Formatted {
            edits: Vec::new(),
            tree,
        };
    };
    first.lines += carry.lines;
    carry.doubt &= piece.head.is_none();
    let entries = outline::entries(&atoms, 0..atoms.len(), tree.node.as_slice());
    let joined = carry.any && atoms[0].lines == 0;
    let mut frozen = frozen::find(&atoms, &tree, &entries, joined);
    frozen[0] |= joined && carry.frozen;
    let here = Here {
        text,
        piece,
        atoms: &atoms,
        tree: &tree,
        entries: &entries,
        carry: *carry,
        line_end,
    };
    let (layout, edits) = here.settle(&frozen, options.width);
    let doubt = carry.doubt
        || doubt(&atoms, &entries) < atoms.len()
        || entries.iter().any(|entry| matches!(entry, Entry::Stray(_)));
    let last = (0..atoms.len()).rev().find(|at| !layout.dropped[*at]);
    let dropped: u32 = atoms[last.map_or(0, |last| last + 1)..]
        .iter()
        .map(|atom| atom.lines)
        .sum();
    match last {
        Some(last) => {
            *carry = Carry {
                end: piece.start + atoms[last].end,
                lines: dropped + behind,
                any: true,
                frozen: frozen[atoms.len()],
                doubt,
            };
        }
        None => carry.lines = dropped + behind,
    }
    Formatted { edits, tree }
}

/// How often an item is laid out anew to find the statements whose line ends matter.
const MOST_TRIES: u32 = 40;

/// What becomes of the line ends in a head that must not be broken anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    /// They go, unless there is a comment.
    Joined,
    /// They stay as they are.
    Kept,
}

/// A piece that is being formatted.
struct Here<'a> {
    text: &'a str,
    piece: Piece,
    atoms: &'a [Atom],
    tree: &'a Tree,
    entries: &'a [Entry<'a>],
    carry: Carry,
    line_end: LineEnd,
}

impl<'a> Here<'a> {
    /// The best layout that does not change what the text means.
    fn settle(&self, frozen: &[bool], width: u32) -> (Layout<'a>, Vec<TextEdit>) {
        let none = vec![false; self.atoms.len()];
        let full = self.layout(frozen, width, none.clone(), Care::Joined);
        if let Some(edits) = self.checked(&full) {
            return (full, edits);
        }
        // Some line end matters. It is found by trying; such statements have none, or else keep theirs.
        let mut gentle = none;
        let mut moved = full.moved.clone();
        moved.sort_unstable();
        moved.dedup();
        let mut tries = MOST_TRIES;
        for culprit in self.culprits(frozen, width, &moved, &moved, &mut tries) {
            gentle[culprit] = true;
        }
        let all = vec![true; self.atoms.len()];
        for (width, gentle, care) in [
            (width, gentle.clone(), Care::Joined),
            (width, gentle, Care::Kept),
            (u32::MAX, all, Care::Kept),
        ] {
            let careful = self.layout(frozen, width, gentle, care);
            if let Some(edits) = self.checked(&careful) {
                return (careful, edits);
            }
        }
        (full, Vec::new())
    }

    /// Those of `some` statements whose line ends cannot be moved, while the rest of `all` keep theirs. When no `tries`
    /// are left, all that may be meant.
    fn culprits(
        &self,
        frozen: &[bool],
        width: u32,
        all: &[usize],
        some: &[usize],
        tries: &mut u32,
    ) -> Vec<usize> {
        if some.is_empty() || *tries == 0 {
            return some.to_vec();
        }
        *tries -= 1;
        let mut gentle = vec![false; self.atoms.len()];
        for at in all.iter().filter(|at| some.binary_search(at).is_err()) {
            gentle[*at] = true;
        }
        if self
            .checked(&self.layout(frozen, width, gentle, Care::Kept))
            .is_some()
        {
            return Vec::new();
        }
        if let [one] = some {
            return vec![*one];
        }
        let (left, right) = some.split_at(some.len() / 2);
        let mut found = self.culprits(frozen, width, all, left, tries);
        found.extend(self.culprits(frozen, width, all, right, tries));
        found
    }

    fn layout(&self, frozen: &[bool], width: u32, gentle: Vec<bool>, care: Care) -> Layout<'a> {
        let mut frozen = frozen.to_vec();
        keep_lines(self.entries, self.atoms, &gentle, care, &mut frozen);
        let mut layout = Layout::new(self.piece.span().of(self.text), self.atoms, frozen, width);
        layout.gentle = gentle;
        layout.doubt = if self.carry.doubt {
            0
        } else {
            doubt(self.atoms, self.entries)
        };
        layout.measure(self.entries);
        layout.items(self.entries, self.carry.any);
        layout
    }

    /// The edits of a layout, unless they would change what the text means.
    fn checked(&self, layout: &Layout<'_>) -> Option<Vec<TextEdit>> {
        let edits = layout.emit(self.text, self.piece.start, self.carry.end, self.line_end);
        let risky = !layout.moved.is_empty() || !self.tree.errors.is_empty();
        (edits.is_empty() || !risky || self.means_the_same(&edits)).then_some(edits)
    }

    fn means_the_same(&self, edits: &[TextEdit]) -> bool {
        let from = self.carry.end;
        let span = Span::new(from, self.piece.end());
        let moved: Vec<TextEdit> = edits
            .iter()
            .map(|edit| TextEdit {
                span: Span::new(edit.span.start - from, edit.span.end - from),
                text: edit.text.clone(),
            })
            .collect();
        let whole = apply(span.of(self.text), &moved);
        let (before, after) = (from_first_line(span.of(self.text)), from_first_line(&whole));
        let tree = parse_item(after);
        let (atoms, _) = atoms::read(after);
        // Some line that is moved may look like an item of its own.
        items::cut(after).len() <= items::cut(before).len().max(1)
            && Meaning::new(self.tree, self.atoms).includes(&Meaning::new(&tree, &atoms))
    }
}

/// A text without the line ends and separators that it begins with; the blanks of the first line stay.
fn from_first_line(text: &str) -> &str {
    let rest = text.trim_start_matches([' ', '\t', '\u{B}', '\u{C}', '\r', '\n', ';', ',']);
    let gap = &text[..text.len() - rest.len()];
    &text[gap.rfind(['\n', '\r']).map_or(0, |end| end + 1)..]
}

impl Layout<'_> {
    /// Lays out what stands at top level. `any` says that something stands before the piece.
    fn items(&mut self, entries: &[Entry<'_>], any: bool) {
        let certain = self.doubt > 0;
        self.entries(entries, 0, !any);
        if let Some(entry) = entries.first()
            && !any
            && certain
            && self.gaps[entry.first()].is_some()
        {
            self.set(entry.first(), Gap::blanks(0));
        }
    }
}

/// The first atom from which on it is uncertain which block a line belongs to.
fn doubt(atoms: &[Atom], entries: &[Entry<'_>]) -> usize {
    let mut depth = 0_usize;
    for atom in atoms {
        match atom.kind {
            TokenKind::LBrace => depth += 1,
            // A brace too many may have closed the wrong block long before.
            TokenKind::RBrace if depth == 0 => return 0,
            TokenKind::RBrace => depth -= 1,
            _ => {}
        }
    }
    match first_open(entries) {
        Some(at) => at,
        None if depth > 0 => 0,
        None => atoms.len(),
    }
}

/// The first statement whose own block lacks its `}`.
fn first_open(entries: &[Entry<'_>]) -> Option<usize> {
    entries.iter().find_map(|entry| {
        let Entry::Statement(Statement {
            first,
            block: Some(block),
            open: true,
            ..
        }) = entry
        else {
            return None;
        };
        let inner = first_open(&block.entries);
        if block.closed {
            inner
        } else {
            Some(inner.map_or(*first, |inner| inner.min(*first)))
        }
    })
}

/// The line ends in the heads of `gentle` statements that stay, besides what is frozen.
fn keep_lines(entries: &[Entry<'_>], atoms: &[Atom], gentle: &[bool], care: Care, frozen: &mut [bool]) {
    for entry in entries {
        if let Entry::Statement(statement) = entry {
            let head = statement.first + 1..statement.head_end;
            let brace = statement.block.as_ref().map(|block| block.brace);
            let remarks = atoms[statement.first..statement.head_end]
                .iter()
                .any(|atom| atom.is_comment());
            if gentle[statement.first] && (care == Care::Kept || remarks) {
                for at in head.chain(brace) {
                    frozen[at] |= atoms[at].lines > 0;
                }
            }
            if let Some(block) = &statement.block {
                keep_lines(&block.entries, atoms, gentle, care, frozen);
            }
        }
    }
}

/// Whether it is known of each line which block it belongs to.
pub(super) fn is_certain(atoms: &[Atom], tree: &Tree) -> bool {
    let entries = outline::entries(atoms, 0..atoms.len(), tree.node.as_slice());
    doubt(atoms, &entries) == atoms.len()
}
