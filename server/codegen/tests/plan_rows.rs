//! Every row of the state table, in every style of text.

mod support;

use archwright_codegen::files::Class;
use archwright_codegen::plan::{Action, FindingKind, Plan, PlanOptions, PlannedFile, Resolution};
use support::{Disk, file, owned, service};

const B: &str = "one\ntwo\nthree\nfour\nfive\n";
const N: &str = "one\ntwo\nthree\nfour\nFIVE\n";
const EDITED: &str = "mine\none\ntwo\nthree\nfour\nfive\n";
const MERGED: &str = "mine\none\ntwo\nthree\nfour\nFIVE\n";
const CLASHING: &str = "one\ntwo\nthree\nfour\nmy five\n";
const PATH: &str = "orders/a.txt";

type Style = fn(&str) -> String;

/// How a user's editor may have left a file.
const STYLES: [(&str, Style); 5] = [
    ("LF", |text| text.to_owned()),
    ("CRLF", |text| text.replace('\n', "\r\n")),
    ("byte-order mark", |text| format!("\u{feff}{text}")),
    ("no final newline", |text| text.trim_end_matches('\n').to_owned()),
    ("all three", |text| {
        format!("\u{feff}{}", text.trim_end_matches('\n').replace('\n', "\r\n"))
    }),
];

fn options() -> PlanOptions {
    PlanOptions::default()
}

/// A disk on which `B` was generated, with the file then set to `current` (or removed).
fn generated(class: Class, current: Option<String>) -> Disk {
    let mut disk = Disk::default();
    disk.run(&service(vec![file(PATH, class, B)]), &options());
    match current {
        Some(text) => disk.files.insert(PATH.to_owned(), text),
        None => disk.files.remove(PATH),
    };
    disk
}

fn only(plan: &Plan) -> &PlannedFile {
    assert_eq!(plan.files.len(), 1, "{plan:?}");
    &plan.files[0]
}

fn finding(file: &PlannedFile) -> Option<FindingKind> {
    file.finding.as_ref().map(|finding| finding.kind)
}

/// Runs `new` on the disk and checks action, finding, and the text that is there afterwards; then once more, which
/// must change nothing.
#[track_caller]
fn check(
    mut disk: Disk,
    class: Class,
    new: &str,
    row: &str,
    expected: &(Action, Option<FindingKind>, Option<String>),
) {
    let rendered = service(vec![file(PATH, class, new)]);
    let plan = disk.run(&rendered, &options());
    let planned = only(&plan);
    assert_eq!(
        (planned.action, finding(planned)),
        (expected.0, expected.1),
        "{row}"
    );
    assert_eq!(disk.files.get(PATH), expected.2.as_ref(), "{row}");
    let before = disk.clone();
    let again = disk.run(&rendered, &options());
    assert_eq!(again.writes(), [], "{row}: a second run writes nothing");
    assert_eq!(disk, before, "{row}");
}

#[test]
fn every_row_in_every_style() {
    for (name, style) in STYLES {
        let row = |row: &str| format!("{row} ({name})");
        let text = |text: &str| Some(style(text));

        let disk = Disk::default();
        check(
            disk,
            Class::Owned,
            N,
            &row("no C, not in lock"),
            &(Action::Create, None, Some(N.to_owned())),
        );

        let disk = generated(Class::Owned, None);
        let deleted = (Action::Keep, Some(FindingKind::Deleted), None);
        check(disk, Class::Owned, N, &row("no C, in lock"), &deleted);

        let mut disk = Disk::default();
        disk.files.insert(PATH.to_owned(), style(EDITED));
        let foreign = (Action::Keep, Some(FindingKind::Foreign), text(EDITED));
        check(disk, Class::Owned, N, &row("C, not in lock"), &foreign);

        let mut disk = Disk::default();
        disk.files.insert(PATH.to_owned(), style(N));
        check(
            disk,
            Class::Owned,
            N,
            &row("C = N, not in lock"),
            &(Action::Unchanged, None, text(N)),
        );

        let disk = generated(Class::Owned, text(B));
        check(
            disk,
            Class::Owned,
            N,
            &row("C = B"),
            &(Action::Update, None, text(N)),
        );

        let disk = generated(Class::Owned, text(N));
        check(
            disk,
            Class::Owned,
            N,
            &row("C = N"),
            &(Action::Unchanged, None, text(N)),
        );

        let disk = generated(Class::Owned, text(EDITED));
        check(
            disk,
            Class::Owned,
            B,
            &row("C differs, N = B"),
            &(Action::Keep, None, text(EDITED)),
        );

        let disk = generated(Class::Owned, text(EDITED));
        check_merge(disk, &row("clean merge"), &style(MERGED));

        let disk = generated(Class::Owned, text(CLASHING));
        let conflict = (Action::Conflict, Some(FindingKind::Conflict), text(CLASHING));
        check(disk, Class::Owned, N, &row("conflict"), &conflict);

        let disk = generated(Class::Append, text(B));
        check(
            disk,
            Class::Append,
            N,
            &row("append"),
            &(Action::Unchanged, None, text(B)),
        );

        let disk = generated(Class::Append, text(EDITED));
        let edited = (Action::Keep, Some(FindingKind::AppendEdited), text(EDITED));
        check(disk, Class::Append, N, &row("append, edited"), &edited);

        let disk = generated(Class::Yours, text(B));
        check(
            disk,
            Class::Yours,
            N,
            &row("yours"),
            &(Action::Keep, None, text(B)),
        );

        let disk = generated(Class::Yours, text(EDITED));
        check(
            disk,
            Class::Yours,
            N,
            &row("yours, edited"),
            &(Action::Keep, None, text(EDITED)),
        );

        let disk = generated(Class::Derived, text(CLASHING));
        let derived = (Action::Keep, Some(FindingKind::DerivedEdited), text(CLASHING));
        check(disk, Class::Derived, N, &row("derived, edited"), &derived);
    }
}

