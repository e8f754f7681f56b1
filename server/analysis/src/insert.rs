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
        let end = head_end(text, node);
        return (
            Span::empty(end),
            format!(" {{ {} }}", statement.replace('\n', "; ")),
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
        let statement = statement.replace('\n', "; ");
        return match (at, block.nodes.first(), block.nodes.last()) {
            (At::Start, Some(first), _) => (Span::empty(first.span.start), format!("{statement}; ")),
            (At::End, _, Some(last)) => (Span::empty(last.span.end), format!("; {statement}")),
            _ => (inner, format!(" {statement} ")),
        };
    }
    let indent = match block.nodes.last() {
        Some(sibling) if line_start(text, sibling.span.start) > block.span.start => {
            indentation(text, sibling.span.start)
        }
        _ => format!("{outer}  "),
    };
    let statement = statement.replace('\n', &format!("\n{indent}"));
    if at == At::Start {
        let beside = inner.of(text).split(['\r', '\n']).next().unwrap_or_default();
        return match block.nodes.first() {
            // A statement that shares the line of the brace keeps it.
            Some(first) if first.span.start < inner.start + beside.len() as u32 => (
                Span::empty(first.span.start),
                format!("{}; ", statement.replace(&format!("\n{indent}"), "; ")),
            ),
            // And so does a comment.
            _ => (
                Span::empty(inner.start + beside.trim_end().len() as u32),
                format!("\n{indent}{statement}"),
            ),
        };
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

/// The end of a node's head; behind parameters, which may be the last that stands there, comes their parenthesis.
fn head_end(text: &str, node: &Node) -> u32 {
    let end = crate::model::loc::head_span(node).end;
    let rest = &text[end as usize..node.span.end.max(end) as usize];
    match rest.find(|character: char| !character.is_whitespace()) {
        Some(at) if rest[at..].starts_with(')') => end + at as u32 + 1,
        _ => end,
    }
}

/// The edit that puts a line of documentation above a node; `None` where something stands before it on its line.
pub(crate) fn documentation(text: &str, node: &Node, line: &str) -> Option<(Span, String)> {
    let start = node.span.start;
    let before = &text[line_start(text, start) as usize..start as usize];
    before
        .trim()
        .is_empty()
        .then(|| (Span::empty(start), format!("/// {line}\n{before}")))
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

#[cfg(test)]
mod tests {
    use crate::testing::{check, fixed};

    const TITLE: &str = "Add auth S to service A";

    fn with_auth(service: &str) -> String {
        let text = format!("auth S: cookie\n{service}");
        let after = fixed(&text, TITLE);
        assert!(
            !check(&after).iter().any(|line| line.contains(" syntax.")),
            "{after}"
        );
        after
            .strip_prefix("auth S: cookie\n")
            .unwrap_or_default()
            .to_owned()
    }

    #[test]
    fn the_first_statement_of_a_block_keeps_the_brace_s_line_free() {
        assert_eq!(
            with_auth("service A {\n  endpoint a GET /a\n}\n"),
            "service A {\n  auth S\n  endpoint a GET /a\n}\n"
        );
        assert_eq!(
            with_auth("service A { // ours\n  endpoint a GET /a\n}\n"),
            "service A { // ours\n  auth S\n  endpoint a GET /a\n}\n"
        );
        assert_eq!(
            with_auth("service A { stack none\n  endpoint a GET /a\n}\n"),
            "service A { auth S; stack none\n  endpoint a GET /a\n}\n"
        );
        assert_eq!(
            with_auth("service A { endpoint a GET /a }\n"),
            "service A { auth S; endpoint a GET /a }\n"
        );
    }

    #[test]
    fn two_statements_share_a_line_where_one_line_is_all_there_is() {
        let text = |block: &str| {
            format!("auth S: cookie\nrole R\nservice A {{\n  auth none\n  endpoint a POST /a{block}\n}}\n")
        };
        let title = "Ask for S and allow R";
        assert!(fixed(&text(""), title).contains("endpoint a POST /a { auth S; allow R }\n"));
        assert!(fixed(&text(" { timeout 1s }"), title).contains("/a { auth S; allow R; timeout 1s }\n"));
        assert!(
            fixed(&text(" {\n    timeout 1s\n  }"), title)
                .contains("/a {\n    auth S\n    allow R\n    timeout 1s\n  }\n")
        );
        assert!(fixed(&text(" { public }"), title).contains("/a { auth S; allow R }\n"));
    }
}
