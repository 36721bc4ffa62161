//! Makes the HTTP answers that are not MCP's: refusals, and what a supervisor asks for.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, BodyStream, Full, StreamBody};
use hyper::body::{Body, Frame, SizeHint};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::sessions::MOST_AT_ONCE;

/// An answer to a request.
pub(super) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Keeps something for as long as an answer is being sent.
pub(super) fn holding<T>(answer: Answer, held: T) -> Answer
where
    T: Send + Sync + Unpin + 'static,
{
    answer.map(|body| Holding { body, _held: held }.boxed())
}

/// Ends an answer then, if it is not over by itself.
pub(super) fn until(answer: Answer, end: Instant) -> Answer {
    answer.map(|body| {
        let frames = BodyStream::new(body).take_until(sleep_until(end));
        BodyExt::boxed(StreamBody::new(frames))
    })
}

/// A status and a line that says why.
pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Answer {
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer(status, plain, Bytes::from(text.into() + "\n"))
}

/// A status and a document.
pub(super) fn json(status: StatusCode, document: &impl Serialize) -> Answer {
    let json = HeaderValue::from_static("application/json");
    // Only a map whose keys are no text fails, and there is none.
    let document = serde_json::to_vec(document).unwrap_or_default();
    answer(status, json, document.into())
}

/// The answer to a method that a path does not have.
pub(super) fn method_not_allowed(methods: &'static str) -> Answer {
    let mut answer = text(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("this path takes {methods}"),
    );
    let methods = HeaderValue::from_static(methods);
    answer.headers_mut().insert(ALLOW, methods);
    answer
}

/// The answer to a path that leads nowhere.
pub(super) fn not_found(path: &'static str) -> Answer {
    text(StatusCode::NOT_FOUND, format!("MCP is spoken at `{path}`"))
}

/// The answer to one who names a session that there is not, or not for them.
pub(super) fn no_session() -> Answer {
    let why = "there is no such session: it has ended, or is another client's; open a new one";
    text(StatusCode::NOT_FOUND, why)
}

/// The answer to one who opens a session too many.
pub(super) fn too_many_sessions(most: usize) -> Answer {
    text(
        StatusCode::SERVICE_UNAVAILABLE,
        format!(
            "{most} sessions are open, which is as many as MCP_DOCKER_MAX_SESSIONS allows; try again later"
        ),
    )
}

/// The answer to a request too many of one session.
pub(super) fn too_many_requests() -> Answer {
    let why = format!(
        "{MOST_AT_ONCE} requests of this session are running, or one with this id; wait for one to end"
    );
    text(StatusCode::TOO_MANY_REQUESTS, why)
}

fn answer(status: StatusCode, kind: HeaderValue, body: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(body).boxed());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

struct Holding<T> {
    body: BoxBody<Bytes, Infallible>,
    _held: T,
}

impl<T: Unpin> Body for Holding<T> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
