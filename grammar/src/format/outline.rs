//! What a piece is made of, as ranges of atoms: statements, their blocks, comments, and text that is none of these.

use std::ops::Range;

use super::atoms::Atom;
use crate::{ast::Node, lexer::TokenKind, vocabulary::Kind};

/// What stands in a block or at top level.
#[derive(Debug)]
pub(super) enum Entry<'t> {
    /// A statement, member or item.
    Statement(Statement<'t>),
    /// A comment or a line of documentation.
    Comment(usize),
    /// Text that the tree does not speak of.
    Stray(Range<usize>),
}

/// A node of the tree.
#[derive(Debug)]
pub(super) struct Statement<'t> {
    pub(super) node: &'t Node,
    /// Its first atom.
    pub(super) first: usize,
    /// One past the last atom of its head.
    pub(super) head_end: usize,
    pub(super) block: Option<Block<'t>>,
    /// Whether a block in it, or its own, lacks its `}`.
    pub(super) open: bool,
}

impl Statement<'_> {
    /// One past its last atom.
    pub(super) fn end(&self) -> usize {
        self.block.as_ref().map_or(self.head_end, |block| block.end)
    }
}

/// `{ … }`
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The `{`.
    pub(super) brace: usize,
    /// One past the last atom, the `}` if there is one.
    pub(super) end: usize,
    /// Whether the `}` is there.
    pub(super) closed: bool,
    /// Whether commas stand between what is inside, if it stands on one line.
    pub(super) commas: bool,
    pub(super) entries: Vec<Entry<'t>>,
}

impl Entry<'_> {
    /// Its first atom.
    pub(super) const fn first(&self) -> usize {
        match self {
            Self::Statement(statement) => statement.first,
            Self::Comment(at) => *at,
            Self::Stray(range) => range.start,
        }
    }
}

/// Finds `nodes` and what lies around them in the atoms of `range`.
pub(super) fn entries<'t>(atoms: &[Atom], range: Range<usize>, nodes: &'t [Node]) -> Vec<Entry<'t>> {
    let mut found = Vec::with_capacity(nodes.len() + 1);
    let mut nodes = nodes.iter().peekable();
    let mut at = range.start;
    while at < range.end {
        let atom = atoms[at];
        if let Some(node) = nodes.next_if(|node| node.span.start <= atom.start) {
            let statement = statement(atoms, at, range.end, node);
            // Two nodes cannot share tokens; one that seems to is left out, and its text is nobody's.
            if node.span.start == atom.start && statement.end() > at {
                at = statement.end();
                found.push(Entry::Statement(statement));
            }
            continue;
        }
        if atom.is_comment() {
            found.push(Entry::Comment(at));
            at += 1;
        } else if atom.is_separator() {
            at += 1;
        } else {
            let until = nodes.peek().map_or(u32::MAX, |node| node.span.start);
            let mut end = at + 1;
            while end < range.end && atoms[end].start < until {
                end += 1;
            }
            let next = end;
            while atoms[end - 1].is_comment() && atoms[end - 1].lines > 0 {
                end -= 1;
            }
            found.push(Entry::Stray(at..end));
            found.extend((end..next).map(Entry::Comment));
            at = next;
        }
    }
    found
}

/// The first atom at or behind `from` that begins at or behind a byte.
fn at_byte(atoms: &[Atom], from: usize, to: usize, byte: u32) -> usize {
    from + atoms[from..to].partition_point(|atom| atom.start < byte)
}

fn statement<'t>(atoms: &[Atom], first: usize, end: usize, node: &'t Node) -> Statement<'t> {
    let Some(block) = &node.block else {
        return Statement {
            node,
            first,
            head_end: at_byte(atoms, first, end, node.span.end),
            block: None,
            open: false,
        };
    };
    let brace = at_byte(atoms, first, end, block.span.start);
    let behind = at_byte(atoms, first, end, block.span.end);
    let closed = block.closed
        && behind > brace + 1
        && atoms[brace].kind == TokenKind::LBrace
        && atoms[behind - 1].kind == TokenKind::RBrace
        && atoms[behind - 1].end == block.span.end;
    let inside = (brace + 1).min(behind)..if closed { behind - 1 } else { behind };
    let entries = entries(atoms, inside, &block.nodes);
    let within = entries
        .iter()
        .any(|entry| matches!(entry, Entry::Statement(inner) if inner.open));
    let commas = node.form.kind == Kind::Enum || node.children_of(Kind::Projected).next().is_some();
    Statement {
        node,
        first,
        head_end: brace,
        open: within || !closed,
        block: Some(Block {
            brace,
            end: behind,
            closed,
            commas,
            entries,
        }),
    }
}
