//! The generated parts of the documentation: tables in pages, the table of contents, the book's highlighting.
//!
//! A page says where a table stands: `<!-- generated: statements endpoint -->`, the table, `<!-- end -->`.

mod ebnf;
mod highlight;
mod notation;
mod summary;
mod tables;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    grammars::words::Words,
    shell::{Outcome, root},
};

const START: &str = "<!-- generated: ";
const END: &str = "<!-- end -->";

/// Every generated file of the documentation with its path from the repository's root, sorted by path.
pub(crate) fn files() -> Outcome<Vec<(PathBuf, String)>> {
    let mut files = vec![(
        PathBuf::from("docs/theme/arch.js"),
        highlight::highlighter(&Words::from_vocabulary()),
    )];
    let pages = pages("docs")?;
    for page in &pages {
        let text = read(page)?;
        if text.contains(START) {
            let filled = fill(&text).map_err(|error| format!("{page}: {error}"))?;
            files.push((PathBuf::from(page), filled));
        }
    }
    files.push((PathBuf::from("docs/SUMMARY.md"), summary::summary(&pages)?));
    files.sort();
    Ok(files)
}

/// The text of a file of the repository.
pub(crate) fn read(path: &str) -> Outcome<String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path} could not be read: {error}"))
}

/// Folders that hold no pages of ours.
const FOREIGN: &[&str] = &["node_modules", "target"];

/// The Markdown files below a folder of the repository (all of it if the name is empty), by path from the root, sorted.
pub(crate) fn pages(folder: &str) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |error: std::io::Error| format!("{folder} could not be read: {error}");
        for entry in fs::read_dir(root().join(&folder)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || FOREIGN.contains(&name.as_str()) {
                continue;
            }
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            if entry.path().is_dir() {
                folders.push(path);
            } else if Path::new(&path).extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The page with its tables as they should be.
fn fill(page: &str) -> Outcome<String> {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(START) {
        let (name, after) = after
            .split_once(" -->\n")
            .ok_or_else(|| format!("`{START}` without its end"))?;
        let (_, after) = after
            .split_once(END)
            .ok_or_else(|| format!("no `{END}` below `{name}`"))?;
        out.push_str(before);
        let table = part(name)?;
        for piece in [START, name, " -->\n\n", &table, "\n", END] {
            out.push_str(piece);
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// What stands in the region called `name`, between its marks.
fn part(name: &str) -> Outcome<String> {
    let mut words = name.split(' ');
    let kind = words.next().unwrap_or_default();
    let arguments: Vec<&str> = words.collect();
    match (kind, arguments.as_slice()) {
        ("errors", categories) => summary::errors(categories),
        ("syntax", words) if !words.is_empty() => tables::syntax(words),
        ("statements", [place]) => tables::statements(place),
        ("inherited", []) => Ok(tables::inherited()),
        ("words", [word, list]) => tables::words(word, list),
        ("scalars", []) => Ok(tables::scalars()),
        ("attributes", []) => Ok(tables::attributes()),
        ("caller", []) => Ok(tables::caller()),
        ("methods", []) => Ok(tables::methods()),
        ("grammar", []) => Ok(ebnf::grammar()),
        _ => Err(format!("nothing is generated as `{name}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_regions_change() {
        let page = "a\n<!-- generated: caller -->\nold\n<!-- end -->\nb\n";
        let filled = fill(page).expect("it is right");
        assert!(filled.starts_with("a\n<!-- generated: caller -->\n"), "{filled}");
        assert!(
            filled.contains("`caller.tenant`") && !filled.contains("old"),
            "{filled}"
        );
        assert!(filled.ends_with("<!-- end -->\nb\n"), "{filled}");
        assert_eq!(fill(&filled), Ok(filled.clone()));
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        assert!(fill("<!-- generated: nonsense -->\n<!-- end -->\n").is_err());
        assert!(fill("<!-- generated: caller -->\n").is_err());
        assert!(part("statements nowhere").is_err());
        assert!(part("syntax nothing").is_err());
    }
}
