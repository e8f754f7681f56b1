//! From our types to the protocol's.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use archwright_analysis::diagnostic::{Diagnostic, FileRange, Severity, State, Tag};
use archwright_analysis::edit::{Edit, TextEdit};
use archwright_analysis::features::completion::{Completion, CompletionKind};
use archwright_analysis::features::definition::Target;
use archwright_analysis::features::symbols::Symbol;
use archwright_analysis::{Encoding, FileId};
use archwright_codegen::plan::{FindingSeverity, PlanFinding};
use archwright_grammar::vocabulary::Kind;
use serde_json::json;
use tower_lsp::ls_types::{self as lsp, Uri};

use crate::lsp::client::ClientInfo;

/// Where files are and where their offsets lie, in one version of the texts.
pub(crate) trait Places {
    /// The place of a byte offset.
    fn position(&self, file: FileId, offset: u32) -> lsp::Position;
    /// The file's URI, as the client writes it where the client has it open.
    fn uri(&self, file: FileId) -> Option<Uri>;
    /// The version that the client gave the file, when it is open.
    fn version(&self, file: FileId) -> Option<i32>;

    /// A byte range.
    fn range(&self, file: FileId, range: &Range<u32>) -> lsp::Range {
        lsp::Range {
            start: self.position(file, range.start),
            end: self.position(file, range.end),
        }
    }

    /// A byte range in a file.
    fn location(&self, at: &FileRange) -> Option<lsp::Location> {
        Some(lsp::Location {
            uri: self.uri(at.file)?,
            range: self.range(at.file, &at.range),
        })
    }
}

/// The URI of a path.
pub(crate) fn uri(path: &Path) -> Option<Uri> {
    path.is_absolute().then(|| Uri::from_file_path(path)).flatten()
}

/// A position.
pub(crate) fn position(position: archwright_analysis::Position) -> lsp::Position {
    lsp::Position {
        line: position.line,
        character: position.column,
    }
}

/// The name of an encoding.
pub(crate) fn encoding(encoding: Encoding) -> lsp::PositionEncodingKind {
    match encoding {
        Encoding::Utf8 => lsp::PositionEncodingKind::UTF8,
        Encoding::Utf16 => lsp::PositionEncodingKind::UTF16,
        Encoding::Utf32 => lsp::PositionEncodingKind::UTF32,
    }
}

/// A severity.
pub(crate) const fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
        Severity::Hint => lsp::DiagnosticSeverity::HINT,
    }
}

/// A finding; `None` for one that is waived. One that the lock accepts is a hint.
pub(crate) fn diagnostic(
    places: &impl Places,
    client: &ClientInfo,
    diagnostic: &Diagnostic,
) -> Option<lsp::Diagnostic> {
    let accepted = diagnostic.state == State::Baselined;
    if matches!(diagnostic.state, State::Waived { .. }) {
        return None;
    }
    let mut message = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    if accepted {
        message.push_str("\nAccepted in archwright.lock.");
    }
    let related: Vec<_> = diagnostic
        .related
        .iter()
        .filter_map(|related| {
            let location = places.location(&related.at)?;
            Some(lsp::DiagnosticRelatedInformation {
                location,
                message: related.message.clone(),
            })
        })
        .collect();
    let tags: Vec<_> = diagnostic
        .tags
        .iter()
        .filter_map(|tag| match tag {
            Tag::Unnecessary => client
                .tags
                .contains(&1)
                .then_some(lsp::DiagnosticTag::UNNECESSARY),
            Tag::Deprecated => client.tags.contains(&2).then_some(lsp::DiagnosticTag::DEPRECATED),
        })
        .collect();
    Some(lsp::Diagnostic {
        range: places.range(diagnostic.at.file, &diagnostic.at.range),
        severity: Some(if accepted {
            lsp::DiagnosticSeverity::HINT
        } else {
            severity(diagnostic.severity)
        }),
        code: Some(lsp::NumberOrString::String(diagnostic.code.to_string())),
        code_description: page(client, &diagnostic.code),
        source: Some("archwright".to_owned()),
        message,
        related_information: (client.related && !related.is_empty()).then_some(related),
        tags: (!tags.is_empty()).then_some(tags),
        data: client
            .diagnostic_data
            .then(|| json!({ "element": diagnostic.element.as_str() })),
    })
}

/// The link to the page about a code.
pub(crate) fn page(client: &ClientInfo, code: &str) -> Option<lsp::CodeDescription> {
    let href = archwright_analysis::url(code).parse::<Uri>().ok();
    href.filter(|_| client.code_description)
        .map(|href| lsp::CodeDescription { href })
}

