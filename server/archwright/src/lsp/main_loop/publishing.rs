//! Findings on their way to the client: pushed as they change, or handed out when the client asks.

use std::collections::BTreeMap;

use archwright_analysis::{FileId, Settled, lock};
use archwright_grammar::line_index::LineIndex;
use rustc_hash::FxHashMap;
use tower_lsp::ls_types::request::WorkspaceDiagnosticRefresh;
use tower_lsp::ls_types::{self as lsp, Uri};

use super::MainLoop;
use super::configuring::encoding;
use crate::lsp::client::ClientInfo;
use crate::lsp::convert::to_proto::{self, Places, plain};
use crate::lsp::project::{Newest, Project, SETTLE_AFTER};
use crate::lsp::publisher::result_id;
use crate::workspace::{CONFIG_FILE, LOCK_FILE, config};

impl MainLoop {
    /// Sends what changed since the last call.
    pub(super) fn publish(&mut self) {
        let ids: Vec<u64> = self.projects.keys().copied().collect();
        for id in ids {
            let Some(project) = self.projects.get_mut(&id) else {
                continue;
            };
            project.refresh();
            let edited = std::mem::take(&mut project.edited);
            let changed = std::mem::take(&mut project.changed);
            if self.client.pulls {
                // A client asks again by itself for what was edited, and for nothing else.
                self.refresh_wanted |= changed.iter().any(|file| !edited.contains(file));
                continue;
            }
            for file in edited.union(&changed).copied().collect::<Vec<_>>() {
                self.push(id, file, edited.contains(&file));
            }
        }
        self.publish_extras();
        if std::mem::take(&mut self.refresh_wanted) && self.client.refreshes {
            let answer = self.outbox.request::<WorkspaceDiagnosticRefresh>(());
            self.runtime.spawn(answer);
        }
    }

    fn push(&mut self, id: u64, file: FileId, force: bool) {
        let Some(project) = self.projects.get(&id) else {
            return;
        };
        let places = Newest {
            project,
            encoding: self.client.encoding,
        };
        let Some(uri) = places.uri(file) else { return };
        let version = places.version(file);
        let diagnostics = self.convert(project, file);
        self.publisher
            .publish(&self.outbox, uri, version, diagnostics, force);
    }

    fn convert(&self, project: &Project, file: FileId) -> Vec<lsp::Diagnostic> {
        let places = Newest {
            project,
            encoding: self.client.encoding,
        };
        project
            .diagnostics(file)
            .iter()
            .filter_map(|diagnostic| to_proto::diagnostic(&places, &self.client, diagnostic))
            .collect()
    }

    /// Findings that are about no blueprint file: `archwright.toml`, files that cannot be read, generated files. They
    /// are pushed even to clients that pull, because these are no documents that a client asks about.
    fn publish_extras(&mut self) {
        let mut extras: BTreeMap<Uri, Vec<lsp::Diagnostic>> = BTreeMap::new();
        for project in self.projects.values() {
            let own = project.config_open.as_ref().map(|open| open.uri.clone());
            if !project.problems().is_empty()
                && let Some(uri) = own.or_else(|| to_proto::uri(&project.root.join(CONFIG_FILE)))
            {
                let found = config_diagnostics(project, &self.client);
                extras.entry(uri).or_default().extend(found);
            }
            if let Some(problem) = &project.lock.1
                && let Some(uri) = to_proto::uri(&project.root.join(LOCK_FILE))
            {
                let text = &project.lock.0;
                let found =
                    problem_diagnostic(text, &LineIndex::new(text), &self.client, lock::CODE, problem);
                extras.entry(uri).or_default().push(found);
            }
            for trouble in &project.troubles {
                if let Some(uri) = to_proto::uri(&trouble.path) {
                    let error = lsp::DiagnosticSeverity::ERROR;
                    extras.entry(uri).or_default().push(plain(
                        "io.unreadable",
                        error,
                        trouble.message.clone(),
                    ));
                }
            }
            for (path, finding) in &project.generated {
                if let Some(uri) = to_proto::uri(&project.root.join(path)) {
                    extras
                        .entry(uri)
                        .or_default()
                        .push(to_proto::plan_finding(finding));
                }
            }
        }
        let gone: Vec<Uri> = self
            .extras
            .iter()
            .filter(|uri| !extras.contains_key(uri))
            .cloned()
            .collect();
        if !gone.is_empty() {
            // A file that can be read by now has been published with its own findings.
            let known = self.known();
            for uri in gone.iter().filter(|uri| !known.contains_key(uri.as_str())) {
                self.publisher.clear(&self.outbox, uri.as_str());
            }
        }
        self.extras = extras.keys().cloned().collect();
        for (uri, mut diagnostics) in extras {
            for diagnostic in &mut diagnostics {
                if let Some(lsp::NumberOrString::String(code)) = &diagnostic.code {
                    diagnostic.code_description = to_proto::page(&self.client, code);
                }
            }
            self.publisher
                .publish(&self.outbox, uri, None, diagnostics, false);
        }
    }

    /// Takes back findings of files that no blueprint holds any more.
    pub(super) fn drop_strays(&mut self) {
        let known = self.known();
        let extras = &self.extras;
        self.publisher.retain(&self.outbox, |uri| {
            known.contains_key(uri) || extras.iter().any(|extra| extra.as_str() == uri)
        });
    }

