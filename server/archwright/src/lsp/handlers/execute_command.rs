//! `workspace/executeCommand`: generation, through the editor where it can create files, else straight to the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archwright_analysis::Cancelled;
use archwright_codegen::plan::{Plan, Write};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{self as lsp, MessageType, Uri};

use super::{Backend, Event, View, on_reader};
use crate::generating::{Decided, Ready, Refused, prepare, ready};
use crate::lsp::capabilities::GENERATE;
use crate::lsp::convert::generated;
use crate::lsp::progress::Progress;
use crate::render::human::plural;
use crate::workspace::apply::apply;
use crate::workspace::config::Settings;
use crate::workspace::disk::inside;

/// What the command may be told; everything may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Arguments {
    /// One service; without it every service.
    service: Option<String>,
    /// A document of the blueprint; without it every blueprint of the session.
    uri: Option<Uri>,
}

/// One blueprint, ready to be generated from.
struct Job {
    root: PathBuf,
    settings: Arc<Settings>,
    ready: std::result::Result<Ready, Refused>,
}

pub(crate) async fn handle(backend: &Backend, params: lsp::ExecuteCommandParams) -> Result<Option<Value>> {
    if params.command != GENERATE {
        return Err(Error::invalid_params(format!(
            "There is no command `{}`.",
            params.command
        )));
    }
    let arguments = arguments(params.arguments)?;
    let jobs = jobs(backend, arguments).await?;
    let progress = Progress::begin(
        &backend.outbox,
        &backend.client(),
        &backend.runtime,
        "Archwright: generating services",
    );
    let mut results = Vec::new();
    for job in jobs {
        progress.report(&job.root.display().to_string(), 50);
        results.push(generate(backend, job).await?);
    }
    drop(progress);
    Ok(Some(json!({ "results": results })))
}

/// Either an object or, as people type it into a command line, the name of a service.
fn arguments(values: Vec<Value>) -> Result<Arguments> {
    match values.into_iter().next() {
        None | Some(Value::Null) => Ok(Arguments::default()),
        Some(Value::String(service)) => Ok(Arguments {
            service: Some(service),
            uri: None,
        }),
        Some(value) => {
            serde_json::from_value(value).map_err(|error| Error::invalid_params(error.to_string()))
        }
    }
}

async fn jobs(backend: &Backend, arguments: Arguments) -> Result<Vec<Job>> {
    for _ in 0..super::ATTEMPTS {
        let mut jobs = Vec::new();
        let mut complete = true;
        for view in views(backend, arguments.uri.clone()).await {
            let services: Vec<String> = arguments.service.iter().cloned().collect();
            let made = on_reader(backend, view, move |view| {
                let ready = ready(&view.snapshot, &services)?;
                Ok::<_, Cancelled>(Job {
                    root: view.root.clone(),
                    settings: view.settings.clone(),
                    ready,
                })
            });
            match made.await? {
                Ok(job) => jobs.push(job),
                Err(Cancelled) => complete = false,
            }
        }
        if complete {
            return Ok(jobs);
        }
    }
    Err(Error::content_modified())
}

/// The blueprints that are meant. Lone files have no folder to generate into.
async fn views(backend: &Backend, uri: Option<Uri>) -> Vec<View> {
    let views = if let Some(uri) = uri {
        let (reply, view) = oneshot::channel();
        backend.send(Event::View { uri, reply });
        view.await.ok().flatten().into_iter().collect()
    } else {
        let (reply, views) = oneshot::channel();
        backend.send(Event::Views { reply });
        views.await.unwrap_or_default()
    };
    let (lone, folders): (Vec<View>, Vec<View>) = views.into_iter().partition(|view| view.detached);
    if folders.is_empty() && !lone.is_empty() {
        backend.outbox.show(
            MessageType::WARNING,
            "This file belongs to no folder, so there is no place for a service. Open its folder.",
        );
    }
    folders
}

