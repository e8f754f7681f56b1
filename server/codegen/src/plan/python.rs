//! As much of Python as a plan needs: whether brackets and indentation hold, and which definitions a file has.

/// Follows strings, brackets and indentation.
///
/// # Errors
///
/// The first place that cannot be Python, as the end of a sentence. What passes may still be wrong; this finds what a
/// merge of lines breaks: halves of brackets, strings and blocks.
pub(super) fn check(text: &str) -> Result<(), String> {
    let mut scanner = Scanner::default();
    let mut indents = vec![0_usize];
    let mut block_opened_at: Option<usize> = None;
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let starts_statement = scanner.brackets.is_empty() && scanner.string.is_none() && !scanner.continued;
        let content = line.trim_start_matches([' ', '\t']);
        if starts_statement && !content.is_empty() && !content.starts_with('#') {
            let indent = line.len() - content.len();
            let top = indents.last().copied().unwrap_or(0);
            if block_opened_at.is_some() && indent <= top {
                return Err(format!("has a block without a body before line {number}"));
            }
            if indent > top {
                if block_opened_at.is_none() {
                    return Err(format!("is indented without a reason in line {number}"));
                }
                indents.push(indent);
            } else {
                while indents.last().is_some_and(|open| *open > indent) {
                    indents.pop();
                }
                if indents.last() != Some(&indent) {
                    return Err(format!("goes back to an indentation that line {number} makes up"));
                }
            }
            block_opened_at = None;
        }
        scanner.line(line, number)?;
        let ends_statement = scanner.brackets.is_empty() && scanner.string.is_none() && !scanner.continued;
        if ends_statement && scanner.last == Some(':') {
            block_opened_at = Some(number);
        }
    }
    if let Some((open, line)) = scanner.brackets.last() {
        return Err(format!("never closes the `{open}` of line {line}"));
    }
    if scanner.string.is_some() {
        return Err("never closes a string of several lines".to_owned());
    }
    if block_opened_at.is_some() {
        return Err("ends where a block should begin".to_owned());
    }
    Ok(())
}

/// Strings and brackets over lines.
#[derive(Default)]
struct Scanner {
    brackets: Vec<(char, usize)>,
    /// The quote of the open string of several lines.
    string: Option<&'static str>,
    /// The line ended in a backslash.
    continued: bool,
    /// The last character of code (no blanks, no comment) of the statement so far.
    last: Option<char>,
}

impl Scanner {
    fn line(&mut self, line: &str, number: usize) -> Result<(), String> {
        if !self.continued && self.brackets.is_empty() && self.string.is_none() {
            self.last = None;
        }
        self.continued = false;
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            if let Some(quote) = self.string {
                match end_of_string(rest, quote) {
                    Some(end) => {
                        self.string = None;
                        self.last = Some('"');
                        rest = &rest[end..];
                        continue;
                    }
                    None => return Ok(()),
                }
            }
            match first {
                '#' => return Ok(()),
                '"' | '\'' => {
                    let triple = if first == '"' { "\"\"\"" } else { "'''" };
                    if let Some(body) = rest.strip_prefix(triple) {
                        self.string = Some(triple);
                        rest = body;
                        continue;
                    }
                    let quote = &triple[..1];
                    let Some(end) = end_of_string(&rest[1..], quote) else {
                        if line.ends_with('\\') {
                            return Ok(());
                        }
                        return Err(format!("never closes the string of line {number}"));
                    };
                    self.last = Some('"');
                    rest = &rest[1 + end..];
                    continue;
                }
                '(' | '[' | '{' => self.brackets.push((first, number)),
                ')' | ']' | '}' => {
                    let fits = matches!(
                        (self.brackets.pop(), first),
                        (Some(('(', _)), ')') | (Some(('[', _)), ']') | (Some(('{', _)), '}')
                    );
                    if !fits {
                        return Err(format!("closes a `{first}` in line {number} that nothing opens"));
                    }
                }
                '\\' if rest.len() == 1 => {
                    self.continued = true;
                    return Ok(());
                }
                _ => {}
            }
            if !first.is_whitespace() {
                self.last = Some(first);
            }
            rest = &rest[first.len_utf8()..];
        }
        Ok(())
    }
}

/// Where the string ends (behind its quote), if it ends in this line.
fn end_of_string(text: &str, quote: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(quote) {
            return Some(at + quote.len());
        }
        let mut letters = rest.chars();
        let letter = letters.next()?;
        at += letter.len_utf8();
        if letter == '\\' {
            at += letters.next().map_or(0, char::len_utf8);
        }
    }
    None
}

