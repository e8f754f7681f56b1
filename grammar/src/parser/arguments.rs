//! Reads what follows a statement's word, by the arguments of its row.

use smallvec::SmallVec;
use smol_str::SmolStr;

use super::{structure::Parser, tokens::Tok};
use crate::{
    ast::{Argument, Ident, Value},
    errors::{did_you_mean, error, one_of, one_of_words},
    lexer::TokenKind,
    span::Span,
    vocabulary::{Arg, Form, Kind, METHODS, Shape, row},
};

/// Reads the arguments of one statement.
pub(super) struct Reader<'p, 'a> {
    pub(super) parser: &'p mut Parser<'a>,
    form: &'static Form,
    /// The statement's first token.
    head: usize,
    /// The next token.
    pub(super) at: usize,
    /// One past the last token.
    pub(super) end: usize,
    args: Vec<Argument>,
    /// What could have stood at `at` but was left out.
    skipped: SmallVec<[&'static Arg; 4]>,
}

/// An argument could not be read; the error is reported.
pub(super) struct Failed;

impl Parser<'_> {
    /// Reads the arguments of the statement whose head is `start..end`.
    pub(super) fn arguments(&mut self, form: &'static Form, start: usize, end: usize) -> Vec<Argument> {
        let at = if form.word.is_empty() { start } else { start + 1 };
        let mut reader = Reader {
            parser: self,
            form,
            head: start,
            at,
            end,
            args: Vec::with_capacity(form.args.len()),
            skipped: SmallVec::new(),
        };
        if reader.list(form.args).is_ok() {
            reader.nothing_left();
        }
        reader.args
    }
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn tok(&self) -> Option<Tok<'a>> {
        self.peek(0)
    }

    pub(super) fn peek(&self, by: usize) -> Option<Tok<'a>> {
        (self.at + by < self.end).then(|| self.parser.toks[self.at + by])
    }

    pub(super) fn is(&self, kind: TokenKind) -> bool {
        self.tok().is_some_and(|tok| tok.kind == kind)
    }

    fn is_word(&self, word: &str) -> bool {
        self.tok().is_some_and(|tok| tok.kind == TokenKind::Ident && tok.text == word)
    }

    /// Goes over the next token.
    pub(super) fn advance(&mut self) {
        self.at += 1;
        self.skipped.clear();
    }

    pub(super) fn push(&mut self, slot: &'static str, value: Value, span: Span) {
        self.args.push(Argument { slot, value, span });
    }

    fn list(&mut self, args: &'static [Arg]) -> Result<(), Failed> {
        let mut index = 0;
        while index < args.len() {
            if self.argument(&args[index]).is_err() {
                // Go on where the next token begins a later argument, perhaps behind one wrong token.
                let later = |reader: &Self, from: usize| (from..args.len()).find(|later| reader.begins(&args[*later]));
                let mut found = later(self, index + 1);
                if found.is_none() && self.at + 1 < self.end {
                    let sign = self.is_habit();
                    self.at += 1;
                    found = later(self, if sign { index } else { index + 1 });
                }
                index = found.ok_or(Failed)?;
                continue;
            }
            index += 1;
        }
        Ok(())
    }

    /// Whether the next token is a sign that other languages have between a word and its value.
    fn is_habit(&self) -> bool {
        self.is(TokenKind::Assign) || self.is(TokenKind::Colon)
    }

    /// Whether the next token can begin `arg`.
    fn begins(&self, arg: &'static Arg) -> bool {
        let Some(tok) = self.tok() else { return false };
        match arg {
            Arg::Name => tok.kind == TokenKind::Ident,
            Arg::Kw(word) | Arg::Flag(word) => tok.kind == TokenKind::Ident && tok.text == *word,
            Arg::Sign(sign) => tok.text == *sign,
            Arg::One(_, shape) | Arg::Many(_, shape) | Arg::Chain(_, shape) => self.begins_value(*shape, tok),
            Arg::Parens(..) | Arg::Params => tok.kind == TokenKind::LParen,
            Arg::Attributes => tok.kind == TokenKind::At,
            Arg::Opt(args) => args.first().is_some_and(|first| self.begins(first)),
            Arg::Alt(choices) => choices.iter().any(|args| args.first().is_some_and(|first| self.begins(first))),
        }
    }

    fn begins_value(&self, shape: Shape, tok: Tok<'_>) -> bool {
        match shape {
            Shape::Ref(_) | Shape::Word(_) | Shape::Field | Shape::AnyWord | Shape::Rule | Shape::Method => {
                tok.kind == TokenKind::Ident
            }
            Shape::RefOrStar(_) => matches!(tok.kind, TokenKind::Ident | TokenKind::Star),
            Shape::Type => matches!(tok.kind, TokenKind::Ident | TokenKind::LBracket | TokenKind::LBrace),
            Shape::Expr => !matches!(tok.kind, TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace | TokenKind::At),
            Shape::Path => tok.kind == TokenKind::Path,
            Shape::String => is_string(tok.kind),
            Shape::Secret => is_string(tok.kind) || tok.text == "secret",
            Shape::Int | Shape::Rate | Shape::IntRange => matches!(tok.kind, TokenKind::Int | TokenKind::BadNumber),
            Shape::Percent => matches!(tok.kind, TokenKind::Percent | TokenKind::BadNumber),
            Shape::Duration => matches!(tok.kind, TokenKind::Duration | TokenKind::BadNumber),
            Shape::DurationRange => {
                matches!(tok.kind, TokenKind::Duration | TokenKind::BadNumber)
                    && self.peek(1).is_some_and(|next| next.kind == TokenKind::DotDot)
            }
            Shape::Date => matches!(tok.kind, TokenKind::Date | TokenKind::BadNumber),
            Shape::Version => tok.kind == TokenKind::Ident && is_version(tok.text),
        }
    }

    fn argument(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        match arg {
            Arg::Name => {
                let name = self.name(arg)?;
                self.push("name", Value::Name(name.clone()), name.span);
            }
            Arg::Kw(word) => {
                if !self.is_word(word) {
                    return self.expected(arg);
                }
                self.advance();
            }
            Arg::Sign(sign) => {
                if self.tok().is_none_or(|tok| tok.text != *sign) {
                    return self.expected(arg);
                }
                self.advance();
            }
            Arg::One(slot, shape) => {
                let (value, span) = self.value(*shape, arg)?;
                self.push(slot, value, span);
            }
            Arg::Many(slot, shape) => loop {
                let (value, span) = self.value(*shape, arg)?;
                self.push(slot, value, span);
                if !self.is(TokenKind::Comma) {
                    break;
                }
                self.comma(arg)?;
            },
            Arg::Chain(slot, shape) => loop {
                let (value, span) = self.value(*shape, arg)?;
                self.push(slot, value, span);
                match self.tok() {
                    Some(tok) if tok.kind == TokenKind::Greater => {
                        self.push(">", Value::Flag, tok.span);
                        self.advance();
                    }
                    Some(tok) if tok.kind == TokenKind::Comma => self.comma(arg)?,
                    _ => break,
                }
            },
            Arg::Parens(slot, shape) => self.parens(slot, *shape, arg)?,
            Arg::Params => self.params(arg)?,
            Arg::Attributes => {
                while self.is(TokenKind::At) {
                    let attribute = self.attribute()?;
                    self.push("attribute", Value::Attribute(attribute.clone()), attribute.span);
                }
                self.skipped.push(arg);
            }
            Arg::Flag(word) => {
                if self.is_word(word) {
                    let span = self.tok().map(|tok| tok.span).unwrap_or_default();
                    self.push(word, Value::Flag, span);
                    self.advance();
                } else {
                    self.skipped.push(arg);
                }
            }
            Arg::Opt(args) => {
                if self.begins(arg) {
                    self.list(args)?;
                } else {
                    self.skipped.push(arg);
                }
            }
            Arg::Alt(choices) => {
                let chosen = choices.iter().find(|args| args.first().is_some_and(|first| self.begins(first)));
                match chosen {
                    Some(args) => self.list(args)?,
                    None => return self.expected(arg),
                }
            }
        }
        Ok(())
    }

    /// A comma, and something behind it.
    fn comma(&mut self, arg: &'static Arg) -> Result<(), Failed> {
        let comma = self.tok().map(|tok| tok.span).unwrap_or_default();
        self.advance();
        if self.tok().is_some() {
            return Ok(());
        }
        let expected = describe(arg);
        self.parser.errors.push(
            error("syntax.missing_argument", comma, format!("After this `,` {expected} is missing."))
                .help("Add it, or remove the `,`.")
                .fix("Remove `,`", comma, ""),
        );
        Err(Failed)
    }

    /// `( value, value )`.
    fn parens(&mut self, slot: &'static str, shape: Shape, arg: &'static Arg) -> Result<(), Failed> {
        if !self.is(TokenKind::LParen) {
            return self.expected(arg);
        }
        let (open, close) = self.bracket();
        let end = self.end;
        self.advance();
        let inner_end = close.unwrap_or(end);
        self.end = inner_end;
        let mut result = Ok(());
        while result.is_ok() {
            // The value of an expression ends at the comma, not at the end of the statement.
            self.end = self.parser.until(self.at, inner_end, |kind| kind == TokenKind::Comma);
            match self.value(shape, arg) {
                Ok((value, span)) => self.push(slot, value, span),
                Err(failed) => result = Err(failed),
            }
            if result.is_ok() && self.at < self.end {
                result = self.expected_sign("`,` or `)`");
            }
            self.end = inner_end;
            if !self.is(TokenKind::Comma) {
                break;
            }
            if result.is_ok() {
                result = self.comma(arg);
            }
        }
        self.end = end;
        self.close(open, close);
        result
    }

    /// The span of the `(` at hand, and the index of its `)`.
    pub(super) fn bracket(&self) -> (Span, Option<usize>) {
        let open = self.parser.toks[self.at].span;
        // Only parentheses count, so that a missing `]` inside is an error inside.
        let mut depth = 0_usize;
        let close = (self.at..self.end).find(|index| {
            match self.parser.toks[*index].kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        (open, close)
    }

    /// Goes on behind a `)`, or says that it is missing.
    pub(super) fn close(&mut self, open: Span, close: Option<usize>) {
        if let Some(close) = close {
            self.at = close + 1;
        } else {
            self.at = self.end;
            let last = self.parser.toks[self.end - 1].span.end;
            self.parser.errors.push(
                error("syntax.unclosed_block", open, "This `(` has no closing `)`.")
                    .related(Span::empty(last), "It is missing here at the latest.")
                    .fix("Add `)`", Span::empty(last), ")"),
            );
        }
        self.skipped.clear();
    }

    /// The name that the statement declares.
    pub(super) fn name(&mut self, arg: &'static Arg) -> Result<Ident, Failed> {
        let Some(tok) = self.tok() else { return self.expected(arg).map(|()| unreachable_name()) };
        if is_string(tok.kind) {
            let text = tok.text.trim_matches('"');
            let fix = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !text.is_empty();
            let found = error("syntax.unexpected_token", tok.span, "A name stands without quotes.");
            self.parser.errors.push(if fix { found.fix("Remove the quotes", tok.span, text) } else { found });
            self.advance();
            return Ok(Ident { text: text.into(), span: tok.span });
        }
        if tok.kind != TokenKind::Ident {
            return self.expected(arg).map(|()| unreachable_name());
        }
        self.advance();
        let mut span = tok.span;
        // `my-service` is meant as one name.
        while let (Some(minus), Some(next)) = (self.tok(), self.peek(1)) {
            let joined = minus.kind == TokenKind::Minus
                && minus.span.start == span.end
                && next.span.start == minus.span.end
                && matches!(next.kind, TokenKind::Ident | TokenKind::Int);
            if !joined {
                break;
            }
            span = span.cover(next.span);
            self.advance();
            self.advance();
        }
        let text = span.of(self.parser.text);
        if span != tok.span {
            let meant = text.replace('-', "_");
            self.parser.errors.push(
                error("syntax.invalid_character", span, "`-` cannot stand in a name.")
                    .help("Names are made of the letters A to Z and a to z, digits and `_`.")
                    .fix(format!("Write `{meant}`"), span, meant),
            );
        }
        Ok(Ident { text: text.into(), span })
    }

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
            format!("`{}`", super::structure::shorten(self.parser.toks[self.head].text))
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
                let shown = super::structure::shorten(tok.text);
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
                    Some(near) => found.help(format!("Did you mean `{near}`?")).fix(format!("Replace by `{near}`"), tok.span, near),
                    None => found.help(example),
                }
            }
            None => {
                let last = self.parser.toks[self.end - 1].span;
                error("syntax.missing_argument", last, format!("{title} is not complete: {expected} is missing.")).help(example)
            }
        };
        let head = self.parser.toks[self.head].span;
        let far = Span::new(head.end, found.span.start).of(self.parser.text).contains('\n');
        self.parser.errors.push(if far { found.related(head, format!("{title} begins here.")) } else { found });
        Err(Failed)
    }

    /// Says that nothing more may stand here.
    fn nothing_left(&mut self) {
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
}

