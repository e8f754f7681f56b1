//! What the client can do, read from its capabilities whatever their shape: a key that is missing, null or of an
//! unexpected type means no.

use std::path::PathBuf;

use archwright_analysis::Encoding;
use serde_json::Value;
use tower_lsp::ls_types::Uri;

use super::convert::from_proto;

/// What a session knows of its client.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one independent yes or no of the protocol"
)]
pub(crate) struct ClientInfo {
    /// Units of columns.
    pub(crate) encoding: Encoding,
    /// Folders to serve.
    pub(crate) folders: Vec<PathBuf>,
    /// Asks for diagnostics itself.
    pub(crate) pulls: bool,
    /// Asks again when told to.
    pub(crate) refreshes: bool,
    /// Shows related places.
    pub(crate) related: bool,
    /// Shows links of codes.
    pub(crate) code_description: bool,
    /// Keeps `data` of a diagnostic.
    pub(crate) diagnostic_data: bool,
    /// Values of the tags that it paints.
    pub(crate) tags: Vec<i64>,
    /// Expands snippets.
    pub(crate) snippets: bool,
    /// Renders Markdown in hovers.
    pub(crate) hover_markdown: bool,
    /// Renders Markdown in completions.
    pub(crate) completion_markdown: bool,
    /// Takes links as definitions.
    pub(crate) definition_links: bool,
    /// Takes nested symbols.
    pub(crate) nested_symbols: bool,
    /// Lets lines be laid out while they are typed.
    pub(crate) formats_on_type: bool,
    /// Takes code actions, not only commands.
    pub(crate) action_literals: bool,
    /// Resolves the edit of a code action.
    pub(crate) resolves_edits: bool,
    /// Applies edits that the server sends.
    pub(crate) applies_edits: bool,
    /// Takes versioned edits.
    pub(crate) document_changes: bool,
    /// Creates files as part of an edit.
    pub(crate) creates_files: bool,
    /// Deletes files as part of an edit.
    pub(crate) deletes_files: bool,
    /// Shows annotations of edits.
    pub(crate) annotations: bool,
    /// Saves what an edit touched when it is called a refactoring.
    pub(crate) edit_metadata: bool,
    /// Shows progress.
    pub(crate) progress: bool,
    /// Watches files when asked to.
    pub(crate) watches: bool,
}

