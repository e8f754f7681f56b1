//! Reads one item: structure first (blocks and statements), then each statement by its row of the vocabulary.
//!
//! A failure is confined to the statement that it is in; the node keeps what could be read.

mod arguments;
mod characters;
mod choose;
mod complaints;
mod continued;
mod delimited;
mod describe;
mod expressions;
mod failure;
mod indented;
mod lexemes;
mod literals;
mod look_alikes;
mod missing;
mod nested;
mod numbers;
mod parameters;
mod paths;
mod recursive;
mod remarks;
mod repair;
mod strangers;
mod structure;
mod synonyms;
mod tokens;
mod unread;
mod values;

use crate::{
    ast::{SyntaxError, Tree},
    items::{self, Piece},
    span::Span,
};

/// Reads the text of one piece, as [`items::cut`] gives it. Spans are relative to the start of `text`.
pub fn parse_item(text: &str) -> Tree {
    let mut scanned = tokens::scan(text);
    let comments = std::mem::take(&mut scanned.comments);
    let file_docs = scanned.file_docs.take();
    let mut parser = structure::Parser::new(text, scanned);
    let node = parser.file();
    let unread = parser.unread;
    let early = parser.early_errors;
    // Where nothing could be read, single characters are not the mistake.
    let spared = |span: Span| {
        let at = unread.partition_point(|one| one.end <= span.start);
        unread.get(at).is_some_and(|one| one.start <= span.start)
    };
    let mut errors: Vec<SyntaxError> = parser
        .errors
        .into_iter()
        .enumerate()
        .filter(|(index, error)| *index >= early || !spared(error.span))
        .map(|(_, error)| error)
        .collect();
    errors.sort_by_key(|error| error.span.start);
    Tree {
        node,
        errors,
        comments,
        file_docs,
    }
}

/// Reads a whole file: each piece with its tree, spans relative to the piece.
pub fn parse_file(text: &str) -> Vec<(Piece, Tree)> {
    items::cut(text)
        .into_iter()
        .map(|piece| {
            let tree = parse_item(piece.span().of(text));
            (piece, tree)
        })
        .collect()
}

/// All syntax errors of a whole file, with spans relative to the file.
pub fn file_errors(text: &str) -> Vec<SyntaxError> {
    parse_file(text)
        .into_iter()
        .flat_map(|(piece, tree)| tree.errors.into_iter().map(move |error| error.shift(piece.start)))
        .collect()
}

impl SyntaxError {
    /// The same error with all its places `by` bytes later.
    #[must_use]
    pub fn shift(mut self, by: u32) -> Self {
        let shift = |span: &mut Span| *span = span.shift(by);
        shift(&mut self.span);
        if let Some((span, _)) = &mut self.related {
            shift(span);
        }
        if let Some(fix) = &mut self.fix {
            shift(&mut fix.span);
        }
        self
    }
}