impl Reader<'_, '_> {
    /// A comma behind a statement that takes no list, or behind the last of its arguments.
    fn needless_comma(&mut self, comma: Tok<'_>) {
        let title = self.parser.title(self.head);
        let found = error("syntax.unexpected_token", comma.span, format!("After {title} there is no `,`."))
            .help("Statements end with their line, or with `;`.");
        self.parser.errors.push(if self.peek(1).is_some() {
            found.fix("Replace by `;`", comma.span, ";")
        } else {
            found.fix("Remove `,`", comma.span, "")
        });
    }
}

/// `expected` always fails, so there is never a name to give.
fn unreachable_name() -> Ident {
    Ident { text: SmolStr::default(), span: Span::default() }
}

pub(super) const fn is_string(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::String | TokenKind::OpenString)
}

pub(super) fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The fixed words that can begin an argument.
fn leading_words(arg: &'static Arg, words: &mut Vec<&'static str>) {
    match arg {
        Arg::Kw(word) | Arg::Flag(word) => words.push(word),
        Arg::One(_, Shape::Word(list)) | Arg::Many(_, Shape::Word(list)) => words.extend(*list),
        Arg::One(_, Shape::Method) => words.extend(METHODS),
        Arg::Opt(args) => args.iter().take(1).for_each(|first| leading_words(first, words)),
        Arg::Alt(choices) => {
            choices.iter().filter_map(|args| args.first()).for_each(|first| leading_words(first, words));
        }
        _ => {}
    }
}

