//! The parameters of endpoints and queries.

use super::{
    arguments::{Failed, Reader, is_string},
    values::cover,
};
use crate::{
    ast::{Param, TypeKind, Value},
    lexer::TokenKind,
    vocabulary::Arg,
};

impl Reader<'_, '_> {
    /// `(name: type, …)`.
    pub(super) fn params(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        if !self.is(TokenKind::LParen) {
            return self.expected(arg);
        }
        let (open, close) = self.bracket();
        let end = self.end;
        let inner_end = close.unwrap_or(end);
        self.advance();
        let mut failed = self.failed;
        while self.at < inner_end {
            self.end = self.parser.until(self.at, inner_end, |kind| {
                matches!(kind, TokenKind::Comma | TokenKind::Semicolon)
            });
            let start = self.at;
            // Each parameter has its own mistakes.
            failed |= std::mem::replace(&mut self.failed, false);
            if let Some(param) = self.param() {
                let span = param.span;
                self.push("param", Value::Param(Box::new(param)), span);
            }
            debug_assert!(self.at >= start, "reading a parameter goes forward");
            self.at = self.end;
            self.end = inner_end;
            if self.tok().is_some_and(|tok| tok.kind == TokenKind::Semicolon) {
                // The failure is this statement's only in what it says; the next parameter is read all the same.
                let _ = self.expected_sign("`,`");
            }
            if self.tok().is_some() {
                self.advance();
            }
        }
        self.end = end;
        self.failed |= failed;
        self.close(open, close);
        Ok(())
    }

    /// `name: type = default @attributes`, the whole of `at..end`.
    fn param(&mut self) -> Option<Param> {
        const NAME: Arg = Arg::Name;
        const COLON: Arg = Arg::Sign(":");
        let start = self.at;
        let Some(first) = self.tok() else {
            let _ = self.expected_sign("a parameter such as `name: string`");
            return None;
        };
        let quoted = is_string(first.kind) && self.peek(1).is_some_and(|next| next.kind == TokenKind::Colon);
        if first.kind != TokenKind::Ident && !quoted {
            let _ = self.expected_sign("a parameter such as `name: string`");
            return None;
        }
        let name = self.name(&NAME).ok()?;
        let mut param = Param {
            name,
            ty: None,
            default: None,
            attributes: Vec::new(),
            span: first.span,
        };
        if self.is(TokenKind::Colon) {
            self.advance();
            if self
                .tok()
                .is_some_and(|tok| !matches!(tok.kind, TokenKind::Assign | TokenKind::At))
            {
                let ty = self.ty();
                param.ty = (ty.kind != TypeKind::Error).then_some(ty);
            } else {
                let _ = self.expected_sign("a type");
            }
            if self.is(TokenKind::Assign) {
                self.advance();
                if self.tok().is_some() {
                    param.default = Some(self.expr());
                } else {
                    let _ = self.expected_sign("a value");
                }
            }
            while self.is(TokenKind::At) {
                match self.attribute() {
                    Ok(attribute) => param.attributes.push(attribute),
                    Err(Failed) => break,
                }
            }
        } else {
            let _ = self.expected_as("`:` and a type", &COLON);
            self.at = self.end;
        }
        param.span = cover(&self.parser.toks[start..self.end]);
        Some(param)
    }
}
