//! Single values: references, words, numbers, texts, paths, and the lexemes of types and expressions.

use chumsky::span::SimpleSpan;
use smol_str::SmolStr;

use super::{
    arguments::{Failed, Reader, is_string, is_version},
    recursive::{self, Expected, Failure, Lexeme, Tokens, Word},
    structure::{DEEPEST, shorten},
    tokens::Tok,
};
use crate::{
    ast::{
        Attribute, Date, Duration, Expr, ExprKind, Ident, Literal, Param, Path, PathSegment, Rate, Ref, TimeUnit, Type,
        TypeKind, Value,
    },
    errors::{did_you_mean, error, one_of, one_of_words},
    lexer::{TokenKind, size_unit, time_unit},
    span::Span,
    vocabulary::{Arg, FORMS, METHODS, Place, Shape},
};

/// An expression of more parts than this is not read.
const LONGEST: usize = 2_000;

const UNITS: &[(&str, TimeUnit)] = &[
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
    /// One value of `shape`.
    pub(super) fn value(&mut self, shape: Shape, arg: &'static Arg) -> Result<(Value, Span), Failed> {
        let start = self.at;
        let value = self.read(shape, arg)?;
        let span = self.parser.toks[start].span.cover(self.parser.toks[self.at.max(start + 1) - 1].span);
        Ok((value, span))
    }

    fn read(&mut self, shape: Shape, arg: &'static Arg) -> Result<Value, Failed> {
        let Some(tok) = self.tok() else {
            self.expected(arg)?;
            return Err(Failed);
        };
        match (shape, tok.kind) {
            (Shape::Ref(_) | Shape::RefOrStar(_), TokenKind::Ident) => Ok(Value::Ref(self.reference(true))),
            (Shape::Field, TokenKind::Ident) => Ok(Value::Ref(self.reference(false))),
            (Shape::RefOrStar(_), TokenKind::Star) => {
                self.advance();
                Ok(Value::Star)
            }
            (Shape::Word(words), TokenKind::Ident) => Ok(Value::Word(self.word(words, tok))),
            (Shape::AnyWord, TokenKind::Ident) => {
                self.advance();
                Ok(Value::Word(ident(tok)))
            }
            (Shape::Rule, TokenKind::Ident) => Ok(Value::Ref(self.rule())),
            (Shape::Type, TokenKind::Ident | TokenKind::LBracket | TokenKind::LBrace) => Ok(Value::Type(self.ty())),
            (Shape::Expr, _) => Ok(Value::Expr(self.expr())),
            (Shape::Method, TokenKind::Ident) => Ok(Value::Method(self.method(tok))),
            (Shape::Path, TokenKind::Path) => {
                self.advance();
                Ok(Value::Path(self.path(tok)))
            }
            (Shape::String, kind) if is_string(kind) => {
                self.advance();
                Ok(Value::String(self.string(tok)))
            }
            (Shape::Secret, kind) if is_string(kind) => {
                self.advance();
                Ok(Value::String(self.string(tok)))
            }
            (Shape::Secret, TokenKind::Ident) if tok.text == "secret" => self.secret(arg),
            (Shape::Int, TokenKind::Int) => {
                self.advance();
                Ok(Value::Int(self.int(tok)))
            }
            (Shape::Percent, TokenKind::Percent) => {
                self.advance();
                Ok(Value::Percent(self.percent(tok)))
            }
            (Shape::Duration, TokenKind::Duration) => {
                self.advance();
                Ok(Value::Duration(self.duration(tok)))
            }
            (Shape::Date, TokenKind::Date) => {
                self.advance();
                Ok(Value::Date(self.date(tok)))
            }
            (Shape::Version, TokenKind::Ident) if is_version(tok.text) => {
                self.advance();
                Ok(Value::Version(self.version(tok)))
            }
            (Shape::Rate, TokenKind::Int) => self.rate(tok),
            (Shape::IntRange, TokenKind::Int) => Ok(self.int_range(tok)),
            (Shape::DurationRange, TokenKind::Duration) => self.duration_range(tok),
            _ => {
                self.expected(arg)?;
                Err(Failed)
            }
        }
    }

    /// `Orders.Order.status`, with a kind word before it where `kinds` allows one.
    fn reference(&mut self, kinds: bool) -> Ref {
        let mut kind = None;
        if kinds
            && let (Some(first), Some(second)) = (self.tok(), self.peek(1))
            && second.kind == TokenKind::Ident
            && FORMS.iter().any(|form| form.word == first.text && form.places.contains(&Place::File))
        {
            kind = Some(ident(first));
            self.advance();
        }
        let mut segments = Vec::with_capacity(1);
        while let Some(tok) = self.tok().filter(|tok| tok.kind == TokenKind::Ident) {
            segments.push(ident(tok));
            self.advance();
            let Some(dot) = self.tok().filter(|tok| tok.kind == TokenKind::Dot) else { break };
            self.advance();
            if self.tok().is_none_or(|tok| tok.kind != TokenKind::Ident) {
                self.parser.errors.push(
                    error("syntax.missing_argument", dot.span, "After this `.` a name is missing.")
                        .fix("Remove `.`", dot.span, ""),
                );
                break;
            }
        }
        Ref { segments, kind }
    }

    fn word(&mut self, words: &'static [&'static str], tok: Tok<'a>) -> Ident {
        self.advance();
        if !words.contains(&tok.text) {
            let near = did_you_mean(tok.text, words.iter().copied());
            let found = error(
                "syntax.unknown_word",
                tok.span,
                format!("`{}` is not one of the words that can stand here.", shorten(tok.text)),
            );
            self.parser.errors.push(match near {
                Some(near) => found
                    .help(format!("Did you mean `{near}`? Possible are {}.", one_of_words(words)))
                    .fix(format!("Replace by `{near}`"), tok.span, near),
                None => found.help(format!("Possible are {}.", one_of_words(words))),
            });
        }
        ident(tok)
    }

    fn method(&mut self, tok: Tok<'a>) -> Ident {
        self.advance();
        if METHODS.contains(&tok.text) {
            return ident(tok);
        }
        let upper = tok.text.to_ascii_uppercase();
        let near = did_you_mean(&upper, METHODS.iter().copied());
        let found = error("syntax.unknown_word", tok.span, format!("`{}` is not a method.", shorten(tok.text)))
            .help(format!("Possible are {}.", one_of_words(METHODS)));
        self.parser.errors.push(match near {
            Some(near) => found.fix(format!("Replace by `{near}`"), tok.span, near),
            None => found,
        });
        Ident { text: near.map_or_else(|| upper.into(), SmolStr::new_static), span: tok.span }
    }

    /// `auth.missing_authorization`, or as it stands in a documentation link, `auth/missing-authorization`.
    fn rule(&mut self) -> Ref {
        let mut segments = Vec::with_capacity(2);
        while let Some(tok) = self.tok() {
            match tok.kind {
                TokenKind::Ident => segments.push(ident(tok)),
                TokenKind::Path => {
                    let text = tok.text.trim_start_matches('/').replace('-', "_");
                    segments.push(Ident { text: text.into(), span: Span::new(tok.span.start + 1, tok.span.end) });
                }
                _ => break,
            }
            self.advance();
            let joined = |next: Tok<'_>| next.kind == TokenKind::Path && next.span.start == tok.span.end;
            match self.tok() {
                Some(next) if next.kind == TokenKind::Dot => self.advance(),
                Some(next) if joined(next) => {}
                _ => break,
            }
        }
        Ref { segments, kind: None }
    }

    fn path(&mut self, tok: Tok<'a>) -> Path {
        let mut segments = Vec::new();
        let mut at = tok.span.start + 1;
        let mut parts = tok.text[1..].split('/').peekable();
        while let Some(part) = parts.next() {
            let span = Span::new(at, at + part.len() as u32);
            at = span.end + 1;
            let last = parts.peek().is_none();
            if part.is_empty() {
                if tok.text.len() > 1 {
                    let slash = Span::new(span.start - 1, span.start);
                    self.parser.errors.push(
                        error("syntax.invalid_path", tok.span, format!("The path `{}` ends in `/`.", tok.text))
                            .fix("Remove the last `/`", slash, ""),
                    );
                }
                continue;
            }
            if let Some(name) = part.strip_prefix('{').filter(|_| !part.contains('}')) {
                self.parser.errors.push(
                    error("syntax.invalid_path", span, format!("`{part}` has no closing `}}`."))
                        .fix("Add `}`", Span::empty(span.end), "}"),
                );
                segments.push(PathSegment::Param(Ident { text: name.into(), span: Span::new(span.start + 1, span.end) }));
            } else if let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                if !is_name(name) {
                    let meant: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                    let found = error("syntax.invalid_path", span, format!("`{part}` is not a path parameter."))
                        .help("The name in braces is made of the letters A to Z and a to z, digits and `_`.");
                    self.parser.errors.push(if is_name(&meant) {
                        found.fix(format!("Write `{{{meant}}}`"), span, format!("{{{meant}}}"))
                    } else {
                        found
                    });
                }
                segments.push(PathSegment::Param(Ident { text: name.into(), span: Span::new(span.start + 1, span.end - 1) }));
            } else if part == "*" {
                if !last {
                    self.parser.errors.push(
                        error("syntax.invalid_path", span, "`*` can only be the last part of a path.")
                            .help("Name the part instead: `{name}`."),
                    );
                }
                segments.push(PathSegment::Star);
            } else {
                if let Some(wrong) = part.chars().find(|c| !(c.is_ascii_alphanumeric() || "._~-".contains(*c))) {
                    let found = error("syntax.invalid_path", span, format!("`{wrong}` cannot stand in a path."));
                    self.parser.errors.push(match part.strip_prefix(':').or_else(|| part.strip_prefix('<')) {
                        Some(name) if is_name(name.trim_end_matches('>')) => {
                            let name = name.trim_end_matches('>');
                            found
                                .help(format!("A path parameter is written `{{{name}}}`."))
                                .fix(format!("Write `{{{name}}}`"), span, format!("{{{name}}}"))
                        }
                        _ if wrong == '?' => found.help("Query parameters are declared in parentheses behind the path."),
                        _ => found.help(
                            "The parts of a path are made of letters, digits and `. _ ~ -`, or are one parameter in braces.",
                        ),
                    });
                }
                segments.push(PathSegment::Literal(part.into()));
            }
        }
        Path { text: tok.text.into(), segments, span: tok.span }
    }

    /// The text of a string, escapes resolved.
    pub(super) fn string(&mut self, tok: Tok<'a>) -> SmolStr {
        let inner = tok.text.get(1..).unwrap_or_default();
        let inner = if tok.kind == TokenKind::String { inner.strip_suffix(['"', '\'']).unwrap_or(inner) } else { inner };
        if !inner.contains('\\') {
            return inner.into();
        }
        let base = tok.span.start + 1;
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

    fn secret(&mut self, arg: &'static Arg) -> Result<Value, Failed> {
        self.advance();
        if !self.is(TokenKind::LParen) {
            self.expected(arg)?;
        }
        let (open, close) = self.bracket();
        self.advance();
        let Some(name) = self.tok().filter(|tok| is_string(tok.kind)) else {
            self.expected_sign("the secret's name in double quotes")?;
            return Err(Failed);
        };
        let text = self.string(name);
        self.advance();
        if close.is_some_and(|close| close != self.at) {
            self.expected_sign("`)`")?;
        }
        self.close(open, close);
        Ok(Value::Secret(text))
    }

    fn too_large(&mut self, tok: Tok<'a>) {
        self.parser.errors.push(
            error("syntax.invalid_literal", tok.span, format!("`{}` is too large.", shorten(tok.text)))
                .help("The largest whole number is 9223372036854775807."),
        );
    }

    fn int(&mut self, tok: Tok<'a>) -> i64 {
        let value = digits(tok.text).and_then(|value| i64::try_from(value).ok());
        if value.is_none() {
            self.too_large(tok);
        }
        value.unwrap_or(i64::MAX)
    }

    fn duration(&mut self, tok: Tok<'a>) -> Duration {
        let number = tok.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = time_unit(&tok.text[number.len()..]).unwrap_or(TimeUnit::Second);
        let count = digits(number);
        if count.is_none() {
            self.too_large(tok);
        }
        Duration { count: count.unwrap_or(u64::MAX), unit }
    }

    fn size(&mut self, tok: Tok<'a>) -> u64 {
        let number = tok.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = size_unit(&tok.text[number.len()..]).unwrap_or(1);
        let size = digits(number).and_then(|count| count.checked_mul(unit));
        if size.is_none() {
            self.too_large(tok);
        }
        size.unwrap_or(u64::MAX)
    }

    /// In millionths.
    fn percent(&mut self, tok: Tok<'a>) -> u32 {
        let text = tok.text.trim_end_matches('%');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.replace('_', "");
        let value = if fraction.len() <= 4 {
            let fraction = format!("{fraction:0<4}").parse::<u32>().ok();
            digits(whole)
                .and_then(|whole| u32::try_from(whole).ok()?.checked_mul(10_000)?.checked_add(fraction?))
        } else {
            None
        };
        if value.is_none() {
            self.parser.errors.push(
                error("syntax.invalid_literal", tok.span, format!("`{}` is not a percentage that can be used.", shorten(tok.text)))
                    .help("At most four digits stand behind the point, and the number is not larger than 400000%."),
            );
        }
        value.unwrap_or_default()
    }

    fn date(&mut self, tok: Tok<'a>) -> Date {
        let mut parts = tok.text.split('-').map(|part| part.parse::<u16>().unwrap_or_default());
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
            self.parser
                .errors
                .push(error("syntax.invalid_literal", tok.span, format!("`{}` is not in the calendar.", tok.text)).help(why));
        } else if padded != tok.text {
            self.parser.errors.push(
                error("syntax.invalid_literal", tok.span, "Months and days have two digits.")
                    .fix(format!("Write `{padded}`"), tok.span, padded),
            );
        }
        Date { year: year.clamp(1, 9999), month: month.clamp(1, 12) as u8, day: day.clamp(1, 31) as u8 }
    }

    fn version(&mut self, tok: Tok<'a>) -> u32 {
        let value = tok.text[1..].parse().ok();
        if value.is_none() {
            self.too_large(tok);
        }
        value.unwrap_or(u32::MAX)
    }

    /// `60 per minute`, `10 per 15m`.
    fn rate(&mut self, tok: Tok<'a>) -> Result<Value, Failed> {
        let count = self.int(tok).unsigned_abs();
        self.advance();
        if self.tok().is_none_or(|tok| tok.text != "per") {
            self.expected_sign("`per`")?;
        }
        self.advance();
        let Some(unit) = self.tok() else {
            self.expected_sign("a unit such as `minute`")?;
            return Err(Failed);
        };
        let per = match unit.kind {
            TokenKind::Duration => self.duration(unit),
            TokenKind::Ident => {
                let names = || UNITS.iter().map(|(name, _)| *name);
                let known = UNITS.iter().find(|(name, _)| *name == unit.text);
                if known.is_none() {
                    let near = did_you_mean(unit.text, names());
                    let found = error("syntax.unknown_word", unit.span, format!("`{}` is not a unit of time.", shorten(unit.text)))
                        .help(format!("Possible are {}, or a duration such as `15m`.", one_of_words(&names().collect::<Vec<_>>())));
                    self.parser.errors.push(match near {
                        Some(near) => found.fix(format!("Replace by `{near}`"), unit.span, near),
                        None => found,
                    });
                }
                Duration { count: 1, unit: known.map_or(TimeUnit::Second, |(_, unit)| *unit) }
            }
            _ => {
                self.expected_sign("a unit such as `minute`")?;
                return Err(Failed);
            }
        };
        self.advance();
        Ok(Value::Rate(Rate { count, per }))
    }

    fn int_range(&mut self, tok: Tok<'a>) -> Value {
        let low = self.int(tok);
        self.advance();
        if !self.is(TokenKind::DotDot) {
            self.parser.errors.push(
                error("syntax.unexpected_token", tok.span, format!("`{}` is one number where a range is expected.", tok.text))
                    .help("A range has two ends.")
                    .fix(format!("Write `{0}..{0}`", tok.text), tok.span, format!("{0}..{0}", tok.text)),
            );
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

    fn duration_range(&mut self, tok: Tok<'a>) -> Result<Value, Failed> {
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
            error("syntax.invalid_literal", span, "The range ends before it begins.")
                .fix(format!("Write `{meant}`"), span, meant),
        );
    }

    // ---- types, expressions, attributes, parameters --------------------------------------------------------------

    /// A type, up to `=`, `@` or the end. What cannot be read is reported and gives an error type.
    pub(super) fn ty(&mut self) -> Type {
        let end = self.parser.until(self.at, self.end, |kind| matches!(kind, TokenKind::Assign | TokenKind::At));
        let start = std::mem::replace(&mut self.at, end);
        let toks = &self.parser.toks[start..end];
        let span = cover(toks);
        if let Some(simple) = simple_type(toks, span) {
            return simple;
        }
        let parsed = self.lexemes(start, end).and_then(|tokens| {
            recursive::ty(tokens, span.end).map_err(|failure| self.failure(failure, start, end, "type"))
        });
        match parsed {
            Ok(mut ty) => {
                self.document(&mut ty, start, end);
                ty
            }
            Err(Failed) => Type { kind: TypeKind::Error, optional: false, span },
        }
    }

    /// Gives the fields of inline types their documentation.
    fn document(&self, ty: &mut Type, start: usize, end: usize) {
        match &mut ty.kind {
            TypeKind::List(element) => self.document(element, start, end),
            TypeKind::Inline(fields) => {
                for field in fields {
                    let toks = &self.parser.toks[start..end];
                    if let Ok(index) = toks.binary_search_by_key(&field.span.start, |tok| tok.span.start) {
                        field.docs = self.parser.docs_above(start + index);
                    }
                    for argument in &mut field.args {
                        if let Value::Type(inner) = &mut argument.value {
                            self.document(inner, start, end);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// An expression, up to `@` or the end.
    pub(super) fn expr(&mut self) -> Expr {
        let end = self.parser.until(self.at, self.end, |kind| kind == TokenKind::At);
        let start = std::mem::replace(&mut self.at, end);
        let span = cover(&self.parser.toks[start..end]);
        if let [name] = self.parser.toks[start..end]
            && name.kind == TokenKind::Ident
            && Word::of(name.text) == Word::Plain
        {
            return Expr { kind: ExprKind::Ref(Ref { segments: vec![ident(name)], kind: None }), span };
        }
        let parsed = self.lexemes(start, end).and_then(|tokens| {
            recursive::expr(tokens, span.end).map_err(|failure| self.failure(failure, start, end, "value or predicate"))
        });
        parsed.unwrap_or(Expr { kind: ExprKind::Error, span })
    }

    /// `@name(…)`, up to the next `@` or the end.
    pub(super) fn attribute(&mut self) -> Result<Attribute, Failed> {
        let start = self.at;
        if let (Some(at), Some(name)) = (self.tok(), self.peek(1))
            && name.kind == TokenKind::Ident
            && self.peek(2).is_none_or(|next| next.kind == TokenKind::At)
        {
            self.advance();
            self.advance();
            return Ok(Attribute { name: ident(name), args: Vec::new(), span: at.span.cover(name.span) });
        }
        let end = self.parser.until(start + 1, self.end, |kind| kind == TokenKind::At);
        self.at = end;
        let span = cover(&self.parser.toks[start..end]);
        let tokens = self.lexemes(start, end)?;
        match recursive::attribute(tokens, span.end) {
            Ok(attribute) => Ok(attribute),
            Err(failure) => {
                let failed = self.failure(failure, start, end, "attribute");
                // What is known of it is kept: its name.
                match self.parser.toks.get(start + 1).filter(|tok| tok.kind == TokenKind::Ident && start + 1 < end) {
                    Some(name) => Ok(Attribute { name: ident(*name), args: Vec::new(), span }),
                    None => Err(failed),
                }
            }
        }
    }

    /// `(name: type, …)`.
    pub(super) fn params(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        if !self.is(TokenKind::LParen) {
            return self.expected(arg);
        }
        let (open, close) = self.bracket();
        let end = self.end;
        let inner_end = close.unwrap_or(end);
        self.advance();
        while self.at < inner_end {
            self.end = self.parser.until(self.at, inner_end, |kind| matches!(kind, TokenKind::Comma | TokenKind::Semicolon));
            let start = self.at;
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
        self.close(open, close);
        Ok(())
    }

    /// `name: type = default @attributes`, the whole of `at..end`.
    fn param(&mut self) -> Option<Param> {
        const NAME: Arg = Arg::Name;
        let start = self.at;
        let Some(first) = self.tok() else {
            let _ = self.expected_sign("a parameter such as `name: string`");
            return None;
        };
        if first.kind != TokenKind::Ident {
            let _ = self.expected_sign("a parameter such as `name: string`");
            return None;
        }
        let name = self.name(&NAME).ok()?;
        let mut param = Param { name, ty: None, default: None, attributes: Vec::new(), span: first.span };
        if self.is(TokenKind::Colon) {
            self.advance();
            if self.tok().is_some_and(|tok| !matches!(tok.kind, TokenKind::Assign | TokenKind::At)) {
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
            let _ = self.expected_sign("`:` and a type");
            self.at = self.end;
        }
        param.span = cover(&self.parser.toks[start..self.end]);
        Some(param)
    }

    /// The tokens `start..end` as the recursive parsers see them.
    fn lexemes(&mut self, start: usize, end: usize) -> Result<Tokens, Failed> {
        let mut tokens = Tokens { lexemes: Vec::with_capacity(end - start), ..Tokens::default() };
        let mut brackets: Vec<TokenKind> = Vec::new();
        for index in start..end {
            let tok = self.parser.toks[index];
            let span = SimpleSpan::from(tok.span.start..tok.span.end);
            if tok.line_start && index > start && brackets.last() == Some(&TokenKind::LBrace) {
                tokens.lexemes.push((Lexeme::Sign(TokenKind::Newline), SimpleSpan::from(span.start..span.start)));
            }
            let lexeme = match tok.kind {
                TokenKind::Ident => tokens.kept.name(tok.text),
                TokenKind::Int => tokens.kept.literal(Literal::Int(self.int(tok))),
                TokenKind::Decimal => tokens.kept.literal(Literal::Decimal(tok.text.replace('_', "").into())),
                TokenKind::Percent => tokens.kept.literal(Literal::Percent(self.percent(tok))),
                TokenKind::Duration => tokens.kept.literal(Literal::Duration(self.duration(tok))),
                TokenKind::Size => tokens.kept.literal(Literal::Size(self.size(tok))),
                TokenKind::Date => tokens.kept.literal(Literal::Date(self.date(tok))),
                // Already reported; any number will do.
                TokenKind::BadNumber => tokens.kept.literal(Literal::Int(0)),
                TokenKind::String | TokenKind::OpenString => tokens.kept.literal(Literal::String(self.string(tok))),
                kind => Lexeme::Sign(kind),
            };
            match tok.kind {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => brackets.push(tok.kind),
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => drop(brackets.pop()),
                _ => {}
            }
            if brackets.len() > DEEPEST || tokens.lexemes.len() > LONGEST {
                self.parser.errors.push(
                    error("syntax.too_deep", tok.span, "This is nested too deeply or too long to be read.")
                        .help("Split it: give parts of it names of their own."),
                );
                return Err(Failed);
            }
            tokens.lexemes.push((lexeme, span));
        }
        Ok(tokens)
    }

    /// Reports where a type, an expression or an attribute could not be read.
    fn failure(&mut self, failure: Failure, start: usize, end: usize, what: &str) -> Failed {
        let tok = self.parser.toks[start..end].iter().find(|tok| tok.span.end > failure.at).copied();
        let expected = expectations(failure).unwrap_or_else(|| format!("something else in the {what}"));
        let found = match tok.filter(|_| !failure.end) {
            Some(tok) if tok.kind == TokenKind::BadNumber => return Failed,
            Some(tok) => {
                let found = error(
                    "syntax.unexpected_token",
                    tok.span,
                    format!("Found `{}` in this {what} where {expected} is expected.", shorten(tok.text)),
                );
                match (what, tok.kind) {
                    ("value or predicate", TokenKind::Assign) => {
                        found.help("Values are compared with `==`.").fix("Write `==`", tok.span, "==")
                    }
                    ("value or predicate", TokenKind::Bang) => found.help("Write `not`.").fix("Write `not`", tok.span, "not "),
                    _ => found,
                }
            }
            None => {
                let last = self.parser.toks[end.max(start + 1) - 1].span;
                error("syntax.missing_argument", last, format!("This {what} is not complete: {expected} is missing."))
            }
        };
        let first = self.parser.toks[start].span;
        let far = Span::new(first.start, found.span.start).of(self.parser.text).contains('\n');
        self.parser.errors.push(if far { found.related(first, format!("The {what} begins here.")) } else { found });
        Failed
    }
}

/// What could have stood where a failure is, in few words.
fn expectations(failure: Failure) -> Option<String> {
    const OPERATORS: [&str; 6] = ["`+`", "`-`", "`and`", "`or`", "`in`", "`is`"];
    let operator = failure.expects(Expected::And);
    let value = failure.expects(Expected::AValue);
    let only = failure.expected().count() == 1;
    let mut expected: Vec<&str> = failure
        .expected()
        .filter(|label| !operator || !OPERATORS.contains(label))
        .filter(|label| !value || *label != "`not`")
        // What continues a name is only worth saying where nothing else may follow.
        .filter(|label| only || !matches!(*label, "`.`" | "`(`" | "`?`" | "`ref`"))
        .collect();
    if operator {
        expected.insert(0, "`and` or another operator");
    }
    (!expected.is_empty()).then(|| one_of(&expected))
}

fn ident(tok: Tok<'_>) -> Ident {
    Ident { text: tok.text.into(), span: tok.span }
}

fn cover(toks: &[Tok<'_>]) -> Span {
    match toks {
        [] => Span::default(),
        [first, .., last] => first.span.cover(last.span),
        [only] => only.span,
    }
}

/// The types that need no recursion, which are nearly all.
fn simple_type(toks: &[Tok<'_>], span: Span) -> Option<Type> {
    let (optional, rest) = match toks {
        [rest @ .., last] if last.kind == TokenKind::Question => (true, rest),
        rest => (false, rest),
    };
    let named = |tok: &Tok<'_>| Ref { segments: vec![ident(*tok)], kind: None };
    let kind = match rest {
        [name] if name.kind == TokenKind::Ident => TypeKind::Named(named(name), Vec::new()),
        [word, name] if word.kind == TokenKind::Ident && name.kind == TokenKind::Ident => match word.text {
            "ref" => TypeKind::Ref(named(name)),
            "new" => TypeKind::New(named(name)),
            "patch" => TypeKind::Patch(named(name)),
            "page" => TypeKind::Page(named(name)),
            _ => return None,
        },
        _ => return None,
    };
    Some(Type { kind, optional, span })
}

/// A number with `_` between digits.
fn digits(text: &str) -> Option<u64> {
    text.bytes().filter(|byte| *byte != b'_').try_fold(0_u64, |value, byte| {
        value.checked_mul(10)?.checked_add(u64::from(byte.checked_sub(b'0')?))
    })
}

fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}

/// Length of an escape behind its backslash, and what it stands for.
fn unescape(text: &str) -> (usize, Option<char>) {
    let Some(first) = text.chars().next() else { return (0, None) };
    match first {
        '"' | '\\' => (1, Some(first)),
        'n' => (1, Some('\n')),
        't' => (1, Some('\t')),
        'u' => {
            let Some(end) = text.starts_with("u{").then(|| text.find('}')).flatten() else { return (1, None) };
            let character = u32::from_str_radix(&text[2..end], 16).ok().and_then(char::from_u32);
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
