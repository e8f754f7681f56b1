//! Where a statement, an argument or a bracket ends.

use super::structure::{DEEPEST, Parser, separated_by_commas};
use crate::{
    lexer::TokenKind,
    vocabulary::{self, Arg, Kind, Place},
};

impl Parser<'_> {
    /// One past the last token of the head of the statement that begins at `start`.
    ///
    /// That is a line end outside of brackets and not behind `,` `->` `=` `and` `or`, a `;`, the `{` of a block, or
    /// a `}`. A line that clearly begins another statement ends it too, so that a missing `)` costs one error.
    pub(super) fn statement_end(&self, start: usize, place: Place) -> usize {
        let commas = separated_by_commas(place);
        let mut brackets = 0_usize;
        let mut at = start + 1;
        if self.kind(start) == Some(TokenKind::LBrace) {
            return start;
        }
        while let Some(tok) = self.toks.get(at) {
            if tok.line_start {
                let goes_on = brackets > 0 || (!commas && self.continues(at - 1, start));
                if !goes_on || self.begins_statement(place, start, at, brackets > 0) {
                    return at;
                }
            }
            match tok.kind {
                TokenKind::LParen | TokenKind::LBracket => brackets += 1,
                TokenKind::RParen | TokenKind::RBracket => brackets = brackets.saturating_sub(1),
                TokenKind::Semicolon if brackets > 0 && self.closes_on_line(at) => {}
                TokenKind::Semicolon | TokenKind::RBrace => return at,
                // A comma right behind the name of a field is a wrong `:`.
                TokenKind::Comma
                    if place == Place::Fields
                        && at == start + 1
                        && self.kind(at + 1) == Some(TokenKind::Ident)
                        && !self.toks[at + 1].line_start
                        && self.kind(at + 2) != Some(TokenKind::Colon) => {}
                TokenKind::Comma if commas && brackets == 0 => return at,
                TokenKind::LBrace => {
                    if !self.opens_type(at, place, brackets > 0) {
                        return at;
                    }
                    at = self.type_end(at, place);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        at
    }

    /// Whether a `)` that nothing on the line opens stands behind `at`: then a `;` is one of a list in parentheses.
    fn closes_on_line(&self, at: usize) -> bool {
        let mut depth = 0_usize;
        for tok in self.toks[at + 1..].iter().take_while(|tok| !tok.line_start) {
            match tok.kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen if depth == 0 => return true,
                TokenKind::RParen => depth -= 1,
                TokenKind::LBrace | TokenKind::RBrace => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether a line end behind the token at `at` does not end the statement.
    fn continues(&self, at: usize, start: usize) -> bool {
        let tok = self.toks[at];
        match tok.kind {
            TokenKind::Comma | TokenKind::Arrow | TokenKind::Assign => true,
            TokenKind::Ident => at > start && matches!(tok.text, "and" | "or"),
            _ => false,
        }
    }

    /// Whether the line that begins at `at` is clearly a statement of its own.
    fn begins_statement(&self, place: Place, start: usize, at: usize, in_brackets: bool) -> bool {
        let tok = self.toks[at];
        if self.stands_alone(place, start, at) {
            return true;
        }
        let Some(next) = self.toks.get(at + 1).filter(|next| !next.line_start) else {
            return false;
        };
        if tok.kind != TokenKind::Ident {
            return false;
        }
        if next.kind == TokenKind::Colon {
            let fields = vocabulary::wordless(place).is_some_and(|form| form.kind == Kind::Field);
            return !in_brackets || (fields && !self.closes_further_down(at));
        }
        let begins = matches!(
            next.kind,
            TokenKind::Ident
                | TokenKind::Int
                | TokenKind::Duration
                | TokenKind::String
                | TokenKind::Path
                | TokenKind::LBrace
                | TokenKind::LParen
        );
        let joined = next.kind == TokenKind::Ident && matches!(next.text, "and" | "or" | "in" | "is");
        begins && !joined && vocabulary::form(place, tok.text).is_some()
    }

    /// Whether a bracket that is open at `at` is closed behind it, as in a list of arguments over several lines.
    fn closes_further_down(&self, at: usize) -> bool {
        const FURTHEST: usize = 60;
        let mut depth = 0_usize;
        for tok in self.toks[at..].iter().take(FURTHEST) {
            match tok.kind {
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                TokenKind::RParen | TokenKind::RBracket if depth == 0 => return true,
                TokenKind::RParen | TokenKind::RBracket => depth -= 1,
                TokenKind::LBrace | TokenKind::RBrace => return false,
                _ => {}
            }
        }
        false
    }

    /// Whether the line that begins at `at`, no further in than the statement that begins at `start`, is a whole statement
    /// of one word.
    fn stands_alone(&self, place: Place, start: usize, at: usize) -> bool {
        let tok = self.toks[at];
        let alone = self.toks.get(at + 1).is_none_or(|next| {
            next.line_start
                || matches!(
                    next.kind,
                    TokenKind::Semicolon | TokenKind::RBrace | TokenKind::LBrace
                )
        });
        alone
            && tok.kind == TokenKind::Ident
            && tok.indent <= self.toks[start].indent
            && vocabulary::form(place, tok.text).is_some_and(|form| {
                form.args
                    .iter()
                    .all(|arg| matches!(arg, Arg::Opt(_) | Arg::Flag(_)))
            })
    }

    /// Whether the `{` at `at` belongs to an inline type rather than to a block.
    fn opens_type(&self, at: usize, place: Place, in_brackets: bool) -> bool {
        let before = self.toks[at - 1].kind;
        let fields = vocabulary::wordless(place).is_some_and(|form| form.kind == Kind::Field);
        match before {
            TokenKind::Colon if in_brackets || fields => true,
            TokenKind::LBracket => true,
            TokenKind::Arrow => match self.kind(at + 1) {
                // No block follows an arrow, but one may be what a half-typed line is followed by.
                Some(TokenKind::Ident) => {
                    let word = self.toks[at + 1].text;
                    let statement = [Place::Endpoint, Place::Query]
                        .into_iter()
                        .any(|place| vocabulary::form(place, word).is_some());
                    self.kind(at + 2) == Some(TokenKind::Colon) || !statement
                }
                Some(TokenKind::RBrace | TokenKind::String) => true,
                _ => false,
            },
            // A structure where the arrow is missing, with the block behind it.
            _ => self.kind(at + 2) == Some(TokenKind::Colon) && self.followed_by_block(at),
        }
    }

    /// Whether the `{ … }` at `at` stands on one line and is followed by another one.
    fn followed_by_block(&self, at: usize) -> bool {
        let close = self.toks[at..]
            .iter()
            .enumerate()
            .take_while(|(index, tok)| *index == 0 || !tok.line_start)
            .find(|(_, tok)| tok.kind == TokenKind::RBrace)
            .map(|(index, _)| at + index);
        let behind = close.and_then(|close| self.toks.get(close + 1));
        behind.is_some_and(|tok| tok.kind == TokenKind::LBrace && !tok.line_start)
    }

    /// One past the `}` of the inline type that begins at `at`.
    fn type_end(&self, at: usize, place: Place) -> usize {
        let indent = self.toks[at].indent;
        let mut depth = 0_usize;
        let mut end = at;
        while let Some(tok) = self.toks.get(end) {
            match tok.kind {
                TokenKind::LBrace if depth > DEEPEST => return end,
                TokenKind::LBrace => depth += 1,
                TokenKind::RBrace => {
                    if tok.line_start && tok.indent < indent {
                        // This closes an outer block: the type lacks its `}`, and ends with its line.
                        let next_line = (at + 1..end).find(|next| self.toks[*next].line_start);
                        return next_line.unwrap_or(end);
                    }
                    depth -= 1;
                    if depth == 0 {
                        return end + 1;
                    }
                }
                TokenKind::Ident
                    if tok.line_start
                        && self.kind(end + 1) != Some(TokenKind::Colon)
                        && self.begins_statement(place, at, end, true) =>
                {
                    return end;
                }
                _ => {}
            }
            end += 1;
        }
        end
    }

    /// The first token in `at..end` outside of brackets for which `stop` holds, or `end`.
    pub(super) fn until(&self, at: usize, end: usize, stop: impl Fn(TokenKind) -> bool) -> usize {
        let mut depth = 0_usize;
        for index in at..end {
            let kind = self.toks[index].kind;
            if depth == 0 && stop(kind) {
                return index;
            }
            match kind {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth += 1,
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
        }
        end
    }
}
