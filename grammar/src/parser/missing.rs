//! What is said where an argument is missing, wrong, or one too many.

use super::{
    arguments::{Failed, Reader},
    describe::{describe, leading_words},
    structure::shorten,
    tokens::Tok,
};
use crate::{
    errors::{did_you_mean, error, one_of},
    lexer::TokenKind,
    span::Span,
    vocabulary::{Arg, Kind},
};

impl Reader<'_, '_> {
    /// Says what is missing or wrong here.
    pub(super) fn expected(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        let mut all: Vec<String> = self.skipped.iter().map(|skipped| describe(skipped)).collect();
        all.push(describe(arg));
        all.dedup();
        let mut words = Vec::new();
        for skipped in self.skipped.iter().copied().chain([arg]) {
            leading_words(skipped, &mut words);
        }
        let removable = self.is_removable(arg);
        self.report(&one_of(&all), &words, removable)
    }

    /// Whether the next token is a needless sign before `arg`.
    fn is_removable(&mut self, arg: &'static Arg) -> bool {
        self.at += 1;
        let begins = self.begins(arg);
        self.at -= 1;
        begins && self.at == self.head + 1
    }

    /// The same for a sign that no row of the vocabulary speaks of.
    pub(super) fn expected_sign(&mut self, what: &str) -> Result<(), Failed> {
        self.report(what, &[], false)
    }

    fn report(&mut self, expected: &str, words: &[&'static str], removable: bool) -> Result<(), Failed> {
        let title = if self.form.word.is_empty() {
            format!("`{}`", shorten(self.parser.toks[self.head].text))
        } else {
            self.parser.title(self.head)
        };
        let example = format!("For example: `{}`.", self.form.example);
        let found = match self.tok() {
            Some(tok) if tok.kind == TokenKind::BadNumber => {
                if expected == "a name" {
                    self.parser.not_a_name(tok);
                }
                return Err(Failed);
            }
            Some(tok) => {
                let shown = shorten(tok.text);
                let found = error(
                    "syntax.unexpected_token",
                    tok.span,
                    format!("Found `{shown}` in {title} where {expected} is expected."),
                );
                let near = did_you_mean(tok.text, words.iter().copied());
                let found = match (expected, tok.kind) {
                    ("`:`", TokenKind::Assign) => found.fix("Replace by `:`", tok.span, ":"),
                    ("`:`", _) => {
                        let before = self.parser.toks[self.at - 1].span.end;
                        found.fix("Insert `:`", Span::empty(before), ":")
                    }
                    (_, TokenKind::Assign | TokenKind::Colon) if removable => {
                        let next = self.peek(1).map_or(tok.span.end, |next| next.span.start);
                        let before = self.parser.toks[self.head].span.end;
                        found.fix(format!("Remove `{}`", tok.text), Span::new(before, next), " ")
                    }
                    _ => found,
                };
                match near.filter(|_| tok.kind == TokenKind::Ident) {
                    Some(near) => found.help(format!("Did you mean `{near}`?")).fix(
                        format!("Replace by `{near}`"),
                        tok.span,
                        near,
                    ),
                    None => found.help(example),
                }
            }
            None => {
                let last = self.parser.toks[self.end - 1].span;
                error(
                    "syntax.missing_argument",
                    last,
                    format!("{title} is not complete: {expected} is missing."),
                )
                .help(example)
            }
        };
        let head = self.parser.toks[self.head].span;
        let far = Span::new(head.end, found.span.start)
            .of(self.parser.text)
            .contains('\n');
        self.parser.errors.push(if far {
            found.related(head, format!("{title} begins here."))
        } else {
            found
        });
        Err(Failed)
    }

    /// Says that nothing more may stand here.
    pub(super) fn nothing_left(&mut self) {
        let Some(tok) = self.tok() else { return };
        if tok.kind == TokenKind::BadNumber {
            return;
        }
        if tok.kind == TokenKind::Comma && !self.form.word.is_empty() {
            self.needless_comma(tok);
            return;
        }
        let mut all: Vec<String> = self.skipped.iter().map(|skipped| describe(skipped)).collect();
        let mut words = Vec::new();
        for skipped in &self.skipped {
            leading_words(skipped, &mut words);
        }
        all.push(match self.form.kind {
            Kind::EnumMember | Kind::Projected => "`,` or a line end".to_owned(),
            _ => match self.form.block.place() {
                Some(_) => "the block or the end of the line".to_owned(),
                None => "the end of the line".to_owned(),
            },
        });
        all.dedup();
        // The error itself says everything; the failure has no one to go to.
        let _ = self.report(&one_of(&all), &words, false);
    }

    /// A comma behind a statement that takes no list, or behind the last of its arguments.
    fn needless_comma(&mut self, comma: Tok<'_>) {
        let title = self.parser.title(self.head);
        let found = error(
            "syntax.unexpected_token",
            comma.span,
            format!("After {title} there is no `,`."),
        )
        .help("Statements end with their line, or with `;`.");
        self.parser.errors.push(if self.peek(1).is_some() {
            found.fix("Replace by `;`", comma.span, ";")
        } else {
            found.fix("Remove `,`", comma.span, "")
        });
    }
}
