//! What a person is asked: names and descriptions come from the Engine, and so do the secrets in them.

use serde_json::{Value, json};

use crate::support::client::RawClient;
use crate::support::exchange::call;
use crate::support::fake_engine::FakeEngine;

/// The question that comes of a call.
async fn asked(engine: &FakeEngine, tool: &str, arguments: Value) -> String {
    let address = engine.address();
    let allowed = ("SAFETY_ALLOW_DESTRUCTIVE_OPERATIONS", "true");
    let mut client = RawClient::start(&[("DOCKER_BASE_URL", &address), allowed]);
    let elicits = json!({ "elicitation": {} });
    client.initialize_with("2025-11-25", elicits).await;
    client.send(call(1, tool, arguments)).await;
    let question = client.receive().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    question["params"]["message"].as_str().unwrap().to_owned()
}

/// An entry of a list is cut to 120 characters, and what a build ran is one.
#[tokio::test]
async fn a_question_is_redacted_before_its_entries_are_cut() {
    for length in [80, 88, 96, 104] {
        let ran = format!(
            "RUN {} https://app:planted-url-value@db/",
            "x".repeat(length)
        );
        let record = json!({ "ID": "1", "Type": "regular", "Description": ran });
        let engine = FakeEngine::start()
            .on("GET /containers/json", json!([]))
            .on("GET /networks", json!([]))
            .on("GET /images/json", json!([]))
            .on("GET /system/df", json!({ "BuildCache": [record] }));
        let question = asked(&engine, "docker_system_prune", json!({})).await;
        assert!(question.contains("- 1 (RUN xxx"), "{question}");
        assert!(!question.contains("planted"), "{question}");
    }
}

/// A secret may show only where the question puts two things side by side.
#[tokio::test]
async fn a_question_is_redacted_as_a_whole() {
    let container = json!({
        "Id": "1", "Name": "/--password", "Config": { "Image": "planted-image" }, "State": {},
    });
    let engine = FakeEngine::start().on("GET /containers/*/json", container);
    let arguments = json!({ "container_id": "web" });
    let question = asked(&engine, "docker_remove_container", arguments).await;
    assert!(
        question.contains("Remove container --password [REDACTED:"),
        "{question}"
    );
    assert!(!question.contains("planted"), "{question}");
}
