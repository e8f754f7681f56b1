//! Asks the client to say when blueprint files change on disk, where it can.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::runtime::Handle;
use tower_lsp::ls_types::request::{RegisterCapability, UnregisterCapability};
use tower_lsp::ls_types::{
    MessageType, Registration, RegistrationParams, Unregistration, UnregistrationParams,
};

use super::Backend;
use crate::lsp::outbox::Outbox;
use crate::workspace::{CONFIG_FILE, EXTENSION, LOCK_FILE};

/// How clients tell.
const METHOD: &str = "workspace/didChangeWatchedFiles";

/// What documents of `[imports]` are watched under.
const IMPORTS: &str = "archwright/imports";

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
    ask(&backend.outbox, &backend.runtime, "archwright/files", &patterns);
}

/// Watches the documents of `[imports]`, by their paths below blueprints, in the place of those that were watched.
pub(crate) fn follow(outbox: &Outbox, runtime: &Handle, before: &BTreeSet<String>, now: &BTreeSet<String>) {
    if !before.is_empty() {
        let gone = Unregistration {
            id: IMPORTS.to_owned(),
            method: METHOD.to_owned(),
        };
        let answer = outbox.request::<UnregisterCapability>(UnregistrationParams {
            unregisterations: vec![gone],
        });
        // Who goes on watching them does no harm.
        runtime.spawn(async move { drop(answer.await) });
    }
    if !now.is_empty() {
        // Signs that mean something in a pattern are any sign.
        let plain = |path: &String| path.replace(['*', '?', '{', '}', '[', ']', '!', ','], "?");
        let patterns: Vec<String> = now.iter().map(|path| format!("**/{}", plain(path))).collect();
        ask(outbox, runtime, IMPORTS, &patterns);
    }
}

fn ask(outbox: &Outbox, runtime: &Handle, id: &str, patterns: &[String]) {
    let watchers: Vec<_> = patterns
        .iter()
        .map(|pattern| json!({ "globPattern": pattern }))
        .collect();
    let answer = outbox.request::<RegisterCapability>(RegistrationParams {
        registrations: vec![Registration {
            id: id.to_owned(),
            method: METHOD.to_owned(),
            register_options: Some(json!({ "watchers": watchers })),
        }],
    });
    let outbox = outbox.clone();
    runtime.spawn(async move {
        if let Err(error) = answer.await {
            outbox.log(
                MessageType::LOG,
                format!("The editor does not watch files: {}", error.message),
            );
        }
    });
}
