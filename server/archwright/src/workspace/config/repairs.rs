//! Edits that put a line of `archwright.toml` right.

use std::ops::Range;

use archwright_analysis::edit::Safety;

use super::Repair;

/// What is written in the place of something, as a guess that somebody should look at.
pub(super) fn replace(range: Range<usize>, text: impl Into<String>) -> Repair {
    let text = text.into();
    Repair {
        title: format!("Change to `{text}`"),
        safety: Safety::Suggest,
        range,
        text,
    }
}

/// A key for another key, in quotes where the other is.
pub(super) fn rename(whole: &str, range: Range<usize>, name: &str) -> Option<Repair> {
    let written = whole.get(range.clone())?;
    // A key that goes over several lines is a table's and one of its own: there is no one text for it.
    if written.contains(['\n', ']']) {
        return None;
    }
    let quote = written.chars().next().filter(|first| matches!(first, '"' | '\''));
    let text = match quote {
        Some(quote) => format!("{quote}{name}{quote}"),
        None => name.to_owned(),
    };
    Some(Repair {
        title: format!("Change to `{name}`"),
        safety: Safety::Suggest,
        range,
        text,
    })
}

/// A setting goes, with its line. Only where it has lines of its own.
pub(super) fn remove(whole: &str, key: Range<usize>, value: Range<usize>) -> Option<Repair> {
    let start = whole.get(..key.start)?.rfind('\n').map_or(0, |at| at + 1);
    let behind = whole.get(value.end..)?;
    let end = behind.find('\n').map_or(whole.len(), |at| value.end + at + 1);
    let alone = whole.get(start..key.start)?.trim().is_empty() && value.start >= key.end;
    let rest = behind.lines().next().unwrap_or_default().trim_start();
    (alone && (rest.is_empty() || rest.starts_with('#'))).then(|| Repair {
        title: "Delete the line".to_owned(),
        safety: Safety::Suggest,
        range: start..end,
        text: String::new(),
    })
}

/// An element of a list goes, with one of the commas beside it.
pub(super) fn remove_element(whole: &str, element: Range<usize>) -> Option<Repair> {
    let before = whole.get(..element.start)?;
    let behind = whole.get(element.end..)?;
    let range = if let Some(head) = before.trim_end().strip_suffix(',') {
        head.len()..element.end
    } else {
        let blanks = behind.len() - behind.trim_start().len();
        match behind.trim_start().strip_prefix(',') {
            Some(tail) => {
                let gap = tail.len() - tail.trim_start().len();
                element.start..element.end + blanks + 1 + gap
            }
            None => element,
        }
    };
    Some(Repair {
        title: "Take it out".to_owned(),
        safety: Safety::Suggest,
        range,
        text: String::new(),
    })
}

/// A severity for which a reason has to be given.
pub(super) fn off_for_a_reason(range: Range<usize>) -> Repair {
    Repair {
        title: "Switch it off for a reason".to_owned(),
        safety: Safety::Suggest,
        range,
        text: "{ level = \"off\", because = \"say why\" }".to_owned(),
    }
}

/// A reason beside a level.
pub(super) fn reason_behind(level: &Range<usize>) -> Repair {
    Repair {
        title: "Give a reason".to_owned(),
        safety: Safety::Suggest,
        range: level.end..level.end,
        text: ", because = \"say why\"".to_owned(),
    }
}
