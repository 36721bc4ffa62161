//! Whether the list of resources may be another: told to who has read it or asked to hear.

use std::time::Duration;

use serde_json::json;

use super::{cancel, count, event, listen, notified, quiet_engine};
use crate::resources::{LEGACY, MODERN, ask, open};
use crate::support::fake_engine::{FakeEngine, Reply};

const CHANGED: &str = "notifications/resources/list_changed";

fn engine(actions: &[&str]) -> FakeEngine {
    let events: Vec<String> = actions.iter().map(|action| event(action)).collect();
    quiet_engine().on(
        "GET /events",
        Reply::chunks(events)
            .every(Duration::from_millis(300))
            .then_hang(),
    )
}

#[tokio::test]
async fn a_client_with_a_session_is_told_once_it_has_read_the_list() {
    let engine = engine(&["create"]);
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    ask(&mut client, LEGACY, 1, "tools/list", json!({})).await;
    assert_eq!(count(&engine, "GET /events"), 0, "nobody has asked yet");
    for id in [2, 3] {
        ask(&mut client, LEGACY, id, "resources/list", json!({})).await;
    }
    assert_eq!(notified(&mut client).await["method"], CHANGED);
    assert_eq!(count(&engine, "GET /events"), 1);
    client.close_stdin();
    assert_eq!(client.ended().await.code, Some(0));
    engine.all_closed().await;
}

#[tokio::test]
async fn a_modern_client_is_told_where_it_asked_to_hear() {
    let engine = engine(&["exec_die", "pause", "destroy"]);
    let address = engine.address();
    let mut client = open(MODERN, &[("DOCKER_BASE_URL", &address)]).await;
    ask(&mut client, MODERN, 1, "resources/list", json!({})).await;
    assert_eq!(count(&engine, "GET /events"), 0, "it did not ask to hear");
    let filter = json!({ "resourcesListChanged": true });
    assert_eq!(listen(&mut client, 2, filter.clone()).await, filter);
    assert_eq!(notified(&mut client).await["method"], CHANGED);
    cancel(&mut client, 2).await;
    engine.all_closed().await;
}

/// Whoever may not list containers does not learn that they come and go.
#[tokio::test]
async fn nobody_is_told_of_a_list_that_the_operator_does_not_show() {
    let engine = engine(&["create"]);
    let address = engine.address();
    let env = [
        ("DOCKER_BASE_URL", &*address),
        ("SAFETY_DENIED_TOOLS", "docker_list_containers"),
    ];
    let mut client = open(MODERN, &env).await;
    let filter = json!({ "resourcesListChanged": true });
    assert_eq!(listen(&mut client, 1, filter).await, json!({}));
    let mut client = open(LEGACY, &env).await;
    ask(&mut client, LEGACY, 1, "resources/list", json!({})).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(engine.seen().is_empty(), "{:?}", engine.requests());
}
