//! Templates: one strict environment, and filters that put names and text into a target's syntax.

use std::fmt::Write as _;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use crate::generate::GenError;
use crate::names;

/// The templates of one stack.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// An environment over templates given by name and text.
    ///
    /// A name that is missing in the data is an error, never an empty string. Blocks take their whole line
    /// (`trim_blocks`, `lstrip_blocks`), final newlines stay, and nothing is escaped.
    ///
    /// # Errors
    ///
    /// A template that does not parse.
    pub fn new(templates: impl IntoIterator<Item = (&'static str, &'static str)>) -> Result<Self, GenError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()
            .map_err(|error| GenError::template("syntax", &error))?;
        environment.set_syntax(syntax);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        add_filters(&mut environment);
        for (name, text) in templates {
            environment
                .add_template(name, text)
                .map_err(|error| GenError::template(name, &error))?;
        }
        Ok(Self { environment })
    }

    /// Renders one template.
    ///
    /// # Errors
    ///
    /// An unknown template, a name that the data lacks, or a filter that refuses its input: bugs of the stack, said
    /// with template and line.
    pub fn render(&self, name: &str, data: impl Serialize) -> Result<String, GenError> {
        self.environment
            .get_template(name)
            .and_then(|template| template.render(Value::from(Serde(&data))))
            .map_err(|error| GenError::template(name, &error))
    }

    /// The environment, for a stack that needs filters or functions of its own.
    pub fn environment_mut(&mut self) -> &mut Environment<'static> {
        &mut self.environment
    }
}

fn add_filters(environment: &mut Environment<'static>) {
    environment.add_filter("snake", |name: &str| names::snake(name));
    environment.add_filter("pascal", |name: &str| names::pascal(name));
    environment.add_filter("camel", |name: &str| names::camel(name));
    environment.add_filter("kebab", |name: &str| names::kebab(name));
    environment.add_filter("constant", |name: &str| names::constant(name));
    environment.add_filter("sentence", |name: &str| names::sentence(name));
    environment.add_filter("plural", |name: &str| names::plural(name));
    environment.add_filter("python_identifier", |name: &str| names::python_identifier(name));
    environment.add_filter("sql_identifier", |name: &str| names::sql_identifier(name));
    environment.add_filter("python_string", |text: &str| python_string(text));
    environment.add_filter("sql_string", |text: &str| {
        format!("'{}'", text.replace('\'', "''"))
    });
    environment.add_filter("json_string", json_string);
    environment.add_filter("toml_string", |text: &str| {
        toml_edit::Value::from(text).to_string().trim().to_owned()
    });
    environment.add_filter("comment", |text: &str, mark: &str| comment(text, mark));
    environment.add_filter("wrap", |text: &str, width: usize| wrap(text, width).join("\n"));
}

/// A Python string literal as `ruff format` leaves it: in double quotes, or in single ones where that saves escapes.
#[must_use]
pub fn python_string(text: &str) -> String {
    let fewer_escapes = text.matches('"').count() > text.matches('\'').count();
    let quote = if fewer_escapes { '\'' } else { '"' };
    let mut literal = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ if letter == quote => {
                literal.push('\\');
                literal.push(letter);
            }
            _ if u32::from(letter) < 0x20 || u32::from(letter) == 0x7f => {
                let _ = write!(literal, "\\x{:02x}", u32::from(letter));
            }
            // Invisible and direction-changing characters hide code from its readers.
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                let _ = write!(literal, "\\u{:04x}", u32::from(letter));
            }
            _ => literal.push(letter),
        }
    }
    literal.push(quote);
    literal
}

fn json_string(text: &str) -> Result<String, Error> {
    serde_json::to_string(text).map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))
}

/// Every line of `text` behind a comment mark, without trailing blanks.
fn comment(text: &str, mark: &str) -> String {
    text.lines()
        .map(|line| format!("{mark} {line}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Breaks text at blanks so that no line has more than `width` characters, where words allow it. Line breaks in the
/// text stay.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let needed = line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && needed > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &'static str, data: &serde_json::Value) -> Result<String, GenError> {
        Templates::new([("t", template)]).and_then(|templates| templates.render("t", data))
    }

    #[test]
    fn a_missing_name_is_an_error_with_its_place() {
        let error = render("a\n{{ missing }}\n", &serde_json::json!({})).expect_err("undefined");
        assert!(error.message.contains("line 2"), "{}", error.message);
    }

    #[test]
    fn blocks_leave_no_empty_lines() {
        let text = render(
            "{% if yes %}\n  x\n  {% endif %}\ny\n",
            &serde_json::json!({"yes": true}),
        );
        assert_eq!(text, Ok("  x\ny\n".to_owned()));
    }

    #[test]
    fn python_strings_survive_any_text() {
        assert_eq!(python_string("plain"), "\"plain\"");
        assert_eq!(python_string("say \"hi\""), "'say \"hi\"'");
        assert_eq!(python_string("it's \"odd\"\\"), "'it\\'s \"odd\"\\\\'");
        assert_eq!(python_string("a\nb\u{0}\u{202e}"), "\"a\\nb\\x00\\u202e\"");
    }

    #[test]
    fn text_wraps_at_words() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("unbreakable", 3), ["unbreakable"]);
        assert_eq!(comment("a\n\nb", "#"), "# a\n#\n# b");
    }

    #[test]
    fn filters_quote_for_their_target() {
        let data = serde_json::json!({"x": "O'Brien \"B\""});
        assert_eq!(
            render("{{ x | sql_string }}", &data),
            Ok("'O''Brien \"B\"'".to_owned())
        );
        assert_eq!(
            render("{{ x | json_string }}", &data),
            Ok("\"O'Brien \\\"B\\\"\"".to_owned())
        );
    }
}
