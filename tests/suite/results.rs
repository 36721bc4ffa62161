//! Looks at what results say of what the Engine tells, and of what it does not.

mod disk;
mod objects;
mod running;

use serde_json::Value;

use crate::support::client::Client;
use crate::support::fake_engine::FakeEngine;

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";

/// The result of a call that a client makes; it has to succeed.
async fn result(engine: &FakeEngine, tool: &str, arguments: Value) -> Value {
    let address = engine.address();
    let client = Client::start(&[
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
        ("SAFETY_REQUIRE_CONFIRMATION_FOR_DESTRUCTIVE", "false"),
    ])
    .await;
    let result = client.call(tool, arguments).await;
    client.stop().await;
    assert_ne!(result.is_error, Some(true), "{result:?}");
    result.structured_content.unwrap()
}
