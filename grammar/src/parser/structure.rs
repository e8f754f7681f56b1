//! Blocks and statements: where each begins and ends, whatever stands inside.

use super::{
    choose::Choice,
    repair::Trouble,
    strangers::Run,
    tokens::{Scanned, Tok},
};
use crate::{
    ast::{Block, Docs, Ident, Node, SyntaxError},
    errors::error,
    lexer::TokenKind,
    span::Span,
    vocabulary::{self, BlockForm, Form, Kind, Place},
};

/// Blocks and brackets may be nested this deeply.
pub(super) const DEEPEST: usize = 64;

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) toks: Vec<Tok<'a>>,
    docs: Vec<(usize, Docs)>,
    pub(super) errors: Vec<SyntaxError>,
    /// Characters that mean nothing and were left out.
    dropped: Vec<Span>,
    /// How many of the errors, which come first and in text order, are about single tokens and were found before parsing began.
    pub(super) early_errors: usize,
    /// The next token.
    pub(super) at: usize,
    open: Vec<Open>,
    /// How many `{` the text lacks, or has too many if negative. What is not 0 makes indentation count.
    pub(super) unopened: i32,
    /// Whether a block that was not read lacks its `}`: then another `}` at the end would close that one.
    pub(super) skipped_open: bool,
    /// Where reading the statement at hand first stopped.
    pub(super) trouble: Option<Trouble>,
    /// Lines in a row that could not be read.
    pub(super) run: Option<Run>,
    /// Everything that could not be read at all, in text order.
    pub(super) unread: Vec<Span>,
    /// How many statements a repair was looked for.
    pub(super) repairs: usize,
    /// Whether something could not be read that was reported when its token was found.
    pub(super) unreadable: bool,
}

