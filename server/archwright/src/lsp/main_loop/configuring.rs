//! `archwright.toml` in the editor: what is typed there holds at once.

use std::path::{Path, PathBuf};

use archwright_analysis::Encoding;
use archwright_grammar::line_index::{self, LineIndex};
use tower_lsp::ls_types::{self as lsp, Uri};

use super::MainLoop;
use super::publishing::config_diagnostics;
use crate::lsp::convert::from_proto;
use crate::lsp::project::OpenConfig;
use crate::lsp::view::ConfigView;
use crate::workspace::CONFIG_FILE;

/// The folder of a document that is an `archwright.toml`.
pub(crate) fn folder(uri: &Uri) -> Option<PathBuf> {
    let path = from_proto::path(uri)?;
    (path.file_name()? == CONFIG_FILE).then(|| path.parent().map(Path::to_path_buf))?
}

impl MainLoop {
    /// Takes a configuration that was opened or changed as a whole. False for any other document.
    pub(super) fn open_config(&mut self, uri: &Uri, version: i32, text: &str) -> bool {
        let Some(folder) = folder(uri) else { return false };
        let open = OpenConfig {
            uri: uri.clone(),
            version,
            text: text.to_owned(),
        };
        self.configs.insert(uri.as_str().to_owned(), (folder, open));
        self.tell_configs();
        true
    }

    /// Applies changes to a configuration. False for any other document.
    pub(super) fn change_config(
        &mut self,
        uri: &Uri,
        version: i32,
        changes: &[lsp::TextDocumentContentChangeEvent],
    ) -> bool {
        let encoding = encoding(self.client.encoding);
        let Some((_, open)) = self.configs.get_mut(uri.as_str()) else {
            return false;
        };
        for change in changes {
            let Some(range) = change.range else {
                open.text.clone_from(&change.text);
                continue;
            };
            let lines = LineIndex::new(&open.text);
            let at = |position: lsp::Position| {
                let position = line_index::Position {
                    line: position.line,
                    column: position.character,
                };
                lines.offset(&open.text, position, encoding) as usize
            };
            let (start, end) = (at(range.start), at(range.end));
            open.text
                .replace_range(start.min(end)..end.max(start), &change.text);
        }
        open.version = version;
        self.tell_configs();
        true
    }

    /// Goes back to what is on disk. False for any other document.
    pub(super) fn close_config(&mut self, uri: &Uri) -> bool {
        let closed = self.configs.remove(uri.as_str()).is_some();
        if closed {
            self.tell_configs();
        }
        closed
    }

    /// Gives every blueprint the configuration that holds for it.
    pub(super) fn tell_configs(&mut self) {
        for project in self.projects.values_mut().filter(|project| !project.detached) {
            let open = self.configs.values().find(|(folder, _)| *folder == project.root);
            let open = open.map(|(_, open)| open.clone());
            if open.is_some() || project.config_open.is_some() {
                project.config_open = open;
                project.reload_config();
            }
        }
    }

    /// The configuration in a document.
    pub(super) fn config_view(&self, uri: &Uri) -> Option<ConfigView> {
        let folder = folder(uri)?;
        let project = self
            .projects
            .values()
            .find(|project| !project.detached && project.root == folder)?;
        let diagnostics = config_diagnostics(project, &self.client);
        Some(ConfigView {
            text: project.config.0.clone(),
            problems: project.problems().into_iter().zip(diagnostics).collect(),
            version: project.config_open.as_ref().map(|open| open.version),
        })
    }
}

/// Units of columns.
pub(crate) const fn encoding(encoding: Encoding) -> line_index::Encoding {
    match encoding {
        Encoding::Utf8 => line_index::Encoding::Utf8,
        Encoding::Utf16 => line_index::Encoding::Utf16,
        Encoding::Utf32 => line_index::Encoding::Utf32,
    }
}
