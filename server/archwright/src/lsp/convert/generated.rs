//! Generated files as one edit of the workspace, for clients that can create files and know versions.

use std::collections::HashMap;
use std::path::Path;

use archwright_codegen::plan::Write;
use serde_json::{Value, json};
use tower_lsp::ls_types::{self as lsp, DocumentChangeOperation, ResourceOp};

use super::to_proto;
use crate::lsp::client::ClientInfo;
use crate::workspace::read::read_source;

/// The annotation under which an editor shows the changes.
const ANNOTATION: &str = "archwright.generate";

/// The edit; `None` for clients that cannot apply it, or not all of it. For those the files are written directly.
pub(crate) fn workspace_edit(
    client: &ClientInfo,
    root: &Path,
    writes: &[Write],
) -> Option<lsp::WorkspaceEdit> {
    let deletes = writes.iter().any(|write| matches!(write, Write::Delete { .. }));
    let able = client.applies_edits && client.document_changes && client.creates_files;
    if !able || (deletes && !client.deletes_files) {
        return None;
    }
    let annotation_id = client.annotations.then(|| ANNOTATION.to_owned());
    let mut operations = Vec::new();
    for write in writes {
        match write {
            Write::File {
                path, text, previous, ..
            } => {
                let full = root.join(path);
                let uri = to_proto::uri(&full)?;
                let old_end = if previous.is_some() {
                    // One line past the last: every client clamps it to the end, in any encoding.
                    let lines = read_source(&full).ok()?.split('\n').count();
                    lsp::Position {
                        line: u32::try_from(lines).ok()?,
                        character: 0,
                    }
                } else {
                    operations.push(DocumentChangeOperation::Op(ResourceOp::Create(lsp::CreateFile {
                        uri: uri.clone(),
                        // A file that appeared meanwhile makes the edit fail instead of being overwritten.
                        options: Some(lsp::CreateFileOptions {
                            overwrite: Some(false),
                            ignore_if_exists: Some(false),
                        }),
                        annotation_id: annotation_id.clone(),
                    })));
                    lsp::Position::default()
                };
                let range = lsp::Range {
                    start: lsp::Position::default(),
                    end: old_end,
                };
                let text_edit = lsp::TextEdit {
                    range,
                    new_text: text.clone(),
                };
                let edit = match &annotation_id {
                    Some(id) => lsp::OneOf::Right(lsp::AnnotatedTextEdit {
                        text_edit,
                        annotation_id: id.clone(),
                    }),
                    None => lsp::OneOf::Left(text_edit),
                };
                operations.push(DocumentChangeOperation::Edit(lsp::TextDocumentEdit {
                    text_document: lsp::OptionalVersionedTextDocumentIdentifier { uri, version: None },
                    edits: vec![edit],
                }));
            }
            Write::Delete { path, .. } => {
                operations.push(DocumentChangeOperation::Op(ResourceOp::Delete(lsp::DeleteFile {
                    uri: to_proto::uri(&root.join(path))?,
                    options: None,
                    annotation_id: annotation_id.clone(),
                })));
            }
            Write::Base { .. } | Write::Lock { .. } | Write::DropBase { .. } => {}
        }
    }
    let annotation = lsp::ChangeAnnotation {
        label: "Generate services".to_owned(),
        needs_confirmation: Some(false),
        description: Some("From the blueprint; your own edits are kept".to_owned()),
    };
    Some(lsp::WorkspaceEdit {
        changes: None,
        document_changes: Some(lsp::DocumentChanges::Operations(operations)),
        change_annotations: annotation_id.map(|id| HashMap::from([(id, annotation)])),
    })
}

/// The parameters of `workspace/applyEdit`. Clients that know the newer key save what a refactoring touched.
pub(crate) fn apply_params(client: &ClientInfo, edit: &lsp::WorkspaceEdit) -> Value {
    let mut params = json!({ "label": "Generate services", "edit": edit });
    if client.edit_metadata {
        params["metadata"] = json!({ "isRefactoring": true });
    }
    params
}
