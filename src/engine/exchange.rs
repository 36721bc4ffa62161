//! Carries one request and its reply: under a deadline, on a connection made when first needed,
//! with one line in the log however it ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt;
use serde_json::Value;
use tokio::time::timeout;

use super::connect::{Chunks, Connection};
use super::error::{EngineError, RequestLine};
use super::policy::judged::Judged;
use super::probe::PolicyProbe;
use super::record::{DropGuard, Request};
use super::shape;
use super::successor::Place;
use super::{Engine, LARGEST_REPLY, withheld};
use crate::computing::compute;
use crate::spans::{CallSpan, RequestSpan};
use crate::trace::Trace;

/// One request on its way, and what has come back so far.
pub(super) struct Exchange {
    engine: Engine,
    line: RequestLine,
    request: Option<Request>,
    reply: Option<(Connection, Chunks)>,
    answering: bool,
    /// What is given back with the end of the answer.
    guards: Vec<DropGuard>,
    /// Where in the call's Compose project the container will stand that is made.
    place: Option<Place>,
    started: Instant,
    outcome: &'static str,
    span: RequestSpan,
}

impl Exchange {
    pub(super) fn new(engine: &Engine, request: Request) -> Self {
        let line = request.line();
        Self {
            engine: engine.clone(),
            span: engine.scope.span.request(line.method.as_str(), &line.path),
            line,
            request: Some(request),
            reply: None,
            answering: false,
            guards: Vec::new(),
            place: None,
            started: Instant::now(),
            outcome: "dropped",
        }
    }

    /// The whole reply as JSON, within one deadline.
    pub(super) async fn json(
        mut self,
        limit: Duration,
        read: impl FnOnce(&[u8]) -> serde_json::Result<Value>,
    ) -> Result<Value, EngineError> {
        let reply = timeout(limit, self.collect()).await;
        let reply = self.conclude(limit, reply)?;
        self.engine
            .scope
            .note(&self.line, &reply, self.place.take());
        let scope = &self.engine.policy.scope;
        if !scope.narrows() {
            let value = compute(reply.len(), || self.line.document(&reply, read));
            return self.note(value);
        }
        let value = compute(reply.len(), || {
            let reply = scope.narrow_list(&self.line.path, reply);
            self.line.document(&reply, read)
        });
        let mut value = self.note(value)?;
        if let Some((connection, _)) = &self.reply {
            let policy = &self.engine.policy;
            let probe = PolicyProbe::new(connection, policy);
            // On the heap: what every other reply waits with is small beside it.
            let narrow = Box::pin(
                policy
                    .scope
                    .narrow_reply(&self.line.path, &mut value, &probe),
            );
            let narrowed = timeout(limit, narrow).await;
            self.conclude(limit, narrowed)?;
        }
        Ok(value)
    }

    /// The next bytes of the reply, within one deadline; `None` at its end.
    pub(super) async fn next(&mut self, limit: Duration) -> Result<Option<Bytes>, EngineError> {
        let chunk = timeout(limit, self.advance()).await;
        self.conclude(limit, chunk)
    }

    async fn collect(&mut self) -> Result<BytesMut, EngineError> {
        let mut reply = BytesMut::new();
        while let Some(chunk) = self.advance().await? {
            self.line.take(&mut reply, &chunk)?;
        }
        Ok(reply)
    }

    /// Sends the request if that was not done yet, and waits for the next bytes.
    async fn advance(&mut self) -> Result<Option<Bytes>, EngineError> {
        if let Some(mut request) = self.request.take() {
            self.guards = std::mem::take(&mut request.until_done);
            self.place = self.engine.scope.place(&mut request);
            request.span = self.span.clone();
            let (connection, request) = self.engine.cleared(&self.line, request).await?;
            let chunks = connection.send(request)?;
            self.reply = Some((connection, chunks));
        }
        let Some((connection, chunks)) = &mut self.reply else {
            return Ok(None);
        };
        match chunks.try_next().await {
            Ok(chunk) => {
                self.answering = true;
                if chunk.is_none() {
                    self.outcome = "ok";
                }
                Ok(chunk)
            }
            Err(error) => Err(self
                .line
                .failure(error, &connection.address, self.answering)),
        }
    }

