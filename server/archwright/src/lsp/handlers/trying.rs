//! Repairs are tried out on a copy of the blueprint, when no view is held any more: that holds back no edit.

use std::sync::{Arc, Mutex, PoisonError};

use archwright_analysis::edit::{Edit, TextEdit};
use archwright_analysis::scratch::{Scratch, Texts};
use rayon::prelude::*;
use similar::{DiffOp, TextDiff};
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{self as lsp, Uri};

use super::{Backend, on_thread, read};
use crate::lsp::convert::to_proto;

/// Works on a copy that has these texts; `None` where the blueprint is too large for one.
pub(super) fn on_copy<T>(
    scratch: &Arc<Mutex<Scratch>>,
    texts: &Texts,
    work: impl FnOnce(&mut Scratch) -> T,
) -> Option<T> {
    let mut copy = scratch.lock().unwrap_or_else(|poisoned| {
        // Whoever failed may have left half a trial behind.
        let mut copy = PoisonError::into_inner(poisoned);
        *copy = Scratch::default();
        scratch.clear_poison();
        copy
    });
    copy.take(texts, &|jobs| jobs.into_par_iter().for_each(|job| job()))
        .then(|| work(&mut copy))
}

/// What all safe repairs make of a document; `None` where there is nothing to do.
pub(super) async fn fix_all(backend: &Backend, uri: &Uri) -> Result<Option<lsp::WorkspaceEdit>> {
    let asked = read(backend, uri, |view, file| {
        let path = view.snapshot.path(file).to_owned();
        let text = view.snapshot.text(file);
        Ok((view.snapshot.texts(), view.scratch.clone(), path, text))
    });
    let Some((texts, scratch, path, before)) = asked.await? else {
        return Ok(None);
    };
    let tried = on_thread(backend, move || {
        on_copy(&scratch, &texts, |copy| copy.fixed(&path))
    });
    let after = match tried.await? {
        Some(after) => after,
        None => read(backend, uri, |view, file| view.snapshot.safely_fixed(file))
            .await?
            .flatten(),
    };
    let Some(after) = after else {
        return Ok(None);
    };
    let client = backend.client();
    let edit = read(backend, uri, move |view, file| {
        // Made for a text that is gone by now, it would tear up the new one.
        if view.snapshot.text(file) != before {
            return Ok(None);
        }
        let edit = Edit {
            files: vec![(file, changes(&before, &after))],
        };
        Ok(Some(to_proto::workspace_edit(view, &client, &edit, |file| {
            view.line_end(file)
        })))
    });
    edit.await?
        .flatten()
        .map(Some)
        .ok_or_else(Error::content_modified)
}

/// The lines that differ.
fn changes(before: &str, after: &str) -> Vec<TextEdit> {
    let diff = TextDiff::from_lines(before, after);
    let starts = |text: &str| -> Vec<usize> {
        let lines = text.split_inclusive('\n');
        let ends = lines.scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect()
    };
    let (old, new) = (starts(before), starts(after));
    diff.ops()
        .iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .filter_map(|op| {
            let (from, to) = (op.old_range(), op.new_range());
            let range = *old.get(from.start)?..*old.get(from.end)?;
            let text = after.get(*new.get(to.start)?..*new.get(to.end)?)?;
            Some(TextEdit {
                range: range.start as u32..range.end as u32,
                text: text.to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn only_lines_that_differ_are_replaced() {
        for (before, after, count) in [
            ("a\nb\nc\n", "a\nc\n", 1),
            ("a\nb\nc\nd", "x\nb\nc\ny", 2),
            ("a", "a", 0),
            ("", "a\n", 1),
        ] {
            let changes = changes(before, after);
            assert_eq!(changes.len(), count, "{before:?}");
            let mut text = before.to_owned();
            for change in changes.iter().rev() {
                text.replace_range(
                    change.range.start as usize..change.range.end as usize,
                    &change.text,
                );
            }
            assert_eq!(text, after);
        }
    }
}