/// A finding about a whole file that is no blueprint.
pub(crate) fn plain(code: &str, severity: lsp::DiagnosticSeverity, message: String) -> lsp::Diagnostic {
    lsp::Diagnostic {
        range: lsp::Range::default(),
        severity: Some(severity),
        code: Some(lsp::NumberOrString::String(code.to_owned())),
        source: Some("archwright".to_owned()),
        message,
        ..lsp::Diagnostic::default()
    }
}

/// What a generation left to the user in one of its files.
pub(crate) fn plan_finding(finding: &PlanFinding) -> lsp::Diagnostic {
    let severity = match finding.severity {
        FindingSeverity::Info => lsp::DiagnosticSeverity::INFORMATION,
        FindingSeverity::Warning => lsp::DiagnosticSeverity::WARNING,
        FindingSeverity::Error => lsp::DiagnosticSeverity::ERROR,
    };
    plain(
        finding.kind.code(),
        severity,
        format!("{}\n{}", finding.message, finding.help),
    )
}

/// Text for people, as the client can show it.
pub(crate) fn markup(text: String, markdown: bool) -> lsp::MarkupContent {
    if markdown {
        return lsp::MarkupContent {
            kind: lsp::MarkupKind::Markdown,
            value: text,
        };
    }
    let plain: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with("```"))
        .map(|line| line.replace('`', ""))
        .collect();
    lsp::MarkupContent {
        kind: lsp::MarkupKind::PlainText,
        value: plain.join("\n"),
    }
}

/// A completion.
pub(crate) fn completion(
    places: &impl Places,
    client: &ClientInfo,
    file: FileId,
    item: Completion,
) -> lsp::CompletionItem {
    let snippet = item.snippet && client.snippets;
    let new_text = if item.snippet && !client.snippets {
        without_stops(&item.insert)
    } else {
        item.insert
    };
    let range = places.range(file, &item.replace);
    let kind = match item.kind {
        CompletionKind::Keyword => lsp::CompletionItemKind::KEYWORD,
        CompletionKind::Reference => lsp::CompletionItemKind::REFERENCE,
        CompletionKind::Type => lsp::CompletionItemKind::STRUCT,
        CompletionKind::Field => lsp::CompletionItemKind::FIELD,
        CompletionKind::Value => lsp::CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Attribute => lsp::CompletionItemKind::PROPERTY,
        CompletionKind::Rule => lsp::CompletionItemKind::CONSTANT,
    };
    lsp::CompletionItem {
        label: item.label,
        kind: Some(kind),
        detail: item.detail,
        documentation: item
            .documentation
            .map(|text| lsp::Documentation::MarkupContent(markup(text, client.completion_markdown))),
        sort_text: Some(item.sort),
        insert_text_format: Some(if snippet {
            lsp::InsertTextFormat::SNIPPET
        } else {
            lsp::InsertTextFormat::PLAIN_TEXT
        }),
        text_edit: Some(lsp::CompletionTextEdit::Edit(lsp::TextEdit { range, new_text })),
        ..lsp::CompletionItem::default()
    }
}

/// A snippet as plain text: `${1:name}` becomes `name`, `$0` nothing.
fn without_stops(snippet: &str) -> String {
    let mut plain = String::with_capacity(snippet.len());
    let mut rest = snippet;
    while let Some(at) = rest.find(['$', '\\', '}']) {
        plain.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(escaped) = tail.strip_prefix('\\') {
            let mut letters = escaped.chars();
            plain.extend(letters.next());
            rest = letters.as_str();
        } else if let Some(stop) = tail.strip_prefix("${") {
            let stop = stop.trim_start_matches(|letter: char| letter.is_ascii_digit());
            rest = stop.strip_prefix(':').unwrap_or(stop);
        } else if let Some(stop) = tail.strip_prefix('$') {
            rest = stop.trim_start_matches(|letter: char| letter.is_ascii_digit());
        } else {
            // Either the end of a stop, or a brace of the text itself; snippets escape the latter.
            rest = &tail[1..];
        }
    }
    plain.push_str(rest);
    plain
}

/// Definitions, as links where the client takes them.
pub(crate) fn definition(
    places: &impl Places,
    client: &ClientInfo,
    file: FileId,
    targets: &[Target],
) -> lsp::GotoDefinitionResponse {
    if client.definition_links {
        let links = targets.iter().filter_map(|target| {
            Some(lsp::LocationLink {
                origin_selection_range: Some(places.range(file, &target.origin)),
                target_uri: places.uri(target.at.file)?,
                target_range: places.range(target.at.file, &target.full),
                target_selection_range: places.range(target.at.file, &target.at.range),
            })
        });
        return lsp::GotoDefinitionResponse::Link(links.collect());
    }
    lsp::GotoDefinitionResponse::Array(
        targets
            .iter()
            .filter_map(|target| places.location(&target.at))
            .collect(),
    )
}

