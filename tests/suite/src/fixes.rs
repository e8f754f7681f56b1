//! Applies fixes.

use archwright_analysis::{Host, Profile, edit::Edit};

use crate::blueprint::{self, Files};

/// The files after an edit.
pub fn apply(host: &Host, files: &Files, edit: &Edit) -> Files {
    let mut files = files.clone();
    for (file, changes) in &edit.files {
        let Some((_, text)) = files.iter_mut().find(|(name, _)| name == host.path(*file)) else { continue };
        for change in changes.iter().rev() {
            text.replace_range(change.range.start as usize..change.range.end as usize, &change.text);
        }
    }
    files
}

/// The files after the fix of that title, of the first finding that offers it.
///
/// # Errors
/// The titles that are offered, if this one isn't.
pub fn apply_titled(files: &Files, profile: Profile, title: &str) -> Result<Files, String> {
    let host = blueprint::host(files, profile);
    let found = blueprint::diagnostics(&host);
    let fixes: Vec<_> = found.iter().flat_map(|(_, found)| found.fixes.iter().map(move |fix| (found, fix))).collect();
    match fixes.iter().find(|(_, fix)| fix.title == title) {
        Some((_, fix)) => Ok(apply(&host, files, &fix.edit)),
        None => {
            let offered: Vec<String> = fixes.iter().map(|(found, fix)| format!("  {} offers `{}`", found.code, fix.title)).collect();
            Err(format!("no finding offers the fix `{title}`\n{}", offered.join("\n")))
        }
    }
}

/// Applies every fix of every finding by itself, and looks at what comes out.
///
/// # Errors
/// Fixes whose changes overlap, change nothing, or leave a text that can't be read any more though it could before.
pub fn all_leave_readable_text(files: &Files, profile: Profile) -> Result<(), String> {
    let host = blueprint::host(files, profile);
    let before = errors(files);
    for (_, found) in blueprint::diagnostics(&host) {
        for fix in &found.fixes {
            let name = format!("`{}` of {}", fix.title, found.code);
            for (_, changes) in &fix.edit.files {
                if changes.windows(2).any(|pair| pair[0].range.end > pair[1].range.start) {
                    return Err(format!("the changes of {name} overlap: {changes:?}"));
                }
            }
            let after = apply(&host, files, &fix.edit);
            if after == *files {
                return Err(format!("{name} changes nothing"));
            }
            let errors = errors(&after);
            if errors.len() > before.len() {
                let text: Vec<String> = after.iter().map(|(name, text)| format!("// file: {name}\n{text}")).collect();
                return Err(format!("{name} leaves a text that can't be read: {}\n{}", errors.join("; "), text.concat()));
            }
        }
    }
    Ok(())
}

/// Syntax errors of a blueprint.
fn errors(files: &Files) -> Vec<String> {
    let host = blueprint::host(files, Profile::Core);
    blueprint::found(&host)
        .into_iter()
        .filter(|(found, _)| found.code.starts_with("syntax."))
        .map(|(found, message)| format!("{}:{} {message}", found.file, found.line))
        .collect()
}