impl ClientInfo {
    /// Reads the parameters of `initialize`.
    pub(crate) fn read(params: &Value) -> Self {
        let at = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let yes = |path: &str| at(path).and_then(Value::as_bool).unwrap_or_default();
        let words = |path: &str| -> Vec<String> {
            let values = at(path).and_then(Value::as_array);
            values
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        let markdown = |path: &str| words(path).iter().any(|word| word == "markdown");
        let operations = words("workspace/workspaceEdit/resourceOperations");
        let tags = at("textDocument/publishDiagnostics/tagSupport/valueSet").and_then(Value::as_array);
        Self {
            encoding: encoding(&words("general/positionEncodings"), &words("offsetEncoding")),
            folders: folders(params),
            pulls: at("textDocument/diagnostic").is_some_and(Value::is_object),
            refreshes: yes("workspace/diagnostics/refreshSupport"),
            related: yes("textDocument/publishDiagnostics/relatedInformation"),
            code_description: yes("textDocument/publishDiagnostics/codeDescriptionSupport"),
            diagnostic_data: yes("textDocument/publishDiagnostics/dataSupport"),
            tags: tags.into_iter().flatten().filter_map(Value::as_i64).collect(),
            snippets: yes("textDocument/completion/completionItem/snippetSupport"),
            hover_markdown: markdown("textDocument/hover/contentFormat"),
            completion_markdown: markdown("textDocument/completion/completionItem/documentationFormat"),
            definition_links: yes("textDocument/definition/linkSupport"),
            nested_symbols: yes("textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            formats_on_type: at("textDocument/onTypeFormatting").is_some_and(Value::is_object),
            action_literals: at("textDocument/codeAction/codeActionLiteralSupport")
                .is_some_and(Value::is_object),
            resolves_edits: yes("textDocument/codeAction/dataSupport")
                && words("textDocument/codeAction/resolveSupport/properties")
                    .iter()
                    .any(|word| word == "edit"),
            applies_edits: yes("workspace/applyEdit"),
            document_changes: yes("workspace/workspaceEdit/documentChanges"),
            // Neovim leaves created files unsaved and adds a line to each, so there they are better written directly.
            creates_files: operations.iter().any(|word| word == "create")
                && params.pointer("/clientInfo/name").and_then(Value::as_str) != Some("Neovim"),
            deletes_files: operations.iter().any(|word| word == "delete"),
            annotations: at("workspace/workspaceEdit/changeAnnotationSupport").is_some_and(Value::is_object),
            edit_metadata: yes("workspace/workspaceEdit/metadataSupport"),
            progress: yes("window/workDoneProgress"),
            watches: yes("workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }
}

/// UTF-8 where the client offers it (no conversion), else UTF-16, else UTF-32; UTF-16 when nothing is offered.
fn encoding(offered: &[String], older: &[String]) -> Encoding {
    let offered = if offered.is_empty() { older } else { offered };
    [
        ("utf-8", Encoding::Utf8),
        ("utf-16", Encoding::Utf16),
        ("utf-32", Encoding::Utf32),
    ]
    .into_iter()
    .find(|(word, _)| offered.iter().any(|it| it == word))
    .map_or(Encoding::Utf16, |(_, encoding)| encoding)
}

/// `workspaceFolders`, else `rootUri`, else `rootPath`; each may be missing, null or empty.
fn folders(params: &Value) -> Vec<PathBuf> {
    let path = |value: &Value| {
        value
            .as_str()?
            .parse::<Uri>()
            .ok()
            .as_ref()
            .and_then(from_proto::path)
    };
    let listed = params.get("workspaceFolders").and_then(Value::as_array);
    let mut folders: Vec<PathBuf> = listed
        .into_iter()
        .flatten()
        .filter_map(|folder| path(folder.get("uri")?))
        .collect();
    if folders.is_empty() {
        folders.extend(params.get("rootUri").and_then(path));
    }
    if folders.is_empty() {
        let root = params.get("rootPath").and_then(Value::as_str).map(PathBuf::from);
        folders.extend(root.filter(|root| root.is_absolute()));
    }
    folders
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoding_of(capabilities: &Value) -> Encoding {
        ClientInfo::read(&json!({ "capabilities": capabilities })).encoding
    }

    #[test]
    fn encodings_of_real_clients() {
        // VS Code, Neovim 0.11 and Helix, eglot 30, clangd's older key, an old client.
        for (capabilities, expected) in [
            (
                json!({ "general": { "positionEncodings": ["utf-16"] } }),
                Encoding::Utf16,
            ),
            (
                json!({ "general": { "positionEncodings": ["utf-8", "utf-16", "utf-32"] } }),
                Encoding::Utf8,
            ),
            (
                json!({ "general": { "positionEncodings": ["utf-32", "utf-8", "utf-16"] } }),
                Encoding::Utf8,
            ),
            (
                json!({ "general": { "positionEncodings": ["utf-32"] } }),
                Encoding::Utf32,
            ),
            (json!({ "offsetEncoding": ["utf-8"] }), Encoding::Utf8),
            (json!({}), Encoding::Utf16),
            (json!({ "general": null }), Encoding::Utf16),
        ] {
            assert_eq!(encoding_of(&capabilities), expected, "{capabilities}");
        }
    }

    #[test]
    fn folders_fall_back_from_list_to_uri_to_path() {
        let folders = |params: Value| ClientInfo::read(&params).folders;
        assert_eq!(
            folders(
                json!({ "workspaceFolders": [{ "uri": "file:///a%20b", "name": "x" }], "rootUri": "file:///c" })
            ),
            [PathBuf::from("/a b")]
        );
        assert_eq!(
            folders(json!({ "workspaceFolders": [], "rootUri": "file:///c" })),
            [PathBuf::from("/c")]
        );
        assert_eq!(
            folders(json!({ "workspaceFolders": null, "rootPath": "/d" })),
            [PathBuf::from("/d")]
        );
        assert!(folders(json!({ "rootUri": 7 })).is_empty());
    }

    #[test]
    fn odd_shapes_mean_no() {
        let info = ClientInfo::read(
            &json!({ "capabilities": { "textDocument": null, "workspace": 3, "window": [] } }),
        );
        assert!(!info.pulls && !info.snippets && !info.applies_edits && !info.progress);
        let info = ClientInfo::read(&json!({}));
        assert!(!info.pulls);
    }
}
