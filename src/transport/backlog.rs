//! Bounds what a client can make the server hold that sends requests and does not read the replies:
//! a request begins only when there is room for its reply, and waits here until then.
//!
//! What is no request never waits: an answer to a question of the server, or a cancellation, gets past
//! the requests before it, as long as those fit in here.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, JsonRpcRequest, RequestId,
    ServerJsonRpcMessage,
};
use tokio::sync::Notify;

/// How many requests run at once, until their replies are written.
const MOST_AT_ONCE: usize = 64;

/// How many pings run besides: whoever asks whether the server is there should be told while it is busy.
const PINGS: usize = 16;

/// The most bytes of the requests that run, of replies that are not written yet, and of requests that
/// wait; a longer one passes alone.
const MOST_RUNNING: usize = 16 << 20;
const MOST_UNWRITTEN: usize = 4 << 20;
const MOST_WAITING: usize = 1 << 20;

/// How many requests wait.
const WAITING: usize = 1024;

/// The requests that run and the replies that are being written; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The requests that were not answered yet, with their sizes.
    running: HashMap<RequestId, usize>,
    unwritten: usize,
}

/// A message on its way out, until this is dropped.
#[derive(Debug)]
pub(super) struct Unwritten {
    flow: Flow,
    bytes: usize,
    answered: Option<RequestId>,
}

/// The requests that wait for room.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    waiting: VecDeque<(JsonRpcRequest<ClientRequest>, usize)>,
    bytes: usize,
}

impl Flow {
    /// Waits until there may be more room than there was.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Takes note of a message that is to be written.
    pub(super) fn write(&self, bytes: usize, answered: Option<RequestId>) -> Unwritten {
        self.state().unwritten += bytes;
        Unwritten {
            flow: self.clone(),
            bytes,
            answered,
        }
    }

    /// Begins a request if there is room for it. One of an id that runs already could not be told from
    /// the other.
    fn begin(&self, request: &JsonRpcRequest<ClientRequest>, bytes: usize) -> bool {
        let mut state = self.state();
        let most = match request.request {
            ClientRequest::PingRequest(_) => MOST_AT_ONCE + PINGS,
            _ => MOST_AT_ONCE,
        };
        let held: usize = state.running.values().sum();
        let room =
            state.running.is_empty() || state.running.len() < most && held + bytes <= MOST_RUNNING;
        let begins =
            room && state.unwritten < MOST_UNWRITTEN && !state.running.contains_key(&request.id);
        if begins {
            state.running.insert(request.id.clone(), bytes);
        }
        begins
    }

    /// Takes note that a request is answered, or never will be.
    fn end(&self, id: &RequestId) {
        self.state().running.remove(id);
        self.0.changed.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        self.flow.state().unwritten -= self.bytes;
        if let Some(id) = &self.answered {
            self.flow.end(id);
        }
        self.flow.0.changed.notify_one();
    }
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether nothing more should be read.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING || self.bytes >= MOST_WAITING
    }

    /// The first request that there is room for.
    pub(super) fn next(&mut self, flow: &Flow) -> Option<ClientJsonRpcMessage> {
        let mut waiting = self.waiting.iter();
        let next = waiting.position(|(request, bytes)| flow.begin(request, *bytes))?;
        let (request, bytes) = self.waiting.remove(next)?;
        self.bytes -= bytes;
        Some(ClientJsonRpcMessage::Request(request))
    }

    /// Takes a message in that has so many bytes; gives it back where it does not wait.
    pub(super) fn take(
        &mut self,
        message: ClientJsonRpcMessage,
        bytes: usize,
        flow: &Flow,
    ) -> Option<ClientJsonRpcMessage> {
        match message {
            ClientJsonRpcMessage::Request(request) => {
                self.bytes += bytes;
                self.waiting.push_back((request, bytes));
                return None;
            }
            ClientJsonRpcMessage::Notification(ref it) => {
                // A cancelled request is not answered.
                if let ClientNotification::CancelledNotification(it) = &it.notification
                    && let Some(id) = &it.params.request_id
                {
                    flow.end(id);
                    let waits = |(request, _): &(JsonRpcRequest<_>, _)| request.id == *id;
                    if let Some(at) = self.waiting.iter().position(waits)
                        && let Some((_, bytes)) = self.waiting.remove(at)
                    {
                        self.bytes -= bytes;
                        return None;
                    }
                }
            }
            _ => {}
        }
        Some(message)
    }
}

/// The request that a message answers.
pub(super) fn answered(message: &ServerJsonRpcMessage) -> Option<&RequestId> {
    match message {
        ServerJsonRpcMessage::Response(response) => Some(&response.id),
        ServerJsonRpcMessage::Error(error) => error.id.as_ref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: usize, method: &str) -> ClientJsonRpcMessage {
        let text = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}"}}"#);
        serde_json::from_str(&text).unwrap()
    }

    /// How many of the requests with these ids begin.
    fn begun(flow: &Flow, ids: impl Iterator<Item = usize>, method: &str, bytes: usize) -> usize {
        let mut backlog = Backlog::default();
        for id in ids {
            assert!(backlog.take(request(id, method), bytes, flow).is_none());
        }
        std::iter::from_fn(|| backlog.next(flow)).count()
    }

    #[test]
    fn so_many_requests_run_and_some_pings_besides() {
        let flow = Flow::default();
        assert_eq!(begun(&flow, 0..100, "tools/list", 1), MOST_AT_ONCE);
        assert_eq!(begun(&flow, 100..200, "ping", 1), PINGS);
        flow.end(&RequestId::Number(0));
        assert_eq!(
            begun(&flow, 200..300, "tools/list", 1),
            0,
            "pings are in the way"
        );
    }

    #[test]
    fn requests_of_many_bytes_run_one_after_the_other() {
        let flow = Flow::default();
        assert_eq!(begun(&flow, 0..10, "tools/list", MOST_RUNNING), 1);
    }

    #[test]
    fn no_request_begins_while_too_much_is_unwritten_or_its_id_runs() {
        let flow = Flow::default();
        let unwritten = flow.write(MOST_UNWRITTEN, None);
        assert_eq!(begun(&flow, 0..1, "tools/list", 1), 0);
        drop(unwritten);
        assert_eq!(begun(&flow, [7, 7].into_iter(), "tools/list", 1), 1);
        drop(flow.write(1, Some(RequestId::Number(7))));
        assert_eq!(begun(&flow, 7..8, "tools/list", 1), 1);
    }
}
