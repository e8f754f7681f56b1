//! Makes random edits and compares cutting and parsing again with doing all afresh, after each of them:
//! `cargo run --release -p archwright-grammar --example edits -- [EDITS [SEED]]`
//!
//! All trees are compared with fresh ones after every tenth edit; the others were just made, or of a text that is the same.
//! Prints what an edit costs. Ends with a panic at the first difference.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a program that reads files and looks at the clock"
)]

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use archwright_trials::{document::Cost, script::run};

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |otherwise: u64| {
        args.next().map_or(otherwise, |text| {
            text.parse().expect("EDITS and SEED are numbers")
        })
    };
    let (edits, seed) = (number(10_000), number(1));
    let mut texts = Vec::new();
    for folder in ["examples", "grammar/corpus/ok"] {
        read(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder),
            &mut texts,
        );
    }
    texts.sort();
    let texts: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
    let start = Instant::now();
    let mut costs: Vec<(u64, Cost)> = Vec::new();
    run(&texts, seed, edits as usize, 10, |length, cost| {
        costs.push((length as u64, cost));
        if costs.len().is_multiple_of(100_000) {
            println!("{} edits in {:.0} s", costs.len(), start.elapsed().as_secs_f64());
        }
    });
    println!(
        "{edits} edits (seed {seed}) in {:.0} s: pieces and trees as if read afresh after each",
        start.elapsed().as_secs_f64()
    );
    for (what, of) in [
        (
            "bytes of text",
            (|(length, _)| *length) as fn(&(u64, Cost)) -> u64,
        ),
        ("bytes cut again", |(_, cost)| cost.bytes_cut),
        ("bytes lexed and parsed again", |(_, cost)| cost.bytes_lexed),
        ("items parsed again", |(_, cost)| cost.items_parsed),
    ] {
        let mut all: Vec<u64> = costs.iter().map(of).collect();
        all.sort_unstable();
        let of_hundred = |part: usize| all[(all.len() * part / 100).min(all.len() - 1)];
        println!(
            "{what:<30} median {:>7}   p99 {:>7}   most {:>7}",
            of_hundred(50),
            of_hundred(99),
            of_hundred(100)
        );
    }
}

fn read(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("the folder is part of the repository") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "arch") {
            let text = std::fs::read_to_string(&path).expect("examples are UTF-8");
            into.push((path, text));
        }
    }
}
