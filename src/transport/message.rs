//! Reads one JSON-RPC message, or says what is wrong with it in the JSON-RPC error to answer with.

use rmcp::model::{
    CallToolRequestMethod, CallToolRequestParams, ClientJsonRpcMessage, ClientRequest, ConstString,
    CustomRequest, ErrorCode, ErrorData, GetMeta as _, InitializeRequestParams,
    InitializeResultMethod, JsonRpcVersion2_0, ProtocolVersion, RequestId,
};
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};

/// The answer to a text that is no message.
///
/// rmcp leaves an unknown `id` out; JSON-RPC wants it there as `null`.
#[derive(Debug, Serialize)]
pub(super) struct Refusal {
    jsonrpc: JsonRpcVersion2_0,
    id: Option<RequestId>,
    error: ErrorData,
}

impl Refusal {
    /// Whether it is the answer to a request, which someone waits for.
    pub(super) fn answers_a_request(&self) -> bool {
        self.id.is_some()
    }

    /// What is wrong, as JSON-RPC counts.
    pub(super) fn code(&self) -> ErrorCode {
        self.error.code
    }

    pub(super) fn new(id: Option<RequestId>, error: ErrorData) -> Self {
        Self {
            jsonrpc: JsonRpcVersion2_0,
            id,
            error,
        }
    }
}

/// Reads the message that `text` holds.
pub(super) fn read(text: &[u8]) -> Result<ClientJsonRpcMessage, Refusal> {
    let message = serde_json::from_slice(text).map_err(|_| diagnose(text))?;
    if let ClientJsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
        && let Some(reason) = misfit(custom)
    {
        let text = format!(
            "`{}` was sent with params that do not fit: {reason}",
            custom.method
        );
        return Err(Refusal::new(
            Some(request.id.clone()),
            ErrorData::invalid_params(text, None),
        ));
    }
    Ok(message)
}

/// Why a request is malformed, if its method is one that wants certain params.
///
/// rmcp reads a request whose params do not fit as one of an unknown method, and would answer
/// "method not found" to `tools/call`.
fn misfit(request: &CustomRequest) -> Option<String> {
    let misfit = match request.method.as_str() {
        // There is none from that version on.
        InitializeResultMethod::VALUE
            if request.get_meta().protocol_version() >= Some(ProtocolVersion::V_2026_07_28) =>
        {
            return None;
        }
        InitializeResultMethod::VALUE => request.params_as::<InitializeRequestParams>().err(),
        CallToolRequestMethod::VALUE => request.params_as::<CallToolRequestParams>().err(),
        _ => return None,
    };
    Some(misfit.map_or_else(|| "there are none".to_owned(), |error| error.to_string()))
}

/// What is wrong with a text that could not be read.
fn diagnose(text: &[u8]) -> Refusal {
    let message = match serde_json::from_slice(text) {
        Ok(Value::Object(message)) => message,
        Ok(Value::Array(_)) => {
            let text = "batches are not part of MCP: send each message on its own";
            return Refusal::new(None, ErrorData::invalid_request(text, None));
        }
        Ok(_) => {
            let text = "a message is a JSON object";
            return Refusal::new(None, ErrorData::invalid_request(text, None));
        }
        Err(error) => {
            let text = format!("not JSON: {error}");
            return Refusal::new(None, ErrorData::parse_error(text, None));
        }
    };
    // The id of a reply is one of ours; echoed, it would look like the answer to the client's
    // own request of that number.
    let reply = message.contains_key("result") || message.contains_key("error");
    let id = if reply { None } else { request_id(&message) };
    let text = if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        "`jsonrpc` must be \"2.0\""
    } else if message.contains_key("id") && request_id(&message).is_none() {
        "`id` must be a string or an integer"
    } else if message.get("method").is_some_and(Value::is_string) && !reply {
        "`params` and its `_meta` must be objects"
    } else {
        "a message has a `method`, or an `id` and either a `result` or an `error`"
    };
    Refusal::new(id, ErrorData::invalid_request(text, None))
}

fn request_id(message: &Map<String, Value>) -> Option<RequestId> {
    message
        .get("id")
        .and_then(|id| RequestId::deserialize(id).ok())
}
