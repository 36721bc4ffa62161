//! Calls as clients make them, and what comes of them.

use rmcp::RoleClient;
use rmcp::model::GetPromptRequestParams;
use rmcp::service::{Peer, ServiceError};
use serde_json::{Value, json};

use super::client::Client;

/// Settings of a server that may remove things and asks nobody.
pub const UNASKED: [(&str, &str); 2] = [
    ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
];

/// Settings of a server that shows what would go, and removes it when it is called again.
pub const PLANNED: [(&str, &str); 2] = [
    ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ("SAFETY_CONFIRMATION_FALLBACK", "plan"),
];

/// The message that calls a tool.
pub fn call(id: i64, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}

/// The answer of a person who agrees to what a message asks.
pub fn accept(question: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "action": "accept", "content": {} } })
}

/// The text of a call that failed.
#[track_caller]
pub fn failure(answer: &Value) -> &str {
    let result = &answer["result"];
    assert_eq!(result["isError"], true, "{answer}");
    result["content"][0]["text"].as_str().unwrap()
}

/// Fails unless a call succeeded.
#[track_caller]
pub fn assert_done(answer: &Value) {
    let result = &answer["result"];
    assert!(result["structuredContent"].is_object(), "{answer}");
    assert_ne!(result["isError"], true, "{answer}");
}

/// Makes a call to a server of its own, which has the Engine at that address: its result, or the
/// text of its failure.
pub async fn outcome(
    address: &str,
    settings: &[(&str, &str)],
    tool: &str,
    arguments: Value,
) -> Result<Value, String> {
    let client = Client::start(&[&[("DOCKER_BASE_URL", address)], settings].concat()).await;
    let result = client.call(tool, arguments).await;
    client.stop().await;
    let texts = result.content.iter().filter_map(|block| block.as_text());
    match result.is_error {
        Some(true) => Err(texts.map(|text| text.text.as_str()).collect()),
        _ => Ok(result.structured_content.unwrap()),
    }
}

/// What a prompt says, or the code and text of the refusal.
pub async fn prompt(
    peer: &Peer<RoleClient>,
    name: &str,
    arguments: Value,
) -> Result<String, (i32, String)> {
    let arguments = arguments.as_object().unwrap().clone();
    let request = GetPromptRequestParams::new(name).with_arguments(arguments);
    match peer.get_prompt(request).await {
        Ok(result) => {
            let messages = serde_json::to_value(&result.messages).unwrap();
            assert_eq!(messages.as_array().unwrap().len(), 1, "{messages}");
            assert_eq!(messages[0]["role"], "user");
            assert_eq!(messages[0]["content"]["type"], "text");
            Ok(messages[0]["content"]["text"].as_str().unwrap().to_owned())
        }
        Err(ServiceError::McpError(error)) => Err((error.code.0, error.message.to_string())),
        Err(error) => panic!("{name}: {error}"),
    }
}
