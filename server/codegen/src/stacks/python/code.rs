//! Python text: docstrings, lines that fit, and import blocks as `ruff` leaves them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// The formatter's line length, also in the generated `pyproject.toml`.
pub(super) const WIDTH: usize = 120;

/// `one_line` when it fits behind `indent` blanks, else `exploded` (which is given with its own indentation).
pub(super) fn fit(indent: usize, one_line: &str, exploded: impl FnOnce() -> String) -> String {
    if indent + one_line.chars().count() <= WIDTH {
        one_line.to_owned()
    } else {
        exploded()
    }
}

/// A docstring at `indent`, without the first line's indentation and without the final line break.
pub(super) fn docstring(text: &str, indent: usize) -> String {
    let safe = text
        .replace('\\', "\\\\")
        .replace('\t', "    ")
        .replace("\"\"\"", "\\\"\\\"\\\"");
    let lines: Vec<&str> = safe.trim().lines().map(str::trim_end).collect();
    let Some((first, rest)) = lines.split_first() else {
        return "\"\"\"Undocumented.\"\"\"".to_owned();
    };
    let first = first
        .strip_prefix('"')
        .map_or_else(|| (*first).to_owned(), |tail| format!("\\\"{tail}"));
    if rest.is_empty() {
        let closed = first.strip_suffix('"').filter(|head| !head.ends_with('\\'));
        let body = closed.map_or_else(|| first.clone(), |head| format!("{head}\\\""));
        return format!("\"\"\"{body}\"\"\"");
    }
    let blanks = " ".repeat(indent);
    let mut text = format!("\"\"\"{first}\n");
    for line in rest {
        if !line.is_empty() {
            text.push_str(&blanks);
            text.push_str(line);
        }
        text.push('\n');
    }
    text.push_str(&blanks);
    text.push_str("\"\"\"");
    text
}

/// The first paragraph of documentation in one line, or `fallback`.
pub(super) fn summary(docs: &str, fallback: &str) -> String {
    let first: Vec<&str> = docs
        .trim()
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    if first.is_empty() {
        fallback.to_owned()
    } else {
        first.join(" ")
    }
}

/// Where names come from: name to module. Only names that begin with a capital, and `dt`.
pub(super) type Origins = BTreeMap<String, String>;

/// Replaces the line `# imports` by the import block: what the lines `# import module: a, b` above it ask for, and the
/// origin of every capitalised name that the code mentions. `module` is the file's own module.
pub(super) fn with_imports(text: &str, module: &str, origins: &Origins) -> String {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut kept = String::new();
    for line in text.lines() {
        let Some((from, what)) = line
            .strip_prefix("# import ")
            .and_then(|rest| rest.split_once(':'))
        else {
            kept.push_str(line);
            kept.push('\n');
            continue;
        };
        let names = what
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        wanted.entry(from.to_owned()).or_default().extend(names);
    }
    let Some((head, body)) = kept.split_once("# imports\n") else {
        return kept;
    };
    for name in names_in(body) {
        if let Some(from) = origins.get(&name).filter(|from| *from != module) {
            wanted.entry(from.clone()).or_default().insert(name);
        }
    }
    let block = import_block(&wanted);
    if block.is_empty() {
        return format!("{head}{}", body.trim_start_matches('\n'));
    }
    format!("{head}{block}{body}")
}

/// Capitalised names and `dt`, outside of strings and comments and not behind a dot.
fn names_in(code: &str) -> BTreeSet<String> {
    let letters: Vec<char> = code.chars().collect();
    let mut found = BTreeSet::new();
    let mut at = 0;
    let mut previous = ' ';
    while at < letters.len() {
        let letter = letters[at];
        if letter == '#' {
            while at < letters.len() && letters[at] != '\n' {
                at += 1;
            }
        } else if letter == '"' || letter == '\'' {
            at = after_string(&letters, at);
            previous = '"';
        } else if letter.is_ascii_alphabetic() || letter == '_' {
            let start = at;
            while at < letters.len() && (letters[at].is_ascii_alphanumeric() || letters[at] == '_') {
                at += 1;
            }
            let name: String = letters[start..at].iter().collect();
            let capital = letter.is_ascii_uppercase() || name == "dt";
            if capital && previous != '.' {
                found.insert(name);
            }
            previous = 'a';
        } else {
            if !letter.is_whitespace() {
                previous = letter;
            }
            at += 1;
        }
    }
    found
}

