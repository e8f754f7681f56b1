//! The one thread that owns the texts and their checkers.
//!
//! Everything that changes state comes through one queue, in the order of the wire. Readers get views and work on
//! other threads; a later edit cancels them. The second stage of a check runs on another thread too, after the
//! blueprint was left alone for a moment.

pub(crate) mod configuring;
mod publishing;
mod syncing;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use archwright_analysis::FileId;
use tokio::runtime::Handle;
use tower_lsp::ls_types::{MessageType, Uri};

use super::client::ClientInfo;
use super::event::Event;
use super::outbox::Outbox;
use super::progress::Progress;
use super::project::{OpenConfig, Project};
use super::publisher::Publisher;
use crate::workspace::discover::{self, discover};

/// A batch of edits is published at the latest after this time, even while more keep coming.
const PUBLISH_AFTER: Duration = Duration::from_millis(50);

/// State of a session.
pub(crate) struct MainLoop {
    events: mpsc::Receiver<Event>,
    own: mpsc::Sender<Event>,
    outbox: Outbox,
    client: Arc<ClientInfo>,
    runtime: Handle,
    folders: Vec<PathBuf>,
    projects: BTreeMap<u64, Project>,
    next_project: u64,
    /// Open documents by URI: which blueprint and which file they are.
    documents: BTreeMap<String, (u64, FileId)>,
    /// Every `archwright.toml` that the client has open, by URI: its folder, and its text.
    configs: BTreeMap<String, (PathBuf, OpenConfig)>,
    publisher: Publisher,
    /// URIs that carry problems of configuration or of reading.
    extras: Vec<Uri>,
    refresh_wanted: bool,
    last_rescan: Option<Instant>,
    /// Paths of documents in `[imports]` that the client watches.
    followed: BTreeSet<String>,
    /// When to look at the disk again, for a client that does not watch it.
    rescan_at: Option<Instant>,
}

impl MainLoop {
    /// A loop that reads `events`; `own` is the sending side of the same queue.
    pub(crate) fn new(
        (own, events): (mpsc::Sender<Event>, mpsc::Receiver<Event>),
        outbox: Outbox,
        client: Arc<ClientInfo>,
        runtime: Handle,
    ) -> Self {
        Self {
            events,
            own,
            outbox,
            folders: client.folders.clone(),
            client,
            runtime,
            projects: BTreeMap::new(),
            next_project: 1,
            documents: BTreeMap::new(),
            configs: BTreeMap::new(),
            publisher: Publisher::default(),
            extras: Vec::new(),
            refresh_wanted: false,
            last_rescan: None,
            followed: BTreeSet::new(),
            rescan_at: None,
        }
    }

