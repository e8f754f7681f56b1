//! Numbers, percentages, durations, sizes, dates, rates, ranges and texts.

use smol_str::SmolStr;

use super::{
    arguments::{Failed, Reader},
    structure::shorten,
    tokens::Tok,
};
use crate::{
    ast::{Date, Duration, Rate, TimeUnit, Value},
    errors::{did_you_mean, error, one_of_words},
    lexer::{TokenKind, size_unit, time_unit},
    span::Span,
    vocabulary::Arg,
};

/// The units of a rate.
pub(super) const UNITS: &[(&str, TimeUnit)] = &[
    ("millisecond", TimeUnit::Millisecond),
    ("second", TimeUnit::Second),
    ("minute", TimeUnit::Minute),
    ("hour", TimeUnit::Hour),
    ("day", TimeUnit::Day),
    ("week", TimeUnit::Week),
    ("month", TimeUnit::Month),
    ("year", TimeUnit::Year),
];

impl<'a> Reader<'_, 'a> {
    /// The text of a string, escapes resolved.
    pub(super) fn string(&mut self, tok: Tok<'a>) -> SmolStr {
        // The quotes may be others than straight ones, which is said already.
        let mut letters = tok.text.chars();
        let open = letters.next().map_or(0, char::len_utf8);
        let inner = if tok.kind == TokenKind::String {
            letters.next_back();
            letters.as_str()
        } else {
            letters.as_str()
        };
        if !inner.contains('\\') {
            return inner.into();
        }
        let base = tok.span.start + open as u32;
        let mut text = String::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(slash) = rest.find('\\') {
            text.push_str(&rest[..slash]);
            let start = base + (inner.len() - rest.len() + slash) as u32;
            let escape = &rest[slash + 1..];
            let (length, character) = unescape(escape);
            if let Some(character) = character {
                text.push(character);
            } else if !escape.is_empty() {
                let span = Span::new(start, start + 1 + length as u32);
                self.parser.errors.push(
                    error("syntax.invalid_escape", span, format!("`{}` is not an escape.", span.of(self.parser.text)))
                        .help("Escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{1F600}`; a backslash itself is `\\\\`.")
                        .fix("Write a backslash", Span::empty(start), "\\"),
                );
                text.push_str(&rest[slash..slash + 1 + length]);
            }
            rest = &escape[length..];
        }
        text.push_str(rest);
        text.into()
    }

    fn too_large(&mut self, tok: Tok<'a>) {
        self.parser.errors.push(
            error(
                "syntax.invalid_literal",
                tok.span,
                format!("`{}` is too large.", shorten(tok.text)),
            )
            .help("The largest whole number is 9223372036854775807."),
        );
    }

    pub(super) fn int(&mut self, tok: Tok<'a>) -> i64 {
        let value = digits(tok.text).and_then(|value| i64::try_from(value).ok());
        if value.is_none() {
            self.too_large(tok);
        }
        value.unwrap_or(i64::MAX)
    }

    pub(super) fn duration(&mut self, tok: Tok<'a>) -> Duration {
        let number = tok.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = time_unit(&tok.text[number.len()..]).unwrap_or(TimeUnit::Second);
        let count = digits(number);
        if count.is_none() {
            self.too_large(tok);
        }
        Duration {
            count: count.unwrap_or(u64::MAX),
            unit,
        }
    }

    pub(super) fn size(&mut self, tok: Tok<'a>) -> u64 {
        let number = tok.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = size_unit(&tok.text[number.len()..]).unwrap_or(1);
        let size = digits(number).and_then(|count| count.checked_mul(unit));
        if size.is_none() {
            self.too_large(tok);
        }
        size.unwrap_or(u64::MAX)
    }

    /// In millionths.
    pub(super) fn percent(&mut self, tok: Tok<'a>) -> u32 {
        let text = tok.text.trim_end_matches(['%', '\u{FF05}']).trim_end();
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.replace('_', "");
        let value = if fraction.len() <= 4 {
            let fraction = format!("{fraction:0<4}").parse::<u32>().ok();
            digits(whole).and_then(|whole| {
                u32::try_from(whole)
                    .ok()?
                    .checked_mul(10_000)?
                    .checked_add(fraction?)
            })
        } else {
            None
        };
        if value.is_none() {
            self.parser.errors.push(
                error(
                    "syntax.invalid_literal",
                    tok.span,
                    format!("`{}` is not a percentage that can be used.", shorten(tok.text)),
                )
                .help(
                    "At most four digits stand behind the point, and the number is not larger than 400000%.",
                ),
            );
        }
        value.unwrap_or_default()
    }

    pub(super) fn date(&mut self, tok: Tok<'a>) -> Date {
        let mut parts = tok
            .text
            .split('-')
            .map(|part| part.parse::<u16>().unwrap_or_default());
        let mut next = || parts.next().unwrap_or_default();
        let (year, month, day) = (next(), next(), next());
        let padded = format!("{year:04}-{month:02}-{day:02}");
        let days = days_in(year, month);
        if days.is_none_or(|days| day == 0 || day > days) {
            let why = match days {
                _ if year == 0 => "Years begin with 1.".to_owned(),
                None => "Months go from 01 to 12.".to_owned(),
                Some(days) => format!("That month has {days} days."),
            };
            self.parser.errors.push(
                error(
                    "syntax.invalid_literal",
                    tok.span,
                    format!("`{}` is not in the calendar.", tok.text),
                )
                .help(why),
            );
        } else if padded != tok.text {
            self.parser.errors.push(
                error(
                    "syntax.invalid_literal",
                    tok.span,
                    "Months and days have two digits.",
                )
                .fix(format!("Write `{padded}`"), tok.span, padded),
            );
        }
        Date {
            year: year.clamp(1, 9999),
            month: month.clamp(1, 12) as u8,
            day: day.clamp(1, 31) as u8,
        }
    }

    pub(super) fn version(&mut self, tok: Tok<'a>) -> u32 {
        let value = tok.text[1..].parse().ok();
        if value.is_none() {
            self.too_large(tok);
        }
        value.unwrap_or(u32::MAX)
    }

    /// `60 per minute`, `10 per 15m`.
    pub(super) fn rate(&mut self, tok: Tok<'a>, arg: &'static Arg) -> Result<Value, Failed> {
        let count = self.int(tok).unsigned_abs();
        self.advance();
        if self.tok().is_none_or(|tok| tok.text != "per") {
            self.expected_as("`per`", arg)?;
        }
        self.advance();
        let Some(unit) = self.tok() else {
            self.expected_as("a unit such as `minute`", arg)?;
            return Err(Failed);
        };
        let per = match unit.kind {
            TokenKind::Duration => self.duration(unit),
            TokenKind::Ident => {
                let names = || UNITS.iter().map(|(name, _)| *name);
                let known = UNITS.iter().find(|(name, _)| *name == unit.text);
                if known.is_none() {
                    let near = did_you_mean(unit.text, names());
                    let found = error(
                        "syntax.unknown_word",
                        unit.span,
                        format!("`{}` is not a unit of time.", shorten(unit.text)),
                    )
                    .help(format!(
                        "Possible are {}, or a duration such as `15m`.",
                        one_of_words(&names().collect::<Vec<_>>())
                    ));
                    self.parser.errors.push(match near {
                        Some(near) => found.fix(format!("Replace by `{near}`"), unit.span, near),
                        None => found,
                    });
                    self.parser.misspelt(self.at, arg);
                }
                Duration {
                    count: 1,
                    unit: known.map_or(TimeUnit::Second, |(_, unit)| *unit),
                }
            }
            _ => {
                self.expected_as("a unit such as `minute`", arg)?;
                return Err(Failed);
            }
        };
        self.advance();
        Ok(Value::Rate(Rate { count, per }))
    }

    pub(super) fn int_range(&mut self, tok: Tok<'a>, arg: &'static Arg) -> Value {
        let low = self.int(tok);
        self.advance();
        if !self.is(TokenKind::DotDot) {
            self.parser.errors.push(
                error(
                    "syntax.unexpected_token",
                    tok.span,
                    format!("`{}` is one number where a range is expected.", tok.text),
                )
                .help("A range has two ends.")
                .fix(
                    format!("Write `{0}..{0}`", tok.text),
                    tok.span,
                    format!("{0}..{0}", tok.text),
                ),
            );
            self.parser.stopped(self.at - 1, &[arg], None);
            return Value::IntRange(low, Some(low));
        }
        self.advance();
        let high = self.tok().filter(|tok| tok.kind == TokenKind::Int);
        let high = high.map(|tok| {
            self.advance();
            self.int(tok)
        });
        if let Some(high) = high.filter(|high| *high < low) {
            self.backwards(tok, &format!("{high}..{low}"));
        }
        Value::IntRange(low, high)
    }

    pub(super) fn duration_range(&mut self, tok: Tok<'a>) -> Result<Value, Failed> {
        let low = self.duration(tok);
        self.advance();
        self.advance();
        let Some(high) = self.tok().filter(|tok| tok.kind == TokenKind::Duration) else {
            self.expected_sign("the longest duration")?;
            return Err(Failed);
        };
        self.advance();
        let longest = self.duration(high);
        if longest.millis() < low.millis() {
            self.backwards(tok, &format!("{}..{}", high.text, tok.text));
        }
        Ok(Value::DurationRange(low, longest))
    }

    /// A range whose end is before its start.
    fn backwards(&mut self, first: Tok<'a>, meant: &str) {
        let span = first.span.cover(self.parser.toks[self.at - 1].span);
        self.parser.errors.push(
            error("syntax.invalid_literal", span, "The range ends before it begins.").fix(
                format!("Write `{meant}`"),
                span,
                meant,
            ),
        );
    }
}

