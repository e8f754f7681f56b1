//! What the server says it can do: one row per request, so that nothing is promised without a handler.

use tower_lsp::ls_types::{self as lsp, ServerCapabilities};

use super::client::ClientInfo;
use super::convert::to_proto;

/// The one command of the server.
pub(crate) const GENERATE: &str = "archwright.generate";

/// The kind of code actions that generate.
pub(crate) const GENERATE_KIND: lsp::CodeActionKind = lsp::CodeActionKind::new("source.archwright.generate");

/// The kind of the code action that applies all safe repairs.
pub(crate) const FIX_ALL_KIND: lsp::CodeActionKind = lsp::CodeActionKind::new("source.fixAll.archwright");

/// A request with a handler, and how it is announced.
pub(crate) struct Row {
    /// The method.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the test compares the rows with what is announced")
    )]
    pub(crate) method: &'static str,
    /// Announces it.
    announce: fn(&mut ServerCapabilities, &ClientInfo),
}

/// Every request that has a handler.
pub(crate) const TABLE: &[Row] = &[
    Row {
        method: "textDocument/hover",
        announce: |capabilities, _| {
            capabilities.hover_provider = Some(lsp::HoverProviderCapability::Simple(true));
        },
    },
    Row {
        method: "textDocument/completion",
        announce: |capabilities, _| {
            capabilities.completion_provider = Some(lsp::CompletionOptions {
                // Not the space and not the line end: a menu that opens by itself there is in the way.
                trigger_characters: Some([".", "@", ":"].map(str::to_owned).to_vec()),
                resolve_provider: Some(false),
                ..lsp::CompletionOptions::default()
            });
        },
    },
    Row {
        method: "textDocument/definition",
        announce: |capabilities, _| capabilities.definition_provider = Some(lsp::OneOf::Left(true)),
    },
    Row {
        method: "textDocument/references",
        announce: |capabilities, _| capabilities.references_provider = Some(lsp::OneOf::Left(true)),
    },
    Row {
        method: "textDocument/documentSymbol",
        announce: |capabilities, _| capabilities.document_symbol_provider = Some(lsp::OneOf::Left(true)),
    },
    Row {
        method: "textDocument/codeAction",
        announce: |capabilities, client| {
            capabilities.code_action_provider = Some(lsp::CodeActionProviderCapability::Options(
                lsp::CodeActionOptions {
                    code_action_kinds: Some(vec![
                        lsp::CodeActionKind::QUICKFIX,
                        lsp::CodeActionKind::REFACTOR,
                        FIX_ALL_KIND,
                        GENERATE_KIND,
                    ]),
                    resolve_provider: Some(client.resolves_edits),
                    ..lsp::CodeActionOptions::default()
                },
            ));
        },
    },
    // Announced with its request, above.
    Row {
        method: "codeAction/resolve",
        announce: |_, _| {},
    },
    // What a client says of formatting is only whether it can be registered later; older ones format and say nothing.
    Row {
        method: "textDocument/formatting",
        announce: |capabilities, _| {
            capabilities.document_formatting_provider = Some(lsp::OneOf::Left(true));
        },
    },
    Row {
        method: "textDocument/rangeFormatting",
        announce: |capabilities, _| {
            capabilities.document_range_formatting_provider = Some(lsp::OneOf::Left(true));
        },
    },
    Row {
        method: "textDocument/onTypeFormatting",
        announce: |capabilities, client| {
            if client.formats_on_type {
                capabilities.document_on_type_formatting_provider =
                    Some(lsp::DocumentOnTypeFormattingOptions {
                        first_trigger_character: "}".to_owned(),
                        more_trigger_character: Some(vec![";".to_owned(), "\n".to_owned()]),
                    });
            }
        },
    },
    Row {
        method: "textDocument/diagnostic",
        announce: |capabilities, client| {
            if client.pulls {
                capabilities.diagnostic_provider = Some(lsp::DiagnosticServerCapabilities::Options(
                    lsp::DiagnosticOptions {
                        identifier: Some("archwright".to_owned()),
                        inter_file_dependencies: true,
                        workspace_diagnostics: true,
                        ..lsp::DiagnosticOptions::default()
                    },
                ));
            }
        },
    },
    // Announced with its request, above.
    Row {
        method: "workspace/diagnostic",
        announce: |_, _| {},
    },
    Row {
        method: "workspace/executeCommand",
        announce: |capabilities, _| {
            capabilities.execute_command_provider = Some(lsp::ExecuteCommandOptions {
                commands: vec![GENERATE.to_owned()],
                ..lsp::ExecuteCommandOptions::default()
            });
        },
    },
];

/// The capabilities for a client.
pub(crate) fn of(client: &ClientInfo) -> ServerCapabilities {
    let mut capabilities = ServerCapabilities {
        position_encoding: Some(to_proto::encoding(client.encoding)),
        text_document_sync: Some(lsp::TextDocumentSyncCapability::Options(
            lsp::TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(lsp::TextDocumentSyncKind::INCREMENTAL),
                save: Some(lsp::TextDocumentSyncSaveOptions::SaveOptions(lsp::SaveOptions {
                    include_text: Some(false),
                })),
                ..lsp::TextDocumentSyncOptions::default()
            },
        )),
        workspace: Some(lsp::WorkspaceServerCapabilities {
            workspace_folders: Some(lsp::WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(lsp::OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    };
    for row in TABLE {
        (row.announce)(&mut capabilities, client);
    }
    capabilities
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    /// The key of `ServerCapabilities` that promises a request.
    fn promise(method: &str) -> Option<&'static str> {
        Some(match method {
            "textDocument/hover" => "hoverProvider",
            "textDocument/completion" => "completionProvider",
            "textDocument/definition" => "definitionProvider",
            "textDocument/references" => "referencesProvider",
            "textDocument/documentSymbol" => "documentSymbolProvider",
            "textDocument/codeAction" => "codeActionProvider",
            "textDocument/formatting" => "documentFormattingProvider",
            "textDocument/rangeFormatting" => "documentRangeFormattingProvider",
            "textDocument/onTypeFormatting" => "documentOnTypeFormattingProvider",
            "textDocument/diagnostic" => "diagnosticProvider",
            "workspace/executeCommand" => "executeCommandProvider",
            "codeAction/resolve" | "workspace/diagnostic" => return None,
            other => panic!("{other} has no known promise"),
        })
    }

    #[test]
    fn every_promise_has_a_row_and_every_row_a_promise() {
        let everything = json!({ "capabilities": { "textDocument": {
            "diagnostic": {},
            "onTypeFormatting": {},
            "codeAction": { "dataSupport": true, "resolveSupport": { "properties": ["edit"] } },
        } } });
        let client = ClientInfo::read(&everything);
        let Value::Object(announced) = serde_json::to_value(of(&client)).expect("JSON") else {
            panic!("capabilities are an object")
        };
        let keys: BTreeSet<&str> = announced
            .keys()
            .map(String::as_str)
            .filter(|key| key.ends_with("Provider"))
            .collect();
        let promised: BTreeSet<&str> = TABLE.iter().filter_map(|row| promise(row.method)).collect();
        assert_eq!(keys, promised);
        assert_eq!(announced["codeActionProvider"]["resolveProvider"], true);
    }

    #[test]
    fn what_a_client_does_not_take_is_not_offered() {
        let poor = of(&ClientInfo::read(&Value::Null));
        assert_eq!(poor.diagnostic_provider, None);
        assert_eq!(poor.document_on_type_formatting_provider, None);
    }
}
