//! Where new statements go, and what goes with removed ones: so that an edit looks as if a person had typed it.

use archwright_grammar::{ast::Node, span::Span};

/// Which end of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Start,
    End,
}

/// The edit that adds a statement to a node's block, which is made if it is missing.
pub(crate) fn statement(text: &str, node: &Node, statement: &str, at: At) -> (Span, String) {
    let outer = indentation(text, node.span.start);
    let Some(block) = &node.block else {
        let end = crate::model::loc::head_span(node).end;
        return (
            Span::empty(end),
            format!(" {{ {} }}", statement.replace('\n', "\n  ")),
        );
    };
    let close = if block.closed {
        block.span.end - 1
    } else {
        block.span.end
    };
    let inner = Span::new(block.span.start + 1, close);
    let one_line = !inner.of(text).contains('\n');
    if one_line {
        return match (at, block.nodes.first(), block.nodes.last()) {
            (At::Start, Some(first), _) => (Span::empty(first.span.start), format!("{statement}; ")),
            (At::End, _, Some(last)) => (Span::empty(last.span.end), format!("; {statement}")),
            _ => (inner, format!(" {statement} ")),
        };
    }
    let indent = match block.nodes.last() {
        Some(sibling) => indentation(text, sibling.span.start),
        None => format!("{outer}  "),
    };
    let statement = statement.replace('\n', &format!("\n{indent}"));
    if at == At::Start {
        return (Span::empty(inner.start), format!("\n{indent}{statement}"));
    }
    let line = line_start(text, close);
    if text[line as usize..close as usize].trim().is_empty() {
        (Span::empty(line), format!("{indent}{statement}\n"))
    } else {
        // The last statement and the brace share a line.
        let end = block.nodes.last().map_or(close, |last| last.span.end);
        (Span::empty(end), format!("; {statement}"))
    }
}

/// What goes when a node goes: its whole line where nothing else stands on it, else also the separator behind or before it.
pub(crate) fn removal(text: &str, span: Span) -> Span {
    let start = line_start(text, span.start);
    let end = text[span.end as usize..]
        .find('\n')
        .map_or(text.len() as u32, |length| span.end + length as u32 + 1);
    let before = text[start as usize..span.start as usize].trim();
    let after = text[span.end as usize..end as usize].trim();
    if before.is_empty() && (after.is_empty() || after.starts_with("//")) {
        return Span::new(start, end);
    }
    let rest = &text[span.end as usize..];
    let behind = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if rest[behind..].starts_with(';') {
        let more = &rest[behind + 1..];
        let spaces = more.len() - more.trim_start_matches([' ', '\t']).len();
        return Span::new(span.start, span.end + (behind + 1 + spaces) as u32);
    }
    let head = text[..span.start as usize].trim_end_matches([' ', '\t']);
    if head.ends_with(';') {
        return Span::new(head.len() as u32 - 1, span.end);
    }
    Span::new(span.start, span.end + behind as u32)
}

fn line_start(text: &str, offset: u32) -> u32 {
    text[..offset as usize].rfind('\n').map_or(0, |at| at as u32 + 1)
}

fn indentation(text: &str, offset: u32) -> String {
    let line = &text[line_start(text, offset) as usize..];
    line.chars()
        .take_while(|character| matches!(character, ' ' | '\t'))
        .collect()
}
