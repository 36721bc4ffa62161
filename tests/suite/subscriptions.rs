//! Subscribes to resources as clients of both eras do, and looks at what stays open at the Engine.

mod limits;
mod list;
mod loss;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mcp_docker::config::Config;
use mcp_docker::fleet::Fleet;
use mcp_docker::resource::Address;
use mcp_docker::resource::subscription::Subscriptions;
use mcp_docker::server::Server;
use rmcp::ServiceExt as _;
use rmcp::model::{ProtocolVersion, SubscribeRequestParams, SubscriptionFilter};
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::resources::{LEGACY, MODERN, ask, container, open};
use crate::support::client::{Client, RawClient};
use crate::support::fake_engine::{FakeEngine, Reply, frame};

const ID: &str = "4c01db0b339c7a1e2c1d8a4b6f1f0e9d8c7b6a594837261504f3e2d1c0b9a898";
const UPDATED: &str = "notifications/resources/updated";

/// An Engine with a running container, nothing to tell of it, and no events.
pub(crate) fn quiet_engine() -> FakeEngine {
    FakeEngine::start()
        .on(
            "GET /info",
            json!({ "SystemTime": "2026-01-01T10:00:00.25Z" }),
        )
        .on("GET /events", Reply::chunks::<Vec<u8>>([]).then_hang())
        .on(
            "GET /containers/*/json",
            Reply::error(404, "No such container: nobody"),
        )
        .on("GET /containers/web/json", container("web", true))
        .on(
            &format!("GET /containers/{ID}/json"),
            container("web", true),
        )
        .on("GET /containers/json", json!([]))
        .on(
            &format!("GET /containers/{ID}/logs"),
            Reply::chunks::<Vec<u8>>([]).then_hang(),
        )
}

/// The same, whose container writes a line every so often.
fn busy_engine(lines: usize, pause: Duration) -> FakeEngine {
    let lines = (0..lines).map(|at| frame(1, &format!("line {at}\n")));
    quiet_engine().on(
        &format!("GET /containers/{ID}/logs"),
        Reply::chunks(lines).every(pause).then_hang(),
    )
}

pub(crate) fn event(action: &str) -> String {
    json!({ "Type": "container", "Action": action, "Actor": { "ID": ID, "Attributes": {} } })
        .to_string()
}

/// How often the Engine was asked for what the pattern begins with.
pub(crate) fn count(engine: &FakeEngine, start: &str) -> usize {
    let requests = engine.requests();
    requests.iter().filter(|it| it.starts_with(start)).count()
}

/// The next notification.
pub(crate) async fn notified(client: &mut RawClient) -> Value {
    let message = client.receive().await;
    assert!(message["id"].is_null(), "not a notification: {message}");
    message
}

/// What a client asks for in the way of the older versions; gives the answer.
pub(crate) async fn subscribe(client: &mut RawClient, id: i64, uri: &str) -> Value {
    let params = json!({ "uri": uri });
    ask(client, LEGACY, id, "resources/subscribe", params).await
}

/// What a client asks for in the modern way; gives what was accepted.
pub(crate) async fn listen(client: &mut RawClient, id: i64, filter: Value) -> Value {
    let params = json!({
        "notifications": filter,
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        },
    });
    let request =
        json!({"jsonrpc": "2.0", "id": id, "method": "subscriptions/listen", "params": params});
    client.send(request).await;
    let acknowledged = notified(client).await;
    assert_eq!(
        acknowledged["method"],
        "notifications/subscriptions/acknowledged"
    );
    acknowledged["params"]["notifications"].clone()
}

pub(crate) async fn cancel(client: &mut RawClient, id: i64) {
    let params = json!({ "requestId": id });
    client
        .send(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}))
        .await;
}

#[tokio::test]
async fn output_is_told_until_the_client_unsubscribes() {
    let engine = busy_engine(1000, Duration::from_millis(200));
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let uri = json!({ "uri": "container://logs/web" });
    let answer = ask(&mut client, LEGACY, 1, "resources/subscribe", uri.clone()).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
    for _ in 0..2 {
        let told = notified(&mut client).await;
        assert_eq!((&told["method"], &told["params"]), (&json!(UPDATED), &uri));
    }
    let streams = engine.requests();
    let logs = format!("GET /containers/{ID}/logs?follow=true");
    let logs = streams.iter().find(|it| it.starts_with(&logs)).unwrap();
    // Since the container was looked at: what it writes before the stream begins is told too.
    assert!(
        logs.contains("tail=all") && !logs.contains("since=0&"),
        "{logs}"
    );
    let events = streams
        .iter()
        .find(|it| it.starts_with("GET /events"))
        .unwrap();
    assert!(events.contains("since=1767261600.250000000"), "{events}");

    let answer = ask(&mut client, LEGACY, 2, "resources/unsubscribe", uri).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
    engine.all_closed().await;
}

#[tokio::test]
async fn a_modern_client_is_told_for_as_long_as_it_listens() {
    let engine = busy_engine(1000, Duration::from_millis(200));
    let address = engine.address();
    let lifecycle = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    let client = Client::start_as(lifecycle, &[("DOCKER_BASE_URL", &address)]).await;
    let filter = SubscriptionFilter::builder()
        .resource_subscriptions(["container://logs/web"])
        .build();
    let mut subscription = client.peer().listen(filter).await.unwrap();
    for _ in 0..2 {
        let told = timeout(Duration::from_secs(20), subscription.next()).await;
        let told = serde_json::to_value(told.unwrap().unwrap().unwrap()).unwrap();
        assert_eq!(told["method"], UPDATED, "{told}");
    }
    subscription.cancel().await.unwrap();
    engine.all_closed().await;
    client.stop().await;
}

