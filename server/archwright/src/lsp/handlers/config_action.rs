//! Code actions in `archwright.toml`: what puts a setting right.

use std::collections::HashMap;

use archwright_analysis::edit::Safety;
use archwright_grammar::line_index::LineIndex;
use tokio::sync::oneshot;
use tower_lsp::ls_types::{self as lsp, Uri};

use super::Backend;
use super::code_action::{quick_fix, wanted};
use crate::lsp::capabilities::FIX_ALL_KIND;
use crate::lsp::client::ClientInfo;
use crate::lsp::event::Event;
use crate::lsp::main_loop::configuring::{encoding, folder};
use crate::lsp::view::ConfigView;
use crate::workspace::config::Repair;

/// The actions at a range of `archwright.toml`; `None` for every other document.
pub(super) async fn actions(
    backend: &Backend,
    params: &lsp::CodeActionParams,
) -> Option<lsp::CodeActionResponse> {
    let uri = params.text_document.uri.clone();
    folder(&uri)?;
    let (reply, view) = oneshot::channel();
    backend.send(Event::Config {
        uri: uri.clone(),
        reply,
    });
    let Ok(Some(view)) = view.await else {
        return Some(Vec::new());
    };
    let client = backend.client();
    if !client.action_literals {
        return Some(Vec::new());
    }
    let mut actions = Vec::new();
    let mut safe: Vec<Repair> = Vec::new();
    for (problem, diagnostic) in &view.problems {
        for (at, repair) in problem.repairs.iter().enumerate() {
            let apart =
                |known: &Repair| known.range.end < repair.range.start || repair.range.end < known.range.start;
            if repair.safety == Safety::Safe && safe.iter().all(apart) {
                safe.push(repair.clone());
            }
            if touches(&diagnostic.range, &params.range) {
                actions.push(lsp::CodeAction {
                    title: repair.title.clone(),
                    kind: Some(quick_fix(repair.safety)),
                    is_preferred: (at == 0).then_some(true),
                    diagnostics: Some(vec![diagnostic.clone()]),
                    edit: Some(edit(&view, &client, &uri, std::slice::from_ref(repair))),
                    ..lsp::CodeAction::default()
                });
            }
        }
    }
    if !safe.is_empty() {
        actions.push(lsp::CodeAction {
            title: "Apply all safe fixes of this file".to_owned(),
            kind: Some(FIX_ALL_KIND),
            edit: Some(edit(&view, &client, &uri, &safe)),
            ..lsp::CodeAction::default()
        });
    }
    let only = params.context.only.as_deref();
    actions.retain(|action| action.kind.as_ref().is_some_and(|kind| wanted(kind, only)));
    Some(actions.into_iter().map(Into::into).collect())
}

fn touches(left: &lsp::Range, right: &lsp::Range) -> bool {
    let place = |position: lsp::Position| (position.line, position.character);
    place(left.start) <= place(right.end) && place(right.start) <= place(left.end)
}

fn edit(view: &ConfigView, client: &ClientInfo, uri: &Uri, repairs: &[Repair]) -> lsp::WorkspaceEdit {
    let lines = LineIndex::new(&view.text);
    let at = |offset: usize| {
        let place = lines.position(&view.text, offset as u32, encoding(client.encoding));
        lsp::Position {
            line: place.line,
            character: place.column,
        }
    };
    let edits: Vec<lsp::TextEdit> = repairs
        .iter()
        .map(|repair| lsp::TextEdit {
            range: lsp::Range {
                start: at(repair.range.start),
                end: at(repair.range.end),
            },
            new_text: repair.text.clone(),
        })
        .collect();
    if client.document_changes {
        let change = lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                uri: uri.clone(),
                version: view.version,
            },
            edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
        };
        return lsp::WorkspaceEdit {
            document_changes: Some(lsp::DocumentChanges::Edits(vec![change])),
            ..lsp::WorkspaceEdit::default()
        };
    }
    lsp::WorkspaceEdit {
        changes: Some(HashMap::from([(uri.clone(), edits)])),
        ..lsp::WorkspaceEdit::default()
    }
}