/// After a merge the second run sees the user's edits on top of the newest text, which is nothing to do.
#[track_caller]
fn check_merge(mut disk: Disk, row: &str, expected: &str) {
    let rendered = owned(PATH, N);
    let plan = disk.run(&rendered, &options());
    assert_eq!(only(&plan).action, Action::Merge, "{row}");
    assert_eq!(disk.files[PATH], expected, "{row}");
    let again = disk.run(&rendered, &options());
    assert_eq!(
        (only(&again).action, again.writes().len()),
        (Action::Keep, 0),
        "{row}"
    );
}

#[test]
fn a_gone_element_takes_its_file_along_unless_it_was_edited() {
    for (name, style) in STYLES {
        let mut disk = generated(Class::Owned, Some(style(B)));
        let plan = disk.run(&service(vec![]), &options());
        assert_eq!(only(&plan).action, Action::Delete, "{name}");
        assert_eq!(
            (disk.files.len(), disk.bases.len(), disk.lock().files.len()),
            (0, 0, 0),
            "{name}"
        );

        let mut disk = generated(Class::Owned, Some(style(EDITED)));
        let plan = disk.run(&service(vec![]), &options());
        assert_eq!(
            (only(&plan).action, finding(only(&plan))),
            (Action::Keep, Some(FindingKind::Orphan)),
            "{name}"
        );
        assert_eq!(disk.files[PATH], style(EDITED), "{name}");
        assert!(
            disk.lock().entry(PATH).is_some_and(|entry| entry.orphan),
            "{name}"
        );

        // The element comes back: its base was not forgotten, so the edits are merged.
        let plan = disk.run(&owned(PATH, N), &options());
        assert_eq!(only(&plan).action, Action::Merge, "{name}");
        assert_eq!(disk.files[PATH], style(MERGED), "{name}");
        assert!(
            disk.lock().entry(PATH).is_some_and(|entry| !entry.orphan),
            "{name}"
        );
    }
}

#[test]
fn append_only_files_stay_when_nothing_renders_them() {
    let mut disk = generated(Class::Append, Some(B.to_owned()));
    let plan = disk.run(&service(vec![]), &options());
    assert_eq!(only(&plan).action, Action::Unchanged);
    assert!(disk.lock().entry(PATH).is_some());
}

#[test]
fn a_conflict_holds_back_its_service_and_no_other() {
    let files = |text: &str| {
        vec![
            file(PATH, Class::Owned, text),
            file("orders/b.txt", Class::Owned, text),
        ]
    };
    let mut disk = Disk::default();
    disk.run(&service(files(B)), &options());
    disk.files.insert(PATH.to_owned(), CLASHING.to_owned());
    let mut rendered = service(files(N));
    let mut other = owned("billing/a.txt", N).services.remove(0);
    other.service = "Billing".to_owned();
    rendered.known_services.insert("Billing".to_owned());
    rendered.services.push(other);

    let before = disk.lock();
    let plan = disk.run(&rendered, &options());
    let actions: Vec<(&str, Action)> = plan
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.action))
        .collect();
    assert_eq!(
        actions,
        [
            ("billing/a.txt", Action::Create),
            (PATH, Action::Conflict),
            ("orders/b.txt", Action::Keep)
        ]
    );
    assert_eq!(finding(&plan.files[2]), Some(FindingKind::HeldBack));
    assert_eq!(disk.files["orders/b.txt"], B);
    assert_eq!(
        disk.lock().entry(PATH),
        before.entry(PATH),
        "the base stays old, so nothing is forgotten"
    );

    let rest = PlanOptions {
        apply_rest: true,
        ..options()
    };
    disk.run(&rendered, &rest);
    assert_eq!(disk.files["orders/b.txt"], N);
    assert_eq!(disk.files[PATH], CLASHING);
}

