//! What is tidied while somebody types: what was just finished, and where the next line begins.

use super::{
    Options, TextEdit,
    atoms::{self, Atom},
    edits::minimal,
    partial::{Around, line_start},
    piece::is_certain,
};
use crate::{
    ast::Node,
    lexer::TokenKind,
    span::Span,
    vocabulary::{Kind, Place},
};

/// What is to change when `typed` (`}`, `;` or a line end) was just typed and `at` is the byte behind it.
///
/// A `}` tidies the block that it closes, a `;` the statement before it, a line end the line before it and the
/// indentation of the new line. What stands behind the cursor on its line stays, and so does a blank line on which
/// the cursor stands.
pub fn on_type(text: &str, at: u32, typed: char, options: &Options) -> Vec<TextEdit> {
    let at = text.floor_char_boundary(at as usize) as u32;
    let before = &text[..at as usize];
    // An editor may have indented the new line already.
    let indented = typed == '\n' && before.ends_with([' ', '\t', '\r']);
    if !(indented || before.ends_with(typed)) {
        return Vec::new();
    }
    match typed {
        '}' => closed(text, at, *options),
        ';' => finished(text, Span::new(line_start(text, at), at - 1), *options),
        '\n' | '\r' => new_line(text, at, *options),
        _ => Vec::new(),
    }
}

/// The block that a `}` before `at` closes.
fn closed(text: &str, at: u32, options: Options) -> Vec<TextEdit> {
    let around = Around::of(text, Span::empty(at), options);
    let node = around.pieces.iter().find_map(|(piece, formatted)| {
        let node = formatted.tree.node.as_ref()?;
        let inside = at.checked_sub(piece.start)?;
        let found = closed_at(node, inside)?;
        Some(found.span.start + piece.start)
    });
    let Some(start) = node else { return Vec::new() };
    let span = Span::new(line_start(text, start), at);
    let mut edits = around.edits(text, span);
    edits.retain(|edit| edit.span.start >= gap_start(text, span.start) && edit.span.end < at);
    edits
}

/// The innermost node whose block ends at a byte.
fn closed_at(node: &Node, at: u32) -> Option<&Node> {
    if at < node.span.start || node.span.end < at {
        return None;
    }
    node.children()
        .iter()
        .find_map(|child| closed_at(child, at))
        .or_else(|| {
            let block = node.block.as_ref()?;
            (block.closed && block.span.end == at).then_some(node)
        })
}

/// Tidies what stands in `span`, which lies in one line, without moving anything to another line.
fn finished(text: &str, span: Span, options: Options) -> Vec<TextEdit> {
    let mut edits = Around::of(text, span, options).edits(text, span);
    edits.retain(|edit| {
        let lines = |text: &str| text.contains(['\n', '\r']);
        edit.span.start >= span.start
            && edit.span.end <= span.end
            && !lines(edit.span.of(text))
            && !lines(&edit.text)
    });
    edits
}

/// Where the blanks and line ends before `at` begin.
fn gap_start(text: &str, at: u32) -> u32 {
    text[..at as usize]
        .trim_end_matches([' ', '\t', '\r', '\n'])
        .len() as u32
}

