//! The one door to Docker: every request to the Engine leaves through [`Engine`].
//!
//! bollard builds each request, so that rustc checks it, on a client that only [`record`]s it;
//! the real client sends what was recorded and hands back untouched JSON, because bollard's reply
//! types fail whole lists over one unknown value.

mod error;

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde_json::Value;

pub use error::EngineError;

use crate::config::DockerConfig;

/// A connection to the Docker Engine, made when first needed and again after it was lost.
#[derive(Debug, Clone)]
pub struct Engine {}

/// A request that bollard built and that was not sent yet.
#[derive(Debug)]
pub struct Request {}

/// The object that a request names in its path, to which a 404 belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `container`, `image`, `network` or `volume`.
    pub kind: &'static str,
    /// The name or id that was given.
    pub reference: String,
}

/// Has bollard build a request, by its typed method, without sending it.
pub fn record<F>(call: impl FnOnce(bollard::Docker) -> F) -> Result<Request, EngineError>
where
    F: Future,
{ unimplemented!() }

impl Request {
    /// Says which object the request is about, so that a 404 can name it.
    pub fn about(self, kind: &'static str, reference: &str) -> Self { unimplemented!() }
}

impl Engine {
    /// An Engine at the address that the configuration leads to; nothing is opened yet.
    pub fn new(config: &DockerConfig) -> Self { unimplemented!() }
    /// The same Engine with another time limit for each answer and each pause within a stream.
    pub fn with_deadline(&self, deadline: Duration) -> Self { unimplemented!() }
    /// Sends a request and reads the JSON reply; `null` where the reply has no body.
    pub async fn json(&self, request: Request) -> Result<Value, EngineError> { unimplemented!() }
    /// Sends a request and hands on the reply as it comes. Dropping the stream closes the connection.
    pub fn bytes(&self, request: Request) -> BoxStream<'static, Result<Bytes, EngineError>> { unimplemented!() }
    /// Sends a request and hands on the JSON objects of its reply, one by one.
    pub fn objects(&self, request: Request) -> BoxStream<'static, Result<Value, EngineError>> { unimplemented!() }
}
