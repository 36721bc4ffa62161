//! Serves clients of the first HTTP transport: a stream of events down, requests of their own up.
//!
//! `GET /sse` opens a session, whose stream begins with the address that its messages are posted to.
//! The session lives as long as the stream does.

mod wire;

use std::sync::Arc;
use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions as _};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::answer::{self, Answer};
use super::bearer::Bearer;
use super::body;
use super::sessions::Sessions;
use crate::call::gate::Principal;
use crate::erased;
use crate::server::{ClientIdentity, Server};
use crate::transport::{message, session};
use wire::{Feed, Outbox, Running, Wire};

/// Messages of a client that wait for its session.
const WAITING: usize = 64;

/// The transport and its open sessions.
pub(super) struct Sse {
    server: Server,
    sessions: Arc<Sessions<Line>>,
    limit: Duration,
    work: TaskTracker,
    stop: CancellationToken,
}

/// Where the messages of a session go in and out.
#[derive(Debug, Clone)]
struct Line {
    inbox: mpsc::Sender<ClientJsonRpcMessage>,
    outbox: Outbox,
    running: Running,
}

impl Sse {
    /// `work` hears of the sessions that are open, and `stop` ends them.
    pub(super) fn new(
        server: Server,
        most: usize,
        limit: Duration,
        work: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        Self {
            server: server.for_client(Principal::stranger()),
            sessions: Arc::new(Sessions::new(most)),
            limit,
            work,
            stop,
        }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>, bearer: &Bearer) -> Answer {
        match (request.uri().path(), request.method()) {
            ("/sse", &Method::GET) => self.open(bearer),
            ("/sse", _) => answer::method_not_allowed("GET"),
            ("/messages", &Method::POST) => self.message(request, bearer).await,
            ("/messages", _) => answer::method_not_allowed("POST"),
            _ => answer::not_found("/sse"),
        }
    }

    /// Lets the sessions finish what runs in them, and take in nothing more.
    pub(super) fn close(&self) {
        self.sessions.close_all();
    }

    fn open(&self, bearer: &Bearer) -> Answer {
        let id: Arc<str> = Uuid::new_v4().to_string().into();
        let ended = self.stop.child_token();
        let (inbox, messages) = mpsc::channel(WAITING);
        let (outbox, events) = wire::outbox(ended.clone());
        let running = Running::default();
        let line = Line {
            inbox,
            outbox: outbox.clone(),
            running: running.clone(),
        };
        if !self
            .sessions
            .open(Arc::clone(&id), bearer.owner.clone(), line)
        {
            return answer::too_many_sessions(self.sessions.most());
        }
        let endpoint = format!("event: endpoint\ndata: /messages?session_id={id}\n\n");
        let feed = Feed::new(endpoint, events, ended.clone());
        let principal = bearer.principal(Some(Arc::clone(&id)));
        let server = self.server.for_client(principal);
        let sessions = Arc::clone(&self.sessions);
        self.work.spawn(erased::task(async move {
            let wire = Wire::new(messages, outbox, running);
            if let Err(error) = session::run(server, wire, ended).await {
                tracing::warn!(%error, "a session failed");
            }
            sessions.close(&id);
        }));
        let mut stream = Response::new(feed.boxed());
        for (name, value) in [
            (CONTENT_TYPE, "text/event-stream"),
            (CACHE_CONTROL, "no-cache"),
            // nginx would keep events back until it has a page of them.
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ] {
            let headers = stream.headers_mut();
            headers.insert(name, HeaderValue::from_static(value));
        }
        stream
    }

    async fn message(&self, request: Request<Incoming>, bearer: &Bearer) -> Answer {
        let id = session_id(&request).map(Arc::<str>::from);
        let find = |id: &Arc<str>| self.sessions.find(id, &bearer.owner);
        let Some(line) = id.as_ref().and_then(find) else {
            return answer::no_session();
        };
        let principal = bearer.principal(id);
        let body = match body::read(request.into_body(), self.limit).await {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        match message::read(&body) {
            Ok(message) if !line.running.begin(&message) => answer::too_many_requests(),
            Ok(message) => match line.inbox.send(of(message, principal)).await {
                Ok(()) => answer::text(StatusCode::ACCEPTED, "Accepted"),
                Err(_) => answer::no_session(),
            },
            // Whoever sent a request waits for what the stream says of it.
            Err(refusal) if refusal.answers_a_request() => match line.outbox.put(&refusal) {
                Ok(()) => answer::text(StatusCode::ACCEPTED, "Accepted"),
                Err(_) => answer::no_session(),
            },
            Err(refusal) => answer::json(StatusCode::BAD_REQUEST, &refusal),
        }
    }
}

/// A message of somebody who may do more, or less, than when they opened the session.
fn of(mut message: ClientJsonRpcMessage, principal: Principal) -> ClientJsonRpcMessage {
    if let ClientJsonRpcMessage::Request(request) = &mut message {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.extensions.insert(ClientIdentity {
            principal,
            session_ended: CancellationToken::new(),
            held: None,
        });
        request.request.extensions_mut().insert(parts);
    }
    message
}

fn session_id<B>(request: &Request<B>) -> Option<&str> {
    let mut pairs = request.uri().query()?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("session_id="))
}
