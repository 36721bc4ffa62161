//! Reads the message that a request carries, within a size and a time.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::answer::{self, Answer};

/// The most bytes of one message.
pub(super) const MOST: usize = 4 * 1024 * 1024;

/// The whole body of a request.
///
/// # Errors
/// It is too large or takes too long; the answer says so.
pub(super) async fn read(body: Incoming, limit: Duration) -> Result<Bytes, Answer> {
    let limited = Limited::new(body, MOST);
    let body = match timeout(limit, limited.collect()).await {
        Ok(body) => body,
        Err(_) => {
            let why = format!("the body did not come within {} s", limit.as_secs());
            return Err(answer::text(StatusCode::REQUEST_TIMEOUT, why));
        }
    };
    match body {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let why = format!("a message takes at most {MOST} bytes");
            Err(answer::text(StatusCode::PAYLOAD_TOO_LARGE, why))
        }
        Err(error) => {
            let why = format!("the body cannot be read: {error}");
            Err(answer::text(StatusCode::BAD_REQUEST, why))
        }
    }
}
