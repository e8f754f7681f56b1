//! `git merge-file` as a second opinion: where both merge cleanly they must agree.

mod support;

use std::io::Write as _;
use std::process::Command;

use archwright_codegen::plan::{Action, PlanOptions};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Disk, owned};

const PATH: &str = "orders/a.txt";

/// Lines that are all different, so that there is one right answer.
fn base() -> Vec<String> {
    (0..24).map(|number| format!("line {number}")).collect()
}

type Edits = Vec<(usize, usize, usize)>;

fn edits() -> impl Strategy<Value = Edits> {
    vec((0..24_usize, 0..3_usize, 0..3_usize), 0..4)
}

fn edited(edits: &Edits, mark: &str) -> String {
    let mut lines = base();
    for (number, (at, gone, fresh)) in edits.iter().enumerate() {
        let at = (*at).min(lines.len());
        let end = (at + gone).min(lines.len());
        lines.splice(at..end, (0..*fresh).map(|line| format!("{mark} {number} {line}")));
    }
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// The result of `git merge-file`, or `None` for a conflict.
fn git(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let file = |text: &str| {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(text.as_bytes()).expect("written");
        file
    };
    let (mine, base, theirs) = (file(mine), file(base), file(theirs));
    let output = Command::new("git")
        .args(["merge-file", "-p", "-q"])
        .args([mine.path(), base.path(), theirs.path()])
        .output()
        .expect("git runs");
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).expect("text"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clean_merges_agree_with_git(mine in edits(), theirs in edits()) {
        let (base, mine, theirs) = (edited(&Vec::new(), ""), edited(&mine, "mine"), edited(&theirs, "theirs"));
        let mut disk = Disk::default();
        disk.run(&owned(PATH, &base), &PlanOptions::default());
        disk.files.insert(PATH.to_owned(), mine.clone());
        let plan = disk.run(&owned(PATH, &theirs), &PlanOptions::default());
        let after = disk.files[PATH].clone();
        match (plan.files[0].action, git(&base, &mine, &theirs)) {
            (Action::Conflict, _) => prop_assert_eq!(after, mine, "a conflict touches nothing"),
            // git takes neighbouring changes for a conflict more readily; then every line must be there.
            (_, None) => {
                for line in mine.lines().chain(theirs.lines()) {
                    let fresh = line.starts_with("mine") || line.starts_with("theirs");
                    prop_assert!(!fresh || after.lines().any(|other| other == line), "{} is lost", line);
                }
            }
            (_, Some(merged)) => prop_assert_eq!(after, merged),
        }
    }
}
