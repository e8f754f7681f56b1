//! Cuts a text into items without parsing it, and cuts again only what an edit can have changed.
//!
//! An item head in column 0 always begins a piece, whatever stands before it: behind such a head the cut depends on
//! nothing above it. Indented heads, and half-typed lines in column 0, begin a piece where no brace is open.

use std::{borrow::Cow, ops::Range};

use crate::{
    lexer::{BYTE_ORDER_MARK, open_string_length, path_parameter},
    span::Span,
    vocabulary::{self, BlockForm, Form, Kind, Place},
};

/// One item with the documentation above it and everything behind it up to the next item's documentation.
///
/// The pieces of a text follow each other without gaps, from its first byte to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Piece {
    /// First byte, from the start of the text.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// Bytes from the start of the piece to its head, if that is a whole item head in column 0.
    pub head: Option<u32>,
}

impl Piece {
    /// Where the piece stands in the text.
    pub const fn span(self) -> Span {
        Span::new(self.start, self.start + self.len)
    }

    /// One past its last byte.
    pub const fn end(self) -> u32 {
        self.start + self.len
    }
}

/// A text that can be read in parts.
pub trait Source {
    /// Length in bytes.
    fn len(&self) -> usize;

    /// Whether there is no text.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text in `range`, whose ends are character boundaries within the text.
    fn slice(&self, range: Range<usize>) -> Cow<'_, str>;

    /// The last character boundary at or before `at`.
    fn boundary(&self, at: usize) -> usize;
}

impl Source for str {
    fn len(&self) -> usize {
        str::len(self)
    }

    fn slice(&self, range: Range<usize>) -> Cow<'_, str> {
        Cow::Borrowed(self.get(range).unwrap_or_default())
    }

    fn boundary(&self, at: usize) -> usize {
        self.floor_char_boundary(at)
    }
}

/// A replacement of some bytes by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// Where, in both the old and the new text.
    pub start: u32,
    /// How many bytes of the old text went away.
    pub removed: u32,
    /// How many bytes of the new text came instead.
    pub inserted: u32,
}

/// What an edit changed in a list of pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recut {
    /// Indexes of the old pieces that are replaced. Those behind it are the same, moved by `inserted - removed`.
    pub replaced: Range<usize>,
    /// What stands there now, with places in the new text.
    pub pieces: Vec<Piece>,
    /// How many bytes were read to find this; what was read twice counts twice.
    pub scanned: u64,
}

/// Cuts a whole text.
pub fn cut(text: &str) -> Vec<Piece> {
    scan(text, 0)
}

/// How much is read behind the next old head, or behind the edit if there is none; doubled until the old cut is met.
const WINDOW: usize = 256;

/// Cuts again what `edit` can have changed. `source` is the text after the edit, `old` the cut before it.
///
/// Replacing `replaced` by `pieces` and moving what is behind gives exactly what [`cut`] gives for the whole text.
pub fn recut(source: &(impl Source + ?Sized), old: &[Piece], edit: Edit) -> Recut {
    let touched = old.partition_point(|piece| piece.end() <= edit.start);
    let first = first_changed(source, old, touched, edit.start);
    let start = old
        .get(first)
        .filter(|_| first > 0)
        .map_or(0, |piece| piece.start as usize);
    let changed_to = edit.start + edit.inserted;
    let edited_to = edit.start + edit.removed;
    let next_head = old[touched..]
        .iter()
        .filter(|piece| piece.start >= edited_to)
        .find_map(|piece| Some(piece.start + piece.head? - edited_to))
        .unwrap_or_default();
    let behind = (changed_to + next_head) as usize;
    let mut window = WINDOW;
    let mut scanned = 0;
    loop {
        let wanted = behind.saturating_add(window);
        let whole = wanted >= source.len();
        let end = if whole {
            source.len()
        } else {
            source.boundary(wanted)
        };
        let text = source.slice(start..end);
        // A line that is not wholly in the window may look like something else.
        let lines = if whole {
            text.len()
        } else {
            text.rfind('\n').map_or(0, |at| at + 1)
        };
        scanned += text.len() as u64;
        let mut pieces = scan(&text[..lines], start as u32);
        let met = pieces.iter().enumerate().find_map(|(index, piece)| {
            let from = piece
                .start
                .checked_sub(edit.inserted)?
                .checked_add(edit.removed)?;
            if piece.start < changed_to || piece.head.is_none() {
                return None;
            }
            let same = old.binary_search_by_key(&from, |piece| piece.start).ok()?;
            (old[same].head == piece.head && same >= first).then_some((index, same))
        });
        if let Some((index, same)) = met {
            pieces.truncate(index);
            return Recut {
                replaced: first..same,
                pieces,
                scanned,
            };
        }
        if whole {
            return Recut {
                replaced: first..old.len(),
                pieces,
                scanned,
            };
        }
        window *= 2;
    }
}

