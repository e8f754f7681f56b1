//! Whether a blank stands between two tokens of a statement.

use super::atoms::Atom;
use crate::{
    ast::{Argument, Node, Value},
    lexer::TokenKind,
};

/// The arguments of one statement, by which the same tokens are told apart: a call from a list of parameters, a sign
/// of a number from a subtraction.
pub(super) struct Spacing<'a> {
    text: &'a str,
    atoms: &'a [Atom],
    args: &'a [Argument],
    /// The first argument that does not end before the atom at hand.
    next: usize,
}

impl<'a> Spacing<'a> {
    pub(super) fn new(text: &'a str, atoms: &'a [Atom], node: &'a Node) -> Self {
        Self {
            text,
            atoms,
            args: &node.args,
            next: 0,
        }
    }

    /// Blanks before the atom at `at`, which is not the first of its statement. Asked in text order.
    pub(super) fn before(&mut self, at: usize) -> u32 {
        use TokenKind::{
            At, Colon, Comma, Dot, DotDot, LBracket, LParen, Minus, Path, Question, RBrace, RBracket, RParen,
            Semicolon,
        };
        let (last, atom) = (self.atoms[at - 1], self.atoms[at]);
        while self
            .args
            .get(self.next)
            .is_some_and(|arg| arg.span.end <= atom.start)
        {
            self.next += 1;
        }
        let closes = matches!(
            atom.kind,
            Comma | Semicolon | RParen | RBracket | Colon | Question | Dot | DotDot
        );
        if closes || matches!(last.kind, LParen | LBracket | Dot | At) {
            return u32::from(atom.kind == RBrace);
        }
        let joined = match (last.kind, atom.kind) {
            (DotDot, kind) => is_number(kind),
            (Minus, _) => self.is_sign(at - 1),
            (_, LParen) => self.is_call(at),
            // The id of a rule may be written as in a link: `auth/missing-authorization`.
            (TokenKind::Ident, Path) => last.end == atom.start && self.goes_on(atom),
            _ => false,
        };
        u32::from(!joined)
    }

    /// The argument that holds an atom.
    fn arg(&self, atom: Atom) -> Option<&'a Argument> {
        let around = |arg: &&Argument| arg.span.start <= atom.start && atom.start < arg.span.end;
        self.args
            .get(self.next)
            .filter(around)
            .or_else(|| self.args.get(self.next.checked_sub(1)?).filter(around))
    }

    /// Whether an atom is in an argument that began before it.
    fn goes_on(&self, atom: Atom) -> bool {
        self.arg(atom).is_some_and(|arg| arg.span.start < atom.start)
    }

    /// Whether the word at `at` joins or negates parts of a predicate.
    pub(super) fn is_operator(&self, at: usize) -> bool {
        let atom = self.atoms[at];
        atom.kind == TokenKind::Ident
            && matches!(atom.of(self.text), "and" | "or" | "not" | "in" | "is")
            && (at == 0 || self.atoms[at - 1].kind != TokenKind::Dot)
            && self
                .arg(atom)
                .is_some_and(|arg| matches!(arg.value, Value::Expr(_)))
    }

    /// Whether the `(` at `at` belongs to the name before it.
    fn is_call(&self, at: usize) -> bool {
        let (last, atom) = (self.atoms[at - 1], self.atoms[at]);
        if last.kind != TokenKind::Ident {
            return false;
        }
        if self.arg(atom).is_some() {
            return self.goes_on(atom) && !self.is_operator(at - 1);
        }
        // `runs open_orders(id)`, but `index (id)` and `query open_orders (id: uuid)`.
        self.args
            .iter()
            .any(|arg| arg.span.end == last.end && matches!(arg.value, Value::Ref(_)))
    }

    /// Whether the `-` at `at` belongs to the number behind it.
    fn is_sign(&self, at: usize) -> bool {
        let minus = self.atoms[at];
        if !self.goes_on(minus) {
            return true;
        }
        let last = self.atoms[at - 1].kind;
        self.is_operator(at - 1)
            || !(is_number(last)
                || matches!(
                    last,
                    TokenKind::Ident | TokenKind::String | TokenKind::RParen | TokenKind::RBracket
                ))
    }
}

const fn is_number(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Int
            | TokenKind::Decimal
            | TokenKind::Percent
            | TokenKind::Duration
            | TokenKind::Size
            | TokenKind::Date
    )
}
