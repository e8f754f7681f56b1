//! What holds for any texts: no edit is lost, a second run changes nothing, a run that was cut off converges.

mod support;

use archwright_codegen::files::Class;
use archwright_codegen::plan::{Action, PlanOptions, pristine};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{Disk, file, owned, service};

/// Lines from a small stock, so that they repeat and meet.
fn lines() -> impl Strategy<Value = Vec<String>> {
    vec(prop_oneof![Just(String::new()), "[a-d]", "  [a-c]"], 0..14)
}

/// One edit: where, how many lines go, which come.
fn edits(mark: &'static str) -> impl Strategy<Value = Vec<(usize, usize, Vec<String>)>> {
    let fresh = vec((0..40_u8).prop_map(move |number| format!("{mark}{number}")), 0..3);
    vec((0..16_usize, 0..3_usize, fresh), 0..4)
}

fn edited(base: &[String], edits: &[(usize, usize, Vec<String>)]) -> Vec<String> {
    let mut lines = base.to_vec();
    for (at, gone, fresh) in edits {
        let at = (*at).min(lines.len());
        let end = (at + gone).min(lines.len());
        lines.splice(at..end, fresh.iter().cloned());
    }
    lines
}

fn text(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// A text as an editor may have saved it.
fn styled(plain: &str, style: u8) -> String {
    let mut styled = plain.to_owned();
    if style & 1 != 0 {
        styled = styled.replace('\n', "\r\n");
    }
    if style & 2 != 0 {
        styled = styled.trim_end_matches(['\r', '\n']).to_owned();
    }
    if style & 4 != 0 {
        styled.insert(0, '\u{feff}');
    }
    styled
}

const PATH: &str = "orders/a.txt";

fn class() -> impl Strategy<Value = Class> {
    prop_oneof![
        Just(Class::Owned),
        Just(Class::Yours),
        Just(Class::Append),
        Just(Class::Derived)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_line_of_the_user_survives_or_the_file_is_untouched(
        base in lines(), mine in edits("mine "), theirs in edits("theirs "), style in 0..8_u8, class in class(),
    ) {
        let (plain, new) = (text(&edited(&base, &mine)), text(&edited(&base, &theirs)));
        let current = styled(&plain, style);
        let mut disk = Disk::default();
        disk.run(&service(vec![file(PATH, class, &text(&base))]), &PlanOptions::default());
        disk.files.insert(PATH.to_owned(), current.clone());
        let plan = disk.run(&service(vec![file(PATH, class, &new)]), &PlanOptions::default());
        let after = &disk.files[PATH];
        if *after != current {
            prop_assert!(matches!(plan.files[0].action, Action::Update | Action::Merge));
            for line in pristine(&current).lines().filter(|line| line.starts_with("mine")) {
                let count = |text: &str| pristine(text).lines().filter(|other| *other == line).count();
                prop_assert!(count(after) >= count(&current), "{line:?} is lost in {after:?}");
            }
            let crlf = after.contains("\r\n");
            prop_assert!(!crlf || current.contains("\r\n"), "line ends are the user's");
        }
        // A second run over what the first one left changes nothing.
        let again = disk.plan(&service(vec![file(PATH, class, &new)]), &PlanOptions::default());
        prop_assert_eq!(again.writes(), vec![]);
    }

    #[test]
    fn a_run_that_is_cut_off_anywhere_converges(
        olds in vec((lines(), edits("mine "), edits("theirs "), class(), 0..8_u8), 1..5), moved in any::<bool>(),
        dropped in 0..5_usize, deleted in 0..8_usize,
    ) {
        let path = |at: usize| format!("orders/{at}.txt");
        let old = olds.iter().enumerate().map(|(at, old)| file(&path(at), old.3, &text(&old.0))).collect();
        let new = olds.iter().enumerate().filter(|(at, _)| *at != dropped).map(|(at, old)| {
            let mut fresh = file(&path(at), old.3, &text(&edited(&old.0, &old.2)));
            if at == 0 && moved {
                fresh.path = "orders/moved.txt".to_owned();
            }
            fresh
        }).collect();
        let (old, new) = (service(old), service(new));
        let mut start = Disk::default();
        start.run(&old, &PlanOptions::default());
        for (at, old) in olds.iter().enumerate() {
            start.files.insert(path(at), styled(&text(&edited(&old.0, &old.1)), old.4));
        }
        start.files.remove(&path(deleted));

        let mut whole = start.clone();
        let writes = whole.run(&new, &PlanOptions::default()).writes();
        for end in 0..writes.len() {
            let mut cut = start.clone();
            writes[..end].iter().for_each(|write| cut.apply(write));
            cut.run(&new, &PlanOptions::default());
            prop_assert_eq!(&cut, &whole, "cut off before step {} of {:?}", end, &writes);
        }
        prop_assert_eq!(whole.plan(&new, &PlanOptions::default()).writes(), vec![]);
    }

    #[test]
    fn generating_twice_changes_nothing(base in lines(), class in class()) {
        let rendered = service(vec![file(PATH, class, &text(&base))]);
        let mut disk = Disk::default();
        disk.run(&rendered, &PlanOptions::default());
        let plan = disk.plan(&rendered, &PlanOptions::default());
        prop_assert_eq!(plan.writes(), vec![]);
        prop_assert_eq!(plan.files[0].action, Action::Unchanged);
    }

    #[test]
    fn manifests_keep_the_users_keys(
        base in vec(0..6_u8, 0..5), mine in vec((6..12_u8, 0..9_u8), 0..4), theirs in vec((0..6_u8, 0..9_u8), 0..5),
    ) {
        let table = |keys: &[(u8, u8)]| {
            let last: std::collections::BTreeMap<u8, u8> = keys.iter().copied().collect();
            let line = |(key, value): (&u8, &u8)| format!("k{key} = {value} # note {key}");
            last.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
        };
        let base: Vec<(u8, u8)> = base.iter().map(|key| (*key, 0)).collect();
        let both: Vec<(u8, u8)> = base.iter().chain(&mine).copied().collect();
        let path = "orders/pyproject.toml";
        let mut disk = Disk::default();
        disk.run(&owned(path, &table(&base)), &PlanOptions::default());
        let current = table(&both);
        disk.files.insert(path.to_owned(), current);
        disk.run(&owned(path, &table(&theirs)), &PlanOptions::default());
        let after = &disk.files[path];
        for (key, _) in &mine {
            let note = format!("# note {key}");
            prop_assert!(after.contains(&note), "{} is lost in {}", note, after);
        }
        prop_assert_eq!(disk.plan(&owned(path, &table(&theirs)), &PlanOptions::default()).writes(), vec![]);
    }
}
