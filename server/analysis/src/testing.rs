//! Blueprints in tests.

use crate::{Config, Host, Profile, diagnostic::Diagnostic};

/// A host that holds one text, settled, with all rules on.
pub(crate) fn host(text: &str) -> Host {
    let mut host = Host::new(Config {
        profile: Profile::Strict,
        ..Config::default()
    });
    host.set_file("main.arch", text);
    host.settle();
    host
}

/// The diagnostics of one text.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let host = host(text);
    let file = host.file("main.arch").expect("set above");
    host.diagnostics(file)
}

/// One line per diagnostic of one text: `line:column severity code element: message`, lines and columns from 1.
pub(crate) fn check(text: &str) -> Vec<String> {
    let host = host(text);
    let file = host.file("main.arch").expect("set above");
    host.diagnostics(file)
        .iter()
        .map(|found| {
            let at = host.position(file, found.at.range.start, crate::Encoding::Utf32);
            format!(
                "{}:{} {} {} {}: {}",
                at.line + 1,
                at.column + 1,
                found.severity.word(),
                found.code,
                found.element,
                found.message
            )
        })
        .collect()
}

/// The same, of one rule only: `line severity element`.
pub(crate) fn of_rule(text: &str, code: &str) -> Vec<String> {
    lines(&host(text), code)
}

fn lines(host: &Host, code: &str) -> Vec<String> {
    let file = host.file("main.arch").expect("set above");
    host.diagnostics(file)
        .iter()
        .filter(|found| found.code == code)
        .map(|found| {
            let at = host.position(file, found.at.range.start, crate::Encoding::Utf32);
            format!("{} {} {}", at.line + 1, found.severity.word(), found.element)
        })
        .collect()
}

/// The text after the fix with a title, of the first diagnostic that offers it.
pub(crate) fn fixed(text: &str, title: &str) -> String {
    after_fix(&host(text), text, title)
}

fn after_fix(host: &Host, text: &str, title: &str) -> String {
    let file = host.file("main.arch").expect("set above");
    let diagnostics = host.diagnostics(file);
    let fix = diagnostics
        .iter()
        .flat_map(|found| &found.fixes)
        .find(|fix| fix.title == title)
        .unwrap_or_else(|| panic!("no fix is called `{title}`: {diagnostics:#?}"));
    let mut text = text.to_owned();
    for (_, edits) in &fix.edit.files {
        for edit in edits.iter().rev() {
            text.replace_range(edit.range.start as usize..edit.range.end as usize, &edit.text);
        }
    }
    text
}

/// A host that holds one text, settled, with all rules on, against another one that was released.
pub(crate) fn host_since(before: &str, text: &str) -> Host {
    let records = host(before).snapshot().contracts().expect("nothing writes");
    let lock = crate::lock::Lock {
        records,
        ..crate::lock::Lock::default()
    };
    let mut host = Host::new(Config {
        profile: Profile::Strict,
        today: archwright_grammar::ast::Date {
            year: 2026,
            month: 11,
            day: 21,
        },
        ..Config::default()
    });
    assert_eq!(host.set_lock(&lock.text()), None);
    host.set_file("main.arch", text);
    host.settle();
    host
}

/// What [`of_rule`] gives, against a text that was released.
pub(crate) fn since(before: &str, text: &str, code: &str) -> Vec<String> {
    lines(&host_since(before, text), code)
}

/// What [`fixed`] gives, against a text that was released.
pub(crate) fn fixed_since(before: &str, text: &str, title: &str) -> String {
    after_fix(&host_since(before, text), text, title)
}
