//! Handlers run concurrently, but each one's first step runs before the next message is looked at.
//!
//! A handler's first step is to send what it wants to the main loop, so the main loop sees everything in the order in
//! which the client sent it. A handler that panics answers with an error; the session goes on.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tower::Service;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};

/// The service around the router.
#[derive(Debug)]
pub(crate) struct InOrder<S>(pub(crate) S);

/// A handler that has taken its first step.
pub(crate) struct Started<F> {
    state: State<F>,
    id: Option<Id>,
}

enum State<F> {
    Running(Pin<Box<F>>),
    Done(Option<Response>),
}

impl<S> Service<Request> for InOrder<S>
where
    S: Service<Request, Response = Option<Response>>,
{
    type Response = Option<Response>;
    type Error = S::Error;
    type Future = Started<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let id = request.id().cloned();
        let mut context = Context::from_waker(Waker::noop());
        let first = catch_unwind(AssertUnwindSafe(|| {
            if let Poll::Ready(Err(_)) = self.0.poll_ready(&mut context) {
                return State::Done(None);
            }
            let mut future = Box::pin(self.0.call(request));
            match future.as_mut().poll(&mut context) {
                Poll::Ready(result) => State::Done(result.unwrap_or_default()),
                Poll::Pending => State::Running(future),
            }
        }));
        let state = first.unwrap_or_else(|panic| State::Done(failed(id.as_ref(), panic.as_ref())));
        Started { state, id }
    }
}

impl<F, E> Future for Started<F>
where
    F: Future<Output = Result<Option<Response>, E>>,
{
    type Output = Result<Option<Response>, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match &mut this.state {
            State::Done(response) => Poll::Ready(Ok(response.take())),
            State::Running(future) => {
                match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
                    Ok(poll) => poll,
                    Err(panic) => Poll::Ready(Ok(failed(this.id.as_ref(), panic.as_ref()))),
                }
            }
        }
    }
}

/// What the client hears when a handler panicked; nothing for a notification.
fn failed(id: Option<&Id>, panic: &(dyn Any + Send)) -> Option<Response> {
    let mut error = Error::internal_error();
    error.message = format!(
        "Archwright made a mistake in this request: {}. Please report it.",
        panic_text(panic)
    )
    .into();
    id.map(|id| Response::from_error(id.clone(), error))
}

/// The text of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Notes its first step at once and then waits.
    struct Noting(Arc<Mutex<Vec<String>>>);

    impl Service<Request> for Noting {
        type Response = Option<Response>;
        type Error = std::convert::Infallible;
        type Future = Pin<Box<dyn Future<Output = Result<Option<Response>, Self::Error>> + Send>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request) -> Self::Future {
            let notes = self.0.clone();
            Box::pin(async move {
                assert_ne!(request.method(), "panic", "asked to");
                notes
                    .lock()
                    .expect("not poisoned")
                    .push(request.method().to_owned());
                tokio::task::yield_now().await;
                Ok(request
                    .id()
                    .map(|id| Response::from_ok(id.clone(), serde_json::Value::Null)))
            })
        }
    }

    #[tokio::test]
    async fn first_steps_run_in_order_and_panics_are_answers() {
        let notes = Arc::default();
        let mut service = InOrder(Noting(Arc::clone(&notes)));
        let futures: Vec<_> = (0..100_i64)
            .map(|n| service.call(Request::build(n.to_string()).id(n).finish()))
            .collect();
        let expected: Vec<String> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(
            *notes.lock().expect("not poisoned"),
            expected,
            "before any future was awaited"
        );
        for future in futures {
            assert!(
                future
                    .await
                    .expect("infallible")
                    .is_some_and(|response| response.is_ok())
            );
        }
        let failed = service
            .call(Request::build("panic").id(7).finish())
            .await
            .expect("infallible");
        assert!(failed.is_some_and(|response| response.is_error()));
        let silent = service
            .call(Request::build("panic").finish())
            .await
            .expect("infallible");
        assert!(silent.is_none());
    }
}
