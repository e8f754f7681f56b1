//! One blueprint of the session: its texts, its checker, and what of it the client has open.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use archwright_analysis::diagnostic::Diagnostic;
use archwright_analysis::scratch::Scratch;
use archwright_analysis::{Encoding, FileId, Host};
use archwright_codegen::plan::PlanFinding;
use rustc_hash::FxHashMap;
use tower_lsp::ls_types::{self as lsp, Uri};

use super::convert::to_proto::{self, Places};
use super::view::{Open, View};
use crate::workspace::config::{self, Problem, Settings};
use crate::workspace::discover::{Blueprint, Trouble};
use crate::workspace::imports;
use crate::workspace::load::{self, Loaded};
use crate::workspace::read::read_source;
use crate::workspace::{CONFIG_FILE, analysis_config};

/// How long a blueprint must be left alone before its slow rules run.
pub(crate) const SETTLE_AFTER: Duration = Duration::from_millis(200);

/// Enough of a file's metadata to know that it changed.
type Stamp = (Option<SystemTime>, u64);

/// `archwright.toml` as the client has it open.
#[derive(Debug, Clone)]
pub(crate) struct OpenConfig {
    /// Its URI in the client's own spelling.
    pub(crate) uri: Uri,
    /// Its version.
    pub(crate) version: i32,
    /// Its text.
    pub(crate) text: String,
}

/// A blueprint.
pub(crate) struct Project {
    /// Its number in the session.
    pub(crate) id: u64,
    /// Its folder.
    pub(crate) root: PathBuf,
    /// The same folder without links, for clients that spell a path differently.
    canonical: Option<PathBuf>,
    /// A lone file that belongs to no folder.
    pub(crate) detached: bool,
    /// The checker.
    pub(crate) host: Host,
    /// What `archwright.toml` says.
    pub(crate) settings: Arc<Settings>,
    /// The text of `archwright.toml` and what is wrong in it.
    pub(crate) config: (String, Vec<Problem>),
    /// The client's own text of `archwright.toml`, while it has it open.
    pub(crate) config_open: Option<OpenConfig>,
    /// A copy of the blueprint, on which repairs are tried out.
    pub(crate) scratch: Arc<Mutex<Scratch>>,
    /// The text of `archwright.lock` and why it cannot be read.
    pub(crate) lock: (String, Option<Problem>),
    /// What is wrong with documents of `[imports]`.
    import_problems: Vec<Problem>,
    /// The documents as they were when they were read.
    import_stamps: Vec<Stamp>,
    /// Files that could not be read.
    pub(crate) troubles: Vec<Trouble>,
    /// What the last generation left to the user, by path.
    pub(crate) generated: Vec<(String, PlanFinding)>,
    /// What the client has open.
    pub(crate) open: Arc<FxHashMap<FileId, Open>>,
    /// Files whose findings may have changed since they were last published.
    pub(crate) changed: BTreeSet<FileId>,
    /// Open files that were edited since the last publication.
    pub(crate) edited: BTreeSet<FileId>,
    /// When the slow rules should run.
    pub(crate) settle_at: Option<Instant>,
    /// Counts changes, so that a result of an older text is known as such.
    pub(crate) edition: u64,
    /// Whether something changed since the first stage of the check last ran.
    stale: bool,
    stamps: FxHashMap<String, Stamp>,
}

impl Project {
    /// Reads a blueprint and checks it.
    pub(crate) fn load(id: u64, blueprint: &Blueprint) -> Self {
        let Loaded {
            texts,
            settings,
            config_text,
            problems,
            lock,
            lock_problem,
            imports,
            troubles,
        } = load::load(blueprint);
        let mut project = Self::empty(id, blueprint.root.clone(), false, settings);
        project.config = (config_text, problems);
        project.host.set_lock(&lock);
        project.lock = (lock, lock_problem);
        project.import_stamps = imports::stamps(&project.root, &project.settings);
        project.take_imports(imports);
        project.troubles = troubles;
        project.stamps = blueprint
            .files
            .iter()
            .map(|path| (load::relative(&blueprint.root, path), stamp(path)))
            .collect();
        let texts = texts
            .into_iter()
            .map(|(path, text)| (path, without_mark(text)))
            .collect();
        crate::workspace::fill(&mut project.host, texts);
        project.changed = project.host.files().into_iter().map(|(file, _)| file).collect();
        project
    }

    /// A blueprint of lone files that exist in the editor only, or outside every folder.
    pub(crate) fn lone(id: u64, root: PathBuf) -> Self {
        Self::empty(id, root, true, Settings::default())
    }

