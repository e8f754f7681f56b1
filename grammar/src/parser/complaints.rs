//! What is said about blocks and statements.

use super::{
    structure::{Parser, separated_by_commas, shorten},
    tokens::Tok,
};
use crate::{
    ast::Node,
    errors::error,
    lexer::TokenKind,
    span::Span,
    vocabulary::{self, Arg, FORMS, Form, Kind, Place, Times},
};

impl<'a> Parser<'a> {
    /// Closing braces that nothing opened; a run of them is one error.
    pub(super) fn stray_close(&mut self) {
        let first = self.toks[self.at].span;
        let mut span = first;
        while self.kind(self.at) == Some(TokenKind::RBrace) {
            span = span.cover(self.toks[self.at].span);
            self.at += 1;
        }
        self.errors.push(
            error(
                "syntax.unexpected_close",
                span,
                "This `}` closes nothing: no block is open here.",
            )
            .help("Remove it, or open a block before it.")
            .fix("Remove it", span, ""),
        );
    }

    /// One error at the block that lacks its `}`.
    pub(super) fn unclosed(&mut self, brace: Span, head: usize) {
        let title = self.title(head);
        self.unopened += 1;
        let indent = " ".repeat(self.toks[head].indent as usize);
        let (noticed, fix, text) = match self.toks.get(self.at) {
            Some(tok) if tok.line_start => {
                let own = " ".repeat(tok.indent as usize);
                (
                    tok.span,
                    Span::new(tok.span.start - tok.indent, tok.span.start),
                    format!("{indent}}}\n{own}"),
                )
            }
            Some(tok) => (tok.span, Span::empty(tok.span.start), "} ".to_owned()),
            None => (self.end(), self.end(), format!("\n{indent}}}")),
        };
        let found = error(
            "syntax.unclosed_block",
            brace,
            format!("The block of {title} has no closing `}}`."),
        )
        .help("Add `}` where the block ends.")
        .related(noticed, "It is missing here at the latest.");
        self.errors.push(if self.skipped_open {
            found
        } else {
            found.fix("Add `}`", fix, text)
        });
    }

    /// A block whose `{` is missing, although its `}` is there.
    pub(super) fn unopened_block(&mut self, start: usize, head: Span) {
        let title = self.title(start);
        self.unopened -= 1;
        // As in Python: the `:` at the end of the head is the brace that is missing.
        let colon = self.toks[self.at - 1];
        let instead = colon.kind == TokenKind::Colon
            && self
                .errors
                .pop_if(|last| last.span.start == colon.span.start)
                .is_some();
        let found = error(
            "syntax.missing_block",
            head,
            format!("The block of {title} has no opening `{{`."),
        )
        .help("A block opens on the line of its head.");
        self.errors.push(if instead {
            found.fix("Write `{`", colon.span, " {")
        } else {
            found.fix("Add `{`", Span::empty(head.end), " {")
        });
    }

    /// A `}` inside of a block that closes neither this nor another one.
    pub(super) fn needless_close(&mut self) {
        let tok = self.toks[self.at];
        let span = tok.span;
        let from = if tok.line_start {
            span.start
        } else {
            self.toks[self.at - 1].span.end
        };
        self.at += 1;
        self.unopened -= 1;
        let mut found = error(
            "syntax.unexpected_close",
            span,
            "This `}` closes nothing: no block is open here.",
        )
        .help("Remove it, or open a block before it.")
        .fix("Remove it", Span::new(from, span.end), "");
        if let Some((title, head)) = self.surroundings() {
            found = found.related(head, format!("It stands in {title}, which goes on behind it."));
        }
        self.errors.push(found);
    }

    /// Braces behind a head that is not complete and takes no block.
    pub(super) fn braces_in_head(&mut self, form: &Form, braces: Span) {
        let inner = braces
            .of(self.text)
            .trim_start_matches('{')
            .trim_end_matches('}')
            .trim();
        let listed = matches!(form.args, [Arg::Parens(..)])
            && !inner.is_empty()
            && !inner.contains(['\n', '\r', ';', '{']);
        if let Some(last) = self.errors.last_mut() {
            last.fix = None;
            if listed {
                last.help = Some("Lists of fields stand in parentheses.".to_owned());
                *last = last.clone().fix("Use parentheses", braces, format!("({inner})"));
            }
        }
    }

