//! Reading the lock, line by line.

use std::ops::Range;

use smol_str::SmolStr;

use super::{ACCEPTED, Accepted, FINDINGS, Lock, Problem, Record, VERSION};
use crate::diagnostic::Severity;

/// Where lines belong.
enum Table {
    Top,
    Record,
    Accepted,
    Findings,
}

/// What a line cannot be read for.
struct Unreadable(String);

impl From<String> for Unreadable {
    fn from(message: String) -> Self {
        Self(message)
    }
}

pub(super) fn read(text: &str) -> Result<Lock, Problem> {
    let mut reader = Reader {
        lock: Lock::default(),
        table: Table::Top,
        version: None,
    };
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\r', '\n']);
        let range = start..start + line.len();
        start += whole.len();
        reader
            .line(line.trim_start_matches('\u{feff}').trim())
            .map_err(|Unreadable(message)| problem(range, message))?;
    }
    if reader.version.is_none() {
        return Err(problem(
            0..text.lines().next().map_or(0, str::len),
            "archwright.lock does not say its version.".to_owned(),
        ));
    }
    let mut lock = reader.lock;
    for record in &mut lock.records {
        record.facts.sort();
    }
    lock.records.sort();
    Ok(lock)
}

fn problem(range: Range<usize>, message: String) -> Problem {
    let help = if message.contains("merge") {
        "Keep the lines of both sides, without the marks."
    } else {
        "Restore the file from version control, or delete it and write it anew: `archwright release`, `archwright baseline write`."
    };
    Problem {
        range,
        message,
        help: help.to_owned(),
    }
}

struct Reader {
    lock: Lock,
    table: Table,
    version: Option<u32>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Unreadable> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            return Err(Unreadable("This is the mark of an unfinished merge.".to_owned()));
        }
        if let Some(rest) = line.strip_prefix('[') {
            return self.table(rest);
        }
        let (key, rest) = if line.starts_with('"') {
            string(line)?
        } else {
            let end = line.find([' ', '=']).unwrap_or(line.len());
            (line[..end].to_owned(), &line[end..])
        };
        let value = rest
            .trim_start()
            .strip_prefix('=')
            .map(str::trim)
            .ok_or_else(|| format!("After `{key}` comes `=` and a value."))?;
        self.fact(key, value)
    }

    fn table(&mut self, rest: &str) -> Result<(), Unreadable> {
        let name = rest.strip_suffix(']').map(str::trim);
        match name {
            Some(ACCEPTED) => self.table = Table::Accepted,
            Some(FINDINGS) => self.table = Table::Findings,
            Some(name) if name.starts_with('"') => {
                let (name, rest) = string(name)?;
                let (kind, path) = name
                    .split_once(' ')
                    .filter(|(kind, path)| rest.is_empty() && !kind.is_empty() && !path.is_empty())
                    .ok_or_else(|| format!("`{name}` is not a kind and the path of an element."))?;
                let record = Record::new(kind, path, Vec::new());
                if self
                    .lock
                    .records
                    .last()
                    .is_some_and(|known| known.kind == record.kind && known.path == record.path)
                {
                    return Err(Unreadable(format!("`{name}` stands here twice.")));
                }
                self.lock.records.push(record);
                self.table = Table::Record;
            }
            _ => return Err(Unreadable(format!("`[{rest}` is no table of archwright.lock."))),
        }
        Ok(())
    }

    fn fact(&mut self, key: String, value: &str) -> Result<(), Unreadable> {
        match self.table {
            Table::Top => {
                let version = number(value)?;
                if key != "version" {
                    return Err(Unreadable(format!("`{key}` is not known here.")));
                }
                if version != VERSION {
                    return Err(Unreadable(format!(
                        "archwright.lock has version {version}, and this program knows version {VERSION} only."
                    )));
                }
                self.version = Some(version);
            }
            Table::Record => {
                let value = text(value)?;
                if let Some(record) = self.lock.records.last_mut() {
                    record.facts.push((SmolStr::from(key), SmolStr::from(value)));
                }
            }
            Table::Accepted => {
                let value = text(value)?;
                let (word, count) = value.split_once(' ').unwrap_or((&value, "1"));
                let severity = Severity::from_word(word)
                    .ok_or_else(|| format!("`{word}` is no severity: error, warning, info or hint."))?;
                let count = number(count)?;
                self.lock.accepted.insert(key, Accepted { severity, count });
            }
            Table::Findings => {
                self.lock.findings.insert(key, number(value)?);
            }
        }
        Ok(())
    }
}

fn number(text: &str) -> Result<u32, Unreadable> {
    text.parse()
        .map_err(|_| Unreadable(format!("`{text}` is not a whole number.")))
}

fn text(value: &str) -> Result<String, Unreadable> {
    match string(value) {
        Ok((text, "")) => Ok(text),
        _ => Err(Unreadable(format!("`{value}` is not a text in quotes."))),
    }
}

/// The string at the start of a text, and what stands behind it.
fn string(text: &str) -> Result<(String, &str), Unreadable> {
    let unreadable = || Unreadable(format!("`{text}` is not a text in quotes."));
    let rest = text.strip_prefix('"').ok_or_else(unreadable)?;
    let mut out = String::new();
    let mut chars = rest.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Ok((out, rest[at + 1..].trim_start())),
            '\\' => match chars.next().map(|(_, char)| char) {
                Some('"') => out.push('"'),
                Some('\\') => out.push('\\'),
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('u') => {
                    let digits: String = chars.by_ref().take(4).map(|(_, char)| char).collect();
                    let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                    out.push(code.ok_or_else(unreadable)?);
                }
                _ => return Err(unreadable()),
            },
            other => out.push(other),
        }
    }
    Err(unreadable())
}
