//! Edits of a value that is written as elsewhere: `30 s`, `2-10`, `60/min`, `02.05.2026`, `1.0`, a text without quotes.

use super::{Drafts, Head};
use crate::{
    lexer::{TokenKind, lex, time_unit},
    parser::literals::{UNITS, unit_meant},
    vocabulary::{Arg, Shape},
};

impl Head<'_, '_> {
    /// Edits of the value at `at`, by what `arg` expects.
    pub(super) fn by_shape(self, at: usize, arg: &'static Arg, drafts: &mut Drafts) {
        match arg {
            Arg::One(_, shape) | Arg::Many(_, shape) | Arg::Chain(_, shape) => {
                self.of_shape(at, *shape, drafts);
            }
            Arg::Opt(args) => {
                if let Some(first) = args.first() {
                    self.by_shape(at, first, drafts);
                }
            }
            Arg::Alt(choices) => choices
                .iter()
                .filter_map(|args| args.first())
                .for_each(|first| self.by_shape(at, first, drafts)),
            Arg::Name | Arg::Kw(_) | Arg::Sign(_) | Arg::Flag(_) => self.unquoted(at, drafts),
            Arg::Parens(..) | Arg::Params | Arg::Attributes => {}
        }
    }

    fn of_shape(self, at: usize, shape: Shape, drafts: &mut Drafts) {
        match shape {
            Shape::Duration => self.duration(at, drafts),
            Shape::DurationRange | Shape::IntRange => self.range(at, drafts),
            Shape::Percent => self.percent(at, drafts),
            Shape::Rate => self.rate(at, drafts),
            Shape::Int => self.int(at, drafts),
            Shape::Date => self.date(at, drafts),
            Shape::Version => self.version(at, drafts),
            Shape::Path => self.path(at, drafts),
            Shape::Method | Shape::Word(_) => self.swapped_words(at, drafts),
            Shape::Secret => self.secret(at, drafts),
            Shape::Type => self.whole_type(at, drafts),
            Shape::String => return self.quoted(at, drafts),
            Shape::Ref(_)
            | Shape::RefOrStar(_)
            | Shape::Field
            | Shape::AnyWord
            | Shape::Rule
            | Shape::Expr => {}
        }
        self.unquoted(at, drafts);
    }

    /// `"30s"` where a value stands without quotes.
    fn unquoted(self, at: usize, drafts: &mut Drafts) {
        if self.kind(at) != Some(TokenKind::String) {
            return;
        }
        let inner = self.word(at).trim_matches(['"', '\'']).to_owned();
        if !inner.is_empty() && !inner.contains('\\') {
            drafts.0.push(
                self.replace(at, at + 1, inner)
                    .titled("Remove the quotes")
                    .helping("Only texts stand in quotes."),
            );
        }
    }

    /// A text without quotes: to the end, or up to what may follow it.
    fn quoted(self, at: usize, drafts: &mut Drafts) {
        let last = self.toks.len();
        if at >= last || self.kind(at) == Some(TokenKind::Assign) {
            return;
        }
        let mut words = Vec::new();
        keywords(self.form.args, &mut words);
        let stop = (at + 1..last).find(|index| {
            self.kind(*index) == Some(TokenKind::String)
                || words.contains(&self.word(*index))
                || self.kind(*index) == Some(TokenKind::At)
        });
        for end in stop.into_iter().chain([last, at + 1]) {
            let source = self.source(at, end);
            if !source.contains(['\n', '\r', '"']) {
                drafts.0.push(
                    self.replace(at, end, format!("\"{}\"", source.replace('\\', "\\\\")))
                        .titled("Put it in double quotes")
                        .helping("Texts stand in double quotes."),
                );
            }
        }
    }

