//! Carries what a program asks of the Engine: judged as every request is, and answered with what the Engine
//! says, head and all.

use bollard::ClientVersion;
use hyper::Response;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::Engine;
use super::connect::Connection;
use super::error::{EngineError, RequestLine};
use super::policy::judged::Judged;
use super::record::{DropGuard, Request};
use super::successor::Place;
use crate::trace::Trace;

/// An answer on its way to a program.
pub(super) struct Carried {
    pub(super) response: Response<Incoming>,
    /// What is given back with the end of the answer.
    pub(super) guards: Vec<DropGuard>,
    /// What the call's scope takes note of, with the reply.
    pub(super) line: RequestLine,
    pub(super) place: Option<Place>,
}

impl Engine {
    /// Sends a request under that version of the API, or under none. The deadline covers what comes before:
    /// how long an Engine takes to answer is for the program.
    pub(super) async fn carry(
        &self,
        request: Request,
        version: Option<ClientVersion>,
    ) -> Result<Carried, EngineError> {
        let line = request.line();
        let mut request = self.in_turn(request).await?;
        let guards = std::mem::take(&mut request.until_done);
        let span = self.scope.span.request(line.method.as_str(), &line.path);
        request.span = span.clone();
        let place = self.scope.place(&mut request);
        let cleared = timeout(self.deadline, self.cleared(&line, request)).await;
        let (connection, request) =
            cleared.unwrap_or_else(|_| Err(line.timed_out(self.deadline, false, false)))?;
        let answer = connection.carry(&line, request, version).await;
        // The path alone: a query may hold the values of secrets.
        let trace = self.scope.trace.as_ref();
        tracing::debug!(
            method = %line.method,
            path = line.path,
            traceparent = trace.map(Trace::parent),
            status = answer.as_ref().map_or(0, |answer| answer.status().as_u16()),
            "engine request of a program",
        );
        span.end(
            answer
                .as_ref()
                .map_or_else(|error| error.kind().name(), |_| "ok"),
        );
        let response = answer.inspect_err(|error| {
            if error.ends_connection() {
                self.forget_connection();
            }
        })?;
        Ok(Carried {
            response,
            guards,
            line,
            place,
        })
    }
}

impl Connection {
    /// Sends a request under that version of the API, or under none, and hands on the answer, whatever it
    /// is, with its head.
    async fn carry(
        &self,
        line: &RequestLine,
        request: Judged,
        version: Option<ClientVersion>,
    ) -> Result<Response<Incoming>, EngineError> {
        let request = request.into_sent(version)?;
        let answer = self
            .route
            .clone()
            .answer(request, &self.idle, &self.clock)
            .await;
        answer.map_err(|error| line.failure(error, &self.address, false))
    }
}
