//! How much of a text stays readable when one token of it is missing or stands twice.
//!
//! Every token that means something is left out once and doubled once. A *member* is a statement directly in the block
//! of an item: a service's endpoint, a system's default. The member that holds the token is touched, and so is nothing
//! but the head if the token belongs to the item itself (its words, its braces). All other members of the item must keep
//! their trees, all other items of the file must keep everything, and have no errors.

use std::collections::{BTreeMap, HashSet};

use archwright_grammar::{
    ast::{Node, Tree},
    items::{self, Edit, Piece},
    lexer::{Token, TokenKind, lex},
    parser::parse_item,
    span::Span,
};

use crate::{
    document::spliced,
    fingerprint::{self, Places},
};

/// What is done to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// It is left out.
    Deleted,
    /// It stands twice, with a blank between.
    Doubled,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Those that kept their trees.
    pub kept: u64,
    /// All.
    pub all: u64,
}

impl Share {
    fn count(&mut self, kept: bool) {
        self.kept += u64::from(kept);
        self.all += 1;
    }

    fn add(&mut self, other: Self) {
        self.kept += other.kept;
        self.all += other.all;
    }

    /// In percent; all of nothing is 100.
    #[allow(clippy::cast_precision_loss, reason = "a share for people")]
    pub fn percent(self) -> f64 {
        if self.all == 0 {
            100.0
        } else {
            self.kept as f64 * 100.0 / self.all as f64
        }
    }
}

/// One mutation that cost something.
#[derive(Debug, Clone)]
pub struct Case {
    /// `path:line:column`
    pub place: String,
    /// The token.
    pub token: String,
    /// What was done to it.
    pub mutation: Mutation,
    /// Members of the same item.
    pub members: Share,
    /// Other items of the file that changed.
    pub items_changed: u64,
}

/// What all mutations came to.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// How many mutations.
    pub mutations: u64,
    /// Untouched members of the item that holds the token.
    pub members: Share,
    /// Untouched statements of that item, however deep they stand.
    pub statements: Share,
    /// Other items of the file, over all mutations.
    pub items: Share,
    /// Syntax errors, over all mutations.
    pub errors: u64,
    /// Members by class of token and mutation.
    pub classes: BTreeMap<(&'static str, Mutation), (u64, Share)>,
    /// Mutations that cost a member or changed another item, in the order of the texts.
    pub cases: Vec<Case>,
}

/// Mutates every `step`th token of these texts, which have no errors. Each comes with its path.
pub fn measure(texts: &[(String, String)], step: usize) -> Figures {
    let mut figures = Figures::default();
    let mut index = 0;
    for (path, text) in texts {
        let file = File::new(path, text);
        for (at, piece) in file.pieces.iter().enumerate() {
            for token in lex(piece.span().of(text)).filter(|token| !token.kind.is_trivia()) {
                index += 1;
                if index % step == 0 {
                    let span = token.span.shift(piece.start);
                    for mutation in [Mutation::Deleted, Mutation::Doubled] {
                        file.mutate(at, Token { span, ..token }, mutation, &mut figures);
                    }
                }
            }
        }
    }
    figures
}

/// A statement: where it stands in the file, and what it says.
type Known = (Span, u64);

struct File<'a> {
    path: &'a str,
    text: &'a str,
    pieces: Vec<Piece>,
    items: Vec<Option<Item>>,
}

/// What is known of a good item.
struct Item {
    whole: Known,
    members: Vec<Known>,
    /// All statements in it, the members among them.
    statements: Vec<Known>,
}

impl<'a> File<'a> {
    fn new(path: &'a str, text: &'a str) -> Self {
        let pieces = items::cut(text);
        let items = pieces
            .iter()
            .map(|piece| {
                let tree = parse_item(piece.span().of(text));
                assert_eq!(tree.errors, [], "{path} is mutated from a good text");
                let node = tree.node?;
                Some(Item {
                    whole: known(&node, piece.start),
                    members: node
                        .children()
                        .iter()
                        .map(|member| known(member, piece.start))
                        .collect(),
                    statements: statements(&node, piece.start),
                })
            })
            .collect();
        Self {
            path,
            text,
            pieces,
            items,
        }
    }