    /// What came of a wait.
    fn conclude<T>(
        &mut self,
        limit: Duration,
        waited: Result<Result<T, EngineError>, tokio::time::error::Elapsed>,
    ) -> Result<T, EngineError> {
        let result = waited.unwrap_or_else(|_| {
            let sent = self.reply.is_some();
            Err(self.line.timed_out(limit, sent, self.answering))
        });
        self.note(result)
    }

    fn note<T>(&mut self, result: Result<T, EngineError>) -> Result<T, EngineError> {
        if let Err(error) = &result {
            self.outcome = error.kind().name();
            if error.ends_connection() {
                self.engine.forget_connection();
            }
        }
        result
    }
}

impl Engine {
    /// The same Engine for the requests of a call that stands there in a trace. Nothing of that is sent.
    pub(crate) fn traced(&self, trace: Option<&Trace>, span: &CallSpan) -> Self {
        Self {
            scope: Arc::new(self.scope.traced(trace.cloned(), span.clone())),
            ..self.clone()
        }
    }

    /// How long a request may take, or a program that is run once.
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// The request, once nothing speaks against it, and the connection that it is for.
    pub(super) async fn cleared(
        &self,
        line: &RequestLine,
        mut request: Request,
    ) -> Result<(Connection, Judged), EngineError> {
        request.check()?;
        let replaced = self.scope.maybe_replaced(&request).map(str::to_owned);
        let may_go = self.scope.lets_go(&request) || self.has_replaced(replaced).await?;
        self.scope.permit(line, may_go)?;
        let connection = self.connection().await?;
        let probe = PolicyProbe::new(&connection, &self.policy);
        Box::pin(self.scope.keep_bounds(&mut request, &probe)).await?;
        let scope = &self.policy.scope;
        Box::pin(scope.judge(&mut request, &probe)).await?;
        // On the heap: what every other request waits with is small beside it.
        let request = Box::pin(self.policy.judge(request, probe)).await?;
        Ok((connection, request))
    }

    /// Whether a container is one of the call's Compose project that the call has made the successor of.
    async fn has_replaced(&self, id: Option<String>) -> Result<bool, EngineError> {
        let Some(id) = id else {
            return Ok(false);
        };
        let connection = self.connection().await?;
        let probe = PolicyProbe::new(&connection, &self.policy);
        let container = probe.container(&id).await?;
        Ok(self.scope.has_replaced(&id, &container))
    }
}

impl RequestLine {
    /// Adds a piece to a reply.
    pub(super) fn take(&self, reply: &mut BytesMut, piece: &[u8]) -> Result<(), EngineError> {
        if reply.len() + piece.len() > LARGEST_REPLY {
            let most = LARGEST_REPLY >> 20;
            return Err(self.unreadable(&format!("it goes on after {most} MiB")));
        }
        reply.extend_from_slice(piece);
        Ok(())
    }

    /// The document that a reply is, as an Engine sends it; `null` where there is none to be.
    pub(super) fn document(
        &self,
        reply: &[u8],
        read: impl FnOnce(&[u8]) -> serde_json::Result<Value>,
    ) -> Result<Value, EngineError> {
        let document = match reply.is_empty() {
            true => None,
            false => {
                let document = read(reply);
                Some(document.map_err(|error| self.unreadable(&shape::no_json(reply, &error)))?)
            }
        };
        match shape::wrong(&self.method, &self.path, document.as_ref()) {
            Some(wrong) => Err(self.unreadable(&wrong)),
            None => {
                let mut document = document.unwrap_or_default();
                withheld::cut(&self.path, &mut document);
                Ok(document)
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.span.end(self.outcome);
        // The path alone: a query may hold the values of secrets.
        let trace = self.engine.scope.trace.as_ref();
        tracing::debug!(
            method = %self.line.method,
            path = self.line.path,
            traceparent = trace.map(Trace::parent),
            outcome = self.outcome,
            milliseconds = self.started.elapsed().as_millis(),
            "engine request",
        );
    }
}
