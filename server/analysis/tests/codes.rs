//! Every code of an error is in the list, and the list has no others.
#![allow(clippy::disallowed_methods, reason = "the test reads the sources")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use archwright_analysis::codes::CODES;

const CATEGORIES: &[&str] = &["name", "type", "config", "io", "generate"];

/// Settings of `archwright.toml`, which have the form of a code.
const SETTINGS: &[&str] = &["generate.output"];

/// All Rust sources below a folder.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The texts in quotes that have the form of a code. Tests quote codes inside longer texts, which are not counted.
fn codes_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|quoted| {
        quoted.split_once('.').is_some_and(|(category, code)| {
            CATEGORIES.contains(&category)
                && !code.is_empty()
                && !SETTINGS.contains(quoted)
                && code.chars().all(|char| char.is_ascii_lowercase() || char == '_')
        })
    })
}

#[test]
fn each_code_of_the_sources_is_listed_and_the_other_way_round() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for part in ["analysis/src", "archwright/src", "codegen/src"] {
        sources(&root.join(part), &mut files);
    }
    let mut used = BTreeSet::new();
    for file in files
        .iter()
        .filter(|file| !file.ends_with("analysis/src/codes.rs"))
    {
        let text = fs::read_to_string(file).expect("readable");
        used.extend(codes_in(&text).map(str::to_owned));
    }
    let listed: BTreeSet<String> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(used, listed);
}

#[test]
fn the_list_is_sorted_and_each_line_is_a_sentence() {
    assert!(CODES.is_sorted_by(|left, right| left.0 < right.0));
    for (code, line) in CODES {
        assert!(
            line.ends_with('.') && line.starts_with(|first: char| first.is_ascii_uppercase()),
            "{code}"
        );
    }
}
