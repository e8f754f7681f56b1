//! What fuzzing once found is tried again: `corpus/fuzz/<target>-<name>` goes to the target of that name.
#![allow(
    clippy::disallowed_methods,
    reason = "tests read the files that they are about"
)]

use std::path::Path;

use archwright_trials::targets::TARGETS;

#[test]
fn what_was_found_once_is_fine_now() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/fuzz");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is part of the repository")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (_, run) = TARGETS
            .iter()
            .find(|(target, _)| name.starts_with(&format!("{target}-")))
            .unwrap_or_else(|| panic!("{name} is named after no target"));
        println!("{name}");
        run(&std::fs::read(&path).expect("the file was just listed"));
    }
}

/// Good and broken texts are fine as inputs as well, which is what a fuzzer begins with. Each goes to one target.
#[test]
fn seeds_are_fine() {
    let seeds: Vec<_> = ["grammar/corpus", "examples"]
        .into_iter()
        .flat_map(common::files)
        .collect();
    assert!(seeds.len() > 100);
    for ((path, text), (_, run)) in seeds.iter().zip(TARGETS.iter().cycle()) {
        println!("{}", path.display());
        run(text.as_bytes());
    }
}

mod common;
