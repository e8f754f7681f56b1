//! One edit that makes a statement readable: what was probably meant.
//!
//! Where the arguments of a statement could not be read, small edits of its head are tried one after the other, the
//! likeliest first. The first with which the mistake is gone and no other appears is offered as the fix, and the
//! statement gets the arguments that it has with it: one mistake costs one message and nothing else.

mod attributes;
mod draft;
mod expressions;
mod generic;
mod shapes;
mod types;

pub(super) use draft::{Draft, Drafts};

use smallvec::SmallVec;

use super::{
    structure::Parser,
    tokens::{Scanned, Tok},
};
use crate::{
    ast::{Argument, SyntaxError},
    errors::error,
    lexer::{TokenKind, lex},
    span::Span,
    vocabulary::{self, Arg, BlockForm, Form, Place, Times},
};

/// Where reading a head first stopped.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    /// The token that was not expected; one past the last where something is missing at the end.
    pub(super) at: usize,
    /// What the row of the vocabulary expects there.
    pub(super) expected: SmallVec<[&'static Arg; 4]>,
    /// The part that nests, if it stopped inside of one.
    pub(super) inside: Option<Inside>,
    /// The index of the error that says so.
    error: usize,
    /// Whether only a word is not known, and reading went on.
    pub(super) misspelt: bool,
}

/// A type, expression or attribute that could not be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside {
    pub(super) part: Part,
    /// Its first token.
    pub(super) start: usize,
    /// One past its last.
    pub(super) end: usize,
}

/// The parts of the language that nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Type,
    Expr,
    Attribute,
}

/// Heads of more tokens are not repaired; nobody typed them.
const LONGEST: usize = 300;
/// So many statements of one item are repaired: behind them, it is not a slip any more.
const MOST: usize = 200;

/// A statement's head, for trying edits.
#[derive(Clone, Copy)]
pub(super) struct Head<'h, 'a> {
    pub(super) text: &'a str,
    pub(super) form: &'static Form,
    pub(super) place: Place,
    /// Its tokens; the indexes of a trouble count from the first of them.
    pub(super) toks: &'h [Tok<'a>],
    /// The first token of its arguments.
    pub(super) arguments: usize,
}

/// What reading a changed head gives.
type Reading = (Vec<Argument>, Vec<SyntaxError>);

