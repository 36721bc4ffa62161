//! Serves `/mcp`, the HTTP transport of today: sessions for clients that open with `initialize`,
//! none from protocol version 2026-07-28 on.
//!
//! What is said there is rmcp's. Here each message is read first, so that what is none gets the
//! same answer on every transport, and each request is told whose it is.

mod owned_sessions;
mod replay;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, ConstString as _, ErrorCode, ProtocolVersion,
    SubscriptionsListenRequestMethod,
};
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::time::interval;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::answer::{self, Answer};
use super::bearer::Bearer;
use super::body;
use crate::call::gate::Principal;
use crate::server::{ClientIdentity, Server};
use crate::transport::message::{self, Outline, Refusal};
use owned_sessions::{Life, OwnedSessions};

/// The header that names a session.
const SESSION: &str = "mcp-session-id";

/// The transport and its open sessions.
pub(super) struct Http {
    service: StreamableHttpService<Server, OwnedSessions>,
    sessions: Arc<OwnedSessions>,
    limit: Duration,
    work: TaskTracker,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// For no answer: it says something, or ends a session.
    Nothing,
    /// For an answer.
    Answer,
    /// For a session.
    Session,
    /// For notifications, as long as the client likes.
    Stream,
}

impl Asked {
    fn of(method: &Method) -> Self {
        match *method {
            Method::GET => Self::Stream,
            _ => Self::Nothing,
        }
    }

    fn by_outline(outline: &Outline<'_>) -> Self {
        match outline.requested() {
            None => Self::Nothing,
            Some(SubscriptionsListenRequestMethod::VALUE) => Self::Stream,
            Some(_) => Self::Answer,
        }
    }

    fn by(message: &ClientJsonRpcMessage) -> Self {
        let ClientJsonRpcMessage::Request(request) = message else {
            return Self::Nothing;
        };
        match request.request {
            ClientRequest::InitializeRequest(_) => Self::Session,
            ClientRequest::SubscriptionsListenRequest(_) => Self::Stream,
            _ => Self::Answer,
        }
    }
}

impl Http {
    /// `work` hears of the requests that are being answered, and `stop` ends all.
    pub(super) fn new(
        server: &Server,
        most: usize,
        limit: Duration,
        work: TaskTracker,
        stop: CancellationToken,
    ) -> Self {
        let sessions = Arc::new(OwnedSessions::new(most));
        // The guard has looked at both, and at more.
        let config = StreamableHttpServerConfig::default()
            .disable_allowed_hosts()
            .disable_allowed_origins()
            .with_json_response(true)
            .with_cancellation_token(stop);
        let server = server.for_client(Principal::stranger());
        let factory = move || Ok(server.clone());
        Self {
            service: StreamableHttpService::new(factory, Arc::clone(&sessions), config),
            sessions,
            limit,
            work,
        }
    }

    pub(super) async fn answer(&self, request: Request<Incoming>, bearer: Bearer) -> Answer {
        if request.uri().path() != "/mcp" {
            return answer::not_found("/mcp");
        }
        let (mut parts, body) = request.into_parts();
        if is_modern(&parts.headers) {
            // There are no sessions in these versions.
            parts.headers.remove(SESSION);
        }
        let session = session_id(&parts.headers).map(Arc::<str>::from);
        let find = |id| self.sessions.find(id, &bearer.owner);
        let life = session.as_deref().map(find);
        let Some(life) = life.map_or(Some(None), |found| found.map(Some)) else {
            return answer::no_session();
        };
        let used = life.as_ref().map(Life::in_use);
        let running = life.as_ref().map(|life| Arc::new(life.running()));
        let mut asked = Asked::of(&parts.method);
        let mut bytes = Bytes::new();
        if parts.method == Method::POST {
            bytes = match body::read(body, self.limit).await {
                Ok(bytes) => bytes,
                Err(answer) => return answer,
            };
            // rmcp takes bytes alone and reads them itself: beside that the outline is a quarter of the
            // work, and 0.3 % of a call that lists ten containers.
            let read = match Outline::of(&bytes) {
                Some(outline) => {
                    let tool = outline.tool().map(str::to_owned);
                    Ok((Asked::by_outline(&outline), tool, None))
                }
                None => message::read(&bytes).map(|message| {
                    let mended = serde_json::to_vec(&message).ok();
                    (Asked::by(&message), tool(&message), mended)
                }),
            };
            match read {
                Ok((what, tool, mended)) => {
                    // Before anything of it is done: clients ask the person for more where they get this status.
                    if let Some(answer) = tool.and_then(|tool| bearer.insufficient(&tool)) {
                        return answer;
                    }
                    asked = what;
                    bytes = mended.map_or(bytes, Bytes::from);
                }
                Err(refusal) => return refused(&refusal),
            }
        }
        if asked == Asked::Session && session.is_none() && self.sessions.is_full() {
            return answer::too_many_sessions(self.sessions.most());
        }
        // Replies and cancellations free what is taken up.
        if asked != Asked::Nothing && life.as_ref().is_some_and(Life::is_crowded) {
            return answer::too_many_requests();
        }
        parts.extensions.insert(ClientIdentity {
            principal: bearer.principal(session),
            session_ended: life.as_ref().map(Life::ended).unwrap_or_default(),
            held: running.clone().map(|running| running as _),
        });
        let deletes = parts.method == Method::DELETE;
        let work = (asked != Asked::Stream).then(|| self.work.token());
        let request = Request::from_parts(parts, Full::new(bytes.clone()));
        let mut answer = self.service.handle(request).await;
        // rmcp says so of a message too that it cannot read, such as one that is nested too deep.
        if answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE
            && let Err(refusal) = message::read(&bytes)
        {
            return refused(&refusal);
        }
        if deletes && answer.status() == StatusCode::ACCEPTED {
            // It is done, and some clients take "accepted" for a failure.
            *answer.status_mut() = StatusCode::NO_CONTENT;
        }
        let expires = bearer.expires.filter(|_| asked == Asked::Stream);
        if let Some(expires) = expires {
            // Whoever has a newer token by then listens anew with that.
            answer = answer::until(answer, expires);
        }
        answer::holding(answer, (used, running, work))
    }

    /// Ends the sessions that nobody used for so long, as long as it is polled.
    pub(super) async fn end_idle_sessions(&self, idle: Duration) {
        let mut ticks = interval((idle / 4).min(Duration::from_secs(5)));
        loop {
            ticks.tick().await;
            self.sessions.end_idle(idle);
        }
    }
}

/// The tool that a message calls.
fn tool(message: &ClientJsonRpcMessage) -> Option<String> {
    let ClientJsonRpcMessage::Request(request) = message else {
        return None;
    };
    match &request.request {
        ClientRequest::CallToolRequest(call) => Some(call.params.name.to_string()),
        _ => None,
    }
}

fn session_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}

fn is_modern(headers: &HeaderMap) -> bool {
    let version = headers.get("mcp-protocol-version");
    let version = version.and_then(|version| version.to_str().ok());
    version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28.as_str())
}

/// The answer to a message that is none. A request that is one, but for its params, is answered.
fn refused(refusal: &Refusal) -> Answer {
    let status = match refusal.code() {
        ErrorCode::INVALID_PARAMS => StatusCode::OK,
        _ => StatusCode::BAD_REQUEST,
    };
    answer::json(status, refusal)
}