    fn mutate(&self, touched: usize, token: Token, mutation: Mutation, figures: &mut Figures) {
        let (start, end) = (token.span.start as usize, token.span.end as usize);
        let word = &self.text[start..end];
        let (edit, inserted) = match mutation {
            Mutation::Deleted => (
                Edit {
                    start: token.span.start,
                    removed: word.len() as u32,
                    inserted: 0,
                },
                String::new(),
            ),
            Mutation::Doubled => (
                Edit {
                    start: token.span.start,
                    removed: 0,
                    inserted: word.len() as u32 + 1,
                },
                format!("{word} "),
            ),
        };
        let mut text = self.text.to_owned();
        text.replace_range(start..start + edit.removed as usize, &inserted);
        let recut = items::recut(text.as_str(), &self.pieces, edit);
        debug_assert_eq!(spliced(&self.pieces, &recut, edit), items::cut(&text));
        let trees: Vec<(Piece, Tree)> = recut
            .pieces
            .iter()
            .map(|piece| (*piece, parse_item(piece.span().of(&text))))
            .collect();
        // Where something that stood at `at` stands now.
        let moved = |at: u32| {
            if at < edit.start {
                at
            } else {
                at + edit.inserted - edit.removed
            }
        };
        let members: HashSet<(u32, u64)> = all(&trees, |node, base| {
            node.children().iter().map(|member| known(member, base)).collect()
        });
        let deep: HashSet<(u32, u64)> = all(&trees, statements);
        let count = |known: &[Known], found: &HashSet<(u32, u64)>| {
            let mut share = Share::default();
            for (span, print) in known {
                let holds = span.start <= token.span.start && token.span.end <= span.end;
                if !holds {
                    share.count(found.contains(&(moved(span.start), *print)));
                }
            }
            share
        };
        let (own_members, own_statements) = match &self.items[touched] {
            Some(item) => (count(&item.members, &members), count(&item.statements, &deep)),
            None => (Share::default(), Share::default()),
        };
        let mut others = Share {
            kept: (self.items.len() - recut.replaced.len()) as u64,
            all: (self.items.len() - recut.replaced.len()) as u64,
        };
        for index in recut.replaced.clone().filter(|index| *index != touched) {
            let Some(item) = &self.items[index] else { continue };
            let (span, print) = item.whole;
            others.count(trees.iter().any(|(piece, tree)| {
                tree.errors.is_empty()
                    && tree.node.as_ref().is_some_and(|node| {
                        known(node, piece.start) == (span.shift_to(moved(span.start)), print)
                    })
            }));
        }
        figures.mutations += 1;
        figures.errors += trees
            .iter()
            .map(|(_, tree)| tree.errors.len() as u64)
            .sum::<u64>();
        figures.members.add(own_members);
        figures.statements.add(own_statements);
        figures.items.add(others);
        let class = figures.classes.entry((class(token.kind), mutation)).or_default();
        class.0 += 1;
        class.1.add(own_members);
        if own_members.kept < own_members.all || others.kept < others.all {
            let before = &self.text[..start];
            let line = before.matches('\n').count() + 1;
            let column = start - before.rfind('\n').map_or(0, |at| at + 1) + 1;
            figures.cases.push(Case {
                place: format!("{}:{line}:{column}", self.path),
                token: word.to_owned(),
                mutation,
                members: own_members,
                items_changed: others.all - others.kept,
            });
        }
    }
}

trait ShiftTo {
    fn shift_to(self, start: u32) -> Self;
}

impl ShiftTo for Span {
    fn shift_to(self, start: u32) -> Self {
        Self::new(start, start + (self.end - self.start))
    }
}

fn known(node: &Node, base: u32) -> Known {
    (node.span.shift(base), fingerprint::of(node, Places::Relative))
}

fn statements(node: &Node, base: u32) -> Vec<Known> {
    fn below(node: &Node, base: u32, into: &mut Vec<Known>) {
        for child in node.children() {
            into.push(known(child, base));
            below(child, base, into);
        }
    }
    let mut all = Vec::new();
    below(node, base, &mut all);
    all
}

fn all(trees: &[(Piece, Tree)], of: impl Fn(&Node, u32) -> Vec<Known>) -> HashSet<(u32, u64)> {
    trees
        .iter()
        .filter_map(|(piece, tree)| Some(of(tree.node.as_ref()?, piece.start)))
        .flatten()
        .map(|(span, print)| (span.start, print))
        .collect()
}

/// What kind of token, for the report.
fn class(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::LBrace => "`{`",
        TokenKind::RBrace => "`}`",
        TokenKind::LParen | TokenKind::RParen | TokenKind::LBracket | TokenKind::RBracket => "( ) [ ]",
        TokenKind::Comma | TokenKind::Semicolon | TokenKind::Colon => ", ; :",
        TokenKind::Ident => "words",
        TokenKind::String => "texts",
        TokenKind::Path => "paths",
        TokenKind::Int
        | TokenKind::Decimal
        | TokenKind::Percent
        | TokenKind::Duration
        | TokenKind::Size
        | TokenKind::Date => "numbers",
        _ => "other signs",
    }
}
