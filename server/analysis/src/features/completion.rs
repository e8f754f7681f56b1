//! Completion: what may be written at the cursor, also in text that is half typed.

mod cursor;
mod expected;
mod names;
mod snippet;
#[cfg(test)]
mod tests;
mod values;

use std::ops::Range;

use archwright_grammar::vocabulary::{self, Kind, Place};

use self::{
    cursor::Cursor,
    expected::{Expected, expected},
    values::{attributes, parameter, projected, value},
};
use super::spot::Spot;
use crate::{FileId, Snapshot, model::cx::Cx};

/// Something that may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What the menu shows.
    pub label: String,
    /// Which sort of thing.
    pub kind: CompletionKind,
    /// Short, beside the label.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    /// What is replaced.
    pub replace: Range<u32>,
    /// By what; with `${1:…}` places where `snippet`.
    pub insert: String,
    /// Whether `insert` holds places to fill.
    pub snippet: bool,
    /// Sorts the menu.
    pub sort: String,
}

/// Sorts of completions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A word of the language.
    Keyword,
    /// A name of an item or member.
    Reference,
    /// A type.
    Type,
    /// A field.
    Field,
    /// A value of an enum or a word of a closed list.
    Value,
    /// An attribute.
    Attribute,
    /// The id of a rule.
    Rule,
}

/// The list as it grows.
pub(super) struct Menu<'db> {
    cx: Cx<'db>,
    entries: Vec<Completion>,
}

/// An entry that inserts its label.
fn plain(label: &str, rank: u8) -> Completion {
    Completion {
        label: label.to_owned(),
        kind: CompletionKind::Keyword,
        detail: None,
        documentation: None,
        replace: 0..0,
        insert: label.to_owned(),
        snippet: false,
        sort: format!("{rank}{label}"),
    }
}

impl Menu<'_> {
    fn push(&mut self, entry: Completion) {
        if !self.entries.iter().any(|known| known.label == entry.label) {
            self.entries.push(entry);
        }
    }
}

pub(crate) fn completion(snapshot: &Snapshot, file: FileId, offset: u32) -> Vec<Completion> {
    let Some(spot) = Spot::at(snapshot, file, offset) else {
        // An empty file: items can begin.
        let mut menu = Menu {
            cx: snapshot.cx(),
            entries: Vec::new(),
        };
        statements(&mut menu, vocabulary::forms_in(Place::File));
        return finish(menu, offset..offset);
    };
    let Some(cursor) = Cursor::new(&spot) else {
        return Vec::new();
    };
    let mut menu = Menu {
        cx: spot.cx,
        entries: Vec::new(),
    };
    fill(&mut menu, &spot, &cursor);
    finish(menu, cursor.word.start + spot.start..cursor.word.end + spot.start)
}

fn finish(menu: Menu<'_>, replace: Range<u32>) -> Vec<Completion> {
    let mut entries = menu.entries;
    for entry in &mut entries {
        entry.replace = replace.clone();
    }
    entries.sort_by(|left, right| left.sort.cmp(&right.sort));
    entries
}

fn fill(menu: &mut Menu<'_>, spot: &Spot<'_>, cursor: &Cursor<'_>) {
    if cursor.before.is_empty() && cursor.qualifier.is_empty() {
        match cursor.place {
            Place::Projection => return projected(menu, spot, cursor),
            Place::Enum => return,
            _ => statements(menu, cursor.statements()),
        }
        return;
    }
    if cursor.place == Place::Projection {
        return projected(menu, spot, cursor);
    }
    let Some((form, tokens)) = cursor.form() else {
        return;
    };
    // At top level and in an item's head the item's own row is read again from its word.
    for next in expected(form.args, tokens) {
        match next {
            Expected::Word(word) => {
                if word.starts_with(|first: char| first.is_ascii_alphabetic()) && cursor.qualifier.is_empty()
                {
                    let entry = plain(word, 5);
                    menu.push(entry);
                }
            }
            Expected::Attribute => {
                attributes(menu, cursor.before.last().is_some_and(|token| token.text == "@"));
            }
            Expected::Param(inside) => parameter(menu, spot.item, cursor, inside),
            Expected::Value(_, shape, inside) => value(menu, spot, cursor, form.kind, shape, inside),
        }
    }
}

/// Statements as snippets.
fn statements(menu: &mut Menu<'_>, forms: impl Iterator<Item = &'static vocabulary::Form>) {
    for form in forms.filter(|form| !form.word.is_empty()) {
        let insert = snippet::statement(form);
        let entry = Completion {
            detail: Some(form.help.to_owned()),
            documentation: Some(format!("{}\n\n```arch\n{}\n```", form.help, form.example)),
            snippet: snippet::has_places(&insert),
            insert,
            ..plain(form.word, if form.kind == Kind::Waive { 8 } else { 4 })
        };
        menu.push(entry);
    }
}
