//! Applies fixes.

use archwright_analysis::{Host, Profile, diagnostic::Diagnostic, edit::Edit};

use crate::blueprint::{self, Files};

/// The files after an edit.
pub fn apply(host: &Host, files: &Files, edit: &Edit) -> Files {
    let mut files = files.clone();
    for (file, changes) in &edit.files {
        let Some((_, text)) = files.iter_mut().find(|(name, _)| name == host.path(*file)) else {
            continue;
        };
        for change in changes.iter().rev() {
            text.replace_range(
                change.range.start as usize..change.range.end as usize,
                &change.text,
            );
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
    let fixes: Vec<_> = found
        .iter()
        .flat_map(|(_, found)| found.fixes.iter().map(move |fix| (found, fix)))
        .collect();
    if let Some((_, fix)) = fixes.iter().find(|(_, fix)| fix.title == title) {
        return Ok(apply(&host, files, &fix.edit));
    }
    let offered: Vec<String> = fixes
        .iter()
        .map(|(found, fix)| format!("  {} offers `{}`", found.code, fix.title))
        .collect();
    Err(format!(
        "no finding offers the fix `{title}`\n{}",
        offered.join("\n")
    ))
}

/// Applies every fix of every finding by itself, and looks at what comes out.
///
/// # Errors
/// The first fix whose changes overlap, change nothing, leave a text that can't be read or has unknown names though it had none
/// before, or leave the finding where it is.
pub fn all_repair(files: &Files, profile: Profile) -> Result<(), String> {
    let host = blueprint::host(files, profile);
    let before = blueprint::diagnostics(&host);
    for (_, found) in &before {
        for fix in &found.fixes {
            let name = format!("the fix `{}` of {}", fix.title, found.code);
            for (_, changes) in &fix.edit.files {
                if changes
                    .windows(2)
                    .any(|pair| pair[0].range.end > pair[1].range.start)
                {
                    return Err(format!("the changes of {name} overlap: {changes:?}"));
                }
            }
            let files_after = apply(&host, files, &fix.edit);
            let after = blueprint::diagnostics(&blueprint::host(&files_after, profile));
            let text = || blueprint::join(&files_after);
            let wrong =
                |all: &[(String, Diagnostic)]| all.iter().filter(|(_, found)| !is_rule(found)).count();
            if wrong(&after) > wrong(&before) {
                let errors: Vec<&str> = after
                    .iter()
                    .filter(|(_, found)| !is_rule(found))
                    .map(|(_, found)| found.message.as_str())
                    .collect();
                return Err(format!("{name} makes errors: {}\n{}", errors.join("; "), text()));
            }
            let same = |all: &[(String, Diagnostic)]| {
                all.iter()
                    .filter(|(_, one)| one.code == found.code && one.element == found.element)
                    .count()
            };
            if same(&after) >= same(&before) {
                return Err(format!(
                    "{name} does not repair {}: {}\n{}",
                    found.element,
                    found.message,
                    text()
                ));
            }
        }
    }
    Ok(())
}

/// Whether a diagnostic is about the architecture, not about the text.
pub fn is_rule(found: &Diagnostic) -> bool {
    archwright_analysis::rules::rule(&found.code).is_some()
}
