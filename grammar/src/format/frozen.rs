//! What keeps its own text because there is an error in it.

use super::{
    atoms::Atom,
    outline::{Entry, Statement},
};
use crate::{
    ast::{SyntaxError, Tree},
    lexer::TokenKind,
    span::Span,
};

/// For each atom, whether what stands before it stays as it is; and one more for what stands behind the last.
///
/// `joined` says that the first atom stands on the line of what was before the piece.
pub(super) fn find(atoms: &[Atom], tree: &Tree, entries: &[Entry<'_>], joined: bool) -> Vec<bool> {
    let mut frozen = vec![false; atoms.len() + 1];
    if tree.errors.is_empty() || atoms.is_empty() {
        return frozen;
    }
    for error in &tree.errors {
        if let Some((first, last)) = place(atoms, error) {
            lines(atoms, first, last, &mut frozen);
        }
    }
    statements(entries, atoms, &tree.errors, &mut frozen);
    open_strings(atoms, &mut frozen);
    frozen[0] &= joined;
    frozen
}

/// A text without its closing `"` would swallow what is moved up to its line, and it ends with the line.
fn open_strings(atoms: &[Atom], frozen: &mut [bool]) {
    let mut open = false;
    for (at, atom) in atoms.iter().enumerate() {
        frozen[at] |= open;
        open &= atom.lines == 0;
        open |= atom.kind == TokenKind::OpenString;
    }
}

/// The first and the last atom that an error is about.
fn place(atoms: &[Atom], error: &SyntaxError) -> Option<(usize, usize)> {
    let Span { start, end } = error.span;
    // What is missing is missing behind something.
    let first = if start == end {
        atoms.partition_point(|atom| atom.end < start)
    } else {
        atoms.partition_point(|atom| atom.end <= start)
    };
    let first = first.min(atoms.len() - 1);
    let last = atoms
        .partition_point(|atom| atom.start < end.max(start + 1))
        .saturating_sub(1)
        .max(first);
    // A `{` on a line of its own only has to be moved.
    let brace = atoms[first];
    let moves = brace.kind == TokenKind::LBrace
        && brace.lines > 0
        && (brace.start, brace.end) == (start, end)
        && error.code == "syntax.unexpected_token";
    (!moves).then_some((first, last))
}

/// The lines from one atom to another keep what is inside of them. Of a line, all or nothing is frozen, so that many
/// errors in one line do not take long.
fn lines(atoms: &[Atom], first: usize, last: usize, frozen: &mut [bool]) {
    let mut at = first;
    while atoms[at].lines == 0 && !frozen[at] {
        frozen[at] = true;
        let Some(before) = at.checked_sub(1) else { break };
        at = before;
    }
    let mut at = last + 1;
    while atoms.get(at).is_none_or(|atom| atom.lines == 0) && !frozen[at] {
        frozen[at] = true;
        at += 1;
        if at > atoms.len() {
            break;
        }
    }
    frozen[first + 1..=last].fill(true);
}

/// A statement with an error in its head keeps the whole head.
fn statements(entries: &[Entry<'_>], atoms: &[Atom], errors: &[SyntaxError], frozen: &mut [bool]) {
    for entry in entries {
        match entry {
            Entry::Comment(_) => {}
            Entry::Stray(range) => {
                lines(atoms, range.start, range.end - 1, frozen);
            }
            Entry::Statement(statement) => {
                if statement.node.broken || has_error(statement, atoms, errors) {
                    lines(atoms, statement.first, statement.head_end - 1, frozen);
                }
                if let Some(block) = &statement.block {
                    statements(&block.entries, atoms, errors, frozen);
                }
            }
        }
    }
}

fn has_error(statement: &Statement<'_>, atoms: &[Atom], errors: &[SyntaxError]) -> bool {
    let start = atoms[statement.first].start;
    let end = atoms[statement.head_end - 1].end;
    let first = errors.partition_point(|error| error.span.start < start);
    errors.get(first).is_some_and(|error| error.span.start < end)
}
