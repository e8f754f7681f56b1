//! Paths such as `/v1/orders/{id}`.

use super::{arguments::Reader, look_alikes::plain, tokens::Tok};
use crate::{
    ast::{Ident, Path, PathSegment},
    errors::error,
    span::Span,
    vocabulary::Kind,
};

impl<'a> Reader<'_, 'a> {
    /// The parts of a path, and what is wrong with them.
    pub(super) fn path(&mut self, tok: Tok<'a>) -> Path {
        let mut segments = Vec::new();
        let mut at = tok.span.start + 1;
        let mut parts = tok.text[1..].split('/').peekable();
        while let Some(part) = parts.next() {
            let span = Span::new(at, at + part.len() as u32);
            at = span.end + 1;
            let last = parts.peek().is_none();
            if part.is_empty() {
                if tok.text.len() > 1 {
                    let slash = Span::new(span.start - 1, span.start);
                    self.parser.errors.push(
                        error(
                            "syntax.invalid_path",
                            tok.span,
                            format!("The path `{}` ends in `/`.", tok.text),
                        )
                        .fix("Remove the last `/`", slash, ""),
                    );
                }
                continue;
            }
            if let Some(name) = part.strip_prefix('{').filter(|_| !part.contains('}')) {
                self.parser.errors.push(
                    error(
                        "syntax.invalid_path",
                        span,
                        format!("`{part}` has no closing `}}`."),
                    )
                    .fix("Add `}`", Span::empty(span.end), "}"),
                );
                segments.push(PathSegment::Param(Ident {
                    text: name.into(),
                    span: Span::new(span.start + 1, span.end),
                }));
            } else if let Some(name) = part
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
                .filter(|name| !name.starts_with('{'))
            {
                let typed = name.split_once(':').filter(|(name, _)| is_name(name));
                if let Some((name, ty)) = typed {
                    let ty = match ty.trim() {
                        "" => "uuid",
                        ty => ty,
                    };
                    self.parser.errors.push(
                        error(
                            "syntax.invalid_path",
                            span,
                            format!("`{part}` names a type, and a path holds names only."),
                        )
                        .help(format!(
                            "Types of parameters stand in parentheses behind the path: `({name}: {ty})`."
                        ))
                        .fix(
                            format!("Write `{{{name}}}`"),
                            span,
                            format!("{{{name}}}"),
                        ),
                    );
                } else if !is_name(name) {
                    let meant: String = name
                        .chars()
                        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
                        .collect();
                    let found = error(
                        "syntax.invalid_path",
                        span,
                        format!("`{part}` is not a path parameter."),
                    )
                    .help("The name in braces is made of the letters A to Z and a to z, digits and `_`.");
                    self.parser.errors.push(if is_name(&meant) {
                        found.fix(format!("Write `{{{meant}}}`"), span, format!("{{{meant}}}"))
                    } else {
                        found
                    });
                }
                let name = typed.map_or(name, |(name, _)| name);
                let again =
                    |part: &PathSegment| matches!(part, PathSegment::Param(known) if known.text == name);
                if segments.iter().any(again) {
                    self.parser.errors.push(
                        error(
                            "syntax.invalid_path",
                            span,
                            format!("The path names `{part}` twice."),
                        )
                        .help("Give one of the two another name."),
                    );
                }
                segments.push(PathSegment::Param(Ident {
                    text: name.into(),
                    span: Span::new(span.start + 1, span.start + 1 + name.len() as u32),
                }));
            } else if part == "**" && last {
                self.parser.errors.push(
                    error("syntax.invalid_path", span, "`**` is one `*` too many.")
                        .help("`*` stands for all that follows.")
                        .fix("Write `*`", span, "*"),
                );
                segments.push(PathSegment::Star);
            } else if let Some(name) = embraced(part) {
                self.parser.errors.push(
                    error(
                        "syntax.invalid_path",
                        span,
                        format!("`{part}` is not how a path parameter is written."),
                    )
                    .help(format!("A path parameter is written `{{{name}}}`."))
                    .fix(format!("Write `{{{name}}}`"), span, format!("{{{name}}}")),
                );
                segments.push(PathSegment::Param(Ident {
                    text: name.into(),
                    span,
                }));
            } else if part == "*" {
                if last && self.form.kind != Kind::Route {
                    self.parser.errors.push(
                        error(
                            "syntax.invalid_path",
                            span,
                            "`*` can only stand in the path of a route.",
                        )
                        .help("An endpoint names what its path varies in: `{name}`."),
                    );
                }
                if !last {
                    self.parser.errors.push(
                        error(
                            "syntax.invalid_path",
                            span,
                            "`*` can only be the last part of a path.",
                        )
                        .help("Name the part instead: `{name}`."),
                    );
                }
                segments.push(PathSegment::Star);
            } else {
                if let Some(wrong) = part
                    .chars()
                    .find(|c| !(c.is_ascii_alphanumeric() || "._~-".contains(*c)))
                {
                    let found = error(
                        "syntax.invalid_path",
                        span,
                        format!("`{wrong}` cannot stand in a path."),
                    );
                    self.parser.errors.push(match part.strip_prefix(':').or_else(|| part.strip_prefix('<')) {
                        Some(name) if is_name(name.trim_end_matches('>')) => {
                            let name = name.trim_end_matches('>');
                            found
                                .help(format!("A path parameter is written `{{{name}}}`."))
                                .fix(format!("Write `{{{name}}}`"), span, format!("{{{name}}}"))
                        }
                        _ if !wrong.is_ascii() && is_segment(&plain(part)) => {
                            let meant = plain(part);
                            found
                                .help("The parts of a path are made of letters, digits and `. _ ~ -`.")
                                .fix(format!("Write `{meant}`"), span, meant)
                        }
                        _ if wrong == '?' => {
                            let query = span.start + part.find('?').unwrap_or_default() as u32;
                            found
                                .help("Query parameters are declared in parentheses behind the path: `(status: string)`.")
                                .fix("Remove the query", Span::new(query, tok.span.end), "")
                        }
                        _ => found.help(
                            "The parts of a path are made of letters, digits and `. _ ~ -`, or are one parameter in braces.",
                        ),
                    });
                }
                segments.push(PathSegment::Literal(part.into()));
            }
        }
        Path {
            text: tok.text.into(),
            segments,
            span: tok.span,
        }
    }
}

/// The name in `${id}`, `{{id}}`, `{id}?` or `[id]`.
fn embraced(part: &str) -> Option<&str> {
    let inner = part
        .trim_start_matches(['$', '{', '['])
        .trim_end_matches(['?', '}', ']']);
    (inner != part && part.starts_with(['$', '{', '[']) && is_name(inner)).then_some(inner)
}

/// Whether `text` may be a fixed part of a path, or `*`.
fn is_segment(text: &str) -> bool {
    text == "*"
        || (!text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c)))
}

fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && text.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}
