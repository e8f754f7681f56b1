//! What is fuzzed beyond the grammar: a host whose file is edited finds what a fresh host finds in the same text.

use archwright_analysis::{Config, Host, Profile, diagnostic::Diagnostic};
use archwright_trials::{script::next, targets::split};

/// Makes the edits of an input in an open file, and compares in the end.
pub fn edited_host(data: &[u8]) {
    let (mut text, mut script) = split(data, 256);
    let mut host = open(&text);
    let Some(file) = host.file(NAME) else {
        panic!("the file was just opened")
    };
    let mut left = 24;
    while left > 0 && !script.0.is_empty() {
        for step in next(&text, &mut script).into_iter().take(left) {
            left -= 1;
            text.replace_range(step.start..step.end, &step.insert);
            host.edit(file, step.start as u32..step.end as u32, &step.insert);
            host.refresh();
        }
    }
    host.settle();
    assert_eq!(host.rope(file).map(ToString::to_string).as_deref(), Some(&*text));
    assert_eq!(found(&host), found(&open(&text)), "in {text:?}");
}

const NAME: &str = "a.arch";

fn open(text: &str) -> Host {
    let mut host = Host::new(Config {
        profile: Profile::Strict,
        ..Config::default()
    });
    host.set_file(NAME, text);
    host.settle();
    host
}

/// Fixes are made on demand, and from the same facts.
fn found(host: &Host) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = host
        .file(NAME)
        .map(|file| host.diagnostics(file))
        .unwrap_or_default();
    for one in &mut all {
        one.fixes.clear();
    }
    all
}
