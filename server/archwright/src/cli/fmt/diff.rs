//! What formatting would change, as a unified diff that `patch -p0` takes.

use similar::TextDiff;

use crate::render::human::Style;

/// Lines around a change.
const CONTEXT: usize = 3;

/// The difference between two texts of one file; painted where the output is a terminal.
pub(super) fn unified(name: &str, before: &str, after: &str, style: Style) -> String {
    let diff = TextDiff::from_lines(before, after);
    let text = diff
        .unified_diff()
        .context_radius(CONTEXT)
        .header(name, name)
        .to_string();
    if !style.colour {
        return text;
    }
    text.split_inclusive('\n').map(paint).collect()
}

fn paint(line: &str) -> String {
    let code = match line.as_bytes() {
        [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => "1",
        [b'-', ..] => "31",
        [b'+', ..] => "32",
        [b'@', ..] => "36",
        _ => return line.to_owned(),
    };
    let text = line.trim_end_matches(['\r', '\n']);
    format!("\x1b[{code}m{text}\x1b[0m{}", &line[text.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_file_and_shows_both_texts() {
        let text = unified("a.arch", "team  A\nteam B", "team A\nteam B\n", Style::PLAIN);
        assert_eq!(
            text,
            "--- a.arch\n+++ a.arch\n@@ -1,2 +1,2 @@\n-team  A\n-team B\n\\ No newline at end of file\n+team A\n+team B\n"
        );
        let painted = unified("a.arch", "a\r\n", "b\r\n", Style { colour: true });
        assert!(painted.contains("\u{1b}[31m-a\u{1b}[0m\r\n"), "{painted:?}");
    }
}
