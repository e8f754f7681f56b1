//! Which row of the vocabulary a statement is shaped by.

use super::{structure::Parser, synonyms::synonym};
use crate::{
    errors::{did_you_mean, error, one_of, one_of_words},
    lexer::TokenKind,
    span::Span,
    vocabulary::{self, Arg, FORMS, Form, Kind, Place, Shape},
};

/// The row for a statement.
pub(super) enum Choice {
    /// This one, perhaps after an error about its spelling.
    Form(&'static Form),
    /// This one, whose word is missing: its arguments come at once. The error is reported.
    WithoutWord(&'static Form),
    /// This one belongs into another block; the error is reported, the node is dropped.
    Elsewhere(&'static Form),
    /// None; the error is reported.
    Unknown,
}

impl Parser<'_> {
    /// Finds the row for the statement that begins with the word at `at`.
    pub(super) fn choose(&mut self, place: Place, at: usize) -> Choice {
        let before = self.errors.len();
        let choice = self.chosen(place, at);
        // A word with a wrong character in it is one mistake.
        if self.errors.len() > before && self.early_in(self.toks[at].span) {
            self.errors.truncate(before);
        }
        choice
    }

    fn chosen(&mut self, place: Place, at: usize) -> Choice {
        let tok = self.toks[at];
        let wordless = vocabulary::wordless(place);
        let next = self
            .toks
            .get(at + 1)
            .filter(|next| !next.line_start)
            .map(|next| next.kind);
        match wordless {
            Some(form) if form.kind != Kind::Field || next == Some(TokenKind::Colon) => {
                return Choice::Form(form);
            }
            _ => {}
        }
        if let Some(form) = vocabulary::form(place, tok.text) {
            return Choice::Form(form);
        }
        if self.endpoint_without_word(place, at) {
            return Choice::Unknown;
        }
        let near = synonym(place, tok.text)
            .or_else(|| did_you_mean(tok.text, vocabulary::forms_in(place).map(|form| form.word)))
            .filter(|near| self.takes_block(place, at, near))
            // What goes on with a sign is meant as something else altogether.
            .filter(|_| {
                wordless.is_some()
                    || !matches!(next, Some(TokenKind::Colon | TokenKind::Assign | TokenKind::Dot))
            });
        // In a block of fields, a word that resembles nothing is a field whose `:` is missing.
        let elsewhere = FORMS.iter().find(|form| form.word == tok.text);
        let member = elsewhere.is_some_and(|form| form.block.place().is_some())
            && next == Some(TokenKind::Ident)
            && self.kind(self.statement_end(at, place)) == Some(TokenKind::LBrace);
        let constraint = elsewhere.is_some() && next == Some(TokenKind::LParen);
        if let Some(field) = wordless
            && (near.is_none() || place == Place::Fields)
            && !member
            && !constraint
            && !self.statement_of_service(at)
        {
            return Choice::Form(field);
        }
        if (place == Place::File || elsewhere.is_none())
            && let Some(form) = self.item_without_word(place, at)
        {
            self.word_missing(place, form, tok.span);
            return Choice::WithoutWord(form);
        }
        if let Some(form) = elsewhere.filter(|_| near.is_none_or(|near| !is_near(tok.text, near))) {
            if next == Some(TokenKind::Colon) && self.typed(at) {
                self.field_elsewhere(place, at);
                return Choice::Unknown;
            }
            let text =
                next == Some(TokenKind::String) && !matches!(form.args, [Arg::One(_, Shape::String), ..]);
            if next == Some(TokenKind::Colon) || text || !self.takes_block(form.places[0], at, form.word) {
                self.unknown(place, at, None);
                return Choice::Unknown;
            }
            self.misplaced(place, form, tok.span);
            return Choice::Elsewhere(form);
        }
        if next == Some(TokenKind::Colon) && self.typed(at) && !self.in_run(at) {
            self.field_elsewhere(place, at);
            return Choice::Unknown;
        }
        self.unknown(place, at, near);
        near.and_then(|near| vocabulary::form(place, near))
            .map_or(Choice::Unknown, Choice::Form)
    }

    /// Whether the line at `at`, in a block of fields, cannot be a field whose `:` is missing: a member of a service with
    /// more than a name, or what an operation does.
    fn statement_of_service(&self, at: usize) -> bool {
        let behind = |count: usize| {
            self.toks
                .get(at + 1..=at + count)
                .filter(|toks| toks.iter().all(|tok| !tok.line_start))
                .and_then(|toks| toks.last())
        };
        let Some(name) = behind(1).filter(|tok| tok.kind == TokenKind::Ident) else {
            return false;
        };
        if vocabulary::scalar(name.text).is_some() || matches!(name.text, "ref" | "new" | "patch" | "page") {
            return false;
        }
        match self.toks[at].text {
            "allow" | "calls" | "deletes" | "emits" | "erases" | "reads" | "runs" | "sends" | "writes" => {
                true
            }
            "on" => behind(2).is_some_and(|tok| matches!(tok.kind, TokenKind::Dot | TokenKind::Ident)),
            "cache" | "component" | "endpoint" | "job" | "query" | "resource" | "store" | "webhook" => {
                behind(2).is_some_and(|tok| {
                    matches!(
                        tok.kind,
                        TokenKind::Ident | TokenKind::Path | TokenKind::Colon | TokenKind::Arrow
                    )
                })
            }
            _ => false,
        }
    }

    /// Whether `word` may be meant at `at`: what has a block must take one.
    fn takes_block(&self, place: Place, at: usize, word: &str) -> bool {
        let end = self.statement_end(at, place);
        let block = self
            .toks
            .get(end)
            .is_some_and(|tok| tok.kind == TokenKind::LBrace && !tok.line_start);
        !block || vocabulary::form(place, word).is_none_or(|form| form.block.place().is_some())
    }

    /// The kind of item that `Orders in Ordering { … }` is, judged by its head and by what stands in its block.
    fn item_without_word(&self, place: Place, at: usize) -> Option<&'static Form> {
        let brace = self.statement_end(at, place);
        if !matches!(place, Place::File | Place::Service) || self.kind(brace) != Some(TokenKind::LBrace) {
            return None;
        }
        let fields = self.kind(brace + 2) == Some(TokenKind::Colon);
        let heads = |form: &&Form| match form.args.get(1) {
            Some(Arg::Sign(sign)) => self.toks[at + 1].text == *sign,
            Some(Arg::One(_, Shape::String)) => self.kind(at + 1) == Some(TokenKind::String),
            // A second word belongs to what may follow the name, such as `in`.
            Some(Arg::Opt([Arg::Kw(word), ..])) => at + 1 == brace || self.toks[at + 1].text == *word,
            _ => at + 1 == brace,
        };
        vocabulary::forms_in(place).filter(heads).find(|form| {
            form.block.place().is_some_and(|inner| {
                let first = self.toks.get(brace + 1);
                match vocabulary::wordless(inner) {
                    Some(_) => {
                        fields
                            && form.kind
                                == if place == Place::File {
                                    Kind::Type
                                } else {
                                    Kind::Entity
                                }
                    }
                    None => first.is_some_and(|first| vocabulary::form(inner, first.text).is_some()),
                }
            })
        })
    }

    fn word_missing(&mut self, place: Place, form: &'static Form, span: Span) {
        let word = form.word;
        self.errors.push(
            error(
                if place == Place::File {
                    "syntax.unknown_item"
                } else {
                    "syntax.unknown_statement"
                },
                span,
                format!("Its word is missing before `{}`.", span.of(self.text)),
            )
            .help(format!("By what stands inside, this is meant as `{word}`."))
            .fix(
                format!("Insert `{word}`"),
                Span::empty(span.start),
                format!("{word} "),
            ),
        );
    }

    fn misplaced(&mut self, place: Place, form: &'static Form, span: Span) {
        let mut homes: Vec<&'static str> = FORMS
            .iter()
            .filter(|other| other.word == form.word)
            .flat_map(|other| other.places)
            .map(|place| describe(*place))
            .collect();
        homes.dedup();
        if place == Place::File && homes.contains(&describe(Place::Service)) {
            homes = vec![describe(Place::Service)];
        }
        let word = form.word;
        let here = describe(place);
        let belongs = if homes.len() > 4 {
            format!("{} and others", homes[..4].join(", "))
        } else {
            one_of(&homes)
        };
        let mut found = error(
            "syntax.misplaced_statement",
            span,
            format!("`{word}` cannot stand {here}; it belongs {belongs}."),
        );
        found = match form.places {
            [Place::Service, ..] if place == Place::File => found.help(format!(
                "Move it into the service that it belongs to: `service Name {{ {word} … }}`."
            )),
            [Place::File] => found.help("Close the block before it with `}`, or move it out."),
            _ => found.help(format!("For example: `{}`.", form.example)),
        };
        if let Some((title, head)) = self.surroundings() {
            found = found.related(head, format!("It stands in {title}."));
        }
        self.errors.push(found);
    }

    /// Whether a type stands behind the `:` of the word at `at`.
    fn typed(&self, at: usize) -> bool {
        self.toks.get(at + 2).is_some_and(|tok| {
            !tok.line_start
                && matches!(
                    tok.kind,
                    TokenKind::Ident | TokenKind::LBracket | TokenKind::LBrace
                )
        })
    }

    /// A field where none can stand.
    fn field_elsewhere(&mut self, place: Place, at: usize) {
        let tok = self.toks[at];
        let mut found = error(
            "syntax.misplaced_statement",
            tok.span,
            format!(
                "`{}: …` is a field, and no field can stand {}.",
                super::structure::shorten(tok.text),
                describe(place)
            ),
        )
        .help(if matches!(place, Place::Endpoint | Place::Query) {
            "Parameters stand in parentheses behind the path: `endpoint place POST /v1/orders (body: new Order)`."
        } else {
            "Fields stand in an entity, a type or an event."
        });
        if let Some((title, head)) = self.surroundings() {
            found = found.related(head, format!("It stands in {title}."));
        }
        self.errors.push(found);
    }

    fn unknown(&mut self, place: Place, at: usize, near: Option<&'static str>) {
        let (word, span) = (self.toks[at].text, self.toks[at].span);
        let (code, what) = if place == Place::File {
            ("syntax.unknown_item", "an item")
        } else {
            ("syntax.unknown_statement", "a statement")
        };
        let here = describe(place);
        let mut found = error(
            code,
            span,
            format!(
                "`{}` is not {what} that can stand {here}.",
                super::structure::shorten(word)
            ),
        );
        if let Some(near) = near {
            found =
                found
                    .help(format!("Did you mean `{near}`?"))
                    .fix(format!("Replace by `{near}`"), span, near);
        } else if word == "import" || word == "include" {
            found = found
                .help("There are no imports: every `.arch` file of the folder belongs to the blueprint.");
        } else if let Some(inside) = synonym(Place::Service, word).filter(|_| place == Place::File) {
            found = found.help(format!("In a service it is called `{inside}`."));
        } else if self.language(place, at).is_some() {
            found = self.written_in(place, at, found);
        } else {
            let mut words: Vec<&str> = vocabulary::forms_in(place)
                .map(|form| form.word)
                .filter(|word| !word.is_empty())
                .collect();
            words.dedup();
            if words.len() > 12 {
                words.truncate(11);
                found = found.help(format!("Among others, these can: {}.", one_of_words(&words)));
            } else if !words.is_empty() {
                found = found.help(format!("These can: {}.", one_of_words(&words)));
            }
        }
        if let Some((title, head)) = self.surroundings() {
            found = found.related(head, format!("It stands in {title}."));
        }
        let found = self.continued(at, found);
        self.errors.push(found);
    }
}

/// Whether one slip of the finger explains the difference.
fn is_near(word: &str, near: &str) -> bool {
    strsim::damerau_levenshtein(word, near) <= 1
}

/// A place with its preposition: `in a service`.
pub(super) const fn describe(place: Place) -> &'static str {
    match place {
        Place::File => "at top level",
        Place::System => "in `system`",
        Place::Team => "in a team",
        Place::Auth => "in an auth scheme",
        Place::Password => "in `password`",
        Place::Context => "in a context",
        Place::Service => "in a service",
        Place::Slo => "in `slo`",
        Place::Runtime => "in `runtime`",
        Place::Store => "in a store",
        Place::Entity => "in an entity",
        Place::Fields => "in a type",
        Place::Projection => "in a projection",
        Place::Enum => "in an enum",
        Place::Event => "in an event",
        Place::Endpoint => "in an endpoint",
        Place::Resource => "in a resource",
        Place::List => "in `list` of a resource",
        Place::Operation => "in an operation of a resource",
        Place::Query => "in a query",
        Place::Handler => "in a handler",
        Place::Job => "in a job",
        Place::Webhook => "in a webhook",
        Place::Call => "in a call",
        Place::Cache => "in a cache",
        Place::Component => "in a component",
        Place::Vendor => "in a vendor",
        Place::Client => "in a client",
        Place::Broker => "in a broker",
        Place::Policy => "in a policy",
        Place::Decision => "in a decision",
        Place::Environment => "in an environment",
    }
}
