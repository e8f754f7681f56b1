//! What is said where a type, an expression or an attribute could not be read.

use super::{
    arguments::{Failed, Reader},
    failure::{Expected, Failure},
    repair::{Inside, Part},
    structure::shorten,
};
use crate::{
    errors::{error, one_of},
    lexer::TokenKind,
    span::Span,
};

impl Reader<'_, '_> {
    /// Reports where a type, an expression or an attribute could not be read.
    pub(super) fn failure(&mut self, failure: Failure, start: usize, end: usize, part: Part) -> Failed {
        if self.failed {
            return Failed;
        }
        let what = match part {
            Part::Type => "type",
            Part::Attribute => "attribute",
            Part::Expr if start > 0 && self.parser.toks[start - 1].text == "where" => "predicate",
            Part::Expr => "value",
        };
        let index = (start..end)
            .find(|index| self.parser.toks[*index].span.end > failure.at)
            .filter(|_| !failure.end);
        let signed = index.is_some_and(|index| index > start && self.parser.toks[index - 1].text == "-");
        let expected = expectations(failure);
        let signed = signed && expected.is_none();
        let expected = expected.unwrap_or_else(|| {
            if signed {
                "a number".to_owned()
            } else {
                format!("something else in the {what}")
            }
        });
        let found = if let Some(index) = index {
            let tok = self.parser.toks[index];
            if tok.kind == TokenKind::BadNumber {
                self.parser.unreadable = true;
                return Failed;
            }
            let found = error(
                "syntax.unexpected_token",
                tok.span,
                format!(
                    "Found `{}` in this {what} where {expected} is expected.",
                    shorten(tok.text)
                ),
            );
            match (part, tok.text) {
                (Part::Type, "|") => found.help(
                    "There are no unions: an `enum` names several values, and `errors` the errors of an endpoint.",
                ),
                (Part::Expr, "-") if self.parser.kind(index + 1) == Some(TokenKind::Duration) => found.help(format!(
                    "A length of time has no sign; a time before now is `now - {}`.",
                    shorten(self.parser.toks[index + 1].text)
                )),
                (Part::Expr, _) if signed => {
                    found.help("A sign stands before numbers only; what is less than nothing is `0 - value`.")
                }
                (Part::Expr, "[" | "{") => {
                    found.help("Lists and structures have no value that could be written here.")
                }
                _ => found,
            }
        } else {
            let last = self.parser.toks[end.max(start + 1) - 1];
            error(
                "syntax.missing_argument",
                last.span,
                format!(
                    "This {what} is not complete: {expected} is missing behind `{}`.",
                    shorten(last.text)
                ),
            )
        };
        let first = self.parser.toks[start].span;
        let far = Span::new(first.start, found.span.start)
            .of(self.parser.text)
            .contains('\n');
        self.parser.errors.push(if far {
            found.related(first, format!("The {what} begins here."))
        } else {
            found
        });
        let inside = Inside { part, start, end };
        self.parser.stopped(index.unwrap_or(end), &[], Some(inside));
        self.failed = true;
        Failed
    }
}

/// What could have stood where a failure is, in few words.
fn expectations(failure: Failure) -> Option<String> {
    const OPERATORS: [&str; 6] = ["`+`", "`-`", "`and`", "`or`", "`in`", "`is`"];
    // Where the text ends inside of brackets, what is missing is their end.
    if failure.end {
        let closing = [Expected::RParen, Expected::RBracket, Expected::RBrace]
            .into_iter()
            .find(|closing| {
                failure.expects(*closing)
                    && !failure.expects(Expected::AType)
                    && !failure.expects(Expected::AValue)
            });
        if let Some(closing) = closing {
            return Some(closing.text().to_owned());
        }
    }
    let operator = failure.expects(Expected::And);
    let value = failure.expects(Expected::AValue);
    let only = failure.expected().count() == 1;
    let mut expected: Vec<&str> = failure
        .expected()
        .filter(|label| !operator || !OPERATORS.contains(label))
        .filter(|label| !value || *label != "`not`")
        // What continues a name is only worth saying where nothing else may follow.
        .filter(|label| only || !matches!(*label, "`.`" | "`(`" | "`?`" | "`ref`"))
        .collect();
    if operator {
        expected.insert(0, "`and` or another operator");
    }
    (!expected.is_empty()).then(|| one_of(&expected))
}
