//! The protocol's methods: each sends its event, or asks a handler.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Handle;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{self as lsp};

use super::capabilities;
use super::client::ClientInfo;
use super::convert::from_proto;
use super::event::Event;
use super::handlers;
use super::main_loop::MainLoop;
use super::outbox::Outbox;

/// The server's side of a session.
pub(crate) struct Backend {
    pub(crate) outbox: Outbox,
    pub(crate) runtime: Handle,
    pub(crate) events: mpsc::Sender<Event>,
    queue: Mutex<Option<mpsc::Receiver<Event>>>,
    client: OnceLock<Arc<ClientInfo>>,
    ended: Ended,
}

/// How a session came to its end.
#[derive(Clone)]
pub(crate) struct Ended {
    events: mpsc::Sender<Event>,
    main_loop: Arc<Mutex<Option<JoinHandle<()>>>>,
    shut_down: Arc<AtomicBool>,
}

impl Ended {
    /// Stops the main loop. True when the client had asked for a shutdown before.
    pub(crate) fn finish(&self) -> bool {
        // Without a main loop there is nobody to hear it.
        let _ = self.events.send(Event::Quit);
        let thread = self
            .main_loop
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // A loop that is still reading a large folder is not waited for: it only reads.
        let deadline = Instant::now() + Duration::from_millis(500);
        while thread.as_ref().is_some_and(|thread| !thread.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.shut_down.load(Ordering::SeqCst)
    }
}

impl Backend {
    /// A session that has not been initialised.
    pub(crate) fn new(outbox: Outbox, runtime: Handle) -> Self {
        let (events, queue) = mpsc::channel();
        let ended = Ended {
            events: events.clone(),
            main_loop: Arc::default(),
            shut_down: Arc::default(),
        };
        Self {
            outbox,
            runtime,
            events,
            queue: Mutex::new(Some(queue)),
            client: OnceLock::new(),
            ended,
        }
    }

    /// What is needed to end the session.
    pub(crate) fn ended(&self) -> Ended {
        self.ended.clone()
    }

    /// What the client can do. Before `initialize` the router lets nothing through, so this is always known.
    pub(crate) fn client(&self) -> Arc<ClientInfo> {
        self.client
            .get_or_init(|| Arc::new(ClientInfo::read(&Value::Null)))
            .clone()
    }

    /// Queues an event, behind everything that the client said before.
    pub(crate) fn send(&self, event: Event) {
        // The loop ends with the session only.
        let _ = self.events.send(event);
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: lsp::InitializeParams) -> Result<lsp::InitializeResult> {
        // The transport puts the client's own parameters here, see `transport::mend`.
        let raw = params.initialization_options.unwrap_or_default();
        let client = Arc::new(ClientInfo::read(&raw));
        if self.client.set(client.clone()).is_ok()
            && let Some(queue) = self.queue.lock().unwrap_or_else(PoisonError::into_inner).take()
        {
            let main_loop = MainLoop::new(
                (self.events.clone(), queue),
                self.outbox.clone(),
                client.clone(),
                self.runtime.clone(),
            );
            let thread = std::thread::Builder::new()
                .name("main loop".into())
                .spawn(move || main_loop.run());
            *self
                .ended
                .main_loop
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = thread.ok();
        }
        Ok(lsp::InitializeResult {
            capabilities: capabilities::of(&client),
            server_info: Some(lsp::ServerInfo {
                name: "archwright".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            offset_encoding: None,
        })
    }

    async fn initialized(&self, _: lsp::InitializedParams) {
        self.send(Event::Start);
        handlers::watch_files::register(self);
    }

    async fn shutdown(&self) -> Result<()> {
        self.ended.shut_down.store(true, Ordering::SeqCst);
        Ok(())
    }

    async fn did_open(&self, params: lsp::DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.send(Event::Open {
            uri: document.uri,
            version: document.version,
            text: document.text,
        });
    }

    async fn did_change(&self, params: lsp::DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.send(Event::Change {
            uri: document.uri,
            version: document.version,
            changes: params.content_changes,
        });
    }

    async fn did_close(&self, params: lsp::DidCloseTextDocumentParams) {
        self.send(Event::Close {
            uri: params.text_document.uri,
        });
    }

    async fn did_save(&self, _: lsp::DidSaveTextDocumentParams) {
        self.send(Event::Save);
    }

    async fn did_change_watched_files(&self, params: lsp::DidChangeWatchedFilesParams) {
        self.send(Event::Watched(params.changes));
    }

    async fn did_change_workspace_folders(&self, params: lsp::DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[lsp::WorkspaceFolder]| {
            folders
                .iter()
                .filter_map(|folder| from_proto::path(&folder.uri))
                .collect()
        };
        let event = params.event;
        self.send(Event::Folders {
            added: paths(&event.added),
            removed: paths(&event.removed),
        });
    }

    /// Settings stand in `archwright.toml`, so that the command line and every editor agree.
    async fn did_change_configuration(&self, _: lsp::DidChangeConfigurationParams) {}

    async fn hover(&self, params: lsp::HoverParams) -> Result<Option<lsp::Hover>> {
        handlers::hover::handle(self, params).await
    }

    async fn completion(&self, params: lsp::CompletionParams) -> Result<Option<lsp::CompletionResponse>> {
        handlers::completion::handle(self, params).await
    }

    async fn goto_definition(
        &self,
        params: lsp::GotoDefinitionParams,
    ) -> Result<Option<lsp::GotoDefinitionResponse>> {
        handlers::definition::handle(self, params).await
    }

    async fn references(&self, params: lsp::ReferenceParams) -> Result<Option<Vec<lsp::Location>>> {
        handlers::references::handle(self, params).await
    }

    async fn document_symbol(
        &self,
        params: lsp::DocumentSymbolParams,
    ) -> Result<Option<lsp::DocumentSymbolResponse>> {
        handlers::document_symbol::handle(self, params).await
    }

    async fn code_action(&self, params: lsp::CodeActionParams) -> Result<Option<lsp::CodeActionResponse>> {
        handlers::code_action::handle(self, params).await
    }

    async fn code_action_resolve(&self, params: lsp::CodeAction) -> Result<lsp::CodeAction> {
        handlers::code_action_resolve::handle(self, params).await
    }

    async fn formatting(&self, params: lsp::DocumentFormattingParams) -> Result<Option<Vec<lsp::TextEdit>>> {
        handlers::formatting::handle(self, params).await
    }

    async fn range_formatting(
        &self,
        params: lsp::DocumentRangeFormattingParams,
    ) -> Result<Option<Vec<lsp::TextEdit>>> {
        handlers::range_formatting::handle(self, params).await
    }

    async fn on_type_formatting(
        &self,
        params: lsp::DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<lsp::TextEdit>>> {
        handlers::on_type_formatting::handle(self, params).await
    }

    async fn diagnostic(
        &self,
        params: lsp::DocumentDiagnosticParams,
    ) -> Result<lsp::DocumentDiagnosticReportResult> {
        handlers::diagnostic::handle(self, params).await
    }

    async fn workspace_diagnostic(
        &self,
        params: lsp::WorkspaceDiagnosticParams,
    ) -> Result<lsp::WorkspaceDiagnosticReportResult> {
        handlers::workspace_diagnostic::handle(self, params).await
    }

    async fn execute_command(&self, params: lsp::ExecuteCommandParams) -> Result<Option<lsp::LSPAny>> {
        handlers::execute_command::handle(self, params).await
    }
}
