//! Breaks the heads of statements that do not fit into a line: at commas, `or`, `and`, and inside of brackets.

use std::ops::Range;

use super::layout::{Gap, Layout};
use crate::lexer::TokenKind;

/// Of so many brackets in one line, all are broken; choosing would take too long.
const MOST_GROUPS: usize = 60;

/// Where a line may be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    /// The statement itself: what does not fit goes on with a deeper line.
    Statement,
    /// The inside of `( )` or `[ ]` that stands on lines of its own.
    Brackets,
    /// The inside of an inline type `{ }` that stands on lines of its own.
    Braces,
}

impl Layout<'_> {
    /// Lays out the head of a statement that begins in column `base`, with `tail` more characters on its last line.
    /// Gives the column behind it.
    pub(super) fn head(&mut self, first: usize, end: usize, base: u32, tail: u32) -> u32 {
        let column = base + self.flat_width(first, end);
        let short = column + tail <= self.width && self.lines_inside(first, end) == 0;
        // What has an error keeps its text.
        if self.gentle[first] {
            self.flatten_inside(first..end);
            return column;
        }
        if short || (first + 1..end).any(|at| self.frozen[at]) {
            self.flatten(first, end);
            return column;
        }
        self.run(first..end, Around::Statement, base, tail)
    }

    /// Lays out a range between brackets, or a whole head, that begins in column `indent`. Gives the column behind it.
    fn run(&mut self, range: Range<usize>, around: Around, indent: u32, tail: u32) -> u32 {
        let inner = if around == Around::Statement {
            indent + 2
        } else {
            indent
        };
        let mut breaks = self.breaks(&range, around, false);
        let wide = segments(&range, &breaks).any(|segment| {
            let start = if segment.start == range.start {
                indent
            } else {
                inner
            };
            let tail = if segment.end == range.end { tail } else { 0 };
            !self.parts_fit(&segment, start, tail)
        });
        if wide {
            breaks = self.breaks(&range, around, true);
        }
        let mut column = indent;
        let all: Vec<_> = segments(&range, &breaks).collect();
        for segment in all {
            let begins = segment.start == range.start;
            if !begins {
                let lines = match around {
                    Around::Statement => 1,
                    _ => self.lines_before(segment.start).clamp(1, 2),
                };
                let gap = Gap {
                    lines,
                    ..Gap::line(inner)
                };
                self.set_inside(segment.start, gap);
            }
            let tail = if segment.end == range.end { tail } else { 0 };
            column = self.segment(&segment, if begins { indent } else { inner }, tail);
        }
        column
    }

    /// The atoms of a range that begin a line; with `all`, also because the lines would be too long otherwise.
    fn breaks(&self, range: &Range<usize>, around: Around, all: bool) -> Vec<usize> {
        let own: Vec<usize> = self
            .own_level(range.clone())
            .filter(|at| *at > range.start && !self.dropped[*at])
            .collect();
        let after_comma = |at: usize| self.is(at - 1, TokenKind::Comma) && !self.dropped[at - 1];
        let after_word =
            |at: usize, word: &str| self.operators[at - 1] && self.atoms[at - 1].of(self.text) == word;
        let commas = own.iter().any(|at| after_comma(*at));
        let word = ["or", "and"]
            .into_iter()
            .find(|word| !commas && own.iter().any(|at| after_word(*at, word)));
        let begins = |at: &usize| {
            let at = *at;
            let last = self.kept_before(at).unwrap_or_default();
            let written = self.lines_before(at) > 0;
            if self.atoms[last].is_comment() {
                return true;
            }
            if self.atoms[at].is_comment() {
                return written;
            }
            match around {
                Around::Braces => self.flat[at].separator.is_some() || written,
                Around::Brackets if commas => after_comma(at),
                Around::Statement if all && commas && after_comma(at) => true,
                _ if all && word.is_some_and(|word| after_word(at, word)) => true,
                _ => written && self.goes_on(last),
            }
        };
        own.into_iter().filter(begins).collect()
    }

    fn is(&self, at: usize, kind: TokenKind) -> bool {
        self.atoms[at].kind == kind
    }

    /// The atoms of a range that are not inside of brackets within it; of these only the closing ones count as behind.
    fn own_level(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let mut at = range.start;
        std::iter::from_fn(move || {
            if at >= range.end {
                return None;
            }
            let found = at;
            let mate = self.mates[at] as usize;
            at = if mate > at && mate < range.end {
                mate + 1
            } else {
                at + 1
            };
            Some(found)
        })
    }

    /// The brackets of a range that are not inside of others.
    fn groups(&self, range: Range<usize>) -> Vec<Range<usize>> {
        self.own_level(range.clone())
            .filter_map(|open| {
                let close = self.mates[open] as usize;
                (close > open + 1 && close < range.end).then_some(open..close)
            })
            .collect()
    }

    /// Whether the brackets stand on several lines because somebody wrote them so, or because of a comment.
    fn is_open(&self, group: &Range<usize>) -> bool {
        let written = if self.is(group.start, TokenKind::LBrace) {
            self.lines_inside(group.start, group.end + 1) > 0
        } else {
            self.atoms[group.start + 1].lines > 0
        };
        written
            || (group.start..group.end).any(|at| self.atoms[at].is_comment())
            || self
                .groups(group.start + 1..group.end)
                .iter()
                .any(|inner| self.is_open(inner))
    }

    /// Whether a segment fits if its open brackets, and no others, stand on lines of their own.
    fn parts_fit(&self, range: &Range<usize>, indent: u32, tail: u32) -> bool {
        let mut open = self.groups(range.clone());
        open.retain(|group| self.is_open(group));
        self.wide(range, &open, indent, tail).is_empty()
    }

    /// The lines that are too long if the inside of `open` stands on lines of its own.
    fn wide(&self, range: &Range<usize>, open: &[Range<usize>], indent: u32, tail: u32) -> Vec<Range<usize>> {
        let ends = open.iter().map(|group| group.start + 1);
        let starts = open.iter().map(|group| group.end);
        std::iter::once(range.start)
            .chain(starts)
            .zip(ends.chain([range.end]))
            .map(|(from, to)| from..to)
            .filter(|line| {
                let tail = if line.end == range.end { tail } else { 0 };
                indent + self.flat_width(line.start, line.end) + tail > self.width
            })
            .collect()
    }

    /// Lays out what has no line end outside of brackets. Gives the column behind it.
    fn segment(&mut self, range: &Range<usize>, indent: u32, tail: u32) -> u32 {
        let groups = self.groups(range.clone());
        let mut open: Vec<Range<usize>> = Vec::new();
        open.extend(groups.iter().filter(|group| self.is_open(group)).cloned());
        if groups.len() > MOST_GROUPS && !self.wide(range, &open, indent, tail).is_empty() {
            open.clone_from(&groups);
            open.retain(|group| self.is_open(group) || self.can_open(group));
        }
        loop {
            let wide = self.wide(range, &open, indent, tail);
            // The widest brackets that are in a line that is too long; of equals, the first.
            let widest = groups
                .iter()
                .filter(|group| {
                    wide.iter()
                        .any(|line| line.start <= group.start && group.end < line.end)
                })
                .filter(|group| !open.contains(group) && self.can_open(group))
                .rev()
                .max_by_key(|group| self.flat_width(group.start, group.end));
            let Some(widest) = widest else { break };
            open.push(widest.clone());
            open.sort_by_key(|group| group.start);
        }
        let mut from = range.start;
        for group in open {
            self.flatten_inside(from..group.start + 1);
            let around = self.around(&group);
            let inside = group.start + 1;
            let content = (inside..group.end)
                .find(|at| !self.dropped[*at])
                .unwrap_or(inside);
            let remark = self.atoms[content].is_comment() && self.lines_before(content) == 0;
            let gap = if remark {
                Gap::blanks(1)
            } else {
                Gap::line(indent + 2)
            };
            self.set_inside(content, gap);
            self.run(content..group.end, around, indent + 2, 0);
            self.set_inside(group.end, Gap::line(indent));
            from = group.end;
        }
        self.flatten_inside(from..range.end);
        indent + self.flat_width(from, range.end)
    }

    fn around(&self, group: &Range<usize>) -> Around {
        if self.is(group.start, TokenKind::LBrace) {
            Around::Braces
        } else {
            Around::Brackets
        }
    }

    /// Whether breaking the brackets makes lines shorter.
    fn can_open(&self, group: &Range<usize>) -> bool {
        let inside = group.start + 1..group.end;
        !self.breaks(&inside, self.around(group), true).is_empty()
            || self.groups(inside).iter().any(|inner| self.can_open(inner))
    }

    /// Puts a range on one line, inside of a statement.
    fn flatten_inside(&mut self, range: Range<usize>) {
        for at in range.start + 1..range.end {
            if self.dropped[at] {
                continue;
            }
            if self.atoms[at].is_comment() {
                self.set_inside(at, Gap::blanks(1));
            } else {
                self.set_inside(at, self.flat[at]);
            }
        }
    }
}

/// The parts of a range that begin at its start and at each of `breaks`.
fn segments<'b>(range: &Range<usize>, breaks: &'b [usize]) -> impl Iterator<Item = Range<usize>> + 'b {
    let (start, end) = (range.start, range.end);
    (0..=breaks.len()).map(move |index| {
        let from = index.checked_sub(1).map_or(start, |before| breaks[before]);
        let to = breaks.get(index).copied().unwrap_or(end);
        from..to
    })
}
