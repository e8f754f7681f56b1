//! Lines that begin with what should end the line above: `and`, `or`, `->`, `,`.

use super::structure::Parser;
use crate::{ast::SyntaxError, lexer::TokenKind, span::Span};

impl Parser<'_> {
    /// Says of an error at the token `at` that its line goes on with the statement above, if it looks so.
    pub(super) fn continued(&self, at: usize, found: SyntaxError) -> SyntaxError {
        let tok = self.toks[at];
        let Some(before) = at.checked_sub(1).map(|before| self.toks[before]) else {
            return found;
        };
        let joining = matches!(tok.text, "and" | "or" | "->" | ",");
        let open = !matches!(
            before.kind,
            TokenKind::LBrace | TokenKind::RBrace | TokenKind::Semicolon
        );
        if !tok.line_start || !joining || !open || !self.takes(at, tok.text) {
            return found;
        }
        let found = found.help(format!(
            "A statement goes on behind `{0}`, not before it: write `{0}` at the end of the line above.",
            tok.text
        ));
        let gap = Span::new(before.span.end, tok.span.start);
        // A comment between the two would swallow what is joined.
        if gap.of(self.text).trim().is_empty() {
            found.fix(
                "Join it with the line above",
                gap,
                if tok.text == "," { "" } else { " " },
            )
        } else {
            found
        }
    }

    /// Whether the line above the token `at` could go on with `sign`.
    fn takes(&self, at: usize, sign: &str) -> bool {
        let line = self.toks[..at]
            .iter()
            .rposition(|tok| tok.line_start)
            .unwrap_or_default();
        let above = &self.toks[line..at];
        let first = above.first().map_or("", |tok| tok.text);
        match sign {
            "->" => matches!(first, "endpoint" | "query" | "route" | "deny" | "allow" | ")"),
            "," => true,
            _ => matches!(first, "and" | "or") || above.iter().any(|tok| tok.text == "where"),
        }
    }
}
