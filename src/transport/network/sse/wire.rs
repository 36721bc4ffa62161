//! Carries the messages of one session: from the requests that post them, to the stream of events.

use std::collections::HashSet;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, RequestId, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::transport::network::sessions::MOST_AT_ONCE;

/// How often something is sent where there is nothing to say, so that nobody in between takes the
/// stream for dead.
const PING: Duration = Duration::from_secs(15);

/// The most bytes that wait for a client to read; with one message more the session ends.
const MOST: usize = 4 * 1024 * 1024;

/// Both ends of a session as rmcp sees them; clones share them.
#[derive(Clone)]
pub(super) struct Wire {
    inbox: Arc<Mutex<mpsc::Receiver<ClientJsonRpcMessage>>>,
    outbox: Outbox,
    running: Running,
}

/// The requests of a session that were not answered yet; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Running(Arc<SyncMutex<HashSet<RequestId>>>);

/// Where events wait to be sent.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    events: mpsc::UnboundedSender<Bytes>,
    waiting: Arc<AtomicUsize>,
    ended: CancellationToken,
}

/// The events of an outbox, to be taken out of it.
pub(super) struct Events {
    events: mpsc::UnboundedReceiver<Bytes>,
    waiting: Arc<AtomicUsize>,
}

/// The body of the stream. The session ends with it.
pub(super) struct Feed {
    first: Option<Bytes>,
    events: Events,
    ping: Interval,
    _ended: DropGuard,
}

/// An outbox, and what comes out of it. A client that does not read ends its session.
pub(super) fn outbox(ended: CancellationToken) -> (Outbox, Events) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(AtomicUsize::new(0));
    let outbox = Outbox {
        events: sender,
        waiting: Arc::clone(&waiting),
        ended,
    };
    let events = Events {
        events: receiver,
        waiting,
    };
    (outbox, events)
}

impl Outbox {
    /// Has a message sent.
    ///
    /// # Errors
    /// The client is gone, or does not read.
    pub(super) fn put(&self, message: &impl Serialize) -> io::Result<()> {
        let message = serde_json::to_string(message)?;
        let event = Bytes::from(format!("event: message\ndata: {message}\n\n"));
        if self.waiting.fetch_add(event.len(), Ordering::Relaxed) > MOST {
            tracing::warn!("a client does not read what it is sent; its session ends");
            self.ended.cancel();
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.events
            .send(event)
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl Running {
    /// Takes note of what a client sent; false where it is a request too many.
    pub(super) fn begin(&self, message: &ClientJsonRpcMessage) -> bool {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match message {
            ClientJsonRpcMessage::Request(request) => {
                // One of an id that runs already could not be told from it, nor counted.
                return running.len() < MOST_AT_ONCE && running.insert(request.id.clone());
            }
            ClientJsonRpcMessage::Notification(it) => {
                // A cancelled request is not answered.
                if let ClientNotification::CancelledNotification(it) = &it.notification
                    && let Some(id) = &it.params.request_id
                {
                    running.remove(id);
                }
            }
            _ => {}
        }
        true
    }

    /// Takes note of what the server answers.
    fn end(&self, message: &ServerJsonRpcMessage) {
        let id = match message {
            ServerJsonRpcMessage::Response(response) => Some(&response.id),
            ServerJsonRpcMessage::Error(error) => error.id.as_ref(),
            _ => None,
        };
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = id {
            running.remove(id);
        }
    }
}

impl Wire {
    pub(super) fn new(
        inbox: mpsc::Receiver<ClientJsonRpcMessage>,
        outbox: Outbox,
        running: Running,
    ) -> Self {
        Self {
            inbox: Arc::new(Mutex::new(inbox)),
            outbox,
            running,
        }
    }
}

impl Transport<RoleServer> for Wire {
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        self.running.end(&message);
        std::future::ready(self.outbox.put(&message))
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        self.inbox.lock().await.recv().await
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Feed {
    /// The stream of these events after a first one; `ended` is cancelled with it.
    pub(super) fn new(first: String, events: Events, ended: CancellationToken) -> Self {
        let mut ping = interval(PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Its first tick comes at once.
        ping.reset();
        Self {
            first: Some(first.into()),
            events,
            ping,
            _ended: ended.drop_guard(),
        }
    }
}

impl Body for Feed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if let Poll::Ready(event) = self.events.events.poll_recv(cx) {
            return Poll::Ready(event.map(|event| {
                self.events
                    .waiting
                    .fetch_sub(event.len(), Ordering::Relaxed);
                Ok(Frame::data(event))
            }));
        }
        self.ping
            .poll_tick(cx)
            .map(|_| Some(Ok(Frame::data(Bytes::from_static(b": ping\n\n")))))
    }
}
