//! Tests the tools of the toolset `swarm` against what Engines tell of swarms at their worst.

mod deploy;
mod lists;
mod planted;
mod secrets;
mod stacks;
mod states;

use serde_json::{Value, json};

use crate::support::client::{Client, EVERYTHING};
use crate::support::fake_engine::swarm::{MANAGER, WORKER, info, node, service, task};
use crate::support::fake_engine::{FakeEngine, Reply, Seen};

/// A server with everything on, which asks nobody.
async fn client(engine: &FakeEngine, more: &[(&str, &str)]) -> Client {
    let address = engine.address();
    let mut env = vec![
        ("DOCKER_BASE_URL", address.as_str()),
        EVERYTHING,
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ];
    env.extend(more);
    Client::start(&env).await
}

/// What a tool gives.
async fn call(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client.call(tool, arguments).await;
    assert_ne!(result.is_error, Some(true), "{tool}: {result:?}");
    result.structured_content.unwrap()
}

/// What a tool says that fails, and what happened.
async fn failure(client: &Client, tool: &str, arguments: Value) -> (String, Value) {
    let result = client.call(tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{tool}: {result:?}");
    let kind =
        serde_json::to_value(&result).unwrap()["_meta"]["io.mcp-docker/error"]["kind"].clone();
    let text = result.content[0].as_text().unwrap().text.clone();
    (text, kind)
}