/// The last piece with a head in column 0 whose start an edit at `at`, in or behind the piece `touched`, cannot change:
/// the edit begins behind the line of its head, or behind all of it.
fn first_changed(source: &(impl Source + ?Sized), old: &[Piece], touched: usize, at: u32) -> usize {
    let own = old.get(touched).and_then(|piece| Some(piece.start + piece.head?));
    if let Some(head) = own.filter(|head| *head < at)
        && source.slice(head as usize..at as usize).contains('\n')
    {
        return touched;
    }
    old[..touched]
        .iter()
        .rposition(|piece| piece.head.is_some())
        .unwrap_or(0)
}

/// What is known at one point of a text that is cut.
struct Scanner<'a> {
    text: &'a str,
    /// Where `text` begins in the whole text.
    base: u32,
    pieces: Vec<Piece>,
    /// Start of the piece at hand.
    start: usize,
    /// Its head in column 0, from the start of the text.
    head: Option<usize>,
    /// Whether the piece at hand holds anything but blanks and comments.
    begun: bool,
    /// What the piece at hand is, if it begins with a whole head.
    form: Option<&'static Form>,
    /// Whether a brace was opened in the piece at hand.
    opened: bool,
    /// The last head in column 0: where its line begins, and whether it is that of a service.
    section: (usize, bool),
    /// Whether more braces are closed than opened from there to the next head in column 0; computed when it matters.
    lacks_brace: Option<bool>,
    /// First documentation line in the run of trivia lines before the line at hand.
    docs: Option<usize>,
    /// Open braces.
    depth: usize,
    /// One past the last byte that means something.
    last: usize,
}

/// Cuts `text`, whose first piece begins at its start.
fn scan(text: &str, base: u32) -> Vec<Piece> {
    let mut scanner = Scanner {
        text,
        base,
        pieces: Vec::new(),
        start: 0,
        head: None,
        begun: false,
        form: None,
        opened: false,
        section: (0, false),
        lacks_brace: None,
        docs: None,
        depth: 0,
        last: 0,
    };
    let mut at = if base == 0 && text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len_utf8()
    } else {
        0
    };
    while at < text.len() {
        let length = line_length(&text.as_bytes()[at..]);
        scanner.line(at, at + length);
        at += length;
    }
    if scanner.start < text.len() {
        scanner.finish(text.len());
    }
    scanner.pieces
}

/// Length of the first line, with its end.
fn line_length(bytes: &[u8]) -> usize {
    match bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(at) if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') => at + 2,
        Some(at) => at + 1,
        None => bytes.len(),
    }
}

