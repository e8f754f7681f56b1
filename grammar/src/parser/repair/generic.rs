//! Edits that may repair any head: something doubled, missing, superfluous or in the wrong order.

use super::{Draft, Drafts, Head, Part, Trouble};
use crate::{
    errors::did_you_mean,
    lexer::TokenKind,
    parser::{describe::leading_words, tokens::Tok},
    vocabulary::{Arg, METHODS, Shape},
};

/// Words of declarations in other languages.
const FOREIGN: &[&str] = &[
    "struct",
    "interface",
    "class",
    "record",
    "object",
    "const",
    "final",
    "async",
];

/// Words that people put between a statement's word and what it says.
const FILLERS: &[&str] = &[
    "a", "an", "are", "as", "at", "be", "by", "for", "from", "in", "is", "of", "on", "the", "to", "using",
    "via", "with",
];

impl Head<'_, '_> {
    /// Everything that may be tried, the likeliest first.
    pub(super) fn drafts(self, trouble: &Trouble) -> Drafts {
        let mut drafts = Drafts::default();
        let at = trouble.at;
        self.joined(at, &mut drafts);
        self.doubled(at, &mut drafts);
        if trouble.inside.is_none() {
            self.empty(at, &mut drafts);
        }
        if FOREIGN.contains(&self.word(at)) {
            drafts.0.push(self.remove(at, at + 1));
        }
        if trouble.expected.iter().any(|arg| matches!(arg, Arg::Sign(":"))) {
            self.around_colon(at, &mut drafts);
        }
        for arg in &trouble.expected {
            self.by_shape(at, arg, &mut drafts);
        }
        if trouble.misspelt {
            return drafts;
        }
        match trouble.inside.map(|inside| (inside.part, inside)) {
            Some((Part::Type, inside)) => self.types(at, inside, &mut drafts),
            Some((Part::Expr, inside)) => self.expressions(at, inside, &mut drafts),
            Some((Part::Attribute, inside)) => self.attributes(at, inside, &mut drafts),
            None => {}
        }
        self.literals(trouble, &mut drafts);
        self.brackets(trouble, &mut drafts);
        self.around(at, &trouble.expected, &mut drafts);
        drafts
    }

    /// `Orders::place`, `Orders->place`.
    fn joined(self, at: usize, drafts: &mut Drafts) {
        let end = match (self.kind(at), self.kind(at + 1)) {
            (Some(TokenKind::Colon), Some(TokenKind::Colon)) => at + 2,
            (Some(TokenKind::Arrow), Some(TokenKind::Ident)) => at + 1,
            _ => return,
        };
        let name = |at: usize| self.kind(at) == Some(TokenKind::Ident);
        if at > 0 && name(at - 1) && name(end) && (at..=end).all(|at| self.touches(at)) {
            drafts.0.push(
                self.replace(at, end, ".")
                    .helping("The parts of a name have `.` between them."),
            );
        }
    }

    /// `runs open_orders()`: parentheses that may be left out have something in them.
    fn empty(self, at: usize, drafts: &mut Drafts) {
        let Some(open) = at.checked_sub(1) else { return };
        if (self.kind(open), self.kind(at)) == (Some(TokenKind::LParen), Some(TokenKind::RParen)) {
            drafts.0.push(
                self.remove(open, at + 1)
                    .saying("Nothing stands in these parentheses.".to_owned())
                    .helping("Without arguments there are none.")
                    .titled("Remove `()`"),
            );
        }
    }

    /// `in in`, `::`, `Orders Orders`.
    fn doubled(self, at: usize, drafts: &mut Drafts) {
        let pairs = [at.checked_sub(1), at.checked_sub(2), Some(at)];
        for first in pairs.into_iter().flatten() {
            let (one, two) = (self.word(first), self.word(first + 1));
            if one.is_empty() || one != two {
                continue;
            }
            drafts.0.push(
                self.remove(first + 1, first + 2)
                    .saying(format!("`{one}` stands twice."))
                    .helping("Once is enough."),
            );
        }
    }