/// Tidies the line before the cursor, and indents the line of the cursor.
fn new_line(text: &str, at: u32, options: Options) -> Vec<TextEdit> {
    let start = line_start(text, at);
    let blanks = &text[start as usize..at as usize];
    if !blanks.bytes().all(|byte| matches!(byte, b' ' | b'\t')) {
        return Vec::new();
    }
    let before = start - u32::from(text[..start as usize].ends_with("\r\n")) - u32::from(start > 0);
    let last = Span::new(line_start(text, before), before);
    let mut edits = finished(text, last, options);
    // The gap that holds the cursor is nobody else's.
    edits.retain(|edit| edit.span.end < last.end || !edit.span.of(text).trim_ascii().is_empty());
    if let Some(tail) = trailing_blanks(last.of(text)) {
        let tail = tail.shift(last.start);
        edits.retain(|edit| edit.span.end <= tail.start && edit.span.start < tail.start);
        edits.push(TextEdit {
            span: tail,
            text: String::new(),
        });
    }
    let rest = &text[start as usize..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let span = Span::new(start, start + blanks as u32);
    if let Some(indent) = indent(text, span.end, options) {
        edits.extend(minimal(text, span, &" ".repeat(indent as usize)));
    }
    edits
}

/// The blanks at the end of a line. Those of a text without its closing `"` belong to it.
fn trailing_blanks(line: &str) -> Option<Span> {
    let (atoms, _) = atoms::read(line);
    let end = atoms.last().map_or(0, |last| last.end);
    let open = atoms.iter().any(|atom| atom.kind == TokenKind::OpenString);
    (!open && (end as usize) < line.len()).then(|| Span::new(end, line.len() as u32))
}

/// How deep a line should begin whose first character, or end, is at `at`.
fn indent(text: &str, at: u32, options: Options) -> Option<u32> {
    let around = Around::of(text, Span::empty(at), options);
    let blank = text[at as usize..].is_empty() || text[at as usize..].starts_with(['\n', '\r']);
    // What begins here belongs to itself; a blank line to what is above it.
    let mut pieces = around.pieces.iter();
    let (piece, formatted) = if blank {
        pieces.find(|(piece, _)| piece.start < at && at <= piece.end())
    } else {
        pieces.rfind(|(piece, _)| piece.start <= at && at < piece.end())
    }?;
    let source = piece.span().of(text);
    let (atoms, _) = atoms::read(source);
    let inside = at - piece.start;
    let first = atoms.partition_point(|atom| atom.start < inside);
    let open = open_at(&atoms[..first]);
    let next = atoms.get(first).filter(|_| !blank);
    let closes = next.is_some_and(|next| {
        matches!(
            next.kind,
            TokenKind::RBrace | TokenKind::RParen | TokenKind::RBracket
        )
    });
    let goes_on = !closes
        && open
            .last()
            .is_none_or(|open| atoms[*open].kind == TokenKind::LBrace)
        && atoms[..first]
            .iter()
            .rfind(|atom| !atom.is_comment())
            .is_some_and(|last| goes_on(source, *last, formatted.tree.node.as_ref(), inside));
    let depth = match open.last() {
        None => 0,
        Some(_) if is_certain(&atoms, &formatted.tree) => 2 * (open.len() as u32 - u32::from(closes)),
        Some(open) => {
            let line = Span::new(
                line_start(text, piece.start + atoms[*open].start),
                piece.start + atoms[*open].start,
            )
            .of(text);
            let blanks = line.bytes().take_while(|byte| *byte == b' ').count() as u32;
            blanks + if closes { 0 } else { 2 }
        }
    };
    Some(depth + if goes_on { 2 } else { 0 })
}

/// The brackets that are open behind some atoms.
fn open_at(atoms: &[Atom]) -> Vec<usize> {
    let mut open = Vec::new();
    for (at, atom) in atoms.iter().enumerate() {
        match atom.kind {
            TokenKind::LBrace | TokenKind::LParen | TokenKind::LBracket => open.push(at),
            TokenKind::RBrace | TokenKind::RParen | TokenKind::RBracket => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// Whether a statement goes on behind an atom that ends a line.
fn goes_on(source: &str, last: Atom, node: Option<&Node>, at: u32) -> bool {
    match last.kind {
        TokenKind::Arrow | TokenKind::Assign => true,
        TokenKind::Comma => !node.is_some_and(|node| separates_by_commas(node, at)),
        TokenKind::Ident => matches!(last.of(source), "and" | "or"),
        _ => false,
    }
}

/// Whether commas only separate what stands in the innermost block around `at`.
fn separates_by_commas(node: &Node, at: u32) -> bool {
    let Some(block) = &node.block else { return false };
    if at <= block.span.start || (block.closed && block.span.end <= at) {
        return false;
    }
    let within = |child: &&Node| child.block.as_ref().is_some_and(|block| block.span.touches(at));
    if let Some(child) = block.nodes.iter().find(within) {
        return separates_by_commas(child, at);
    }
    node.form.kind == Kind::Type || node.form.block.place() == Some(Place::Enum)
}
