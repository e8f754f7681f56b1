//! `textDocument/codeAction`: repairs, refactorings and generation. Edits are computed when one is chosen, where the
//! client can ask for them then.

use std::sync::{Arc, Mutex};

use archwright_analysis::edit::Safety;
use archwright_analysis::features::actions::{Action, ActionKind};
use archwright_analysis::scratch::{Scratch, Texts, Trial};
use archwright_analysis::{Cancelled, FileId};
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp, CodeActionKind, Uri};

use super::{Backend, config_action, on_thread, read, trying};
use crate::lsp::capabilities::{FIX_ALL_KIND, GENERATE, GENERATE_KIND};
use crate::lsp::client::ClientInfo;
use crate::lsp::convert::from_proto;
use crate::lsp::convert::to_proto::{self, Places};
use crate::lsp::view::View;

/// Actions that were found, and what it takes to try them out.
struct Found {
    actions: Vec<Converted>,
    texts: Texts,
    scratch: Arc<Mutex<Scratch>>,
}

/// An action in the protocol's terms.
struct Converted {
    action: lsp::CodeActionOrCommand,
    /// What is to be tried out before it is offered.
    trial: Option<Trial>,
    /// Whether its edit is made when everything else is known.
    fixes_all: bool,
}

pub(crate) async fn handle(
    backend: &Backend,
    params: lsp::CodeActionParams,
) -> Result<Option<lsp::CodeActionResponse>> {
    if let Some(actions) = config_action::actions(backend, &params).await {
        return Ok(Some(actions));
    }
    let client = backend.client();
    let uri = params.text_document.uri;
    let (range, only) = (params.range, params.context.only);
    let resolves = client.resolves_edits;
    let asked = uri.clone();
    let found = read(backend, &uri, move |view, file| {
        let at = |position| view.offset(file, from_proto::position(position));
        let (start, end) = (at(range.start), at(range.end));
        let actions = view.snapshot.actions(file, start.min(end)..end.max(start))?;
        let wanted = actions
            .into_iter()
            .filter(|action| wanted(&kind(action), only.as_deref()));
        let actions = wanted.filter_map(|mut action| {
            let trial = action.trial.take();
            let fixes_all = action.kind == ActionKind::FixAll;
            let converted = convert(view, &client, &asked, file, action).transpose()?;
            Some(converted.map(|action| Converted {
                action,
                trial,
                fixes_all,
            }))
        });
        Ok(Found {
            actions: actions.collect::<std::result::Result<_, Cancelled>>()?,
            texts: view.snapshot.texts(),
            scratch: view.scratch.clone(),
        })
    });
    let Some(found) = found.await? else {
        return Ok(None);
    };
    let mut offered = Vec::new();
    for mut converted in tried(backend, found).await? {
        if converted.fixes_all && !resolves {
            let Some(edit) = trying::fix_all(backend, &uri).await? else {
                continue;
            };
            if let lsp::CodeActionOrCommand::CodeAction(action) = &mut converted.action {
                action.edit = Some(edit);
            }
        }
        offered.push(converted.action);
    }
    Ok(Some(offered))
}

/// Tries repairs out: their titles say what they introduce, and those that do not repair are not offered.
async fn tried(backend: &Backend, found: Found) -> Result<Vec<Converted>> {
    let Found {
        mut actions,
        texts,
        scratch,
    } = found;
    let trials: Vec<Trial> = actions.iter().filter_map(|it| it.trial.clone()).collect();
    if trials.is_empty() {
        return Ok(actions);
    }
    let verdicts = on_thread(backend, move || {
        trying::on_copy(&scratch, &texts, |copy| {
            let tries = copy.tries();
            let tried = trials.iter().take(tries);
            tried.map(|trial| copy.try_out(trial)).collect::<Vec<_>>()
        })
    });
    let mut verdicts = verdicts.await?.unwrap_or_default().into_iter();
    actions.retain_mut(|converted| {
        // Beyond what can be tried in good time, repairs are offered as they are.
        let verdict = converted.trial.take().and_then(|_| verdicts.next());
        let (Some(verdict), lsp::CodeActionOrCommand::CodeAction(action)) = (verdict, &mut converted.action)
        else {
            return true;
        };
        let title = verdict.title(&action.title);
        title.map(|title| action.title = title).is_some()
    });
    Ok(actions)
}

/// Whether a kind is one of those asked for, or below one of them.
pub(super) fn wanted(kind: &CodeActionKind, only: Option<&[CodeActionKind]>) -> bool {
    only.is_none_or(|only| {
        only.iter().any(|asked| {
            let rest = kind.as_str().strip_prefix(asked.as_str());
            asked.as_str().is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    })
}

fn kind(action: &Action) -> CodeActionKind {
    match action.kind {
        ActionKind::QuickFix(safety) => quick_fix(safety),
        ActionKind::Waive => CodeActionKind::new("quickfix.waive"),
        ActionKind::FixAll => FIX_ALL_KIND,
        ActionKind::Refactor => CodeActionKind::REFACTOR,
        ActionKind::Generate { .. } => GENERATE_KIND,
    }
}

/// The kind of a repair, by how far it may be trusted: an editor may be told to take those of one sort only.
pub(super) const fn quick_fix(safety: Safety) -> CodeActionKind {
    CodeActionKind::new(match safety {
        Safety::Safe => "quickfix.safe",
        Safety::Suggest => "quickfix.suggest",
        Safety::Refactor => "quickfix.refactor",
    })
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
    } else if action.kind != ActionKind::FixAll {
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