impl Scanner<'_> {
    /// The piece at hand ends at `end`, and the next begins there.
    fn finish(&mut self, end: usize) {
        self.pieces.push(Piece {
            start: self.base + self.start as u32,
            len: (end - self.start) as u32,
            head: self.head.map(|head| (head - self.start) as u32),
        });
        self.start = end;
        self.head = None;
        self.begun = false;
        self.form = None;
        self.opened = false;
        self.depth = 0;
    }

    fn line(&mut self, start: usize, end: usize) {
        let line = self.text[start..end].trim_end_matches(['\n', '\r']);
        let content = line.trim_start_matches([' ', '\t', '\u{B}', '\u{C}']);
        if content.is_empty() {
            return;
        }
        if content.starts_with("//") {
            if content.starts_with("///") && !content.starts_with("////") {
                self.docs.get_or_insert(start);
            }
            return;
        }
        let column = line.len() - content.len();
        let form = head_form(content);
        if column == 0
            && let Some(form) = form
        {
            self.begin(self.docs.unwrap_or(start));
            self.depth = 0;
            self.head = Some(start);
            self.form = Some(form);
            self.section = (start, form.kind == Kind::Service);
            self.lacks_brace = None;
        } else if self.depth == 0 && self.may_begin(form, column, content) {
            self.begin(self.docs.unwrap_or(start));
            self.form = form;
        }
        self.begun = true;
        self.docs = None;
        self.braces(start + column, start + line.len());
    }

    /// Whether a line outside of all braces, which is no head in column 0, begins a piece.
    fn may_begin(&mut self, form: Option<&Form>, column: usize, content: &str) -> bool {
        match form {
            // A `{` before it is missing: it is a member of the service.
            Some(form) if column > 0 && self.section.1 && form.places.contains(&Place::Service) => {
                !self.lacks_brace()
            }
            Some(_) => true,
            None if !begins_word(content) || self.continues() => false,
            None => column == 0 || (self.is_complete() && !self.lacks_brace()),
        }
    }

    /// Whether nothing is missing in the piece at hand, so that more can only be something new.
    fn is_complete(&self) -> bool {
        self.opened
            || self
                .form
                .is_some_and(|form| !matches!(form.block, BlockForm::Required(_)))
    }

    /// Whether a `{` is missing between the last head in column 0 and the next.
    fn lacks_brace(&mut self) -> bool {
        if let Some(known) = self.lacks_brace {
            return known;
        }
        let section = self.section.0;
        let mut count = 0_i64;
        let mut at = section;
        while at < self.text.len() {
            let length = line_length(&self.text.as_bytes()[at..]);
            let line = self.text[at..at + length].trim_end_matches(['\n', '\r']);
            if at > section && head_form(line).is_some() {
                break;
            }
            for_each_sign(line, |sign, _| match sign {
                b'{' => count -= 1,
                b'}' => count += 1,
                _ => {}
            });
            at += length;
        }
        self.lacks_brace = Some(count > 0);
        count > 0
    }

    /// An item begins: with documentation at `at`. Trivia before the first item belongs to it.
    fn begin(&mut self, at: usize) {
        if self.begun {
            self.finish(at);
        }
    }

    /// Whether the line before does not end its statement.
    fn continues(&self) -> bool {
        let before = &self.text[self.start.min(self.last)..self.last];
        let word = |word: &str| {
            before
                .strip_suffix(word)
                .is_some_and(|rest| rest.ends_with([' ', '\t', ')', ']', '"']))
        };
        before.ends_with([',', '=']) || before.ends_with("->") || word("and") || word("or")
    }

    /// Counts the braces of a line, and begins a piece at a head behind `;` or the last `}`.
    fn braces(&mut self, start: usize, end: usize) {
        let text = self.text;
        let last = for_each_sign(&text[start..end], |sign, at| match sign {
            b'{' => {
                self.depth += 1;
                self.opened = true;
            }
            b'}' => {
                self.depth = self.depth.saturating_sub(1);
                self.item_behind(start + at + 1, end);
            }
            _ => self.item_behind(start + at + 1, end),
        });
        if last > 0 {
            self.last = start + last;
        }
    }

    /// Begins a piece at `at` if no brace is open and a head stands there.
    fn item_behind(&mut self, at: usize, end: usize) {
        if self.depth > 0 {
            return;
        }
        let rest = &self.text[at..end];
        let content = rest.trim_start_matches([' ', '\t']);
        if let Some(form) = head_form(content) {
            self.begin(end - content.len());
            self.begun = true;
            self.form = Some(form);
        }
    }
}

/// Goes over the `{`, `}` and `;` of a line that mean something, with their places in it. Gives the place behind the
/// last byte that means something.
fn for_each_sign(line: &str, mut found: impl FnMut(u8, usize)) -> usize {
    let bytes = line.as_bytes();
    let (mut at, mut last) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += string_end(&bytes[at..]).unwrap_or_else(|| open_string_length(&line[at..]));
                last = at;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => break,
            b'/' if bytes.get(at + 1) == Some(&b'{') => {
                at += 1 + path_parameter(&bytes[at + 2..]).map_or(0, |length| length + 1);
                last = at;
                continue;
            }
            sign @ (b'{' | b'}' | b';') => found(sign, at),
            b' ' | b'\t' => {
                at += 1;
                continue;
            }
            _ => {}
        }
        at += 1;
        last = at;
    }
    last
}

/// Length of a string with both quotes.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn begins_word(text: &str) -> bool {
    text.chars()
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
}

/// The form of the item that `text` begins with: its word and a name (and `:` for those whose word is also a statement).
fn head_form(text: &str) -> Option<&'static Form> {
    let word = text
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let (word, rest) = text.split_at(word);
    let name = rest.trim_start_matches([' ', '\t']);
    if word.is_empty() || name.len() == rest.len() || !begins_word(name) {
        return None;
    }
    let form = vocabulary::form(Place::File, word)?;
    if !matches!(form.kind, Kind::Auth | Kind::Broker | Kind::Vendor | Kind::Client) {
        return Some(form);
    }
    let behind = name.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
    behind
        .trim_start_matches([' ', '\t'])
        .starts_with(':')
        .then_some(form)
}

#[cfg(test)]
mod tests;
