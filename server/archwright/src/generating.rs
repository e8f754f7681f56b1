//! Generation, the same for the command line and the editor: from a blueprint to a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use archwright_analysis::diagnostic::{Diagnostic, Severity, State};
use archwright_analysis::lock::decided_by_release;
use archwright_analysis::{Cancelled, Snapshot};
use archwright_codegen::model::SystemModel;
use archwright_codegen::plan::{LightChecks, Plan, PlanOptions, Resolution, plan};
use archwright_codegen::{GenError, Options, Selection, generate};

use crate::workspace::config::Settings;
use crate::workspace::disk::{Disk, folder_inside};

/// Why nothing is generated: sentences for the user, one per cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) Vec<String>);

/// What generation needs of a blueprint. It holds nothing of the checker, so that edits can go on.
#[derive(Debug)]
pub(crate) struct Ready {
    model: SystemModel,
    selection: Selection,
}

/// Takes the services that are asked for (all of them when `services` is empty) out of a blueprint.
pub(crate) fn ready(snapshot: &Snapshot, services: &[String]) -> Result<Result<Ready, Refused>, Cancelled> {
    let errors = errors(snapshot, services)?;
    if !errors.is_empty() {
        return Ok(Err(Refused(errors)));
    }
    let selection = if services.is_empty() {
        Selection::All
    } else {
        Selection::Named(services.to_vec())
    };
    Ok(match snapshot.system_model()? {
        Ok(model) => Ok(Ready { model, selection }),
        Err(error) => {
            let lines = error
                .diagnostics
                .iter()
                .map(|diagnostic| line(snapshot, diagnostic))
                .collect();
            Err(Refused(lines))
        }
    })
}

/// Errors of the blueprint that stand in the way: those of the services that are asked for, and those of everything
/// that is no service.
fn errors(snapshot: &Snapshot, services: &[String]) -> Result<Vec<String>, Cancelled> {
    let wanted: BTreeSet<&str> = services.iter().map(String::as_str).collect();
    let mut lines = Vec::new();
    for (file, _) in snapshot.files() {
        for diagnostic in snapshot.diagnostics(file)? {
            let owner = diagnostic.element.split_once('.').map(|(owner, _)| owner);
            let other = !wanted.is_empty() && owner.is_some_and(|owner| !wanted.contains(owner));
            // What breaks clients is for the next release to decide, not in the way of trying it out.
            let decided_later = decided_by_release(&diagnostic.code);
            if diagnostic.severity == Severity::Error
                && diagnostic.state == State::New
                && !other
                && !decided_later
            {
                lines.push(line(snapshot, &diagnostic));
            }
        }
    }
    Ok(lines)
}

fn line(snapshot: &Snapshot, diagnostic: &Diagnostic) -> String {
    let at = &diagnostic.at;
    let place = snapshot.position(at.file, at.range.start, archwright_analysis::Encoding::Utf32);
    let (line, column) = (place.line + 1, place.column + 1);
    format!(
        "{}:{line}:{column}: {} ({})",
        snapshot.path(at.file),
        diagnostic.message,
        diagnostic.code
    )
}

/// What the user has decided about files that an earlier plan left alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decided {
    /// Files that stay as they are, by path below the blueprint's folder.
    pub(crate) mine: Vec<String>,
    /// Files that become what the templates make.
    pub(crate) generated: Vec<String>,
}

impl Decided {
    /// The decisions in the plan's words.
    fn resolutions(&self, plan: &Plan) -> Result<BTreeMap<String, Resolution>, Refused> {
        let mine = self
            .mine
            .iter()
            .map(|path| (path, [Resolution::Adopt, Resolution::TakeMine]));
        let wanted = [Resolution::Restore, Resolution::TakeGenerated];
        let generated = self.generated.iter().map(|path| (path, wanted));
        let mut resolutions = BTreeMap::new();
        let mut refused = Vec::new();
        for (path, wanted) in mine.chain(generated) {
            let file = plan.files.iter().find(|file| file.path == *path);
            let offered = file
                .and_then(|file| file.finding.as_ref())
                .map(|finding| &finding.resolutions);
            match offered.and_then(|offered| wanted.into_iter().find(|it| offered.contains(it))) {
                Some(resolution) if !resolutions.contains_key(path) => {
                    resolutions.insert(path.clone(), resolution);
                }
                Some(_) => refused.push(format!("{path} is named for both texts; choose one.")),
                None => refused.push(format!(
                    "{path}: there is nothing to decide. Name a file that `archwright generate --dry-run` says was \
                     left alone, as it is written there."
                )),
            }
        }
        if refused.is_empty() {
            Ok(resolutions)
        } else {
            Err(Refused(refused))
        }
    }
}

/// An error of the templates, with the service that it is about.
fn told(error: GenError) -> String {
    match error.service {
        Some(service) if !error.message.contains(&format!("`{service}`")) => {
            format!("{service}: {}", error.message)
        }
        _ => error.message,
    }
}

/// Compares what the templates make with what is on disk (or, in `open`, in an editor).
pub(crate) fn prepare(
    ready: &Ready,
    root: &Path,
    settings: &Settings,
    open: BTreeMap<String, String>,
    decided: &Decided,
) -> Result<Plan, Refused> {
    let disk = Disk::new(root, open);
    let lock = disk
        .lock_of_what_is_left()
        .map_err(|message| Refused(vec![message]))?;
    let options = Options {
        output: settings.output.clone(),
    };
    let rendered = generate(&ready.model, &ready.selection, &options, &lock, &disk)
        .map_err(|errors| Refused(errors.into_iter().map(told).collect()))?;
    for service in &rendered.services {
        folder_inside(root, &service.folder).map_err(|why| {
            Refused(vec![format!(
                "{why}, so nothing was generated. Put a folder in its place, or name another one as `output` below \
                 [generate] in archwright.toml."
            )])
        })?;
    }
    let compare = |options: &PlanOptions| plan(&rendered, &lock, &disk, &LightChecks, options);
    let first = compare(&PlanOptions::default());
    let resolutions = decided.resolutions(&first)?;
    if resolutions.is_empty() {
        return Ok(first);
    }
    Ok(compare(&PlanOptions {
        resolutions,
        ..PlanOptions::default()
    }))
}
