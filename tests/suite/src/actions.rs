//! Takes what editors are offered, and looks at what comes out.

use archwright_analysis::{Host, Profile, diagnostic::Diagnostic, features::actions::Action};

use crate::{
    blueprint::{self, Files},
    fixes,
};

/// The files after the waiver that is offered for a finding; `None` where there is none.
fn waived(host: &Host, files: &Files, found: &Diagnostic) -> Option<Files> {
    let title = format!("Waive {} for ", found.code);
    let snapshot = host.snapshot();
    let actions = snapshot.actions(found.at.file, found.at.range.clone()).ok()?;
    let of_finding = |action: &&Action| {
        action.title.starts_with(&title) && action.id.contains(&format!("|{}|", found.element))
    };
    let action = actions.iter().find(of_finding)?;
    let edit = snapshot.resolve_action(found.at.file, &action.id).ok()??;
    Some(fixes::apply(host, files, &edit))
}

/// Takes the waiver that is offered for each finding, by itself. Gives the codes of the findings that had one.
///
/// # Errors
/// The first waiver that does not silence its finding.
pub fn all_waivers_silence(files: &Files, profile: Profile) -> Result<Vec<String>, String> {
    let host = blueprint::host(files, profile);
    let before = blueprint::diagnostics(&host);
    let mut silenced = Vec::new();
    for (_, found) in &before {
        let Some(files_after) = waived(&host, files, found) else {
            continue;
        };
        let after = blueprint::diagnostics(&blueprint::host(&files_after, profile));
        let same = |all: &[(String, Diagnostic)]| {
            all.iter()
                .filter(|(_, one)| one.code == found.code && one.element == found.element)
                .count()
        };
        if same(&after) >= same(&before) {
            return Err(format!(
                "waiving {} of {} does not silence it\n{}",
                found.code,
                found.element,
                blueprint::join(&files_after)
            ));
        }
        silenced.push(found.code.to_string());
    }
    Ok(silenced)
}

/// Takes every action that is offered at any place, except repairs and waivers, which are looked at with their findings.
///
/// # Errors
/// The first action that can't be taken, changes nothing or makes errors.
pub fn all_assists_work(files: &Files, profile: Profile) -> Result<(), String> {
    let host = blueprint::host(files, profile);
    let errors = |host: &Host| {
        let found = blueprint::diagnostics(host);
        found
            .into_iter()
            .filter(|(_, found)| !fixes::is_rule(found))
            .map(|(_, found)| found.message)
            .collect::<Vec<_>>()
    };
    let before = errors(&host);
    let snapshot = host.snapshot();
    for (file, name) in host.files() {
        let text = snapshot.text(file);
        for (line, at) in first_words(&text) {
            let actions = snapshot
                .actions(file, at..at)
                .map_err(|_| "cancelled".to_owned())?;
            for action in actions.iter().filter(|action| action.id.starts_with("assist")) {
                let place = format!("`{}` at {name}:{line}", action.title);
                let edit = snapshot
                    .resolve_action(file, &action.id)
                    .map_err(|_| "cancelled".to_owned())?;
                let edit = edit.ok_or_else(|| format!("{place} can't be taken"))?;
                let files_after = fixes::apply(&host, files, &edit);
                if files_after == *files {
                    return Err(format!("{place} changes nothing"));
                }
                let after = errors(&blueprint::host(&files_after, profile));
                if after.len() > before.len() {
                    let text = blueprint::join(&files_after);
                    return Err(format!("{place} makes errors: {}\n{text}", after.join("; ")));
                }
            }
        }
    }
    Ok(())
}

/// Where the first three words of each line begin: what is offered depends on the statement, and on its name.
fn first_words(text: &str) -> Vec<(usize, u32)> {
    let mut places = Vec::new();
    let mut start = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let words = (0..line.len())
            .filter(|at| line.is_char_boundary(*at) && borders(line, *at) && line[*at..].starts_with(word));
        places.extend(words.take(3).map(|at| (number + 1, (start + at) as u32)));
        start += line.len();
    }
    places
}

/// Whether something of another sort begins at a byte: a word, a sign, a gap.
pub(crate) fn borders(text: &str, at: usize) -> bool {
    match (text[..at].chars().next_back(), text[at..].chars().next()) {
        (Some(before), Some(behind)) => !(word(before) && word(behind) || before == ' ' && behind == ' '),
        _ => true,
    }
}

fn word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Asks everything that an editor may ask wherever something begins or ends in the files; that nothing panics is what is tested.
///
/// # Errors
/// A place where the answer does not come, or lies outside of the text.
pub fn ask_everywhere(files: &Files, profile: Profile) -> Result<(), String> {
    let host = blueprint::host(files, profile);
    let snapshot = host.snapshot();
    for (file, name) in host.files() {
        let text = snapshot.text(file);
        let length = text.len() as u32;
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at) && borders(&text, *at)) {
            let offset = at as u32;
            let fault = |what: &str| {
                format!(
                    "{what} at byte {at} of {name}, {:?}",
                    &text[at..].chars().take(20).collect::<String>()
                )
            };
            let hover = snapshot.hover(file, offset).map_err(|_| fault("no hover"))?;
            if hover.is_some_and(|hover| {
                hover.range.start > offset || hover.range.end < offset || hover.markdown.is_empty()
            }) {
                return Err(fault("a hover is elsewhere or empty"));
            }
            for target in snapshot
                .definition(file, offset)
                .map_err(|_| fault("no definition"))?
            {
                let there = snapshot.text(target.at.file);
                if there
                    .get(target.at.range.start as usize..target.at.range.end as usize)
                    .is_none()
                {
                    return Err(fault("a definition lies outside of its file"));
                }
            }
            let places = snapshot
                .references(file, offset, true)
                .map_err(|_| fault("no references"))?;
            for place in places {
                if snapshot
                    .text(place.file)
                    .get(place.range.start as usize..place.range.end as usize)
                    .is_none()
                {
                    return Err(fault("a reference lies outside of its file"));
                }
            }
            for item in snapshot
                .completion(file, offset)
                .map_err(|_| fault("no completion"))?
            {
                if item.replace.start > offset || item.replace.end < offset || item.replace.end > length {
                    return Err(fault("a completion replaces text elsewhere"));
                }
            }
        }
        snapshot
            .symbols(file)
            .map_err(|_| format!("no symbols of {name}"))?;
    }
    Ok(())
}
