//! Keeps connections for a moment after their reply, so that the requests of one call, and of the next, need
//! not open one each.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bollard::{BollardRequest, body_full};
use bytes::Bytes;
use futures_util::stream::BoxStream;
use http::{Method, Request, Response};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Body as _, Frame, Incoming};
use hyper::client::conn::http1::SendRequest;
use tokio::time::{Instant, sleep_until};

use crate::erased;

/// How long a connection waits for the next request. An Engine is left alone between the calls of a model.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many wait at most.
const MOST: usize = 8;

/// A connection by what sends a request on it.
pub(super) type Sender = SendRequest<Sent>;

/// The body of a [`BollardRequest`].
type Sent = Either<Full<Bytes>, StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>>;

/// The connections that wait; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Idle(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    /// The oldest first, each with the time when it has waited long enough.
    connections: VecDeque<(Instant, Sender)>,
    /// A task ends those that have.
    is_swept: bool,
}

impl Idle {
    /// Sends a request that only reads on a connection that waits. It comes back where there is none, or
    /// where the Engine has closed it meanwhile: to read twice does no harm.
    pub(super) async fn send(
        &self,
        request: BollardRequest,
    ) -> Result<Response<Incoming>, BollardRequest> {
        if !only_reads(&request) {
            return Err(request);
        }
        let Some(mut sender) = self.take() else {
            return Err(request);
        };
        let (parts, _) = request.into_parts();
        let again = || Request::from_parts(parts.clone(), body_full(Bytes::new()));
        match sender.send_request(again()).await {
            Ok(response) => {
                self.keep(sender);
                Ok(response)
            }
            Err(_) => Err(again()),
        }
    }

    fn take(&self) -> Option<Sender> {
        let mut waiting = self.waiting();
        while let Some((_, sender)) = waiting.connections.pop_back() {
            if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    /// Keeps a connection once its reply was read to the end. Where it is not, the connection ends with it.
    pub(super) fn keep(&self, mut sender: Sender) {
        let idle = self.clone();
        erased::spawn(async move {
            if sender.ready().await.is_err() {
                return;
            }
            {
                let mut waiting = idle.waiting();
                if waiting.connections.len() == MOST {
                    return;
                }
                let end = Instant::now() + PATIENCE;
                waiting.connections.push_back((end, sender));
                if std::mem::replace(&mut waiting.is_swept, true) {
                    return;
                }
            }
            while let Some(end) = idle.next_end() {
                sleep_until(end).await;
            }
        });
    }

    /// Ends the connections that have waited long enough; when the next of the others will have.
    fn next_end(&self) -> Option<Instant> {
        let mut waiting = self.waiting();
        let now = Instant::now();
        waiting.connections.retain(|(end, _)| *end > now);
        let next = waiting.connections.front().map(|(end, _)| *end);
        waiting.is_swept = next.is_some();
        next
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a request can be sent twice: it has no body and changes nothing.
fn only_reads(request: &BollardRequest) -> bool {
    request.method() == Method::GET && request.body().is_end_stream()
}
