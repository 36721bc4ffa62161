//! Makes one call of a server on which every toolset is on, for tests that need nothing else of it.

use rmcp::model::CallToolResult;
use serde_json::Value;

use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::FakeEngine;

/// The result of a call, whatever it is.
pub(crate) async fn call(engine: &FakeEngine, tool: &str, arguments: Value) -> CallToolResult {
    let address = engine.address();
    let client = Client::start(&[EVERYTHING, ("DOCKER_BASE_URL", &*address)]).await;
    let result = client.call(tool, arguments).await;
    client.stop().await;
    result
}

/// What a call gives.
pub(crate) async fn given(engine: &FakeEngine, tool: &str, arguments: Value) -> Value {
    let result = call(engine, tool, arguments).await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}

/// Why a call failed.
pub(crate) async fn failed(engine: &FakeEngine, tool: &str, arguments: Value) -> String {
    let result = call(engine, tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{result:?}");
    format!("{:?}", result.content)
}
