//! Settings and statements, as a whole blueprint shows them.

mod operations;
mod queries;
mod settings;
mod statements;

use crate::testing::diagnostics;

/// `code text` of every finding that is not a rule's, in text order; hints and warnings with their severity.
fn found(text: &str) -> Vec<String> {
    diagnostics(text)
        .iter()
        .filter(|found| {
            ["name.", "type.", "syntax."]
                .iter()
                .any(|kind| found.code.starts_with(kind))
        })
        .map(|found| {
            let at = found.at.range.start as usize..found.at.range.end as usize;
            format!("{} {}", found.code, &text[at])
        })
        .collect()
}

/// That nothing is found.
fn silent(text: &str) {
    assert_eq!(found(text), [""; 0], "{text}");
}

/// The text after the first repair of the only finding.
fn mended(text: &str) -> String {
    let diagnostics = diagnostics(text);
    let ours: Vec<_> = diagnostics
        .iter()
        .filter(|found| found.code.starts_with("type.") || found.code.starts_with("name."))
        .collect();
    let [one] = ours.as_slice() else {
        panic!("not one finding: {ours:#?}");
    };
    let fix = one.fixes.first().unwrap_or_else(|| panic!("no repair: {one:#?}"));
    let mut text = text.to_owned();
    for (_, edits) in &fix.edit.files {
        for edit in edits.iter().rev() {
            text.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
        }
    }
    text
}
