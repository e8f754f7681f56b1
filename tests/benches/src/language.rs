//! What the language itself costs and keeps: recovery, edits, formatting.

use std::{path::Path, time::Instant};

use archwright_grammar::format::{Options, edits, format};
use archwright_trials::{
    document::{Cost, Document},
    random::Random,
    recovery::{self, Figures},
    script,
};

use crate::session::Outcome;

/// Leaves out and doubles every token of both examples, or every `step`th.
pub fn recovery(step: usize) -> Outcome<Figures> {
    let mut texts = Vec::new();
    for folder in ["clinic", "clinic-before"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples")
            .join(folder);
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "arch") {
                texts.push((path.display().to_string(), std::fs::read_to_string(path)?));
            }
        }
    }
    texts.sort();
    Ok(recovery::measure(&texts, step))
}

/// What edits as people make them cost in a huge text, one number of each edit, sorted.
pub struct Edits {
    pub bytes_cut: Vec<u64>,
    pub bytes_lexed: Vec<u64>,
    pub items_parsed: Vec<u64>,
}

/// Makes `count` edits all over a text: letters typed, lines moved, braces lost, services pasted.
pub fn edited(text: &str, count: usize) -> Edits {
    let mut random = Random::new(1);
    let mut document = Document::new(text.to_owned());
    let mut costs: Vec<Cost> = Vec::with_capacity(count);
    while costs.len() < count {
        for step in script::next(document.text(), &mut random) {
            costs.push(document.edit(step.start, step.end, &step.insert));
        }
    }
    document.check_pieces(|| format!("after {count} edits"));
    document.check_trees(|| format!("after {count} edits"));
    let sorted = |of: fn(&Cost) -> u64| {
        let mut all: Vec<u64> = costs.iter().map(of).collect();
        all.sort_unstable();
        all
    };
    Edits {
        bytes_cut: sorted(|cost| cost.bytes_cut),
        bytes_lexed: sorted(|cost| cost.bytes_lexed),
        items_parsed: sorted(|cost| cost.items_parsed),
    }
}

/// Milliseconds of formatting, best of three: a text that is in no style, and one that needs nothing.
pub struct Formatting {
    pub untidy_ms: f64,
    pub tidy_ms: f64,
}

/// Formats a text whose lines have lost their indentation and its blanks their number.
pub fn formatting(text: &str) -> Formatting {
    let options = Options::default();
    let mut untidy = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        untidy.push_str(&line.trim_start().replace(' ', "  "));
        untidy.push('\n');
    }
    let best = |text: &str| {
        (0..3)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(edits(text, &options));
                start.elapsed().as_secs_f64() * 1e3
            })
            .fold(f64::INFINITY, f64::min)
    };
    Formatting {
        untidy_ms: best(&untidy),
        tidy_ms: best(&format(text, &options)),
    }
}
