//! Comments as other languages write them, and what version control and Markdown leave in a file.

use super::tokens::Scanner;
use crate::{errors::error, span::Span};

/// Behind a sign in a longer line, nothing is taken for a comment.
const LONGEST_REMARK: usize = 500;
/// The other marks of a conflict are not looked for further than this.
const LONGEST_CONFLICT: usize = 20_000;

impl Scanner<'_> {
    /// The rest of the line is part of what is reported.
    fn skip_line(&mut self, start: u32) -> Span {
        let rest = &self.text[start as usize..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        self.skip_to = start + length as u32;
        Span::new(start, self.skip_to)
    }

    /// What version control leaves behind when it cannot merge. Of a whole conflict, the upper side is read.
    pub(super) fn conflict_marker(&mut self, start: u32) -> bool {
        const MARKERS: [&str; 4] = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
        let rest = &self.text[start as usize..];
        if start != self.line || !MARKERS.iter().any(|marker| rest.starts_with(marker)) {
            return false;
        }
        let conflict = rest.starts_with("<<<<<<<").then(|| conflict(rest)).flatten();
        let span = self.skip_line(start);
        let found = error(
            "syntax.unexpected_token",
            span,
            "This line was left by a merge that could not be completed.",
        )
        .help("Choose what should stay, and remove the marks.");
        self.found.errors.push(match conflict {
            Some(conflict) => {
                let at = |offset: usize| start + offset as u32;
                self.without = Span::new(at(conflict.lower), at(conflict.end));
                let upper = &rest[conflict.upper..conflict.lower];
                let last = Span::new(at(conflict.last), at(conflict.end));
                found
                    .related(last, "The conflict ends here; its upper side is read.")
                    .fix(
                        "Keep the upper side",
                        Span::new(start, at(conflict.behind)),
                        upper,
                    )
            }
            None => found,
        });
        true
    }

    /// `# …` is meant as a comment.
    pub(super) fn hash_comment(&mut self, span: Span) -> bool {
        if self.line_behind(span.start).is_none() {
            return false;
        }
        self.skip_line(span.start);
        self.found.errors.push(
            error("syntax.invalid_character", span, "`#` does not begin a comment.")
                .help("Comments begin with `//`.")
                .fix("Make it a comment", span, "//"),
        );
        true
    }

    /// `-- …`, `<!-- … -->` and the fences of Markdown, at the start of a line.
    pub(super) fn foreign_remark(&mut self, start: u32) -> bool {
        // Nearly every line begins with a word.
        if !self.text[start as usize..].starts_with(['-', '<', '`', '~']) {
            return false;
        }
        let Some(line) = self.line_behind(start) else {
            return false;
        };
        let found = |span| {
            error(
                "syntax.unexpected_token",
                span,
                "Comments do not begin like this here.",
            )
        };
        let help = "Comments begin with `//`.";
        let first = |length| Span::new(start, start + length);
        let error = if line == "--" || line.starts_with("-- ") {
            found(first(2))
                .help(help)
                .fix("Make it a comment", first(2), "//")
        } else if let Some(inner) = line.strip_prefix("<!--") {
            let inner = inner.trim_end().trim_end_matches("-->").trim();
            let span = first(line.len() as u32);
            found(first(4))
                .help(help)
                .fix("Make it a comment", span, format!("// {inner}"))
        } else if line.starts_with("```") || line.starts_with("~~~") {
            let rest = &self.text[start as usize + line.len()..];
            let end = if rest.starts_with("\r\n") {
                2
            } else {
                u32::from(!rest.is_empty())
            };
            error(
                "syntax.unexpected_token",
                first(line.len() as u32),
                "This fence belongs to a Markdown document, not to a blueprint.",
            )
            .help("Paste only what stands between the fences.")
            .fix(
                "Remove the line",
                Span::new(self.line, start + line.len() as u32 + end),
                "",
            )
        } else {
            return false;
        };
        self.skip_line(start);
        self.found.errors.push(error);
        true
    }

    /// The rest of the line, if it is short and holds no braces: they are counted when a text is cut into items, so they
    /// must be counted here too.
    fn line_behind(&self, start: u32) -> Option<&str> {
        let rest = &self.text[start as usize..];
        let seen = &rest[..rest.floor_char_boundary(LONGEST_REMARK)];
        let line = seen.split(['\n', '\r']).next().unwrap_or_default();
        // A line that goes on behind what was looked at may be shorter than the limit by a part of a character.
        let ends = line.len() < seen.len() || seen.len() == rest.len();
        (ends && !line.contains(['{', '}'])).then_some(line)
    }

    /// `/* … */` is meant as a comment. The path `/*` of a route has no `*/` behind it.
    pub(super) fn block_comment(&mut self, span: Span) -> bool {
        if self.no_comment_end || self.found.toks.last().is_some_and(|tok| tok.text == "route") {
            return false;
        }
        let Some(length) = self.text[span.start as usize..].find("*/") else {
            self.no_comment_end = true;
            return false;
        };
        self.skip_to = span.start + length as u32 + 2;
        let span = Span::new(span.start, self.skip_to);
        let written = span.of(self.text);
        let found = error(
            "syntax.unexpected_token",
            span,
            "There are no comments between `/*` and `*/`.",
        )
        .help("Each line of a comment begins with `//`, each line of documentation with `///`.");
        let alone = self.text[span.end as usize..]
            .trim_start_matches([' ', '\t'])
            .starts_with(['\n', '\r']);
        self.found.errors.push(if self.line_start && alone {
            found.fix("Make it a comment", span, as_lines(written))
        } else {
            found
        });
        true
    }
}

/// The lines of a block comment, each with `//` (or `///`, where it is documentation) in front.
fn as_lines(written: &str) -> String {
    let mark = if written.starts_with("/**") && written.contains('\n') {
        "///"
    } else {
        "//"
    };
    let inner = written
        .trim_start_matches("/*")
        .trim_start_matches('*')
        .trim_end_matches("*/");
    let lines: Vec<String> = inner
        .lines()
        .map(|line| line.trim().trim_start_matches('*').trim())
        .filter(|line| !line.is_empty())
        .map(|line| format!("{mark} {line}"))
        .collect();
    lines.join("\n")
}

/// Where the parts of a conflict begin, as offsets from its first mark.
struct Conflict {
    /// The upper side.
    upper: usize,
    /// The marks that end it, and the lower side.
    lower: usize,
    /// The last mark.
    last: usize,
    /// The end of its line, without the line end.
    end: usize,
    /// The next line.
    behind: usize,
}

/// The conflict at the start of `text`, if all its marks are there.
fn conflict(text: &str) -> Option<Conflict> {
    let text = &text[..text.floor_char_boundary(LONGEST_CONFLICT)];
    let mut at = 0;
    let (mut upper, mut lower, mut middle) = (None, None, false);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if start == 0 {
            upper = Some(at);
        } else if line.starts_with("<<<<<<<") {
            return None;
        } else if line.starts_with("|||||||") {
            lower = lower.or(Some(start));
        } else if line.starts_with("=======") {
            lower = lower.or(Some(start));
            middle = true;
        } else if line.starts_with(">>>>>>>") && middle {
            return Some(Conflict {
                upper: upper?,
                lower: lower?,
                last: start,
                end: start + line.trim_end_matches(['\n', '\r']).len(),
                behind: at,
            });
        }
    }
    None
}
