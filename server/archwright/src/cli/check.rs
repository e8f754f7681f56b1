//! `archwright check`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use archwright_analysis::diagnostic::Diagnostic;
use archwright_analysis::lock::Lock;
use archwright_analysis::scratch::Scratch;
use archwright_analysis::{FileId, Host};

use super::targets::{Task, shown, tasks};
use super::{CheckArgs, Outcome, ReportFormat, configuration, fixing, output, timing};
use crate::render::{Change, Finding, Place, Report, Source, github, human, json, junit, sarif};
use crate::workspace::config::{CODE, Problem};
use crate::workspace::discover::Trouble;
use crate::workspace::load::{self, Loaded};
use crate::workspace::{self, analysis_config};

/// Checks and prints.
pub(super) fn run(args: &CheckArgs) -> Outcome {
    let mut unable = false;
    let mut troubles = Vec::new();
    let mut report = Report::default();
    let here = std::env::current_dir().unwrap_or_default();
    for task in tasks(&args.paths, &mut troubles) {
        let mut loaded = load::load(&task.blueprint);
        if args.fix {
            let fixed = fixing::configuration(&task, &mut loaded, &here, &mut troubles);
            report.fixed.extend(fixed);
        }
        if let Some(profile) = args.profile {
            loaded.settings.profile = profile.into();
        }
        troubles.append(&mut loaded.troubles);
        // The check was then not the one that the project asked for.
        unable |= loaded
            .problems
            .iter()
            .chain(&loaded.lock_problem)
            .chain(&loaded.imports.problems)
            .any(Problem::is_error);
        report
            .findings
            .extend(configuration::findings(&task.blueprint, &loaded, &here));
        if args.timing {
            output::complain(&timing::table(&loaded));
        }
        let fix = args.fix.then_some(&mut troubles);
        check(&task, loaded, &here, &mut report, fix);
    }
    for trouble in &troubles {
        output::complain(&format!("{}: {}", shown(&here, &trouble.path), trouble.message));
        unable |= trouble.fatal;
    }
    let unknown = |finding: &Finding| finding.diagnostic.code == "name.unknown";
    if troubles.iter().any(|trouble| trouble.fatal) && report.findings.iter().any(unknown) {
        output::complain("Names that stand in what was not read are reported as unknown.");
    }
    // The other formats have no place for it.
    let elsewhere = !matches!(args.format, ReportFormat::Human | ReportFormat::Json);
    if elsewhere && !report.fixed.is_empty() {
        output::complain(human::fixed(&report).trim_end());
    }
    report.sort();
    output::print(&match args.format {
        ReportFormat::Human => human::render(&report, output::style()),
        ReportFormat::Json => json::render(&report),
        ReportFormat::Sarif => sarif::render(&report, !unable),
        ReportFormat::Github => github::render(&report),
        ReportFormat::Junit => junit::render(&report, args.fail_on.into()),
    });
    if unable {
        Outcome::Unable
    } else if report.fails_at(args.fail_on.into()) {
        Outcome::Findings
    } else {
        Outcome::Well
    }
}

fn check(task: &Task, loaded: Loaded, here: &Path, report: &mut Report, fix: Option<&mut Vec<Trouble>>) {
    let mut host = Host::new(analysis_config(&loaded.settings));
    let texts = if fix.is_some() {
        loaded.texts.clone()
    } else {
        Vec::new()
    };
    host.set_lock(&loaded.lock);
    host.set_imports(loaded.imports.imports);
    workspace::fill(&mut host, loaded.texts);
    host.settle();
    if let Some(path) = &task.blueprint.config {
        let source = Arc::new(Source::new(shown(here, path), loaded.config_text.as_str()));
        let unknown = workspace::imports::unknown(&loaded.settings, &host.services());
        let unknown = unknown
            .iter()
            .map(|problem| configuration::finding(CODE, problem, &source));
        report.findings.extend(unknown);
    }
    let mut scratch = Scratch::over(host);
    if let Some(troubles) = fix {
        let fixed = fixing::blueprint(task, &texts, &mut scratch, here, troubles);
        report.fixed.extend(fixed);
    }
    let mut found: Vec<Diagnostic> = Vec::new();
    for (file, path) in scratch.host().files() {
        if task.wants(&task.blueprint.root.join(path)) {
            found.extend(scratch.host().diagnostics(file));
        }
    }
    scratch.review(&mut found);
    let mut found = found.into_iter().peekable();
    let host = scratch.host();
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
        report.gone += gone(host, &loaded.lock);
    }
    for (file, path) in host.files() {
        let path = task.blueprint.root.join(path);
        if !task.wants(&path) {
            continue;
        }
        report.files += 1;
        report.names.push(shown(here, &path));
        if !everything {
            // Nobody edits this host, so nothing can cancel the reader.
            report.items += snapshot.symbols(file).map_or(0, |items| items.len());
        }
        while let Some(diagnostic) = found.next_if(|diagnostic| diagnostic.at.file == file) {
            let related = diagnostic
                .related
                .iter()
                .map(|related| Place {
                    message: related.message.clone(),
                    source: source(related.at.file),
                    range: related.at.range.clone(),
                })
                .collect();
            let edits = diagnostic
                .fixes
                .iter()
                .map(|fix| {
                    let files = fix.edit.files.iter();
                    files
                        .map(|(file, edits)| Change {
                            source: source(*file),
                            edits: edits.clone(),
                        })
                        .collect()
                })
                .collect();
            report.findings.push(Finding {
                source: source(file),
                diagnostic,
                related,
                edits,
            });
        }
    }
    // The process ends soon; giving a large blueprint's memory back piece by piece would only take time.
    std::mem::forget((snapshot, scratch));
}

/// How many of the findings that a lock accepts are no longer there.
fn gone(host: &Host, lock: &str) -> usize {
    let Ok(lock) = Lock::parse(lock) else { return 0 };
    if lock.accepted.is_empty() {
        return 0;
    }
    let files = host.files();
    let found: Vec<_> = files
        .iter()
        .flat_map(|(file, _)| host.diagnostics(*file))
        .collect();
    let mut left = lock.clone();
    left.prune(found.iter());
    let count = |lock: &Lock| {
        lock.accepted
            .values()
            .map(|accepted| accepted.count as usize)
            .sum::<usize>()
    };
    count(&lock) - count(&left)
}