#[test]
fn the_users_decisions_settle_what_was_left_alone() {
    let decide = |disk: &mut Disk, resolution| {
        let resolutions = [(PATH.to_owned(), resolution)].into();
        let plan = disk.run(
            &owned(PATH, N),
            &PlanOptions {
                resolutions,
                ..options()
            },
        );
        let settled = disk.plan(&owned(PATH, N), &options());
        assert_eq!(settled.writes(), [], "settled for good");
        assert_eq!(settled.files[0].finding, None, "settled for good");
        (plan.files[0].action, disk.files[PATH].clone())
    };
    let conflict = || generated(Class::Owned, Some(CLASHING.to_owned()));
    assert_eq!(
        decide(&mut conflict(), Resolution::TakeMine),
        (Action::Keep, CLASHING.to_owned())
    );
    assert_eq!(
        decide(&mut conflict(), Resolution::TakeGenerated),
        (Action::Update, N.to_owned())
    );
    let mut deleted = generated(Class::Owned, None);
    assert_eq!(
        decide(&mut deleted, Resolution::Restore),
        (Action::Create, N.to_owned())
    );
    let foreign = || Disk {
        files: [(PATH.to_owned(), EDITED.to_owned())].into(),
        ..Disk::default()
    };
    assert_eq!(
        decide(&mut foreign(), Resolution::Adopt),
        (Action::Keep, EDITED.to_owned())
    );
    assert_eq!(
        decide(&mut foreign(), Resolution::TakeGenerated),
        (Action::Update, N.to_owned())
    );
}

#[test]
fn a_merge_that_no_longer_parses_is_a_conflict() {
    let path = "orders/a.py";
    let base = "def a():\n    return (\n        1\n    )\n\n\nx = 1\ny = 2\nz = 3\n";
    // The user closes the bracket on one line; the generator takes the old closing line away elsewhere.
    let current = "def a():\n    return (\n        1)\n    )\n\n\nx = 1\ny = 2\nz = 3\n";
    let new = "def a():\n    return (\n        1\n    )\n\n\nx = 1\ny = 2\nz = 4\n";
    let mut disk = Disk::default();
    disk.run(&owned(path, base), &options());
    disk.files.insert(path.to_owned(), current.to_owned());
    let plan = disk.run(&owned(path, new), &options());
    assert_eq!(only(&plan).action, Action::Conflict);
    assert_eq!(disk.files[path], current);
}

#[test]
fn a_lost_base_never_costs_an_edit() {
    let mut disk = generated(Class::Owned, Some(EDITED.to_owned()));
    disk.bases.clear();
    let plan = disk.run(&owned(PATH, N), &options());
    assert_eq!(only(&plan).action, Action::Conflict);
    assert_eq!(disk.files[PATH], EDITED);
    // A tampered base counts as lost.
    let mut disk = generated(Class::Owned, Some(EDITED.to_owned()));
    disk.bases.values_mut().for_each(|text| text.push_str("six\n"));
    assert_eq!(
        only(&disk.plan(&owned(PATH, N), &options())).action,
        Action::Conflict
    );
    // One that a checkout gave other line ends does not.
    let mut disk = generated(Class::Owned, Some(EDITED.to_owned()));
    disk.bases
        .values_mut()
        .for_each(|text| *text = text.replace('\n', "\r\n"));
    assert_eq!(
        only(&disk.plan(&owned(PATH, N), &options())).action,
        Action::Merge
    );
}

#[test]
fn a_reformatted_manifest_counts_as_unedited() {
    let path = "orders/openapi.json";
    let mut disk = Disk::default();
    disk.run(
        &service(vec![file(path, Class::Derived, "{\n  \"a\": 1\n}\n")]),
        &options(),
    );
    disk.files.insert(path.to_owned(), "{\"a\":1}".to_owned());
    let plan = disk.run(
        &service(vec![file(path, Class::Derived, "{\n  \"a\": 2\n}\n")]),
        &options(),
    );
    assert_eq!(only(&plan).action, Action::Update);
}

