//! The codes of syntax errors, and how their messages are put together.

use crate::{
    ast::{SyntaxError, SyntaxFix},
    span::Span,
};

/// Each code with one line of explanation. Codes are stable.
pub static CODES: &[(&str, &str)] = &[
    (
        "syntax.duplicate_statement",
        "A statement that may stand once stands twice in the same block.",
    ),
    (
        "syntax.invalid_character",
        "A character that has no meaning in the language, or not inside a name.",
    ),
    (
        "syntax.invalid_escape",
        "A backslash in a string is followed by something that is no escape.",
    ),
    (
        "syntax.invalid_literal",
        "A number, date, duration, size or version that does not exist or is too large.",
    ),
    (
        "syntax.invalid_path",
        "A path that does not follow the rules for paths.",
    ),
    (
        "syntax.misplaced_documentation",
        "Documentation that stands behind something instead of above it.",
    ),
    (
        "syntax.misplaced_statement",
        "A statement that exists, but not in this block.",
    ),
    (
        "syntax.missing_argument",
        "A statement ends before everything that it needs is there.",
    ),
    (
        "syntax.missing_block",
        "The `{ … }` that a construct needs is not there.",
    ),
    (
        "syntax.too_deep",
        "Blocks or expressions are nested too deeply or are too long to be read.",
    ),
    (
        "syntax.unclosed_block",
        "A block, list or parenthesis is opened and never closed.",
    ),
    (
        "syntax.unexpected_close",
        "A closing brace without an opening one.",
    ),
    (
        "syntax.unexpected_token",
        "Something stands where something else is expected.",
    ),
    (
        "syntax.unknown_item",
        "The top level has no construct with this word.",
    ),
    (
        "syntax.unknown_statement",
        "No block has a statement with this word.",
    ),
    (
        "syntax.unknown_word",
        "A word that is not in the list of words allowed in its place.",
    ),
    ("syntax.unterminated_string", "A string does not end on its line."),
];

/// An error without help, related place or fix.
pub(crate) fn error(code: &'static str, span: Span, message: impl Into<String>) -> SyntaxError {
    SyntaxError {
        code,
        message: message.into(),
        help: None,
        span,
        related: None,
        fix: None,
    }
}

impl SyntaxError {
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related = Some((span, message.into()));
        self
    }

    pub(crate) fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(SyntaxFix {
            title: title.into(),
            span,
            text: text.into(),
        });
        self
    }
}

/// `a`, `b` or `c`.
pub(crate) fn one_of(words: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push_str(if at + 1 == words.len() { " or " } else { ", " });
        }
        text.push_str(word.as_ref());
    }
    text
}

/// The same with backticks around each.
pub(crate) fn one_of_words(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    one_of(&quoted)
}

/// The candidate that `word` was most likely meant to be.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let longest = match word.chars().count() {
        3..=4 => 1,
        5..=8 => 2,
        9..=40 => 3,
        // Too short to say, or so long that nobody meant it, and comparing would take its time.
        _ => return None,
    };
    let lower = word.to_ascii_lowercase();
    candidates
        .filter(|candidate| !candidate.is_empty())
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_ascii_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= longest && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_explained() {
        assert!(CODES.is_sorted());
        assert!(
            CODES
                .iter()
                .all(|(code, line)| code.starts_with("syntax.") && line.ends_with('.'))
        );
    }

    #[test]
    fn suggestions_are_near() {
        let words = ["service", "system", "store"];
        assert_eq!(did_you_mean("servce", words.into_iter()), Some("service"));
        assert_eq!(did_you_mean("Service", words.into_iter()), Some("service"));
        assert_eq!(did_you_mean("endpoint", words.into_iter()), None);
    }
}
