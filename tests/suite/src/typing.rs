//! Types a blueprint as a person would, piece by piece, into a host that checks along.

use archwright_analysis::{Config, Host, Profile};

use crate::{
    actions::borders,
    blueprint::{self, Files, TODAY},
};

/// Types all files, piece by piece, with both stages of checking on the way.
///
/// # Errors
/// A finding that lies outside of the text that was typed so far, or a difference between what is found in the end and what is
/// found in the same text when it is opened at once.
pub fn ends_as_if_opened(files: &Files, profile: Profile) -> Result<(), String> {
    let mut host = Host::new(Config {
        profile,
        today: TODAY,
        ..Config::default()
    });
    for (name, text) in files {
        if !blueprint::is_own(name) {
            blueprint::give(&mut host, name, text);
            continue;
        }
        let file = host.set_file(name, "");
        let mut typed = 0;
        for at in (1..=text.len()).filter(|at| text.is_char_boundary(*at) && borders(text, *at)) {
            host.edit(file, typed as u32..typed as u32, &text[typed..at]);
            typed = at;
            host.refresh();
            if !text[..typed].ends_with('\n') {
                continue;
            }
            // People pause behind an item.
            if text[..typed].ends_with("}\n") {
                host.settle();
            }
            for found in host.diagnostics(file) {
                if found.at.range.end as usize > typed || found.at.range.start > found.at.range.end {
                    return Err(format!(
                        "{} lies at {:?} of {typed} bytes of {name}",
                        found.code, found.at.range
                    ));
                }
            }
        }
    }
    host.settle();
    let opened = blueprint::found(&blueprint::host(files, profile));
    let typed = blueprint::found(&host);
    if opened == typed {
        return Ok(());
    }
    Err(format!(
        "typed, it has other findings\nopened: {opened:#?}\ntyped: {typed:#?}"
    ))
}
