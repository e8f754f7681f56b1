//! Asks the client to say when blueprint files change on disk, where it can.

use serde_json::json;
use tower_lsp::ls_types::request::RegisterCapability;
use tower_lsp::ls_types::{MessageType, Registration, RegistrationParams};

use super::Backend;
use crate::workspace::{CONFIG_FILE, EXTENSION, LOCK_FILE};

/// Registers the watchers. Without them the disk is looked at when documents are opened and saved.
pub(crate) fn register(backend: &Backend) {
    if !backend.client().watches {
        return;
    }
    let patterns = [
        format!("**/*.{EXTENSION}"),
        format!("**/{CONFIG_FILE}"),
        format!("**/{LOCK_FILE}"),
    ];
    let watchers: Vec<_> = patterns
        .iter()
        .map(|pattern| json!({ "globPattern": pattern }))
        .collect();
    let answer = backend.outbox.request::<RegisterCapability>(RegistrationParams {
        registrations: vec![Registration {
            id: "archwright/files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: Some(json!({ "watchers": watchers })),
        }],
    });
    let outbox = backend.outbox.clone();
    backend.runtime.spawn(async move {
        if let Err(error) = answer.await {
            outbox.log(
                MessageType::LOG,
                format!("The editor does not watch files: {}", error.message),
            );
        }
    });
}