#[test]
fn a_file_whose_path_changes_moves_with_its_edits() {
    let moved_to = "orders/b.txt";
    let at = |path: &str, text: &str| {
        let mut moved = file(path, Class::Owned, text);
        moved.template = "t".to_owned();
        moved.model_ids = vec!["Orders.Order".to_owned()];
        service(vec![moved])
    };
    for (current, expected) in [(B, N), (EDITED, MERGED)] {
        let mut disk = Disk::default();
        disk.run(&at(PATH, B), &options());
        disk.files.insert(PATH.to_owned(), current.to_owned());
        disk.run(&at(moved_to, N), &options());
        assert_eq!(disk.files, [(moved_to.to_owned(), expected.to_owned())].into());
        assert_eq!(disk.plan(&at(moved_to, N), &options()).writes(), []);
    }
    // Edits that clash with the move stay where they are, beside the new file.
    let mut disk = Disk::default();
    disk.run(&at(PATH, B), &options());
    disk.files.insert(PATH.to_owned(), CLASHING.to_owned());
    disk.run(&at(moved_to, N), &options());
    assert_eq!(disk.files[PATH], CLASHING);
    assert_eq!(disk.files[moved_to], N);
}

#[test]
fn a_file_of_the_users_is_told_what_it_lacks() {
    let path = "orders/rules.py";
    let base = "class OrderRules:\n    def place(self) -> None:\n        pass\n";
    let grown = format!("{base}\n    async def cancel(self) -> None:\n        raise NotImplementedError\n");
    let current = "from x import y\n\n\nclass OrderRules:\n    def place(self) -> None:\n        print(y)\n";
    let mut disk = Disk::default();
    disk.run(&service(vec![file(path, Class::Yours, base)]), &options());
    disk.files.insert(path.to_owned(), current.to_owned());
    let plan = disk.run(&service(vec![file(path, Class::Yours, &grown)]), &options());
    let finding = only(&plan).finding.clone().expect("something is missing");
    assert_eq!(finding.kind, FindingKind::YoursBehind);
    assert_eq!(finding.insertions.len(), 1);
    assert_eq!(finding.insertions[0].name, "OrderRules.cancel");
    assert!(finding.insertions[0].text.starts_with("    async def cancel"));
    assert_eq!(disk.files[path], current);

    // What is to be inserted brings the imports that it needs.
    let importing = format!(
        "from z import Gone\n\n\n{}",
        grown.replace("NotImplementedError", "Gone")
    );
    let plan = disk.run(&service(vec![file(path, Class::Yours, &importing)]), &options());
    let finding = only(&plan).finding.clone().expect("something is missing");
    assert_eq!(finding.insertions.len(), 2);
    assert_eq!(finding.insertions[0].text, "from z import Gone\n");
}

#[test]
fn a_service_that_left_the_blueprint_leaves_only_edits_behind() {
    let files = vec![file(PATH, Class::Owned, B), file("orders/b.txt", Class::Owned, B)];
    let mut disk = Disk::default();
    disk.run(&service(files), &options());
    disk.files.insert(PATH.to_owned(), EDITED.to_owned());
    let mut empty = service(vec![]);
    empty.services.clear();
    // A service that is known but was not rendered (its stack is `none` now) is left alone.
    assert_eq!(disk.plan(&empty, &options()).writes(), []);
    empty.known_services.clear();
    // So is everything in a run that was about named services only.
    empty.complete = false;
    assert_eq!(disk.plan(&empty, &options()).writes(), []);
    empty.complete = true;
    disk.run(&empty, &options());
    assert_eq!(disk.files, [(PATH.to_owned(), EDITED.to_owned())].into());
}

#[test]
fn the_summary_is_what_programs_are_promised() {
    let mut disk = Disk::default();
    disk.files
        .insert("orders/b.txt".to_owned(), "foreign\n".to_owned());
    let plan = disk.plan(
        &service(vec![
            file(PATH, Class::Owned, B),
            file("orders/b.txt", Class::Yours, B),
        ]),
        &options(),
    );
    let json = serde_json::to_value(plan.summary()).expect("plain data");
    assert_eq!(json["version"], 1);
    assert_eq!(
        json["files"][0],
        serde_json::json!({"path": PATH, "action": "create", "class": "owned", "service": "Orders"})
    );
    assert_eq!(json["files"][1]["action"], "keep");
    assert_eq!(json["files"][1]["class"], "yours");
    assert_eq!(
        (&json["summary"]["create"], &json["summary"]["keep"]),
        (&1.into(), &1.into())
    );
}