    /// The words and signs that are expected, before or instead of what is found.
    fn literals(self, trouble: &Trouble, drafts: &mut Drafts) {
        let at = trouble.at;
        let mut words = Vec::new();
        for arg in &trouble.expected {
            leading_words(arg, &mut words);
        }
        let found = self.toks.get(at);
        if let Some(near) = found
            .filter(|tok| tok.kind == TokenKind::Ident)
            .and_then(|tok| did_you_mean(tok.text, words.iter().copied()))
        {
            drafts.0.push(
                self.replace(at, at + 1, near)
                    .helping(format!("Did you mean `{near}`?"))
                    .titled(format!("Replace by `{near}`")),
            );
        }
        let mut fixed = Vec::new();
        for arg in &trouble.expected {
            fixed_words(arg, &mut fixed);
            if matches!(arg, Arg::One(_, Shape::Method)) && found.is_some() {
                fixed.extend(["GET", "POST"]);
            }
        }
        for word in &fixed {
            drafts.0.push(self.insert(at, word));
        }
        if found.is_some() {
            for word in &fixed {
                drafts.0.push(
                    self.replace(at, at + 1, *word)
                        .titled(format!("Replace by `{word}`")),
                );
            }
        }
    }

    /// Brackets around what needs none, or none around what needs them.
    fn brackets(self, trouble: &Trouble, drafts: &mut Drafts) {
        let at = trouble.at;
        let parens = trouble
            .expected
            .iter()
            .any(|arg| matches!(arg, Arg::Parens(..) | Arg::Params));
        let closing = self.closing(at);
        if let Some(close) = closing {
            let inner = self.source(at + 1, close).to_owned();
            if parens {
                drafts.0.push(
                    self.replace(at, close + 1, format!("({inner})"))
                        .helping("Lists of fields and parameters stand in parentheses."),
                );
            } else if self.kind(at) != Some(TokenKind::LBrace) && !inner.is_empty() {
                drafts.0.push(
                    self.replace(at, close + 1, inner)
                        .titled("Remove the brackets".to_owned())
                        .helping("This stands without brackets."),
                );
            }
            drafts.0.push(self.remove(at, close + 1));
        }
        if parens && self.kind(at) == Some(TokenKind::Ident) {
            let inner = self.source(at, self.toks.len());
            drafts.0.push(
                self.replace(at, self.toks.len(), format!("({inner})"))
                    .titled("Add parentheses".to_owned()),
            );
        }
        if self.kind(at).is_none() || trouble.inside.is_some() {
            for sign in [")", "]", "}"] {
                drafts.0.push(self.insert(at, sign));
                if at < self.toks.len() {
                    drafts.0.push(self.insert(self.toks.len(), sign));
                }
            }
        }
    }