/// Names and ids, clients and eras: one container has one output.
#[tokio::test]
async fn however_many_subscribe_the_engine_is_followed_once() {
    let engine = quiet_engine();
    let address = engine.address();
    let mut client = open(MODERN, &[("DOCKER_BASE_URL", &address)]).await;
    let by_id = format!("container://logs/{ID}");
    for id in 1..=3 {
        let uris = json!(["container://logs/web", by_id, "container://stats/web"]);
        let filter = json!({ "resourceSubscriptions": uris, "resourcesListChanged": true });
        let accepted = listen(&mut client, id, filter.clone()).await;
        assert_eq!(accepted, filter);
    }
    let logs = format!("GET /containers/{ID}/logs");
    engine.asked(&logs).await;
    engine.asked("GET /events").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(count(&engine, &logs), 1, "{:?}", engine.requests());
    assert_eq!(count(&engine, "GET /events"), 1, "{:?}", engine.requests());

    cancel(&mut client, 1).await;
    cancel(&mut client, 2).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(count(&engine, &logs), 1, "the third still listens");
    cancel(&mut client, 3).await;
    engine.all_closed().await;
}

#[tokio::test]
async fn what_follows_closely_is_told_once_and_the_last_of_it_is_not_lost() {
    let engine = busy_engine(40, Duration::from_millis(50));
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let uri = json!({ "uri": "container://logs/web" });
    ask(&mut client, LEGACY, 1, "resources/subscribe", uri).await;
    let mut told = 0;
    while timeout(Duration::from_secs(3), client.receive())
        .await
        .is_ok()
    {
        told += 1;
    }
    // The first of them at once, the last after a pause.
    assert!((2..=6).contains(&told), "{told}");
}

#[tokio::test]
async fn stats_are_told_on_an_interval_without_a_stream() {
    let engine = quiet_engine();
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let uri = json!({ "uri": "container://stats/web" });
    ask(&mut client, LEGACY, 1, "resources/subscribe", uri.clone()).await;
    for _ in 0..2 {
        assert_eq!(notified(&mut client).await["params"], uri);
    }
    assert_eq!(count(&engine, &format!("GET /containers/{ID}/stats")), 0);
    assert_eq!(count(&engine, &format!("GET /containers/{ID}/logs")), 0);
}

/// A stopped container writes nothing, but that it starts is told.
#[tokio::test]
async fn the_start_of_a_container_is_told() {
    let running = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&running);
    let inspect = move || container("web", seen.load(Ordering::SeqCst));
    let by_id = inspect.clone();
    let engine = quiet_engine()
        .answer("GET /containers/web/json", move |_| inspect().into())
        .answer(&format!("GET /containers/{ID}/json"), move |_| {
            by_id().into()
        })
        .on(
            "GET /events",
            Reply::chunks([event("exec_start: true"), event("start")])
                .every(Duration::from_secs(1))
                .then_hang(),
        );
    let address = engine.address();
    let mut client = open(LEGACY, &[("DOCKER_BASE_URL", &address)]).await;
    let uri = json!({ "uri": "container://logs/web" });
    ask(&mut client, LEGACY, 1, "resources/subscribe", uri.clone()).await;
    running.store(true, Ordering::SeqCst);
    assert_eq!(notified(&mut client).await["params"], uri);
}

/// The removal is the last that is told, and nothing of it stays open.
#[tokio::test]
async fn a_subscription_ends_with_its_container() {
    let gone = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&gone);
    let engine = quiet_engine()
        .answer(&format!("GET /containers/{ID}/json"), move |_| {
            if seen.load(Ordering::SeqCst) {
                Reply::error(404, &format!("No such container: {ID}"))
            } else {
                container("web", true).into()
            }
        })
        .on(
            &format!("GET /containers/{ID}/logs"),
            Reply::chunks::<Vec<u8>>([]),
        );
    let address = engine.address();
    for era in [LEGACY, MODERN] {
        gone.store(false, Ordering::SeqCst);
        let mut client = open(era, &[("DOCKER_BASE_URL", &address)]).await;
        let uri = "container://logs/web";
        if era == LEGACY {
            subscribe(&mut client, 1, uri).await;
        } else {
            listen(&mut client, 1, json!({ "resourceSubscriptions": [uri] })).await;
        }
        engine.asked(&format!("GET /containers/{ID}/logs")).await;
        gone.store(true, Ordering::SeqCst);
        assert_eq!(notified(&mut client).await["method"], UPDATED);
        engine.all_closed().await;
        let before = engine.requests().len();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(engine.requests().len(), before, "{:?}", engine.requests());
        if era == LEGACY {
            // Another container of that name is another to subscribe to.
            gone.store(false, Ordering::SeqCst);
            subscribe(&mut client, 2, uri).await;
            let followed = async {
                while !engine.requests()[before..]
                    .iter()
                    .any(|it| it.contains("/logs?"))
                {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            let followed = timeout(Duration::from_secs(10), followed).await;
            assert!(followed.is_ok(), "{:?}", engine.requests());
        }
    }
}