/// The position behind the string literal that begins at `at`.
fn after_string(letters: &[char], at: usize) -> usize {
    let quote = letters[at];
    let triple = letters.get(at + 1) == Some(&quote) && letters.get(at + 2) == Some(&quote);
    let mut here = at + if triple { 3 } else { 1 };
    while here < letters.len() {
        if letters[here] == '\\' {
            here += 2;
        } else if letters[here] != quote {
            here += 1;
        } else if !triple {
            return here + 1;
        } else if letters.get(here + 1) == Some(&quote) && letters.get(here + 2) == Some(&quote) {
            return here + 3;
        } else {
            here += 1;
        }
    }
    here
}

fn import_block(wanted: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut sections: [Vec<(bool, String, String)>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    for (module, names) in wanted {
        let (plain, module_name) = match module.strip_suffix('!') {
            Some(name) => (true, name),
            None => (false, module.as_str()),
        };
        let line = if plain {
            let alias = names.first().filter(|alias| alias.as_str() != module_name);
            alias.map_or_else(
                || format!("import {module_name}"),
                |alias| format!("import {module_name} as {alias}"),
            )
        } else {
            from_import(module_name, names)
        };
        sections[section_of(module_name)].push((!plain, module_name.to_owned(), line));
    }
    let mut blocks = Vec::new();
    for mut section in sections {
        section.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| natural(&one.1, &other.1)));
        let lines: Vec<String> = section.into_iter().map(|(_, _, line)| line).collect();
        if !lines.is_empty() {
            blocks.push(lines.join("\n") + "\n");
        }
    }
    blocks.join("\n")
}

fn from_import(module: &str, names: &BTreeSet<String>) -> String {
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_by(|one, other| {
        kind_of(one)
            .cmp(&kind_of(other))
            .then_with(|| natural(one, other))
    });
    let joined = sorted
        .iter()
        .map(|name| name.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    fit(0, &format!("from {module} import {joined}"), || {
        let lines: Vec<String> = sorted.iter().map(|name| format!("    {name},\n")).collect();
        format!("from {module} import (\n{})", lines.concat())
    })
}

/// Constants, then classes, then the rest: `ruff`'s order of imported names.
fn kind_of(name: &str) -> u8 {
    let has_lower = name.chars().any(char::is_lowercase);
    if name.len() > 1 && !has_lower {
        0
    } else {
        u8::from(!name.starts_with(char::is_uppercase)) + 1
    }
}

fn section_of(module: &str) -> usize {
    const STANDARD: [&str; 13] = [
        "asyncio",
        "base64",
        "collections",
        "contextlib",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "json",
        "pathlib",
        "secrets",
        "typing",
        "uuid",
    ];
    let root = module.split('.').next().unwrap_or(module);
    match root {
        "app" | "dev" | "tests" => 2,
        _ if STANDARD.contains(&root) => 0,
        _ => 1,
    }
}

/// Case does not count, and runs of digits compare as numbers.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.chars().peekable(), other.chars().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return one.cmp(other),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (a, b) = (number(&mut left), number(&mut right));
                let order = a.len().cmp(&b.len()).then_with(|| a.cmp(&b));
                if order != Ordering::Equal {
                    return order;
                }
            }
            (Some(a), Some(b)) => {
                let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
                if order != Ordering::Equal {
                    return order;
                }
                left.next();
                right.next();
            }
        }
    }
}

fn number(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut digits = String::new();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_follow_the_code_and_not_its_strings() {
        let origins: Origins = [
            ("UUID", "uuid"),
            ("Order", "app.domain.entities"),
            ("Field", "pydantic"),
        ]
        .map(|(name, module)| (name.to_owned(), module.to_owned()))
        .into();
        let text = "\"\"\"Order\"\"\"\n\n# import app.db: tables\n# imports\n\n# Field\nx: UUID = \"Order\" + a.Field\ny = Order()\n";
        let expected = "\"\"\"Order\"\"\"\n\nfrom uuid import UUID\n\nfrom app.db import tables\nfrom app.domain.entities import Order\n\n# Field\nx: UUID = \"Order\" + a.Field\ny = Order()\n";
        assert_eq!(with_imports(text, "app.x", &origins), expected);
    }

    #[test]
    fn imported_names_stand_in_ruffs_order() {
        let names = ["select", "UUID", "Order10", "Order9", "ARRAY", "aB"]
            .map(str::to_owned)
            .into();
        assert_eq!(
            from_import("m", &names),
            "from m import ARRAY, UUID, Order9, Order10, aB, select"
        );
    }

    #[test]
    fn docstrings_hold_any_text() {
        assert_eq!(docstring("say \"x\"", 0), "\"\"\"say \"x\\\"\"\"\"");
        assert_eq!(docstring("a\\b\n\n  c", 4), "\"\"\"a\\\\b\n\n      c\n    \"\"\"");
        assert_eq!(docstring("", 0), "\"\"\"Undocumented.\"\"\"");
    }
}
