//! Blocks without braces, held together by indentation as in other languages.

use super::structure::{Open, Parser};
use crate::{
    ast::{Block, Node},
    errors::error,
    lexer::TokenKind,
    span::Span,
    vocabulary::Place,
};

impl Parser<'_> {
    /// Whether lines follow the head at `start` that stand further in, fit its block, and fit nothing that is open.
    pub(super) fn is_indented_block(&self, inner: Place, start: usize) -> bool {
        let Some(tok) = self.toks.get(self.at) else {
            return false;
        };
        tok.line_start
            && tok.kind == TokenKind::Ident
            && tok.indent > self.toks[start].indent
            && self.fits(inner, self.at)
            && !self.fits(self.innermost(), self.at)
    }

    /// Reads those lines as the block that they are meant as. `said` tells whether the head is reported already.
    pub(super) fn indented_block(&mut self, inner: Place, start: usize, head: Span, said: bool) -> Block {
        let indent = self.toks[start].indent;
        let before = self.errors.len();
        self.push_open(Open {
            place: inner,
            indent,
            line: self.toks[start].line,
            head: start,
        });
        let mut nodes: Vec<Node> = Vec::new();
        while self
            .toks
            .get(self.at)
            .is_some_and(|tok| !(tok.line_start && tok.indent <= indent) && tok.kind != TokenKind::RBrace)
        {
            if matches!(self.kind(self.at), Some(TokenKind::Semicolon | TokenKind::Comma)) {
                self.at += 1;
                continue;
            }
            if let Some(node) = self.statement(inner) {
                self.check_repeated(&nodes, &node);
                nodes.push(node);
            }
            self.expect_line_end(inner);
        }
        self.pop_open();
        let end = self.toks[self.at - 1].span.end;
        let closing = self.closing_word(indent);
        let fixed = format!(
            " {{{}\n{}}}",
            Span::new(head.end, end).of(self.text),
            " ".repeat(indent as usize)
        );
        let behind = closing.map_or(end, |closing| closing.end);
        let title = self.title(start);
        if said {
            // What is wrong at the end of the head, such as a `:`, goes with it.
            let last = &mut self.errors[before - 1];
            let from = last.span.start.min(head.end);
            let joined = fixed.replacen(Span::new(head.end, from).of(self.text), "", 1);
            *last = error(last.code, last.span, std::mem::take(&mut last.message))
                .help("A block stands between `{` and `}`.")
                .fix(
                    "Put the block in braces",
                    Span::new(from, behind),
                    joined.trim_end_matches('\r'),
                );
        } else {
            let found = error(
                "syntax.missing_block",
                head,
                format!("The block of {title} stands without its braces."),
            )
            .help("A block stands between `{` and `}`; indentation alone says nothing.")
            .fix("Put the block in braces", Span::new(head.end, behind), fixed);
            self.errors.insert(before, found);
        }
        Block {
            span: Span::new(head.end, end),
            closed: true,
            nodes,
        }
    }

    /// `end` on a line of its own, where the block ends.
    fn closing_word(&mut self, indent: u32) -> Option<Span> {
        let tok = *self.toks.get(self.at)?;
        let alone = self.toks.get(self.at + 1).is_none_or(|next| next.line_start);
        if tok.text != "end" || tok.indent != indent || !tok.line_start || !alone {
            return None;
        }
        self.at += 1;
        Some(tok.span)
    }
}
