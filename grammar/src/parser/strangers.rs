//! Lines that begin nothing of the language: words of other languages, and pasted text.

use super::structure::Parser;
use crate::{
    ast::SyntaxError,
    errors::error,
    lexer::TokenKind,
    span::Span,
    vocabulary::{self, Kind, METHODS, Place},
};

/// Lines in a row of which none can be read. They are one mistake.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// The index of the error that speaks of them.
    error: usize,
    /// The token behind them.
    behind: usize,
}

impl Run {
    /// The error before number `at` is gone.
    pub(super) const fn moved(&mut self, at: usize) {
        if self.error >= at {
            self.error -= 1;
        }
    }
}

impl Parser<'_> {
    /// Whether the token at `at` follows lines that could not be read.
    pub(super) fn in_run(&self, at: usize) -> bool {
        self.run.is_some_and(|run| {
            run.behind <= at
                && self.toks[run.behind..at].iter().all(|tok| {
                    matches!(
                        tok.kind,
                        TokenKind::Semicolon | TokenKind::Comma | TokenKind::RBrace
                    )
                })
        })
    }

    /// Whether an error about a single token lies in `span`.
    pub(super) fn early_in(&self, span: Span) -> bool {
        let early = &self.errors[..self.early_errors];
        let at = early.partition_point(|error| error.span.end <= span.start);
        early.get(at).is_some_and(|error| error.span.start < span.end)
    }

    /// Takes the fix from the errors about single tokens in `span`: something would still be wrong with it.
    fn unfix(&mut self, span: Span) {
        let early = &mut self.errors[..self.early_errors];
        let from = early.partition_point(|error| error.span.end <= span.start);
        for error in early[from..]
            .iter_mut()
            .take_while(|error| error.span.start < span.end)
        {
            error.fix = None;
        }
    }

    /// What began at `start` could not be read, and is behind us; errors from `before` on speak of it.
    pub(super) fn stranger(&mut self, start: usize, before: usize) {
        let whole = self.toks[start].span.cover(self.toks[self.at - 1].span);
        let first = self.toks[start].line;
        if self.early_in(Span::new(first, self.toks[start].span.end)) {
            // A wrong character at the beginning is the mistake.
            self.errors.truncate(before);
            self.unfix(Span::new(first, self.toks[start].span.end));
            self.unread.push(Span::new(self.toks[start].span.end, whole.end));
            return;
        }
        self.unread.push(whole);
        let Some(run) = self.run.filter(|_| self.in_run(start)) else {
            self.run = (self.errors.len() > before).then_some(Run {
                error: before,
                behind: self.at,
            });
            return;
        };
        self.errors.truncate(before);
        self.run = Some(Run {
            behind: self.at,
            ..run
        });
        let last = self.toks[start].span.cover(self.toks[self.at - 1].span);
        let line = last.of(self.text).split(['\n', '\r']).next().unwrap_or_default();
        let last = Span::new(last.start, last.start + line.len() as u32);
        if let Some(found) = self.errors.get_mut(run.error) {
            found.related = Some((last, "Nothing up to here can be read either.".to_owned()));
            found.fix = None;
        }
    }

    /// Goes over closing braces of something that could not be read.
    pub(super) fn close_run(&mut self) -> bool {
        if !self.in_run(self.at) {
            return false;
        }
        self.at += 1;
        if let Some(run) = &mut self.run {
            run.behind = self.at;
        }
        true
    }

    /// What a text looks like that begins at `at` and is no blueprint.
    pub(super) fn language(&self, place: Place, at: usize) -> Option<&'static str> {
        let tok = self.toks[at];
        let next = self.toks.get(at + 1).copied().filter(|next| !next.line_start);
        let kind = next.map(|next| next.kind);
        let second = next.map_or("", |next| next.text);
        let lower = tok.text.to_ascii_lowercase();
        Some(match (tok.kind, lower.as_str()) {
            (TokenKind::LBrace, _) if self.kind(at + 1) == Some(TokenKind::String) => "JSON",
            (TokenKind::LBracket, _) => "TOML",
            (TokenKind::Less, _) => "HTML or XML",
            (TokenKind::Minus, _) if place == Place::File => "YAML or a list",
            (TokenKind::At, "@") if second == "startuml" => "PlantUML",
            (TokenKind::At, _) if place == Place::File => "program code",
            (TokenKind::Star | TokenKind::Greater, _) => "Markdown",
            (TokenKind::Ident, "create" | "select" | "insert" | "alter" | "drop" | "delete")
                if tok.text != lower =>
            {
                "SQL"
            }
            (TokenKind::Ident, "graph" | "flowchart" | "sequencediagram") => "Mermaid",
            (TokenKind::Ident, "syntax" | "option") if kind == Some(TokenKind::Assign) => "Protocol Buffers",
            (
                TokenKind::Ident,
                "export" | "const" | "let" | "var" | "async" | "public" | "private" | "class" | "from"
                | "def" | "pub" | "func" | "fn" | "function" | "package" | "using",
            ) if kind == Some(TokenKind::Ident) => "program code",
            (TokenKind::Ident, _) if kind == Some(TokenKind::Dot) => "program code",
            (TokenKind::Ident, "resource" | "variable" | "output" | "module" | "provider" | "data")
                if kind == Some(TokenKind::String) =>
            {
                "Terraform"
            }
            (TokenKind::Ident, _) if kind == Some(TokenKind::Assign) => "a list of settings",
            (TokenKind::Ident, _) if kind == Some(TokenKind::Colon) => "YAML",
            (TokenKind::Ident, _) if place == Place::File && self.is_prose(at) => "prose",
            _ => return None,
        })
    }

    /// Whether at least five words follow each other.
    fn is_prose(&self, at: usize) -> bool {
        self.toks[at..]
            .iter()
            .take(5)
            .enumerate()
            .filter(|(index, tok)| tok.kind == TokenKind::Ident && (*index == 0 || !tok.line_start))
            .count()
            == 5
    }

    /// An error with the language that its text is written in, if that can be told.
    pub(super) fn written_in(&self, place: Place, at: usize, found: SyntaxError) -> SyntaxError {
        match self.language(place, at) {
            Some("prose") => found.help("A remark begins with `//`, documentation of what follows with `///`."),
            Some(language) => found.help(format!(
                "This looks like {language}. A blueprint says it in its own words, with blocks in braces: `{}`.",
                if place == Place::File {
                    "service Orders { owner Platform }"
                } else {
                    vocabulary::forms_in(place)
                        .find(|form| !form.word.is_empty())
                        .map_or("name: string", |form| form.example)
                }
            )),
            None => found,
        }
    }

    /// `GET /v1/orders` without `endpoint` and a name.
    pub(super) fn endpoint_without_word(&mut self, place: Place, at: usize) -> bool {
        let tok = self.toks[at];
        let method = tok.text.to_ascii_uppercase();
        let path = self.toks.get(at + 1).filter(|next| next.kind == TokenKind::Path);
        let (Some(path), Place::Service) = (path, place) else {
            return false;
        };
        if !METHODS.contains(&method.as_str()) {
            return false;
        }
        let last = path
            .text
            .split('/')
            .rfind(|part| {
                !part.is_empty()
                    && part
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            })
            .unwrap_or("all");
        let name = format!("{}_{last}", method.to_ascii_lowercase());
        self.errors.push(
            error(
                "syntax.unknown_statement",
                tok.span,
                format!(
                    "`{}` begins no statement: an endpoint has a word and a name before its method.",
                    tok.text
                ),
            )
            .help(format!("For example: `endpoint {name} {method} {}`.", path.text))
            .fix(
                format!("Insert `endpoint {name}`"),
                Span::empty(tok.span.start),
                format!("endpoint {name} "),
            ),
        );
        true
    }

    /// A name in quotes before `:`, or among the members of an enum: read as the field or member that it is.
    pub(super) fn is_quoted_name(&self, place: Place, at: usize) -> bool {
        self.kind(at) == Some(TokenKind::String)
            && match vocabulary::wordless(place).map(|form| form.kind) {
                Some(Kind::Field) => self.kind(at + 1) == Some(TokenKind::Colon),
                Some(_) => true,
                None => false,
            }
    }

    /// A sign before something that can be read without it, as in a difference between two versions of a file or in an
    /// attribute on the line above. Reads on behind it.
    pub(super) fn sign_before(&mut self, place: Place) -> bool {
        let at = self.at;
        let tok = self.toks[at];
        if tok.kind == TokenKind::At && self.attribute_before(place) {
            return true;
        }
        let sign = matches!(
            tok.kind,
            TokenKind::Minus | TokenKind::Plus | TokenKind::Star | TokenKind::Comma | TokenKind::Greater
        );
        let Some(next) = self.toks.get(at + 1).filter(|next| !next.line_start) else {
            return false;
        };
        let reads = next.kind == TokenKind::Ident
            && vocabulary::form(place, next.text).is_some()
            && self.kind(at + 2).is_some_and(|kind| kind == TokenKind::Ident);
        if !sign || !reads {
            return false;
        }
        let gap = Span::new(tok.span.start, next.span.start);
        self.at += 1;
        if let Some(next) = self.toks.get_mut(at + 1) {
            next.line_start = tok.line_start;
        }
        self.errors.push(
            error(
                "syntax.unexpected_token",
                tok.span,
                format!("Found `{}` before a statement.", tok.text),
            )
            .help("Statements begin with their word.")
            .fix(format!("Remove `{}`", tok.text), gap, ""),
        );
        true
    }

    /// `@pii name: string`: the attribute stands before the field instead of behind it.
    fn attribute_before(&mut self, place: Place) -> bool {
        let at = self.at;
        let mut behind = at + 2;
        if self.kind(behind) == Some(TokenKind::LParen) {
            behind = self.until(behind + 1, self.toks.len(), |kind| kind == TokenKind::RParen) + 1;
        }
        let fields = vocabulary::wordless(place).is_some_and(|form| form.kind == Kind::Field);
        let field = self.kind(at + 1) == Some(TokenKind::Ident)
            && self.kind(behind) == Some(TokenKind::Ident)
            && self.kind(behind + 1) == Some(TokenKind::Colon)
            && self.toks[behind].line == self.toks[at].line;
        if !fields || !field {
            return false;
        }
        let end = self.statement_end(behind, place);
        let attribute = self.toks[at].span.cover(self.toks[behind - 1].span);
        let rest = self.toks[behind].span.cover(self.toks[end - 1].span);
        self.errors.push(
            error(
                "syntax.unexpected_token",
                attribute,
                "An attribute stands before its field.",
            )
            .help("Attributes stand behind the type.")
            .fix(
                "Move it behind the type",
                attribute.cover(rest),
                format!("{} {}", rest.of(self.text), attribute.of(self.text)),
            ),
        );
        self.at = behind;
        true
    }
}