    fn empty(id: u64, root: PathBuf, detached: bool, settings: Settings) -> Self {
        Self {
            id,
            canonical: fs_err::canonicalize(&root).ok(),
            root,
            detached,
            host: Host::new(analysis_config(&settings)),
            settings: Arc::new(settings),
            config: (String::new(), Vec::new()),
            config_open: None,
            scratch: Arc::default(),
            lock: (String::new(), None),
            import_problems: Vec::new(),
            import_stamps: Vec::new(),
            troubles: Vec::new(),
            generated: Vec::new(),
            open: Arc::default(),
            changed: BTreeSet::new(),
            edited: BTreeSet::new(),
            settle_at: None,
            edition: 0,
            stale: false,
            stamps: FxHashMap::default(),
        }
    }

    /// `path` relative to the root, when it lies below it.
    pub(crate) fn relative(&self, path: &Path) -> Option<String> {
        if path.starts_with(&self.root) {
            return Some(load::relative(&self.root, path));
        }
        let canonical = self.canonical.as_ref()?;
        let folder = fs_err::canonicalize(path.parent()?).ok()?;
        let real = folder.join(path.file_name()?);
        real.starts_with(canonical)
            .then(|| load::relative(canonical, &real))
    }

    /// Adds a text or replaces it.
    pub(crate) fn set(&mut self, path: &str, text: &str) -> FileId {
        let file = self.host.set_file(path, text);
        self.touched(file);
        file
    }

    /// Replaces a range of a text.
    pub(crate) fn edit(
        &mut self,
        file: FileId,
        change: &lsp::TextDocumentContentChangeEvent,
        encoding: Encoding,
    ) {
        match change.range {
            None => {
                let path = self.host.path(file).to_owned();
                self.host.set_file(&path, &change.text);
            }
            Some(range) => {
                let at = |position| {
                    self.host
                        .offset(file, super::convert::from_proto::position(position), encoding)
                };
                let (start, end) = (at(range.start), at(range.end));
                // A client that mixes them up means the same text.
                self.host.edit(file, start.min(end)..end.max(start), &change.text);
            }
        }
        self.touched(file);
    }

    /// Takes a text away.
    pub(crate) fn remove(&mut self, file: FileId) {
        self.host.remove_file(file);
        self.edited.remove(&file);
        self.changed.remove(&file);
        self.mark();
    }

    /// Takes the text on disk, or takes the file away when there is none. True when the file is still there.
    pub(crate) fn read_from_disk(&mut self, path: &str) -> bool {
        let full = self.root.join(path);
        self.troubles.retain(|trouble| trouble.path != full);
        match read_source(&full) {
            Ok(text) => {
                let text = without_mark(text);
                self.stamps.insert(path.to_owned(), stamp(&full));
                let file = self.set(path, &text);
                self.changed.insert(file);
                true
            }
            Err(error) => {
                self.stamps.remove(path);
                if full.exists() {
                    self.troubles.push(Trouble {
                        path: full,
                        message: error.to_string(),
                        fatal: true,
                    });
                }
                if let Some(file) = self.host.file(path) {
                    self.remove(file);
                }
                false
            }
        }
    }

    /// Looks for files that changed, came or went on disk since they were read. Open ones are left alone.
    pub(crate) fn rescan(&mut self) {
        if self.detached {
            return;
        }
        let found = crate::workspace::discover::discover(&self.root);
        let Some(blueprint) = found
            .blueprints
            .into_iter()
            .find(|blueprint| blueprint.root == self.root)
        else {
            return;
        };
        let mut there = BTreeSet::new();
        for path in &blueprint.files {
            let relative = load::relative(&self.root, path);
            if !self.is_open(&relative) && self.stamps.get(&relative) != Some(&stamp(path)) {
                self.read_from_disk(&relative);
            }
            there.insert(relative);
        }
        let gone: Vec<String> = self
            .stamps
            .keys()
            .filter(|path| !there.contains(*path) && !self.is_open(path))
            .cloned()
            .collect();
        for path in gone {
            self.read_from_disk(&path);
        }
        self.reload_config();
        self.reload_lock();
        let stamps = imports::stamps(&self.root, &self.settings);
        if stamps != self.import_stamps {
            self.reload_imports();
            self.settle();
        }
    }

    /// Reads the documents of `[imports]` again.
    fn reload_imports(&mut self) {
        self.import_stamps = imports::stamps(&self.root, &self.settings);
        let read = imports::load(&self.root, &self.settings);
        self.take_imports(read);
        self.mark();
    }

    fn take_imports(&mut self, read: imports::Read) {
        self.host.set_imports(read.imports);
        self.import_problems = read.problems;
    }

