//! Tells browsers that a page of an allowed origin may read what it is answered.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderValue, VARY,
};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};

use super::answer::Answer;

/// Headers of requests that a page may set.
const SENT: &str = "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, \
    mcp-session-id";

/// Headers of answers that a page may read.
const READ: &str = "mcp-session-id, www-authenticate";

/// Whether a browser asks what a page may send. It brings no token along.
pub(super) fn asks<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    *request.method() == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// What a page may send.
pub(super) fn methods_and_headers() -> Answer {
    let mut answer = Response::new(Empty::new().boxed());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        answer
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Lets pages of that origin read the answer.
pub(super) fn allow(answer: &mut Answer, origin: HeaderValue) {
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(READ),
    );
    headers.append(VARY, HeaderValue::from_static("origin"));
}