    /// A block that is closed by another bracket.
    pub(super) fn wrong_close(&mut self, head: usize) {
        let tok = self.toks[self.at];
        let title = self.title(head);
        self.at += 1;
        self.unopened += 1;
        self.errors.push(
            error(
                "syntax.unexpected_token",
                tok.span,
                format!("Found `{}` where the block of {title} ends.", tok.text),
            )
            .help("Blocks stand between `{` and `}`.")
            .related(self.toks[head].span, format!("{title} begins here."))
            .fix("Write `}`", tok.span, "}"),
        );
    }

    /// One or more `{` right behind another one.
    pub(super) fn doubled_open(&mut self) {
        let before = self.toks[self.at - 1].span.end;
        let mut span = self.toks[self.at].span;
        while self.unopened < 0 && self.kind(self.at) == Some(TokenKind::LBrace) {
            span = span.cover(self.toks[self.at].span);
            self.at += 1;
            self.unopened += 1;
        }
        self.errors.push(
            error(
                "syntax.unexpected_token",
                span,
                format!(
                    "The block is open already: this `{}` is one too many.",
                    shorten(span.of(self.text))
                ),
            )
            .help("Remove it.")
            .fix("Remove it", Span::new(before, span.end), ""),
        );
    }

    /// After a statement there is a line end, `;` or `}`.
    pub(super) fn expect_line_end(&mut self, place: Place) {
        let Some(tok) = self.toks.get(self.at) else { return };
        let fine = tok.line_start
            || matches!(tok.kind, TokenKind::Semicolon | TokenKind::RBrace)
            || (tok.kind == TokenKind::Comma && separated_by_commas(place));
        if fine {
            return;
        }
        let before = self.toks[self.at - 1].span.end;
        if tok.kind == TokenKind::Comma {
            let ends = self.toks.get(self.at + 1).is_none_or(|next| next.line_start);
            let found = error(
                "syntax.unexpected_token",
                tok.span,
                "Found `,` where a line end or `;` is expected.",
            )
            .help("Statements have no `,` between them.");
            self.errors.push(if ends {
                found.fix("Remove `,`", tok.span, "")
            } else {
                found.fix("Replace by `;`", tok.span, ";")
            });
            self.at += 1;
            return;
        }
        let (sign, help) = match place {
            Place::Enum | Place::Projection => (",", "Names on one line have `,` between them."),
            _ => (";", "Statements on one line have `;` between them."),
        };
        self.errors.push(
            error(
                "syntax.unexpected_token",
                tok.span,
                format!(
                    "Found `{}` where a line end or `{sign}` is expected.",
                    shorten(tok.text)
                ),
            )
            .help(help)
            .fix(format!("Insert `{sign}`"), Span::empty(before), sign),
        );
    }

    /// What cannot be read where a line end is missing is one mistake: of the two errors the one stays that says what it is.
    pub(super) fn said_once(&mut self, before: usize) {
        let Some([missing, found]) = self
            .errors
            .get(before.saturating_sub(1)..)
            .and_then(|errors| errors.first_chunk())
        else {
            return;
        };
        let unread = matches!(
            found.code,
            "syntax.unexpected_token" | "syntax.unknown_statement" | "syntax.misplaced_statement"
        );
        let is_line_end = missing
            .fix
            .as_ref()
            .is_some_and(|fix| fix.span.is_empty() && matches!(fix.text.as_str(), ";" | ","));
        if before > self.early_errors && unread && is_line_end && missing.span.start == found.span.start {
            self.errors.remove(before - 1);
            if let Some(run) = &mut self.run {
                run.moved(before);
            }
        }
    }

    /// A statement that may stand once.
    pub(super) fn check_repeated(&mut self, nodes: &[Node], node: &Node) {
        if node.form.times == Times::Many || node.broken {
            return;
        }
        if let Some(first) = nodes
            .iter()
            .find(|first| first.form.kind == node.form.kind && !first.broken)
        {
            let word = node.form.word;
            let whole = self.line_of(node.span);
            self.errors.push(
                error(
                    "syntax.duplicate_statement",
                    node.word.span,
                    format!("`{word}` is already said in this block."),
                )
                .help("Keep one of them.")
                .related(first.span, format!("The first `{word}`."))
                .fix(format!("Remove this `{word}`"), whole, ""),
            );
        }
    }

