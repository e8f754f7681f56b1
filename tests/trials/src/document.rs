//! A text that is edited as a language server edits it: only what an edit can have changed is cut and parsed again.
//!
//! It counts what that costs, and it can compare itself with a text that was just opened.

use archwright_grammar::{
    ast::Tree,
    items::{self, Edit, Piece, Recut},
    parser::parse_item,
};

/// What one edit cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Bytes that were read to find the pieces again; those that were read twice count twice.
    pub bytes_cut: u64,
    /// Bytes of the items that were lexed and parsed again.
    pub bytes_lexed: u64,
    /// How many items those are.
    pub items_parsed: u64,
}

/// A text with its pieces and their trees.
pub struct Document {
    text: String,
    pieces: Vec<Piece>,
    /// Of each piece, the text that was parsed and its tree.
    parsed: Vec<(Box<str>, Tree)>,
}

impl Document {
    /// Reads all of a text.
    pub fn new(text: String) -> Self {
        let pieces = items::cut(&text);
        let parsed = pieces.iter().map(|piece| parse(piece.span().of(&text))).collect();
        Self { text, pieces, parsed }
    }

    /// As it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As they are now.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Replaces the bytes `start..end`, which are character boundaries, by `insert`.
    pub fn edit(&mut self, start: usize, end: usize, insert: &str) -> Cost {
        let edit = Edit {
            start: start as u32,
            removed: (end - start) as u32,
            inserted: insert.len() as u32,
        };
        self.text.replace_range(start..end, insert);
        let recut = items::recut(self.text.as_str(), &self.pieces, edit);
        let mut old: Vec<Option<(Box<str>, Tree)>> =
            self.parsed.drain(recut.replaced.clone()).map(Some).collect();
        let mut cost = Cost {
            bytes_cut: recut.scanned,
            ..Cost::default()
        };
        // A tree stays where the text of its piece is there again.
        let parsed: Vec<(Box<str>, Tree)> = recut
            .pieces
            .iter()
            .map(|piece| {
                let text = piece.span().of(&self.text);
                let same = old
                    .iter_mut()
                    .find(|old| old.as_ref().is_some_and(|(old, _)| **old == *text))
                    .and_then(Option::take);
                same.unwrap_or_else(|| {
                    cost.bytes_lexed += u64::from(piece.len);
                    cost.items_parsed += 1;
                    parse(text)
                })
            })
            .collect();
        self.parsed
            .splice(recut.replaced.start..recut.replaced.start, parsed);
        self.pieces = spliced(&self.pieces, &recut, edit);
        cost
    }

    /// Fails where the pieces are not those of the same text cut afresh, or where a tree was made from another text than
    /// that of its piece. As trees are made from nothing but that text, and never changed, they are then as good as new.
    pub fn check_pieces(&self, when: impl Fn() -> String) {
        let fresh = items::cut(&self.text);
        if self.pieces != fresh {
            let first = self
                .pieces
                .iter()
                .zip(&fresh)
                .position(|(ours, fresh)| ours != fresh)
                .unwrap_or(self.pieces.len().min(fresh.len()));
            panic!(
                "{}: piece {first} is {:?}, and {:?} when cut afresh, in {:?}",
                when(),
                self.pieces.get(first),
                fresh.get(first),
                self.text
            );
        }
        assert_eq!(self.parsed.len(), self.pieces.len(), "{}", when());
        for (piece, (of, _)) in self.pieces.iter().zip(&self.parsed) {
            let text = piece.span().of(&self.text);
            assert_eq!(**of, *text, "{}: an old text was kept", when());
        }
    }

    /// Fails where the trees are not those of the same pieces parsed afresh.
    pub fn check_trees(&self, when: impl Fn() -> String) {
        for (piece, (_, tree)) in self.pieces.iter().zip(&self.parsed) {
            let text = piece.span().of(&self.text);
            assert!(
                *tree == parse_item(text),
                "{}: the tree of {text:?} is an old one: {tree:#?}",
                when()
            );
        }
    }
}

fn parse(text: &str) -> (Box<str>, Tree) {
    (text.into(), parse_item(text))
}

/// The pieces after an edit.
pub fn spliced(old: &[Piece], recut: &Recut, edit: Edit) -> Vec<Piece> {
    let mut pieces = old[..recut.replaced.start].to_vec();
    pieces.extend(&recut.pieces);
    pieces.extend(old[recut.replaced.end..].iter().map(|piece| Piece {
        start: piece.start - edit.removed + edit.inserted,
        ..*piece
    }));
    pieces
}