    fn known(&self) -> FxHashMap<String, (u64, FileId)> {
        let mut known = FxHashMap::default();
        for project in self.projects.values() {
            let places = Newest {
                project,
                encoding: self.client.encoding,
            };
            for (file, _) in project.host.files() {
                if let Some(uri) = places.uri(file) {
                    known.insert(uri.as_str().to_owned(), (project.id, file));
                }
            }
        }
        known
    }

    /// Takes in the result of a second stage, unless the texts have changed since it was started.
    pub(super) fn settled(&mut self, id: u64, edition: u64, result: Option<Settled>) {
        let Some(project) = self.projects.get_mut(&id) else {
            return;
        };
        match result {
            Some(settled) if project.edition == edition => {
                let changed = project.host.settled(settled);
                self.refresh_wanted |= self.client.pulls && !changed.is_empty();
                project.changed.extend(changed);
            }
            // Cancelled or overtaken: once more, after the next pause.
            _ => {
                project
                    .settle_at
                    .get_or_insert_with(|| std::time::Instant::now() + SETTLE_AFTER);
            }
        }
    }

    /// Before an answer that the client will not be told to ask for again, both stages must have run.
    fn complete(&mut self, id: u64) {
        let refreshes = self.client.refreshes;
        let Some(project) = self.projects.get_mut(&id) else {
            return;
        };
        project.refresh();
        if !refreshes && project.host.needs_settling() {
            project.settle();
        }
    }

    pub(super) fn pull(&mut self, uri: &Uri, previous: Option<&str>) -> lsp::DocumentDiagnosticReport {
        let located = self.locate(uri);
        if let Some((id, _)) = located {
            self.complete(id);
        }
        let items = located
            .and_then(|(id, file)| Some(self.convert(self.projects.get(&id)?, file)))
            .unwrap_or_default();
        let result = result_id(&items);
        if previous == Some(result.as_str()) {
            return lsp::DocumentDiagnosticReport::Unchanged(lsp::RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: lsp::UnchangedDocumentDiagnosticReport {
                    result_id: result,
                },
            });
        }
        lsp::DocumentDiagnosticReport::Full(lsp::RelatedFullDocumentDiagnosticReport {
            related_documents: None,
            full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport {
                result_id: Some(result),
                items,
            },
        })
    }

    pub(super) fn pull_all(
        &mut self,
        previous: &[lsp::PreviousResultId],
    ) -> Vec<lsp::WorkspaceDocumentDiagnosticReport> {
        let ids: Vec<u64> = self.projects.keys().copied().collect();
        let mut reports = Vec::new();
        let mut reported = std::collections::BTreeSet::new();
        for id in ids {
            self.complete(id);
            let Some(project) = self.projects.get(&id) else {
                continue;
            };
            let places = Newest {
                project,
                encoding: self.client.encoding,
            };
            for (file, _) in project.host.files() {
                let Some(uri) = places.uri(file) else { continue };
                let had = previous
                    .iter()
                    .find(|it| it.uri == uri)
                    .map(|it| it.value.as_str());
                let items = self.convert(project, file);
                reported.insert(uri.as_str().to_owned());
                reports.push(workspace_report(uri, places.version(file), items, had));
            }
        }
        // Files that went away: an explicit empty set, so that nothing stays behind.
        for stale in previous.iter().filter(|it| !reported.contains(it.uri.as_str())) {
            reports.push(workspace_report(
                stale.uri.clone(),
                None,
                Vec::new(),
                Some(&stale.value),
            ));
        }
        reports
    }
}

fn workspace_report(
    uri: Uri,
    version: Option<i32>,
    items: Vec<lsp::Diagnostic>,
    previous: Option<&str>,
) -> lsp::WorkspaceDocumentDiagnosticReport {
    let (version, result_id) = (version.map(i64::from), result_id(&items));
    if previous == Some(result_id.as_str()) {
        return lsp::WorkspaceDocumentDiagnosticReport::Unchanged(
            lsp::WorkspaceUnchangedDocumentDiagnosticReport {
                uri,
                version,
                unchanged_document_diagnostic_report: lsp::UnchangedDocumentDiagnosticReport { result_id },
            },
        );
    }
    lsp::WorkspaceDocumentDiagnosticReport::Full(lsp::WorkspaceFullDocumentDiagnosticReport {
        uri,
        version,
        full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport {
            result_id: Some(result_id),
            items,
        },
    })
}

/// What is wrong in `archwright.toml`.
pub(super) fn config_diagnostics(project: &Project, client: &ClientInfo) -> Vec<lsp::Diagnostic> {
    let (text, problems) = (&project.config.0, project.problems());
    let lines = LineIndex::new(text);
    problems
        .iter()
        .map(|problem| problem_diagnostic(text, &lines, client, config::CODE, problem))
        .collect()
}

/// What is wrong with a line of a file that is no blueprint.
fn problem_diagnostic(
    text: &str,
    lines: &LineIndex,
    client: &ClientInfo,
    code: &str,
    problem: &config::Problem,
) -> lsp::Diagnostic {
    let at = |offset: usize| {
        let place = lines.position(text, offset as u32, encoding(client.encoding));
        lsp::Position {
            line: place.line,
            character: place.column,
        }
    };
    let message = format!("{}\n{}", problem.message, problem.help);
    let mut diagnostic = plain(code, to_proto::severity(problem.severity), message);
    diagnostic.range = lsp::Range {
        start: at(problem.range.start),
        end: at(problem.range.end),
    };
    diagnostic.code_description = to_proto::page(client, code);
    diagnostic
}
