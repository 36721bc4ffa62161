//! Subscriptions in both eras while a real daemon ends and starts again.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::client::RawClient;
use crate::daemon::Daemon;
use crate::docker::{docker, image, not_run, wanted};

const UPDATED: &str = "notifications/resources/updated";
const LIST_CHANGED: &str = "notifications/resources/list_changed";

/// Longer than the server waits before it looks for its daemon again, at first.
const QUIET: Duration = Duration::from_secs(5);

/// A daemon of the test's own, and a container that comes back with it.
struct Engine {
    daemon: Daemon,
}

impl Engine {
    const CONTAINER: &str = "comes-back";

    fn start() -> Result<Self, String> {
        let engine = Self {
            daemon: Daemon::start(&[])?,
        };
        engine.docker(&[
            "run",
            "--detach",
            "--restart=always",
            "--name",
            Self::CONTAINER,
            &image(),
        ]);
        Ok(engine)
    }

    fn docker(&self, args: &[&str]) -> String {
        docker(&[&["--host", &self.daemon.host], args].concat())
    }

    /// Makes the container write to its log.
    fn write(&self, text: &str) {
        let program = format!("echo '{text}' >/proc/1/fd/1");
        self.docker(&["exec", Self::CONTAINER, "sh", "-c", &program]);
    }
}

/// Waits for a notification of that method; others are passed over.
async fn notified(client: &mut RawClient, method: &str) -> Value {
    loop {
        let message = client.receive().await;
        if message["method"] == method {
            return message;
        }
    }
}

/// Waits until the server has no more to tell.
async fn settled(client: &mut RawClient) {
    while timeout(QUIET, client.receive()).await.is_ok() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_survives_the_restart_of_the_daemon() {
    if !wanted() {
        return;
    }
    let engine = match Engine::start() {
        Ok(engine) => engine,
        Err(why) => return not_run(&format!("a subscription over a restart: {why}")),
    };
    let env = [("DOCKER_BASE_URL", &*engine.daemon.host)];
    let uri = format!("container://logs/{}", Engine::CONTAINER);

    let mut legacy = RawClient::session("2025-11-25", &env).await;
    legacy.request(1, "resources/list", json!({})).await;
    legacy
        .request(2, "resources/subscribe", json!({ "uri": uri }))
        .await;
    let mut modern = RawClient::start(&env);
    let listen = json!({
        "notifications": { "resourceSubscriptions": [uri], "resourcesListChanged": true },
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let method = "subscriptions/listen";
    modern
        .send(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": listen}))
        .await;
    notified(&mut modern, "notifications/subscriptions/acknowledged").await;
    engine.write("before");
    for client in [&mut legacy, &mut modern] {
        notified(client, UPDATED).await;
    }

    engine.daemon.restart();

    // That it was away, and that the container came back.
    for client in [&mut legacy, &mut modern] {
        notified(client, UPDATED).await;
        settled(client).await;
    }
    engine.write("after");
    for client in [&mut legacy, &mut modern] {
        let told = notified(client, UPDATED).await;
        assert_eq!(told["params"]["uri"], uri);
    }
    let answer = legacy
        .request(3, "resources/read", json!({ "uri": uri }))
        .await;
    let log = answer["result"]["contents"][0]["text"].as_str().unwrap();
    assert!(log.contains("after"), "{answer}");

    engine.docker(&["create", &image()]);
    for client in [&mut legacy, &mut modern] {
        notified(client, LIST_CHANGED).await;
    }
}