fn symbol_kind(kind: Kind) -> lsp::SymbolKind {
    use lsp::SymbolKind as K;
    match kind {
        Kind::System => K::PACKAGE,
        Kind::Context => K::NAMESPACE,
        Kind::Service => K::MODULE,
        Kind::Entity => K::CLASS,
        Kind::Type => K::STRUCT,
        Kind::Enum => K::ENUM,
        Kind::Endpoint | Kind::Query => K::METHOD,
        Kind::Event | Kind::Handler => K::EVENT,
        Kind::Job | Kind::Webhook => K::FUNCTION,
        Kind::Store | Kind::Cache => K::OBJECT,
        Kind::Role | Kind::Team => K::INTERFACE,
        Kind::Auth => K::KEY,
        _ => K::PROPERTY,
    }
}

/// A symbol with what is inside it.
#[expect(
    deprecated,
    reason = "the protocol's type still has the field that `tags` replaced"
)]
pub(crate) fn document_symbol(places: &impl Places, file: FileId, symbol: &Symbol) -> lsp::DocumentSymbol {
    let children: Vec<_> = symbol
        .children
        .iter()
        .map(|child| document_symbol(places, file, child))
        .collect();
    lsp::DocumentSymbol {
        // Some clients refuse a symbol without a name.
        name: if symbol.name.is_empty() {
            "…".into()
        } else {
            symbol.name.clone()
        },
        detail: (!symbol.detail.is_empty()).then(|| symbol.detail.clone()),
        kind: symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: places.range(file, &symbol.range),
        selection_range: places.range(file, &symbol.selection),
        children: (!children.is_empty()).then_some(children),
    }
}

/// The same symbols as a flat list, for clients that cannot nest.
#[expect(
    deprecated,
    reason = "the protocol's type still has the field that `tags` replaced"
)]
pub(crate) fn flat_symbols(
    places: &impl Places,
    file: FileId,
    symbols: &[Symbol],
) -> Vec<lsp::SymbolInformation> {
    fn add(
        places: &impl Places,
        uri: &Uri,
        file: FileId,
        parent: Option<&str>,
        symbols: &[Symbol],
        out: &mut Vec<lsp::SymbolInformation>,
    ) {
        for symbol in symbols {
            out.push(lsp::SymbolInformation {
                name: symbol.name.clone(),
                kind: symbol_kind(symbol.kind),
                tags: None,
                deprecated: None,
                location: lsp::Location {
                    uri: uri.clone(),
                    range: places.range(file, &symbol.range),
                },
                container_name: parent.map(str::to_owned),
            });
            add(places, uri, file, Some(&symbol.name), &symbol.children, out);
        }
    }
    let mut out = Vec::new();
    if let Some(uri) = places.uri(file) {
        add(places, &uri, file, None, symbols, &mut out);
    }
    out
}

/// A change to blueprint files. `line_end` says how a file ends its lines.
pub(crate) fn workspace_edit(
    places: &impl Places,
    client: &ClientInfo,
    edit: &Edit,
    line_end: impl Fn(FileId) -> &'static str,
) -> lsp::WorkspaceEdit {
    let files: Vec<_> = edit
        .files
        .iter()
        .filter_map(|(file, edits)| {
            let end = line_end(*file);
            let edits: Vec<_> = edits
                .iter()
                .map(|edit| text_edit(places, *file, edit, end))
                .collect();
            Some((*file, places.uri(*file)?, edits))
        })
        .collect();
    if client.document_changes {
        let edits = files.into_iter().map(|(file, uri, edits)| lsp::TextDocumentEdit {
            text_document: lsp::OptionalVersionedTextDocumentIdentifier {
                uri,
                version: places.version(file),
            },
            edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
        });
        return lsp::WorkspaceEdit {
            document_changes: Some(lsp::DocumentChanges::Edits(edits.collect())),
            ..lsp::WorkspaceEdit::default()
        };
    }
    let mut changes: HashMap<Uri, Vec<lsp::TextEdit>> = HashMap::new();
    for (_, uri, edits) in files {
        changes.entry(uri).or_default().extend(edits);
    }
    lsp::WorkspaceEdit {
        changes: Some(changes),
        ..lsp::WorkspaceEdit::default()
    }
}

fn text_edit(places: &impl Places, file: FileId, edit: &TextEdit, line_end: &str) -> lsp::TextEdit {
    let new_text = if line_end == "\n" {
        edit.text.clone()
    } else {
        // A text that was taken from the file has the file's line ends already.
        edit.text.replace("\r\n", "\n").replace('\n', line_end)
    };
    lsp::TextEdit {
        range: places.range(file, &edit.range),
        new_text,
    }
}