    /// The unit in which the row's example counts, for a number without one.
    fn usual_unit(self) -> &'static str {
        lex(self.form.example)
            .find(|token| token.kind == TokenKind::Duration)
            .map_or("s", |token| {
                token
                    .span
                    .of(self.form.example)
                    .trim_start_matches(|c: char| c.is_ascii_digit())
            })
    }

    fn duration(self, at: usize, drafts: &mut Drafts) {
        let number = self.word(at);
        match self.kind(at) {
            Some(TokenKind::Int) => {
                if let Some(unit) = unit_meant(self.word(at + 1)) {
                    drafts.0.push(
                        self.replace(at, at + 2, format!("{number}{unit}"))
                            .saying(format!(
                                "`{}` is no duration: number and unit are one word.",
                                self.source(at, at + 2)
                            ))
                            .helping("Durations end in ms, s, m, h, d, w, mo or y."),
                    );
                }
                drafts.0.push(
                    self.replace(at, at + 1, format!("{number}{}", self.usual_unit()))
                        .saying(format!(
                            "`{number}` is a number without a unit where a duration is expected."
                        ))
                        .helping("Durations end in ms, s, m, h, d, w, mo or y."),
                );
            }
            Some(TokenKind::Minus) if self.kind(at + 1) == Some(TokenKind::Duration) => {
                drafts
                    .0
                    .push(self.remove(at, at + 1).saying("No duration is negative."));
            }
            _ => {}
        }
    }

    /// `2-10`, `2...10`, `2 to 10`, `2, 10`, `..10`, `1s-5m`.
    fn range(self, at: usize, drafts: &mut Drafts) {
        let number = |at: usize| matches!(self.kind(at), Some(TokenKind::Int | TokenKind::Duration));
        let advice = "A range has two dots between its ends.";
        if self.kind(at) == Some(TokenKind::DotDot) && number(at + 1) {
            let first = if self.kind(at + 1) == Some(TokenKind::Int) {
                "1"
            } else {
                "1s"
            };
            drafts.0.push(
                self.replace(at, at + 2, format!("{first}..{}", self.word(at + 1)))
                    .saying("This range has no beginning.")
                    .helping(advice),
            );
        }
        // The trouble is either the range itself, or what stands behind a single number.
        for first in [Some(at), at.checked_sub(1)].into_iter().flatten() {
            let between = (first + 1..first + 4).find(|index| number(*index));
            let Some(second) = between.filter(|second| number(first) && *second > first + 1) else {
                continue;
            };
            let text = format!("{}..{}", self.word(first), self.word(second));
            drafts.0.push(
                self.replace(first, second + 1, text)
                    .saying(format!("`{}` is no range.", self.source(first, second + 1)))
                    .helping(advice),
            );
        }
        if self.kind(at) == Some(TokenKind::Int) {
            let number = self.word(at);
            drafts
                .0
                .push(self.replace(at, at + 1, format!("{number}..{number}")));
        }
    }

    fn percent(self, at: usize, drafts: &mut Drafts) {
        let number = self.word(at);
        if !matches!(self.kind(at), Some(TokenKind::Int | TokenKind::Decimal)) {
            return;
        }
        if self.kind(at + 1) == Some(TokenKind::Comma) {
            drafts.0.push(
                self.replace(at, at + 3, format!("{number}.{}", self.word(at + 2)))
                    .saying(format!("`{}` has a comma.", self.source(at, at + 3)))
                    .helping("Numbers have a point."),
            );
        }
        for end in [at + 2, at + 1] {
            if end <= self.toks.len() {
                drafts.0.push(
                    self.replace(at, end, format!("{number}%"))
                        .saying(format!("`{}` is no percentage.", self.source(at, end)))
                        .helping("A percentage ends in `%`."),
                );
            }
        }
    }

    /// `60/minute`, `60 minute`, `60, per minute`, `60 per 15 minutes`, `60 per min`.
    fn rate(self, at: usize, drafts: &mut Drafts) {
        let begin = (0..=at.min(self.toks.len().saturating_sub(1)))
            .rev()
            .take(4)
            .find(|index| self.kind(*index) == Some(TokenKind::Int));
        let Some(begin) = begin else { return };
        let count = self.word(begin);
        let advice = "A rate is written as `60 per minute` or `10 per 15m`.";
        let mut write = |end: usize, text: String| {
            drafts.0.push(
                self.replace(begin, end, text)
                    .saying(format!("`{}` is no rate.", self.source(begin, end)))
                    .helping(advice),
            );
        };
        let next = self.word(begin + 1);
        if let Some(unit) = next.strip_prefix('/') {
            match (unit, unit_name(unit)) {
                ("", _) => {
                    if let Some(unit) = unit_name(self.word(begin + 2)) {
                        write(begin + 3, format!("{count} per {unit}"));
                    }
                }
                (_, Some(unit)) => write(begin + 2, format!("{count} per {unit}")),
                _ => write(begin + 2, format!("{count} per {unit}")),
            }
        }
        for (index, tok) in self.toks.iter().enumerate().skip(begin + 1).take(4) {
            if tok.kind == TokenKind::Int
                && let Some(unit) = unit_meant(self.word(index + 1))
            {
                write(index + 2, format!("{count} per {}{unit}", tok.text));
            }
            if let Some(unit) = unit_name(tok.text) {
                write(index + 1, format!("{count} per {unit}"));
            }
            if tok.kind == TokenKind::Duration {
                write(index + 1, format!("{count} per {}", tok.text));
            }
        }
    }

    /// `1,000`, `-1`, `2.5`.
    fn int(self, at: usize, drafts: &mut Drafts) {
        for first in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            let mut end = first + 1;
            while matches!(
                self.kind(end),
                Some(TokenKind::Comma | TokenKind::Dot | TokenKind::Int | TokenKind::Decimal)
            ) && self.touches(end)
            {
                end += 1;
            }
            let groups: Vec<&str> = self.source(first, end).split([',', '.']).collect();
            let grouped = groups.len() > 1
                && groups[1..].iter().all(|group| group.len() == 3)
                && groups
                    .iter()
                    .all(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
            if grouped {
                drafts.0.push(
                    self.replace(first, end, groups.join("_"))
                        .saying(format!("`{}` is no whole number.", self.source(first, end)))
                        .helping("The digits of a large number are grouped with `_`."),
                );
            }
        }
        if self.kind(at) == Some(TokenKind::Minus) {
            drafts
                .0
                .push(self.remove(at, at + 1).saying("This number cannot be negative."));
        }
        if self.kind(at) == Some(TokenKind::Decimal) {
            let whole = self.word(at).split('.').next().unwrap_or_default();
            drafts.0.push(
                self.replace(at, at + 1, whole)
                    .saying(format!("`{}` is not a whole number.", self.word(at))),
            );
        }
        if let (Some(TokenKind::Int), Some(scale)) = (self.kind(at.wrapping_sub(1)), million(self.word(at))) {
            let text = format!("{}{scale}", self.word(at - 1));
            drafts.0.push(
                self.replace(at - 1, at + 1, text)
                    .helping("Numbers are written in digits."),
            );
        }
    }

    fn date(self, at: usize, drafts: &mut Drafts) {
        // What was read before it may be half of it.
        for first in [Some(at), at.checked_sub(1)].into_iter().flatten() {
            let mut end = first + 1;
            while end < self.toks.len() && self.touches(end) {
                end += 1;
            }
            if first >= self.toks.len() {
                continue;
            }
            let written = self.source(first, end);
            let Some(date) = date_meant(written) else { continue };
            drafts.0.push(
                self.replace(first, end, date)
                    .saying(format!("`{written}` is no date as they are written here."))
                    .helping("Dates are year, month and day: `2026-05-02`."),
            );
        }
    }

    fn version(self, at: usize, drafts: &mut Drafts) {
        let found = self.word(at);
        let first = if found == "version" { at + 1 } else { at };
        let digits: String = self
            .word(first)
            .trim_start_matches(['v', 'V', '.'])
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        if digits.is_empty() {
            return;
        }
        let mut end = first + 1;
        while end < self.toks.len() && self.touches(end) {
            end += 1;
        }
        for end in [end, first + 1] {
            drafts.0.push(
                self.replace(at, end, format!("v{digits}"))
                    .saying(format!("`{}` is no version.", self.source(at, end)))
                    .helping("A version is a `v` and a whole number: `v1`."),
            );
        }
    }

    /// `v1/orders` without its first slash.
    fn path(self, at: usize, drafts: &mut Drafts) {
        let mut end = at + 1;
        while end < self.toks.len() && self.touches(end) && self.kind(end) != Some(TokenKind::LParen) {
            end += 1;
        }
        if self.kind(at) == Some(TokenKind::Ident) {
            drafts.0.push(
                self.replace(at, end, format!("/{}", self.source(at, end)))
                    .saying(format!(
                        "The path `{}` does not begin with `/`.",
                        self.source(at, end)
                    ))
                    .helping("Paths begin with `/`."),
            );
            drafts
                .0
                .extend((end < self.toks.len()).then(|| self.insert(at, "/")));
        }
    }

    /// `secret "X"`, `secret["X"]`, `secret(X)`.
    fn secret(self, at: usize, drafts: &mut Drafts) {
        let begin = (0..=at.min(self.toks.len().saturating_sub(1)))
            .rev()
            .take(3)
            .find(|index| self.word(*index) == "secret");
        let Some(begin) = begin.filter(|begin| *begin + 1 < self.toks.len()) else {
            return;
        };
        let name: String = self
            .source(begin + 1, self.toks.len())
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "_-./".contains(*c))
            .collect();
        if !name.is_empty() {
            drafts.0.push(
                self.replace(begin, self.toks.len(), format!("secret(\"{name}\")"))
                    .helping("A secret is named in parentheses and double quotes: `secret(\"NAME\")`."),
            );
        }
    }
}