async fn generate(backend: &Backend, job: Job) -> Result<Value> {
    let Job {
        root,
        settings,
        ready,
    } = job;
    let ready = match ready {
        Ok(ready) => ready,
        Err(refused) => return Ok(refuse(backend, &refused)),
    };
    let place = root.clone();
    let planned = backend
        .runtime
        .spawn_blocking(move || prepare(&ready, &place, &settings, BTreeMap::new(), &Decided::default()));
    let plan = match planned.await.map_err(|_| Error::internal_error())? {
        Ok(plan) => plan,
        Err(refused) => return Ok(refuse(backend, &refused)),
    };
    let summary = serde_json::to_value(plan.summary()).unwrap_or_default();
    let findings = plan
        .files
        .iter()
        .filter_map(|file| Some((file.path.clone(), file.finding.clone()?)))
        .collect();
    let written = write(backend, root.clone(), plan).await?;
    backend.send(Event::Generated { root, findings });
    match written {
        Ok(done) => {
            backend.outbox.show(MessageType::INFO, done);
            Ok(summary)
        }
        Err(story) => {
            backend.outbox.show(MessageType::ERROR, story.as_str());
            Ok(json!({ "error": story }))
        }
    }
}

fn refuse(backend: &Backend, Refused(lines): &Refused) -> Value {
    let more = if lines.len() > 1 {
        format!(" And {} more.", lines.len() - 1)
    } else {
        String::new()
    };
    let first = lines.first().map_or("", String::as_str);
    backend.outbox.show(
        MessageType::ERROR,
        format!("Nothing was generated. {first}{more}"),
    );
    json!({ "error": lines })
}

/// Carries the plan out; the story of it, or of what stopped it.
async fn write(backend: &Backend, root: PathBuf, plan: Plan) -> Result<std::result::Result<String, String>> {
    let client = backend.client();
    let (files, rest): (Vec<Write>, Vec<Write>) = plan
        .writes()
        .into_iter()
        .partition(|write| matches!(write, Write::File { .. } | Write::Delete { .. }));
    let conflicts = plan.summary().summary.conflict;
    let story = story(&files, conflicts, plan.not_generated.len());
    let mut todo = plan.writes();
    if !files.is_empty()
        && let Some(edit) = generated::workspace_edit(&client, &root, &files)
    {
        let params = generated::apply_params(&client, &edit);
        let answer = backend.outbox.request_raw("workspace/applyEdit", &params).await;
        let applied = answer
            .as_ref()
            .is_ok_and(|answer| answer.get("applied") == Some(&Value::Bool(true)));
        if !applied {
            let why = answer
                .ok()
                .and_then(|answer| Some(answer.get("failureReason")?.as_str()?.to_owned()));
            let why = why.map_or_else(String::new, |why| format!(" It said: {why}."));
            return Ok(Err(format!(
                "The editor did not apply the generated files.{why} Generate again when it is ready."
            )));
        }
        make_executable(&root, &files);
        todo = rest;
    }
    let done = backend.runtime.spawn_blocking(move || apply(&root, &todo)).await;
    let done = done.map_err(|_| Error::internal_error())?;
    Ok(done.map(|_| story).map_err(|stopped| stopped.story()))
}

/// An editor writes texts but cannot say that a file is a script.
fn make_executable(root: &Path, files: &[Write]) {
    #[cfg(unix)]
    for write in files {
        use std::os::unix::fs::PermissionsExt;
        let Write::File {
            path,
            executable: true,
            ..
        } = write
        else {
            continue;
        };
        let Ok(full) = inside(root, path) else { continue };
        // An editor that has not saved the file yet leaves nothing to change; its user runs `sh script` then.
        if let Ok(metadata) = std::fs::metadata(&full) {
            let mut permissions = metadata.permissions();
            let mode = permissions.mode();
            // Whoever may read it may run it.
            permissions.set_mode(mode | ((mode & 0o444) >> 2));
            let _ = std::fs::set_permissions(&full, permissions);
        }
    }
    #[cfg(not(unix))]
    let _ = (root, files);
}

fn story(files: &[Write], conflicts: usize, missing: usize) -> String {
    let deleted = files
        .iter()
        .filter(|write| matches!(write, Write::Delete { .. }))
        .count();
    let written = files.len() - deleted;
    let mut story = match (written, deleted) {
        (0, 0) => "Everything is generated already.".to_owned(),
        (written, 0) => format!("{} generated.", plural(written, "file")),
        (written, deleted) => format!(
            "{} generated, {} deleted.",
            plural(written, "file"),
            plural(deleted, "file")
        ),
    };
    if conflicts > 0 {
        story.push_str(&format!(
            " {} could not be merged with your edits, and the services they belong to were left as they are; `archwright generate` \
             shows the places.",
            plural(conflicts, "file")
        ));
    }
    if missing > 0 {
        story.push_str(&format!(
            " {} of the blueprint {} not generated yet; `archwright generate --dry-run` lists them.",
            plural(missing, "part"),
            if missing == 1 { "is" } else { "are" }
        ));
    }
    story
}
