//! Protects what a call is about to lose from this server's other calls: nobody changes it between
//! the last look and the Engine's answer, and what was changed before is asked about again.

mod interleaved;
mod permits;
mod waits;
mod world;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::client::RawClient;
use crate::support::exchange::{accept, assert_done, call, failure};
use crate::support::fake_engine::{FakeEngine, Reply};

const VERSION: &str = "2025-11-25";

/// A client that can ask, and its server, which may destroy.
async fn session(engine: &FakeEngine, settings: &[(&str, &str)]) -> RawClient {
    let address = engine.address();
    let mut env = vec![
        ("DOCKER_BASE_URL", address.as_str()),
        ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true"),
    ];
    env.extend(settings);
    let mut client = RawClient::start(&env);
    client
        .initialize_with(VERSION, json!({ "elicitation": { "form": {} } }))
        .await;
    client
}

/// The next message, which is a question.
async fn question(client: &mut RawClient) -> Value {
    let question = client.receive().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    question
}

fn text(question: &Value) -> &str {
    question["params"]["message"].as_str().unwrap()
}
