//! Documents, files and folders: what the client says about texts, and what the disk says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use archwright_analysis::FileId;
use tower_lsp::ls_types::{self as lsp, FileChangeType, Uri};

use super::MainLoop;
use crate::lsp::convert::from_proto;
use crate::lsp::handlers::watch_files;
use crate::lsp::project::Project;
use crate::lsp::view::Open;
use crate::workspace::discover::{self, discover, is_visible};
use crate::workspace::{CONFIG_FILE, EXTENSION};

/// Without a file watcher the disk is looked at when documents are opened and saved, at most this often.
const RESCAN_EVERY: Duration = Duration::from_secs(2);

impl MainLoop {
    pub(super) fn open(&mut self, uri: &Uri, version: i32, text: &str) {
        self.rescan_now_and_then();
        if self.open_config(uri, version, text) {
            return;
        }
        let (id, path) = self.home(uri);
        let Some(project) = self.projects.get_mut(&id) else {
            return;
        };
        // Some clients open twice without closing: the newest text holds.
        let file = project.set(&path, text);
        project.opened(
            file,
            Open {
                uri: uri.clone(),
                version,
            },
        );
        self.documents.insert(uri.as_str().to_owned(), (id, file));
    }

    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: &[lsp::TextDocumentContentChangeEvent],
    ) {
        if self.change_config(uri, version, changes) {
            return;
        }
        let Some(&(id, file)) = self.documents.get(uri.as_str()) else {
            // A change of a document that was never opened has no base to apply to, unless it brings the whole text.
            if let Some(whole) = changes.iter().rev().find(|change| change.range.is_none()) {
                self.open(uri, version, &whole.text);
            }
            return;
        };
        let encoding = self.client.encoding;
        let Some(project) = self.projects.get_mut(&id) else {
            return;
        };
        for change in changes {
            project.edit(file, change, encoding);
        }
        project.opened(
            file,
            Open {
                uri: uri.clone(),
                version,
            },
        );
    }

    pub(super) fn close(&mut self, uri: &Uri) {
        if self.close_config(uri) {
            return;
        }
        let Some((id, file)) = self.documents.remove(uri.as_str()) else {
            return;
        };
        let Some(project) = self.projects.get_mut(&id) else {
            return;
        };
        project.closed(file);
        let path = project.host.path(file).to_owned();
        if project.detached {
            project.remove(file);
            self.publisher.clear(&self.outbox, uri.as_str());
            if project.open.is_empty() {
                self.projects.remove(&id);
            }
            return;
        }
        if project.read_from_disk(&path) {
            // The client may have written the URI in its own way; from now on the path's own spelling is used.
            let own = crate::lsp::convert::to_proto::uri(&project.root.join(&path));
            if own.is_none_or(|own| own.as_str() != uri.as_str()) {
                self.publisher.clear(&self.outbox, uri.as_str());
            }
        } else {
            self.publisher.clear(&self.outbox, uri.as_str());
        }
    }

    pub(super) fn watched(&mut self, changes: &[lsp::FileEvent]) {
        let mut regroup = false;
        let mut rescan = false;
        for change in changes {
            let Some(path) = from_proto::path(&change.uri) else {
                continue;
            };
            if path.file_name().is_some_and(|name| name == CONFIG_FILE) {
                let known = self
                    .projects
                    .values()
                    .any(|it| path.parent() == Some(&it.root) && !it.config.0.is_empty());
                regroup |= !known || change.typ == FileChangeType::DELETED;
                rescan |= known;
                continue;
            }
            if path.extension().is_none_or(|extension| extension != EXTENSION) {
                rescan = true;
                continue;
            }
            // The editor's own text is newer than the disk's.
            if self.documents.contains_key(change.uri.as_str()) {
                continue;
            }
            let Some((id, relative)) = self.project_of(&path) else {
                continue;
            };
            let Some(project) = self.projects.get_mut(&id) else {
                continue;
            };
            // A file that a walk would not find stays unknown.
            if project.host.file(&relative).is_none() && !is_visible(&project.root, &path) {
                continue;
            }
            let open = project
                .host
                .file(&relative)
                .is_some_and(|file| project.open.contains_key(&file));
            if !open && !project.read_from_disk(&relative) {
                self.publisher.clear(&self.outbox, change.uri.as_str());
            }
        }
        if regroup {
            self.reload();
        } else if rescan {
            self.rescan();
        }
    }

    pub(super) fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.folders.retain(|folder| !removed.contains(folder));
        for folder in added {
            if !self.folders.contains(&folder) {
                self.folders.push(folder);
            }
        }
        self.reload();
    }

    /// Groups files into blueprints anew. Open documents keep their texts.
    pub(super) fn reload(&mut self) {
        let open: Vec<(Open, String)> = self
            .projects
            .values()
            .flat_map(|project| {
                project.open.iter().map(|(file, open)| {
                    (
                        open.clone(),
                        project
                            .host
                            .rope(*file)
                            .map(ToString::to_string)
                            .unwrap_or_default(),
                    )
                })
            })
            .collect();
        self.projects.clear();
        self.documents.clear();
        self.start();
        self.tell_configs();
        let mut open = open;
        open.sort_by(|a, b| a.0.uri.as_str().cmp(b.0.uri.as_str()));
        for (document, text) in open {
            self.open(&document.uri, document.version, &text);
        }
        for project in self.projects.values_mut() {
            project.settle();
        }
        self.drop_strays();
    }

    /// Looks at the disk, unless the client watches it: now, or soon if it was looked at a moment ago.
    pub(super) fn rescan_now_and_then(&mut self) {
        if self.client.watches || self.rescan_at.is_some() {
            return;
        }
        match self.last_rescan {
            Some(at) if at.elapsed() < RESCAN_EVERY => self.rescan_at = Some(at + RESCAN_EVERY),
            _ => self.rescan(),
        }
    }

    /// Looks at the disk if that was put off until now.
    pub(super) fn rescan_when_due(&mut self) {
        if self.rescan_at.is_some_and(|at| at <= Instant::now()) {
            self.rescan();
        }
    }

    pub(super) fn rescan(&mut self) {
        for project in self.projects.values_mut() {
            project.rescan();
        }
        self.last_rescan = Some(Instant::now());
        self.rescan_at = None;
        self.drop_strays();
    }

    /// Lets the client watch the documents of `[imports]`.
    pub(super) fn follow_imports(&mut self) {
        if !self.client.watches {
            return;
        }
        let projects = self.projects.values();
        let imports = projects.flat_map(|project| &project.settings.imports);
        let now: BTreeSet<String> = imports.map(|import| import.path.clone()).collect();
        if now != self.followed {
            watch_files::follow(&self.outbox, &self.runtime, &self.followed, &now);
            self.followed = now;
        }
    }

    /// The blueprint and file of a document, open or not.
    pub(super) fn locate(&self, uri: &Uri) -> Option<(u64, FileId)> {
        if let Some(found) = self.documents.get(uri.as_str()) {
            return Some(*found);
        }
        let (id, relative) = self.project_of(&from_proto::path(uri)?)?;
        Some((id, self.projects.get(&id)?.host.file(&relative)?))
    }

    /// The blueprint with the innermost root above `path`, and the path within it.
    fn project_of(&self, path: &Path) -> Option<(u64, String)> {
        self.projects
            .values()
            .filter(|project| !project.detached)
            .filter_map(|project| Some((project, project.relative(path)?)))
            .max_by_key(|(project, _)| project.root.as_os_str().len())
            .map(|(project, relative)| (project.id, relative))
    }

    /// The blueprint that a document belongs to, made when there is none yet, and the path within it.
    fn home(&mut self, uri: &Uri) -> (u64, String) {
        let Some(path) = from_proto::path(uri) else {
            // `untitled:` and the like: a blueprint of its own.
            return (self.lone(PathBuf::new(), uri.as_str()), uri.as_str().to_owned());
        };
        if let Some((id, relative)) = self.project_of(&path) {
            let project = &self.projects[&id];
            let known = project.host.file(&relative).is_some();
            if known || !path.exists() || is_visible(&project.root, &path) {
                return (id, relative);
            }
        } else if let Some(root) = discover::root_above(&path)
            && let Some(blueprint) = discover(&root).blueprints.into_iter().find(|it| it.root == root)
            && is_visible(&root, &path)
        {
            let id = self.next_id();
            let project = Project::load(id, &blueprint);
            let relative = project.relative(&path);
            self.projects.insert(id, project);
            if let Some(relative) = relative {
                return (id, relative);
            }
        }
        let folder = path.parent().unwrap_or(&path).to_path_buf();
        let name = path.file_name().map_or_else(
            || uri.as_str().to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        (self.lone(folder, &name), name)
    }

    /// The lone blueprint that holds `file` of `folder`; each lone file has its own.
    fn lone(&mut self, folder: PathBuf, file: &str) -> u64 {
        let known = self
            .projects
            .values()
            .find(|project| project.detached && project.root == folder && project.host.file(file).is_some());
        if let Some(project) = known {
            return project.id;
        }
        let id = self.next_id();
        self.projects.insert(id, Project::lone(id, folder));
        id
    }
}
