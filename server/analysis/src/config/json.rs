//! JSON with its keys in the order in which they were written, printed for people.

use std::fmt::Write;

/// A value, as far as a schema needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    False,
    Number(u32),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The value as text: two spaces per level, short lists on one line, a line end behind it.
    pub(super) fn print(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Self::False => out.push_str("false"),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                let short = items
                    .iter()
                    .all(|item| !matches!(item, Self::List(_) | Self::Object(_)));
                lines(out, depth, ['[', ']'], items, short, |item, out| {
                    item.write(out, depth + 1);
                });
            }
            Self::Object(pairs) => lines(out, depth, ['{', '}'], pairs, false, |(key, value), out| {
                quote(key, out);
                out.push_str(": ");
                value.write(out, depth + 1);
            }),
        }
    }
}

/// Writes items between brackets: one per line, or all in one.
fn lines<T>(
    out: &mut String,
    depth: usize,
    [open, close]: [char; 2],
    items: &[T],
    short: bool,
    write: impl Fn(&T, &mut String),
) {
    let end = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(if short { ", " } else { "," });
        }
        if !short {
            end(out, depth + 1);
        }
        write(item, out);
    }
    if !short && !items.is_empty() {
        end(out, depth);
    }
    out.push(close);
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                // A string takes everything.
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::Json::{False, List, Number, Object, Text};

    #[test]
    fn it_is_json_in_the_order_given() {
        let value = Object(vec![
            (
                "b".into(),
                List(vec![Number(1), Text("a \"b\"\n\\\u{7}é".into())]),
            ),
            ("a".into(), Object(vec![])),
            ("c".into(), List(vec![Object(vec![("x".into(), False)])])),
        ]);
        let expected = "{\n  \"b\": [1, \"a \\\"b\\\"\\n\\\\\\u0007é\"],\n  \"a\": {},\n  \"c\": [\n    {\n      \"x\": false\n    }\n  ]\n}\n";
        assert_eq!(value.print(), expected);
    }
}
