//! What is said where an argument is missing, wrong, or one too many.

use smallvec::SmallVec;

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
    /// Says what is missing or wrong here. Behind the first mistake of a head nothing is said: it only follows.
    pub(super) fn expected(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        let mut all: Vec<String> = self.skipped.iter().map(|skipped| describe(skipped)).collect();
        all.push(describe(arg));
        all.dedup();
        let wanted: SmallVec<[&'static Arg; 4]> = self.skipped.iter().copied().chain([arg]).collect();
        self.report(&one_of(&all), &wanted)
    }

    /// The same for a sign that no row of the vocabulary speaks of; inside of brackets each part has its own mistakes.
    pub(super) fn expected_sign(&mut self, what: &str) -> Result<(), Failed> {
        let failed = std::mem::replace(&mut self.failed, false);
        let result = self.report(what, &[]);
        self.failed |= failed;
        result
    }

    /// The same, where drafts of a repair go by `arg`.
    pub(super) fn expected_as(&mut self, what: &str, arg: &'static Arg) -> Result<(), Failed> {
        self.report(what, &[arg])
    }

    fn report(&mut self, expected: &str, wanted: &[&'static Arg]) -> Result<(), Failed> {
        if self.failed {
            return Err(Failed);
        }
        self.failed = true;
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
                self.parser.unreadable = true;
                return Err(Failed);
            }
            Some(tok) => {
                let found = error(
                    "syntax.unexpected_token",
                    tok.span,
                    format!(
                        "Found `{}` in {title} where {expected} is expected.",
                        shorten(tok.text)
                    ),
                );
                let mut words = Vec::new();
                for arg in wanted {
                    leading_words(arg, &mut words);
                }
                match did_you_mean(tok.text, words.into_iter()).filter(|_| tok.kind == TokenKind::Ident) {
                    Some(near) => found.help(format!("Did you mean `{near}`?")).fix(
                        format!("Replace by `{near}`"),
                        tok.span,
                        near,
                    ),
                    None => found.help(example),
                }
            }
            None => {
                let last = self.parser.toks[self.end - 1];
                let behind = if self.end - 1 > self.head {
                    format!(" behind `{}`", shorten(last.text))
                } else {
                    String::new()
                };
                error(
                    "syntax.missing_argument",
                    last.span,
                    format!("{title} is not complete: {expected} is missing{behind}."),
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
        self.parser.stopped(self.at, wanted, None);
        Err(Failed)
    }

    /// Says that nothing more may stand here.
    pub(super) fn nothing_left(&mut self) {
        let Some(tok) = self.tok().filter(|_| !self.failed) else {
            return;
        };
        if tok.kind == TokenKind::BadNumber {
            self.parser.unreadable = true;
            return;
        }
        if tok.kind == TokenKind::Comma && !self.form.word.is_empty() {
            self.needless_comma(tok);
            return;
        }
        let mut all: Vec<String> = self.skipped.iter().map(|skipped| describe(skipped)).collect();
        let wanted = self.skipped.clone();
        all.push(match self.form.kind {
            Kind::EnumMember | Kind::Projected => "`,` or a line end".to_owned(),
            _ => match self.form.block.place() {
                Some(_) => "the block or the end of the line".to_owned(),
                None => "the end of the line".to_owned(),
            },
        });
        all.dedup();
        // The error itself says everything; the failure has no one to go to.
        let _ = self.report(&one_of(&all), &wanted);
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
            found
        } else {
            found.fix("Remove `,`", comma.span, "")
        });
        self.parser.stopped(self.at, &[], None);
    }
}
