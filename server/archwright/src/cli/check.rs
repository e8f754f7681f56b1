//! `archwright check`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archwright_analysis::{FileId, Host};

use super::{CheckArgs, Format, Outcome, output};
use crate::render::{Finding, Place, Report, Source, human, json};
use crate::workspace::discover::{self, Blueprint, Trouble, discover};
use crate::workspace::load::{self, Loaded};
use crate::workspace::read::ReadError;
use crate::workspace::{self, analysis_config};

/// A blueprint to check and the paths in it that were asked for.
struct Task {
    blueprint: Blueprint,
    wanted: Vec<PathBuf>,
}

/// Checks and prints.
pub(super) fn run(args: &CheckArgs) -> Outcome {
    let mut unable = false;
    let mut troubles = Vec::new();
    let mut report = Report::default();
    let here = std::env::current_dir().unwrap_or_default();
    for task in tasks(&args.paths, &mut troubles) {
        let mut loaded = load::load(&task.blueprint);
        if let Some(profile) = args.profile {
            loaded.settings.profile = profile.into();
        }
        troubles.append(&mut loaded.troubles);
        unable |= complain_about_config(&task.blueprint, &loaded);
        check(&task, loaded, &here, &mut report);
    }
    for trouble in &troubles {
        output::complain(&format!("{}: {}", shown(&here, &trouble.path), trouble.message));
        unable |= trouble.fatal;
    }
    let unknown = |finding: &Finding| finding.diagnostic.code == "name.unknown";
    if troubles.iter().any(|trouble| trouble.fatal) && report.findings.iter().any(unknown) {
        output::complain("Names that stand in what was not read are reported as unknown.");
    }
    report.sort();
    output::print(&match args.format {
        Format::Human => human::render(&report, output::style()),
        Format::Json => json::render(&report),
    });
    if unable {
        Outcome::Unable
    } else if report.fails_at(args.fail_on.into()) {
        Outcome::Findings
    } else {
        Outcome::Well
    }
}

/// The blueprints that `paths` belong to, each once.
fn tasks(paths: &[PathBuf], troubles: &mut Vec<Trouble>) -> Vec<Task> {
    let mut tasks: BTreeMap<PathBuf, Task> = BTreeMap::new();
    for path in paths {
        let real = match fs_err::canonicalize(path) {
            Ok(real) => real,
            Err(error) => {
                let kind = std::io::Error::from(error.kind());
                troubles.push(Trouble {
                    path: path.clone(),
                    message: ReadError::from(kind).to_string(),
                    fatal: true,
                });
                continue;
            }
        };
        if !real.is_dir() && !real.is_file() {
            troubles.push(Trouble {
                path: real,
                message: ReadError::NotAFile.to_string(),
                fatal: true,
            });
            continue;
        }
        let found = match discover::root_above(&real) {
            Some(root) => discover(&root),
            None if real.is_dir() => discover(&real),
            None => discover::siblings(&real),
        };
        for trouble in found.troubles {
            if !troubles.contains(&trouble) {
                troubles.push(trouble);
            }
        }
        let mut blueprints = found.blueprints;
        let named = real.is_file() && !blueprints.iter().any(|blueprint| blueprint.files.contains(&real));
        if named {
            // Asked for by name, so hidden, ignored or with another ending makes no difference.
            let home = blueprints
                .iter_mut()
                .filter(|blueprint| real.starts_with(&blueprint.root));
            if let Some(blueprint) = home.max_by_key(|blueprint| blueprint.root.as_os_str().len()) {
                blueprint.files.push(real.clone());
            }
        }
        for blueprint in blueprints {
            let concerned = real.starts_with(&blueprint.root) || blueprint.root.starts_with(&real);
            if !concerned || (real.is_file() && !blueprint.files.contains(&real)) {
                continue;
            }
            let task = tasks.entry(blueprint.root.clone()).or_insert_with(|| Task {
                blueprint: blueprint.clone(),
                wanted: Vec::new(),
            });
            for file in blueprint.files {
                if !task.blueprint.files.contains(&file) {
                    task.blueprint.files.push(file);
                }
            }
            task.wanted.push(real.clone());
        }
    }
    tasks.into_values().collect()
}

/// Prints what is wrong in `archwright.toml`; true when something is, because then the check was not the one that
/// the project asked for.
pub(super) fn complain_about_config(blueprint: &Blueprint, loaded: &Loaded) -> bool {
    let Some(path) = &blueprint.config else {
        return false;
    };
    let here = std::env::current_dir().unwrap_or_default();
    let source = Arc::new(Source::new(shown(&here, path), loaded.config_text.as_str()));
    for problem in &loaded.problems {
        let text = human::render_problem(
            &source,
            &problem.range,
            &problem.message,
            &problem.help,
            human::Style::PLAIN,
        );
        output::complain(text.trim_end());
    }
    !loaded.problems.is_empty()
}

fn check(task: &Task, loaded: Loaded, here: &Path, report: &mut Report) {
    let mut host = Host::new(analysis_config(&loaded.settings));
    workspace::fill(&mut host, loaded.texts);
    host.settle();
    let snapshot = host.snapshot();
    let mut sources: BTreeMap<FileId, Arc<Source>> = BTreeMap::new();
    let mut source = |file: FileId| {
        sources
            .entry(file)
            .or_insert_with(|| {
                let name = shown(here, &task.blueprint.root.join(host.path(file)));
                Arc::new(Source::new(name, snapshot.text(file)))
            })
            .clone()
    };
    let everything = task
        .wanted
        .iter()
        .any(|wanted| task.blueprint.root.starts_with(wanted));
    if everything {
        report.items += host.item_count();
    }
    for (file, path) in host.files() {
        let path = task.blueprint.root.join(path);
        if !task.wanted.iter().any(|wanted| path.starts_with(wanted)) {
            continue;
        }
        report.files += 1;
        if !everything {
            // Nobody edits this host, so nothing can cancel the reader.
            report.items += snapshot.symbols(file).map_or(0, |items| items.len());
        }
        for diagnostic in host.diagnostics(file) {
            let related = diagnostic
                .related
                .iter()
                .map(|related| Place {
                    message: related.message.clone(),
                    source: source(related.at.file),
                    range: related.at.range.clone(),
                })
                .collect();
            report.findings.push(Finding {
                source: source(file),
                diagnostic,
                related,
            });
        }
    }
    // The process ends soon; giving a large blueprint's memory back piece by piece would only take time.
    std::mem::forget((host, snapshot));
}

/// A path as the user would type it: relative to the current folder where it lies below it.
pub(super) fn shown(here: &Path, path: &Path) -> String {
    load::relative(here, path)
}
