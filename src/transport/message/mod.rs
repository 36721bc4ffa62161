//! Reads one JSON-RPC message, or says what is wrong with it in the JSON-RPC error to answer with.

mod mend;
mod outline;

use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, ConstString, ErrorCode, ErrorData, GetMeta as _,
    InitializeRequestParams, InitializeResultMethod, JsonRpcVersion2_0, ProtocolVersion, RequestId,
};
use serde::{Deserialize as _, Serialize};
use serde_json::{Map, Value};

use crate::server::misfit;
pub(super) use outline::Outline;

/// What some editors and languages begin a text with.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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

/// Reads the message that `text` holds, or the one that it stands for.
pub(super) fn read(text: &[u8]) -> Result<ClientJsonRpcMessage, Refusal> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let parsed = match serde_json::from_slice(text) {
        Ok(message) if !is_unknown(&message) && !mend::holds_an_empty_array(text) => {
            return Ok(message);
        }
        parsed => parsed.ok(),
    };
    let mut value = match serde_json::from_slice(text) {
        Ok(value) => value,
        Err(error) => return broken(text, &error),
    };
    if mend::objects(&mut value)
        && let Ok(mended) = ClientJsonRpcMessage::deserialize(&value)
    {
        return fitting(mended);
    }
    parsed.map_or_else(|| Err(diagnose(&value)), fitting)
}

/// Whether rmcp does not know the request, or not its params.
fn is_unknown(message: &ClientJsonRpcMessage) -> bool {
    matches!(message, ClientJsonRpcMessage::Request(request)
        if matches!(request.request, ClientRequest::CustomRequest(_)))
}

/// The message, unless it is an `initialize` whose params do not fit.
///
/// rmcp reads a request whose params do not fit as one of an unknown method. The
/// [server](crate::server) says what is wrong with the others.
fn fitting(message: ClientJsonRpcMessage) -> Result<ClientJsonRpcMessage, Refusal> {
    if let ClientJsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
        && custom.method == InitializeResultMethod::VALUE
        // There is none from that version on.
        && request.request.get_meta().protocol_version() < Some(ProtocolVersion::V_2026_07_28)
        && let Some(error) = misfit::<InitializeRequestParams>(custom)
    {
        return Err(Refusal::new(Some(request.id.clone()), error));
    }
    Ok(message)
}

/// Reads what is no JSON, but would be if its characters were whole. A request is refused, because it
/// would be made with other values than were meant; a cancellation or an answer still means the same.
fn broken(text: &[u8], error: &serde_json::Error) -> Result<ClientJsonRpcMessage, Refusal> {
    let refused = |id| {
        let text = format!("not JSON: {error}");
        Refusal::new(id, ErrorData::parse_error(text, None))
    };
    if !mend::may_hold_half_a_character(text) {
        return Err(refused(None));
    }
    let whole = mend::whole_characters(text);
    match serde_json::from_str(&whole) {
        Ok(Value::Object(message)) if message.contains_key("method") => {
            if !message.contains_key("id") {
                return read(whole.as_bytes());
            }
            // What was mended in an id is another id.
            let intact = |id: &RequestId| !id.to_string().contains(char::REPLACEMENT_CHARACTER);
            Err(refused(request_id(&message).filter(intact)))
        }
        Ok(Value::Object(_)) => read(whole.as_bytes()),
        _ => Err(refused(None)),
    }
}

/// What is wrong with JSON that is no message.
fn diagnose(message: &Value) -> Refusal {
    let message = match message {
        Value::Object(message) => message,
        Value::Array(_) => {
            let text = "batches are not part of MCP: send each message on its own";
            return Refusal::new(None, ErrorData::invalid_request(text, None));
        }
        _ => {
            let text = "a message is a JSON object";
            return Refusal::new(None, ErrorData::invalid_request(text, None));
        }
    };
    // The id of a reply is one of ours; echoed, it would look like the answer to the client's
    // own request of that number.
    let reply = message.contains_key("result") || message.contains_key("error");
    let id = if reply { None } else { request_id(message) };
    let text = if message.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        "`jsonrpc` must be \"2.0\""
    } else if message.contains_key("id") && request_id(message).is_none() {
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