/// A function, method or class, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition {
    /// `OrderRules.place`: the classes it stands in and its own name.
    pub(super) name: String,
    /// Decorators, head and body, ending in a newline.
    pub(super) text: String,
}

/// The definitions of a file: classes and functions at top level, and the methods of classes.
pub(super) fn definitions(text: &str) -> Vec<Definition> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    let mut classes: Vec<(usize, String)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let content = line.trim_start();
        let indent = line.len() - content.len();
        let Some((is_class, name)) = head(content) else {
            continue;
        };
        classes.retain(|(outer, _)| *outer < indent);
        let outer: Vec<&str> = classes.iter().map(|(_, name)| name.as_str()).collect();
        if indent > 0 && outer.is_empty() {
            continue;
        }
        let name_in_full = outer.iter().copied().chain([name]).collect::<Vec<_>>().join(".");
        found.push(Definition {
            name: name_in_full,
            text: block(&lines, at, indent),
        });
        if is_class {
            classes.push((indent, name.to_owned()));
        }
    }
    found
}

/// Whether a file gets a name at top level by other means than defining it: by import or by assignment.
pub(super) fn binds(text: &str, name: &str) -> bool {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut in_import = false;
    text.lines().any(|line| {
        let imports = line.starts_with("from ") || line.starts_with("import ");
        let here = imports || in_import;
        in_import = here && line.contains('(') && !line.contains(')') || in_import && !line.contains(')');
        let word = || line.split(|letter| !is_name(letter)).any(|word| word == name);
        let assigned = || {
            line.strip_prefix(name).is_some_and(|rest| {
                let rest = rest.trim_start();
                rest.starts_with(':') || (rest.starts_with('=') && !rest.starts_with("=="))
            })
        };
        if here { word() } else { assigned() }
    })
}

fn head(content: &str) -> Option<(bool, &str)> {
    let (is_class, rest) = if let Some(rest) = content.strip_prefix("class ") {
        (true, rest)
    } else {
        (
            false,
            content
                .strip_prefix("async ")
                .unwrap_or(content)
                .strip_prefix("def ")?,
        )
    };
    let end = rest
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(rest.len());
    (end > 0).then(|| (is_class, &rest[..end]))
}

/// The decorators above and the lines below that are indented deeper; a head over several lines ends at a bracket
/// that stands at the head's own indentation.
fn block(lines: &[&str], at: usize, indent: usize) -> String {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut start = at;
    while start > 0 && depth(lines[start - 1]) == indent && lines[start - 1].trim_start().starts_with('@') {
        start -= 1;
    }
    let mut end = at + 1;
    let mut last = at;
    while let Some(line) = lines.get(end) {
        let blank = line.trim().is_empty();
        let closes = depth(line) == indent && line.trim_start().starts_with(')');
        if !blank && depth(line) <= indent && !closes {
            break;
        }
        if !blank {
            last = end;
        }
        end += 1;
    }
    lines[start..=last]
        .iter()
        .flat_map(|line| [*line, "\n"])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_as_people_write_it_passes() {
        let text = "\"\"\"Docs with ( and 'quotes'.\n\n  indented\n\"\"\"\n\nimport os  # (\n\n\n@decorated(\n    1,\n)\nasync \
                    def f(\n    a: int,\n) -> dict[str, int]:\n    if a == ')':\n        return {'x': 1}  # }\n    # \
                    comment\n\n    else_ = f\"{a:>3}\" + \\\n  '#'\n    return {}\n\n\nclass A: ...\n\nx = [\n1,\n]\n";
        assert_eq!(check(text), Ok(()));
        assert_eq!(check(""), Ok(()));
    }

    #[test]
    fn what_merges_break_is_found() {
        for text in [
            "def f(:\n    pass\n",
            "x = (1,\n",
            "x = 'a\n",
            "x = \"\"\"a\n",
            "def f():\nreturn 1\n",
            "def f():\n",
            "x = 1\n    y = 2\n",
            "if x:\n        a\n    b\n",
            "x = 1)\n",
            "x = (1]\n",
        ] {
            assert!(check(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn definitions_come_with_decorators_and_bodies() {
        let text = "import x\n\nclass Rules:\n    @override\n    async def place(\n        self,\n    ) -> int:\n        \
                    return 1\n\n    def cancel(self) -> None: ...\n\n\ndef top():\n    def inner():\n        pass\n    return \
                    inner\n";
        let found = definitions(text);
        let names: Vec<&str> = found.iter().map(|definition| definition.name.as_str()).collect();
        assert_eq!(names, ["Rules", "Rules.place", "Rules.cancel", "top"]);
        assert_eq!(
            found[1].text,
            "    @override\n    async def place(\n        self,\n    ) -> int:\n        return 1\n"
        );
    }
}
