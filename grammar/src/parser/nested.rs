//! Types, expressions and attributes: where each ends, and how it is read.

use chumsky::span::SimpleSpan;

use super::{
    arguments::{Failed, Reader},
    lexemes::{Lexeme, Tokens, Word},
    recursive,
    repair::Part,
    structure::DEEPEST,
    tokens::Tok,
    values::{cover, ident},
};
use crate::{
    ast::{Attribute, AttributeValue, Expr, ExprKind, Literal, Ref, Type, TypeKind, Value},
    errors::error,
    lexer::TokenKind,
    span::Span,
    vocabulary::{self, AttributeArgs},
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
        let TypeKind::Named(name, args) = &mut ty.kind else {
            return;
        };
        let [
            Expr {
                kind: ExprKind::Ref(target),
                ..
            },
        ] = &mut args[..]
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
        let alone =
            before.is_some_and(|before| before.kind == Assign || compares(before.kind)) && next.is_none();
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
