//! What the README shows is what the program prints.
#![allow(
    clippy::disallowed_methods,
    reason = "tests run the real program on real files"
)]

mod support;

use support::{folder, outcome, repository};

/// The fenced blocks of a page: what stands behind the fence, and the text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => open = Some((info.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

#[test]
fn the_first_blueprint_has_the_findings_that_are_shown() {
    let page = std::fs::read_to_string(repository().join("README.md")).expect("there is a README");
    let blocks = blocks(&page);
    let (_, blueprint) = blocks
        .iter()
        .find(|(_, text)| text.starts_with("system "))
        .expect("a blueprint is shown");
    let (_, shown) = blocks
        .iter()
        .find(|(_, text)| text.starts_with("$ archwright check clinic.arch\n"))
        .expect("its findings are shown");
    let (_dir, root) = folder(&[("clinic.arch", blueprint)]);
    let (code, out, errors) = outcome(&root, &["check", "clinic.arch"]);
    assert_eq!((code, errors.as_str()), (1, ""));
    let printed: Vec<&str> = out.lines().map(str::trim_end).collect();
    let shown: Vec<&str> = shown.lines().skip(1).map(str::trim_end).collect();
    assert_eq!(printed.join("\n").trim(), shown.join("\n").trim());
}
