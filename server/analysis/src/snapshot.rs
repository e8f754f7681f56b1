//! A read view of one moment: what an editor asks while the writer goes on.
//!
//! Every question may be overtaken by a write; it then ends with [`Cancelled`] and is asked again of a newer snapshot.

use std::ops::Range;

use crate::{
    Cancelled, Encoding, FileId, Position,
    cancel::catch,
    config::Config,
    db::{Database, Item, parsed},
    diagnostic::{Diagnostic, FileRange},
    features,
    files::Files,
    model::{cx::Cx, finding::Place},
    scratch::Texts,
};

/// A read view.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) db: Database,
    pub(crate) files: Files,
    pub(crate) config: Config,
}

/// What answering takes.
type Answer<T> = Result<T, Cancelled>;

impl Snapshot {
    pub(crate) const fn new(db: Database, files: Files, config: Config) -> Self {
        Self { db, files, config }
    }

    /// All files, by path.
    pub fn files(&self) -> Vec<(FileId, String)> {
        self.files
            .sorted()
            .into_iter()
            .map(|(id, file)| (id, file.path.to_string()))
            .collect()
    }

    /// The texts and the configuration, for work that takes longer than a writer should wait.
    pub fn texts(&self) -> Texts {
        Texts {
            files: self.files.clone(),
            config: self.config.clone(),
        }
    }

    /// A file's text after its safe repairs, which are not tried out; `None` where there are none.
    pub fn safely_fixed(&self, file: FileId) -> Answer<Option<String>> {
        catch(|| crate::scratch::untried(self, file))
    }

    /// What every `waive` does, in the order of files and text.
    pub fn waivers(&self) -> Answer<Vec<features::waivers::Listed>> {
        catch(|| features::waivers::waivers(self))
    }

    /// The path of a file; empty for one that is gone.
    pub fn path(&self, file: FileId) -> &str {
        self.files.get(file).map_or("", |file| file.path.as_str())
    }

    /// The text of a file; empty for one that is gone.
    pub fn text(&self, file: FileId) -> String {
        self.files
            .get(file)
            .map(crate::files::File::text)
            .unwrap_or_default()
    }

    /// Line and column of a byte.
    pub fn position(&self, file: FileId, offset: u32, encoding: Encoding) -> Position {
        self.files
            .get(file)
            .map_or(Position::default(), |file| file.position(offset, encoding))
    }

    /// The byte at line and column.
    pub fn offset(&self, file: FileId, position: Position, encoding: Encoding) -> u32 {
        self.files
            .get(file)
            .map_or(0, |file| file.offset(position, encoding))
    }

    /// The diagnostics of a file.
    pub fn diagnostics(&self, file: FileId) -> Answer<Vec<Diagnostic>> {
        catch(|| crate::report::diagnostics(&self.db, &self.files, &self.config, file))
    }

    /// What would be released now, sorted.
    pub fn contracts(&self) -> Answer<Vec<crate::lock::Record>> {
        catch(|| crate::model::contract::all(self.cx()))
    }

    /// What the blueprint has to show for the regimes that it names.
    pub fn compliance(&self) -> Answer<crate::compliance::Overview> {
        catch(|| {
            let files = self.files.sorted();
            let findings: Vec<Diagnostic> = files
                .into_iter()
                .flat_map(|(file, _)| crate::report::diagnostics(&self.db, &self.files, &self.config, file))
                .collect();
            crate::compliance::overview(self, &findings)
        })
    }

    /// What is known of the thing at a byte.
    pub fn hover(&self, file: FileId, offset: u32) -> Answer<Option<features::hover::Hover>> {
        catch(|| features::hover::hover(self, file, offset))
    }

    /// What may be written at a byte.
    pub fn completion(&self, file: FileId, offset: u32) -> Answer<Vec<features::completion::Completion>> {
        catch(|| features::completion::completion(self, file, offset))
    }

    /// Where the thing at a byte is defined.
    pub fn definition(&self, file: FileId, offset: u32) -> Answer<Vec<features::definition::Target>> {
        catch(|| features::definition::definition(self, file, offset))
    }

    /// Where the thing at a byte is mentioned.
    pub fn references(&self, file: FileId, offset: u32, include_declaration: bool) -> Answer<Vec<FileRange>> {
        catch(|| features::references::references(self, file, offset, include_declaration))
    }

    /// The outline of a file.
    pub fn symbols(&self, file: FileId) -> Answer<Vec<features::symbols::Symbol>> {
        catch(|| features::symbols::symbols(self, file))
    }

    /// What can be done at a range, without the edits.
    pub fn actions(&self, file: FileId, range: Range<u32>) -> Answer<Vec<features::actions::Action>> {
        catch(|| features::actions::actions(self, file, range))
    }

    /// The edit of an action; `None` where it can't be done any more.
    pub fn resolve_action(&self, file: FileId, id: &str) -> Answer<Option<crate::edit::Edit>> {
        catch(|| features::actions::resolve(self, file, id))
    }

    /// The eyes of a feature.
    pub(crate) fn cx(&self) -> Cx<'_> {
        Cx { db: &self.db }
    }

    /// The item at a byte, and its first byte.
    pub(crate) fn item_at(&self, file: FileId, offset: u32) -> Option<(Item, u32)> {
        let entry = self.files.get(file)?.entry_at(offset)?;
        Some((entry.item, entry.start))
    }

    /// A place as bytes of a file.
    pub(crate) fn range(&self, place: &Place) -> Option<FileRange> {
        let (file, start) = self.files.position(place.item)?;
        let span = place.loc.span(parsed(&self.db, place.item)).shift(start);
        Some(FileRange {
            file,
            range: span.start..span.end,
        })
    }
}