    /// Neighbours in the wrong order, a missing comma, one word too many.
    fn around(self, at: usize, expected: &[&'static Arg], drafts: &mut Drafts) {
        let last = self.toks.len();
        if at < last {
            for (one, two) in [(at, at + 1), (at.wrapping_sub(1), at)] {
                drafts.0.extend(self.swap(one, two));
            }
            if self.kind(at + 1) == Some(TokenKind::DotDot) && self.kind(at + 3) == Some(TokenKind::Ident) {
                let (range, name) = (self.source(at, at + 3), self.word(at + 3));
                drafts.0.push(
                    self.replace(at, at + 4, format!("{name} {range}"))
                        .saying(format!("`{range}` and `{name}` stand in the wrong order.")),
                );
            }
            if at > 0 && self.kind(at - 1) == Some(TokenKind::Path) {
                drafts.0.push(
                    self.replace(at - 1, at + 1, format!("{}{}", self.word(at - 1), self.word(at)))
                        .saying("There is a blank in this path."),
                );
            }
            drafts.0.push(self.insert(at, ","));
            let filler = at
                .checked_sub(1)
                .filter(|before| *before >= self.arguments && FILLERS.contains(&self.word(*before)));
            if let Some(before) = filler {
                drafts.0.push(self.remove(before, at));
            }
            let date = trouble_is_date(expected)
                && matches!(self.kind(at), Some(TokenKind::Int | TokenKind::Decimal));
            if date {
                // What is meant as a date is never the mistake.
                return;
            }
            drafts.0.push(self.remove(at, at + 1));
            let wordless = self.form.word.is_empty();
            // What stands together without blanks was meant as one thing.
            let mut end = at + 1;
            while end < last && self.touches(end) {
                end += 1;
            }
            if end > at + 1 {
                drafts.0.push(self.remove(at, end));
            }
            if !wordless && last - at <= 3 && end < last {
                drafts.0.push(self.remove(at, last));
            }
        } else if let Some(dangling) = last.checked_sub(1).filter(|dangling| *dangling > self.arguments) {
            let sign = matches!(
                self.kind(dangling),
                Some(
                    TokenKind::Comma | TokenKind::Dot | TokenKind::At | TokenKind::Arrow | TokenKind::Assign
                )
            );
            if sign {
                drafts.0.push(self.remove(dangling, last));
                drafts.0.push(self.replace(dangling, last, ")"));
            }
        }
    }

    /// Two neighbours in the other order.
    fn swap(self, one: usize, two: usize) -> Option<Draft> {
        let (first, second) = (self.toks.get(one)?, self.toks.get(two)?);
        let is_part = |tok: &Tok<'_>| {
            matches!(
                tok.kind,
                TokenKind::Ident
                    | TokenKind::String
                    | TokenKind::Path
                    | TokenKind::Int
                    | TokenKind::Percent
                    | TokenKind::Duration
                    | TokenKind::Date
            )
        };
        if one < self.arguments || first.text == second.text || !is_part(first) || !is_part(second) {
            return None;
        }
        let draft = self.replace(one, two + 1, format!("{} {}", second.text, first.text));
        let draft = draft.saying(format!(
            "`{}` and `{}` stand in the wrong order.",
            first.text, second.text
        ));
        Some(draft.helping(format!("For example: `{}`.", self.form.example)))
    }

    /// A name and the word or method behind it in the wrong order: `endpoint GET place`, `auth cookie: Session`.
    pub(super) fn swapped_words(self, at: usize, drafts: &mut Drafts) {
        let Some(before) = at.checked_sub(1) else { return };
        drafts.0.extend(self.swap(before, at));
        if self.kind(before) == Some(TokenKind::Colon) && before > self.arguments {
            let (one, two) = (self.word(before - 1), self.word(at));
            drafts.0.push(
                self.replace(before - 1, at + 1, format!("{two}: {one}"))
                    .saying(format!("`{one}` and `{two}` stand in the wrong order."))
                    .helping(format!("For example: `{}`.", self.form.example)),
            );
        }
        if self
            .form
            .args
            .iter()
            .any(|arg| matches!(arg, Arg::One(_, Shape::Method)))
            && METHODS.contains(&self.word(at + 1))
        {
            drafts.0.extend(self.swap(at, at + 1));
        }
    }
}

/// The words and signs with which an argument must begin, for inserting them.
fn fixed_words(arg: &'static Arg, words: &mut Vec<&'static str>) {
    match arg {
        Arg::Kw(word) | Arg::Sign(word) => words.push(word),
        Arg::Opt(args) => args.iter().take(1).for_each(|first| fixed_words(first, words)),
        Arg::Alt(choices) => choices
            .iter()
            .filter_map(|args| args.first())
            .for_each(|first| fixed_words(first, words)),
        _ => {}
    }
}

/// Whether a date may stand there.
fn trouble_is_date(expected: &[&'static Arg]) -> bool {
    expected.iter().any(|arg| {
        matches!(
            arg,
            Arg::One(_, Shape::Date) | Arg::Opt([Arg::One(_, Shape::Date), ..])
        )
    })
}
