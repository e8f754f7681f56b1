//! Where the cursor is: in which block, in which statement, behind which words.

use archwright_grammar::{
    ast::Node,
    lexer::{TokenKind, lex},
    vocabulary::{self, Form, Kind, Place, Times},
};
use smallvec::SmallVec;

use super::expected::Tok;
use crate::features::spot::Spot;

/// The cursor's surroundings.
pub(super) struct Cursor<'a> {
    /// The block that the cursor is in.
    pub place: Place,
    /// The node of that block, and the way to it; none at top level.
    pub owner: Option<&'a Node>,
    pub owner_path: SmallVec<[u16; 4]>,
    /// Tokens of the statement before the word at the cursor, without blanks.
    pub before: Vec<Tok<'a>>,
    /// `Orders.` before the cursor: the names.
    pub qualifier: Vec<&'a str>,
    /// The word at the cursor, from the item's start.
    pub word: std::ops::Range<u32>,
}

impl<'a> Cursor<'a> {
    /// `None` inside a comment or text.
    pub fn new(spot: &Spot<'a>) -> Option<Self> {
        let text: &'a str = spot.item.text(spot.cx.db);
        let offset = (spot.offset as usize).min(text.len());
        let (place, owner, owner_path) = block(spot, offset as u32);
        let tokens: Vec<_> = lex(text).collect();
        let inside = tokens
            .iter()
            .find(|token| (token.span.start as usize) < offset && offset <= token.span.end as usize);
        if let Some(token) = inside
            && (matches!(
                token.kind,
                TokenKind::Comment | TokenKind::Doc | TokenKind::FileDoc
            ) || (matches!(token.kind, TokenKind::String | TokenKind::OpenString)
                && (offset < token.span.end as usize || token.kind == TokenKind::OpenString)))
        {
            return None;
        }
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let bytes = text.as_bytes();
        let start = (0..offset)
            .rev()
            .take_while(|at| is_word(bytes[*at]))
            .last()
            .unwrap_or(offset);
        let end = (offset..bytes.len())
            .take_while(|at| is_word(bytes[*at]))
            .last()
            .map_or(offset, |at| at + 1);
        // From the start of the statement: behind the last line end, brace or `;` that ends one.
        let mut before: Vec<Tok<'a>> = Vec::new();
        let mut depth = 0_i32;
        for token in &tokens {
            if token.span.end as usize > start {
                break;
            }
            let piece = token.span.of(text);
            match token.kind {
                TokenKind::Whitespace | TokenKind::Comment | TokenKind::Doc | TokenKind::FileDoc => continue,
                TokenKind::Newline => {
                    let goes_on = depth > 0
                        || before
                            .last()
                            .is_some_and(|last| matches!(last.text, "," | "->" | "=" | "and" | "or"));
                    if !goes_on {
                        before.clear();
                        depth = 0;
                    }
                    continue;
                }
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                TokenKind::RParen | TokenKind::RBracket => depth -= 1,
                // A brace inside parentheses or behind `->` and `:` is a type's, else a block's.
                TokenKind::LBrace if depth == 0 && !type_brace(&before) => {
                    before.clear();
                    continue;
                }
                TokenKind::RBrace | TokenKind::Semicolon if depth == 0 && !in_type_brace(&before) => {
                    before.clear();
                    continue;
                }
                _ => {}
            }
            before.push(Tok {
                kind: token.kind,
                text: piece,
            });
        }
        let mut qualifier = Vec::new();
        while let [.., name, dot] = before.as_slice()
            && dot.text == "."
            && name.kind == TokenKind::Ident
        {
            qualifier.insert(0, name.text);
            before.truncate(before.len() - 2);
        }
        let word = start as u32..end as u32;
        Some(Self {
            place,
            owner,
            owner_path,
            before,
            qualifier,
            word,
        })
    }

    /// The row of the statement that is being written, and the tokens behind its word.
    pub fn form(&self) -> Option<(&'static Form, &[Tok<'a>])> {
        let (first, rest) = self.before.split_first()?;
        if rest.first().is_some_and(|token| token.text == ":")
            && let Some(field) = vocabulary::wordless(self.place)
        {
            return Some((field, &self.before));
        }
        if let Some(form) = vocabulary::form(self.place, first.text) {
            return Some((form, rest));
        }
        vocabulary::wordless(self.place).map(|form| (form, self.before.as_slice()))
    }

    /// Statements that may still be added to the block.
    pub fn statements(&self) -> impl Iterator<Item = &'static Form> {
        let owner = self.owner;
        let here = self.word.clone();
        vocabulary::forms_in(self.place).filter(move |form| {
            let there = |node: &Node| {
                node.form.kind == form.kind
                    && !(node.word.span.start..=node.word.span.end).contains(&here.start)
            };
            !form.word.is_empty()
                && (form.times == Times::Many
                    || !owner.is_some_and(|owner| owner.children().iter().any(there)))
        })
    }
}

/// Whether a `{` here begins an inline type.
fn type_brace(before: &[Tok<'_>]) -> bool {
    before
        .last()
        .is_some_and(|last| matches!(last.text, "->" | ":" | "["))
}

/// Whether an inline type's brace is open.
fn in_type_brace(before: &[Tok<'_>]) -> bool {
    let open = before.iter().filter(|token| token.text == "{").count();
    let closed = before.iter().filter(|token| token.text == "}").count();
    open > closed
}

/// The innermost block around a byte.
fn block<'a>(spot: &Spot<'a>, offset: u32) -> (Place, Option<&'a Node>, SmallVec<[u16; 4]>) {
    let mut found = (Place::File, None, SmallVec::new());
    let Some(root) = &spot.tree.node else { return found };
    let mut at = Some((root, SmallVec::<[u16; 4]>::new()));
    while let Some((node, path)) = at.take() {
        let Some(block) = &node.block else { break };
        let inside = block.span.start < offset && (offset < block.span.end || !block.closed);
        if !inside {
            break;
        }
        let place = match (node.kind(), node.has("of"), node.form.block.place()) {
            (Kind::Type, true, _) => Place::Projection,
            (_, _, Some(place)) => place,
            (_, _, None) => break,
        };
        found = (place, Some(node), path.clone());
        for (index, child) in node.children().iter().enumerate() {
            let open = child.block.as_ref().is_some_and(|block| !block.closed);
            if child.span.start <= offset && (offset <= child.span.end || open) {
                let mut path = path.clone();
                path.push(index as u16);
                at = Some((child, path));
            }
        }
    }
    found
}