/// The unit of a duration or size that a word stands for, as people write it.
pub(super) fn unit_meant(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "b" | "byte" | "bytes" => "B",
        "kb" | "k" | "kib" => "KB",
        "mb" | "mib" => "MB",
        "gb" | "g" | "gib" => "GB",
        "tb" | "t" | "tib" => "TB",
        "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "w" | "week" | "weeks" => "w",
        "mo" | "mon" | "month" | "months" => "mo",
        "y" | "yr" | "year" | "years" => "y",
        _ => return None,
    })
}

/// A number with `_` between digits.
fn digits(text: &str) -> Option<u64> {
    text.bytes()
        .filter(|byte| *byte != b'_')
        .try_fold(0_u64, |value, byte| {
            value
                .checked_mul(10)?
                .checked_add(u64::from(byte.checked_sub(b'0')?))
        })
}

/// Length of an escape behind its backslash, and what it stands for.
fn unescape(text: &str) -> (usize, Option<char>) {
    let Some(first) = text.chars().next() else {
        return (0, None);
    };
    match first {
        '"' | '\\' => (1, Some(first)),
        'n' => (1, Some('\n')),
        't' => (1, Some('\t')),
        'u' => {
            let Some(end) = text.starts_with("u{").then(|| text.find('}')).flatten() else {
                return (1, None);
            };
            let character = u32::from_str_radix(&text[2..end], 16)
                .ok()
                .and_then(char::from_u32);
            (end + 1, character)
        }
        other => (other.len_utf8(), None),
    }
}

/// Days of a month in the Gregorian calendar.
fn days_in(year: u16, month: u16) -> Option<u16> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        _ if year == 0 => None,
        2 => Some(if leap { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}
