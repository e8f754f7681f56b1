//! Predicates and values as other languages write them.

use super::{Drafts, Head, Inside};
use crate::{
    lexer::{TokenKind, size_unit},
    parser::literals::unit_meant,
};

impl Head<'_, '_> {
    /// Edits of an expression that could not be read.
    pub(super) fn expressions(self, at: usize, inside: Inside, drafts: &mut Drafts) {
        let Inside { start, end, .. } = inside;
        let found = self.word(at);
        let comparing = "Values are compared with `==`, `!=`, `<`, `<=`, `>` and `>=`.";
        let joining = "Predicates are joined with `and`, `or` and `not`.";
        match self.kind(at) {
            Some(TokenKind::Assign) => drafts.0.push(self.replace(at, at + 1, "==").helping(comparing)),
            Some(TokenKind::Bang) => drafts.0.push(
                self.replace(at, at + 1, "not ")
                    .titled("Write `not`")
                    .helping(joining),
            ),
            Some(TokenKind::Invalid) if found == "|" => {
                drafts.0.push(self.replace(at, at + 1, "or").helping(joining));
            }
            Some(TokenKind::Invalid) if found == "&" => {
                drafts.0.push(self.replace(at, at + 1, "and").helping(joining));
            }
            Some(TokenKind::Comma) => drafts.0.push(self.replace(at, at + 1, "and").helping(joining)),
            Some(TokenKind::Dot) if self.kind(at + 1) == Some(TokenKind::Int) => drafts.0.push(
                self.replace(at, at + 2, format!("0.{}", self.word(at + 1)))
                    .saying("A digit stands before the point of a number."),
            ),
            Some(
                TokenKind::Less
                | TokenKind::LessEqual
                | TokenKind::Greater
                | TokenKind::GreaterEqual
                | TokenKind::Equal,
            ) if at > start => drafts.0.push(
                self.insert(at, &format!("and {}", self.word(at - 1)))
                    .helping("A comparison has two sides; two comparisons are joined with `and`."),
            ),
            Some(TokenKind::Ident) => self.words(at, start, drafts),
            Some(TokenKind::LParen) if self.word(at.wrapping_sub(1)) == "in" => {
                if let Some(close) = self.closing(at) {
                    drafts.0.push(
                        self.replace(at, close + 1, format!("[{}]", self.source(at + 1, close)))
                            .helping("The values behind `in` stand in brackets."),
                    );
                }
            }
            _ => {}
        }
        // Behind `in`, one value without brackets.
        if let Some(listed) = [Some(at), at.checked_sub(1)]
            .into_iter()
            .flatten()
            .find(|index| *index > start && self.word(*index - 1) == "in" && *index < end)
        {
            drafts.0.push(
                self.replace(listed, listed + 1, format!("[{}]", self.word(listed)))
                    .helping("The values behind `in` stand in brackets."),
            );
        }
        if at < end && at > start {
            for (sign, help) in [("==", comparing), ("and", joining)] {
                drafts.0.push(self.insert(at, sign).helping(help));
            }
        }
    }

    /// A word that is another one here.
    fn words(self, at: usize, start: usize, drafts: &mut Drafts) {
        let found = self.word(at);
        let before = self.word(at.wrapping_sub(1));
        let lower = found.to_ascii_lowercase();
        let meant = match lower.as_str() {
            "and" | "or" | "not" | "in" | "is" | "null" | "true" | "false" if lower != found => {
                Some(lower.as_str())
            }
            "none" | "nil" | "undefined" => Some("null"),
            "eq" | "equals" => Some("=="),
            "ne" => Some("!="),
            "lt" => Some("<"),
            "le" | "lte" => Some("<="),
            "gt" => Some(">"),
            "ge" | "gte" => Some(">="),
            _ => None,
        };
        if let Some(meant) = meant {
            drafts
                .0
                .push(self.replace(at, at + 1, meant).titled(format!("Write `{meant}`")));
        }
        if let Some(unit) = unit_meant(found).or_else(|| size_unit(found).map(|_| found))
            && self.kind(at.wrapping_sub(1)) == Some(TokenKind::Int)
        {
            drafts.0.push(
                self.replace(at - 1, at + 1, format!("{before}{unit}"))
                    .saying(format!(
                        "`{before} {found}` has a blank inside: number and unit are one word."
                    )),
            );
        }
        // `a is placed`, `a is not placed`.
        let isnt = before == "not" && at >= 2 && self.word(at - 2) == "is";
        if before == "is" || isnt {
            let (from, sign) = if isnt { (at - 2, "!=") } else { (at - 1, "==") };
            drafts.0.push(
                self.replace(from, at + 1, format!("{sign} {found}"))
                    .helping("Only `null` stands behind `is`; values are compared with `==`."),
            );
        }
        // `a not in [b]`.
        if found == "not" && self.word(at + 1) == "in" {
            let mut from = at - usize::from(at > start);
            while from >= start + 2 && self.kind(from - 1) == Some(TokenKind::Dot) {
                from -= 2;
            }
            let left = self.source(from, at);
            drafts.0.push(
                self.replace(from, at + 1, format!("not {left}"))
                    .saying("`not` stands before the whole comparison.")
                    .helping(format!("Write `not {left} in […]`.")),
            );
        }
    }
}
