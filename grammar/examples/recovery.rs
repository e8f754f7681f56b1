//! Measures recovery over whole texts: `cargo run --release -p archwright-grammar --example recovery [WORST [FOLDER…]]`
//!
//! Prints the figures that `cargo xtask bench` guards, and the mutations that cost most.
#![allow(
    clippy::disallowed_methods,
    reason = "an example is a program that reads files"
)]

use std::path::Path;

use archwright_trials::recovery::{Figures, measure};

fn main() {
    let mut args = std::env::args().skip(1);
    let worst = args.next().and_then(|count| count.parse().ok()).unwrap_or(20);
    let mut folders: Vec<String> = args.collect();
    if folders.is_empty() {
        folders = vec!["examples/clinic".to_owned(), "examples/clinic-before".to_owned()];
    }
    let mut texts = Vec::new();
    for folder in &folders {
        let mut paths: Vec<_> = std::fs::read_dir(Path::new(folder))
            .expect("run it in the root of the repository")
            .map(|entry| entry.expect("the folder can be listed").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "arch"))
            .collect();
        paths.sort();
        for path in paths {
            let text = std::fs::read_to_string(&path).expect("the file was just listed");
            texts.push((path.display().to_string(), text));
        }
    }
    show(&measure(&texts, 1), worst);
}

fn show(figures: &Figures, worst: usize) {
    println!("{} mutations, {} errors", figures.mutations, figures.errors);
    for (what, share) in [
        ("members of the same item", figures.members),
        ("statements of it, at any depth", figures.statements),
        ("other items of the file", figures.items),
    ] {
        println!(
            "{what:<32} {:>8} of {:>8} kept: {:.3} %",
            share.kept,
            share.all,
            share.percent()
        );
    }
    for ((class, mutation), (count, share)) in &figures.classes {
        println!(
            "{:<22} {count:>6} times, members kept: {:.3} %",
            format!("{class} {mutation:?}"),
            share.percent()
        );
    }
    let changed = figures.cases.iter().filter(|case| case.items_changed > 0).count();
    println!(
        "{} mutations cost a member, {changed} changed another item",
        figures.cases.len()
    );
    let mut cases: Vec<_> = figures.cases.iter().collect();
    cases.sort_by_key(|case| std::cmp::Reverse((case.items_changed, case.members.all - case.members.kept)));
    for case in cases.into_iter().take(worst) {
        println!(
            "{} `{}` {:?}: {} of {} members kept, {} other items changed",
            case.place, case.token, case.mutation, case.members.kept, case.members.all, case.items_changed
        );
    }
}