/// A block that is being read.
pub(super) struct Open {
    pub(super) place: Place,
    /// Bytes before the first token of the line on which its head stands.
    pub(super) indent: u32,
    /// Where the line begins on which its `{` stands.
    pub(super) line: u32,
    /// The token that begins its head.
    pub(super) head: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, scanned: Scanned<'a>) -> Self {
        Self {
            text,
            unopened: unopened(&scanned.toks),
            toks: scanned.toks,
            docs: scanned.docs,
            dropped: scanned.dropped,
            early_errors: scanned.errors.len(),
            errors: scanned.errors,
            at: 0,
            open: Vec::new(),
            skipped_open: false,
            trouble: None,
            run: None,
            unread: Vec::new(),
            repairs: 0,
            unreadable: false,
        }
    }

    pub(super) fn kind(&self, at: usize) -> Option<TokenKind> {
        self.toks.get(at).map(|tok| tok.kind)
    }

    /// The place just behind everything that was read.
    pub(super) fn end(&self) -> Span {
        Span::empty(self.toks.last().map_or(0, |tok| tok.span.end))
    }

    /// All of the text; its first item is the node.
    pub(super) fn file(&mut self) -> Option<Node> {
        let mut node = None;
        while let Some(kind) = self.kind(self.at) {
            match kind {
                TokenKind::Semicolon => self.at += 1,
                TokenKind::RBrace if self.close_run() => {}
                TokenKind::RBrace => self.stray_close(),
                _ => {
                    let found = self.statement(Place::File);
                    node = node.or(found);
                }
            }
        }
        node
    }

    /// One statement, with its block. Always goes on by at least one token.
    pub(super) fn statement(&mut self, place: Place) -> Option<Node> {
        let mut start = self.at;
        let errors_before = self.errors.len();
        if self.sign_before(place) {
            start = self.at;
        }
        let quoted = self.is_quoted_name(place, start);
        if self.toks[start].kind != TokenKind::Ident && !quoted {
            self.stray(place);
            self.stranger(start, errors_before);
            return None;
        }
        let choice = match self.choose(place, start) {
            Choice::Elsewhere(_) if self.in_run(start) => Choice::Unknown,
            choice => choice,
        };
        let (form, arguments, keep) = match choice {
            Choice::Form(form) if form.word.is_empty() => (form, start, true),
            Choice::Form(form) => (form, start + 1, true),
            Choice::WithoutWord(form) => (form, start, true),
            Choice::Elsewhere(form) => (form, start + 1, false),
            Choice::Unknown => {
                self.at = self.statement_end(start, place);
                if self.kind(self.at) == Some(TokenKind::LBrace) {
                    self.skip_braces(place);
                }
                // At top level nothing says how the rest of an unknown line is to be read.
                while place == Place::File
                    && self
                        .toks
                        .get(self.at)
                        .is_some_and(|tok| !tok.line_start && tok.kind != TokenKind::RBrace)
                {
                    self.at += 1;
                }
                self.stranger(start, errors_before);
                return None;
            }
        };
        let node = self.node(place, form, start, arguments, errors_before);
        keep.then_some(node)
    }

    /// The statement that begins at `start`, whose arguments begin at `arguments`.
    fn node(
        &mut self,
        place: Place,
        form: &'static Form,
        start: usize,
        arguments: usize,
        errors_before: usize,
    ) -> Node {
        let arguments_before = self.errors.len();
        let end = self.statement_end(start, place);
        let (args, end) = self.arguments_or_repaired(place, form, start, arguments, end);
        let mut span = self.toks[start].span.cover(self.toks[end - 1].span);
        let head = span;
        self.at = end;
        if overlap(&self.dropped, |span| *span, head) || arguments_before > errors_before {
            // What is wrong is said; that something is missing now only follows from it.
            let more = self.errors.len() > arguments_before;
            self.errors.truncate(arguments_before);
            if let Some(word) = self.errors[errors_before..].last_mut().filter(|_| more) {
                // With another word, something else would be wrong.
                word.fix = None;
            }
        }
        let broken = self.errors.len() > errors_before
            || overlap(&self.errors[..self.early_errors], |early| early.span, head);
        let projects =
            form.kind == Kind::Type && self.toks[start..end].iter().skip(2).any(|tok| tok.text == "of");
        let place = if projects {
            Some(Place::Projection)
        } else {
            form.block.place()
        };
        let block = self.block_of(form, place, start, head, broken);
        if let Some(block) = &block {
            span = span.cover(block.span);
        }
        let tok = self.toks[start];
        let unsaid = arguments == start && !form.word.is_empty();
        Node {
            span,
            form,
            word: if unsaid {
                Ident {
                    text: form.word.into(),
                    span: Span::empty(tok.span.start),
                }
            } else {
                Ident {
                    text: tok.text.into(),
                    span: tok.span,
                }
            },
            docs: self.docs_above(start),
            args,
            broken: broken || (block.is_none() && matches!(form.block, BlockForm::Required(_))),
            block,
        }
    }

    /// The block behind a head, if one is written, and what is to be said about it.
    fn block_of(
        &mut self,
        form: &'static Form,
        place: Option<Place>,
        start: usize,
        head: Span,
        broken: bool,
    ) -> Option<Block> {
        let brace = self
            .toks
            .get(self.at)
            .filter(|tok| tok.kind == TokenKind::LBrace)
            .copied();
        match (place, brace) {
            (Some(place), Some(brace)) => {
                if brace.line_start {
                    // A comment between the two stays.
                    let gap = Span::new(head.end, brace.span.start).of(self.text).trim_end();
                    self.errors.push(
                        error(
                            "syntax.unexpected_token",
                            brace.span,
                            "The `{` stands on a line of its own.",
                        )
                        .help("A block opens on the line of its head.")
                        .fix(
                            "Move `{` up",
                            Span::new(head.end, brace.span.end),
                            format!(" {{{gap}"),
                        ),
                    );
                }
                Some(self.block(place, start))
            }
            (None, Some(brace)) if !brace.line_start => {
                let title = self.title(start);
                let first = self.errors.len();
                self.skip_braces(Place::File);
                let span = brace.span.cover(self.toks[self.at - 1].span);
                self.errors.truncate(first);
                if broken {
                    // One mistake: what belongs to the head stands in braces.
                    self.braces_in_head(form, span);
                    return None;
                }
                self.errors.push(
                    error(
                        "syntax.unexpected_token",
                        brace.span,
                        format!("{title} takes no block."),
                    )
                    .help("Remove the braces and what stands between them.")
                    .fix("Remove the block", Span::new(head.end, span.end), ""),
                );
                None
            }
            (Some(place), None) if self.block_without_brace(form, start, self.at) => {
                self.unopened_block(start, head);
                Some(self.block(place, start))
            }
            (Some(place), None) if self.open.len() < DEEPEST && self.is_indented_block(place, start) => {
                let said = self
                    .errors
                    .last()
                    .is_some_and(|last| broken && last.span.end >= head.start);
                Some(self.indented_block(place, start, head, said))
            }
            (Some(_), None) if matches!(form.block, BlockForm::Required(_)) && !broken => {
                let title = self.title(start);
                self.errors.push(
                    error(
                        "syntax.missing_block",
                        head,
                        format!("{title} lacks its block `{{ … }}`."),
                    )
                    .help(format!("For example: `{}`.", form.example))
                    .fix("Add a block", Span::empty(head.end), " { }"),
                );
                None
            }
            _ => None,
        }
    }

    /// Reads `{ … }`. The `{` may be missing, which is said already.
    fn block(&mut self, place: Place, head: usize) -> Block {
        let opens = self.toks[self.at];
        let braced = opens.kind == TokenKind::LBrace;
        let brace = if braced {
            opens.span
        } else {
            Span::empty(self.toks[self.at - 1].span.end)
        };
        if self.open.len() >= DEEPEST {
            self.errors.push(
                error(
                    "syntax.too_deep",
                    brace,
                    format!("Blocks are nested more than {DEEPEST} deep; what is inside is not read."),
                )
                .help("Give the inner parts names of their own."),
            );
            self.skip_braces(place);
            return Block {
                span: brace.cover(self.toks[self.at - 1].span),
                closed: true,
                nodes: Vec::new(),
            };
        }
        let first = self.at + usize::from(braced);
        self.at = first;
        self.open.push(Open {
            place,
            indent: self.toks[head].indent,
            line: opens.line,
            head,
        });
        let mut nodes: Vec<Node> = Vec::new();
        let mut comma_expected = false;
        let closed = loop {
            match self.kind(self.at) {
                None => {
                    self.unclosed(brace, head);
                    break false;
                }
                Some(TokenKind::RParen | TokenKind::RBracket) if self.closes_otherwise() => {
                    self.wrong_close(head);
                    break true;
                }
                Some(TokenKind::RBrace) => {
                    if self.close_belongs_further_out() {
                        self.unclosed(brace, head);
                        break false;
                    }
                    if self.closes_nothing() {
                        self.needless_close();
                        continue;
                    }
                    self.at += 1;
                    break true;
                }
                Some(TokenKind::LBrace) if self.unopened < 0 && self.at == first => self.doubled_open(),
                Some(TokenKind::Semicolon) => {
                    self.at += 1;
                    comma_expected = false;
                }
                Some(TokenKind::Comma) if comma_expected => {
                    self.at += 1;
                    comma_expected = false;
                }
                Some(_) => {
                    if self.statement_belongs_further_out() {
                        self.unclosed(brace, head);
                        break false;
                    }
                    let before = self.errors.len();
                    if let Some(node) = self.statement(place) {
                        self.check_repeated(&nodes, &node);
                        nodes.push(node);
                    }
                    self.said_once(before);
                    comma_expected = separated_by_commas(place);
                    self.expect_line_end(place);
                }
            }
        };
        self.open.pop();
        let end = self.toks[self.at - 1].span;
        Block {
            span: brace.cover(end),
            closed,
            nodes,
        }
    }

    /// Whether a `}` that begins its line is indented like the head of an outer block: then this block's is missing.
    fn close_belongs_further_out(&self) -> bool {
        let (Some(tok), Some((open, outer))) = (self.toks.get(self.at), self.open.split_last()) else {
            return false;
        };
        tok.line_start && tok.indent < open.indent && outer.iter().any(|outer| outer.indent == tok.indent)
    }

    /// Whether the `)` or `]` at hand closes this block, by where it stands.
    fn closes_otherwise(&self) -> bool {
        let (Some(tok), Some(open)) = (self.toks.get(self.at), self.open.last()) else {
            return false;
        };
        self.unopened < 0 && tok.line_start && tok.indent == open.indent && tok.line != open.line
    }

    /// Whether a statement that is indented no more than the head of this block fits an outer block only. Where a `}`
    /// is missing somewhere, it may fit this block as well.
    fn statement_belongs_further_out(&self) -> bool {
        let (Some(tok), Some((open, outer))) = (self.toks.get(self.at), self.open.split_last()) else {
            return false;
        };
        tok.line_start
            && tok.kind == TokenKind::Ident
            && tok.indent <= open.indent
            && (self.unopened < 0 || !self.fits(open.place, self.at))
            && outer.iter().any(|outer| self.fits(outer.place, self.at))
    }

    /// Whether the `}` at hand, on a later line than the `{` of this block, is indented like something inside of it or
    /// stands before statements that are, in a text that has a `}` too many.
    fn closes_nothing(&self) -> bool {
        let (Some(tok), Some(open)) = (self.toks.get(self.at), self.open.last()) else {
            return false;
        };
        if self.unopened <= 0 || tok.line == open.line {
            return false;
        }
        let goes_on = |next: &Tok<'_>| {
            next.line_start
                && next.kind == TokenKind::Ident
                && next.indent > open.indent
                && self.fits(open.place, self.at + 1)
        };
        tok.indent > open.indent || (tok.line_start && self.toks.get(self.at + 1).is_some_and(goes_on))
    }

    /// Whether what follows at `at` is the block of the head at `start` without its `{`: on lines further in, or on the
    /// same line up to a `}`, fit for the block, in a text that has a `}` too many.
    pub(super) fn block_without_brace(&self, form: &Form, start: usize, at: usize) -> bool {
        let (Some(tok), Some(place)) = (self.toks.get(at), form.block.place()) else {
            return false;
        };
        if self.unopened <= 0 || tok.kind != TokenKind::Ident || !self.fits(place, at) {
            return false;
        }
        if tok.line_start {
            return tok.indent > self.toks[start].indent;
        }
        // A line that is longer than this is not read by anybody.
        let rest = self.toks[at..].iter().take(1_000);
        let line = rest.take_while(|other| other.line == tok.line);
        at > start + 1 && tok.line == self.toks[start].line && closes_more_than_it_opens(line)
    }

    /// What the token at hand stands in.
    pub(super) fn innermost(&self) -> Place {
        self.open.last().map_or(Place::File, |open| open.place)
    }

    pub(super) fn push_open(&mut self, open: Open) {
        self.open.push(open);
    }

    pub(super) fn pop_open(&mut self) {
        self.open.pop();
    }

    /// Whether a statement that begins at `at` looks like one of `place`.
    pub(super) fn fits(&self, place: Place, at: usize) -> bool {
        let next = self
            .toks
            .get(at + 1)
            .filter(|next| !next.line_start)
            .map(|next| next.kind);
        match vocabulary::wordless(place).map(|form| form.kind) {
            Some(Kind::EnumMember | Kind::Projected) => !matches!(
                next,
                Some(TokenKind::Ident | TokenKind::Colon | TokenKind::LBrace)
            ),
            Some(_) if next == Some(TokenKind::Colon) => true,
            _ => vocabulary::form(place, self.toks[at].text).is_some(),
        }
    }

    /// Goes over a block without reading it, up to its `}` or to a line that begins a statement of `place`.
    pub(super) fn skip_braces(&mut self, place: Place) {
        let indent = self.toks[self.at].indent;
        let mut depth = 0_usize;
        while let Some(tok) = self.toks.get(self.at) {
            match tok.kind {
                TokenKind::LBrace => depth += 1,
                TokenKind::RBrace => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                TokenKind::Ident
                    if tok.line_start
                        && tok.indent <= indent
                        && place != Place::File
                        && self.fits(place, self.at) =>
                {
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.skipped_open = true;
    }

    /// The documentation above a token.
    pub(super) fn docs_above(&self, at: usize) -> Option<Docs> {
        let found = self.docs.binary_search_by_key(&at, |(index, _)| *index).ok()?;
        Some(self.docs[found].1.clone())
    }

    /// What `at` stands in, for messages.
    pub(super) fn surroundings(&self) -> Option<(String, Span)> {
        let open = self.open.last()?;
        Some((self.title(open.head), self.toks[open.head].span))
    }
}

/// Whether one of the `}` is that of a block opened before.
fn closes_more_than_it_opens<'a>(toks: impl Iterator<Item = &'a Tok<'a>>) -> bool {
    let mut depth = 0_i32;
    for tok in toks {
        match tok.kind {
            TokenKind::LBrace => depth += 1,
            TokenKind::RBrace => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return true;
        }
    }
    false
}

/// How many more `}` than `{` there are.
fn unopened(toks: &[Tok<'_>]) -> i32 {
    toks.iter()
        .map(|tok| match tok.kind {
            TokenKind::LBrace => -1,
            TokenKind::RBrace => 1,
            _ => 0,
        })
        .sum()
}

/// Whether commas may stand between the statements of a block.
pub(super) const fn separated_by_commas(place: Place) -> bool {
    matches!(place, Place::Enum | Place::Projection | Place::Fields)
}

/// Whether one of `all`, which are in text order, lies in `span`.
fn overlap<T>(all: &[T], place: impl Fn(&T) -> Span, span: Span) -> bool {
    let first = all.partition_point(|one| place(one).end <= span.start);
    all.get(first).is_some_and(|one| place(one).start < span.end)
}

/// At most 40 characters of a token.
pub(super) fn shorten(text: &str) -> String {
    if text.chars().count() > 40 {
        let mut short: String = text.chars().take(39).collect();
        short.push('…');
        short
    } else {
        text.to_owned()
    }
}