/// The words that may follow a value.
fn keywords(args: &'static [Arg], words: &mut Vec<&'static str>) {
    for arg in args {
        match arg {
            Arg::Kw(word) | Arg::Flag(word) => words.push(word),
            Arg::Opt(inner) => keywords(inner, words),
            Arg::Alt(choices) => choices.iter().for_each(|inner| keywords(inner, words)),
            _ => {}
        }
    }
}

/// The unit of a rate that a word stands for: `min`, `minutes`, `m`.
fn unit_name(text: &str) -> Option<&'static str> {
    let unit = time_unit(unit_meant(text)?)?;
    UNITS.iter().find(|(_, of)| *of == unit).map(|(name, _)| *name)
}

fn million(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "thousand" | "k" => "_000",
        "million" | "millions" | "m" => "_000_000",
        "billion" | "billions" => "_000_000_000",
        _ => return None,
    })
}

/// `02.05.2026`, `2026/05/02`, `20260502`, `2026.5.2`; a day and a month with slashes between could be either.
fn date_meant(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(['.', '/', '-']).collect();
    let number = |text: &str| text.parse::<u16>().ok();
    let (year, month, day) = match parts[..] {
        [only] if only.len() == 8 => (
            number(only.get(..4)?)?,
            number(only.get(4..6)?)?,
            number(only.get(6..)?)?,
        ),
        [year, month, day] if year.len() == 4 => (number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 4 && text.contains('.') => {
            (number(year)?, number(month)?, number(day)?)
        }
        _ => return None,
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}
