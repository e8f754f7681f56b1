//! After any edits, the host's view equals that of a fresh host with the same text.
#![allow(clippy::disallowed_methods, reason = "tests read the example blueprints")]

use archwright_analysis::{Config, FileId, Host, Profile, diagnostic::Diagnostic, lock::Lock};

/// A small generator of numbers: repeatable, and the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

fn config() -> Config {
    Config {
        profile: Profile::Strict,
        ..Config::default()
    }
}

fn example(folder: &str) -> Vec<(String, String)> {
    let root = format!("{}/../../examples/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<(String, String)> = std::fs::read_dir(root)
        .expect("the example is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "arch"))
        .map(|path| {
            let name = path.file_name().expect("a file").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("readable"))
        })
        .collect();
    files.sort();
    files
}

fn load(files: &[(String, String)]) -> Host {
    load_since(files, "")
}

/// The same against what a lock says was released.
fn load_since(files: &[(String, String)], lock: &str) -> Host {
    let mut host = Host::new(config());
    assert_eq!(host.set_lock(lock), None);
    for (path, text) in files {
        host.set_file(path, text);
    }
    host.settle();
    host
}

fn view(host: &Host) -> Vec<(String, Vec<Diagnostic>)> {
    host.files()
        .into_iter()
        .map(|(id, path)| (path, blank(host.diagnostics(id))))
        .collect()
}

/// File numbers differ between hosts; the paths are compared instead.
fn blank(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    for diagnostic in &mut diagnostics {
        diagnostic.fixes.clear();
    }
    diagnostics
}

/// Fails at the first difference, showing just that.
fn same(ours: &[(String, Vec<Diagnostic>)], fresh: &[(String, Vec<Diagnostic>)], when: &str) {
    assert_eq!(ours.len(), fresh.len(), "{when}");
    for ((path, ours), (_, fresh)) in ours.iter().zip(fresh) {
        let first = ours
            .iter()
            .zip(fresh)
            .position(|(one, other)| one != other)
            .unwrap_or(ours.len().min(fresh.len()));
        assert!(
            ours.get(first) == fresh.get(first),
            "{when}, {path}: incremental {:#?}, fresh {:#?}",
            ours.get(first),
            fresh.get(first)
        );
    }
}

const SNIPPETS: &[&str] = &[
    "",
    "",
    "",
    " ",
    "\n",
    "}",
    "{",
    "x",
    "service New {\n}\n",
    "\nservice Orders in Ordering {\n",
    "allow Clinician",
    "  reads Order\n",
    "role Extra\n",
    "@phi",
    "\"",
    "é😀",
    "// c\n",
    "auth none",
    "public",
    "entity Order { id: uuid @id }",
    "context Ordering\n",
    "\r\n",
    "waive auth.missing_authorization because \"x\"\n",
    "calls Billing.charge",
];

fn random_edits(folder: &str, seed: u64, edits: usize, compare_every: usize) {
    edits_since(folder, "", seed, edits, compare_every);
}

fn edits_since(folder: &str, lock: &str, seed: u64, edits: usize, compare_every: usize) {
    let original = example(folder);
    let mut files = original.clone();
    let mut host = load_since(&files, lock);
    let ids: Vec<FileId> = files
        .iter()
        .map(|(path, _)| host.file(path).expect("loaded"))
        .collect();
    let mut numbers = Numbers(seed);
    for step in 1..=edits {
        let which = numbers.below(files.len());
        let mut text = std::mem::take(&mut files[which].1);
        let boundary =
            |at: usize, text: &str| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let start = boundary(numbers.below(text.len() + 1), &text);
        let length = if numbers.below(3) == 0 {
            numbers.below(60)
        } else {
            numbers.below(4)
        };
        let end = boundary((start + length).min(text.len()), &text).max(start);
        let insert = if numbers.below(3) == 0 {
            // A piece of the same text: moves and doubles whole constructs.
            let from = boundary(numbers.below(text.len() + 1), &text);
            let to = boundary((from + numbers.below(200)).min(text.len()), &text).max(from);
            text[from..to].to_owned()
        } else {
            SNIPPETS[numbers.below(SNIPPETS.len())].to_owned()
        };
        text.replace_range(start..end, &insert);
        host.edit(ids[which], start as u32..end as u32, &insert);
        assert_eq!(
            host.rope(ids[which]).expect("open").to_string(),
            text,
            "seed {seed}, step {step}"
        );
        // Texts that grow without end make the test slow, not better.
        if text.len() > 60_000 {
            let half = boundary(30_000, &text);
            let cut = half as u32..text.len() as u32;
            text.truncate(half);
            host.edit(ids[which], cut, "");
        }
        files[which].1 = text;
        if step % 100 == 0 {
            // Back to a good text, or in the end everything is broken and nothing is governed.
            files[which].1.clone_from(&original[which].1);
            host.set_file(&files[which].0, &files[which].1);
        }
        host.refresh();
        if step % compare_every == 0 {
            host.settle();
            let fresh = load_since(&files, lock);
            same(
                &view(&host),
                &view(&fresh),
                &format!("{folder}, seed {seed}, step {step}"),
            );
        }
    }
}

#[test]
fn incremental_equals_fresh() {
    // 10,000 edits over the two examples; each comparison checks everything from scratch.
    for seed in 1..=10 {
        random_edits("clinic-before", seed, 500, 5);
        random_edits("clinic", seed, 500, 25);
    }
}

#[test]
fn incremental_equals_fresh_against_a_release() {
    for folder in ["clinic", "shop"] {
        let records = load(&example(folder)).snapshot().contracts();
        let lock = Lock {
            records: records.expect("nothing writes"),
            ..Lock::default()
        };
        let text = lock.text();
        assert_eq!(Lock::parse(&text), Ok(lock), "what is written is what is read");
        let unchanged = load_since(&example(folder), &text);
        let found = view(&unchanged).into_iter().flat_map(|(_, found)| found);
        let evolved: Vec<_> = found
            .filter(|found| found.code.starts_with("evolution."))
            .collect();
        assert!(evolved.is_empty(), "{evolved:#?}");
        for seed in 1..=2 {
            edits_since(folder, &text, seed, 300, 20);
        }
    }
}

#[test]
fn an_edit_inside_an_item_touches_that_item_only() {
    let files = example("clinic");
    let mut host = load(&files);
    let (path, text) = files
        .iter()
        .max_by_key(|(_, text)| text.len())
        .expect("there are files");
    let id = host.file(path).expect("loaded");
    let mut numbers = Numbers(7);
    for _ in 0..200 {
        // Behind a letter inside a line: stays within one item.
        let at = loop {
            let at = numbers.below(text.len() - 1);
            if text.is_char_boundary(at)
                && text.as_bytes()[at].is_ascii_lowercase()
                && at > 0
                && text.as_bytes()[at - 1] == b' '
            {
                break at;
            }
        };
        let before = host.items_set();
        host.edit(id, at as u32..at as u32, "");
        assert_eq!(host.items_set(), before, "nothing changed, nothing is parsed");
        host.edit(id, at as u32 + 1..at as u32 + 1, "x");
        host.refresh();
        assert_eq!(host.items_set(), before + 1, "one item is parsed again");
        host.edit(id, at as u32 + 1..at as u32 + 2, "");
        host.refresh();
        assert_eq!(host.items_set(), before + 2);
    }
}

#[test]
fn a_file_that_goes_leaves_nothing() {
    let mut host = Host::new(config());
    let types = host.set_file(
        "a.arch",
        "service A {\n  store Db: postgres\n  entity Thing { id: uuid @id }\n}\n",
    );
    let user = host.set_file(
        "b.arch",
        "service B {\n  endpoint get GET /v1/things -> A.Thing { allow any; auth none }\n}\n",
    );
    host.settle();
    assert!(
        !host
            .diagnostics(user)
            .iter()
            .any(|found| found.code == "name.unknown")
    );
    host.remove_file(types);
    host.settle();
    assert!(
        host.diagnostics(user)
            .iter()
            .any(|found| found.code == "name.unknown")
    );
    assert!(host.diagnostics(types).is_empty());
    host.set_file(
        "a.arch",
        "service A {\n  store Db: postgres\n  entity Thing { id: uuid @id }\n}\n",
    );
    host.settle();
    assert!(
        !host
            .diagnostics(user)
            .iter()
            .any(|found| found.code == "name.unknown")
    );
}
