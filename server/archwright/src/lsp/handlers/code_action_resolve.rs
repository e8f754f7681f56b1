//! `codeAction/resolve`: the edit of an action that was chosen.

use archwright_analysis::features::actions::FIX_ALL;
use serde::Deserialize;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::{self as lsp, Uri};

use super::{Backend, read, trying};
use crate::lsp::convert::to_proto;

/// What `textDocument/codeAction` put into the action.
#[derive(Debug, Deserialize)]
struct Data {
    uri: Uri,
    id: String,
}

pub(crate) async fn handle(backend: &Backend, mut action: lsp::CodeAction) -> Result<lsp::CodeAction> {
    let Some(data) = action.data.clone() else {
        return Ok(action);
    };
    let data: Data =
        serde_json::from_value(data).map_err(|error| Error::invalid_params(error.to_string()))?;
    if data.id == FIX_ALL {
        let edit = trying::fix_all(backend, &data.uri).await?;
        action.edit = Some(edit.unwrap_or_default());
        return Ok(action);
    }
    let client = backend.client();
    let edit = read(backend, &data.uri, move |view, file| {
        let edit = view.snapshot.resolve_action(file, &data.id)?;
        Ok(edit.map(|edit| to_proto::workspace_edit(view, &client, &edit, |file| view.line_end(file))))
    });
    // The text has moved on and there is nothing left to repair: the client should ask for actions again.
    let edit = edit.await?.flatten().ok_or_else(Error::content_modified)?;
    action.edit = Some(edit);
    Ok(action)
}
