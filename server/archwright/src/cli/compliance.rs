//! `archwright compliance`.

use std::path::Path;

use archwright_analysis::{Encoding, Host, Profile, diagnostic::FileRange};

use super::targets::{shown, tasks};
use super::{ComplianceArgs, DocumentFormat, Outcome, configuration, output};
use crate::render::{compliance, markdown};
use crate::workspace::{self, analysis_config, load};

/// Prints what the blueprint has to show for the regimes that it names.
pub(super) fn run(args: &ComplianceArgs) -> Outcome {
    let here = std::env::current_dir().unwrap_or_default();
    let mut troubles = Vec::new();
    let mut unable = false;
    for task in tasks(std::slice::from_ref(&args.path), &mut troubles) {
        let mut loaded = load::load(&task.blueprint);
        unable |= configuration::complain(&task.blueprint, &loaded);
        troubles.append(&mut loaded.troubles);
        if loaded.texts.is_empty() {
            // "Names no regime" would sound as if somebody had looked.
            output::complain("No .arch file was looked at.");
            if matches!(args.format, DocumentFormat::Md) {
                continue;
            }
        }
        // Reviewers see what every rule finds that is meant for everybody, whatever the team has chosen for its editors.
        if loaded.settings.profile == Profile::Core {
            loaded.settings.profile = Profile::Recommended;
        }
        let mut host = Host::new(analysis_config(&loaded.settings));
        host.set_imports(loaded.imports.imports);
        workspace::fill(&mut host, loaded.texts);
        host.settle();
        print(&host, &task.blueprint.root, &here, args.format);
    }
    for trouble in &troubles {
        output::complain(&format!("{}: {}", shown(&here, &trouble.path), trouble.message));
        unable |= trouble.fatal;
    }
    if unable { Outcome::Unable } else { Outcome::Well }
}

fn print(host: &Host, root: &Path, here: &Path, format: DocumentFormat) {
    let snapshot = host.snapshot();
    // Nobody edits this host, so nothing can cancel the reader.
    let overview = snapshot.compliance().unwrap_or_default();
    let place = |at: &FileRange| {
        let line = snapshot.position(at.file, at.range.start, Encoding::Utf8).line;
        (shown(here, &root.join(snapshot.path(at.file))), line as usize + 1)
    };
    output::print(&match format {
        DocumentFormat::Md => {
            let page = compliance::markdown(&overview, place);
            if output::style().colour {
                markdown::render(&page, output::style())
            } else {
                page
            }
        }
        DocumentFormat::Json => compliance::json(&overview, place),
    });
}
