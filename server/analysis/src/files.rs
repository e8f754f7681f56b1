//! The texts of the workspace and where each item stands in them.

use std::{
    cell::{Cell, OnceCell},
    ops::Range,
    sync::Arc,
};

use ropey::Rope;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{Encoding, FileId, Position, db::Item, model::finding::Finding};

/// One item of a file, and what is known of it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub item: Item,
    /// First byte in the file.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
    /// The cutter's note on where the head stands.
    pub head: Option<u32>,
    /// Whether its tree has errors.
    pub broken: bool,
    /// Findings that need only the item and what it refers to.
    pub findings: Arc<Vec<Finding>>,
    /// Findings that need the whole workspace, as of the last settling.
    pub late: Arc<Vec<Finding>>,
}

/// One file.
#[derive(Clone)]
pub(crate) struct File {
    pub path: SmolStr,
    pub rope: Rope,
    pub entries: Vec<Entry>,
}

/// All files. Cloning is cheap: each file is shared until it changes.
#[derive(Clone, Default)]
pub(crate) struct Files {
    files: Arc<FxHashMap<FileId, Arc<File>>>,
    owner: Arc<FxHashMap<Item, FileId>>,
}

impl Files {
    pub fn get(&self, file: FileId) -> Option<&File> {
        self.files.get(&file).map(AsRef::as_ref)
    }

    pub fn get_mut(&mut self, file: FileId) -> Option<&mut File> {
        Arc::make_mut(&mut self.files).get_mut(&file).map(Arc::make_mut)
    }

    pub fn insert(&mut self, id: FileId, file: File) {
        Arc::make_mut(&mut self.files).insert(id, Arc::new(file));
    }

    pub fn remove(&mut self, id: FileId) -> Option<Arc<File>> {
        Arc::make_mut(&mut self.files).remove(&id)
    }

    /// All files by path.
    pub fn sorted(&self) -> Vec<(FileId, &File)> {
        let mut files: Vec<(FileId, &File)> =
            self.files.iter().map(|(id, file)| (*id, file.as_ref())).collect();
        files.sort_by(|left, right| left.1.path.cmp(&right.1.path));
        files
    }

    /// All files as they are shared, with their paths, by path.
    pub fn shared(&self) -> Vec<(SmolStr, Arc<File>)> {
        let files = self.files.values();
        let mut files: Vec<(SmolStr, Arc<File>)> =
            files.map(|file| (file.path.clone(), file.clone())).collect();
        files.sort_by(|left, right| left.0.cmp(&right.0));
        files
    }

    pub fn own(&mut self, item: Item, file: FileId) {
        Arc::make_mut(&mut self.owner).insert(item, file);
    }

    pub fn disown(&mut self, item: Item) {
        Arc::make_mut(&mut self.owner).remove(&item);
    }

    pub fn owner(&self, item: Item) -> Option<FileId> {
        self.owner.get(&item).copied()
    }

    /// The file of an item and its first byte there.
    pub fn position(&self, item: Item) -> Option<(FileId, u32)> {
        let file = self.owner(item)?;
        let entry = self.get(file)?.entries.iter().find(|entry| entry.item == item)?;
        Some((file, entry.start))
    }

    /// The entry of an item, to change it.
    pub fn entry_mut(&mut self, item: Item) -> Option<(FileId, &mut Entry)> {
        let file = self.owner(item)?;
        let entry = self
            .get_mut(file)?
            .entries
            .iter_mut()
            .find(|entry| entry.item == item)?;
        Some((file, entry))
    }
}

/// How many items are looked for one by one before it pays to index them all.
const SEARCHES: u32 = 8;

/// Answers where items stand, however often it is asked.
pub(crate) struct Places<'a> {
    files: &'a Files,
    asked: Cell<u32>,
    index: OnceCell<FxHashMap<Item, (FileId, u32)>>,
}

impl<'a> Places<'a> {
    /// Nothing is looked for yet.
    pub fn new(files: &'a Files) -> Self {
        Self {
            files,
            asked: Cell::new(0),
            index: OnceCell::new(),
        }
    }

    /// The path of a file.
    pub fn path(&self, file: FileId) -> &'a str {
        self.files.get(file).map_or("", |file| file.path.as_str())
    }

    /// The file of an item and its first byte there.
    pub fn of(&self, item: Item) -> Option<(FileId, u32)> {
        self.asked.set(self.asked.get().saturating_add(1));
        if self.asked.get() <= SEARCHES {
            return self.files.position(item);
        }
        let all = || {
            let files = self.files.files.iter();
            files
                .flat_map(|(id, file)| file.entries.iter().map(|entry| (entry.item, (*id, entry.start))))
                .collect()
        };
        self.index.get_or_init(all).get(&item).copied()
    }
}

impl File {
    /// The item at a byte: the one that holds it, the later one at a border.
    pub fn entry_at(&self, offset: u32) -> Option<&Entry> {
        let index = self.entries.partition_point(|entry| entry.start <= offset);
        self.entries.get(index.checked_sub(1)?)
    }

    /// The text.
    pub fn text(&self) -> String {
        self.rope.to_string()
    }

    /// Line and column of a byte; clamped to the end of the text and to the start of a character.
    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let offset = (offset as usize).min(self.rope.len_bytes());
        let line = self.rope.byte_to_line(offset);
        let start = self.rope.line_to_byte(line);
        let head = self.rope.byte_slice(start..self.char_start(offset));
        let column = match encoding {
            Encoding::Utf8 => head.len_bytes(),
            Encoding::Utf16 => head.len_utf16_cu(),
            Encoding::Utf32 => head.len_chars(),
        };
        Position {
            line: line as u32,
            column: column as u32,
        }
    }

    /// The byte at line and column; clamped to the line's end (before its line break) and to the text's end.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return self.rope.len_bytes() as u32;
        }
        let start = self.rope.line_to_byte(line);
        let slice = self.rope.line(line);
        let mut column = 0;
        let mut bytes = 0;
        for character in slice.chars() {
            if matches!(character, '\n' | '\r') {
                break;
            }
            let width = match encoding {
                Encoding::Utf8 => character.len_utf8(),
                Encoding::Utf16 => character.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if column + width > position.column as usize {
                break;
            }
            column += width;
            bytes += character.len_utf8();
        }
        (start + bytes) as u32
    }

    fn char_start(&self, offset: usize) -> usize {
        self.rope.char_to_byte(self.rope.byte_to_char(offset))
    }

    /// Replaces bytes; both ends are clamped to the text and to the starts of characters. Returns what was really replaced.
    pub fn replace(&mut self, range: Range<u32>, text: &str) -> Range<u32> {
        let end = (range.end as usize).min(self.rope.len_bytes());
        let start = (range.start as usize).min(end);
        let (first, last) = (self.rope.byte_to_char(start), self.rope.byte_to_char(end));
        let bytes = self.rope.char_to_byte(first) as u32..self.rope.char_to_byte(last) as u32;
        self.rope.remove(first..last);
        self.rope.insert(first, text);
        bytes
    }
}
