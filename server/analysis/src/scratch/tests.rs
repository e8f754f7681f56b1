use super::*;
use crate::{Profile, features::testing::Marked};
use archwright_grammar::ast::Date;

fn config() -> Config {
    Config {
        profile: Profile::Recommended,
        today: Date {
            year: 2026,
            month: 11,
            day: 21,
        },
        ..Config::default()
    }
}

fn host(files: &[(&str, &str)]) -> Host {
    let mut host = Host::new(config());
    for (path, text) in files {
        host.set_file(path, text);
    }
    host.settle();
    host
}

fn serial(jobs: Vec<Job>) {
    for job in jobs {
        job();
    }
}

const OPEN: &str = "system S { owner Care; limit 9 per minute }\nteam Care { contact \"care@x.test\" }\nauth Session: cookie\n\
    role Clerk: staff\nservice A {\n  store Db: postgres\n  entity Order { id: uuid @id }\n  \
    endpoint one GET /v1/one/{id} -> Order { reads Order }\n}\n";

#[test]
fn what_a_repair_introduces_is_in_its_title() {
    let mut scratch = Scratch::over(host(&[("main.arch", OPEN)]));
    let file = scratch.host().file("main.arch").expect("set");
    let mut found = scratch.host().diagnostics(file);
    scratch.review(&mut found);
    let titles: Vec<&str> = found
        .iter()
        .filter(|found| found.code == "auth.auth_undeclared")
        .flat_map(|found| found.fixes.iter().map(|fix| fix.title.as_str()))
        .collect();
    assert!(
        titles.iter().any(|title| title.contains("auth Session")
            && title.ends_with("(introduces auth.missing_authorization)")),
        "{titles:?}"
    );
    let after = scratch.host().rope(file).expect("there").to_string();
    assert_eq!(after, OPEN, "what was tried is taken back");
}

#[test]
fn a_repair_that_makes_an_error_or_does_nothing_is_not_offered() {
    let mut scratch = Scratch::over(host(&[("main.arch", OPEN)]));
    let file = scratch.host().file("main.arch").expect("set");
    scratch.remember_all();
    let found = scratch.host().diagnostics(file);
    let about = found
        .iter()
        .find(|found| found.code == "auth.auth_undeclared")
        .expect("found");
    let trial = |range: std::ops::Range<u32>, text: &str| Trial {
        code: about.code.clone(),
        element: about.element.clone(),
        message: about.message.clone(),
        edits: vec![(
            "main.arch".into(),
            vec![TextEdit {
                range,
                text: text.into(),
            }],
        )],
    };
    let end = OPEN.len() as u32;
    assert_eq!(
        scratch.try_out(&trial(end..end, "team Other { contact \"a@x.test\" }\n")),
        Verdict::Useless
    );
    let at = OPEN.find("owner Care").expect("there") as u32;
    assert_eq!(scratch.try_out(&trial(at..at, "auth Nobody; ")), Verdict::Breaks);
    assert_eq!(Verdict::Breaks.title("x"), None);
}

const STALE: &str = "service A {\n  waive api.unpaginated_list because \"few\"\n  \
    waive event.no_dead_letter because \"small\"\n  store Db: postgres\n}\n";

#[test]
fn all_safe_repairs_are_applied_until_none_is_left() {
    let mut scratch = Scratch::over(host(&[
        ("a.arch", STALE),
        ("b.arch", &STALE.replace("service A", "service B")),
    ]));
    let done = scratch.fix_all(&|path| path == "a.arch");
    let told: Vec<_> = done
        .iter()
        .map(|done| (done.path.as_str(), done.title.as_str()))
        .collect();
    assert_eq!(
        told,
        [("a.arch", "Delete the waiver"), ("a.arch", "Delete the waiver")]
    );
    let text = |path| {
        let file = scratch.host().file(path).expect("there");
        scratch.host().rope(file).expect("there").to_string()
    };
    assert_eq!(text("a.arch"), "service A {\n  store Db: postgres\n}\n");
    assert!(text("b.arch").contains("waive"), "only what was asked for");
}

#[test]
fn a_copy_follows_its_original() {
    let mut original = host(&[("a.arch", STALE), ("c.arch", "team C\n")]);
    let mut scratch = Scratch::default();
    assert!(scratch.take(&original.snapshot().texts(), &serial));
    assert_eq!(
        scratch.fixed("a.arch").as_deref(),
        Some("service A {\n  store Db: postgres\n}\n")
    );
    assert!(scratch.fixed("a.arch").is_some(), "nothing was kept");
    let c = original.file("c.arch").expect("set");
    original.remove_file(c);
    original.set_file("a.arch", "service A {\n  store Db: postgres\n}\n");
    original.set_file("d.arch", "team D\n");
    original.settle();
    assert!(scratch.take(&original.snapshot().texts(), &serial));
    assert_eq!(scratch.fixed("a.arch"), None);
    let paths: Vec<String> = scratch.host().files().into_iter().map(|(_, path)| path).collect();
    assert_eq!(paths, ["a.arch", "d.arch"]);
    for (file, path) in scratch.host().files() {
        let own = original.diagnostics(original.file(&path).expect("there"));
        assert_eq!(scratch.host().diagnostics(file).len(), own.len());
    }
}

#[test]
fn what_cannot_be_copied_is_fixed_untried() {
    let text = "system S { complies gdpr, hipaa, gdpr, hipaa }\n";
    let host = host(&[("a.arch", text), ("b.arch", "team A\n")]);
    let (a, b) = (
        host.file("a.arch").expect("set"),
        host.file("b.arch").expect("set"),
    );
    let snapshot = host.snapshot();
    let after = snapshot.safely_fixed(a).expect("nothing writes");
    assert_eq!(
        after.as_deref(),
        Some("system S { complies gdpr, hipaa, hipaa }\n")
    );
    assert_eq!(snapshot.safely_fixed(b), Ok(None));
    drop(snapshot);
    // With a copy there is a second look.
    let mut scratch = Scratch::over(host);
    assert_eq!(
        scratch.fixed("a.arch").as_deref(),
        Some("system S { complies gdpr, hipaa }\n")
    );
}

#[test]
fn windows_line_ends_stay() {
    let text = STALE.replace('\n', "\r\n");
    let mut scratch = Scratch::over(host(&[("a.arch", &text)]));
    assert_eq!(
        scratch.fixed("a.arch").as_deref(),
        Some("service A {\r\n  store Db: postgres\r\n}\r\n")
    );
}

#[test]
fn actions_carry_what_can_be_tried() {
    let marked = Marked::new(&OPEN.replacen("owner Care", "ow$0ner Care", 1));
    let host = host(&[("main.arch", &marked.text)]);
    let file = host.file("main.arch").expect("set");
    let actions = host
        .snapshot()
        .actions(file, 0..marked.text.len() as u32)
        .expect("nothing writes");
    assert!(actions.iter().any(|action| action.trial.is_some()));
    let waivers = actions.iter().filter(|action| action.title.starts_with("Waive"));
    assert!(waivers.clone().count() > 0 && waivers.into_iter().all(|action| action.trial.is_none()));
}
