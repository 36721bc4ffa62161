//! Makes spans for OpenTelemetry, by its conventions for MCP and for HTTP where it has such.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use http::Extensions;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::catalog::Tool;
use crate::trace::Trace;
use crate::vocabulary::endpoint::Endpoint;

/// What the spans are told from all else by that is traced.
pub const TARGET: &str = "mcp_docker::spans";

/// The span of a call; it ends with the last clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallSpan(Option<Arc<Call>>);

#[derive(Debug)]
struct Call {
    span: Span,
    /// What kind of failure it met, if any; none yet where it has not come to its end.
    over: OnceLock<Option<&'static str>>,
}

/// The span of a request to the Engine; it ends with the last clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestSpan(Option<Arc<Exchange>>);

#[derive(Debug)]
struct Exchange {
    span: Span,
    status: OnceLock<u16>,
    outcome: OnceLock<&'static str>,
}

impl CallSpan {
    /// Begins the span of a call, below the client's where it named one.
    pub(crate) fn begin(tool: &Tool, host: Option<&str>, trace: Option<&Trace>) -> Self {
        let span = tracing::info_span!(
            target: TARGET,
            parent: None,
            "tools/call",
            otel.name = format!("tools/call {}", tool.name),
            otel.kind = "server",
            otel.status_code = Empty,
            mcp.method.name = "tools/call",
            gen_ai.tool.name = tool.name,
            mcp_docker.tier = tool.tier.name(),
            mcp_docker.host = host,
            mcp_docker.outcome = Empty,
            "error.type" = Empty,
        );
        if let Some(trace) = trace {
            let mut carrier =
                HashMap::from([("traceparent".to_owned(), trace.parent().to_owned())]);
            carrier.extend(
                trace
                    .state()
                    .map(|it| ("tracestate".to_owned(), it.to_owned())),
            );
            // Fails only where nothing is exported.
            let _ = span.set_parent(TraceContextPropagator::new().extract(&carrier));
        }
        Self(Some(Arc::new(Call {
            span,
            over: OnceLock::new(),
        })))
    }

    /// Says that the call came to its end, with that kind of failure if any. Without it, it was cancelled.
    pub(crate) fn end(&self, failure: Option<&'static str>) {
        if let Some(call) = &self.0 {
            let _ = call.over.set(failure);
        }
    }

    /// Begins the span of a request of the call. Of the path its form alone is told.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestSpan {
        let Some(call) = &self.0 else {
            return RequestSpan::default();
        };
        let known = Endpoint::of(method, path);
        let (method, path) = known.map_or(("_OTHER", ""), |known| (known.method, known.path));
        let span = tracing::info_span!(
            target: TARGET,
            parent: &call.span,
            "engine request",
            otel.name = format!("{method} {path}"),
            otel.kind = "client",
            otel.status_code = Empty,
            http.request.method = method,
            url.template = path,
            http.response.status_code = Empty,
            "error.type" = Empty,
        );
        RequestSpan(Some(Arc::new(Exchange {
            span,
            status: OnceLock::new(),
            outcome: OnceLock::new(),
        })))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let (outcome, failure) = match self.over.get() {
            Some(None) => ("ok", None),
            Some(Some(kind)) => ("failed", Some(*kind)),
            None => ("cancelled", Some("cancelled")),
        };
        self.span.record("mcp_docker.outcome", outcome);
        if let Some(kind) = failure {
            self.span.record("error.type", kind);
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

impl RequestSpan {
    /// Goes with the request, to where the head of the answer is seen.
    pub(crate) fn go_with(self, extensions: &mut Extensions) {
        if self.0.is_some() {
            extensions.insert(self);
        }
    }

    /// The span that went with a request.
    pub(crate) fn of(extensions: &mut Extensions) -> Self {
        extensions.remove().unwrap_or_default()
    }

    /// Takes note of the status of the answer.
    pub(crate) fn answered(&self, status: u16) {
        if let Some(exchange) = &self.0 {
            let _ = exchange.status.set(status);
        }
    }

    /// Says what came of it: `ok`, or a kind of failure.
    pub(crate) fn end(&self, outcome: &'static str) {
        if let Some(exchange) = &self.0 {
            let _ = exchange.outcome.set(outcome);
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(status) = self.status.get() {
            self.span
                .record("http.response.status_code", i64::from(*status));
        }
        match self.outcome.get() {
            Some(&"ok") | None => {}
            Some(kind) => {
                self.span.record("error.type", *kind);
                self.span.record("otel.status_code", "ERROR");
            }
        }
    }
}
