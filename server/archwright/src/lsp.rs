//! The language server, on standard input and output.

mod backend;
mod capabilities;
mod client;
mod convert;
mod event;
mod handlers;
mod in_order;
mod main_loop;
mod outbox;
mod progress;
mod project;
mod publisher;
mod transport;
mod view;

use std::io::BufReader;
use std::process::ExitCode;
use std::time::Duration;

use tower_lsp::LspService;
use tower_lsp::ls_types::MessageType;

use backend::Backend;
use in_order::InOrder;
use outbox::Outbox;

/// Threads that answer requests; they only wait for the main loop and for readers.
const WORKERS: usize = 2;

/// Threads for readers and for the second stage of checks.
const READERS: usize = 8;

/// Serves one session. Ends quietly when the client goes away.
pub(crate) fn run() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(READERS)
        .enable_time()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            crate::cli::output::complain(&format!("The language server could not start: {error}."));
            return ExitCode::from(2);
        }
    };
    let (outbox, messages) = Outbox::new();
    let writer = std::thread::spawn(move || outbox::write_all(&messages, std::io::stdout().lock()));
    log_panics(outbox.clone());

    let (service, socket) = LspService::new(|_| Backend::new(outbox.clone(), runtime.handle().clone()));
    let ended = service.inner().ended();
    let exited = {
        let _inside = runtime.enter();
        transport::serve(
            &mut BufReader::with_capacity(1 << 16, std::io::stdin()),
            InOrder(service),
            &outbox,
        )
    };
    // The client's own queue is not used: everything goes out through the outbox.
    drop(socket);
    outbox.abandon();
    let orderly = ended.finish();
    runtime.shutdown_timeout(Duration::from_millis(500));
    let _ = std::panic::take_hook();
    drop(outbox);
    // Whatever is still queued goes out; a reader that never ends cannot hold the process.
    for _ in 0..50 {
        if writer.is_finished() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // After `exit` without `shutdown` the protocol wants 1; a client that just went away has nobody to tell.
    if exited && !orderly {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Panics are answered as errors by [`in_order`]; the place goes into the editor's log, never to standard error.
fn log_panics(outbox: Outbox) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = in_order::panic_text(panic.payload());
        outbox.log(MessageType::ERROR, format!("archwright: {text} ({place})"));
    }));
}