    /// Reads `archwright.lock` again.
    fn reload_lock(&mut self) {
        // A lock that cannot be opened for a moment, as while it is being replaced, leaves things as they are.
        let Ok((text, problem)) = load::load_lock(&self.root) else {
            return;
        };
        if text == self.lock.0 {
            return;
        }
        self.host.set_lock(&text);
        self.lock = (text, problem);
        // Which findings are accepted is not told with the findings that changed.
        self.changed
            .extend(self.host.files().into_iter().map(|(file, _)| file));
        self.mark();
        self.settle();
    }

    /// Reads `archwright.toml` again, as the client has it where it is open. True when it says something else now.
    pub(crate) fn reload_config(&mut self) -> bool {
        let text = match &self.config_open {
            Some(open) => open.text.clone(),
            None => read_source(&self.root.join(CONFIG_FILE)).unwrap_or_default(),
        };
        if text == self.config.0 {
            return false;
        }
        let (settings, problems) = config::parse(&text);
        // A line that is not typed to its end must not switch every setting off for a moment.
        let holds = self.config_open.is_none() || config::is_toml(&text);
        self.config = (text, problems);
        if holds && *self.settings != settings {
            self.host.set_config(analysis_config(&settings));
            let imports_changed = self.settings.imports != settings.imports;
            self.settings = Arc::new(settings);
            if imports_changed {
                self.reload_imports();
            }
            self.mark();
            if self.config_open.is_none() {
                self.settle();
            }
            // A severity is none of a finding's own: every file may have to be shown anew.
            let files = self.host.files().into_iter().map(|(file, _)| file);
            self.changed.extend(files);
        }
        true
    }

    /// What is wrong in `archwright.toml`, with what has become of its patterns since it was read.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = self.config.1.clone();
        if !self.settings.patterns.is_empty() {
            let files = self.host.files();
            let paths = files.iter().map(|(_, path)| path.as_str());
            problems.extend(config::unmatched(&self.settings, &paths));
        }
        if !self.settings.imports.is_empty() {
            problems.extend(self.import_problems.iter().cloned());
            problems.extend(imports::unknown(&self.settings, &self.host.services()));
        }
        problems
    }

    /// Notes that the client has `file` open.
    pub(crate) fn opened(&mut self, file: FileId, open: Open) {
        Arc::make_mut(&mut self.open).insert(file, open);
        self.edited.insert(file);
    }

    /// Notes that the client closed `file`.
    pub(crate) fn closed(&mut self, file: FileId) {
        Arc::make_mut(&mut self.open).remove(&file);
        self.edited.remove(&file);
    }

    /// Brings the first stage of the check up to date.
    pub(crate) fn refresh(&mut self) {
        if std::mem::take(&mut self.stale) {
            self.changed.extend(self.host.refresh());
        }
    }

    /// Runs both stages now.
    pub(crate) fn settle(&mut self) {
        self.stale = false;
        self.settle_at = None;
        self.changed.extend(self.host.settle());
    }

    /// A view for a reader.
    pub(crate) fn view(&mut self, file: Option<FileId>, encoding: Encoding) -> View {
        self.refresh();
        View {
            snapshot: self.host.snapshot(),
            file,
            root: self.root.clone(),
            detached: self.detached,
            open: self.open.clone(),
            settings: self.settings.clone(),
            scratch: self.scratch.clone(),
            encoding,
        }
    }

    /// The findings of a file.
    pub(crate) fn diagnostics(&self, file: FileId) -> Vec<Diagnostic> {
        self.host.diagnostics(file)
    }

    fn is_open(&self, path: &str) -> bool {
        self.host
            .file(path)
            .is_some_and(|file| self.open.contains_key(&file))
    }

    fn touched(&mut self, file: FileId) {
        if self.open.contains_key(&file) {
            self.edited.insert(file);
        }
        self.mark();
    }

    fn mark(&mut self) {
        self.stale = true;
        self.edition += 1;
        self.settle_at = Some(Instant::now() + SETTLE_AFTER);
    }
}

/// Positions in the newest texts.
pub(crate) struct Newest<'a> {
    /// The blueprint.
    pub(crate) project: &'a Project,
    /// Units of columns.
    pub(crate) encoding: Encoding,
}

impl Places for Newest<'_> {
    fn position(&self, file: FileId, offset: u32) -> lsp::Position {
        to_proto::position(self.project.host.position(file, offset, self.encoding))
    }

    fn uri(&self, file: FileId) -> Option<Uri> {
        match self.project.open.get(&file) {
            Some(open) => Some(open.uri.clone()),
            None => to_proto::uri(&self.project.root.join(self.project.host.path(file))),
        }
    }

    fn version(&self, file: FileId) -> Option<i32> {
        self.project.open.get(&file).map(|open| open.version)
    }
}

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()))
}

/// Editors never show the byte-order mark, so positions do not count it.
fn without_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}
