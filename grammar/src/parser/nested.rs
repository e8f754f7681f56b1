//! Types, expressions, attributes and parameters: where each ends, and what is said where it cannot be read.

use chumsky::span::SimpleSpan;

use super::{
    arguments::{Failed, Reader, is_string},
    failure::{Expected, Failure},
    lexemes::{Lexeme, Tokens, Word},
    recursive,
    repair::{Inside, Part},
    structure::{DEEPEST, shorten},
    tokens::Tok,
    values::{cover, ident},
};
use crate::{
    ast::{Attribute, AttributeValue, Expr, ExprKind, Literal, Param, Ref, Type, TypeKind, Value},
    errors::{error, one_of},
    lexer::TokenKind,
    span::Span,
    vocabulary::{self, Arg, AttributeArgs},
};

/// An expression of more parts than this is not read.
const LONGEST: usize = 2_000;

impl Reader<'_, '_> {
    /// A type, up to `=`, `@` or the end. What cannot be read is reported and gives an error type.
    pub(super) fn ty(&mut self) -> Type {
        let end = self.parser.until(self.at, self.end, |kind| {
            matches!(kind, TokenKind::Assign | TokenKind::At)
        });
        let start = std::mem::replace(&mut self.at, end);
        let toks = &self.parser.toks[start..end];
        let span = cover(toks);
        if let Some(simple) = simple_type(toks, span) {
            return simple;
        }
        let parsed = self.lexemes(start, end).and_then(|tokens| {
            recursive::ty(tokens, span.end).map_err(|failure| self.failure(failure, start, end, Part::Type))
        });
        match parsed {
            Ok(mut ty) => {
                self.document(&mut ty, start, end);
                self.prefix_with_parens(&mut ty);
                ty
            }
            Err(Failed) => Type {
                kind: TypeKind::Error,
                optional: false,
                span,
            },
        }
    }