impl Parser<'_> {
    /// Remembers where reading first stopped. Its error is the last one.
    pub(super) fn stopped(&mut self, at: usize, expected: &[&'static Arg], inside: Option<Inside>) {
        if self.trouble.is_none() {
            self.trouble = Some(Trouble {
                at,
                expected: expected.iter().copied().collect(),
                inside,
                error: self.errors.len().saturating_sub(1),
                misspelt: false,
            });
        }
    }

    /// Remembers a word that is none of those that can stand in its place. Its error is the last one.
    pub(super) fn misspelt(&mut self, at: usize, expected: &'static Arg) {
        self.stopped(at, &[expected], None);
        if let Some(trouble) = &mut self.trouble
            && trouble.at == at
        {
            trouble.misspelt = true;
        }
    }

    /// Reads the arguments of the head `start..end`, as they are or as they were probably meant. Gives the end of the
    /// statement as well, which comes earlier where another one follows without `;`.
    pub(super) fn arguments_or_repaired(
        &mut self,
        place: Place,
        form: &'static Form,
        start: usize,
        arguments: usize,
        end: usize,
    ) -> (Vec<Argument>, usize) {
        let before = self.errors.len();
        self.trouble = None;
        let (args, read_to) = self.arguments(form, start, arguments, end);
        let Some(mut trouble) = self.trouble.take() else {
            return (args, read_to);
        };
        if read_to < end
            || end - start > LONGEST
            || self.repairs >= MOST
            || trouble.at < start
            || trouble.at > end
        {
            return (args, read_to);
        }
        self.repairs += 1;
        trouble.at -= start;
        trouble.error -= before.min(trouble.error);
        if let Some(inside) = &mut trouble.inside {
            inside.start -= start;
            inside.end -= start;
        }
        let said = self.errors.split_off(before);
        let toks = self.toks[start..end].to_vec();
        let head = Head {
            text: self.text,
            form,
            place,
            toks: &toks,
            arguments: arguments - start,
        };
        if !trouble.misspelt
            && let Some((args, length)) = self.split(head, &trouble, &said)
        {
            return (args, start + length);
        }
        // A word that is not known is the whole mistake, unless nothing behind it can be read either.
        trouble.misspelt &= said.len() == 1;
        let best = head.best(&trouble, &said);
        let early = self.early_between(toks.first(), toks.last());
        let mut said = said;
        match (best, early) {
            (Some((draft, args, rest)), early) => {
                let repaired = draft.covers();
                self.errors.extend(rest);
                let found = said.swap_remove(trouble.error);
                // Where the block is missing as well, something would still be wrong with the fix.
                let whole = !matches!(form.block, BlockForm::Required(_))
                    || self.kind(end) == Some(TokenKind::LBrace);
                let found = if whole { draft.onto(found) } else { found };
                // What was said of a single sign is now said with its repair, or comes first.
                match early {
                    Some(early) if repaired.cover(self.errors[early].span) == repaired => {
                        self.errors[early] = found;
                    }
                    Some(_) => {}
                    None => self.errors.push(found),
                }
                (args, end)
            }
            (None, early) => {
                if let Some(early) = early {
                    let count = said.len();
                    said.retain(|error| !follows(error));
                    if said.len() < count {
                        // Something would still be wrong with the fix.
                        self.errors[early].fix = None;
                    }
                }
                self.errors.extend(said);
                (args, end)
            }
        }
    }

    /// The first of the errors about single tokens between two tokens.
    fn early_between(&self, first: Option<&Tok<'_>>, last: Option<&Tok<'_>>) -> Option<usize> {
        let span = first?.span.cover(last?.span);
        let early = &self.errors[..self.early_errors];
        let at = early.partition_point(|error| error.span.end <= span.start);
        (early.get(at)?.span.start < span.end).then_some(at)
    }

    /// Two statements on one line: reads the first one only. What is between them is said by whoever reads on, or here
    /// at top level, where nobody does.
    fn split(
        &mut self,
        head: Head<'_, '_>,
        trouble: &Trouble,
        said: &[SyntaxError],
    ) -> Option<(Vec<Argument>, usize)> {
        // A comma between them is the mistake.
        let comma = head
            .toks
            .get(trouble.at)
            .filter(|tok| tok.kind == TokenKind::Comma);
        let at = trouble.at + usize::from(comma.is_some());
        let first = head
            .toks
            .get(at)
            .filter(|tok| trouble.at > 0 && tok.kind == TokenKind::Ident)?;
        let next = head.toks.get(at + 1);
        let next_kind = next.map(|tok| tok.kind);
        let wordless = vocabulary::wordless(head.place)
            .filter(|form| form.args.len() < 2 || next_kind == Some(TokenKind::Colon));
        let form = match wordless {
            Some(form) => form,
            None => vocabulary::form(head.place, first.text)?,
        };
        if form == head.form && form.times == Times::Once {
            return None;
        }
        let (args, rest) = head.reading(&head.toks[..trouble.at], "", head.toks.len())?;
        if rest.len() >= said.len() || !contains(said, &rest) {
            return None;
        }
        // With commas between more than two, each is said by itself.
        let until = match comma {
            Some(_) => comma_outside(head.toks, at),
            None => head.toks.len(),
        };
        let second = Head {
            form,
            toks: &head.toks[at..until],
            arguments: usize::from(!form.word.is_empty()),
            ..head
        };
        let (_, errors) = second.reading(second.toks, "", second.toks.len())?;
        if !errors.is_empty() {
            return None;
        }
        self.errors.extend(rest);
        if let (Some(comma), Some(found)) = (comma, said.get(trouble.error)) {
            self.errors
                .push(found.clone().fix("Replace by `;`", comma.span, ";"));
            let index = self.toks.partition_point(|tok| tok.span.start < first.span.start);
            if let Some(next) = self.toks.get_mut(index) {
                next.line_start = true;
            }
            return Some((args, at));
        }
        if head.place == Place::File {
            self.errors.push(
                error(
                    "syntax.unexpected_token",
                    first.span,
                    format!("Found `{}` where a line end or `;` is expected.", first.text),
                )
                .help("Each item begins on a line of its own.")
                .fix("Insert `;`", Span::empty(head.toks[at - 1].span.end), ";"),
            );
        }
        Some((args, at))
    }
}