    /// Runs until [`Event::Quit`].
    pub(crate) fn run(mut self) {
        loop {
            let first = match self.next_deadline() {
                None => self.events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at) => self
                    .events
                    .recv_timeout(at.saturating_duration_since(Instant::now())),
            };
            match first {
                Ok(event) => {
                    // What is already waiting is taken along: one publication answers a burst of edits.
                    let started = Instant::now();
                    let mut next = Some(event);
                    while let Some(event) = next {
                        if matches!(event, Event::Quit) {
                            return;
                        }
                        self.handle(event);
                        next = if started.elapsed() < PUBLISH_AFTER {
                            self.events.try_recv().ok()
                        } else {
                            None
                        };
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.rescan_when_due();
            self.follow_imports();
            self.publish();
            self.start_settling();
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Start if self.documents.is_empty() => {
                self.start();
                self.tell_configs();
            }
            // Documents that were opened too early find their blueprints now.
            Event::Start => self.reload(),
            Event::Open { uri, version, text } => self.open(&uri, version, &text),
            Event::Change {
                uri,
                version,
                changes,
            } => self.change(&uri, version, &changes),
            Event::Close { uri } => self.close(&uri),
            Event::Save => self.rescan_now_and_then(),
            Event::Watched(changes) => self.watched(&changes),
            Event::Folders { added, removed } => self.change_folders(added, &removed),
            Event::View { uri, reply } => {
                let view = self.locate(&uri).map(|(project, file)| {
                    let encoding = self.client.encoding;
                    self.projects
                        .get_mut(&project)
                        .map(|project| project.view(Some(file), encoding))
                });
                // A reader that went away does not want it any more.
                let _ = reply.send(view.flatten());
            }
            Event::Config { uri, reply } => {
                // A reader that went away does not want it any more.
                let _ = reply.send(self.config_view(&uri));
            }
            Event::Views { reply } => {
                let encoding = self.client.encoding;
                let views = self
                    .projects
                    .values_mut()
                    .map(|project| project.view(None, encoding))
                    .collect();
                let _ = reply.send(views);
            }
            Event::Pull { uri, previous, reply } => {
                let _ = reply.send(self.pull(&uri, previous.as_deref()));
            }
            Event::PullAll { previous, reply } => {
                let _ = reply.send(self.pull_all(&previous));
            }
            Event::Settled {
                project,
                edition,
                result,
            } => self.settled(project, edition, result),
            Event::Generated { root, findings } => {
                if let Some(project) = self.projects.values_mut().find(|project| project.root == root) {
                    project.generated = findings;
                }
                self.rescan();
            }
            Event::Quit => {}
        }
    }

    /// Loads the session's folders. Documents that are open already keep their text.
    fn start(&mut self) {
        for folder in self.folders.clone() {
            self.load_folder(&folder);
        }
        self.report_troubles();
    }

    fn load_folder(&mut self, folder: &std::path::Path) {
        // A folder inside a blueprint shows the whole blueprint.
        let top = discover::root_above(folder).unwrap_or_else(|| folder.to_path_buf());
        let progress = Progress::begin(
            &self.outbox,
            &self.client,
            &self.runtime,
            "Archwright: reading blueprints",
        );
        let found = discover(&top);
        let total = found.blueprints.len();
        for (at, blueprint) in found.blueprints.iter().enumerate() {
            if self
                .projects
                .values()
                .any(|project| project.root == blueprint.root)
            {
                continue;
            }
            progress.report(
                &format!("{} of {total}: {}", at + 1, blueprint.root.display()),
                at * 100 / total.max(1),
            );
            let id = self.next_id();
            self.projects.insert(id, Project::load(id, blueprint));
        }
        drop(progress);
        for trouble in found.troubles {
            let typ = if trouble.fatal {
                MessageType::WARNING
            } else {
                MessageType::LOG
            };
            let text = format!("{}: {}", trouble.path.display(), trouble.message);
            if trouble.fatal {
                self.outbox.show(typ, text);
            } else {
                self.outbox.log(typ, text);
            }
        }
    }

    /// Tells once, in one sentence, what could not be read; each place has a diagnostic as well.
    fn report_troubles(&mut self) {
        for project in self.projects.values() {
            if let Some(problem) = project.config.1.iter().find(|problem| problem.is_error()) {
                let path = project.root.join(crate::workspace::CONFIG_FILE);
                self.outbox.show(
                    MessageType::WARNING,
                    format!("{}: {} {}", path.display(), problem.message, problem.help),
                );
            }
            if let [first, rest @ ..] = &project.troubles[..] {
                let more = if rest.is_empty() {
                    String::new()
                } else {
                    format!(" And {} more.", rest.len())
                };
                self.outbox.show(
                    MessageType::WARNING,
                    format!("{}: {}{more}", first.path.display(), first.message),
                );
            }
        }
    }

    fn next_id(&mut self) -> u64 {
        self.next_project += 1;
        self.next_project
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.projects
            .values()
            .filter_map(|project| project.settle_at)
            .chain(self.rescan_at)
            .min()
    }

    /// Starts the second stage for every blueprint that was left alone long enough.
    fn start_settling(&mut self) {
        let now = Instant::now();
        for project in self.projects.values_mut() {
            if project.settle_at.is_none_or(|at| at > now) {
                continue;
            }
            project.settle_at = None;
            if !project.host.needs_settling() {
                continue;
            }
            let (id, edition, own) = (project.id, project.edition, self.own.clone());
            let job = project.host.settle_job();
            self.runtime.spawn_blocking(move || {
                let result = job.run().ok();
                // The loop may have ended in the meantime.
                let _ = own.send(Event::Settled {
                    project: id,
                    edition,
                    result,
                });
            });
        }
    }
}