    /// `span`, with the blanks before it and the line end or `;` behind it if nothing else stands on its line.
    fn line_of(&self, span: Span) -> Span {
        let before = &self.text[..span.start as usize];
        let after = &self.text[span.end as usize..];
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        let trailing = after.len() - after.trim_start_matches([' ', '\t']).len();
        let rest = &after[trailing..];
        let begins_line = before[..before.len() - blanks].is_empty()
            || before[..before.len() - blanks].ends_with(['\n', '\r']);
        if begins_line && (rest.is_empty() || rest.starts_with(['\n', '\r'])) {
            let line_end = if rest.starts_with("\r\n") {
                2
            } else {
                usize::from(!rest.is_empty())
            };
            Span::new(
                span.start - blanks as u32,
                span.end + (trailing + line_end) as u32,
            )
        } else if let Some(behind) = rest.strip_prefix(';') {
            let gap = behind.len() - behind.trim_start_matches([' ', '\t']).len();
            Span::new(span.start, span.end + (trailing + 1 + gap) as u32)
        } else {
            span
        }
    }

    /// Something that begins no statement.
    pub(super) fn stray(&mut self, place: Place) {
        let tok = self.toks[self.at];
        let start = self.at;
        self.at = self
            .statement_end(start, place)
            .max(start + usize::from(tok.kind != TokenKind::LBrace));
        if self.kind(self.at) == Some(TokenKind::LBrace) {
            self.skip_braces(place);
        }
        if tok.kind == TokenKind::BadNumber {
            self.not_a_name(tok);
            return;
        }
        let span = tok.span.cover(self.toks[self.at.min(self.toks.len()) - 1].span);
        let span = Span::new(
            span.start,
            span.start + first_line(span.of(self.text)).len() as u32,
        );
        let expected = match (place, vocabulary::wordless(place).map(|form| form.kind)) {
            (Place::File, _) => "an item such as `service`",
            (_, Some(Kind::EnumMember)) => "a member of the enum",
            (_, Some(Kind::Projected)) => "the name of a field",
            (_, Some(_)) => "a field such as `name: string`",
            _ => "a statement",
        };
        let mut found = error(
            "syntax.unexpected_token",
            span,
            format!("Found `{}` where {expected} is expected.", shorten(tok.text)),
        );
        if tok.kind == TokenKind::LBrace {
            found = found.help("A block belongs behind a head, on the same line.");
        }
        let fields = vocabulary::wordless(place).is_some_and(|form| form.kind == Kind::Field);
        let named = self.kind(start + 1) == Some(TokenKind::Ident) || tok.text != "@";
        if tok.kind == TokenKind::At && fields && named && start > 0 {
            let gap = Span::new(self.toks[start - 1].span.end, tok.span.start);
            found = found.help("Attributes stand on the line of their field, behind the type.");
            let blank = gap.of(self.text).trim().is_empty();
            let follows = !matches!(
                self.toks[start - 1].kind,
                TokenKind::LBrace | TokenKind::RBrace | TokenKind::Semicolon | TokenKind::Comma
            );
            if blank && follows {
                found = found.fix("Move it behind the field", gap, " ");
            }
        }
        let found = self.continued(start, self.written_in(place, start, found));
        self.errors.push(found);
    }

    /// Something like `1st` where a name belongs: what was said about the number is said about the name.
    pub(super) fn not_a_name(&mut self, tok: Tok<'a>) {
        let early = &mut self.errors[..self.early_errors];
        let early = early
            .binary_search_by_key(&tok.span.start, |early| early.span.start)
            .ok()
            .map(|at| &mut early[at]);
        if let Some(early) = early {
            *early = error(
                "syntax.invalid_character",
                tok.span,
                format!("`{}` begins with a digit.", tok.text),
            )
            .help("Names begin with a letter or `_`.")
            .fix(
                format!("Write `_{}`", tok.text),
                tok.span,
                format!("_{}", tok.text),
            );
        }
    }

    /// The head that begins at `at` in a message: its word, and the name that it declares, in backticks.
    pub(super) fn title(&self, at: usize) -> String {
        let tok = self.toks[at];
        let known = FORMS.iter().any(|form| form.word == tok.text);
        let declares = FORMS
            .iter()
            .any(|form| form.word == tok.text && form.args.first() == Some(&Arg::Name));
        let name = self
            .toks
            .get(at + 1)
            .filter(|next| next.kind == TokenKind::Ident && !next.line_start && (declares || !known));
        match name {
            Some(name) => format!("`{} {}`", tok.text, name.text),
            None => format!("`{}`", tok.text),
        }
    }
}

fn first_line(text: &str) -> &str {
    text.split(['\n', '\r']).next().unwrap_or_default()
}