/// An argument in the language's words.
pub(super) fn describe(arg: &Arg) -> String {
    match arg {
        Arg::Name => "a name".to_owned(),
        Arg::Kw(word) | Arg::Flag(word) | Arg::Sign(word) => format!("`{word}`"),
        Arg::One(_, shape) | Arg::Many(_, shape) | Arg::Chain(_, shape) => describe_shape(*shape),
        Arg::Parens(_, shape) => format!("a list in parentheses of {}", describe_shape(*shape)),
        Arg::Params => "`(` with parameters".to_owned(),
        Arg::Attributes => "an attribute such as `@id`".to_owned(),
        Arg::Opt(args) => args.first().map(describe).unwrap_or_default(),
        Arg::Alt(choices) => {
            let all: Vec<String> = choices.iter().filter_map(|args| args.first()).map(describe).collect();
            one_of(&all)
        }
    }
}

/// A value in the language's words.
pub(super) fn describe_shape(shape: Shape) -> String {
    match shape {
        Shape::Ref(kinds) => describe_kinds(kinds),
        Shape::RefOrStar(kinds) => format!("{} or `*`", describe_kinds(kinds)),
        Shape::Word(words) if words.len() <= 8 => one_of_words(words),
        Shape::Word(words) => format!("a word such as {}", one_of_words(&words[..3])),
        Shape::Field => "the name of a field".to_owned(),
        Shape::AnyWord => "a word".to_owned(),
        Shape::Rule => "the id of a rule such as `auth.missing_authorization`".to_owned(),
        Shape::Type => "a type".to_owned(),
        Shape::Expr => "a value or predicate".to_owned(),
        Shape::Method => format!("a method ({})", one_of_words(METHODS)),
        Shape::Path => "a path such as `/v1/orders/{id}`".to_owned(),
        Shape::String => "a text in double quotes".to_owned(),
        Shape::Secret => "`secret(\"NAME\")`".to_owned(),
        Shape::Int => "a whole number".to_owned(),
        Shape::Percent => "a percentage such as `70%`".to_owned(),
        Shape::Duration => "a duration such as `30s`".to_owned(),
        Shape::Rate => "a rate such as `60 per minute`".to_owned(),
        Shape::Date => "a date such as `2026-05-02`".to_owned(),
        Shape::Version => "a version such as `v1`".to_owned(),
        Shape::IntRange => "a range such as `2..10`".to_owned(),
        Shape::DurationRange => "a range of durations such as `1s..5m`".to_owned(),
    }
}

fn describe_kinds(kinds: &[Kind]) -> String {
    let names: Vec<&str> = kinds
        .iter()
        .map(|kind| match kind {
            Kind::Handler => "a handler",
            Kind::Auth => "an auth scheme",
            kind => match row(*kind).word {
                "system" => "the system",
                "team" => "a team",
                "role" => "a role",
                "context" => "a context",
                "service" => "a service",
                "vendor" => "a vendor",
                "client" => "a client",
                "broker" => "a broker",
                "decision" => "a decision",
                "environment" => "an environment",
                "error" => "an error",
                "store" => "a store",
                "entity" => "an entity",
                "event" => "an event",
                "query" => "a query",
                "endpoint" => "an endpoint",
                "component" => "a component",
                _ => "a name",
            },
        })
        .collect();
    format!("the name of {}", one_of(&names))
}
