//! `textDocument/codeAction`: repairs, refactorings and generation. Edits are computed when one is chosen, where the
//! client can ask for them then.

use archwright_analysis::features::actions::{Action, ActionKind};
use archwright_analysis::{Cancelled, FileId};
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp, CodeActionKind, Uri};

use super::{Backend, read};
use crate::lsp::capabilities::{GENERATE, GENERATE_KIND};
use crate::lsp::client::ClientInfo;
use crate::lsp::convert::from_proto;
use crate::lsp::convert::to_proto::{self, Places};
use crate::lsp::view::View;

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::CodeActionParams,
) -> Result<Option<lsp::CodeActionResponse>> {
    let client = backend.client();
    let uri = params.text_document.uri;
    let (range, only) = (params.range, params.context.only);
    read(backend, &uri.clone(), move |view, file| {
        let at = |position| view.offset(file, from_proto::position(position));
        let (start, end) = (at(range.start), at(range.end));
        let actions = view.snapshot.actions(file, start.min(end)..end.max(start))?;
        let wanted = actions
            .into_iter()
            .filter(|action| wanted(&kind(action), only.as_deref()));
        wanted
            .filter_map(|action| convert(view, &client, &uri, file, action).transpose())
            .collect::<std::result::Result<_, Cancelled>>()
    })
    .await
}

/// Whether a kind is one of those asked for, or below one of them.
fn wanted(kind: &CodeActionKind, only: Option<&[CodeActionKind]>) -> bool {
    only.is_none_or(|only| {
        only.iter().any(|asked| {
            let rest = kind.as_str().strip_prefix(asked.as_str());
            asked.as_str().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    })
}

fn kind(action: &Action) -> CodeActionKind {
    match action.kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::Refactor => CodeActionKind::REFACTOR,
        ActionKind::Generate { .. } => GENERATE_KIND,
    }
}

fn convert(
    view: &View,
    client: &ClientInfo,
    uri: &Uri,
    file: FileId,
    action: Action,
) -> std::result::Result<Option<lsp::CodeActionOrCommand>, Cancelled> {
    if let ActionKind::Generate { service } = &action.kind {
        let argument = json!({ "service": service.as_deref(), "uri": uri.as_str() });
        let command = lsp::Command {
            title: action.title.clone(),
            command: GENERATE.into(),
            arguments: Some(vec![argument]),
        };
        if !client.action_literals {
            return Ok(Some(command.into()));
        }
        let action = lsp::CodeAction {
            title: action.title,
            kind: Some(GENERATE_KIND),
            command: Some(command),
            ..lsp::CodeAction::default()
        };
        return Ok(Some(action.into()));
    }
    // A repair is an edit, never a command; a client that knows commands only gets none.
    if !client.action_literals {
        return Ok(None);
    }
    let mut converted = lsp::CodeAction {
        kind: Some(kind(&action)),
        is_preferred: action.preferred.then_some(true),
        diagnostics: repaired(view, client, file, &action)?,
        title: action.title,
        ..lsp::CodeAction::default()
    };
    if client.resolves_edits {
        converted.data = Some(json!({ "uri": uri.as_str(), "id": action.id, "version": view.version(file) }));
    } else {
        let Some(edit) = view.snapshot.resolve_action(file, &action.id)? else {
            return Ok(None);
        };
        converted.edit = Some(to_proto::workspace_edit(view, client, &edit, |file| {
            view.line_end(file)
        }));
    }
    Ok(Some(converted.into()))
}

/// The findings that an action repairs.
fn repaired(
    view: &View,
    client: &ClientInfo,
    file: FileId,
    action: &Action,
) -> std::result::Result<Option<Vec<lsp::Diagnostic>>, Cancelled> {
    let Some(code) = &action.code else { return Ok(None) };
    let diagnostics = view.snapshot.diagnostics(file)?;
    let repaired: Vec<_> = diagnostics
        .iter()
        .filter(|it| it.code == *code && it.fixes.iter().any(|fix| fix.title == action.title))
        .filter_map(|it| to_proto::diagnostic(view, client, it))
        .collect();
    Ok((!repaired.is_empty()).then_some(repaired))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_filtered_by_their_dotted_path() {
        let only = |kinds: &[&'static str]| {
            kinds
                .iter()
                .map(|kind| CodeActionKind::new(kind))
                .collect::<Vec<_>>()
        };
        assert!(wanted(&CodeActionKind::QUICKFIX, None));
        assert!(wanted(&GENERATE_KIND, Some(&only(&["source"]))));
        assert!(wanted(&GENERATE_KIND, Some(&only(&["quickfix", ""]))));
        assert!(!wanted(&GENERATE_KIND, Some(&only(&["source.arch"]))));
        assert!(!wanted(
            &CodeActionKind::REFACTOR,
            Some(&only(&["refactor.extract"]))
        ));
    }
}