/// The first comma from `at` on that stands in no brackets, or the end.
fn comma_outside(toks: &[Tok<'_>], at: usize) -> usize {
    let mut depth = 0_i32;
    for (index, tok) in toks.iter().enumerate().skip(at) {
        match tok.kind {
            TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => depth += 1,
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => depth -= 1,
            TokenKind::Comma if depth <= 0 => return index,
            _ => {}
        }
    }
    toks.len()
}

impl<'a> Head<'_, 'a> {
    /// The draft that leaves the fewest mistakes, the likelier of two.
    fn best(
        self,
        trouble: &Trouble,
        said: &[SyntaxError],
    ) -> Option<(Draft, Vec<Argument>, Vec<SyntaxError>)> {
        let mut best: Option<(Draft, Vec<Argument>, Vec<SyntaxError>)> = None;
        for draft in self.drafts(trouble) {
            let Some((args, rest)) = self.accepted(&draft, said) else {
                continue;
            };
            if best.as_ref().is_none_or(|(.., fewest)| rest.len() < fewest.len()) {
                let done = rest.is_empty();
                best = Some((draft, args, rest));
                if done {
                    break;
                }
            }
        }
        best
    }

    /// What the head gives with a draft, if that removes a mistake and brings no other.
    fn accepted(self, draft: &Draft, said: &[SyntaxError]) -> Option<Reading> {
        let (args, errors) = self.reading(&self.toks[..draft.from], &draft.text, draft.to)?;
        (errors.len() < said.len() && contains(said, &errors)).then_some((args, errors))
    }

    /// Reads the tokens of `before`, then those of `text`, then those from `behind` on.
    fn reading(self, before: &[Tok<'a>], text: &str, behind: usize) -> Option<Reading> {
        let replaced = &self.toks[before.len()..behind.max(before.len())];
        let mut toks: Vec<Tok<'_>> = before.to_vec();
        let last = toks.last().or(self.toks.first()).copied()?;
        let mut place = before.last().map_or(last.span.start, |tok| tok.span.end);
        let mut known = replaced;
        for token in lex(text) {
            if token.kind.is_trivia() {
                continue;
            }
            let wrong = matches!(
                token.kind,
                TokenKind::BadNumber
                    | TokenKind::BadWord
                    | TokenKind::Invalid
                    | TokenKind::OpenString
                    | TokenKind::SingleQuoted
            );
            if wrong {
                return None;
            }
            let word = token.span.of(text);
            // What is kept keeps its place.
            let span = if let Some(same) = known.iter().position(|tok| tok.text == word) {
                let span = known[same].span;
                known = &known[same + 1..];
                span
            } else {
                Span::empty(place)
            };
            place = span.end;
            toks.push(Tok {
                kind: token.kind,
                span,
                text: word,
                line_start: false,
                ..last
            });
        }
        toks.extend(self.toks.get(behind..).unwrap_or_default());
        let end = toks.len();
        if end < self.arguments.max(1) {
            return None;
        }
        let mut scratch = Parser::new(
            self.text,
            Scanned {
                toks,
                ..Scanned::default()
            },
        );
        // Braces are none of its business.
        scratch.unopened = 0;
        let (args, _) = scratch.arguments(self.form, 0, self.arguments, end);
        // A number that could not be read says nothing here, because it did when it was found.
        (!scratch.unreadable).then_some((args, scratch.errors))
    }
}

/// Whether an error may only follow from another one in the same statement.
fn follows(error: &SyntaxError) -> bool {
    matches!(
        error.code,
        "syntax.unexpected_token"
            | "syntax.missing_argument"
            | "syntax.unclosed_block"
            | "syntax.unknown_word"
    )
}

/// Whether each of `some` was said before.
fn contains(all: &[SyntaxError], some: &[SyntaxError]) -> bool {
    some.iter().all(|one| {
        all.iter()
            .any(|other| other.code == one.code && other.span == one.span)
    })
}
