//! Leads each request past the guard to whoever answers it.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use hyper::body::Incoming;

use super::answer::{self, Answer};
use super::cors;
use super::guard::Guard;
use super::http::Http;
use super::newcomers::Newcomer;
use super::sse::Sse;
use super::websocket::WebSocket;

/// The one way of every request, whichever connection brings it: past the guard, to the transport.
pub(super) struct Router {
    guard: Guard,
    transport: Transport,
}

/// One of the transports.
pub(super) enum Transport {
    Sse(Sse),
    Http(Http),
    WebSocket(WebSocket),
}

impl Transport {
    /// Where MCP is spoken.
    fn path(&self) -> &'static str {
        match self {
            Self::Sse(_) => "/sse",
            Self::Http(_) => "/mcp",
            Self::WebSocket(_) => "/ws",
        }
    }
}

impl Router {
    pub(super) fn new(guard: Guard, transport: Transport) -> Self {
        Self { guard, transport }
    }

    /// Answers a request, whoever sends it.
    pub(super) async fn answer(&self, request: Request<Incoming>, newcomer: &Newcomer) -> Answer {
        if request.uri().path() == "/healthz" {
            return match *request.method() {
                Method::GET | Method::HEAD => answer::text(StatusCode::OK, "ok"),
                _ => answer::method_not_allowed("GET, HEAD"),
            };
        }
        let page = match self.guard.admit(request.headers()) {
            Ok(page) => page.cloned(),
            Err(answer) => return *answer,
        };
        let mut answer = if page.is_some() && cors::asks(&request) {
            cors::methods_and_headers()
        } else {
            self.admitted(request, newcomer).await
        };
        if let Some(origin) = page {
            cors::allow(&mut answer, origin);
        }
        answer
    }

    async fn admitted(&self, request: Request<Incoming>, newcomer: &Newcomer) -> Answer {
        // Who has no token yet asks where to get one.
        if let Some(server) = self.guard.resource_server()
            && let Some(answer) = server.well_known(&request, self.transport.path())
        {
            return answer;
        }
        let bearer = match self.guard.bearer(request.headers()).await {
            Ok(bearer) => bearer,
            Err(answer) => return *answer,
        };
        newcomer.let_in();
        match &self.transport {
            Transport::Sse(sse) => sse.answer(request, &bearer).await,
            Transport::Http(http) => http.answer(request, bearer).await,
            Transport::WebSocket(sockets) => sockets.answer(request, &bearer),
        }
    }

    /// Ends the sessions that nobody uses, as long as it is polled.
    pub(super) async fn tidy(&self, idle: Duration) {
        match &self.transport {
            // They end with their stream, or socket.
            Transport::Sse(_) | Transport::WebSocket(_) => std::future::pending().await,
            Transport::Http(http) => http.end_idle_sessions(idle).await,
        }
    }

    /// Lets what runs come to its end.
    pub(super) fn close(&self) {
        match &self.transport {
            Transport::Sse(sse) => sse.close(),
            Transport::WebSocket(sockets) => sockets.close(),
            // Its requests end by themselves, and nothing else runs in a session.
            Transport::Http(_) => {}
        }
    }
}