    /// `ref(Order)` is meant as `ref Order`.
    fn prefix_with_parens(&mut self, ty: &mut Type) {
        let TypeKind::Named(name, args) = &mut ty.kind else { return };
        let [Expr {
            kind: ExprKind::Ref(target),
            ..
        }] = &mut args[..]
        else {
            return;
        };
        let (word, target) = (name.text(), std::mem::take(&mut target.segments));
        let target = Ref {
            segments: target,
            kind: None,
        };
        let meant = format!("{word} {}{}", target.text(), if ty.optional { "?" } else { "" });
        ty.kind = match word.as_str() {
            "ref" => TypeKind::Ref(target),
            "new" => TypeKind::New(target),
            "patch" => TypeKind::Patch(target),
            "page" => TypeKind::Page(target),
            _ => {
                // A type with arguments, as it should be: the name goes back.
                let span = target.span();
                *args = vec![Expr {
                    kind: ExprKind::Ref(target),
                    span,
                }];
                return;
            }
        };
        self.parser.errors.push(
            error(
                "syntax.unexpected_token",
                ty.span,
                format!("Behind `{word}` a name stands without parentheses."),
            )
            .help(format!("For example: `{word} Order`."))
            .fix(format!("Write `{meant}`"), ty.span, meant),
        );
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
            return Expr {
                kind: ExprKind::Ref(Ref {
                    segments: vec![ident(name)],
                    kind: None,
                }),
                span,
            };
        }
        let parsed = self.lexemes(start, end).and_then(|tokens| {
            recursive::expr(tokens, span.end).map_err(|failure| self.failure(failure, start, end, Part::Expr))
        });
        parsed.unwrap_or(Expr {
            kind: ExprKind::Error,
            span,
        })
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
            return Ok(Attribute {
                name: ident(name),
                args: Vec::new(),
                span: at.span.cover(name.span),
            });
        }
        let end = self
            .parser
            .until(start + 1, self.end, |kind| kind == TokenKind::At);
        self.at = end;
        let span = cover(&self.parser.toks[start..end]);
        let tokens = self.lexemes(start, end)?;
        match recursive::attribute(tokens, span.end) {
            Ok(attribute) => Ok(self.with_range(attribute)),
            Err(failure) => {
                let failed = self.failure(failure, start, end, Part::Attribute);
                // What is known of it is kept: its name.
                match self
                    .parser
                    .toks
                    .get(start + 1)
                    .filter(|tok| tok.kind == TokenKind::Ident && start + 1 < end)
                {
                    Some(name) => Ok(Attribute {
                        name: ident(*name),
                        args: Vec::new(),
                        span,
                    }),
                    None => Err(failed),
                }
            }
        }
    }

    /// `@len(3-10)` is meant as a range.
    fn with_range(&mut self, mut attribute: Attribute) -> Attribute {
        let takes = vocabulary::attribute(&attribute.name.text).map(|form| form.args);
        let [only] = &mut attribute.args[..] else {
            return attribute;
        };
        if takes == Some(AttributeArgs::Range)
            && let AttributeValue::Expr(Expr {
                kind: ExprKind::Sub(low, high),
                span,
            }) = &only.value
            && let (ExprKind::Literal(Literal::Int(low)), ExprKind::Literal(Literal::Int(high))) =
                (&low.kind, &high.kind)
        {
            let (low, high, span) = (*low, *high, *span);
            self.parser.errors.push(
                error(
                    "syntax.unexpected_token",
                    span,
                    format!("`{}` is a difference, no range.", span.of(self.parser.text)),
                )
                .help("A range has two dots between its ends.")
                .fix(format!("Write `{low}..{high}`"), span, format!("{low}..{high}")),
            );
            only.value = AttributeValue::Range(low, Some(high));
        }
        attribute
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
        let mut failed = self.failed;
        while self.at < inner_end {
            self.end = self.parser.until(self.at, inner_end, |kind| {
                matches!(kind, TokenKind::Comma | TokenKind::Semicolon)
            });
            let start = self.at;
            // Each parameter has its own mistakes.
            failed |= std::mem::replace(&mut self.failed, false);
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
        self.failed |= failed;
        self.close(open, close);
        Ok(())
    }

    /// `name: type = default @attributes`, the whole of `at..end`.
    fn param(&mut self) -> Option<Param> {
        const NAME: Arg = Arg::Name;
        const COLON: Arg = Arg::Sign(":");
        let start = self.at;
        let Some(first) = self.tok() else {
            let _ = self.expected_sign("a parameter such as `name: string`");
            return None;
        };
        let quoted = is_string(first.kind) && self.peek(1).is_some_and(|next| next.kind == TokenKind::Colon);
        if first.kind != TokenKind::Ident && !quoted {
            let _ = self.expected_sign("a parameter such as `name: string`");
            return None;
        }
        let name = self.name(&NAME).ok()?;
        let mut param = Param {
            name,
            ty: None,
            default: None,
            attributes: Vec::new(),
            span: first.span,
        };
        if self.is(TokenKind::Colon) {
            self.advance();
            if self
                .tok()
                .is_some_and(|tok| !matches!(tok.kind, TokenKind::Assign | TokenKind::At))
            {
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
            let _ = self.expected_as("`:` and a type", &COLON);
            self.at = self.end;
        }
        param.span = cover(&self.parser.toks[start..self.end]);
        Some(param)
    }

    /// Whether a word such as `in` stands where only a value can: no word is reserved.
    fn is_operand(&self, start: usize, index: usize, end: usize) -> bool {
        use TokenKind::{Assign, Comma, Dot, Equal, LBracket, LParen, NotEqual, RBracket, RParen};
        let toks = &self.parser.toks;
        if !matches!(toks[index].text, "and" | "or" | "in" | "is" | "not") {
            return false;
        }
        let before = index.checked_sub(1).map(|before| toks[before]);
        let next = (index + 1 < end).then(|| toks[index + 1].kind);
        let compares = |kind: TokenKind| {
            matches!(
                kind,
                Equal
                    | NotEqual
                    | TokenKind::Less
                    | TokenKind::LessEqual
                    | TokenKind::Greater
                    | TokenKind::GreaterEqual
            )
        };
        let opens = before.is_none_or(|before| {
            index == start
                || compares(before.kind)
                || matches!(before.kind, LParen | LBracket | Comma)
                || matches!(before.text, "and" | "or" | "not")
        });
        let listed = before.is_some_and(|before| matches!(before.kind, LParen | LBracket | Comma))
            && next.is_some_and(|next| matches!(next, RParen | RBracket | Comma));
        // `status: Status = in`, and the same with a comparison.
        let alone = before.is_some_and(|before| before.kind == Assign || compares(before.kind)) && next.is_none();
        opens && (listed || alone || next.is_some_and(|next| next == Dot || compares(next)))
    }

    /// The tokens `start..end` as the recursive parsers see them.
    fn lexemes(&mut self, start: usize, end: usize) -> Result<Tokens, Failed> {
        let mut tokens = Tokens {
            lexemes: Vec::with_capacity(end - start),
            ..Tokens::default()
        };
        let mut brackets: Vec<TokenKind> = Vec::new();
        for index in start..end {
            let tok = self.parser.toks[index];
            let span = SimpleSpan::from(tok.span.start..tok.span.end);
            if tok.line_start && index > start && brackets.last() == Some(&TokenKind::LBrace) {
                tokens.lexemes.push((
                    Lexeme::Sign(TokenKind::Newline),
                    SimpleSpan::from(span.start..span.start),
                ));
            }
            let lexeme = match tok.kind {
                TokenKind::Ident if self.is_operand(start, index, end) => tokens.kept.plain(tok.text),
                TokenKind::Ident => tokens.kept.name(tok.text),
                TokenKind::Int => tokens.kept.literal(Literal::Int(self.int(tok))),
                TokenKind::Decimal => tokens
                    .kept
                    .literal(Literal::Decimal(tok.text.replace('_', "").into())),
                TokenKind::Percent => tokens.kept.literal(Literal::Percent(self.percent(tok))),
                TokenKind::Duration => tokens.kept.literal(Literal::Duration(self.duration(tok))),
                TokenKind::Size => tokens.kept.literal(Literal::Size(self.size(tok))),
                TokenKind::Date => tokens.kept.literal(Literal::Date(self.date(tok))),
                // Already reported; any number will do.
                TokenKind::BadNumber => tokens.kept.literal(Literal::Int(0)),
                TokenKind::String | TokenKind::OpenString => {
                    tokens.kept.literal(Literal::String(self.string(tok)))
                }
                kind => Lexeme::Sign(kind),
            };
            match tok.kind {
                TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace => brackets.push(tok.kind),
                TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => drop(brackets.pop()),
                _ => {}
            }
            if brackets.len() > DEEPEST || tokens.lexemes.len() > LONGEST {
                self.parser.errors.push(
                    error(
                        "syntax.too_deep",
                        tok.span,
                        "This is nested too deeply or too long to be read.",
                    )
                    .help("Split it: give parts of it names of their own."),
                );
                return Err(Failed);
            }
            tokens.lexemes.push((lexeme, span));
        }
        Ok(tokens)
    }

    /// Reports where a type, an expression or an attribute could not be read.
    fn failure(&mut self, failure: Failure, start: usize, end: usize, part: Part) -> Failed {
        if self.failed {
            return Failed;
        }
        let what = match part {
            Part::Type => "type",
            Part::Attribute => "attribute",
            Part::Expr if start > 0 && self.parser.toks[start - 1].text == "where" => "predicate",
            Part::Expr => "value",
        };
        let index = (start..end)
            .find(|index| self.parser.toks[*index].span.end > failure.at)
            .filter(|_| !failure.end);
        let expected = expectations(failure).unwrap_or_else(|| format!("something else in the {what}"));
        let found = if let Some(index) = index {
            let tok = self.parser.toks[index];
            if tok.kind == TokenKind::BadNumber {
                self.parser.unreadable = true;
                return Failed;
            }
            let found = error(
                "syntax.unexpected_token",
                tok.span,
                format!(
                    "Found `{}` in this {what} where {expected} is expected.",
                    shorten(tok.text)
                ),
            );
            match (part, tok.text) {
                (Part::Type, "|") => found.help(
                    "There are no unions: an `enum` names several values, and `errors` the errors of an endpoint.",
                ),
                (Part::Expr, "[" | "{") => {
                    found.help("Lists and structures have no value that could be written here.")
                }
                _ => found,
            }
        } else {
            let last = self.parser.toks[end.max(start + 1) - 1];
            error(
                "syntax.missing_argument",
                last.span,
                format!(
                    "This {what} is not complete: {expected} is missing behind `{}`.",
                    shorten(last.text)
                ),
            )
        };
        let first = self.parser.toks[start].span;
        let far = Span::new(first.start, found.span.start)
            .of(self.parser.text)
            .contains('\n');
        self.parser.errors.push(if far {
            found.related(first, format!("The {what} begins here."))
        } else {
            found
        });
        let inside = Inside { part, start, end };
        self.parser.stopped(index.unwrap_or(end), &[], Some(inside));
        self.failed = true;
        Failed
    }
}

/// What could have stood where a failure is, in few words.
fn expectations(failure: Failure) -> Option<String> {
    const OPERATORS: [&str; 6] = ["`+`", "`-`", "`and`", "`or`", "`in`", "`is`"];
    // Where the text ends inside of brackets, what is missing is their end.
    if failure.end {
        let closing = [Expected::RParen, Expected::RBracket, Expected::RBrace]
            .into_iter()
            .find(|closing| failure.expects(*closing) && !failure.expects(Expected::AType) && !failure.expects(Expected::AValue));
        if let Some(closing) = closing {
            return Some(closing.text().to_owned());
        }
    }
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

/// The types that need no recursion, which are nearly all.
fn simple_type(toks: &[Tok<'_>], span: Span) -> Option<Type> {
    let (optional, rest) = match toks {
        [rest @ .., last] if last.kind == TokenKind::Question => (true, rest),
        rest => (false, rest),
    };
    let named = |tok: &Tok<'_>| Ref {
        segments: vec![ident(*tok)],
        kind: None,
    };
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
