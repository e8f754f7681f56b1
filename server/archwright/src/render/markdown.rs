//! A page of Markdown for a terminal: paragraphs wrapped, code indented, marks of emphasis gone or painted.

use super::human::Style;

/// Columns of text.
const WIDTH: usize = 96;

/// Renders the part of Markdown that the rules' pages use: headings, paragraphs, lists, fences, links, code.
pub(crate) fn render(markdown: &str, style: Style) -> String {
    let mut out = Out {
        text: String::new(),
        style,
    };
    let mut paragraph = String::new();
    let mut code = false;
    let mut fix = None;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            out.flow(&mut paragraph);
            code = !code;
            if code {
                out.gap();
                // A page shows what a fix makes of the block before.
                if let Some((_, after)) = line.split_once(" fix=\"") {
                    fix = after.split('"').next();
                } else if let Some(title) = fix.take().filter(|_| line.ends_with(" fixed")) {
                    out.line(&format!("After the fix “{}”:", inline(title, style)));
                    out.gap();
                }
            }
        } else if code {
            out.line(&format!("    {line}"));
        } else if line.trim_start().starts_with("<!--") {
            // For the test runner only.
        } else if let Some(heading) = line.strip_prefix('#') {
            out.flow(&mut paragraph);
            out.heading(heading.trim_start_matches('#').trim());
        } else if line.trim().is_empty() {
            out.flow(&mut paragraph);
            out.gap();
        } else {
            let item = line.trim_start();
            let starts_item = ["- ", "* ", "| "].iter().any(|mark| item.starts_with(mark));
            if starts_item {
                out.flow(&mut paragraph);
            } else if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(if paragraph.is_empty() {
                line.trim_end()
            } else {
                line.trim()
            });
        }
    }
    out.flow(&mut paragraph);
    out.text.truncate(out.text.trim_end().len());
    out.text.push('\n');
    out.text
}

struct Out {
    text: String,
    style: Style,
}

impl Out {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// One empty line, never two, none at the top.
    fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn heading(&mut self, heading: &str) {
        self.gap();
        let heading = heading.replace('`', "");
        let heading = if self.style.colour {
            format!("\u{1b}[1m{heading}\u{1b}[0m")
        } else {
            heading.to_uppercase()
        };
        // A rule's own name is its identity and keeps its letters.
        let heading = if heading.contains('.') {
            heading.to_lowercase()
        } else {
            heading
        };
        self.line(&heading);
        self.gap();
    }

    /// Wraps a paragraph; further lines of a list item are indented below its text.
    fn flow(&mut self, paragraph: &mut String) {
        if paragraph.is_empty() {
            return;
        }
        let text = inline(&std::mem::take(paragraph), self.style);
        let body = text.trim_start();
        let margin = text.len() - body.len();
        let hang = margin
            + if body.starts_with("- ") || body.starts_with("* ") {
                2
            } else {
                0
            };
        let (mut line, mut width) = (" ".repeat(margin), margin);
        let mut first = true;
        for word in body.split(' ').filter(|word| !word.is_empty()) {
            let length = visible(word);
            if !first && width + 1 + length > WIDTH {
                self.line(&line);
                line = " ".repeat(hang);
                width = hang;
                first = true;
            }
            if !first {
                line.push(' ');
                width += 1;
            }
            line.push_str(word);
            width += length;
            first = false;
        }
        self.line(&line);
    }
}

/// Columns of a word without its colours.
fn visible(word: &str) -> usize {
    let mut count = 0;
    let mut escape = false;
    for letter in word.chars() {
        match letter {
            '\u{1b}' => escape = true,
            'm' if escape => escape = false,
            _ if !escape => count += 1,
            _ => {}
        }
    }
    count
}

/// `[text](target)` becomes its text, and code is painted where there are colours.
fn inline(text: &str, style: Style) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '`']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(code) = tail.strip_prefix('`')
            && let Some((code, after)) = code.split_once('`')
        {
            if style.colour {
                // Word by word, so that a line break does not cut a colour.
                let painted: Vec<_> = code
                    .split(' ')
                    .map(|word| format!("\u{1b}[36m{word}\u{1b}[0m"))
                    .collect();
                out.push_str(&painted.join(" "));
            } else {
                out.push_str(&format!("`{code}`"));
            }
            rest = after;
        } else if let Some(link) = tail.strip_prefix('[')
            && let Some((label, after)) = link.split_once("](")
            && let Some((_, after)) = after.split_once(')')
            && !label.contains('[')
        {
            out.push_str(&inline(label, style));
            rest = after;
        } else {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_read_well_without_colours() {
        let page = "# auth.x\n\nSee [`auth.y`](y.md) and `a b`.\nMore.\n\n\n<!-- test -->\n- one\n  and\n- two [x]\n\n```arch\nrole A\n```\n## Why\nBecause.\n";
        let expected = "auth.x\n\nSee `auth.y` and `a b`. More.\n\n- one and\n- two [x]\n\n    role A\n\nWHY\n\nBecause.\n";
        assert_eq!(render(page, Style::PLAIN), expected);
    }

    #[test]
    fn what_a_fix_makes_is_told_from_the_block_before() {
        let page =
            "```arch fix=\"Add `x`\"\nrole A\n```\n\n```arch fixed\nrole X\n```\n\n```arch\nrole Y\n```\n";
        let expected = "    role A\n\nAfter the fix “Add `x`”:\n\n    role X\n\n    role Y\n";
        assert_eq!(render(page, Style::PLAIN), expected);
    }

    #[test]
    fn lines_are_wrapped_and_nothing_is_lost() {
        let page = format!("- {}", "word ".repeat(60));
        let text = render(&page, Style { colour: true });
        assert!(text.lines().all(|line| visible(line) <= WIDTH), "{text}");
        assert_eq!(text.matches("word").count(), 60);
        assert!(
            text.lines().skip(1).all(|line| line.starts_with("  word")),
            "{text}"
        );
    }
}
