//! Makes of the end of a call what a client is told.

use rmcp::RoleServer;
use rmcp::model::{CallToolResult, ContentBlock, MetaObject};
use rmcp::service::RequestContext;
use serde_json::Value;

use super::{Server, clipped, kind_of};
use crate::call::{CallError, ErrorKind};

/// Where a client finds what kind of failure a failed call's result tells of.
const ERROR: &str = "io.mcp-docker/error";

impl Server {
    /// A failure of a call, as the client of a request is told.
    pub(super) fn failure(
        &self,
        kind: ErrorKind,
        text: &str,
        budget: usize,
        cx: &RequestContext<RoleServer>,
    ) -> CallToolResult {
        failure(kind, text, budget, self.meta(cx))
    }
}

/// What a client is told of the end of a call.
pub(super) fn outcome(
    result: Result<Value, CallError>,
    budget: usize,
    meta: Option<MetaObject>,
) -> CallToolResult {
    match result {
        Ok(value) => structured(value).with_meta(meta),
        // Whole, whatever the budget: who agrees has to see all that goes, and the token is
        // at the end. It has a limit of its own.
        Err(CallError::Unconfirmed(question)) => {
            let text = question.in_two_steps();
            failure(ErrorKind::Unconfirmed, &text, usize::MAX, meta)
        }
        Err(error) => failure(error.kind(), &error.to_string(), budget, meta),
    }
}

/// A failure that the model reads, unlike a protocol error, which clients keep to themselves; what
/// kind it is stands beside it, for clients.
pub(super) fn failure(
    kind: ErrorKind,
    text: &str,
    budget: usize,
    meta: Option<MetaObject>,
) -> CallToolResult {
    let mut meta = meta.unwrap_or_default();
    meta.insert(ERROR.to_owned(), kind_of(kind));
    CallToolResult::error(vec![ContentBlock::text(clipped(text, budget))]).with_meta(Some(meta))
}

/// A result as rmcp makes one, which takes longer over the text.
pub(super) fn structured(value: Value) -> CallToolResult {
    let text = serde_json::to_string(&value).unwrap_or_default();
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(value);
    result
}
