//! Resources of real containers: read, listed, completed and subscribed to.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::client::RawClient;
use crate::docker::{Container, WAIT, docker, eventually, wanted};
use crate::relay::Relay;

const UPDATED: &str = "notifications/resources/updated";
const LIST_CHANGED: &str = "notifications/resources/list_changed";

/// A server that reaches the Engine through a relay.
async fn legacy(relay: &Relay) -> RawClient {
    let address = relay.address();
    RawClient::session("2025-11-25", &[("DOCKER_BASE_URL", &address)]).await
}

fn modern(relay: &Relay) -> RawClient {
    let address = relay.address();
    RawClient::start(&[("DOCKER_BASE_URL", &address)])
}

async fn listen(client: &mut RawClient, id: i64, filter: Value) {
    let params = json!({
        "notifications": filter,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let request =
        json!({"jsonrpc": "2.0", "id": id, "method": "subscriptions/listen", "params": params});
    client.send(request).await;
    let acknowledged = client.receive().await;
    assert_eq!(
        acknowledged["params"]["notifications"], filter,
        "{acknowledged}"
    );
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

async fn read(client: &mut RawClient, id: i64, uri: &str) -> Value {
    client
        .request(id, "resources/read", json!({ "uri": uri }))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_found_completed_and_read_by_name_and_by_id() {
    if !wanted() {
        return;
    }
    let relay = Relay::open();
    let mut client = legacy(&relay).await;
    let web = Container::running("res", &format!("echo ready; {WAIT}"));
    let old = Container::finished("res", "echo over");
    web.has_logged("ready");

    let list = client.request(1, "resources/list", json!({})).await;
    let uris: Vec<&str> = list["result"]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["uri"].as_str().unwrap())
        .collect();
    let (logs, stats) = (
        format!("container://logs/{}", web.name),
        format!("container://stats/{}", web.name),
    );
    assert!(
        uris.contains(&&*logs) && uris.contains(&&*stats),
        "{uris:?}"
    );
    assert!(uris.contains(&&*format!("container://logs/{}", old.name)));
    assert!(!uris.contains(&&*format!("container://stats/{}", old.name)));

    let typed = json!({
        "ref": { "type": "ref/resource", "uri": "container://logs/{container_id}" },
        "argument": { "name": "container_id", "value": web.name.to_uppercase() },
    });
    let answer = client.request(2, "completion/complete", typed).await;
    assert_eq!(answer["result"]["completion"]["values"], json!([web.name]));

    for (id, uri) in [
        (3, logs),
        (4, format!("container://logs/{}", web.id())),
        (5, format!("container://logs/{}", &web.id()[..12])),
    ] {
        let answer = read(&mut client, id, &uri).await;
        let contents = &answer["result"]["contents"][0];
        assert_eq!(contents["mimeType"], "text/plain", "{answer}");
        assert_eq!(contents["text"].as_str().unwrap().trim_end(), "ready");
    }
    let answer = read(&mut client, 6, &stats).await;
    let contents = &answer["result"]["contents"][0];
    assert_eq!(contents["mimeType"], "application/json", "{answer}");
    let stats: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
    assert_eq!(stats["container_id"], web.id());
    assert!(stats["stats"]["memory"]["usage"].as_u64().unwrap() > 0);

    let answer = read(&mut client, 7, "container://logs/mcp-docker-test-nobody").await;
    assert_eq!(answer["error"]["code"], -32002, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn output_is_told_and_nothing_stays_open_after_the_last_subscriber() {
    if !wanted() {
        return;
    }
    let relay = Relay::open();
    let container = Container::running("sub", "while :; do echo tick; sleep 1; done");
    let uri = format!("container://logs/{}", container.name);
    let by_id = format!("container://logs/{}", container.id());

    let mut client = legacy(&relay).await;
    for (id, uri) in [(1, &uri), (2, &by_id)] {
        let answer = client
            .request(id, "resources/subscribe", json!({ "uri": uri }))
            .await;
        assert_eq!(answer["result"], json!({}), "{answer}");
    }
    notified(&mut client, UPDATED).await;
    notified(&mut client, UPDATED).await;
    eventually("one stream of events and one of output", || {
        relay.connections() == 2
    });
    for (id, uri) in [(3, &uri), (4, &by_id)] {
        client
            .request(id, "resources/unsubscribe", json!({ "uri": uri }))
            .await;
    }
    eventually("nothing is open", || relay.connections() == 0);

    let mut client = modern(&relay);
    listen(&mut client, 1, json!({ "resourceSubscriptions": [uri] })).await;
    let told = notified(&mut client, UPDATED).await;
    assert_eq!(told["params"]["uri"], uri);
    client
        .send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}))
        .await;
    eventually("nothing is open", || relay.connections() == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_container_is_told_of_only_when_it_stops_and_goes() {
    if !wanted() {
        return;
    }
    let relay = Relay::open();
    let container = Container::running("silent", WAIT);
    let uri = format!("container://logs/{}", container.name);
    let mut client = modern(&relay);
    listen(&mut client, 1, json!({ "resourceSubscriptions": [uri] })).await;
    let early = timeout(Duration::from_secs(3), client.receive()).await;
    assert!(early.is_err(), "{early:?}");

    docker(&["stop", &container.name]);
    notified(&mut client, UPDATED).await;
    docker(&["start", &container.name]);
    notified(&mut client, UPDATED).await;
    docker(&["rm", "-f", &container.name]);
    notified(&mut client, UPDATED).await;
    eventually("nothing is open", || relay.connections() == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_that_come_and_go_are_told() {
    if !wanted() {
        return;
    }
    let relay = Relay::open();
    let mut old = legacy(&relay).await;
    old.request(1, "resources/list", json!({})).await;
    let mut new = modern(&relay);
    listen(&mut new, 1, json!({ "resourcesListChanged": true })).await;
    eventually("both follow the events", || relay.connections() == 2);

    let container = Container::created("come");
    notified(&mut old, LIST_CHANGED).await;
    notified(&mut new, LIST_CHANGED).await;
    drop(container);
    notified(&mut old, LIST_CHANGED).await;
    notified(&mut new, LIST_CHANGED).await;

    old.close_stdin();
    old.ended().await;
    new.close_stdin();
    new.ended().await;
    eventually("nothing is open", || relay.connections() == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_survives_the_absence_of_the_engine() {
    if !wanted() {
        return;
    }
    let mut relay = Relay::open();
    let container = Container::running("back", "while :; do echo tick; sleep 1; done");
    let uri = format!("container://logs/{}", container.name);
    let mut client = legacy(&relay).await;
    client
        .request(1, "resources/subscribe", json!({ "uri": uri }))
        .await;
    notified(&mut client, UPDATED).await;
    relay.vanish().await;
    while timeout(Duration::from_secs(3), client.receive())
        .await
        .is_ok()
    {}
    relay.resume();
    for _ in 0..3 {
        notified(&mut client, UPDATED).await;
    }
    eventually("both streams are open again", || relay.connections() == 2);
}
