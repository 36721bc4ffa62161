//! Keeps the ends of answers that broke off, for when their clients come back for them.
//!
//! rmcp lets go of an answer as soon as it was sent, whether or not it arrived.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{Stream, StreamExt as _};
use rmcp::model::ServerJsonRpcMessage;
use rmcp::transport::common::server_side_http::{ServerSseMessage, SessionId};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::erased;

/// How many answers are kept, of all sessions, and how many events of one.
const ANSWERS: usize = 64;
const EVENTS: usize = 16;

/// How long a client may take to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The answers that broke off and have ended since; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct ReplayBuffer(Arc<Mutex<VecDeque<Answer>>>);

#[derive(Debug)]
struct Answer {
    session: SessionId,
    events: VecDeque<ServerSseMessage>,
    ended: Instant,
}

/// An answer on its way to a client. Where that leaves before the end, the rest is kept.
pub(super) struct Answering<S>
where
    S: Stream<Item = ServerSseMessage> + Send + 'static,
{
    session: SessionId,
    events: Option<Pin<Box<S>>>,
    sent: VecDeque<ServerSseMessage>,
    buffer: ReplayBuffer,
}

impl ReplayBuffer {
    pub(super) fn answering<S>(&self, session: &SessionId, events: S) -> Answering<S>
    where
        S: Stream<Item = ServerSseMessage> + Send + 'static,
    {
        Answering {
            session: Arc::clone(session),
            events: Some(Box::pin(events)),
            sent: VecDeque::new(),
            buffer: self.clone(),
        }
    }

    /// The events after this one, if they are those of an answer that is kept.
    pub(super) fn after(&self, session: &SessionId, last: &str) -> Option<Vec<ServerSseMessage>> {
        let (index, answer) = place(last)?;
        let mut kept = self.lock();
        let of_it = |kept: &Answer| {
            let mut ids = kept
                .events
                .iter()
                .filter_map(|event| place(event.event_id.as_deref()?));
            kept.session == *session && ids.any(|(_, it)| it == answer)
        };
        let at = kept.iter().position(of_it)?;
        let events = kept.remove(at)?.events.into_iter();
        let later = |event: &ServerSseMessage| {
            let place = event.event_id.as_deref().and_then(place);
            place.is_some_and(|(it, _)| it > index)
        };
        Some(events.filter(later).collect())
    }

    fn keep(&self, answer: Answer) {
        let mut kept = self.lock();
        kept.retain(|it| it.ended.elapsed() < PATIENCE);
        kept.truncate(ANSWERS - 1);
        kept.push_front(answer);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an event belongs to the answer to a request.
pub(super) fn is_of_an_answer(id: &str) -> bool {
    place(id).is_some()
}

/// The number of an event, and that of its answer; rmcp writes them as `2/17`.
fn place(id: &str) -> Option<(usize, &str)> {
    let (index, answer) = id.split_once('/')?;
    Some((index.parse().ok()?, answer))
}

fn push(events: &mut VecDeque<ServerSseMessage>, event: ServerSseMessage) {
    if events.len() >= EVENTS {
        events.pop_front();
    }
    events.push_back(event);
}

impl<S> Stream for Answering<S>
where
    S: Stream<Item = ServerSseMessage> + Send + 'static,
{
    type Item = ServerSseMessage;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<ServerSseMessage>> {
        let Some(events) = &mut self.events else {
            return Poll::Ready(None);
        };
        let event = std::task::ready!(events.as_mut().poll_next(cx));
        match &event {
            Some(event) => push(&mut self.sent, event.clone()),
            None => self.events = None,
        }
        Poll::Ready(event)
    }
}

impl<S> Drop for Answering<S>
where
    S: Stream<Item = ServerSseMessage> + Send + 'static,
{
    fn drop(&mut self) {
        let (Some(mut rest), Ok(runtime)) = (self.events.take(), Handle::try_current()) else {
            return;
        };
        let (session, buffer) = (Arc::clone(&self.session), self.buffer.clone());
        let mut events = std::mem::take(&mut self.sent);
        runtime.spawn(erased::task(async move {
            while let Some(event) = rest.next().await {
                push(&mut events, event);
            }
            // A client that has come back meanwhile got the rest.
            let last = events.back().and_then(|event| event.message.as_deref());
            let whole = matches!(
                last,
                Some(ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_))
            );
            if whole {
                let ended = Instant::now();
                buffer.keep(Answer {
                    session,
                    events,
                    ended,
                });
            }
        }));
    }
}
